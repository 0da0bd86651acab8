/**
 * Every change of one entry of a verdict that makes it false is rejected, with a reason. Models together have all kinds of
 * certificates, witnesses and obstructions; which changes leave a document true is said by the table of `harmless`.
 *
 * A seeded sample of the changes is tried; with DESCENT_MUTATIONS=all, all of them.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { createZeroJudge, type ZeroJudge } from "../../src/closure/nonzero.ts";
import { type Verification, verify } from "../../src/closure/verify/verify.ts";
import { createBudget, DescentError } from "../../src/errors.ts";
import { HARMLESS, harmless, isUnchecked } from "../support/harmless.ts";
import { documentOf, MODELS, nameOf, restsOnDomain } from "../support/mutants.ts";
import { describeMutation, mutated, mutationsOf } from "../support/mutations.ts";

const SAMPLE = 24;
const all = process.env.DESCENT_MUTATIONS === "all";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

/** The same places of a list for the same seed. */
function sampled<T>(list: readonly T[], seed: number): T[] {
  if (all || list.length <= SAMPLE) return [...list];
  let state = seed * 7919 + 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: SAMPLE }, (_, k) => {
    // One of each stretch, so that all parts of the document are met.
    const at = Math.floor(((k + next()) * list.length) / SAMPLE);
    return list[at]!;
  });
}

/** `undefined` where the document is none, or the budget ends. */
function outcome(document: unknown): Verification | undefined {
  try {
    const budget = createBudget({ milliseconds: 60_000, work: 1e9 });
    return verify(JSON.stringify(document), "verdict.json", judge.precise, budget);
  } catch (error) {
    if (error instanceof DescentError && (error.code === "input" || error.code === "budget"))
      return undefined;
    throw error;
  }
}

describe("rejects what a change makes false", () => {
  test.each(MODELS.map((row, seed) => [nameOf(row), row, seed] as const))(
    "%s",
    (_, row, seed) => {
      const document = documentOf(row, judge);
      expect(outcome(document)).toMatchObject({ accepted: true });
      const faults: string[] = [];
      for (const mutation of sampled(mutationsOf(document), seed)) {
        if (harmless(document, mutation, restsOnDomain(row)) !== undefined) {
          outcome(mutated(document, mutation));
          continue;
        }
        const found = outcome(mutated(document, mutation));
        if (found === undefined) continue;
        if (found.accepted) {
          if (!isUnchecked(found.unchecked, mutation)) faults.push(describeMutation(mutation));
        } else if (found.reason === "" || found.entry === "")
          faults.push(`no reason: ${describeMutation(mutation)}`);
      }
      expect(faults).toEqual([]);
    },
    all ? 1_800_000 : 120_000,
  );

  test("every row of the table is needed, and says why", () => {
    const met = new Set<string>();
    for (const row of MODELS) {
      const document = documentOf(row, judge);
      for (const mutation of mutationsOf(document)) {
        const reason = harmless(document, mutation, restsOnDomain(row));
        if (reason !== undefined) met.add(reason);
      }
    }
    expect(HARMLESS.map(({ because }) => because).filter((reason) => !met.has(reason))).toEqual([]);
  }, 120_000);
});
