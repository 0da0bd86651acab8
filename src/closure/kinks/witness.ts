/** Whether a model is analytic along one parameter at a location, by its germs on both sides. */
import { type Budget, DescentError } from "../../errors.ts";
import { multiply, type Rational, rational, subtract } from "../../exact/rational.ts";
import type { Algebra, Node, SymbolNode } from "../../expression/node.ts";
import { intervals } from "../../precise/interval.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { type GermPlace, germ, RAMIFIED } from "./germ.ts";
import type { Bracket, Point } from "./locate.ts";
import type { Target } from "./rewrite.ts";
import {
  type Coefficient,
  isExact,
  isExactZero,
  type Series,
  type SeriesAlgebra,
  seriesAlgebra,
} from "./series.ts";

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

/** Where a target meets its kink, its argument having this value there. */
export interface Found {
  readonly value: Rational;
  readonly point: Point;
  /** Whether an input or target was chosen for it. */
  readonly special: boolean;
  readonly wide?: Bracket;
  readonly narrow?: Bracket;
}

/**
 * A witness at a location; `analytic` where the germs of both sides agree as far as they are known, although the argument of
 * the kink moves; undefined where nothing is proved.
 *
 * @param model through basic kinks only
 * @throws DescentError `unsupported` where the location is not surely inside of the domain
 */
export function witnessAt(
  algebra: Algebra,
  model: Node,
  target: Target,
  direction: SymbolNode,
  { value, point, special, wide, narrow }: Found,
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
    if (special && !crosses()) return undefined;
    const both = (ramification: 1 | 6, terms: number): Sides => {
      const at = (side: -1 | 1): Series =>
        germ(algebra, model, { ...place, side, ramification, terms }, s, budget);
      return { left: at(-1), right: at(1), ramification };
    };
    /** A crossing with slopes of one sign persists for all data nearby; without, it may be there for these data only. */
    function crosses(): boolean {
      const [a, b] = ([-1, 1] as const).map((side) =>
        s.signOf(
          germ(algebra, target.argument, { ...place, side, ramification: 1, terms: 2 }, s, budget)[1]!,
        ),
      );
      return a !== undefined && b !== undefined && a * b < 0;
    }
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
