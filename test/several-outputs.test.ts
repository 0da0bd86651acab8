import { describe, expect, it } from "vitest";
import * as api from "../src/app/api.ts";
import { type Architecture, atSizes, outputs } from "../src/architecture/architecture.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import { LOSSES } from "../src/architecture/losses.ts";
import { lossNode, optimality } from "../src/architecture/objective.ts";
import { print } from "../src/expression/print.ts";
import { budget, build, fault, unrolled } from "./support/losses.ts";

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
