import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { type DescentProblem, descend } from "../src/emit/step.js";
import { normalDeviate, seededRandom } from "../src/solve/start.ts";
import { standardErrors } from "../src/solve/statistics.ts";
import {
  aion,
  decay,
  jacobianRows,
  leastSquares,
  type Model,
  type Points,
  saturation,
  sum,
} from "./support/problems.ts";

/** Digits of the worst value, 17 at most. */
const digits = (got: ArrayLike<number>, wanted: readonly number[]): number =>
  Math.min(...wanted.map((w, k) => -Math.log10(Math.abs(got[k]! - w) / Math.abs(w) + 1e-17)));

/** The problem, with every base it was evaluated from (a new one for each accepted step) and how often. */
function watched(problem: DescentProblem) {
  const bases: Float64Array[] = [];
  const calls = { count: 0 };
  const evaluate: DescentProblem["evaluate"] = (theta, delta, out) => {
    calls.count++;
    if (bases.length === 0 || theta.some((t, a) => t !== bases.at(-1)![a])) bases.push(theta.slice());
    return problem.evaluate(theta, delta, out);
  };
  return { problem: { ...problem, evaluate }, bases, calls };
}

describe("NIST StRD, with derivatives by hand", () => {
  const folder = new URL("../../shared/cases/nist/", import.meta.url);
  const cases: [string, Model, number, number][] = [
    ["misra1a", saturation, 11, 9],
    ["boxbod", saturation, 11, 9],
    ["lanczos1", sum([decay, decay, decay]), 11, 2],
  ];
  for (const [name, model, parameterDigits, errorDigits] of cases) {
    const path = new URL(`${name}.json`, folder);
    if (!existsSync(path)) {
      it.skip(`${name}: its data are not beside this checkout`, () => {});
      continue;
    }
    const file = JSON.parse(readFileSync(path, "utf8"));
    const points: Points = {
      x: file.rows.map((r: number[]) => r[0]),
      y: file.rows.map((r: number[]) => r[1]),
    };
    it.each(["start1", "start2"])(`${name} from %s`, (start) => {
      const found = descend(leastSquares(model, points, file[start]));
      expect(found).toMatchObject({ status: "converged", reason: "", stationaryPoint: "minimum" });
      expect(digits(found.theta, file.reference40.map(Number))).toBeGreaterThanOrEqual(parameterDigits);
      expect(found.innerIterations).toBeLessThanOrEqual(25);
      expect(found.evaluations).toBeGreaterThan(found.innerIterations);
      const { rows, sumOfSquares } = jacobianRows(model, points, found.theta);
      const counts = { rows: points.x.length, counted: points.x.length, parameters: model.size };
      const { errors } = standardErrors(rows, counts, sumOfSquares);
      expect(digits(errors as number[], file.standardDeviations)).toBeGreaterThanOrEqual(errorDigits);
    });
  }
});

