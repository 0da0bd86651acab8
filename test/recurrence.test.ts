/** The general term by recurrences against the floors, in high precision and in the printed formulas. */
import { beforeAll, describe, expect, test } from "vitest";
import * as api from "../src/app/api.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import { createBudget } from "../src/errors.ts";
import type { Node, SymbolNode } from "../src/expression/node.ts";
import { print } from "../src/expression/print.ts";
import { expand, instantiate } from "../src/expression/substitute.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { openPrecise, type Precise, type Real, type Reals } from "../src/precise/mpfr.ts";
import { seededRandom } from "../src/solve/start.ts";
import type { Recurrences } from "../src/tower/recurrence.ts";
import { isRecurrence, type Tower, towerJson } from "../src/tower/tower.ts";
import { fault } from "./support/losses.ts";
import { isClose, realValue } from "./support/reals.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const ORDER = 6;

function recurrencesOf({ generalTerm }: Tower): Recurrences {
  if (!isRecurrence(generalTerm)) throw new Error("no recurrences");
  return generalTerm;
}

/** Numbers between 1/4 and 5/4, the same each time. */
function numbers(seed: number): (name: string) => number {
  const random = seededRandom(seed);
  const known = new Map<string, number>();
  return (name) => {
    if (!known.has(name)) known.set(name, 0.25 + Math.round(random() * 256) / 256);
    return known.get(name)!;
  };
}

/** T_0 … T_order of each component by the recurrences. */
function byRecurrence(
  r: Reals,
  { algebra }: api.Architecture,
  given: Recurrences,
  value: (node: SymbolNode) => Real,
): Record<string, Real>[] {
  const entries = new Map<string, Real>();
  const known = (node: SymbolNode): Real => entries.get(print(node)) ?? value(node);
  const at = (node: Node, k: number): Real => {
    const sized = instantiate(algebra, node, new Map([[given.index, k]]));
    return realValue(r, expand(algebra, sized, createBudget()), known);
  };
  return Array.from({ length: ORDER + 1 }, (_, k) => {
    for (const { name, initial, recurrence, closed } of given.sequences) {
      const first = initial[k];
      const own = first === undefined ? at(recurrence, k) : realValue(r, first, value);
      entries.set(`${name}[${k}]`, own);
      if (closed !== undefined)
        expect([name, k, isClose(r, at(closed, k), own, 50)]).toEqual([name, k, true]);
    }
    return Object.fromEntries(given.optimality.map(({ parameter, node }) => [parameter, at(node, k)]));
  });
}

const files: ArchitectureFile[] = [
  { model: "A/(b + c*x)" },
  { model: "(a + b*x)/(c + d*x)^2" },
  { model: "a/(1 + k^2*x + b*k)^3 + a^2" },
  { model: "exp(-(x - c)^2/2)" },
  { model: "A*exp(-(a*x - c)^2 + a*c)" },
  { model: "A*exp(-(x - c)^2/s^2)" },
  { model: "a*erf(w*x + b)" },
  { model: "erf(b*w + x)" },
  { model: "gelu(w*x + b)" },
  { model: "besselj(1, w*x)" },
  { model: "besselj(0, w*x + b)*besselj(2, w*x + b)" },
  { model: "besselj(-2, w)" },
  { model: "v*tanh(w*x + b) + c" },
  { model: "sigmoid(k*x)^2" },
  { model: "log(1 + exp(a + b*x))" },
  { model: "sqrt(a^2 + b*x)*atan(b)" },
  { model: "a^b*x" },
  { model: "sn(a*x, 1/3)*cn(a*x, 1/3)" },
  { model: "lambertw(a*x)" },
  { model: "k2*s1/(k + x)" },
  { model: "(a + b*x)^5*mish(b)" },
  { model: "exp(erf(a))" },
  { model: "A*exp(k*x)", loss: "poisson-log" },
  { model: "2 + a*b^2*x", loss: "poisson" },
  { model: "a*x", loss: "gaussian-nll" },
  { model: "a*x + b", loss: "logistic" },
  { model: "sin(w[c]*x)*b", output: { index: "c", size: "2" } },
  { model: "w[c]*x", loss: "softmax-cross-entropy", output: { index: "c", size: "3" } },
];

