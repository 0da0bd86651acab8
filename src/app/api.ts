/** The public interface of infinite-descent. */
import { type Architecture, flatNames, isInstance } from "../architecture/architecture.ts";
import { BUILTINS, builtinAtSizes, builtinFile } from "../architecture/builtins.ts";
import { type ArchitectureFile, readArchitectureFile } from "../architecture/file.ts";
import { nearest } from "../architecture/functions.ts";
import { buildArchitecture, type ReadOptions } from "../architecture/read.ts";
import { findVerdict } from "../closure/check.ts";
import { sympyScript } from "../closure/export/sympy.ts";
import { createZeroJudge, type ZeroJudge } from "../closure/nonzero.ts";
import { confirmDimension, type Probe, probe as probeModel } from "../closure/probe.ts";
import type { Verdict } from "../closure/verdict.ts";
import { type Verification, verify as verifyDocument } from "../closure/verify/verify.ts";
import { assemble, type Derived, type Judges } from "../derivation/assemble.ts";
import { openSecondOpinion } from "../derivation/opinion.ts";
import { jsModule, type ModuleText } from "../emit/module.ts";
import { type Budget, createBudget, DescentError } from "../errors.ts";
import { expand } from "../expression/substitute.ts";
import type { Precise } from "../precise/mpfr.ts";
import { openPrecise } from "../precise/mpfr.ts";
import { primitives } from "../primitives/index.ts";
import type { CarrierOptions } from "../resummation/carrier.ts";
import { asDecided, resumDecided } from "../resummation/decided.ts";
import { type LatticeForm, latticeForm, type NoLatticeForm } from "../resummation/lattice/form.ts";
import { type Resummed, resum as resumArchitecture } from "../resummation/optimality.ts";
import { type Radius, radiusOf } from "../resummation/radius.ts";
import { type Data, readCsv } from "../solve/data.ts";
import { type Solution, type SolveOptions, solve as solveArchitecture } from "../solve/solve.ts";
import { type PartialDerivative, partials as partialsOf } from "../tower/partials.ts";
import { requireSquared, type Tower, tower as towerOf } from "../tower/tower.ts";

export const VERSION = "0.1.0";

