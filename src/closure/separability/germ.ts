/**
 * A model near a point: as a function g(s, t) of two inputs, all other inputs and all parameters having rational values.
 * Facts about it are enclosures at the point.
 */
import { type Budget, DescentError } from "../../errors.ts";
import type { Rational } from "../../exact/rational.ts";
import { differentiate } from "../../expression/differentiate.ts";
import { enclose } from "../../expression/enclose.ts";
import { type Algebra, HAS, type Node, postorder, type SymbolNode, symbols } from "../../expression/node.ts";
import { mapChildren, rebuild } from "../../expression/substitute.ts";
import { type Interval, type Intervals, intervals } from "../../precise/interval.ts";
import type { Reals } from "../../precise/mpfr.ts";

export type Point = ReadonlyMap<SymbolNode, Rational>;

export interface Germ {
  readonly algebra: Algebra;
  readonly s: SymbolNode;
  readonly t: SymbolNode;
  readonly point: Point;
  readonly reals: Reals;
  readonly i: Intervals;
  readonly budget: Budget;
}

export const germAt = (base: Omit<Germ, "i">): Germ => ({ ...base, i: intervals(base.reals) });

export const valueAt = ({ i, point }: Germ, node: Node): Interval =>
  enclose(node, i, (symbol) => point.get(symbol) ?? missing(symbol));

function missing(symbol: SymbolNode): never {
  throw new DescentError("internal", `no value of ${symbol.name}`);
}

/** Which of the two inputs an expression depends on. */
export type Side = "none" | "s" | "t" | "both";

export function sideOf({ s }: Pick<Germ, "s">, node: Node): Side {
  const own = symbols(node, "input");
  if (own.length === 0) return "none";
  return own.length > 1 ? "both" : own[0] === s ? "s" : "t";
}

/** ∂node/∂s or ∂node/∂t; undefined where a function has no rule. */
export function slope({ algebra, s, t, budget }: Germ, node: Node, by: "s" | "t"): Node | undefined {
  const { name, role, indices } = by === "s" ? s : t;
  try {
    return differentiate(algebra, node, { name, role, indices, ranges: [] }, budget);
  } catch (error) {
    if (error instanceof DescentError && error.code !== "budget") return undefined;
    throw error;
  }
}

/** Whether the slopes in all inputs that `node` depends on are proved nonzero: it is a coordinate in each. */
export function isCoordinate(germ: Germ, node: Node): boolean {
  const side = sideOf(germ, node);
  if (side === "none") return false;
  return (side === "both" ? (["s", "t"] as const) : [side]).every((by) => {
    const own = slope(germ, node, by);
    return own !== undefined && germ.i.excludesZero(valueAt(germ, own));
  });
}

/** `node` with values for some symbols; undefined where it has none there. */
export function specialise(algebra: Algebra, node: Node, values: Point): Node | undefined {
  return attempt(() =>
    rebuild(algebra, node, {
      symbol: (symbol) => {
        const value = values.get(symbol);
        return value === undefined ? undefined : algebra.number(value);
      },
    }),
  );
}

/** Undefined where an expression has no value, such as a division by what has become 0. */
export function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof DescentError && error.code === "input") return undefined;
    throw error;
  }
}

/** A call or an inverse in a formula, its parts as written. */
export type Site = { readonly name: string; readonly args: readonly Node[] } | { readonly inverse: Node };

export function sitesOf(root: Node): Site[] {
  return postorder(root).flatMap((node): Site[] => {
    if (node.kind === "call") return [{ name: node.name, args: node.args }];
    if (node.kind !== "product") return [];
    return node.factors.filter(([, k]) => k < 0).map(([base]) => ({ inverse: base }));
  });
}

const CONTINUOUS: ReadonlySet<string> = new Set(["relu", "abs", "leaky_relu", "elu", "cbrt", "max", "min"]);

/**
 * Whether a function is continuous in all variables around the point; with `analytic`, whether it is analytic there. The
 * ends of domains count as neither.
 */
export function isRegular(germ: Germ, site: Site, analytic: boolean): boolean {
  const { algebra, reals, i } = germ;
  if ("inverse" in site) return i.excludesZero(valueAt(germ, site.inverse));
  const args = site.args.map((arg) => valueAt(germ, arg));
  const [first] = args;
  const value = i.call(site.name, ...args);
  const kind = algebra.primitives.get(site.name)?.analytic.kind;
  if (value === undefined || !i.isFinite(value) || !args.every(i.isFinite) || first === undefined)
    return false;
  const inside = (lo: number, hi: number): boolean =>
    reals.compare(first.lo, reals.number(lo)) > 0 && reals.compare(first.hi, reals.number(hi)) < 0;
  if (site.name === "pow" || site.name === "delta" || site.name === "atan2") return false;
  if (kind === "kink") {
    if (!analytic && CONTINUOUS.has(site.name)) return true;
    if (site.name === "max" || site.name === "min") return false;
    return ["relu", "abs", "leaky_relu", "elu", "cbrt", "sign"].includes(site.name) && i.excludesZero(first);
  }
  if (kind !== "domain") return true;
  if (site.name === "sqrt") return inside(0, Number.POSITIVE_INFINITY);
  if (site.name === "acosh") return inside(1, Number.POSITIVE_INFINITY);
  return site.name === "asin" || site.name === "acos" ? inside(-1, 1) : true;
}

export const isAnalytic = (germ: Germ, node: Node): boolean =>
  (node.has & (HAS.complex | HAS.fold | HAS.test)) === 0 &&
  germ.i.isFinite(valueAt(germ, node)) &&
  sitesOf(node).every((site) => isRegular(germ, site, true));

/** Functions with a kink at 0 on either side of it. */
export function branchOf(
  algebra: Algebra,
  name: string,
  args: readonly Node[],
  side: 1 | -1,
): Node | undefined {
  const [u, v] = args as [Node, Node?];
  switch (name) {
    case "relu":
      return side > 0 ? u : algebra.zero;
    case "abs":
      return algebra.scale(side, u);
    case "leaky_relu":
      return side > 0 || v === undefined ? u : algebra.multiply(v, u);
    case "elu":
      return side > 0 ? u : algebra.subtract(algebra.call("exp", [u]), algebra.one);
    case "sign":
      return algebra.number(side);
    default:
      return undefined;
  }
}

/** `node` where every kink is replaced by the branch that `side` chooses for it. */
export function localise(
  algebra: Algebra,
  node: Node,
  side: (name: string, args: readonly Node[]) => 1 | -1 | undefined,
): Node {
  const made = new Map<Node, Node>();
  for (const part of postorder(node)) {
    const own = mapChildren(algebra, part, (child) => made.get(child)!);
    made.set(part, own.kind === "call" ? (branch(own.name, own.args) ?? own) : own);
  }
  return made.get(node)!;

  function branch(name: string, args: readonly Node[]): Node | undefined {
    if (name !== "max" && name !== "min") {
      const at = side(name, args);
      return at === undefined ? undefined : branchOf(algebra, name, args, at);
    }
    let best = args[0]!;
    for (const arg of args.slice(1)) {
      const at = side("relu", [algebra.subtract(arg, best)]);
      if (at === undefined) return undefined;
      if (at > 0 === (name === "max")) best = arg;
    }
    return best;
  }
}

/** The side of the kink on which the point lies for sure. */
export const sideAt =
  (germ: Germ) =>
  (_name: string, [u]: readonly Node[]): 1 | -1 | undefined => {
    const value = valueAt(germ, u!);
    if (!germ.i.excludesZero(value)) return undefined;
    return germ.reals.sign(value.lo) > 0 ? 1 : -1;
  };
