/** What a tower offers, and what its parts share. */
import * as F from "../../exact/fraction.ts";
import * as P from "../../exact/polynomial.ts";
import { G_ONE, type Gaussian, type Rational, rational, sign } from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Element, Generator } from "./generator.ts";

/** Thrown where a generator was too coarse: everything is built anew with its argument divided. */
export class Finer extends Error {}

/** Arguments that are to be divided or taken by other units, and expressions known to be positive, by their keys: kept from one build to the next. */
export interface Hints {
  readonly divisors: Map<string, number>;
  /** The multiples of exponents of which exponentials are made, instead of the first ones that occur. */
  readonly units: Map<string, Rational>;
  readonly positive: Set<string>;
  /** Arguments of logarithms since the set was last emptied: they are positive if no side of a kink was chosen for them. */
  readonly logarithms: Set<string>;
}

export interface Tower extends Arithmetic, Signs {
  readonly generators: readonly Generator[];
  readonly doubts: readonly string[];
  symbol(node: SymbolNode): Element;
  number(value: Gaussian | Rational | number): Element;
  /** The generator of a key, made where there is none yet. */
  variable(key: string, make: () => Generator): Element;
  has(key: string): boolean;
  exp(a: Element): Element;
  log(c: Element): Element;
  atan(u: Element): Element;
  /** log |Γ(u)| */
  logGamma(u: Element, gamma: Element): Element;
  /** The real root; of a negative number where the order is odd. */
  root(a: Element, order: number): Element;
  special(name: string, args: readonly Element[], square?: Element): Element;
  cell(name: "abs" | "floor", argument: Element): Element;
  constant(note: string): Element;
  pi(): Element;
  doubt(reason: string): void;
  conjugate(a: Element): Element | undefined;
  /** The derivative by a symbol, or by another generator as if it were one; undefined where a function has no derivative in the tower: with `formal` a generator stands for it then. */
  derivative(a: Element, symbol: number, formal?: boolean): Element | undefined;
  /** Throws `unsupported` for an argument that is not real. */
  requireReal(a: Element, what: string): void;
  isWave(variable: number): boolean;
  isPi(variable: number): boolean;
  hasParameter(variable: number): boolean;
  symbolsOf(variable: number): ReadonlySet<number>;
  /** Numbers of the symbols on which an element depends, through all its generators. */
  symbolsIn(a: Element): ReadonlySet<number>;
}

/** What the tower asks of whoever knows signs and values. */
export interface Signs {
  /** Surely positive or negative wherever it is defined. */
  signOf(a: Element): 1 | -1 | undefined;
  /** |a| */
  absolute(a: Element): Element;
  /** The one integer k that makes a − kπ/parts vanish at every point that was tried. */
  turns(a: Element, parts: number): number | undefined;
  /** Bounds of a function of the data at a datum; throws `unsupported` where they do not exclude 0. */
  valueAt(a: Element, datum: number): { readonly lo: number; readonly hi: number };
}

export const isNumber = (a: Element): boolean => P.totalDegree(a.numerator) <= 0 && F.isPolynomial(a);
export const numberOf = (a: Element): Gaussian => P.evaluate(a.numerator, () => G_ONE);

export function gcdOf(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcdOf(b, a % b);
}
export const lcm = (a: bigint, b: bigint): bigint => (a / gcdOf(a, b)) * b;
export const absolute = (a: Rational): Rational => (sign(a) < 0 ? rational(-a.num, a.den) : a);
