import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import { flatNames, modelText } from "../src/architecture/architecture.ts";
import { readFormula } from "../src/architecture/formula.ts";
import type { ReadOptions } from "../src/architecture/read.ts";
import { determinantOf } from "../src/closure/separability/minor.ts";
import { decideSeparability, type Separability } from "../src/closure/separability.ts";
import { createEvaluator } from "../src/closure/verify/evaluate.ts";
import { type SeparableDocument, separableFault } from "../src/closure/verify/separable.ts";
import { createBudget } from "../src/errors.ts";
import { rational } from "../src/exact/rational.ts";
import { enclose } from "../src/expression/enclose.ts";
import { symbols } from "../src/expression/node.ts";
import { expand, expandInside } from "../src/expression/substitute.ts";
import { intervals } from "../src/precise/interval.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import { model } from "./support/architectures.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const budget = () => createBudget({ milliseconds: 20_000 });

function decide({ algebra, model: folded, open }: Architecture): Separability {
  const node = (open.length === 0 ? expand : expandInside)(algebra, folded, budget());
  return decideSeparability(algebra, node, precise, budget());
}

const documentOf = (given: Architecture, separable: SeparableDocument["separable"]): SeparableDocument => ({
  architecture: { model: modelText(given), inputs: flatNames(given.inputs), openSizes: [...given.open] },
  separable,
});

const faultOf = (given: Architecture, separable: SeparableDocument["separable"]) =>
  separableFault(
    documentOf(given, separable),
    (f) => readFormula(f),
    createEvaluator(precise, budget()),
    precise,
    [],
  );

const many: ReadOptions = { inputs: ["x[i]"] };
const NEURON = "sum(w[k,i]*x[i], i, 1, d) + b[k]";
const DEEP = "sum(u[k,l]*H(sum(w[l,i]*x[i], i, 1, d) + b[l]), l, 1, m) + c[k]";

describe("not separable", () => {
  test.each<[string, ReadOptions]>([
    ...["tanh", "relu", "gelu", "softplus", "abs", "elu", "erf", "silu"].map((h): [string, ReadOptions] => [
      `sum(v[k]*${h}(${NEURON}), k, 1, h)`,
      many,
    ]),
    [`sum(v[k]*tanh(${NEURON}), k, 1, h)`, { ...many, sizes: { h: 3, d: 3 } }],
    ...["tanh", "relu", "sin", "softplus", "gelu"].map((h): [string, ReadOptions] => [
      `sum(v[k]*${h}(${DEEP.replace("H", h)}), k, 1, h)`,
      many,
    ]),
    ["1/(1 + sum((x[i] - c[i])^2, i, 1, d))", many],
    ["sum(v[k]*exp(-g[k]*sqrt(sum((x[i] - c[k,i])^2, i, 1, d))), k, 1, h)", many],
    ...(
      [
        "sigmoid(w1*x1 + w2*x2 + b)",
        "exp(w*x1*x2)",
        "a*log(x1 + x2)",
        "A*(x1 + x2)^b",
        "1/(1 + w1*x1*x2)",
        "V*x1*x2/(K1*x2 + K2*x1 + x1*x2)",
        "exp(w1*x1)/(exp(w1*x1) + exp(w2*x2))",
        "sqrt(a*x1^2 + x2^2)",
        "log(1 + a*x1*x2)",
        "tanh(w*x1*x2)",
        "max(w1*x1, w2*x2)",
        "atan(w*x1/x2)",
        "besselj(0, w1*x1 + w2*x2)",
        "a*exp(-((x1 - c)^2 + (x2 - c)^2 + r*x1*x2)/2)",
        "a*tanh(x1)*sigmoid(w*x1*x2 + x2)",
        "tanh(x1 + x2)^2 + a*tanh(x1 + x2)",
        "sum(v[k]*tanh(w[k]*x1 + u[k]*x2), k, 1, 2) + x1*x2 + x3",
      ] as const
    ).map((formula): [string, ReadOptions] => [formula, {}]),
  ])("%s", (formula, options) => {
    const given = model(formula, options);
    const found = decide(given);
    expect(found).toMatchObject({ holds: false, rank: null, witness: { order: 5 } });
    expect(faultOf(given, found)).toBe(undefined);
  });
});

