/** Leading minors of Hankel matrices, exact or enclosed, and their decimal enclosures. */
import type { Budget } from "../errors.ts";
import { determinant, hankel, RATIONALS, rank } from "../exact/matrix.ts";
import { isZero, ONE, type Rational } from "../exact/rational.ts";
import { type Interval, intervals } from "../precise/interval.ts";
import type { Reals } from "../precise/mpfr.ts";

/** Decimal bounds, the lower one first. */
export type Decimals = readonly [lo: string, hi: string];

/** The leading minor of the size of `bound` is proved to be nonzero. */
export interface Minor<T> {
  readonly bound: number;
  readonly determinant: T;
}

/**
 * The rank, with the leading minor of its size; undefined where that is zero, which the Hankel matrix of a sequence of this
 * rank never has (Frobenius; Gantmacher, The Theory of Matrices II, XV §10), and no matrix of the probe at a generic point.
 */
export function exactMinor(values: readonly Rational[], budget: Budget): Minor<Rational> | undefined {
  const matrix = hankel(values);
  const bound = rank(RATIONALS, matrix, budget);
  const leading = matrix.slice(0, bound).map((row) => row.slice(0, bound));
  const value = determinant(RATIONALS, leading, budget);
  return isZero(value) ? undefined : { bound, determinant: value };
}

/**
 * The largest leading minor up to which all leading minors are proved to be nonzero: eliminated without exchange, the
 * pivots are their quotients.
 */
export function enclosedMinor(r: Reals, values: readonly Interval[], budget: Budget): Minor<Interval> {
  const i = intervals(r);
  const rows = hankel(values).map((row) => [...row]);
  let product = i.rational(ONE);
  for (const [k, lead] of rows.entries()) {
    const pivot = lead[k]!;
    const next = i.multiply(product, pivot);
    if (!i.excludesZero(pivot) || !i.excludesZero(next)) return { bound: k, determinant: product };
    product = next;
    // What is left stays symmetric.
    for (let row = k + 1; row < rows.length; row++) {
      const factor = i.divide(lead[row]!, pivot);
      for (let column = row; column < rows.length; column++) {
        budget.spend(8);
        rows[row]![column] = i.subtract(rows[row]![column]!, i.multiply(factor, lead[column]!));
      }
    }
  }
  return { bound: rows.length, determinant: product };
}

/** Eight digits are off by less than 2^−24; the margin keeps sign and enclosure. */
const MARGIN_BITS = 20;

/** Decimal bounds of a finite interval that excludes zero; none is zero. */
export function decimals(r: Reals, { lo, hi }: Interval): Decimals {
  const margin = r.power(r.number(2), -MARGIN_BITS);
  const outward = [
    r.sub(lo, r.mul(r.abs(lo), margin, "up"), "down"),
    r.add(hi, r.mul(r.abs(hi), margin, "up"), "up"),
  ];
  const [low, high] = outward.map((end) => r.toText(end, 8));
  return [low!, high!];
}

export const exactDecimals = (r: Reals, value: Rational): Decimals =>
  decimals(r, intervals(r).rational(value));
