/** Certificates of linear closure: plain data, every object named in formulas, checkable without this toolkit. */

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

export interface Certificate {
  readonly format: typeof FORMAT;
  readonly kind: "linear-closure";
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
