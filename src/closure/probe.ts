/**
 * The independent probe of linear closure (Kronecker). Along a line θ + t·v, at fixed data, an element of an n-dimensional
 * linear closure is c·exp(tM)·b with an n×n matrix M. So the Hankel matrices of its Taylor coefficients k!·c_k, and of its
 * values at t = 0, 1, 2, …, have rank n at most; that of the c_k has finite rank where f is rational along the line. A
 * nonzero determinant of size K proves that no linear closure of dimension below K exists, and nothing more. The probe never
 * decides alone.
 *
 * The witness in certificates is the one of the values: a reader re-checks it by evaluating a formula at rational points,
 * without derivatives, so that it also serves functions without a derivative rule. The probe goes by jets, which tell
 * exactly, where the arithmetic is exact, and rational functions as well.
 */
import { type Budget, DescentError } from "../errors.ts";
import { add, multiply, type Rational, rational } from "../exact/rational.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { type Interval, intervals } from "../precise/interval.ts";
import type { Precise } from "../precise/mpfr.ts";
import { enclosures, exactly } from "./fields.ts";
import { type Decimals, decimals, enclosedMinor, exactDecimals, exactMinor } from "./hankel.ts";
import { jet, type Line } from "./jets.ts";
import { LINES, type LineText, lineOf, lineText } from "./lines.ts";

/** What a Hankel matrix shows. */
export interface HankelBound {
  /** The largest size of a leading minor that is proved to be nonzero: a lower bound of the rank. */
  readonly bound: number;
  /** The rank of the matrix that was tried, where the arithmetic is exact. */
  readonly rank: number | undefined;
  /** The matrix that was tried has full rank: nothing is known about larger ones. */
  readonly inconclusive: boolean;
  /** Decimal bounds of the leading minor of size `bound`. */
  readonly determinant: Decimals;
  readonly statement: string;
}

export interface Probe extends LineText {
  /** The size of the matrices that were tried. */
  readonly order: number;
  /** Absent where the arithmetic is exact. */
  readonly bits: number | undefined;
  /** Of k!·c_k: no linear closure has a dimension below its bound. */
  readonly linear: HankelBound;
  /** Of c_k: along the line, f is no quotient p/q with max(deg p + 1, deg q) below its bound. */
  readonly rational: HankelBound;
}

export interface ProbeOptions {
  /** The size K of the Hankel matrices, 1 to 24; 8 by default. */
  readonly order?: number;
  /** The largest precision; 4096 by default. */
  readonly bits?: number;
}

const FIRST_BITS = 256;
/** Lines with a value that are tried. */
const MOST_LINES = 3;
const MOST_ORDER = 24;

interface Tried {
  readonly bits: number | undefined;
  readonly linear: HankelBound;
  readonly rational: HankelBound;
}

/**
 * Measures a lower bound of the dimension of every linear closure of a model, and of its order as a rational function, along
 * the best of a few generic lines. Undefined where the model has no jet on any of them: folds, kinks or functions without a
 * derivative rule in what moves, or no value.
 *
 * @param model real-valued
 * @throws DescentError `input` for an order out of range, `budget`
 * @example
 * const { algebra, model } = architecture({ model: "a*exp(k*x)" });
 * probe(algebra, model, {}, await openPrecise(), createBudget())?.linear.bound; // 2
 */
export function probe(
  algebra: Algebra,
  model: Node,
  options: ProbeOptions,
  precise: Precise,
  budget: Budget,
): Probe | undefined {
  const order = checkedOrder(options.order ?? 8);
  let best: Probe | undefined;
  let tried = 0;
  for (let number = 0; number < LINES && tried < MOST_LINES; number++) {
    const line = lineOf(number, 0);
    const found =
      tryExactly(algebra, model, line, order, precise, budget) ??
      tryEnclosed(algebra, model, line, order, options.bits ?? 4096, precise, budget);
    if (found === undefined) continue;
    tried++;
    if (best === undefined || found.linear.bound > best.linear.bound) {
      best = { order, ...lineText(model, line), ...found };
    }
    if (best.linear.inconclusive) break;
  }
  return best;
}

function checkedOrder(order: number): number {
  if (Number.isInteger(order) && order >= 1 && order <= MOST_ORDER) return order;
  throw new DescentError("input", `${order} is not a size of a Hankel matrix`, {
    accepted: `1 to ${MOST_ORDER}`,
  });
}

function tryExactly(
  algebra: Algebra,
  model: Node,
  line: Line,
  order: number,
  precise: Precise,
  budget: Budget,
): Tried | undefined {
  const series = jet(algebra, model, line, 2 * order - 2, exactly, budget)?.map(({ re }) => re);
  if (series === undefined) return undefined;
  const linear = exactMinor(
    timesFactorials(series, multiply, (f) => f),
    budget,
  );
  const rational = exactMinor(series, budget);
  if (linear === undefined || rational === undefined) return undefined;
  return precise.scope(FIRST_BITS, (r) => ({
    bits: undefined,
    linear: stated("linear", order, linear.bound, exactDecimals(r, linear.determinant), linear.bound),
    rational: stated(
      "rational",
      order,
      rational.bound,
      exactDecimals(r, rational.determinant),
      rational.bound,
    ),
  }));
}

