import { describe, expect, test } from "vitest";
import * as api from "../src/app/api.ts";
import { runCli } from "../src/app/cli.ts";
import { listed, listText } from "../src/app/list.ts";
import { members, modelText } from "../src/architecture/architecture.ts";
import { sizeMeaning } from "../src/architecture/builtins/builtin.ts";
import { BUILTINS, builtinFile, DERIVED } from "../src/architecture/builtins.ts";
import type { ArchitectureFile } from "../src/architecture/file.ts";
import { LENGTH_LIMIT } from "../src/architecture/formula.ts";
import { readExpression } from "../src/architecture/read.ts";
import { print } from "../src/expression/print.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { seededRandom } from "../src/solve/start.ts";
import { ROWS } from "./support/builtins.ts";
import { type Sizes, upTo } from "./support/loops.ts";

/** Signs as they come where a model is defined for them. */
const POSITIVE: ReadonlySet<string> = new Set([
  "michaelis-menten",
  "hill",
  "weibull",
  "gaussian-mixture",
  "kan",
]);

const inputNames = (sizes: Sizes, inputs: readonly string[]): string[] => {
  const [name = ""] = inputs;
  const dims = /\[(.*)\]/.exec(name)?.[1]?.split(",") ?? [];
  const lengths = dims.map((index) => (index === "t" ? (sizes.T ?? sizes.steps)! : sizes.d!));
  const tuples = lengths.reduce<number[][]>(
    (list, length) => list.flatMap((tuple) => upTo(length).map((k) => [...tuple, k])),
    [[]],
  );
  return tuples.map((tuple) => (dims.length === 0 ? "x" : `x[${tuple.join(",")}]`));
};

test("the rows are the built-ins, each once", () => {
  expect(ROWS.map(({ name }) => name)).toEqual(BUILTINS.map(({ name }) => name));
  expect(new Set(BUILTINS.map(({ name }) => name)).size).toBe(BUILTINS.length);
  for (const name of DERIVED) expect(BUILTINS.map((b) => b.name)).toContain(name);
});

describe.each(ROWS)("$name", ({ name, parameters, reference, sizes }) => {
  const row = BUILTINS.find((b) => b.name === name)!;

  test("its sizes stay open, its parameters are as documented", () => {
    const given = api.builtinArchitecture(name);
    expect(api.flatNames(given.parameters).join(" ")).toBe(parameters);
    const named = new Set(sizes.flatMap((s) => Object.keys(s)));
    for (const size of [...given.open, ...(row.structure === undefined ? [] : [row.structure.name])]) {
      expect(named).toContain(size);
      expect(sizeMeaning(size)).toBeTypeOf("string");
    }
    expect(row.description).not.toMatch(/\.$|\n/);
    expect(row.reference).toMatch(/(1[789]|20)\d\d|arXiv:\d{4}\.\d{5}/);
  });

  test.each(sizes.map((s) => [JSON.stringify(s), s] as const))(
    "%s is the architecture in loops",
    (_, given) => {
      const { structure } = row;
      const { [structure?.name ?? ""]: n, ...open } = given;
      const file = builtinFile(row, n);
      const instance = api.builtinArchitecture(name, { sizes: given });
      const names = [...api.flatNames(instance.parameters), ...inputNames(given, row.inputs!)];
      expect(instance.open).toEqual([]);
      expect(instance.parameters.flatMap(members)).toHaveLength(api.flatNames(instance.parameters).length);
      const random = seededRandom(names.length + 1);
      for (let point = 0; point < 5; point++) {
        const values = Object.fromEntries(
          names.map((key) => [key, POSITIVE.has(name) ? 0.05 + 0.9 * random() : 2 * random() - 1]),
        );
        const used = new Set<string>();
        const expected = reference((symbol, ...indices) => {
          const key = indices.length === 0 ? symbol : `${symbol}[${indices.join(",")}]`;
          used.add(key);
          if (!(key in values)) throw new Error(`no ${key}`);
          return values[key]!;
        }, given);
        // The file's own text, and what the reader made of it.
        const written = mathjsEvaluate(file.model, { ...values, ...open, ...constantsOf(file) });
        const scale = Math.max(1, Math.abs(expected));
        expect(Math.abs(written - expected) / scale).toBeLessThan(1e-12);
        expect(Math.abs(mathjsEvaluate(modelText(instance), values) - expected) / scale).toBeLessThan(1e-12);
        // No parameter is idle, but for those of an empty sum around it.
        if (!Object.values(given).includes(0)) expect([...used].sort()).toEqual([...names].sort());
      }
    },
  );

  test("every structure reads, within the length of a formula", () => {
    const { structure } = row;
    if (structure === undefined) {
      expect(builtinFile(row)).toEqual(builtinFile(row, 7));
      return;
    }
    for (let n = structure.least; n <= structure.most; n++) {
      expect(builtinFile(row, n).model.length).toBeLessThan(LENGTH_LIMIT);
      const given = api.builtinArchitecture(name, { sizes: { [structure.name]: n } });
      expect([...given.sizes]).toEqual([[structure.name, n]]);
    }
    const usual = { sizes: { [structure.name]: structure.usual } };
    expect(modelText(api.builtinArchitecture(name, usual))).toBe(modelText(api.builtinArchitecture(name)));
  });
});