describe("AION teachers", () => {
  const N = 64;
  const x = Array.from({ length: N }, (_, n) => (4 * n) / (N - 1));

  /** Atoms whose frequencies are 1 or more apart, and data with an error of 1 % of their root mean square. */
  function draw(P: number, random: () => number): { truth: number[]; points: Points } {
    const truth = Array.from({ length: P }, (_, p) => [
      0.5 + 1.5 * random(),
      -0.5 + 0.4 * random(),
      1 + 3 * p + 2 * random(),
      -1 + 2 * random(),
    ]).flat();
    const model = aion(P);
    const [g, h] = [new Float64Array(4 * P), new Float64Array(16 * P * P)];
    const clean = x.map((at) => model.value(at, Float64Array.from(truth), g, h));
    const size = Math.sqrt(clean.reduce((s, v) => s + v * v, 0) / N);
    return { truth, points: { x, y: clean.map((v) => v + 0.01 * size * normalDeviate(random)) } };
  }

  test.each([
    [1, 0.1, 60, 6],
    [1, 0.3, 60, 8],
    [1, 0.6, 60, 10],
    [2, 0.1, 60, 8],
    [2, 0.3, 60, 12],
    [2, 0.6, 60, 15],
  ])("%i atoms, starts off by %f: the optimum's loss", (P, perturbation, least, median) => {
    const random = seededRandom(100 * P + 10 * perturbation);
    const inner: number[] = [];
    let reached = 0;
    for (let k = 0; k < 60; k++) {
      const { truth, points } = draw(P, random);
      const optimum = descend(leastSquares(aion(P), points, truth));
      expect(optimum).toMatchObject({ status: "converged", stationaryPoint: "minimum" });
      const start = truth.map((t) => t * (1 + perturbation * (2 * random() - 1)));
      const found = descend(leastSquares(aion(P), points, start));
      if (found.status === "converged" && found.loss <= optimum.loss * (1 + 1e-9)) reached++;
      inner.push(found.innerIterations);
    }
    console.log(P, perturbation, reached, inner.sort((a, b) => a - b)[30], inner.at(-1));
    expect(reached).toBeGreaterThanOrEqual(least);
    expect(inner.sort((a, b) => a - b)[30]).toBeLessThanOrEqual(median);
  });

  it("tries a smaller first radius where the way from a larger one runs away", () => {
    const model = aion(2);
    const truth = [1, -0.3, 2, 0.5, 1.5, -0.2, 5, -0.5];
    const [g, h] = [new Float64Array(8), new Float64Array(64)];
    const x = Array.from({ length: 33 }, (_, n) => n / 8);
    const y = x.map((at) => model.value(at, Float64Array.from(truth), g, h) + 0.01 * Math.sin(40 * at));
    const optimum = descend(leastSquares(model, { x, y }, truth));
    const problem = leastSquares(model, { x, y }, [0.5, -0.2, 1.6, 0.4, 0.7, -0.3, 9.4, -0.3]);
    expect(descend(problem, { radius: 1 }).status).toBe("limit");
    const found = descend(problem);
    expect(found).toMatchObject({ status: "converged", stationaryPoint: "minimum" });
    expect(found.loss / optimum.loss).toBeCloseTo(1, 9);
    expect(found.innerIterations).toBeGreaterThan(100);
  });

  it("decreases the loss with every accepted step", () => {
    const random = seededRandom(5);
    for (let k = 0; k < 10; k++) {
      const { truth, points } = draw(2, random);
      const start = truth.map((t) => t * (1 + 0.6 * (2 * random() - 1)));
      const { problem, bases, calls } = watched(leastSquares(aion(2), points, start));
      const found = descend(problem, { radius: 1 });
      const losses = bases.map((theta) => jacobianRows(aion(2), points, theta).sumOfSquares / 2);
      for (let i = 1; i < losses.length; i++) expect(losses[i]!).toBeLessThan(losses[i - 1]! * (1 + 1e-13));
      expect(bases.length).toBeLessThanOrEqual(found.innerIterations + 1);
      expect(found.evaluations).toBe(calls.count);
      expect(found.loss - losses[0]!).toBeCloseTo(found.decrease, 10);
      found.theta.forEach((t, a) => {
        expect(problem.theta[a]! + found.delta[a]!).toBeCloseTo(t, 12);
      });
    }
  });
});

/** Residuals f(n; θ) that are polynomials: x is the number of the residual. */
const polynomial = (
  size: number,
  f: (n: number, t: Float64Array) => { value: number; gradient: number[]; hessian: number[] },
  increment: (n: number, t: Float64Array, d: Float64Array) => number,
): Model => ({
  size,
  value(n, theta, gradient, hessian) {
    const found = f(n, theta);
    gradient.set(found.gradient);
    hessian.set(found.hessian);
    return found.value;
  },
  increment,
});

