/**
 * Searches for values of the parameters at which a model has infinite rank in two of its inputs. Where f is continuous there
 * in parameters and inputs, no length serves for generic parameters: the minors of order r + 1 of [f(s_i, t_j; θ)] are
 * continuous in θ, and would vanish in the limit.
 */
import type { Budget } from "../../errors.ts";
import {
  add,
  divide,
  gIsReal,
  isZero,
  multiply,
  negate,
  type Rational,
  rational,
  sign,
} from "../../exact/rational.ts";
import { type Algebra, type Node, type SymbolNode, symbols } from "../../expression/node.ts";
import type { Precise } from "../../precise/mpfr.ts";
import {
  type Germ,
  germAt,
  isRegular,
  localise,
  type Point,
  type Site,
  sideAt,
  sideOf,
  slope,
  specialise,
  valueAt,
} from "./germ.ts";
import { separability } from "./structure.ts";
import { infiniteRank, kinksOf, movingKink } from "./theorems.ts";

export interface Disproof {
  readonly s: SymbolNode;
  readonly t: SymbolNode;
  /** Values of all parameters and inputs, at which the theorem applies. */
  readonly point: Point;
  readonly theorem: string;
  /** How much faster t goes than s where a grid is to follow a kink. */
  readonly ratio?: Rational;
}

const BITS = 256;
const PAIRS = 6;
const ORDERS = 12;
/** Values of parameters, in turn; then of the two inputs. */
const VALUES = [rational(1, 2), rational(3, 2), rational(2, 3), rational(4, 3), rational(3), rational(5, 2)];
const PLACES = [
  [rational(1, 2), rational(1, 3)],
  [rational(-1, 2), rational(2, 3)],
  [rational(2), rational(3)],
  [rational(1, 5), rational(-1, 7)],
] as const;

/**
 * @param model without folds
 * @param sites all that must be continuous
 * @param inside whether a point lies inside of the declared domain
 */
