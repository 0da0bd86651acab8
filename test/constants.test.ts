import { describe, expect, it } from "vitest";
import * as api from "../src/app/api.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import { symbols } from "../src/expression/node.ts";
import { build, fault } from "./support/losses.ts";

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
      "input: m.json:constants.s: cannot be used; accepted: numbers, or decimal literals as strings",
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
