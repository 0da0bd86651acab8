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
