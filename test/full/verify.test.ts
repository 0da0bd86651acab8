/** What the search decides is accepted by the checker: many random models of the linear closures. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { findVerdict } from "../../src/closure/check.ts";
import { createZeroJudge } from "../../src/closure/nonzero.ts";
import { verify } from "../../src/closure/verify/verify.ts";
import { createBudget } from "../../src/errors.ts";
import { builtinAt, expPolynomialFormula, model } from "../support/architectures.ts";
import { indexedFormula } from "../support/indexed.ts";
import { sharedFormula } from "../support/shared.ts";

test("random exponential polynomials and indexed formulas", async () => {
  const judge = await createZeroJudge();
  const formulas = [
    ...fc.sample(expPolynomialFormula, { numRuns: 80, seed: 4 }),
    ...Array.from({ length: 120 }, (_, seed) => indexedFormula(seed)),
    ...Array.from({ length: 40 }, (_, seed) => sharedFormula(seed)),
  ];
  let decided = 0;
  for (const formula of formulas) {
    const inputs = formula.includes("z") || formula.includes("n)") ? ["x", "z"] : ["x"];
    const verdict = findVerdict(model(formula, { inputs }), judge, createBudget());
    if (verdict.tier === "undecided") continue;
    decided++;
    const found = verify(
      JSON.stringify(verdict),
      "verdict",
      judge.precise,
      createBudget({ milliseconds: 60_000 }),
    );
    expect({ formula, found }).toMatchObject({ found: { accepted: true } });
  }
  expect(decided).toBeGreaterThan(150);
}, 150_000);

test("AION in complex form, three of each size", async () => {
  const judge = await createZeroJudge();
  const verdict = findVerdict(builtinAt("aion-complex", { r: 3, d: 3, P: 3 }), judge, createBudget());
  const budget = createBudget({ milliseconds: 60_000 });
  expect(verify(JSON.stringify(verdict), "verdict", judge.precise, budget)).toMatchObject({ accepted: true });
}, 90_000);
