/**
 * One Infinite Descent step: solves F(delta) = 0, where F(delta) is the gradient of L = 1/2 sum w r^2 at theta + delta, by
 * structured Newton-Raphson in a scaled trust region.
 *
 * - The subproblem is solved exactly in the eigenbasis of the scaled matrix, indefinite matrices and the hard case included
 *   (J. J. More, D. C. Sorensen, Computing a trust region step, SIAM J. Sci. Stat. Comput. 4, 1983).
 * - Of the exact Hessian and its Gauss-Newton part the one that predicted the last step better models the next (J. E.
 *   Dennis, D. M. Gay, R. E. Welsch, ACM TOMS 7, 1981). The end of the way is always the exact Hessian's.
 * - A poor step is corrected by the exact least-squares solution for the parameters that enter linearly (G. H. Golub,
 *   V. Pereyra, variable projection, SIAM J. Numer. Anal. 10, 1973).
 */

/**
 * @typedef {{ gradient: Float64Array, hessian: Float64Array, gauss: Float64Array, noise: Float64Array,
 *   loss: Float64Array }} DescentState
 *   at theta + delta: F, m entries; the exact Hessian and its part J'WJ, m by m, full; sum w |J_a| (|f| + |y|), which times
 *   the machine epsilon is about the rounding error of F_a; the loss, one entry
 * @typedef {{ size: number, theta: Float64Array,
 *   evaluate: (theta: Float64Array, delta: Float64Array, out: DescentState) => number }} DescentProblem
 *   `evaluate` fills `out` and returns L(theta + delta) - L(theta), computed by increments, so that a small decrease keeps its
 *   digits; NaN or infinite where the model is. The base moves along with every accepted step
 * @typedef {{ maxInner?: number, tolerance?: number, radius?: number, stop?: () => boolean }} DescentOptions
 *   `maxInner` (200) bounds the inner iterations, `tolerance` (1e-10) the scaled gradient; `radius` is the first trust radius
 *   in units of the residual's norm: without it smaller ones are tried where the way from a larger one fails; `stop` is
 *   asked before each inner iteration and ends the step with the status `limit`
 * @typedef {{ positive: number, zero: number, negative: number }} DescentInertia
 *   how many eigenvalues of the exact Hessian, scaled to the columns of J, have each sign
 * @typedef {{ theta: Float64Array, delta: Float64Array, status: "converged" | "stalled" | "limit", reason: string,
 *   innerIterations: number, evaluations: number, gradientNorm: number, loss: number, decrease: number,
 *   stationaryPoint: "minimum" | "saddle" | "degenerate", inertia: DescentInertia }} DescentResult
 *   `theta`: the base plus `delta`; `reason`: empty where it converged; `innerIterations`: trust-region subproblems solved, on
 *   all ways together; `gradientNorm`: the largest |F_a| / (|column a of J| sqrt(2 L)), the cosine between residual and column;
 *   `decrease`: L(theta + delta) - L(theta), the sum over the accepted steps; `stationaryPoint`: the kind of the point where it
 *   converged, "degenerate" elsewhere
 * @typedef {{ indices: number[], scale: Float64Array, values: Float64Array, off: Float64Array, vectors: Float64Array,
 *   block: Float64Array }} DescentLinear
 * @typedef {{ states: DescentState[], scale: Float64Array, step: Float64Array, kept: Float64Array, slope: Float64Array,
 *   coordinates: Float64Array, values: Float64Array, off: Float64Array, vectors: Float64Array }} DescentWorkspace
 */

const DESCENT_EPSILON = 2 ** -52;
/** First radii in units of the residual's norm. */
const DESCENT_RADII = [1, 1 / 32, 1 / 1024];
/** The Hessian models the next step where its error was at most this share of the Gauss-Newton part's. */
const DESCENT_PREFERENCE = 0.5;
/** A trial is refused where one column of J falls to this share: it would erase a parameter's influence. */
const DESCENT_ERASED = 1e-4;
/** A trial whose loss is beyond this multiple is refused without a correction, which could only fit a spike to one datum. */
const DESCENT_WILD = 1000;
/** A column of J below this share of its greatest norm has collapsed: its parameter may be running away. */
const DESCENT_COLLAPSED = 1e-7;
/** The largest eigenvalue that may count as feigned by the gradient. */
const DESCENT_CURVING = 1e-4;
/** A parameter has settled where the next Newton step is below this share of it. */
const DESCENT_SETTLED = 1e-3;

