/**
 * What every emitted JavaScript module carries beside its programs: the reading of its data, and one Infinite Descent
 * step on top of them. It is plain JavaScript, because its text becomes part of the modules.
 */
import { descend } from "./step.js";

/**
 * @typedef {{ inputs: ArrayLike<number>[], y: ArrayLike<number>, w?: ArrayLike<number> | null }} Columns
 * @typedef {{ lattice: { start: number[], step: number[], count: number[] }, y: ArrayLike<number>,
 *   w?: ArrayLike<number> | null }} Lattice
 * @typedef {{ inputs: ArrayLike<number>[], y: ArrayLike<number>, w: ArrayLike<number> | null, rows: number }} Rows
 * @typedef {import("./step.js").DescentOptions} UpdateOptions
 * @typedef {{ theta: Float64Array, status: "converged" | "stalled" | "limit", reason: string,
 *   innerIterations: number, evaluations: number, gradientNorm: number, residualSumOfSquares: number,
 *   stationaryPoint: "minimum" | "saddle" | "degenerate" }} UpdateResult
 * @typedef {{ size: number,
 *   residual: (theta: ArrayLike<number>, residual: Float64Array, data: Rows) => void,
 *   evaluate: (theta: ArrayLike<number>, delta: ArrayLike<number>, gradient: Float64Array, hessian: Float64Array,
 *     gauss: Float64Array, noise: Float64Array, loss: Float64Array, data: Rows) => number }} StepPrograms
 */

/**
 * The data as columns of equal length. A lattice is written out, its last input fastest.
 *
 * @param {Columns | Lattice} data
 * @param {number} inputs how many inputs the architecture has
 * @returns {Rows}
 * @throws {RangeError} where a length is wrong
 */
export function prepareData(data, inputs) {
  const rows = data.y.length;
  const columns = "lattice" in data ? latticeColumns(data.lattice) : data.inputs;
  if (columns.length !== inputs)
    throw new RangeError(`data has ${columns.length} inputs; accepted: ${inputs}`);
  for (let k = 0; k < columns.length; k++) {
    const length = /** @type {ArrayLike<number>} */ (columns[k]).length;
    if (length !== rows)
      throw new RangeError(`input ${k + 1} has ${length} rows; accepted: ${rows}, as in y`);
  }
  const w = data.w ?? null;
  if (w !== null && w.length !== rows)
    throw new RangeError(`w has ${w.length} rows; accepted: ${rows}, as in y`);
  for (let n = 0; w !== null && n < rows; n++) {
    if (!(w[n] >= 0)) throw new RangeError(`w[${n}] is ${w[n]}; accepted: weights from 0 on`);
  }
  return { inputs: columns, y: data.y, w, rows };
}

/**
 * @param {{ start: number[], step: number[], count: number[] }} lattice
 * @returns {Float64Array[]}
 */
function latticeColumns(lattice) {
  const total = lattice.count.reduce((a, b) => a * b, 1);
  let block = total;
  return lattice.count.map((count, axis) => {
    block /= count;
    const column = new Float64Array(total);
    const start = lattice.start[axis] ?? 0;
    const step = lattice.step[axis] ?? 1;
    for (let n = 0; n < total; n++) column[n] = start + step * (Math.floor(n / block) % count);
    return column;
  });
}

/**
 * Throws unless `theta` has `size` entries.
 *
 * @param {ArrayLike<number>} theta
 * @param {number} size
 * @param {string} name
 */
export function requireLength(theta, size, name) {
  if (theta.length !== size) throw new RangeError(`${name} has ${theta.length} entries; accepted: ${size}`);
}

/**
 * The step's problem from `theta` on.
 *
 * @param {StepPrograms} programs
 * @param {Float64Array} theta
 * @param {Rows} rows
 * @returns {import("./step.js").DescentProblem}
 */
export function stepProblem(programs, theta, rows) {
  return {
    size: programs.size,
    theta,
    evaluate: (at, delta, out) =>
      programs.evaluate(at, delta, out.gradient, out.hessian, out.gauss, out.noise, out.loss, rows),
  };
}

/**
 * The sum of w (f - y)^2.
 *
 * @param {StepPrograms} programs
 * @param {Float64Array} theta
 * @param {Rows} rows
 */
export function sumOfSquares(programs, theta, rows) {
  const residual = new Float64Array(rows.rows);
  programs.residual(theta, residual, rows);
  let sum = 0;
  for (let n = 0; n < residual.length; n++) {
    const r = /** @type {number} */ (residual[n]);
    sum += (rows.w === null ? 1 : /** @type {number} */ (rows.w[n])) * r * r;
  }
  return sum;
}

/**
 * One Infinite Descent step: solves F(delta) = 0 from delta = 0 and returns theta + delta. Its inner iterations are
 * counted.
 *
 * @param {StepPrograms} programs
 * @param {ArrayLike<number>} theta
 * @param {Rows} rows
 * @param {UpdateOptions} [options]
 * @returns {UpdateResult}
 */
export function descentStep(programs, theta, rows, options = {}) {
  requireLength(theta, programs.size, "theta");
  const found = descend(stepProblem(programs, Float64Array.from(theta), rows), options);
  return {
    theta: found.theta,
    status: found.status,
    reason: found.reason,
    innerIterations: found.innerIterations,
    evaluations: found.evaluations,
    gradientNorm: found.gradientNorm,
    residualSumOfSquares: sumOfSquares(programs, found.theta, rows),
    stationaryPoint: found.stationaryPoint,
  };
}
