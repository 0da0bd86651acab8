/**
 * An exponential polynomial seen from its active generators: f = Σ_λ e^{λ} Σ_m m·c_{λ,m}, with λ nonconstant in them, m a
 * monomial in them, and c an exponential polynomial in all the others.
 */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { type Monomial, monomialKey, type Polynomial } from "../exact/polynomial.ts";
import { type ExpPolynomial, expAdd } from "../expression/normal.ts";

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

export const monomialDegree = (m: Monomial): number => m.reduce((total, [, k]) => total + k, 0);

/** Splits a polynomial by the part of each monomial that is active. */
export function splitActive(
  p: Polynomial,
  isActive: (variable: number) => boolean,
): Map<string, { monomial: Monomial; rest: Polynomial }> {
  const parts = new Map<string, { monomial: Monomial; rest: Polynomial }>();
  for (const { monomial, coefficient } of P.terms(p)) {
    const own = monomial.filter(([v]) => isActive(v));
    const others = monomial.filter(([v]) => !isActive(v));
    const key = monomialKey(own);
    const item = P.monomial(others, coefficient);
    const old = parts.get(key);
    parts.set(key, { monomial: own, rest: old === undefined ? item : P.add(old.rest, item) });
  }
  return parts;
}

/** Groups the terms of `form`; none of the coefficients is empty. */
export function groupTerms(
  form: ExpPolynomial,
  isActive: (variable: number) => boolean,
  budget: Budget,
): Group[] {
  const groups = new Map<string, { exponent: Polynomial; terms: Map<string, GroupTerm> }>();
  for (const { exponent, coefficient } of form.values()) {
    budget.spend();
    let [own, others] = [P.zero, P.zero];
    for (const { monomial, rest } of splitActive(exponent, isActive).values()) {
      const part = P.multiply(P.monomial(monomial), rest, budget);
      if (monomial.length === 0) others = P.add(others, part);
      else own = P.add(own, part);
    }
    const key = P.key(own);
    const group = groups.get(key) ?? { exponent: own, terms: new Map<string, GroupTerm>() };
    groups.set(key, group);
    for (const [at, { monomial, rest }] of splitActive(coefficient, isActive)) {
      const item: ExpPolynomial = new Map([[P.key(others), { exponent: others, coefficient: rest }]]);
      const old = group.terms.get(at);
      const sum = old === undefined ? item : expAdd(old.coefficient, item);
      if (sum.size === 0) group.terms.delete(at);
      else group.terms.set(at, { monomial, coefficient: sum });
    }
  }
  return [...groups.values()].filter((group) => group.terms.size > 0);
}
