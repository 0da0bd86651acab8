/** Certificates of linear closure: plain data, every object named in formulas, checkable without this toolkit. */

/** The version of the certificate format. */
export const FORMAT = 1;

/** ∂_a basis = matrices[a]·basis; formula = Σ coordinates·basis, coordinates free of the node's parameters. */
export interface Closure {
  readonly basis: readonly string[];
  readonly matrices: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly coordinates: readonly string[];
}

/** A tree by the closure lemma: sums and products of expressions in disjoint parameters are closed where these are. */
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
  /** The whole closure, where it has at most 32 elements. */
  readonly basis?: readonly string[];
  readonly matrices?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly coordinates?: readonly string[];
}
