/** The JavaScript module of an architecture: `NAME.mjs` and `NAME.d.mts`, free of dependencies. */
import { readFileSync } from "node:fs";
import { type Architecture, flatNames, modelText } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { jsFunction } from "./js.ts";
import { optimalityPrograms, type Programs, towerProgram } from "./optimality.ts";
import type { Program } from "./program.ts";
import type { Columns, Lattice, Rows, StepPrograms } from "./runtime.js";

/** The programs as functions of this process. */
export interface CompiledPrograms extends StepPrograms {
  readonly jacobian: (theta: ArrayLike<number>, jacobian: Float64Array, data: Rows) => void;
  readonly gradient: (
    theta: ArrayLike<number>,
    delta: ArrayLike<number>,
    gradient: Float64Array,
    data: Rows,
  ) => void;
}

/**
 * Compiles the programs of an architecture whose sizes are numbers. Only the text that `jsFunction` makes of the
 * checked program is run; no name or formula of a user is in it.
 */
export function compilePrograms(architecture: Architecture, budget: Budget): CompiledPrograms {
  const programs = optimalityPrograms(architecture, "js", budget);
  const list = [programs.residual, programs.jacobian, programs.gradient, programs.evaluate];
  const text = list.map((p) => jsFunction(p, architecture.algebra.primitives)).join("\n");
  const names = list.map((p) => p.name).join(", ");
  const make = new Function(`"use strict";\n${text}\nreturn { ${names} };`) as () => Omit<
    CompiledPrograms,
    "size"
  >;
  return { size: programs.size, ...make() };
}

/** Σ_{k≤K} T_k(Δ) and its derivative by the steps, as a function of this process; see `towerProgram`. */
export function compileTower(
  architecture: Architecture,
  order: number,
  budget: Budget,
): (
  theta: ArrayLike<number>,
  delta: ArrayLike<number>,
  gradient: Float64Array,
  hessian: Float64Array,
  data: Rows,
) => void {
  const program = towerProgram(architecture, order, "js", budget);
  const text = jsFunction(program, architecture.algebra.primitives);
  return new Function(`"use strict";\n${text}\nreturn ${program.name};`)();
}

/** What the header of a module says of its origin. */
export interface Origin {
  readonly tier: string;
  readonly version: string;
}

export interface ModuleText {
  /** The `.mjs` file. */
  readonly code: string;
  /** The `.d.mts` file. */
  readonly types: string;
}

/** The module's two files; the same architecture gives the same text. */
export function jsModule(architecture: Architecture, origin: Origin, budget: Budget): ModuleText {
  const programs = optimalityPrograms(architecture, "js", budget);
  const functions = programList(programs).map((p) => jsFunction(p, architecture.algebra.primitives));
  const parameters = flatNames(architecture.parameters);
  const inputs = flatNames(architecture.inputs);
  const code = [
    header(architecture, origin),
    `export const parameters = ${ascii(JSON.stringify(parameters))};`,
    `export const inputs = ${ascii(JSON.stringify(inputs))};`,
    "",
    ...functions.map(renamed),
    interfaceText(programs.size, inputs.length),
    ...["runtime.js", "step.js"].map(carried),
  ].join("\n");
  return { code, types: `${header(architecture, origin)}${declarations}` };
}

const programList = (p: Programs): readonly Program[] => [p.residual, p.jacobian, p.gradient, p.evaluate];

/** The exported functions have the plain names; the programs behind them end in `Program`. */
const renamed = (text: string): string => text.replace(/^function (\w+)\(/, "function $1Program(");

function header(architecture: Architecture, origin: Origin): string {
  const lines = [
    `${JSON.stringify(architecture.name)}: ${JSON.stringify(modelText(architecture))}`,
    `tier: ${origin.tier}; loss: ${architecture.loss}; emitted by infinite-descent ${origin.version}`,
    "This file has no dependencies. What it holds of the toolkit is under the MIT licence.",
  ];
  return `${lines.map((line) => `// ${ascii(line)}`).join("\n")}\n\n`;
}

/** JSON text has no line breaks; escaping the rest beyond ASCII keeps a comment one line and a string inert. */
const ascii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The text of a file that modules carry, without its imports and exports. */
function carried(file: string): string {
  const text = readFileSync(new URL(`./${file}`, import.meta.url), "utf8");
  return text
    .replace(/^import .*$/gm, "")
    .replace(/import\("\.\/\w+\.js"\)\./g, "")
    .replace(/^export (?=(async )?(function|const|let|class)\b)/gm, "")
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "");
}

const interfaceText = (size: number, inputs: number): string => `
const programs = { size: ${size}, residual: residualProgram, evaluate: evaluateProgram };

/** f(x; theta) - y, one entry a row. */
export function residual(theta, data) {
  requireLength(theta, ${size}, "theta");
  const rows = prepareData(data, ${inputs});
  const out = new Float64Array(rows.rows);
  residualProgram(theta, out, rows);
  return out;
}

/** The derivatives of the residual by the parameters, row by row. */
export function jacobian(theta, data) {
  requireLength(theta, ${size}, "theta");
  const rows = prepareData(data, ${inputs});
  const out = new Float64Array(rows.rows * ${size});
  jacobianProgram(theta, out, rows);
  return out;
}

/** F(delta), the gradient of the loss at theta + delta. */
export function gradient(theta, delta, data) {
  requireLength(theta, ${size}, "theta");
  requireLength(delta, ${size}, "delta");
  const out = new Float64Array(${size});
  gradientProgram(theta, delta, out, prepareData(data, ${inputs}));
  return out;
}

/** H(delta), the Hessian of the loss at theta + delta, row by row. */
export function hessian(theta, delta, data) {
  requireLength(theta, ${size}, "theta");
  requireLength(delta, ${size}, "delta");
  const out = new Float64Array(${size * size});
  const rows = prepareData(data, ${inputs});
  const other = (length) => new Float64Array(length);
  evaluateProgram(theta, delta, other(${size}), out, other(${size * size}), other(${size}), other(1), rows);
  return out;
}

/** One Infinite Descent step: solves F(delta) = 0 and returns theta + delta. */
export function update(theta, data, options) {
  return descentStep(programs, theta, prepareData(data, ${inputs}), options);
}
`;

const declarations = `export type Data =
  | { inputs: ArrayLike<number>[]; y: ArrayLike<number>; w?: ArrayLike<number> | null }
  | {
      lattice: { start: number[]; step: number[]; count: number[] };
      y: ArrayLike<number>;
      w?: ArrayLike<number> | null;
    };
export interface UpdateOptions {
  maxInner?: number;
  tolerance?: number;
  radius?: number;
}
export interface UpdateResult {
  theta: Float64Array;
  status: "converged" | "stalled" | "limit";
  reason: string;
  innerIterations: number;
  evaluations: number;
  gradientNorm: number;
  residualSumOfSquares: number;
  stationaryPoint: "minimum" | "saddle" | "degenerate";
}
export declare const parameters: string[];
export declare const inputs: string[];
export declare function residual(theta: ArrayLike<number>, data: Data): Float64Array;
export declare function jacobian(theta: ArrayLike<number>, data: Data): Float64Array;
export declare function gradient(theta: ArrayLike<number>, delta: ArrayLike<number>, data: Data): Float64Array;
export declare function hessian(theta: ArrayLike<number>, delta: ArrayLike<number>, data: Data): Float64Array;
export declare function update(theta: ArrayLike<number>, data: Data, options?: UpdateOptions): UpdateResult;
`;

export type { Columns, Lattice, Rows };
