/**
 * Re-checks a certificate of linear closure, or a whole verdict, without the search: every identity by the checker's own
 * zero test, then all of it once more by numbers; tiers above by `ladder.ts`. What it accepts is true; it names the entry at fault of what it rejects.
 */
import { readFormula } from "../../architecture/formula.ts";
import type { Syntax } from "../../architecture/syntax.ts";
import type { Budget } from "../../errors.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { type Besides, besideCertificate, besideObstruction } from "./beside.ts";
import { checkNames, checkRestriction, checkVerdict, openSizes } from "./claims.ts";
import { type Context, Rejection, read, same } from "./context.ts";
import { createEvaluator, type Fault, type Unchecked } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { createForms } from "./form.ts";
import { kinkFault } from "./kink.ts";
import { kinkTiersFault } from "./kink-tiers.ts";
import { checkLadder, namedData, numbersOf } from "./ladder.ts";
import type { Shared } from "./ladder-read.ts";
import { numericFault } from "./numeric.ts";
import { type Document, readDocument, type VerdictDocument } from "./read.ts";
import { separableFault } from "./separable.ts";
import { subjectFault } from "./subject.ts";
import { checkAtom, checkNode } from "./tree.ts";

export type Verification =
  /** `unchecked` names the entries of which nothing is known. */
  | { readonly accepted: true; readonly checked: number; readonly unchecked: readonly string[] }
  /** `entry` is the path of the entry at fault, such as `certificate.tree.matrices.k[0][1]`. */
  | { readonly accepted: false; readonly entry: string; readonly reason: string };

/**
 * Checks a document that `check --json` wrote, or its certificate alone.
 *
 * @param text the JSON
 * @param source what it is called in errors
 * @param precise evaluates formulas for the second opinion by numbers
 * @throws DescentError `input` where it is no such document or of another format version
 */
export function verify(text: string, source: string, precise: Precise, budget: Budget): Verification {
  const document = readDocument(text, source);
  const unchecked: Unchecked = [];
  const result = (checked: number, fault: Fault | undefined): Verification =>
    fault === undefined ? { accepted: true, checked, unchecked } : { accepted: false, ...fault };
  try {
    if ("ladder" in document)
      return result(checkLadder(document.ladder, precise, budget, unchecked), undefined);
    if ("kink" in document) {
      const { kink } = document;
      const context = { count: 0 };
      const formula = (model: string): Syntax => read(context, model, "architecture.model");
      const evaluator = createEvaluator(precise, budget);
      const at = besidesOf(kink, formula(kink.architecture.model), formula, precise, budget);
      checkNames({ ...kink, certificate: kink.architecture }, at.form, []);
      const fault =
        kinkFault(kink, formula, evaluator, precise) ??
        kinkTiersFault(at, kink.obstruction.witnesses, unchecked) ??
        besideObstruction(at, "kink", unchecked) ??
        separableFault(kink, formula, evaluator, precise, unchecked);
      return result(1 + kink.obstruction.witnesses.length, fault);
    }
    const { count, isSpelledAlike } = checkDocument(document, precise, budget);
    const { verdict, certificate } = document;
    const formula = (model: string): Syntax => readFormula(model);
    const fault = numericFault(document, precise, budget, isSpelledAlike);
    if (fault !== undefined || verdict === undefined) return result(count, fault);
    const at = besidesOf(verdict, formula(certificate.model), formula, precise, budget);
    return result(
      count,
      besideCertificate(at, "linear", unchecked) ??
        separableFault(verdict, formula, createEvaluator(precise, budget), precise, unchecked),
    );
  } catch (error) {
    if (error instanceof Rejection) return { accepted: false, entry: error.entry, reason: error.message };
    throw error;
  }
}

function besidesOf(
  verdict: Shared,
  form: Syntax,
  read: (formula: string) => Syntax,
  precise: Precise,
  budget: Budget,
): Besides {
  return { numbers: numbersOf(precise, budget, { read }, verdict, [form]), verdict, form, budget };
}

function checkDocument(
  { certificate, verdict, path }: Document,
  precise: Precise,
  budget: Budget,
): { count: number; isSpelledAlike: boolean } {
  const bare = new Set(certificate.parameters.map(familyOf));
  const data = verdict === undefined ? [] : namedData(verdict, certificate.of);
  const inputs = new Set([...(verdict?.architecture.inputs ?? []).map(familyOf), ...data]);
  const isParameter = (name: string): boolean => bare.has(name);
  const start = {
    forms: createForms(isParameter, budget),
    plain: createForms(() => false, budget),
    count: 0,
  };
  const model = read(start, certificate.model, `${path}.model`);
  const context: Context = { ...start, isParameter, sizes: openSizes(model, bare, inputs), budget };
  const facts = checkNode(context, certificate.tree, `${path}.tree`, new Map());
  same(
    context,
    model,
    read(context, certificate.tree.formula, `${path}.tree.formula`),
    new Map(),
    `${path}.tree.formula`,
  );
  if (certificate.dimension !== certificate.tree.dimension) {
    throw new Rejection(`${path}.dimension`, `it is ${certificate.tree.dimension} in the tree`);
  }
  const { basis, matrices, coordinates } = certificate;
  if (basis !== undefined && matrices !== undefined && coordinates !== undefined) {
    const whole = {
      node: "atom" as const,
      formula: certificate.model,
      dimension: basis.length,
      basis,
      matrices,
      coordinates,
    };
    checkAtom(context, whole, path, new Map(), certificate.parameters);
  }
  const lower = certificate.restriction && checkRestriction(context, certificate.restriction, model, path);
  if (verdict === undefined) return { count: context.count, isSpelledAlike: true };
  const isSpelledAlike = checkModel(context, verdict, model, precise);
  checkVerdict(context, verdict, model, facts, lower, data);
  return { count: context.count, isSpelledAlike };
}

/** Whether the model of the architecture is that of the certificate as it stands; where it is something else, by numbers. */
function checkModel(context: Context, verdict: VerdictDocument, model: Syntax, precise: Precise): boolean {
  const entry = "architecture.model";
  const own = read(context, verdict.architecture.model, entry);
  if (verdict.certificate.of === undefined) {
    try {
      same(context, own, model, new Map(), entry);
      return true;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  const reader = (formula: string): Syntax => read(context, formula, entry);
  const numbers = numbersOf(precise, context.budget, { read: reader }, verdict, [own, model]);
  const reason = subjectFault(numbers, verdict, own, model);
  if (reason !== undefined) throw new Rejection(entry, reason);
  return false;
}
