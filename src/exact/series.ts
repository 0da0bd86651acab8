/**
 * Power series over F_p, cut off at an order that all in a computation share: residues by ascending power, each series as long
 * as the others.
 */
import { addMod, inverseMod, multiplyMod, subtractMod } from "./modular.ts";

export type Series = readonly number[];

export const constantSeries = (c: number, order: number): Series =>
  Array.from({ length: order + 1 }, (_, n) => (n === 0 ? c : 0));

export const add = (a: Series, b: Series, p: number): Series => a.map((c, n) => addMod(c, b[n]!, p));

export const scaled = (a: Series, c: number, p: number): Series => a.map((x) => multiplyMod(x, c, p));

export const multiply = (a: Series, b: Series, p: number): Series => a.map((_, n) => convolution(a, b, n, p));

/** Σ a_k b_{n−k} */
function convolution(a: Series, b: Series, n: number, p: number): number {
  let total = 0;
  for (let k = 0; k <= n; k++) total = addMod(total, multiplyMod(a[k]!, b[n - k]!, p), p);
  return total;
}

/** 1/a, where a(0) ≠ 0. */
export function inverse(a: Series, p: number): Series {
  const first = inverseMod(a[0]!, p);
  const found = [first];
  for (let n = 1; n < a.length; n++) {
    let total = 0;
    for (let k = 0; k < n; k++) total = addMod(total, multiplyMod(found[k]!, a[n - k]!, p), p);
    found.push(multiplyMod(subtractMod(0, total, p), first, p));
  }
  return found;
}

/** a^n for n ≥ 0. */
export function power(a: Series, exponent: number, p: number): Series {
  let [result, base] = [constantSeries(1, a.length - 1), a];
  for (let n = exponent; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = multiply(result, base, p);
    if (n > 1) base = multiply(base, base, p);
  }
  return result;
}

/** The derivative, one coefficient shorter. */
export const slope = (a: Series, p: number): Series => a.slice(1).map((c, n) => multiplyMod(c, n + 1, p));

/**
 * The series e with e(0) as given and e′ = u′e.
 *
 * @example
 * exponential([0, 1, 0], 1, 13); // [1, 1, 7]
 */
export function exponential(u: Series, first: number, p: number): Series {
  const rate = slope(u, p);
  const found = [first];
  rate.forEach((_, n) => {
    found.push(multiplyMod(convolution(rate, found, n, p), inverseMod(n + 1, p), p));
  });
  return found;
}

/**
 * The series l with l(0) as given and l′ = u′/u, where u(0) ≠ 0.
 *
 * @example
 * logarithm([1, 1, 0], 0, 13); // [0, 1, 6]
 */
export function logarithm(u: Series, first: number, p: number): Series {
  const rate = multiply(slope(u, p), inverse(u.slice(0, -1), p), p);
  return [first, ...rate.map((c, n) => multiplyMod(c, inverseMod(n + 1, p), p))];
}
