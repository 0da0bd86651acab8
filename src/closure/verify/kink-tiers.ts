/** Tiers of single families in verdicts that rest on kinks. */
import type { Besides } from "./beside.ts";
import type { Fault, Unchecked } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { classesOf, fits, wholeOf } from "./ladder-class.ts";
import { subjectOf } from "./objective.ts";
import { noExponential } from "./tiers.ts";

/** What is outside has a witness; a linear closure is bounded from above by the formula, from below by values. */
export function kinkTiersFault(
  { numbers, verdict, form, budget }: Besides,
  witnesses: readonly { readonly direction: Readonly<Record<string, number>> }[],
  unchecked: Unchecked,
): Fault | undefined {
  const moved = new Set(
    witnesses.flatMap(({ direction }) => {
      const families = [...new Set(Object.keys(direction).map(familyOf))];
      return families.length === 1 ? families : [];
    }),
  );
  const { architecture, loss, parameters } = verdict;
  for (const [k, { name, tier }] of parameters.entries()) {
    if (tier === "outside" || tier === "undecided") continue;
    const entry = `parameters[${k}].tier`;
    if (moved.has(familyOf(name))) return { entry, reason: "a witness moves it alone" };
    if (tier !== "polynomial" && tier !== "exponential-polynomial")
      return { entry, reason: "nothing proves that" };
    if (subjectOf(architecture, loss) !== undefined) {
      unchecked.push(entry);
      continue;
    }
    const family = familyOf(name);
    const whole = wholeOf(classesOf(form, (own) => own === family, numbers.open, budget));
    if (!fits(whole, tier)) return { entry, reason: "the model is not seen to be in it" };
    if (tier === "polynomial") continue;
    const doubt = noExponential(numbers, form, family);
    if (doubt !== undefined) return { entry, reason: doubt };
  }
  return undefined;
}
