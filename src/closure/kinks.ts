/**
 * Kinks and jumps: a function that has |u|, sign(u) or floor(u) of a parameter-dependent u is not analytic where u crosses
 * the kink, unless the branches on both sides agree; nor is one with ∛u there, or a root that reaches the end of its domain
 * inside of the domain of the model. A witness is a point on the kink, a parameter to move, and the first order k ≥ 0 at
 * which the one-sided derivatives differ or do not exist, proved by exact arithmetic and enclosures.
 *
 * The point is rational where the argument can be made to vanish exactly; else one coordinate, the one that moves, is
 * given by a bracket: its ends give the argument opposite signs, and its slope has no zero between them.
 */
import type { Budget } from "../errors.ts";
import { equal, negate, type Rational, rational, ZERO } from "../exact/rational.ts";
import { type Algebra, type Node, type SymbolNode, symbols } from "../expression/node.ts";
import type { Precise } from "../precise/mpfr.ts";
import { exactValue, floorOf } from "./kinks/exact.ts";
import {
  approximateZeros,
  approximation,
  attempt,
  bracketZero,
  type Point,
  rationalised,
  simplest,
  solveAffine,
  symbolsOf,
} from "./kinks/locate.ts";
import { type Target, targetsOf, throughBasicKinks } from "./kinks/rewrite.ts";
import { type Found, type Inside, type KinkWitness, witnessAt } from "./kinks/witness.ts";

export type { Inside, KinkWitness, Location } from "./kinks/witness.ts";

/** How many base points are tried: as they are, with functions made rational, with brackets. */
const POINTS = 8;
const FEWER = 4;
/** Most locations at which the germs of a model are computed. */
const LOCATIONS = 160;
/** A kink whose branches agree at this many points, its argument moving, is taken to be inert. */
const AGREEMENTS = 3;

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
  // Those of the model as it is written too, which may cancel.
  const roles = ["parameter", "input", "target"] as const;
  const own = [...new Set([model, plain].flatMap((root) => roles.flatMap((role) => symbols(root, role))))];
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
      if (at === undefined) continue;
      const special = [...at].some(([s, own]) => s.role !== "parameter" && !equal(own, point.get(s)!));
      yield { value, point: at, special };
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
          yield { value, point: at, special: false };
          continue;
        }
        const found = bracketZero(algebra, argument, value, direction, point, zero, precise, budget);
        if (found !== undefined) yield { value, point, special: false, ...found };
      }
    }
  }
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

/** A fixed generic rational for each symbol and point: positive at every other point, of either sign at the others. */
function coordinate(symbol: number, point: number): Rational {
  const mixed = (BigInt(symbol + 1) * 2654435761n + BigInt(point + 1) * 97003n) % 1999n;
  const size = rational(mixed + 101n, 499n);
  return point % 2 === 0 && (symbol + point) % 3 === 2 ? negate(size) : size;
}
