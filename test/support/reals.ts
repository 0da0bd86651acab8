import { gIsReal } from "../../src/exact/rational.ts";
import type { Node } from "../../src/expression/node.ts";
import { postorder, type SymbolNode } from "../../src/expression/node.ts";
import { evaluateFunction } from "../../src/precise/judge.ts";
import type { Real, Reals } from "../../src/precise/mpfr.ts";

/**
 * The value of a real expression without folds, in many digits, and the same with every sum taken of absolute terms: what
 * rounding errors are measured against.
 */
export function evaluate(
  root: Node,
  r: Reals,
  value: (symbol: SymbolNode) => Real,
): { value: Real; magnitude: Real } {
  const found = new Map<Node, { value: Real; magnitude: Real }>();
  const zero = r.number(0);
  for (const node of postorder(root)) found.set(node, compute(node));
  return found.get(root)!;

  function compute(node: Node): { value: Real; magnitude: Real } {
    switch (node.kind) {
      case "number": {
        if (!gIsReal(node.value)) throw new Error("complex");
        const x = r.rational(node.value.re);
        return { value: x, magnitude: r.unary("abs", x) };
      }
      case "symbol": {
        const x = node.role === "constant" && node.name === "pi" ? r.pi() : value(node);
        return { value: x, magnitude: r.unary("abs", x) };
      }
      case "sum": {
        let [total, size] = [zero, zero];
        for (const [c, term] of node.terms) {
          const factor = r.rational(c.re);
          const item = found.get(term)!;
          total = r.binary("add", total, r.binary("mul", factor, item.value));
          size = r.binary("add", size, r.binary("mul", r.unary("abs", factor), item.magnitude));
        }
        return { value: total, magnitude: size };
      }
      case "product": {
        let [total, size] = [r.number(1), r.number(1)];
        for (const [base, k] of node.factors) {
          const item = found.get(base)!;
          total = r.binary("mul", total, r.power(item.value, k));
          size = r.binary(
            "mul",
            size,
            k > 0 ? r.power(item.magnitude, k) : r.unary("abs", r.power(item.value, k)),
          );
        }
        return { value: total, magnitude: size };
      }
      case "call": {
        const args = node.args.map((a) => found.get(a)!.value);
        const made = evaluateFunction(r, node.name, args);
        if (made === null) throw new Error(`${node.name} has no value`);
        // A wave's rounding error is that of its argument, however small its value.
        const wave = node.name === "sin" || node.name === "cos";
        return { value: made, magnitude: wave ? r.number(1) : r.unary("abs", made) };
      }
      default:
        throw new Error(node.kind);
    }
  }
}

/** The value alone. */
export const realValue = (r: Reals, root: Node, value: (symbol: SymbolNode) => Real): Real =>
  evaluate(root, r, value).value;

/** Equal to so many digits, relative to the larger of 1 and the expected value. */
export function isClose(r: Reals, got: Real, expected: Real, digits: number): boolean {
  const scale = r.max(r.number(1), r.abs(expected));
  return r.compare(r.div(r.abs(r.sub(got, expected)), scale), r.power(r.number(10), -digits)) <= 0;
}
