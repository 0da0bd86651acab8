/**
 * Sparse multivariate polynomials over the Gaussian rationals. Variables are non-negative integers; exponents are nonzero
 * integers, negative ones (Laurent monomials) where a variable is known to be a unit.
 */
import { type Budget, DescentError } from "../errors.ts";
import {
  bitLength,
  G_ONE,
  G_ZERO,
  type Gaussian,
  gAdd,
  gaussian,
  gConjugate,
  gEqual,
  gGcd,
  gInverse,
  gIsZero,
  gKey,
  gMultiply,
  gNegate,
  gPower,
  gUnit,
  rational,
} from "./rational.ts";

export type Power = readonly [variable: number, exponent: number];

/** Sorted by variable, each once; exponents nonzero. */
export type Monomial = readonly Power[];

export interface Term {
  readonly monomial: Monomial;
  readonly coefficient: Gaussian;
}

/** Terms by the key of their monomial; no coefficient is zero. */
export type Polynomial = ReadonlyMap<string, Term>;

export const zero: Polynomial = new Map();

/** Equal exactly for equal monomials; `""` for 1. */
export function monomialKey(m: Monomial): string {
  let key = "";
  for (const power of m) key += (key === "" ? "" : " ") + power[0] + "^" + power[1];
  return key;
}

/**
 * A single term. The powers may come in any order and repeat. Throws `internal` for a variable that is not a
 * non-negative safe integer or an exponent that is not a safe integer.
 *
 * @example
 * key(monomial([[2, 1], [1, 3], [2, 1]])); // "1^3 2^2*1"
 */
export function monomial(powers: Monomial, coefficient: Gaussian = G_ONE): Polynomial {
  const m = canonical(powers);
  return gIsZero(coefficient) ? zero : new Map([[monomialKey(m), { monomial: m, coefficient }]]);
}

function canonical(powers: Monomial): Monomial {
  let ordered = true;
  powers.forEach(([v, k], i) => {
    if (!Number.isSafeInteger(v) || v < 0) throw new DescentError("internal", `${v} is not a variable`);
    if (!Number.isSafeInteger(k)) throw new DescentError("internal", `${k} is not an exponent`);
    ordered &&= k !== 0 && (i === 0 || powers[i - 1]![0] < v);
  });
  if (ordered) return powers;
  return powers.reduce<Monomial>((m, power) => (power[1] === 0 ? m : multiplyMonomials(m, [power])), []);
}

export const constant = (c: Gaussian): Polynomial => monomial([], c);
export const one: Polynomial = constant(G_ONE);
export const variable = (v: number): Polynomial => monomial([[v, 1]]);
export const isZero = (p: Polynomial): boolean => p.size === 0;

export function equal(a: Polynomial, b: Polynomial): boolean {
  if (a.size !== b.size) return false;
  for (const [key, { coefficient }] of a) {
    const other = b.get(key);
    if (other === undefined || !gEqual(coefficient, other.coefficient)) return false;
  }
  return true;
}

export function add(a: Polynomial, b: Polynomial): Polynomial {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const total = new Map(a);
  for (const [key, term] of b) accumulate(total, key, term);
  return total;
}

/** The sum of many, none of which is copied more than once. */
export function sum(all: Iterable<Polynomial>): Polynomial {
  const total = new Map<string, Term>();
  for (const p of all) for (const [key, term] of p) accumulate(total, key, term);
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
  else total.set(key, { monomial: old.monomial, coefficient });
}

export function scale(p: Polynomial, c: Gaussian): Polynomial {
  if (gIsZero(c)) return zero;
  return mapCoefficients(p, (coefficient) => gMultiply(c, coefficient));
}

/** `change` maps no nonzero coefficient to zero. */
function mapCoefficients(p: Polynomial, change: (c: Gaussian) => Gaussian): Polynomial {
  const result = new Map<string, Term>();
  for (const [key, t] of p) result.set(key, { monomial: t.monomial, coefficient: change(t.coefficient) });
  return result;
}

