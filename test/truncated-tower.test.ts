import { describe, expect, test } from "vitest";
import { flatNames } from "../src/architecture/architecture.ts";
import { compilePrograms, compileTower } from "../src/emit/module.ts";
import { createBudget } from "../src/errors.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { resumJson } from "../src/resummation/json.ts";
import { resum } from "../src/resummation/optimality.ts";
import { solve } from "../src/solve/solve.ts";
import { builtinAt, model } from "./support/architectures.ts";
import { point } from "./support/steps.ts";

const budget = () => createBudget({ milliseconds: 60_000 });

describe("the program of a truncated tower", () => {
  test.each([
    ["decay", () => model("A*exp(-k*x)", { inputs: ["x"] })],
    ["aion", () => builtinAt("aion", { r: 2, d: 1, P: 1 })],
    ["exponential sum", () => builtinAt("exponential-sum", { K: 2 })],
  ])("%s: it has the values of the formulas, and their slopes", (_, make) => {
    const given = make();
    const names = flatNames(given.parameters);
    const families = given.parameters.map(({ name }) => name);
    for (const order of [0, 1, 3]) {
      const tower = compileTower(given, order, budget());
      const p = point(given, order + 1, 0.4);
      const [theta, delta] = [p.theta, p.delta].map((record) => names.map((name) => record[name]!));
      const data = {
        inputs: Object.values(p.x).map((v) => [v, v]),
        y: [p.y, p.y],
        w: [0.5, 0.25],
        rows: 2,
      };
      const m = names.length;
      const [gradient, hessian] = [new Float64Array(m), new Float64Array(m * m)];
      tower(theta!, delta!, gradient, hessian, data);
      const { optimality, hessian: slopes } = resumJson(resum(given, budget(), { order, open: families }));
      const values = {
        ...p.theta,
        ...p.x,
        y: p.y,
        ...Object.fromEntries(Object.entries(p.delta).map(([name, v]) => [`Delta_${name}`, v])),
      };
      const at = (formula: string): number => 0.75 * mathjsEvaluate(formula, values);
      names.forEach((a, k) => {
        expect(gradient[k]).toBeCloseTo(at(optimality[a]!), 11);
        names.forEach((b, j) => {
          expect(hessian[k * m + j]).toBeCloseTo(at(slopes[a]![b]!), 11);
        });
      });
    }
  });

  test("of order 1 it is Newton's system", () => {
    const given = model("A*exp(-k*x)", { inputs: ["x"] });
    const { evaluate } = compilePrograms(given, budget());
    const data = { inputs: [[0, 1, 2, 3]], y: [3, 2, 1, 1], w: null, rows: 4 };
    const [g, h, gauss, noise] = [2, 4, 4, 2].map((n) => new Float64Array(n)) as Float64Array[];
    evaluate([2, 0.5], [0, 0], g!, h!, gauss!, noise!, new Float64Array(1), data);
    const [value, slope] = [new Float64Array(2), new Float64Array(4)];
    compileTower(given, 1, budget())([2, 0.5], [0, 0], value, slope, data);
    value.forEach((v, a) => {
      expect(v).toBeCloseTo(g![a]!, 13);
    });
    slope.forEach((v, a) => {
      expect(v).toBeCloseTo(h![a]!, 13);
    });
  });
});

test.each([1, 2, 3, 4, 6] as const)("tower-%i finds the optimum of a decay", (K) => {
  const given = model("A*exp(-k*x) + c", { inputs: ["x"] });
  const x = Array.from({ length: 20 }, (_, n) => n / 4);
  const data = {
    inputs: [Float64Array.from(x)],
    y: Float64Array.from(x, (v, n) => 2.5 * Math.exp(-1.3 * v) + 0.4 + 0.01 * Math.cos(7 * n)),
    rows: 20,
  };
  const start = { A: 2, k: 1, c: 0.2 };
  const best = solve(given, data, { start }, budget());
  const found = solve(given, data, { start, method: `tower-${K}` }, budget());
  expect(found).toMatchObject({ status: "converged", stationaryPoint: "minimum", method: `tower-${K}` });
  expect(found.innerIterations).toBeGreaterThan(0);
  for (const [name, value] of Object.entries(best.parameters))
    expect(found.parameters[name]).toBeCloseTo(value, 7);
});
