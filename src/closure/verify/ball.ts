/**
 * Complex numbers in high precision, each with a bound of its error. So a number is known to be nonzero where it is
 * larger than its bound, cancellation, underflow and jumps included, and no tolerance is chosen.
 *
 * Bounds are base-2 logarithms. Magnitudes enter them rounded up; MPFR rounds correctly, the judge's other functions
 * faithfully. The error of a function for which no bound of the slope is stated is taken from its values at both
 * ends of the interval of its argument, twice over.
 */
import { DescentError } from "../../errors.ts";
import type { Rational } from "../../exact/rational.ts";
import { evaluateFunction } from "../../precise/judge.ts";
import type { Real, Reals } from "../../precise/mpfr.ts";

export interface Ball {
  readonly re: Real;
  /** Absent where it is exactly zero. */
  readonly im?: Real;
  /** log2 of a bound of |value − true value|; −∞ where it is exact, which integers of less than `bits` bits stay. */
  readonly error: number;
}

const EXACT = Number.NEGATIVE_INFINITY;
/** Anything smaller than 2^LEAST may have been flushed to zero. */
const LEAST = -(2 ** 30) + 2;
/**
 * Errors of arguments are at most 2^NARROW, and arguments at most 2^FAR, for functions without a stated slope: so the
 * interval is far below any wavelength, and the function runs monotonically or as an even power on either side.
 */
const NARROW = -64;
const FAR = 32;
/** The same for all functions: a wave takes as many digits of π as its argument has. */
const FARTHEST = 20_000;
/** |f(u) − f(v)| ≤ 2·|u − v| everywhere. */
const LIPSCHITZ: ReadonlySet<string> = new Set(
  "sin cos tanh atan asinh sigmoid softplus silu gelu mish relu elu erf erfc abs max min".split(" "),
);
/** Integers of integers. */
const INTEGRAL: ReadonlySet<string> = new Set("floor ceil round sign relu abs max min".split(" "));

/** log2(Σ 2^e) */
export function sumOfPowers(...exponents: readonly number[]): number {
  const most = Math.max(...exponents);
  if (!Number.isFinite(most)) return most;
  return most + Math.log2(exponents.reduce((total, e) => total + 2 ** (e - most), 0)) + 1e-12;
}

/** log2 |a| within `slack` above and below. */
function magnitude(r: Reals, a: Real): { log: number; slack: number } {
  const exponent = r.exponent(a);
  if (!(Math.abs(exponent) < 1000)) return { log: exponent - 0.5, slack: 0.5 };
  return { log: Math.log2(Math.abs(r.toNumber(a))), slack: 1e-9 };
}

/** An upper bound of log2 |value|. */
export function above(r: Reals, { re, im }: Ball): number {
  const [x, y] = [re, im].map((part) => {
    if (part === undefined) return EXACT;
    const { log, slack } = magnitude(r, part);
    return log + slack;
  });
  return im === undefined ? x! : sumOfPowers(2 * x!, 2 * y!) / 2;
}

/** A lower bound of log2 |value|. */
function below(r: Reals, { re, im }: Ball): number {
  const parts = [re, im].map((part) => {
    if (part === undefined) return EXACT;
    const { log, slack } = magnitude(r, part);
    return log - slack;
  });
  return Math.max(...parts);
}

/** Whether the true value is certainly not zero. */
export const isNonzero = (r: Reals, a: Ball): boolean => below(r, a) > a.error;

export const isExact = (a: Ball): boolean => a.error === EXACT;

/** A lower bound of log2 |true value|; undefined where it may be zero. */
function leastSize(r: Reals, a: Ball): number | undefined {
  const least = below(r, a);
  return least > a.error + 1 ? least - 1 : undefined;
}

/** The value with its rounding added to `error`; an integer of exact integers stays exact. */
function rounded(r: Reals, re: Real, im: Real | undefined, error: number, integral = false): Ball {
  if (error === EXACT && integral && im === undefined && r.isInteger(re) && r.exponent(re) <= r.bits) {
    return { re, error };
  }
  const value = im === undefined ? { re, error } : { re, im, error };
  return { ...value, error: sumOfPowers(error, Math.max(above(r, value), LEAST) + 2 - r.bits) };
}

export function fromRational(r: Reals, value: Rational): Ball {
  return rounded(r, r.rational(value), undefined, EXACT, value.den === 1n);
}
export const pi = (r: Reals): Ball => rounded(r, r.pi(), undefined, EXACT);
const integer = (r: Reals, value: number): Ball => ({ re: r.number(value), error: EXACT });
const unit = (r: Reals): Ball => ({ re: r.number(0), im: r.number(1), error: EXACT });

export const negative = (r: Reals, a: Ball): Ball =>
  a.im === undefined
    ? { re: r.neg(a.re), error: a.error }
    : { re: r.neg(a.re), im: r.neg(a.im), error: a.error };

