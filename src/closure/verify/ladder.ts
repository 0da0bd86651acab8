/**
 * Re-checks what bounds tiers above linear closure: the upper bound by closure properties of the form, the lower bound by
 * its tower, and that all of them are the model, by numbers.
 */
import { readFormula } from "../../architecture/formula.ts";
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { besideCertificate, besideObstruction } from "./beside.ts";
import { checkNames, checkRoles } from "./claims.ts";
import { Rejection } from "./context.ts";
import { insideOf } from "./domain.ts";
import { createEvaluator, type Numbers, type Unchecked } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { hankelFault } from "./hankel.ts";
import { branchFault } from "./ladder-branch.ts";
import { type Class, callOf, classesOf, fits, LADDER, wholeOf } from "./ladder-class.ts";
import { bitsFor, difference, placesFor, widePlaces } from "./ladder-equal.ts";
import { checkExceptions } from "./ladder-exceptions.ts";
import { checkLower } from "./ladder-lower.ts";
import type {
  HypertranscendentalDocument,
  LadderCertificateDocument,
  LadderDocument,
  LadderVerdictDocument,
  LowerDocument,
  Shared,
} from "./ladder-read.ts";
import { KINDS, MEMBERSHIPS, REFUTED, WITHIN } from "./ladder-tiers.ts";
import { namesIn } from "./ladder-tower.ts";
import { type Of, scores, subjectOf } from "./objective.ts";
import { textOf } from "./polish.ts";
import { checkScope } from "./scope.ts";
import { separableFault } from "./separable.ts";
import { dataOf, subjectFault } from "./subject.ts";
import { wrongDegree } from "./tiers.ts";

interface Formulas {
  readonly read: (formula: string, entry: string) => Syntax;
  readonly count: () => number;
}

function formulas(): Formulas {
  const known = new Map<string, Syntax>();
  let count = 0;
  return {
    count: () => count,
    read(formula, entry) {
      count++;
      try {
        const syntax = known.get(formula) ?? readFormula(formula, { source: entry });
        known.set(formula, syntax);
        return syntax;
      } catch (error) {
        if (error instanceof DescentError && error.code === "input") throw new Rejection(entry, error.fault);
        throw error;
      }
    },
  };
}

/** How many entries were checked. Throws a rejection that names the entry at fault. */
export function checkLadder(
  document: LadderDocument,
  precise: Precise,
  budget: Budget,
  unchecked: Unchecked,
): number {
  return "hypertranscendental" in document
    ? checkOutside(document.hypertranscendental, precise, budget, unchecked)
    : checkCertificate(document.certificate, document.verdict, precise, budget, unchecked);
}

/** The names in bounds that are no index, and the sizes that the verdict states. */
function sizesOf(model: Syntax, stated: readonly string[] = []): Set<string> {
  const folds = postorder(model).flatMap((node) => (node.kind === "fold" ? [node] : []));
  const indices = new Set(folds.map((fold) => fold.index));
  const bounds = folds.flatMap((fold) => [...namesIn(fold.lo), ...namesIn(fold.hi)]);
  return new Set([...stated, ...bounds.filter((name) => !indices.has(name))]);
}

export function numbersOf(
  precise: Precise,
  budget: Budget,
  { read }: Pick<Formulas, "read">,
  about: Shared | { readonly parameters: readonly string[] },
  formulas: readonly Syntax[],
): Numbers {
  const verdict = "architecture" in about ? about : undefined;
  const { openSizes = [], output } = verdict?.architecture ?? {};
  const parameters = "architecture" in about ? about.architecture.parameters : about.parameters;
  const bare = new Set(parameters.map(familyOf));
  const stated = typeof output?.size === "string" ? [...openSizes, output.size] : openSizes;
  const own = (formula: string): Syntax => read(formula, "");
  const evaluator = createEvaluator(precise, budget);
  return {
    precise,
    evaluator,
    read: own,
    isParameter: (name) => bare.has(name),
    open: new Set(formulas.flatMap((formula) => [...sizesOf(formula, stated)])),
    inside: verdict === undefined ? () => true : insideOf(verdict, evaluator, own),
  };
}

/** Names of targets and steps in a certificate. Throws a rejection where it is of something else than its verdict. */
export function namedData(verdict: Shared, of: Of): readonly string[] {
  const found = dataOf(verdict, of);
  if ("entry" in found) throw new Rejection(found.entry, found.reason);
  return found;
}

/** Why two formulas are not shown to have equal values. */
function inequality(numbers: Numbers, left: Syntax, right: Syntax): string | undefined {
  const { evaluator, precise, open, inside } = numbers;
  const both = [left, right];
  if (left === right) return undefined;
  return difference(
    precise,
    (r, place) => (inside(r, place) ? evaluator.value(r, left, place) : undefined),
    (r, place) => evaluator.value(r, right, place),
    widePlaces(open, both),
    bitsFor(both),
    placesFor(both),
  );
}

