/**
 * Baselines on the same programs: steepest descent, Newton-CG and truncated towers, each with a strong Wolfe line search, in variables that
 * are scaled by the norms of the Jacobian's columns at the start, as a careful user would. An outer step is one of their
 * iterations.
 */
import {
  type DescentProblem,
  type DescentResult,
  type DescentState,
  descentAtFloor,
  descentGradientNorm,
  descentKind,
  descentState,
} from "../emit/step.js";
import { strongWolfe } from "./linesearch.ts";

/** As of the Infinite Descent step; `innerIterations` are those of the conjugate gradients, inside of outer steps. */
export interface BaselineResult extends Omit<DescentResult, "inertia"> {
  readonly outerSteps: number;
}

export interface BaselineOptions {
  /** The most outer steps; 2,000 by default. */
  readonly maxInner?: number;
  /** Asked before each outer step; ends with the status `limit`. */
  readonly stop?: () => boolean;
  /** Bound on the scaled gradient of the Infinite Descent step; 1e-10 by default. */
  readonly tolerance?: number;
}

interface Direction {
  readonly step: Float64Array;
  readonly inner: number;
  /** The first length the line search tries. */
  readonly length: number;
}

/** Steepest descent; each line search starts from twice the last length (Barzilai and Borwein's length the first time). */
export function steepest(problem: DescentProblem, options: BaselineOptions = {}): BaselineResult {
  let last: { length: number; slope: number } | undefined;
  return iterate(problem, options, 0.1, (state, scale) => {
    const step = state.gradient.map((g, a) => -g / scale[a]! ** 2);
    const slope = dot(state.gradient, step);
    const curvature = quadratic(state.gauss, step);
    const length =
      last === undefined ? (curvature > 0 ? -slope / curvature : 1) : (2 * last.length * last.slope) / slope;
    return {
      direction: { step, inner: 0, length: Number.isFinite(length) && length > 0 ? length : 1 },
      accepted: (t) => {
        last = { length: t, slope };
      },
    };
  });
}

/** Newton-CG: conjugate gradients on H p = −g, cut short by a forcing term or negative curvature (Nocedal and Wright, 7.1). */
export function newtonCg(problem: DescentProblem, options: BaselineOptions = {}): BaselineResult {
  let first: number | undefined;
  return iterate(problem, options, 0.9, (state, scale) => {
    const scaled = state.gradient.map((g, a) => g / scale[a]!);
    const norm = Math.sqrt(dot(scaled, scaled));
    first ??= norm;
    const { step, inner } = conjugateGradients(
      state.hessian,
      scaled,
      scale,
      Math.min(0.5, Math.sqrt(norm / first)),
    );
    return { direction: { step, inner, length: 1 }, accepted: () => {} };
  });
}

/** The truncated tower Σ_{k≤K} T_k(Δ) at θ, and its derivative by the steps. */
export type TruncatedTower = (
  theta: Float64Array,
  delta: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
) => void;

/** Newton iterations on one truncated tower at most, and how small it has to become. */
const TOWER_ITERATIONS = 20;
const TOWER_TOLERANCE = 1e-12;

/**
 * The truncated tower: in each outer step Σ_{k≤K} T_k(Δ) = 0 is solved from Δ = 0 by Newton's iteration, then searched along.
 * Where its solution is no direction of descent, the last iterate that is one is taken, else that of steepest descent.
 */
export function truncatedTower(
  problem: DescentProblem,
  tower: TruncatedTower,
  options: BaselineOptions = {},
): BaselineResult {
  const m = problem.size;
  const [value, slope] = [new Float64Array(m), new Float64Array(m * m)];
  return iterate(problem, options, 0.9, (state, scale, theta) => {
    let step = state.gradient.map((g, a) => -g / scale[a]! ** 2);
    const delta = new Float64Array(m);
    let inner = 0;
    let first = 0;
    while (inner < TOWER_ITERATIONS) {
      tower(theta, delta, value, slope);
      const norm = Math.max(0, ...value.map((v, a) => Math.abs(v) / scale[a]!));
      if (inner === 0) first = norm;
      if (!(norm > TOWER_TOLERANCE * first)) break;
      inner++;
      const correction = eliminate(slope, value);
      if (correction === undefined) break;
      for (let a = 0; a < m; a++) delta[a]! -= correction[a]!;
      if (!delta.every(Number.isFinite)) break;
      if (dot(state.gradient, delta) < 0) step = Float64Array.from(delta);
    }
    return { direction: { step, inner, length: 1 }, accepted: () => {} };
  });
}

