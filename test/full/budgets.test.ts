/** A check ends within its budget, whatever the model: every unit of work stands for bounded time. */
import { beforeAll, describe, expect, test } from "vitest";
import { architecture, check, openJudge } from "../../src/app/api.ts";
import type { ZeroJudge } from "../../src/closure/nonzero.ts";
import type { Verdict } from "../../src/closure/verdict.ts";
import { verify } from "../../src/closure/verify/verify.ts";
import { createBudget, DescentError, shareOf } from "../../src/errors.ts";
import * as P from "../../src/exact/polynomial.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await openJudge();
});

const terms = (count: number, term: (k: number) => string, joint: string): string =>
  Array.from({ length: count }, (_, k) => term(k + 1)).join(joint);

const LARGE: Readonly<Record<string, string>> = {
  "a product of sums": terms(12, (k) => `(a${k} + b${k}*tanh(c${k}*x))`, "*"),
  "a longer product of sums": terms(18, (k) => `(a${k} + b${k}*tanh(c${k}*x))`, "*"),
  "a product of sigmoids": terms(30, (k) => `sigmoid(a${k}*x + b${k})`, "*"),
  "a product of tanh": terms(14, (k) => `tanh(a${k}*x + b${k})`, "*"),
  "a sum of tanh": terms(40, (k) => `v${k}*tanh(a${k}*x + b${k})`, " + "),
  "a sum of quotients": terms(40, (k) => `a${k}*x^2/(b${k} + x)`, " + "),
  "a softmax": `exp(w1*x)/(${terms(40, (k) => `exp(w${k}*x)`, " + ")})`,
  "a power of a sum": "(a + b + c + d + exp(x))^200",
  "a power of exponentials": "(a + b + c + d + exp(a*x))^200",
  "a power of tanh": "(1 + tanh(a*x))^40",
  "a tower": `${"exp(w*".repeat(20)}x${")".repeat(20)}`,
  "a nest": `${"tanh(a*".repeat(6)}x${")".repeat(6)}`,
  "a nest of sums": `${"tanh(a + b*".repeat(6)}x${")".repeat(6)}`,
  "a long argument": "tanh(sum(a[i]*x, i, 1, 100000))",
  "a long product": "prod(tanh(a[i]*x), i, 1, 20000)",
  "a triangle": "sum(sum(a[i,j]*x, j, 1, i), i, 1, 600)",
};

describe("a check ends in time", () => {
  test.each(Object.entries(LARGE))("%s", (_, model) => {
    const given = architecture({ model });
    for (const limits of [{ milliseconds: 300 }, { milliseconds: 60_000, work: 20_000 }]) {
      const start = performance.now();
      check(given, judge, limits);
      // Twenty thousand units take a fraction of a second; the rest is room for a busy machine.
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  });

  test("a long sum is decided with its fold", () => {
    for (const [model, tier] of [
      ["sum(a[i]*x, i, 1, 20000)", "polynomial"],
      ["sum(a[i]*exp(b[i]*x), i, 1, 20000)", "exponential-polynomial"],
      ["sum(a[i]*tanh(b[i]*x), i, 1, 20000)", "addition-theorem"],
      ["sum(relu(a[i]*x), i, 1, 20000)", "outside"],
    ] as const) {
      expect(check(architecture({ model }), judge).tier).toBe(tier);
    }
  });
});

test("a product of too many terms is refused", () => {
  const line = (from: number): P.Polynomial =>
    P.sum(Array.from({ length: 400 }, (_, k) => P.variable(from + k)));
  expect(() => P.multiply(line(0), line(1000), createBudget())).toThrow("100000 terms");
});

test("long coefficients cost more", () => {
  const long = P.constant({ re: { num: 3n ** 20_000n, den: 1n }, im: { num: 0n, den: 1n } });
  expect(() => P.multiply(long, long, createBudget({ work: 1000 }))).toThrow(DescentError);
  expect(() => P.multiply(P.one, P.one, createBudget({ work: 1000 }))).not.toThrow();
});

test("a share ends before the whole, and spends of it", () => {
  const whole = createBudget({ work: 100 });
  const share = shareOf(whole, { work: 60 });
  share.spend(50);
  expect(() => share.spend(20)).toThrow("60 units");
  expect(() => whole.spend(50)).toThrow("100 units");
});

describe("long explicit sums and products", () => {
  const verified = (model: string, domains: Record<string, string> = {}) => {
    const verdict = check(architecture({ model, domains }), judge);
    const text = JSON.stringify(verdict);
    const found =
      verdict.tier === "undecided" ? undefined : verify(text, "verdict.json", judge.precise, createBudget());
    return { verdict, text, found };
  };
  const TANH = terms(30, (k) => `v${k}*tanh(a${k}*x + b${k})`, " + ");

  test.each([
    TANH,
    terms(64, (k) => `v${k}/(1 + exp(a${k}*x + b${k}))`, " + "),
    terms(61, (k) => `a${k}*x^2/(b${k} + x)`, " + "),
    terms(31, (k) => `sigmoid(a${k}*x + b${k})`, "*"),
  ])("%s", (model) => {
    const { verdict, found } = verified(model);
    expect(verdict.tier).toBe("addition-theorem");
    expect(found).toMatchObject({ accepted: true });
  });

  test("a parameter keeps out of values that its domain does not have", () => {
    const { verdict, found } = verified(TANH, { v5: "v5 > 1", v6: "v6 > 1" });
    const named = Object.keys(lowerOf(verdict).values);
    expect(named).toContain("v7");
    expect(named).not.toContain("v5");
    expect(named).not.toContain("v6");
    expect(found).toMatchObject({ accepted: true });
  });

  test("no tier is claimed where what is left is lower than the structure", () => {
    const model = terms(40, (k) => `v${k}*(tanh(a${k}*x)^2 + 1/cosh(a${k}*x)^2)`, " + ");
    expect(["undecided", "polynomial"]).toContain(verified(model).verdict.tier);
  });

  test("verify reads the values", () => {
    const { verdict } = verified(TANH);
    const wrong = (change: (lower: LowerValues) => void): string => {
      const copy = structuredClone(verdict);
      change(lowerOf(copy));
      const found = verify(JSON.stringify(copy), "verdict.json", judge.precise, createBudget());
      return found.accepted ? "accepted" : found.entry;
    };
    expect(wrong(() => {})).toBe("accepted");
    expect(wrong((lower) => Object.assign(lower.values, { v2: "1" }))).toBe("certificate.lower.values");
    expect(wrong((lower) => Object.assign(lower.values, { v2: "x" }))).toBe("certificate.lower.values.v2");
    expect(wrong((lower) => Object.assign(lower.values, { x: "0" }))).toBe("certificate.lower.values.x");
    expect(wrong((lower) => Object.assign(lower, { restriction: [] }))).toBe("certificate.lower.values");
  });
});

interface LowerValues {
  readonly values: Record<string, string>;
}

const lowerOf = ({ certificate }: Verdict): LowerValues =>
  (certificate as unknown as { lower: LowerValues }).lower;
