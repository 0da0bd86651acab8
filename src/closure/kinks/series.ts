/**
 * Truncated power series with proved coefficients: each is an exact rational or an enclosure. Only an exact zero counts as
 * zero, so leading terms are never dropped by rounding. A series of length n is known up to and with the power n − 1.
 */
import { DescentError } from "../../errors.ts";
import {
  bitLength,
  add as exactAdd,
  divide as exactDivide,
  multiply as exactMultiply,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import type { Interval, Intervals } from "../../precise/interval.ts";
import type { Reals } from "../../precise/mpfr.ts";

export type Coefficient = { readonly exact: Rational } | Interval;
export type Series = readonly Coefficient[];

export const ZERO_COEFFICIENT: Coefficient = { exact: ZERO };
/** Exact numbers beyond these bits are enclosed instead. */
const EXACT_BITS = 3000;

export const isExact = (c: Coefficient): c is { readonly exact: Rational } => "exact" in c;
export const isExactZero = (c: Coefficient): boolean => isExact(c) && c.exact.num === 0n;

const isOne = (c: Coefficient): boolean => isExact(c) && c.exact.num === 1n && c.exact.den === 1n;

/** There is no proved series: the point is not surely inside of the domain, or a sign is not known. */
export function noSeries(reason: string): never {
  throw new DescentError("unsupported", reason);
}

export interface SeriesAlgebra {
  readonly intervals: Intervals;
  interval(c: Coefficient): Interval;
  /** The sign of a coefficient; undefined where it is not known. */
  signOf(c: Coefficient): -1 | 0 | 1 | undefined;
  combine(terms: readonly (readonly [Coefficient, Series])[], length: number): Series;
  multiply(a: Series, b: Series, length: number): Series;
  /**
   * a/b. With `removable`, common leading zeros are cancelled, as in the derivative of a function that is known to be
   * continuous; otherwise a leading zero of b is a pole.
   */
  divide(a: Series, b: Series, removable: boolean): Series;
  derivative(a: Series): Series;
  integral(constant: Coefficient, a: Series): Series;
  /** The p-th root; `undefined` where its leading power is no multiple of p. */
  root(a: Series, p: 2 | 3, length: number): Series | undefined;
  /** The nearest double of a bound. */
  approximate(c: Coefficient): number;
}

export function seriesAlgebra(r: Reals, i: Intervals): SeriesAlgebra {
  const interval = (c: Coefficient): Interval => (isExact(c) ? i.rational(c.exact) : c);
  const exact = (value: Rational): Coefficient =>
    bitLength(value.num) + bitLength(value.den) > EXACT_BITS ? i.rational(value) : { exact: value };
  const finite = (a: Interval): Coefficient => (i.isFinite(a) ? a : noSeries("a coefficient is not finite"));

  const plus = (a: Coefficient, b: Coefficient): Coefficient => {
    if (isExactZero(a)) return b;
    if (isExactZero(b)) return a;
    return isExact(a) && isExact(b)
      ? exact(exactAdd(a.exact, b.exact))
      : finite(i.add(interval(a), interval(b)));
  };
  const times = (a: Coefficient, b: Coefficient): Coefficient => {
    if (isExactZero(a) || isExactZero(b)) return ZERO_COEFFICIENT;
    if (isOne(a)) return b;
    if (isOne(b)) return a;
    if (isExact(a) && isExact(b)) return exact(exactMultiply(a.exact, b.exact));
    return finite(i.multiply(interval(a), interval(b)));
  };
  const over = (a: Coefficient, b: Coefficient): Coefficient => {
    if (isExactZero(b)) return noSeries("a division by zero");
    if (isExact(a) && isExact(b)) return exact(exactDivide(a.exact, b.exact));
    return isExactZero(a) ? a : finite(i.divide(interval(a), interval(b)));
  };
  const minus = (a: Coefficient, b: Coefficient): Coefficient => plus(a, times({ exact: rational(-1) }, b));

  function signOf(c: Coefficient): -1 | 0 | 1 | undefined {
    if (isExact(c)) return sign(c.exact);
    if (!i.excludesZero(c)) return undefined;
    return r.sign(c.lo) > 0 ? 1 : -1;
  }

  const leading = (a: Series): number => {
    const at = a.findIndex((c) => !isExactZero(c));
    return at < 0 ? a.length : at;
  };

  function combine(terms: readonly (readonly [Coefficient, Series])[], length: number): Series {
    const most = Math.min(length, ...terms.map(([, s]) => s.length));
    return Array.from({ length: most }, (_, k) =>
      terms.reduce<Coefficient>((total, [c, s]) => plus(total, times(c, s[k]!)), ZERO_COEFFICIENT),
    );
  }

  function multiply(a: Series, b: Series, length: number): Series {
    const [p, q] = [leading(a), leading(b)];
    const most = Math.min(length, a.length + q, b.length + p);
    const out: Coefficient[] = Array.from({ length: most }, () => ZERO_COEFFICIENT);
    for (let j = p; j < Math.min(a.length, most); j++) {
      if (isExactZero(a[j]!)) continue;
      for (let k = q; k < b.length && j + k < most; k++) {
        if (!isExactZero(b[k]!)) out[j + k] = plus(out[j + k]!, times(a[j]!, b[k]!));
      }
    }
    return out;
  }

  function divide(a: Series, b: Series, removable: boolean): Series {
    const shift = leading(b);
    if (shift === b.length || (shift > 0 && !removable)) return noSeries("a division by zero");
    if (leading(a) < shift) return noSeries("a pole");
    const [top, bottom] = [a.slice(shift), b.slice(shift)];
    const out: Coefficient[] = [];
    for (let k = 0; k < Math.min(top.length, bottom.length); k++) {
      let rest = top[k]!;
      for (let j = 1; j <= k; j++) rest = minus(rest, times(bottom[j]!, out[k - j]!));
      out.push(over(rest, bottom[0]!));
    }
    return out;
  }

  const derivative = (a: Series): Series => a.slice(1).map((c, k) => times({ exact: rational(k + 1) }, c));
  const integral = (constant: Coefficient, a: Series): Series => [
    constant,
    ...a.map((c, k) => times({ exact: rational(1, k + 1) }, c)),
  ];

  function root(a: Series, p: 2 | 3, length: number): Series | undefined {
    const v = leading(a);
    const zeros = (count: number): Coefficient[] => Array.from({ length: count }, () => ZERO_COEFFICIENT);
    if (v === a.length) return zeros(Math.max(1, Math.floor(v / p)));
    if (v % p !== 0) return undefined;
    const g = a.slice(v);
    const lead = signOf(g[0]!);
    if (lead === undefined || (p === 2 && lead < 0)) return noSeries("a root of what may be negative");
    const out: Coefficient[] = [rootOf(g[0]!, p)];
    // From p·g·ρ' = ρ·g': the coefficients of ρ = g^(1/p).
    for (let k = 1; k < g.length; k++) {
      let total = ZERO_COEFFICIENT;
      for (let j = 1; j <= k; j++) {
        const weight = { exact: rational(j - p * (k - j), p) };
        total = plus(total, times(weight, times(g[j]!, out[k - j]!)));
      }
      out.push(over(total, times({ exact: rational(k) }, g[0]!)));
    }
    return [...zeros(v / p), ...out].slice(0, length);
  }

  function rootOf(c: Coefficient, p: 2 | 3): Coefficient {
    const found = isExact(c) ? exactRoot(c.exact, p) : undefined;
    return found === undefined ? finite(i.call(p === 2 ? "sqrt" : "cbrt", interval(c))!) : { exact: found };
  }

  return {
    intervals: i,
    interval,
    signOf,
    combine,
    multiply,
    divide,
    derivative,
    integral,
    root,
    approximate: (c) => r.toNumber(interval(c).lo),
  };
}

/** The rational p-th root, where there is one. */
export function exactRoot(a: Rational, p: 2 | 3): Rational | undefined {
  if (a.num === 0n) return ZERO;
  if (p === 2 && a.num < 0n) return undefined;
  const [num, den] = [integerRoot(a.num < 0n ? -a.num : a.num, p), integerRoot(a.den, p)];
  if (num === undefined || den === undefined) return undefined;
  return a.num < 0n ? rational(-num, den) : rational(num, den);
}

function integerRoot(n: bigint, p: 2 | 3): bigint | undefined {
  if (n < 2n) return n;
  const k = BigInt(p);
  // Newton's iteration from above ends at the floor of the root.
  let x = 1n << BigInt(Math.ceil(bitLength(n) / p));
  for (;;) {
    const next = ((k - 1n) * x + n / x ** (k - 1n)) / k;
    if (next >= x) break;
    x = next;
  }
  return x ** k === n ? x : undefined;
}
