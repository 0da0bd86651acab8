/**
 * Integer-affine index expressions `constant + Σ c·size + Σ c·bound`. Bound indices have no names: index 0 belongs to
 * the innermost enclosing fold, 1 to the next one out (de Bruijn 1972).
 */
import { DescentError } from "../errors.ts";

export interface Affine {
  readonly constant: number;
  /** Sizes by name, sorted, coefficients nonzero. */
  readonly sizes: readonly (readonly [string, number])[];
  /** Bound indices by de Bruijn number, sorted, coefficients nonzero. */
  readonly bound: readonly (readonly [number, number])[];
  /** Equal exactly for equal expressions. */
  readonly key: string;
}

function make(constant: number, sizes: Map<string, number>, bound: Map<number, number>): Affine {
  const s = [...sizes].filter(([, c]) => c !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const b = [...bound].filter(([, c]) => c !== 0).sort(([a], [b]) => a - b);
  for (const c of [constant, ...s.map((t) => t[1]), ...b.map((t) => t[1])]) {
    if (!Number.isSafeInteger(c))
      throw new DescentError("input", "an index expression leaves the exact integers");
  }
  const key = `${constant}${s.map(([n, c]) => `${c < 0 ? "" : "+"}${c}${n}`).join("")}${b.map(([k, c]) => `${c < 0 ? "" : "+"}${c}#${k}`).join("")}`;
  return { constant, sizes: s, bound: b, key };
}

export const literal = (n: number): Affine => make(n, new Map(), new Map());
export const sizeSymbol = (name: string): Affine => make(0, new Map([[name, 1]]), new Map());
export const boundIndex = (k: number): Affine => make(0, new Map(), new Map([[k, 1]]));

export function addAffine(a: Affine, b: Affine, scale = 1): Affine {
  const sizes = new Map(a.sizes);
  for (const [name, c] of b.sizes) sizes.set(name, (sizes.get(name) ?? 0) + scale * c);
  const bound = new Map(a.bound);
  for (const [k, c] of b.bound) bound.set(k, (bound.get(k) ?? 0) + scale * c);
  return make(a.constant + scale * b.constant, sizes, bound);
}

export const scaleAffine = (a: Affine, c: number): Affine => addAffine(literal(0), a, c);
export const isLiteral = (a: Affine): boolean => a.sizes.length === 0 && a.bound.length === 0;
export const sameAffine = (a: Affine, b: Affine): boolean => a.key === b.key;

/** The image of bound index `k`, seen from the place of the index itself. */
export type IndexMap = (k: number) => Affine;

/** Replaces every bound index by its image. */
export function mapBound(a: Affine, image: IndexMap): Affine {
  let result = make(a.constant, new Map(a.sizes), new Map());
  for (const [k, c] of a.bound) result = addAffine(result, image(k), c);
  return result;
}

/** Raises every bound index from `cutoff` on by `by`. */
export const shiftAffine = (a: Affine, by: number, cutoff = 0): Affine =>
  by === 0 || a.bound.length === 0 ? a : mapBound(a, (k) => boundIndex(k < cutoff ? k : k + by));

/** Replaces sizes by numbers; sizes that are not given stay. */
export function instantiateAffine(a: Affine, sizes: ReadonlyMap<string, number>): Affine {
  if (a.sizes.length === 0) return a;
  let result = make(a.constant, new Map(), new Map(a.bound));
  for (const [name, c] of a.sizes) {
    const value = sizes.get(name);
    result = addAffine(result, value === undefined ? sizeSymbol(name) : literal(value), c);
  }
  return result;
}

/** A lower bound where sizes are at least 1 and every bound index is at least `least`; −∞ where there is none. */
export function leastValue(a: Affine, least = 1): number {
  const open = [...a.sizes, ...a.bound].some(([, c]) => c < 0);
  const sum = (list: readonly (readonly [unknown, number])[]): number => list.reduce((n, [, c]) => n + c, 0);
  return open ? Number.NEGATIVE_INFINITY : a.constant + sum(a.sizes) + least * sum(a.bound);
}

/** `i + 2*d - 1`; bound indices are named by `name`. */
export function affineText(a: Affine, name: (k: number) => string): string {
  const parts: [string, number][] = [
    ...a.bound.map(([k, c]): [string, number] => [name(k), c]),
    ...a.sizes.map(([s, c]): [string, number] => [s, c]),
  ];
  let text = "";
  for (const [symbol, c] of parts) {
    const lead = text === "" ? (c < 0 ? "-" : "") : c < 0 ? " - " : " + ";
    text += `${lead}${Math.abs(c) === 1 ? "" : `${Math.abs(c)}*`}${symbol}`;
  }
  if (text === "") return `${a.constant}`;
  return a.constant === 0 ? text : `${text} ${a.constant < 0 ? "-" : "+"} ${Math.abs(a.constant)}`;
}
