import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import { optimality } from "../src/architecture/objective.ts";
import { buildArchitecture } from "../src/architecture/read.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { createBudget } from "../src/errors.ts";
import type { Node } from "../src/expression/node.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import type { Precise } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import { resumDecided } from "../src/resummation/decided.ts";
import { programJson, resumJson } from "../src/resummation/json.ts";
import { resum } from "../src/resummation/optimality.ts";
import { tower } from "../src/tower/tower.ts";
import { builtinAt, model } from "./support/architectures.ts";
import { evaluate } from "./support/reals.ts";
import { type Point, point, valuesAt } from "./support/steps.ts";

let judge: ZeroJudge;
let precise: Precise;
beforeAll(async () => {
  judge = await createZeroJudge();
  precise = judge.precise;
});

const budget = () => createBudget({ milliseconds: 60_000 });
const BITS = 220;

/** |a at θ+Δ − b at θ|, over the sum of absolute terms. */
const gap = (a: Node, b: Node, p: Point): number =>
  precise.scope(BITS, (r) => {
    const [left, right] = [evaluate(a, r, valuesAt(r, p, 1)), evaluate(b, r, valuesAt(r, p, 0))];
    const size = Math.max(r.toNumber(left.magnitude), r.toNumber(right.magnitude), 1e-300);
    return Math.abs(r.toNumber(r.binary("sub", left.value, right.value))) / size;
  });

const file = (formula: string, size: number): Architecture =>
  buildArchitecture(
    primitives,
    { model: formula, output: { index: "c", size } },
    { inputs: ["x"], loss: "softmax-cross-entropy" },
  );

describe("a truncated tower beside exact parameters", () => {
  const cases: [string, string[], string[]][] = [
    ["v*gelu(w*x + b) + c", ["v", "c"], ["w", "b"]],
    ["v*lambertw(1 + (w*x)^2)*exp(k*x)", ["v", "k"], ["w"]],
    ["besselj(1, w*x)^2*cos(p*x)", ["p"], ["w"]],
    ["erf(w*x)/(1 + exp(b*x))", [], ["w", "b"]],
  ];
  test.each(cases.slice(0, 3))("%s: what is exact, and what is left out", (formula, exact, truncated) => {
    const given = model(formula, { inputs: ["x"] });
    const equations = optimality(given, budget());
    for (const order of [0, 1, 2, 4]) {
      const made = resum(given, budget(), { order });
      expect(made.truncation).toMatchObject({ order, exact, truncated });
      const whole = point(given, 5, 0.4);
      const scaled = (t: number): Point => ({
        ...whole,
        delta: Object.fromEntries(
          Object.entries(whole.delta).map(([n, d]) => [n, truncated.includes(n) ? t * d : d]),
        ),
      });
      equations.forEach(({ node }, a) => {
        // Exact in the one, of order K + 1 in the other.
        expect(gap(node, made.optimality[a]!.node, scaled(0))).toBeLessThan(1e-55);
        const [one, half] = [2 ** -8, 2 ** -9].map((t) => gap(node, made.optimality[a]!.node, scaled(t)));
        if (one! > 1e-50) expect(Math.log2(one! / half!)).toBeGreaterThan(order + 0.9);
      });
    }
  });

  test("with every parameter open it is the tower", () => {
    const given = model("A*exp(k*x)", { inputs: ["x"] });
    const order = 4;
    const made = resum(given, budget(), { order, open: ["A", "k"] });
    const floors = tower(given, order, budget());
    const p = point(given, 3, 0.5);
    floors.components.forEach(({ terms }, a) => {
      precise.scope(BITS, (r) => {
        let sum = r.number(0);
        for (const { monomial, coefficient } of terms) {
          let term = evaluate(coefficient, r, valuesAt(r, p, 0)).value;
          for (const [name, k] of Object.entries(monomial))
            term = r.binary("mul", term, r.power(r.number(p.delta[name]!), k));
          sum = r.binary("add", sum, term);
        }
        const other = evaluate(made.optimality[a]!.node, r, valuesAt(r, p, 0)).value;
        expect(Math.abs(r.toNumber(r.binary("sub", sum, other)))).toBeLessThan(1e-55);
      });
    });
  });

  test("H is the derivative of the truncated F", () => {
    const given = model("v*gelu(w*x)", { inputs: ["x"] });
    const made = resum(given, budget(), { order: 3 });
    const p = point(given, 2, 0.3);
    const h = 2 ** -60;
    const names = ["v", "w"];
    made.hessian.forEach((row, a) => {
      row.forEach(({ node }, b) => {
        precise.scope(BITS, (r) => {
          const at = (s: number) => (symbol: Parameters<ReturnType<typeof valuesAt>>[0]) => {
            const base = valuesAt(r, p, 0)(symbol);
            return symbol.role === "step" && symbol.name === names[b]
              ? r.binary("add", base, r.number(s * h))
              : base;
          };
          const [right, left] = [1, -1].map((s) => evaluate(made.optimality[a]!.node, r, at(s)).value);
          const slope = r.toNumber(r.binary("sub", right!, left!)) / (2 * h);
          expect(slope).toBeCloseTo(r.toNumber(evaluate(node, r, at(0)).value), 12);
        });
      });
    });
  });

  test.each([
    [-1, "the order -1 is out of range"],
    [1.5, "the order 1.5 is out of range"],
    [21, "the order 21 is out of range"],
  ])("the order %j", (order, message) => {
    expect(() => resum(model("v*gelu(w)"), budget(), { order })).toThrow(message);
  });

  test("kinks have no tower of any order", () => {
    expect(() => resum(model("v*relu(w*x)"), budget(), { order: 2 })).toThrow("has a kink");
    expect(() => resum(model("v*x", { loss: "huber" }), budget())).toThrow("has a kink");
  });
});

