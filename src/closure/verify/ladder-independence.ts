/**
 * Algebraic independence of the generators of a tower over the functions of the data and the active parameters.
 *
 * Each exponential or logarithm t gives a pair y, e^y that is algebraic over the tower up to t: y is the argument of an
 * exponential, the logarithm itself, 2i·atan, i·asin, and W with e^W = u/W. By Ax's theorem (On Schanuel's conjectures, Ann.
 * of Math. 93, 1971, Theorem 3) the t are independent where the y are Q-linearly independent modulo functions free of the
 * active parameters. They are so where a matrix of differences of y, real and imaginary parts apart, has full rank: even
 * R-linearly. Second differences do the same modulo affine functions.
 */
import { type Fraction, key } from "../../exact/fraction.ts";
import { type Rational, rational } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { add, type Ball, isNonzero, multiply, negative } from "./ball.ts";
import type { Place } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { haveIndependentDifferences } from "./ladder-modular.ts";
import { type Activity, type Tower, type TowerGenerator, variablesIn } from "./ladder-tower.ts";
import { fractionAt, type Instead, rankAtLeast, type Values, valuesAt } from "./ladder-values.ts";
import { hash, moved, POINTS, placeOf } from "./points.ts";

export const BITS = 512;

/** Logarithms of something algebraic, up to a rational multiple of 1 or i. */
export const LOGARITHMIC: ReadonlySet<string> = new Set(
  "log log1p atan atanh asin acos asinh acosh".split(" "),
);
/** Pairs y, e^y. */
export const isElementary = (g: TowerGenerator): boolean =>
  g.function === "exp" || g.function === "lambertw" || LOGARITHMIC.has(g.function);
export const isErf = (g: TowerGenerator): boolean => g.function === "erf" || g.function === "erfc";
export const isSecondOrder = (g: TowerGenerator): boolean =>
  g.function === "besselj" || g.function === "airyai";
export const isJacobi = (g: TowerGenerator): boolean => /^[scd]n$/.test(g.function);

/** The places that are tried, parameters and data alike of either sign. */
export function* draws(): Generator<Place> {
  for (const point of POINTS) yield placeOf(point, new Map(), () => true);
}

/** Generic steps of the symbols that `moves` names, of about 2^−size. */
const step =
  (moves: (family: string) => boolean, seed: string, size: bigint) =>
  (name: string, text: string): Rational | undefined =>
    moves(familyOf(name)) ? rational(1n + BigInt(hash(`${seed} ${text}`) % 997), 997n << size) : undefined;

/** So small that no branch of a logarithm lies between: a relation holds in one component of the domain. */
const TINY = 64n;
/** The size of a neighbourhood in which all rows of a matrix stand. */
const NEAR = 6n;
/** Neighbourhoods that are tried. */
const TRIES = 5;

/** y of a generator, up to a rational multiple; u of a Jacobi function. */
function logarithmAt(r: Reals, g: TowerGenerator, values: Values): Ball | undefined {
  if (g.function === "exp" || isJacobi(g)) return fractionAt(r, g.arguments[0]!, values);
  const own = values[g.variable]!;
  if (!/^(atan|asin|acos)$/.test(g.function)) return own;
  return own.im === undefined ? { re: r.number(0), im: own.re, error: own.error } : undefined;
}

/** The parts of Σ ±y as two rows. */
function rowsOf(r: Reals, columns: readonly (readonly Ball[])[]): Ball[][] {
  const sums = columns.map((terms) => terms.reduce((a, b) => add(r, a, b)));
  return [
    sums.map(({ re, error }) => ({ re, error })),
    sums.map(({ im, error }) => ({
      re: im ?? r.number(0),
      error: im === undefined ? Number.NEGATIVE_INFINITY : error,
    })),
  ];
}

