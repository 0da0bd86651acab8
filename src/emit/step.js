/**
 * One Infinite Descent step: solves F(delta) = 0 for the step delta by structured Newton-Raphson in a scaled trust region.
 * The subproblem is solved exactly in the eigenbasis of the scaled matrix, indefinite matrices and the hard case included
 * (J. J. More, D. C. Sorensen, Computing a trust region step, SIAM J. Sci. Stat. Comput. 4, 1983). Of the exact Hessian and
 * its Gauss-Newton part the one that predicted the last step better models the next (J. E. Dennis, D. M. Gay, R. E. Welsch,
 * ACM TOMS 7, 1981); the end of the way is always the exact Hessian's.
 */

/**
 * @typedef {{ gradient: Float64Array, hessian: Float64Array, gauss: Float64Array, noise: Float64Array,
 *   loss: Float64Array }} DescentState
 *   at theta + delta: F(delta); the exact Hessian and its part J'WJ, m by m; sum w |J| (|f| + |y|), which times the
 *   machine epsilon is about the rounding error of F; and the loss, one entry
 * @typedef {{ size: number, theta: Float64Array,
 *   evaluate: (theta: Float64Array, delta: Float64Array, out: DescentState) => number }} DescentProblem
 *   `evaluate` returns L(theta + delta) - L(theta), computed by increments
 * @typedef {{ maxInner?: number, tolerance?: number, radius?: number }} DescentOptions
 *   `tolerance` bounds the scaled gradient; `radius` is the first trust radius, in units of the residual's norm
 * @typedef {{ theta: Float64Array, status: "converged" | "stalled" | "limit", reason: string, innerIterations: number,
 *   evaluations: number, gradientNorm: number, loss: number,
 *   stationaryPoint: "minimum" | "saddle" | "degenerate" }} DescentResult
 *   `stationaryPoint` is the kind of the point where it converged, and "degenerate" elsewhere; `gradientNorm` is the
 *   largest |F_a| / (|column a of J| sqrt(2 L)), the cosine between residual and column
 */

const DESCENT_EPSILON = 2 ** -52;
/** First radii, relative to the norm of the residual; a smaller one is tried where the way from a larger one fails. */
const DESCENT_RADII = [1, 1 / 32, 1 / 1024];

/**
 * @param {DescentProblem} problem
 * @param {DescentOptions} [options]
 * @returns {DescentResult}
 */
export function descend(problem, options = {}) {
  const maxInner = options.maxInner ?? 200;
  const radii = options.radius === undefined ? DESCENT_RADII : [options.radius];
  /** @type {DescentResult | undefined} */
  let best;
  let inner = 0;
  let evaluations = 0;
  for (const radius of radii) {
    const found = descendFrom(problem, radius, maxInner - inner, options.tolerance ?? 1e-10);
    inner += found.innerIterations;
    evaluations += found.evaluations;
    if (best === undefined || descentRank(found) > descentRank(best)) best = found;
    else if (descentRank(found) === descentRank(best) && found.loss < best.loss) best = found;
    if (descentRank(best) === 2 || inner >= maxInner) break;
  }
  const chosen = /** @type {DescentResult} */ (best);
  return { ...chosen, innerIterations: inner, evaluations };
}

/**
 * Minima that were reached before anything else that was reached.
 *
 * @param {DescentResult} found
 */
function descentRank(found) {
  if (found.status !== "converged") return 0;
  return found.stationaryPoint === "saddle" ? 1 : 2;
}

/**
 * The way from one first radius.
 *
 * @param {DescentProblem} problem
 * @param {number} relativeRadius
 * @param {number} maxInner
 * @param {number} tolerance
 * @returns {DescentResult}
 */
