/** Training: one Infinite Descent step from each start, or a baseline on the same programs. */
import { type Architecture, flatNames } from "../architecture/architecture.ts";
import { type CompiledPrograms, compilePrograms, compileTower, type Rows } from "../emit/module.ts";
import { descentStep, stepProblem, sumOfSquares } from "../emit/runtime.js";
import type { Budget } from "../errors.ts";
import { newtonCg, steepest, truncatedTower } from "./baselines.ts";
import { type Data, requireRows } from "./data.ts";
import { drawStarts, startVector } from "./start.ts";
import { type Statistics, standardErrors } from "./statistics.ts";

export const METHODS = [
  "infinite",
  "steepest",
  "newton-cg",
  "tower-1",
  "tower-2",
  "tower-3",
  "tower-4",
  "tower-5",
  "tower-6",
] as const;
export type Method = (typeof METHODS)[number];

export interface SolveOptions {
  readonly method?: Method;
  /** By parameter name; without it starts are drawn. */
  readonly start?: Readonly<Record<string, number>>;
  /** Families that enter polynomially: their starts are drawn on the scale of y. */
  readonly linear?: ReadonlySet<string>;
  /** Seed of the drawn starts; 1 by default. */
  readonly seed?: number;
  /** How many starts are drawn; 24 by default. */
  readonly starts?: number;
  readonly maxInner?: number;
  readonly tolerance?: number;
}

export interface Solution {
  readonly method: Method;
  readonly status: "converged" | "stalled" | "limit";
  /** Why it stopped; empty where it converged. */
  readonly reason: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** null where the data do not determine the parameter, and away from a stationary point. */
  readonly standardErrors: Readonly<Record<string, number | null>>;
  /** Σ w (f − y)². */
  readonly residualSumOfSquares: number;
  /** null for as many parameters as data. */
  readonly residualStandardDeviation: number | null;
  readonly gradientNorm: number;
  /** Descent steps; for a baseline its iterations. */
  readonly outerSteps: number;
  /** Summed over all starts. */
  readonly innerIterations: number;
  readonly evaluations: number;
  readonly stationaryPoint: "minimum" | "saddle" | "degenerate";
  /** How many starts were tried. */
  readonly starts: number;
  readonly elapsedMs: number;
}

interface Run {
  readonly theta: Float64Array;
  readonly status: Solution["status"];
  readonly reason: string;
  readonly outerSteps: number;
  readonly innerIterations: number;
  readonly evaluations: number;
  readonly gradientNorm: number;
  readonly residualSumOfSquares: number;
  readonly stationaryPoint: Solution["stationaryPoint"];
}

/** Throws `input` where there are fewer rows than parameters or the start does not fit. */
export function solve(
  architecture: Architecture,
  data: Data,
  options: SolveOptions,
  budget: Budget,
): Solution {
  const begun = performance.now();
  const programs = compilePrograms(architecture, budget);
  requireRows(data, programs.size, "data");
  const rows: Rows = { inputs: [...data.inputs], y: data.y, w: data.w ?? null, rows: data.rows };
  const method = options.method ?? "infinite";
  const starts =
    options.start !== undefined
      ? [startVector(architecture, options.start)]
      : programs.size === 0
        ? [new Float64Array(0)]
        : drawStarts(
            architecture,
            data,
            options.linear ?? new Set(),
            options.starts ?? 24,
            options.seed ?? 1,
          );
  const order = /^tower-(\d)$/.exec(method)?.[1];
  const tower = order === undefined ? undefined : compileTower(architecture, Number(order), budget);
  const runs = starts.map((theta) => runMethod(method, { ...programs, tower }, theta, rows, options, budget));
  const best = runs.reduce((a, b) => (better(b, a) ? b : a));
  const names = flatNames(architecture.parameters);
  const statistics = statisticsAt(programs, best.theta, rows, best.residualSumOfSquares);
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    method,
    status: best.status,
    reason: best.status === "converged" ? "" : best.reason,
    parameters: record(names, (k) => best.theta[k]!),
    standardErrors: record(names, (k) =>
      best.status === "converged" ? (statistics.errors[k] ?? null) : null,
    ),
    residualSumOfSquares: best.residualSumOfSquares,
    residualStandardDeviation: statistics.deviation,
    gradientNorm: best.gradientNorm,
    outerSteps: sum((run) => run.outerSteps),
    innerIterations: sum((run) => run.innerIterations),
    evaluations: sum((run) => run.evaluations),
    stationaryPoint: best.stationaryPoint,
    starts: runs.length,
    elapsedMs: performance.now() - begun,
  };
}

/** A converged minimum beats anything else, then the smaller sum of squares. */
function better(a: Run, b: Run): boolean {
  const rank = (run: Run): number =>
    run.status !== "converged" ? 0 : run.stationaryPoint === "minimum" ? 2 : 1;
  const finite = (run: Run): boolean => Number.isFinite(run.residualSumOfSquares);
  if (finite(a) !== finite(b)) return finite(a);
  if (rank(a) !== rank(b)) return rank(a) > rank(b);
  return a.residualSumOfSquares < b.residualSumOfSquares;
}

function record<T>(names: readonly string[], value: (k: number) => T): Record<string, T> {
  const made: Record<string, T> = Object.create(null);
  names.forEach((name, k) => {
    made[name] = value(k);
  });
  return made;
}

function runMethod(
  method: Method,
  programs: CompiledPrograms & { readonly tower: ReturnType<typeof compileTower> | undefined },
  theta: Float64Array,
  rows: Rows,
  options: SolveOptions,
  budget: Budget,
): Run {
  const limits = {
    stop: () => budget.isOver(),
    ...(options.maxInner === undefined ? {} : { maxInner: options.maxInner }),
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
  };
  if (method === "infinite") return { outerSteps: 1, ...descentStep(programs, theta, rows, limits) };
  const problem = stepProblem(programs, theta, rows);
  const { tower } = programs;
  const found =
    tower !== undefined
      ? truncatedTower(problem, (at, delta, g, h) => tower(at, delta, g, h, rows), limits)
      : (method === "steepest" ? steepest : newtonCg)(problem, limits);
  return { ...found, residualSumOfSquares: sumOfSquares(programs, found.theta, rows) };
}

function statisticsAt(programs: CompiledPrograms, theta: Float64Array, rows: Rows, sum: number): Statistics {
  const m = programs.size;
  const jacobian = new Float64Array(rows.rows * m);
  programs.jacobian(theta, jacobian, rows);
  let weighted = rows.rows;
  if (rows.w !== null) {
    weighted = 0;
    for (let n = 0; n < rows.rows; n++) {
      if (rows.w[n]! > 0) weighted++;
      for (let a = 0; a < m; a++) jacobian[n * m + a]! *= Math.sqrt(rows.w[n]!);
    }
  }
  return standardErrors(jacobian, { rows: rows.rows, counted: weighted, parameters: m }, sum);
}
