/**
 * Separability: whether f is, for generic parameters, a finite sum of products of functions of one input each, read off
 * the structure of the formula. The rank is the number of products written, an upper bound of the true one; it is an
 * expression in the sizes that are open.
 */
import { rational, toNumber } from "../../exact/rational.ts";
import { boundIndex, leastValue } from "../../expression/affine.ts";
import {
  type Algebra,
  children,
  type FoldNode,
  HAS,
  type Node,
  postorder,
  type SymbolNode,
} from "../../expression/node.ts";
import { print } from "../../expression/print.ts";
import { extent, shift } from "../../expression/substitute.ts";

export interface Structure {
  /** null: not read off the formula. */
  readonly holds: true | null;
  readonly rank: number | string | null;
  readonly reason: string;
}

/**
 * The number of products in h(a·b) for a and b of one input each, wherever it is defined: sign, cbrt and abs are
 * multiplicative, √(ab) = √|a|·√|b|, and relu and leaky_relu are combinations of u and |u|.
 */
const MULTIPLICATIVE: ReadonlyMap<string, number> = new Map([
  ["abs", 1],
  ["sign", 1],
  ["sqrt", 1],
  ["cbrt", 1],
  ["relu", 2],
  ["leaky_relu", 2],
]);

/** Input symbols by key. A fold over an input's index stands for many inputs, which have no symbol of their own. */
type Inputs = ReadonlyMap<string, SymbolNode | undefined>;

/** Whether an expression is separable in the inputs that occur in it, as far as its structure shows. */
export function separability(algebra: Algebra, root: Node): Structure {
  const inputs = inputsOf(algebra, root);
  if (inputs.get(root)!.size <= 1) return { holds: true, rank: 1, reason: "one input" };
  const ranks = new Map<Node, Node | null>();
  let obstacle = "";
  const single = (node: Node): boolean => inputs.get(node)!.size <= 1;
  const { one } = algebra;

  /** Whether a node is a sum of functions of one input each, factors without inputs aside. */
  const additive = (node: Node): boolean => {
    if (single(node)) return true;
    if (node.kind === "sum") return node.terms.every(([, term]) => additive(term));
    if (node.kind === "fold") return node.op === "sum" && additive(node.body);
    // log|a·b| = log|a| + log|b|
    if (node.kind === "call") return node.name === "log" && ranks.get(node.args[0]!) === one;
    if (node.kind !== "product") return false;
    const mixed = node.factors.filter(([base]) => inputs.get(base)!.size > 0);
    return mixed.length === 1 && mixed[0]![1] === 1 && additive(mixed[0]![0]);
  };

  /** The inputs of a sum over an index of functions of one input each. */
  const spanOf = (node: Node): string | undefined => {
    if (node.kind === "product") {
      const mixed = node.factors.filter(([base]) => inputs.get(base)!.size > 0);
      return mixed.length === 1 && mixed[0]![1] === 1 ? spanOf(mixed[0]![0]) : undefined;
    }
    if (node.kind !== "fold" || node.op !== "sum" || !additive(node)) return undefined;
    if (!isReadAt(node.body, 0)) return spanOf(node.body);
    const [only, ...more] = inputs.get(node.body)!.keys();
    return more.length > 0 ? undefined : JSON.stringify([only, node.lo.key, node.hi.key]);
  };

  const rankOfSum = (node: Node & { kind: "sum" }): Node | null => {
    const parts: Node[] = [];
    const groups = new Map<string, SymbolNode | undefined>();
    /** Sums of functions of the same inputs are one such sum. */
    const spans = new Set<string>();
    const filled = new Set<string>();
    let absorbs = false;
    for (const [, term] of node.terms) {
      const own = inputs.get(term)!;
      if (own.size <= 1) {
        const [[key, symbol]] =
          own.size === 0 ? [["", undefined] as const] : ([...own] as [[string, SymbolNode]]);
        groups.set(key, symbol);
      } else {
        const part = ranks.get(term)!;
        if (part === null) return null;
        absorbs ||= additive(term) && isPositive(part);
        const span = spanOf(term);
        if (span !== undefined && spans.has(span)) continue;
        if (span !== undefined) {
          spans.add(span);
          if (isPositive(part)) filled.add(span);
        }
        parts.push(part);
      }
    }
    for (const [key, symbol] of groups) {
      // One of the inputs of such a sum.
      const ends = symbol?.indices.length === 1 ? symbol.indices[0]!.key : undefined;
      if (ends !== undefined && [...filled].some((span) => endsOf(symbol!, span).includes(ends)))
        groups.delete(key);
    }
    // A constant joins a function of one input.
    if (groups.size > 1 || absorbs) groups.delete("");
    return algebra.add(...parts, algebra.number(groups.size));
  };

  const rankOfProduct = (node: Node & { kind: "product" }): Node | null => {
    let total = one;
    for (const [base, k] of node.factors) {
      if (single(base)) continue;
      const part = ranks.get(base)!;
      if (part === null) return null;
      if (k < 0 && part !== one) {
        obstacle ||= "a sum over several inputs stands in a denominator";
        return null;
      }
      if (k > 0) total = algebra.multiply(total, multisets(algebra, part, k));
    }
    return total;
  };

  const rankOfCall = (node: Node & { kind: "call" }): Node | null => {
    const exponentials = algebra.primitives.get(node.name)?.exponentials;
    if (exponentials !== undefined && additive(node.args[0]!)) return algebra.number(exponentials.length);
    const [first, ...others] = node.args;
    if (ranks.get(first!) === one && others.every((arg) => inputs.get(arg)!.size === 0)) {
      const length = node.name === "pow" ? 1 : MULTIPLICATIVE.get(node.name);
      if (length !== undefined) return algebra.number(length);
      const own = inputs.get(first!)!;
      if (node.name === "log" && [...own.values()].every((symbol) => symbol !== undefined)) {
        return algebra.number(own.size);
      }
    }
    obstacle ||=
      exponentials === undefined
        ? `${node.name} of several inputs`
        : `the argument of ${node.name} is not a sum of functions of one input each`;
    return null;
  };

  const rankOfFold = (node: FoldNode): Node | null => {
    const count = extent(node.lo, node.hi);
    const body = single(node.body) ? one : ranks.get(node.body)!;
    if (body === null || (node.op === "prod" && body === one)) return body;
    if (count.bound.length > 0) {
      obstacle ||= "the length of a sum or product depends on an index";
      return null;
    }
    // The same inputs again and again.
    if (node.op === "sum" && additive(node.body) && !isReadAt(node.body, 0)) return body;
    const length = algebra.integer(count);
    return node.op === "sum" ? algebra.multiply(length, body) : algebra.power(body, length);
  };

  const rank = (node: Node): Node | null => {
    if (single(node)) return one;
    if (node.kind === "sum") return rankOfSum(node);
    if (node.kind === "product") return rankOfProduct(node);
    if (node.kind === "call") return rankOfCall(node);
    return node.kind === "fold" ? rankOfFold(node) : null;
  };

  for (const node of postorder(root)) ranks.set(node, rank(node));
  const found = ranks.get(root)!;
  if (found === null) return { holds: null, rank: null, reason: `not decided yet: ${obstacle}` };
  const value = found.kind === "number" ? toNumber(found.value.re) : print(found);
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    return { holds: null, rank: null, reason: "not decided yet: the rank is too large to count" };
  }
  return { holds: true, rank: value, reason: `${value} products of functions of one input each` };
}