/**
 * Solves F(delta) = 0 from delta = 0. Every accepted step decreases the loss, but for the last few, which the gradient judges
 * because their decrease has drowned in rounding. `converged` means that the scaled gradient is within the tolerance or its
 * rounding error, and that no parameter got there by losing its influence on the model.
 *
 * @param {DescentProblem} problem its arrays are left untouched
 * @param {DescentOptions} [options]
 * @returns {DescentResult}
 */
export function descend(problem, options = {}) {
  const maxInner = options.maxInner ?? 200;
  const radii = options.radius === undefined ? DESCENT_RADII : [options.radius];
  const stop = options.stop ?? (() => false);
  const work = descentWorkspace(problem.size);
  /** @type {DescentResult | undefined} */
  let best;
  let inner = 0;
  let evaluations = 0;
  for (let k = 0; k < radii.length; k++) {
    const left = maxInner - inner;
    const share = k + 1 < radii.length ? Math.ceil(left / 2) : left;
    const found = descendFrom(problem, work, radii[k], share, options.tolerance ?? 1e-10, stop);
    inner += found.innerIterations;
    evaluations += found.evaluations;
    if (best === undefined || descentBetter(found, best)) best = found;
    if (descentRank(best) === 2 || inner >= maxInner || found.innerIterations === 0 || stop()) break;
  }
  const chosen = /** @type {DescentResult} */ (best);
  const spent = inner >= maxInner ? `${inner} inner iterations` : "the time limit was reached";
  const reason = chosen.status === "limit" ? spent : chosen.reason;
  return { ...chosen, reason, innerIterations: inner, evaluations };
}

/**
 * @param {DescentResult} a
 * @param {DescentResult} b
 */
function descentBetter(a, b) {
  const [rankA, rankB] = [descentRank(a), descentRank(b)];
  return rankA > rankB || (rankA === rankB && a.loss < b.loss);
}

/** @param {DescentResult} found */
function descentRank(found) {
  if (found.status !== "converged") return 0;
  return found.stationaryPoint === "saddle" ? 1 : 2;
}

/**
 * The way from one first radius.
 *
 * @param {DescentProblem} problem
 * @param {DescentWorkspace} work
 * @param {number} firstRadius
 * @param {number} maxInner
 * @param {number} tolerance
 * @param {() => boolean} stop
 * @returns {DescentResult}
 */
