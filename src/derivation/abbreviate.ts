/**
 * Names for the parts of an expression. A named part is recognised wherever it occurs, its free indices replaced by
 * whatever stands there: equal expressions of one algebra are the same object, so a name is never put where it is not true.
 */
import { type Affine, boundIndex, shiftAffine } from "../expression/affine.ts";
import type { Algebra, Factor, Node, SymbolNode } from "../expression/node.ts";
import { children } from "../expression/node.ts";
import { rebuild } from "../expression/substitute.ts";

export interface Abbreviation {
  /** The part; its free indices are the arguments of the name. */
  readonly node: Node;
  /** How the part is written where its free index k is `at(k)`. */
  readonly write: (at: (k: number) => string) => string;
}

/** The short form of a node, `rest` being what a sum or product has beyond it; undefined where there is none. */
export type Abbreviations = (
  node: Node,
  index: (a: Affine) => string,
) => { readonly text: string; readonly rest?: Node } | undefined;

export const NO_ABBREVIATIONS: Abbreviations = () => undefined;

/** Recognises the given parts; `self` is a node that is not to be abbreviated as a whole. */
export function createAbbreviations(
  algebra: Algebra,
  list: readonly Abbreviation[],
  self?: Node,
): Abbreviations {
  const witnesses = list.map(({ node }) => witness(node));
  return (node, index) => {
    for (const [k, { node: part, write }] of list.entries()) {
      if (part.kind !== node.kind) continue;
      for (const at of candidates(part, witnesses[k], node)) {
        const image = at.size > 0 ? rebuild(algebra, part, { index: (i) => at.get(i)! }) : part;
        const text = (): string => write((i) => index(at.get(i)!));
        if (image === node && node !== self) return { text: text() };
        const rest = beyond(algebra, node, image);
        if (rest !== undefined && image !== self) return { text: text(), rest };
      }
    }
    return undefined;
  };
}

/** What a sum has beyond a part all of whose terms it has, or a product beyond a part whose factors it has. */
function beyond(algebra: Algebra, node: Node, part: Node): Node | undefined {
  if (node.kind === "sum" && part.kind === "sum") {
    const rest = algebra.subtract(node, part);
    const count = rest.kind === "sum" ? rest.terms.length : 1;
    return count > 0 && count === node.terms.length - part.terms.length ? rest : undefined;
  }
  if (node.kind !== "product" || part.kind !== "product") return undefined;
  const powers = new Map(node.factors);
  const held = part.factors.every(([base, k]) => k > 0 && (powers.get(base) ?? 0) >= k);
  return held
    ? algebra.product([...node.factors, ...part.factors.map(([base, k]): Factor => [base, -k])])
    : undefined;
}

interface Occurrence {
  readonly symbol: SymbolNode;
  /** Folds around the symbol. */
  readonly depth: number;
}

interface Witness extends Occurrence {
  /** For each free index of the part, the place among the symbol's indices that shows it. */
  readonly places: ReadonlyMap<number, number>;
}

/** The symbol of the part in whose indices most free indices stand by themselves. */
function witness(part: Node): Witness | undefined {
  let best: Witness | undefined;
  for (const { symbol, depth } of part.free.length === 0 ? [] : occurrences(part)) {
    const places = new Map<number, number>();
    symbol.indices.forEach((a, place) => {
      const [only] = a.bound;
      const plain = a.bound.length === 1 && only![1] === 1 && a.constant === 0 && a.sizes.length === 0;
      if (plain && only![0] >= depth) places.set(only![0] - depth, place);
    });
    if (places.size > (best?.places.size ?? 0)) best = { symbol, depth, places };
  }
  return best;
}

/**
 * What the part's free indices may be for the node to be that part: read off a symbol, or, where an index is in none, any
 * index that is free in the node.
 */
function* candidates(part: Node, of: Witness | undefined, node: Node): Generator<Map<number, Affine>> {
  const free = node.free.map((k) => boundIndex(k));
  for (const known of of === undefined ? [new Map<number, Affine>()] : readings(of, node)) {
    let all = [known];
    for (const k of part.free.filter((i) => !known.has(i))) {
      all = all.flatMap((at) => free.map((a) => new Map(at).set(k, a)));
    }
    yield* all;
  }
}

function* readings(of: Witness, node: Node): Generator<Map<number, Affine>> {
  for (const { symbol, depth } of occurrences(node)) {
    if (symbol.name !== of.symbol.name || symbol.role !== of.symbol.role || depth !== of.depth) continue;
    const images = [...of.places].map(([k, place]) => [k, symbol.indices[place]!] as const);
    if (images.every(([, a]) => a.bound.every(([k]) => k >= depth))) {
      yield new Map(images.map(([k, a]) => [k, shiftAffine(a, -depth)]));
    }
  }
}

function* occurrences(root: Node): Generator<Occurrence> {
  const stack = [{ node: root, depth: 0 }];
  const seen = new Set<string>();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, depth } = top;
    if (node.kind === "symbol" && node.indices.length > 0) yield { symbol: node, depth };
    for (const child of children(node)) {
      const inner = node.kind === "fold" ? depth + 1 : depth;
      const key = `${child.id}:${inner}`;
      if (!seen.has(key)) {
        seen.add(key);
        stack.push({ node: child, depth: inner });
      }
    }
  }
}
