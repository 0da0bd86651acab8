import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Architecture,
  atSizes,
  memberName,
  members,
  parameterVariables,
} from "../src/architecture/architecture.ts";
import { createBudget } from "../src/errors.ts";
import { literal } from "../src/expression/affine.ts";
import { differentiate } from "../src/expression/differentiate.ts";
import type { Node } from "../src/expression/node.ts";
import { createNormaliser, isObstacle } from "../src/expression/normal.ts";
import { print } from "../src/expression/print.ts";
import { expand, instantiate, rebuild } from "../src/expression/substitute.ts";
import { mathjsEvaluateComplex } from "../src/precise/mathjs.ts";
import { seededRandom } from "../src/solve/start.ts";
import { atOrders, type GeneralTerm, generalTerm, gradientAtOrders, isAbsent } from "../src/tower/general.ts";
import { tower } from "../src/tower/tower.ts";
import { builtinAt, model } from "./support/architectures.ts";

const budget = () => createBudget({ milliseconds: 60_000 });

const COMPLEX_AION =
  "re(sum(prod(sum(A[j,i,p]*exp(alpha[j,i,p]*x[i] + complex(0, omega[j,i,p]*x[i] + phi[j,i,p])), p, 1, P), i, 1, d), j, 1, r))";

/** The formula, its sizes open, and how its sizes are called. */
const generic: [string, string[], (sizes: Record<string, number>) => Architecture][] = [
  ["aion", ["r", "d", "P"], (sizes) => builtinAt("aion", sizes)],
  ["exponential-sum", ["K"], (sizes) => builtinAt("exponential-sum", sizes)],
  ["fourier-features", ["K"], (sizes) => builtinAt("fourier-features", sizes)],
  ["polynomial-regression", ["K"], (sizes) => builtinAt("polynomial-regression", sizes)],
  ["cp-tensor", ["r", "d"], (sizes) => builtinAt("cp-tensor", sizes)],
  ["complex AION", ["r", "d", "P"], (sizes) => model(COMPLEX_AION, { inputs: ["x[i]"], sizes })],
  [
    "nested sums",
    ["h", "d"],
    (sizes) =>
      model("sum(v[k]*sin(sum(w[k,i]*x[i] + u[k,i], i, 1, d) + b[k]), k, 1, h)", { inputs: ["x[i]"], sizes }),
  ],
  [
    "a sum beside a sum",
    ["d"],
    (sizes) =>
      model("c^2*exp(sum(w[i]*x[i], i, 1, d))*cos(sum(v[i]*x[i]^2, i, 1, d) + c)", {
        inputs: ["x[i]"],
        sizes,
      }),
  ],
  ["a family that cancels", ["n"], (sizes) => model("prod(a[i]*x + b[i] - b[i], i, 1, n)", { sizes })],
  ["shared rate", ["T"], (sizes) => model("sum(B[k]*exp(-a*(x - k)), k, 1, T) + a^2*c", { sizes })],
];
const fixed: [string, () => Architecture][] = [
  ["decay", () => model("A*exp(-k*x)")],
  ["a parameter beside its own wave", () => model("A*w^2*cos(w*x) + w^3*exp(w*x)")],
  ["complex rates", () => model("b^2*exp(a*x)*cos(a*x + b)*x")],
  ["shared parameters", () => model("(a + b)*(a - b*x)*exp(a + b)*sin(b - 2*x)")],
  ["parameters that cancel when they are read", () => model("a*x + b - b + exp((s - s)*x)")],
  ["a member of the range that does not occur", () => model("a[1]*x + a[3]*exp(k*x)")],
  ["orders named like parameters", () => model("n_a*x + a*exp(n_n_a*x)")],
  ["constants", () => model("c*exp(2*c + 1/3) + pi*sinh(c)*log(x)")],
];

function term(given: Architecture): GeneralTerm {
  const found = generalTerm(given, budget());
  if (isAbsent(found)) throw new Error(found.absent);
  return found;
}

