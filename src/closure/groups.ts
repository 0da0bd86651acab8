/**
 * An exponential polynomial seen from its active generators: f = Σ_λ e^{λ} Σ_m m·c_{λ,m}, with λ nonconstant in them, m a
 * monomial in them, and c an exponential polynomial in all the others.
 */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { type Monomial, monomialKey, type Polynomial } from "../exact/polynomial.ts";
import type { ExpPolynomial, ExpTerm } from "../expression/normal.ts";

export interface GroupTerm {
  /** In active generators only. */
  readonly monomial: Monomial;
  readonly coefficient: ExpPolynomial;
}

export interface Group {
  /** The part of the exponent with active generators in it. */
  readonly exponent: Polynomial;
  /** By the canonical text of the monomial. */
  readonly terms: ReadonlyMap<string, GroupTerm>;
}

/** A term of which more parts of the coefficient may come. */
type Pending = GroupTerm & { readonly coefficient: Map<string, ExpTerm> };

export const monomialDegree = (m: Monomial): number => m.reduce((total, [, k]) => total + k, 0);

/** Splits a polynomial by the part of each monomial that is active. */
export function splitActive(
  p: Polynomial,
  isActive: (variable: number) => boolean,
): Map<string, { monomial: Monomial; rest: Polynomial }> {
  const parts = new Map<string, { monomial: Monomial; rest: Map<string, P.Term> }>();
  for (const { monomial, coefficient } of P.terms(p)) {
    const own = monomial.filter(([v]) => isActive(v));
    const others = monomial.filter(([v]) => !isActive(v));
    const key = monomialKey(own);
    const part = parts.get(key) ?? { monomial: own, rest: new Map<string, P.Term>() };
    // Terms of one part differ in the rest of their monomials.
    part.rest.set(monomialKey(others), { monomial: others, coefficient });
    parts.set(key, part);
  }
  return parts;
}

/** Groups the terms of `form`; none of the coefficients is empty. */
export function groupTerms(
  form: ExpPolynomial,
  isActive: (variable: number) => boolean,
  budget: Budget,
): Group[] {
  const groups = new Map<string, { exponent: Polynomial; terms: Map<string, Pending> }>();
  for (const { exponent, coefficient } of form.values()) {
    budget.spend(1 + exponent.size + coefficient.size);
    let [own, others] = [P.zero, P.zero];
    for (const { monomial, rest } of splitActive(exponent, isActive).values()) {
      const part = P.multiply(P.monomial(monomial), rest, budget);
      if (monomial.length === 0) others = P.add(others, part);
      else own = P.add(own, part);
    }
    const key = P.key(own);
    const group = groups.get(key) ?? { exponent: own, terms: new Map<string, Pending>() };
    groups.set(key, group);
    const otherKey = P.key(others);
    for (const [at, { monomial, rest }] of splitActive(coefficient, isActive)) {
      const term = group.terms.get(at) ?? { monomial, coefficient: new Map<string, ExpTerm>() };
      group.terms.set(at, term);
      // The exponents of a form differ, and those of one group differ in what is not active.
      term.coefficient.set(otherKey, { exponent: others, coefficient: rest });
    }
  }
  return [...groups.values()];
}