/** Fresh numbers of `r`, so that `a` and `b` may belong to inner scopes. */
export function add(r: Reals, a: Ball, b: Ball): Ball {
  const re = r.add(a.re, b.re);
  const error = sumOfPowers(a.error, b.error);
  if (a.im === undefined && b.im === undefined) return rounded(r, re, undefined, error, true);
  const im = a.im === undefined ? r.copy(b.im!) : b.im === undefined ? r.copy(a.im) : r.add(a.im, b.im);
  // The parts are rounded apart, and one of them may be exact and small.
  const parts = Math.max(r.exponent(re), r.exponent(im), LEAST);
  return { re, im, error: sumOfPowers(error, parts + 2 - r.bits) };
}

export function multiply(r: Reals, a: Ball, b: Ball): Ball {
  const [x, y] = [above(r, a), above(r, b)];
  const terms = [times(x, b.error), times(y, a.error), times(a.error, b.error)];
  const error = sumOfPowers(...terms);
  if (a.im === undefined && b.im === undefined) {
    return rounded(r, r.mul(a.re, b.re), undefined, error, true);
  }
  const [p, q] = [a.im ?? r.number(0), b.im ?? r.number(0)];
  const re = r.sub(r.mul(a.re, b.re), r.mul(p, q));
  const im = r.add(r.mul(a.re, q), r.mul(p, b.re));
  // Both parts may cancel: rounding is that of the products.
  return { re, im, error: sumOfPowers(error, Math.max(times(x, y), LEAST) + 3 - r.bits) };
}

/** log2 of a product, zero times anything being zero. */
const times = (a: number, b: number): number => (a === EXACT || b === EXACT ? EXACT : a + b);

function inverse(r: Reals, a: Ball): Ball | undefined {
  const least = leastSize(r, a);
  if (least === undefined || !r.isFinite(a.re)) return undefined;
  const error = a.error - 2 * least;
  if (a.im === undefined) return rounded(r, r.div(r.number(1), a.re), undefined, error);
  const square = r.add(r.mul(a.re, a.re), r.mul(a.im, a.im));
  // What overflows or underflows has no quotient.
  if (!r.isFinite(square) || r.sign(square) === 0) return undefined;
  return rounded(r, r.div(a.re, square), r.neg(r.div(a.im, square)), sumOfPowers(error, 3 - least - r.bits));
}

export function divide(r: Reals, a: Ball, b: Ball): Ball | undefined {
  if (a.error === EXACT && b.error === EXACT && a.im === undefined && b.im === undefined) {
    if (r.sign(b.re) === 0) return undefined;
    const quotient = rounded(r, r.div(a.re, b.re), undefined, EXACT, true);
    const whole = quotient.error === EXACT && r.compare(r.mul(quotient.re, b.re), a.re) === 0;
    return whole ? quotient : rounded(r, quotient.re, undefined, EXACT);
  }
  const inverted = inverse(r, b);
  return inverted === undefined ? undefined : multiply(r, a, inverted);
}

/** Integer powers of anything; others of what is certainly positive. */
export function power(r: Reals, base: Ball, exponent: Ball): Ball | undefined {
  if (exponent.error !== EXACT || r.exponent(exponent.re) > 30) {
    if (base.im !== undefined) return undefined;
    const log = logarithm(r, base);
    return log === undefined ? undefined : exponential(r, multiply(r, exponent, log));
  }
  const n = r.toNumber(exponent.re);
  let [result, square]: [Ball | undefined, Ball] = [undefined, base];
  for (let k = Math.abs(n); k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = result === undefined ? square : multiply(r, result, square);
    if (k > 1) square = multiply(r, square, square);
    if (!r.isFinite(square.re)) return undefined;
  }
  result ??= integer(r, 1);
  return n < 0 ? divide(r, integer(r, 1), result) : result;
}

function logarithm(r: Reals, u: Ball): Ball | undefined {
  const least = leastSize(r, u);
  if (least === undefined || r.sign(u.re) <= 0) return undefined;
  return rounded(r, r.log(u.re), undefined, u.error - least);
}

function squareRoot(r: Reals, u: Ball): Ball | undefined {
  if (u.error === EXACT && r.sign(u.re) === 0) return u;
  const least = leastSize(r, u);
  if (least === undefined || r.sign(u.re) <= 0) return undefined;
  return rounded(r, r.sqrt(u.re), undefined, u.error - least / 2);
}

/** |e^(u+δ) − e^u| ≤ 2|δ|·|e^u| for |δ| ≤ 1/2. */
export function exponential(r: Reals, u: Ball): Ball | undefined {
  if (u.error > -1) return undefined;
  const size = r.exp(u.re);
  const error = Math.max(above(r, { re: size, error: EXACT }), LEAST) + u.error + 1;
  if (u.im === undefined) return rounded(r, size, undefined, error);
  const [cos, sin] = ["cos", "sin"].map((name) => judged(r, name, [u.im!]));
  if (cos === undefined || sin === undefined) return undefined;
  return rounded(r, r.mul(size, cos), r.mul(size, sin), error);
}

