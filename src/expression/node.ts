/** The nodes of the expression DAG. Equal expressions of one algebra are the same object (hash-consing). */
import type { Gaussian, Rational } from "../exact/rational.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";
import type { Affine } from "./affine.ts";

/** What a symbol stands for. */
export type Role = "parameter" | "step" | "input" | "target" | "constant";

/** Bits of `Common.has`: the roles that occur in an expression, and whether tests, folds, i do. */
export const HAS: Readonly<Record<Role | "test" | "fold" | "complex", number>> = {
  parameter: 1,
  step: 2,
  input: 4,
  target: 8,
  constant: 16,
  test: 32,
  fold: 64,
  complex: 128,
};

interface Common {
  /** Grows in the order of creation, so that sorting by it keeps the reading order of a formula. */
  readonly id: number;
  /** De Bruijn numbers of the bound indices that are free here, ascending. */
  readonly free: readonly number[];
  readonly has: number;
  readonly depth: number;
}

export interface NumberNode extends Common {
  readonly kind: "number";
  readonly value: Gaussian;
}

export interface SymbolNode extends Common {
  readonly kind: "symbol";
  readonly name: string;
  readonly role: Role;
  readonly indices: readonly Affine[];
}

/** An index or size used as a number. */
export interface IntegerNode extends Common {
  readonly kind: "integer";
  readonly value: Affine;
}

/** Iverson's bracket: `equal` is Kronecker's delta [value = 0], `unequal` is [value ≠ 0]. */
export interface TestNode extends Common {
  readonly kind: "test";
  readonly test: "equal" | "unequal";
  readonly value: Affine;
}

/** A linear combination; the constant term stands with the node 1. */
export interface SumNode extends Common {
  readonly kind: "sum";
  readonly terms: readonly (readonly [Gaussian, Node])[];
}

/** A product of integer powers, without numeric factor. */
export interface ProductNode extends Common {
  readonly kind: "product";
  readonly factors: readonly (readonly [Node, number])[];
}

/** A primitive applied to its arguments. */
export interface CallNode extends Common {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Node[];
}

/** An indexed sum or product over lo ≤ index ≤ hi; every expression in `except` must be nonzero. */
export interface FoldNode extends Common {
  readonly kind: "fold";
  readonly op: "sum" | "prod";
  readonly lo: Affine;
  readonly hi: Affine;
  /** In the scope of the bound index, like `body`. */
  readonly except: readonly Affine[];
  readonly body: Node;
  /** The name the index had where it was first written: for printing, never part of the identity. */
  readonly hint: string;
}

export type Node =
  | NumberNode
  | SymbolNode
  | IntegerNode
  | TestNode
  | SumNode
  | ProductNode
  | CallNode
  | FoldNode;

export type SumTerm = readonly [Gaussian, Node];
export type Factor = readonly [Node, number];
export type FoldParts = Pick<FoldNode, "op" | "lo" | "hi" | "except" | "body" | "hint">;

/** One universe of hash-consed expressions over a table of primitives. Nodes of two algebras must not be mixed. */
export interface Algebra {
  readonly primitives: PrimitiveTable;
  readonly zero: Node;
  readonly one: Node;
  /** The node with this id; throws where there is none. */
  node(id: number): Node;
  number(value: Gaussian | Rational | number): Node;
  symbol(name: string, role: Role, indices?: readonly Affine[]): Node;
  integer(value: Affine): Node;
  test(test: "equal" | "unequal", value: Affine): Node;
  /** Σ coefficient·node. */
  combine(terms: readonly SumTerm[]): Node;
  add(...nodes: Node[]): Node;
  subtract(a: Node, b: Node): Node;
  scale(by: Gaussian | Rational | number, node: Node): Node;
  /** Π base^exponent, exponents integers; throws where a zero would be inverted. */
  product(factors: readonly Factor[]): Node;
  multiply(...nodes: Node[]): Node;
  /** An integer exponent gives a product, any other exp(exponent·log(base)). */
  power(base: Node, exponent: Node): Node;
  call(name: string, args: readonly Node[]): Node;
  fold(parts: FoldParts): Node;
}

/** Direct children, not the index expressions. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "sum":
      return node.terms.map(([, term]) => term);
    case "product":
      return node.factors.map(([base]) => base);
    case "call":
      return node.args;
    case "fold":
      return [node.body];
    default:
      return [];
  }
}

/** All nodes below `root`, children before parents, each once. */
export function postorder(root: Node): Node[] {
  const seen = new Set<Node>();
  const order: Node[] = [];
  const stack: { node: Node; done: boolean }[] = [{ node: root, done: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.done) order.push(top.node);
    else if (!seen.has(top.node)) {
      seen.add(top.node);
      stack.push({ node: top.node, done: true });
      for (const child of [...children(top.node)].reverse()) stack.push({ node: child, done: false });
    }
  }
  return order;
}

/** The distinct symbols of one role, in the order of their first occurrence by name. */
export function symbols(root: Node, role: Role): SymbolNode[] {
  return postorder(root).filter((node): node is SymbolNode => node.kind === "symbol" && node.role === role);
}

/** Names of the symbols of one role. */
export function names(root: Node, role: Role): ReadonlySet<string> {
  return new Set(symbols(root, role).map((node) => node.name));
}
