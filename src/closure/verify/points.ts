/**
 * The points at which formulas are evaluated: fixed generic rationals, of many signs and sizes, so that functions of the
 * data with kinks and narrow domains have values on both sides; small numbers for open sizes.
 */
import { add, type Rational, rational } from "../../exact/rational.ts";
import type { Place } from "./evaluate.ts";

export interface Point {
  readonly seed: number;
  readonly sign: "positive" | "negative" | "mixed";
  /** Sizes of inputs; each input takes one of them. Parameters are of the size of 1 and of any sign. */
  readonly magnitudes: readonly Rational[];
  /** The largest open size. */
  readonly most: number;
}

/** Inputs of the size of 1 first, where the search's own proofs stand; a size is a binary exponent. */
const KINDS: readonly (readonly [Point["sign"], readonly number[], number])[] = [
  ["positive", [0], 2],
  ["mixed", [0], 3],
  ["positive", [-2], 3],
  ["negative", [0], 2],
  ["mixed", [-2], 2],
  ["positive", [0], 3],
  ["mixed", [0], 2],
  ["mixed", [-2, 0, 3], 3],
  ["positive", [3], 2],
  ["negative", [3], 2],
  ["positive", [0], 5],
  ["mixed", [0, 6], 3],
  ["positive", [6], 2],
  ["negative", [6], 2],
  ["mixed", [0], 4],
  ["mixed", [-6], 2],
  ["positive", [10], 2],
  ["negative", [10], 2],
];
/** Sizes of the points after these, tried where domains are narrow. */
const FURTHER = [0, 1, 2, 4, 5, 7, 20, -10];

export const POINTS: readonly Point[] = [
  ...KINDS,
  ...[...FURTHER, ...FURTHER, ...FURTHER].map(
    (size, k) => [(["positive", "negative", "mixed"] as const)[k % 3]!, [size], 2] as const,
  ),
].map(([sign, sizes, most], seed) => ({
  seed,
  sign,
  magnitudes: sizes.map((size) => (size < 0 ? rational(1, 2 ** -size) : rational(2 ** size))),
  most,
}));

/** FNV-1a of a text, and a final mix of its bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) value = Math.imul(value ^ text.charCodeAt(k), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A prime: values keep short, and hardly ever coincide. */
const DENOMINATOR = 9973;

/**
 * The place of a point. `variant` draws the parameters anew and leaves the data where they are.
 *
 * @param isParameter tells parameters from inputs by their bare names
 * @param used gets the values that formulas ask for
 */
export function placeOf(
  point: Point,
  indices: Place["indices"],
  isParameter: (name: string) => boolean,
  used: Map<string, Rational> = new Map(),
  variant = 0,
): Place {
  return {
    indices,
    symbol(name, text) {
      const known = used.get(text);
      if (known !== undefined) return known;
      const parameter = isParameter(name);
      const drawn = hash(`${point.seed}:${parameter ? variant : 0}:${text}`);
      const size = rational(2000 + (drawn % 19_000), DENOMINATOR);
      const positive = point.sign === "positive" || (point.sign === "mixed" && hash(`${drawn}`) % 2 === 0);
      const magnitude = parameter
        ? rational(1)
        : point.magnitudes[hash(`size${drawn}`) % point.magnitudes.length]!;
      const value = rational(
        (positive || (parameter && drawn % 3 !== 0) ? 1n : -1n) * size.num * magnitude.num,
        size.den * magnitude.den,
      );
      used.set(text, value);
      return value;
    },
  };
}

/** Open sizes from `least` up to the point's largest. */
export const sizesOf = (point: Point, open: Iterable<string>, least: number): Map<string, number> =>
  new Map(
    [...open].map((name) => [
      name,
      least + (hash(`${point.seed}#${name}`) % (Math.max(least, point.most) - least + 1)),
    ]),
  );

/** The place with symbols moved. */
export const moved = (place: Place, by: (name: string, text: string) => Rational | undefined): Place => ({
  ...place,
  symbol(name, text) {
    const step = by(name, text);
    const value = place.symbol(name, text);
    return step === undefined ? value : add(value, step);
  },
});
