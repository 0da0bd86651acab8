/** What a built-in architecture states: a formula, and where it is unrolled, a number that its formula is written for. */
import type { ArchitectureFile } from "../file.ts";

/** A number that shapes the formula itself, such as the depth of a network; it cannot stay open. */
export interface Structure {
  /** Given among the sizes. */
  readonly name: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

export interface Builtin extends Pick<ArchitectureFile, "inputs" | "loss" | "constants" | "domains"> {
  readonly name: string;
  /** One line: what it is. */
  readonly description: string;
  /** Author, title, venue, year. */
  readonly reference: string;
  readonly structure?: Structure;
  /** The formula; only a built-in with a structure looks at the number. */
  readonly formula: (n: number) => string;
}

/** What the sizes of built-ins count; one meaning for a name. Numbers after a name tell its relatives apart: `r1`, `r2`. */
const MEANINGS: Readonly<Record<string, string>> = {
  d: "inputs",
  h: "hidden units in each layer",
  K: "terms",
  r: "rank; r1, r2, ... where each summed index has its own",
  P: "atoms for each rank and input",
  T: "length of the sequence",
  m: "components of queries and keys",
  G: "grid intervals",
  depth: "hidden layers",
  steps: "time steps",
};

/**
 * What a size of a built-in counts.
 *
 * @example
 * sizeMeaning("h"); // "hidden units in each layer"
 */
export const sizeMeaning = (name: string): string => MEANINGS[name.replace(/\d+$/, "")]!;

export const structure = (name: string, usual: number, least: number, most: number): Structure => ({
  ...{ name, usual, least, most },
});

/** The numbers from `lo` to `hi`. */
export const range = (lo: number, hi: number): number[] =>
  Array.from({ length: Math.max(0, hi - lo + 1) }, (_, k) => lo + k);
