/**
 * Kinks and jumps: a function that has |u|, sign(u) or floor(u) of a parameter-dependent u is not analytic where u crosses
 * the kink, unless the branches on both sides agree. A witness is a rational point on the kink, a parameter to move, and
 * the first order k ≥ 0 at which the one-sided derivatives differ, proved by enclosures.
 */
import { type Budget, DescentError } from "../errors.ts";
import {
  add,
  divide,
  G_ONE,
  type Gaussian,
  gIsReal,
  isZero,
  multiply,
  negate,
  power,
  type Rational,
  rational,
  sign,
} from "../exact/rational.ts";
import { differentiate, instantiateTerm, partial, type Variable } from "../expression/differentiate.ts";
import { enclose } from "../expression/enclose.ts";
import {
  type Algebra,
  children,
  HAS,
  type Node,
  postorder,
  type SymbolNode,
  symbols,
} from "../expression/node.ts";
import { mapChildren } from "../expression/substitute.ts";
import { type Interval, intervals } from "../precise/interval.ts";
import type { Precise, Real } from "../precise/mpfr.ts";

export interface KinkWitness {
  /** abs, sign or floor. */
  readonly function: string;
  readonly argument: Node;
  /** Values of all parameters and inputs of the model. */
  readonly point: ReadonlyMap<SymbolNode, Rational>;
  /** The parameter that moves. */
  readonly direction: SymbolNode;
  /** The first order at which the one-sided derivatives differ. */
  readonly order: number;
  readonly left: string;
  readonly right: string;
}

/** The highest order of one-sided derivatives that is tried. */
const ORDERS = 4;
const POINTS = 12;
const BITS = 256;
const DIGITS = 20;

/**
 * A point at which the model is proved not to be analytic in the parameters of one family, if one is found.
 *
 * @param model without folds
 * @param inside whether a point is inside of the declared domain
 */