export const negate = (p: Polynomial): Polynomial => mapCoefficients(p, gNegate);
export const subtract = (a: Polynomial, b: Polynomial): Polynomial => add(a, negate(b));

/** The product of two monomials. Throws `internal` where an exponent is no longer a safe integer. */
export function multiplyMonomials(a: Monomial, b: Monomial): Monomial {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: Power[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const x = a[i];
    const y = b[j];
    if (y === undefined || (x !== undefined && x[0] < y[0])) {
      result.push(x!);
      i++;
    } else if (x === undefined || y[0] < x[0]) {
      result.push(y);
      j++;
    } else {
      const exponent = x[1] + y[1];
      if (!Number.isSafeInteger(exponent)) throw new DescentError("internal", "an exponent is too large");
      if (exponent !== 0) result.push([x[0], exponent]);
      i++;
      j++;
    }
  }
  return result;
}

/** A product with more terms is refused: what is linear in it takes no budget, and is short up to this. */
const MOST_TERMS = 100_000;

/** @throws DescentError `budget` for a polynomial of more terms than any search makes use of */
export function requireSize(terms: number): void {
  if (terms > MOST_TERMS)
    throw new DescentError("budget", `a polynomial has more than ${MOST_TERMS} terms when multiplied out`);
}

const WORD = 1n << 64n;
const isLong = (n: bigint): boolean => n >= WORD || n <= -WORD;

/** The work of a product with the number: 1, and more for numbers of many digits. */
function weight({ re, im }: Gaussian): number {
  let total = 1;
  for (const n of [re.num, re.den, im.num, im.den]) if (isLong(n)) total += bitLength(n) / 64;
  return total;
}

/**
 * The product. Spends a unit for each product of two terms, more where their coefficients are long. Throws `budget` where
 * it has too many terms.
 */
export function multiply(a: Polynomial, b: Polynomial, budget: Budget): Polynomial {
  const total = new Map<string, Term>();
  let row = 0;
  for (const y of b.values()) row += weight(y.coefficient);
  for (const x of a.values()) {
    budget.spend(Math.ceil(row * weight(x.coefficient)));
    requireSize(total.size);
    for (const y of b.values()) {
      const m = multiplyMonomials(x.monomial, y.monomial);
      const coefficient = gMultiply(x.coefficient, y.coefficient);
      accumulate(total, monomialKey(m), { monomial: m, coefficient });
    }
  }
  return total;
}

/**
 * p^n for an integer n. Throws `internal` for a negative power of anything but a single term, and for an n that is not a
 * safe integer. Besides the terms made it spends a unit for each eight binary digits a single term's coefficient grows to.
 *
 * @example
 * key(power(monomial([[0, 2]]), -3, createBudget())); // "0^-6*1"
 */
export function power(p: Polynomial, n: number, budget: Budget): Polynomial {
  if (!Number.isSafeInteger(n)) throw new DescentError("internal", `${n} is not an exponent`);
  const [single] = p.values();
  if (single !== undefined && p.size === 1) {
    const { coefficient: c, monomial: m } = single;
    budget.spend();
    // All other coefficients grow: the roots of unity of Q(i) are 1, i, −1, −i.
    if (!gEqual(gPower(c, 4), G_ONE)) {
      const digits = [c.re.num, c.re.den, c.im.num, c.im.den].reduce((sum, part) => sum + bitLength(part), 0);
      budget.spend(Math.ceil((Math.abs(n) * digits) / 8));
    }
    return monomial(n === 0 ? [] : m.map(([v, k]): Power => [v, k * n]), gPower(c, n));
  }
  if (n < 0) throw new DescentError("internal", "only a single term has a negative power");
  if (isZero(p)) return n === 0 ? one : zero;
  // Multiplying by the sparse base costs fewer products of terms than squaring, whose factors are dense.
  let result = one;
  for (let k = 0; k < n; k++) result = multiply(result, p, budget);
  return result;
}

