/**
 * Points at which an argument vanishes: exactly at rational ones where that can be, else between two rationals at which it
 * has opposite signs, with a slope that is nowhere zero between them.
 */
import type { Budget } from "../../errors.ts";
import { DescentError } from "../../errors.ts";
import {
  add,
  compare,
  divide,
  equal,
  parseRational,
  type Rational,
  rational,
  subtract,
  toNumber,
  ZERO,
} from "../../exact/rational.ts";
import { type Algebra, type Node, postorder, type SymbolNode } from "../../expression/node.ts";
import { intervals } from "../../precise/interval.ts";
import { evaluateFunction } from "../../precise/judge.ts";
import type { Precise } from "../../precise/mpfr.ts";
import type { PrimitiveTable } from "../../primitives/primitive.ts";
import { exactValue } from "./exact.ts";
import { type GermPlace, germ } from "./germ.ts";
import { seriesAlgebra } from "./series.ts";

export type Point = ReadonlyMap<SymbolNode, Rational>;

/** Pairs through which a secant is laid, after one near the point: where kinks are inside, one of them may lie on one branch. */
const SECANTS: readonly (readonly [number, number])[] = [
  [0, 1],
  [-3, -2],
  [5, 4],
];

/** A value of `symbol` at which `argument` is exactly `value`, the other symbols being as in `point`. */
export function solveAffine(
  table: PrimitiveTable,
  argument: Node,
  value: Rational,
  symbol: SymbolNode,
  point: Point,
): Rational | undefined {
  const at = (t: Rational): Rational | undefined =>
    exactValue(table, argument, (s) => (s === symbol ? t : point.get(s)));
  const own = point.get(symbol)!;
  const now = at(own);
  if (now !== undefined && equal(now, value)) return own;
  const near: readonly [Rational, Rational] = [own, add(own, rational(1, 64))];
  const far = SECANTS.map(([p, q]) => [rational(p), rational(q)] as const);
  for (const [p, q] of [near, ...far]) {
    const [a, b] = [at(p), at(q)];
    if (a === undefined || b === undefined || equal(a, b)) continue;
    const root = add(p, divide(subtract(value, a), divide(subtract(b, a), subtract(q, p))));
    const there = at(root);
    if (there !== undefined && equal(there, value)) return root;
  }
  return undefined;
}

/**
 * The point moved so that the functions inside of `argument` have rational values: one after the other, from the inside,
 * their arguments are made 0 (1 for a logarithm) by a symbol in which they are affine.
 */
export function rationalised(table: PrimitiveTable, argument: Node, point: Point, avoid: SymbolNode): Point {
  const moved = new Map(point);
  const taken = new Set<SymbolNode>();
  for (const node of postorder(argument)) {
    if (node.kind !== "call" || node.args.length !== 1) continue;
    if (exactValue(table, node, (s) => moved.get(s)) !== undefined) continue;
    const inner = node.args[0]!;
    const own = symbolsOf(inner).filter((s) => !taken.has(s));
    // A point at which data vanish shows little, and the moved symbol has to meet the kink.
    const cost = (s: SymbolNode): number => (s.role === "input" ? 2 : s === avoid ? 1 : 0);
    own.sort((a, b) => cost(a) - cost(b));
    for (const symbol of own) {
      const value = rational(node.name === "log" || node.name === "acosh" ? 1 : 0);
      const root = solveAffine(table, inner, value, symbol, moved);
      if (root === undefined) continue;
      moved.set(symbol, root);
      taken.add(symbol);
      break;
    }
  }
  return moved;
}

/** The symbols that have values. */
export const symbolsOf = (root: Node): SymbolNode[] =>
  postorder(root).filter((node): node is SymbolNode => node.kind === "symbol" && node.role !== "constant");

/** Where the zeros of an argument are sought. */
const GRID: readonly number[] = Array.from({ length: 25 }, (_, k) => (k - 12) / 4 + 0.013)
  .concat([-20, -8, -5, 5, 8, 20])
  .sort((a, b) => a - b);
