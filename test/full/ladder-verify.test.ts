import { beforeAll, describe, expect, test } from "vitest";
import { findVerdict } from "../../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../../src/closure/nonzero.ts";
import { verify } from "../../src/closure/verify/verify.ts";
import { createBudget } from "../../src/errors.ts";
import { openPrecise, type Precise } from "../../src/precise/mpfr.ts";
import { model } from "../support/architectures.ts";
import { FALSE, SAMPLES, verdictOf } from "../support/ladder.ts";

let judge: ZeroJudge;
let precise: Precise;
beforeAll(async () => {
  judge = await createZeroJudge();
  precise = await openPrecise();
});

const run = (value: unknown) =>
  verify(JSON.stringify(value), "verdict.json", precise, createBudget({ milliseconds: 60_000, work: 1e9 }));
const samples = Object.entries(SAMPLES);

describe("accepts what is true", () => {
  test.each(samples)("%s", (_, sample) => {
    const verdict = verdictOf(sample);
    expect(run(verdict)).toMatchObject({ accepted: true });
    if (verdict.certificate !== null) expect(run(verdict.certificate)).toMatchObject({ accepted: true });
  });
});

type Document = ReturnType<typeof verdictOf>;

/** A copy with the entry at a path such as `parameters[1].tier` changed. */
function changed(document: Document, path: string, to: unknown): Document {
  const copy = structuredClone(document);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const at = keys.slice(0, -1).reduce((value, key) => value[key] as Document, copy as Document);
  if (to === undefined) delete at[keys.at(-1)!];
  else at[keys.at(-1)!] = to;
  return copy;
}

/** The entry that is named; one of several where the document does not tell which of them is false. */
function rejects(document: Document, entry: RegExp): void {
  const found = run(document);
  expect(found).toMatchObject({ accepted: false });
  if (!found.accepted) expect(found.entry).toMatch(entry);
}

const TOWER = /\.lower\.(numerator|generators|proofs)/;
const LADDER = [
  "polynomial",
  "exponential-polynomial",
  "addition-theorem",
  "cascade",
  "holonomic",
  "differentially-algebraic",
];

describe("rejects every change that makes it false, and names the entry", () => {
  test.each(samples)(
    "%s: formulas",
    (_, sample) => {
      const verdict = verdictOf(sample);
      const outside = verdict.certificate === null;
      const lower = outside ? "obstruction.lower" : "certificate.lower";
      if (!outside) {
        rejects(changed(verdict, "architecture.model", `${sample.model} + x`), /^architecture\.model$/);
        rejects(
          changed(verdict, "architecture.model", `${sample.model} + 10^(-400)`),
          /^architecture\.model$/,
        );
        rejects(changed(verdict, "certificate.form", `${sample.model} + x`), /^certificate\.form$/);
        rejects(
          changed(verdict, "certificate.form", `${sample.model} + relu(x - 30)`),
          /^certificate\.form$/,
        );
        const certificate = verdict.certificate as Document;
        rejects(changed(certificate, "form", `${sample.model} + 1`), /^certificate\.form$/);
        if (sample.written === undefined)
          rejects(changed(verdict, "certificate.model", `${sample.model} + x`), /^certificate\.model$/);
        rejects(
          changed(verdict, "certificate.kind", sample.tier === "cascade" ? "holonomic" : "cascade"),
          /^certificate\.kind$/,
        );
      }
      const [numerator, denominator] = sample.fraction;
      rejects(changed(verdict, `${lower}.model`, `${sample.lower ?? sample.model} + 1`), /\.lower\.model$/);
      rejects(changed(verdict, `${lower}.numerator`, `${numerator} + 1`), TOWER);
      rejects(changed(verdict, `${lower}.numerator`, `sin(${numerator})`), /\.lower\.numerator$/);
      rejects(changed(verdict, `${lower}.denominator`, `${denominator} + 1/10^300`), TOWER);
      rejects(changed(verdict, `${lower}.denominator`, "x - x"), /\.lower\.denominator$/);
      sample.generators.forEach(([, call, ...args], k) => {
        const own = `${lower}.generators[${k}]`;
        rejects(changed(verdict, `${own}.arguments[${args.length - 1}]`, `${args.at(-1)} + 1/7`), TOWER);
        rejects(changed(verdict, `${own}.arguments[0]`, `t${k + 1}`), /arguments\[0\]$/);
        rejects(changed(verdict, `${own}.name`, "x"), /\.(name|arguments\[\d\]|numerator)$/);
        if (args.length === 1 && !call.startsWith("root"))
          rejects(changed(verdict, `${own}.function`, call === "atan" ? "exp" : "atan"), TOWER);
        rejects(changed(verdict, `${own}.order`, call.startsWith("root") ? 5 : 2), /order$|numerator$/);
      });
    },
    60_000,
  );

  test.each(samples)(
    "%s: tiers",
    (_, sample) => {
      const verdict = verdictOf(sample);
      for (const tier of [...LADDER, "outside", "undecided"]) {
        if (tier !== sample.tier) rejects(changed(verdict, "tier", tier), /^tier$/);
      }
      rejects(
        changed(verdict, "membership", sample.tier === "cascade" ? "strict" : "extended"),
        /^membership$/,
      );
      rejects(changed(verdict, "terminates.model", 3), /^terminates\.model$/);
      Object.entries(sample.parameters).forEach(([, own], k) => {
        for (const tier of [...LADDER, "outside"]) {
          if (tier !== own)
            rejects(changed(verdict, `parameters[${k}].tier`, tier), /^parameters\[\d\]\.tier$/);
        }
        expect(run(changed(verdict, `parameters[${k}].tier`, "undecided"))).toMatchObject({ accepted: true });
      });
      (sample.rules ?? []).forEach(([, tier], k) => {
        const lower = LADDER[LADDER.indexOf(tier) - 1]!;
        rejects(changed(verdict, `certificate.rules[${k}].tier`, lower), /rules\[\d\]\.tier$/);
        rejects(changed(verdict, `certificate.rules[${k}].formula`, "exp(x)"), /rules\[\d\]\.formula$/);
      });
    },
    60_000,
  );

  test.each(samples)(
    "%s: proofs",
    (_, sample) => {
      const verdict = verdictOf(sample);
      const lower = verdict.certificate === null ? "obstruction.lower" : "certificate.lower";
      sample.proofs.forEach(([, , family], k) => {
        const own = `${lower}.proofs[${k}]`;
        rejects(changed(verdict, `${own}.variable`, "t9"), /proofs\[\d\]\.variable$/);
        rejects(changed(verdict, `${own}.variable`, "x"), /proofs\[\d\]\.variable$/);
        rejects(changed(verdict, `${own}.against`, "outside"), /proofs\[\d\]\.against$/);
        rejects(changed(verdict, `${own}.family`, "nothing"), /proofs\[\d\]\.family$/);
        // A proof in one family is one for all jointly.
        const [against, , of] = sample.proofs[k]!;
        const proofs = sample.proofs.filter(
          (other, j) => j !== k && (of !== undefined || other[0] !== against),
        );
        const entry = family === undefined ? /^tier$/ : /^parameters\[\d\]\.tier$/;
        rejects(verdictOf({ ...sample, proofs }), entry);
      });
    },
    60_000,
  );
});

