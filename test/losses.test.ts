import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as api from "../src/app/api.ts";
import { type Architecture, atSizes, members, outputs } from "../src/architecture/architecture.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import { LOSSES, type Loss } from "../src/architecture/losses.ts";
import { lossNode, optimality, tierNodes } from "../src/architecture/objective.ts";
import { buildArchitecture, type ReadOptions } from "../src/architecture/read.ts";
import { createBudget, DescentError } from "../src/errors.ts";
import { isLiteral, literal } from "../src/expression/affine.ts";
import { type Node, names, type SymbolNode, symbols } from "../src/expression/node.ts";
import { print, symbolName } from "../src/expression/print.ts";
import { expand, instantiate, rebuild } from "../src/expression/substitute.ts";
import { openPrecise } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import { evaluate } from "./support/reals.ts";

const precise = await openPrecise();
const BITS = 320;
const budget = () => createBudget({ milliseconds: 60_000 });
const build = (file: ArchitectureFile, options: ReadOptions = {}): Architecture =>
  buildArchitecture(primitives, file, options, "m.json");
const unrolled = (a: Architecture, node: Node): Node => expand(a.algebra, node, budget());

type Values = (symbol: string) => number;

/** `w[2]`, `y`, `Delta_w[1]`: numbers stand in the indices. */
const label = (s: SymbolNode): string => {
  expect(s.indices.every(isLiteral)).toBe(true);
  return s.indices.length === 0
    ? symbolName(s)
    : `${symbolName(s)}[${s.indices.map((i) => i.constant).join(",")}]`;
};

const valueAt = (node: Node, values: Values): number =>
  precise.scope(BITS, (r) => r.toNumber(evaluate(node, r, (s) => r.number(values(label(s)))).value));

/** ∂node/∂symbol by a central difference in 320 bits: right to about 2^-120 for thrice differentiable functions. */
function numericSlope(node: Node, symbol: string, values: Values): number {
  return precise.scope(BITS, (r) => {
    const at = (step: number) =>
      evaluate(node, r, (s) => {
        const value = r.number(values(label(s)));
        return label(s) === symbol ? r.add(value, r.number(step)) : value;
      }).value;
    const h = 2 ** -80;
    return r.toNumber(r.div(r.sub(at(h), at(-h)), r.number(2 * h)));
  });
}

/** A value from the seed for every symbol, the same for the same name; multiples of 1/64 in 1/2 … 5/2, targets signed. */
const valuesOf =
  (seed: number): Values =>
  (symbol) => {
    let hash = (seed ^ 0x9e3779b9) >>> 0;
    for (const c of symbol) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    const value = 0.5 + ((hash >>> 8) % 129) / 64;
    return symbol.startsWith("y") && (hash & 1) === 1 ? -value : value;
  };

/** The losses as numbers, written independently. */
const REFERENCE: Record<Loss, (f: number[], y: number[], sigma: number) => number> = {
  squared: (f, y) => total(f, (u, k) => (u - y[k]!) ** 2 / 2),
  poisson: (f, y) => total(f, (u, k) => u - y[k]! * Math.log(u)),
  "poisson-log": (f, y) => total(f, (u, k) => Math.exp(u) - y[k]! * u),
  logistic: (f, y) => total(f, (u, k) => Math.log(1 + Math.exp(u)) - y[k]! * u),
  "softmax-cross-entropy": (f, y) => Math.log(total(f, Math.exp)) - total(f, (u, k) => y[k]! * u),
  "gaussian-nll": (f, y, s) => total(f, (u, k) => Math.log(s) + (u - y[k]!) ** 2 / (2 * s ** 2)),
  absolute: (f, y) => total(f, (u, k) => Math.abs(u - y[k]!)),
  huber: (f, y) =>
    total(f, (u, k) => {
      const r = Math.abs(u - y[k]!);
      return r <= 1 ? r ** 2 / 2 : r - 0.5;
    }),
  hinge: (f, y) => total(f, (u, k) => Math.max(0, 1 - y[k]! * u)),
};
const total = (f: number[], term: (u: number, k: number) => number): number =>
  f.reduce((sum, u, k) => sum + term(u, k), 0);

