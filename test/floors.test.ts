/** The floors of every loss against differences of the loss itself, and what has no tower. */
import { beforeAll, describe, expect, test } from "vitest";
import * as api from "../src/app/api.ts";
import { atSizes } from "../src/architecture/architecture.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import type { Loss } from "../src/architecture/losses.ts";
import { lossNode } from "../src/architecture/objective.ts";
import { createBudget } from "../src/errors.ts";
import { literal } from "../src/expression/affine.ts";
import type { SymbolNode } from "../src/expression/node.ts";
import { print } from "../src/expression/print.ts";
import { expand, instantiate, rebuild } from "../src/expression/substitute.ts";
import { openPrecise, type Precise, type Real, type Reals } from "../src/precise/mpfr.ts";
import { seededRandom } from "../src/solve/start.ts";
import { fault } from "./support/losses.ts";
import { isClose, realValue } from "./support/reals.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const ORDER = 4;
/** The steps of the differences: 2^-200 along Δ, 2^-400 by a parameter; their errors are the squares. */
const [ALONG, ACROSS, BITS] = [-200, -400, 1700];

/** A number from 1/2 to 3/2 for each name, the same each time. */
function valuesOf(seed: number): (name: string) => number {
  const known = new Map<string, number>();
  const random = seededRandom(seed);
  return (name) => {
    if (!known.has(name)) known.set(name, 0.5 + Math.round(random() * 1024) / 1024);
    return known.get(name)!;
  };
}

/** D^k ∂L/∂θ_a / k! by central differences of L. */
function difference(
  r: Reals,
  loss: (moved: ReadonlyMap<string, Real>) => Real,
  names: readonly string[],
  step: (name: string) => Real,
  a: string,
  k: number,
): Real {
  const [h, delta] = [r.power(r.number(2), ALONG), r.power(r.number(2), ACROSS)];
  const slopeAt = (t: Real): Real => {
    const at = (side: Real): Real => {
      const moved = new Map(names.map((name) => [name, r.mul(t, step(name))]));
      moved.set(a, r.add(moved.get(a)!, side));
      return loss(moved);
    };
    return r.div(r.sub(at(delta), at(r.neg(delta))), r.mul(r.number(2), delta));
  };
  let [total, binomial, factorial] = [r.number(0), 1, 1];
  for (let i = 0; i <= k; i++) {
    const value = slopeAt(r.mul(r.number(k / 2 - i), h));
    total = r.add(total, r.mul(r.number(i % 2 === 0 ? binomial : -binomial), value));
    binomial = (binomial * (k - i)) / (i + 1);
  }
  for (let i = 2; i <= k; i++) factorial *= i;
  return r.div(r.div(total, r.number(factorial)), r.power(h, k));
}

const two = { index: "c", size: "2" };
const files: [string, ArchitectureFile][] = [
  ...(["squared", "poisson", "poisson-log", "logistic", "gaussian-nll"] as Loss[]).flatMap(
    (loss): [string, ArchitectureFile][] => [
      [`${loss} of an exponential`, { model: "A*exp(k*x)*(2 + cos(w*x))", loss }],
      [`${loss} of a network`, { model: "2 + a*tanh(b*x + c)", loss }],
      [`${loss} of two outputs`, { model: "2 + w[c]*sin(b*x)", loss, output: two }],
    ],
  ),
  ["a given deviation", { model: "a*exp(k*x)", loss: "gaussian-nll", constants: { sigma: 0.5 } }],
  [
    "softmax cross-entropy",
    { model: "w[c]*x + sin(b*c)", loss: "softmax-cross-entropy", output: { index: "c", size: "3" } },
  ],
  ["a long product", { model: "prod(a[i]*exp(b[i]*x) + sin(b[i]) + c, i, 1, 2)", loss: "squared" }],
  ["erf and a logarithm", { model: "erf(a*x)*log(b + x^2) + besselj(2, a)", loss: "squared" }],
  ["complex rates", { model: "b^2*exp(a*x)*cos(a*x + b) + exp(a*(x - 1))*sin(2*b)", loss: "squared" }],
  ["a rate that is a sum", { model: "a*exp(-b*(x - 1)^2)*cos(c*(x + 2))/(1 + x)", loss: "squared" }],
];

describe("the floors are the Taylor coefficients of the loss's gradient", () => {
  test.each(files)("%s", (_, file) => {
    const given = api.architecture(file);
    const { components } = api.tower(given, ORDER);
    const names = components.map((c) => c.parameter);
    const value = valuesOf(names.length);
    const loss = expand(given.algebra, lossNode(given), createBudget());
    for (const k of [0, 1, 2, ORDER]) {
      for (const { parameter, terms } of components) {
        precise.scope(BITS, (r) => {
          const step = (name: string): Real => r.number(value(`step ${name}`) - 1);
          const symbol = (node: SymbolNode): Real => r.number(value(print(node)));
          const moved = (by: ReadonlyMap<string, Real>): Real =>
            realValue(r, loss, (node) => {
              const own = by.get(print(node));
              return own === undefined ? symbol(node) : r.add(symbol(node), own);
            });
          const floor = terms
            .filter((term) => term.order === k)
            .map(({ monomial, coefficient }) =>
              Object.entries(monomial).reduce(
                (total, [name, power]) => r.mul(total, r.power(step(name), power)),
                realValue(r, coefficient, symbol),
              ),
            )
            .reduce((a, b) => r.add(a, b), r.number(0));
          const expected = difference(r, moved, names, step, parameter, k);
          expect(isClose(r, floor, expected, 60)).toBe(true);
        });
      }
    }
  });
});

