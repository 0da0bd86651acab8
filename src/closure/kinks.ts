/**
 * Kinks and jumps: a function that has |u|, sign(u) or floor(u) of a parameter-dependent u is not analytic where u crosses
 * the kink, unless the branches on both sides agree; nor is one with ∛u there, or a root that reaches the end of its domain
 * inside of the domain of the model. A witness is a point on the kink, a parameter to move, and the first order k ≥ 0 at
 * which the one-sided derivatives differ or do not exist, proved by exact arithmetic and enclosures.
 *
 * The point is rational where the argument can be made to vanish exactly; else one coordinate, the one that moves, is
 * given by a bracket: its ends give the argument opposite signs, and its slope has no zero between them.
 */
import { type Budget, DescentError } from "../errors.ts";
import { equal, multiply, negate, type Rational, rational, subtract, ZERO } from "../exact/rational.ts";
import { type Algebra, type Node, type SymbolNode, symbols } from "../expression/node.ts";
import { intervals } from "../precise/interval.ts";
import type { Precise, Reals } from "../precise/mpfr.ts";
import { exactValue, floorOf } from "./kinks/exact.ts";
import { type GermPlace, germ, RAMIFIED } from "./kinks/germ.ts";
import {
  approximateZeros,
  approximation,
  attempt,
  type Bracket,
  bracketZero,
  type Point,
  rationalised,
  simplest,
  solveAffine,
  symbolsOf,
} from "./kinks/locate.ts";
import { type Target, targetsOf, throughBasicKinks } from "./kinks/rewrite.ts";
import {
  type Coefficient,
  isExact,
  isExactZero,
  type Series,
  type SeriesAlgebra,
  seriesAlgebra,
} from "./kinks/series.ts";

/** A point whose one coordinate may be the zero between two rationals. */
export interface Location {
  /** Values of all parameters, inputs and targets of the model, but for a bracketed one. */
  readonly point: Point;
  readonly bracket?: Bracket & { readonly symbol: SymbolNode };
}

export interface KinkWitness extends Location {
  /** The function with the kink: abs, sign, floor, cbrt, sqrt, asin, acos or acosh. */
  readonly function: string;
  /** It vanishes at the point; a floor is that of this and an integer. */
  readonly argument: Node;
  /** The parameter that moves. */
  readonly direction: SymbolNode;
  /** The first order at which the one-sided derivatives differ. */
  readonly order: number;
  /** In decimals; `inf` or `-inf` where the difference quotients diverge. */
  readonly left: string;
  readonly right: string;
}

/** Whether a location is surely inside of the declared domain; where it is not certain, it is not. */
export type Inside = (location: Location, precise: Precise) => boolean;

/** How many base points are tried: as they are, with functions made rational, with brackets. */
const POINTS = 8;
const FEWER = 4;
/** Most locations at which the germs of a model are computed. */
const LOCATIONS = 160;
/** A kink whose branches agree at this many points, its argument moving, is taken to be inert. */
const AGREEMENTS = 3;
const BITS = 256;
const DIGITS = 20;
/** Ramifications and terms of the germs: the first order soon settles most. */
const STAGES: readonly (readonly [ramification: 1 | 6, terms: number])[] = [
  [1, 2],
  [1, 6],
  [6, 26],
];
/** The highest order of one-sided derivatives that is stated. */
const ORDERS = 4;

/**
 * A point at which the model is proved not to be analytic in the parameters of one family, if one is found. Targets are
 * data, whose values are chosen like those of the inputs; so `model` may be a loss.
 *
 * @param model without folds
 */