function descendFrom(problem, work, firstRadius, maxInner, tolerance, stop) {
  const m = problem.size;
  const { scale, step, values } = work;
  const theta = Float64Array.from(problem.theta);
  let [here, there, spare] = work.states;
  let evaluations = 1;
  let inner = 0;
  let decrease = 0;
  step.fill(0);
  const first = problem.evaluate(theta, step, here);

  /** @type {(status: "converged" | "stalled" | "limit", reason: string) => DescentResult} */
  const finish = (status, reason) => {
    const inertia = descentInertia(here, work);
    return {
      theta,
      delta: theta.map((t, a) => t - problem.theta[a]),
      status,
      reason,
      innerIterations: inner,
      evaluations,
      gradientNorm: descentGradientNorm(here),
      loss: here.loss[0],
      decrease,
      stationaryPoint: status === "converged" ? descentKindOf(inertia) : "degenerate",
      inertia,
    };
  };
  /** Whether parameter a still moves where it has no influence left; a gradient of zero proves nothing then. */
  const loose = (/** @type {number} */ a) =>
    a >= 0 && (here.gauss[a * m + a] === 0 || Math.abs(step[a]) > DESCENT_SETTLED * Math.abs(theta[a]));
  const runaway = (/** @type {number} */ a) =>
    finish("stalled", `parameter ${a + 1} runs away and has lost its influence on the model`);
  const conclude = () => {
    descentEigen(here.hessian, scale, work);
    descentUnsigned(here, work);
    if (m > 0 && values[0] < -descentZero(values)) return finish("converged", "");
    descentTrustStep(here, work, Number.POSITIVE_INFINITY, true);
    const collapsed = descentCollapsed(here, scale);
    return loose(collapsed) ? runaway(collapsed) : finish("converged", "");
  };

  if (!descentFinite(here, first)) return finish("stalled", "the model is not finite at the start");
  scale.fill(0);
  descentRescale(here, scale);
  const linear = descentLinear(here);
  let radius = firstRadius * (Math.sqrt(2 * here.loss[0]) || 1);
  let exact = false;
  let polished = 0;

  for (;;) {
    const loss = here.loss[0];
    const norm = descentGradientNorm(here);
    const atFloor = descentAtFloor(here);
    const stationary = norm <= tolerance || atFloor;
    if (stationary) exact = true;
    if (inner >= maxInner || stop())
      return stationary ? conclude() : finish("limit", `${inner} inner iterations`);
    descentEigen(exact ? here.hessian : here.gauss, scale, work);
    if (exact) descentUnsigned(here, work);
    const convex = m === 0 || values[0] >= -descentZero(values);
    if (stationary && convex && (atFloor || polished >= 4)) return conclude();

    inner++;
    descentTrustStep(here, work, radius, exact);
    const length = descentScaledLength(step, scale);
    if (length < 0.9 * radius && !descentMoves(step, theta)) {
      // A step that the radius does not bound and that changes no bit of theta.
      if (exact) return conclude();
      exact = true;
      continue;
    }
    let actual = problem.evaluate(theta, step, there);
    evaluations++;
    const slope = descentDot(here.gradient, step);
    const gauss = descentQuadratic(here.gauss, step);
    const byHessian = slope + 0.5 * descentQuadratic(here.hessian, step);
    const byGauss = slope + 0.5 * gauss;
    const predicted = exact ? byHessian : byGauss;
    const finite = descentFinite(there, actual);
    const hessianModels =
      finite && Math.abs(byHessian - actual) <= DESCENT_PREFERENCE * Math.abs(byGauss - actual);

    const poor = finite && actual > 0.25 * predicted && predicted < -1e-6 * loss;
    if (poor && there.loss[0] < DESCENT_WILD * loss) {
      work.kept.set(step);
      if (descentCorrect(there, linear, step, scale, length)) {
        const corrected = problem.evaluate(theta, step, spare);
        evaluations++;
        if (descentFinite(spare, corrected) && corrected < actual) {
          actual = corrected;
          [there, spare] = [spare, there];
        } else step.set(work.kept);
      }
    }

    // Below this the decrease itself is rounding, and the gradient has to judge.
    const rounding = 16 * DESCENT_EPSILON * Math.sqrt(2 * loss) * Math.sqrt(gauss);
    if (finite && Math.abs(predicted) <= rounding) {
      if (!(descentGradientNorm(there) < 0.7 * norm) || !(actual <= rounding)) {
        // Where a column of J vanishes at the minimum the gradient goes down with its rounding error; the predicted decrease
        // then judges by itself.
        if (stationary || (exact && convex && length < 0.9 * radius && -predicted <= tolerance ** 2 * loss))
          return conclude();
        if (exact) return finish("stalled", "no further decrease in floating point");
        exact = true;
        continue;
      }
      polished++;
    } else if (!finite || descentErased(here, there) || !(actual < 1e-4 * predicted) || !(actual < 0)) {
      if (finite) exact = hessianModels;
      radius = 0.25 * Math.min(radius, length);
      if (descentMoves(step, theta)) continue;
      return stationary ? conclude() : finish("stalled", "no step decreases the loss");
    } else {
      exact = hessianModels;
      const ratio = actual / predicted;
      if (ratio < 0.25) radius = 0.5 * length;
      else if (ratio > 0.75 && length > 0.9 * radius) radius = 2.5 * radius;
    }

    for (let a = 0; a < m; a++) theta[a] += step[a];
    decrease += actual;
    [here, there] = [there, here];
    descentRescale(here, scale);
    const collapsed = descentCollapsed(here, scale);
    if (-actual < 1e-6 * loss && loose(collapsed)) return runaway(collapsed);
  }
}

// ---- states ----

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
 * @param {number} m
 * @returns {DescentWorkspace}
 */
function descentWorkspace(m) {
  return {
    states: [descentState(m), descentState(m), descentState(m)],
    scale: new Float64Array(m),
    step: new Float64Array(m),
    kept: new Float64Array(m),
    slope: new Float64Array(m),
    coordinates: new Float64Array(m),
    values: new Float64Array(m),
    off: new Float64Array(m),
    vectors: new Float64Array(m * m),
  };
}

/**
 * @param {DescentState} state
 * @param {number} change
 */