/** Doubles the precision while that proves more. */
function tryEnclosed(
  algebra: Algebra,
  model: Node,
  line: Line,
  order: number,
  mostBits: number,
  precise: Precise,
  budget: Budget,
): Tried | undefined {
  let best: Tried | undefined;
  for (let bits = FIRST_BITS; bits <= mostBits; bits *= 2) {
    const found = precise.scope(bits, (r): Tried | undefined => {
      const arithmetic = enclosures(precise, r, algebra.primitives);
      const series = jet(algebra, model, line, 2 * order - 2, arithmetic, budget)?.map(({ re }) => re);
      if (series === undefined) return undefined;
      const i = intervals(r);
      const ofKind = (kind: "linear" | "rational", values: readonly Interval[]): HankelBound => {
        const { bound, determinant } = enclosedMinor(r, values, budget);
        return stated(kind, order, bound, decimals(r, determinant));
      };
      return {
        bits,
        linear: ofKind("linear", timesFactorials(series, i.multiply, i.rational)),
        rational: ofKind("rational", series),
      };
    });
    if (found === undefined) {
      // A wide enclosure may reach beyond the domain.
      if (best !== undefined || bits > 2 * FIRST_BITS) break;
      continue;
    }
    const grows =
      best === undefined ||
      found.linear.bound > best.linear.bound ||
      found.rational.bound > best.rational.bound;
    if (!grows) break;
    best = found;
    if (found.linear.inconclusive && found.rational.inconclusive) break;
  }
  return best;
}

function timesFactorials<T>(
  series: readonly T[],
  times: (a: T, b: T) => T,
  from: (value: Rational) => T,
): T[] {
  let factorial = 1n;
  return series.map((c, k) => {
    if (k > 0) factorial *= BigInt(k);
    return times(c, from(rational(factorial)));
  });
}

function stated(
  kind: "linear" | "rational",
  order: number,
  bound: number,
  determinant: Decimals,
  rank?: number,
): HankelBound {
  const inconclusive = bound === order;
  const proved =
    kind === "linear"
      ? belowText(bound)
      : `along the line the model is no rational function of order below ${bound}`;
  const open = inconclusive ? `; rank ${bound} is full, which says nothing about larger orders` : "";
  return { bound, rank, inconclusive, determinant, statement: `${proved}${open}` };
}

const belowText = (bound: number): string => `no linear closure of dimension below ${bound}`;

/**
 * Confronts the dimension that a certificate claims with what the probe has proved.
 *
 * @throws DescentError `internal` where they contradict each other, with both numbers
 */
export function confirmDimension(claimed: number, measured: Probe): void {
  const { bound } = measured.linear;
  if (bound > claimed) {
    throw new DescentError(
      "internal",
      `a linear closure of dimension ${claimed} is claimed, and the rank of a Hankel matrix is ${bound} at least`,
    );
  }
}

/** A nonzero Hankel determinant of the values s_j = f(point + j·direction), j = 0 … 2·order − 2. */
export interface HankelWitness extends LineText {
  readonly order: number;
  /** Decimal bounds that exclude zero. */
  readonly determinant: Decimals;
  readonly statement: string;
}

/** Binary exponents of the speed of sampling: the longest line first, since its values tell functions apart best. */
const STEPS = [-2, -5, -8] as const;
const WITNESS_BITS = [192, 768] as const;
/** Decimals of larger binary exponents are no literals of the formula language. */
const MOST_EXPONENT = 12_000;

/**
 * A proof that no linear closure of a dimension below `order` exists, for a certificate; undefined where none is found at
 * once. It needs values only.
 *
 * @param model real-valued, without folds
 * @throws DescentError `input` for an order out of range, `budget`
 * @example
 * const { algebra, model } = architecture({ model: "tanh(w*x)" });
 * hankelWitness(algebra, model, 3, await openPrecise(), createBudget())?.statement; // "no linear closure of dimension below 3"
 */
export function hankelWitness(
  algebra: Algebra,
  model: Node,
  order: number,
  precise: Precise,
  budget: Budget,
): HankelWitness | undefined {
  checkedOrder(order);
  let tried = 0;
  for (let number = 0; number < LINES && tried < MOST_LINES; number++) {
    for (const step of STEPS) {
      const line = lineOf(number, step);
      const found = sampled(algebra, model, line, order, precise, budget);
      if (found === undefined) continue;
      if (found !== null) {
        return { order, ...lineText(model, line), determinant: found, statement: belowText(order) };
      }
      tried++;
      break;
    }
  }
  return undefined;
}

/** The determinant where it is proved to be nonzero; null where it is not, undefined where a value is missing. */
function sampled(
  algebra: Algebra,
  model: Node,
  line: Line,
  order: number,
  precise: Precise,
  budget: Budget,
): Decimals | null | undefined {
  let found: Decimals | null | undefined;
  for (const bits of WITNESS_BITS) {
    found = precise.scope(bits, (r) => {
      const arithmetic = enclosures(precise, r, algebra.primitives);
      const values: Interval[] = [];
      for (let j = 0; j < 2 * order - 1; j++) {
        const value = jet(algebra, model, fixedAt(line, j), 0, arithmetic, budget)?.[0];
        if (value === undefined) return undefined;
        values.push(value.re);
      }
      const { bound, determinant } = enclosedMinor(r, values, budget);
      if (bound < order) return null;
      const size = Math.max(...[determinant.lo, determinant.hi].map((end) => Math.abs(r.exponent(end))));
      return size > MOST_EXPONENT ? undefined : decimals(r, determinant);
    });
    if (found !== null) break;
  }
  return found;
}

/** The point of a line at t = j. */
const fixedAt = (line: Line, j: number): Line => ({
  point: (symbol) =>
    symbol.role === "parameter"
      ? add(line.point(symbol), multiply(rational(j), line.direction(symbol)))
      : line.point(symbol),
  direction: () => rational(0),
});