describe("separable", () => {
  test.each<[string, ReadOptions, number | string]>([
    ["log(x1*x2)", {}, 2],
    ["a*log(w*x1*x2/x3)", {}, 3],
    ["(x1*x2)^b", {}, 1],
    ["a*sqrt(x1*x2)", {}, 1],
    ["cbrt(w*x1*x2)", {}, 1],
    ["abs(w*x1*x2)", {}, 1],
    ["relu(w*x1*x2)", {}, 2],
    ["leaky_relu(x1*sin(w*x2))", {}, 2],
    ["x1^n*x2^m", {}, 1],
    ["x1/(x1 + a)*x2/(b + x2)", {}, 1],
    ["a*exp(-(x1 - c)^2 - (x2 - c)^2)", {}, 1],
    ["sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)", many, "2*h"],
    ["prod(1/(1 + exp(-w[i]*x[i])), i, 1, d)", many, 1],
    ["A*tanh(w*x1)", { inputs: ["x1", "x2"] }, 1],
  ])("%s", (formula, options, rank) => {
    const given = model(formula, options);
    const found = decide(given);
    expect(found).toMatchObject({ holds: true, rank });
    expect(faultOf(given, found)).toBe(undefined);
  });
});

/** Separable, in spellings that hide it, or with a theorem that is not here. */
const HIDDEN = [
  "x1*(1 + x2)/(x1 + x1*x2)*w",
  "(x1^2 - x2^2)/(x1 - x2)*w",
  "(x1*x2 + x1 + x2 + 1)^(-1)*w",
  "log(x1*x2 + x1 + x2 + 1)*w",
  "relu(w*(x1 + x2)) - relu(-w*(x1 + x2))",
  "tanh(w*(x1 + x2)) - (1 - exp(-2*w*(x1 + x2)))/(1 + exp(-2*w*(x1 + x2)))",
  "abs(x1 + x2)*abs(x1 + x2)*w",
  "sigmoid(w*(x1 + x2))*(1 + exp(-w*(x1 + x2)))",
  "atan(w*(x1 + x2)) + atan(1/(w*(x1 + x2)))",
  "sqrt((x1 + w*x2)^2)^2",
  "exp(2*log(x1 + x2))*w",
  "cbrt((x1 + x2)^3)*w",
  "sqrt(x1 + x2)^2*w",
  "log(exp(w*x1 + x2)*exp(x2*x1))",
  "1/sigmoid(w*x1 + x2)",
  "tanh(atanh(w*x1 + x2))",
  "softplus(w*x1 + x2) - softplus(-w*x1 - x2)",
  "erf(w*x1 + x2) + erfc(w*x1 + x2)",
  "max(w*x1, x2) + min(w*x1, x2)",
  "v*(sin(w*(x1 + x2))^2 + cos(w*(x1 + x2))^2)",
  "exp(w*log(x1))*exp(log(x2))",
  "silu(w*x1 + x2) + silu(-w*x1 - x2) - (w*x1 + x2)*tanh((w*x1 + x2)/2)",
  "gelu(w*x1 + x2) - gelu(-w*x1 - x2)",
  "v*(exp(sqrt(x1 + x2)) + exp(-sqrt(x1 + x2)) - 2*cosh(sqrt(x1 + x2)))",
  "v*sin(asin(w*x1*x2))",
  "v*exp(log(1 + w*x1)*2 + log(x2))",
  "(exp(w*x1) + exp(x2))*(exp(w*x1) - exp(x2))/(exp(w*x1) + exp(x2))",
  "tanh(w*x1*x2)*cosh(w*x1*x2) - sinh(w*x1*x2)",
  "v*(relu(x1*w - x2) + relu(x2 - w*x1) - abs(x2 - w*x1))",
  "v*(max(x1, w*x2) - relu(x1 - w*x2))",
];

