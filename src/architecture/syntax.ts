/** The syntax tree of a formula as it was written: nothing simplified, no name given a meaning. */
import type { Rational } from "../exact/rational.ts";

/**
 * Where a piece of a formula stands. Lines and columns count from 1, columns and lengths in UTF-16 units; the length
 * of a piece of several lines ends with its first line. Brackets around a piece belong to the pieces around it.
 */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "^";

/** The condition `left != right` on the index of a fold. */
export interface Exclusion {
  readonly left: Syntax;
  readonly right: Syntax;
}

/** A long sum is a deep tree, leaning left: every walk must be iterative. */
export type Syntax =
  | { readonly kind: "number"; readonly value: Rational; readonly span: Span }
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | {
      readonly kind: "indexed";
      readonly name: string;
      readonly indices: readonly Syntax[];
      readonly span: Span;
    }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Syntax[]; readonly span: Span }
  | {
      readonly kind: "binary";
      readonly op: BinaryOperator;
      readonly left: Syntax;
      readonly right: Syntax;
      readonly span: Span;
    }
  | { readonly kind: "negate"; readonly arg: Syntax; readonly span: Span }
  | {
      readonly kind: "fold";
      readonly op: "sum" | "prod";
      /** In the scope of `index`, as is `except`. */
      readonly body: Syntax;
      readonly index: string;
      readonly lo: Syntax;
      readonly hi: Syntax;
      /** All of them must hold; absent where the fold has no condition. */
      readonly except?: readonly Exclusion[];
      readonly span: Span;
    };

/** The direct parts of a node, in reading order. */
export function parts(node: Syntax): readonly Syntax[] {
  switch (node.kind) {
    case "number":
    case "name":
      return [];
    case "indexed":
      return node.indices;
    case "call":
      return node.args;
    case "binary":
      return [node.left, node.right];
    case "negate":
      return [node.arg];
    case "fold": {
      const conditions = (node.except ?? []).flatMap(({ left, right }) => [left, right]);
      return [node.body, node.lo, node.hi, ...conditions];
    }
  }
}

/**
 * All nodes of a tree, every part before the whole it belongs to, parts in reading order.
 *
 * @example
 * postorder(readFormula("a + b*x")).map((node) => node.kind); // ["name", "name", "name", "binary", "binary"]
 */
export function postorder(root: Syntax): Syntax[] {
  const order: Syntax[] = [];
  const pending: Syntax[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    order.push(node);
    pending.push(...parts(node));
  }
  return order.reverse();
}
