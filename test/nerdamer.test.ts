import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import {
  createTranslation,
  isRefusal,
  nerdamerText,
  openNerdamer,
  readAnswer,
} from "../src/derivation/nerdamer.ts";
import { centralDifference, compareByNumbers, type Differences, fieldOf } from "../src/derivation/numbers.ts";
import { createSecondOpinion, type Opinion, openSecondOpinion } from "../src/derivation/opinion.ts";
import { createBudget } from "../src/errors.ts";
import { literal } from "../src/expression/affine.ts";
import { createAlgebra } from "../src/expression/algebra.ts";
import { differentiate } from "../src/expression/differentiate.ts";
import type { Algebra, Node, SymbolNode } from "../src/expression/node.ts";
import { print } from "../src/expression/print.ts";
import { openPrecise } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import { builtinAt, expPolynomialFormula, model } from "./support/architectures.ts";

const precise = await openPrecise(64);
const ask = await openNerdamer();
const opinion = await openSecondOpinion(precise);
afterAll(() => precise.close());

const symbolIn = (algebra: Algebra, name: string): SymbolNode =>
  algebra.symbol(name, "parameter") as SymbolNode;

const slopeOf = (algebra: Algebra, f: Node, by: SymbolNode): Node =>
  differentiate(algebra, f, { ...by, ranges: by.indices.map((i) => ({ lo: i, hi: i })) }, createBudget());

/** The opinion on ∂_k of a formula, `ours` being the truth unless changed. */
function onSlope(
  formula: string,
  change: (algebra: Algebra, ours: Node) => Node = (_, ours) => ours,
  second = opinion,
): Opinion {
  const { algebra, model: f } = model(formula, { inputs: ["x"] });
  const k = symbolIn(algebra, "k");
  return second.derivative(algebra, f, k, change(algebra, slopeOf(algebra, f, k)));
}

test.each<[string, Architecture, number]>([
  ["decay", model("A*exp(-k*x)"), 8],
  ["a Fourier feature", builtinAt("fourier-features", { K: 1 }), 24],
  ["a polynomial", builtinAt("polynomial-regression", { K: 3 }), 15],
  ["a CP tensor", builtinAt("cp-tensor", { d: 2, r: 2 }), 35],
  ["AION at (1,1,1)", builtinAt("aion", { r: 1, d: 1, P: 1 }), 24],
  ["AION at (2,1,1)", builtinAt("aion", { r: 2, d: 1, P: 1 }), 35],
  ["AION at (1,2,1)", builtinAt("aion", { r: 1, d: 2, P: 1 }), 35],
])("agrees on the low floors of %s", (_, architecture, count) => {
  const found = opinion.floors(architecture, createBudget());
  const asked = found.filter((o) => o.what !== "the other parameters");
  expect(asked.filter((o) => o.outcome !== "agrees")).toEqual([]);
  expect(asked).toHaveLength(count);
});

test("agrees numerically where normal forms do not settle it", () => {
  const found = opinion.floors(model("a*log(b*x + c)/(1 + b^2)"), createBudget());
  expect(found.every((o) => o.outcome === "agrees")).toBe(true);
  expect(found.filter((o) => o.detail === "numerically, to 50 digits at 5 points").length).toBeGreaterThan(5);
});

test("says what was taken, a member of every family before a second one", () => {
  const found = opinion.floors(builtinAt("aion", { r: 2, d: 1, P: 1 }), createBudget(), 4);
  expect(found.filter((o) => o.what.startsWith("∂")).map((o) => o.what)).toEqual(
    ["A", "alpha", "omega", "phi"].map((name) => `∂_${name}[1,1,1] of f`),
  );
  expect(found.map((o) => o.what)).toContain("T_1 of phi[1,1,1] by A[1,1,1]");
  expect(found.at(-1)).toEqual({
    what: "the other parameters",
    outcome: "not-asked",
    detail: "4 of 8 were taken",
  });
});

test("takes nothing more once the time is over", () => {
  const clock = { ...createBudget(), isOver: () => true };
  expect(opinion.floors(model("A*exp(-k*x)"), clock)).toEqual([
    { what: "the other parameters", outcome: "not-asked", detail: "0 of 2 were taken" },
  ]);
});

test("refuses what `expand` would take too long for", () => {
  const found = opinion.floors(model("(a*x + b*x^2 + c)^9"), createBudget(), 1);
  expect(found.map((o) => [o.what, o.outcome])).toEqual([
    ["∂_a of f", "agrees"],
    ["T_0 of a", "not-asked"],
    ["T_1 of a by a", "agrees"],
    ["the other parameters", "not-asked"],
  ]);
});

