/** Tiers read off a normal form, with proofs of every fact that they rest on. */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { type Algebra, type SymbolNode, symbols } from "../expression/node.ts";
import type { ExpPolynomial } from "../expression/normal.ts";
import { type Group, monomialDegree } from "./groups.ts";
import { type PointJudge, provesNonzero } from "./nonzero.ts";

export interface Undecided {
  readonly reason: string;
}

export const isUndecided = <T extends object>(found: T | Undecided): found is Undecided => "reason" in found;

export const UNCERTAIN = { reason: "a coefficient could not be proved to be nonzero" };

/** What a function is in its active symbols; the degree counts for polynomials. */
export interface ProvenTier {
  readonly tier: "polynomial" | "exponential-polynomial";
  readonly degree: number;
}

export type IsActive = (variable: number) => boolean;

export interface TierProofs {
  nonzero(form: ExpPolynomial): boolean;
  /** Whether the exponent of a group is proved to be none of the others'. */
  distinct(group: Group, groups: readonly Group[]): boolean;
  /** The tier the groups have, where every fact it rests on is proved. */
  proven(groups: readonly Group[], isActive: IsActive): ProvenTier | Undecided;
  /** The same without proofs, the generators taken as independent: the true tier and degree are no higher. */
  upper(groups: readonly Group[], isActive: IsActive): ProvenTier | Undecided;
  /** Generators in which a wanted symbol stands: the symbol, or a sum over an index with it. */
  active(wanted: (s: SymbolNode) => boolean): IsActive;
}

const asForm = (p: P.Polynomial): ExpPolynomial =>
  P.isZero(p) ? new Map() : new Map([[P.key(P.zero), { exponent: P.zero, coefficient: p }]]);

export function createTierProofs(algebra: Algebra, judge: PointJudge, budget: Budget): TierProofs {
  const nonzero = (form: ExpPolynomial): boolean => provesNonzero(algebra, form, judge, budget);
  /** Whether λ is proved to be no constant: generators of the data alone may be related to each other. */
  const exponentNonzero = (group: Group): boolean => nonzero(asForm(group.exponent));
  const distinct = (group: Group, groups: readonly Group[]): boolean =>
    groups.every((g) => {
      budget.spend();
      return g === group || nonzero(asForm(P.subtract(g.exponent, group.exponent)));
    });

  function upper(groups: readonly Group[], isActive: IsActive): ProvenTier | Undecided {
    const exponential = groups.filter((g) => !P.isZero(g.exponent));
    for (const group of exponential) {
      for (const { monomial } of P.terms(group.exponent)) {
        const degree = monomialDegree(monomial.filter(([v]) => isActive(v)));
        if (degree !== 1)
          return { reason: "an exponent is not affine in the parameters: beyond the tiers decided yet" };
      }
    }
    const terms = groups.flatMap((g) => [...g.terms.values()]);
    return exponential.length > 0
      ? { tier: "exponential-polynomial", degree: 0 }
      : { tier: "polynomial", degree: Math.max(0, ...terms.map((t) => monomialDegree(t.monomial))) };
  }

  function proven(groups: readonly Group[], isActive: IsActive): ProvenTier | Undecided {
    const bound = upper(groups, isActive);
    if (isUndecided(bound)) return bound;
    if (bound.tier === "exponential-polynomial") {
      const certain = groups.some(
        (g) =>
          !P.isZero(g.exponent) &&
          exponentNonzero(g) &&
          distinct(g, groups) &&
          [...g.terms.values()].some((t) => nonzero(t.coefficient)),
      );
      return certain ? bound : UNCERTAIN;
    }
    const top = groups
      .flatMap((g) => [...g.terms.values()])
      .filter((t) => monomialDegree(t.monomial) === bound.degree);
    return bound.degree > 0 && !top.some((t) => nonzero(t.coefficient)) ? UNCERTAIN : bound;
  }

  function active(wanted: (s: SymbolNode) => boolean): IsActive {
    const known = new Map<number, boolean>();
    return (variable) => {
      const old = known.get(variable);
      if (old !== undefined) return old;
      const node = algebra.node(variable);
      const own =
        node.kind === "symbol"
          ? wanted(node)
          : node.kind === "fold" && [...symbols(node, "parameter"), ...symbols(node, "input")].some(wanted);
      known.set(variable, own);
      return own;
    };
  }

  return { nonzero, distinct, proven, upper, active };
}
