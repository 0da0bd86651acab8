/** What `check` is measured on: the shared cases and the built-in architectures. */
import { existsSync, readFileSync } from "node:fs";
import * as api from "../src/app/api.ts";
import { medians } from "./measure.ts";

export interface Case {
  readonly name: string;
  readonly make: () => api.Architecture;
}

export interface MeasuredCase {
  readonly name: string;
  /** The verdict's tier, or the error's message. */
  readonly outcome: string;
  readonly failed: boolean;
  /** From the formula's text to the verdict, in milliseconds; null where it fails. */
  readonly time: number | null;
}

/** Numbers for the sizes that formulas leave open. */
const SMALL = 2;

const withNumbers = ({ name, make }: Case, remake: (sizes: Record<string, number>) => Case): Case[] => {
  const { open } = make();
  return open.length === 0
    ? []
    : [{ ...remake(Object.fromEntries(open.map((size) => [size, SMALL]))), name: `${name}, sizes ${SMALL}` }];
};

/** Every built-in with its sizes open, and those with open sizes again with the number 2 for each. */
export function builtinCases(): { readonly open: Case[]; readonly sized: Case[] } {
  const make = (name: string, sizes: Record<string, number> = {}): Case => ({
    name,
    make: () => api.builtinArchitecture(name, { sizes }),
  });
  const open = api.BUILTINS.map(({ name }) => make(name));
  return { open, sized: open.flatMap((own) => withNumbers(own, (sizes) => make(own.name, sizes))) };
}

/** The cases that projects share, beside this one's folder: as they stand, and with numbers; null where there are none. */
export function sharedCases(): { readonly open: Case[]; readonly sized: Case[] } | null {
  const path = new URL("../../shared/cases/verdicts.json", import.meta.url);
  if (!existsSync(path)) return null;
  const rows = JSON.parse(readFileSync(path, "utf8")) as {
    id: string;
    model: string;
    inputs: string[];
    loss?: "huber";
  }[];
  const make = (
    { id, model, inputs, loss }: (typeof rows)[number],
    sizes: Record<string, number> = {},
  ): Case => ({
    name: id,
    make: () => api.architecture({ model, ...(loss === undefined ? {} : { loss }) }, { inputs, sizes }, id),
  });
  return {
    open: rows.map((row) => make(row)),
    sized: rows.flatMap((row) => withNumbers(make(row), (sizes) => make(row, sizes))),
  };
}

/** Verdicts and times of cases; an error is a case's outcome and stops no other. */
export function measureCases(cases: readonly Case[], judge: api.ZeroJudge): MeasuredCase[] {
  const outcomes = cases.map(({ name, make }) => {
    try {
      return { name, outcome: api.check(make(), judge).tier as string, failed: false };
    } catch (error) {
      return { name, outcome: error instanceof Error ? error.message : String(error), failed: true };
    }
  });
  const works = cases
    .filter((_, k) => !outcomes[k]!.failed)
    .map((own) => () => void api.check(own.make(), judge));
  const times = medians(works);
  return outcomes.map((own) => ({ ...own, time: own.failed ? null : times.shift()! }));
}
