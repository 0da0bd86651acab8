/** A derivation with its verdict and everything that was checked about it, ready to be written. */
import { type Architecture, atSizes } from "../architecture/architecture.ts";
import { findVerdict } from "../closure/check.ts";
import type { ZeroJudge } from "../closure/nonzero.ts";
import { verify } from "../closure/verify/verify.ts";
import { type Budget, DescentError } from "../errors.ts";
import { print } from "../expression/print.ts";
import type { Precise } from "../precise/mpfr.ts";
import type { Document } from "./blocks.ts";
import { type Derivation, derive } from "./derive.ts";
import { createDocument } from "./document.ts";
import type { Evidence } from "./evidence.ts";
import { htmlDocument } from "./html.ts";
import { latexName, latexParts } from "./latex.ts";
import { markdownDocument } from "./markdown.ts";
import type { SecondOpinion } from "./opinion.ts";
import { allSteps, replay } from "./replay.ts";
import { texDocument } from "./tex.ts";

export const FORMATS = ["tex", "html", "md"] as const;
export type Format = (typeof FORMATS)[number];

export interface Derived {
  readonly derivation: Derivation;
  readonly evidence: Evidence;
  readonly document: Document;
}

/** What a derivation is checked with beside its own replay. */
export interface Judges {
  readonly judge: ZeroJudge;
  readonly precise: Precise;
  readonly second: SecondOpinion;
}

/**
 * Derives an architecture and checks the derivation: every step replayed, the certificate verified, low floors computed
 * again by nerdamer.
 *
 * @param milliseconds for the replay; what it does not reach is left open, and told
 * @throws DescentError `input` for a model without parameters or with names that print alike; `unsupported` where the
 * cascade stops; `internal` where a step does not replay, the certificate is rejected, or the second opinion disagrees and
 * numbers confirm it
 */
export function assemble(
  architecture: Architecture,
  { judge, precise, second }: Judges,
  budget: Budget,
  milliseconds = 20_000,
): Derived {
  if (architecture.parameters.length === 0) {
    throw new DescentError("input", "the model has no parameters: there is nothing to derive", {
      place: { source: architecture.name },
      accepted: "a model with at least one parameter",
    });
  }
  requireDistinctNames(architecture);
  const derivation = derive(architecture, budget);
  const verdict = findVerdict(architecture, judge, budget);
  const verification =
    verdict.certificate === null ? undefined : verify(JSON.stringify(verdict), "verdict", precise, budget);
  const evidence: Evidence = {
    verdict,
    verification,
    replay: replay(derivation, budget, { precise, milliseconds }),
    opinions: opinionSizes(architecture).flatMap((sizes) =>
      second.floors(atSizes(architecture, sizes), budget).map((opinion) => ({ sizes, opinion })),
    ),
  };
  const [failure] = evidence.replay.failures;
  if (failure !== undefined) {
    throw new DescentError(
      "internal",
      `a step does not replay: ${failure.rule} at ${JSON.stringify(failure.sizes)}`,
    );
  }
  if (verification?.accepted === false) {
    throw new DescentError(
      "internal",
      `the certificate is rejected: ${verification.entry}: ${verification.reason}`,
    );
  }
  const wrong = evidence.opinions.find(({ opinion }) => opinion.outcome === "ours-wrong");
  if (wrong !== undefined) {
    const { what, detail } = wrong.opinion;
    throw new DescentError(
      "internal",
      `the second opinion disagrees and numbers confirm it: ${what}: ${detail}`,
    );
  }
  return { derivation, evidence, document: createDocument(derivation, evidence, budget) };
}

/** Refuses names that print alike: `a1`, `a_1` and `a[1]`, `alpha` and `α`, and what prints like a step. */
function requireDistinctNames({ name: source, parameters, inputs }: Architecture): void {
  const shown = [...parameters, ...inputs].map(({ name, ranges }) => {
    const { head, below } = latexParts(name);
    const own = below === "" ? 0 : below.split(",").length;
    return {
      name,
      head,
      text: latexName(name, []).trim(),
      below,
      own,
      open: ranges.length > 0,
      count: own + ranges.length,
    };
  });
  for (const [k, a] of shown.entries()) {
    // With as many subscripts of their own, which come first, names differ in print where these differ.
    const mayMeet = (b: typeof a): boolean =>
      a.own === b.own ? a.below === b.below && a.count === b.count : a.count === b.count;
    const alike = shown
      .slice(0, k)
      .find((b) => a.head === b.head && (a.open || b.open ? mayMeet(b) : a.text === b.text));
    const step = a.head.startsWith("\\Delta");
    if (alike === undefined && !step) continue;
    const other = alike === undefined ? "the step of a parameter" : `'${alike.name}'`;
    throw new DescentError("input", `'${a.name}' and ${other} print alike`, {
      place: { source },
      accepted: "names that differ in print",
    });
  }
}

/** All sizes 1, and each of the first three 2 in turn. */
function opinionSizes({ open }: Architecture): Record<string, number>[] {
  const at = (two?: string) => Object.fromEntries(open.map((name) => [name, name === two ? 2 : 1]));
  return [at(), ...open.slice(0, 3).map(at)];
}

const WRITERS: Readonly<Record<Format, (document: Document) => string>> = {
  tex: texDocument,
  html: htmlDocument,
  md: markdownDocument,
};

export const writeDocument = (document: Document, format: Format): string => WRITERS[format](document);

/** The steps in the grammar of formulas. */
export const stepsJson = (derivation: Derivation) =>
  allSteps(derivation).map(({ rule, before, after, scope, justification, operation }) => ({
    rule,
    before: print(before, operation.kind === "jacobian" ? scope.slice(operation.by.scope.length) : scope),
    after: print(after, scope),
    justification,
  }));