export function findDisproof(
  algebra: Algebra,
  model: Node,
  sites: readonly Site[],
  inside: (point: Point) => boolean,
  precise: Precise,
  budget: Budget,
): Disproof | undefined {
  const parameters = symbols(model, "parameter");
  const inputs = symbols(model, "input");
  const pairs = inputs.flatMap((s, k) => inputs.slice(k + 1).map((t) => [s, t] as const)).slice(0, PAIRS);
  const known = new Set<Node>();
  const allParameters = new Set([
    ...parameters,
    ...sites
      .flatMap((site) => ("inverse" in site ? [site.inverse] : site.args))
      .flatMap((node) => symbols(node, "parameter")),
  ]);
  for (const [s, t] of pairs) {
    const others = inputs
      .filter((own) => own !== s && own !== t)
      .map((own) => [own, rational(1, 2)] as const);
    for (const order of orders([...allParameters])) {
      const values = reduce(order, others);
      const g = values === undefined ? undefined : specialise(algebra, model, values);
      if (values === undefined || g === undefined || known.has(g)) continue;
      known.add(g);
      for (const [s0, t0] of PLACES) {
        const found = prove(g, s, t, new Map([...values, [s, s0], [t, t0]]));
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;

  function orders(list: readonly SymbolNode[]): SymbolNode[][] {
    const turned = Array.from({ length: ORDERS - 3 }, (_, seed) =>
      [...list.keys()].sort((a, b) => mixed(a, seed) - mixed(b, seed)).map((k) => list[k]!),
    );
    return [[...list].reverse(), [...list], ...turned, []];
  }

  /** Sets parameters to 0, many at a time and then one by one, as long as what is left is not seen to be separable. */
  function reduce(
    order: readonly SymbolNode[],
    others: readonly (readonly [SymbolNode, Rational])[],
  ): Point | undefined {
    const values = new Map<SymbolNode, Rational>(others);
    for (const [k, own] of [...allParameters].entries()) values.set(own, VALUES[k % VALUES.length]!);
    const isMixed = (at: Point): boolean => {
      budget.spend(8);
      const g = specialise(algebra, model, at);
      return g !== undefined && separability(algebra, g).holds === null;
    };
    if (!isMixed(values)) return undefined;
    for (let size = order.length; size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < order.length; from += size) {
        const chunk = order.slice(from, from + size).filter((own) => !isZero(values.get(own)!));
        const less = new Map([...values, ...chunk.map((own) => [own, rational(0)] as const)]);
        if (chunk.length === 0 || !inside(withInputs(less)) || !isMixed(less)) continue;
        for (const own of chunk) values.set(own, rational(0));
      }
    }
    return values;
  }

  function withInputs(values: Point): Point {
    return new Map([...inputs.map((own) => [own, rational(1, 2)] as const), ...values]);
  }

  function prove(g: Node, s: SymbolNode, t: SymbolNode, point: Point): Disproof | undefined {
    return precise.scope(BITS, (reals) => {
      const germ = germAt({ algebra, s, t, point, reals, budget });
      const holds = (own: Germ): boolean =>
        inside(own.point) && sites.every((site) => isRegular(own, site, false));
      const theorem = infiniteRank(germ, localise(algebra, g, sideAt(germ)));
      if (theorem !== undefined && holds(germ)) return { s, t, point, theorem };
      for (const kink of kinksOf(g)) {
        const line = lineOf(germ, kink.args);
        if (line === undefined) continue;
        const at = new Map([
          ...point,
          [s, divide(negate(add(line.c, multiply(line.r, point.get(t)!))), line.q)] as const,
        ]);
        const there = germAt({ algebra, s, t, point: at, reals, budget });
        const branch = (side: 1 | -1): Node => localise(algebra, g, sideNear(there, line, side));
        const moving = movingKink(there, { kink, sides: [branch(1), branch(-1)] });
        if (moving !== undefined && holds(there))
          return { s, t, point: at, theorem: moving, ratio: divide(line.q, line.r) };
      }
      return undefined;
    });
  }
}

/** q·s + r·t + c with rational numbers, q and r nonzero. */
interface Line {
  readonly node: Node;
  readonly q: Rational;
  readonly r: Rational;
  readonly c: Rational;
}

const rationalOf = (node: Node | undefined): Rational | undefined =>
  node?.kind === "number" && gIsReal(node.value) ? node.value.re : undefined;

function lineOf(germ: Germ, args: readonly Node[]): Line | undefined {
  const { algebra, s, t } = germ;
  const [u, v] = args.map((arg) => localise(algebra, arg, sideAt(germ)));
  const difference = args.length > 1 && sideOf(germ, v!) !== "none" ? algebra.subtract(u!, v!) : u!;
  return asLine(germ, s, t, difference);
}

function asLine(germ: Germ, s: SymbolNode, t: SymbolNode, node: Node): Line | undefined {
  const { algebra } = germ;
  const [q, r] = [rationalOf(slope(germ, node, "s")), rationalOf(slope(germ, node, "t"))];
  if (q === undefined || r === undefined || isZero(q) || isZero(r)) return undefined;
  const c = rationalOf(algebra.subtract(node, algebra.add(algebra.scale(q, s), algebra.scale(r, t))));
  return c === undefined ? undefined : { node, q, r, c };
}

/** Beside the line, on the side where it is positive or negative. */
const sideNear =
  (germ: Germ, line: Line, side: 1 | -1) =>
  (name: string, args: readonly Node[]): 1 | -1 | undefined => {
    const [u] = args as [Node];
    if (germ.i.excludesZero(valueAt(germ, u))) return sideAt(germ)(name, args);
    const own = asLine(germ, germ.s, germ.t, u);
    if (own === undefined) return undefined;
    const ratio = divide(own.q, line.q);
    const same = germ.algebra.subtract(u, germ.algebra.scale(ratio, line.node)) === germ.algebra.zero;
    return same ? ((sign(ratio) * side) as 1 | -1) : undefined;
  };

const mixed = (k: number, seed: number): number => ((k + 1) * 7919 * (seed + 3)) % (1009 + seed);
