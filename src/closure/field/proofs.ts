/**
 * Facts that lower bounds rest on, each exact at rational values of all generators: the generators are algebraically
 * independent (J. Ax, On Schanuel's conjectures, Ann. of Math. 93, 1971), so what does not vanish at one place does not
 * vanish.
 */
import type { Budget } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { contentIn, gcd } from "../../exact/gcd.ts";
import { RATIONALS, rank } from "../../exact/matrix.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import {
  type Gaussian,
  gaussian,
  gInverse,
  gIsZero,
  gMultiply,
  gPower,
  type Rational,
  rational,
  ZERO,
} from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import { intervals, type Rectangle, rectangles } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import type { IsActive } from "./classes.ts";
import { encloseElement } from "./enclose.ts";
import { argumentsOf, type Element, type Generator, variablesOf } from "./generator.ts";
import type { Tower } from "./interface.ts";
import { areIndependent } from "./places.ts";

type Values = (variable: number) => Gaussian;

const TRIES = 8;

/** A fixed generic number for a generator and a point: whole, so that values stay short. */
const generic = (variable: number, point: number): Gaussian =>
  gaussian(rational(BigInt((variable * 7919 + point * 104_729 + variable * point * 31) % 499) + 3n));

function evaluate({ numerator, denominator }: Element, at: Values): Gaussian | undefined {
  const d = P.evaluate(denominator, at);
  return gIsZero(d) ? undefined : gMultiply(P.evaluate(numerator, at), gInverse(d));
}

export interface Proofs {
  /** Whether the polynomial is proved not to be the zero function. */
  nonzero(p: Polynomial): boolean;
  /** Whether elements are linearly independent over Q, modulo what is free of active variables, or modulo affine forms. */
  independent(items: readonly Element[], modulo: "constants" | "affine", isActive: IsActive): boolean;
  /** The same in these variables, which may be generators of any kind. */
  independentIn(
    items: readonly Element[],
    modulo: "constants" | "affine",
    variables: readonly number[],
  ): boolean;
  /** Whether f has a pole in the variable at generic values of all others. */
  hasPole(f: Element, variable: number): boolean;
  /** ∂f/∂t, through the algebraic generators above t. */
  slope(f: Element, variable: number): Element;
}