describe("the general term at k = 0 … 6 is the tower's floor", () => {
  test.each(files)("$model $loss", (file) => {
    const given = api.architecture(file);
    const tower = api.tower(given, ORDER);
    const general = recurrencesOf(tower);
    const number = numbers(3);
    precise.scope(300, (r) => {
      const value = (node: SymbolNode): Real => r.number(number(`${node.role} ${print(node)}`));
      const found = byRecurrence(r, given, general, value);
      for (const { parameter, terms } of tower.components) {
        for (let k = 0; k <= ORDER; k++) {
          const floor = terms
            .filter(({ order }) => order === k)
            .map(({ coefficient, monomial }) =>
              Object.entries(monomial).reduce(
                (total, [name, power]) =>
                  r.mul(total, r.power(r.number(number(`step Delta_${name}`)), power)),
                realValue(r, coefficient, value),
              ),
            )
            .reduce((a, b) => r.add(a, b), r.number(0));
          expect([parameter, k, isClose(r, found[k]![parameter]!, floor, 50)]).toEqual([parameter, k, true]);
        }
      }
    });
  });
});

test("rational functions, Gaussians and error functions of affine arguments have recurrences without sums", () => {
  for (const model of ["1/(b + c*x)", "1/(1 + k^2*x)", "exp(-(x - c)^2)", "erf(w*x + b)", "gelu(w*x + b)"]) {
    const general = recurrencesOf(api.tower(api.architecture({ model }), 0));
    const { name } = general.sequences.find((s) => print(general.model!).includes(`${s.name}[`))!;
    const used = new Set([name]);
    for (const s of [...general.sequences].reverse()) {
      if (!used.has(s.name)) continue;
      const text = print(s.recurrence);
      expect(text).not.toContain("sum(");
      for (const other of general.sequences) if (text.includes(`${other.name}[`)) used.add(other.name);
    }
  }
});

test("powers of denominators and Gaussians have closed forms, in which nothing recurs", () => {
  for (const model of [
    "A/(b + c*x)",
    "A/(1 + k^2*x)^2",
    "A/(b + c*x)^3",
    "exp(-(x - c)^2)",
    "A*exp(-(x - m)^2*b)/(1 + b*x)",
  ]) {
    const { sequences } = recurrencesOf(api.tower(api.architecture({ model }), 0));
    const recurring = sequences.filter(
      (s) => s.closed === undefined && print(s.recurrence).includes(`${s.name}[`),
    );
    // A cubic exponent has none.
    expect(recurring.length, model).toBe(model.includes("*b)") ? 1 : 0);
    expect(sequences.some((s) => s.closed !== undefined)).toBe(true);
  }
  const printed = towerJson(api.tower(api.architecture({ model: "A/(b + c*x)" }), 0)).generalTerm;
  if (printed?.kind !== "recurrence") throw new Error("no recurrences");
  expect(printed.sequences.map((s) => s.closed).filter(Boolean)).toContain(
    "(-(Delta_b + Delta_c*x)/(b + c*x))^k/(b + c*x)",
  );
});

test("the printed formulas are ones that others can evaluate", () => {
  const given = api.architecture({ model: "a*erf(k*x)/(1 + a^2)" });
  const json = towerJson(api.tower(given, 3)).generalTerm;
  if (json?.kind !== "recurrence" || json.model === undefined) throw new Error("no recurrences");
  const at = { a: 0.7, k: 0.4, x: 1.3, y: 0.2, Delta_a: 0.05, Delta_k: -0.02 };
  const values: Record<string, number> = { ...at };
  let total = 0;
  for (let k = 0; k <= 12; k++) {
    values[json.index] = k;
    for (const { name, initial, recurrence } of json.sequences)
      values[`${name}[${k}]`] = mathjsEvaluate(initial[k] ?? recurrence, values);
    total += mathjsEvaluate(json.model, values);
  }
  const moved = mathjsEvaluate(print(given.model), { ...at, a: 0.75, k: 0.38 });
  expect(total).toBeCloseTo(moved, 14);
});

test("conditions name what must not be 0", () => {
  const general = (model: string) => recurrencesOf(api.tower(api.architecture({ model }), 0)).nonzero;
  expect(general("besselj(1, w*x)").map((node) => print(node))).toEqual(["w"]);
  expect(general("erf(w*x)")).toEqual([]);
});