describe("rejects what is false however it is put", () => {
  test.each(Object.entries(FALSE))("%s", (_, [sample, entry]) => {
    rejects(verdictOf(sample), entry);
  });
});

describe("models that are spelled differently from their certificate", () => {
  const linear = (formula: string): Document =>
    JSON.parse(JSON.stringify(findVerdict(model(formula), judge, createBudget({ milliseconds: 60_000 }))));
  test.each([
    ["x*(1 + w^2)", "relu(1 + w^2)*x"],
    ["w*x", "log(exp(w*x))"],
    ["a*exp(-k*x)", "a/exp(k*x)"],
    ["a + b*x", "abs(x)^2*b/x + max(a, a)"],
  ])("%s, written %s, is accepted", (certified, written) => {
    const verdict = linear(certified);
    expect(run(verdict)).toMatchObject({ accepted: true });
    expect(run(changed(verdict, "architecture.model", written))).toMatchObject({ accepted: true });
  });

  test.each([
    ["x*(1 + w^2)", "relu(w^2 - 1)*x"],
    ["w*x", "relu(w*x + 100)"],
    ["w*x", "relu(w*x + 10^9) - 10^9"],
    ["w*x", "log(exp(w*x) + 10^(-400))"],
    ["a*w*x", "a*abs(w)*x"],
    ["w*x", "w*x + 0*log(-1 - w^2)"],
    ["w^2*x", "sqrt(w^4 + 1/10^60)*x"],
  ])("%s, written %s, is rejected", (certified, written) => {
    rejects(changed(linear(certified), "architecture.model", written), /^architecture\.model$/);
  });
});

describe("hostile documents end at once", () => {
  const neuron = verdictOf(SAMPLES["tanh neuron"]!);
  const limited = (value: unknown) =>
    verify(JSON.stringify(value), "v.json", precise, createBudget({ milliseconds: 5000 }));

  test("deep and long formulas", () => {
    const deep = `${"tanh(".repeat(450)}w*x${")".repeat(450)}`;
    const long = Array.from({ length: 20_000 }, () => "x").join("+");
    for (const formula of [deep, long, `${"-".repeat(400)}w`, "w^10000000", "(w + b + x)^10000", "1/0"]) {
      for (const entry of ["form", "lower.model", "lower.numerator", "lower.generators[0].arguments[0]"]) {
        const attempt = () => limited(changed(neuron, `certificate.${entry}`, formula));
        let found: ReturnType<typeof attempt> | undefined;
        try {
          found = attempt();
        } catch (error) {
          expect(error).toMatchObject({ name: "DescentError", code: "budget" });
        }
        if (found !== undefined) expect(found).toMatchObject({ accepted: false });
      }
    }
  }, 180_000);

  test("towers of exponentials, and names of objects", () => {
    const generators = Array.from({ length: 150 }, (_, k) => ({
      name: `t${k + 1}`,
      function: "exp",
      arguments: [k === 0 ? "w*x" : `t${k}`],
    }));
    rejects(changed(neuron, "certificate.lower.generators", generators), /lower/);
    for (const call of ["constructor", "__proto__", "toString", "complex", "sum"])
      rejects(changed(neuron, "certificate.lower.generators[0].function", call), /lower\.(numerator|gen)/);
    for (const name of ["constructor", "__proto__", "w", "pi", "t2", "1"])
      rejects(changed(neuron, "certificate.lower.generators[0].name", name), /lower\.(numerator|gen)/);
  });
});