export function createProofs(tower: Tower, precise: Precise, budget: Budget): Proofs {
  const isNumber = (v: number): boolean => tower.symbolsIn(one(v)).size === 0 || isPi(v);
  const one = (v: number): Element => F.fromPolynomial(P.variable(v));
  const isPi = (v: number): boolean => {
    const g = tower.generators[v]!;
    return g.kind === "symbol" && g.symbol.role === "constant";
  };

  /** Free of parameters and not known to be independent of other such: what is not elementary, and most numbers. */
  function isHard(v: number): boolean {
    const known = hardness.get(v);
    if (known !== undefined) return known;
    const g = tower.generators[v]!;
    const inner = [...closureOf(tower, argumentsOf(g))];
    const number = isNumber(v) && !isPi(v) && g.kind !== "root" && !isPlain(g);
    const found =
      !tower.hasParameter(v) &&
      (number || g.kind === "special" || g.kind === "cell" || inner.some((w) => w !== v && isHard(w)));
    hardness.set(v, found);
    return found;
  }
  const hardness = new Map<number, boolean>();
  const primitives = new WeakMap<Polynomial, Polynomial>();

  /** e to a rational power, or the logarithm of a prime. */
  const isPlain = (g: Generator): boolean =>
    (g.kind === "exp" || (g.kind === "log" && g.name === "log")) && isRational(g.argument);

  /**
   * Whether generators may be related to each other: hard ones, and numbers but for powers of e, which are independent
   * (Lindemann, Weierstrass), or for π or one logarithm alone.
   */
  function mayBeRelated(variables: readonly number[]): boolean {
    if (variables.some(isHard)) return true;
    const numbers = variables.filter((v) => isNumber(v) && tower.generators[v]!.kind !== "root");
    return numbers.length > 1 && !numbers.every((v) => tower.generators[v]!.kind === "exp");
  }

  function nonzero(p: Polynomial): boolean {
    if (P.isZero(p)) return false;
    const variables = [...variablesOf(F.fromPolynomial(p))];
    if (variables.some((v) => tower.generators[v]!.kind === "constant")) return false;
    const places = Array.from({ length: TRIES }, (_, k) => k);
    if (!mayBeRelated(variables)) return places.some((k) => !gIsZero(P.evaluate(p, (v) => generic(v, k))));
    // The data, and all functions of them, at their true values.
    return places.some((k) =>
      precise.scope(256, (reals) => {
        const i = intervals(reals);
        const c = rectangles(i);
        const data = encloseElement(tower.generators, i, (s) => datum(s, k));
        let total = c.real(i.rational(ZERO));
        for (const { monomial, coefficient } of p.values()) {
          let term: Rectangle | undefined = {
            re: i.rational(coefficient.re),
            im: i.rational(coefficient.im),
          };
          for (const [v, n] of monomial) {
            budget.spend();
            const base: Rectangle | undefined = tower.hasParameter(v)
              ? { re: i.rational(gPower(generic(v, k), n).re), im: i.rational(ZERO) }
              : data(F.fromPolynomial(P.monomial([[v, n]])));
            if (base === undefined) return false;
            term = c.multiply(term, base);
          }
          total = c.add(total, term);
        }
        return c.excludesZero(total);
      }),
    );
  }

  /** A value of an input, of either sign. */
  const datum = (symbol: SymbolNode, point: number): Rational => {
    const size = rational(((symbol.id * 7919 + point * 1543) % 997) + 101, 499);
    return (symbol.id + point) % 3 === 0 ? rational(-size.num, size.den) : size;
  };

  function independent(
    items: readonly Element[],
    modulo: "constants" | "affine",
    isActive: IsActive,
  ): boolean {
    const symbols = closureOf(tower, items).filter(
      (v) => tower.generators[v]!.kind === "symbol" && isActive(v),
    );
    return independentIn(items, modulo, symbols);
  }

  function independentIn(
    items: readonly Element[],
    modulo: "constants" | "affine",
    symbols: readonly number[],
  ): boolean {
    if (items.length === 0) return true;
    if (!areKnown(items)) return false;
    const all = closureOf(tower, items);
    const hard = all.some((v) => isHard(v));
    const placed = hard ? undefined : areIndependent(tower, items, modulo, symbols, all, budget);
    if (placed !== undefined) return placed;
    const slopes = items.map((item) => symbols.map((w) => tower.derivative(item, w, true)!));
    if (hard)
      return items.length === 1 && slopes[0]!.some((slope) => isMoving(slope) && nonzero(slope.numerator));
    // Columns of first derivatives, or of second ones, which do not see affine forms.
    const columns =
      modulo === "constants"
        ? slopes
        : slopes.map((row) =>
            row.flatMap((slope, k) => symbols.slice(k).map((w) => tower.derivative(slope, w, true)!)),
          );
    const rows: Rational[][] = [];
    for (let point = 0; rows.length < 4 * items.length + 4 && point < 3 * items.length + 6; point++) {
      columns[0]!.forEach((_, column) => {
        budget.spend(items.length);
        const entries = columns.map((row) => evaluate(row[column]!, (v) => generic(v, point)));
        if (entries.includes(undefined)) return;
        const known = entries as Gaussian[];
        if (known.every(gIsZero)) return;
        rows.push(
          known.map((e) => e.re),
          known.map((e) => e.im),
        );
      });
    }
    return rows.length > 0 && rank(RATIONALS, rows, budget) === items.length;
  }

  const isMoving = (a: Element): boolean => !F.isZero(a);

  /** Numbers in them that are known to be independent over Q: π and logarithms of primes (Baker), or exponentials. */
  function areKnown(items: readonly Element[]): boolean {
    const kinds = new Set<string>();
    for (const v of closureOf(tower, items)) {
      const g = tower.generators[v]!;
      if (g.kind === "constant") return false;
      if (!isNumber(v) || g.kind === "root") continue;
      const rationalLog = g.kind === "log" && g.name === "log" && isRational(g.argument);
      const rationalExp = g.kind === "exp" && isRational(g.argument);
      kinds.add(isPi(v) || rationalLog ? "log" : rationalExp ? "exp" : `${v}`);
      if (g.kind === "special") return false;
    }
    return kinds.size <= 1;
  }

  /** Without the factors that are free of parameters. */
  function primitive(p: Polynomial): Polynomial {
    const found = primitives.get(p) ?? primitiveOf(p);
    primitives.set(p, found);
    return found;
  }

  function primitiveOf(p: Polynomial): Polynomial {
    const own = new Set([...variablesOf(F.fromPolynomial(p))].filter((v) => tower.hasParameter(v)));
    return own.size === 0 ? P.one : P.divideExact(p, contentIn(p, own, budget), budget)!;
  }

  function hasPole(f: Element, variable: number): boolean {
    const [numerator, denominator] = [primitive(f.numerator), primitive(f.denominator)];
    if (mayBeRelated([...variablesOf({ numerator, denominator })])) return false;
    for (let k = 0; k < TRIES; k++) {
      const at: Values = (v) => generic(v, k);
      const [n, d] = [numerator, denominator].map((p) => univariate(p, variable, at)) as [
        Polynomial,
        Polynomial,
      ];
      if (P.isZero(n) || P.isZero(d)) continue;
      const common = gcd(n, d, budget);
      const rest = P.content(P.divideExact(d, common, budget)!);
      const own = new Set([variable]);
      // A zero at 0 is none of an exponential's.
      if (P.degreeIn(rest.primitive, own) > 0) return true;
      if (rest.monomial.length > 0 && tower.generators[variable]!.kind === "symbol") return true;
    }
    return false;
  }

  function slope(f: Element, variable: number): Element {
    let total = F.derivative(f, variable, budget);
    for (const v of variablesOf(f)) {
      const g = tower.generators[v]!;
      if (!("relation" in g) || g.relation === undefined || v <= variable) continue;
      const inner = slope(g.relation.value, variable);
      if (F.isZero(inner)) continue;
      // t^n = c: dt = dc·t/(n·c)
      const own = F.fromPolynomial(P.variable(v));
      const rate = tower.divide(
        tower.multiply(inner, own),
        tower.multiply(tower.number(g.relation.order), g.relation.value),
      );
      total = tower.add(total, tower.multiply(F.derivative(f, v, budget), rate));
    }
    return tower.reduce(total);
  }

  return { nonzero, independent, independentIn, hasPole, slope };
}

/** The polynomial with values for all variables but one. */
function univariate(p: Polynomial, variable: number, at: Values): Polynomial {
  const parts = [...P.coefficientsIn(p, new Set([variable])).values()];
  return P.sum(parts.map(({ monomial, coefficient }) => P.monomial(monomial, P.evaluate(coefficient, at))));
}

const isRational = (a: Element): boolean => F.isPolynomial(a) && P.totalDegree(a.numerator) <= 0;

/** All generators below some elements, those among them. */
export function closureOf(tower: Tower, elements: readonly Element[]): number[] {
  const found = new Set<number>();
  const pending = [...elements];
  for (let a = pending.pop(); a !== undefined; a = pending.pop()) {
    for (const v of variablesOf(a)) {
      if (found.has(v)) continue;
      found.add(v);
      const g: Generator = tower.generators[v]!;
      pending.push(
        ...argumentsOf(g),
        ...("relation" in g && g.relation !== undefined ? [g.relation.value] : []),
      );
    }
  }
  return [...found].sort((a, b) => a - b);
}
