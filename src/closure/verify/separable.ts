/**
 * Re-checks what a verdict says of separability by values of the model itself, in high precision with error bounds. Where it
 * is said not to hold, the stated minor is computed anew, and one of almost twice its order beside it. Where a rank is
 * stated, larger minors at random places must not be nonzero. That no length is enough rests on the named theorem.
 */
import type { Syntax } from "../../architecture/syntax.ts";
import {
  add as addRational,
  compare,
  multiply as multiplyRational,
  parseRational,
  type Rational,
  rational,
  subtract,
} from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { add, type Ball, divide, fromRational, isNonzero, multiply, negative } from "./ball.ts";
import type { Evaluator, Fault, Place, Unchecked } from "./evaluate.ts";
import type { Valuer } from "./ladder-equal.ts";
import { type Statement, scores } from "./objective.ts";

export interface SeparableDocument {
  readonly architecture: Omit<Statement, "parameters">;
  /** Absent in documents made by hand. */
  readonly separable?:
    | {
        readonly holds: boolean | null;
        readonly rank: number | string | null;
        readonly witness?:
          | {
              readonly sizes?: Readonly<Record<string, number>> | undefined;
              readonly ones?: readonly string[] | undefined;
              readonly point: Readonly<Record<string, string>>;
              readonly rows: { readonly input: string; readonly values: readonly string[] };
              readonly columns: { readonly input: string; readonly values: readonly string[] };
              readonly order: number;
              readonly determinant: readonly string[];
              readonly theorem: string;
            }
          | undefined;
      }
    | undefined;
}

const BITS = 1024;
/** The largest order of a minor that refutes a rank. */
const LARGEST = 9;
const PLACES = 3;
/** Finer grids: more than one, because a factor may vanish at a place of one of them. */
const DIVISIONS = [rational(1, 2), rational(1, 3), rational(4, 7)];
const SIZE = 2;

