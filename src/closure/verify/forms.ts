/** What the checker's algebra offers, and the functions that it writes in exponentials. */
import type { Syntax } from "../../architecture/syntax.ts";
import type * as P from "../../exact/polynomial.ts";
import { type Gaussian, gaussian, gMultiply, rational, ZERO } from "../../exact/rational.ts";
import type { Names } from "./affine.ts";

/** By the key of the exponent; empty exactly for the zero function of independent generators. */
export type Form = ReadonlyMap<
  string,
  { readonly exponent: P.Polynomial; readonly coefficient: P.Polynomial }
>;

export interface Forms {
  /** The form of a formula; throws `unsupported` where a parameter stands outside of the class. */
  of(syntax: Syntax, names?: Names): Form;
  add(a: Form, b: Form): Form;
  subtract(a: Form, b: Form): Form;
  multiply(a: Form, b: Form): Form;
  /** ∂form/∂(the parameter with this text, such as `A[j,i,p]`). */
  derivative(form: Form, parameter: string): Form;
  /**
   * Texts of the parameters that occur in a form; those under a sum over an open index with the mark of that index, such
   * as `w[~0.5~]`.
   */
  parametersIn(form: Form): ReadonlySet<string>;
  /** The mark of the index of a sum: how many such sums enclose it, and its range. */
  sumIndex(depth: number, lo: string, hi: string): string;
  /** Whether a sum over an open index with parameters in it is a generator of the form. */
  hasSums(form: Form): boolean;
  /** What a generator stands for: a name, a member, a function of the data, a sum. */
  textOf(generator: number): string;
  /** Texts of the parameters in a generator. */
  parametersOf(generator: number): ReadonlySet<string>;
  /** Total degree in the parameters of a form without exponentials in them. */
  degree(form: Form): number;
  /** Whether a = c·b for some c without parameters. */
  proportional(a: Form, b: Form): boolean;
}

/** Another reading of members of families, of sums and products over indices, and of the products around them. */
export interface Reading {
  /** The value of a member, by its indices in `names`; undefined where it stays a parameter. */
  member(name: string, indices: readonly Syntax[], names: Names): Form | undefined;
  fold(syntax: Syntax & { kind: "fold" }, names: Names, forms: FoldForms): Form;
}

export interface FoldForms extends Pick<Forms, "of" | "add" | "multiply"> {
  readonly one: Form;
  isOne(form: Form): boolean;
  /** Whether a generator of the form holds this mark of an index. */
  mentions(form: Form, mark: string): boolean;
}

export const I = gaussian(ZERO, rational(1));
const half = gaussian(rational(1, 2));
export const minus = gaussian(rational(-1));
/** name(u) = Σ c·e^(m u) */
export const WAVES: Readonly<Record<string, readonly (readonly [Gaussian, Gaussian])[]>> = {
  exp: [[gaussian(rational(1)), gaussian(rational(1))]],
  cosh: [
    [half, gaussian(rational(1))],
    [half, minus],
  ],
  sinh: [
    [half, gaussian(rational(1))],
    [gMultiply(minus, half), minus],
  ],
  cos: [
    [half, I],
    [half, gMultiply(minus, I)],
  ],
  sin: [
    [gMultiply(minus, gMultiply(I, half)), I],
    [gMultiply(I, half), gMultiply(minus, I)],
  ],
};
