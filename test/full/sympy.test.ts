/** Scripts of verdicts of all kinds, run by SymPy: all facts hold; of a spoiled verdict, one fails. */
import { beforeAll, expect, test } from "vitest";
import {
  type ArchitectureFile,
  architecture,
  builtinArchitecture,
  check,
  openJudge,
  type Verdict,
} from "../../src/app/api.ts";
import { sympyScript } from "../../src/closure/export/sympy.ts";
import type { ZeroJudge } from "../../src/closure/nonzero.ts";
import { FALSE, SAMPLES, verdictOf as verdictOfSample } from "../support/ladder.ts";
import { hasSympy, runPython } from "../support/python.ts";

if (!hasSympy) console.log("SymPy is absent: the scripts are not run");

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await openJudge();
});

type Given = string | ArchitectureFile;
const verdictOf = (given: Given): Verdict =>
  check(typeof given === "string" ? builtinArchitecture(given) : architecture(given), judge);

const CASES: readonly [Given, string][] = [
  [{ model: "a*x^2*b + c^3*relu(x) + 1" }, "polynomial"],
  ["tensor-train", "polynomial"],
  ["aion", "exponential-polynomial"],
  ["siren", "exponential-polynomial"],
  [
    { model: "sum(w[i]*x[i], i, 1, d)^2*exp(sum(w[i]*x[i], i, 1, d))", inputs: ["x[i]"] },
    "exponential-polynomial",
  ],
  ["mlp-mish", "addition-theorem"],
  [{ model: "sn(w*x, 1/3)" }, "addition-theorem"],
  [{ model: "sqrt(1 + w^2*x)" }, "addition-theorem"],
  [{ model: "A*exp(-k*x)", loss: "poisson" }, "addition-theorem"],
  ["rbf", "cascade"],
  [{ model: "tanh(v*tanh(w*x) + c)" }, "cascade"],
  ["mlp-gelu", "holonomic"],
  [{ model: "besselj(0, w*x)" }, "holonomic"],
  [{ model: "exp(erf(w*x))" }, "differentially-algebraic"],
  [{ model: "lambertw(exp(w*x))" }, "differentially-algebraic"],
  ["mlp-relu", "outside"],
  [{ model: "cbrt(w*x)" }, "outside"],
  [{ model: "a*x + b", loss: "huber" }, "outside"],
  [{ model: "a*gamma(w*x)" }, "outside"],
];

const nameOf = (given: Given): string =>
  typeof given === "string" ? given : `${given.model}${given.loss === undefined ? "" : `, ${given.loss}`}`;

test.skipIf(!hasSympy).each(CASES.map(([given, tier]) => [nameOf(given), tier, given] as const))(
  "%s: %s",
  (_, tier, given) => {
    const verdict = verdictOf(given);
    expect(verdict.tier).toBe(tier);
    const { code, ok, fail, error } = runPython(sympyScript(verdict)!);
    expect({ code, fail, error }).toEqual({ code: 0, fail: [], error: "" });
    expect(ok.length).toBeGreaterThan(2);
  },
  120_000,
);

const sampleScript = (sample: (typeof SAMPLES)[string]): string =>
  sympyScript(verdictOfSample(sample) as unknown as Verdict)!;

test.skipIf(!hasSympy)(
  "certificates made by hand hold",
  () => {
    const rejected = Object.entries(SAMPLES).flatMap(([name, sample]) => {
      const { code, fail, error } = runPython(sampleScript(sample));
      return code === 0 ? [] : [`${name}: ${fail.join("; ")} ${error}`];
    });
    expect(rejected).toEqual([]);
  },
  300_000,
);

test.skipIf(!hasSympy)(
  "false certificates made by hand fail",
  () => {
    const accepted = Object.entries(FALSE).flatMap(([name, [sample]]) => {
      const { code, fail } = runPython(sampleScript(sample));
      return code === 1 && fail.length > 0 ? [] : [name];
    });
    expect(accepted).toEqual([]);
  },
  300_000,
);

/** Paths of entries, what stands there instead, and the check that must fail. */
const SPOILED: readonly [Given, string, string, RegExp][] = [
  ["aion", "certificate.tree.children.0.children.0.children.0.matrices.omega[j,i,p].1.0", "2*x[i]", /row 2/],
  ["siren", "certificate.tree.formula", "c", /the sum of its 2 parts/],
  ["siren", "certificate.dimension", "4*h + 1", /dimension/],
  ["tensor-train", "tier", "exponential-polynomial", /not polynomial/],
  [{ model: "A*exp(-k*x)" }, "tier", "polynomial", /the model is polynomial/],
  [{ model: "A*exp(-k*x)" }, "certificate.coordinates.0", "2", /whole closure/],
  [{ model: "A*exp(-k*x)" }, "architecture.model", "A*exp(k*x)", /that of the architecture/],
  [{ model: "a*x^2*b + 1" }, "terminates.model", "3", /its degree/],
  ["rbf", "certificate.form", "sum(a[k], k, 1, K)", /form = model/],
  ["rbf", "certificate.lower.restriction.0.family", "a", /what the restriction leaves/],
  [
    "rbf",
    "certificate.lower.generators.0.arguments.0",
    "(x[1]^2 + c[1,1]^2)/s[1]^2",
    /numerator\/denominator/,
  ],
  [{ model: "tanh(w*x + b)" }, "certificate.lower.denominator", "t1", /numerator\/denominator/],
  [{ model: "tanh(w*x + b)" }, "certificate.lower.generators.1.arguments.0", "w*x", /independent/],
  [{ model: "tanh(w*x + b)" }, "certificate.lower.proofs.0.variable", "x", /does not depend/],
  [{ model: "tanh(w*x + b)" }, "parameters.0.tier", "exponential-polynomial", /closure rules/],
  [{ model: "exp(-(x - c)^2/s^2)" }, "tier", "addition-theorem", /kind of the certificate/],
  [
    { model: "exp(-(x - c)^2/s^2)" },
    "certificate.lower.proofs.0.against",
    "holonomic",
    /is not holonomic: generator of t1: the denominator/,
  ],
  [{ model: "relu(w*x + b)" }, "obstruction.witnesses.0.left", "-4.16834", /from one side/],
  [
    { model: "relu(w*x + b)" },
    "obstruction.witnesses.1.point.b",
    "1",
    /the one-sided derivatives agree|from one side/,
  ],
  [{ model: "relu(w*x + b)" }, "parameters.0.tier", "polynomial", /in which it is outside/],
  [{ model: "a*gamma(w*x)" }, "obstruction.lower.proofs.0.variable", "a", /no theorem/],
];

test
  .skipIf(!hasSympy)
  .each(SPOILED.map(([given, path, value, reason]) => [nameOf(given), path, value, reason, given] as const))(
  "%s with another %s",
  (_, path, value, reason, given) => {
    const verdict = JSON.parse(JSON.stringify(verdictOf(given)));
    const keys = path.split(".");
    // biome-ignore lint/suspicious/noExplicitAny: a verdict to spoil
    let at: any = verdict;
    for (const key of keys.slice(0, -1)) at = at[key];
    expect(at[keys.at(-1)!]).toBeDefined();
    at[keys.at(-1)!] = value;
    const { code, fail, error } = runPython(sympyScript(verdict)!);
    expect({ code, error }).toEqual({ code: 1, error: "" });
    expect(fail.join("\n")).toMatch(reason);
  },
  120_000,
);