/** Whether differences of order 1 or 2 of the y of these generators are proved to be linearly independent. */
export function areIndependent(
  precise: Precise,
  tower: Tower,
  columns: readonly TowerGenerator[],
  active: (family: string) => boolean,
  order: 1 | 2,
): boolean {
  if (columns.length === 0) return true;
  const exact = columns.map((g) => rationalLogarithm(tower, g));
  if (!exact.includes(undefined)) {
    const moves = (v: number): boolean => active(familyOf(tower.names[v]!));
    return haveIndependentDifferences(exact as Fraction[], moves, order, tower.budget);
  }
  const pi = tower.names.indexOf("pi");
  const isFull = ({ numbers, functions }: Free): boolean =>
    hasFullRank(precise, tower, columns, (base, n) => {
      const h = step(active, `h${n}`, TINY);
      const k = step(active, `k${n}`, TINY);
      const at = (place: Place, corner: number, sign: 1 | -1): Corner => ({
        place,
        instead: (v) => {
          const any = (seed: string) => BigInt(hash(`${tower.names[v]} ${seed}`) % 200);
          if (numbers.has(v)) return rational(31416n + any(`${n}`), 10000n);
          if (!functions.has(v)) return undefined;
          const moves = [any(`h${n}`), any(`k${n}`)].filter((_, m) => corner & (1 << m));
          const moved = moves.reduce((sum, d) => sum + d, 0n);
          return rational(((31416n + any(`${n}`)) << TINY) + moved, 10000n << TINY);
        },
        sign,
      });
      const first = [at(base, 0, -1), at(moved(base, h), 1, 1)];
      if (order === 1) return first;
      return [...first, at(moved(base, k), 2, 1), at(moved(moved(base, h), k), 3, -1)];
    });
  const none: Free = { numbers: new Set(), functions: new Set() };
  // π is transcendental: a relation over Q holds for every number in its place.
  if (isFull(none) || (pi >= 0 && isFull({ ...none, numbers: new Set([pi]) }))) return true;
  const free = primeLogarithms(precise, tower, columns, active);
  return free !== undefined && isFull(free);
}

/**
 * y of an exponential, u of a Jacobi function, where it is a rational function of symbols; over Q, π is as good as one. The u
 * have to be independent over R, which is the same for rational numbers.
 */
function rationalLogarithm(tower: Tower, g: TowerGenerator): Fraction | undefined {
  if (g.function !== "exp" && !isJacobi(g)) return undefined;
  const y = g.arguments[0]!;
  const isOther = (v: number): boolean =>
    tower.generator.has(v) || (g.function !== "exp" && tower.names[v] === "pi");
  return [...variablesIn(y)].some(isOther) ? undefined : y;
}

/** Variables of a tower in whose places any values may stand: those of a number everywhere, those of a function anywhere. */
interface Free {
  readonly numbers: ReadonlySet<number>;
  readonly functions: ReadonlySet<number>;
}

/**
 * The logarithms of primes, where any numbers may stand in their place: 1 and they are linearly independent over the algebraic
 * numbers (A. Baker, Linear forms in the logarithms of algebraic numbers I, Mathematika 13, 1966). So a relation over Q splits
 * where all y are linear in them. The other generators in y, with all below them, must be independent, those of the data by
 * themselves and the others modulo functions of the data: then a relation holds whatever stands in their places, numbers among others.
 */
function primeLogarithms(
  precise: Precise,
  tower: Tower,
  columns: readonly TowerGenerator[],
  active: (family: string) => boolean,
): Free | undefined {
  const logarithms = tower.generators.filter(
    (g) => LOGARITHMIC.has(g.function) && g.arguments.every((a) => variablesIn(a).size === 0),
  );
  const numbers = new Set(logarithms.map((g) => g.variable));
  const primes = new Set(
    logarithms.map((g) => (g.function === "log" ? primeOf(g.arguments[0]!) : undefined)),
  );
  if (numbers.size < 2 || primes.has(undefined) || primes.size < numbers.size) return undefined;
  const used = new Set<number>();
  for (const g of columns) {
    if (g.function !== "exp") {
      used.add(g.variable);
      continue;
    }
    const { numerator, denominator } = g.arguments[0]!;
    for (const v of variablesIn(g.arguments[0]!)) used.add(v);
    if ([...variablesIn(denominator)].some((v) => numbers.has(v))) return undefined;
    for (const { monomial } of numerator.values())
      if (monomial.reduce((degree, [v, k]) => degree + (numbers.has(v) ? k : 0), 0) > 1) return undefined;
  }
  if (used.has(tower.names.indexOf("pi"))) return undefined;
  for (const g of tower.generators.toReversed())
    if (used.has(g.variable)) for (const a of g.arguments) for (const v of variablesIn(a)) used.add(v);
  const others = tower.generators.filter((g) => used.has(g.variable) && !numbers.has(g.variable));
  if (!others.every(isElementary)) return undefined;
  const moves = activeIn(tower, active);
  const moving = others.filter((g) => moves.has(g.variable));
  const still = others.filter((g) => !moves.has(g.variable));
  if (columns.every((g) => moving.includes(g))) return undefined;
  const isData = (family: string): boolean => !active(family);
  if (!areIndependent(precise, tower, still, isData, 1)) return undefined;
  if (!areIndependent(precise, tower, moving, active, 1)) return undefined;
  return {
    numbers: new Set([...numbers, ...still.map((g) => g.variable)]),
    functions: new Set(moving.map((g) => g.variable)),
  };
}

