import { beforeAll, expect, test } from "vitest";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { model } from "./support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

test.each([
  [
    "log(sum(exp(a[i]*x[i]), i, 1, n))",
    [
      ["n", "0", "undecided"],
      ["n", "1", "polynomial", "a[1]*x[1]"],
    ],
  ],
  [
    "sum(v[i]*exp(q*x[i]), i, 1, n)/sum(exp(q*x[i]), i, 1, n)",
    [
      ["n", "0", "undecided"],
      ["n", "1", "polynomial", "v[1]"],
    ],
  ],
  // Where each of two sizes alone is 1 nothing differs.
  [
    "log(sum(sum(exp(w[i,j]), j, 1, b), i, 1, a))",
    [
      ["a", "0", "undecided"],
      ["b", "0", "undecided"],
      ["a,b", "1,1", "polynomial", "w[1,1]"],
    ],
  ],
  [
    "log(sum(sum(sum(exp(w[i,j,k]), j, 1, b), i, 1, a), k, 1, c))",
    [
      ["c", "0", "undecided"],
      ["a", "0", "undecided"],
      ["b", "0", "undecided"],
      ["c,a,b", "1,1,1", "polynomial", "w[1,1,1]"],
    ],
  ],
])("%s", (formula, wanted) => {
  const verdict = findVerdict(model(formula), judge, createBudget());
  const listed = verdict.exceptions!.map(({ sizes, tier, form }) => [
    Object.keys(sizes).join(),
    Object.values(sizes).join(),
    tier,
    ...(form === undefined ? [] : [form]),
  ]);
  expect(listed).toEqual(wanted);
  const run = (document: object) =>
    verify(JSON.stringify(document), "verdict.json", judge.precise, createBudget());
  expect(run(verdict)).toMatchObject({ accepted: true });
  const last = verdict.exceptions!.length - 1;
  const forged = verdict.exceptions!.map((e, k) => (k === last ? { ...e, form: `2*(${e.form})` } : e));
  expect(run({ ...verdict, exceptions: forged })).toMatchObject({
    accepted: false,
    entry: `exceptions[${last}].form`,
  });
});

test.each([
  ["(n - 3)*exp(w*x) + sum(a[k], k, 1, n)", [{ n: 3 }]],
  ["sum(exp(w*x), k, 1, n) - 2*exp(w*x) + w", [{ n: 2 }]],
  ["(n^2 - 5*n + 6)*tanh(w) + v^2*sum(1, k, 1, n)", [{ n: 2 }, { n: 3 }]],
  ["(n - 3)*(m - 2)*exp(w) + sum(sum(a[i,j], i, 1, n), j, 1, m)", [{ m: 2 }, { n: 3 }]],
  [
    "(n - m)*exp(w) + sum(sum(a[i,j], i, 1, n), j, 1, m)",
    [
      { m: 0, n: 0 },
      { m: 1, n: 1 },
      { m: 2, n: 2 },
      { m: 3, n: 3 },
    ],
  ],
])("sizes as values: %s", (formula, sizes) => {
  const verdict = findVerdict(model(formula), judge, createBudget());
  expect(verdict).toMatchObject({
    scope: "generic",
    exceptions: sizes.map((own) => ({ sizes: own, tier: "polynomial" })),
  });
  const run = (document: object) =>
    verify(JSON.stringify(document), "verdict.json", judge.precise, createBudget());
  expect(run(verdict)).toMatchObject({ accepted: true });
  expect(run({ ...verdict, scope: "all" })).toMatchObject({ accepted: false, entry: "scope" });
});

test("what holds for all sizes says so", () => {
  const scope = (formula: string) => findVerdict(model(formula), judge, createBudget()).scope;
  expect(scope("sum(v[k]*tanh(sum(w[k,i]*x[i], i, 1, d)), k, 1, h)")).toBe("all");
  expect(scope("sum(a[k]*exp(-b[k]*x), k, 1, n)")).toBe("all");
  expect(scope("A*exp(-k*x)")).toBeUndefined();
});

// Whole numbers are no generic values of cos(n·acos(w)), which is a polynomial for each of them.
test.each([
  "cos(n*acos(w))",
  "exp(n*log(w))",
  "sin(n*w)/sin(w)",
  "exp(softplus(w)/n)",
  "w^(1/n)",
  "sin(pi*n)*tanh(w)",
  "(sqrt(n^2) - n)*exp(w)",
  "(max(n, 1) - n)*exp(w)",
])("a size inside of a function: %s", (formula) => {
  const verdict = findVerdict(model(`${formula}*sum(v[i], i, 1, n)`), judge, createBudget());
  expect(verdict.tier).toBe("undecided");
  expect(verdict.obstruction?.kind).toBe("undecided");
});

test.each([
  ["exp(n*w)", "exponential-polynomial"],
  ["tanh(w/sqrt(n))", "addition-theorem"],
])("a size inside of a function that changes no tier: %s", (formula, tier) => {
  const verdict = findVerdict(model(`${formula}*sum(v[i], i, 1, n)`), judge, createBudget());
  expect(verdict).toMatchObject({ tier, scope: "generic" });
});