export function findKink(
  algebra: Algebra,
  model: Node,
  family: string,
  inside: Inside,
  precise: Precise,
  budget: Budget,
): KinkWitness | undefined {
  const plain = attempt(() => throughBasicKinks(algebra, model));
  if (plain === undefined) return undefined;
  const table = algebra.primitives;
  const own = (["parameter", "input", "target"] as const).flatMap((role) => symbols(plain, role));
  const moves = targetsOf(algebra, plain).flatMap((target) =>
    symbols(target.argument, "parameter")
      .filter((direction) => direction.name === family)
      .map((direction) => ({ target, direction })),
  );
  let left = LOCATIONS;
  const inert = new Map<(typeof moves)[number], number>();
  for (const locate of [exactly, madeRational, between]) {
    for (let number = 0; number < (locate === exactly ? POINTS : FEWER) && moves.length > 0; number++) {
      const generic: Point = new Map(own.map((s, k) => [s, coordinate(k, number)]));
      for (const move of moves) {
        const { target, direction } = move;
        if ((inert.get(move) ?? 0) >= AGREEMENTS) continue;
        budget.spend();
        for (const found of locate(target, direction, generic)) {
          if (left-- <= 0) return undefined;
          const witness = attempt(() =>
            witnessAt(algebra, plain, target, direction, found, inside, precise, budget),
          );
          if (witness === "analytic") inert.set(move, (inert.get(move) ?? 0) + 1);
          else if (witness !== undefined) return witness;
        }
      }
    }
  }
  return undefined;

  function* exactly(target: Target, direction: SymbolNode, point: Point): Generator<Found> {
    const now = exactValue(table, target.argument, (s) => point.get(s));
    for (const value of target.integers ? integersNear(now) : [ZERO]) {
      const at = solved(target, direction, value, point);
      if (at !== undefined) yield { value, point: at };
    }
  }

  /** Every part made to vanish by a symbol of its own, the moved one first. */
  function solved(target: Target, direction: SymbolNode, value: Rational, point: Point): Point | undefined {
    const at = new Map(point);
    const taken = new Set<SymbolNode>();
    for (const part of target.parts) {
      const now = exactValue(table, part, (s) => at.get(s));
      if (now !== undefined && equal(now, value)) continue;
      const candidates = symbolsOf(part).sort((a, b) => Number(b === direction) - Number(a === direction));
      let found = false;
      for (const symbol of candidates) {
        const root = taken.has(symbol) ? undefined : solveAffine(table, part, value, symbol, at);
        budget.spend();
        if (root === undefined) continue;
        at.set(symbol, root);
        taken.add(symbol);
        found = true;
        break;
      }
      if (!found) return undefined;
    }
    return exactValue(table, target.argument, (s) => at.get(s)) === undefined ? undefined : at;
  }

  function* madeRational(target: Target, direction: SymbolNode, point: Point): Generator<Found> {
    yield* exactly(target, direction, rationalised(table, target.argument, point, direction));
  }

  function* between(target: Target, direction: SymbolNode, point: Point): Generator<Found> {
    const { argument } = target;
    const now = approximation(table, argument, direction, point, precise);
    const near = target.integers ? rationalNear(now(coordinateOf(point, direction))) : ZERO;
    for (const value of target.integers ? integersNear(near) : [ZERO]) {
      const zeros = approximateZeros(table, argument, Number(value.num), direction, point, precise);
      for (const zero of zeros.slice(0, 2)) {
        const fraction = simplest(zero);
        const at = fraction === undefined ? undefined : new Map(point).set(direction, fraction);
        const exact = at && exactValue(table, argument, (s) => at.get(s));
        if (at !== undefined && exact !== undefined && exact.num === value.num && exact.den === 1n) {
          yield { value, point: at };
          continue;
        }
        const found = bracketZero(algebra, argument, value, direction, point, zero, precise, budget);
        if (found !== undefined) yield { value, point, ...found };
      }
    }
  }
}

/** Where a target meets its kink, its argument having this value there. */
interface Found {
  readonly value: Rational;
  readonly point: Point;
  readonly wide?: Bracket;
  readonly narrow?: Bracket;
}

const coordinateOf = (point: Point, symbol: SymbolNode): number => {
  const { num, den } = point.get(symbol)!;
  return Number(num) / Number(den);
};

const rationalNear = (value: number): Rational | undefined =>
  Number.isFinite(value) && Math.abs(value) < 1e6 ? rational(Math.floor(value)) : undefined;

/** Integers on either side of a value; of no value, those near 0. */
function integersNear(value: Rational | undefined): Rational[] {
  if (value === undefined) return [0, 1, -1, 2].map((n) => rational(n));
  const below = floorOf(value);
  return [rational(below), rational(below + 1n)];
}

/** A fixed generic rational for each symbol and point, of either sign. */
function coordinate(symbol: number, point: number): Rational {
  const mixed = (BigInt(symbol + 1) * 2654435761n + BigInt(point + 1) * 97003n) % 1999n;
  const size = rational(mixed + 101n, 499n);
  return (symbol + point) % 3 === 2 ? negate(size) : size;
}