const HALVINGS = 60;

/** Approximate zeros of `argument` − `value` in one symbol, the nearest to 0 first. */
export function approximateZeros(
  table: PrimitiveTable,
  argument: Node,
  value: number,
  symbol: SymbolNode,
  point: Point,
  precise: Precise,
): number[] {
  const at = approximation(table, argument, symbol, point, precise);
  const f = (t: number): number => at(t) - value;
  const values = GRID.map(f);
  const found: number[] = [];
  for (let k = 0; k + 1 < GRID.length; k++) {
    if (!(values[k]! * values[k + 1]! < 0)) continue;
    let [lo, hi] = [GRID[k]!, GRID[k + 1]!];
    for (let n = 0; n < HALVINGS; n++) {
      const middle = (lo + hi) / 2;
      if (values[k]! * f(middle) > 0) lo = middle;
      else hi = middle;
    }
    // A change of sign at a pole is none.
    if (Math.abs(f(lo)) <= 1e-6 * (1 + Math.abs(values[k]!) + Math.abs(values[k + 1]!)))
      found.push((lo + hi) / 2);
  }
  return found.sort((a, b) => Math.abs(a) - Math.abs(b));
}

/** Values in doubles, for finding places only. */
export function approximation(
  table: PrimitiveTable,
  root: Node,
  symbol: SymbolNode,
  point: Point,
  precise: Precise,
): (t: number) => number {
  const order = postorder(root);
  const place = new Map(order.map((node, k) => [node, k]));
  const values = new Float64Array(order.length);
  const rules = order.map((node) => rule(node));
  return (t) => {
    rules.forEach((own, k) => {
      values[k] = own(t);
    });
    return values[order.length - 1]!;
  };

  function rule(node: Node): (t: number) => number {
    const of = (child: Node): number => place.get(child)!;
    switch (node.kind) {
      case "number": {
        const value = toNumber(node.value.re);
        return () => value;
      }
      case "symbol": {
        if (node === symbol) return (t) => t;
        const value = node.role === "constant" ? Math.PI : toNumber(point.get(node) ?? ZERO);
        return () => value;
      }
      case "sum": {
        const terms = node.terms.map(([c, term]) => [toNumber(c.re), of(term)] as const);
        return () => terms.reduce((total, [c, k]) => total + c * values[k]!, 0);
      }
      case "product": {
        const factors = node.factors.map(([base, k]) => [of(base), k] as const);
        return () => factors.reduce((total, [k, n]) => total * values[k]! ** n, 1);
      }
      case "call": {
        const args = node.args.map(of);
        const code = table.get(node.name)?.code.js;
        const native = code !== null && code !== undefined && "native" in code ? code.native : "";
        const own = (Math as unknown as Record<string, (...list: number[]) => number>)[
          native.replace(/^Math\./, "")
        ];
        if (native.startsWith("Math.") && typeof own === "function")
          return () => own(...args.map((k) => values[k]!));
        return () =>
          judged(
            node.name,
            args.map((k) => values[k]!),
          );
      }
      default:
        return () => Number.NaN;
    }
  }

  function judged(name: string, args: readonly number[]): number {
    if (!args.every(Number.isFinite)) return Number.NaN;
    return precise.scope(64, (r) => {
      try {
        const value = evaluateFunction(
          r,
          name,
          args.map((a) => r.number(a)),
        );
        return value === null ? Number.NaN : r.toNumber(value);
      } catch (error) {
        if (error instanceof DescentError) return Number.NaN;
        throw error;
      }
    });
  }
}

