import fc from "fast-check";
import type { Architecture } from "../../src/architecture/architecture.ts";
import { buildArchitecture, builtin, type ReadOptions } from "../../src/architecture/read.ts";
import type { Certificate } from "../../src/closure/certificate.ts";
import type { Verdict } from "../../src/closure/verdict.ts";
import type { Algebra, Node } from "../../src/expression/node.ts";
import { primitives } from "../../src/primitives/index.ts";

/** An architecture from a formula. */
export const model = (
  formula: string,
  options: ReadOptions = {},
  domains?: Record<string, string>,
): Architecture =>
  buildArchitecture(primitives, { model: formula, ...(domains === undefined ? {} : { domains }) }, options);

/** The certificate of a linear closure, where a verdict has one. */
export function linear({ certificate }: Verdict): Certificate | undefined {
  return certificate?.kind === "linear-closure" ? certificate : undefined;
}

/** A built-in at given sizes. */
export const builtinAt = (name: string, sizes: Record<string, number> = {}): Architecture =>
  buildArchitecture(primitives, builtin(name)!, { sizes });

/** Formulas of the exponential-polynomial class in the input x and parameters a, b, c, w, p. */
export const expPolynomialFormula: fc.Arbitrary<string> = fc.letrec<{
  factor: string;
  term: string;
  sum: string;
}>((tie) => ({
  factor: fc.oneof(
    fc.constantFrom("a", "b", "c", "x", "2", "1/3", "x^2", "a^2"),
    fc.constantFrom("exp(w*x)", "exp(-a*x + b)", "cos(w*x + p)", "sin(p - b*x)", "cosh(c*x)", "sinh(a)"),
  ),
  term: fc.array(tie("factor"), { minLength: 1, maxLength: 3 }).map((list) => list.join("*")),
  sum: fc
    .tuple(fc.array(tie("term"), { minLength: 1, maxLength: 3 }), fc.constantFrom("", "", "^2"))
    .map(([list, power]) => `(${list.join(" + ")})${power}`),
})).sum;

/** The same expression in another algebra. */
export function transplant(algebra: Algebra, node: Node): Node {
  switch (node.kind) {
    case "number":
      return algebra.number(node.value);
    case "symbol":
      return algebra.symbol(node.name, node.role, node.indices);
    case "sum":
      return algebra.combine(node.terms.map(([c, t]) => [c, transplant(algebra, t)]));
    case "product":
      return algebra.product(node.factors.map(([b, k]) => [transplant(algebra, b), k]));
    case "call":
      return algebra.call(
        node.name,
        node.args.map((arg) => transplant(algebra, arg)),
      );
    default:
      throw new Error(node.kind);
  }
}