/** Limits of a computation. */
export interface Limits {
  /** Milliseconds; 10,000 by default. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
}

const budgetOf = (limits: Limits): Budget => createBudget(limits);

/**
 * An architecture from a formula or from the content of an architecture file.
 *
 * @param source what it is called in errors
 * @throws DescentError `input`, with the place and what would be accepted
 * @example
 * flatNames(architecture({ model: "A*exp(-k*x)" }).parameters); // ["A", "k"]
 */
export const architecture = (
  given: ArchitectureFile,
  options: ReadOptions = {},
  source = "formula",
): Architecture => buildArchitecture(primitives, given, options, source);

/**
 * A built-in architecture by name. Among the sizes may be the number that its formula is written for, such as the
 * depth of a network, which is the usual one where it is not given; other sizes stay open then.
 *
 * @throws DescentError `input` for an unknown name or size, or a number out of range
 * @example
 * flatNames(builtinArchitecture("siren", { sizes: { depth: 1, d: 1, h: 1 } }).parameters); // ["w1[1,1]", "b1[1]", "v[1]", "c"]
 */
export function builtinArchitecture(name: string, options: ReadOptions = {}): Architecture {
  const row = BUILTINS.find((b) => b.name === name);
  if (row === undefined) {
    const meant = nearest(
      name.toLowerCase(),
      BUILTINS.map((b) => b.name),
    );
    throw new DescentError("input", `no built-in architecture '${name}'`, {
      accepted: meant ?? "a built-in's name (see list), the path of a .json file, or --model FORMULA",
    });
  }
  const { file, sizes, structure } = builtinAtSizes(row, options.sizes ?? {});
  const made = buildArchitecture(primitives, file, { ...options, sizes });
  return { ...made, sizes: new Map([...Object.entries(structure), ...made.sizes]) };
}

/** Opens the numeric judge that verdicts may need; loads the high-precision library once. */
export const openJudge = (): Promise<ZeroJudge> => createZeroJudge();

/**
 * The verdict on an architecture: tier, membership and their certificate, or `undecided` with the reason.
 *
 * @example
 * const judge = await openJudge();
 * check(architecture({ model: "A*exp(-k*x)" }), judge).tier; // "exponential-polynomial"
 */
export function check(given: Architecture, judge: ZeroJudge, limits: Limits = {}): Verdict {
  return findVerdict(given, judge, budgetOf(limits));
}

/**
 * The probe of a verdict by a second, independent route: ranks of Hankel matrices of the model's Taylor coefficients along a
 * generic line, in exact or interval arithmetic. Undefined for open sizes, several outputs, other losses than the squared
 * one, and where the model has no jet.
 *
 * @throws DescentError `internal` where a measured rank is above the dimension that the verdict's certificate claims
 * @example
 * const judge = await openJudge();
 * const given = architecture({ model: "a*exp(k*x)" });
 * probe(given, check(given, judge), judge)?.linear.bound; // 2
 */
export function probe(
  given: Architecture,
  verdict: Verdict,
  judge: ZeroJudge,
  limits: Limits = {},
): Probe | undefined {
  if (!isInstance(given) || given.output !== undefined || given.loss !== "squared") return undefined;
  const budget = budgetOf(limits);
  const { certificate } = verdict;
  const linear = certificate?.kind === "linear-closure" ? Number(certificate.dimension) : undefined;
  const order = linear === undefined ? 8 : Math.min(24, Math.max(4, linear + 1));
  const model = expand(given.algebra, given.model, budget);
  const measured = probeModel(given.algebra, model, { order }, judge.precise, budget);
  if (measured !== undefined && linear !== undefined) confirmDimension(linear, measured);
  return measured;
}

/**
 * Re-checks a verdict that `check --json` printed, or its certificate alone, with code that shares nothing with the search
 * but exact arithmetic and the formula reader: by algebra, then by numbers in high precision.
 *
 * @param precise the high-precision library, opened by `openPrecise()`
 * @throws DescentError `input` where the text is no such document
 * @example
 * const judge = await openJudge();
 * const json = JSON.stringify(check(architecture({ model: "A*exp(-k*x)" }), judge));
 * verify(json, "decay.json", await openPrecise()).accepted; // true
 */
export const verify = (text: string, source: string, precise: Precise, limits: Limits = {}): Verification =>
  verifyDocument(text, source, precise, budgetOf(limits));

/** The languages of scripts that re-check a verdict. */
export const EXPORTS = ["sympy"] as const;
export type Export = (typeof EXPORTS)[number];

/**
 * A stand-alone Python script that re-checks the certificate or obstruction of a verdict with SymPy alone: exit code 0 where
 * all of it holds, else 1. Undefined for what is undecided.
 *
 * @throws DescentError `unsupported` where there is no script for the verdict
 * @example
 * const verdict = check(architecture({ model: "A*exp(-k*x)" }), await openJudge());
 * exportScript(verdict, "sympy")?.split("\n")[0]; // "#!/usr/bin/env python3"
 */
export function exportScript(verdict: Verdict, language: Export): string | undefined {
  switch (language) {
    case "sympy":
      return sympyScript(verdict);
  }
}

/**
 * The floors T_0 … T_order of the optimality condition for one datum, of any smooth loss and any number of outputs, and the
 * general term; with open sizes the floors of each family, the steps in their formulas. With a judge, a formula that has no tower
 * as it is written has that of its verdict's form.
 *
 * @throws DescentError `input` for an order out of range, `unsupported` for losses and functions with a kink
 * @example
 * towerJson(tower(architecture({ model: "A*exp(-k*x)" }), 1)).generalTerm.model; // "(A*delta(n_A, 0) + delta(n_A, 1))*exp(-k*x)*(-x)^n_k"
 */
export function tower(given: Architecture, order: number, limits: Limits = {}, judge?: ZeroJudge): Tower {
  const budget = budgetOf(limits);
  const attempt = (a: Architecture): Tower => towerOf(a, order, budget);
  return judge === undefined ? attempt(given) : asDecided(given, judge, budget, attempt);
}

/**
 * Every mixed derivative of the model of total order 0 … order, each once, those that are 0 among them.
 *
 * @throws DescentError `input` for an order out of range or sizes left open, `unsupported` for several outputs and functions
 * without derivative, `budget` where there are too many
 * @example
 * partials(architecture({ model: "A*exp(-k*x)" }), 6).length; // 28
 */
export const partials = (given: Architecture, order: number, limits: Limits = {}): PartialDerivative[] =>
  partialsOf(given, order, budgetOf(limits));

/**
 * The resummed optimality condition F(Δ), its Jacobian H, and the steps of the cascade; with open sizes one equation for
 * each family of parameters. Where the cascade stops at a function without addition law, `order` asks for a tower of that
 * order in the parameters that stand in it, all others being resummed exactly; `open` names families that the tower
 * carries in any case. With a judge, a formula that does not resum as it is written is resummed in its verdict's form.
 *
 * @throws DescentError `unsupported` where a function or the loss has a kink, or the cascade stops and no order is given
 * @example
 * const made = resum(architecture({ model: "v*gelu(w*x)" }), {}, { order: 2 });
 * [made.truncation?.exact, made.truncation?.truncated]; // [["v"], ["w"]]
 */
export const resum = (
  given: Architecture,
  limits: Limits = {},
  options: CarrierOptions = {},
  judge?: ZeroJudge,
): Resummed =>
  judge === undefined
    ? resumArchitecture(given, budgetOf(limits), options)
    : resumDecided(given, judge, budgetOf(limits), options);

/**
 * The sums over data on a lattice or grid in closed form: for models that hold their inputs in polynomials and affine
 * exponents. Sizes must be numbers.
 *
 * @example
 * const form = lattice(architecture({ model: "A*exp(-k*x)" }));
 * latticeJson(form).equations.A; // "u1*(c1*u1*S(0, z1^2) - Y(0, z1))"
 */
export const lattice = (given: Architecture, limits: Limits = {}): LatticeForm | NoLatticeForm =>
  latticeForm(given, budgetOf(limits));

/**
 * The radius of convergence of the tower at θ along Δ for one datum: the least |t| at which f(x; θ + tΔ) is singular.
 *
 * @throws DescentError `input` where a value is missing, `unsupported` for functions with kinks
 * @example
 * const at = { theta: { w: 0, v: 0 }, delta: { w: 1, v: 5 }, inputs: {} };
 * radius(architecture({ model: "v + 1/(1 + w^2)" }), at).singularity?.of; // "w^2 + 1"
 */
export const radius = (
  given: Architecture,
  at: Parameters<typeof radiusOf>[1],
  limits: Limits = {},
): Radius => {
  requireSizes(given);
  return radiusOf(given, at, budgetOf(limits));
};

/**
 * The derivation of an architecture: all steps with their reasons, replayed, and the document they make.
 *
 * @throws DescentError `unsupported` where the cascade meets a function without addition law
 * @example
 * const { document } = derive(architecture({ model: "A*exp(-k*x)" }), await openJudges());
 * writeDocument(document, "md").startsWith("# Infinite Descent for model"); // true
 */
export function derive(given: Architecture, judges: Judges, limits: Limits = {}): Derived {
  const { milliseconds = 60_000 } = limits;
  // The replay is what can take long; the rest of the time is for the document.
  return assemble(given, judges, budgetOf({ ...limits, milliseconds }), milliseconds * 0.4);
}

/** Opens everything that a derivation is checked with: the judge, the high-precision library, nerdamer. */
export async function openJudges(): Promise<Judges> {
  const [judge, precise] = await Promise.all([openJudge(), openPrecise()]);
  return { judge, precise, second: await openSecondOpinion(precise) };
}

/** The JavaScript module of an architecture in a tier that resums. Sizes must be numbers. */
export function emitJs(given: Architecture, tier: string, limits: Limits = {}): ModuleText {
  requireSizes(given);
  return jsModule(given, { tier, version: VERSION }, budgetOf(limits));
}

/**
 * Trains an architecture on data by one Infinite Descent step, or by a baseline.
 *
 * @throws DescentError `input` where there are fewer rows than parameters, or the start does not fit
 */
export function solve(
  given: Architecture,
  data: Data,
  options: SolveOptions = {},
  limits: Limits = {},
): Solution {
  requireSizes(given);
  return solveArchitecture(given, data, options, budgetOf(limits));
}

/** Data for an architecture from CSV text, the columns named like its inputs, `y`, and `w` for weights. */
export function readData(given: Architecture, text: string, source: string): Data {
  requireSquared(given);
  return readCsv(text, { source, inputs: flatNames(given.inputs), target: "y" });
}

function requireSizes(given: Architecture): void {
  if (isInstance(given)) return;
  throw new DescentError("input", `the sizes ${given.open.join(", ")} are open`, {
    place: { source: given.name },
    accepted: `numbers for them: --sizes ${given.open.map((s) => `${s}=2`).join(",")}`,
  });
}

export { familyName, flatNames, modelText } from "../architecture/architecture.ts";
export { FORMATS, type Format, stepsJson, writeDocument } from "../derivation/assemble.ts";
export { DescentError } from "../errors.ts";
export { resumJson } from "../resummation/json.ts";
export { latticeJson } from "../resummation/lattice/equations.ts";
export { evaluateLattice, type LatticeData, type LatticeValues } from "../resummation/lattice/evaluate.ts";
export type { LatticeForm, NoLatticeForm } from "../resummation/lattice/form.ts";
export type { Radius } from "../resummation/radius.ts";
export { towerJson } from "../tower/tower.ts";
export type {
  Architecture,
  ArchitectureFile,
  Data,
  Derived,
  Judges,
  ModuleText,
  PartialDerivative,
  Precise,
  Resummed,
  Solution,
  SolveOptions,
  Tower,
  Verdict,
  Verification,
  ZeroJudge,
};
export { BUILTINS, builtinFile, openPrecise, readArchitectureFile };