test.each(HIDDEN)("%s is separable, and never said not to be", (formula) => {
  expect(decide(model(formula)).holds).not.toBe(false);
});

test("what no theorem here settles stays open", () => {
  for (const formula of ["floor(w*x1 + x2)", "sn(w*x1 + x2, 1/2)", "re(exp(complex(0, w*x1*x2)))"]) {
    expect(decide(model(formula)).holds).toBe(null);
  }
});

test("the declared domain holds for the witness", () => {
  const given = model("v*tanh(w*x1 + x2)");
  const node = expand(given.algebra, given.model, budget());
  const [v] = symbols(node, "parameter");
  const found = decideSeparability(given.algebra, node, precise, budget(), {
    inside: (point) => point.get(v!)!.num > 0n,
  });
  expect(found.holds).toBe(false);
  const never = decideSeparability(given.algebra, node, precise, budget(), { inside: () => false });
  expect(never.holds).toBe(null);
});

const univariate = (x: string) =>
  fc.constantFrom(
    `tanh(a*${x} + b)`,
    `exp(-c*${x}^2)`,
    `(1 + ${x}^2)^(-1)`,
    `sin(w*${x})`,
    `relu(${x} - 1)`,
    `log(1 + ${x}^2)`,
    `(${x} - b)`,
  );