function descentFinite(state, change) {
  if (!Number.isFinite(change) || !Number.isFinite(state.loss[0])) return false;
  const { gradient, hessian, gauss } = state;
  return gradient.every(Number.isFinite) && hessian.every(Number.isFinite) && gauss.every(Number.isFinite);
}

/**
 * The largest cosine between the residual and a column of the Jacobian; 1 for a column of zeros with a gradient.
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
  for (let a = 0; a < state.gradient.length; a++)
    if (!(Math.abs(state.gradient[a]) <= 4 * DESCENT_EPSILON * state.noise[a])) return false;
  return true;
}

/**
 * The kind of stationary point, by the inertia of the Hessian.
 *
 * @param {DescentState} state
 * @returns {"minimum" | "saddle" | "degenerate"}
 */
export function descentKind(state) {
  return descentKindOf(descentInertia(state, descentWorkspace(state.gradient.length)));
}

/**
 * @param {DescentInertia} inertia
 * @returns {"minimum" | "saddle" | "degenerate"}
 */
function descentKindOf(inertia) {
  if (inertia.negative > 0) return "saddle";
  return inertia.zero > 0 ? "degenerate" : "minimum";
}

/**
 * @param {DescentState} state
 * @param {DescentWorkspace} work whose step and scale are left as they are
 * @returns {DescentInertia}
 */
function descentInertia(state, work) {
  const m = state.gradient.length;
  if (!descentFinite(state, 0)) return { positive: 0, zero: m, negative: 0 };
  const columns = work.coordinates;
  for (let a = 0; a < m; a++)
    columns[a] = Math.sqrt(Math.max(state.gauss[a * m + a], Math.abs(state.hessian[a * m + a])));
  descentEigen(state.hessian, columns, work);
  const zero = Math.max(descentZero(work.values), descentCurving(state, columns));
  let [positive, negative] = [0, 0];
  for (const value of work.values) {
    if (value > zero) positive++;
    else if (value < -zero) negative++;
  }
  return { positive, zero: m - positive - negative, negative };
}

/**
 * Keeps in `scale` the greatest norm that each column of J has had. (A scale that follows the columns down lost 2 in 100
 * starts that the greatest norms bring home.)
 *
 * @param {DescentState} state
 * @param {Float64Array} scale
 */
function descentRescale(state, scale) {
  const m = scale.length;
  for (let a = 0; a < m; a++) scale[a] = Math.max(scale[a], Math.sqrt(state.gauss[a * m + a]));
}

/**
 * The first parameter whose column has collapsed, or -1.
 *
 * @param {DescentState} state
 * @param {Float64Array} scale
 */
function descentCollapsed(state, scale) {
  const m = scale.length;
  for (let a = 0; a < m; a++) {
    const [norm, curvature] = [Math.sqrt(state.gauss[a * m + a]), Math.abs(state.hessian[a * m + a])];
    if (norm < DESCENT_COLLAPSED * scale[a] && curvature < DESCENT_COLLAPSED * scale[a] ** 2) return a;
  }
  return -1;
}

/**
 * @param {DescentState} here
 * @param {DescentState} there
 */
function descentErased(here, there) {
  const m = here.gradient.length;
  for (let a = 0; a < m; a++) {
    const aa = a * m + a;
    const curvature = Math.max(here.gauss[aa], Math.abs(here.hessian[aa]));
    if (
      Math.sqrt(there.gauss[aa]) < DESCENT_ERASED * Math.sqrt(here.gauss[aa]) &&
      Math.abs(there.hessian[aa]) < DESCENT_ERASED * curvature
    )
      return true;
  }
  return false;
}

/**
 * Along a family of equal models (A_1 -> t A_1, A_2 -> A_2 / t) the Hessian's curvature is not 0 but of the order of the
 * gradient, of either sign: v.H.v = -F.theta'' on its curve. A negative eigenvalue within that bound says nothing of a
 * saddle; it is taken as positive, so that the step does not spend its radius on it. The eigenvalues may leave their order,
 * all but the first where it stays negative.
 *
 * @param {DescentState} state
 * @param {DescentWorkspace} work
 */
function descentUnsigned(state, work) {
  const { scale, values } = work;
  const bound = descentCurving(state, scale);
  for (let k = 0; k < values.length; k++) if (values[k] < 0 && values[k] >= -bound) values[k] = -values[k];
}

/**
 * The curvature that the gradient alone can feign: |D^-1 F| over the size of model and data, in units of the scaled Hessian.
 *
 * @param {DescentState} state
 * @param {Float64Array} scale
 */
