/** Losses by their definitions, and slopes by differences, to compare what the objective says with. */
import fc from "fast-check";
import { expect } from "vitest";
import type { Architecture } from "../../src/architecture/architecture.ts";
import type { ArchitectureFile } from "../../src/architecture/file.ts";
import { LOSSES, type Loss } from "../../src/architecture/losses.ts";
import { buildArchitecture, type ReadOptions } from "../../src/architecture/read.ts";
import { createBudget, DescentError } from "../../src/errors.ts";
import { isLiteral } from "../../src/expression/affine.ts";
import type { Node, SymbolNode } from "../../src/expression/node.ts";
import { symbolName } from "../../src/expression/print.ts";
import { expand } from "../../src/expression/substitute.ts";
import { openPrecise } from "../../src/precise/mpfr.ts";
import { primitives } from "../../src/primitives/index.ts";
import { evaluate } from "./reals.ts";

export const precise = await openPrecise();
export const BITS = 320;
export const budget = () => createBudget({ milliseconds: 60_000 });
export const build = (file: ArchitectureFile, options: ReadOptions = {}): Architecture =>
  buildArchitecture(primitives, file, options, "m.json");
export const unrolled = (a: Architecture, node: Node): Node => expand(a.algebra, node, budget());

export type Values = (symbol: string) => number;

/** `w[2]`, `y`, `Delta_w[1]`: numbers stand in the indices. */
export const label = (s: SymbolNode): string => {
  expect(s.indices.every(isLiteral)).toBe(true);
  return s.indices.length === 0
    ? symbolName(s)
    : `${symbolName(s)}[${s.indices.map((i) => i.constant).join(",")}]`;
};

export const valueAt = (node: Node, values: Values): number =>
  precise.scope(BITS, (r) => r.toNumber(evaluate(node, r, (s) => r.number(values(label(s)))).value));

/** ∂node/∂symbol by a central difference in 320 bits: right to about 2^-120 for thrice differentiable functions. */
export function numericSlope(node: Node, symbol: string, values: Values): number {
  return precise.scope(BITS, (r) => {
    const at = (step: number) =>
      evaluate(node, r, (s) => {
        const value = r.number(values(label(s)));
        return label(s) === symbol ? r.add(value, r.number(step)) : value;
      }).value;
    const h = 2 ** -80;
    return r.toNumber(r.div(r.sub(at(h), at(-h)), r.number(2 * h)));
  });
}

/** A value from the seed for every symbol, the same for the same name; multiples of 1/64 in 1/2 … 5/2, targets signed. */
export const valuesOf =
  (seed: number): Values =>
  (symbol) => {
    let hash = (seed ^ 0x9e3779b9) >>> 0;
    for (const c of symbol) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    const value = 0.5 + ((hash >>> 8) % 129) / 64;
    return symbol.startsWith("y") && (hash & 1) === 1 ? -value : value;
  };

/** The losses as numbers, written independently. */
export const REFERENCE: Record<Loss, (f: number[], y: number[], sigma: number) => number> = {
  squared: (f, y) => total(f, (u, k) => (u - y[k]!) ** 2 / 2),
  poisson: (f, y) => total(f, (u, k) => u - y[k]! * Math.log(u)),
  "poisson-log": (f, y) => total(f, (u, k) => Math.exp(u) - y[k]! * u),
  logistic: (f, y) => total(f, (u, k) => Math.log(1 + Math.exp(u)) - y[k]! * u),
  "softmax-cross-entropy": (f, y) => Math.log(total(f, Math.exp)) - total(f, (u, k) => y[k]! * u),
  "gaussian-nll": (f, y, s) => total(f, (u, k) => Math.log(s) + (u - y[k]!) ** 2 / (2 * s ** 2)),
  absolute: (f, y) => total(f, (u, k) => Math.abs(u - y[k]!)),
  huber: (f, y) =>
    total(f, (u, k) => {
      const r = Math.abs(u - y[k]!);
      return r <= 1 ? r ** 2 / 2 : r - 0.5;
    }),
  hinge: (f, y) => total(f, (u, k) => Math.max(0, 1 - y[k]! * u)),
};
export const total = (f: number[], term: (u: number, k: number) => number): number =>
  f.reduce((sum, u, k) => sum + term(u, k), 0);

/** Whether a difference of 2^-80 crosses no kink there. */
export const isSmooth = (loss: Loss, f: number[], y: number[]): boolean =>
  f.every((u, k) => {
    const r = u - y[k]!;
    if (loss === "absolute") return Math.abs(r) > 1e-6;
    if (loss === "huber") return Math.abs(Math.abs(r) - 1) > 1e-6;
    return loss !== "hinge" || Math.abs(1 - y[k]! * u) > 1e-6;
  });

export const SINGLE = [
  "a*exp(-k*x)",
  "a*x/(b + x^2)",
  "log(1 + a^2*x)",
  "sum(a[k]*x^(k - 1), k, 1, 3)",
  "a^b*x",
];
export const SEVERAL = [
  "w[c]*x + b",
  "sum(W[c,i]*x[i], i, 1, 2) + b[c]",
  "tanh(a*x)*w[c] + c/4",
  "prod(a[i] + x*w[c,i], i, 1, c)",
  "exp(sum(w[k], k, 1, c)*x/4)",
];

export const cases: fc.Arbitrary<{ loss: Loss; model: string; C: number | null; seed: number }> = fc
  .record({
    loss: fc.constantFrom(...LOSSES),
    single: fc.constantFrom(...SINGLE),
    several: fc.constantFrom(...SEVERAL),
    C: fc.constantFrom(null, 1, 2, 3),
    seed: fc.nat(2 ** 31),
  })
  .map(({ loss, single, several, C, seed }) => {
    const count = loss === "softmax-cross-entropy" ? Math.max(2, C ?? 2) : C;
    return { loss, model: count === null ? single : several, C: count, seed };
  });

export const fileOf = ({
  loss,
  model,
  C,
}: {
  loss: Loss;
  model: string;
  C: number | null;
}): ArchitectureFile => ({
  model,
  loss,
  inputs: [model.includes("x[i]") ? "x[i]" : "x"],
  ...(C === null ? {} : { output: { index: "c", size: `${C}` } }),
});

export const close = (got: number, expected: number): void =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(expected)));

/** `code: message` of what is thrown. */
export function fault(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DescentError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}
