import { beforeAll, describe, expect, test } from "vitest";
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

describe("the stated domain", () => {
  const cases: [string, Record<string, string>, string[]][] = [
    ["cbrt(w)", { w: "w < 0" }, ["w < 0"]],
    ["cbrt(-1 - w^2)", {}, []],
    ["exp(cbrt(sin(w) - 2))", {}, []],
    ["cbrt(w)", { w: "w > 0" }, ["w > 0"]],
  ];
  test.each(cases)("of %s on %j", (model, domains, domain) => {
    const given = buildArchitecture(primitives, { model, domains }, {});
    const verdict = findVerdict(given, judge, createBudget());
    expect(verdict.analytic.domain).toEqual(domain);
    const found = verify(JSON.stringify(verdict), "verdict.json", judge.precise, createBudget());
    expect(found).toMatchObject({ accepted: true });
  });
});
