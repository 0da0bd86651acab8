/** Formulas as small trees, so that a part of one can be given another spelling before it is written down. */
import { seededRandom } from "../../src/solve/start.ts";

export type Term =
  | { readonly kind: "number"; readonly text: string }
  /** A function of the inputs alone. */
  | { readonly kind: "data"; readonly text: string }
  | { readonly kind: "parameter"; readonly text: string }
  /** An argument that is no value of θ: an order, a modulus, a slope. */
  | { readonly kind: "fixed"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly parts: readonly Term[] }
  | { readonly kind: "sum" | "product"; readonly parts: readonly Term[] }
  | { readonly kind: "quotient"; readonly parts: readonly [Term, Term] }
  /** A rational exponent as text; where it is no integer, the base is positive. */
  | { readonly kind: "power"; readonly parts: readonly [Term]; readonly exponent: string }
  /** Base and exponent, on base > 0. */
  | { readonly kind: "real power"; readonly parts: readonly [Term, Term] };

export const num = (text: string | number): Term => ({ kind: "number", text: `${text}` });
export const data = (text: string): Term => ({ kind: "data", text });
export const parameter = (text: string): Term => ({ kind: "parameter", text });
export const fixed = (text: string | number): Term => ({ kind: "fixed", text: `${text}` });
export const call = (name: string, ...parts: Term[]): Term => ({ kind: "call", name, parts });
export const sum = (...parts: Term[]): Term => (parts.length === 1 ? parts[0]! : { kind: "sum", parts });
export const times = (...parts: Term[]): Term =>
  parts.length === 1 ? parts[0]! : { kind: "product", parts };
export const over = (above: Term, below: Term): Term => ({ kind: "quotient", parts: [above, below] });
export const power = (base: Term, exponent: string | number): Term => ({
  kind: "power",
  parts: [base],
  exponent: `${exponent}`,
});
export const negative = (t: Term): Term => times(num(-1), t);
export const realPower = (base: Term, exponent: Term): Term => ({
  kind: "real power",
  parts: [base, exponent],
});
export const minus = (a: Term, b: Term): Term => sum(a, negative(b));
export const one = num(1);
/** 1 + t². */
export const onePlusSquare = (t: Term): Term => sum(one, power(t, 2));

/** The formula. */
export function show(t: Term): string {
  switch (t.kind) {
    case "number":
      return /^\d+$/.test(t.text) ? t.text : `(${t.text})`;
    case "data":
      return /^\w+$|^\w+\([^()]*\)$/.test(t.text) ? t.text : `(${t.text})`;
    case "parameter":
    case "fixed":
      return t.text;
    case "call":
      return `${t.name}(${t.parts.map(bare).join(", ")})`;
    case "sum":
    case "product":
    case "quotient":
      return `(${bare(t)})`;
    case "power":
      return `${grip(t.parts[0])}^${/^\d+$/.test(t.exponent) ? t.exponent : `(${t.exponent})`}`;
    case "real power":
      return `${grip(t.parts[0])}^(${bare(t.parts[1])})`;
  }
}

/** The formula without outer brackets. */
export function bare(t: Term): string {
  switch (t.kind) {
    case "sum":
      return t.parts.map(show).join(" + ");
    case "product":
      return t.parts.map(show).join("*");
    case "quotient":
      return `${show(t.parts[0])}/${grip(t.parts[1])}`;
    default:
      return show(t);
  }
}

/** What binds at least as tightly as a power. */
const grip = (t: Term): string => (/power$/.test(t.kind) ? `(${show(t)})` : show(t));

export const parts = (t: Term): readonly Term[] => ("parts" in t ? t.parts : []);

/** The names of the parameters in it. */
export function parametersOf(t: Term): ReadonlySet<string> {
  return t.kind === "parameter" ? new Set([t.text]) : new Set(parts(t).flatMap((p) => [...parametersOf(p)]));
}

/** Every node with the path of part numbers that leads to it; arguments that are fixed are left out. */
export function nodes(t: Term, path: readonly number[] = []): { node: Term; path: readonly number[] }[] {
  if (t.kind === "fixed") return [];
  return [{ node: t, path }, ...parts(t).flatMap((p, k) => nodes(p, [...path, k]))];
}

/** The same tree with another node at the path. */
export function replace(t: Term, [first, ...rest]: readonly number[], by: Term): Term {
  if (first === undefined) return by;
  const changed = parts(t).map((p, k) => (k === first ? replace(p, rest, by) : p));
  return { ...t, parts: changed } as Term;
}

/** Whether it is surely > 0 wherever it has a value. */
export function isPositive(t: Term): boolean {
  switch (t.kind) {
    case "number":
      return !/^-|^0$/.test(t.text);
    case "call":
      return /^(exp|cosh|sigmoid|softplus)$/.test(t.name) || (t.name === "sqrt" && t.parts.every(isPositive));
    case "sum":
      return t.parts.every(isNonnegative) && t.parts.some(isPositive);
    case "product":
    case "quotient":
      return t.parts.every(isPositive);
    case "power":
      return isPositive(t.parts[0]);
    default:
      return false;
  }
}

const isNonnegative = (t: Term): boolean =>
  isPositive(t) ||
  (t.kind === "power" && /^\d*[02468]$/.test(t.exponent)) ||
  (t.kind === "product" && t.parts.every(isNonnegative));

/** Seeded choices. */
export interface Dice {
  chance(probability: number): boolean;
  /** A whole number from lo to hi. */
  integer(lo: number, hi: number): number;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const integer = (lo: number, hi: number): number => lo + Math.floor(random() * (hi - lo + 1));
  return {
    chance: (probability) => random() < probability,
    integer,
    pick: (items) => items[integer(0, items.length - 1)]!,
    shuffle(items) {
      const list = [...items];
      for (let k = list.length - 1; k > 0; k--) {
        const j = integer(0, k);
        [list[k], list[j]] = [list[j]!, list[k]!];
      }
      return list;
    },
  };
}
