import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import { builtinAt, expPolynomialFormula, model } from "./support/architectures.ts";
import { indexedFormula } from "./support/indexed.ts";

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

describe("agrees with the search", () => {
  test("on random exponential polynomials and indexed formulas", () => {
    let decided = 0;
    const formulas = [
      ...fc.sample(expPolynomialFormula, { numRuns: 80, seed: 3 }),
      ...Array.from({ length: 120 }, (_, seed) => indexedFormula(seed)),
    ];
    for (const formula of formulas) {
      const verdict = document(model(formula, { inputs: ["x"] }));
      if (verdict.tier === "undecided") continue;
      decided++;
      expect({ formula, ...run(verdict) }).toMatchObject({ accepted: true });
    }
    expect(decided).toBeGreaterThan(80);
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
  const small = cases.filter(([name]) => !name.startsWith("aion r=") && !name.startsWith("CP tensor r="));
  test.each(small)("%s: matrices and coordinates", (_, make) => {
    const verdict = document(make());
    const paths = entries(verdict).filter((p) => p.includes("matrices") || p.includes("coordinates"));
    expect(paths.length).toBeGreaterThan(2);
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
        last === "tier" ||
        last === "membership"
      );
    });
    for (const path of paths) {
      const at = path.reduce((value: never, key) => value[key as never], verdict as never) as string | number;
      const last = path.at(-1);
      const tiers = ["polynomial", "exponential-polynomial", "cascade"].filter((tier) => tier !== at);
      const others =
        last === "tier"
          ? tiers
          : last === "membership"
            ? ["partial", "outside"]
            : last === "name"
              ? ["other"]
              : typeof at === "number"
                ? [at + 1]
                : [`${at} + 1`];
      for (const other of others)
        expect(run(changed(verdict, path, other))).toMatchObject({ accepted: false });
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