function checkCertificate(
  certificate: LadderCertificateDocument,
  verdict: LadderVerdictDocument | undefined,
  precise: Precise,
  budget: Budget,
  unchecked: Unchecked,
): number {
  const source = formulas();
  const { read } = source;
  const model = read(certificate.model, "certificate.model");
  const form = read(certificate.form, "certificate.form");
  const lowerModel = read(certificate.lower.model, "certificate.lower.model");
  const data = verdict === undefined ? [] : namedData(verdict, certificate.of);
  const numbers = numbersOf(precise, budget, source, verdict ?? certificate, [model]);
  const { open, evaluator, isParameter } = numbers;
  const equal = (a: Syntax, b: Syntax): boolean => inequality(numbers, a, b) === undefined;
  if (verdict !== undefined) {
    const architecture = read(verdict.architecture.model, "architecture.model");
    checkNames({ ...verdict, certificate }, model, data);
    checkRoles(verdict.architecture, architecture);
    const reason = subjectFault(numbers, verdict, architecture, model);
    if (reason !== undefined) {
      const blamed = certificate.of === undefined && equal(architecture, form);
      throw new Rejection(blamed ? "certificate.model" : "architecture.model", reason);
    }
    if (certificate.of === "optimality") checkBranches(numbers, architecture, budget);
  }
  const reason = inequality(numbers, model, form);
  if (reason !== undefined) {
    const odd =
      verdict === undefined &&
      certificate.lower.restriction === undefined &&
      certificate.lower.values === undefined &&
      equal(form, lowerModel);
    throw new Rejection(odd ? "certificate.model" : "certificate.form", reason);
  }
  const taken = new Set([
    ...namesIn(model),
    ...namesIn(form),
    ...certificate.parameters.map(familyOf),
    ...open,
  ]);
  checkLower(
    numbers,
    certificate.lower,
    "certificate.lower",
    { formula: model, value: (r, place) => evaluator.value(r, model, place) },
    taken,
    read,
    budget,
  );
  if (certificate.hankel !== undefined) {
    const fault = hankelFault(certificate.hankel, lowerModel, isParameter, evaluator, precise);
    if (fault !== undefined) throw new Rejection(`certificate.hankel.${fault.entry}`, fault.reason);
  }
  const upper = upperBounds(numbers, form, budget);
  checkRules(certificate, form, upper(undefined), read);
  const tier = KINDS[certificate.kind];
  const claim = (claimed: string, family: string | undefined, entry: string): void =>
    checkTier(claimed, family, entry, upper, certificate.lower);
  if (verdict === undefined) claim(tier, undefined, "certificate.kind");
  else {
    claim(verdict.tier, undefined, "tier");
    if (verdict.tier !== tier) throw new Rejection("certificate.kind", `the tier is ${verdict.tier}`);
    checkClaims(verdict, claim);
    checkOrders(numbers, verdict, model);
    checkExceptions(numbers, verdict, model, form, budget, read, unchecked);
    checkScope(verdict.scope, [form, lowerModel], open);
    const poles = certificate.lower.proofs.some(({ kind }) => kind === "pole");
    const at = { numbers, verdict, form, budget };
    const beside = besideCertificate(at, poles ? "pole" : undefined, unchecked);
    if (beside !== undefined) throw new Rejection(beside.entry, beside.reason);
  }
  const branch = branchFault(numbers, form, upper(undefined), budget);
  if (branch !== undefined) throw new Rejection(verdict === undefined ? "certificate.kind" : "tier", branch);
  const separable = verdict && separableFault(verdict, numbers.read, evaluator, precise, unchecked);
  if (separable !== undefined) throw new Rejection(separable.entry, separable.reason);
  return source.count() + certificate.lower.proofs.length;
}

/** The loss is analytic where the model is: its gradient alone leaves out the points at which it is infinite. */
function checkBranches(numbers: Numbers, model: Syntax, budget: Budget): void {
  const branch = branchFault(numbers, model, upperBounds(numbers, model, budget)(undefined), budget);
  if (branch !== undefined) throw new Rejection("tier", branch);
}

type Upper = (family: string | undefined) => ReadonlyMap<Syntax, Class>;

/** The classes of the parts of a formula, jointly or in one family. */
function upperBounds({ isParameter, open }: Numbers, form: Syntax, budget: Budget): Upper {
  const known = new Map<string | undefined, ReadonlyMap<Syntax, Class>>();
  return (family) => {
    const active = family === undefined ? isParameter : (name: string): boolean => name === family;
    const found = known.get(family) ?? classesOf(form, active, open, budget);
    known.set(family, found);
    return found;
  };
}

function checkTier(
  claimed: string,
  family: string | undefined,
  entry: string,
  upper: Upper,
  lower: LowerDocument,
): void {
  const needed = REFUTED[claimed];
  if (needed === undefined || (family === undefined && MEMBERSHIPS[claimed] === undefined))
    throw new Rejection(entry, "this certificate proves no such tier");
  if (claimed !== "outside" && !fits(wholeOf(upper(family)), claimed))
    throw new Rejection(entry, "the form is not seen to be in it");
  for (const target of needed) {
    // What is in no lower tier in one family is in none jointly.
    const proofs = lower.proofs.filter((proof) => family === undefined || proof.family === family);
    if (!proofs.some(({ against }) => against === target || WITHIN[target]?.includes(against)))
      throw new Rejection(entry, `nothing proves that it is not ${target}`);
  }
}

