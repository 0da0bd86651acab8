import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../../src/architecture/architecture.ts";
import { DERIVED } from "../../src/architecture/builtins.ts";
import { findVerdict } from "../../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../../src/closure/nonzero.ts";
import { numericFault } from "../../src/closure/verify/numeric.ts";
import { readDocument } from "../../src/closure/verify/read.ts";
import { verify } from "../../src/closure/verify/verify.ts";
import { createBudget } from "../../src/errors.ts";
import { openPrecise, type Precise } from "../../src/precise/mpfr.ts";
import { builtinAt, expPolynomialFormula, model } from "../support/architectures.ts";

let judge: ZeroJudge;
let precise: Precise;
beforeAll(async () => {
  judge = await createZeroJudge();
  precise = await openPrecise();
});

const budget = (milliseconds = 60_000) => createBudget({ milliseconds });
const verdictText = (given: Architecture) => JSON.stringify(findVerdict(given, judge, budget()));
const run = (text: string) => verify(text, "verdict.json", precise, budget());
/** By the numbers alone, the exact check left out. */
const byNumbers = (text: string) => {
  const document = readDocument(text, "verdict.json");
  if ("kink" in document || "ladder" in document) throw new Error("no certificate");
  return numericFault(document, precise, budget());
};

/** Certificates of `host` with `function(x)` in place of gelu(x), which all checks treat as one more function of x. */
const forged = (host: string, replacement: string) =>
  verdictText(model(host)).replaceAll("gelu(x)", replacement);

describe("what vanishes or cancels carries no tier", () => {
  const ZEROS = [
    "(relu(x) - relu(-x) - x)",
    "(abs(x)^2 - x^2)",
    "(sqrt(2)*sqrt(2) - 2)",
    "(sin(1)^2 + cos(1)^2 - 1)",
    "(log(exp(x)) - x)",
    "(erf(x) + erfc(x) - 1)",
    "(1/(1 + x) - (1 - x)/(1 - x^2))",
    "(gamma(x + 1) - x*gamma(x))",
    "(max(x, 2*x) + min(x, 2*x) - 3*x)",
    "(atan(x) + atan(1/x) - sign(x)*pi/2)",
    // Each is nonzero somewhere, both never are.
    "relu(x)*relu(-x)",
    "relu(x - 1)*relu(-x)",
  ];
  test.each(ZEROS)("%s", (zero) => {
    for (const [host, entry] of [
      ["a*gelu(x)*exp(k*x)", "tier"],
      ["c^2 + a*gelu(x)*exp(k*x)", "tier"],
      ["a*exp(k*gelu(x))", "tier"],
      ["a*exp(k*gelu(x)) + c*exp(w*x)", "parameters[1].tier"],
      ["a*x + c^3*gelu(x)", "terminates.model"],
    ] as const) {
      expect({ host, ...run(forged(host, zero)) }).toMatchObject({ accepted: false, entry });
    }
  });

  test("the exact check alone takes these for nonzero", () => {
    const reasons = ZEROS.filter((zero) => !zero.includes("sin(1)")).map((zero) => {
      const found = run(forged("a*gelu(x)*exp(k*x)", zero));
      return found.accepted ? "" : found.reason;
    });
    expect(new Set(reasons)).toEqual(new Set(["by its values the model is a polynomial in k"]));
  });

  test("zeros that rounding, underflow or a jump would hide from values without a bound", () => {
    for (const zero of [
      "(floor(sqrt(2)*sqrt(2)) - 2)",
      "((1 - erf(25))/erfc(25) - 1)",
      "(sign(exp(-exp(50))) - 1)",
      "(floor(2 - exp(-100)) - 1)",
      "(floor((sqrt(2)*sqrt(2) - 2)*2^200) + 1)",
      "(floor((sqrt(2)*sqrt(2) - 2)*2^1000) + 1)",
      "(floor(2 - 1e-2000) - 1)",
      "(sn((sqrt(2)*sqrt(2) - 2)*2^190, 2^800))",
    ]) {
      expect({ zero, ...run(forged("a*gelu(x)*exp(k*x)", zero)) }).toMatchObject({ accepted: false });
    }
  });

  test("at the sizes of exceptions too", () => {
    const verdict = JSON.parse(verdictText(model("sum(a[k]*exp(b[k]*x*gelu(x)), k, 1, K) + c")));
    verdict.exceptions = [...verdict.exceptions, { sizes: { K: 1 }, tier: "exponential-polynomial" }];
    // It holds, and so is none.
    expect(run(JSON.stringify(verdict))).toMatchObject({ entry: "exceptions[1]" });
    const vanishing = JSON.stringify(verdict).replaceAll("gelu(x)", "abs(k - 1)");
    expect(run(vanishing)).toMatchObject({ accepted: false });
  });
});