test("there are none with open sizes", () => {
  const open = api.architecture({ model: "sum(erf(w[i]*x), i, 1, d)" });
  expect(towerJson(api.tower(open, 0)).generalTerm).toBeNull();
  const closed = api.architecture({ model: "sum(w[i]*x, i, 1, d)", loss: "logistic" });
  expect(towerJson(api.tower(closed, 0)).generalTerm).toMatchObject({ kind: "closed", optimality: null });
});

describe("all partial derivatives", () => {
  const values = { A: 1.3, a: -0.4, w: 2.1, p: 0.7, x: 0.9 };
  test.each([
    [4, 70, -0.262692374401],
    [6, 210, -5.86172868387],
  ])("of a damped wave to order %d", (order, count, sum) => {
    const found = api.partials(api.architecture({ model: "A*exp(a*x)*cos(w*x+p)" }), order);
    expect(new Set(found.map(({ orders }) => JSON.stringify(orders))).size).toBe(count);
    const total = found.reduce((s, { derivative }) => s + mathjsEvaluate(print(derivative), values), 0);
    expect(total).toBeCloseTo(sum, 10);
  });

  test("of what is no exponential polynomial", () => {
    const found = api.partials(api.architecture({ model: "a/(b + x)" }), 2);
    expect(found.map(({ orders, derivative }) => [orders, print(derivative)])).toEqual([
      [{}, "a/(b + x)"],
      [{ a: 1 }, "1/(b + x)"],
      [{ b: 1 }, "-a/(b + x)^2"],
      [{ a: 2 }, "0"],
      [{ a: 1, b: 1 }, "-1/(b + x)^2"],
      [{ b: 2 }, "2*a/(b + x)^3"],
    ]);
  });

  test.each([
    [{ model: "sum(a[i]*x, i, 1, d)" }, 1, /^input: .*the sizes d are open/],
    [
      { model: "a[c]*x", output: { index: "c", size: "2" } },
      1,
      /^unsupported: the model has several outputs/,
    ],
    [{ model: "abs(a)" }, 1, /^unsupported: 'abs' of a parameter is not analytic at 0/],
    [{ model: "airyai(a)*gamma(a)" }, 1, /^unsupported: the derivative of /],
    [{ model: "sum(a[i]*x, i, 1, 40)" }, 20, /^budget: \d+ derivatives are too many to list/],
  ] as [ArchitectureFile, number, RegExp][])("are refused for %j", (file, order, message) => {
    expect(fault(() => api.partials(api.architecture(file), order))).toMatch(message);
  });
});

test("the truncated tower's error falls with the power of the step that follows its order", () => {
  const given = api.architecture({ model: "A*exp(a*x)*cos(w*x+p)" });
  const { components } = api.tower(given, 6);
  const at = { A: 1.3, a: -0.4, w: 2.1, p: 0.7, x: 0.9, y: 0.25 };
  const step: Record<string, number> = { A: 0.1, a: -0.05, w: 0.07, p: 0.2 };
  precise.scope(400, (r) => {
    const errors = [1, 1 / 2, 1 / 4].map((scale) => {
      const by = (name: string): number => step[name]! * scale;
      const value =
        (moved: boolean) =>
        (node: SymbolNode): Real => {
          const base = r.number(at[node.name as keyof typeof at]);
          return moved && node.name in step ? r.add(base, r.number(by(node.name))) : base;
        };
      const each = components.map(({ terms }) => {
        const sum = terms
          .map(({ monomial, coefficient }) =>
            Object.entries(monomial).reduce(
              (total, [name, power]) => r.mul(total, r.power(r.number(by(name)), power)),
              realValue(r, coefficient, value(false)),
            ),
          )
          .reduce((a, b) => r.add(a, b));
        return r.toNumber(r.sub(realValue(r, terms[0]!.coefficient, value(true)), sum));
      });
      return Math.hypot(...each);
    });
    const falls = [0, 1].map((k) => Math.log2(errors[k]! / errors[k + 1]!));
    for (const fall of falls) expect(Math.abs(fall - 7)).toBeLessThan(0.3);
  });
});
