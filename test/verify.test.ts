import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import { builtinAt, model } from "./support/architectures.ts";

let judge: ZeroJudge;
let precise: Precise;
beforeAll(async () => {
  judge = await createZeroJudge();
  precise = await openPrecise();
});

const budget = () => createBudget({ milliseconds: 60_000 });
const document = (given: Architecture) => JSON.parse(JSON.stringify(findVerdict(given, judge, budget())));
const run = (value: unknown) => verify(JSON.stringify(value), "verdict.json", precise, budget());

const cases: [string, () => Architecture][] = [
  ["aion", () => builtinAt("aion")],
  ["aion r=2 d=2 P=1", () => builtinAt("aion", { r: 2, d: 2, P: 1 })],
  ["aion r=3 d=3 P=3", () => builtinAt("aion", { r: 3, d: 3, P: 3 })],
  ["aion, complex form", () => builtinAt("aion-complex")],
  ["aion r=1 d=2 P=2, complex form", () => builtinAt("aion-complex", { r: 1, d: 2, P: 2 })],
  ["a shared rate", () => model("sum(B[k]*exp(-a*(x - k)), k, 1, T)")],
  [
    "sums in exponents",
    () => model("sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)", { inputs: ["x[i]"] }),
  ],
  [
    "nested sums in exponents",
    () =>
      model("sum(v[k]*exp(sum(x[i]*sum(w[k,i,j]*z[j], j, 1, m), i, 1, d)), k, 1, h)", {
        inputs: ["x[i]", "z[j]"],
      }),
  ],
  ["a power of a sum", () => model("(sum(w[i]*x[i], i, 1, d) + b)^3", { inputs: ["x[i]"] })],
  ["equal terms", () => model("sum(exp(b[k]*x + c), k, 1, n)")],
  ["a degree that is a bound", () => model("sum(prod(a[i]*x + c[j], i, 1, d), j, 1, r)")],
  ["deltas, roots, products of constants", () => model("sum(a[k]*delta(k, 1), k, 1, n)*(x^(1/2))^2")],
  ["aion r=0 d=2 P=1", () => builtinAt("aion", { r: 0, d: 2, P: 1 })],
  ["a product that is 1", () => model("prod(exp(a[k])*exp(-a[k]), k, 1, n)")],
  ["Fourier features", () => builtinAt("fourier-features")],
  ["exponential sums", () => builtinAt("exponential-sum")],
  ["polynomial regression", () => builtinAt("polynomial-regression")],
  ["CP tensor", () => builtinAt("cp-tensor")],
  ["CP tensor r=2 d=3", () => builtinAt("cp-tensor", { r: 2, d: 3 })],
  ["a damped wave", () => model("A*exp(a*x)*cos(w*x + p)")],
  ["a power law", () => model("x^b*(a + c*x)")],
  ["functions of the data", () => model("a*relu(x)/(x + 1) + exp(b*log(x)) + c*cos(2*pi*x/12)")],
  [
    "turns by a third of pi",
    () => model("cos(a*x + pi/3)^2 + b*cos(pi/5)^3 + c*sin(x + pi/3)*cos(x + pi/6)"),
  ],
  ["hidden identities", () => model("x*sin(w)^2 + x*cos(w)^2 + b*exp(a)*exp(-a)")],
];

describe("accepts what the search finds", () => {
  test.each(cases)("%s", (_, make) => {
    const verdict = document(make());
    expect(run(verdict)).toMatchObject({ accepted: true });
    expect(run(verdict.certificate)).toMatchObject({ accepted: true });
  });
});

