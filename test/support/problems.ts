/** Small least-squares problems whose derivatives and increments are written by hand, apart from the expression engine. */
import type { DescentProblem } from "../../src/emit/step.js";

/** A model of one input with `size` parameters. Its arrays hold one datum. */
export interface Model {
  readonly size: number;
  /** f(x; θ); ∂f into `gradient` (size) and ∂²f into `hessian` (size·size, full). */
  value(x: number, theta: Float64Array, gradient: Float64Array, hessian: Float64Array): number;
  /** f(x; θ+Δ) − f(x; θ) without cancellation. */
  increment(x: number, theta: Float64Array, delta: Float64Array): number;
}

export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly w?: readonly number[];
}

/** ½ Σ w (f − y)² as a problem of the descent step. */
export function leastSquares(model: Model, { x, y, w }: Points, start: ArrayLike<number>): DescentProblem {
  const m = model.size;
  const [moved, gradient, hessian] = [new Float64Array(m), new Float64Array(m), new Float64Array(m * m)];
  const base = { gradient: new Float64Array(m), hessian: new Float64Array(m * m) };
  return {
    size: m,
    theta: Float64Array.from(start),
    evaluate(theta, delta, out) {
      for (const array of [out.gradient, out.hessian, out.gauss, out.noise, out.loss]) array.fill(0);
      for (let a = 0; a < m; a++) moved[a] = theta[a]! + delta[a]!;
      let decrease = 0;
      for (let n = 0; n < x.length; n++) {
        const weight = w?.[n] ?? 1;
        hessian.fill(0);
        const before = model.value(x[n]!, theta, base.gradient, base.hessian) - y[n]!;
        const f = model.value(x[n]!, moved, gradient, hessian);
        const df = model.increment(x[n]!, theta, delta);
        const r = before + df;
        decrease += weight * df * (before + 0.5 * df);
        out.loss[0]! += 0.5 * weight * r * r;
        for (let a = 0; a < m; a++) {
          out.gradient[a]! += weight * r * gradient[a]!;
          out.noise[a]! += weight * Math.abs(gradient[a]!) * (Math.abs(f) + Math.abs(y[n]!));
          for (let b = 0; b < m; b++) {
            const product = gradient[a]! * gradient[b]!;
            out.gauss[a * m + b]! += weight * product;
            out.hessian[a * m + b]! += weight * (product + r * hessian[a * m + b]!);
          }
        }
      }
      return decrease;
    },
  };
}

/** The rows √w ∂f at θ, and Σ w (f − y)². */
export function jacobianRows(model: Model, { x, y, w }: Points, theta: Float64Array) {
  const m = model.size;
  const rows = new Float64Array(x.length * m);
  const [gradient, hessian] = [new Float64Array(m), new Float64Array(m * m)];
  let sumOfSquares = 0;
  x.forEach((at, n) => {
    const weight = w?.[n] ?? 1;
    const r = model.value(at, theta, gradient, hessian) - y[n]!;
    sumOfSquares += weight * r * r;
    for (let a = 0; a < m; a++) rows[n * m + a] = Math.sqrt(weight) * gradient[a]!;
  });
  return { rows, sumOfSquares };
}

/** e^(u+d) − e^u. */
export function expIncrement(u: number, d: number): number {
  return d >= 0 ? -Math.exp(u + d) * Math.expm1(-d) : Math.exp(u) * Math.expm1(d);
}

/** cos(u+d) − cos u, with u + d/2 as a two-sum. */
export function cosIncrement(u: number, d: number): number {
  const s = u + 0.5 * d;
  const bb = s - u;
  const e = u - (s - bb) + (0.5 * d - bb);
  return -2 * Math.sin(0.5 * d) * (Math.sin(s) + e * Math.cos(s));
}

/** (u+d)(v+e) − uv. */
export const productIncrement = (u: number, d: number, v: number, e: number): number => u * e + v * d + d * e;