/** Whether a difference of 2^-80 crosses no kink there. */
const isSmooth = (loss: Loss, f: number[], y: number[]): boolean =>
  f.every((u, k) => {
    const r = u - y[k]!;
    if (loss === "absolute") return Math.abs(r) > 1e-6;
    if (loss === "huber") return Math.abs(Math.abs(r) - 1) > 1e-6;
    return loss !== "hinge" || Math.abs(1 - y[k]! * u) > 1e-6;
  });

const SINGLE = ["a*exp(-k*x)", "a*x/(b + x^2)", "log(1 + a^2*x)", "sum(a[k]*x^(k - 1), k, 1, 3)", "a^b*x"];
const SEVERAL = [
  "w[c]*x + b",
  "sum(W[c,i]*x[i], i, 1, 2) + b[c]",
  "tanh(a*x)*w[c] + c/4",
  "prod(a[i] + x*w[c,i], i, 1, c)",
  "exp(sum(w[k], k, 1, c)*x/4)",
];

const cases: fc.Arbitrary<{ loss: Loss; model: string; C: number | null; seed: number }> = fc
  .record({
    loss: fc.constantFrom(...LOSSES),
    single: fc.constantFrom(...SINGLE),
    several: fc.constantFrom(...SEVERAL),
    C: fc.constantFrom(null, 1, 2, 3),
    seed: fc.nat(2 ** 31),
  })
  .map(({ loss, single, several, C, seed }) => {
    const count = loss === "softmax-cross-entropy" ? Math.max(2, C ?? 2) : C;
    return { loss, model: count === null ? single : several, C: count, seed };
  });

const fileOf = ({ loss, model, C }: { loss: Loss; model: string; C: number | null }): ArchitectureFile => ({
  model,
  loss,
  inputs: [model.includes("x[i]") ? "x[i]" : "x"],
  ...(C === null ? {} : { output: { index: "c", size: `${C}` } }),
});

const close = (got: number, expected: number): void =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(expected)));

describe("the loss of one datum", () => {
  it("has the value of its formula", () => {
    const seen = new Set<Loss>();
    fc.assert(
      fc.property(cases, (given) => {
        const a = build(fileOf(given));
        const values = valuesOf(given.seed);
        const f = outputs(a, budget()).map((node) => valueAt(unrolled(a, node), values));
        const y = f.map((_, k) => values(given.C === null ? "y" : `y[${k + 1}]`));
        seen.add(given.loss);
        close(valueAt(unrolled(a, lossNode(a)), values), REFERENCE[given.loss](f, y, values("sigma")));
      }),
      { numRuns: 200, seed: 1 },
    );
    expect(seen.size).toBe(LOSSES.length);
  });

  it("has the slopes of its optimality condition", () => {
    const seen = new Map<Loss, number>();
    fc.assert(
      fc.property(cases, (given) => {
        const a = build(fileOf(given));
        const values = valuesOf(given.seed);
        const loss = unrolled(a, lossNode(a));
        const f = outputs(a, budget()).map((node) => valueAt(unrolled(a, node), values));
        const y = f.map((_, k) => values(given.C === null ? "y" : `y[${k + 1}]`));
        fc.pre(isSmooth(given.loss, f, y));
        const equations = optimality(a, budget());
        expect(equations.map((e) => e.name)).toEqual(api.flatNames(a.parameters));
        for (const { name, node } of equations) {
          close(valueAt(node, values), numericSlope(loss, name, values));
          seen.set(given.loss, (seen.get(given.loss) ?? 0) + 1);
        }
      }),
      { numRuns: 300, seed: 2 },
    );
    for (const loss of LOSSES) expect(seen.get(loss)).toBeGreaterThan(20);
  });

  it("does not hold a logarithm that cancels", () => {
    for (const loss of ["poisson", "softmax-cross-entropy", "gaussian-nll", "logistic"] as const) {
      const a = build(fileOf({ loss, model: "w[c]*x", C: 3 }));
      expect(print(unrolled(a, lossNode(a)))).toMatch(/log|softplus/);
      for (const { node } of optimality(a, budget())) expect(print(node)).not.toMatch(/log|softplus/);
    }
  });
});

