/**
 * What a verdict is about: for the squared loss of one output the model itself; for several outputs Σ_c y_c f_c, and for any
 * other loss Σ_a Δ_a ∂L/∂θ_a, targets and steps being indeterminates: the tier of such a sum is the joint one of its terms.
 */
import { type Architecture, isInstance, unknowns } from "../architecture/architecture.ts";
import { tierNodes } from "../architecture/objective.ts";
import type { Budget } from "../errors.ts";
import { isLiteral, literal } from "../expression/affine.ts";
import type { Node } from "../expression/node.ts";
import { expandInside, isShort } from "../expression/substitute.ts";
import type { Verdict } from "./verdict.ts";

export interface Subject {
  readonly of: "model" | "outputs" | "optimality";
  /** With sums and products over open indices. */
  readonly folded: Node;
  /** Without folds where sizes are numbers. */
  readonly node: Node;
  /** The subject is analytic where this is, kinks and branch points of the loss included; none for a loss that is one. */
  readonly analytic: readonly Node[];
}

/** Decides by linear closure alone: `folded` with its sums and products, `node` without those that have given sizes. */
export type DecideLinear = (folded: Node, node: Node) => Verdict;

/** Undefined where a function of the model has no derivative rule: then only kinks can be found. */
export function subjectOf(
  architecture: Architecture,
  budget: Budget,
): Subject | { readonly of: "loss"; readonly analytic: readonly Node[] } {
  const { algebra, model, output } = architecture;
  const { analytic, optimality } = tierNodes(architecture, budget);
  const squared = analytic === optimality;
  if (squared && output === undefined) {
    // The folded model serves searches that need its sums.
    return {
      of: "model",
      folded: model,
      node: unfolded(architecture, model, optimality, budget),
      analytic: [],
    };
  }
  if (optimality === undefined) return { of: "loss", analytic };
  const steps = squared ? [] : unknowns(architecture);
  const total = optimality.map((node, k) => {
    const step = steps[k]?.variable;
    const factor =
      step === undefined
        ? algebra.symbol("y", "target", [literal(k + 1)])
        : algebra.symbol(step.name, "step", step.indices);
    return algebra.multiply(node, factor);
  });
  const open = !isInstance(architecture);
  // With open sizes the equations of families hold their steps, and outputs of open number their targets.
  const ready = squared ? output !== undefined && !isLiteral(output.range.hi) : open;
  const sum = ready ? algebra.add(...optimality) : algebra.add(...total);
  return {
    of: squared ? "outputs" : "optimality",
    folded: sum,
    node: open ? expandInside(algebra, sum, budget) : sum,
    analytic: squared ? [] : analytic,
  };
}

function unfolded(architecture: Architecture, model: Node, nodes: readonly Node[], budget: Budget): Node {
  return isInstance(architecture) && isShort(model)
    ? nodes[0]!
    : expandInside(architecture.algebra, model, budget);
}