const rosenbrock = polynomial(
  2,
  (n, t) =>
    n === 0
      ? { value: 10 * (t[1]! - t[0]! ** 2), gradient: [-20 * t[0]!, 10], hessian: [-20, 0, 0, 0] }
      : { value: 1 - t[0]!, gradient: [-1, 0], hessian: [0, 0, 0, 0] },
  (n, t, d) => (n === 0 ? 10 * (d[1]! - d[0]! * (2 * t[0]! + d[0]!)) : -d[0]!),
);

const square = polynomial(
  1,
  (_, t) => ({ value: t[0]! ** 2, gradient: [2 * t[0]!], hessian: [2] }),
  (_, t, d) => d[0]! * (2 * t[0]! + d[0]!),
);

/** Σ_a c_a(x) θ_a with coefficients drawn for the datum x. */
function linear(size: number): Model {
  const coefficients = (x: number): number[] => {
    const random = seededRandom(x + 1);
    return Array.from({ length: size }, () => normalDeviate(random));
  };
  const dot = (x: number, t: Float64Array): number => coefficients(x).reduce((s, c, a) => s + c * t[a]!, 0);
  return polynomial(
    size,
    (x, t) => ({ value: dot(x, t), gradient: coefficients(x), hessian: new Array(size ** 2).fill(0) }),
    (x, _, d) => dot(x, d),
  );
}

/** a x + b x. */
const twins = polynomial(
  2,
  (x, t) => ({ value: (t[0]! + t[1]!) * x, gradient: [x, x], hessian: [0, 0, 0, 0] }),
  (x, _, d) => (d[0]! + d[1]!) * x,
);

