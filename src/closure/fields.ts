/**
 * The two arithmetics of the probe, without floats: Gaussian rationals, in which everything is exact and no function has
 * a value, and enclosures, which are real intervals or rectangles of them. What has no value in a field throws
 * `unsupported`, so that a result always is one.
 */
import { DescentError, quoted } from "../errors.ts";
import {
  bitLength,
  type Gaussian,
  gAdd,
  gaussian,
  gInverse,
  gIsZero,
  gMultiply,
  gPower,
  rational,
} from "../exact/rational.ts";
import { type Interval, type Intervals, intervals } from "../precise/interval.ts";
import { evaluateFunction } from "../precise/judge.ts";
import type { Precise, Reals } from "../precise/mpfr.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";

export interface Field<T> {
  number(value: Gaussian): T;
  pi(): T;
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  /** a^exponent for an integer. */
  power(a: T, exponent: number): T;
  /** The value of a primitive. */
  call(name: string, args: readonly T[]): T;
}

export interface Arithmetic<T> {
  /** Runs `work` with a field whose numbers are temporary, apart from those that it returns. */
  within(work: (field: Field<T>) => readonly T[]): readonly T[];
}

const noValue = (what: string): DescentError => new DescentError("unsupported", `${what} has no value here`);

/** Numbers of more binary digits are no longer worth their exactness. */
const MOST_DIGITS = 20_000;

const digits = ({ re, im }: Gaussian): number =>
  Math.max(...[re.num, re.den, im.num, im.den].map((part) => bitLength(part)));

function short(value: Gaussian): Gaussian {
  if (digits(value) > MOST_DIGITS) throw noValue("a long number");
  return value;
}

const GAUSSIAN_FIELD: Field<Gaussian> = {
  number: (value) => value,
  pi() {
    throw noValue("pi");
  },
  add: (a, b) => short(gAdd(a, b)),
  multiply: (a, b) => short(gMultiply(a, b)),
  divide(a, b) {
    if (gIsZero(b)) throw noValue("a quotient by zero");
    return short(gMultiply(a, gInverse(b)));
  },
  power(a, exponent) {
    if (exponent < 0 && gIsZero(a)) throw noValue("a quotient by zero");
    if (digits(a) * Math.abs(exponent) > MOST_DIGITS) throw noValue("a long number");
    return gPower(a, exponent);
  },
  call(name) {
    throw noValue(quoted(name));
  },
};

/** Q(i) */
export const exactly: Arithmetic<Gaussian> = { within: (work) => work(GAUSSIAN_FIELD) };

/** A real interval, or a rectangle where `im` is there. */
export interface Enclosure {
  readonly re: Interval;
  /** Absent where it is exactly zero. */
  readonly im?: Interval;
}

/** Enclosures to the precision of `keeper`, to whose scope all results belong. */
export function enclosures(
  precise: Precise,
  keeper: Reals,
  primitives: PrimitiveTable,
): Arithmetic<Enclosure> {
  const copy = ({ lo, hi }: Interval): Interval => ({ lo: keeper.copy(lo), hi: keeper.copy(hi) });
  return {
    within: (work) =>
      precise.scope(keeper.bits, (inner) =>
        work(enclosureField(inner, primitives)).map(({ re, im }) =>
          im === undefined ? { re: copy(re) } : { re: copy(re), im: copy(im) },
        ),
      ),
  };
}