/** The simplest fraction near a double, if a small one is that near. */
export function simplest(value: number): Rational | undefined {
  let [p0, q0, p1, q1] = [0, 1, 1, 0];
  let rest = value;
  for (let k = 0; k < 12; k++) {
    const whole = Math.floor(rest);
    [p0, q0, p1, q1] = [p1, q1, whole * p1 + p0, whole * q1 + q0];
    if (q1 > 10_000 || !Number.isSafeInteger(p1)) return undefined;
    if (Math.abs(p1 / q1 - value) < 1e-13 * Math.max(1, Math.abs(value))) return rational(p1, q1);
    rest = 1 / (rest - whole);
  }
  return undefined;
}

export interface Bracket {
  readonly lo: Rational;
  readonly hi: Rational;
}

const BITS = 384;
/** Radii of brackets that are tried, as powers of ten, and the digits of the nearest one. */
const RADII: readonly number[] = [4, 8, 12];
const DIGITS: readonly number[] = [12, 24, 48, 80];

/** `value` rounded to that many decimals. */
function decimal(value: number, digits: number): Rational {
  return parseRational(value.toFixed(digits));
}

/**
 * Two brackets of the one zero of `argument` − `value` near `near`: a wide one, on which the slope is proved nowhere zero,
 * and inside of it one of width 10^−78 for evaluation.
 */
export function bracketZero(
  algebra: Algebra,
  argument: Node,
  value: Rational,
  symbol: SymbolNode,
  point: Point,
  near: number,
  precise: Precise,
  budget: Budget,
): { wide: Bracket; narrow: Bracket } | undefined {
  return precise.scope(BITS, (reals) => {
    const i = intervals(reals);
    const s = seriesAlgebra(reals, i);
    const shifted = algebra.subtract(argument, algebra.number(value));
    const place = { point, moved: symbol, ramification: 1 } as const;
    const germAt = (more: Pick<GermPlace, "at" | "side" | "terms">) =>
      attempt(() => germ(algebra, shifted, { ...place, ...more }, s, budget));
    const signAt = (t: Rational): number | undefined => {
      const found = germAt({ at: { exact: t }, side: 0, terms: 1 });
      return found === undefined ? undefined : s.signOf(found[0]!);
    };
    const crosses = ({ lo, hi }: Bracket): boolean => {
      const [a, b] = [signAt(lo), signAt(hi)];
      return a !== undefined && b !== undefined && a * b < 0;
    };
    for (const power of RADII) {
      const centre = decimal(near, power + 1);
      const radius = rational(1n, 10n ** BigInt(power));
      const wide = { lo: subtract(centre, radius), hi: add(centre, radius) };
      const whole = { lo: i.rational(wide.lo).lo, hi: i.rational(wide.hi).hi };
      const slope = germAt({ at: whole, side: 1, terms: 2 })?.[1];
      const rising = slope === undefined ? undefined : s.signOf(slope);
      if (rising === undefined || rising === 0 || !crosses(wide)) continue;
      let root = decimal(near, 14);
      let narrow = wide;
      for (const digits of DIGITS) {
        const there = germAt({ at: { exact: root }, side: 1, terms: 2 });
        if (there === undefined || s.signOf(there[1] ?? { exact: ZERO }) === 0) break;
        const [f, df] = [s.interval(there[0]!), s.interval(there[1]!)];
        const step = i.divide(f, df);
        if (!i.isFinite(step)) break;
        const next = subtract(root, parseRational(reals.toText(step.lo, digits)));
        root = rational((next.num * 10n ** BigInt(digits)) / next.den, 10n ** BigInt(digits));
        const radius = rational(1n, 10n ** BigInt(digits - 2));
        const tight = { lo: subtract(root, radius), hi: add(root, radius) };
        if (compare(tight.lo, wide.lo) < 0 || compare(tight.hi, wide.hi) > 0 || !crosses(tight)) break;
        narrow = tight;
      }
      return { wide, narrow };
    }
    return undefined;
  });
}

/** Undefined where there is no proved series. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DescentError && (error.code === "input" || error.code === "unsupported"))
      return undefined;
    throw error;
  }
}
