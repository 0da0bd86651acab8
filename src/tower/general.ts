/**
 * The general term of the tower: every mixed derivative ∂^n f at once, as one formula in the orders n, one order for each
 * parameter. Sums are differentiated term by term, products in disjoint parameters factor by factor, and one term of an
 * exponential polynomial by Leibniz's rule: ∂^n θ^m e^{λθ} = Σ_s C(n,s) m(m−1)…(m−s+1) θ^{m−s} λ^{n−s} e^{λθ}.
 */
import { type Architecture, familyName, memberName } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { boundIndex, isLiteral, sameAffine } from "../expression/affine.ts";
import { some } from "../expression/algebra.ts";
import { differentiate, others } from "../expression/differentiate.ts";
import {
  type Algebra,
  children,
  type FoldNode,
  HAS,
  type Node,
  type SymbolNode,
  symbols,
} from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand, mapChildren, rebuild, shift } from "../expression/substitute.ts";
import { unanswered } from "./coverage.ts";
import { Absent, createLeaves, factorial } from "./leaf.ts";
import { type OrderSet, union, without } from "./orders.ts";

/** ∂^n f in the orders n; an order is a non-negative integer for each parameter. */
export interface GeneralTerm {
  readonly derivative: Node;
  /** The order of each family's members, by the family's name with its indices. */
  readonly orders: readonly { readonly parameter: string; readonly order: string }[];
}

export interface NoGeneralTerm {
  readonly absent: string;
}

export const isAbsent = (term: object): term is NoGeneralTerm => "absent" in term;

interface Differentiated {
  readonly derivative: Node;
  /** The orders that the derivative answers for. */
  readonly own: readonly OrderSet[];
}

/** The general term of a model, or why there is none: factors that share parameters, functions beyond the class. */
export function generalTerm(architecture: Architecture, budget: Budget): GeneralTerm | NoGeneralTerm {
  const { algebra, model } = architecture;
  const named = orderNames(architecture);
  try {
    const { derivative: inner, own } = createRules(algebra, named, budget)(model);
    // A derivative by a parameter that the formula no longer holds is 0.
    const others = architecture.parameters.map((family) =>
      unanswered(algebra, family, named(family.name), own),
    );
    const derivative = algebra.multiply(inner, ...others);
    const orders = architecture.parameters.map((family) => ({
      parameter: familyName(family),
      order: familyName({ ...family, name: named(family.name) }),
    }));
    return { derivative, orders };
  } catch (error) {
    if (error instanceof Absent) return { absent: error.message };
    throw error;
  }
}

/** The formula at given orders, by the parameters' names; those not named are 0. Sizes must be numbers by then. */
export function atOrders(
  architecture: Architecture,
  term: GeneralTerm,
  orders: Readonly<Record<string, number>>,
  budget: Budget,
): Node {
  const { algebra } = architecture;
  const named = orderNames(architecture);
  const families = new Map(architecture.parameters.map((f) => [named(f.name), f.name]));
  return rebuild(algebra, expand(algebra, term.derivative, budget), {
    symbol: (node) => {
      const family = node.role === "constant" ? families.get(node.name) : undefined;
      if (family === undefined) return undefined;
      return algebra.number(
        orders[
          memberName(
            family,
            node.indices.map((i) => i.constant),
          )
        ] ?? 0,
      );
    },
  });
}

/**
 * ∂^n g_a for one datum of the squared loss, by Leibniz's rule: Σ_{m ≤ n} Π C(n_b, m_b) ∂^m (f − y) ∂^{n−m} ∂_a f.
 * Sizes must be numbers.
 *
 * @param parameter a, a scalar parameter by name
 */
export function gradientAtOrders(
  architecture: Architecture,
  term: GeneralTerm,
  parameter: string,
  orders: Readonly<Record<string, number>>,
  budget: Budget,
): Node {
  const { algebra } = architecture;
  const y = algebra.symbol("y", "target");
  const parts: Node[] = [];
  const names = Object.keys(orders);
  const visit = (at: number, lower: Record<string, number>, weight: number): void => {
    const name = names[at];
    if (name !== undefined) {
      const n = orders[name]!;
      for (let m = 0; m <= n; m++) visit(at + 1, { ...lower, [name]: m }, weight * binomial(n, m));
      return;
    }
    const model = atOrders(architecture, term, lower, budget);
    const none = Object.values(lower).every((m) => m === 0);
    const upper: Record<string, number> = Object.fromEntries(names.map((b) => [b, orders[b]! - lower[b]!]));
    upper[parameter] = (upper[parameter] ?? 0) + 1;
    const slope = atOrders(architecture, term, upper, budget);
    parts.push(algebra.scale(weight, algebra.multiply(none ? algebra.subtract(model, y) : model, slope)));
  };
  visit(0, {}, 1);
  return algebra.add(...parts);
}

const binomial = (n: number, k: number): number => factorial(n) / (factorial(k) * factorial(n - k));