function descendFrom(problem, relativeRadius, maxInner, tolerance) {
  const m = problem.size;
  const theta = Float64Array.from(problem.theta);
  let here = descentState(m);
  let there = descentState(m);
  const scale = new Float64Array(m);
  const work = new Float64Array(m * m);
  const vectors = new Float64Array(m * m);
  const values = new Float64Array(m);
  const step = new Float64Array(m);
  let evaluations = 1;
  let inner = 0;
  const first = problem.evaluate(theta, step, here);

  /** @type {(status: "converged" | "stalled" | "limit", reason: string) => DescentResult} */
  const finish = (status, reason) => ({
    theta,
    status,
    reason,
    innerIterations: inner,
    evaluations,
    gradientNorm: descentGradientNorm(here),
    loss: here.loss[0],
    stationaryPoint: status === "converged" ? descentKind(here) : "degenerate",
  });
  if (!descentFinite(here, first)) return finish("stalled", "the model is not finite at the start");
  for (let a = 0; a < m; a++) scale[a] = Math.sqrt(here.gauss[a * m + a]);
  const initial = Float64Array.from(scale);
  let radius = relativeRadius * (Math.sqrt(2 * here.loss[0]) || 1);
  let exact = false;
  let polishing = 0;

  for (;;) {
    const loss = here.loss[0];
    const norm = descentGradientNorm(here);
    const atFloor = descentAtFloor(here);
    const lost = initial.findIndex((s, a) => s > 0 && here.gauss[a * m + a] === 0);
    if (lost >= 0) return finish("stalled", `parameter ${lost + 1} has lost its influence on the model`);
    const stationary = norm <= tolerance || atFloor;
    if (stationary) {
      exact = true;
      if (atFloor || polishing >= 4) {
        descentEigen(here.hessian, scale, work, vectors, values);
        if (m === 0 || Math.min(...values) >= -descentZero(values)) return finish("converged", "");
      }
    }
    if (inner >= maxInner) return finish("limit", `${maxInner} inner iterations`);
    inner++;
    descentEigen(exact ? here.hessian : here.gauss, scale, work, vectors, values);
    descentTrustStep(here.gradient, scale, vectors, values, radius, step);
    const length = descentScaledLength(step, scale);
    const actual = problem.evaluate(theta, step, there);
    evaluations++;
    const linear = descentDot(here.gradient, step);
    const gauss = descentQuadratic(here.gauss, step);
    const byHessian = linear + 0.5 * descentQuadratic(here.hessian, step);
    const byGauss = linear + 0.5 * gauss;
    const predicted = exact ? byHessian : byGauss;
    const finite = descentFinite(there, actual);
    // Below this the decrease itself is rounding, and the gradient has to judge.
    const rounding = 16 * DESCENT_EPSILON * Math.sqrt(2 * loss * gauss);
    if (finite && Math.abs(predicted) <= rounding) {
      if (!(descentGradientNorm(there) < 0.7 * norm) || !(actual <= rounding)) {
        if (stationary) return finish("converged", "");
        if (exact) return finish("stalled", "no further decrease in floating point");
        exact = true;
        continue;
      }
      polishing++;
    } else if (!finite || !(actual < 1e-4 * predicted) || !(actual < 0)) {
      radius = 0.25 * Math.min(radius, length);
      if (finite) exact = Math.abs(byHessian - actual) <= Math.abs(byGauss - actual);
      if (!descentMoves(step, theta)) {
        return stationary ? finish("converged", "") : finish("stalled", "no step decreases the loss");
      }
      continue;
    } else {
      const ratio = actual / predicted;
      if (ratio < 0.25) radius = 0.5 * length;
      else if (ratio > 0.75 && length > 0.9 * radius) radius = 2.5 * radius;
      exact = Math.abs(byHessian - actual) <= Math.abs(byGauss - actual);
    }
    for (let a = 0; a < m; a++) theta[a] += step[a];
    [here, there] = [there, here];
    for (let a = 0; a < m; a++) scale[a] = Math.max(scale[a], Math.sqrt(here.gauss[a * m + a]));
  }
}

/**
 * @param {number} m
 * @returns {DescentState}
 */
export function descentState(m) {
  return {
    gradient: new Float64Array(m),
    hessian: new Float64Array(m * m),
    gauss: new Float64Array(m * m),
    noise: new Float64Array(m),
    loss: new Float64Array(1),
  };
}