/** ∂p/∂v */
export function derivative(p: Polynomial, v: number): Polynomial {
  const total = new Map<string, Term>();
  for (const { monomial: m, coefficient } of p.values()) {
    const k = exponentOf(m, v);
    if (k === 0) continue;
    const lowered = multiplyMonomials(m, [[v, -1]]);
    total.set(monomialKey(lowered), {
      monomial: lowered,
      coefficient: gMultiply(gaussian(rational(k)), coefficient),
    });
  }
  return total;
}

/** The exponent of a variable in a monomial; 0 where it does not occur. */
export function exponentOf(m: Monomial, v: number): number {
  for (const [w, k] of m) if (w === v) return k;
  return 0;
}

const degreeOf = (m: Monomial): number => m.reduce((sum, [, k]) => sum + k, 0);

/** The largest degree of a term; −∞ for the zero polynomial, so that deg(ab) = deg a + deg b throughout. */
export const totalDegree = (p: Polynomial): number =>
  [...p.values()].reduce((most, t) => Math.max(most, degreeOf(t.monomial)), -Infinity);

/** The largest degree of a term in the given variables alone; −∞ for the zero polynomial. */
export const degreeIn = (p: Polynomial, variables: ReadonlySet<number>): number =>
  [...p.values()].reduce(
    (most, t) => Math.max(most, degreeOf(t.monomial.filter(([v]) => variables.has(v)))),
    -Infinity,
  );

/**
 * Groups the terms by the part of their monomial in `variables`, under that part's key; p is the sum of
 * monomial · coefficient, and no coefficient is zero.
 *
 * @example
 * const p = add(multiply(variable(0), variable(1), createBudget()), variable(0));
 * key(coefficientsIn(p, new Set([0])).get("0^1").coefficient); // "*1;1^1*1"
 */
export function coefficientsIn(
  p: Polynomial,
  variables: ReadonlySet<number>,
): ReadonlyMap<string, { readonly monomial: Monomial; readonly coefficient: Polynomial }> {
  const groups = new Map<string, { monomial: Monomial; coefficient: Map<string, Term> }>();
  for (const { monomial: m, coefficient } of p.values()) {
    const own = m.filter(([v]) => variables.has(v));
    const rest = m.filter(([v]) => !variables.has(v));
    const key = monomialKey(own);
    const group = groups.get(key) ?? { monomial: own, coefficient: new Map<string, Term>() };
    group.coefficient.set(monomialKey(rest), { monomial: rest, coefficient });
    groups.set(key, group);
  }
  return groups;
}

/**
 * p with q in place of v. Throws `internal` where v has a negative exponent and q is not a single term.
 *
 * @example
 * const p = power(variable(0), 2, createBudget());
 * key(substitute(p, 0, add(variable(1), one), createBudget())); // "*1;1^1*2;1^2*1"
 */
export function substitute(p: Polynomial, v: number, q: Polynomial, budget: Budget): Polynomial {
  const parts = [...coefficientsIn(p, new Set([v])).values()]
    .map(({ monomial: m, coefficient }) => ({ exponent: exponentOf(m, v), coefficient }))
    .sort((a, b) => a.exponent - b.exponent);
  const total = new Map<string, Term>();
  let reached: { exponent: number; value: Polynomial } = { exponent: 0, value: one };
  for (const { exponent, coefficient } of parts) {
    const value = multiply(reached.value, power(q, exponent - reached.exponent, budget), budget);
    reached = { exponent, value };
    for (const [key, term] of multiply(coefficient, value, budget)) accumulate(total, key, term);
  }
  return total;
}

/** The value of p where variable v is `at(v)`. Throws `input` for a negative power of zero. */
export function evaluate(p: Polynomial, at: (variable: number) => Gaussian): Gaussian {
  let total = G_ZERO;
  for (const { monomial: m, coefficient } of p.values()) {
    total = gAdd(
      total,
      m.reduce((value, [v, k]) => gMultiply(value, gPower(at(v), k)), coefficient),
    );
  }
  return total;
}

