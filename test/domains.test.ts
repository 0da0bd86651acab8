import { beforeAll, describe, expect, test } from "vitest";
import { buildArchitecture } from "../src/architecture/read.ts";
import { findVerdict } from "../src/closure/check.ts";
import { NOWHERE_INSIDE } from "../src/closure/defined.ts";
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

  const tidy: [string, string[]][] = [
    ["1/(w^2 + 1)", []],
    ["log(exp(w*x) + 1)", []],
    ["exp(w)/(2*exp(w*x))", []],
    ["sinh(w*x)/cosh(w*x)", []],
    ["a/(2 + sin(w*x))", []],
    ["a/(1 + sin(w*x))", ["sin(w*x) + 1 != 0"]],
    ["a/(exp(-k*(x - x0)) + 1)", []],
    ["x^n/(x^n + k^n)", ["x > 0", "k > 0"]],
    ["log(s) - (x - m)^2/(2*s^2)", ["s > 0"]],
    ["exp(-x^2/(2*s^2))/s", ["s != 0"]],
    ["log(w^2) + log(w)", ["w > 0"]],
    ["log(w^2)", ["w^2 > 0"]],
    ["asin(w*x + b)", ["abs(w*x + b) < 1"]],
    ["acosh(w)", ["w > 1"]],
    ["log(w - 1) + log(w) + 1/(w + 1)", ["w - 1 > 0"]],
    ["a/sum(exp(w[k]*x), k, 1, h)", ["sum(exp(w[k]*x), k, 1, h) != 0"]],
    ["w/(w^2 + b^2)", ["w^2 + b^2 != 0"]],
  ];
  test.each(tidy)("of %s holds only what is needed", (model, domain) => {
    const verdict = findVerdict(buildArchitecture(primitives, { model }, {}), judge, createBudget());
    expect(verdict.analytic.domain).toEqual(domain);
    const found = verify(JSON.stringify(verdict), "verdict.json", judge.precise, createBudget());
    expect(found).toMatchObject({ accepted: true });
  });

  const kinked: [string, string[]][] = [
    ["sqrt(w^2)", []],
    ["a*sqrt((x - m)^2)", []],
    ["acos(cos(w*x))", []],
    ["sqrt(w^2)*sqrt(b)", ["b >= 0"]],
    ["asin(w)*abs(a)", ["abs(w) <= 1"]],
    ["log(w)*abs(w - 1)", ["w > 0"]],
  ];
  test.each(kinked)("of a kink of %s holds its witness", (model, domain) => {
    const verdict = findVerdict(buildArchitecture(primitives, { model }, {}), judge, createBudget());
    expect(verdict).toMatchObject({ tier: "outside", analytic: { holds: false, domain } });
    const check = (conditions: string[]) =>
      verify(
        JSON.stringify({ ...verdict, analytic: { ...verdict.analytic, domain: conditions } }),
        "verdict.json",
        judge.precise,
        createBudget(),
      );
    expect(check(domain)).toMatchObject({ accepted: true });
    const name = verdict.parameters.find(({ tier }) => tier === "outside")!.name;
    expect(check([`${name} > 100`])).toMatchObject({
      accepted: false,
      entry: "obstruction.witnesses[0].point",
    });
  });

  test("is empty: nothing is claimed", () => {
    const empty: [string, Record<string, string | string[]>][] = [
      ["sqrt(1 - w^2)", { w: "w > 2" }],
      ["w*x", { w: ["w > 2", "w < 1"] }],
      ["sum(v[k]*x^k, k, 1, n)", { v: ["v[k] > 2", "v[k] < 1"] }],
    ];
    for (const [model, domains] of empty) {
      const verdict = findVerdict(
        buildArchitecture(primitives, { model, domains }, {}),
        judge,
        createBudget(),
      );
      expect(verdict).toMatchObject({ tier: "undecided", obstruction: { reason: NOWHERE_INSIDE } });
    }
    const narrow: [string, Record<string, string | string[]>][] = [
      ["sqrt(1 - w^2)", { w: ["w > 99/100", "w < 1"] }],
      ["sum(v[k]*x^k, k, 1, n)", { v: ["v[k] > 2", "v[k] < 3"] }],
      ["w*log(b)", { w: "w < -1000000", b: "b > 5" }],
    ];
    for (const [model, domains] of narrow) {
      const verdict = findVerdict(
        buildArchitecture(primitives, { model, domains }, {}),
        judge,
        createBudget(),
      );
      expect(["strict", "extended"]).toContain(verdict.membership);
    }
  });
});
