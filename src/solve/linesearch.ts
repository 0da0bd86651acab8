/** A line search for the strong Wolfe conditions (J. Nocedal, S. J. Wright, Numerical Optimization, algorithms 3.5, 3.6). */

/** φ(t) = L(θ + t p) − L(θ) and φ'(t). */
export interface Sample {
  readonly value: number;
  readonly slope: number;
}

export interface WolfeOptions {
  /** Sufficient decrease. */
  readonly c1: number;
  /** Curvature. */
  readonly c2: number;
}

const SAMPLES = 30;

/**
 * A step length that satisfies the strong Wolfe conditions, or the best that decreases φ, or undefined.
 *
 * @param slope φ'(0) < 0
 * @param first the first length to try
 */
export function strongWolfe(
  sample: (t: number) => Sample,
  slope: number,
  first: number,
  { c1, c2 }: WolfeOptions,
): number | undefined {
  let used = 0;
  let best: { t: number; value: number } | undefined;
  const look = (t: number): Sample => {
    used++;
    const found = sample(t);
    if (found.value < 0 && (best === undefined || found.value < best.value)) best = { t, value: found.value };
    return found;
  };
  const sufficient = (t: number, s: Sample): boolean => s.value <= c1 * t * slope;
  const flat = (s: Sample): boolean => Math.abs(s.slope) <= -c2 * slope;

  let low = { t: 0, value: 0, slope };
  let t = first;
  while (used < SAMPLES) {
    const s = look(t);
    const finite = Number.isFinite(s.value) && Number.isFinite(s.slope);
    if (!finite || !sufficient(t, s) || (s.value >= low.value && low.t > 0)) return zoom(low, t);
    if (flat(s)) return t;
    if (s.slope >= 0) return zoom({ t, ...s }, low.t);
    low = { t, ...s };
    t *= 2.5;
  }
  return best?.t;

  function zoom(from: typeof low, to: number): number | undefined {
    let [lo, hi] = [from, to];
    while (used < SAMPLES && Math.abs(hi - lo.t) > 1e-14 * Math.max(Math.abs(hi), Math.abs(lo.t))) {
      const middle = 0.5 * (lo.t + hi);
      const s = look(middle);
      if (!Number.isFinite(s.value) || !sufficient(middle, s) || s.value >= lo.value) hi = middle;
      else {
        if (flat(s)) return middle;
        if (s.slope * (hi - lo.t) >= 0) hi = lo.t;
        lo = { t: middle, ...s };
      }
    }
    return best?.t;
  }
}
