import { beforeAll, expect, test } from "vitest";
import { buildArchitecture } from "../src/architecture/read.ts";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { primitives } from "../src/primitives/index.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

const cases: [string, number | string][] = [
  ["relu(w[c]*x)", 2],
  ["relu(v) + u[c]", 2],
  ["abs(v*x)*delta(c, 2) + u[c]", 2],
  ["relu(w[c]*x)", "C"],
];
test.each(cases)("the kink of %s, %s outputs, has a witness that is accepted", (model, size) => {
  const given = buildArchitecture(primitives, { model, output: { index: "c", size } }, {});
  const verdict = findVerdict(given, judge, createBudget());
  expect(verdict.tier).toBe("outside");
  const found = verify(JSON.stringify(verdict), "verdict.json", judge.precise, createBudget());
  expect(found).toMatchObject({ accepted: true });
});