const familyOf = (name: string): string => name.replace(/\[.*$/, "");

/** The entry at fault, or nothing. Entries are paths such as `separable.witness.determinant`. */
export function separableFault(
  { architecture, separable }: SeparableDocument,
  read: (formula: string) => Syntax,
  evaluator: Evaluator,
  precise: Precise,
  unchecked: Unchecked,
): Fault | undefined {
  if (separable === undefined) return undefined;
  const { holds, rank, witness } = separable;
  if (holds !== true && rank !== null)
    return { entry: "separable.rank", reason: "there is no rank where it does not hold" };
  if (holds === null) return undefined;
  const model = scores(evaluator, architecture, read(architecture.model));
  if (holds) {
    const { openSizes = [], output } = architecture;
    const open = typeof output?.size === "string" ? [...openSizes, output.size] : openSizes;
    const sizes = new Map(open.map((name) => [name, SIZE]));
    return precise.scope(BITS, (r) =>
      rankFault(r, architecture.inputs, rank, model, sizes, read, evaluator, unchecked),
    );
  }
  if (witness === undefined) return { entry: "separable.witness", reason: "there is none" };
  return precise.scope(BITS, (r) => witnessFault(r, architecture, witness, model));
}

type Witness = NonNullable<NonNullable<SeparableDocument["separable"]>["witness"]>;

function witnessFault(
  r: Reals,
  { inputs, openSizes }: SeparableDocument["architecture"],
  { sizes, ones = [], point, rows, columns, order, determinant, theorem }: Witness,
  model: Valuer,
): Fault | undefined {
  const fault = (entry: string, reason: string): Fault => ({ entry: `separable.witness.${entry}`, reason });
  const isInput = (name: string): boolean => inputs.some((own) => familyOf(own) === familyOf(name));
  for (const [entry, { input }] of [["rows", rows] as const, ["columns", columns] as const]) {
    if (!isInput(input)) return fault(`${entry}.input`, `${input} is no input`);
  }
  if (rows.input === columns.input) return fault("columns.input", "it is the input of the rows");
  if (order < 2 || rows.values.length !== order || columns.values.length !== order)
    return fault("order", "it is not the number of rows and columns, at least 2");
  if (theorem === "") return fault("theorem", "none is named");
  const given = new Map(Object.entries(sizes ?? {}));
  const missing = (openSizes ?? []).find((name) => !given.has(name));
  if (missing !== undefined) return fault("sizes", `there is no number for ${missing}`);
  if ([...given.values()].some((size) => size !== SIZE)) return fault("sizes", `they are not all ${SIZE}`);
  const values = new Map(Object.entries(point).map(([name, value]) => [name, fraction(value)]));
  let unknown: string | undefined;
  const at = (s: Rational, t: Rational, more = 0): Place => ({
    indices: new Map([...given].map(([name, size]) => [name, size + more])),
    symbol(name, text) {
      const indices = /\[([\d,]+)\]$/.exec(text)?.[1]?.split(",") ?? [];
      if (more > 0 && indices.some((k) => Number(k) > SIZE)) return rational(ones.includes(name) ? 1 : 0);
      if (text === rows.input) return s;
      if (text === columns.input) return t;
      const value = values.get(text);
      if (value === undefined) unknown ??= text;
      return value ?? rational(1);
    },
  });
  const entriesAt = (a: readonly Rational[], b: readonly Rational[]): Ball[][] | undefined => {
    const entries = a.map((s) => b.map((t) => model(r, at(s, t))));
    return entries.flat().includes(undefined) ? undefined : (entries as Ball[][]);
  };
  const [a, b] = [rows.values.map(fraction), columns.values.map(fraction)];
  const entries = entriesAt(a, b);
  const value = entries === undefined ? undefined : determinantOf(r, entries);
  if (unknown !== undefined) return fault("point", `there is no value of ${unknown}`);
  if (value === undefined || !isNonzero(r, value))
    return fault("determinant", "it is not seen to be nonzero");
  const [low, high] = determinant.map((text) => r.rational(parseRational(text)));
  if (low === undefined || high === undefined || r.sign(low) * r.sign(high) <= 0)
    return fault("determinant", "the bounds have no common sign");
  if (r.compare(value.re, low) < 0 || r.compare(value.re, high) > 0)
    return fault("determinant", `it is ${r.toText(value.re, 12)}`);
  const rest = given.size === 0 ? undefined : model(r, at(a[0]!, b[1]!, 1));
  if (given.size > 0 && (rest === undefined || isNonzero(r, add(r, rest, negative(r, entries![0]![1]!)))))
    return fault("ones", "with these values of further members the model is another one at larger sizes");
  const finer = DIVISIONS.map((at) => entriesAt(between(a, at), between(b, at)));
  const larger = finer.some((own) => own !== undefined && determinantOf(r, own) !== undefined);
  if (!larger && !finer.includes(undefined))
    return fault("order", `no minor of order ${2 * order - 1} on a finer grid is seen to be nonzero`);
  return undefined;
}

/** With a place between any two neighbours, at this part of the way. */
function between(list: readonly Rational[], part: Rational): Rational[] {
  const sorted = [...list].sort((a, b) => compare(a, b));
  return sorted.flatMap((a, k) => {
    const next = sorted[k + 1];
    return next === undefined ? [a] : [a, addRational(a, multiplyRational(part, subtract(next, a)))];
  });
}

/** One input against all others has no more than this rank, whatever the parameters. */
function rankFault(
  r: Reals,
  inputs: readonly string[],
  rank: number | string | null,
  model: Valuer,
  sizes: ReadonlyMap<string, number>,
  read: (formula: string) => Syntax,
  evaluator: Evaluator,
  unchecked: Unchecked,
): Fault | undefined {
  const families = new Set(inputs.map(familyOf));
  if (rank === null) return { entry: "separable.rank", reason: "it is no number" };
  let unknown: string | undefined;
  const stated = evaluator.value(r, read(`${rank}`), {
    indices: sizes,
    symbol(_, text) {
      unknown ??= text;
      return rational(1);
    },
  });
  if (unknown !== undefined) return { entry: "separable.rank", reason: `${unknown} is no open size` };
  if (stated === undefined) return { entry: "separable.rank", reason: "it is no number" };
  const bound = r.toNumber(stated.re);
  if (!Number.isFinite(bound)) return { entry: "separable.rank", reason: "it is no number" };
  const isInteger = !isNonzero(r, add(r, stated, negative(r, fromRational(r, rational(Math.round(bound))))));
  if (!Number.isSafeInteger(bound) || bound < 1 || !isInteger)
    return { entry: "separable.rank", reason: "it is no positive integer" };
  if (bound >= LARGEST) {
    unchecked.push("separable.rank");
    return undefined;
  }
  const met = new Set<string>();
  const valueAt = (seed: number, row: number, column: number, split: string | undefined): Ball | undefined =>
    model(r, {
      indices: sizes,
      symbol(name, text) {
        if (!families.has(name)) return scattered(`${text} ${seed}`);
        met.add(text);
        return scattered(text === split ? `${text} ${seed} row ${row}` : `${text} ${seed} column ${column}`);
      },
    });
  valueAt(0, 0, 0, undefined);
  // Of tensors, one input against the others bounds the rank from below only.
  if (met.size > 2) unchecked.push("separable.rank");
  const numbers = Array.from({ length: bound + 1 }, (_, k) => k);
  for (const split of met.size < 2 ? [] : met) {
    for (let seed = 0; seed < PLACES; seed++) {
      const entries = numbers.map((row) => numbers.map((column) => valueAt(seed, row, column, split)));
      if (entries.flat().includes(undefined)) continue;
      const value = determinantOf(r, entries as Ball[][]);
      if (value !== undefined && isNonzero(r, value))
        return { entry: "separable.rank", reason: `a minor of order ${bound + 1} in ${split} is not zero` };
    }
  }
  return undefined;
}

/** A rational between 1/4 and 9/4, the same for the same text. */
function scattered(text: string): Rational {
  let seed = 2166136261n;
  for (const c of text) seed = ((seed ^ BigInt(c.codePointAt(0)!)) * 16777619n) % 4294967291n;
  return rational((seed % 9973n) * 2n + 2493n, 9973n);
}

/**
 * By elimination with pivots that are certainly nonzero, so that the determinant is. Undefined where a column has none
 * left: then nothing is known.
 */
export function determinantOf(r: Reals, matrix: readonly (readonly Ball[])[]): Ball | undefined {
  const rows = matrix.map((row) => [...row]);
  let total: Ball = fromRational(r, rational(1));
  for (let k = 0; k < rows.length; k++) {
    const pivotAt = rows.findIndex((row, at) => at >= k && isNonzero(r, row[k]!));
    if (pivotAt < 0) return undefined;
    if (pivotAt !== k) {
      [rows[k], rows[pivotAt]] = [rows[pivotAt]!, rows[k]!];
      total = negative(r, total);
    }
    const pivot = rows[k]![k]!;
    total = multiply(r, total, pivot);
    for (let at = k + 1; at < rows.length; at++) {
      const ratio = divide(r, rows[at]![k]!, pivot);
      if (ratio === undefined) return undefined;
      for (let j = k; j < rows.length; j++) {
        rows[at]![j] = add(r, rows[at]![j]!, negative(r, multiply(r, ratio, rows[k]![j]!)));
      }
    }
  }
  return total;
}

/** `p/q` */
function fraction(text: string): Rational {
  const [num, den] = text.split("/") as [string, string?];
  return rational(BigInt(num), BigInt(den ?? "1"));
}
