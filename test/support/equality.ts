/** Whether two formulas are one function: values in high precision, from the reader's trees, which nothing simplifies. */
import { readFormula } from "../../src/architecture/formula.ts";
import { createEvaluator } from "../../src/closure/verify/evaluate.ts";
import { createBudget } from "../../src/errors.ts";
import { type Rational, rational } from "../../src/exact/rational.ts";
import type { Precise } from "../../src/precise/mpfr.ts";
import { seededRandom } from "../../src/solve/start.ts";
import { disguise } from "./disguises.ts";
import { MADE_TIERS, makeMember } from "./members.ts";
import { bare, createDice } from "./terms.ts";

const BITS = 300;
/** 90 digits, of which atanh(tanh(u)) and differences of exponentials lose most far out. */
const TOLERANCE = 1e-20;
const POINTS = 2;
const TRIES = 200;

/** The relative difference at a random point, or undefined where one of the two has no value. */
function differenceAt(
  formulas: readonly [string, string],
  inputs: readonly string[],
  precise: Precise,
  random: () => number,
  reach: number,
): number | undefined {
  const values = new Map<string, Rational>();
  const symbol = (name: string): Rational => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const part = Math.floor(1000 * random());
    const made = inputs.includes(name) ? rational(part + 300, 997) : rational(reach * (2 * part - 1001), 991);
    values.set(name, made);
    return made;
  };
  return precise.scope(BITS, (reals) => {
    const evaluator = createEvaluator(precise, createBudget({ milliseconds: 60_000 }));
    const place = { indices: new Map<string, number>(), symbol };
    const [a, b] = formulas.map((text) =>
      evaluator.value(reals, readFormula(text, { source: "formula" }), place),
    );
    if (a === undefined || b === undefined) return undefined;
    return Math.abs(reals.toNumber(reals.sub(a.re, b.re))) / (1 + Math.abs(reals.toNumber(a.re)));
  });
}

/** What is false of the disguises of `count` members: another value somewhere, or a value nowhere; and those it met. */
export function disguiseFaults(
  count: number,
  precise: Precise,
): { faults: readonly string[]; met: ReadonlySet<string> } {
  const met = new Set<string>();
  const faults = Array.from({ length: count }, (_, k) => {
    const member = makeMember(MADE_TIERS[k % MADE_TIERS.length]!, 900_000_007 + k);
    const { term, used } = disguise(member, 3, createDice(k));
    for (const name of used) met.add(name);
    const formulas = [bare(member.term), bare(term)] as const;
    const random = seededRandom(k);
    let points = 0;
    for (let tries = 0; tries < TRIES && points < POINTS; tries++) {
      const difference = differenceAt(formulas, member.inputs, precise, random, tries < 20 ? 1 : 5);
      if (difference === undefined) continue;
      points += 1;
      // Negated, so that NaN is a fault.
      if (!(difference < TOLERANCE)) return [`${formulas.join(" is not ")}: ${used.join(", ")}`];
    }
    return points > 0 ? [] : [`no value: ${formulas[1]}`];
  }).flat();
  return { faults, met };
}