/** b e^(−kx). */
export const decay: Model = {
  size: 2,
  value(x, theta, g, h) {
    const [b, k] = [theta[0]!, theta[1]!];
    const e = Math.exp(-k * x);
    g.set([e, -x * b * e]);
    h.set([0, -x * e, -x * e, x * x * b * e]);
    return b * e;
  },
  increment(x, theta, delta) {
    const [b, k] = [theta[0]!, theta[1]!];
    return productIncrement(b, delta[0]!, Math.exp(-k * x), expIncrement(-k * x, -delta[1]! * x));
  },
};

/** b (1 − e^(−kx)), the model of Misra1a and BoxBOD. */
export const saturation: Model = {
  size: 2,
  value(x, theta, g, h) {
    const [b, k] = [theta[0]!, theta[1]!];
    const [e, s] = [Math.exp(-k * x), -Math.expm1(-k * x)];
    g.set([s, x * b * e]);
    h.set([0, x * e, x * e, -x * x * b * e]);
    return b * s;
  },
  increment(x, theta, delta) {
    const [b, k] = [theta[0]!, theta[1]!];
    return productIncrement(b, delta[0]!, -Math.expm1(-k * x), -expIncrement(-k * x, -delta[1]! * x));
  },
};

/** A e^(αx) cos(ωx + φ): AION's atom, parameters in this order. */
export const atom: Model = {
  size: 4,
  value(x, theta, g, h) {
    const [A, alpha, omega, phi] = [theta[0]!, theta[1]!, theta[2]!, theta[3]!];
    const e = Math.exp(alpha * x);
    const [c, s] = [e * Math.cos(omega * x + phi), e * Math.sin(omega * x + phi)];
    g.set([c, x * A * c, -x * A * s, -A * s]);
    h.set([0, x * c, -x * s, -s]);
    h.set([x * c, x * x * A * c, -x * x * A * s, -x * A * s], 4);
    h.set([-x * s, -x * x * A * s, -x * x * A * c, -x * A * c], 8);
    h.set([-s, -x * A * s, -x * A * c, -A * c], 12);
    return A * c;
  },
  increment(x, theta, delta) {
    const [A, alpha, omega, phi] = [theta[0]!, theta[1]!, theta[2]!, theta[3]!];
    const [u, v] = [alpha * x, omega * x + phi];
    const [e, c] = [Math.exp(u), Math.cos(v)];
    const [de, dc] = [expIncrement(u, delta[1]! * x), cosIncrement(v, delta[2]! * x + delta[3]!)];
    return productIncrement(A, delta[0]!, e * c, productIncrement(e, de, c, dc));
  },
};

/** A sum of models with parameters of their own. */
export function sum(parts: readonly Model[]): Model {
  const size = parts.reduce((total, part) => total + part.size, 0);
  const offsets = parts.map((_, k) => parts.slice(0, k).reduce((total, part) => total + part.size, 0));
  const own = parts.map((part) => ({
    gradient: new Float64Array(part.size),
    hessian: new Float64Array(part.size ** 2),
  }));
  const slice = (v: Float64Array, k: number) => v.subarray(offsets[k]!, offsets[k]! + parts[k]!.size);
  return {
    size,
    value(x, theta, g, h) {
      let total = 0;
      parts.forEach((part, k) => {
        const { gradient, hessian } = own[k]!;
        total += part.value(x, slice(theta, k), gradient, hessian);
        g.set(gradient, offsets[k]!);
        for (let a = 0; a < part.size; a++)
          h.set(hessian.subarray(a * part.size, (a + 1) * part.size), (offsets[k]! + a) * size + offsets[k]!);
      });
      return total;
    },
    increment: (x, theta, delta) =>
      parts.reduce((total, part, k) => total + part.increment(x, slice(theta, k), slice(delta, k)), 0),
  };
}

/** AION in one dimension with P atoms. */
export const aion = (P: number): Model => sum(Array.from({ length: P }, () => atom));