function enclosureField(r: Reals, primitives: PrimitiveTable): Field<Enclosure> {
  const i = intervals(r);
  const one = gaussian(rational(1));
  const number = ({ re, im }: Gaussian): Enclosure =>
    im.num === 0n ? { re: i.rational(re) } : { re: i.rational(re), im: i.rational(im) };
  const finite = (a: Enclosure): Enclosure => {
    if (i.isFinite(a.re) && (a.im === undefined || i.isFinite(a.im))) return a;
    throw noValue("a part of the model");
  };
  const add = (a: Enclosure, b: Enclosure): Enclosure => {
    const re = i.add(a.re, b.re);
    if (a.im === undefined && b.im === undefined) return finite({ re });
    return finite({ re, im: a.im === undefined ? b.im! : b.im === undefined ? a.im : i.add(a.im, b.im) });
  };
  const multiply = (a: Enclosure, b: Enclosure): Enclosure => {
    if (b.im === undefined) {
      const re = i.multiply(a.re, b.re);
      return finite(a.im === undefined ? { re } : { re, im: i.multiply(a.im, b.re) });
    }
    if (a.im === undefined) return multiply(b, a);
    return finite({
      re: i.subtract(i.multiply(a.re, b.re), i.multiply(a.im, b.im)),
      im: i.add(i.multiply(a.re, b.im), i.multiply(a.im, b.re)),
    });
  };
  const divide = (a: Enclosure, b: Enclosure): Enclosure => {
    if (b.im === undefined) {
      const re = i.divide(a.re, b.re);
      return finite(a.im === undefined ? { re } : { re, im: i.divide(a.im, b.re) });
    }
    const norm = { re: i.add(i.power(b.re, 2), i.power(b.im, 2)) };
    return divide(multiply(a, { re: b.re, im: i.negate(b.im) }), norm);
  };
  const power = (a: Enclosure, exponent: number): Enclosure => {
    if (a.im === undefined) return finite({ re: i.power(a.re, exponent) });
    let result = number(one);
    let square = a;
    for (let n = Math.abs(exponent); n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result = multiply(result, square);
      if (n > 1) square = multiply(square, square);
    }
    return exponent < 0 ? divide(number(one), result) : result;
  };
  const exponential = ({ re, im }: Enclosure): Enclosure => {
    const size = { re: i.call("exp", re)! };
    return im === undefined
      ? finite(size)
      : multiply({ re: i.call("cos", im)!, im: i.call("sin", im)! }, finite(size));
  };
  const call = (name: string, args: readonly Enclosure[]): Enclosure => {
    if (args.every(({ im }) => im === undefined)) {
      const real = args.map(({ re }) => re);
      const re = i.call(name, ...real) ?? jacobi(r, i, name, real);
      if (re === undefined) throw noValue(quoted(name));
      return finite({ re });
    }
    const waves = primitives.get(name)?.exponentials;
    if (waves === undefined) throw noValue(`${quoted(name)} of a complex number`);
    return waves
      .map(({ coefficient, multiplier }) =>
        multiply(number(coefficient), exponential(multiply(number(multiplier), args[0]!))),
      )
      .reduce(add);
  };
  return { number, pi: () => ({ re: i.pi() }), add, multiply, divide, power, call };
}

/**
 * sn, cn, dn for 0 ≤ m ≤ 1. The slopes in u are products of two of them, at most 1. With w = ∂y/∂m, the equations
 * y'' = −(1+m)y + 2my³, −(1−2m)y − 2my³, (2−m)y − 2y³ (DLMF 22.13) give |w''| ≤ 5|w| + 1 and w = w' = 0 at u = 0, so that
 * |w| ≤ cosh(√5·u)/5 < cosh(3u).
 */
function jacobi(r: Reals, i: Intervals, name: string, args: readonly Interval[]): Interval | undefined {
  const [u, m] = args;
  if (!/^[scd]n$/.test(name) || u === undefined || m === undefined) return undefined;
  const far = Math.max(r.exponent(u.lo), r.exponent(u.hi)) > 8;
  if (far || r.sign(m.lo) < 0 || r.compare(m.hi, r.number(1)) > 0) return undefined;
  const value = evaluateFunction(r, name, [u.lo, m.lo]);
  if (value === null || !r.isFinite(value)) return undefined;
  const ends = (a: Interval): Interval => ({ lo: r.neg(i.width(a)), hi: i.width(a) });
  const growth = i.call("cosh", i.multiply(u, i.rational(rational(3))))!;
  const rounding = r.power(r.number(2), 2 - r.bits);
  const reach = i.add(ends(u), i.multiply(ends(m), growth));
  return i.add(i.point(value), i.add(reach, { lo: r.neg(rounding), hi: rounding }));
}