describe("identities by numbers alone", () => {
  const at = (value: unknown, path: readonly (string | number)[]): never =>
    path.reduce((inner: never, key) => inner[key as never], value as never);

  test("every changed entry of a matrix and of the coordinates is named", () => {
    for (const host of ["A*exp(a*x)*cos(w*x + p)", "sum(a[k]*exp(-b[k]*x), k, 1, K)", "a*relu(x)*x^b"]) {
      const text = verdictText(model(host));
      const path = ["certificate", "tree"];
      const tree = at(JSON.parse(text), path) as { children?: unknown[] };
      if (tree.children !== undefined) path.push("children", "0");
      const atom: { matrices: Record<string, string[][]>; coordinates: string[] } = at(
        JSON.parse(text),
        path,
      );
      const where = tree.children === undefined ? "certificate.tree" : "certificate.tree.children[0]";
      const places = [
        ...atom.coordinates.map((_, k) => [["coordinates", k], `${where}.coordinates[${k}]`] as const),
        ...Object.entries(atom.matrices).flatMap(([name, rows]) =>
          rows.flatMap((row, i) =>
            row.map((_, j) => [["matrices", name, i, j], `${where}.matrices.${name}[${i}][${j}]`] as const),
          ),
        ),
      ];
      for (const [inner, entry] of places) {
        for (const more of ["1e-9", "x"]) {
          const changed = JSON.parse(text);
          const holder = at(changed, [...path, ...inner.slice(0, -1)]) as Record<string, string>;
          holder[`${inner.at(-1)}`] = `${holder[`${inner.at(-1)}`]} + ${more}`;
          expect(byNumbers(JSON.stringify(changed))).toMatchObject({ entry });
        }
      }
    }
  });

  test("the reason tells the point and the difference", () => {
    const verdict = JSON.parse(verdictText(model("A*exp(-k*x)")));
    verdict.certificate.tree.matrices.k[0][0] = "-x + 1/1000";
    expect(byNumbers(JSON.stringify(verdict))).toEqual({
      entry: "certificate.tree.matrices.k[0][0]",
      reason: expect.stringMatching(
        /^at A = -?\d+\/\d+, k = -?\d+\/\d+, x = \d+\/\d+ the two sides differ by 0\.00\d+$/,
      ),
    });
  });

  test("formulas that are not those of their parts", () => {
    for (const host of ["a*x + b*exp(k*x)", "sum(a[k]*exp(-b[k]*x), k, 1, K)"]) {
      const verdict = JSON.parse(verdictText(model(host)));
      verdict.certificate.tree.formula += " + x/1000000";
      expect(byNumbers(JSON.stringify(verdict))).toMatchObject({ entry: "certificate.tree.formula" });
      verdict.certificate.model += " + x/1000000";
      expect(byNumbers(JSON.stringify(verdict))).toMatchObject({ entry: "architecture.model" });
      verdict.architecture.model += " + x/1000000";
      expect(byNumbers(JSON.stringify(verdict))).toMatchObject({ entry: "certificate.tree.formula" });
    }
  });

  test("nothing is accepted where nothing has a value", () => {
    const nowhere = run(forged("a*gelu(x)*exp(k*x)", "log(-1 - x^2)"));
    expect(nowhere).toEqual({
      accepted: false,
      entry: "certificate.tree.formula",
      reason: "its two sides have values at none of the points tried",
    });
  });
});

