/**
 * Lower bounds for long explicit sums and products: parameters get the value 0 or 1, so that all terms but one vanish and
 * all factors but one are simple. A tier is kept where a parameter is a constant at which the model is analytic; so the
 * model is in no lower tier than what is left. Parameters under divisions and functions with a branch point, a pole or a
 * kink keep their names, and so do those that a domain is declared of.
 */
import { type Budget, DescentError } from "../errors.ts";
import { type Algebra, HAS, type Node, postorder, type SymbolNode, symbols } from "../expression/node.ts";
import { rebuild } from "../expression/substitute.ts";

/** What is left of a model where some of its parameters have values. */
export interface Valued {
  readonly node: Node;
  readonly values: ReadonlyMap<SymbolNode, Node>;
}

const ROUNDS = 3;
/** What is left is small enough with so many nodes. */
const FEW_NODES = 40;

/**
 * @param tierRank the rank of the tier that the structure of an expression allows
 * @param conditions expressions whose parameters keep their names
 */
export function findValues(
  algebra: Algebra,
  model: Node,
  conditions: readonly Node[],
  tierRank: (node: Node) => number,
  budget: Budget,
): Valued | undefined {
  const fixed = held(algebra, model, conditions);
  const values = new Map<SymbolNode, Node>();
  let node = model;
  for (let round = 0; round < ROUNDS && postorder(node).length > FEW_NODES; round++) {
    const found = simpler(algebra, node, fixed, tierRank, budget);
    if (found === undefined) break;
    for (const [symbol, value] of found.values) values.set(symbol, value);
    node = found.node;
  }
  return values.size === 0 ? undefined : { node, values };
}

/** The parameters that keep their names. */
function held(algebra: Algebra, model: Node, conditions: readonly Node[]): Set<Node> {
  const found = new Set<Node>(conditions.flatMap((node) => symbols(node, "parameter")));
  const hold = (node: Node): void => {
    for (const symbol of symbols(node, "parameter")) found.add(symbol);
  };
  for (const node of postorder(model)) {
    if ((node.has & HAS.parameter) === 0) continue;
    if (node.kind === "product") for (const [base, k] of node.factors) if (k < 0) hold(base);
    if (node.kind === "call" && !isAnalytic(algebra, node)) hold(node);
  }
  return found;
}

const isAnalytic = (algebra: Algebra, { name, args }: Node & { kind: "call" }): boolean => {
  const kind = algebra.primitives.get(name)?.analytic.kind;
  return args.length === 1 && (kind === "entire" || kind === "real");
};

/** The sum or product with one of its parts kept, one of the highest tier and of those the shortest. */
function simpler(
  algebra: Algebra,
  node: Node,
  fixed: ReadonlySet<Node>,
  tierRank: (node: Node) => number,
  budget: Budget,
): Valued | undefined {
  const isSum = node.kind === "sum" && node.terms.length > 1;
  if (!isSum && node.kind !== "product") return undefined;
  const parts = isSum
    ? node.terms.map(([c, term]) => algebra.scale(c, term))
    : (node as Node & { kind: "product" }).factors.map(([base, k]) => algebra.product([[base, k]]));
  if (parts.length < 2) return undefined;
  const sized = parts.map((part) => ({ part, rank: tierRank(part), size: postorder(part).length }));
  budget.spend(sized.reduce((n, { size }) => n + 4 * size, 0));
  const [kept, ...others] = sized.sort((a, b) => b.rank - a.rank || a.size - b.size).map(({ part }) => part);
  const named = new Set<Node>([...fixed, ...symbols(kept!, "parameter")]);
  const values = new Map<SymbolNode, Node>();
  for (const part of others) {
    const left = replaced(algebra, part, values);
    const own = left === undefined ? [] : symbols(left, "parameter").filter((symbol) => !named.has(symbol));
    let best: { size: number; values: ReadonlyMap<SymbolNode, Node> } | undefined;
    for (const choice of choices(algebra, own, isSum)) {
      const made = replaced(algebra, left!, choice);
      budget.spend(4 * postorder(left!).length);
      if (made === undefined || (!isSum && made === algebra.zero)) continue;
      const size = made === algebra.zero ? 0 : postorder(made).length;
      if (best === undefined || size < best.size) best = { size, values: choice };
      if (size <= 1) break;
    }
    for (const [symbol, value] of best?.values ?? []) values.set(symbol, value);
  }
  const whole = values.size === 0 ? undefined : replaced(algebra, node, values);
  return whole === undefined ? undefined : { node: whole, values };
}

/** Of a sum one parameter 0; all 0 or 1, or one of them 1. */
function* choices(
  algebra: Algebra,
  own: readonly SymbolNode[],
  isSum: boolean,
): Generator<ReadonlyMap<SymbolNode, Node>> {
  const { one, zero } = algebra;
  if (own.length === 0) return;
  if (isSum) for (const symbol of own) yield new Map([[symbol, zero]]);
  const all = (at: (symbol: SymbolNode) => boolean) =>
    new Map(own.map((symbol): [SymbolNode, Node] => [symbol, at(symbol) ? one : zero]));
  yield all(() => false);
  for (const single of own) yield all((symbol) => symbol === single);
  yield all(() => true);
}

/** Undefined where it leaves the domain. */
function replaced(algebra: Algebra, node: Node, values: ReadonlyMap<SymbolNode, Node>): Node | undefined {
  try {
    return rebuild(algebra, node, { symbol: (symbol) => values.get(symbol) });
  } catch (error) {
    if (error instanceof DescentError && error.code === "input") return undefined;
    throw error;
  }
}
