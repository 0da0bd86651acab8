import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { branchInside } from "../src/closure/field/branch.ts";
import { build } from "../src/closure/field/build.ts";
import { elementNode } from "../src/closure/field/form.ts";
import { closureOf } from "../src/closure/field/proofs.ts";
import { linearRelation, multiplicativeRelation } from "../src/closure/field/relations.ts";
import { createBudget } from "../src/errors.ts";
import * as F from "../src/exact/fraction.ts";
import * as P from "../src/exact/polynomial.ts";
import { rationalText } from "../src/exact/rational.ts";
import { print } from "../src/expression/print.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import { model } from "./support/architectures.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const towerOf = (formula: string) => {
  const { algebra, model: node } = model(formula);
  return { algebra, ...build(algebra, [node], [], precise, createBudget()) };
};

describe("equal functions are equal elements", () => {
  test.each([
    ["log(exp(w*x))", "w*x"],
    ["tanh(atanh(w))", "w"],
    ["sin(asin(w))", "w"],
    ["cosh(acosh(w))", "w"],
    ["exp(w + b)", "exp(w)*exp(b)"],
    ["exp(w/2)^2*exp(w/3)^3", "exp(2*w)"],
    ["sin(3*w)", "3*sin(w) - 4*sin(w)^3"],
    ["sigmoid(2*w)", "(1 + tanh(w))/2"],
    ["mish(w)", "w*tanh(log(1 + exp(w)))"],
    ["erf(w) + erfc(w)", "1"],
    ["gelu(w) - gelu(-w)", "w"],
    ["relu(w) - relu(-w)", "w"],
    ["max(u, v) + min(u, v)", "u + v"],
    ["abs(w)^2", "w^2"],
    ["abs(1 + w^2)", "1 + w^2"],
    ["sqrt(exp(2*w))", "exp(w)"],
    ["sqrt((1 + w^2)^2)", "1 + w^2"],
    ["sqrt(2)*sqrt(3)*w", "sqrt(6)*w"],
    ["log(sqrt(1 + w^2))", "log(1 + w^2)/2"],
    ["log(x*w) - log(w)", "log(x)"],
    ["log(12)*w", "2*log(2)*w + log(3)*w"],
    ["2*atan(w/(1 + sqrt(1 + w^2)))", "atan(w)"],
    ["acos(w)", "pi/2 - asin(w)"],
    ["cos(w + pi/3)", "cos(w)/2 - sqrt(3)/2*sin(w)"],
    ["gamma(w + 3)", "(w + 2)*(w + 1)*w*gamma(w)"],
    ["gamma(w)*gamma(1 - w)", "pi/sin(pi*w)"],
    ["besselj(3, w)", "4/w*besselj(2, w) - besselj(1, w)"],
    ["besselj(-2, w)", "besselj(2, w)"],
    ["besselj(-2/3, w) + besselj(4/3, w)", "2/3/w*besselj(1/3, w)"],
    ["sn(w, 1/3)^2 + cn(w, 1/3)^2", "1"],
    ["sn(w, 0)", "sin(w)"],
    ["sn(w, 1)", "tanh(w)"],
    ["lambertw((1 + w^2)*exp(1 + w^2))", "1 + w^2"],
    ["exp(lambertw(1 + w^2))*lambertw(1 + w^2)", "1 + w^2"],
    ["(w^3 - 1)/(w - 1)", "w^2 + w + 1"],
  ])("%s = %s", (left, right) => {
    const { elements, doubts } = { ...towerOf(`(${left}) - (${right})`), doubts: [] };
    expect(doubts).toEqual([]);
    expect(F.isZero(elements[0]!)).toBe(true);
  });
});

describe("different functions are different elements, or doubts are noted", () => {
  test.each([
    "sqrt(w^2) - w",
    "abs(w) - w",
    "asin(sin(w)) - w",
    "acosh(cosh(w)) - w",
    "exp(w) - exp(b)",
    "log(a*b) - log(a)",
    "erf(w) - erf(2*w)",
    "sn(w, 1/2) - sn(w, 1/3)",
    "sqrt(3 + 2*sqrt(2))*w - w",
    "floor(w + 1) - floor(w)*w",
  ])("%s is not 0", (formula) => {
    const { elements, kinks, tower } = towerOf(formula);
    expect(kinks.length > 0 || tower.doubts.length > 0 || !F.isZero(elements[0]!)).toBe(true);
  });
});

test("kinks that cancel are told from those that stay", () => {
  expect(towerOf("relu(w*x + b) - relu(-w*x - b)")).toMatchObject({ kinks: [], inert: [{}] });
  expect(towerOf("relu(w*x + b)").kinks).toHaveLength(1);
  // The value at 0 is not the one beside it.
  expect(towerOf("sign(w)^2").kinks).toHaveLength(1);
  expect(towerOf("abs(w)*sign(w)").kinks).toHaveLength(0);
  expect(towerOf("abs(cos(2*w) + 1/2)").kinks).toHaveLength(1);
});

