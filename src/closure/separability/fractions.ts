/**
 * A function of two inputs as a rational function over generators that depend on one input each. Those of one input are
 * s and e^{cs}, which are algebraically independent, or a single function that is not constant; numbers are rational but for
 * one transcendental, π or e^c. So the field is one of rational functions in independent variables.
 */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { type Fraction, fromPolynomial } from "../../exact/fraction.ts";
import { contentIn } from "../../exact/gcd.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import {
  divide,
  gaussian,
  gcd,
  gIsReal,
  isInteger,
  isZero,
  type Rational,
  rational,
} from "../../exact/rational.ts";
import { instantiateTerm } from "../../expression/differentiate.ts";
import { type Node, postorder } from "../../expression/node.ts";
import { isPi } from "../../expression/normal.ts";
import { mapChildren } from "../../expression/substitute.ts";
import { type Germ, isCoordinate, type Side, sideOf } from "./germ.ts";

/** Variables of the polynomials: s or its function, e^{cs}, the same for t, and the transcendental number. */
const PLAIN = { s: 0, t: 2 } as const;
const EXPONENTIAL = { s: 1, t: 3 } as const;
const NUMBER = 4;
const IN: Readonly<Record<"s" | "t", ReadonlySet<number>>> = { s: new Set([0, 1]), t: new Set([2, 3]) };

/** Those whose `elementary` term is rational in u and exp(u). */
const RATIONAL_IN_EXP: ReadonlySet<string> = new Set(["tanh", "sigmoid", "silu"]);
const LARGEST_EXPONENT = 24;

/** Calls of both inputs through the exponential function. */
function throughExp(germ: Germ, root: Node): Node {
  const { algebra } = germ;
  const made = new Map<Node, Node>();
  for (const node of postorder(root)) {
    const own = mapChildren(algebra, node, (child) => made.get(child)!);
    made.set(
      node,
      own.kind === "call" && sideOf(germ, own) === "both" ? replaced(own.name, own.args[0]!) : own,
    );
    function replaced(name: string, u: Node): Node {
      const row = algebra.primitives.get(name);
      if (RATIONAL_IN_EXP.has(name))
        return throughExp(germ, instantiateTerm(algebra, row!.elementary!, { u }));
      if (name !== "sinh" && name !== "cosh") return own;
      const terms = row!.exponentials!.map(
        ({ coefficient, multiplier }) =>
          [coefficient, algebra.call("exp", [algebra.scale(multiplier, u)])] as const,
      );
      return algebra.combine(terms);
    }
  }
  return made.get(root)!;
}

const half = (side: Side): side is "s" | "t" => side === "s" || side === "t";

/** The terms of an exponent by what they depend on, coefficients real. */
function exponentParts(arg: Node): readonly (readonly [Rational, Node])[] | undefined {
  if (arg.kind === "number") return gIsReal(arg.value) ? [[arg.value.re, arg]] : undefined;
  if (arg.kind !== "sum") return [[rational(1), arg]];
  return arg.terms.every(([c]) => gIsReal(c)) ? arg.terms.map(([c, term]) => [c.re, term]) : undefined;
}

/** gcd of rationals: all are integer multiples of it. */
const commonMeasure = (list: readonly Rational[]): Rational =>
  list.reduce((a, b) => rational(gcd(abs(a.num * b.den), abs(b.num * a.den)), a.den * b.den), rational(0));
const abs = (n: bigint): bigint => (n < 0n ? -n : n);

export interface Rationalised {
  readonly value: Fraction;
  /** Whether each input comes in through one generator only. */
  readonly single: boolean;
}

