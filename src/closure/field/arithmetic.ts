/**
 * Arithmetic of a tower: rational functions modulo the relations t^n = v of its algebraic generators. Powers below n and a
 * denominator free of t make equal elements equal fractions, as long as the generators have no other relation.
 */
import type { Budget } from "../../errors.ts";
import type { Fraction } from "../../exact/fraction.ts";
import * as F from "../../exact/fraction.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import { type Element, type Generator, type Relation, relationOf, variablesOf } from "./generator.ts";

export interface Arithmetic {
  add(a: Element, b: Element): Element;
  subtract(a: Element, b: Element): Element;
  multiply(a: Element, b: Element): Element;
  /** Throws `input` for division by zero. */
  divide(a: Element, b: Element): Element;
  power(a: Element, n: number): Element;
  /** Σ coefficient·t^k, by k, for one generator. */
  coefficients(a: Element, variable: number): ReadonlyMap<number, Element>;
  /** Reduces what was computed otherwise. */
  reduce(a: Element): Element;
}

export function createArithmetic(generator: (variable: number) => Generator, budget: Budget): Arithmetic {
  /** The algebraic generators of an element, those that may contain others first. */
  const algebraic = (a: Element): (readonly [number, Relation])[] =>
    [...variablesOf(a)]
      .sort((v, w) => w - v)
      .flatMap((v) => {
        const relation = relationOf(generator(v));
        return relation === undefined ? [] : [[v, relation] as const];
      });

  /** p with every power of t below the order. */
  function lower(p: Polynomial, v: number, { order, value }: Relation): Fraction {
    let total = F.fromPolynomial(P.zero);
    for (const { monomial, value: rest } of parts(p, v)) {
      const high = Math.floor(monomial / order);
      const low = P.multiply(rest, P.monomial([[v, monomial % order]]), budget);
      const item = F.fromPolynomial(low);
      total = F.add(
        total,
        high === 0 ? item : F.multiply(item, F.power(value, high, budget), budget),
        budget,
      );
    }
    return total;
  }

  function reduce(a: Element): Element {
    let current = a;
    for (let round = 0; round < 200; round++) {
      budget.spend();
      const next = algebraic(current).find(([v, relation]) => !isReduced(current, v, relation));
      if (next === undefined) return current;
      const [v, relation] = next;
      const [n, d] = [current.numerator, current.denominator].map((p) => lower(p, v, relation));
      const free = P.degreeIn(d!.numerator, new Set([v])) === 0;
      current = free ? F.divide(n!, d!, budget) : F.multiply(n!, invert(d!, v, relation), budget);
    }
    return current;
  }

  const isReduced = ({ numerator, denominator }: Element, v: number, { order }: Relation): boolean => {
    const own = new Set([v]);
    return P.degreeIn(numerator, own) < order && P.degreeIn(denominator, own) === 0;
  };

  /** 1/d for d of a degree below n in t, by the linear equations d·Σ x_k t^k = 1. */
  function invert(d: Fraction, v: number, relation: Relation): Fraction {
    const n = relation.order;
    const c = coefficients(d, v);
    const zero = F.fromPolynomial(P.zero);
    const at = (k: number): Fraction => c.get(k) ?? zero;
    // Row j, column k: the coefficient of t^j in d·t^k.
    const rows = Array.from({ length: n }, (_, j) => [
      ...Array.from({ length: n }, (_, k) =>
        j >= k ? at(j - k) : F.multiply(at(n + j - k), relation.value, budget),
      ),
      j === 0 ? F.fromPolynomial(P.one) : zero,
    ]);
    const x = solveRows(rows, n);
    return x.reduce((total, value, k) => {
      const term = F.multiply(value, F.fromPolynomial(P.monomial([[v, k]])), budget);
      return F.add(total, term, budget);
    }, zero);
  }

  /** Gaussian elimination over the field. */
  function solveRows(rows: Fraction[][], n: number): Fraction[] {
    for (let k = 0; k < n; k++) {
      const pivot = rows.findIndex((row, j) => j >= k && !F.isZero(reduce(row[k]!)));
      // Throws: division by zero.
      const head = F.inverse(pivot < 0 ? F.fromPolynomial(P.zero) : reduce(rows[pivot]![k]!));
      [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
      rows[k] = rows[k]!.map((entry) => reduce(F.multiply(entry, head, budget)));
      for (let j = 0; j < n; j++) {
        const factor = rows[j]![k]!;
        if (j === k || F.isZero(factor)) continue;
        rows[j] = rows[j]!.map((entry, m) =>
          reduce(F.subtract(entry, F.multiply(factor, rows[k]![m]!, budget), budget)),
        );
      }
    }
    return rows.map((row) => row[n]!);
  }

  function coefficients({ numerator, denominator }: Element, v: number): Map<number, Element> {
    const below = F.fraction(P.one, denominator, budget);
    return new Map(
      parts(numerator, v).map(({ monomial, value }) => [
        monomial,
        F.multiply(F.fromPolynomial(value), below, budget),
      ]),
    );
  }

  return {
    add: (a, b) => reduce(F.add(a, b, budget)),
    subtract: (a, b) => reduce(F.subtract(a, b, budget)),
    multiply: (a, b) => reduce(F.multiply(a, b, budget)),
    divide: (a, b) => reduce(F.divide(a, b, budget)),
    power: (a, n) => reduce(F.power(a, n, budget)),
    coefficients,
    reduce,
  };
}

/** Coefficients by powers of a variable. */
function parts(p: Polynomial, v: number): { monomial: number; value: Polynomial }[] {
  return [...P.coefficientsIn(p, new Set([v])).values()].map(({ monomial, coefficient }) => ({
    monomial: P.exponentOf(monomial, v),
    value: coefficient,
  }));
}
