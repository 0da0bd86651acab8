/** How a derivation was checked, in words. */
import type { Verdict } from "../closure/verdict.ts";
import type { Verification } from "../closure/verify/verify.ts";
import { escapeProse, type Prose } from "./blocks.ts";
import type { Derivation } from "./derive.ts";
import { latexName } from "./latex.ts";
import { type Opinion, REMAINDER } from "./opinion.ts";
import type { Replay, Sizes } from "./replay.ts";

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
  const sizes = replay.sizes
    .map((at) => Object.values(at).join(","))
    .filter((s) => s !== "")
    .map((s) => `(${s})`);
  const where =
    sizes.length === 0
      ? ""
      : ` at the sizes $(${architecture.open.map((s) => latexName(s, [])).join(", ")})$ = ${sizes.join(", ")} and several values of the indices`;
  const lines = [
    `Each of the ${replay.steps} steps is kept as rule, before, after and reason. A replayer computes every step anew from what stood before it${where},` +
      " by other code than made it: translations by substituting $@t + \\Delta$, floors by applying $@D$ again and again, derivatives from the first floor," +
      " the Jacobian by differentiating $@F$, the general term by repeated differentiation. The difference to what stands after the step must be the zero" +
      " exponential polynomial in all parameters, steps and data, in exact arithmetic." +
      ` ${replay.checked} identities were checked, ${replay.failures.length === 0 ? "all of them hold" : `${replay.failures.length} FAIL`}.`,
  ];
  if (verification !== undefined) {
    lines.push(
      verification.accepted
        ? `The certificate of closure was re-checked by separate code, with its own differentiation and zero test: ${verification.checked} formulas, accepted.`
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