const constantsOf = ({ constants = {} }: ArchitectureFile): Record<string, number> =>
  Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, Number(value)]));

describe("verdicts, where one is found", async () => {
  const [judge, precise] = await Promise.all([api.openJudge(), api.openPrecise()]);
  const limits = { milliseconds: 2000 };
  const cases = ROWS.flatMap(({ name, tier, deeper }) => [
    [name, {} as Sizes, tier] as const,
    ...(deeper === undefined ? [] : [[name, deeper[0], deeper[1]] as const]),
  ]);
  test.each(cases)("%s %j: %s", (name, structure, tier) => {
    const open = api.builtinArchitecture(name, { sizes: structure });
    const twos = Object.fromEntries(open.open.map((size) => [size, 2]));
    const small = api.builtinArchitecture(name, { sizes: { ...structure, ...twos } });
    for (const given of [open, small])
      expect([tier, "undecided"]).toContain(api.check(given, judge, limits).tier);
  });

  const linear = [
    "cp-tensor",
    "tucker",
    "tensor-train",
    "siren",
    "multiplicative-filter",
    "linear-attention",
  ];
  test.each(linear)("%s is decided with all sizes open, and its certificate accepted", (name) => {
    const verdict = api.check(api.builtinArchitecture(name), judge);
    expect(verdict.tier).toBe(ROWS.find((r) => r.name === name)!.tier);
    expect(api.verify(JSON.stringify(verdict), name, precise)).toMatchObject({ accepted: true });
  });
});

test("a size may stand in an index alone, in a part of a model that has it in a bound", () => {
  const given = api.builtinArchitecture("linear-attention");
  expect(print(readExpression(given, "x[T,1]*V[1]"))).toBe("V[1]*x[T,1]");
  expect(print(readExpression(given, "x[T,1]*x[t,1]", ["t"]), ["t"])).toBe("x[T,1]*x[t,1]");
});