/** Sums of exponentials of ±u or ±iu. */
function wave(r: Reals, name: string, u: Ball): Ball | undefined {
  const inner = name === "sin" || name === "cos" ? multiply(r, unit(r), u) : u;
  const [plus, minus] = [exponential(r, inner), exponential(r, negative(r, inner))];
  if (plus === undefined || minus === undefined) return undefined;
  const odd = name === "sin" || name === "sinh";
  const both = add(r, plus, odd ? negative(r, minus) : minus);
  const half = multiply(r, both, { re: r.number(0.5), error: EXACT });
  return name === "sin" ? multiply(r, negative(r, unit(r)), half) : half;
}

/** The value of a function; undefined where it has none, or where the judge finds none. */
export function call(r: Reals, name: string, args: readonly Ball[]): Ball | undefined {
  const [u, v] = args as [Ball, Ball];
  const real = args.every(({ im }) => im === undefined || r.sign(im) === 0);
  if (name === "complex") return add(r, u, multiply(r, unit(r), v));
  if (name === "re") return { re: u.re, error: u.error };
  if (name === "im") return u.im === undefined ? integer(r, 0) : { re: u.im, error: u.error };
  if (name === "conj") return u.im === undefined ? u : { ...u, im: r.neg(u.im) };
  if (name === "exp") return exponential(r, u);
  if (name === "sinh" || name === "cosh") return wave(r, name, u);
  if (!real) return name === "sin" || name === "cos" ? wave(r, name, u) : undefined;
  if (name === "log") return logarithm(r, u);
  if (name === "sqrt") return squareRoot(r, u);
  if (name === "delta") {
    const exact = u.error === EXACT && v.error === EXACT;
    return exact ? integer(r, r.compare(u.re, v.re) === 0 ? 1 : 0) : undefined;
  }
  return other(r, name, args);
}

function other(r: Reals, name: string, args: readonly Ball[]): Ball | undefined {
  const centre = args.map((arg) => arg.re);
  const value = judged(r, name, centre);
  if (value === undefined) return undefined;
  const errors: number[] = args.map((arg) => arg.error);
  const integral = INTEGRAL.has(name);
  if (LIPSCHITZ.has(name)) return rounded(r, value, undefined, sumOfPowers(...errors) + 1, integral);
  const isJacobi = /^[scd]n$/.test(name);
  const slopes = isJacobi ? jacobiSlopes(r, args) : undefined;
  if (slopes !== undefined) {
    const moved = errors.map((error, k) => times(error, slopes[k]!));
    return rounded(r, value, undefined, sumOfPowers(...moved, 1 - r.bits));
  }
  const found = isJacobi ? [1 - r.bits] : [EXACT];
  const wide = r.at(2 * r.bits);
  for (const [k, error] of errors.entries()) {
    if (error === EXACT) continue;
    if (error > NARROW || args.some((arg) => r.exponent(arg.re) > FAR)) return undefined;
    const step = wide.power(wide.number(2), Math.max(Math.ceil(error), LEAST));
    for (const end of [wide.add(centre[k]!, step), wide.sub(centre[k]!, step)]) {
      const there = judged(r, name, centre.with(k, end));
      if (there === undefined) return undefined;
      found.push(r.exponent(r.sub(there, value)) + 1);
    }
  }
  return rounded(r, value, undefined, sumOfPowers(...found), integral);
}

/**
 * log2 of bounds of the slopes of sn, cn and dn in both arguments: |∂/∂u| ≤ 1 and |∂/∂m| ≤ (1 + |u|)/(2(1 − m)) for
 * 0 ≤ m < 1, by DLMF 22.13.1 and P. F. Byrd, M. D. Friedman, Handbook of Elliptic Integrals, 710.51, as E(u) lies between
 * (1 − m)u and u. Undefined for other moduli.
 */
function jacobiSlopes(r: Reals, [u, m]: readonly Ball[]): [number, number] | undefined {
  const [least, most] = [r.toNumber(m!.re), r.toNumber(m!.re) + 2 ** m!.error];
  if (!(least > 0 && least > 2 * 2 ** m!.error && most < 1 - 2 ** -20) || u!.error > 0) return undefined;
  return [1, sumOfPowers(above(r, u!), 1) + 1 - Math.log2(2 * (1 - most))];
}

/** The judge's value; undefined where it is not finite or an argument is out of the judge's reach. */
function judged(r: Reals, name: string, args: readonly Real[]): Real | undefined {
  if (!INTEGRAL.has(name) && args.some((arg) => r.exponent(arg) > FARTHEST)) return undefined;
  try {
    const value = evaluateFunction(r, name, args);
    return value === null || !r.isFinite(value) ? undefined : value;
  } catch (error) {
    if (error instanceof DescentError && error.code !== "internal") return undefined;
    throw error;
  }
}
