/**
 * One-sided germs: the model on one side of a point, along one parameter t = t₀ ± τ^q, as a truncated power series in
 * τ > 0 whose coefficients are proved. A kink takes the branch of the sign that its argument's germ has, so kinks inside
 * of kinks need no rule of their own. With q > 1, roots of what vanishes are series too.
 *
 * A series in τ of an analytic function has no other powers than multiples of q, and those of both sides agree.
 */
import type { Budget } from "../../errors.ts";
import {
  divide,
  G_ONE,
  type Gaussian,
  gIsReal,
  multiply,
  type Rational,
  rational,
  sign,
} from "../../exact/rational.ts";
import { partial } from "../../expression/differentiate.ts";
import { type Algebra, children, HAS, type Node, postorder, type SymbolNode } from "../../expression/node.ts";
import type { Interval } from "../../precise/interval.ts";
import { exactCall, floorOf } from "./exact.ts";
import { globalBounds } from "./range.ts";
import {
  type Coefficient,
  isExact,
  isExactZero,
  noSeries,
  type Series,
  type SeriesAlgebra,
  ZERO_COEFFICIENT,
} from "./series.ts";

export interface GermPlace {
  /** Values of all symbols but the moved one. */
  readonly point: ReadonlyMap<SymbolNode, Rational>;
  readonly moved: SymbolNode;
  /** Where the moved one is: a number, or an enclosure of the zero of `zero.argument`. */
  readonly at: Coefficient;
  /** Known to have this value at the point, although the point is only enclosed. */
  readonly zero?: { readonly argument: Node; readonly value: Rational };
  /** 0 for the value at the point itself. */
  readonly side: -1 | 0 | 1;
  /** q above. */
  readonly ramification: 1 | 6;
  /** Values of what does not move, shared by the germs at one point in one scope. */
  readonly still?: Map<Node, Coefficient>;
  /** How many terms are asked for; roots of what vanishes may give fewer. */
  readonly terms: number;
}

/** Thrown through where a root needs a higher ramification. */
export const RAMIFIED = "a root of what vanishes to an odd order";

/**
 * The germ of `root`, all of whose functions are proved to be analytic in all parameters there but for their kinks.
 *
 * @throws DescentError `unsupported` where that is not proved
 */