describe("derivative", () => {
  test.each([
    ["A*exp(-k*x)", "agrees", "the normal forms are equal"],
    ["A*log(k*x + 1)/(1 + k^2)^2", "agrees", "the normal forms are equal"],
    ["cos(exp(k)*x)^2/(1 + k^2)^2", "agrees", "the normal forms are equal"],
    [`k^2*x*(${"k + x*(".repeat(12)}k${")".repeat(13)}`, "not-asked", "a nesting of more than 16"],
    ["sin(k)^2", "agrees", "the normal forms are equal"],
    ["A*x", "agrees", "the normal forms are equal"],
    ["k^(1/2)*x", "not-asked", "a power whose exponent is no integer"],
    ["k*sqrt(x)", "not-asked", "sqrt is none of exp, log, sin, cos, sinh, cosh, tan, tanh"],
    ["k*exp(1/2)", "not-asked", "a power whose exponent is no integer"],
    ["sum(k^i, i, 1, n)", "not-asked", "a sum or product over an index"],
    ["re(exp(complex(0, k)))", "not-asked", "complex numbers"],
  ])("of %s: %s", (formula, outcome, detail) => {
    expect(onSlope(formula)).toEqual({ what: "∂_k of f", outcome, detail });
  });

  test("agrees on random exponential polynomials", () => {
    fc.assert(
      fc.property(expPolynomialFormula, (formula) => {
        const { algebra, model: f } = model(formula);
        const w = symbolIn(algebra, "w");
        expect(opinion.derivative(algebra, f, w, slopeOf(algebra, f, w)).outcome).toBe("agrees");
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe("where the answers differ", () => {
  test("our wrong derivative is found wrong", () => {
    const found = onSlope("A*exp(-k*x)", (algebra, ours) => algebra.scale(-1, ours));
    expect(found.outcome).toBe("ours-wrong");
    expect(found.detail).toMatch(
      /^deviates at 5 of 5 points where they differ.*an error below \d\.\de-[67]\d$/,
    );
  });

  test("a slip of 10^-40 is found too, and one that nerdamer shares is not laid on it alone", () => {
    const slip = (algebra: Algebra, ours: Node): Node =>
      algebra.add(ours, algebra.number({ num: 1n, den: 10n ** 40n }));
    expect(onSlope("A*exp(-k*x)", slip).outcome).toBe("ours-wrong");
    const both = onSlope(
      "A*exp(-k*x)",
      slip,
      createSecondOpinion(() => "0", precise),
    );
    expect(both.outcome).toBe("ours-wrong");
    expect(both.detail).toContain("nerdamer's deviates at 5 of 5");
  });

  test.each([
    ["e^(-v2*v3)*v1*v3", "deviates at 5 of 5 points where they differ"],
    ["0", "deviates at 5 of 5"],
    ["-e^(-v2*v3)*v1*v3*(1+10^(-40))", "deviates at 5 of 5"],
    ["gamma*v2", "no answer: "],
    ["v1*v4", "no answer: the answer has 'v4', which was not in the question"],
    ["diff(v1,v2)", "no answer: "],
    ["", "no answer: "],
    ["undefined", "no answer: "],
    ["NaN", "no answer: "],
    ["[v1,v2]", "no answer: "],
    ["v1[1]", "no answer: "],
    ["sec(v1", "no answer: "],
    ["1/0", "no answer: "],
    ["((((", "no answer: "],
  ])("nerdamer's answer %j is found wrong", (answer, detail) => {
    const found = onSlope(
      "A*exp(-k*x)",
      undefined,
      createSecondOpinion(() => answer, precise),
    );
    expect(found.outcome).toBe("nerdamer-wrong");
    expect(found.detail).toContain(detail);
  });

  test("a failure of nerdamer is one line", () => {
    const fail = (): string => {
      throw new Error(`first line ${"x".repeat(500)}\nsecond line`);
    };
    const found = onSlope("A*exp(-k*x)", undefined, createSecondOpinion(fail, precise));
    expect(found.outcome).toBe("nerdamer-wrong");
    expect(found.detail).toMatch(/^no answer: first line x+\.\.\.$/);
  });

  test("what rests on a slope that nerdamer has wrong is not asked", () => {
    const found = createSecondOpinion(() => "0", precise).floors(model("A*exp(-k*x)"), createBudget());
    expect(found.map((o) => o.outcome)).toEqual(
      ["A", "k"].flatMap(() => ["nerdamer-wrong", "not-asked", "not-asked", "not-asked"]),
    );
  });

  test("a wrong floor is found wrong by differences of differences", () => {
    const wrong = createSecondOpinion((q) => (q.startsWith("expand(diff") ? "v1" : ask(q)), precise);
    const found = wrong.floors(model("A*exp(-k*x)"), createBudget());
    expect(found.filter((o) => o.outcome === "nerdamer-wrong").map((o) => o.what)).toEqual(
      ["A", "k"].flatMap((a) => ["A", "k"].map((b) => `T_1 of ${a} by ${b}`)),
    );
    expect(found.filter((o) => o.outcome === "agrees")).toHaveLength(4);
  });

  test("answers in sec and its kin are read", () => {
    const answer = "-e^(-v2*v3)*v1*v3*sec(v1)^2*cos(v1)^2*sech(cosh(v2)-cosh(v2))*coth(v3)*tanh(v3)";
    const found = onSlope(
      "A*exp(-k*x)",
      undefined,
      createSecondOpinion(() => answer, precise),
    );
    expect(found.outcome).toBe("agrees");
  });
});

describe("known errors of nerdamer", () => {
  test.each([
    ["v1^(1/2)*(v1*v2)^(1/2)", "v1^(1/2)*(v1*v2)^(1/2)/v1", "sqrt(v1)*sqrt((v1)*(v2))"],
    ["(v1*v2)^(1/2)", "(v1*v2)^(1/2)/(2*v1)", "sqrt((v1)*(v2))"],
    ["3*atan(v1)", "3/(1 + v1^2)", "(3)*(atan(v1))"],
    ["erf(v1)/2", "exp(-v1^2)/sqrt(pi)", "(1/2)*(erf(v1))"],
    ["v1*exp(1/2)", "exp(1/2)", "(v1)*(exp(1/2))"],
  ])("numbers show that its derivative of %s is wrong and that %s is right", (formula, slope, question) => {
    const { algebra, model: f } = model(formula, { inputs: [] });
    expect(opinion.derivative(algebra, f, symbolIn(algebra, "v1"), f).outcome).toBe("not-asked");
    const read = (text: string): Node => readAnswer(algebra, text, new Set(["v1", "v2"]));
    const theirs = read(ask(`diff(${question},v1)`));
    const truth: Differences = (step) => centralDifference(fieldOf(f), "v1", step);
    const found = compareByNumbers(precise, ["v1", "v2"], read(slope), theirs, truth);
    expect(found).toMatchObject({ kind: "different", oursWrong: 0, theirsWrong: 5, different: 5 });
  });
});

test.each([
  "e",
  "i",
  "E",
  "I",
  "PI",
  "pi",
  "ln",
  "__proto__",
  "a__b",
  "constructor",
  "v2",
  "v1",
  "sin",
  "infinity",
  "θ",
])("a parameter named %s", (name) => {
  const algebra = createAlgebra(primitives);
  const p = algebra.symbol(name, "parameter") as SymbolNode;
  const q = algebra.symbol(name, "input", [literal(2)]) as SymbolNode;
  const f = algebra.multiply(
    algebra.symbol("v1", "target"),
    algebra.call("sin", [algebra.multiply(p, q, algebra.symbol("pi", "constant"))]),
  );
  const text = nerdamerText(createTranslation(primitives).translate(f) as Node);
  expect(isRefusal(text) ? "" : text.text).toMatch(/^[()v\d^*+sinp/-]+$/);
  for (const by of [p, q]) {
    expect(opinion.derivative(algebra, f, by, slopeOf(algebra, f, by))).toMatchObject({ outcome: "agrees" });
  }
  expect(opinion.derivative(algebra, f, q, algebra.zero)).toMatchObject({
    what: `∂_${name}[2] of f`,
    outcome: "ours-wrong",
  });
});

test("leaves no settings changed, no stored expressions, and the caller's algebra as it was", async () => {
  const { default: nerdamer } = (await import("nerdamer")) as unknown as {
    default: { getCore(): { Settings: object }; numExpressions(): number };
  };
  const settings = (): string => JSON.stringify(nerdamer.getCore().Settings);
  const before = settings();
  const { algebra, model: f } = model("A*exp(-k*x)");
  const k = symbolIn(algebra, "k");
  const ours = slopeOf(algebra, f, k);
  const last = algebra.symbol("unseen", "parameter").id;
  opinion.derivative(algebra, f, k, ours);
  expect(algebra.symbol("unseen too", "parameter").id).toBe(last + 1);
  expect(print(ours)).toBe("-A*x*exp(-k*x)");
  expect(settings()).toBe(before);
  expect(nerdamer.numExpressions()).toBe(0);
});