/** Solves A x = b by elimination with the largest pivot of each column; undefined where A is singular. */
function eliminate(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const m = right.length;
  const a = Float64Array.from(matrix);
  const x = Float64Array.from(right);
  for (let k = 0; k < m; k++) {
    let pivot = k;
    for (let i = k + 1; i < m; i++) if (Math.abs(a[i * m + k]!) > Math.abs(a[pivot * m + k]!)) pivot = i;
    if (!(Math.abs(a[pivot * m + k]!) > 0)) return undefined;
    for (let j = 0; j < m; j++) {
      [a[k * m + j], a[pivot * m + j]] = [a[pivot * m + j]!, a[k * m + j]!];
    }
    [x[k], x[pivot]] = [x[pivot]!, x[k]!];
    for (let i = k + 1; i < m; i++) {
      const factor = a[i * m + k]! / a[k * m + k]!;
      for (let j = k; j < m; j++) a[i * m + j]! -= factor * a[k * m + j]!;
      x[i]! -= factor * x[k]!;
    }
  }
  for (let k = m - 1; k >= 0; k--) {
    for (let j = k + 1; j < m; j++) x[k]! -= a[k * m + j]! * x[j]!;
    x[k]! /= a[k * m + k]!;
  }
  return x;
}

/** Solves H p = −g in scaled variables to the relative residual `forcing`; `gradient` is scaled, the step is not. */
function conjugateGradients(
  hessian: Float64Array,
  gradient: Float64Array,
  scale: Float64Array,
  forcing: number,
): { step: Float64Array; inner: number } {
  const m = gradient.length;
  const step = new Float64Array(m);
  const residual = Float64Array.from(gradient);
  const direction = residual.map((r) => -r);
  const unscaled = (z: Float64Array): Float64Array => z.map((x, a) => x / scale[a]!);
  let square = dot(residual, residual);
  const target = forcing ** 2 * square;
  for (let inner = 1; inner <= 2 * m; inner++) {
    const image = unscaled(product(hessian, unscaled(direction)));
    const curvature = dot(direction, image);
    if (curvature <= 0) return { step: unscaled(inner === 1 ? direction : step), inner };
    const alpha = square / curvature;
    for (let a = 0; a < m; a++) {
      step[a]! += alpha * direction[a]!;
      residual[a]! += alpha * image[a]!;
    }
    const next = dot(residual, residual);
    if (next <= target) return { step: unscaled(step), inner };
    for (let a = 0; a < m; a++) direction[a] = -residual[a]! + (next / square) * direction[a]!;
    square = next;
  }
  return { step: unscaled(step), inner: 2 * m };
}

function iterate(
  problem: DescentProblem,
  options: BaselineOptions,
  curvature: number,
  choose: (
    state: DescentState,
    scale: Float64Array,
    theta: Float64Array,
  ) => { direction: Direction; accepted: (t: number) => void },
): BaselineResult {
  const m = problem.size;
  const theta = Float64Array.from(problem.theta);
  const state = descentState(m);
  const maxSteps = options.maxInner ?? 2000;
  const tolerance = options.tolerance ?? 1e-10;
  const rest = new Float64Array(m);
  let [outerSteps, innerIterations, evaluations, decrease] = [0, 0, 1, 0];
  problem.evaluate(theta, rest, state);
  const finish = (status: BaselineResult["status"], reason: string): BaselineResult => ({
    theta,
    delta: theta.map((t, a) => t - problem.theta[a]!),
    status,
    reason,
    outerSteps,
    innerIterations,
    evaluations,
    gradientNorm: descentGradientNorm(state),
    loss: state.loss[0]!,
    decrease,
    stationaryPoint: status === "converged" ? descentKind(state) : "degenerate",
  });
  if (!Number.isFinite(state.loss[0]!)) return finish("stalled", "the model is not finite at the start");
  const scale = Float64Array.from(theta, (_, a) => Math.sqrt(state.gauss[a * m + a]!) || 1);
  for (;;) {
    if (descentGradientNorm(state) <= tolerance || descentAtFloor(state)) return finish("converged", "");
    if (outerSteps >= maxSteps) return finish("limit", `${maxSteps} outer steps`);
    if (options.stop?.() === true) return finish("limit", "the time limit was reached");
    outerSteps++;
    const { direction, accepted } = choose(state, scale, theta);
    innerIterations += direction.inner;
    const slope = dot(state.gradient, direction.step);
    if (!(slope < 0)) return finish("stalled", "no direction of descent");
    const along = descentState(m);
    const values = new Map<number, number>();
    const sample = (t: number) => {
      evaluations++;
      const value = problem.evaluate(
        theta,
        direction.step.map((p) => t * p),
        along,
      );
      values.set(t, value);
      return { value, slope: dot(along.gradient, direction.step) };
    };
    const t = strongWolfe(sample, slope, direction.length, { c1: 1e-4, c2: curvature });
    if (t === undefined) return finish("stalled", "the line search finds no decrease");
    decrease += values.get(t)!;
    accepted(t);
    for (let a = 0; a < m; a++) theta[a]! += t * direction.step[a]!;
    evaluations++;
    problem.evaluate(theta, rest, state);
  }
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

function product(matrix: Float64Array, x: Float64Array): Float64Array {
  const m = x.length;
  return x.map((_, a) => {
    let sum = 0;
    for (let b = 0; b < m; b++) sum += matrix[a * m + b]! * x[b]!;
    return sum;
  });
}

const quadratic = (matrix: Float64Array, x: Float64Array): number => dot(x, product(matrix, x));
