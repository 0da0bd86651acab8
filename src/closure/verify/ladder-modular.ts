/**
 * Independence over Q of rational functions of symbols, modulo functions free of the active ones: a relation over Q, cleared of
 * denominators and common factors, holds among the images in a prime field too, so that differences of full rank prove
 * that there is none.
 */
import type { Budget } from "../../errors.ts";
import type { Fraction } from "../../exact/fraction.ts";
import {
  addMod,
  type Homomorphism,
  homomorphismBelow,
  imageOf,
  inverseMod,
  multiplyMod,
  PRIME_BOUND,
  powerMod,
  rankMod,
  residues,
  subtractMod,
} from "../../exact/modular.ts";
import type { Polynomial } from "../../exact/polynomial.ts";

/** More rows than functions, so that an unlucky one does no harm. */
const SPARE = 3;

const { p, i } = homomorphismBelow(PRIME_BOUND);
/** Both images of i: what holds over Q is so seen by real and imaginary parts. */
const FIELDS: readonly Homomorphism[] = [
  { p, i },
  { p, i: p - i },
];

/**
 * Whether the differences, of order 1 or 2, of these functions are proved to be linearly independent over Q.
 *
 * @param moves whether a variable is active
 */
export function haveIndependentDifferences(
  functions: readonly Fraction[],
  moves: (variable: number) => boolean,
  order: 1 | 2,
  budget: Budget,
): boolean {
  const random = residues(functions.length);
  const rows: number[][] = [];
  for (let n = 0; n < functions.length + SPARE; n++) {
    const [still, steps] = [new Map<number, number>(), new Map<string, number>()];
    const drawn = <K>(from: Map<K, number>, key: K): number => {
      const own = from.get(key) ?? random(p);
      from.set(key, own);
      return own;
    };
    /** A corner is a set of steps, by its bits. */
    const at = (corner: number) => (v: number) => {
      const base = drawn(still, v);
      if (!moves(v)) return base;
      const moved = [1, 2].filter((bit) => corner & bit).map((bit) => drawn(steps, `${bit} ${v}`));
      return moved.reduce((sum, d) => addMod(sum, d, p), base);
    };
    const corners = Array.from({ length: 2 ** order }, (_, corner) => at(corner));
    for (const field of FIELDS) {
      const row = functions.map((f) => differenceOf(f, corners, field, budget));
      if (!row.includes(undefined)) rows.push(row as number[]);
    }
  }
  return rankMod(rows, p) === functions.length;
}

/** Σ ±f over the corners, by the parity of their steps; undefined where a denominator vanishes. */
function differenceOf(
  f: Fraction,
  corners: readonly ((v: number) => number)[],
  field: Homomorphism,
  budget: Budget,
): number | undefined {
  let total = 0;
  for (const [corner, at] of corners.entries()) {
    budget.spend(f.numerator.size + f.denominator.size);
    const [above, below] = [f.numerator, f.denominator].map((g) => imageAt(g, at, field));
    if (above === undefined || below === undefined || below === 0) return undefined;
    const value = multiplyMod(above, inverseMod(below, p), p);
    total = corner === 0 || corner === 3 ? addMod(total, value, p) : subtractMod(total, value, p);
  }
  return total;
}

function imageAt(f: Polynomial, at: (v: number) => number, field: Homomorphism): number | undefined {
  let total = 0;
  for (const { monomial, coefficient } of f.values()) {
    let term = imageOf(coefficient, field);
    if (term === undefined) return undefined;
    for (const [v, k] of monomial) term = multiplyMod(term, powerMod(at(v), k, p), p);
    total = addMod(total, term, p);
  }
  return total;
}