/** Zero as an exponential polynomial in parameters and data. */
function isZero(given: Architecture, node: Node): boolean {
  const { algebra } = given;
  const form = createNormaliser(algebra, (s) => s.role === "parameter", budget()).normal(
    expand(algebra, node, budget()),
  );
  if (isObstacle(form)) throw new Error(form.obstacle);
  return form.size === 0;
}

const randomOrders = (given: Architecture, seed: number, most: number): Record<string, number> => {
  const random = seededRandom(seed);
  const names = given.parameters.flatMap((f) => members(f).map((tuple) => memberName(f.name, tuple)));
  const orders: Record<string, number> = {};
  // Orders gather in few parameters, so that they meet.
  const pool = names
    .slice()
    .sort(() => random() - 0.5)
    .slice(0, 3);
  for (let k = Math.floor(random() * (most + 1)); k > 0 && pool.length > 0; k--) {
    const name = pool[Math.floor(random() * pool.length)]!;
    orders[name] = (orders[name] ?? 0) + 1;
  }
  return orders;
};

function repeated(given: Architecture, node: Node, orders: Record<string, number>): Node {
  let result = node;
  for (const { name, variable } of parameterVariables(given)) {
    for (let k = orders[name] ?? 0; k > 0; k--)
      result = differentiate(given.algebra, result, variable, budget());
  }
  return result;
}

describe("the general term is repeated differentiation, exactly", () => {
  const sizesOf = (names: readonly string[], seed: number): Record<string, number> => {
    const random = seededRandom(seed);
    return Object.fromEntries(names.map((name) => [name, Math.floor(random() * (names.length > 2 ? 3 : 4))]));
  };
  test.each(generic)("%s with open sizes, instantiated at sizes from 0 on", (_, names, make) => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const given = make(sizesOf(names, seed));
        const open = make({});
        const orders = randomOrders(given, seed, 5);
        const { algebra } = open;
        const values = new Map(Object.entries(sizesOf(names, seed)));
        const at = instantiate(algebra, term(open).derivative, values);
        const found = atOrders(open, { ...term(open), derivative: at }, orders, budget());
        const f = expand(algebra, instantiate(algebra, open.model, values), budget());
        const expected = repeated({ ...given, algebra }, f, orders);
        expect(isZero(open, algebra.subtract(found, expected))).toBe(true);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  test.each(fixed)("%s", (_, make) => {
    const given = make();
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const orders = randomOrders(given, seed, 5);
        const found = atOrders(given, term(given), orders, budget());
        expect(isZero(given, given.algebra.subtract(found, repeated(given, given.model, orders)))).toBe(true);
      }),
      { numRuns: 30, seed: 4 },
    );
  });
});

describe("the general term of the residual gradient", () => {
  test.each(generic.slice(0, 3))("%s: repeated differentiation to order 5", (_, names, make) => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const random = seededRandom(seed);
        const sizes = Object.fromEntries(names.map((size) => [size, 1 + Math.floor(random() * 2)]));
        const given = make(sizes);
        const orders = randomOrders(given, seed, 5);
        const variables = parameterVariables(given);
        const by = variables[Math.floor(random() * variables.length)]!;
        const { algebra } = given;
        const f = expand(algebra, given.model, budget());
        const residual = algebra.subtract(f, algebra.symbol("y", "target"));
        const gradient = algebra.multiply(residual, differentiate(algebra, f, by.variable, budget()));
        const found = gradientAtOrders(given, term(given), by.name, orders, budget());
        expect(isZero(given, algebra.subtract(found, repeated(given, gradient, orders)))).toBe(true);
      }),
      { numRuns: 25, seed: 5 },
    );
  });
});