describe("accepts what is true", () => {
  const SIZES = [1, 2].flatMap((r) => [1, 2].flatMap((d) => [1, 2].map((P) => ({ r, d, P, K: r + d }))));
  test.each(DERIVED)("%s, generic and at small sizes", (name) => {
    expect(run(verdictText(builtinAt(name)))).toMatchObject({ accepted: true });
    const own = new Set(Object.keys(sizesIn(name)));
    for (const sizes of SIZES) {
      const given = Object.fromEntries(Object.entries(sizes).filter(([size]) => own.has(size)));
      expect({ given, ...run(verdictText(builtinAt(name, given))) }).toMatchObject({ accepted: true });
    }
  });

  const sizesIn = (name: string): Record<string, true> =>
    Object.fromEntries(builtinAt(name).open.map((size) => [size, true]));

  test.each([
    "a*log(x) + b*exp(k*x)",
    "a*relu(x)*exp(k*x)",
    "a*relu(x - 1)*exp(k*relu(x)) + c^2*x",
    "a*abs(x)^2*exp(k*abs(x))",
    "a*sqrt(x)*exp(k*sqrt(x)) + b*x^(1/3)",
    "a*exp(k/(1 + x)) + b/(1 - x)",
    "a*asin(x)*exp(k*x)",
    "a*gamma(x)*exp(k*besselj(2, x))",
    "a*max(x[1], x[2])*exp(k*x[1])",
    "re(exp(complex(a*x, w*x)))*b",
    "sum(a[k]*re(exp(complex(0, w[k]*x))), k, 1, K)",
    "a^30*exp(k*x)",
    "prod(a[i] + b[i]*x[i], i, 1, d) + sum(c[j]*exp(x[j]*w[j]), j, 1, d)",
    "c^2*gelu(x)*a + b*exp(w*x)",
  ])("%s", (formula) => {
    expect(run(verdictText(model(formula)))).toMatchObject({ accepted: true });
  });

  test("random members of the class, with functions of the data", () => {
    let accepted = 0;
    const data = fc.constantFrom("1", "relu(x)", "abs(x)", "log(x)", "sqrt(x)", "1/(1 + x)", "tanh(x)");
    fc.assert(
      fc.property(expPolynomialFormula, expPolynomialFormula, data, (f, g, coefficient) => {
        const text = verdictText(model(`${f} + ${coefficient}*(${g})`, { inputs: ["x"] }));
        if (JSON.parse(text).certificate === null) return;
        expect(byNumbers(text)).toBeUndefined();
        accepted++;
      }),
      { numRuns: 60, seed: 11 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test("large certificates in seconds", () => {
    const text = verdictText(builtinAt("aion", { r: 3, d: 3, P: 3 }));
    expect(verify(text, "v.json", precise, budget(10_000))).toMatchObject({ accepted: true });
  });
});

test("hostile formulas end with the budget, or are rejected", () => {
  const text = verdictText(model("a*gelu(x)*exp(k*x)"));
  for (const hostile of [
    "x^999999999",
    "exp(exp(exp(x + 9)))",
    "gamma(1e8 + x)",
    "sin(2^16000*x)",
    "sum(sum(sum(1/(i + j + l), i, 1, 999), j, 1, 999), l, 1, 999)",
    `${"tanh(".repeat(400)}x${")".repeat(400)}`,
    Array(20_000).fill("x").join("+"),
  ]) {
    let ended = "";
    try {
      const found = verify(text.replaceAll("gelu(x)", `(${hostile})`), "v.json", precise, budget(1500));
      ended = found.accepted ? "accepted" : "rejected";
    } catch (error) {
      ended = (error as { code?: string }).code ?? String(error);
    }
    expect({ hostile: hostile.slice(0, 60), ended }).toMatchObject({
      ended: expect.stringMatching(/^(accepted|rejected|budget)$/),
    });
  }
});