export function findKink(
  algebra: Algebra,
  model: Node,
  family: string,
  inside: (point: KinkWitness["point"], precise: Precise) => boolean,
  precise: Precise,
  budget: Budget,
): KinkWitness | undefined {
  const plain = orNone(() => throughBasicKinks(algebra, model));
  if (plain === undefined) return undefined;
  const kinks = basicKinks(plain);
  const own = [...symbols(plain, "parameter"), ...symbols(plain, "input")];
  for (let number = 0; number < POINTS && kinks.length > 0; number++) {
    const point = new Map(own.map((s, k) => [s, coordinate(k, number)]));
    for (const kink of kinks) {
      for (const direction of symbols(kink.args[0]!, "parameter")) {
        if (direction.name !== family) continue;
        budget.spend();
        const within = (at: KinkWitness["point"]): boolean => inside(at, precise);
        const found = orNone(() =>
          witnessAt(algebra, plain, kinks, kink, direction, point, within, precise, budget),
        );
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

/** A branch may divide by zero, and a derivative may have no name: then there is no witness there. */
function orNone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DescentError && (error.code === "input" || error.code === "unsupported"))
      return undefined;
    throw error;
  }
}

type Kink = Node & { kind: "call" };

const BASIC: ReadonlySet<string> = new Set(["abs", "sign", "floor"]);

/** Kinks of parameters, distinct. */
const basicKinks = (root: Node): Kink[] =>
  postorder(root).filter(
    (node): node is Kink => node.kind === "call" && BASIC.has(node.name) && (node.has & HAS.parameter) !== 0,
  );

/** Every function with a kink, of an argument with parameters, by abs, sign and floor. */
function throughBasicKinks(algebra: Algebra, root: Node): Node {
  const made = new Map<Node, Node>();
  for (const node of postorder(root)) made.set(node, rewrite(node));
  return made.get(root)!;

  function rewrite(node: Node): Node {
    const plain = mapChildren(algebra, node, (child) => made.get(child)!);
    if (plain.kind !== "call" || (plain.has & HAS.parameter) === 0 || BASIC.has(plain.name)) return plain;
    const { name, args } = plain;
    const row = algebra.primitives.get(name)!;
    if (row.analytic.kind !== "kink") return plain;
    if (name === "max" || name === "min") {
      return args.reduce((a, b) => {
        const distance = algebra.call("abs", [algebra.subtract(a, b)]);
        const both = algebra.add(a, b, name === "max" ? distance : algebra.scale(-1, distance));
        return algebra.scale(rational(1, 2), both);
      });
    }
    if (row.elementary === undefined) return plain;
    const [u, v] = args;
    return instantiateTerm(algebra, row.elementary, { u: u!, ...(v === undefined ? {} : { v }) });
  }
}

/** A fixed generic rational for each symbol and point, of either sign. */
function coordinate(symbol: number, point: number): Rational {
  const mixed = (BigInt(symbol + 1) * 2654435761n + BigInt(point + 1) * 97003n) % 1999n;
  const size = rational(mixed + 101n, 499n);
  return (symbol + point) % 3 === 2 ? negate(size) : size;
}

function witnessAt(
  algebra: Algebra,
  model: Node,
  kinks: readonly Kink[],
  kink: Kink,
  direction: SymbolNode,
  generic: ReadonlyMap<SymbolNode, Rational>,
  inside: (point: KinkWitness["point"]) => boolean,
  precise: Precise,
  budget: Budget,
): KinkWitness | undefined {
  const variable: Variable = {
    name: direction.name,
    role: "parameter",
    indices: direction.indices,
    ranges: direction.indices.map((a) => ({ lo: a, hi: a })),
  };
  const argument = kink.args[0]!;
  if (basicKinks(argument).length > 0) return undefined;
  // The argument is affine in the parameter: where it vanishes is one division.
  const slope = differentiate(algebra, argument, variable, budget);
  const [c, at] = [rationalValue(slope, generic), rationalValue(argument, generic)];
  if (c === undefined || at === undefined || isZero(c) || symbols(slope, "parameter").includes(direction))
    return undefined;
  const point = new Map(generic).set(direction, add(generic.get(direction)!, negate(divide(at, c))));
  if (rationalValue(argument, point)?.num !== 0n) return undefined;
  return precise.scope(BITS, (reals) => {
    const i = intervals(reals);
    const value = (node: Node): Interval => enclose(node, i, (s) => point.get(s) ?? rational(0));
    const near = (node: Node): Nearby => {
      const { lo, hi } = value(node);
      if (!reals.isFinite(lo) || !reals.isFinite(hi)) return { sign: 0, floor: undefined };
      // In full precision: an end just below an integer must not be taken for it.
      const [below, above] = [lo, hi].map((end) => reals.floor(end)) as [Real, Real];
      const whole =
        reals.isInteger(lo) ||
        reals.isInteger(hi) ||
        reals.compare(below, above) !== 0 ||
        reals.exponent(below) > 50;
      const side = reals.sign(lo) > 0 ? 1 : reals.sign(hi) < 0 ? -1 : 0;
      return { sign: side, floor: whole ? undefined : reals.toNumber(below) };
    };
    const branch = (side: 1 | -1): Node | undefined => branchOf(algebra, model, kinks, argument, side, near);
    const rising = sign(c) > 0;
    const [right, left] = [branch(rising ? 1 : -1), branch(rising ? -1 : 1)];
    if (right === undefined || left === undefined) return undefined;
    if (
      !inside(point) ||
      ![left, right].every((side) => isAnalytic(algebra, side, (node) => i.isFinite(value(node))))
    )
      return undefined;
    let [a, b] = [left, right];
    for (let order = 0; order <= ORDERS; order++) {
      const [x, y] = [value(a), value(b)];
      if (!i.isFinite(x) || !i.isFinite(y)) return undefined;
      if (i.excludesZero(i.subtract(x, y))) {
        const text = (interval: Interval): string => reals.toText(interval.lo, DIGITS);
        return { function: kink.name, argument, point, direction, order, left: text(x), right: text(y) };
      }
      a = differentiate(algebra, a, variable, budget);
      b = differentiate(algebra, b, variable, budget);
    }
    return undefined;
  });
}

/**
 * Whether every function of a parameter has finite values and slopes at the point, so that it is inside of the domain
 * and not at a branch point.
 */
function isAnalytic(algebra: Algebra, root: Node, finite: (node: Node) => boolean): boolean {
  return postorder(root).every((node) => {
    if (node.kind !== "call" || (node.has & HAS.parameter) === 0) return true;
    const slopes = algebra.primitives.get(node.name)!.derivatives ?? [];
    return node.args.every((arg, k) => {
      if ((arg.has & HAS.parameter) === 0) return true;
      const known = slopes[k] !== undefined && slopes[k] !== null && node.name !== "atan2";
      return known && finite(partial(algebra, node.name, node.args, k));
    });
  });
}

/** What is known of a value near the point: its sign, and its floor where it is no integer. */
interface Nearby {
  readonly sign: -1 | 0 | 1;
  readonly floor: number | undefined;
}

/** The analytic function that the model is on one side of the kink of `argument`, near the point. */
function branchOf(
  algebra: Algebra,
  model: Node,
  kinks: readonly Kink[],
  argument: Node,
  side: 1 | -1,
  near: (node: Node) => Nearby,
): Node | undefined {
  const made = new Map<Node, Node>();
  for (const node of postorder(model)) {
    const image = imageOf(node);
    if (image === undefined) return undefined;
    made.set(node, image);
  }
  return made.get(model)!;

  function imageOf(node: Node): Node | undefined {
    if (kinks.includes(node as Kink)) return smooth(node as Kink, made.get((node as Kink).args[0]!)!);
    return mapChildren(algebra, node, (child) => made.get(child)!);
  }

  function smooth({ name, args: [own] }: Kink, u: Node): Node | undefined {
    const ratio = proportion(algebra, own!, argument);
    const known = ratio === undefined ? near(u) : { sign: ratio * side, floor: ratio * side > 0 ? 0 : -1 };
    if (name === "floor") return known.floor === undefined ? undefined : algebra.number(known.floor);
    if (known.sign === 0) return undefined;
    return name === "sign" ? algebra.number(known.sign) : algebra.scale(known.sign, u);
  }
}

/** The sign of c where a = c·b, if a is a multiple of b. */
function proportion(algebra: Algebra, a: Node, b: Node): 1 | -1 | undefined {
  if (a === b) return 1;
  const lead = (node: Node): Gaussian => (node.kind === "sum" ? node.terms[0]![0] : G_ONE);
  const [p, q] = [lead(a), lead(b)];
  if (!gIsReal(p) || !gIsReal(q)) return undefined;
  const c = divide(p.re, q.re);
  return algebra.scale(c, b) === a ? (sign(c) as 1 | -1) : undefined;
}

/** The value of a rational expression; undefined for anything else, and at a pole. */
function rationalValue(root: Node, at: ReadonlyMap<SymbolNode, Rational>): Rational | undefined {
  const found = new Map<Node, Rational | undefined>();
  for (const node of postorder(root)) found.set(node, value(node));
  return found.get(root);

  function value(node: Node): Rational | undefined {
    if (children(node).some((child) => found.get(child) === undefined)) return undefined;
    switch (node.kind) {
      case "number":
        return gIsReal(node.value) ? node.value.re : undefined;
      case "symbol":
        return at.get(node);
      case "sum": {
        let total = rational(0);
        for (const [c, term] of node.terms) {
          if (!gIsReal(c)) return undefined;
          total = add(total, multiply(c.re, found.get(term)!));
        }
        return total;
      }
      case "product": {
        let total = rational(1);
        for (const [base, k] of node.factors) {
          const own = found.get(base)!;
          if (k < 0 && isZero(own)) return undefined;
          total = multiply(total, power(own, k));
        }
        return total;
      }
      default:
        return undefined;
    }
  }
}
