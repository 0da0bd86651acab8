/**
 * Floors of expressions whose sums and products keep their indices: D^k u / k! as one expression in the parameters and the
 * steps Δ. For u' = Σ j u_j, (h∘u)_k = (1/k) Σ_j j u_j (h'∘u)_{k−j}; a product over an index is Leibniz's rule with one
 * factor left out, (Π u)_k = (1/k) Σ_j Σ_i j (u_i)_j (Π_{l≠i} u_l)_{k−j}.
 */
import type { Budget } from "../errors.ts";
import { rational } from "../exact/rational.ts";
import { others, partial } from "../expression/differentiate.ts";
import { type Algebra, type FoldNode, HAS, type Node, type SymbolNode } from "../expression/node.ts";

export interface Floors {
  /** D^k node / k! */
  floor(node: Node, k: number): Node;
  /** D^k (a b) / k!, without the product being formed. */
  product(a: Node, b: Node, k: number): Node;
}

/** @param moves the parameters that have a step, all by default */
export function createFloors(
  algebra: Algebra,
  budget: Budget,
  moves: (parameter: SymbolNode) => boolean = () => true,
): Floors {
  const memo = new Map<string, Node>();

  function floor(node: Node, k: number): Node {
    if (k === 0) return node;
    if ((node.has & HAS.parameter) === 0) return algebra.zero;
    const key = `${node.id}:${k}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    budget.spend();
    const made = compute(node, k);
    memo.set(key, made);
    return made;
  }

  function compute(node: Node, k: number): Node {
    switch (node.kind) {
      case "symbol":
        return k === 1 && moves(node) ? algebra.symbol(node.name, "step", node.indices) : algebra.zero;
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [c, floor(term, k)]));
      case "product": {
        const [first, ...rest] = node.factors;
        if (rest.length > 0) return product(algebra.product([first!]), algebra.product(rest), k);
        const [base, n] = first!;
        return chain(base, algebra.scale(n, algebra.product([[base, n - 1]])), k);
      }
      case "call":
        return algebra.add(
          ...node.args.map((arg, j) =>
            (arg.has & HAS.parameter) === 0
              ? algebra.zero
              : chain(arg, partial(algebra, node.name, node.args, j), k),
          ),
        );
      case "fold":
        return node.op === "sum" ? algebra.fold({ ...node, body: floor(node.body, k) }) : leftOut(node, k);
      default:
        return algebra.zero;
    }
  }

  function leftOut(node: FoldNode, k: number): Node {
    const rest = others(algebra, node);
    const parts = orders(1, k).map((j) =>
      algebra.scale(rational(j, k), algebra.multiply(floor(node.body, j), floor(rest, k - j))),
    );
    return algebra.fold({ ...node, op: "sum", body: algebra.add(...parts) });
  }

  function chain(arg: Node, slope: Node, k: number): Node {
    const parts = orders(1, k).map((j) =>
      algebra.scale(rational(j, k), algebra.multiply(floor(arg, j), floor(slope, k - j))),
    );
    return algebra.add(...parts);
  }

  function product(a: Node, b: Node, k: number): Node {
    return algebra.add(...orders(0, k).map((j) => algebra.multiply(floor(a, j), floor(b, k - j))));
  }

  return { floor, product };
}

const orders = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, k) => from + k);
