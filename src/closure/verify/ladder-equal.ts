/**
 * Equality by numbers: at many places, of both signs and several magnitudes, those of the literals among them, and never
 * at 0. One place where two formulas certainly differ refutes it; a few where they agree in half of all bits are wanted.
 */
import { parts, postorder, type Syntax } from "../../architecture/syntax.ts";
import { bitLength, type Rational, rational } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { above, add, type Ball, isNonzero, negative } from "./ball.ts";
import type { Place } from "./evaluate.ts";
import { integerOf } from "./ladder-tower.ts";
import { hash } from "./points.ts";

/** A value at a place; undefined where there is none. */
export type Valuer = (r: Reals, place: Place) => Ball | undefined;

/** Places with values that are wanted, and how few are enough. */
const WANTED = 6;
const ENOUGH = 3;
const BITS = 640;
const FEWER_BITS = 320;
const MOST_BITS = 24_000;
const DENOMINATOR = 9973;
/** Different sizes of numbers that are looked at. */
const MOST_SIZES = 16;

/** The nodes that have values: indices and bounds have none. */
function valued(formula: Syntax): Syntax[] {
  const order: Syntax[] = [];
  const pending = [formula];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    order.push(node);
    if (node.kind === "fold") pending.push(node.body);
    else if (node.kind !== "indexed") pending.push(...parts(node));
  }
  return order.reverse();
}

const capped = (size: number): number => Math.max(-MOST_BITS, Math.min(MOST_BITS, size));

/** Binary exponents of the numbers that stand in the formulas, powers of them included, and bits that they take. */
function constantsIn(formulas: readonly Syntax[]): { exponents: number[]; bits: number } {
  const exponents = new Set<number>();
  let most = 0;
  for (const formula of formulas) {
    /** log2 of the size of what is a number, 0 for what is none. */
    const sizes = new Map<Syntax, number>();
    /** In which the numbers of a part show. */
    const bits = new Map<Syntax, number>();
    for (const node of valued(formula)) {
      let size = 0;
      let own = 0;
      if (node.kind === "number" && node.value.num !== 0n) {
        size = log2(node.value.num) - log2(node.value.den);
        own = bitLength(node.value.num) + bitLength(node.value.den);
      } else if (node.kind === "negate") {
        size = sizes.get(node.arg)!;
        own = bits.get(node.arg)!;
      } else if (node.kind === "fold") own = bits.get(node.body)!;
      else if (node.kind === "binary") {
        const [a, b] = [sizes.get(node.left)!, sizes.get(node.right)!];
        const n = integerOf(node.right);
        if (node.op === "^") size = n === undefined ? 0 : a * n;
        else size = node.op === "*" ? a + b : node.op === "/" ? a - b : Math.max(a, b);
        const both = [bits.get(node.left)!, bits.get(node.right)!] as const;
        own = node.op === "+" || node.op === "-" ? Math.max(...both) : both[0] + both[1];
        if (node.op === "^") own += Math.abs(capped(size));
      } else if (node.kind === "call") {
        const exponential = node.name === "exp" && node.args.length === 1;
        if (exponential) size = 1.5 * 2 ** Math.min(sizes.get(node.args[0]!)!, 13);
        own = Math.max(0, ...node.args.map((arg) => bits.get(arg)!)) + Math.abs(capped(size));
      }
      size = capped(size);
      sizes.set(node, size);
      bits.set(node, Math.min(own, MOST_BITS));
      if (Math.abs(size) > 3) exponents.add(Math.ceil(size));
    }
    most = Math.max(most, bits.get(formula)!);
  }
  return { exponents: [...exponents], bits: most };
}

/** Binary exponents of the numbers that stand in the formulas, where they are far from 1. */
export const literalSizes = (formulas: readonly Syntax[]): readonly number[] =>
  constantsIn(formulas).exponents.slice(0, MOST_SIZES);

/** log2 |n| to ten digits. */
function log2(n: bigint): number {
  const shift = BigInt(Math.max(0, bitLength(n) - 52));
  return Math.log2(Math.abs(Number(n >> shift))) + Number(shift);
}

/** Bits in which a difference shows, however small the numbers in the formulas are. */
export const bitsFor = (formulas: readonly Syntax[]): number =>
  Math.min(
    (calls(formulas, COSTLY) ? FEWER_BITS : BITS) + 2 * Math.ceil(constantsIn(formulas).bits),
    MOST_BITS,
  );

/** The sizes of the numbers, and those around them. */
const magnitudesOf = (formulas: readonly Syntax[]): number[] =>
  [...new Set(constantsIn(formulas).exponents.flatMap((e) => [e + 3, -e - 3]))]
    .filter((e) => Math.abs(e) < 4000)
    .slice(0, MOST_SIZES);

type Sign = "positive" | "negative" | "mixed";
const SIGNS: readonly Sign[] = ["mixed", "positive", "negative", "mixed", "mixed"];

/** Functions in which branches can hide: all places are then looked at, or many where values take long. */
const BRANCHED = new Set("relu leaky_relu elu abs sign max min floor ceil round sqrt cbrt lgamma".split(" "));
const COSTLY = new Set("sn cn dn zeta".split(" "));
const FEWER = 16;

const calls = (formulas: readonly Syntax[], names: ReadonlySet<string>): boolean =>
  formulas.some((f) => postorder(f).some((n) => n.kind === "call" && names.has(n.name)));

/** At how many places two formulas are to be compared. */
export function placesFor(formulas: readonly Syntax[]): number {
  const powers = formulas.some((f) =>
    postorder(f).some((n) => n.kind === "binary" && n.op === "^" && n.right.kind !== "number"),
  );
  if (!powers && !calls(formulas, BRANCHED)) return WANTED;
  return calls(formulas, COSTLY) ? FEWER : Number.POSITIVE_INFINITY;
}

/** Places by sign and magnitude; open sizes are from 1 to 3. */
export function* widePlaces(open: Iterable<string>, formulas: readonly Syntax[]): Generator<Place> {
  const sizes = [...open];
  const magnitudes = [0, 0, 3, -3, 0, 6, -10, 1, 12, -20, 2, ...magnitudesOf(formulas)];
  for (let round = 0; round < SIGNS.length; round++) {
    for (const [k, magnitude] of magnitudes.entries()) {
      const sign = SIGNS[(k + round) % SIGNS.length]!;
      const at = round * magnitudes.length + k;
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

/**
 * Why two sides are not accepted as equal.
 *
 * @param wanted how many places are enough
 */
export function difference(
  precise: Precise,
  left: Valuer,
  right: Valuer,
  places: Iterable<Place>,
  bits: number,
  wanted: number,
): string | undefined {
  let held = 0;
  let sized = 0;
  for (const place of places) {
    const found = precise.scope(bits, (r) => {
      const [a, b] = [left(r, place), right(r, place)];
      if (a === undefined || b === undefined) return undefined;
      const gap = add(r, a, negative(r, b));
      if (isNonzero(r, gap)) return `the two sides differ by about 2^${Math.round(above(r, gap))}`;
      return gap.error <= Math.max(above(r, a), above(r, b), 0) - bits / 2 ? "equal" : undefined;
    });
    if (found === "equal") {
      held++;
      if ([...place.indices.values()].every((size) => size >= 2)) sized++;
    } else if (found !== undefined) return found;
    if (held >= wanted && sized > 0) return undefined;
  }
  if (held >= ENOUGH && sized === 0) return "its two sides can be compared at no open sizes beyond 1";
  return held >= ENOUGH ? undefined : `its two sides can be compared at ${held} places, fewer than ${ENOUGH}`;
}