function descentCurving(state, scale) {
  let [square, size] = [0, 0];
  for (let a = 0; a < scale.length; a++) {
    square += (state.gradient[a] / descentUnit(scale[a])) ** 2;
    size = Math.max(size, state.noise[a] / descentUnit(scale[a]));
  }
  return size > 0 ? Math.min(DESCENT_CURVING, (4 * Math.sqrt(square)) / size) : 0;
}

// ---- the trust-region step ----

/**
 * The minimiser of F.p + p.A.p/2 over |D p| <= radius, D = diag(scale), from the eigenvectors of D^-1 A D^-1 in `work`.
 *
 * @param {DescentState} state
 * @param {DescentWorkspace} work
 * @param {number} radius
 * @param {boolean} exact whether the eigenvectors are the exact Hessian's
 */
function descentTrustStep(state, work, radius, exact) {
  const { scale, slope, coordinates, vectors, values, step } = work;
  const m = step.length;
  const zero = descentZero(values);
  let noise = 0;
  for (let a = 0; a < m; a++) noise += (state.noise[a] / descentUnit(scale[a])) ** 2;
  noise = 4 * DESCENT_EPSILON * Math.sqrt(noise);
  const curving = exact ? descentCurving(state, scale) : 0;
  let whole = 0;
  for (let a = 0; a < m; a++) whole += (state.gradient[a] / descentUnit(scale[a])) ** 2;
  whole = Math.sqrt(whole);
  for (let k = 0; k < m; k++) {
    let sum = 0;
    for (let a = 0; a < m; a++) sum += (vectors[a * m + k] * state.gradient[a]) / descentUnit(scale[a]);
    // Neither rounding errors nor the gradient's own size are followed along directions that the matrix does not determine.
    const lost =
      (Math.abs(values[k]) <= zero && Math.abs(sum) <= noise) ||
      (Math.abs(values[k]) <= curving && Math.abs(sum) <= curving * whole);
    slope[k] = lost ? 0 : sum;
  }
  let least = m > 0 ? values[0] : 0;
  for (let k = 1; k < m; k++) least = Math.min(least, values[k]);
  const floor = least > zero ? 0 : Math.max(0, -least) + zero;
  let shift = floor;
  let now = descentShiftedLength(slope, values, shift);
  const inside = now <= radius;
  if (!inside) {
    let low = floor;
    let high = floor + descentShiftedLength(slope, null, 1) / radius + zero;
    for (let k = 0; k < 100 && Math.abs(now - radius) > 1e-6 * radius && high - low > 1e-14 * high; k++) {
      if (now > radius) low = shift;
      else high = shift;
      let curvature = 0;
      for (let j = 0; j < m; j++) if (slope[j] !== 0) curvature += slope[j] ** 2 / (values[j] + shift) ** 3;
      // Newton's iteration on 1/radius - 1/length, which is nearly linear in the shift.
      const next = shift + ((now - radius) / radius) * (now ** 2 / curvature);
      shift = next > low && next < high ? next : 0.5 * (low + high);
      now = descentShiftedLength(slope, values, shift);
    }
  }
  let square = 0;
  for (let k = 0; k < m; k++) {
    coordinates[k] = slope[k] === 0 ? 0 : -slope[k] / (values[k] + shift);
    square += coordinates[k] ** 2;
  }
  // The hard case: the rest of the radius goes along the direction of negative curvature.
  if (inside && least < -zero)
    coordinates[0] += (slope[0] > 0 ? -1 : 1) * Math.sqrt(Math.max(0, radius ** 2 - square));
  for (let a = 0; a < m; a++) {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += vectors[a * m + k] * coordinates[k];
    step[a] = sum / descentUnit(scale[a]);
  }
}

/**
 * @param {Float64Array} slope
 * @param {Float64Array | null} values null for zeros
 * @param {number} shift
 */
function descentShiftedLength(slope, values, shift) {
  let sum = 0;
  for (let k = 0; k < slope.length; k++)
    if (slope[k] !== 0) sum += (slope[k] / ((values === null ? 0 : values[k]) + shift)) ** 2;
  return Math.sqrt(sum);
}

/** @param {number} scale */
function descentUnit(scale) {
  return scale > 0 ? scale : 1;
}

/**
 * @param {Float64Array} step
 * @param {Float64Array} scale
 */
