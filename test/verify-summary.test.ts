import { beforeAll, describe, expect, test } from "vitest";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import type { Verdict } from "../src/closure/verdict.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { model } from "./support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

const verdictOf = (formula: string): Verdict => findVerdict(model(formula), judge, createBudget());
const run = (verdict: object) =>
  verify(JSON.stringify(verdict), "verdict.json", judge.precise, createBudget());

describe("a false summary of a true verdict is rejected", () => {
  const cases: [string, string, (verdict: Verdict) => object][] = [
    ["exp(w*x)", "closedIn", (v) => ({ ...v, closedIn: [] })],
    ["exp(w*x)", "closedIn[1]", (v) => ({ ...v, closedIn: ["w", "z"] })],
    ["exp(w*x)", "analytic.holds", (v) => ({ ...v, analytic: { ...v.analytic, holds: false } })],
    ["w + x*v", "analytic.radius", (v) => ({ ...v, analytic: { ...v.analytic, radius: "finite" } })],
    ["tanh(w*x)", "analytic.radius", (v) => ({ ...v, analytic: { ...v.analytic, radius: "infinite" } })],
    ["v*erf(w*x)", "closedIn", (v) => ({ ...v, closedIn: ["v", "w"] })],
    ["v*gamma(w)", "analytic.radius", (v) => ({ ...v, analytic: { ...v.analytic, radius: "finite" } })],
    ["v*abs(w)", "analytic.holds", (v) => ({ ...v, analytic: { ...v.analytic, holds: true } })],
    [
      "v*abs(w)",
      "parameters[1].tier",
      (v) => ({ ...v, parameters: v.parameters.map((p) => ({ ...p, tier: "polynomial" })) }),
    ],
  ];
  test.each(cases)("%s: %s", (formula, entry, forge) => {
    const verdict = verdictOf(formula);
    expect(run(verdict)).toMatchObject({ accepted: true });
    expect(run(forge(verdict))).toMatchObject({ accepted: false, entry });
  });
});