describe("floors with open sizes, instantiated, are those of the instance", () => {
  const sum = "sum(w[c,i]*x[i], i, 1, d)";
  test.each([
    ["softmax-cross-entropy", sum, true],
    ["squared", `${sum}^2`, true],
    ["logistic", "sum(v[i]*sin(w[i]*x[i]), i, 1, d)", false],
    ["gaussian-nll", "sum(w[i]*x[i], i, 1, d)", false],
  ] as [Loss, string, boolean][])("%s of %s", (loss, model, several) => {
    const output = several ? { output: { index: "c", size: "C" } } : {};
    const open = api.architecture({ model, inputs: ["x[i]"], loss, ...output });
    const sizes = several ? { C: 2, d: 2 } : { d: 2 };
    const own = api.tower(atSizes(open, sizes), 2).components;
    const { algebra } = open;
    const value = valuesOf(5);
    const numbers = new Map(Object.entries(sizes));
    for (const { parameter, terms } of api.tower(open, 2).components) {
      const name = parameter.replace(/\[.*/, "");
      const members = own.filter((c) => c.parameter.replace(/\[.*/, "") === name);
      expect(members.length).toBeGreaterThan(0);
      for (const member of members) {
        const tuple = [...member.parameter.matchAll(/\d+/g)].map(([digits]) => Number(digits));
        for (let k = 0; k <= 2; k++) {
          precise.scope(300, (r) => {
            const symbol = (node: SymbolNode): Real => r.number(value(print(node)));
            const found = terms
              .filter((t) => t.order === k)
              .map(({ coefficient }) => {
                const sized = instantiate(algebra, coefficient, numbers);
                const at = rebuild(algebra, sized, { index: (i) => literal([...tuple].reverse()[i]!) });
                return realValue(r, expand(algebra, at, createBudget()), symbol);
              });
            const expected = member.terms
              .filter((t) => t.order === k)
              .map(({ monomial, coefficient }) =>
                Object.entries(monomial).reduce(
                  (total, [p, power]) => r.mul(total, r.power(r.number(value(`Delta_${p}`)), power)),
                  realValue(r, coefficient, symbol),
                ),
              );
            const total = (all: Real[]): Real => all.reduce((x, y) => r.add(x, y), r.number(0));
            expect([member.parameter, k, isClose(r, total(found), total(expected), 60)]).toEqual([
              member.parameter,
              k,
              true,
            ]);
          });
        }
      }
    }
  });
});

describe("what has no tower", () => {
  const tower = (file: ArchitectureFile, order = 1) => fault(() => api.tower(api.architecture(file), order));
  test.each([
    ["absolute", "f = y"],
    ["huber", "abs(f - y) = 1"],
    ["hinge", "y*f = 1"],
  ] as [Loss, string][])("the loss %s", (loss, at) => {
    expect(tower({ model: "a*x", loss })).toBe(
      `unsupported: the loss '${loss}' has a kink at ${at}: its optimality condition has no tower; accepted: a smooth loss: squared, poisson, poisson-log, logistic, softmax-cross-entropy, gaussian-nll`,
    );
  });
  test.each([
    ["relu(a*x)", "0"],
    ["max(a, b*x)", "equal arguments"],
    ["floor(a)*x", "integers"],
    ["a*abs(b - x)", "0"],
  ])("%s", (model, at) => {
    const name = /relu|max|floor|abs/.exec(model)![0];
    expect(tower({ model })).toBe(
      `unsupported: '${name}' of a parameter is not analytic at ${at}: there is no tower; accepted: functions that are analytic in the parameters`,
    );
  });
  test("kinks of the data alone are constants", () => {
    expect(api.tower(api.architecture({ model: "a*relu(x)" }), 1).components).toHaveLength(1);
  });
  test("functions without derivative rule", () => {
    expect(tower({ model: "gamma(a*x)" })).toMatch(/^unsupported: the derivative of 'gamma' /);
  });
  test.each([-1, 1.5, 21, 1e9, Number.NaN])("the order %d", (order) => {
    const message = `input: the order ${order} is out of range; accepted: a whole number from 0 to 20`;
    expect(tower({ model: "a*x" }, order)).toBe(message);
    expect(fault(() => api.partials(api.architecture({ model: "a*x" }), order))).toBe(message);
  });
  test("softmax of one output", () => {
    expect(fault(() => api.architecture({ model: "a*x", loss: "softmax-cross-entropy" }))).toMatch(
      /^input: .*a single output/,
    );
  });
});