describe("other losses and several outputs", () => {
  test.each([
    ["poisson-log", () => model("a*cos(w*x) + b", { inputs: ["x"], loss: "poisson-log" })],
    ["logistic", () => model("a*exp(w*x) + b", { inputs: ["x"], loss: "logistic" })],
    ["gaussian-nll", () => model("a*exp(w*x)", { inputs: ["x"], loss: "gaussian-nll" })],
    ["softmax-cross-entropy", () => file("a[c]*sin(w[c]*x)", 3)],
  ] as [string, () => Architecture][])("%s: F(Delta) is the gradient at theta + Delta", (loss, make) => {
    const given = make();
    // The cascade of a loss goes through functions of its own.
    const equations = optimality(given, budget());
    const made = resum(given, budget());
    for (const seed of [1, 2, 3]) {
      const p = point(given, seed, 0.7);
      if (loss === "gaussian-nll") p.theta.sigma = 1.5;
      equations.forEach(({ node }, a) => {
        expect(gap(node, made.optimality[a]!.node, p)).toBeLessThan(1e-55);
      });
    }
  });

  test("an open number of outputs keeps its index", () => {
    const given = buildArchitecture(
      primitives,
      { model: "a[c]*exp(k*x)", output: { index: "c", size: "C" } },
      { inputs: ["x"] },
    );
    const json = resumJson(resum(given, budget()));
    expect(json.model).toBe("(a[c] + Delta_a[c])*exp(k*x)*exp(Delta_k*x)");
    expect(Object.keys(json.optimality)).toEqual(["a[c]", "k"]);
  });
});