describe("floors with open sizes, instantiated, are those of the instance", () => {
  test.each(generic)("%s", (_, names, make) => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const random = seededRandom(seed);
        const sizes = Object.fromEntries(names.map((name) => [name, Math.floor(random() * 3)]));
        const count = Object.values(sizes).reduce((a, b) => a * b, 1);
        const order = count > 2 ? 1 : 2;
        const open = make({});
        const { algebra } = open;
        const instance = atSizes(open, sizes);
        const own = new Map(tower(instance, order, budget()).components.map((c) => [c.parameter, c.terms]));
        open.parameters.forEach((family, a) => {
          const { terms } = tower(open, order, budget()).components[a]!;
          const tuples = members(instance.parameters[a]!);
          for (const tuple of tuples.slice(0, 1).concat(tuples.slice(-1))) {
            for (let k = 0; k <= order; k++) {
              const found = terms
                .filter((term) => term.order === k)
                .map(({ coefficient }) => {
                  const sized = instantiate(algebra, coefficient, instance.sizes);
                  return rebuild(algebra, sized, { index: (i) => literal([...tuple].reverse()[i]!) });
                });
              const expected = own
                .get(memberName(family.name, tuple))!
                .filter((term) => term.order === k)
                .map(({ monomial, coefficient }) =>
                  algebra.multiply(
                    coefficient,
                    ...Object.entries(monomial).map(([p, n]) => stepPower(open, p, n)),
                  ),
                );
              const difference = algebra.subtract(
                expand(algebra, algebra.add(...found), budget()),
                algebra.add(...expected),
              );
              expect(isZero(open, difference)).toBe(true);
            }
          }
        });
      }),
      { numRuns: 8, seed: 6 },
    );
  });
});

/** Delta_A[1,2]^n of the parameter `A[1,2]`. */
function stepPower({ algebra }: Architecture, parameter: string, n: number): Node {
  const [, name, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(parameter)!;
  const values = indices === undefined ? [] : indices.split(",").map((i) => literal(Number(i)));
  return algebra.product([[algebra.symbol(name!, "step", values), n]]);
}

test("the printed formula is one that others can evaluate", () => {
  const given = builtinAt("aion", { r: 2, d: 2, P: 2 });
  const text = print(term(builtinAt("aion")).derivative);
  const random = seededRandom(9);
  const values: Record<string, number> = { r: 2, d: 2, P: 2, "x[1]": 0.7, "x[2]": -0.4 };
  const names = parameterVariables(given).map((p) => p.name);
  for (const name of names) values[name] = 2 * random() - 1;
  const orders = { "alpha[2,1,2]": 2, "phi[2,1,2]": 1, "A[2,2,1]": 1 };
  const counts = Object.fromEntries(
    names.map((name) => [`n_${name}`, (orders as Record<string, number>)[name] ?? 0]),
  );
  const expected = print(repeated(given, expand(given.algebra, given.model, budget()), orders));
  const evaluate = (formula: string): number => mathjsEvaluateComplex(formula, { ...values, ...counts }).re;
  expect(evaluate(text)).toBeCloseTo(evaluate(expected), 12);
  expect(Math.abs(evaluate(expected))).toBeGreaterThan(1e-3);
});

test("factors that share parameters have no general term while sizes are open", () => {
  const found = generalTerm(model("prod(1 + a*x, k, 1, K)"), budget());
  expect(found).toMatchObject({ absent: expect.stringContaining("share") });
  const affine = (formula: string) => generalTerm(model(formula, { inputs: ["x[i]"] }), budget());
  for (const formula of [
    "exp(sum(w[i]^2*x[i], i, 1, d))",
    "exp(sum(w[i]*sum(w[k], k, 1, d), i, 1, d))",
    "sum(w[i], i, 1, d)*exp(sum(w[i]*x[i], i, 1, d))",
    "exp(sum(w[i]*x[i], i, 1, d))*exp(sum(w[k]*x[k]^2, k, 1, d))",
  ]) {
    expect(affine(formula)).toMatchObject({ absent: expect.anything() });
  }
  expect(generalTerm(model("tanh(a*x)"), budget())).toMatchObject({
    absent: expect.stringContaining("tanh"),
  });
});