function witnessAt(
  algebra: Algebra,
  model: Node,
  target: Target,
  direction: SymbolNode,
  { value, point, wide, narrow }: Found,
  inside: Inside,
  precise: Precise,
  budget: Budget,
): KinkWitness | "analytic" | undefined {
  const others = new Map(point);
  if (narrow !== undefined) others.delete(direction);
  const location: Location = {
    point: others,
    ...(narrow === undefined ? {} : { bracket: { symbol: direction, ...narrow } }),
  };
  if (!inside(location, precise)) return undefined;
  return precise.scope(BITS, (reals) => {
    const i = intervals(reals);
    const s = seriesAlgebra(reals, i);
    const place: Omit<GermPlace, "side" | "terms" | "ramification"> = {
      point: others,
      moved: direction,
      still: new Map(),
      at:
        narrow === undefined
          ? { exact: point.get(direction)! }
          : { lo: i.rational(narrow.lo).lo, hi: i.rational(narrow.hi).hi },
      ...(narrow === undefined ? {} : { zero: { argument: target.argument, value } }),
    };
    // The model has a value at the point itself.
    germ(algebra, model, { ...place, side: 0, ramification: 1, terms: 1 }, s, budget);
    const both = (ramification: 1 | 6, terms: number): Sides => {
      const at = (side: -1 | 1): Series =>
        germ(algebra, model, { ...place, side, ramification, terms }, s, budget);
      return { left: at(-1), right: at(1), ramification };
    };
    let [ramified, analytic] = [false, false];
    for (const [ramification, terms] of STAGES) {
      if (ramification > 1 !== ramified) continue;
      try {
        const found = difference(both(ramification, terms), s, reals);
        if (found === "unknown") return undefined;
        analytic = found === undefined;
        if (found === undefined) continue;
        const shifted = algebra.subtract(target.argument, algebra.number(value));
        return {
          function: target.name,
          argument: shifted,
          point: others,
          ...(wide === undefined ? {} : { bracket: { symbol: direction, ...wide } }),
          direction,
          ...found,
        };
      } catch (error) {
        // A sign or a quotient may need more terms, a root powers between the integers.
        if (!(error instanceof DescentError) || error.code !== "unsupported") throw error;
        if (error.fault === RAMIFIED) ramified = true;
      }
    }
    const crossing = { ...place, side: 1, ramification: 1, terms: ORDERS } as const;
    const [, ...slopes] = germ(algebra, target.argument, crossing, s, budget);
    return analytic && !slopes.every(isExactZero) ? "analytic" : undefined;
  });
}

interface Sides {
  readonly left: Series;
  readonly right: Series;
  readonly ramification: number;
}

/** The first order at which the one-sided derivatives surely differ; `unknown` where a lower one may not exist. */
function difference(
  { left, right, ramification }: Sides,
  s: SeriesAlgebra,
  reals: Reals,
): Pick<KinkWitness, "order" | "left" | "right"> | "unknown" | undefined {
  let factorial = 1n;
  for (let order = 0; order <= ORDERS; order++) {
    factorial *= BigInt(Math.max(order, 1));
    const at = order * ramification;
    if (at >= Math.min(left.length, right.length)) return undefined;
    const turned = order % 2 === 0 ? factorial : -factorial;
    const sides = [
      [left, turned],
      [right, factorial],
    ] as const;
    const values = sides.map(([series, weight]) => {
      const infinite = series.slice(Math.max(0, at - ramification + 1), at).find((c) => !isExactZero(c));
      if (infinite !== undefined) {
        const direction = s.signOf(infinite);
        return direction === undefined ? undefined : weight < 0n ? -direction : direction;
      }
      return scaled(series[at]!, rational(weight), s);
    });
    const [a, b] = values;
    if (a === undefined || b === undefined) return "unknown";
    const divergent = typeof a === "number" || typeof b === "number";
    if (!divergent && !differ(a, b, s)) continue;
    if (!divergent && !visibly(a, b, s)) return "unknown";
    const texts = [a, b].map((c) => (typeof c === "number" ? (c > 0 ? "inf" : "-inf") : textOf(c, s, reals)));
    const [p, q] = texts;
    return p === undefined || q === undefined ? "unknown" : { order, left: p, right: q };
  }
  return undefined;
}

function scaled(c: Coefficient, by: Rational, s: SeriesAlgebra): Coefficient {
  return isExact(c) ? { exact: multiply(c.exact, by) } : s.combine([[{ exact: by }, [c]]], 1)[0]!;
}

function differ(a: Coefficient, b: Coefficient, s: SeriesAlgebra): boolean {
  if (isExact(a) && isExact(b)) return subtract(a.exact, b.exact).num !== 0n;
  const [gap] = s.combine(
    [
      [{ exact: rational(1) }, [a]],
      [{ exact: rational(-1) }, [b]],
    ],
    1,
  );
  return s.signOf(gap!) !== undefined && s.signOf(gap!) !== 0;
}

/** Differences that are tiny beside the values cannot be told by difference quotients: other points show them better. */
function visibly(a: Coefficient, b: Coefficient, s: SeriesAlgebra): boolean {
  const [p, q] = [s.approximate(a), s.approximate(b)];
  return Math.abs(p - q) > 2 ** -24 * (1 + Math.abs(p) + Math.abs(q));
}

/** Twenty digits; undefined where fewer are known. */
function textOf(c: Coefficient, s: SeriesAlgebra, reals: Reals): string | undefined {
  const { lo, hi } = s.interval(c);
  const spread = reals.exponent(reals.sub(hi, lo, "up"));
  if (s.signOf(c) === undefined && spread < -70) return "0";
  return spread > Math.max(reals.exponent(lo), 0) - 70 ? undefined : reals.toText(lo, DIGITS);
}