describe("hard cases", () => {
  it("follows Rosenbrock's valley", () => {
    const found = descend(leastSquares(rosenbrock, { x: [0, 1], y: [0, 0] }, [-1.2, 1]));
    expect(found).toMatchObject({ status: "converged", stationaryPoint: "minimum" });
    expect(digits(found.theta, [1, 1])).toBeGreaterThan(15);
    expect(found.loss).toBeLessThan(1e-28);
    expect(found.innerIterations).toBeLessThanOrEqual(25);
  });
  it("leaves a point of zero gradient and negative curvature", () => {
    const found = descend(leastSquares(square, { x: [0, 1], y: [2, 2] }, [0]));
    expect(found).toMatchObject({ status: "converged", stationaryPoint: "minimum" });
    expect(Math.abs(found.theta[0]!)).toBeCloseTo(Math.SQRT2, 15);
  });
  it("solves a linear problem of thirty parameters", () => {
    const truth = Array.from({ length: 30 }, (_, a) => 1 + a / 7);
    const model = linear(30);
    const x = Array.from({ length: 60 }, (_, n) => n);
    const y = x.map((n) =>
      model.value(n, Float64Array.from(truth), new Float64Array(30), new Float64Array(900)),
    );
    const found = descend(leastSquares(model, { x, y }, new Float64Array(30)));
    expect(found).toMatchObject({ status: "converged", inertia: { positive: 30, zero: 0, negative: 0 } });
    expect(digits(found.theta, truth)).toBeGreaterThan(13);
    expect(found.innerIterations).toBeLessThanOrEqual(6);
  });
  it("calls a root of a singular Jacobian degenerate", () => {
    const found = descend(leastSquares(twins, { x: [1, 2, 3], y: [2, 4, 7] }, [5, -1]));
    expect(found).toMatchObject({
      status: "converged",
      stationaryPoint: "degenerate",
      inertia: { positive: 1, zero: 1, negative: 0 },
    });
    expect(found.theta[0]! + found.theta[1]!).toBeCloseTo(31 / 14, 14);
  });
  it("leaves a parameter alone that the data do not see", () => {
    const found = descend(leastSquares(decay, { x: [0, 0], y: [1, 3] }, [1, 0.5]));
    expect(found).toMatchObject({ status: "converged", stationaryPoint: "degenerate" });
    expect([...found.theta]).toEqual([2, 0.5]);
  });
  it("converges at once on a flat problem", () => {
    const flat = polynomial(
      2,
      () => ({ value: 1, gradient: [0, 0], hessian: [0, 0, 0, 0] }),
      () => 0,
    );
    const found = descend(leastSquares(flat, { x: [0], y: [3] }, [1, 2]));
    expect(found).toMatchObject({
      status: "converged",
      stationaryPoint: "degenerate",
      innerIterations: 0,
      loss: 2,
    });
  });
  it("takes a problem without parameters", () => {
    const none = polynomial(
      0,
      () => ({ value: 1, gradient: [], hessian: [] }),
      () => 0,
    );
    const found = descend(leastSquares(none, { x: [0], y: [3] }, []));
    expect(found).toMatchObject({ status: "converged", stationaryPoint: "minimum", evaluations: 1, loss: 2 });
  });
  it("names a start that is not finite", () => {
    for (const start of [
      [Number.NaN, 1],
      [1, -1e4],
    ]) {
      const found = descend(leastSquares(decay, { x: [0, 1], y: [1, 2] }, start));
      expect(found).toMatchObject({ status: "stalled", innerIterations: 0, evaluations: 1 });
      expect(found.reason).toBe("the model is not finite at the start");
    }
  });
  it("shrinks the radius where a trial overflows", () => {
    const points = { x: [0, 1, 2], y: [1, 2, 4.1] };
    const found = descend(leastSquares(decay, points, [1e-3, 2]), { radius: 1e6 });
    expect(found).toMatchObject({ status: "converged", stationaryPoint: "minimum" });
    expect(found.theta[1]).toBeCloseTo(-Math.log(2), 1);
  });
  it("does not call an infimum at infinity converged", () => {
    for (const k of [0.5, 1, 3]) {
      const found = descend(leastSquares(decay, { x: [0, 1, 2], y: [1, -0.1, 0] }, [1, k]));
      expect(found.status).not.toBe("converged");
      expect(found.reason).toMatch(/parameter 2 runs away|inner iterations/);
      expect(found.loss).toBeCloseTo(0.005, 6);
      expect(found.innerIterations).toBeLessThanOrEqual(200);
    }
  });
  it("does not take a residual that fades with its own gradient for a root", () => {
    // 1 − e^(−k) meets 1 at infinity only; F falls below its rounding error at k = 35.
    const fade: Model = {
      size: 1,
      value(_, theta, g, h) {
        const e = Math.exp(-theta[0]!);
        g[0] = e;
        h[0] = -e;
        return -Math.expm1(-theta[0]!);
      },
      increment: (_, theta, delta) => -Math.exp(-theta[0]!) * Math.expm1(-delta[0]!),
    };
    const found = descend(leastSquares(fade, { x: [0], y: [1] }, [1]));
    expect(found.status).not.toBe("converged");
    expect(found.reason).toMatch(/parameter 1 runs away/);
  });
  it("keeps to its limits and leaves its arguments alone", () => {
    const problem = leastSquares(rosenbrock, { x: [0, 1], y: [0, 0] }, [-1.2, 1]);
    for (const maxInner of [0, 1, 3]) {
      const found = descend(problem, { maxInner });
      expect(found).toMatchObject({ status: "limit", reason: `${maxInner} inner iterations` });
      expect(found).toMatchObject({ innerIterations: maxInner, stationaryPoint: "degenerate" });
    }
    expect([...problem.theta]).toEqual([-1.2, 1]);
  });
  it("weights count as repeated rows", () => {
    const start = [4, 0.4];
    const once = descend(leastSquares(decay, { x: [0, 1, 2], y: [5, 3.2, 1.7], w: [1, 3, 2] }, start));
    const rows = { x: [0, 1, 1, 1, 2, 2], y: [5, 3.2, 3.2, 3.2, 1.7, 1.7] };
    const repeated = descend(leastSquares(decay, rows, start));
    expect(digits(once.theta, [...repeated.theta])).toBeGreaterThan(14);
  });
});