function descentScaledLength(step, scale) {
  let sum = 0;
  for (let a = 0; a < step.length; a++) sum += (step[a] * descentUnit(scale[a])) ** 2;
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
  for (let a = 0; a < step.length; a++)
    if (Math.abs(step[a]) > DESCENT_EPSILON * Math.abs(theta[a])) return true;
  return false;
}

// ---- parameters that enter linearly ----

/**
 * Parameters, no two of which the model multiplies: where the exact Hessian is J'WJ, entry for entry. One that is here by
 * chance does no harm, since a correction is kept only where it decreases the loss.
 *
 * @param {DescentState} state
 * @returns {DescentLinear}
 */
function descentLinear(state) {
  const m = state.gradient.length;
  /** @type {number[]} */
  const indices = [];
  const plain = (/** @type {number} */ a, /** @type {number} */ b) =>
    state.hessian[a * m + b] === state.gauss[a * m + b];
  for (let a = 0; a < m; a++) if (plain(a, a) && indices.every((b) => plain(a, b))) indices.push(a);
  const k = indices.length;
  return {
    indices,
    scale: new Float64Array(k),
    values: new Float64Array(k),
    off: new Float64Array(k),
    vectors: new Float64Array(k * k),
    block: new Float64Array(k * k),
  };
}

/**
 * Adds to `step` the least-squares solution for the linear parameters at theta + step, where `state` was evaluated.
 * Returns whether it did: a correction longer than the step itself is none.
 *
 * @param {DescentState} state
 * @param {DescentLinear} linear
 * @param {Float64Array} step
 * @param {Float64Array} scale
 * @param {number} length
 */
function descentCorrect(state, linear, step, scale, length) {
  const { indices, values, vectors, block } = linear;
  const [k, m] = [indices.length, step.length];
  if (k === 0) return false;
  for (let i = 0; i < k; i++) {
    linear.scale[i] = Math.sqrt(state.gauss[indices[i] * m + indices[i]]);
    for (let j = 0; j < k; j++) block[i * k + j] = state.gauss[indices[i] * m + indices[j]];
  }
  descentEigen(block, linear.scale, linear);
  const shift = linear.off.fill(0);
  for (let q = 0; q < k; q++) {
    if (!(values[q] > 1e-10 * values[k - 1])) continue;
    let sum = 0;
    for (let i = 0; i < k; i++)
      sum += (vectors[i * k + q] * state.gradient[indices[i]]) / descentUnit(linear.scale[i]);
    for (let i = 0; i < k; i++)
      shift[i] -= ((vectors[i * k + q] / descentUnit(linear.scale[i])) * sum) / values[q];
  }
  let square = 0;
  for (let i = 0; i < k; i++) square += (shift[i] * scale[indices[i]]) ** 2;
  if (!(square > 0 && square <= length ** 2)) return false;
  for (let i = 0; i < k; i++) step[indices[i]] += shift[i];
  return true;
}

// ---- symmetric eigenvalues ----

/**
 * Eigenvalues, ascending, and eigenvectors (columns) of D^-1 A D^-1, D = diag(scale), zeros counting as 1. Householder
 * tridiagonalisation and implicit QL (Bowdler, Martin, Reinsch, Wilkinson, Handbook for Automatic Computation II, 1971:
 * tred2 and tql2).
 *
 * @param {Float64Array} matrix
 * @param {Float64Array} scale
 * @param {{ values: Float64Array, vectors: Float64Array, off: Float64Array }} out
 */
function descentEigen(matrix, scale, out) {
  const { values, vectors, off } = out;
  const m = values.length;
  if (m === 0) return;
  for (let a = 0; a < m; a++)
    for (let b = 0; b < m; b++)
      vectors[a * m + b] = matrix[a * m + b] / descentUnit(scale[a]) / descentUnit(scale[b]);
  descentTridiagonal(vectors, values, off);
  descentDiagonal(vectors, values, off);
}

/**
 * What counts as zero among ascending eigenvalues.
 *
 * @param {Float64Array} values
 */
function descentZero(values) {
  const m = values.length;
  return m === 0 ? 0 : 16 * m * DESCENT_EPSILON * Math.max(Math.abs(values[0]), Math.abs(values[m - 1]));
}

/**
 * Diagonal into `d`, the rest into `e` from 1 on, the transformation into `v`, which holds the matrix before.
 *
 * @param {Float64Array} v
 * @param {Float64Array} d
 * @param {Float64Array} e
 */
