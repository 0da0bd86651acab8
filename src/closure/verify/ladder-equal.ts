/**
 * Equality by numbers: at many places, of both signs and several magnitudes, those of the literals among them, and never
 * at 0. One place where two formulas certainly differ refutes it; a few where they agree in half of all bits are wanted.
 */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { bitLength, type Rational, rational } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { above, add, type Ball, isNonzero, negative } from "./ball.ts";
import type { Place } from "./evaluate.ts";
import { hash } from "./points.ts";

/** A value at a place; undefined where there is none. */
export type Valuer = (r: Reals, place: Place) => Ball | undefined;

/** Places with values that are wanted, and how few are enough. */
const WANTED = 8;
const ENOUGH = 3;
const BITS = 1024;
const MOST_BITS = 24_000;
const DENOMINATOR = 9973;

/** Bits in which a difference shows, however small the numbers in the formulas are. */
export function bitsFor(formulas: readonly Syntax[]): number {
  let bits = BITS;
  for (const formula of formulas) {
    for (const node of postorder(formula)) {
      if (node.kind !== "number") continue;
      const { num, den } = node.value;
      const large = num < 0n ? -num : num;
      bits += 4 * (bitLength(num) + bitLength(den));
      if (den !== 0n && large / den < 4096n) bits += 2 * Number(large / den);
    }
  }
  return Math.min(bits, MOST_BITS);
}

/** Binary exponents of the literals, and those around them. */
function magnitudesOf(formulas: readonly Syntax[]): number[] {
  const found = new Set<number>();
  for (const formula of formulas) {
    for (const node of postorder(formula)) {
      if (node.kind !== "number" || node.value.num === 0n) continue;
      const exponent = bitLength(node.value.num) - bitLength(node.value.den);
      if (Math.abs(exponent) > 3) found.add(exponent + 2).add(-exponent - 2);
    }
  }
  return [...found].slice(0, 12);
}

type Sign = "positive" | "negative" | "mixed";
const SIGNS: readonly Sign[] = ["mixed", "positive", "negative"];

/** Whether branches can hide: all places are then looked at. */
const BRANCHED = new Set("relu leaky_relu elu abs sign max min floor ceil round sqrt cbrt lgamma".split(" "));
export const isBranched = (formulas: readonly Syntax[]): boolean =>
  formulas.some((f) =>
    postorder(f).some(
      (n) =>
        (n.kind === "call" && BRANCHED.has(n.name)) ||
        (n.kind === "binary" && n.op === "^" && n.right.kind !== "number"),
    ),
  );

/** Places by sign and magnitude; open sizes are from 1 to 3. */
export function* widePlaces(open: Iterable<string>, formulas: readonly Syntax[]): Generator<Place> {
  const sizes = [...open];
  const magnitudes = [0, 0, 3, -3, 0, 6, -10, 1, 12, -20, 2, ...magnitudesOf(formulas)];
  let seed = 0;
  for (const magnitude of magnitudes) {
    for (const sign of SIGNS) {
      const at = seed++;
      const used = new Map<string, Rational>();
      const indices = new Map(sizes.map((name, k) => [name, 1 + ((at + (at % 4 === 3 ? k : 0)) % 3)]));
      yield {
        indices,
        symbol(_, text) {
          const known = used.get(text);
          if (known !== undefined) return known;
          const drawn = hash(`wide ${at}:${text}`);
          // Some of the symbols of a place stay of the size of 1, so that quotients and products spread too.
          const exponent = hash(`size ${drawn}`) % 3 === 0 ? 0 : magnitude;
          const positive = sign === "positive" || (sign === "mixed" && hash(`sign ${drawn}`) % 2 === 0);
          const size = BigInt(2000 + (drawn % 19_000)) * (positive ? 1n : -1n);
          const scale = 1n << BigInt(Math.abs(exponent));
          const value =
            exponent < 0 ? rational(size, BigInt(DENOMINATOR) * scale) : rational(size * scale, DENOMINATOR);
          used.set(text, value);
          return value;
        },
      };
    }
  }
}

/** Why two sides are not accepted as equal. */
export function difference(
  precise: Precise,
  left: Valuer,
  right: Valuer,
  places: Iterable<Place>,
  bits: number,
  all: boolean,
): string | undefined {
  let held = 0;
  for (const place of places) {
    const found = precise.scope(bits, (r) => {
      const [a, b] = [left(r, place), right(r, place)];
      if (a === undefined || b === undefined) return undefined;
      const gap = add(r, a, negative(r, b));
      if (isNonzero(r, gap)) return `the two sides differ by about 2^${Math.round(above(r, gap))}`;
      return gap.error <= Math.max(above(r, a), above(r, b), 0) - bits / 2 ? "equal" : undefined;
    });
    if (found === "equal") held++;
    else if (found !== undefined) return found;
    if (held >= WANTED && !all) return undefined;
  }
  return held >= ENOUGH ? undefined : `its two sides can be compared at ${held} places, fewer than ${ENOUGH}`;
}
