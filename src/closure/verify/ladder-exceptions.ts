/** Sizes for which a verdict above linear closure is a lower one. */
import type { Syntax } from "../../architecture/syntax.ts";
import type { Budget } from "../../errors.ts";
import { Rejection } from "./context.ts";
import type { Numbers, Place, Unchecked } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { type Class, classesOf, fits, LADDER, wholeOf } from "./ladder-class.ts";
import { bitsFor, difference, placesFor, type Valuer, widePlaces } from "./ladder-equal.ts";
import type { LadderVerdictDocument } from "./ladder-read.ts";
import { WITHIN } from "./ladder-tiers.ts";
import { noExponential } from "./tiers.ts";

type Read = (formula: string, entry: string) => Syntax;

const indicesOf = (sizes: Readonly<Record<string, number>>, open: ReadonlySet<string>): Place["indices"] =>
  new Map([...open].map((name) => [name, sizes[name] ?? 2]));

/** Why two formulas are not shown to be equal at sizes. */
function differenceAt(
  { precise, evaluator, inside }: Numbers,
  left: Syntax,
  right: Syntax,
  indices: Place["indices"],
): string | undefined {
  const both = [left, right];
  const at =
    (formula: Syntax): Valuer =>
    (r, place) =>
      evaluator.value(r, formula, { ...place, indices });
  return difference(
    precise,
    (r, place) => (inside(r, { ...place, indices }) ? at(left)(r, place) : undefined),
    at(right),
    widePlaces([], both),
    bitsFor(both),
    placesFor(both),
  );
}

/**
 * Each is bounded from above by the form, exponentials from below by numbers; what is higher is not bounded from below. One is
 * missing where the form at a size of 0 or 1, the others being 2, is seen to be in a lower tier.
 */
export function checkExceptions(
  numbers: Numbers,
  verdict: LadderVerdictDocument,
  model: Syntax,
  form: Syntax,
  budget: Budget,
  read: Read,
  unchecked: Unchecked,
): void {
  const { isParameter, open, evaluator } = numbers;
  const classAt = (sizes: Readonly<Record<string, number>>, spelling = form): Class => {
    const indices = indicesOf(sizes, open);
    const classes = classesOf(spelling, isParameter, open, budget, (fold) => {
      const range = evaluator.range(fold.lo, fold.hi, indices);
      return range !== undefined && range.length === 0;
    });
    return wholeOf(classes);
  };
  const listed = verdict.exceptions ?? [];
  listed.forEach(({ sizes, tier, form: own }, k) => {
    const entry = `exceptions[${k}]`;
    const stray = Object.keys(sizes).find((name) => !open.has(name));
    if (stray !== undefined) throw new Rejection(`${entry}.sizes`, `${stray} is no open size`);
    if (Object.keys(sizes).length === 0) throw new Rejection(`${entry}.sizes`, "there is none");
    if (tier === verdict.tier) throw new Rejection(`${entry}.tier`, "it is that of all other sizes");
    if (tier === "undecided") return;
    const spelling = own === undefined ? form : read(own, `${entry}.form`);
    if (own !== undefined) {
      const reason = differenceAt(numbers, form, spelling, indicesOf(sizes, open));
      if (reason !== undefined) throw new Rejection(`${entry}.form`, reason);
    }
    const whole = classAt(sizes, spelling);
    if (!fits(whole, tier)) throw new Rejection(`${entry}.tier`, "the form is not seen to be in it");
    if (tier !== "polynomial" && fits(whole, "polynomial"))
      throw new Rejection(`${entry}.tier`, "it is polynomial");
    const families = [...new Set(verdict.certificate.parameters.map(familyOf))];
    if (tier === "polynomial") return;
    if (tier !== "exponential-polynomial") unchecked.push(`${entry}.tier: that it is no lower`);
    else if (families.every((family) => noExponential(numbers, model, family, sizes) !== undefined))
      throw new Rejection(`${entry}.tier`, "by its values the model is a polynomial");
  });
  const lower = LADDER.filter((tier) => WITHIN[tier]?.includes(verdict.tier));
  for (const size of verdict.architecture.openSizes ?? []) {
    for (const value of [0, 1]) {
      const isListed = listed.some(({ sizes }) => sizes[size] === value && Object.keys(sizes).length === 1);
      if (isListed || !open.has(size)) continue;
      const whole = classAt({ [size]: value });
      const found = lower.find((tier) => fits(whole, tier));
      if (found !== undefined)
        throw new Rejection("exceptions", `there is none for ${size} = ${value}, where it is ${found}`);
    }
  }
}