const product = fc.tuple(univariate("x1"), univariate("x2")).map((list) => list.join("*"));
const separableModel = fc
  .tuple(
    fc.array(product, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(
      "",
      " + v*cos(w*x1 + a*x2 + b)",
      " + exp(a*x1 + b*x2)",
      " + (x1 + a*x2)^2",
      " + v*abs(x1*x2)",
    ),
  )
  .map(([products, more]) => products.join(" + ") + more);

describe("random models", () => {
  test("separable ones: the minors of order rank + 1 are not seen to be nonzero", () => {
    fc.assert(
      fc.property(separableModel, fc.integer({ min: 1, max: 1000 }), (formula, seed) => {
        const given = model(formula);
        const found = decide(given);
        expect(found.holds).toBe(true);
        expect(faultOf(given, found)).toBe(undefined);
        const order = (found.rank as number) + 1;
        if (order > 6) return;
        const node = expand(given.algebra, given.model, budget());
        const contains = precise.scope(512, (reals) => {
          const i = intervals(reals);
          const index = Array.from({ length: order }, (_, k) => k);
          const entries = index.map((row) =>
            index.map((column) =>
              enclose(node, i, ({ name }) => {
                const step = name === "x1" ? row : name === "x2" ? column : name.codePointAt(0)!;
                return rational(((seed + 7) * (step + 1) * 31) % 97, 23 + step);
              }),
            ),
          );
          const value = determinantOf(i, entries);
          return i.isFinite(value) && !i.excludesZero(value);
        });
        expect(contains).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("a function that is no exponential polynomial, of both inputs, is never separable", () => {
    const h = fc.constantFrom("tanh", "sigmoid", "softplus", "erf", "gelu", "relu", "abs", "atan", "silu");
    let refuted = 0;
    fc.assert(
      fc.property(separableModel, h, univariate("x1"), (rest, name, factor) => {
        const given = model(`${rest} + u*${factor}*${name}(p*x1 + q*x2 + r)`);
        const found = decide(given);
        expect(found.holds).not.toBe(true);
        if (found.holds === false) refuted++;
        expect(faultOf(given, found)).toBe(undefined);
      }),
      { numRuns: 12, seed: 5 },
    );
    expect(refuted).toBeGreaterThan(7);
  });
});

describe("the checker rejects", () => {
  const given = () => model("v*tanh(w*x1 + x2)");
  const witnessOf = () => {
    const found = decide(given());
    if (found.holds !== false) throw new Error("not decided");
    return found;
  };
  type False = ReturnType<typeof witnessOf>;
  test.each<[string, (f: False) => SeparableDocument["separable"]]>([
    ["separable.rank", (f) => ({ ...f, rank: 3 })],
    ["separable.witness", ({ holds, rank }) => ({ holds, rank })],
    ["separable.witness.point", (f) => ({ ...f, witness: { ...f.witness, point: {} } })],
    ["separable.witness.point", (f) => ({ ...f, witness: { ...f.witness, point: { v: "1" } } })],
    ["separable.witness.order", (f) => ({ ...f, witness: { ...f.witness, order: 4 } })],
    ["separable.witness.determinant", (f) => ({ ...f, witness: { ...f.witness, determinant: ["1", "2"] } })],
    ["separable.witness.determinant", (f) => ({ ...f, witness: { ...f.witness, determinant: ["-1", "1"] } })],
    [
      "separable.witness.determinant",
      (f) => ({ ...f, witness: { ...f.witness, point: { ...f.witness.point, v: "0" } } }),
    ],
    [
      "separable.witness.columns.input",
      (f) => ({ ...f, witness: { ...f.witness, columns: { ...f.witness.columns, input: "x1" } } }),
    ],
    [
      "separable.witness.rows.input",
      (f) => ({ ...f, witness: { ...f.witness, rows: { ...f.witness.rows, input: "w" } } }),
    ],
    ["separable.rank", () => ({ holds: true, rank: 3 })],
  ])("at %s", (entry, change) => {
    expect(faultOf(given(), change(witnessOf()))?.entry).toBe(entry);
  });
  test("a separable model said not to be", () => {
    const { witness } = witnessOf();
    const fault = faultOf(model("v*exp(w*x1 + x2)"), { holds: false, rank: null, witness });
    expect(fault?.entry).toBe("separable.witness.determinant");
  });
  test("a rank that is too low", () => {
    expect(faultOf(model("x1 + w*x2"), { holds: true, rank: 1 })?.entry).toBe("separable.rank");
    const sine = model("sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)", many);
    expect(faultOf(sine, { holds: true, rank: "h" })?.entry).toBe("separable.rank");
  });
});

const path = "../shared/cases/verdicts.json";
test.skipIf(!existsSync(path))("shared cases (skipped where ../shared is absent)", () => {
  const cases = JSON.parse(readFileSync(path, "utf8")) as {
    id: string;
    model: string;
    inputs: string[];
    separable?: boolean;
  }[];
  const wrong = cases
    .filter(({ separable }) => separable !== undefined)
    .flatMap(({ id, model: formula, inputs, separable }) => {
      const found = decide(model(formula, { inputs }));
      return found.holds === separable ? [] : [`${id}: ${found.holds}`];
    });
  expect(wrong).toEqual([]);
});

test.each<[string, string | number]>([
  ["sum(w[i]*x[i], i, 1, d) + b", "d"],
  ["sum(w[i]*x[i], i, 2, d) + b", "d"],
  ["sum(w[i]*x[i], i, 1, d) + sum(v[i]*x[i]^2, i, 1, d) + b*x[d]^3 + c", "d"],
  ["sum(w[i]*x[i], i, 1, d) + sum(v[i]*x[i]^2, i, 2, d)", "2*d - 1"],
  ["sum(v[k]*sum(w[i,k]*x[i], i, 1, d), k, 1, h) + b*x[d]", "d"],
  ["exp(sum(w[i]*x[i], i, 1, d)) + b", 2],
])("the rank of %s: what sums over one and the same input", (formula, rank) => {
  const given = model(formula, many);
  const found = decide(given);
  expect(found).toMatchObject({ holds: true, rank });
  expect(faultOf(given, found)).toBeUndefined();
});
