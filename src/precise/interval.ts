/**
 * Enclosures: real intervals with outward rounding, and complex rectangles of two of them. An interval that is not
 * finite is the whole line: it proves nothing, and is never wrong.
 */
import type { Rational } from "../exact/rational.ts";
import type { Binary, Real, Reals, Unary } from "./mpfr.ts";

export interface Interval {
  readonly lo: Real;
  readonly hi: Real;
}

export interface Rectangle {
  readonly re: Interval;
  readonly im: Interval;
}

/** Increasing where they are real. */
const INCREASING: ReadonlySet<string> = new Set([
  "cbrt",
  "exp",
  "expm1",
  "sinh",
  "tanh",
  "atan",
  "asinh",
  "erf",
]);
/** Increasing on the domain [lo, hi]; outside of it nothing is known. */
const INCREASING_ON: Readonly<Record<string, readonly [number, number]>> = {
  log: [0, Number.POSITIVE_INFINITY],
  log1p: [-1, Number.POSITIVE_INFINITY],
  sqrt: [0, Number.POSITIVE_INFINITY],
  acosh: [1, Number.POSITIVE_INFINITY],
  asin: [-1, 1],
  atanh: [-1, 1],
};

export interface Intervals {
  whole(): Interval;
  rational(value: Rational): Interval;
  pi(): Interval;
  add(a: Interval, b: Interval): Interval;
  subtract(a: Interval, b: Interval): Interval;
  multiply(a: Interval, b: Interval): Interval;
  divide(a: Interval, b: Interval): Interval;
  power(a: Interval, exponent: number): Interval;
  /** Encloses a function of one argument; undefined where this module cannot. */
  call(name: string, a: Interval): Interval | undefined;
  /** Whether 0 is surely outside. */
  excludesZero(a: Interval): boolean;
}

