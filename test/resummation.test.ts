import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Architecture, members, parameterVariables } from "../src/architecture/architecture.ts";
import { compilePrograms } from "../src/emit/module.ts";
import { createBudget } from "../src/errors.ts";
import { literal } from "../src/expression/affine.ts";
import { differentiate } from "../src/expression/differentiate.ts";
import type { Node } from "../src/expression/node.ts";
import { createNormaliser, isObstacle } from "../src/expression/normal.ts";
import { print } from "../src/expression/print.ts";
import { expand, instantiate, rebuild } from "../src/expression/substitute.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import { createCascade } from "../src/resummation/cascade.ts";
import { resumJson } from "../src/resummation/json.ts";
import { resum } from "../src/resummation/optimality.ts";
import { tower, towerJson } from "../src/tower/tower.ts";
import { builtinAt, model } from "./support/architectures.ts";
import { evaluate } from "./support/reals.ts";
import { point, valuesAt } from "./support/steps.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const budget = () => createBudget({ milliseconds: 60_000 });
const BITS = 220;

/** g_a = (f − y) ∂_a f as an expression. */
function gradientNodes(given: Architecture): Node[] {
  const { algebra } = given;
  const f = expand(algebra, given.model, budget());
  const residual = algebra.subtract(f, algebra.symbol("y", "target"));
  return parameterVariables(given).map(({ variable }) =>
    algebra.multiply(residual, differentiate(algebra, f, variable, budget())),
  );
}

const instances: [string, () => Architecture][] = [
  ["aion r=1 d=1 P=1", () => builtinAt("aion", { r: 1, d: 1, P: 1 })],
  ["aion r=2 d=2 P=2", () => builtinAt("aion", { r: 2, d: 2, P: 2 })],
  ["exponential sum K=3", () => builtinAt("exponential-sum", { K: 3 })],
  ["Fourier features K=2", () => builtinAt("fourier-features", { K: 2 })],
  ["CP tensor r=2 d=3", () => builtinAt("cp-tensor", { r: 2, d: 3 })],
  ["hyperbolic", () => model("a*cosh(w*x) + b*sinh(w*x + c)^2")],
  ["co2", () => model("c + a*exp(k*x) + b1*cos(w1*x + p1) + b2*cos(w2*x + p2)")],
];

