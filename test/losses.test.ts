import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as api from "../src/app/api.ts";
import { type Architecture, atSizes, members, outputs } from "../src/architecture/architecture.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import { LOSSES, type Loss } from "../src/architecture/losses.ts";
import { lossNode, optimality, tierNodes } from "../src/architecture/objective.ts";
import { literal } from "../src/expression/affine.ts";
import { type Node, names } from "../src/expression/node.ts";
import { print } from "../src/expression/print.ts";
import { instantiate, rebuild } from "../src/expression/substitute.ts";
import {
  budget,
  build,
  cases,
  close,
  fault,
  fileOf,
  isSmooth,
  numericSlope,
  REFERENCE,
  SEVERAL,
  total,
  unrolled,
  type Values,
  valueAt,
  valuesOf,
} from "./support/losses.ts";

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
