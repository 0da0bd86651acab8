/** Enclosures of real expressions without folds, symbols having rational values or lying in intervals. */
import { gIsReal, type Rational } from "../exact/rational.ts";
import type { Interval, Intervals } from "../precise/interval.ts";
import { type Node, postorder, type SymbolNode } from "./node.ts";

/** The whole line where a part cannot be enclosed. */
export function enclose(
  root: Node,
  intervals: Intervals,
  value: (symbol: SymbolNode) => Rational | Interval,
): Interval {
  const found = new Map<Node, Interval>();
  for (const node of postorder(root)) found.set(node, compute(node));
  return found.get(root)!;

  function inside(at: Rational | Interval): Interval {
    return "num" in at ? intervals.rational(at) : at;
  }

  function compute(node: Node): Interval {
    switch (node.kind) {
      case "number":
        return gIsReal(node.value) ? intervals.rational(node.value.re) : intervals.whole();
      case "symbol":
        if (node.role === "constant") return intervals.pi();
        return inside(value(node));
      case "sum":
        return node.terms.reduce<Interval>(
          (total, [c, term]) =>
            intervals.add(
              total,
              gIsReal(c) ? intervals.multiply(intervals.rational(c.re), found.get(term)!) : intervals.whole(),
            ),
          intervals.rational({ num: 0n, den: 1n }),
        );
      case "product":
        return node.factors.reduce<Interval>(
          (total, [base, k]) => intervals.multiply(total, intervals.power(found.get(base)!, k)),
          intervals.rational({ num: 1n, den: 1n }),
        );
      case "call":
        return intervals.call(node.name, ...node.args.map((arg) => found.get(arg)!)) ?? intervals.whole();
      default:
        return intervals.whole();
    }
  }
}
