/** The orders of a derivative, one for each parameter, as sets that stand under the same sums and products. */
import type { FoldParts, Node } from "../expression/node.ts";

/** Orders that stand together under the same folds, outermost last; all of them being 0 is one condition. */
export interface OrderSet {
  readonly folds: readonly FoldParts[];
  readonly orders: ReadonlySet<Node>;
}

/** The orders of all lists, those under the same folds in one set. */
export function union(lists: readonly (readonly OrderSet[])[]): OrderSet[] {
  const sets = new Map<string, { folds: readonly FoldParts[]; orders: Set<Node> }>();
  for (const { folds, orders } of lists.flat()) {
    const key = foldsKey({ folds, orders });
    const known = sets.get(key) ?? { folds, orders: new Set<Node>() };
    sets.set(key, known);
    for (const order of orders) known.orders.add(order);
  }
  return [...sets.values()];
}

/** The orders of `all` that are not in `some`. */
export function without(all: readonly OrderSet[], some: readonly OrderSet[]): OrderSet[] {
  const known = new Map(union([some]).map((set) => [foldsKey(set), set.orders]));
  return union([all]).map((set) => ({
    folds: set.folds,
    orders: new Set([...set.orders].filter((order) => known.get(foldsKey(set))?.has(order) !== true)),
  }));
}

const foldsKey = ({ folds }: OrderSet): string =>
  folds.map((f) => `${f.lo.key}..${f.hi.key} ${f.except.map((a) => a.key)}`).join(";");