describe("open sizes", () => {
  const open: [string, string[]][] = [
    ["sum(W[c,i]*x[i], i, 1, d) + b[c]", ["x[i]"]],
    ["prod(a[i] + W[c,i]*x[i], i, 1, d)/4", ["x[i]"]],
    ["exp(sum(q[k]*x/4, k, 1, c)) + s*C", ["x"]],
  ];
  const output = { index: "c", size: "C" };
  const at = { C: 3, d: 2 };
  const sizesOf = (a: Architecture) =>
    Object.fromEntries(Object.entries(at).filter(([name]) => a.open.includes(name)));

  it.each(open.flatMap(([model, inputs]) => LOSSES.map((loss) => ({ model, inputs, loss }))))(
    "$loss of $model: one equation for each family",
    ({ model, inputs, loss }) => {
      const a = build({ model, inputs, output, loss });
      const sizes = sizesOf(a);
      const instance = atSizes(a, sizes);
      expect(instance.open).toEqual([]);
      const scalar = new Map(optimality(instance, budget()).map((e) => [e.name, e.node]));
      const values = valuesOf(7);
      let count = 0;
      for (const equation of optimality(a, budget())) {
        const family = instance.parameters.find((f) => f.name === equation.family)!;
        for (const tuple of members(family)) {
          const sized = instantiate(a.algebra, equation.node, new Map(Object.entries(sizes)));
          const index = (k: number) => literal(tuple[tuple.length - 1 - k]!);
          const node = unrolled(a, rebuild(a.algebra, sized, { index }));
          const name = tuple.length === 0 ? family.name : `${family.name}[${tuple.join(",")}]`;
          close(valueAt(node, values), valueAt(scalar.get(name)!, values));
          count++;
        }
      }
      expect(count).toBe(scalar.size);
    },
  );

  it.each(open.flatMap(([model, inputs]) => LOSSES.map((loss) => ({ model, inputs, loss }))))(
    "$loss of $model: closed nodes for the tier",
    ({ model, inputs, loss }) => {
      const a = build({ model, inputs, output, loss });
      const sizes = sizesOf(a);
      const instance = atSizes(a, sizes);
      const nodes = tierNodes(a, budget());
      const closed = (node: Node): Node => {
        expect(node.free).toEqual([]);
        return unrolled(a, instantiate(a.algebra, node, new Map(Object.entries(sizes))));
      };
      // The targets of softmax cross-entropy are one-hot.
      const random = valuesOf(11);
      const values: Values = (s) =>
        loss === "softmax-cross-entropy" && s.startsWith("y[") ? (s === "y[2]" ? 1 : 0) : random(s);
      if (loss === "squared") {
        const f = outputs(instance, budget()).map((node) => valueAt(unrolled(a, node), values));
        for (const node of [...nodes.analytic, ...nodes.optimality!])
          close(
            valueAt(closed(node), values),
            total(f, (u, k) => u * values(`y[${k + 1}]`)),
          );
        return;
      }
      close(valueAt(closed(nodes.analytic[0]!), values), valueAt(unrolled(a, lossNode(instance)), values));
      const equations = optimality(instance, budget());
      expect(nodes.optimality).toHaveLength(a.parameters.length);
      a.parameters.forEach(({ name }, k) => {
        const own = equations.filter((e) => e.family === name);
        const expected = own.reduce(
          (sum, e) => sum + valueAt(e.node, values) * (name === "sigma" ? 1 : values(`Delta_${e.name}`)),
          0,
        );
        close(valueAt(closed(nodes.optimality![k]!), values), expected);
      });
    },
  );
});