/**
 * @param {DescentState} state
 * @param {number} change
 */
function descentFinite(state, change) {
  return (
    Number.isFinite(change) && state.gradient.every(Number.isFinite) && state.hessian.every(Number.isFinite)
  );
}

/**
 * The largest cosine between the residual and a column of the Jacobian.
 *
 * @param {DescentState} state
 */
export function descentGradientNorm(state) {
  const m = state.gradient.length;
  const residual = Math.sqrt(2 * state.loss[0]);
  let norm = 0;
  for (let a = 0; a < m; a++) {
    const column = Math.sqrt(state.gauss[a * m + a]) * residual;
    if (state.gradient[a] !== 0) norm = Math.max(norm, column > 0 ? Math.abs(state.gradient[a]) / column : 1);
  }
  return norm;
}

/**
 * Whether every entry of F is within its rounding error.
 *
 * @param {DescentState} state
 */
export function descentAtFloor(state) {
  return state.gradient.every((g, a) => Math.abs(g) <= 4 * DESCENT_EPSILON * state.noise[a]);
}

/**
 * Eigenvalues and eigenvectors (columns) of D^-1 A D^-1 by cyclic Jacobi rotations.
 *
 * @param {Float64Array} matrix
 * @param {Float64Array | null} scale
 * @param {Float64Array} work
 * @param {Float64Array} vectors
 * @param {Float64Array} values
 */
function descentEigen(matrix, scale, work, vectors, values) {
  const m = values.length;
  const unit = (/** @type {number} */ a) => (scale === null || !(scale[a] > 0) ? 1 : scale[a]);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) {
      work[a * m + b] = matrix[a * m + b] / unit(a) / unit(b);
      vectors[a * m + b] = a === b ? 1 : 0;
    }
  }
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let all = 0;
    for (let a = 0; a < m; a++) {
      for (let b = 0; b < m; b++) {
        const square = work[a * m + b] ** 2;
        all += square;
        if (a !== b) off += square;
      }
    }
    if (off <= 1e-34 * all) break;
    for (let p = 0; p < m - 1; p++) {
      for (let q = p + 1; q < m; q++) {
        const apq = work[p * m + q];
        if (apq === 0) continue;
        const h = (work[q * m + q] - work[p * m + p]) / (2 * apq);
        const t = Math.sign(h || 1) / (Math.abs(h) + Math.hypot(1, h));
        const c = 1 / Math.hypot(1, t);
        const s = t * c;
        for (let k = 0; k < m; k++) {
          const x = work[k * m + p];
          const y = work[k * m + q];
          work[k * m + p] = c * x - s * y;
          work[k * m + q] = s * x + c * y;
        }
        for (let k = 0; k < m; k++) {
          const x = work[p * m + k];
          const y = work[q * m + k];
          work[p * m + k] = c * x - s * y;
          work[q * m + k] = s * x + c * y;
          const v = vectors[k * m + p];
          const w = vectors[k * m + q];
          vectors[k * m + p] = c * v - s * w;
          vectors[k * m + q] = s * v + c * w;
        }
      }
    }
  }
  for (let a = 0; a < m; a++) values[a] = work[a * m + a];
}

/**
 * What counts as zero among eigenvalues.
 *
 * @param {Float64Array} values
 */
function descentZero(values) {
  let largest = 0;
  for (const v of values) largest = Math.max(largest, Math.abs(v));
  return 16 * values.length * DESCENT_EPSILON * largest;
}

/**
 * The minimiser of g.p + p.A.p/2 over |D p| <= radius, from the eigenvectors of D^-1 A D^-1.
 *
 * @param {Float64Array} gradient
 * @param {Float64Array} scale
 * @param {Float64Array} vectors
 * @param {Float64Array} values
 * @param {number} radius
 * @param {Float64Array} step
 */
