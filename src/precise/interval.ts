/**
 * Enclosures: real intervals with outward rounding, and complex rectangles of two of them. A result contains every
 * value the operation takes on its arguments. An interval that is not finite is the whole line, which stands also for
 * "perhaps undefined": it proves nothing, and every operation on it gives the whole line again.
 */
import type { Rational } from "../exact/rational.ts";
import { evaluateFunction } from "./judge.ts";
import type { Binary, Real, Reals, Unary } from "./mpfr.ts";

/** lo ≤ hi */
export interface Interval {
  readonly lo: Real;
  readonly hi: Real;
}

export interface Rectangle {
  readonly re: Interval;
  readonly im: Interval;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Nowhere decreasing on the real line. */
const INCREASING = words("cbrt exp expm1 sinh tanh atan asinh erf floor ceil round");
/** Increasing, or decreasing, on the domain [lo, hi]; outside of it nothing is said. */
const MONOTONE: ReadonlyMap<string, readonly [lo: number, hi: number, "up" | "down"]> = new Map([
  ["log", [0, Number.POSITIVE_INFINITY, "up"]],
  ["log1p", [-1, Number.POSITIVE_INFINITY, "up"]],
  ["sqrt", [0, Number.POSITIVE_INFINITY, "up"]],
  ["acosh", [1, Number.POSITIVE_INFINITY, "up"]],
  ["asin", [-1, 1, "up"]],
  ["acos", [-1, 1, "down"]],
  ["atanh", [-1, 1, "up"]],
  ["erfc", [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, "down"]],
]);

/** Beyond 2^16384 the waves are only known to be at most 1. */
const WAVE_EXPONENT = 16384;

export interface Intervals {
  whole(): Interval;
  rational(value: Rational): Interval;
  /** The number itself. */
  point(value: Real): Interval;
  pi(): Interval;
  negate(a: Interval): Interval;
  add(a: Interval, b: Interval): Interval;
  subtract(a: Interval, b: Interval): Interval;
  multiply(a: Interval, b: Interval): Interval;
  /** The whole line where `b` contains 0. */
  divide(a: Interval, b: Interval): Interval;
  /** a^exponent for an integer; throws for another number. */
  power(a: Interval, exponent: number): Interval;
  /** Encloses a function of the formula language; undefined where this module cannot. */
  call(name: string, ...args: readonly Interval[]): Interval | undefined;
  /** Whether 0 is surely outside; also under its shorter name. */
  definitelyNonzero(a: Interval): boolean;
  excludesZero(a: Interval): boolean;
  isFinite(a: Interval): boolean;
  contains(a: Interval, value: Real): boolean;
  /** hi − lo, rounded up; ∞ for the whole line. */
  width(a: Interval): Real;
}

/**
 * Interval arithmetic on the numbers of one scope, to its precision.
 *
 * @example
 * const precise = await openPrecise(100);
 * const i = intervals(precise);
 * const third = i.rational({ num: 1n, den: 3n });
 * i.definitelyNonzero(i.subtract(i.call("sin", third), third)); // true
 * i.definitelyNonzero(i.subtract(i.multiply(third, i.rational({ num: 3n, den: 1n })), i.point(precise.number(1)))); // false
 */
export function intervals(r: Reals): Intervals {
  const [minusOne, zero, one] = [r.number(-1), r.number(0), r.number(1)];
  const infinity = r.number(Number.POSITIVE_INFINITY);
  const whole = (): Interval => ({ lo: r.neg(infinity), hi: infinity });
  const finite = (a: Interval): boolean => r.isFinite(a.lo) && r.isFinite(a.hi);
  const guard = (a: Interval): Interval => (finite(a) ? a : whole());
  const point = (a: Real): Interval => guard({ lo: a, hi: a });
  const least = (list: readonly Real[]): Real => list.reduce((a, b) => (r.compare(b, a) < 0 ? b : a));
  const most = (list: readonly Real[]): Real => list.reduce((a, b) => (r.compare(b, a) > 0 ? b : a));
  const hull = (...list: readonly Interval[]): Interval =>
    list.every(finite) ? { lo: least(list.map((a) => a.lo)), hi: most(list.map((a) => a.hi)) } : whole();
  const within = (a: Interval, lo: number, hi: number): boolean =>
    r.compare(a.lo, r.number(lo)) >= 0 && r.compare(a.hi, r.number(hi)) <= 0;
  const excludesZero = (a: Interval): boolean => finite(a) && (r.sign(a.lo) > 0 || r.sign(a.hi) < 0);

  const rational = (value: Rational): Interval =>
    guard({ lo: r.rational(value, "down"), hi: r.rational(value, "up") });
  const add = (a: Interval, b: Interval): Interval =>
    guard({ lo: r.add(a.lo, b.lo, "down"), hi: r.add(a.hi, b.hi, "up") });
  const negate = (a: Interval): Interval => ({ lo: r.neg(a.hi, "down"), hi: r.neg(a.lo, "up") });
  const subtract = (a: Interval, b: Interval): Interval => add(a, negate(b));
  const width = (a: Interval): Real => (finite(a) ? r.sub(a.hi, a.lo, "up") : infinity);

  /** For what is monotone in each argument while the other is held: the extremes lie at corners. */
  function corners(name: Binary, a: Interval, b: Interval): Interval {
    const pairs = [a.lo, a.hi].flatMap((x) => [b.lo, b.hi].map((y) => [x, y] as const));
    const below = pairs.map(([x, y]) => r.binary(name, x, y, "down"));
    const above = pairs.map(([x, y]) => r.binary(name, x, y, "up"));
    return [...below, ...above].every(r.isFinite) ? { lo: least(below), hi: most(above) } : whole();
  }
  const multiply = (a: Interval, b: Interval): Interval =>
    finite(a) && finite(b) ? corners("mul", a, b) : whole();
  const divide = (a: Interval, b: Interval): Interval =>
    finite(a) && excludesZero(b) ? corners("div", a, b) : whole();

  /** The distance from 0. */
  const magnitude = (a: Interval): Interval => {
    if (r.sign(a.lo) >= 0) return a;
    return r.sign(a.hi) <= 0 ? negate(a) : { lo: zero, hi: most([negate(a).hi, a.hi]) };
  };

  function power(a: Interval, exponent: number): Interval {
    if (!finite(a) || (exponent < 0 && !excludesZero(a))) return whole();
    const base = exponent % 2 === 0 ? magnitude(a) : a;
    const [from, to] = exponent < 0 ? [base.hi, base.lo] : [base.lo, base.hi];
    return guard({ lo: r.power(from, exponent, "down"), hi: r.power(to, exponent, "up") });
  }

  const increasing = (name: Unary, a: Interval): Interval =>
    guard({ lo: r.unary(name, a.lo, "down"), hi: r.unary(name, a.hi, "up") });
  const decreasing = (name: Unary, a: Interval): Interval =>
    guard({ lo: r.unary(name, a.hi, "down"), hi: r.unary(name, a.lo, "up") });
  /** For a nowhere decreasing composition, from its enclosures at the ends. */
  const ends = (a: Interval, at: (u: Interval) => Interval): Interval =>
    guard({ lo: at(point(a.lo)).lo, hi: at(point(a.hi)).hi });
  /** From the value at one end and a bound of the slope, cut to [−bound, bound]. */
  function lipschitz(a: Interval, at: Interval, slope: Interval, bound: number): Interval {
    const reach = multiply(slope, { lo: zero, hi: width(a) });
    const [low, high] = [r.number(-bound), r.number(bound)];
    return {
      lo: most([low, subtract(at, reach).lo]),
      hi: least([high, add(at, reach).hi]),
    };
  }

  /** Encloses the integers n with (n + shift)·π in `a`: those from `first` to `last`, none where first > last. */
  function turns(a: Interval, shift: 0 | 0.5): { first: Real; last: Real; w: Reals } {
    const w = r.at(r.bits + Math.max(0, r.exponent(a.lo), r.exponent(a.hi)) + 16);
    const pi = { lo: w.pi("down"), hi: w.pi("up") };
    const low = w.div(a.lo, r.sign(a.lo) < 0 ? pi.lo : pi.hi, "down");
    const high = w.div(a.hi, r.sign(a.hi) < 0 ? pi.hi : pi.lo, "up");
    const half = w.number(shift);
    return { first: w.ceil(w.sub(low, half, "down")), last: w.floor(w.sub(high, half, "up")), w };
  }

  const isLarge = (a: Interval): boolean => Math.max(r.exponent(a.lo), r.exponent(a.hi)) > WAVE_EXPONENT;

  /** cos has its extremes (−1)^n at n·π, sin at (n + 1/2)·π. */
  function wave(name: "sin" | "cos", a: Interval): Interval {
    const all = { lo: minusOne, hi: one };
    if (isLarge(a)) return all;
    const { first, last, w } = turns(a, name === "sin" ? 0.5 : 0);
    const order = w.compare(first, last);
    if (order < 0) return all;
    const atEnds = hull(increasing(name, point(a.lo)), increasing(name, point(a.hi)));
    if (order > 0) return atEnds;
    const even = w.isInteger(w.div(first, w.number(2)));
    return even ? { lo: atEnds.lo, hi: one } : { lo: minusOne, hi: atEnds.hi };
  }

  function tan(a: Interval): Interval {
    if (isLarge(a)) return whole();
    const { first, last, w } = turns(a, 0.5);
    return w.compare(first, last) > 0 ? increasing("tan", a) : whole();
  }

  /** Γ and log Γ decrease up to 1.4616…, then increase; `least` is below the minimum there. */
  function valley(name: "gamma" | "lgamma", a: Interval, least: number): Interval {
    if (r.sign(a.lo) <= 0) return whole();
    if (within(a, 0, 1.46)) return decreasing(name, a);
    if (within(a, 1.47, Number.POSITIVE_INFINITY)) return increasing(name, a);
    return guard({
      lo: r.number(least),
      hi: most([a.lo, a.hi].map((u) => r.unary(name, u, "up"))),
    });
  }

  /** Decreasing from its pole at 1 on, and from −2 up to it: ζ' has one zero between −4 and −2 (Levinson & Montgomery 1974). */
  const zeta = (a: Interval): Interval =>
    r.compare(a.lo, one) > 0 || (r.compare(a.lo, r.number(-2)) >= 0 && r.compare(a.hi, one) < 0)
      ? decreasing("zeta", a)
      : whole();

  /** |Ai| < 0.5357 and |Ai'(0)| < 0.26 (DLMF 9.2, 9.9), Ai'' = u·Ai; so |Ai'| ≤ 0.26 + 0.27·u² for u < 0. */
  function airyai(a: Interval): Interval {
    if (Math.max(r.exponent(a.lo), r.exponent(a.hi)) > 8)
      return { lo: r.number(-0.5357), hi: r.number(0.5357) };
    if (r.sign(a.lo) >= 0) return decreasing("airyai", a);
    const slope = add(point(r.number(0.26)), multiply(point(r.number(0.27)), power(point(a.lo), 2)));
    return lipschitz(a, increasing("airyai", point(a.lo)), slope, 0.5357);
  }

  /** For integer orders |J| ≤ 1 (DLMF 10.14.1), and so |J'| ≤ 1 by J_n' = (J_{n−1} − J_{n+1})/2. */
  function besselj(order: Interval, a: Interval): Interval {
    const n = integerIn(order);
    if (n === undefined) return whole();
    if (Math.abs(n) > 1000 || !within(a, -1e4, 1e4)) return { lo: minusOne, hi: one };
    const at = { lo: r.jn(n, a.lo, "down"), hi: r.jn(n, a.lo, "up") };
    return lipschitz(a, at, point(one), 1);
  }

  const integerIn = (a: Interval): number | undefined => {
    const single = r.compare(a.lo, a.hi) === 0 && r.isInteger(a.lo) && r.exponent(a.lo) <= 31;
    return single ? r.toNumber(a.lo) : undefined;
  };

  /**
   * W₀ is increasing; a bound v is proved by v ≥ −1 and the sign of v·e^v − x, since v·e^v increases from −1 on.
   * Where no nearer bound is proved, −1 is one from below.
   */
  function lambertw(a: Interval): Interval {
    const w = r.at(2 * Math.max(r.bits, r.precision(a.lo), r.precision(a.hi)) + 64);
    const near = (x: Real): Real => evaluateFunction(r, "lambertw", [x])!;
    const [low, high] = [near(a.lo), near(a.hi)];
    if (w.sign(w.add(w.mul(w.exp(one, r.sign(a.lo) < 0 ? "up" : "down"), a.lo, "down"), one, "down")) < 0)
      return whole();
    const margin = (v: Real): Real => w.mul(w.abs(v), w.power(w.number(2), 2 - r.bits));
    const [below, above] = [r.sub(low, margin(low), "down"), r.add(high, margin(high), "up")];
    const proves = (v: Real, x: Real, side: "down" | "up"): boolean => {
      if (!(w.compare(v, minusOne) >= 0)) return false;
      const outward = r.sign(v) < 0 ? (side === "up" ? "down" : "up") : side;
      const image = w.mul(v, w.exp(v, outward), side);
      return side === "up" ? w.compare(image, x) <= 0 : w.compare(image, x) >= 0;
    };
    if (!proves(above, a.hi, "down")) return whole();
    return { lo: proves(below, a.lo, "up") ? below : minusOne, hi: above };
  }

  /** The angle has no extremum inside a rectangle that avoids its cut, the negative half-axis with 0. */
  function atan2(y: Interval, x: Interval): Interval {
    const avoids = r.sign(x.lo) > 0 || excludesZero(y);
    if (avoids) return corners("atan2", y, x);
    return r.sign(x.hi) < 0 ? { lo: r.neg(r.pi("up")), hi: r.pi("up") } : whole();
  }

  function pow(base: Interval, exponent: Interval): Interval {
    if (r.sign(base.lo) > 0) return corners("pow", base, exponent);
    const n = integerIn(exponent);
    return n === undefined ? whole() : power(base, n);
  }

  const half = point(r.number(0.5));
  const exp = (a: Interval): Interval => increasing("exp", a);
  const sigmoid = (a: Interval): Interval =>
    ends(a, (u) => divide(point(one), add(point(one), exp(negate(u)))));
  const relu = (a: Interval): Interval => ({ lo: most([zero, a.lo]), hi: most([zero, a.hi]) });
  const softplus = (a: Interval): Interval =>
    ends(a, (u) => add(relu(u), increasing("log1p", exp(negate(magnitude(u))))));
  const tail = (u: Interval): Interval => {
    const root = { lo: r.sqrt(r.number(2), "down"), hi: r.sqrt(r.number(2), "up") };
    return multiply(half, decreasing("erfc", negate(divide(u, root))));
  };

  const table: ReadonlyMap<string, (...args: Interval[]) => Interval> = new Map<
    string,
    (a: Interval, b: Interval, ...rest: Interval[]) => Interval
  >([
    ["sin", (a) => wave("sin", a)],
    ["cos", (a) => wave("cos", a)],
    ["tan", tan],
    ["cosh", (a) => increasing("cosh", magnitude(a))],
    ["abs", magnitude],
    ["sign", (a) => ({ lo: r.number(r.sign(a.lo)), hi: r.number(r.sign(a.hi)) })],
    ["relu", relu],
    ["elu", (a) => ends(a, (u) => (r.sign(u.lo) > 0 ? u : increasing("expm1", u)))],
    ["sigmoid", sigmoid],
    ["softplus", softplus],
    ["silu", (a) => multiply(a, sigmoid(a))],
    ["mish", (a) => multiply(a, increasing("tanh", softplus(a)))],
    ["gelu", (a) => multiply(a, tail(a))],
    ["max", (...list) => ({ lo: most(list.map((a) => a.lo)), hi: most(list.map((a) => a.hi)) })],
    ["min", (...list) => ({ lo: least(list.map((a) => a.lo)), hi: least(list.map((a) => a.hi)) })],
    ["gamma", (a) => valley("gamma", a, 0.8856)],
    ["lgamma", (a) => valley("lgamma", a, -0.1215)],
    ["zeta", zeta],
    ["airyai", airyai],
    ["lambertw", lambertw],
    ["besselj", besselj],
    ["atan2", atan2],
    ["pow", pow],
    [
      "leaky_relu",
      (a, slope = rational({ num: 1n, den: 100n })) => {
        if (r.sign(a.lo) >= 0) return a;
        const below = multiply(slope, { lo: a.lo, hi: least([a.hi, zero]) });
        return r.sign(a.hi) <= 0 ? below : hull(below, relu(a));
      },
    ],
  ]);

  function call(name: string, ...args: readonly Interval[]): Interval | undefined {
    const [a] = args;
    const other = table.get(name);
    const domain = MONOTONE.get(name);
    if (a === undefined || !(other !== undefined || domain !== undefined || INCREASING.has(name)))
      return undefined;
    if (!args.every(finite)) return whole();
    if (other !== undefined) return other(...args);
    if (domain === undefined) return increasing(name as Unary, a);
    const [lo, hi, direction] = domain;
    if (!within(a, lo, hi)) return whole();
    return direction === "up" ? increasing(name as Unary, a) : decreasing(name as Unary, a);
  }

  return {
    whole,
    rational,
    point,
    pi: () => ({ lo: r.pi("down"), hi: r.pi("up") }),
    negate,
    add,
    subtract,
    multiply,
    divide,
    power,
    call,
    definitelyNonzero: excludesZero,
    excludesZero,
    isFinite: finite,
    contains: (a, value) => r.compare(a.lo, value) <= 0 && r.compare(value, a.hi) <= 0,
    width,
  };
}

/**
 * Arithmetic of complex rectangles.
 *
 * @example
 * const precise = await openPrecise(100);
 * const i = intervals(precise);
 * const c = complexInterval(i);
 * c.definitelyNonzero(c.add(c.expI(i.pi()), c.real(i.rational({ num: 1n, den: 1n })))); // false
 */
export function complexInterval(i: Intervals) {
  const zero = i.rational({ num: 0n, den: 1n });
  const add = (a: Rectangle, b: Rectangle): Rectangle => ({ re: i.add(a.re, b.re), im: i.add(a.im, b.im) });
  const multiply = (a: Rectangle, b: Rectangle): Rectangle => ({
    re: i.subtract(i.multiply(a.re, b.re), i.multiply(a.im, b.im)),
    im: i.add(i.multiply(a.re, b.im), i.multiply(a.im, b.re)),
  });
  /** exp(i·u) for real u. */
  const expI = (u: Interval): Rectangle => ({ re: i.call("cos", u)!, im: i.call("sin", u)! });
  const real = (a: Interval): Rectangle => ({ re: a, im: zero });
  /** A part that is the whole line may be undefined: then nothing is proved, whatever the other part is. */
  const definitelyNonzero = (a: Rectangle): boolean =>
    i.isFinite(a.re) && i.isFinite(a.im) && (i.excludesZero(a.re) || i.excludesZero(a.im));
  return {
    real,
    add,
    multiply,
    conj: (a: Rectangle): Rectangle => ({ re: a.re, im: i.negate(a.im) }),
    exp: (a: Rectangle): Rectangle => multiply(real(i.call("exp", a.re)!), expI(a.im)),
    expI,
    definitelyNonzero,
    excludesZero: definitelyNonzero,
  };
}

/** The same under its shorter name. */
export const rectangles = complexInterval;
