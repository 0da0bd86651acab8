/** A minor of [f(s_i, t_j)] that is proved nonzero: the rank of f in these two inputs is at least its order. */
import type { Budget } from "../../errors.ts";
import { add, multiply, type Rational, rational } from "../../exact/rational.ts";
import { enclose } from "../../expression/enclose.ts";
import type { Node } from "../../expression/node.ts";
import { type Interval, type Intervals, intervals } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import type { Disproof } from "./search.ts";

export interface Minor {
  readonly rows: readonly Rational[];
  readonly columns: readonly Rational[];
  /** Decimals below and above the determinant, both of its sign. */
  readonly determinant: readonly [string, string];
}

const BITS = 512;
const STEPS = [rational(1, 2), rational(1, 8), rational(1), rational(1, 64)];
const OFFSETS = [0, -1, 1, -2, 2, -3].map((k) => rational(k));
/** Columns stand beside the places of rows, so that a kink between them makes a triangular matrix. */
const SHIFTS = [rational(1, 8), rational(-1, 8)];
const DIGITS = 20;

/** Around the point, columns `ratio` times as wide; undefined where none of the grids tried has one. */
export function findMinor(
  model: Node,
  { point, s, t, ratio = rational(1) }: Disproof,
  order: number,
  precise: Precise,
  budget: Budget,
): Minor | undefined {
  for (const [step, shift] of STEPS.flatMap((own) => SHIFTS.map((by) => [own, by] as const))) {
    budget.spend(64);
    const offsets = OFFSETS.slice(0, order);
    const rows = offsets.map((k) => add(point.get(s)!, multiply(k, step)));
    const columns = offsets.map((k) => add(point.get(t)!, multiply(ratio, multiply(add(k, shift), step))));
    const determinant = precise.scope(BITS, (reals) => {
      const i = intervals(reals);
      const entries = rows.map((a) =>
        columns.map((b) =>
          enclose(model, i, (symbol) => (symbol === s ? a : symbol === t ? b : point.get(symbol)!)),
        ),
      );
      const value = determinantOf(i, entries);
      if (!i.excludesZero(value)) return undefined;
      // Wider than the rounding of the decimals.
      const slack = reals.power(reals.number(2), -40);
      const margin = reals.mul(reals.abs(value.hi), slack, "up");
      const texts = [reals.sub(value.lo, margin, "down"), reals.add(value.hi, margin, "up")] as const;
      const wide = { lo: texts[0], hi: texts[1] };
      return i.excludesZero(wide)
        ? ([reals.toText(wide.lo, DIGITS), reals.toText(wide.hi, DIGITS)] as const)
        : undefined;
    });
    if (determinant !== undefined) return { rows, columns, determinant };
  }
  return undefined;
}

/** By expansion along the first row: nothing is divided. */
export function determinantOf(i: Intervals, matrix: readonly (readonly Interval[])[]): Interval {
  const [first, ...rest] = matrix;
  if (first === undefined) return i.rational(rational(1));
  return first.reduce<Interval>(
    (total, entry, column) => {
      const minor = determinantOf(
        i,
        rest.map((row) => row.filter((_, k) => k !== column)),
      );
      const term = i.multiply(entry, minor);
      return column % 2 === 0 ? i.add(total, term) : i.subtract(total, term);
    },
    i.rational(rational(0)),
  );
}
