/**
 * A model of open sizes at the indices 1 and 2 alone: all members of a family, and inputs, with some index ≥ 3 have one value,
 * 0 or 1, so that the terms of every sum from 3 on vanish and the factors of every product are 1. What is left is one formula
 * without folds for all sizes ≥ 2.
 */
import { type Budget, DescentError } from "../../errors.ts";
import {
  type Affine,
  boundIndex,
  isLiteral,
  leastValue,
  literal,
  mapBound,
  sameAffine,
  scaleAffine,
  sizeSymbol,
} from "../../expression/affine.ts";
import {
  type Algebra,
  type FoldNode,
  HAS,
  type Node,
  postorder,
  type SymbolNode,
} from "../../expression/node.ts";
import { substituteIndex } from "../../expression/substitute.ts";
import { attempt, type Site } from "./germ.ts";

export interface Truncated {
  /** Without folds. */
  readonly node: Node;
  /** Families, inputs among them, whose members with an index ≥ 3 are 1; those of all others are 0. */
  readonly ones: readonly string[];
  /** Every call and inverse of the whole model, the values put in. */
  readonly sites: readonly Site[];
}

const KEPT = 2;
const LONGEST = 64;
const TRIES = 60;

/** Undefined where no such values are found. */
export function truncate(algebra: Algebra, model: Node, budget: Budget): Truncated | undefined {
  const families = [
    ...new Set(
      postorder(model).flatMap((node) =>
        node.kind === "symbol" && node.indices.length > 0 ? [node.name] : [],
      ),
    ),
  ];
  const choices = [
    [],
    ...families.map((a) => [a]),
    ...families.flatMap((a, k) => families.slice(k + 1).map((b) => [a, b])),
  ];
  for (const ones of choices.slice(0, TRIES)) {
    const found = at(algebra, model, new Set(ones), budget);
    if (found !== undefined) return { ...found, ones };
  }
  return undefined;
}

function at(
  algebra: Algebra,
  model: Node,
  ones: ReadonlySet<string>,
  budget: Budget,
): { node: Node; sites: readonly Site[] } | undefined {
  const hasOpen = postorder(model).some((node) => node.kind === "fold" && !isLiteral(node.hi));
  const memo = new Map<Node, Node>();
  const sites: Site[] = [];
  const stop = (): never => {
    throw new DescentError("input", "no truncation");
  };
  /** Bound indices that are left are all ≥ 3. */
  const least = (a: Affine): number => leastValue(a, KEPT + 1);

  function visit(node: Node): Node {
    const known = memo.get(node);
    if (known !== undefined) return known;
    budget.spend();
    const made = compute(node);
    memo.set(node, made);
    return made;
  }

  function compute(node: Node): Node {
    switch (node.kind) {
      case "number":
        return node;
      case "symbol":
        return symbol(node);
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [c, visit(term)]));
      case "product": {
        const factors = node.factors.map(([base, k]) => [visit(base), k] as const);
        for (const [base, k] of factors) if (k < 0) sites.push({ inverse: base });
        return algebra.product(factors);
      }
      case "call": {
        const args = node.args.map(visit);
        sites.push({ name: node.name, args });
        return algebra.call(node.name, args);
      }
      case "fold":
        return fold(node);
      default:
        return stop();
    }
  }

  function symbol(node: SymbolNode): Node {
    let tail = false;
    for (const index of node.indices) {
      if (isLiteral(index)) tail ||= hasOpen && index.constant > KEPT;
      else if (least(index) > KEPT) tail = true;
      else return stop();
    }
    if (!tail) return node;
    return ones.has(node.name) ? algebra.one : algebra.zero;
  }

  function fold(node: FoldNode): Node {
    const { lo, hi, op } = node;
    const [size] = hi.sizes;
    const open = !isLiteral(hi);
    if (!isLiteral(lo)) return stop();
    if (open && !(lo.constant === 1 && size !== undefined && sameAffine(hi, sizeSymbol(size[0]))))
      return stop();
    const last = open ? KEPT : hi.constant;
    if (last - lo.constant > LONGEST) return stop();
    const items: Node[] = [];
    for (let value = lo.constant; value <= last; value++) {
      const excluded = node.except.some((a) => isZeroAt(a, value));
      if (!excluded) items.push(visit(substituteIndex(algebra, node.body, literal(value))));
    }
    if (open) {
      const unequal = node.except.every((a) => least(a) > 0 || least(scaleAffine(a, -1)) > 0);
      if (!unequal || visit(node.body) !== (op === "sum" ? algebra.zero : algebra.one)) return stop();
    }
    return op === "sum" ? algebra.add(...items) : algebra.multiply(...items);
  }

  function isZeroAt(a: Affine, value: number): boolean {
    const there = mapBound(a, (k) => (k === 0 ? literal(value) : boundIndex(k - 1)));
    if (isLiteral(there)) return there.constant === 0;
    return least(there) > 0 || least(scaleAffine(there, -1)) > 0 ? false : stop();
  }

  const node = attempt(() => visit(model));
  return node === undefined || (node.has & (HAS.fold | HAS.complex)) !== 0 || node.free.length > 0
    ? undefined
    : { node, sites };
}
