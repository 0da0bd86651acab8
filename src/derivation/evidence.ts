/** How a derivation was checked, in words. */
import type { Verdict } from "../closure/verdict.ts";
import type { Verification } from "../closure/verify/verify.ts";
import { escapeProse, type Prose } from "./blocks.ts";
import type { Derivation } from "./derive.ts";
import { latexName } from "./latex.ts";
import { type Opinion, REMAINDER } from "./opinion.ts";
import { MANY, type Replay, type Sizes } from "./replay.ts";

/** What was found out about the derivation beside its steps. */
export interface Evidence {
  readonly verdict: Verdict;
  readonly verification: Verification | undefined;
  readonly replay: Replay;
  readonly opinions: readonly { readonly sizes: Sizes; readonly opinion: Opinion }[];
}

export function evidenceText(
  { architecture }: Derivation,
  { verification, replay, opinions }: Evidence,
): Prose[] {
  const { exact, enclosed, open, failures } = replay;
  const names = architecture.open.map((s) => latexName(s, [])).join(",\\, ");
  const tuples = (list: Replay["sizes"]): string =>
    list.map((at) => `(${Object.values(at).join(",")})`).join(", ");
  const where =
    architecture.open.length === 0
      ? ""
      : ` at the sizes $(${names})$ = ${tuples(replay.sizes)} and several values of the indices`;
  const further =
    replay.larger.length === 0
      ? ""
      : ` The same is done at the sizes ${tuples(replay.larger)}, by enclosures alone.`;
  const most = Math.max(0, ...[...replay.sizes, ...replay.larger].flatMap((at) => Object.values(at)));
  const empty =
    architecture.open.length === 0 || most >= MANY
      ? ""
      : ` Sums over more than ${most} different indices are empty at all of these sizes: nothing about them was checked.`;
  const results = [
    `${exact} identities hold exactly`,
    ...(enclosed === 0 ? [] : [`${enclosed} more by enclosures`]),
    ...(open === 0 ? [] : [`${open} were left open, for lack of time or of points inside the domain`]),
    ...(failures.length === 0 ? [] : [`${failures.length} FAIL`]),
  ];
  const lines = [
    `Each of the ${replay.steps} steps is kept as rule, before, after and reason. A replayer computes every step anew from what stood before it${where},` +
      " by other code than made it: translations by substituting $@t + \\Delta$, floors by applying $@D$ again and again, derivatives from the first floor," +
      " the Jacobian by differentiating $@F$, the general term by repeated differentiation. The difference to what stands after the step must be the zero" +
      " exponential polynomial in all parameters, steps and data, in exact arithmetic; where it is none of these, its enclosures in interval arithmetic of 320 bits" +
      ` at random points must hold zero and be narrower than $2^{-120}$.${further}${empty} ${results.join(", ")}.`,
  ];
  if (verification !== undefined) {
    lines.push(
      verification.accepted
        ? `The certificate of closure was re-checked by separate code, with its own differentiation and zero test, and by numbers: ${verification.checked} formulas, accepted.`
        : `The certificate of closure was REJECTED: ${escapeProse(verification.entry)}.`,
    );
  }
  return [...lines, ...opinionText(opinions)];
}

/** How often nerdamer agreed, what it got wrong, and why it was not asked for the rest. */
function opinionText(opinions: Evidence["opinions"]): Prose[] {
  const asked = opinions.filter(({ opinion }) => opinion.what !== REMAINDER);
  const of = (outcome: Opinion["outcome"]) => asked.filter(({ opinion }) => opinion.outcome === outcome);
  if (asked.length === 0) return [];
  const reasons = [...new Set(of("not-asked").map(({ opinion }) => opinion.detail))];
  const summary =
    "A second opinion on slopes and on the floors $T_0$ and $T_1$ at small sizes comes from nerdamer, an independent algebra system that" +
    ` is never trusted: of ${asked.length} questions it agrees on ${of("agrees").length}` +
    (reasons.length === 0
      ? "."
      : `; ${of("not-asked").length} were not asked (${reasons.map(escapeProse).join("; ")}).`);
  const errors = of("nerdamer-wrong").map(
    ({ opinion }) => `Its answer for ${escapeProse(opinion.what)} is wrong: ${escapeProse(opinion.detail)}.`,
  );
  return [summary, ...errors];
}
