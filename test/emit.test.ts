import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import { jsFunction } from "../src/emit/js.ts";
import { compilePrograms, jsModule } from "../src/emit/module.ts";
import { optimalityPrograms } from "../src/emit/optimality.ts";
import { createBudget } from "../src/errors.ts";
import { expand } from "../src/expression/substitute.ts";
import { primitives } from "../src/primitives/index.ts";
import { seededRandom } from "../src/solve/start.ts";
import { builtinAt, expPolynomialFormula, model } from "./support/architectures.ts";
import { indexedFormula } from "./support/indexed.ts";

const budget = () => createBudget({ milliseconds: 60_000 });
const folder = mkdtempSync(join(tmpdir(), "emit-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Emitted {
  parameters: string[];
  inputs: string[];
  residual(theta: Float64Array, data: unknown): Float64Array;
  gradient(theta: Float64Array, delta: Float64Array, data: unknown): Float64Array;
  hessian(theta: Float64Array, delta: Float64Array, data: unknown): Float64Array;
  jacobian(theta: Float64Array, data: unknown): Float64Array;
  update(theta: Float64Array, data: unknown, options?: unknown): { theta: Float64Array; status: string };
}

let count = 0;
async function load(given: Architecture): Promise<Emitted> {
  const { code } = jsModule(given, { tier: "exponential-polynomial", version: "0.0.0" }, budget());
  const path = join(folder, `m${count++}.mjs`);
  writeFileSync(path, code);
  return (await import(pathToFileURL(path).href)) as Emitted;
}

/** Random data and points for an architecture. */
function draw(size: number, inputs: number, rows: number, seed: number) {
  const random = seededRandom(seed);
  const vector = (n: number) => Float64Array.from({ length: n }, () => 2 * random() - 1);
  return {
    theta: vector(size),
    delta: vector(size).map((v) => v / 3),
    data: {
      inputs: Array.from({ length: inputs }, () => vector(rows)),
      y: vector(rows),
      w: vector(rows).map((v) => 1 + v / 2),
    },
  };
}

const cases: [string, () => Architecture][] = [
  ["aion r=2 d=2 P=2", () => builtinAt("aion", { r: 2, d: 2, P: 2 })],
  ["aion r=1 d=3 P=1", () => builtinAt("aion", { r: 1, d: 3, P: 1 })],
  ["cp tensor", () => builtinAt("cp-tensor", { r: 2, d: 3 })],
  ["a power with a data base", () => model("A*(x^2 + 1)^b + c")],
  ["negative powers of the data", () => model("a*x^3/(x^2 + 2) + exp(b*x)^2/x^2")],
  [
    "triangular sums, index powers",
    () => model("sum(a[i]*sum(b[k]*x^(k - 1), k, 1, i), i, 1, 3) + sum((c*x)^k, k, 1, 3)"),
  ],
  ["shifted indices", () => model("sum(a[i + 1]*a[i]*exp(w[i]*x), i, 1, 3)")],
  ["excluded indices", () => model("sum(a[i]*prod(x - b[k], k, 1, 3, k != i), i, 1, 3)")],
  [
    "indices and sizes as numbers",
    () => model("sum(a[i]*i*exp(-b*(x - i)), i, 1, n)/n", { sizes: { n: 3 } }),
  ],
  ["one family used at several places", () => model("a[1]*exp(a[2]*x) + a[3]*cos(a[2]*x + a[1])")],
  ["functions of the data alone", () => model("a*relu(x) + b*tanh(x)^2 + c*round(3*x) + d*max(x, 0.1)")],
];

describe("the emitted module", () => {
  test.each(cases)("%s: gradient and Hessian are the derivatives of the residual", async (_, make) => {
    const module = await load(make());
    const { theta, delta, data } = draw(module.parameters.length, module.inputs.length, 9, 4);
    const loss = (at: Float64Array): number =>
      module.residual(at, data).reduce((sum, r, n) => sum + 0.5 * data.w[n]! * r * r, 0);
    const gradient = module.gradient(theta, delta, data);
    const hessian = module.hessian(theta, delta, data);
    const jacobian = module.jacobian(theta, data);
    const m = theta.length;
    const h = 1e-5;
    const end = theta.map((v, a) => v + delta[a]!);
    const scale = 1 + Math.max(...hessian.map(Math.abs));
    for (let a = 0; a < m; a++) {
      const moved = (from: Float64Array, by: number) => from.map((v, k) => (k === a ? v + by : v));
      const slope = (loss(moved(end, h)) - loss(moved(end, -h))) / (2 * h);
      expect(Math.abs(slope - gradient[a]!)).toBeLessThan(1e-8 * scale);
      const up = module.gradient(theta, moved(delta, h), data);
      const down = module.gradient(theta, moved(delta, -h), data);
      for (let b = 0; b < m; b++) {
        expect(Math.abs((up[b]! - down[b]!) / (2 * h) - hessian[a * m + b]!)).toBeLessThan(1e-7 * scale);
      }
      const right = module.residual(moved(theta, h), data);
      const left = module.residual(moved(theta, -h), data);
      for (let n = 0; n < 9; n++) {
        expect(Math.abs((right[n]! - left[n]!) / (2 * h) - jacobian[n * m + a]!)).toBeLessThan(1e-7 * scale);
      }
    }
  });

  test("loops stay loops: the text does not grow with the sizes", () => {
    const length = (sizes: Record<string, number>): number => {
      const programs = optimalityPrograms(builtinAt("aion", sizes), "js", budget());
      return jsFunction(programs.evaluate, primitives).length;
    };
    const small = length({ r: 2, d: 2, P: 2 });
    expect(Math.abs(length({ r: 5, d: 7, P: 3 }) - small)).toBeLessThan(0.05 * small);
  });

  test("loops compute what their unrolling computes", () => {
    let compared = 0;
    for (let seed = 0; seed < 220; seed++) {
      const given = model(indexedFormula(seed), { inputs: ["x"] });
      const unrolled = { ...given, model: expand(given.algebra, given.model, budget()) };
      const [loops, plain] = [given, unrolled].map((a) => compilePrograms(a, budget()));
      const m = loops!.size;
      const { theta, delta, data } = draw(m, 3, 3, seed);
      const results = [loops!, plain!].map((programs) => {
        const out = [m, m * m, m * m, m, 1].map((n) => new Float64Array(n));
        const rows = { ...data, rows: 3 };
        const decrease = programs.evaluate(theta, delta, out[0]!, out[1]!, out[2]!, out[3]!, out[4]!, rows);
        const jacobian = new Float64Array(3 * m);
        programs.jacobian(theta, jacobian, rows);
        return [decrease, ...out.flatMap((array) => [...array]), ...jacobian];
      });
      const scale = Math.max(1, ...results[1]!.map(Math.abs));
      if (!Number.isFinite(scale)) continue;
      compared++;
      results[0]!.forEach((value, k) => {
        expect(Math.abs(value - results[1]![k]!)).toBeLessThanOrEqual(1e-10 * scale);
      });
    }
    expect(compared).toBeGreaterThan(200);
  });

  test("index powers of 0 have finite derivatives, and ranges of differences stay inside", async () => {
    const powers = await load(model("sum((a*x)^k, k, 1, 3)"));
    const data = { inputs: [Float64Array.of(0, 1, 2)], y: Float64Array.of(0, 1, 2) };
    const hessian = powers.hessian(Float64Array.of(0.5), Float64Array.of(0), data);
    // f = u + u² + u³ with u = a x: H = Σ x² ((1 + 2u + 3u²)² + (f − y)(2 + 6u)).
    const wanted = [1, 2].reduce((sum, x) => {
      const u = 0.5 * x;
      return sum + x * x * ((1 + 2 * u + 3 * u * u) ** 2 + (u + u * u + u ** 3 - x) * (2 + 6 * u));
    }, 0);
    expect(hessian[0]).toBeCloseTo(wanted, 11);
    const triangle = await load(model("sum(sum(exp(a*x[i - k + 1]), k, 1, i), i, 1, 3)"));
    const columns = [Float64Array.of(0.1), Float64Array.of(0.2), Float64Array.of(0.3)];
    const [r] = triangle.residual(Float64Array.of(1), { inputs: columns, y: Float64Array.of(0) });
    expect(r).toBeCloseTo(3 * Math.exp(0.1) + 2 * Math.exp(0.2) + Math.exp(0.3), 12);
  });

  test("sizes of 0 and models without parameters", async () => {
    for (const given of [builtinAt("aion", { r: 0, d: 2, P: 1 }), model("x^2")]) {
      const module = await load(given);
      const data = { inputs: module.inputs.map(() => Float64Array.of(1, 2)), y: Float64Array.of(1, 1) };
      expect(module.gradient(new Float64Array(0), new Float64Array(0), data)).toHaveLength(0);
      expect(module.update(new Float64Array(0), data).status).toBe("converged");
      expect(module.residual(new Float64Array(0), data)).toHaveLength(2);
    }
  });

  test("a lattice is written out, its last input fastest", async () => {
    const module = await load(model("a*x1 + b*x2"));
    const lattice = { start: [0, 10], step: [1, 5], count: [2, 3] };
    const theta = Float64Array.of(100, 1);
    const y = new Float64Array(6);
    expect([...module.residual(theta, { lattice, y })]).toEqual([10, 15, 20, 110, 115, 120]);
  });

  test("wrong lengths are refused, arguments are left untouched", async () => {
    const module = await load(model("a*exp(-k*x)"));
    const data = { inputs: [Float64Array.of(0, 1, 2, 3)], y: Float64Array.of(2, 1, 0.5, 0.2) };
    expect(() => module.update(Float64Array.of(1), data)).toThrow("theta has 1 entries; accepted: 2");
    expect(() => module.update(Float64Array.of(1, 1), { ...data, inputs: [] })).toThrow("data has 0 inputs");
    expect(() => module.update(Float64Array.of(1, 1), { ...data, w: [1] })).toThrow("w has 1 rows");
    expect(() => module.update(Float64Array.of(1, 1), { ...data, w: [1, -1, 1, 1] })).toThrow("w[1] is -1");
    const theta = Float64Array.of(1, 1);
    expect(module.update(theta, data).status).toBe("converged");
    expect([...theta]).toEqual([1, 1]);
    const nan = module.update(Float64Array.of(1, 1), { ...data, y: Float64Array.of(Number.NaN, 1, 1, 1) });
    expect(nan).toMatchObject({ status: "stalled", reason: "the model is not finite at the start" });
  });

  test("it stands alone and is plain JavaScript", async () => {
    const { code, types } = jsModule(
      builtinAt("aion", { r: 1, d: 1, P: 1 }),
      { tier: "t", version: "1" },
      budget(),
    );
    expect(code).not.toMatch(/\b(import|require)\b\s*[({"']/);
    expect(code).not.toMatch(/^import /m);
    expect(types).toContain("export declare function update(");
    const path = join(folder, "alone.mjs");
    writeFileSync(path, code);
    execFileSync(process.execPath, ["--check", path]);
  });

  test("no name of a user reaches the code", () => {
    const name = fc.constantFrom(
      "class",
      "lambda",
      "t0",
      "theta",
      "inputs",
      "n",
      "Math",
      "aé",
      "λ",
      "await",
      "evaluate",
    );
    fc.assert(
      fc.property(name, (hostile) => {
        const given = { ...model(`${hostile}*exp(-k*x)`), name: "*/ \u2028 process.exit() \n" };
        const { code } = jsModule(given, { tier: "t", version: "1" }, budget());
        const rest = code
          .split("\n")
          .filter((line) => !line.startsWith("// ") && !line.startsWith("export const "));
        const plain = compilePrograms(model("k1*exp(-k*x)"), budget());
        expect(rest.join("\n")).not.toContain("process.exit");
        expect(plain.size).toBe(2);
        const other = jsModule(model("k1*exp(-k*x)"), { tier: "t", version: "1" }, budget()).code;
        const otherRest = other
          .split("\n")
          .filter((l) => !l.startsWith("// ") && !l.startsWith("export const "));
        expect(rest).toEqual(otherRest);
      }),
      { numRuns: 15, seed: 2 },
    );
  });

  test("random exponential polynomials compile to their own derivatives", () => {
    fc.assert(
      fc.property(expPolynomialFormula, fc.nat(1000), (formula, seed) => {
        const programs = compilePrograms(model(formula), budget());
        const m = programs.size;
        const { theta, delta, data } = draw(m, 1, 5, seed);
        const rows = { ...data, rows: 5 };
        const at = (step: Float64Array) => {
          const out = [m, m * m, m * m, m, 1].map((n) => new Float64Array(n));
          const decrease = programs.evaluate(theta, step, out[0]!, out[1]!, out[2]!, out[3]!, out[4]!, rows);
          return { decrease, gradient: out[0]!, hessian: out[1]! };
        };
        const here = at(delta);
        const scale = 1 + Math.max(...here.hessian.map(Math.abs), 0);
        for (let a = 0; a < m; a++) {
          const h = 1e-5;
          const up = at(delta.map((v, k) => (k === a ? v + h : v)));
          const down = at(delta.map((v, k) => (k === a ? v - h : v)));
          expect(Math.abs((up.decrease - down.decrease) / (2 * h) - here.gradient[a]!)).toBeLessThan(
            1e-6 * scale,
          );
          for (let b = 0; b < m; b++) {
            const slope = (up.gradient[b]! - down.gradient[b]!) / (2 * h);
            expect(Math.abs(slope - here.hessian[a * m + b]!)).toBeLessThan(1e-5 * scale);
          }
        }
      }),
      { numRuns: 40, seed: 9 },
    );
  });
});
