import { beforeAll, describe, expect, test } from "vitest";
import type { ReadOptions } from "../src/architecture/read.ts";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { model } from "./support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

type Document = Record<string, unknown>;
const budget = () => createBudget({ milliseconds: 60_000, work: 1e9 });
const run = (value: unknown) => verify(JSON.stringify(value), "verdict.json", judge.precise, budget());

function document(formula: string, options: ReadOptions): Document {
  const verdict = JSON.parse(JSON.stringify(findVerdict(model(formula, options), judge, budget())));
  const output = options.output === undefined ? {} : { output: options.output };
  return { ...verdict, architecture: { ...verdict.architecture, ...output } };
}

/** A copy with the entry at a path such as `parameters.1.tier` changed. */
function changed(given: Document, path: string, to: unknown): Document {
  const copy = structuredClone(given);
  const keys = path.split(".");
  const at = keys.slice(0, -1).reduce((value, key) => value[key] as Document, copy);
  if (to === undefined) delete at[keys.at(-1)!];
  else at[keys.at(-1)!] = to;
  return copy;
}

const two = { index: "c", size: 2 };
const CASES: readonly (readonly [string, ReadOptions])[] = [
  ["a*x + b", { loss: "poisson" }],
  ["a*x + b", { loss: "poisson-log" }],
  ["a*x + b", { loss: "logistic" }],
  ["a*x + b", { loss: "gaussian-nll" }],
  ["a*x", { loss: "logistic" }],
  ["w[c]*x + b[c]", { output: two }],
  ["a[c]*exp(k*x)", { output: { index: "c", size: "C" } }],
  ["w[c]*x", { loss: "softmax-cross-entropy", output: two }],
  ["w[c]*x", { loss: "logistic", output: two }],
];

describe("certificates of losses and outputs", () => {
  test.each(CASES)("%s %j", (formula, options) => {
    const given = document(formula, options);
    expect(run(given)).toMatchObject({ accepted: true });
    const text = (given.architecture as Document).model;
    const certified = (given.certificate as Document).model;
    const other = options.loss === "poisson" ? "poisson-log" : "poisson";
    expect(run(changed(given, "loss", other))).toMatchObject({ accepted: false });
    for (const path of ["loss", "architecture.model", "certificate.of", "certificate.model"]) {
      const to = { loss: "hinge", "architecture.model": `2*(${text})`, "certificate.of": undefined }[path];
      const made = changed(given, path, path === "certificate.model" ? `${certified} + y` : to);
      expect(run(made), path).toMatchObject({ accepted: false });
    }
  });

  test("targets and steps are no names of the model, and the last target of softmax is not free", () => {
    const given = document("w[c]*x", { loss: "softmax-cross-entropy", output: two });
    const free = `${(given.certificate as Document).model} + (y[1] + y[2] - 1)*exp(exp(w[1]))`;
    expect(run(changed(given, "certificate.model", free))).toMatchObject({ entry: "architecture.model" });
    expect(run(changed(given, "architecture.inputs", ["x", "y"]))).toMatchObject({ entry: "architecture" });
  });
});

describe("kinks of losses", () => {
  test.each([
    ["a*x", "absolute"],
    ["a*x", "huber"],
    ["a*x", "hinge"],
    ["relu(w*x)", "logistic"],
  ] as const)("%s %s", (formula, loss) => {
    const given = document(formula, { loss });
    expect(run(given)).toMatchObject({ accepted: true });
    const other = changed(given, "loss", loss === "hinge" ? "absolute" : "hinge");
    expect(run(other)).toMatchObject({ accepted: false });
    const witness = "obstruction.witnesses.0";
    expect(run(changed(given, `${witness}.left`, "7"))).toMatchObject({ accepted: false });
    expect(run(changed(given, `${witness}.point.y`, undefined))).toMatchObject({
      entry: "obstruction.witnesses[0].point",
    });
  });
});

describe("what stands beside the tier", () => {
  test("separability", () => {
    const given = document("tanh(a*x1 + b*x2)", { inputs: ["x1", "x2"] });
    expect(run(given)).toMatchObject({ accepted: true });
    expect(run(changed(given, "separable.witness.determinant", ["1", "2"]))).toMatchObject({
      entry: "separable.witness.determinant",
    });
    const product = document("tanh(a*x1)*tanh(b*x2) + x1", { inputs: ["x1", "x2"] });
    expect(run(product)).toMatchObject({ accepted: true });
    expect(run(changed(product, "separable.rank", 1))).toMatchObject({ entry: "separable.rank" });
  });

  test("orders of polynomials are those of their values", () => {
    const certificate = {
      format: 1,
      kind: "polynomial",
      model: "a*x^2 + b",
      parameters: ["a", "b"],
      form: "a*x^2 + b",
      rules: [],
      lower: { model: "a*x^2 + b", generators: [], numerator: "a*x^2 + b", denominator: "1", proofs: [] },
    };
    const given = { ...document("a*x^2 + b", {}), certificate };
    const free = changed(given, "terminates", { model: null, optimality: null });
    expect(run(free)).toMatchObject({ accepted: true });
    expect(run(given)).toMatchObject({ accepted: true });
    const wrong = (model: number | null, optimality: number | null) =>
      run(changed(given, "terminates", { model, optimality }));
    expect(wrong(2, 3)).toMatchObject({ entry: "terminates.model" });
    expect(wrong(0, 0)).toMatchObject({ entry: "terminates.model" });
    expect(wrong(1, 3)).toMatchObject({ entry: "terminates.optimality" });
    expect(wrong(null, 1)).toMatchObject({ entry: "terminates.optimality" });
    expect(run(changed(free, "tier", "exponential-polynomial"))).toMatchObject({ entry: "tier" });
    expect(run(changed(free, "certificate.kind", "exponential-polynomial"))).toMatchObject({
      accepted: false,
    });
  });

  test("Hankel determinants", () => {
    const given = document("tanh(w*x)", {});
    const hankel = {
      order: 1,
      point: { w: "1/2", x: "1" },
      direction: { w: "1" },
      determinant: ["0.46", "0.47"],
      statement: "no linear closure of dimension below 1",
    };
    const witnessed = changed(given, "certificate.hankel", hankel);
    expect(run(witnessed)).toMatchObject({ accepted: true });
    expect(run(changed(witnessed, "certificate.hankel.determinant", ["0.5", "0.6"]))).toMatchObject({
      entry: "certificate.hankel.determinant",
    });
    expect(run(changed(witnessed, "certificate.hankel.direction", { x: "1" }))).toMatchObject({
      entry: "certificate.hankel.direction.x",
    });
  });

  test("functions of the data in exponents", () => {
    const given = document("a*exp(u*cos(x)) + a*exp(v*x)", {});
    expect(run(given)).toMatchObject({ accepted: true });
    const square = document("(a/(1 + x^2) + b*x)^2", {});
    expect(run(square)).toMatchObject({ accepted: true });
    expect(run(changed(square, "certificate.coordinates.0", "2"))).toMatchObject({ accepted: false });
  });
});
