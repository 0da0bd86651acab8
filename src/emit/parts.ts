/** Questions about the terms of a row's code. */
import type { Term } from "../primitives/term.ts";

const children = (term: Term): readonly Term[] => {
  switch (term.kind) {
    case "operation":
    case "call":
      return term.args;
    case "less":
      return [term.left, term.right, term.yes, term.no];
    default:
      return [];
  }
};

/** The parts of a term that stand in it several times as the same object. */
export function sharedParts(term: Term): ReadonlySet<Term> {
  const seen = new Set<Term>();
  const shared = new Set<Term>();
  const visit = (part: Term): void => {
    if (seen.has(part)) {
      if (children(part).length > 0) shared.add(part);
      return;
    }
    seen.add(part);
    for (const child of children(part)) visit(child);
  };
  visit(term);
  return shared;
}

/** Whether a slot stands in the term. */
export const hasSlot = (term: Term, name: string): boolean =>
  term.kind === "slot" ? term.name === name : children(term).some((child) => hasSlot(child, name));