/** The tower of a polynomial ends at its degree, that of its optimality condition at twice the degree less one. */
function checkOrders(
  numbers: Numbers,
  { tier, terminates, certificate }: LadderVerdictDocument,
  model: Syntax,
): void {
  const which = certificate.of === "optimality" ? "optimality" : "model";
  const order = terminates[which];
  const entry = `terminates.${which}`;
  const other = which === "model" ? "optimality" : "model";
  if (order !== null && (tier !== "polynomial" || typeof order !== "number"))
    throw new Rejection(entry, "the tower is infinite");
  const wanted = order === null || which === "optimality" ? null : Math.max(2 * Number(order) - 1, 0);
  if (terminates[other] !== wanted) throw new Rejection(`terminates.${other}`, `it is ${wanted}`);
  if (order === null) return;
  const reason = wrongDegree(numbers, model, numbers.read(`${order}`));
  if (reason !== undefined) throw new Rejection(entry, reason);
}

type Claim = (claimed: string, family: string | undefined, entry: string) => void;

/** What a verdict says beside its tier. */
function checkClaims(verdict: Omit<LadderVerdictDocument, "certificate">, claim: Claim): void {
  const membership = MEMBERSHIPS[verdict.tier];
  if (verdict.membership !== membership)
    throw new Rejection("membership", `${verdict.tier} is ${membership}`);
  verdict.parameters.forEach(({ name, tier }, k) => {
    // What is left undecided claims nothing.
    if (tier !== "undecided") claim(tier, familyOf(name), `parameters[${k}].tier`);
  });
}

function checkRules(
  { rules }: LadderCertificateDocument,
  form: Syntax,
  classes: ReadonlyMap<Syntax, Class>,
  read: Formulas["read"],
): void {
  const functions = new Map<string, Class>();
  for (const node of postorder(form)) {
    const found = classes.get(node);
    if (found === undefined || !isFunction(node)) continue;
    functions.set(textOf(node), found);
    // a^b is exp(b*log(a)).
    if (node.kind === "binary" && node.op === "^")
      functions.set(`${textOf(node.left)} log(1)`, callOf("log", [classes.get(node.left)!]));
  }
  rules.forEach(({ formula, tier }, k) => {
    const entry = `certificate.rules[${k}]`;
    const found = functions.get(textOf(read(formula, `${entry}.formula`)));
    if (found === undefined) throw new Rejection(`${entry}.formula`, "it is no function in the form");
    if (!LADDER.some((each) => each === tier) || !fits(found, tier))
      throw new Rejection(`${entry}.tier`, "it is not seen to be in it");
  });
}

const isFunction = (node: Syntax): boolean =>
  node.kind === "call" || (node.kind === "binary" && (node.op === "^" || node.op === "/"));

function checkOutside(
  verdict: HypertranscendentalDocument,
  precise: Precise,
  budget: Budget,
  unchecked: Unchecked,
): number {
  const source = formulas();
  const { read } = source;
  const { architecture, obstruction } = verdict;
  const model = read(architecture.model, "architecture.model");
  const of = subjectOf(architecture, verdict.loss);
  if (of === "optimality")
    throw new Rejection("loss", "it says nothing of the optimality condition of this loss");
  const data = namedData(verdict, of);
  const numbers = numbersOf(precise, budget, source, verdict, [model]);
  const { open, evaluator } = numbers;
  checkNames({ ...verdict, certificate: architecture }, model, []);
  const taken = new Set([...namesIn(model), ...architecture.parameters.map(familyOf), ...open, ...data]);
  const bare =
    architecture.output?.size === 1 &&
    !namesIn(read(obstruction.lower.model, "obstruction.lower.model")).has("y");
  const subject = { formula: model, value: scores(evaluator, architecture, model, bare) };
  checkLower(numbers, obstruction.lower, "obstruction.lower", subject, taken, read, budget);
  if (verdict.tier !== "outside") throw new Rejection("tier", "what is hypertranscendental is outside");
  const upper = upperBounds(numbers, model, budget);
  const claim: Claim = (claimed, family, entry) =>
    checkTier(claimed, family, entry, upper, obstruction.lower);
  claim("outside", undefined, "tier");
  for (const [which, order] of Object.entries(verdict.terminates))
    if (order !== null) throw new Rejection(`terminates.${which}`, "the tower is infinite");
  checkClaims(verdict, claim);
  const at = { numbers, verdict, form: model, budget };
  const beside =
    besideObstruction(at, "hypertranscendental", unchecked) ??
    separableFault(verdict, numbers.read, evaluator, precise, unchecked);
  if (beside !== undefined) throw new Rejection(beside.entry, beside.reason);
  return source.count() + obstruction.lower.proofs.length;
}