/** Undefined where the function is not seen to lie in such a field. */
export function rationalise(germ: Germ, given: Node): Rationalised | undefined {
  const { algebra, budget } = germ;
  const root = throughExp(germ, given);
  const inputs = { s: germ.s, t: germ.t };
  const multipliers: Record<"s" | "t" | "none", Rational[]> = { s: [], t: [], none: [] };
  const opaque: Record<"s" | "t", Set<Node>> = { s: new Set(), t: new Set() };
  const plain: Record<"s" | "t", boolean> = { s: false, t: false };
  let pi = false;

  /** e^{c·term} as a generator to a power: notes it, and tells it once all are noted. */
  function factor(c: Rational, term: Node): { variable: number; exponent: () => Rational } | undefined {
    const side = sideOf(germ, term);
    if (side === "both") return undefined;
    if (term.kind === "number" && gIsReal(term.value)) {
      const value = term === algebra.one ? c : term.value.re;
      multipliers.none.push(value);
      return { variable: NUMBER, exponent: () => divide(value, commonMeasure(multipliers.none)) };
    }
    if (!half(side)) return undefined;
    if (term === inputs[side]) {
      multipliers[side].push(c);
      return { variable: EXPONENTIAL[side], exponent: () => divide(c, commonMeasure(multipliers[side])) };
    }
    opaque[side].add(algebra.call("exp", [algebra.scale(c, term)]));
    return { variable: PLAIN[side], exponent: () => rational(1) };
  }

  type Make = () => Fraction;
  const makers = new Map<Node, Make | undefined>();
  const values = new Map<Node, Fraction>();
  const fractionOf = (node: Node): Fraction => {
    const known = values.get(node);
    if (known !== undefined) return known;
    const value = makers.get(node)!();
    values.set(node, value);
    return value;
  };
  const variable =
    (v: number): Make =>
    () =>
      fromPolynomial(P.variable(v));

  function note(node: Node): Make | undefined {
    if (makers.has(node)) return makers.get(node);
    budget.spend();
    const make = maker(node);
    makers.set(node, make);
    return make;
  }

  function maker(node: Node): Make | undefined {
    if (node.kind === "number") {
      return gIsReal(node.value) ? () => fromPolynomial(P.constant(node.value)) : undefined;
    }
    if (isPi(node)) {
      pi = true;
      return variable(NUMBER);
    }
    const side = sideOf(germ, node);
    if (half(side) && node === inputs[side]) {
      plain[side] = true;
      return variable(PLAIN[side]);
    }
    if (node.kind === "sum") {
      if (!node.terms.every(([, term]) => note(term) !== undefined)) return undefined;
      return () =>
        node.terms.reduce(
          (total, [c, term]) =>
            F.add(total, F.multiply(fromPolynomial(P.constant(c)), fractionOf(term), budget), budget),
          fromPolynomial(P.zero),
        );
    }
    if (node.kind === "product") {
      if (!node.factors.every(([base]) => note(base) !== undefined)) return undefined;
      return () =>
        node.factors.reduce(
          (total, [base, k]) => F.multiply(total, F.power(fractionOf(base), k, budget), budget),
          fromPolynomial(P.one),
        );
    }
    if (node.kind !== "call") return undefined;
    const parts = node.name === "exp" ? exponentParts(node.args[0]!) : undefined;
    const factors = parts?.map(([c, term]) => factor(c, term));
    if (factors !== undefined && !factors.includes(undefined)) {
      return () => {
        let total = fromPolynomial(P.one);
        for (const own of factors) {
          const exponent = own!.exponent();
          const k = Number(exponent.num);
          if (!isInteger(exponent) || Math.abs(k) > LARGEST_EXPONENT) throw tooLarge();
          total = F.multiply(total, fromPolynomial(P.monomial([[own!.variable, k]])), budget);
        }
        return total;
      };
    }
    if (!half(side)) return undefined;
    opaque[side].add(node);
    return variable(PLAIN[side]);
  }

  if (note(root) === undefined || (pi && multipliers.none.some((c) => !isZero(c)))) return undefined;
  for (const side of ["s", "t"] as const) {
    const [only, ...more] = opaque[side];
    const others = plain[side] || multipliers[side].length > 0;
    if (only !== undefined && (others || more.length > 0 || !isCoordinate(germ, only))) return undefined;
  }
  try {
    return {
      value: fractionOf(root),
      single: (["s", "t"] as const).every((side) => !plain[side] || multipliers[side].length === 0),
    };
  } catch (error) {
    if (error instanceof DescentError && error.code !== "budget") return undefined;
    throw error;
  }
}

const tooLarge = (): DescentError =>
  new DescentError("unsupported", "the exponents have no small common measure");

/**
 * Whether the denominator, in lowest terms, has an irreducible factor in both inputs. Then the function is no finite sum of
 * products: if it were, a(s) and b(t) would be combinations of finitely many slices, with common denominators A(s) and B(t), so
 * that every irreducible factor would divide A(s) or B(t). Contents are gcds and do not change with the field of numbers.
 */
export function hasMixedDenominator({ denominator }: Fraction, budget: Budget): boolean {
  const ofS = contentIn(denominator, IN.t, budget);
  const rest = P.divideExact(denominator, ofS, budget)!;
  const ofT = contentIn(rest, IN.s, budget);
  const core = P.divideExact(rest, ofT, budget)!;
  return P.degreeIn(core, IN.s) > 0 && P.degreeIn(core, IN.t) > 0;
}

/** The function as a polynomial with a term in both inputs, one generator for each; undefined where it is none. */
export function isMixedPolynomial(germ: Germ, node: Node): boolean {
  const found = rationalise(germ, node);
  if (found === undefined || !found.single) return false;
  const { numerator, denominator } = found.value;
  const both: ReadonlySet<number> = new Set([...IN.s, ...IN.t]);
  if (P.degreeIn(denominator, both) > 0) return false;
  const within = (p: Polynomial, side: "s" | "t"): boolean => P.degreeIn(p, IN[side]) > 0;
  return [...numerator.values()].some((term) => {
    const own = P.monomial(term.monomial, gaussian(rational(1)));
    return within(own, "s") && within(own, "t");
  });
}