export function germ(
  algebra: Algebra,
  root: Node,
  place: GermPlace,
  s: SeriesAlgebra,
  budget: Budget,
): Series {
  const { moved, side, zero, still = new Map<Node, Coefficient>() } = place;
  const i = s.intervals;
  const table = algebra.primitives;
  const memo = new Map<Node, { readonly series: Series; readonly asked: number }>();
  const moving = new Map<Node, boolean>();
  const moves = (node: Node): boolean => {
    const known = moving.get(node);
    if (known !== undefined) return known;
    const found = node === moved || children(node).some(moves);
    moving.set(node, found);
    return found;
  };

  const order = postorder(root);
  // Parts first, so that no walk goes deep.
  for (const node of order) {
    moves(node);
    visit(node, place.terms);
  }
  for (const node of order) if (node.kind === "call") checkDomain(node);
  return visit(root, place.terms);

  function visit(node: Node, length: number): Series {
    const known = memo.get(node);
    const value = still.get(node);
    if (value !== undefined) return constant(value, length);
    if (known !== undefined && known.asked >= length) return known.series.slice(0, length);
    budget.spend();
    if (!moves(node)) {
      const [only] = compute(node, 1) as [Coefficient];
      still.set(node, only);
      return constant(only, length);
    }
    const series = fixed(node, compute(node, length));
    memo.set(node, { series, asked: length });
    return series;
  }

  /** A constant has all of its terms. */
  function constant(c: Coefficient, length: number): Series {
    return [c, ...Array.from({ length: length - 1 }, () => ZERO_COEFFICIENT)];
  }

  function fixed(node: Node, series: Series): Series {
    return zero !== undefined && node === zero.argument
      ? [{ exact: zero.value }, ...series.slice(1)]
      : series;
  }

  function compute(node: Node, length: number): Series {
    switch (node.kind) {
      case "number":
        return gIsReal(node.value)
          ? constant({ exact: node.value.re }, length)
          : noSeries("a complex number");
      case "symbol":
        return symbol(node, length);
      case "sum":
        return s.combine(
          node.terms.map(([c, term]) => [
            gIsReal(c) ? { exact: c.re } : noSeries("complex"),
            visit(term, length),
          ]),
          length,
        );
      case "product":
        return node.factors.reduce<Series>(
          (total, [base, k]) => s.multiply(total, powerOf(visit(base, length), k, length), length),
          constant({ exact: rational(1) }, length),
        );
      case "call":
        return call(node, length);
      default:
        return noSeries("an open size");
    }
  }

  function symbol(node: SymbolNode, length: number): Series {
    if (node === moved) {
      const line = [...constant(place.at, Math.max(length, 1))];
      if (side !== 0 && place.ramification < length) line[place.ramification] = { exact: rational(side) };
      return line;
    }
    if (node.role === "constant") return constant(i.pi(), length);
    const value = place.point.get(node);
    return value === undefined ? noSeries(`no value of ${node.name}`) : constant({ exact: value }, length);
  }

  function powerOf(base: Series, k: number, length: number): Series {
    let out: Series = constant({ exact: rational(1) }, length);
    let square = base;
    for (let n = Math.abs(k); n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) out = s.multiply(out, square, length);
      if (n > 1) square = s.multiply(square, square, length);
    }
    return k < 0 ? s.divide(constant({ exact: rational(1) }, length), out, false) : out;
  }

  function call(node: Node & { kind: "call" }, length: number): Series {
    const [arg] = node.args;
    switch (node.name) {
      case "abs": {
        const u = kinked(arg!, length);
        const direction = signOf(u) ?? noSeries("a sign is not known");
        return direction >= 0 ? u : s.combine([[{ exact: rational(-1) }, u]], length);
      }
      case "sign": {
        const direction = signOf(kinked(arg!, length));
        if (direction === undefined || (direction === 0 && isOpen(arg!)))
          return noSeries("a sign is not known");
        return constant({ exact: rational(direction) }, length);
      }
      case "floor":
        return constant({ exact: floor(kinked(arg!, length), arg!) }, length);
      case "sqrt":
      case "cbrt":
        return rootOf(node.name, arg!, length);
      case "asin":
      case "acos":
      case "acosh":
        return inverse(node, length);
      default:
        return smooth(node, length);
    }
  }

  /** The argument of a kink, its value known where it is a multiple of what vanishes at an enclosed point. */
  function kinked(arg: Node, length: number): Series {
    const series = visit(arg, length);
    if (zero === undefined || isExact(series[0]!)) return series;
    const ratio = proportion(algebra, arg, zero.argument);
    return ratio === undefined ? series : [{ exact: multiply(ratio, zero.value) }, ...series.slice(1)];
  }

  /** The sign for small τ > 0; 0 where all known terms vanish. */
  function signOf(series: Series): -1 | 0 | 1 | undefined {
    const first = series.find((c) => !isExactZero(c));
    return first === undefined ? 0 : s.signOf(first);
  }

  /** Whether a jump is met where its side is not known: not at the point itself, and never by what has no parameter. */
  function isOpen(arg: Node): boolean {
    return moves(arg) ? side !== 0 : (arg.has & HAS.parameter) !== 0;
  }

  function floor(u: Series, arg: Node): Rational {
    const [c] = u as [Coefficient];
    if (isExact(c)) {
      const whole = floorOf(c.exact);
      if (c.exact.den !== 1n) return rational(whole);
      const direction = signOf([ZERO_COEFFICIENT, ...u.slice(1)]);
      if (direction === undefined || (direction === 0 && isOpen(arg))) noSeries("a side is not known");
      return rational(direction === -1 ? whole - 1n : whole);
    }
    return enclosedFloor(c) ?? noSeries("a floor is not known");
  }

  /** In full precision: an end just below an integer must not be taken for it. */
  function enclosedFloor({ lo, hi }: Interval): Rational | undefined {
    const inside = (value: number): Rational | undefined => {
      const below = i.rational(rational(value));
      const above = i.rational(rational(value + 1));
      const within =
        s.signOf(i.subtract({ lo, hi }, below)) === 1 && s.signOf(i.subtract(above, { lo, hi })) === 1;
      return within ? rational(value) : undefined;
    };
    const near = s.approximate({ lo, hi });
    return Math.abs(near) < 2 ** 50 ? inside(Math.floor(near)) : undefined;
  }

  function rootOf(name: "sqrt" | "cbrt", arg: Node, length: number): Series {
    const u = visit(arg, length);
    if (name === "sqrt" && isExactZero(u[0]!)) {
      const { lo } = globalBounds(arg);
      if (lo === undefined || sign(lo) < 0) noSeries("the end of the domain of sqrt");
    }
    return s.root(u, name === "sqrt" ? 2 : 3, length) ?? noSeries(RAMIFIED);
  }

  /** asin, acos, acosh, also where they reach the end of a domain that is never left. */
  function inverse(node: Node & { kind: "call" }, length: number): Series {
    const { name, args } = node;
    const arg = args[0]!;
    if (arg.kind === "call" && (arg.name === "sin" || arg.name === "cos") && name !== "acosh") {
      // asin(sin v) has the derivative sign(cos v)·v', acos(cos v) has sign(sin v)·v'.
      const value = ofValues(node);
      if (length === 1 || !moves(arg)) return constant(value, length);
      const other = algebra.call(arg.name === "sin" ? "cos" : "sin", arg.args);
      const direction = signOf(kinked(other, length));
      if (direction === undefined || direction === 0) return noSeries("a sign is not known");
      const negative = (name === "acos") !== (arg.name === "cos");
      const slope = s.derivative(visit(arg.args[0]!, length));
      return s.integral(
        value,
        s.combine([[{ exact: rational(negative ? -direction : direction) }, slope]], length),
      );
    }
    if (!isEnd(node)) return smooth(node, length);
    const value = ofValues(node);
    if (length === 1 || !moves(arg)) return constant(value, length);
    const u = visit(arg, length);
    const square = s.multiply(u, u, length);
    const one = constant({ exact: rational(1) }, length);
    const [plus, minus] = name === "acosh" ? [square, one] : [one, square];
    const below = s.combine(
      [
        [{ exact: rational(1) }, plus],
        [{ exact: rational(-1) }, minus],
      ],
      length,
    );
    const slope = s.divide(s.derivative(u), s.root(below, 2, length) ?? noSeries(RAMIFIED), true);
    return s.integral(value, s.combine([[{ exact: rational(name === "acos" ? -1 : 1) }, slope]], length));
  }

  /** Whether the argument is exactly at an end of the domain that no values of the symbols leave. */
  function isEnd({ name, args }: Node & { kind: "call" }): boolean {
    const [c] = visit(args[0]!, 1) as [Coefficient];
    if (!isExact(c) || c.exact.den !== 1n) return false;
    const { lo, hi } = globalBounds(args[0]!);
    if (c.exact.num === 1n && name !== "acosh") return hi !== undefined && hi.num <= hi.den;
    if (c.exact.num === 1n) return lo !== undefined && lo.num >= lo.den;
    return c.exact.num === -1n && name !== "acosh" && lo !== undefined && lo.num >= -lo.den;
  }

  function ofValues({ name, args }: Node & { kind: "call" }): Coefficient {
    const values = args.map((arg) => visit(arg, 1)[0]!);
    const [only] = values;
    const known = values.length === 1 && isExact(only!) ? exactCall(table, name, only.exact) : undefined;
    if (known !== undefined) return { exact: known };
    const value = i.call(name, ...values.map(s.interval));
    return value !== undefined && i.isFinite(value) ? value : noSeries(`no value of ${name}`);
  }

  /** From h(u)' = Σ ∂_k h(u)·u_k', one term after the other. */
  function smooth(node: Node & { kind: "call" }, length: number): Series {
    const value = ofValues(node);
    if (length === 1 || !moves(node)) return constant(value, length);
    const slopes = node.args.flatMap((arg, k): [Coefficient, Series][] => {
      if (!moves(arg)) return [];
      const slope = s.derivative(visit(arg, length));
      return [
        [
          { exact: rational(1) },
          s.multiply(visit(partial(algebra, node.name, node.args, k), length - 1), slope, length),
        ],
      ];
    });
    return s.integral(value, s.combine(slopes, length - 1));
  }

  /** A function of parameters must have finite slopes there: then it is inside of its domain and at no branch point. */
  function checkDomain(node: Node & { kind: "call" }): void {
    if ((node.has & HAS.parameter) === 0 || HANDLED.has(node.name)) return;
    if (/^(asin|acos|acosh)$/.test(node.name)) {
      const inner = node.args[0]!;
      if (inner.kind === "call" && /^(sin|cos)$/.test(inner.name) && node.name !== "acosh") return;
      if (isEnd(node)) return;
    }
    node.args.forEach((arg, k) => {
      if ((arg.has & HAS.parameter) === 0) return;
      if (node.name === "atan2") noSeries("the cut of atan2");
      visit(partial(algebra, node.name, node.args, k), 1);
    });
  }
}

/** Their domain is checked where they are computed. */
const HANDLED: ReadonlySet<string> = new Set(["abs", "sign", "floor", "cbrt", "sqrt"]);

/** The c with a = c·b. */
export function proportion(algebra: Algebra, a: Node, b: Node): Rational | undefined {
  if (a === b) return rational(1);
  const lead = (node: Node): Gaussian => (node.kind === "sum" ? node.terms[0]![0] : G_ONE);
  const [p, q] = [lead(a), lead(b)];
  if (!gIsReal(p) || !gIsReal(q)) return undefined;
  const c = divide(p.re, q.re);
  return algebra.scale(c, b) === a ? c : undefined;
}