describe("bad options", () => {
  const refused = (name: string, sizes: Sizes): string => {
    try {
      api.builtinArchitecture(name, { sizes });
    } catch (error) {
      expect(error).toBeInstanceOf(api.DescentError);
      return (error as Error).message;
    }
    return "";
  };

  test.each<[string, Sizes, string]>([
    [
      "mlp-tanh",
      { depth: 0 },
      "sizes:depth: the depth 0 of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "mlp-tanh",
      { depth: 17 },
      "sizes:depth: the depth 17 of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "mlp-tanh",
      { depth: 1.5 },
      "sizes:depth: the depth 1.5 of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "mlp-tanh",
      { depth: Number.NaN },
      "sizes:depth: the depth NaN of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "rational-network",
      { depth: 5 },
      "sizes:depth: the depth 5 of 'rational-network' is out of range; accepted: whole numbers from 1 to 4",
    ],
    [
      "gru",
      { steps: 1e9 },
      "sizes:steps: the steps 1000000000 of 'gru' is out of range; accepted: whole numbers from 1 to 4",
    ],
    ["gru", { depth: 2 }, "sizes:depth: no size 'depth' in 'gru'; accepted: steps, d, h"],
    ["tensor-train", { d: 2, r2: 2 }, "sizes:r2: no size 'r2' in 'tensor-train'; accepted: d, r1"],
    [
      "aion",
      { depth: 2 },
      "sizes:depth: no size 'depth' in the formula; accepted: sizes of this formula: P, d, r",
    ],
    [
      "mlp-tanh",
      { h: -1 },
      "sizes:h: the size -1 is out of range; accepted: whole numbers from 0 to 1000000",
    ],
    [
      "softmax-attention",
      { T: 0, d: 1, m: 1 },
      "formula:1:116: division by zero; accepted: a divisor other than 0",
    ],
    ["state-space", { T: 0 }, "formula:1:70: an index reaches 0; accepted: indices from 1 on"],
    [
      "__proto__",
      {},
      "no built-in architecture '__proto__'; accepted: a built-in's name (see list), the path of a .json file, or --model FORMULA",
    ],
    [
      "mlp-tanh",
      JSON.parse('{"__proto__": 2}'),
      "sizes:__proto__: no size '__proto__' in 'mlp-tanh'; accepted: depth, d, h",
    ],
  ])("%s %j", (name, sizes, message) => {
    expect(refused(name, sizes)).toBe(message);
  });

  test("depth is an ordinary size of --sizes", async () => {
    let [out, error] = ["", ""];
    const io = {
      out: (text: string) => void (out += text),
      error: (text: string) => void (error += text),
      terminal: false,
    };
    await runCli(["check", "siren", "--sizes", "depth=2,h=1,d=1", "--json"], io);
    expect(JSON.parse(out).architecture).toMatchObject({
      parameters: ["w1[1,1]", "b1[1]", "w2[1,1]", "b2[1]", "v[1]", "c"],
      sizes: { depth: 2, h: 1, d: 1 },
    });
    expect(await runCli(["check", "siren", "--sizes", "depth=99"], io)).toBe(2);
    expect(error).toBe(
      "error: sizes:depth: the depth 99 of 'siren' is out of range; accepted: whole numbers from 1 to 16\n",
    );
  });
});

describe("list", async () => {
  const rows = listed(await api.openJudge(), { each: 10_000, all: 100_000 });

  test("has a row for each, with what it had before and its sizes", () => {
    expect(rows.map(({ name }) => name)).toEqual(BUILTINS.map(({ name }) => name));
    expect(rows[0]).toMatchObject({
      name: "aion",
      tier: "exponential-polynomial",
      membership: "strict",
      separable: { holds: true, rank: "r" },
      reference: expect.stringContaining("arXiv:2510.05489"),
      decidedAt: {},
      reason: null,
      sizes: [{ name: "r" }, { name: "d", meaning: "inputs", value: null, least: null }, { name: "P" }],
    });
    expect(rows.find(({ name }) => name === "mlp-relu")).toMatchObject({
      tier: "outside",
      inputs: ["x[i]"],
      sizes: [{ name: "depth", value: 1, least: 1, most: 16 }, { name: "h" }, { name: "d" }],
    });
    for (const row of rows) {
      expect(row.tier === "undecided").toBe(row.decidedAt === null);
      expect(row.tier === "undecided").toBe(row.reason !== null && row.reason !== "");
    }
  });

  test("fits 100 columns, and names every size", () => {
    const text = listText(rows);
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).not.toContain("...\n");
    for (const { name, sizes } of rows) {
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
      for (const size of sizes)
        expect(text).toMatch(new RegExp(`^  ${size.name.replace(/\d+$/, "")} +\\S`, "m"));
    }
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });
});
