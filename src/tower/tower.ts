/**
 * The Taylor tower of the optimality condition: T_k = D^k g / k!, a homogeneous polynomial of degree k in the step.
 */
import { type Architecture, isInstance, unknowns } from "../architecture/architecture.ts";
import type { Loss } from "../architecture/losses.ts";
import { optimality, requireOutputs } from "../architecture/objective.ts";
import { type Budget, DescentError } from "../errors.ts";
import { differentiate } from "../expression/differentiate.ts";
import { children, type Node, postorder } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { createFloors } from "./floors.ts";
import { type GeneralTerm, generalTerm, isAbsent, type NoGeneralTerm } from "./general.ts";
import { createJets } from "./jets.ts";
import { Absent } from "./leaf.ts";
import { requireOrder, requireSmooth, requireSmoothLoss } from "./limits.ts";
import { type Recurrences, recurrences } from "./recurrence.ts";

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
  readonly loss: Loss;
  readonly components: readonly TowerComponent[];
  readonly generalTerm: GeneralTerm | Recurrences | NoGeneralTerm;
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
  return { order, loss: architecture.loss, components, generalTerm: termOf(architecture, budget) };
}

/** The closed form for the squared loss, where there is one; else recurrences, which know every loss; else a closed model. */
function termOf(architecture: Architecture, budget: Budget): Tower["generalTerm"] {
  const several = architecture.output !== undefined;
  const closed: Tower["generalTerm"] = several
    ? { absent: "several outputs with open sizes" }
    : generalTerm(architecture, budget);
  if (!isAbsent(closed) && architecture.loss === "squared") return closed;
  if (!isInstance(architecture)) return closed;
  try {
    return recurrences(architecture, budget);
  } catch (error) {
    // A derivative of the row may itself have no row.
    const without = error instanceof DescentError && error.code === "unsupported";
    if (!without && !(error instanceof Absent)) throw error;
    return several ? { absent: error.message } : closed;
  }
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

export const isRecurrence = (term: Tower["generalTerm"]): term is Recurrences =>
  "kind" in term && term.kind === "recurrence";

/**
 * The contract's JSON of a tower. A general term of kind `closed` has `orders`, the names of the orders by parameter, and formulas in them; of kind
 * `recurrence` it has sequences, each with its first entries and the formula of all others in the index and in entries such
 * as `s1[k - 1]`, counted from 0.
 */
export const towerJson = ({ order, loss, components, generalTerm: general }: Tower) => ({
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
    : isRecurrence(general)
      ? recurrenceJson(general)
      : closedJson(general, loss === "squared"),
});

const closedJson = ({ orders, derivative }: GeneralTerm, squared: boolean) => ({
  kind: "closed" as const,
  orders: Object.fromEntries(orders.map(({ parameter, order }) => [parameter, order])),
  model: print(derivative),
  optimality: squared ? LEIBNIZ : null,
});

const recurrenceJson = ({ index, sequences, model, optimality, nonzero }: Recurrences) => ({
  kind: "recurrence" as const,
  index,
  sequences: sequences.map(({ name, initial, recurrence, closed }) => ({
    name,
    initial: initial.map((node: Node) => print(node)),
    recurrence: print(recurrence),
    ...(closed === undefined ? {} : { closed: print(closed) }),
  })),
  ...(model === undefined ? {} : { model: print(model) }),
  optimality: Object.fromEntries(optimality.map(({ parameter, node }) => [parameter, print(node)])),
  nonzero: nonzero.map((node) => print(node)),
});

const LEIBNIZ =
  "d^n g_a = sum over 0 <= m <= n of binomial(n, m) * d^m(f - y) * d^(n - m + e_a) f, with d^n f as in model; T_k = sum over |n| = k of Delta^n/n! * d^n g_a";
