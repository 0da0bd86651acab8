/** How expressions split: into parts in disjoint parameters, or into their terms and factors. */
import { compare, G_ONE, toNumber } from "../exact/rational.ts";
import { addAffine, boundIndex, isLiteral, sameAffine } from "../expression/affine.ts";
import {
  type Algebra,
  children,
  HAS,
  type Node,
  postorder,
  type SymbolNode,
  symbols,
} from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { rebuild } from "../expression/substitute.ts";

/** The families of which some member may stand in several terms of a fold with this body. */
export function sharedFamilies(body: Node): Set<string> {
  const shared = new Set<string>();
  const positions = new Map<string, number>();
  const seen = new Set<string>();
  const stack = [{ node: body, depth: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, depth } = top;
    if (seen.has(`${node.id}:${depth}`)) continue;
    seen.add(`${node.id}:${depth}`);
    if (node.kind === "symbol" && node.role === "parameter") {
      // The fold's own index is number `depth` inside of `depth` further folds.
      const at = node.indices.findIndex((a) => sameAffine(a, boundIndex(depth)));
      if (at < 0 || (positions.get(node.name) ?? at) !== at) shared.add(node.name);
      positions.set(node.name, at);
    }
    const inner = node.kind === "fold" ? depth + 1 : depth;
    for (const child of children(node)) stack.push({ node: child, depth: inner });
  }
  return shared;
}

/** A family with two members whose open indices do not keep them apart. */
export function mayCoincide(members: readonly SymbolNode[]): string | undefined {
  const apart = (a: SymbolNode, b: SymbolNode): boolean =>
    a.name !== b.name ||
    a.indices.some((index, k) => {
      const difference = addAffine(index, b.indices[k]!, -1);
      return isLiteral(difference) && difference.constant !== 0;
    });
  const open = members.filter((s) => !s.indices.every(isLiteral));
  return open.find((a) => members.some((b) => a !== b && !apart(a, b)))?.name;
}

/** The larger of two degrees; `max` of them where they cannot be compared. */
export function largest(algebra: Algebra, a: Node, b: Node): Node {
  if (a === b) return a;
  if (a.kind === "number" && b.kind === "number") return compare(a.value.re, b.value.re) < 0 ? b : a;
  if (a === algebra.zero) return b;
  return b === algebra.zero ? a : algebra.call("max", [a, b]);
}

/** An expression in sizes at given ones, its maxima worked out. */
export function sizeAt(algebra: Algebra, node: Node, sizes: ReadonlyMap<string, number>): Node {
  const visit = (part: Node): Node => {
    if (part.kind === "call" && part.name === "max")
      return part.args.map(visit).reduce((a, b) => largest(algebra, a, b));
    if (part.kind === "sum") return algebra.combine(part.terms.map(([c, term]) => [c, visit(term)]));
    if (part.kind === "product") return algebra.product(part.factors.map(([b, k]) => [visit(b), k]));
    return part;
  };
  return visit(rebuild(algebra, node, { sizes }));
}

/** A power with an exponent up to this is split into its factors. */
const POWER_LIMIT = 8;

/**
 * The terms of a sum, the number and the rest of a multiple, the factors of a product, each of a power by itself; one
 * piece where there are no more.
 */
export function pieces(algebra: Algebra, node: Node): Node[] {
  if (node.kind === "sum" && node.terms.length === 1)
    return [algebra.number(node.terms[0]![0]), node.terms[0]![1]];
  if (node.kind === "sum") return node.terms.map(([c, term]) => algebra.scale(c, term));
  if (node.kind !== "product") return [node];
  return node.factors.flatMap(([base, k]) =>
    k > 1 && k <= POWER_LIMIT && (base.has & HAS.parameter) !== 0
      ? Array.from({ length: k }, () => base)
      : [algebra.product([[base, k]])],
  );
}

/** A number, or the text of an expression in sizes or of a number that no double holds. */
export function sizeValue(node: Node): number | string {
  const value = node.kind === "number" ? toNumber(node.value.re) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : print(node);
}

/** Groups the parts of a sum or product by shared parameters. */
export function splitDisjoint(algebra: Algebra, node: Node & { kind: "sum" | "product" }): Node[] {
  // Members at open indices may be any member of their family.
  const open = new Set(
    symbols(node, "parameter").flatMap((s) => (s.indices.every(isLiteral) ? [] : [s.name])),
  );
  const keys = (part: Node): string[] =>
    (part.has & HAS.parameter) === 0
      ? []
      : symbols(part, "parameter").map((s) => (open.has(s.name) ? s.name : print(s)));
  const items =
    node.kind === "sum"
      ? node.terms.map(([c, term]) => ({ part: algebra.scale(c, term), names: keys(term) }))
      : node.factors.map(([base, k]) => ({ part: algebra.product([[base, k]]), names: keys(base) }));
  // Union-find over the items, joined wherever a key meets again.
  const parents = items.map((_, k) => k);
  const rootOf = (k: number): number => {
    let at = k;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  const first = new Map<string, number>();
  items.forEach(({ names }, k) => {
    for (const name of names) {
      const known = first.get(name);
      if (known === undefined) first.set(name, k);
      else parents[Math.max(rootOf(known), rootOf(k))] = Math.min(rootOf(known), rootOf(k));
    }
  });
  const groups = new Map<number, Node[]>();
  // Parts without parameters join the first group, but for a factor before a sum that itself may split.
  const home = items.findIndex(({ names }) => names.length > 0);
  const inner = items[home]?.part;
  const apart =
    node.kind === "product" &&
    items.filter(({ names }) => names.length > 0).length === 1 &&
    (inner?.kind === "sum" || inner?.kind === "fold");
  items.forEach(({ part, names }, k) => {
    const at = names.length > 0 ? rootOf(k) : apart ? -1 : rootOf(Math.max(home, 0));
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [part]);
    else group.push(part);
  });
  return [...groups.values()].map((parts) =>
    node.kind === "sum"
      ? algebra.combine(parts.map((part) => [G_ONE, part]))
      : algebra.product(parts.map((part) => [part, 1])),
  );
}

/** Upper bounds of the numbers of terms of normal forms. */
export function createTermCount(algebra: Algebra): (root: Node) => number {
  const sizes = new Map<Node, number>();
  return (root) => {
    for (const node of postorder(root)) {
      if (sizes.has(node)) continue;
      let count = 1;
      if (node.kind === "sum") count = node.terms.reduce((n, [, t]) => n + sizes.get(t)!, 0);
      if (node.kind === "product")
        count = node.factors.reduce((n, [b, k]) => n * sizes.get(b)! ** Math.max(1, k), 1);
      if (node.kind === "call") count = algebra.primitives.get(node.name)?.exponentials?.length ?? 1;
      sizes.set(node, Math.min(count, 1e12));
    }
    return sizes.get(root)!;
  };
}