test("branch points inside of the domain are seen", () => {
  const inside = (formula: string) => {
    const { tower, elements } = towerOf(formula);
    return branchInside(tower, elements[0]!, createBudget());
  };
  for (const safe of [
    "sqrt(a + b*x)",
    "sqrt(1 + w^2)",
    "cbrt(1 + w^2)",
    "asin(a + b*x)",
    "sqrt(w*v)",
    "lambertw(w*x)",
  ])
    expect([safe, inside(safe)]).toEqual([safe, undefined]);
  for (const open of ["sqrt(u^2 + v^2)", "cbrt(w*x)", "lambertw(w*exp(w))", "lambertw(w^2 - exp(-1))"])
    expect([open, typeof inside(open)]).toEqual([open, "string"]);
});

test("linear and multiplicative relations are found exactly, and only where they hold", () => {
  const [x, y] = [0, 1].map((v) => F.fromPolynomial(P.variable(v))) as [F.Fraction, F.Fraction];
  const budget = createBudget();
  const sum = F.add(F.divide(x, y, budget), x, budget);
  expect(linearRelation(sum, [F.divide(x, y, budget), x], budget)?.factors.map(rationalText)).toEqual([
    "1",
    "1",
  ]);
  expect(linearRelation(F.multiply(x, y, budget), [x, y], budget)).toBe(undefined);
  const product = F.divide(F.power(x, 3, budget), y, budget);
  const found = multiplicativeRelation(product, [x, F.power(y, 2, budget)], undefined, budget);
  expect(found?.map(rationalText)).toEqual(["3", "-1/2"]);
  expect(multiplicativeRelation(sum, [x, y], undefined, budget)).toBe(undefined);
});

test("elements as expressions have the values of the model", () => {
  const leaf = fc.constantFrom("w", "v", "x", "2", "1/3");
  const formula = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(${a}*${b})`),
      fc
        .tuple(
          fc.constantFrom("exp", "sin", "cos", "tanh", "sigmoid", "atan", "softplus", "erf", "gelu"),
          tie("node"),
        )
        .map(([f, a]) => `${f}(${a})`),
      tie("node").map((a) => `sqrt(1 + (${a})^2)`),
      tie("node").map((a) => `(1/(2 + sin(${a})))`),
    ),
  })).node;
  let written = 0;
  fc.assert(
    fc.property(formula, (text) => {
      if (text.length > 120) return;
      const { algebra, tower, elements, kinks } = towerOf(`${text} + 0*w`);
      const node = kinks.length > 0 ? undefined : elementNode(algebra, tower, elements[0]!, createBudget());
      if (node === undefined) return;
      written++;
      const at = { w: 0.37, v: -0.61, x: 0.83 };
      const [a, b] = [mathjsEvaluate(text, at), mathjsEvaluate(print(node), at)];
      if (!Number.isFinite(a) || Math.abs(a) > 1e8) return;
      expect(Math.abs(a - b)).toBeLessThan(1e-7 * Math.max(1, Math.abs(a)));
    }),
    { numRuns: 120, seed: 11 },
  );
  expect(written).toBeGreaterThan(60);
});

test.each([
  "sqrt(x*(2 + sin(v))^2)",
  "sqrt(w*(2 + sin(v))^2)",
  "sqrt((1 + w^2)*(2 + sin(v))^2)",
  "sqrt((1 + w^2)/(2 + sin(v))^2)",
  "sqrt(exp(w)*(2 + sin(v))^3)",
  "cbrt((2 + sin(v))^3*(1 + w^2))",
  "sqrt(2 + sin(v))*sqrt((2 + sin(v))*(1 + w^2))",
])("squares with waves under a root: %s", (formula) => {
  const { algebra, tower, elements, kinks } = towerOf(formula);
  expect(kinks).toEqual([]);
  const at = { w: 0.4, v: 0.7, x: 0.3 };
  const node = elementNode(algebra, tower, elements[0]!, createBudget())!;
  expect(mathjsEvaluate(print(node), at)).toBeCloseTo(mathjsEvaluate(formula, at), 10);
});

test("a tower lists what its elements are made of, inner generators first", () => {
  const { tower, elements } = towerOf("exp(-b*exp(-c*x))");
  const kinds = closureOf(tower, elements).map((v) => tower.generators[v]!.kind);
  expect(kinds.filter((kind) => kind === "exp")).toHaveLength(2);
  expect(kinds.at(-1)).toBe("exp");
});
