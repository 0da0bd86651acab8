/**
 * Independence over Q by values: a place is a homomorphism from the polynomials in all generators to a prime field. A relation
 * over Q, cleared of denominators and common factors, holds among the images too, so that images of full rank prove that
 * there is none.
 */
import type { Budget } from "../../errors.ts";
import {
  type Homomorphism,
  homomorphismBelow,
  imageOf,
  inverseMod,
  PRIME_BOUND,
  rankMod,
  residues,
} from "../../exact/modular.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as S from "../../exact/series.ts";
import { argumentsOf, type Element, relationOf } from "./generator.ts";
import type { Tower } from "./interface.ts";

type ValueAt = (variable: number) => S.Series;

/** More rows than unknowns, so that an unlucky one does no harm. */
const SPARE = 4;
const MOST_MISSES = 8;

/** Both images of i: what holds over Q is so seen by real and imaginary parts. */
const { p, i } = homomorphismBelow(PRIME_BOUND);
const FIELDS: readonly Homomorphism[] = [
  { p, i },
  { p, i: p - i },
];

/** Something has no value at a place. */
class Miss extends Error {}

/** Whether elements are proved to be independent over Q modulo Q(i), all generators taken as variables. */
export const areApart = (items: readonly Element[], budget: Budget): boolean =>
  hasFullRank(items.length + 2, (field, random) => {
    const value = evaluation(field, 0, () => [random()], budget);
    return [1, field.i, ...items.map((a) => value(a)[0]!)];
  });

/**
 * Whether elements are proved to be independent over Q modulo what is free of the variables, or modulo affine forms in them:
 * the first or second derivatives along lines do not see those. Of the derivatives of functions that are not elementary
 * nothing is supposed.
 *
 * @param closure all generators of the elements
 * @returns undefined where one of them is algebraic: it has no value at most places
 */
export function areIndependent(
  tower: Tower,
  items: readonly Element[],
  modulo: "constants" | "affine",
  variables: readonly number[],
  closure: readonly number[],
  budget: Budget,
): boolean | undefined {
  const { generators } = tower;
  if (closure.some((v) => relationOf(generators[v]!) !== undefined)) return undefined;
  const order = modulo === "constants" ? 1 : 2;
  return hasFullRank(items.length, (field, random) => {
    const value = evaluation(field, order, along, budget);
    function along(v: number): S.Series {
      const g = generators[v]!;
      const own = random();
      if (variables.includes(v))
        return S.add(S.constantSeries(own, order), [0, random(), 0].slice(0, order + 1), p);
      const inner = argumentsOf(g).map(value);
      if (inner.every(isStill)) return S.constantSeries(own, order);
      if (g.kind === "exp") return S.exponential(inner[0]!, own, p);
      if (g.kind !== "log") return inner[0]!.map(random);
      const [outer, scale] = [value(g.exponential), imageOf(g.scale, field)];
      if (outer[0] === 0 || scale === undefined || scale === 0) throw new Miss();
      const log = S.logarithm(outer, 0, p);
      return S.add(S.constantSeries(own, order), S.scaled(log, inverseMod(scale, p), p), p);
    }
    return items.map((a) => value(a)[order]!);
  });
}

const isStill = (a: S.Series): boolean => a.slice(1).every((c) => c === 0);

/** Whether rows of so many values at places have full rank. */
function hasFullRank(
  count: number,
  valuesAt: (field: Homomorphism, random: () => number) => readonly number[],
): boolean {
  const source = residues(7919);
  const rows: (readonly number[])[] = [];
  const wanted = count + SPARE;
  for (let place = 0; rows.length < wanted && place < wanted + MOST_MISSES; place++) {
    try {
      rows.push(valuesAt(FIELDS[place % FIELDS.length]!, () => source(p)));
    } catch (error) {
      if (!(error instanceof Miss)) throw error;
    }
  }
  return rankMod(rows, p) === count;
}

/** Series of elements where those of generators are found once. */
function evaluation(
  field: Homomorphism,
  order: number,
  make: ValueAt,
  budget: Budget,
): (a: Element) => S.Series {
  const known = new Map<number, S.Series>();
  const at: ValueAt = (v) => {
    let found = known.get(v);
    if (found === undefined) {
      found = make(v);
      known.set(v, found);
    }
    return found;
  };

  function sum(a: Polynomial): S.Series {
    budget.spend(1 + (a.size >> 3));
    let total = S.constantSeries(0, order);
    for (const { monomial, coefficient } of a.values()) {
      const factor = imageOf(coefficient, field);
      if (factor === undefined) throw new Miss();
      let term: S.Series | undefined;
      for (const [v, exponent] of monomial) {
        const own = exponent === 1 ? at(v) : S.power(at(v), exponent, p);
        term = term === undefined ? own : S.multiply(term, own, p);
      }
      total = S.add(
        total,
        term === undefined ? S.constantSeries(factor, order) : S.scaled(term, factor, p),
        p,
      );
    }
    return total;
  }

  return ({ numerator, denominator }) => {
    const below = sum(denominator);
    if (below[0] === 0) throw new Miss();
    return S.multiply(sum(numerator), S.inverse(below, p), p);
  };
}
