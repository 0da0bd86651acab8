/** Whether a sum of numbers is zero: its value against the bound of its error. */
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { above, add, type Ball, isNonzero } from "./ball.ts";

/** `nonzero` is proved by the bound; `zero` agrees with zero in as many bits as `ZERO_BITS`, and proves nothing. */
export type Weight = "zero" | "nonzero" | "unclear";

/** The second precision is for what the first leaves unclear. */
const LEVELS = [256, 1024] as const;
/** Bits in which zero is agreed with, relative to the largest term or to 1. */
const ZERO_BITS = 64;

/**
 * Weighs the sum of the terms; undefined where they have no value.
 *
 * @param extra bits that are known to cancel
 */
export function weigh(
  precise: Precise,
  terms: (r: Reals) => readonly Ball[] | undefined,
  extra = 0,
): Weight | undefined {
  let found: Weight | undefined;
  for (const bits of LEVELS) {
    found = precise.scope(bits + extra, (r) => {
      const values = terms(r);
      return values === undefined ? undefined : compare(r, values);
    });
    if (found === "zero" || found === "nonzero") return found;
  }
  return found;
}

function compare(r: Reals, terms: readonly Ball[]): Weight {
  const sum = total(r, terms);
  if (isNonzero(r, sum)) return "nonzero";
  const scale = terms.reduce((most, term) => Math.max(most, above(r, term)), 0);
  return sum.error <= scale - ZERO_BITS ? "zero" : "unclear";
}

export const total = (r: Reals, terms: readonly Ball[]): Ball =>
  terms.reduce((sum, term) => add(r, sum, term), {
    re: r.number(0),
    error: Number.NEGATIVE_INFINITY,
  });
