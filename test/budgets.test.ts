/** A check ends within its budget, whatever the model: every unit of work stands for bounded time. */
import { beforeAll, describe, expect, test } from "vitest";
import { architecture, check, openJudge } from "../src/app/api.ts";
import type { ZeroJudge } from "../src/closure/nonzero.ts";
import { createBudget, DescentError, shareOf } from "../src/errors.ts";
import * as P from "../src/exact/polynomial.ts";

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