function descentTridiagonal(v, d, e) {
  const n = d.length;
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j];
  for (let i = n - 1; i > 0; i--) {
    let scale = 0,
      h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]);
    if (scale === 0) {
      e[i] = d[i - 1];
      for (let j = 0; j < i; j++) {
        d[j] = v[(i - 1) * n + j];
        v[i * n + j] = 0;
        v[j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] /= scale;
        h += d[k] * d[k];
      }
      let f = d[i - 1];
      let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      for (let j = 0; j < i; j++) e[j] = 0;
      for (let j = 0; j < i; j++) {
        f = d[j];
        v[j * n + i] = f;
        g = e[j] + v[j * n + j] * f;
        for (let k = j + 1; k < i; k++) {
          g += v[k * n + j] * d[k];
          e[k] += v[k * n + j] * f;
        }
        e[j] = g;
      }
      f = 0;
      for (let j = 0; j < i; j++) {
        e[j] /= h;
        f += e[j] * d[j];
      }
      const hh = f / (h + h);
      for (let j = 0; j < i; j++) e[j] -= hh * d[j];
      for (let j = 0; j < i; j++) {
        f = d[j];
        g = e[j];
        for (let k = j; k < i; k++) v[k * n + j] -= f * e[k] + g * d[k];
        d[j] = v[(i - 1) * n + j];
        v[i * n + j] = 0;
      }
    }
    d[i] = h;
  }
  for (let i = 0; i < n - 1; i++) {
    v[(n - 1) * n + i] = v[i * n + i];
    v[i * n + i] = 1;
    const h = d[i + 1];
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[k * n + i + 1] / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[k * n + i + 1] * v[k * n + j];
        for (let k = 0; k <= i; k++) v[k * n + j] -= g * d[k];
      }
    }
    for (let k = 0; k <= i; k++) v[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[(n - 1) * n + j];
    v[(n - 1) * n + j] = 0;
  }
  if (n > 0) {
    v[n * n - 1] = 1;
    e[0] = 0;
  }
}

/**
 * Eigenvalues into `d`, ascending, eigenvectors into `v`.
 *
 * @param {Float64Array} v
 * @param {Float64Array} d
 * @param {Float64Array} e
 */
function descentDiagonal(v, d, e) {
  const n = d.length;
  for (let i = 1; i < n; i++) e[i - 1] = e[i];
  if (n > 0) e[n - 1] = 0;
  let f = 0,
    largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]) + Math.abs(e[l]));
    let end = l;
    while (end < n - 1 && Math.abs(e[end]) > DESCENT_EPSILON * largest) end++;
    for (let sweep = 0; end > l && sweep < 60 && Math.abs(e[l]) > DESCENT_EPSILON * largest; sweep++) {
      let g = d[l];
      let p = (d[l + 1] - g) / (2 * e[l]);
      let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
      d[l] = e[l] / (p + r);
      d[l + 1] = e[l] * (p + r);
      const next = d[l + 1];
      let h = g - d[l];
      for (let i = l + 2; i < n; i++) d[i] -= h;
      f += h;
      p = d[end];
      let c = 1,
        c2 = 1,
        c3 = 1,
        s = 0,
        s2 = 0;
      const el1 = e[l + 1];
      for (let i = end - 1; i >= l; i--) {
        c3 = c2;
        c2 = c;
        s2 = s;
        g = c * e[i];
        h = c * p;
        r = Math.hypot(p, e[i]);
        e[i + 1] = s * r;
        s = e[i] / r;
        c = p / r;
        p = c * d[i] - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]);
        for (let k = 0; k < n; k++) {
          h = v[k * n + i + 1];
          v[k * n + i + 1] = s * v[k * n + i] + c * h;
          v[k * n + i] = c * v[k * n + i] - s * h;
        }
      }
      p = (-s * s2 * c3 * el1 * e[l]) / next;
      e[l] = s * p;
      d[l] = c * p;
    }
    d[l] += f;
    e[l] = 0;
  }
  for (let i = 0; i < n - 1; i++) {
    let k = i;
    for (let j = i + 1; j < n; j++) if (d[j] < d[k]) k = j;
    if (k === i) continue;
    [d[k], d[i]] = [d[i], d[k]];
    for (let j = 0; j < n; j++) [v[j * n + i], v[j * n + k]] = [v[j * n + k], v[j * n + i]];
  }
}
