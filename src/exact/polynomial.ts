/**
 * Sparse multivariate polynomials over the Gaussian rationals. Variables are non-negative integers; exponents are nonzero
 * integers, negative ones (Laurent monomials) where a variable is known to be a unit.
 */
import { type Budget, DescentError } from "../errors.ts";
import {
  G_ONE,
  type Gaussian,
  gAdd,
  gaussian,
  gConjugate,
  gInverse,
  gIsZero,
  gKey,
  gMultiply,
  gNegate,
  rational,
} from "./rational.ts";

/** Sorted by variable, exponents nonzero. */
export type Monomial = readonly (readonly [variable: number, exponent: number])[];

export interface Term {
  readonly monomial: Monomial;
  readonly coefficient: Gaussian;
}

/** Terms by the key of their monomial; no coefficient is zero. */
export type Polynomial = ReadonlyMap<string, Term>;

export const zero: Polynomial = new Map();

export const monomialKey = (m: Monomial): string => m.map(([v, k]) => `${v}^${k}`).join(" ");

export const monomial = (m: Monomial, coefficient: Gaussian = G_ONE): Polynomial =>
  gIsZero(coefficient) ? zero : new Map([[monomialKey(m), { monomial: m, coefficient }]]);

export const constant = (c: Gaussian): Polynomial => monomial([], c);
export const variable = (v: number): Polynomial => monomial([[v, 1]]);
export const isZero = (p: Polynomial): boolean => p.size === 0;

export function add(a: Polynomial, b: Polynomial): Polynomial {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const total = new Map(a);
  for (const [key, term] of b) accumulate(total, key, term);
  return total;
}

function accumulate(total: Map<string, Term>, key: string, term: Term): void {
  const old = total.get(key);
  if (old === undefined) {
    total.set(key, term);
    return;
  }
  const coefficient = gAdd(old.coefficient, term.coefficient);
  if (gIsZero(coefficient)) total.delete(key);
  else total.set(key, { monomial: term.monomial, coefficient });
}

export function scale(p: Polynomial, c: Gaussian): Polynomial {
  if (gIsZero(c)) return zero;
  const scaled = new Map<string, Term>();
  for (const [key, term] of p) {
    scaled.set(key, { monomial: term.monomial, coefficient: gMultiply(c, term.coefficient) });
  }
  return scaled;
}

export const negate = (p: Polynomial): Polynomial => scale(p, gNegate(G_ONE));
export const subtract = (a: Polynomial, b: Polynomial): Polynomial => add(a, negate(b));

/** The product of two monomials. */
export function multiplyMonomials(a: Monomial, b: Monomial): Monomial {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]];
    if (y === undefined || (x !== undefined && x[0] < y[0])) {
      result.push(x!);
      i++;
    } else if (x === undefined || y[0] < x[0]) {
      result.push(y);
      j++;
    } else {
      if (x[1] + y[1] !== 0) result.push([x[0], x[1] + y[1]]);
      i++;
      j++;
    }
  }
  return result;
}

export function multiply(a: Polynomial, b: Polynomial, budget: Budget): Polynomial {
  const total = new Map<string, Term>();
  for (const x of a.values()) {
    budget.spend(b.size);
    for (const y of b.values()) {
      const m = multiplyMonomials(x.monomial, y.monomial);
      accumulate(total, monomialKey(m), {
        monomial: m,
        coefficient: gMultiply(x.coefficient, y.coefficient),
      });
    }
  }
  return total;
}

/** p^n for an integer n. Throws `internal` for a negative power of anything but a single term. */
export function power(p: Polynomial, n: number, budget: Budget): Polynomial {
  if (n < 0) {
    const [term] = p.values();
    if (term === undefined || p.size !== 1) {
      throw new DescentError("internal", "only a single term has a negative power");
    }
    const inverse = term.monomial.map(([v, k]) => [v, -k] as const);
    return power(monomial(inverse, gInverse(term.coefficient)), -n, budget);
  }
  let result = constant(G_ONE);
  for (let base = p, k = n; k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = multiply(result, base, budget);
    if (k > 1) base = multiply(base, base, budget);
  }
  return result;
}

/** ∂p/∂v */
export function derivative(p: Polynomial, v: number): Polynomial {
  const total = new Map<string, Term>();
  for (const { monomial: m, coefficient } of p.values()) {
    const k = m.find(([w]) => w === v)?.[1];
    if (k === undefined) continue;
    const lowered = m.flatMap(([w, n]): (readonly [number, number])[] =>
      w !== v ? [[w, n]] : n === 1 ? [] : [[w, n - 1]],
    );
    const item = gMultiply(gaussian(rational(k)), coefficient);
    accumulate(total, monomialKey(lowered), { monomial: lowered, coefficient: item });
  }
  return total;
}

/** Conjugated coefficients: the complex conjugate, where the variables are real. */
export function conjugate(p: Polynomial): Polynomial {
  const result = new Map<string, Term>();
  for (const [key, t] of p) result.set(key, { monomial: t.monomial, coefficient: gConjugate(t.coefficient) });
  return result;
}

/** The terms by total degree, then by their variables. */
export function terms(p: Polynomial): Term[] {
  const degree = (m: Monomial): number => m.reduce((sum, [, k]) => sum + k, 0);
  return [...p.values()].sort(
    (a, b) => degree(a.monomial) - degree(b.monomial) || compareMonomials(a.monomial, b.monomial),
  );
}

function compareMonomials(a: Monomial, b: Monomial): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x[0] !== y[0]) return x[0] - y[0];
    if (x[1] !== y[1]) return y[1] - x[1];
  }
  return a.length - b.length;
}

/** Equal exactly for equal polynomials. */
export const key = (p: Polynomial): string =>
  [...p]
    .map(([m, t]) => `${m}*${gKey(t.coefficient)}`)
    .sort()
    .join(";");
