/** All mixed derivatives of a model up to an order. */
import { type Architecture, parameterVariables } from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import type { Node } from "../expression/node.ts";
import { expand } from "../expression/substitute.ts";
import { createJets } from "./jets.ts";
import { requireInstance, requireOrder, requireSmooth } from "./limits.ts";

export interface PartialDerivative {
  /** By the names of the parameters; those that are not named have order 0. */
  readonly orders: Readonly<Record<string, number>>;
  readonly derivative: Node;
}

/** The most derivatives that are listed. */
const MOST_PARTIALS = 200_000;

/**
 * ∂^n f for every multi-index n of total order 0 … order, each once, those that are 0 among them; by ascending total order,
 * high orders of the first parameters first. Each is written down by itself where the model is an exponential polynomial
 * with few terms, else read off the jets of the model.
 *
 * @throws DescentError `input` for an order out of range or sizes left open, `unsupported` for several outputs and for
 * functions without derivative, `budget` where there are too many
 * @example
 * const decay = architecture({ model: "A*exp(-k*x)" });
 * const [, byA] = partials(decay, 1, createBudget());
 * [byA.orders, modelText({ ...decay, model: byA.derivative })]; // [{ A: 1 }, "exp(-k*x)"]
 */
export function partials(architecture: Architecture, order: number, budget: Budget): PartialDerivative[] {
  requireOrder(order);
  requireInstance(architecture);
  if (architecture.output !== undefined) {
    throw new DescentError("unsupported", "the model has several outputs", {
      accepted: "a model with one output",
    });
  }
  requireSmooth(architecture);
  const { algebra } = architecture;
  const names = parameterVariables(architecture).map(({ name }) => name);
  requireFew(names.length, order);
  const jets = createJets(algebra, names, order, budget);
  const model = expand(algebra, architecture.model, budget);
  const found: PartialDerivative[] = [];
  const orders = new Array<number>(names.length).fill(0);
  for (let k = 0; k <= order; k++) {
    const floor = jets.derivatives(model, k);
    const visit = (at: number, left: number, monomial: number): void => {
      if (left === 0 || at === names.length) {
        if (left > 0) return;
        budget.spend();
        const named: Record<string, number> = {};
        names.forEach((name, i) => {
          if (orders[i]! > 0) named[name] = orders[i]!;
        });
        found.push({ orders: named, derivative: floor.get(monomial) ?? algebra.zero });
        return;
      }
      for (let n = left; n >= 0; n--) {
        orders[at] = n;
        visit(at + 1, left - n, jets.times(monomial, at, n));
      }
    };
    visit(0, k, jets.one);
  }
  return found;
}

/** C(m + order, order) */
function requireFew(m: number, order: number): void {
  let count = 1;
  for (let k = 1; k <= order; k++) count = (count * (m + k)) / k;
  if (count <= MOST_PARTIALS) return;
  throw new DescentError("budget", `${Math.round(count)} derivatives are too many to list`, {
    accepted: `at most ${MOST_PARTIALS}: a lower order than ${order}`,
  });
}
