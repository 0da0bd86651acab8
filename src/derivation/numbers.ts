/**
 * Derivatives by numbers alone: central differences of enclosures at rational points, the judge where two symbolic
 * answers differ.
 */
import { add, negate, type Rational, rational } from "../exact/rational.ts";
import { enclose } from "../expression/enclose.ts";
import type { Node } from "../expression/node.ts";
import { type Interval, type Intervals, intervals } from "../precise/interval.ts";
import type { Precise, Real, Reals } from "../precise/mpfr.ts";

/** Values of the symbols by name. */
export type Point = ReadonlyMap<string, Rational>;
/** A function of a point, enclosed. */
export type Field = (i: Intervals, point: Point) => Interval;
/** A function that has central differences with this step in it; its error is even in the step. */
export type Differences = (step: Rational) => Field;

/** Working precision: two nested differences lose 2·STEP_BITS of it. */
const BITS = 640;
/** Steps of 2^−120 and 2^−121: the truncation error is about 2^−240 of the third derivative. */
const STEP_BITS = 120n;
/** 2^−170 is 51 decimal digits. */
const EQUAL_BITS = 170;
const TRIES = 16;
/** How often two answers are compared. */
const ENOUGH = 5;

export const fieldOf =
  (node: Node): Field =>
  (i, point) =>
    enclose(node, i, (symbol) => point.get(symbol.name)!);

/** (g(… + step) − g(… − step)) / 2step */
export const centralDifference =
  (g: Field, by: string, step: Rational): Field =>
  (i, point) => {
    const at = (shift: Rational): Interval => g(i, new Map(point).set(by, add(point.get(by)!, shift)));
    return i.divide(i.subtract(at(step), at(negate(step))), i.rational(add(step, step)));
  };

/** What numbers say of two answers. */
export type Comparison =
  | { readonly kind: "equal"; readonly points: number }
  /** They differ, and this is how often each was found wrong by differences, whose error is at most `error`. */
  | {
      readonly kind: "different";
      readonly oursWrong: number;
      readonly theirsWrong: number;
      readonly different: number;
      readonly error: string;
    }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Compares two expressions at seeded rational points, and both with `truth` where they differ.
 *
 * An answer is wrong at a point where it is further from the differences than 2^40 times their error; the error is
 * taken as 2^10 times what halving the step changes, rounding included.
 */
export function compareByNumbers(
  precise: Precise,
  names: readonly string[],
  ours: Node,
  theirs: Node,
  truth: Differences,
): Comparison {
  let [equal, different, oursWrong, theirsWrong] = [0, 0, 0, 0];
  let error = "";
  for (let k = 0; k < TRIES && equal + different < ENOUGH; k++) {
    const point = seededPoint(names, k);
    precise.scope(BITS, (r) => {
      const i = intervals(r);
      const [a, b] = [fieldOf(ours)(i, point), fieldOf(theirs)(i, point)];
      const gap = i.subtract(a, b);
      if (!i.isFinite(gap)) return;
      const one = r.number(1);
      const allowed = r.mul(r.power(r.number(2), -EQUAL_BITS), r.max(one, largest(r, a)));
      if (r.compare(largest(r, gap), allowed) <= 0) equal++;
      else if (i.excludesZero(gap)) {
        different++;
        const verdict = judge(r, i, truth, point);
        if (verdict === undefined) return;
        if (verdict.isWrong(a)) oursWrong++;
        if (verdict.isWrong(b)) theirsWrong++;
        error = r.toText(verdict.error, 2);
      }
    });
  }
  if (different > 0) return { kind: "different", oursWrong, theirsWrong, different, error };
  if (equal >= 3) return { kind: "equal", points: equal };
  return { kind: "unknown", reason: `only ${equal} of ${TRIES} points lie in the domain of both` };
}

interface Verdict {
  readonly error: Real;
  isWrong(answer: Interval): boolean;
}

function judge(r: Reals, i: Intervals, truth: Differences, point: Point): Verdict | undefined {
  const coarse = truth(rational(1n, 1n << STEP_BITS))(i, point);
  const fine = truth(rational(1n, 1n << (STEP_BITS + 1n)))(i, point);
  const change = i.subtract(coarse, fine);
  if (!i.isFinite(change)) return undefined;
  const error = r.mul(r.number(2 ** 10), largest(r, change));
  const far = r.mul(r.number(2 ** 40), error);
  return {
    error,
    isWrong: (answer) => r.compare(least(r, i.subtract(answer, fine)), far) > 0,
  };
}

const largest = (r: Reals, a: Interval): Real => r.max(r.abs(a.lo), r.abs(a.hi));

/** The distance of an interval from 0. */
const least = (r: Reals, a: Interval): Real =>
  r.sign(a.lo) * r.sign(a.hi) <= 0 ? r.number(0) : r.min(r.abs(a.lo), r.abs(a.hi));

/** Rationals from 1/4 to 9/4; at every second point about half of them negative. */
function seededPoint(names: readonly string[], k: number): Point {
  let state = 12345 + 7919 * k;
  const next = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  };
  return new Map(
    names.map((name) => {
      const size = 64 + (next() % 513);
      return [name, rational(k % 2 === 1 && next() % 2 === 1 ? -size : size, 256)];
    }),
  );
}