/** The generators that depend on an active symbol. */
function activeIn(tower: Tower, active: (family: string) => boolean): Set<number> {
  const found = new Set<number>();
  const moves = (v: number): boolean =>
    tower.generator.has(v) ? found.has(v) : active(familyOf(tower.names[v]!));
  for (const g of tower.generators)
    if (g.arguments.some((a) => [...variablesIn(a)].some(moves))) found.add(g.variable);
  return found;
}

function primeOf({ numerator, denominator }: Fraction): bigint | undefined {
  const [top, bottom] = [numerator, denominator].map((p) => p.get("")?.coefficient);
  if (top === undefined || bottom === undefined || top.im.num !== 0n || bottom.im.num !== 0n)
    return undefined;
  const { num, den } = rational(top.re.num * bottom.re.den, top.re.den * bottom.re.num);
  if (den !== 1n || num < 2n || num > 1_000_000n) return undefined;
  for (let d = 2n; d * d <= num; d++) if (num % d === 0n) return undefined;
  return num;
}

/**
 * Whether the y of these generators, `over` itself among them where it is one of them, are linearly independent modulo all
 * functions free of `over`, an independent generator below them: by differences in `over` alone.
 */
export function areIndependentOver(
  precise: Precise,
  tower: Tower,
  columns: readonly TowerGenerator[],
  over: TowerGenerator,
): boolean {
  return hasFullRank(precise, tower, columns, (place, n) => {
    const start = rational(401 + n, 997);
    const end = rational((401n << TINY) + (BigInt(n) << TINY) + 1n, 997n << TINY);
    return ([-1, 1] as const).map((sign): Corner => {
      const value = sign < 0 ? start : end;
      return { place, instead: (v) => (v === over.variable ? value : undefined), sign };
    });
  });
}

/** A term of a difference. */
interface Corner {
  readonly place: Place;
  readonly instead: Instead;
  readonly sign: 1 | -1;
}

/** Whether rows of differences in one neighbourhood have full rank; `corners` makes the nth of them beside a place. */
function hasFullRank(
  precise: Precise,
  tower: Tower,
  columns: readonly TowerGenerator[],
  corners: (base: Place, n: number) => readonly Corner[],
): boolean {
  let tries = 0;
  for (const draw of draws()) {
    const rank = precise.scope(BITS, (r) => {
      const rows: Ball[][] = [];
      for (let n = 0; n < columns.length + 3; n++) {
        const base = moved(
          draw,
          step(() => true, `near ${n}`, NEAR),
        );
        const row = differencesAt(r, tower, columns, corners(base, n));
        if (row === undefined) return undefined;
        rows.push(...row);
      }
      return rankAtLeast(r, rows, tower.budget);
    });
    if (rank === columns.length) return true;
    if (rank !== undefined && ++tries === TRIES) return false;
  }
  return false;
}

function differencesAt(
  r: Reals,
  tower: Tower,
  columns: readonly TowerGenerator[],
  corners: readonly Corner[],
): Ball[][] | undefined {
  const made = columns.map((): Ball[] => []);
  for (const { place, instead, sign } of corners) {
    const values = valuesAt(r, tower, place, instead);
    if (values === undefined) return undefined;
    for (const [k, g] of columns.entries()) {
      const y = logarithmAt(r, g, values);
      if (y === undefined) return undefined;
      made[k]!.push(sign > 0 ? y : negative(r, y));
    }
  }
  return rowsOf(r, made);
}

/** Whether its argument is a polynomial of degree ≤ 1 in the active symbols, with constant coefficients. */
export function isAffine(tower: Tower, g: TowerGenerator, { active }: Activity): boolean {
  const argument = g.arguments[0]!;
  if ([...variablesIn(argument.denominator)].some(active)) return false;
  return [...argument.numerator.values()].every(
    ({ monomial }) =>
      monomial.reduce((degree, [v, k]) => degree + (active(v) ? (tower.generator.has(v) ? 2 : k) : 0), 0) <=
      1,
  );
}