describe("F(Delta) is the gradient at theta + Delta", () => {
  test.each(instances)("%s: the compiled program, to 1e-13 of the sum of absolute terms", (_, make) => {
    const given = make();
    const programs = compilePrograms(given, budget());
    const gradient = gradientNodes(given);
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(1e-8, 1e-3, 0.3, 2), (seed, size) => {
        const p = point(given, seed, size);
        const columns = Object.values(p.x).map((v) => Float64Array.of(v));
        const data = { inputs: columns, y: Float64Array.of(p.y), w: null, rows: 1 };
        const got = new Float64Array(programs.size);
        programs.gradient(Object.values(p.theta), Object.values(p.delta), got, data);
        precise.scope(BITS, (r) => {
          gradient.forEach((node, a) => {
            const exact = evaluate(node, r, valuesAt(r, p, 1));
            const error = Math.abs(r.toNumber(r.binary("sub", exact.value, r.number(got[a]!))));
            expect(error).toBeLessThanOrEqual(1e-13 * r.toNumber(exact.magnitude));
          });
        });
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  test.each(instances)("%s: the printed formula, read by mathjs", (_, make) => {
    const given = make();
    const json = resumJson(resum(given, budget()));
    const gradient = gradientNodes(given);
    for (const seed of [1, 2]) {
      const p = point(given, seed, 0.4);
      const values = {
        ...p.theta,
        ...p.x,
        y: p.y,
        ...Object.fromEntries(Object.entries(p.delta).map(([name, v]) => [`Delta_${name}`, v])),
      };
      precise.scope(BITS, (r) => {
        Object.values(json.optimality).forEach((formula, a) => {
          const exact = evaluate(gradient[a]!, r, valuesAt(r, p, 1));
          const error = Math.abs(mathjsEvaluate(formula, values) - r.toNumber(exact.value));
          expect(error).toBeLessThanOrEqual(1e-12 * r.toNumber(exact.magnitude));
        });
      });
    }
  });
});

describe("the tower", () => {
  const taylor = instances.filter(([name]) => !name.includes("r=2 d=2"));
  test.each(taylor)("%s: partial sums converge to the gradient at theta + Delta", (_, make) => {
    const given = make();
    const order = given.parameters.length > 6 ? 5 : 7;
    const floors = tower(given, order, budget());
    const gradient = gradientNodes(given);
    const p = point(given, 17, 0.1);
    const errors = [1, 0.5].map((t) =>
      precise.scope(BITS, (r) =>
        gradient.map((node, a) => {
          const exact = evaluate(node, r, valuesAt(r, p, t)).value;
          let sum = r.number(0);
          for (const { monomial, coefficient } of floors.components[a]!.terms) {
            let term = evaluate(coefficient, r, valuesAt(r, p, 0)).value;
            for (const [name, k] of Object.entries(monomial)) {
              term = r.binary("mul", term, r.power(r.number(t * p.delta[name]!), k));
            }
            sum = r.binary("add", sum, term);
          }
          return Math.abs(r.toNumber(r.binary("sub", exact, sum)));
        }),
      ),
    );
    const total = (list: number[]): number => list.reduce((s, e) => s + e, 0);
    const [whole, half] = errors.map(total) as [number, number];
    expect(whole).toBeLessThan(1e-4);
    // Halving the step divides the error by 2^(order + 1), unless the tower has ended.
    if (whole > 1e-40) expect(Math.log2(whole / half)).toBeGreaterThan(order + 0.5);
  });

  test("the check values of one atom (sum of all partials to orders 4 and 6)", () => {
    const given = model("A*exp(a*x)*cos(w*x + p)");
    const { algebra } = given;
    const value: Record<string, number> = { A: 1.3, a: -0.4, w: 2.1, p: 0.7, x: 0.9 };
    const by = ["A", "a", "w", "p"].map((name) => ({
      name,
      role: "parameter" as const,
      indices: [],
      ranges: [],
    }));
    const sums: number[] = [];
    precise.scope(BITS, (r) => {
      const at = (node: Node): number => r.toNumber(evaluate(node, r, (s) => r.number(value[s.name]!)).value);
      let layer = [{ node: given.model, from: 0 }];
      let total = at(given.model);
      for (let order = 1; order <= 6; order++) {
        layer = layer.flatMap(({ node, from }) =>
          by.slice(from).map((variable, k) => ({
            node: differentiate(algebra, node, variable, budget()),
            from: from + k,
          })),
        );
        total += layer.reduce((sum, { node }) => sum + at(node), 0);
        sums.push(total);
      }
    });
    expect(sums[3]).toBeCloseTo(-0.262692374401, 11);
    expect(sums[5]).toBeCloseTo(-5.86172868387, 10);
  });

  test("a polynomial tower ends where the verdict says", () => {
    const floors = tower(model("(w0 + w1*x)^2"), 8, budget());
    const degrees = floors.components.flatMap((c) =>
      c.terms.map((t) => Object.values(t.monomial).reduce((a, b) => a + b, 0)),
    );
    expect(Math.max(...degrees)).toBe(3);
  });

  test("JSON: monomials by parameter, coefficients as formulas", () => {
    expect(towerJson(tower(model("a*x"), 1, budget()))).toEqual({
      order: 1,
      components: [
        {
          parameter: "a",
          terms: [
            { order: 0, monomial: {}, coefficient: "x*(a*x - y)" },
            { order: 1, monomial: { a: 1 }, coefficient: "x^2" },
          ],
        },
      ],
      generalTerm: {
        kind: "closed",
        orders: { a: "n_a" },
        model: "x*(a*delta(n_a, 0) + delta(n_a, 1))",
        optimality: expect.stringContaining("binomial(n, m)"),
      },
    });
  });
});

describe("open sizes", () => {
  test.each([
    ["aion", { r: 2, d: 2, P: 1 }],
    ["aion", { r: 1, d: 1, P: 2 }],
    ["exponential-sum", { K: 3 }],
    ["fourier-features", { K: 0 }],
    ["cp-tensor", { r: 2, d: 3 }],
  ] as [string, Record<string, number>][])(
    "%s at %j: F and H instantiated are those of the instance",
    (name, sizes) => {
      const given = builtinAt(name);
      const { algebra } = given;
      const generic = resum(given, budget());
      const numbers = new Map(Object.entries(sizes));
      const instance = builtinAt(name, sizes);
      const plain = expand(algebra, instantiate(algebra, given.model, numbers), budget());
      const cascade = createCascade(algebra, budget());
      const residual = algebra.subtract(cascade.shifted(plain), algebra.symbol("y", "target"));
      const at = (node: Node, tuples: readonly (readonly number[])[]): Node => {
        const values = tuples.flatMap((tuple) => [...tuple].reverse());
        const sized = instantiate(algebra, node, numbers);
        return expand(algebra, rebuild(algebra, sized, { index: (k) => literal(values[k]!) }), budget());
      };
      const isZero = (node: Node): boolean => {
        const form = createNormaliser(algebra, (s) => s.role !== "input", budget()).normal(node);
        return !isObstacle(form) && form.size === 0;
      };
      instance.parameters.forEach((family, a) => {
        for (const tuple of members(family)) {
          const indices = tuple.map(literal);
          const by = (f: string, list: typeof indices) => ({
            name: f,
            role: "parameter" as const,
            indices: list,
            ranges: list.map((i) => ({ lo: i, hi: i })),
          });
          const slope = differentiate(algebra, plain, by(family.name, indices), budget());
          const direct = algebra.multiply(residual, cascade.shifted(slope));
          expect(isZero(algebra.subtract(at(generic.optimality[a]!.node, [tuple]), direct))).toBe(true);
          const [other, b] = [instance.parameters[0]!, 0];
          for (const second of members(other)) {
            const mixed = differentiate(algebra, slope, by(other.name, second.map(literal)), budget());
            const first = differentiate(algebra, plain, by(other.name, second.map(literal)), budget());
            const wanted = algebra.add(
              algebra.multiply(cascade.shifted(slope), cascade.shifted(first)),
              algebra.multiply(residual, cascade.shifted(mixed)),
            );
            expect(isZero(algebra.subtract(at(generic.hessian[a]![b]!.node, [second, tuple]), wanted))).toBe(
              true,
            );
          }
        }
      });
    },
  );
});

describe("the cascade", () => {
  test("each step is the expression at theta + Delta", () => {
    const given = builtinAt("aion", { r: 1, d: 2, P: 1 });
    const { steps } = resum(given, budget());
    expect(steps.length).toBeGreaterThan(10);
    const p = point(given, 3, 0.7);
    precise.scope(BITS, (r) => {
      for (const { before, after } of steps) {
        const left = evaluate(before, r, valuesAt(r, p, 1));
        const right = evaluate(after, r, valuesAt(r, p, 0));
        const error = Math.abs(r.toNumber(r.binary("sub", left.value, right.value)));
        expect(error).toBeLessThan(1e-50);
      }
    });
  });
  test("it names the function at which it stops", () => {
    expect(() => resum(model("v*gelu(w*x)"), budget())).toThrow(
      "the cascade stops at 'gelu(w*x)': gelu has no addition law; accepted: resum --order K, for a tower of order K in w, v being resummed exactly",
    );
  });
  test("steps are printed with the rule they follow", () => {
    const { steps } = resumJson(resum(model("A*exp(k*x)"), budget()));
    expect(steps.at(-1)).toEqual({
      rule: "product: e^D(u v) = e^D u e^D v",
      law: "e^{D} is an automorphism",
      before: "A*exp(k*x)",
      after: "(A + Delta_A)*exp(k*x)*exp(Delta_k*x)",
      increment: "Delta_A*exp(k*x)*exp(Delta_k*x) - A*exp(k*x)*exp(Delta_k*x)*expm1(-Delta_k*x)",
    });
    expect(print(model("x").model)).toBe("x");
  });
});
