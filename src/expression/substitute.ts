/** Substitution: of bound indices, of sizes by numbers, of symbols by expressions; and the unrolling of folds. */
import type { Budget } from "../errors.ts";
import { DescentError } from "../errors.ts";
import { G_ONE, gConjugate } from "../exact/rational.ts";
import {
  type Affine,
  addAffine,
  boundIndex,
  type IndexMap,
  instantiateAffine,
  isLiteral,
  literal,
  mapBound,
  shiftAffine,
} from "./affine.ts";
import { type Algebra, children, HAS, type Node, postorder, type SymbolNode } from "./node.ts";

/** What `rebuild` replaces; what is left out stays. */
export interface Replacement {
  /** Image of a free index of the root, as seen from outside of it. */
  readonly index?: IndexMap;
  readonly sizes?: ReadonlyMap<string, number>;
  /** Replacement of a symbol; it must not contain bound indices other than through the symbol's own. */
  readonly symbol?: (node: SymbolNode) => Node | undefined;
}

/** Rebuilds `root` with everything that `how` replaces. Linear in the number of nodes per binder depth. */
export function rebuild(algebra: Algebra, root: Node, how: Replacement): Node {
  const memo = new Map<string, Node>();
  const affine = (a: Affine, depth: number): Affine => {
    const sized = how.sizes === undefined ? a : instantiateAffine(a, how.sizes);
    const index = how.index;
    if (index === undefined) return sized;
    return mapBound(sized, (k) => (k < depth ? boundIndex(k) : shiftAffine(index(k - depth), depth)));
  };
  const only = how.sizes === undefined && how.symbol === undefined;
  const visit = (node: Node, depth: number): Node => {
    if (node.kind === "number") return node;
    if (only && (node.free.at(-1) ?? -1) < depth) return node;
    const key = `${node.id}:${depth}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const made = remake(node, depth);
    memo.set(key, made);
    return made;
  };
  const remake = (node: Exclude<Node, { kind: "number" }>, depth: number): Node => {
    switch (node.kind) {
      case "symbol": {
        const indices = node.indices.map((a) => affine(a, depth));
        const same = algebra.symbol(node.name, node.role, indices);
        return how.symbol?.(same as SymbolNode) ?? same;
      }
      case "integer":
        return algebra.integer(affine(node.value, depth));
      case "test":
        return algebra.test(node.test, affine(node.value, depth));
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [c, visit(term, depth)]));
      case "product":
        return algebra.product(node.factors.map(([base, k]) => [visit(base, depth), k]));
      case "call":
        return algebra.call(
          node.name,
          node.args.map((arg) => visit(arg, depth)),
        );
      case "fold":
        return algebra.fold({
          ...node,
          lo: affine(node.lo, depth),
          hi: affine(node.hi, depth),
          except: node.except.map((a) => affine(a, depth + 1)),
          body: visit(node.body, depth + 1),
        });
    }
  };
  return visit(root, 0);
}

/** `body` with its index 0 replaced by `value`, which is seen from outside the fold; outer indices move down by one. */
export function substituteIndex(algebra: Algebra, body: Node, value: Affine): Node {
  return rebuild(algebra, body, { index: (k) => (k === 0 ? value : boundIndex(k - 1)) });
}

/** Raises the free indices from `cutoff` on by `by`. */
export function shift(algebra: Algebra, node: Node, by: number, cutoff = 0): Node {
  return rebuild(algebra, node, { index: (k) => boundIndex(k < cutoff ? k : k + by) });
}

/** Replaces sizes by numbers. */
export const instantiate = (algebra: Algebra, node: Node, sizes: ReadonlyMap<string, number>): Node =>
  sizes.size === 0 ? node : rebuild(algebra, node, { sizes });

/** A node with its direct children replaced; index expressions stay. */
export function mapChildren(algebra: Algebra, node: Node, image: (child: Node) => Node): Node {
  switch (node.kind) {
    case "sum":
      return algebra.combine(node.terms.map(([c, term]) => [c, image(term)]));
    case "product":
      return algebra.product(node.factors.map(([base, k]) => [image(base), k]));
    case "call":
      return algebra.call(node.name, node.args.map(image));
    case "fold":
      return algebra.fold({ ...node, body: image(node.body) });
    default:
      return node;
  }
}

/** The complex conjugate, symbols being real and primitives real-analytic. */
export function conjugate(algebra: Algebra, root: Node): Node {
  const memo = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    const known = memo.get(node);
    if (known !== undefined) return known;
    const made = remake(node);
    memo.set(node, made);
    return made;
  };
  const remake = (node: Node): Node => {
    switch (node.kind) {
      case "number":
        return algebra.number(gConjugate(node.value));
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [gConjugate(c), visit(term)]));
      case "product":
        return algebra.product(node.factors.map(([base, k]) => [visit(base), k]));
      case "call":
        return algebra.call(node.name, node.args.map(visit));
      case "fold":
        return algebra.fold({ ...node, body: visit(node.body) });
      default:
        return node;
    }
  };
  return visit(root);
}

/** A model with more terms than this keeps its sums and products: then its form is decided with them or not at all. */
const MOST_TERMS = 5_000;

const TOO_LONG = `a sum or product has more than ${MOST_TERMS} terms when it is written out`;

/** Whether sums and products with numbers for bounds are short enough to be written out: of at most so many terms. */
export function isShort(root: Node, most = MOST_TERMS): boolean {
  const memo = new Map<string, number>();
  /** `outer` is the longest length around, for bounds that are indices. */
  const count = (node: Node, outer: number): number => {
    if ((node.has & HAS.fold) === 0) return 1;
    const key = `${node.id} ${outer}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    let own = 1;
    let inside = outer;
    if (node.kind === "fold") {
      const length = extent(node.lo, node.hi);
      own = isLiteral(length) ? Math.max(length.constant, 1) : outer;
      inside = Math.max(own, outer);
    }
    const total = own * children(node).reduce((n, child) => n + count(child, inside), 0);
    memo.set(key, total);
    return total;
  };
  return count(root, 1) <= most;
}

