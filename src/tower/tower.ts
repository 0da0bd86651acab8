/**
 * The Taylor tower of the optimality condition: T_k = D^k g / k!, a homogeneous polynomial of degree k in the step.
 */
import { type Architecture, isInstance, unknowns } from "../architecture/architecture.ts";
import { optimality, requireOutputs } from "../architecture/objective.ts";
import { type Budget, DescentError } from "../errors.ts";
import { differentiate } from "../expression/differentiate.ts";
import { children, type Node, postorder } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { createFloors } from "./floors.ts";
import { type GeneralTerm, generalTerm, isAbsent, type NoGeneralTerm } from "./general.ts";
import { createJets } from "./jets.ts";
import { requireOrder, requireSmooth, requireSmoothLoss } from "./limits.ts";

export interface TowerTerm {
  readonly order: number;
  /** Powers of the steps, by parameter. With open sizes it is empty: the steps then stand in the coefficient. */
  readonly monomial: Readonly<Record<string, number>>;
  readonly coefficient: Node;
}

export interface TowerComponent {
  /** A scalar, or with open sizes a family with its indices. */
  readonly parameter: string;
  /** Names of the free indices of the coefficients, innermost first. */
  readonly scope: readonly string[];
  /** By ascending order; terms with coefficient 0 are left out. */
  readonly terms: readonly TowerTerm[];
}

export interface Tower {
  readonly order: number;
  readonly components: readonly TowerComponent[];
  readonly generalTerm: GeneralTerm | NoGeneralTerm;
}

/**
 * The floors T_0 … T_order of the optimality condition for one datum, and the general term. For the squared loss of one output
 * T_0 is the product of residual and slope as it stands; other losses and several outputs are summed in one equation.
 *
 * @throws DescentError `input` where the order is out of range or the loss does not fit the outputs, `unsupported` for a loss
 * or a function with a kink, and for functions without derivative rule
 */
export function tower(architecture: Architecture, order: number, budget: Budget): Tower {
  requireOrder(order);
  requireOutputs(architecture);
  requireSmoothLoss(architecture);
  requireSmooth(architecture);
  const { algebra } = architecture;
  const instance = isInstance(architecture);
  const by = unknowns(architecture);
  const orders = Array.from({ length: order + 1 }, (_, k) => k);
  const jets = createJets(
    algebra,
    by.map((p) => p.name),
    order,
    budget,
  );
  const floors = createFloors(algebra, budget);
  const components = gradients(architecture, budget).map(({ name, scope, factors }): TowerComponent => {
    const [first, second] = factors;
    const terms = orders.flatMap((k): TowerTerm[] => {
      if (!instance) {
        const coefficient = second === undefined ? floors.floor(first, k) : floors.product(first, second, k);
        requirePrintable(coefficient, k);
        return coefficient === algebra.zero ? [] : [{ order: k, monomial: {}, coefficient }];
      }
      const floor =
        second === undefined ? jets.coefficient(first, k) : jets.productCoefficient(first, second, k);
      return [...floor].map(([key, coefficient]) => ({
        order: k,
        monomial: jets.powers(key),
        coefficient,
      }));
    });
    return { parameter: name, scope, terms };
  });
  return { order, components, generalTerm: generalTerm(architecture, budget) };
}

interface Gradient {
  readonly name: string;
  readonly scope: readonly string[];
  /** ∂L/∂θ_a, of the squared loss of one output as residual and slope. */
  readonly factors: readonly [Node] | readonly [residual: Node, slope: Node];
}

function gradients(architecture: Architecture, budget: Budget): Gradient[] {
  const { algebra, loss, output } = architecture;
  if (loss !== "squared" || output !== undefined) {
    return optimality(architecture, budget).map(({ name, scope, node }) => ({
      name,
      scope,
      factors: [node],
    }));
  }
  const model = isInstance(architecture) ? expand(algebra, architecture.model, budget) : architecture.model;
  const residual = algebra.subtract(model, algebra.symbol("y", "target"));
  return unknowns(architecture).map(({ name, variable, scope }) => ({
    name,
    scope,
    factors: [residual, differentiate(algebra, model, variable, budget)],
  }));
}

/** Characters of a formula, at least, beyond which it is of no use to anyone. */
const PRINT_LIMIT = 20_000_000;

/** Shared parts are written out wherever they stand, so a formula can be far longer than its expression is large. */
function requirePrintable(root: Node, order: number): void {
  const sizes = new Map<Node, number>();
  for (const node of postorder(root)) {
    sizes.set(
      node,
      children(node).reduce((total, child) => total + sizes.get(child)!, 4),
    );
  }
  if (sizes.get(root)! > PRINT_LIMIT) {
    throw new DescentError("budget", `the formula of floor ${order} is too long to write`, {
      accepted: `a lower order than ${order}`,
    });
  }
}

/** `unsupported` for every loss but the squared one, and for several outputs. */
export function requireSquared(architecture: Architecture): void {
  if (architecture.output !== undefined) {
    throw new DescentError("unsupported", "several outputs are not built yet", {
      accepted: "a model with one output",
    });
  }
  if (architecture.loss !== "squared") {
    throw new DescentError("unsupported", `the loss '${architecture.loss}' is not built yet`, {
      accepted: "squared",
    });
  }
}

/** The contract's JSON of a tower. */
export const towerJson = ({ order, components, generalTerm: general }: Tower) => ({
  order,
  components: components.map(({ parameter, scope, terms }) => ({
    parameter,
    terms: terms.map((term) => ({
      order: term.order,
      monomial: term.monomial,
      coefficient: print(term.coefficient, scope),
    })),
  })),
  generalTerm: isAbsent(general)
    ? null
    : {
        orders: Object.fromEntries(general.orders.map(({ parameter, order: name }) => [parameter, name])),
        model: print(general.derivative),
        optimality: LEIBNIZ,
      },
});

const LEIBNIZ =
  "d^n g_a = sum over 0 <= m <= n of binomial(n, m) * d^m(f - y) * d^(n - m + e_a) f, with d^n f as in model; T_k = sum over |n| = k of Delta^n/n! * d^n g_a";