/** Interval arithmetic on the numbers of one scope. */
export function intervals(r: Reals): Intervals {
  const zero = r.number(0);
  const infinity = r.number(Number.POSITIVE_INFINITY);
  const whole = (): Interval => ({ lo: r.unary("neg", infinity), hi: infinity });
  const finite = (a: Interval): boolean => r.isFinite(a.lo) && r.isFinite(a.hi);
  const guard = (a: Interval): Interval => (finite(a) ? a : whole());
  const both = (name: Binary, a: Real, b: Real): Interval => ({
    lo: r.binary(name, a, b, "down"),
    hi: r.binary(name, a, b, "up"),
  });
  const image = (name: Unary, a: Interval): Interval =>
    guard({ lo: r.unary(name, a.lo, "down"), hi: r.unary(name, a.hi, "up") });
  const least = (list: readonly Real[]): Real => list.reduce((a, b) => (r.compare(b, a) < 0 ? b : a));
  const most = (list: readonly Real[]): Real => list.reduce((a, b) => (r.compare(b, a) > 0 ? b : a));

  const rational = (value: Rational): Interval =>
    guard({ lo: r.rational(value, "down"), hi: r.rational(value, "up") });
  const add = (a: Interval, b: Interval): Interval =>
    guard({ lo: r.binary("add", a.lo, b.lo, "down"), hi: r.binary("add", a.hi, b.hi, "up") });
  const negate = (a: Interval): Interval => ({ lo: r.unary("neg", a.hi), hi: r.unary("neg", a.lo) });
  const subtract = (a: Interval, b: Interval): Interval => add(a, negate(b));

  function multiply(a: Interval, b: Interval): Interval {
    if (!finite(a) || !finite(b)) return whole();
    const products = [
      both("mul", a.lo, b.lo),
      both("mul", a.lo, b.hi),
      both("mul", a.hi, b.lo),
      both("mul", a.hi, b.hi),
    ];
    return guard({ lo: least(products.map((p) => p.lo)), hi: most(products.map((p) => p.hi)) });
  }

  const excludesZero = (a: Interval): boolean => finite(a) && (r.sign(a.lo) > 0 || r.sign(a.hi) < 0);

  function divide(a: Interval, b: Interval): Interval {
    if (!finite(a) || !excludesZero(b)) return whole();
    const one = r.number(1);
    return multiply(a, { lo: r.binary("div", one, b.hi, "down"), hi: r.binary("div", one, b.lo, "up") });
  }

  function power(a: Interval, exponent: number): Interval {
    const one = r.number(1);
    let result: Interval = { lo: one, hi: one };
    for (let k = 0; k < Math.min(Math.abs(exponent), 4096); k++) result = multiply(result, a);
    if (Math.abs(exponent) > 4096) return whole();
    return exponent < 0 ? divide({ lo: one, hi: one }, result) : result;
  }

  /** sin or cos: by the values at the ends, widened by the width, since the slope is at most 1. */
  function wave(name: "sin" | "cos", a: Interval): Interval {
    if (!finite(a)) return whole();
    const width = r.binary("sub", a.hi, a.lo, "up");
    const at = { lo: r.unary(name, a.lo, "down"), hi: r.unary(name, a.lo, "up") };
    const [low, high] = [r.number(-1), r.number(1)];
    return {
      lo: most([low, r.binary("sub", at.lo, width, "down")]),
      hi: least([high, r.binary("add", at.hi, width, "up")]),
    };
  }

  const atLeastZero = (a: Interval): Interval =>
    r.sign(a.lo) >= 0
      ? a
      : r.sign(a.hi) <= 0
        ? negate(a)
        : { lo: zero, hi: most([r.unary("neg", a.lo), a.hi]) };

  function call(name: string, a: Interval): Interval | undefined {
    if (!finite(a)) return whole();
    if (INCREASING.has(name)) return image(name as Unary, a);
    const domain = INCREASING_ON[name];
    if (domain !== undefined) {
      const [lo, hi] = [r.number(domain[0]), r.number(domain[1])];
      return r.compare(a.lo, lo) < 0 || r.compare(a.hi, hi) > 0 ? whole() : image(name as Unary, a);
    }
    const one = rational({ num: 1n, den: 1n });
    switch (name) {
      case "sin":
      case "cos":
        return wave(name, a);
      case "tan":
        return divide(wave("sin", a), wave("cos", a));
      case "cosh":
        return image("cosh", atLeastZero(a));
      case "abs":
        return atLeastZero(a);
      case "relu":
        return { lo: most([zero, a.lo]), hi: most([zero, a.hi]) };
      case "sigmoid":
        return divide(one, add(one, image("exp", negate(a))));
      case "softplus":
        return call("log1p", image("exp", a));
      case "silu":
        return multiply(a, call("sigmoid", a)!);
      case "erfc":
        return subtract(one, image("erf", a));
      default:
        return undefined;
    }
  }

  return {
    whole,
    rational,
    pi: () => ({ lo: r.pi("down"), hi: r.pi("up") }),
    add,
    subtract,
    multiply,
    divide,
    power,
    call,
    excludesZero,
  };
}

/** Arithmetic of complex rectangles. */
export function rectangles(i: Intervals) {
  const zero = i.rational({ num: 0n, den: 1n });
  const multiply = (a: Rectangle, b: Rectangle): Rectangle => ({
    re: i.subtract(i.multiply(a.re, b.re), i.multiply(a.im, b.im)),
    im: i.add(i.multiply(a.re, b.im), i.multiply(a.im, b.re)),
  });
  return {
    real: (a: Interval): Rectangle => ({ re: a, im: zero }),
    add: (a: Rectangle, b: Rectangle): Rectangle => ({ re: i.add(a.re, b.re), im: i.add(a.im, b.im) }),
    multiply,
    exp(a: Rectangle): Rectangle {
      const size = i.call("exp", a.re)!;
      return { re: i.multiply(size, i.call("cos", a.im)!), im: i.multiply(size, i.call("sin", a.im)!) };
    },
    excludesZero: (a: Rectangle): boolean => i.excludesZero(a.re) || i.excludesZero(a.im),
  };
}