/**
 * The complex conjugate. Without `bar` the variables are real; with it, `bar(v)` is the variable that is the conjugate of
 * v (v itself where it is real), or undefined where there is none: then p has no conjugate and the result is undefined.
 *
 * @example
 * key(conjugate(monomial([[0, 2]], G_I), (v) => v + 1)); // "1^2*0+-1i"
 */
export function conjugate(p: Polynomial): Polynomial;
export function conjugate(
  p: Polynomial,
  bar: (variable: number) => number | undefined,
): Polynomial | undefined;
export function conjugate(
  p: Polynomial,
  bar?: (variable: number) => number | undefined,
): Polynomial | undefined {
  if (bar === undefined) return mapCoefficients(p, gConjugate);
  const total = new Map<string, Term>();
  for (const { monomial: m, coefficient } of p.values()) {
    const powers: Power[] = [];
    for (const [v, k] of m) {
      const image = bar(v);
      if (image === undefined) return undefined;
      powers.push([image, k]);
    }
    for (const [key, term] of monomial(powers, gConjugate(coefficient))) accumulate(total, key, term);
  }
  return total;
}

/** The terms by ascending total degree; of one degree, by descending exponents of the smallest variable first. */
export const terms = (p: Polynomial): Term[] =>
  [...p.values()].sort((a, b) => compareMonomials(a.monomial, b.monomial));

/** Negative where `terms` puts `a` before `b`. */
export function compareMonomials(a: Monomial, b: Monomial): number {
  return degreeOf(a) - degreeOf(b) || -lexical(a, b);
}

/** The sign of the first nonzero exponent of a/b: a group order. */
function lexical(a: Monomial, b: Monomial): number {
  for (let i = 0; i < a.length || i < b.length; i++) {
    const [x, y] = [a[i], b[i]];
    if (y === undefined || (x !== undefined && x[0] < y[0])) return x![1];
    if (x === undefined || y[0] < x[0]) return -y[1];
    if (x[1] !== y[1]) return x[1] - y[1];
  }
  return 0;
}

/**
 * p = factor · monomial · primitive. The primitive part has Gaussian integer coefficients without a common factor, the
 * first of `terms` has its coefficient in re > 0, im ≥ 0, and the least exponent of each variable is 0. So two
 * polynomials have the same primitive part exactly where they differ by a number and a monomial. Zero has factor 0.
 *
 * @example
 * const { factor, primitive } = content(add(scale(variable(0), gaussian(rational(-4))), constant(gaussian(rational(2, 3)))));
 * gKey(factor); // "2/3"
 * key(primitive); // "*1;0^1*-6"
 */
export function content(p: Polynomial): { factor: Gaussian; monomial: Monomial; primitive: Polynomial } {
  const [first, ...others] = terms(p);
  if (first === undefined) return { factor: G_ZERO, monomial: [], primitive: zero };
  const common = others.reduce((g, t) => gGcd(g, t.coefficient), gGcd(first.coefficient, G_ZERO));
  const unit = gUnit(gMultiply(first.coefficient, gInverse(common)));
  const factor = gMultiply(common, gInverse(unit));
  const least = leastExponents(p);
  return { factor, monomial: least, primitive: shift(scale(p, gInverse(factor)), inverse(least)) };
}

const inverse = (m: Monomial): Monomial => m.map(([v, k]): Power => [v, -k]);

/** p times a monomial. */
function shift(p: Polynomial, by: Monomial): Polynomial {
  if (by.length === 0) return p;
  const result = new Map<string, Term>();
  for (const { monomial: m, coefficient } of p.values()) {
    const moved = multiplyMonomials(m, by);
    result.set(monomialKey(moved), { monomial: moved, coefficient });
  }
  return result;
}

