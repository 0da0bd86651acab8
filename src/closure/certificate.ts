/** Certificates of linear closure: plain data, every object named in formulas, checkable without this toolkit. */

import type { HankelWitness } from "./probe.ts";

/** The version of the certificate format. */
export const FORMAT = 1;

/**
 * ∂_a basis = matrices[a]·basis; formula = Σ coordinates·basis, coordinates free of the node's parameters. The members of a
 * family under a sum, such as w[k,i] in sum(w[k,i]*x[i], i, 1, d), have one matrix, for every i of the range.
 */
export interface Closure {
  /** Indices that are free in matrices and in the names of their parameters beyond those of the node. */
  readonly indices?: readonly { readonly name: string; readonly lo: string; readonly hi: string }[];
  readonly basis: readonly string[];
  readonly matrices: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly coordinates: readonly string[];
}

/**
 * A restriction bounds tier and degree from below. All members of a family with some index ≥ 2 get a constant value: the
 * one listed for their pattern of indices, else 0. The terms of every sum from index 2 on are then 0 (or all equal), the
 * factors of every product 1, and what is left is an expression without sums and products over indices, the same for all
 * sizes from 1 on.
 */
export type Restriction = readonly {
  readonly family: string;
  readonly indices: readonly ("1" | ">=2")[];
  readonly value: string;
}[];

/**
 * A tree by the closure lemma: sums and products of closed expressions are closed, with M⊕M' and M⊗1 + 1⊗M' for their
 * matrices, whether they share parameters or not. Where they do, the tree bounds tier and degree from above only.
 */
export type ClosureNode =
  | ({ readonly node: "atom"; readonly formula: string; readonly dimension: number } & Closure)
  | {
      readonly node: "sum" | "product";
      readonly formula: string;
      /** A number, or an expression in the open sizes. */
      readonly dimension: number | string;
      /** Of a sum or product of open length; its one child then stands for every term. */
      readonly index?: { readonly name: string; readonly lo: string; readonly hi: string };
      readonly children: readonly ClosureNode[];
    };

/**
 * `of` is absent where the certificate is of the model. `outputs`: of Σ_c y_c f_c. `optimality`: of Σ_a Δ_a ∂L/∂θ_a for one
 * datum; the step of `A[j]` is `Delta_A[j]`.
 */
export interface Certificate {
  readonly format: typeof FORMAT;
  readonly kind: "linear-closure";
  readonly of?: "outputs" | "optimality";
  readonly model: string;
  readonly parameters: readonly string[];
  /** An upper bound of the dimension of the span of all derivatives. */
  readonly dimension: number | string;
  readonly tree: ClosureNode;
  /** Where the tree alone does not prove that tier and degree are no lower. */
  readonly restriction?: Restriction;
  /** The whole closure, where it has at most 32 elements. */
  readonly basis?: readonly string[];
  readonly matrices?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly coordinates?: readonly string[];
}

/**
 * A certificate of a tier by the structure of a formula: for those above the linear closures, and where a linear closure is
 * not written out. The upper bound is read off `form` by rules for each function; the
 * lower bound is a proof in a tower of algebraically independent generators.
 */
export interface LadderCertificate {
  readonly format: typeof FORMAT;
  readonly kind:
    | "polynomial"
    | "exponential-polynomial"
    | "addition-theorem"
    | "cascade"
    | "holonomic"
    | "differential-ring";
  readonly of?: "outputs" | "optimality";
  /** The canonical model. */
  readonly model: string;
  readonly parameters: readonly string[];
  /** Equal to the model wherever both are finite; the upper bound is read off it. */
  readonly form: string;
  /** The functions of parameters that stand in `form`, inner ones first, each with the rule that bounds it. */
  readonly rules: readonly Rule[];
  readonly lower: Lower;
  /** That `lower.model` has no linear closure of a small dimension, by its values on a line of parameters. */
  readonly hankel?: HankelWitness;
}

export interface Rule {
  readonly formula: string;
  /** The highest tier that the parts allow this function to have. */
  readonly tier: string;
  /** The addition law, the differential equation or the composition that the bound rests on, in words and formulas. */
  readonly law: string;
}

/** A tower of generators, the model as a rational function of them, and why it is in no lower tier. */
export interface Lower {
  readonly restriction?: Restriction;
  /** Rational values of parameters: for a model without indexed sums and products in place of a restriction. */
  readonly values?: Readonly<Record<string, string>>;
  /** What the restriction or the values leave of the model, without sums and products over indices. */
  readonly model: string;
  readonly generators: readonly Generator[];
  /** model = numerator/denominator: polynomials over Q(i) in parameters, inputs, pi and names of generators, coprime. */
  readonly numerator: string;
  readonly denominator: string;
  readonly proofs: readonly Proof[];
}

export interface Generator {
  /** `t1`, `t2`, …; no name of the model. */
  readonly name: string;
  /** A function of the language, or `root` for the positive root of `order`. */
  readonly function: string;
  /** In parameters, inputs, pi and names of earlier generators; `complex(0, 1)*(…)` in exponentials of waves. */
  readonly arguments: readonly string[];
  readonly order?: number;
}

/**
 * Why the model is in no tier up to `against`, jointly or as a function of one family, the others held at generic values.
 *
 * - `pole`: for generic values of everything but `variable`, an active parameter or exponential, the denominator has a zero
 *   other than 0 that is none of the numerator's. Independent exponentials and the parameters make a Laurent ring, in which
 *   a quotient in lowest terms lies exactly where its denominator is a unit.
 * - `generator`: the model depends on a generator that is algebraically independent of all functions of the tier.
 */
export interface Proof {
  readonly family?: string;
  readonly against: string;
  readonly kind: "pole" | "generator";
  /** The name of a generator, or for poles of a parameter. */
  readonly variable: string;
  /** The theorem, with its source. */
  readonly theorem: string;
}
