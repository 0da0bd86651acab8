/** Exact rational values of expressions at rational points, where a function's value happens to be rational. */
import {
  add,
  gIsReal,
  isZero,
  multiply,
  ONE,
  power,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import { children, type Node, postorder, type SymbolNode } from "../../expression/node.ts";
import type { PrimitiveTable } from "../../primitives/primitive.ts";
import { exactRoot } from "./series.ts";

/** The value of a function of one rational, where it is known to be rational. */
export function exactCall(table: PrimitiveTable, name: string, u: Rational): Rational | undefined {
  switch (name) {
    case "abs":
      return sign(u) < 0 ? { num: -u.num, den: u.den } : u;
    case "sign":
      return rational(sign(u));
    case "floor":
      return rational(floorOf(u));
    case "sqrt":
      return exactRoot(u, 2);
    case "cbrt":
      return exactRoot(u, 3);
    case "log":
    case "acosh":
      return u.num === u.den ? ZERO : undefined;
    case "sigmoid":
      return isZero(u) ? rational(1, 2) : undefined;
    default:
      return isZero(u) ? table.get(name)?.atZero?.re : undefined;
  }
}

export const floorOf = ({ num, den }: Rational): bigint =>
  num >= 0n ? num / den : -((-num + den - 1n) / den);

/** The value of `root`; undefined where it is not known to be rational, and at a pole. */
export function exactValue(
  table: PrimitiveTable,
  root: Node,
  at: (symbol: SymbolNode) => Rational | undefined,
): Rational | undefined {
  const found = new Map<Node, Rational | undefined>();
  for (const node of postorder(root)) found.set(node, value(node));
  return found.get(root);

  /** Zero times what is not rational, but never with a division by zero. */
  function hasZero(node: Node & { kind: "product" }): boolean {
    const zeros = node.factors.filter(([base]) => found.get(base)?.num === 0n);
    return zeros.length > 0 && zeros.every(([, k]) => k > 0);
  }

  function value(node: Node): Rational | undefined {
    if (node.kind === "product" && hasZero(node)) return ZERO;
    if (children(node).some((child) => found.get(child) === undefined)) return undefined;
    switch (node.kind) {
      case "number":
        return gIsReal(node.value) ? node.value.re : undefined;
      case "symbol":
        return at(node);
      case "sum": {
        let total = ZERO;
        for (const [c, term] of node.terms) {
          if (!gIsReal(c)) return undefined;
          total = add(total, multiply(c.re, found.get(term)!));
        }
        return total;
      }
      case "product":
        if (node.factors.some(([base, k]) => k < 0 && isZero(found.get(base)!))) return undefined;
        return node.factors.reduce((total, [base, k]) => multiply(total, power(found.get(base)!, k)), ONE);
      case "call":
        return node.args.length === 1 ? exactCall(table, node.name, found.get(node.args[0]!)!) : undefined;
      default:
        return undefined;
    }
  }
}
