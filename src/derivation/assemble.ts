/** A derivation with its verdict and everything that was checked about it, ready to be written. */
import type { Architecture } from "../architecture/architecture.ts";
import { findVerdict } from "../closure/check.ts";
import type { ZeroJudge } from "../closure/nonzero.ts";
import { verify } from "../closure/verify/verify.ts";
import { type Budget, DescentError } from "../errors.ts";
import { print } from "../expression/print.ts";
import { type Derivation, derive } from "./derive.ts";
import { createDocument, type Document, type Evidence } from "./document.ts";
import { htmlDocument } from "./html.ts";
import { markdownDocument } from "./markdown.ts";
import { allSteps, replay } from "./replay.ts";
import { texDocument } from "./tex.ts";

export const FORMATS = ["tex", "html", "md"] as const;
export type Format = (typeof FORMATS)[number];

export interface Derived {
  readonly derivation: Derivation;
  readonly evidence: Evidence;
  readonly document: Document;
}

/**
 * Derives an architecture and checks the derivation: every step replayed, the certificate verified.
 *
 * @throws DescentError `unsupported` where the cascade stops, `internal` where a step does not replay
 */
export function assemble(architecture: Architecture, judge: ZeroJudge, budget: Budget): Derived {
  const derivation = derive(architecture, budget);
  const verdict = findVerdict(architecture, judge, budget);
  const verification =
    verdict.certificate === null ? undefined : verify(JSON.stringify(verdict), "verdict", budget);
  const evidence: Evidence = {
    verdict,
    verification,
    replay: replay(derivation, budget),
    second: [],
  };
  const [failure] = evidence.replay.failures;
  if (failure !== undefined) {
    throw new DescentError(
      "internal",
      `a step does not replay: ${failure.rule} at ${JSON.stringify(failure.sizes)}`,
    );
  }
  if (verification?.accepted === false) {
    throw new DescentError("internal", `the certificate is rejected: ${verification.entry}`);
  }
  return { derivation, evidence, document: createDocument(derivation, evidence, budget) };
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
