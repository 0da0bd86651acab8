import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBudget } from "../src/errors.ts";
import { print } from "../src/expression/print.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { resum } from "../src/resummation/optimality.ts";
import { radiusOf, type Values } from "../src/resummation/radius.ts";
import { model } from "./support/architectures.ts";

const radius = (formula: string, theta: Values, delta: Values, inputs: Values = {}) =>
  radiusOf(
    model(formula, { inputs: Object.keys(inputs) }),
    { theta, delta, inputs },
    createBudget({ milliseconds: 20_000 }),
  );

describe("the radius of convergence along a step", () => {
  test.each([
    ["1/(1 - w)", { w: 0 }, { w: 1 }, {}, 1],
    ["tanh(w*x)", { w: 0 }, { w: 1 }, { x: 1 }, Math.PI / 2],
    ["log(1 + w^2)", { w: 1 }, { w: 1 }, {}, Math.SQRT2],
    ["atan(w)", { w: 1 }, { w: 1 }, {}, Math.SQRT2],
    ["sqrt(w)", { w: 2 }, { w: 1 }, {}, 2],
    ["v/(1 + w^2)^3", { v: 1, w: 0 }, { v: 7, w: 2 }, {}, 0.5],
    ["exp(1/(w + 10000))", { w: 0 }, { w: 1 }, {}, 1e4],
    ["1/(1e-8 + w)", { w: 0 }, { w: 1 }, {}, 1e-8],
    ["softplus(w*x)", { w: 1 }, { w: 1 }, { x: 3 }, Math.hypot(1, Math.PI / 3)],
    ["tanh(w) + 1/(2 - w)", { w: 0 }, { w: 1 }, {}, Math.PI / 2],
  ] as [string, Values, Values, Values, number][])("%s", (formula, theta, delta, inputs, exact) => {
    const found = radius(formula, theta, delta, inputs);
    expect(found.kind).toBe("finite");
    expect(found.atLeast).toBeLessThanOrEqual(exact);
    expect(found.atLeast).toBeGreaterThan(exact * (1 - 1e-3));
    expect(Math.hypot(found.singularity!.re, found.singularity!.im)).toBeCloseTo(exact, 9);
  });

  test.each([
    ["A*exp(k*x)*cos(w*x)", { A: 1, k: 1, w: 2 }, { A: 1, k: 1, w: 1 }, { x: 2 }],
    ["v*erf(w*x)", { v: 1, w: 1 }, { v: 1, w: 1 }, { x: 2 }],
    // The singular parameter does not move, or stands in an exponential that has no zero.
    ["v + 1/(1 - w)", { v: 0, w: 0 }, { v: 5, w: 0 }, {}],
    ["v/exp(w)", { v: 0, w: 0 }, { v: 5, w: 1 }, {}],
    ["v*relu(x)", { v: 1 }, { v: 1 }, { x: -2 }],
  ] as [string, Values, Values, Values][])("%s: it is infinite", (formula, theta, delta, inputs) => {
    expect(radius(formula, theta, delta, inputs).kind).toBe("infinite");
  });

  test("what is not known has a lower bound only", () => {
    // The pole of tanh is none of the whole, and cos is even.
    const regular = radius("1/(2 - tanh(w))", { w: 0 }, { w: 1 });
    expect(regular.kind).toBe("unknown");
    expect(regular.atLeast).toBeLessThanOrEqual(Math.hypot(Math.log(3) / 2, Math.PI / 2));
    expect(radius("cos(sqrt(w))", { w: 2 }, { w: 1 }).kind).toBe("unknown");
    expect(radius("sin(w)/w", { w: 2 }, { w: 1 }).kind).toBe("unknown");
    expect(radius("1/erf(2 + w)", { w: 0 }, { w: 1 })).toMatchObject({ kind: "unknown", atLeast: 0 });
    expect(radius("1/w", { w: 0 }, { w: 1 })).toMatchObject({ atLeast: 0 });
  });

  test("kinks and missing values are told", () => {
    expect(() => radius("relu(w)", { w: 1 }, { w: 1 })).toThrow("relu(w) has a kink");
    expect(() => radius("a*w", { w: 1 }, { w: 1 })).toThrow("no value of 'a'; accepted: a number for it");
  });

  test("no root of a polynomial below is nearer than the bound", () => {
    const value = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 3 }), (roots) => {
        fc.pre(roots.every(([re, im]) => Math.hypot(re, im) > 0.05));
        const formula = roots.map((_, k) => `((w - a${k})^2 + b${k}^2)`).join("*");
        const theta = Object.fromEntries(
          roots.flatMap(([re, im], k) => [
            [`a${k}`, re],
            [`b${k}`, im],
          ]),
        );
        const found = radius(`1/(${formula})`, { w: 0, ...theta }, { w: 1 });
        const least = Math.min(...roots.map(([re, im]) => Math.hypot(re, im)));
        expect(found.atLeast).toBeLessThanOrEqual(least * (1 + 1e-12));
        expect(found.atLeast).toBeGreaterThan(least * 0.98);
      }),
      { numRuns: 30, seed: 3 },
    );
  });
});

test("beyond the radius the tower diverges, and the resummed form is right", () => {
  const given = model("1/(1 + w^2)");
  const at = { theta: { w: 0.5 }, delta: { w: 3 }, inputs: {} };
  const budget = () => createBudget({ milliseconds: 20_000 });
  expect(radiusOf(given, at, budget()).singularity).toBeDefined();
  const values = { w: 0.5, Delta_w: 3, y: 0 };
  const exact = 1 / (1 + 3.5 ** 2);
  const resummed = print(resum(given, budget()).model.node);
  expect(mathjsEvaluate(resummed, values)).toBeCloseTo(exact, 15);
  const errors = [4, 8, 12].map((order) => {
    const { model: truncated } = resum(given, budget(), { order, open: ["w"] });
    return Math.abs(mathjsEvaluate(print(truncated.node), values) - exact);
  });
  expect(errors[0]).toBeGreaterThan(1);
  expect(errors[1]! / errors[0]!).toBeGreaterThan(10);
  expect(errors[2]! / errors[1]!).toBeGreaterThan(10);
});
