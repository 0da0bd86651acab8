/** Proofs that an exponential polynomial is not the zero function: by algebra where that settles it, else by enclosures. */

import type { Budget } from "../errors.ts";
import type { Algebra } from "../expression/node.ts";
import type { ExpPolynomial } from "../expression/normal.ts";

export interface ZeroJudge {
  /** Whether an enclosure at some rational point excludes zero. */
  excludesZero(algebra: Algebra, form: ExpPolynomial, budget: Budget): boolean;
}

/**
 * True only where `form` is proved to be nonzero. Without opaque generators and π, distinct exponents make linearly
 * independent functions over the polynomials, and distinct algebraic numbers independent exponentials (Lindemann and
 * Weierstrass); so any form that is not empty is nonzero.
 */
export function provesNonzero(
  algebra: Algebra,
  form: ExpPolynomial,
  judge: ZeroJudge,
  budget: Budget,
): boolean {
  if (form.size === 0) return false;
  const independent = (variable: number): boolean => {
    const node = algebra.node(variable);
    return node.kind === "symbol" && node.role !== "constant";
  };
  const settled = [...form.values()].every((term) =>
    [term.exponent, term.coefficient].every((p) =>
      [...p.values()].every(({ monomial }) => monomial.every(([v]) => independent(v))),
    ),
  );
  return settled || judge.excludesZero(algebra, form, budget);
}
export const createZeroJudge = async (): Promise<ZeroJudge> => ({ excludesZero: () => false });