/** C(n + k − 1, k), the number of products of k out of n with repetition; n^k where n is open. */
function multisets(algebra: Algebra, n: Node, k: number): Node {
  if (n.kind !== "number") return algebra.product([[n, k]]);
  let total: Node = n;
  for (let i = 2; i <= k; i++) {
    total = algebra.scale(rational(1, i), algebra.multiply(total, algebra.add(n, algebra.number(i - 1))));
  }
  return k === 0 ? algebra.one : total;
}

function inputsOf(algebra: Algebra, root: Node): Map<Node, Inputs> {
  const sets = new Map<Node, Inputs>();
  const none: Inputs = new Map();
  for (const node of postorder(root)) {
    if (node.kind === "symbol" && node.role === "input") sets.set(node, new Map([[inputKey(node), node]]));
    else if (node.kind === "fold") sets.set(node, outside(algebra, sets.get(node.body)!));
    else {
      const below = children(node).map((child) => sets.get(child)!);
      const largest = below.reduce((a, b) => (b.size > a.size ? b : a), none);
      const rest = below.filter((s) => [...s.keys()].some((key) => !largest.has(key)));
      sets.set(node, rest.length === 0 ? largest : new Map(below.flatMap((s) => [...s])));
    }
  }
  return sets;
}

/** The first and the last index of the inputs of a span, where it runs over a family of this symbol's name. */
function endsOf({ name }: SymbolNode, span: string): readonly string[] {
  const [only, ...ends] = JSON.parse(span) as [string, string, string];
  return only === `${name}[${boundIndex(0).key}]` ? ends : [];
}

/** Whether a number of products is at least 1 for all sizes of at least 1. */
const isPositive = (count: Node): boolean =>
  count.kind === "number" || (count.kind === "integer" && leastValue(count.value) >= 1);

/** Whether an input's index depends on the bound index of this number. */
function isReadAt(node: Node, bound: number): boolean {
  if ((node.has & HAS.input) === 0 || !node.free.includes(bound)) return false;
  if (node.kind === "symbol") return node.role === "input";
  if (node.kind === "fold") return isReadAt(node.body, bound + 1);
  return children(node).some((child) => isReadAt(child, bound));
}

const inputKey = (node: SymbolNode): string => `${node.name}[${node.indices.map((i) => i.key)}]`;

/** The inputs of a fold's body as seen from outside of the fold. */
function outside(algebra: Algebra, inner: Inputs): Inputs {
  const made = new Map<string, SymbolNode | undefined>();
  for (const [key, symbol] of inner) {
    if (symbol === undefined) made.set(key, symbol);
    else if (symbol.free.includes(0))
      made.set(`many ${symbol.name} 1`, undefined).set(`many ${symbol.name} 2`, undefined);
    else {
      const moved = shift(algebra, symbol, -1) as SymbolNode;
      made.set(inputKey(moved), moved);
    }
  }
  return made;
}
