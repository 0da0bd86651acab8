/**
 * Facts that lower bounds rest on, each exact at rational values of all generators: the generators are algebraically
 * independent (J. Ax, On Schanuel's conjectures, Ann. of Math. 93, 1971), so what does not vanish at one place does not
 * vanish.
 */
import type { Budget } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { gcd } from "../../exact/gcd.ts";
import { RATIONALS, rank } from "../../exact/matrix.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import {
  type Gaussian,
  gAdd,
  gaussian,
  gInverse,
  gIsZero,
  gMultiply,
  gNegate,
  type Rational,
  rational,
  ZERO,
} from "../../exact/rational.ts";
import { intervals, rectangles } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import type { IsActive } from "./classes.ts";
import { encloseElement } from "./enclose.ts";
import { argumentsOf, type Element, type Generator, variablesOf } from "./generator.ts";
import type { Tower } from "./tower.ts";

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

  function nonzero(p: Polynomial): boolean {
    if (P.isZero(p)) return false;
    const variables = [...variablesOf(F.fromPolynomial(p))];
    if (variables.some((v) => tower.generators[v]!.kind === "constant")) return false;
    // Without numbers but π and roots, which are independent, the formal polynomial tells.
    const hard = variables.some((v) => isNumber(v) && !isPi(v) && tower.generators[v]!.kind !== "root");
    const places = Array.from({ length: TRIES }, (_, k) => k);
    if (!hard) return places.some((k) => !gIsZero(P.evaluate(p, (v) => generic(v, k))));
    return places.some((k) =>
      precise.scope(256, (reals) => {
        const i = intervals(reals);
        const c = rectangles(i);
        const numbers = encloseElement(tower.generators, i, () => rational(1));
        let total = c.real(i.rational(ZERO));
        for (const { monomial, coefficient } of p.values()) {
          let term = { re: i.rational(coefficient.re), im: i.rational(coefficient.im) };
          for (const [v, n] of monomial) {
            const base = isNumber(v)
              ? numbers(one(v))
              : { re: i.rational(generic(v, k).re), im: i.rational(ZERO) };
            if (base === undefined) return false;
            for (let m = 0; m < n; m++) term = c.multiply(term, base);
          }
          total = c.add(total, term);
        }
        return c.excludesZero(total);
      }),
    );
  }

  function independent(
    items: readonly Element[],
    modulo: "constants" | "affine",
    isActive: IsActive,
  ): boolean {
    if (items.length === 0) return true;
    if (!areKnown(items)) return false;
    const isFunction = (v: number): boolean => tower.generators[v]!.kind !== "symbol";
    const rows: Rational[][] = [];
    const add = (places: readonly (readonly [number, Values])[]): void => {
      const entries = items.map((item) => {
        let total: Gaussian | undefined = gaussian(ZERO);
        for (const [sign, at] of places) {
          const own = evaluate(item, at);
          total =
            own === undefined || total === undefined ? undefined : gAdd(total, sign > 0 ? own : gNegate(own));
        }
        return total;
      });
      if (entries.includes(undefined)) return;
      rows.push(
        entries.map((e) => e!.re),
        entries.map((e) => e!.im),
      );
    };
    /** Point a for the variables that `first` names, point b for the others. */
    const mixed =
      (first: (v: number) => boolean, a: number, b: number): Values =>
      (v) =>
        generic(v, first(v) ? a : b);
    for (let k = 0; k < items.length + 2; k++) {
      budget.spend(items.length);
      const base = 4 * k;
      if (modulo === "constants")
        add([
          [1, mixed(isActive, base + 1, base)],
          [-1, (v) => generic(v, base)],
        ]);
      else {
        const moved = (v: number): boolean => isActive(v) && isFunction(v);
        add([
          [1, mixed(moved, base + 1, base)],
          [-1, (v) => generic(v, base)],
        ]);
        const symbol = (v: number): boolean => isActive(v) && !isFunction(v);
        const shifted =
          (...steps: readonly number[]): Values =>
          (v) =>
            symbol(v)
              ? steps.reduce((total, s) => gAdd(total, generic(v, s)), generic(v, base))
              : generic(v, base);
        add([
          [1, shifted(base + 1, base + 2)],
          [-1, shifted(base + 1)],
          [-1, shifted(base + 2)],
          [1, shifted()],
        ]);
      }
    }
    return rank(RATIONALS, rows, budget) === items.length;
  }

  /** Numbers in them that are known to be independent over Q: π and logarithms of primes (Baker), or exponentials. */
  function areKnown(items: readonly Element[]): boolean {
    const kinds = new Set<string>();
    for (const v of closureOf(tower, items)) {
      const g = tower.generators[v]!;
      if (g.kind === "constant") return false;
      if (!isNumber(v) || g.kind === "root") continue;
      kinds.add(isPi(v) ? "log" : g.kind === "special" || g.kind === "cell" ? `${v}` : g.kind);
      if (g.kind === "special") return false;
    }
    return kinds.size <= 1;
  }

  function hasPole({ numerator, denominator }: Element, variable: number): boolean {
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

  return { nonzero, independent, hasPole, slope };
}

/** The polynomial with values for all variables but one. */
function univariate(p: Polynomial, variable: number, at: Values): Polynomial {
  let total: Polynomial = P.zero;
  for (const { monomial, coefficient } of P.coefficientsIn(p, new Set([variable])).values()) {
    total = P.add(total, P.monomial(monomial, P.evaluate(coefficient, at)));
  }
  return total;
}

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