/** `n_A` for the family A, lengthened where a symbol of the model, or the order of another family, has that name. */
function orderNames({ model, parameters }: Architecture): (family: string) => string {
  const taken = new Set(
    (["parameter", "input", "constant"] as const).flatMap((role) => symbols(model, role).map((s) => s.name)),
  );
  const orders = new Map<string, string>();
  for (const { name: family } of parameters) {
    let name = `n_${family}`;
    while (taken.has(name)) name = `n_${name}`;
    taken.add(name);
    orders.set(family, name);
  }
  return (family) => orders.get(family) ?? `n_${family}`;
}

function createRules(
  algebra: Algebra,
  named: (family: string) => string,
  budget: Budget,
): (node: Node) => Differentiated {
  /** The orders of sums that stand as parameters of their own. */
  const totals = new Map<Node, Node>();
  const orderOf = (s: SymbolNode): Node =>
    totals.get(s) ?? algebra.symbol(named(s.name), "constant", s.indices);
  const leaves = createLeaves(algebra, orderOf, budget);
  const isZero = (order: Node): Node => algebra.call("delta", [order, algebra.zero]);

  function differentiated(node: Node): Differentiated {
    budget.spend();
    if ((node.has & HAS.parameter) === 0) return { derivative: node, own: [] };
    if (!some(node, (n) => n.kind === "fold" && (n.has & HAS.parameter) !== 0)) {
      if (node.kind === "product") return leaves.isSingle(node) ? leaf(node) : (product(node) ?? leaf(node));
      if (node.kind !== "sum") return leaf(node);
    }
    if (node.kind === "sum") return sum(node.terms.map(([c, term]) => [algebra.number(c), term]));
    if (node.kind === "product") return product(node) ?? throughSums(node);
    return node.kind === "fold" ? fold(node) : throughSums(node);
  }

  /**
   * A function of affine sums S = Σ_i c_i θ_i + … over an index: ∂^n = Π_i c_i^{n_i} ∂_S^{N} with N = Σ_i n_i. Each sum is
   * a parameter of its own while the rest is differentiated.
   */
  function throughSums(node: Node): Differentiated {
    const sums = outermostFolds(node);
    const stands = new Map(
      sums.map((sum, k) => [
        sum,
        algebra.symbol(`sum ${k + 1}`, "parameter", sum.free.map(boundIndex)) as SymbolNode,
      ]),
    );
    const plain = replaceNodes(algebra, node, stands);
    const own: OrderSet[] = [];
    const factors: Node[] = [];
    for (const [sum, symbol] of stands) {
      const members = symbols(sum.body, "parameter");
      const rest = symbols(plain, "parameter").filter((s) => s !== symbol);
      const affine =
        sum.op === "sum" && !some(sum.body, (n) => n.kind === "fold" && (n.has & HAS.parameter) !== 0);
      const shares = [...rest, ...sums.filter((s) => s !== sum).flatMap((s) => symbols(s.body, "parameter"))];
      if (!affine || members.some((s) => !ownIndex(s) || shares.some((t) => t.name === s.name))) {
        throw new Absent(`${print(node)}: a sum or product of open length inside of a function`);
      }
      const total: Node[] = [];
      for (const s of members) {
        const slope = differentiate(
          algebra,
          sum.body,
          {
            name: s.name,
            role: "parameter",
            indices: s.indices,
            ranges: s.indices.map((a) => ({ lo: a, hi: a })),
          },
          budget,
        );
        if ((slope.has & HAS.parameter) !== 0)
          throw new Absent(`${print(node)}: a sum that is not affine inside of a function`);
        factors.push(algebra.fold({ ...sum, op: "prod", body: algebra.call("pow", [slope, orderOf(s)]) }));
        total.push(orderOf(s));
      }
      totals.set(symbol, algebra.fold({ ...sum, body: algebra.add(...total) }));
      own.push({ folds: [sum], orders: new Set(total) });
    }
    const inner = leaf(plain);
    const direct = new Set(
      symbols(plain, "parameter")
        .filter((s) => !totals.has(s))
        .map(orderOf),
    );
    const back = new Map([...stands].map(([sum, symbol]): [Node, Node] => [symbol, sum]));
    return {
      derivative: algebra.multiply(...factors, replaceNodes(algebra, inner.derivative, back)),
      own: union([own, [{ folds: [], orders: direct }]]),
    };
  }

  /** Whether a member carries the index of the sum around it, in one place, and stands once in it. */
  const ownIndex = (s: SymbolNode): boolean => s.indices.some((a) => sameAffine(a, boundIndex(0)));

  /** Each term differentiated by its own parameters, and 0 where another's order is not. */
  function sum(terms: readonly (readonly [Node, Node])[]): Differentiated {
    const parts = terms.map(([c, term]) => ({ c, ...differentiated(term) }));
    const own = union(parts.map((part) => part.own));
    const derivative = algebra.add(
      ...parts.map((part) => algebra.multiply(part.c, part.derivative, indicator(without(own, part.own)))),
    );
    return { derivative, own };
  }

  /** Undefined where two factors share a parameter. */
  function product(node: Node & { kind: "product" }): Differentiated | undefined {
    const active = node.factors.filter(([base]) => (base.has & HAS.parameter) !== 0);
    const groups = shared(active.map(([base]) => base));
    const parts: Differentiated[] = [];
    for (const group of groups) {
      const factors = active.filter(([base]) => group.includes(base));
      const part = algebra.product(factors);
      if (part === node) return undefined;
      parts.push(differentiated(part));
    }
    const rest = node.factors.filter(([base]) => (base.has & HAS.parameter) === 0);
    return {
      derivative: algebra.multiply(algebra.product(rest), ...parts.map((part) => part.derivative)),
      own: union(parts.map((part) => part.own)),
    };
  }

  function fold(node: FoldNode): Differentiated {
    const { derivative, own } = differentiated(node.body);
    const bound = own.map(({ folds, orders }) => ({
      folds,
      orders: new Set([...orders].filter((order) => order.free.includes(folds.length))),
    }));
    if (node.op === "prod") {
      if (own.some(({ orders }, k) => orders.size !== bound[k]!.orders.size) || !apart(own)) {
        throw new Absent("the factors of a product over an index share parameters");
      }
      const whole = algebra.fold({ ...node, body: derivative });
      return { derivative: whole, own: own.map((set) => ({ ...set, folds: [...set.folds, node] })) };
    }
    // In the scope of the index k: all orders at other indices than k are 0.
    const elsewhere = others(algebra, { ...node, op: "prod", hint: `${node.hint}2`, body: indicator(bound) });
    const shiftOut = (set: OrderSet): OrderSet => ({
      folds: set.folds,
      orders: new Set([...set.orders].map((order) => shift(algebra, order, -1, set.folds.length))),
    });
    const free = without(own, bound);
    return {
      derivative: algebra.fold({ ...node, body: algebra.multiply(derivative, elsewhere) }),
      own: [
        ...bound.filter((set) => set.orders.size > 0).map((set) => ({ ...set, folds: [...set.folds, node] })),
        ...free.map(shiftOut),
      ],
    };
  }

  /** Whether every family carries the fold's index, in one place. */
  function apart(own: readonly OrderSet[]): boolean {
    const places = new Map<string, number>();
    for (const { folds, orders } of own) {
      for (const order of orders) {
        if (order.kind !== "symbol") return false;
        const at = order.indices.findIndex((a) => a.key === boundIndex(folds.length).key);
        if (at < 0 || (places.get(order.name) ?? at) !== at) return false;
        places.set(order.name, at);
      }
    }
    return true;
  }

  /** [all these orders are 0] */
  function indicator(sets: readonly OrderSet[]): Node {
    return algebra.multiply(
      ...sets
        .filter((set) => set.orders.size > 0)
        .map(({ folds, orders }) =>
          folds.reduce(
            (body, outer) => algebra.fold({ ...outer, op: "prod", body }),
            isZero(algebra.add(...orders)),
          ),
        ),
    );
  }

  const leaf = (node: Node): Differentiated => ({
    derivative: leaves.derivative(node),
    own: [{ folds: [], orders: new Set(symbols(node, "parameter").map(orderOf)) }],
  });

  return differentiated;
}