/**
 * Unrolls every fold whose bounds are numbers by then; the result of an architecture with given sizes has none.
 * Throws a `DescentError` where a bound still has an open size.
 */
export function expand(algebra: Algebra, root: Node, budget: Budget): Node {
  const memo = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    const known = memo.get(node);
    if (known !== undefined) return known;
    budget.spend();
    const made = remake(node);
    memo.set(node, made);
    return made;
  };
  const remake = (node: Node): Node => {
    switch (node.kind) {
      case "fold": {
        if (!isLiteral(node.lo) || !isLiteral(node.hi)) {
          const open = [...node.lo.sizes, ...node.hi.sizes].map(([name]) => name);
          throw new DescentError("unsupported", `the sizes ${[...new Set(open)].join(", ")} are open`, {
            accepted: `numbers for them: --sizes ${[...new Set(open)].map((s) => `${s}=2`).join(",")}`,
          });
        }
        const items: Node[] = [];
        for (let value = node.lo.constant; value <= node.hi.constant; value++) {
          budget.spend(4);
          const skip = node.except.some((a) => {
            const at = mapBound(a, (k) => (k === 0 ? literal(value) : boundIndex(k - 1)));
            return isLiteral(at) && at.constant === 0;
          });
          if (!skip) items.push(visit(substituteIndex(algebra, node.body, literal(value))));
        }
        return node.op === "sum"
          ? algebra.combine(items.map((item) => [G_ONE, item]))
          : algebra.product(items.map((item) => [item, 1]));
      }
      default:
        return mapChildren(algebra, node, visit);
    }
  };
  return visit(root);
}

/**
 * Unrolls sums and products with numbers for bounds that stand inside of a function or a power, and no others; for models
 * of which other sizes are open.
 */
export function expandInside(algebra: Algebra, root: Node, budget: Budget): Node {
  const visit = (node: Node, inside: boolean): Node => {
    budget.spend();
    switch (node.kind) {
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [c, visit(term, inside)]));
      case "product":
        return algebra.product(node.factors.map(([base, k]) => [visit(base, inside || k !== 1), k]));
      case "call":
        return algebra.call(
          node.name,
          node.args.map((arg) => visit(arg, true)),
        );
      case "fold": {
        const own = algebra.fold({ ...node, body: visit(node.body, inside) });
        if (!inside || own.kind !== "fold") return own;
        const closed = isLiteral(own.lo) && isLiteral(own.hi);
        const apart = own.except.every((a) => a.sizes.length === 0 && a.bound.every(([k]) => k === 0));
        if (!closed || !apart || hasOpenFold(own.body)) return own;
        if (!isShort(own)) throw new DescentError("budget", TOO_LONG);
        return expand(algebra, own, budget);
      }
      default:
        return node;
    }
  };
  return visit(root, false);
}

const hasOpenFold = (root: Node): boolean =>
  postorder(root).some((node) => node.kind === "fold" && !(isLiteral(node.lo) && isLiteral(node.hi)));

/** hi − lo + 1, the number of values of a fold's index before exclusions. */
export const extent = (lo: Affine, hi: Affine): Affine => addAffine(addAffine(hi, lo, -1), literal(1));