describe("what the tier is read off", () => {
  it("is the outputs for the squared loss, and for gaussian-nll of a given deviation", () => {
    const text = (file: ArchitectureFile) => {
      const nodes = tierNodes(build(file), budget());
      expect(nodes.analytic).toEqual(nodes.optimality);
      return nodes.analytic.map((node) => print(node));
    };
    expect(text({ model: "a*exp(-k*x)" })).toEqual(["a*exp(-k*x)"]);
    expect(text({ model: "relu(w[c]*x)", output: { index: "c", size: 2 } })).toEqual([
      "relu(w[1]*x)",
      "relu(w[2]*x)",
    ]);
    expect(text({ model: "a*x", loss: "gaussian-nll", constants: { sigma: 0.1 } })).toEqual(["a*x"]);
  });

  it("is softmax cross-entropy in its logits: what all outputs share is gone", () => {
    const a = build(
      { model: "w[c]*x + abs(v*x) + gamma(u)", output: { index: "c", size: "C" } },
      { loss: "softmax-cross-entropy", sizes: { C: 3 } },
    );
    const { analytic, optimality: gradient } = tierNodes(a, budget());
    for (const node of [...analytic, ...gradient!]) {
      expect([...names(node, "parameter")].filter((name) => name !== "w")).toEqual([]);
      expect(print(node)).not.toMatch(/y\[3\]|abs|gamma/);
    }
    expect(gradient!.map((node) => print(node))[3]).toBe("0");
  });

  it("agrees with the optimality condition for one-hot targets", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SEVERAL),
        fc.constantFrom(2, 3, 4),
        fc.nat(),
        fc.nat(3),
        (model, C, seed, hot) => {
          const a = build(fileOf({ loss: "softmax-cross-entropy", model, C }));
          const random = valuesOf(seed);
          const one = `y[${(hot % C) + 1}]`;
          const values: Values = (s) => (s.startsWith("y[") ? (s === one ? 1 : 0) : random(s));
          const nodes = tierNodes(a, budget());
          close(valueAt(nodes.analytic[0]!, values), valueAt(unrolled(a, lossNode(a)), values));
          optimality(a, budget()).forEach(({ node }, k) => {
            close(valueAt(nodes.optimality![k]!, values), valueAt(node, values));
          });
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it("is the loss alone where a function has no derivative rule", () => {
    for (const model of ["relu(a*x)", "floor(a)*x", "max(a, x)"]) {
      const nodes = tierNodes(build({ model, loss: "logistic" }), budget());
      expect(nodes.optimality).toBeUndefined();
      expect(names(nodes.analytic[0]!, "target")).toEqual(new Set(["y"]));
      expect(fault(() => optimality(build({ model, loss: "logistic" }), budget()))).toMatch(
        /^unsupported: the derivative of '\w+' is not available yet$/,
      );
    }
  });

  it("keeps the loss beside a gradient that is infinite where the loss is not", () => {
    const { analytic } = tierNodes(build({ model: "cbrt(a*x)", loss: "logistic" }), budget());
    expect(analytic.map((node) => print(node))).toEqual(["softplus(cbrt(a*x)) - y*cbrt(a*x)"]);
  });
});

/** `code: message` of what is thrown. */
function fault(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DescentError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("several outputs", () => {
  const output = { index: "c", size: "C" };
  const w = "w[c]*x";

  it("are read with open and with given numbers", () => {
    const open = build({ model: w, output });
    expect([open.open, api.modelText(open), api.flatNames(open.parameters)]).toEqual([["C"], w, ["w[c]"]]);
    expect(fault(() => outputs(open, budget()))).toBe(
      "unsupported: the number of outputs C is open; accepted: a number for it: --sizes C=2",
    );
    for (const given of [
      build({ model: w, output }, { sizes: { C: 2 } }),
      build({ model: w, output: { index: "c", size: "2" } }),
      build({ model: w, output: { index: "c", size: 2 } }),
      build({ model: w }, { output: { index: "c", size: 2 } }),
      atSizes(open, { C: 2 }),
    ]) {
      expect(given.open).toEqual([]);
      expect(api.flatNames(given.parameters)).toEqual(["w[1]", "w[2]"]);
      expect(outputs(given, budget()).map((f) => print(f))).toEqual(["w[1]*x", "w[2]*x"]);
    }
  });

  it("let their index stand in indices, bounds, numbers and conditions", () => {
    const a = build({ model: "sum(a[c,k]*x[c]/u[c], k, 1, c)*c + C", inputs: ["x[c]"], output });
    expect(api.flatNames([...a.inputs, ...a.parameters])).toEqual(["x[c]", "a[c,k]", "u[c]"]);
    expect(a.conditions).toEqual(["u[c] != 0"]);
    expect(outputs(atSizes(a, { C: 2 }), budget()).map((f) => print(unrolled(a, f)))[1]).toBe(
      "2*x[2]*(a[2,1] + a[2,2])/u[2] + 2",
    );
  });

  const refused: [string, ArchitectureFile, string][] = [
    [
      "no index in the model",
      { model: "a*x", output },
      "input: m.json:model:1:1: the model does not depend on the output's index 'c'; accepted: a model with c among its indices, such as w[c]*x",
    ],
    [
      "an index that cancels",
      { model: "w[c]*x - w[c]*x + a", output },
      "input: m.json:model:1:1: the model does not depend on the output's index 'c'; accepted: a model with c among its indices, such as w[c]*x",
    ],
    [
      "y in the model",
      { model: "w[c]*y[c]", output },
      "input: m.json:model:1:6: 'y' is reserved for the data; accepted: another name",
    ],
    [
      "no outputs",
      { model: w, output, sizes: { C: 0 } },
      "input: m.json:output.size: the model has 0 outputs; accepted: 1 or more",
    ],
    [
      "a size of 0",
      { model: w, output: { index: "c", size: "0" } },
      "input: m.json:output.size: 0 is no number of outputs; accepted: whole numbers from 1 to 1000000, or the name of a size such as C",
    ],
    [
      "half an output",
      { model: w, output: { index: "c", size: 1.5 } },
      "input: m.json:output.size: 1.5 is no number of outputs; accepted: whole numbers from 1 to 1000000, or the name of a size such as C",
    ],
    [
      "a size that is an expression",
      { model: w, output: { index: "c", size: "2*C" } },
      "input: m.json:output.size: '2*C' is not a name; accepted: the name of a size such as C, or a number from 1 on",
    ],
    [
      "an index that is a function",
      { model: w, output: { index: "exp", size: "C" } },
      "input: m.json:output.index: 'exp' is a function; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    [
      "an index with a meaning",
      { model: w, output: { index: "y", size: "C" } },
      "input: m.json:output.index: 'y' has a meaning of its own; accepted: another name",
    ],
    [
      "a hostile index",
      { model: w, output: { index: "__proto__", size: "C" } },
      "input: m.json:output.index: '__proto__' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    [
      "an index that is an input",
      { model: w, inputs: ["x", "c"], output },
      "input: m.json:output.index: 'c' is an input and the output's index; accepted: one meaning for a name",
    ],
    [
      "an index that is its own size",
      { model: w, output: { index: "c", size: "c" } },
      "input: m.json:output.size: 'c' is the output's index and the number of outputs; accepted: one meaning for a name",
    ],
    [
      "a size that is a constant",
      { model: w, output, constants: { C: 3 } },
      "input: m.json:output.size: 'C' is a constant and the number of outputs; accepted: one meaning for a name",
    ],
    [
      "an index bound again",
      { model: "w[c]*x + sum(v[c], c, 1, 2)", output },
      "input: m.json:model:1:10: the index 'c' is already bound outside; accepted: another name",
    ],
    [
      "two ranges of one family",
      { model: "w[c]*x + sum(w[k], k, 1, K)", output },
      "input: m.json:model:1:14: an index of 'w' runs to C in one place and to K here; accepted: one range, or numbers for these sizes",
    ],
    [
      "softmax of one output",
      { model: "a*x", loss: "softmax-cross-entropy" },
      'input: m.json:loss: softmax-cross-entropy of a single output; accepted: two outputs or more, "output": {"index": "c", "size": "C"} in the architecture file, or logistic',
    ],
    [
      "softmax of C = 1",
      { model: w, output, sizes: { C: 1 }, loss: "softmax-cross-entropy" },
      'input: m.json:loss: softmax-cross-entropy of a single output; accepted: two outputs or more, "output": {"index": "c", "size": "C"} in the architecture file, or logistic',
    ],
    [
      "sigma in the model of gaussian-nll",
      { model: "a*exp(-x^2/sigma)", loss: "gaussian-nll" },
      "input: m.json:model:1:12: 'sigma' is the standard deviation of gaussian-nll; accepted: another name in the model",
    ],
    [
      "sigma among the inputs of gaussian-nll",
      { model: "a*x", inputs: ["x", "sigma"], loss: "gaussian-nll" },
      "input: m.json:inputs: 'sigma' is the standard deviation of gaussian-nll; accepted: another name",
    ],
    [
      "sigma as the number of outputs",
      { model: w, output: { index: "c", size: "sigma" }, loss: "gaussian-nll" },
      "input: m.json:output: 'sigma' is the standard deviation of gaussian-nll; accepted: another name",
    ],
    [
      "a deviation of 0",
      { model: "a*x", constants: { sigma: 0 }, loss: "gaussian-nll" },
      "input: m.json:constants.sigma: a standard deviation that is not positive; accepted: a number above 0",
    ],
    [
      "a step of sigma in the model",
      { model: "Delta_sigma*x", loss: "gaussian-nll" },
      "input: m.json:model:1:1: 'Delta_sigma' is the name of a step; accepted: another name",
    ],
  ];
  it.each(refused)("are refused with %s", (_, file, message) => {
    expect(fault(() => build(file))).toBe(message);
  });

  it("are refused again where sizes come later", () => {
    const a = build({ model: w, output, loss: "softmax-cross-entropy" });
    for (const ask of [lossNode, (b: Architecture) => optimality(b, budget())]) {
      expect(fault(() => ask(atSizes(a, { C: 1 })))).toMatch(
        /^input: model:loss: softmax-cross-entropy of a single output; /,
      );
      expect(fault(() => ask(atSizes(a, { C: 0 })))).toBe(
        "input: model:output.size: the model has 0 outputs; accepted: 1 or more",
      );
    }
  });

  it("and other losses are refused by the stages that do not know them", async () => {
    const judges = await api.openJudges();
    const data = "x,y\n1,2\n3,4\n5,6\n";
    const two = build({ model: w, output }, { sizes: { C: 2 } });
    const stages: ((a: Architecture) => unknown)[] = [
      (a) => api.tower(a, 1),
      (a) => api.resum(a),
      (a) => api.derive(a, judges),
      (a) => api.emitJs(a, "polynomial"),
      (a) => api.readData(a, data, "d.csv"),
      (a) => api.solve(a, api.readData(build({ model: "a*x" }), data, "d.csv")),
    ];
    for (const stage of stages) {
      expect(fault(() => stage(two))).toBe(
        "unsupported: several outputs are not built yet; accepted: a model with one output",
      );
      for (const loss of LOSSES.slice(1)) {
        if (loss === "softmax-cross-entropy") continue;
        expect(fault(() => stage(build({ model: "a*x", loss })))).toBe(
          `unsupported: the loss '${loss}' is not built yet; accepted: squared`,
        );
      }
    }
  });
});

describe("gaussian-nll", () => {
  it("adds the parameter sigma, the last one, on sigma > 0", () => {
    const a = build({ model: "a*x + b", loss: "gaussian-nll", domains: { sigma: "sigma < 5" } });
    expect(api.flatNames(a.parameters)).toEqual(["a", "b", "sigma"]);
    expect(a.conditions).toEqual(["sigma > 0", "sigma < 5"]);
    expect(optimality(a, budget()).map((e) => print(e.node))).toEqual([
      "x*(a*x + b - y)/sigma^2",
      "(a*x + b - y)/sigma^2",
      "1/sigma - (a*x + b - y)^2/sigma^3",
    ]);
  });

  it("takes sigma from the constants where it stands there", () => {
    const a = build({ model: "a*x", loss: "gaussian-nll", constants: { sigma: 0.1 } });
    expect([api.flatNames(a.parameters), a.conditions]).toEqual([["a"], []]);
    expect(a.noise).toBe(a.algebra.number({ num: 1n, den: 10n }));
  });

  it("leaves sigma alone in other losses", () => {
    expect(api.flatNames(build({ model: "a*exp(-x^2/sigma)" }).parameters)).toEqual(["a", "sigma"]);
  });
});

describe("poisson", () => {
  it("needs a positive mean", () => {
    expect(build({ model: "a*x", loss: "poisson" }).conditions).toEqual(["a*x > 0"]);
    expect(build({ model: "exp(a*x)", loss: "poisson" }).conditions).toEqual([]);
    expect(build({ model: "w[c]*x", loss: "poisson", output: { index: "c", size: "C" } }).conditions).toEqual(
      ["w[c]*x > 0"],
    );
    expect(build({ model: "a*x", loss: "poisson-log" }).conditions).toEqual([]);
  });
});

describe("constants", () => {
  it("are exact values, not parameters", () => {
    const text = (file: ArchitectureFile) => {
      const a = build(file);
      return [api.modelText(a), ...api.flatNames(a.parameters)];
    };
    expect(text({ model: "a*s*x", constants: { s: 0.1 } })).toEqual(["a*x/10", "a"]);
    expect(text({ model: "a*s*x", constants: { s: -1.5e-3 } })).toEqual(["-3*a*x/2000", "a"]);
    expect(text({ model: "a*s*x", constants: { s: 1e21 } })).toEqual([`${10n ** 21n}*a*x`, "a"]);
    expect(text({ model: "a*s*x", constants: { s: "0.1000000000000000000001" } })).toEqual([
      "1000000000000000000001*a*x/10000000000000000000000",
      "a",
    ]);
    const third = build({ model: "é*a*x", constants: { "e\u0301": 2 } });
    expect(api.modelText(third)).toBe("2*a*x");
    const value = symbols(build({ model: "s*x", constants: { s: 7 } }).model, "parameter");
    expect(value).toEqual([]);
  });

  const refused: [string, ArchitectureFile, string][] = [
    [
      "e",
      { model: "a*x", constants: { e: 1 } },
      "input: m.json:constants: 'e' has a meaning of its own; accepted: another name",
    ],
    [
      "pi",
      { model: "a*x", constants: { pi: 3 } },
      "input: m.json:constants: 'pi' has a meaning of its own; accepted: another name",
    ],
    [
      "y",
      { model: "a*x", constants: { y: 3 } },
      "input: m.json:constants: 'y' has a meaning of its own; accepted: another name",
    ],
    [
      "an input",
      { model: "a*x", inputs: ["x"], constants: { x: 3 } },
      "input: 'x' is an input and a constant or size; accepted: one meaning for a name",
    ],
    [
      "a size",
      { model: "sum(a[i]*x, i, 1, d)", sizes: { d: 2 }, constants: { d: 3 } },
      "input: m.json:sizes: 'd' is a constant and a size; accepted: one meaning for a name",
    ],
    [
      "an open size",
      { model: "sum(a[i]*x, i, 1, d)", constants: { d: 3 } },
      "input: m.json:model:1:19: 'd' is neither a size nor an outer index; accepted: an integer combination of sizes and outer indices, such as i + 1 or 2*d",
    ],
    [
      "an index",
      { model: "sum(a[i]*x, i, 1, 3)", constants: { i: 3 } },
      "input: m.json:model:1:1: the index 'i' is named like an input or constant; accepted: another name",
    ],
    [
      "a function",
      { model: "a*x", constants: { exp: 3 } },
      "input: m.json:constants: 'exp' is a function; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    [
      "no name",
      { model: "a*x", constants: { "1; x": 3 } },
      "input: m.json:constants: '1; x' is not a name; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    [
      "a key of objects",
      { model: "a*x", constants: { constructor: 3 } },
      "input: m.json:constants: 'constructor' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    [
      "one name twice",
      { model: "a*x", constants: { é: 3, "e\u0301": 4 } },
      "input: m.json:constants: the constant 'é' is named twice; accepted: each name once",
    ],
    [
      "no number",
      { model: "a*x", constants: { s: "1/3" } },
      "input: m.json:constants.s: '1/3' is not a number; accepted: digits such as 12, 0.5, 1e-3",
    ],
    [
      "infinity",
      { model: "a*x", constants: { s: Number.POSITIVE_INFINITY } },
      "input: m.json:constants.s: expected a number; accepted: see the architecture file format in the README",
    ],
    [
      "indices",
      { model: "s[1]*x", constants: { s: 3 } },
      "input: m.json:model:1:1: 's' is a number here and takes no index; accepted: an index on parameters and inputs",
    ],
  ];
  it.each(refused)("are refused with %s", (_, file, message) => {
    expect(fault(() => build(file))).toBe(message);
  });
});

describe("domains", () => {
  const conditions = (file: ArchitectureFile): readonly string[] => build(file).conditions;

  it("are kept in canonical form, constants and sizes put in", () => {
    expect(conditions({ model: "s*x", domains: { s: "s>0" } })).toEqual(["s > 0"]);
    expect(conditions({ model: "s*x", domains: { s: "0 <= s" } })).toEqual(["0 <= s"]);
    expect(conditions({ model: "s*x*q", constants: { q: 0.5 }, domains: { s: "s > q" } })).toEqual([
      "s > 1/2",
    ]);
    expect(
      conditions({ model: "sum(s[j]*x, j, 1, d)", sizes: { d: 3 }, domains: { s: "s[j] != d" } }),
    ).toEqual(["s[j] != 3"]);
    expect(
      conditions({
        model: "sum(s[j]*x, j, 1, d)",
        sizes: { d: 3 },
        domains: { s: "sum(s[k], k, 1, d) < d" },
      }),
    ).toEqual(["sum(s[j], j, 1, 3) < 3"]);
    expect(conditions({ model: "s*x*t", domains: { s: "s*x > t^2 - 1", t: "t != pi" } })).toEqual([
      "s*x > t^2 - 1",
      "t != pi",
    ]);
    expect(
      conditions({ model: "w[c]*x", output: { index: "c", size: "C" }, domains: { w: "w[c] > 0" } }),
    ).toEqual(["w[c] > 0"]);
  });

  it("are asked for at constants that are not 0", async () => {
    // A kink at s = 1 lies outside of s > 2, though inside of s > 0.
    const judge = await api.openJudge();
    const kinked = { model: "abs(s - 1)*x", constants: { q: 2 } };
    expect(api.check(build({ ...kinked, domains: { s: "s > q" } }), judge).tier).not.toBe("outside");
    expect(api.check(build({ ...kinked, domains: { s: "s > 0*q" } }), judge).tier).toBe("outside");
  });

  const refused: [string, Record<string, string>, RegExp | string][] = [
    [
      "two conditions",
      { s: "s > 0 && s < 1" },
      "input: m.json:domains.s: 's > 0 && s < 1' is no condition on s; accepted: a comparison such as s > 0",
    ],
    [
      "a chain",
      { s: "0 < s < 1" },
      "input: m.json:domains.s: '0 < s < 1' is no condition on s; accepted: a comparison such as s > 0",
    ],
    ["code", { s: "s > process.exit()" }, /^input: m\.json:domains\.s:1:\d+: .+; accepted: .+$/],
    ["a joint", { s: "s > 0 &&" }, /^input: m\.json:domains\.s:1:\d+: unexpected .+; accepted: .+$/],
    [
      "an equation",
      { s: "s == 1" },
      "input: m.json:domains.s: 's == 1' is no condition on s; accepted: a comparison such as s > 0",
    ],
    ["an arrow", { s: "s => 1" }, /^input: m\.json:domains\.s:1:\d+: unexpected '='; accepted: .+$/],
    [
      "nothing",
      { s: "" },
      "input: m.json:domains.s: '' is no condition on s; accepted: a comparison such as s > 0",
    ],
    ["half", { s: "s >" }, /^input: m\.json:domains\.s:1:\d+: .+; accepted: .+$/],
    [
      "another parameter only",
      { s: "t > 0" },
      "input: m.json:domains.s: 't > 0' is no condition on s; accepted: a comparison such as s > 0",
    ],
    [
      "an unknown name",
      { s: "s > q" },
      "input: m.json:domains.s: 'q' does not occur in the model; accepted: s, t, x",
    ],
    ["an input", { x: "x > 0" }, "input: m.json:domains.x: 'x' is no parameter; accepted: s, t"],
    [
      "an open size",
      { s: "s > d" },
      "input: m.json:domains.s: the size 'd' is open; accepted: a condition without open sizes",
    ],
    [
      "y",
      { s: "s > y" },
      /^input: m\.json:domains\.s:1:\d+: 'y' is reserved for the data; accepted: another name$/,
    ],
    ["no name", { "s > 0": "s > 0" }, "input: m.json:domains.s > 0: 's > 0' is no parameter; accepted: s, t"],
  ];
  it.each(refused)("are refused with %s", (_, domains, message) => {
    const got = fault(() => build({ model: "s*x*t + sum(x, i, 1, d)", domains }));
    if (typeof message === "string") expect(got).toBe(message);
    else expect(got).toMatch(message);
  });

  it("do not fall for keys of objects", () => {
    for (const field of [
      '"domains": {"__proto__": "s > 0"}',
      '"constants": {"__proto__": 2}',
      '"__proto__": {}',
    ]) {
      expect(fault(() => api.readArchitectureFile(`{"model": "s*x", ${field}}`, "m.json"))).toBe(
        "input: m.json: the key '__proto__' may not be used; accepted: another key",
      );
    }
  });
});
