/** Values of expressions without indexed sums and products, in high precision. */
import type { Node, SymbolNode } from "../../src/expression/node.ts";
import { postorder } from "../../src/expression/node.ts";
import { evaluateFunction } from "../../src/precise/judge.ts";
import type { Real, Reals } from "../../src/precise/mpfr.ts";

export function realValue(r: Reals, root: Node, symbol: (node: SymbolNode) => Real): Real {
  const values = new Map<Node, Real>();
  for (const node of postorder(root)) values.set(node, own(node));
  return values.get(root)!;

  function own(node: Node): Real {
    switch (node.kind) {
      case "number":
        return r.rational(node.value.re);
      case "symbol":
        return node.name === "pi" ? r.pi() : symbol(node);
      case "sum":
        return node.terms
          .map(([c, term]) => r.mul(r.rational(c.re), values.get(term)!))
          .reduce((a, b) => r.add(a, b));
      case "product":
        return node.factors.map(([base, k]) => r.power(values.get(base)!, k)).reduce((a, b) => r.mul(a, b));
      case "call":
        return evaluateFunction(
          r,
          node.name,
          node.args.map((arg) => values.get(arg)!),
        )!;
      default:
        throw new Error(node.kind);
    }
  }
}

/** Equal to so many digits, relative to the larger of 1 and the expected value. */
export function isClose(r: Reals, got: Real, expected: Real, digits: number): boolean {
  const scale = r.max(r.number(1), r.abs(expected));
  return r.compare(r.div(r.abs(r.sub(got, expected)), scale), r.power(r.number(10), -digits)) <= 0;
}
