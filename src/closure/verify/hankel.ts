/**
 * Re-checks a lower bound of the dimension of every linear closure. If ∂_a b = M_a b and f = c·b, the M_a commuting, then
 * s_j = f(θ + j·v) = c·exp(jM)·b with M = Σ v_a M_a, so that the Hankel matrix of the s_j is a product of matrices through
 * dimension n and has rank n at most. So one determinant of size K that is not zero, of values at rational points, proves
 * that n is K at least.
 */
import type { Syntax } from "../../architecture/syntax.ts";
import {
  add as addRationals,
  multiply as byRational,
  parseRational,
  type Rational,
  rational,
  sign,
} from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { above, add, type Ball, divide, fromRational, isNonzero, multiply, negative } from "./ball.ts";
import type { Evaluator, Fault, Place } from "./evaluate.ts";

/** `certificate.hankel` */
export interface HankelDocument {
  /** K */
  readonly order: number;
  /** Fractions `p/q` by the text of the symbol. */
  readonly point: Readonly<Record<string, string>>;
  readonly direction: Readonly<Record<string, string>>;
  readonly determinant: readonly [lo: string, hi: string];
  readonly statement: string;
}

const MOST_ORDER = 24;
const LEVELS = [256, 1024, 4096] as const;
const FRACTION = /^-?\d{1,400}(\/\d{1,400})?$/;
const DECIMAL = /^-?\d+(\.\d+)?(e-?\d{1,4})?$/;

/** The determinant is not told from zero at this precision. */
const UNCLEAR = "unclear";

/**
 * The entry at fault, relative to the witness; undefined where the witness proves its statement.
 *
 * @param model the certificate's model, as written, without open sizes
 * @param isParameter tells parameters from inputs by their bare names: only the former may move
 */
export function hankelFault(
  witness: HankelDocument,
  model: Syntax,
  isParameter: (name: string) => boolean,
  evaluator: Evaluator,
  precise: Precise,
): Fault | undefined {
  const { order } = witness;
  if (!Number.isInteger(order) || order < 1 || order > MOST_ORDER) {
    return { entry: "order", reason: `it is no number from 1 to ${MOST_ORDER}` };
  }
  const statement = `no linear closure of dimension below ${order}`;
  if (witness.statement !== statement) return { entry: "statement", reason: `it proves ${statement}` };
  const point = new Map<string, Rational>();
  const direction = new Map<string, Rational>();
  for (const [entry, table, values] of [
    ["point", witness.point, point],
    ["direction", witness.direction, direction],
  ] as const) {
    for (const [name, text] of Object.entries(table)) {
      const value = fraction(text);
      if (value === undefined) return { entry: `${entry}.${name}`, reason: "it is no fraction" };
      values.set(name, value);
    }
  }
  for (const name of direction.keys()) {
    if (!isParameter(name.replace(/\[.*$/, ""))) {
      return { entry: `direction.${name}`, reason: "it is no parameter" };
    }
  }
  if (!witness.determinant.every((text) => DECIMAL.test(text))) {
    return { entry: "determinant", reason: "its bounds are no decimals" };
  }
  const [lo, hi] = witness.determinant.map(parseRational) as [Rational, Rational];
  if (sign(lo) * sign(hi) <= 0) return { entry: "determinant", reason: "its bounds hold 0" };
  for (const bits of LEVELS) {
    const fault = precise.scope(bits, (r) => {
      const values = samples(r, evaluator, model, point, direction, 2 * order - 1);
      if (!Array.isArray(values)) return values;
      const found = determinant(r, values, order);
      if (found === undefined) return UNCLEAR;
      return outside(r, found, lo, hi)
        ? { entry: "determinant", reason: `it is ${r.toText(found.re, 8)}` }
        : null;
    });
    if (fault === null) return undefined;
    if (fault !== UNCLEAR) return fault;
  }
  return { entry: "determinant", reason: "it is not told from zero" };
}

function fraction(text: string): Rational | undefined {
  if (!FRACTION.test(text)) return undefined;
  const [num, den = "1"] = text.split("/") as [string, string?];
  return BigInt(den) === 0n ? undefined : rational(BigInt(num), BigInt(den));
}

function samples(
  r: Reals,
  evaluator: Evaluator,
  model: Syntax,
  point: ReadonlyMap<string, Rational>,
  direction: ReadonlyMap<string, Rational>,
  count: number,
): Ball[] | Fault {
  const values: Ball[] = [];
  for (let j = 0; j < count; j++) {
    let missing: string | undefined;
    const place: Place = {
      indices: new Map(),
      symbol(_, text) {
        const value = point.get(text);
        if (value === undefined) missing ??= text;
        const speed = direction.get(text);
        if (value === undefined || speed === undefined) return value ?? rational(1);
        return addRationals(value, byRational(rational(j), speed));
      },
    };
    const value = evaluator.value(r, model, place);
    if (missing !== undefined) return { entry: "point", reason: `there is no value of ${missing}` };
    if (value === undefined) return { entry: "point", reason: `the model has no value at step ${j}` };
    values.push(value);
  }
  return values;
}

/**
 * The determinant of the matrix of s_{i+j}, by elimination with the largest pivot of each column; undefined where a pivot
 * is not told from zero.
 */
function determinant(r: Reals, values: readonly Ball[], size: number): Ball | undefined {
  const rows = Array.from({ length: size }, (_, k) => values.slice(k, k + size));
  let product: Ball = fromRational(r, rational(1));
  for (let k = 0; k < size; k++) {
    const sizes = rows.map((row, at) => (at < k ? Number.NEGATIVE_INFINITY : above(r, row[k]!)));
    const at = sizes.indexOf(Math.max(...sizes), k);
    if (at > k) {
      [rows[k], rows[at]] = [rows[at]!, rows[k]!];
      product = negative(r, product);
    }
    const lead = rows[k]!;
    const pivot = lead[k]!;
    if (!isNonzero(r, pivot)) return undefined;
    product = multiply(r, product, pivot);
    for (let row = k + 1; row < size; row++) {
      const factor = divide(r, rows[row]![k]!, pivot);
      if (factor === undefined) return undefined;
      rows[row] = rows[row]!.map((entry, column) =>
        column <= k ? entry : add(r, entry, negative(r, multiply(r, factor, lead[column]!))),
      );
    }
  }
  return isNonzero(r, product) ? product : undefined;
}

/** Whether a number certainly is not between the bounds. */
function outside(r: Reals, value: Ball, lo: Rational, hi: Rational): boolean {
  if (value.im !== undefined && isNonzero(r, { re: value.im, error: value.error })) return true;
  const negativeFor = (difference: Ball): boolean => isNonzero(r, difference) && r.sign(difference.re) < 0;
  const below = add(r, value, negative(r, fromRational(r, lo)));
  const beyond = add(r, fromRational(r, hi), negative(r, value));
  return negativeFor(below) || negativeFor(beyond);
}