describe("what the verdict admits", () => {
  test.each([
    ["max(w*x, v) + min(w*x, v)", "v + x*(w + Delta_w) + Delta_v"],
    ["a*erf(w*x) + a*erfc(w*x)", "a + Delta_a"],
    ["cbrt(1 + w^2)", "(w^2 + 1)^(1/3)*exp(log1p(Delta_w*(2*w + Delta_w)/(w^2 + 1))/3)"],
  ])("%s is resummed in its normal form", (formula, wanted) => {
    const made = resumDecided(model(formula, { inputs: ["x"] }), judge, budget());
    expect(resumJson(made).model).toBe(wanted);
    expect(made.steps[0]).toMatchObject({ rule: "normal form" });
  });
  test("outside of the class it gives the obstruction", () => {
    const outside = model("relu(w*x) + relu(-w*x)", { inputs: ["x"] });
    expect(() => resumDecided(outside, judge, budget())).toThrow(/there is no tower: abs\(w\*x\) has a kink/);
    expect(() => resumDecided(model("cbrt(w*x)", { inputs: ["x"] }), judge, budget())).toThrow("no tower");
    expect(() => resumDecided(model("gamma(w)"), judge, budget(), { order: 2 })).toThrow("Hoelder 1887");
  });
});

/** Arguments in whose range the function of each name is looked at; by default near 0. */
const MIDDLE: Readonly<Record<string, string>> = {
  log: "3",
  sqrt: "3",
  acosh: "4",
  pow: "3",
  cbrt: "3",
};

describe("steps and programs", () => {
  const lawful = [...primitives.values()].filter(({ addition, operator }) => addition && !operator);
  test.each(lawful.map(({ name }) => name))("%s: law and increment", (name) => {
    const u = `(${MIDDLE[name] ?? "0"} + (w*x + b)/4)`;
    const args = name === "atan2" ? `${u}, 2 + v*x/4` : /^[scd]n$/.test(name) ? `${u}, 1/3` : u;
    const given = model(`${name}(${args})`, { inputs: ["x"] });
    const made = resum(given, budget(), { analytic: true });
    for (const seed of [1, 2, 3]) {
      const p = point(given, seed, 0.6);
      for (const { before, after, increment } of made.steps) {
        expect(gap(before, after, p)).toBeLessThan(1e-50);
        expect(gap(before, given.algebra.add(before, increment), p)).toBeLessThan(1e-50);
      }
    }
  });

  test.each([
    ["aion", () => builtinAt("aion", { r: 1, d: 2, P: 1 })],
    ["powers", () => model("(a + b*x)^3/(1 + exp(c*x))^2", { inputs: ["x"] })],
  ])("%s: every increment is the difference", (_, make) => {
    const given = make();
    const p = point(given, 4, 0.8);
    for (const { before, increment } of resum(given, budget()).steps) {
      const total = given.algebra.add(before, increment);
      expect(gap(before, total, p)).toBeLessThan(1e-50);
    }
  });

  test.each([
    ["aion", () => builtinAt("aion", { r: 2, d: 2, P: 1 })],
    ["logistic", () => model("a*exp(w*x) + b", { inputs: ["x"], loss: "logistic" })],
  ])("%s: the program has the values of the formulas", (_, make) => {
    const given = make();
    const made = resum(given, budget());
    const json = resumJson(made);
    const p = point(given, 8, 0.3);
    const values: Record<string, number> = {
      ...p.theta,
      ...p.x,
      y: p.y,
      ...Object.fromEntries(Object.entries(p.delta).map(([name, v]) => [`Delta_${name}`, v])),
    };
    const program = json.program;
    for (const { name, formula } of program.parts) values[name] = mathjsEvaluate(formula, values);
    const at = (formula: string): number => mathjsEvaluate(formula, values);
    expect(at(program.model)).toBeCloseTo(at(json.model), 12);
    for (const [name, formula] of Object.entries(json.optimality)) {
      const first = at((program.optimality ?? program.slopes)![name]!);
      const own = program.slopes === undefined ? first : (at(program.model) - p.y) * first;
      expect(own).toBeCloseTo(at(formula), 12);
    }
  });

  test("the program grows as the number of atoms does", () => {
    const length = (K: number): number =>
      JSON.stringify(programJson(resum(builtinAt("exponential-sum", { K }), budget()))).length;
    expect(length(32) / length(16)).toBeLessThan(2.2);
  });
});