/** Every string and number of a document, by path. */
function entries(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    entries(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function changed(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = to;
  return copy;
}

const pathText = (path: readonly (string | number)[]): string =>
  path.map((key, k) => (typeof key === "number" ? `[${key}]` : k === 0 ? key : `.${key}`)).join("");

describe("rejects every single entry that is changed, and names it", () => {
  // Where all cancels, the name of an index says nothing.
  const small = cases.filter(
    ([name]) => !/^(aion r=|a product that is 1)/.test(name) && !name.startsWith("CP tensor r="),
  );
  test.each(small)("%s: matrices and coordinates", (_, make) => {
    const verdict = document(make());
    const paths = entries(verdict).filter((p) => p.includes("matrices") || p.includes("coordinates"));
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) {
      const at = path.reduce((value: never, key) => value[key as never], verdict as never) as string;
      for (const other of [`${at} + 1`, `${at} + x`]) {
        const found = run(changed(verdict, path, other));
        expect(found).toMatchObject({ accepted: false, entry: pathText(path) });
      }
    }
  });

  test.each(small)("%s: formulas, dimensions, bounds, tiers", (_, make) => {
    const verdict = document(make());
    const paths = entries(verdict).filter((path) => {
      const [last, second] = [path.at(-1), path.at(-2)];
      return (
        last === "model" ||
        last === "formula" ||
        last === "dimension" ||
        second === "index" ||
        path.includes("restriction") ||
        path.includes("indices") ||
        last === "tier" ||
        last === "membership"
      );
    });
    for (const path of paths) {
      const at = path.reduce((value: never, key) => value[key as never], verdict as never) as string | number;
      const last = path.at(-1);
      // What is undecided claims nothing, and may turn out to be either.
      if (at === "undecided") continue;
      const tiers = ["polynomial", "exponential-polynomial", "cascade"].filter((tier) => tier !== at);
      const others =
        last === "tier"
          ? tiers
          : last === "membership"
            ? ["partial", "outside"]
            : last === "name"
              ? ["other"]
              : last === "value"
                ? ["0", "2", "x"]
                : at === "1" || at === ">=2"
                  ? [at === "1" ? ">=2" : "1"]
                  : typeof at === "number"
                    ? [at + 1]
                    : [`${at} + 1`];
      for (const other of others)
        expect({ path, other, ...run(changed(verdict, path, other)) }).toMatchObject({ accepted: false });
    }
  });

  test("a basis that does not close, a missing matrix, matrices of the wrong shape", () => {
    const verdict = document(model("A*exp(-k*x)"));
    const tree = ["certificate", "tree"];
    const cases: [(string | number)[], unknown][] = [
      [[...tree, "basis", 1], "exp(-2*k*x)"],
      [[...tree, "basis", 0], "A^2*exp(-k*x)"],
      [[...tree, "matrices"], { A: verdict.certificate.tree.matrices.A }],
      [[...tree, "matrices", "k"], [["-x"]]],
      [[...tree, "coordinates"], ["1"]],
      [[...tree, "coordinates", 0], "A"],
      [[...tree, "matrices", "k", 0, 0], "tanh(k)"],
      [[...tree, "matrices", "k", 0, 0], "-x +"],
    ];
    for (const [path, value] of cases)
      expect(run(changed(verdict, path, value))).toMatchObject({ accepted: false });
  });

  test("terms that share a parameter", () => {
    const verdict = document(builtinAt("exponential-sum"));
    const text = JSON.stringify(verdict).replaceAll("b[k]", "b[1]");
    expect(verify(text, "v.json", precise, budget())).toMatchObject({ accepted: false });
    const sum = document(model("a*x + b"));
    const forged = JSON.stringify(sum).replaceAll('"b"', '"a"').replaceAll("a*x + b", "a*x + a");
    expect(verify(forged, "v.json", precise, budget())).toMatchObject({ accepted: false });
  });

  test("a parameter that is passed off as data", () => {
    const verdict = document(model("A*exp(-k*x)"));
    const lower = document(model("A*exp(-k*x)", { inputs: ["k", "x"] }));
    for (const parameters of [verdict.parameters, [verdict.parameters[0], { name: "k", tier: "polynomial" }]])
      expect(run({ ...lower, parameters })).toMatchObject({ accepted: false, entry: "parameters" });
    expect(run({ ...lower, architecture: verdict.architecture })).toMatchObject({
      accepted: false,
      entry: "architecture.parameters",
    });
  });

  test("a lower bound that is missing", () => {
    for (const given of [builtinAt("aion-complex"), model("sum(B[k]*exp(-a*(x - k)), k, 1, T)")]) {
      const verdict = document(given);
      verdict.certificate.restriction = undefined;
      expect(run(verdict)).toMatchObject({ accepted: false, entry: "tier" });
    }
    const verdict = document(model("(sum(w[i]*x[i], i, 1, d) + b)^3", { inputs: ["x[i]"] }));
    verdict.certificate.restriction = undefined;
    expect(run(verdict)).toMatchObject({ accepted: false, entry: "terminates.model" });
  });
});

/** Trees that are true as upper bounds of functions that cancel: the tiers they seem to have are too high. */
describe("rejects tiers that cancellation makes lower", () => {
  const atom = (formula: string, matrices: Record<string, string[][]>, basis = [formula]) => ({
    node: "atom",
    formula,
    dimension: basis.length,
    basis,
    matrices,
    coordinates: basis.map((_, k) => (k === 0 ? "1" : "0")),
  });
  const up = atom("exp(a*x)", { a: [["x"]] });
  const down = atom("exp(-a*x)", { a: [["-x"]] });
  const linear = (c: string) =>
    atom(
      `${c}B[k]*exp(a*x)`,
      {
        "B[k]": [
          ["0", c === "-" ? "-1" : "1"],
          ["0", "0"],
        ],
        a: [
          ["x", "0"],
          ["0", "x"],
        ],
      },
      [`${c}B[k]*exp(a*x)`, "exp(a*x)"],
    );
  const index = { name: "k", lo: "1", hi: "n" };
  const folded = (node: "sum" | "product", child: { formula: string; dimension: number }) => ({
    node,
    formula: `${node === "sum" ? "sum" : "prod"}(${child.formula}, k, 1, n)`,
    dimension: node === "sum" ? `${child.dimension}*n` : `${child.dimension}^n`,
    index,
    children: [child],
  });
  const pair = (
    node: "sum" | "product",
    a: { formula: string },
    b: { formula: string },
    dimension: unknown,
  ) => ({
    node,
    formula: node === "sum" ? `${a.formula} + ${b.formula}` : `(${a.formula})*(${b.formula})`,
    dimension,
    children: [a, b],
  });
  const E = "exponential-polynomial";
  const document = (
    tree: { formula: string; dimension: unknown },
    families: string[],
    restriction?: unknown,
  ) => ({
    architecture: { model: tree.formula, inputs: ["x"], parameters: families },
    loss: "squared",
    tier: E,
    membership: "strict",
    parameters: families.map((name) => ({ name, tier: name === "B[k]" ? "polynomial" : E })),
    terminates: { model: null, optimality: null },
    exceptions: [],
    certificate: {
      format: 1,
      kind: "linear-closure",
      model: tree.formula,
      parameters: families,
      dimension: tree.dimension,
      tree,
      ...(restriction === undefined ? {} : { restriction }),
    },
  });
  const keep = (value: string) => [{ family: "B", indices: [">=2"], value }];

  test.each([
    ["a product of e^u and e^-u", document(pair("product", up, down, 1), ["a"])],
    ["the same over an index", document(pair("product", folded("sum", up), down, "n"), ["a"])],
    [
      "the same over an index, restricted",
      document(pair("product", folded("sum", up), down, "n"), ["a"], []),
    ],
    [
      "factors of open number",
      document(pair("product", folded("product", up), folded("product", down), "1"), ["a"]),
    ],
    [
      "e^u taken off what it may be",
      document(pair("sum", folded("sum", up), atom("-exp(a*x)", { a: [["x"]] }), "n + 1"), ["a"], []),
    ],
    [
      "a sum and its opposite",
      document(pair("sum", folded("sum", linear("")), folded("sum", linear("-")), "4*n"), ["B[k]", "a"]),
    ],
    ...["0", "1", "2"].map(
      (value) =>
        [
          `a sum and its opposite, restricted to ${value}`,
          document(
            pair("sum", folded("sum", linear("")), folded("sum", linear("-")), "4*n"),
            ["B[k]", "a"],
            keep(value),
          ),
        ] as const,
    ),
  ] as [string, unknown][])("%s", (_, forged) => {
    const found = run(forged);
    expect(found).toMatchObject({ accepted: false });
    // The closure itself holds: what is refused is the claim about the tier.
    expect(found).toMatchObject({ entry: expect.stringMatching(/^tier$|restriction/) });
  });

  test("members of a family at different indices that coincide", () => {
    const gap = atom(
      "exp(a[i]*x) - exp(a[j]*x)",
      {
        "a[i]": [
          ["x", "0"],
          ["0", "0"],
        ],
        "a[j]": [
          ["0", "0"],
          ["0", "x"],
        ],
      },
      ["exp(a[i]*x)", "exp(a[j]*x)"],
    );
    const inner = {
      ...folded("product", { ...gap, coordinates: ["1", "-1"] } as never),
      formula: "prod(exp(a[i]*x) - exp(a[j]*x), j, 1, n)",
      index: { name: "j", lo: "1", hi: "n" },
    };
    const outer = {
      ...folded("product", inner as never),
      formula: `prod(${inner.formula}, i, 1, n)`,
      dimension: "(2^n)^n",
      index: { name: "i", lo: "1", hi: "n" },
    };
    const tree = pair("product", outer, atom("exp(b*x)", { b: [["x"]] }), "(2^n)^n");
    expect(run(document(tree, ["a[i]", "b"]))).toMatchObject({ accepted: false, entry: "tier" });
  });

  test("the same documents are accepted where nothing cancels", () => {
    const forged = document(folded("sum", linear("")), ["B[k]", "a"], keep("0"));
    expect(run(forged)).toMatchObject({ accepted: true });
    expect(run({ ...forged, certificate: { ...forged.certificate, restriction: keep("1") } })).toMatchObject({
      accepted: true,
    });
    const sum = pair("sum", folded("sum", linear("")), folded("sum", linear("")), "4*n");
    expect(run(document(sum, ["B[k]", "a"], []))).toMatchObject({ accepted: true });
  });
});

describe("bad documents are bad input", () => {
  test.each([
    ["", /not JSON/],
    ["{", /not JSON/],
    ["null", /v\.json/],
    ["[]", /v\.json/],
    ['{"format": 2, "kind": "linear-closure"}', /the format is 2; accepted: format 1/],
    ['{"certificate": null}', /the verdict has no certificate/],
    ['{"format": 1, "kind": "linear-closure", "model": 3}', /model/],
  ])("%s", (text, message) => {
    expect(() => verify(text, "v.json", precise, budget())).toThrow(message);
  });

  test("hostile formulas are rejected, never run", () => {
    const verdict = document(model("A*exp(-k*x)"));
    for (const hostile of [
      "process.exit()",
      "__proto__",
      "a".repeat(99_999),
      `${"(".repeat(600)}x${")".repeat(600)}`,
      "x^999999999",
      "1e99999",
    ]) {
      const path = ["certificate", "tree", "basis", 0];
      expect(run(changed(verdict, path, hostile))).toMatchObject({ accepted: false });
    }
  });
});

describe("roles and hostile documents", () => {
  const decay = () => JSON.parse(JSON.stringify(document(model("A*exp(-k*x)"))));

  test("a parameter cannot be dropped, renamed into an index, or given indices", () => {
    const dropped = decay();
    dropped.architecture.parameters = ["A"];
    dropped.parameters = [dropped.parameters[0]];
    dropped.certificate.parameters = ["A"];
    delete dropped.certificate.matrices.k;
    delete dropped.certificate.tree.matrices?.k;
    dropped.tier = "polynomial";
    dropped.terminates = { model: 1, optimality: 1 };
    expect(run(dropped)).toMatchObject({ accepted: false, entry: "architecture.inputs" });
    for (const inputs of [[], ["nonsense"], ["z"]]) {
      const other = decay();
      other.architecture.inputs = inputs;
      expect(run(other)).toMatchObject({ accepted: false, entry: "architecture.inputs" });
    }
    const indexed = decay();
    indexed.architecture.parameters = ["A[1]", "k"];
    expect(run(indexed)).toMatchObject({ accepted: false, entry: "architecture.parameters" });
  });

  test("huge numbers and deep trees end at once", () => {
    const huge = JSON.stringify(decay()).replaceAll("A*exp(-k*x)", "A*exp(-k*x)+0*((9^9999)^99)^9999");
    expect(run(JSON.parse(huge))).toMatchObject({ accepted: false, reason: "a numeric power is too large" });
    const text = JSON.stringify(decay());
    const tree = JSON.stringify(decay().certificate.tree);
    const node = '{"node":"sum","formula":"A*exp(-k*x)","dimension":2,"children":[';
    const deep = text.replace(tree, `${node.repeat(3000)}${tree}${"]}".repeat(3000)}`);
    expect(() => verify(deep, "deep.json", judge.precise, createBudget())).toThrow("nested too deeply");
    expect(() => verify("{}", "empty.json", judge.precise, createBudget())).toThrow(
      "there is no certificate in it",
    );
  });

  test.each([
    "sum(exp(a[q]*x^q), q, 1, n)",
    "exp(k*x^n) + sum(a[i], i, 1, n)",
    "prod(exp(-b[q]*(-1)^q), q, 1, n)",
    "sum(a[i]*x^(i - 1), i, 1, n)*exp(-sum(b[i]*x^(i - 1), i, 1, n))",
    "sum(exp(c*x), i, 1, n) + exp(k*x)",
  ])("what check writes of %s is accepted", (formula) => {
    const verdict = document(model(formula));
    expect(verdict.tier).toBe("exponential-polynomial");
    expect(run(verdict)).toMatchObject({ accepted: true });
  });

  test("a size given inside, another one open", () => {
    for (const sizes of [{ d: 2 }, { h: 2 }, { d: 1 }] as Record<string, number>[]) {
      const formula = "sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)";
      expect(run(document(model(formula, { inputs: ["x[i]"], sizes })))).toMatchObject({ accepted: true });
    }
  });
});