/** The least exponent of each variable among the terms, as a monomial. */
function leastExponents(p: Polynomial): Monomial {
  const least = new Map<number, { exponent: number; count: number }>();
  for (const t of p.values()) {
    for (const [v, k] of t.monomial) {
      const old = least.get(v);
      if (old === undefined) least.set(v, { exponent: k, count: 1 });
      else least.set(v, { exponent: Math.min(old.exponent, k), count: old.count + 1 });
    }
  }
  // A variable that some term lacks has exponent 0 there.
  return [...least]
    .map(([v, { exponent, count }]): Power => [v, count === p.size ? exponent : Math.min(exponent, 0)])
    .filter(([, k]) => k !== 0)
    .sort((a, b) => a[0] - b[0]);
}

/**
 * a/b where b divides a, else undefined. A variable counts as a unit where a or b has a negative power of it. Throws
 * `input` where b is zero.
 *
 * @example
 * const square = power(add(variable(0), one), 2, createBudget());
 * key(divideExact(square, add(variable(0), one), createBudget())); // "*1;0^1*1"
 * divideExact(variable(0), add(variable(0), one), createBudget()); // undefined
 */
export function divideExact(a: Polynomial, b: Polynomial, budget: Budget): Polynomial | undefined {
  if (isZero(b)) throw new DescentError("input", "division by zero");
  if (isZero(a)) return zero;
  const [leastA, leastB] = [leastExponents(a), leastExponents(b)];
  const units = new Set([...leastA, ...leastB].filter(([, k]) => k < 0).map(([v]) => v));
  // Least exponents add up in a product, so this is the quotient's monomial factor; what is left is free of negative
  // powers on both sides, and b's part has no common factor with any variable.
  const factor = multiplyMonomials(leastA, inverse(leastB));
  if (factor.some(([v, k]) => k < 0 && !units.has(v))) return undefined;
  const quotient = divideOrdinary(shift(a, inverse(leastA)), shift(b, inverse(leastB)), budget);
  return quotient === undefined ? undefined : shift(quotient, factor);
}

/** Division by leading terms in graded lexicographic order; no exponent is negative. */
function divideOrdinary(a: Polynomial, b: Polynomial, budget: Budget): Polynomial | undefined {
  const [lead, ...tail] = [...b.values()].sort((x, y) => graded(y.monomial, x.monomial));
  const reciprocal = gInverse(lead!.coefficient);
  let row = 0;
  for (const { coefficient } of b.values()) row += weight(coefficient);
  const byLead = inverse(lead!.monomial);
  const rest = new Map([...a].map(([key, t]) => [key, t.coefficient]));
  /** The monomials of `rest` still to be divided, the largest last. */
  const waiting = [...a.values()].map((t) => t.monomial).sort(graded);
  const quotient = new Map<string, Term>();
  for (let m = waiting.pop(); m !== undefined; m = waiting.pop()) {
    const remainder = rest.get(monomialKey(m))!;
    if (gIsZero(remainder)) continue;
    const own = multiplyMonomials(m, byLead);
    if (own.some(([, k]) => k < 0)) return undefined;
    const coefficient = gMultiply(remainder, reciprocal);
    quotient.set(monomialKey(own), { monomial: own, coefficient });
    budget.spend(Math.ceil(row * weight(coefficient)));
    requireSize(waiting.length);
    for (const t of tail) {
      const at = multiplyMonomials(own, t.monomial);
      const key = monomialKey(at);
      const old = rest.get(key);
      if (old === undefined) insert(waiting, at);
      rest.set(key, gAdd(old ?? G_ZERO, gNegate(gMultiply(coefficient, t.coefficient))));
    }
  }
  return quotient;
}

const graded = (a: Monomial, b: Monomial): number => degreeOf(a) - degreeOf(b) || lexical(a, b);

function insert(sorted: Monomial[], m: Monomial): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (graded(sorted[middle]!, m) < 0) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, m);
}

/** Equal exactly for equal polynomials. */
export const key = (p: Polynomial): string =>
  [...p]
    .map(([m, t]) => `${m}*${gKey(t.coefficient)}`)
    .sort()
    .join(";");
