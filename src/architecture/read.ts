/** From a built-in's name, a file's content or a formula to an architecture. */
import { DescentError, quoted } from "../errors.ts";
import { parseRational } from "../exact/rational.ts";
import { createAlgebra } from "../expression/algebra.ts";
import type { Node } from "../expression/node.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";
import type { Architecture } from "./architecture.ts";
import { BUILTINS, builtinFile } from "./builtins.ts";
import { type ArchitectureFile, checkArchitecture } from "./file.ts";
import { readFormula } from "./formula.ts";
import type { Loss } from "./losses.ts";
import { lower } from "./lower.ts";
import { postorder } from "./syntax.ts";
import { failIn } from "./tokens.ts";

/** What can be said beside the architecture itself; it wins over what a file says. */
export interface ReadOptions {
  readonly inputs?: readonly string[];
  readonly sizes?: Readonly<Record<string, number>>;
  readonly loss?: Loss;
}

/**
 * Builds an architecture in an algebra of its own.
 *
 * @param given a file's content, or `{ model }` alone
 * @param source what the formula is called in errors
 * @throws DescentError `input` with the place in the formula, or the name of the field
 * @example
 * buildArchitecture(primitives, { model: "A*exp(-k*x)" }).parameters.map((p) => p.name); // ["A", "k"]
 */
export function buildArchitecture(
  primitives: PrimitiveTable,
  given: ArchitectureFile,
  options: ReadOptions = {},
  source = "formula",
): Architecture {
  const file = checkArchitecture(given, source);
  if (file.output !== undefined) {
    throw new DescentError("unsupported", "several outputs are not built yet", {
      place: { source, path: "output" },
    });
  }
  const algebra = createAlgebra(primitives);
  const sizes = sizeMap({ ...file.sizes, ...options.sizes });
  const constants = new Map(
    Object.entries(file.constants ?? {}).map(([name, value]) => [name, parseRational(String(value))]),
  );
  for (const name of [...constants.keys(), ...sizes.keys()]) {
    if (name === "e" || name === "pi" || name === "y") {
      throw new DescentError("input", `${quoted(name)} has a meaning of its own`, {
        place: { source, path: constants.has(name) ? "constants" : "sizes" },
        accepted: "another name",
      });
    }
  }
  const inputs = options.inputs ?? file.inputs;
  const inputNames = inputs?.map((text) => inputName(text));
  inputNames?.forEach((name, k) => {
    if (inputNames.indexOf(name) !== k) {
      throw new DescentError("input", `the input ${quoted(name)} is named twice`, {
        accepted: "each input once",
      });
    }
    if (constants.has(name) || sizes.has(name)) {
      throw new DescentError("input", `${quoted(name)} is an input and a constant or size`, {
        accepted: "one meaning for a name",
      });
    }
  });
  const where = source === "formula" ? source : `${source}:model`;
  const syntax = readFormula(file.model, { source: where });
  const fail = failIn(file.model, where);
  const lowered = lower(algebra, syntax, { inputs: inputNames, sizes, constants }, fail);
  const domains = Object.entries(file.domains ?? {});
  for (const [name, condition] of domains) {
    checkCondition(condition, name, `${source}:domains.${name}`);
    if (lowered.parameters.some((family) => family.name === name)) continue;
    throw new DescentError("input", `${quoted(name)} is no parameter`, {
      place: { source, path: `domains.${name}` },
      accepted:
        lowered.parameters.map((family) => family.name).join(", ") || "none: the model has no parameters",
    });
  }
  return {
    name: file.name ?? "model",
    algebra,
    ...lowered,
    conditions: [...lowered.conditions, ...domains.map(([, condition]) => condition)],
    sizes,
    loss: options.loss ?? file.loss ?? "squared",
    ...(file.description === undefined ? {} : { description: file.description }),
    ...(file.reference === undefined ? {} : { reference: file.reference }),
  };
}

/**
 * A formula that speaks of an architecture's symbols, such as an entry of its certificate, as an expression in its algebra.
 *
 * @param outer names of the indices that are bound outside of the formula, innermost first
 * @throws DescentError `input` with the place in the formula
 */
export function readExpression(
  architecture: Architecture,
  formula: string,
  outer: readonly string[] = [],
): Node {
  const syntax = readFormula(formula, { source: "formula" });
  const vocabulary = {
    inputs: architecture.inputs.map((family) => family.name),
    sizes: new Map<string, number>(),
    constants: new Map(),
    openSizes: architecture.open,
    outer,
  };
  return lower(architecture.algebra, syntax, vocabulary, failIn(formula, "formula")).model;
}

/** A condition is a comparison of two formulas, one of which holds the parameter. */
function checkCondition(condition: string, name: string, source: string): void {
  const sides = condition.split(/<=|>=|!=|<|>/);
  const fault = new DescentError("input", `${quoted(condition)} is no condition on ${name}`, {
    place: { source },
    accepted: `a comparison such as ${name} > 0`,
  });
  if (sides.length !== 2) throw fault;
  const nodes = sides.flatMap((side) => postorder(readFormula(side, { source })));
  if (!nodes.some((node) => (node.kind === "name" || node.kind === "indexed") && node.name === name))
    throw fault;
}

/** The file of the built-in of this name at its usual structure, or undefined. */
export function builtin(name: string): ArchitectureFile | undefined {
  const row = BUILTINS.find((b) => b.name === name);
  return row === undefined ? undefined : builtinFile(row);
}

function sizeMap(sizes: Readonly<Record<string, number>>): Map<string, number> {
  const map = new Map<string, number>();
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 0 || value > 1_000_000) {
      throw new DescentError("input", `the size ${value} is out of range`, {
        place: { source: "sizes", path: name },
        accepted: "whole numbers from 0 to 1000000",
      });
    }
    map.set(name, value);
  }
  return map;
}

/** `x` of `x` or `x[i]`. */
function inputName(text: string): string {
  const match = /^\s*(\p{L}[\p{L}\p{N}_]*)\s*(\[[^[\]]*\])?\s*$/u.exec(text);
  if (match === null || match[1] === "y" || match[1] === "pi" || match[1] === "e") {
    throw new DescentError("input", `${quoted(text)} cannot name an input`, {
      place: { source: "inputs" },
      accepted: "names such as x, x1 or x[i], not y, pi or e",
    });
  }
  return match[1]!;
}
