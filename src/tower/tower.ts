/**
 * The Taylor tower of the optimality condition: T_k = D^k g / k!, a homogeneous polynomial of degree k in the step.
 * Coefficients come from jet recurrences on the expression itself: for u' = Σ j u_j, (h∘u)_k = (1/k) Σ_j j u_j (h'∘u)_{k−j},
 * with h' read from the primitive's row (Griewank and Walther, Evaluating Derivatives, ch. 13).
 */
import { type Architecture, isInstance, memberName, unknowns } from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import { G_ONE, rational } from "../exact/rational.ts";
import { differentiate, partial } from "../expression/differentiate.ts";
import type { Algebra } from "../expression/node.ts";
import { children, HAS, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { createFloors } from "./floors.ts";
import { type GeneralTerm, generalTerm, isAbsent, type NoGeneralTerm } from "./general.ts";

/** The highest order that is computed. */
export const ORDER_LIMIT = 20;

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

/** A homogeneous polynomial in the steps: exponent lists `parameter:power` to coefficients. */
type Homogeneous = ReadonlyMap<string, Node>;

/**
 * The floors T_0 … T_order of the optimality condition of the squared loss for one datum, and the general term.
 * Throws where the order is out of range or a function has no derivative rule.
 */
export function tower(architecture: Architecture, order: number, budget: Budget): Tower {
  if (!Number.isInteger(order) || order < 0 || order > ORDER_LIMIT) {
    throw new DescentError("input", `the order ${order} is out of range`, {
      accepted: `a whole number from 0 to ${ORDER_LIMIT}`,
    });
  }
  requireSquared(architecture);
  const { algebra } = architecture;
  const instance = isInstance(architecture);
  const model = instance ? expand(algebra, architecture.model, budget) : architecture.model;
  const residual = algebra.subtract(model, algebra.symbol("y", "target"));
  const by = unknowns(architecture);
  const orders = Array.from({ length: order + 1 }, (_, k) => k);
  const names = by.map((p) => p.name);
  const jets = createJets(algebra, names, budget);
  const floors = createFloors(algebra, budget);
  const components = by.map(({ name, variable, scope }): TowerComponent => {
    const slope = differentiate(algebra, model, variable, budget);
    const terms = orders.flatMap((k): TowerTerm[] => {
      if (!instance) {
        const coefficient = floors.product(residual, slope, k);
        requirePrintable(coefficient, k);
        return coefficient === algebra.zero ? [] : [{ order: k, monomial: {}, coefficient }];
      }
      const floor = jets.productCoefficient(residual, slope, k);
      return [...floor].map(([key, coefficient]) => ({
        order: k,
        monomial: monomialOf(key, names),
        coefficient,
      }));
    });
    return { parameter: name, scope, terms };
  });
  return { order, components, generalTerm: generalTerm(architecture, budget) };
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

interface Jets {
  productCoefficient(a: Node, b: Node, k: number): Homogeneous;
}

function createJets(algebra: Algebra, names: readonly string[], budget: Budget): Jets {
  const memo = new Map<string, Homogeneous>();
  const positions = new Map(names.map((name, k) => [name, k]));
  const none: Homogeneous = new Map();

  function coefficient(node: Node, k: number): Homogeneous {
    if (k === 0) return node === algebra.zero ? none : new Map([["", node]]);
    if ((node.has & HAS.parameter) === 0) return none;
    const key = `${node.id}:${k}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const made = compute(node, k);
    memo.set(key, made);
    return made;
  }

  function compute(node: Node, k: number): Homogeneous {
    switch (node.kind) {
      case "symbol":
        return k === 1 ? new Map([[`${positions.get(symbolKey(node))}:1`, algebra.one]]) : none;
      case "sum":
        return gather(
          node.terms.flatMap(([c, term]) => scaled(coefficient(term, k), (n) => algebra.scale(c, n))),
        );
      case "product": {
        const [[base, n], ...rest] = node.factors as [
          readonly [Node, number],
          ...(readonly [Node, number])[],
        ];
        if (rest.length > 0) return convolve(algebra.product([[base, n]]), algebra.product(rest), k);
        return chain(base, algebra.scale(n, algebra.product([[base, n - 1]])), k);
      }
      case "call":
        return gather(
          node.args.flatMap((arg, j) =>
            (arg.has & HAS.parameter) === 0
              ? []
              : [...chain(arg, partial(algebra, node.name, node.args, j), k)],
          ),
        );
      default:
        throw new DescentError("internal", `no jet of a ${node.kind}`);
    }
  }

  /** (h∘u)_k = (1/k) Σ_j j u_j (h'∘u)_{k−j}. */
  function chain(arg: Node, slope: Node, k: number): Homogeneous {
    const parts: [string, Node][] = [];
    for (let j = 1; j <= k; j++) {
      const factor = rational(j, k);
      const part = multiply(coefficient(arg, j), coefficient(slope, k - j));
      for (const item of scaled(part, (n) => algebra.scale(factor, n))) parts.push(item);
    }
    return gather(parts);
  }

  function convolve(a: Node, b: Node, k: number): Homogeneous {
    const parts: [string, Node][] = [];
    for (let j = 0; j <= k; j++) {
      for (const item of multiply(coefficient(a, j), coefficient(b, k - j))) parts.push(item);
    }
    return gather(parts);
  }

  function multiply(a: Homogeneous, b: Homogeneous): Homogeneous {
    const parts: [string, Node][] = [];
    for (const [p, x] of a) {
      for (const [q, y] of b) {
        budget.spend(4);
        parts.push([monomialProduct(p, q), algebra.multiply(x, y)]);
      }
    }
    return gather(parts);
  }

  function gather(parts: readonly (readonly [string, Node])[]): Homogeneous {
    const lists = new Map<string, Node[]>();
    for (const [key, node] of parts) {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [node]);
      else list.push(node);
    }
    const result = new Map<string, Node>();
    for (const [key, list] of lists) {
      const total = algebra.combine(list.map((node) => [G_ONE, node]));
      if (total !== algebra.zero) result.set(key, total);
    }
    return result;
  }

  return { productCoefficient: convolve };
}

const symbolKey = (node: SymbolNode): string =>
  memberName(
    node.name,
    node.indices.map((i) => i.constant),
  );

const scaled = (part: Homogeneous, by: (node: Node) => Node): [string, Node][] =>
  [...part].map(([key, node]) => [key, by(node)]);

function monomialProduct(a: string, b: string): string {
  if (a === "") return b;
  if (b === "") return a;
  const powers = new Map<number, number>();
  for (const item of `${a},${b}`.split(",")) {
    const [variable, power] = item.split(":").map(Number) as [number, number];
    powers.set(variable, (powers.get(variable) ?? 0) + power);
  }
  return [...powers]
    .sort(([i], [j]) => i - j)
    .map(([i, k]) => `${i}:${k}`)
    .join(",");
}

function monomialOf(key: string, names: readonly string[]): Record<string, number> {
  const monomial: Record<string, number> = Object.create(null);
  if (key === "") return monomial;
  for (const item of key.split(",")) {
    const [variable, power] = item.split(":").map(Number) as [number, number];
    monomial[names[variable]!] = power;
  }
  return monomial;
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