/** Folds with parameters that stand in no other such fold. */
function outermostFolds(root: Node): FoldNode[] {
  const found: FoldNode[] = [];
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if ((node.has & HAS.parameter) === 0) continue;
    if (node.kind === "fold") {
      if (!found.includes(node)) found.push(node);
    } else stack.push(...children(node));
  }
  return found;
}

/** Nodes outside of every fold replaced by others. */
function replaceNodes(algebra: Algebra, root: Node, by: ReadonlyMap<Node, Node>): Node {
  const visit = (node: Node): Node => {
    const image = by.get(node);
    if (image !== undefined || node.kind === "fold") return image ?? node;
    return mapChildren(algebra, node, visit);
  };
  return visit(root);
}

/** Groups nodes that share a parameter; members at open indices may be any member of their family. */
function shared(nodes: readonly Node[]): Node[][] {
  let groups: { nodes: Node[]; keys: Set<string> }[] = [];
  const open = new Set(
    nodes.flatMap((n) =>
      symbols(n, "parameter").flatMap((s) => (s.indices.every(isLiteral) ? [] : [s.name])),
    ),
  );
  for (const node of nodes) {
    const keys = new Set(symbols(node, "parameter").map((s) => (open.has(s.name) ? s.name : print(s))));
    const meet = groups.filter((g) => [...keys].some((key) => g.keys.has(key)));
    const merged = {
      nodes: [...meet.flatMap((g) => g.nodes), node],
      keys: new Set([...meet.flatMap((g) => [...g.keys]), ...keys]),
    };
    groups = [...groups.filter((g) => !meet.includes(g)), merged];
  }
  return groups.map((g) => g.nodes);
}
