import fc from "fast-check";
import type { Architecture } from "../../src/architecture/architecture.ts";
import { buildArchitecture, builtin, type ReadOptions } from "../../src/architecture/read.ts";
import { primitives } from "../../src/primitives/index.ts";

/** An architecture from a formula. */
export const model = (formula: string, options: ReadOptions = {}): Architecture =>
  buildArchitecture(primitives, { model: formula }, options);

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
