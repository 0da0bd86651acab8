/** What a primitive's row declares. From the row follow derivatives, tower, closure, cascade, code and print. */
import type { Gaussian } from "../exact/rational.ts";
import type { Term } from "./term.ts";

/** The languages code is emitted for. Adding one here makes the compiler list every row that lacks it. */
export type Target = "js";

/** Where a function of one argument fails to be analytic on the real line. */
export type Analyticity =
  | { readonly kind: "entire" }
  /** Analytic on the whole real line, with singularities off it. */
  | { readonly kind: "real" }
  /** Analytic where `condition` holds; `$` stands for the argument. */
  | { readonly kind: "domain"; readonly condition: string }
  /** Continuous or not, but never analytic where the argument meets `at`. */
  | { readonly kind: "kink"; readonly at: string };

/**
 * Code in the slots `u v du dv s e hs he t f base shifted` (term.ts); or the function as a composition in the slots `u v`,
 * whose parts have stable increments, so that the rules of sums, products and calls give one. Parts that stand several times
 * in a term are computed once where they are the same object.
 */
export type Cascade = { readonly shifted: Term; readonly increment: Term } | { readonly by: Term };

export interface Primitive {
  readonly name: string;
  /** Written as an operator: it is no function of the language. */
  readonly operator?: true;
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  /** Values of arguments that may be left out, from the right. */
  readonly defaults?: readonly Term[];
  readonly analytic: Analyticity;
  /** Sign of every value on the real domain. */
  readonly sign?: "positive" | "nonnegative";
  readonly parity?: "even" | "odd";
  /** The value at 0, where it is rational. */
  readonly atZero?: Gaussian;
  /** ∂/∂u, ∂/∂v, … in the slots `u`, `v`, null where the language has no name for it: the presentation of the differential ring. */
  readonly derivatives?: readonly (Term | null)[];
  /** The same function by others, in the end by exp, log, abs, floor and those without such a term; `u`, `v` as above. */
  readonly elementary?: Term;
  /** The real root of this order. */
  readonly root?: number;
  /** h(u) = Σ coefficient·exp(multiplier·u). */
  readonly exponentials?: readonly { readonly coefficient: Gaussian; readonly multiplier: Gaussian }[];
  /**
   * h(u + du), of two arguments h(u + du, v + dv), exactly wherever both arguments are in the domain: in the slots `u v du
   * dv`. Without `dv` it holds for a second argument that does not move.
   */
  readonly addition?: { readonly law: string; readonly value: Term };
  /** The equation by which it is bounded where it has no addition law: differential or algebraic. */
  readonly law?: string;
  /** Stable code for the value at the shifted arguments and for the increment (theory: increments without cancellation). */
  readonly cascade?: Cascade;
  /** LaTeX, `#1` and `#2` standing for the arguments. */
  readonly latex: string;
  /** Native function of the target, or a lowering to other primitives, or null where there is none yet. */
  readonly code: Readonly<Record<Target, { readonly native: string } | { readonly lower: Term } | null>>;
}

export type PrimitiveTable = ReadonlyMap<string, Primitive>;
