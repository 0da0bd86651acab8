import { describe, expect, it } from "vitest";
import { type DescentProblem, descend } from "../src/emit/step.js";
import { newtonCg, steepest } from "../src/solve/baselines.ts";
import { normalDeviate, seededRandom } from "../src/solve/start.ts";
import { aion, decay, leastSquares, type Model, saturation } from "./support/problems.ts";

const random = seededRandom(11);
const x = Array.from({ length: 30 }, (_, n) => n / 10);
const wave = [1.2, -0.3, 2.5, 0.4];
const [g, h] = [new Float64Array(4), new Float64Array(16)];
const clean = x.map((at) => aion(1).value(at, Float64Array.from(wave), g, h));
const problems: [string, DescentProblem][] = [
  ["decay", leastSquares(decay, { x: [0, 1, 2, 3, 4], y: [5, 3.1, 1.8, 1.1, 0.7] }, [1, 1])],
  ["saturation", leastSquares(saturation, { x: [1, 2, 3, 5, 7], y: [1.1, 1.4, 1.6, 2, 2.1] }, [1, 1])],
  [
    "an atom",
    leastSquares(aion(1), { x, y: clean.map((v) => v + 0.01 * normalDeviate(random)) }, [1, 0, 2.2, 0.1]),
  ],
];

const methods = { steepest, newtonCg };

describe.each(Object.keys(methods) as (keyof typeof methods)[])("%s", (name) => {
  const method = methods[name];
  it.each(problems)("finds the optimum of %s", (_, problem) => {
    const best = descend(problem);
    const tolerance = name === "steepest" ? 1e-6 : 1e-10;
    const found = method(problem, { tolerance });
    expect(found).toMatchObject({ status: "converged", reason: "", stationaryPoint: "minimum" });
    expect(found.gradientNorm).toBeLessThanOrEqual(tolerance);
    expect(found.loss / best.loss - 1).toBeLessThan(1e-9);
    expect(found.loss / best.loss - 1).toBeGreaterThan(-1e-12);
    found.theta.forEach((t, a) => {
      expect(t).toBeCloseTo(best.theta[a]!, name === "steepest" ? 4 : 8);
      expect(problem.theta[a]! + found.delta[a]!).toBeCloseTo(t, 12);
    });
    expect(found.decrease).toBeCloseTo(best.decrease, 8);
    expect(found.evaluations).toBeGreaterThan(found.outerSteps);
    expect(found.innerIterations > 0).toBe(name === "newtonCg");
  });
  it("counts its iterations and keeps to their limit", () => {
    const found = method(problems[0]![1], { maxInner: 2 });
    expect(found).toMatchObject({ status: "limit", reason: "2 outer steps", outerSteps: 2 });
  });
  it("names a start that is not finite", () => {
    const found = method(leastSquares(decay, { x: [0, 1], y: [1, 2] }, [1, -1e4]));
    expect(found).toMatchObject({ status: "stalled", reason: "the model is not finite at the start" });
  });
  it("goes down where the Hessian is indefinite", () => {
    // θ² fitted to 2, from near its local maximum 0.
    const square: Model = {
      size: 1,
      value(_, theta, gradient, hessian) {
        gradient[0] = 2 * theta[0]!;
        hessian[0] = 2;
        return theta[0]! ** 2;
      },
      increment: (_, theta, delta) => delta[0]! * (2 * theta[0]! + delta[0]!),
    };
    const found = method(leastSquares(square, { x: [0], y: [2] }, [-1e-3]), { tolerance: 1e-9 });
    expect(found.status).toBe("converged");
    expect(found.theta[0]).toBeCloseTo(-Math.SQRT2, 8);
  });
});

it("Newton-CG needs fewer iterations than steepest descent, and the descent step one call", () => {
  for (const [, problem] of problems) {
    const steep = steepest(problem, { tolerance: 1e-6 });
    const newton = newtonCg(problem, { tolerance: 1e-6 });
    expect(newton.outerSteps).toBeLessThan(steep.outerSteps);
  }
});
