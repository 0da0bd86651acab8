/** The fast part of the gate in test/full/verdicts.test.ts, and checks on what it rests on. */
import { beforeAll, describe, expect, test } from "vitest";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { builtins, generated, outcomeOf, sharedCases, wrongOnes } from "./support/gate.ts";
import { TRAPS } from "./support/traps.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

describe("no confident wrong answer", () => {
  const shared = sharedCases();
  if (shared === undefined) console.log("the shared cases are absent: they are not checked");
  test.skipIf(shared === undefined)("on the shared cases", () => {
    expect(wrongOnes(shared!.map((given) => outcomeOf(given, judge)))).toEqual([]);
  });

  test.each([
    ["built-ins", builtins],
    ["generated expressions", () => generated(66, 2)],
  ])(
    "on %s",
    (_, cases) => {
      const outcomes = cases().map((given) => outcomeOf(given, judge));
      expect(wrongOnes(outcomes)).toEqual([]);
      expect(outcomes.filter((o) => o.kind === "right").length).toBeGreaterThan(0);
    },
    60_000,
  );

  test("the gate sees a wrong tier, a wrong degree, a wrong parameter and a formula that is none", () => {
    const kind = (given: Omit<Parameters<typeof outcomeOf>[0], "id">) =>
      outcomeOf({ id: "known", ...given }, judge).kind;
    expect(kind({ model: "a + b*x", tiers: ["polynomial"], degree: 1 })).toBe("right");
    expect(kind({ model: "a + b*x", tiers: ["cascade"] })).toBe("wrong");
    expect(kind({ model: "a + b*x", tiers: ["polynomial"], degree: 2 })).toBe("wrong");
    expect(
      kind({
        model: "a*exp(b*x)",
        tiers: ["exponential-polynomial"],
        parameters: { b: "polynomial" },
      }),
    ).toBe("wrong");
    expect(kind({ model: "a + ", tiers: ["polynomial"] })).toBe("wrong");
  });
});

describe("the expressions of the gate", () => {
  test("a polynomial has the degree that is stated: its differences beyond it vanish", () => {
    const differences = (values: readonly number[], order: number): readonly number[] =>
      order === 0
        ? values
        : differences(
            values.slice(1).map((v, k) => v - values[k]!),
            order - 1,
          );
    const checked = TRAPS.filter(({ degree, loss, domains }) => {
      return degree !== undefined && loss === undefined && domains === undefined;
    });
    for (const { model, degree } of checked) {
      const names = [...new Set(model.match(/\b[abuvw]\b/g))];
      const sizes = [0.31, 1.31].flatMap((base) => {
        const values = Array.from({ length: 8 }, (_, k) => {
          const point = names.map((name, j) => [name, base + j * 0.16 + k * 0.05 * (j + 1)]);
          return mathjsEvaluate(model, { x: 1.37, ...Object.fromEntries(point) });
        });
        if (!values.every(Number.isFinite)) return [];
        const largest = (order: number): number => Math.max(...differences(values, order).map(Math.abs));
        return [[largest(degree!), largest(degree! + 1)] as const];
      });
      expect(sizes.length, model).toBeGreaterThan(0);
      expect(Math.max(...sizes.map(([, beyond]) => beyond)), model).toBeLessThan(1e-8);
      if (degree! > 0) expect(Math.min(...sizes.map(([top]) => top)), model).toBeGreaterThan(1e-6);
    }
  });
});
