/** What a model is as a function of its inputs: whether it has a lattice form, and the order of its recurrence in one. */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { type Algebra, HAS, type Node, type SymbolNode, symbols } from "../expression/node.ts";
import { createNormaliser, isObstacle } from "../expression/normal.ts";
import { groupTerms, monomialDegree } from "./groups.ts";
import type { PointJudge } from "./nonzero.ts";
import { createTermCount } from "./parts.ts";
import { createTierProofs } from "./tiers.ts";

export interface DataForm {
  readonly lattice: boolean;
  readonly order: number | null;
}

/** A normal form that may have more terms than this is not computed for it. */
const TERM_LIMIT = 5_000;

const isInput = (s: SymbolNode): boolean => s.role === "input";

/** Exponents are compared in pairs: the order of longer sums is left open. */
const MOST_GROUPS = 64;

export function dataForm(algebra: Algebra, model: Node, judge: PointJudge, budget: Budget): DataForm {
  const termCount = createTermCount(algebra);
  const { active, distinct, nonzero } = createTierProofs(algebra, judge, budget);

  function plain(node: Node): DataForm {
    if (termCount(node) > TERM_LIMIT) return { lattice: false, order: null };
    const form = createNormaliser(algebra, isInput, budget).normal(node);
    if (isObstacle(form)) return { lattice: false, order: null };
    const isActive = active(isInput);
    const groups = groupTerms(form, isActive, budget);
    const affine = groups.every((g) =>
      [...P.terms(g.exponent)].every(
        ({ monomial }) => monomialDegree(monomial.filter(([v]) => isActive(v))) === 1,
      ),
    );
    const inputs = symbols(node, "input");
    const power = groups.flatMap((g) => [...g.terms.values()]).some((t) => t.monomial.some(([, k]) => k < 0));
    if (!affine || power) return { lattice: false, order: null };
    const degrees = groups.map((g) =>
      Math.max(...[...g.terms.values()].map((t) => monomialDegree(t.monomial))),
    );
    // The order is minimal where no two exponents may be equal and no leading coefficient may vanish.
    const certain = (): boolean =>
      groups.every(
        (g, k) =>
          distinct(g, groups) &&
          [...g.terms.values()].some(
            (t) => monomialDegree(t.monomial) === degrees[k] && nonzero(t.coefficient),
          ),
      );
    const few = inputs.length === 1 && groups.length <= MOST_GROUPS;
    const one = few && certain() ? degrees.reduce((a, b) => a + b + 1, 0) : null;
    return { lattice: true, order: one };
  }

  /** Sums and products of lattice forms are lattice forms, and exponentials of what is affine in the inputs. */
  function onLattice(node: Node): boolean {
    if ((node.has & HAS.fold) === 0) return plain(node).lattice;
    if (node.kind === "sum") return node.terms.every(([, term]) => onLattice(term));
    if (node.kind === "product") return node.factors.every(([base, k]) => k > 0 && onLattice(base));
    if (node.kind === "call")
      return algebra.primitives.get(node.name)?.exponentials !== undefined && isAffine(node.args[0]!);
    return node.kind === "fold" && onLattice(node.body);
  }

  function isAffine(node: Node): boolean {
    if ((node.has & HAS.input) === 0 || node.kind === "symbol") return true;
    if (node.kind === "sum") return node.terms.every(([, term]) => isAffine(term));
    if (node.kind === "fold") return node.op === "sum" && isAffine(node.body);
    if (node.kind !== "product") return false;
    const mixed = node.factors.filter(([base]) => (base.has & HAS.input) !== 0);
    return mixed.length === 1 && mixed[0]![1] === 1 && isAffine(mixed[0]![0]);
  }

  return (model.has & HAS.fold) === 0 ? plain(model) : { lattice: onLattice(model), order: null };
}