function descentTrustStep(gradient, scale, vectors, values, radius, step) {
  const m = step.length;
  const unit = (/** @type {number} */ a) => (scale[a] > 0 ? scale[a] : 1);
  const slope = new Float64Array(m);
  let least = 0;
  for (let k = 0; k < m; k++) {
    let sum = 0;
    for (let a = 0; a < m; a++) sum += (vectors[a * m + k] * gradient[a]) / unit(a);
    slope[k] = sum;
    if (values[k] < values[least]) least = k;
  }
  const zero = descentZero(values);
  const floor = Math.max(0, -(values[least] ?? 0)) + (values[least] > zero ? 0 : zero);
  const length = (/** @type {number} */ shift) => {
    let sum = 0;
    for (let k = 0; k < m; k++) {
      const d = values[k] + shift;
      if (slope[k] !== 0) sum += (slope[k] / d) ** 2;
    }
    return Math.sqrt(sum);
  };
  let shift = floor;
  const inside = length(shift) <= radius;
  if (!inside) {
    let [low, high] = [floor, floor + Math.hypot(...slope) / radius + zero];
    for (let k = 0; k < 200 && high - low > 1e-14 * high; k++) {
      const now = length(shift);
      if (now > radius) low = shift;
      else high = shift;
      if (Math.abs(now - radius) <= 1e-6 * radius) break;
      let derivative = 0;
      for (let j = 0; j < m; j++) derivative -= slope[j] ** 2 / (values[j] + shift) ** 3;
      const next = shift - (1 - now / radius) * (now / derivative) * (now / now);
      shift = next > low && next < high && Number.isFinite(next) ? next : 0.5 * (low + high);
    }
  }
  const coordinates = new Float64Array(m);
  let square = 0;
  for (let k = 0; k < m; k++) {
    const d = values[k] + shift;
    coordinates[k] = slope[k] === 0 ? 0 : -slope[k] / d;
    square += coordinates[k] ** 2;
  }
  if (inside && values[least] < -zero) {
    // The hard case: the rest of the radius goes along the direction of negative curvature.
    coordinates[least] += (slope[least] > 0 ? -1 : 1) * Math.sqrt(Math.max(0, radius ** 2 - square));
  }
  for (let a = 0; a < m; a++) {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += vectors[a * m + k] * coordinates[k];
    step[a] = sum / unit(a);
  }
}

/**
 * @param {Float64Array} step
 * @param {Float64Array} scale
 */
function descentScaledLength(step, scale) {
  let sum = 0;
  for (let a = 0; a < step.length; a++) sum += (step[a] * (scale[a] > 0 ? scale[a] : 1)) ** 2;
  return Math.sqrt(sum);
}

/**
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
function descentDot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/**
 * @param {Float64Array} matrix
 * @param {Float64Array} step
 */
function descentQuadratic(matrix, step) {
  const m = step.length;
  let sum = 0;
  for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) sum += step[a] * matrix[a * m + b] * step[b];
  return sum;
}

/**
 * Whether the step still changes theta in floating point.
 *
 * @param {Float64Array} step
 * @param {Float64Array} theta
 */
function descentMoves(step, theta) {
  return step.some((s, a) => Math.abs(s) > DESCENT_EPSILON * Math.abs(theta[a]));
}

/**
 * The kind of stationary point, by the inertia of the Hessian scaled to a unit diagonal of its Gauss-Newton part.
 *
 * @param {DescentState} state
 * @returns {"minimum" | "saddle" | "degenerate"}
 */
export function descentKind(state) {
  const m = state.gradient.length;
  const [work, vectors, values] = [new Float64Array(m * m), new Float64Array(m * m), new Float64Array(m)];
  const scale = new Float64Array(m);
  for (let a = 0; a < m; a++) scale[a] = Math.sqrt(state.gauss[a * m + a]);
  if (!state.hessian.every(Number.isFinite)) return "degenerate";
  descentEigen(state.hessian, scale, work, vectors, values);
  const zero = descentZero(values);
  if (values.some((v) => v < -zero)) return "saddle";
  return values.some((v) => v <= zero) || scale.some((s) => !(s > 0)) ? "degenerate" : "minimum";
}