/** Why the active generators are not shown to be independent; undefined where they are. */
export function dependence(
  precise: Precise,
  tower: Tower,
  activity: Activity,
  family: (family: string) => boolean,
): { readonly generator: TowerGenerator; readonly reason: string } | undefined {
  const moving = tower.generators.filter((g) => activity.active(g.variable));
  const elementary = moving.filter(isElementary);
  const upTo = (k: number): boolean => areIndependent(precise, tower, elementary.slice(0, k), family, 1);
  if (!upTo(elementary.length)) {
    const at = elementary.findIndex((_, k) => !upTo(k + 1));
    const generator = elementary[Math.max(at, 0)]!;
    return { generator, reason: `${generator.name} is not shown to be independent of the others` };
  }
  const jacobi = moving.filter(isJacobi);
  const heads = jacobi.filter((g, k) => jacobi.findIndex((h) => sameArguments(g, h)) === k);
  if (heads.length > 0 && !areIndependent(precise, tower, heads, family, 1)) {
    return { generator: heads.at(-1)!, reason: "its argument is not shown to be independent of the others" };
  }
  const twice = jacobi.find((g, k) =>
    jacobi.slice(0, k).some((h) => sameArguments(g, h) && g.function === h.function),
  );
  if (twice !== undefined) return { generator: twice, reason: "there is one like it already" };
  for (const same of [isErf, isSecondOrder]) {
    const all = moving.filter(same);
    for (const [k, g] of all.entries()) {
      const rival = all.slice(0, k).find((h) => !areApart(precise, tower, g, h, family, same === isErf));
      if (rival !== undefined) {
        return { generator: g, reason: `${g.name} is not shown to be independent of ${rival.name}` };
      }
    }
  }
  const known = (g: TowerGenerator): boolean =>
    isElementary(g) || isJacobi(g) || isErf(g) || isSecondOrder(g) || g.function === "root";
  const unknown = moving.find((g) => !known(g));
  return unknown && { generator: unknown, reason: `there is no rule for generators of ${unknown.function}` };
}

export const sameArguments = (a: TowerGenerator, b: TowerGenerator): boolean =>
  a.arguments.length === b.arguments.length && a.arguments.every((f, k) => key(f) === key(b.arguments[k]!));

/**
 * Two error functions are independent where the squares of their arguments differ by no constant; solutions of
 * Bessel's or Airy's equation where the squares of their arguments differ, or as J_n and J_{n+1} of one argument.
 */
function areApart(
  precise: Precise,
  tower: Tower,
  a: TowerGenerator,
  b: TowerGenerator,
  family: (family: string) => boolean,
  moduloConstants: boolean,
): boolean {
  if (!moduloConstants && a.function !== b.function) {
    // Airy functions are Bessel functions of order 1/3.
    return [a, b].every((g) => g.function === "airyai" || orderOf(g)?.den === 1n);
  }
  if (a.function === "besselj" && b.function === "besselj") {
    const [m, n] = [orderOf(a), orderOf(b)];
    if (m?.den !== 1n || n?.den !== 1n) return false;
    const last = (g: TowerGenerator): TowerGenerator => ({ ...g, arguments: g.arguments.slice(1) });
    const distance = m.num - n.num;
    if (sameArguments(last(a), last(b))) return distance === 1n || distance === -1n;
  }
  return precise.scope(BITS, (r) => {
    for (const draw of draws()) {
      const gaps = (moduloConstants ? [0, 1] : [0]).map((variant) => {
        const near = variant === 0 ? draw : moved(draw, step(family, "apart", TINY));
        const values = valuesAt(r, tower, near);
        const [u, v] = [a, b].map((g) => values && fractionAt(r, g.arguments.at(-1)!, values));
        if (u === undefined || v === undefined) return undefined;
        return add(r, multiply(r, u, u), negative(r, multiply(r, v, v)));
      });
      if (gaps.includes(undefined)) continue;
      const total = gaps.length === 1 ? gaps[0]! : add(r, gaps[0]!, negative(r, gaps[1]!));
      if (isNonzero(r, total)) return true;
    }
    return false;
  });
}

/** The order of a Bessel function that is a number. */
export function orderOf(g: TowerGenerator): Rational | undefined {
  const order = g.arguments[0]!;
  if (variablesIn(order).size > 0) return undefined;
  const [num, den] = [order.numerator, order.denominator].map((p) => p.get("")?.coefficient);
  if (num === undefined) return rational(0);
  if (num.im.num !== 0n || den === undefined || den.im.num !== 0n) return undefined;
  return rational(num.re.num * den.re.den, num.re.den * den.re.num);
}
