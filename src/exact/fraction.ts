/**
 * Rational functions over Q(i) in lowest terms. Sums and products take only gcds of parts of the operands (P. Henrici, A
 * subroutine for computations with rational numbers, J. ACM 3, 1956; D. E. Knuth, TAOCP vol. 2, section 4.5.1).
 */
import { type Budget, DescentError } from "../errors.ts";
import { cofactors, contentIn, gcd } from "./gcd.ts";
import type { Polynomial } from "./polynomial.ts";
import * as P from "./polynomial.ts";
import { gInverse, gUnit } from "./rational.ts";

/**
 * numerator/denominator without a common factor and without negative exponents. The denominator has Gaussian integer
 * coefficients without a common factor, the first of its `terms` with its coefficient in re > 0, im ≥ 0: so equal
 * functions have equal parts, and a polynomial has the denominator 1.
 */
export interface Fraction {
  readonly numerator: Polynomial;
  readonly denominator: Polynomial;
}

/** A polynomial as a fraction; negative exponents go to the denominator. */
export function fromPolynomial(p: Polynomial): Fraction {
  const least = new Map<number, number>();
  for (const t of p.values()) {
    for (const [v, k] of t.monomial) if (k < (least.get(v) ?? 0)) least.set(v, k);
  }
  if (least.size === 0) return { numerator: p, denominator: P.one };
  const clearing = [...least].map(([v, k]): P.Power => [v, -k]);
  const numerator = new Map<string, P.Term>();
  for (const t of p.values()) {
    const product = P.monomial([...t.monomial, ...clearing], t.coefficient);
    for (const [key, term] of product) numerator.set(key, term);
  }
  // A variable with a negative least exponent no longer divides the numerator.
  return { numerator, denominator: P.monomial(clearing) };
}

/**
 * The fraction of two polynomials. Throws `input` for a zero denominator.
 *
 * @example
 * const [x, y] = [variable(0), variable(1)];
 * const f = fraction(monomial([[0, 2], [1, 1]]), monomial([[0, 1], [1, 2]]), createBudget());
 * [f.numerator, f.denominator]; // [x, y]
 */
export function fraction(numerator: Polynomial, denominator: Polynomial, budget: Budget): Fraction {
  const [n, d] = [fromPolynomial(numerator), fromPolynomial(denominator)];
  if (P.isZero(d.numerator)) throw divisionByZero();
  const [left, right] = [
    P.multiply(n.numerator, d.denominator, budget),
    P.multiply(d.numerator, n.denominator, budget),
  ];
  const reduced = cofactors(left, right, budget);
  return canonical(reduced.left, reduced.right);
}

const divisionByZero = (): DescentError => new DescentError("input", "division by zero");

/** For coprime polynomials: makes the denominator's numbers canonical. */
function canonical(numerator: Polynomial, denominator: Polynomial): Fraction {
  if (P.isZero(numerator)) return fromPolynomial(P.zero);
  const reciprocal = gInverse(P.content(denominator).factor);
  return { numerator: P.scale(numerator, reciprocal), denominator: P.scale(denominator, reciprocal) };
}

/**
 * For a denominator that is a product of quotients of primitive polynomials: by Gauss's lemma it is primitive, and only its
 * unit is open.
 */
function turned(numerator: Polynomial, denominator: Polynomial): Fraction {
  if (P.isZero(numerator)) return fromPolynomial(P.zero);
  const [first] = P.terms(denominator);
  const unit = gUnit(first!.coefficient);
  return { numerator: P.scale(numerator, unit), denominator: P.scale(denominator, unit) };
}

export const isZero = (f: Fraction): boolean => P.isZero(f.numerator);
export const isPolynomial = (f: Fraction): boolean => P.equal(f.denominator, P.one);
export const equal = (f: Fraction, g: Fraction): boolean =>
  P.equal(f.numerator, g.numerator) && P.equal(f.denominator, g.denominator);
export const negate = (f: Fraction): Fraction => ({ ...f, numerator: P.negate(f.numerator) });

/** Equal exactly for equal fractions. */
export const key = (f: Fraction): string => `${P.key(f.numerator)}/${P.key(f.denominator)}`;

/**
 * f + g
 *
 * @example
 * const f = fraction(one, monomial([[0, 2]]), createBudget());
 * key(add(f, f, createBudget())); // "*2/0^2*1"
 */
export function add(f: Fraction, g: Fraction, budget: Budget): Fraction {
  const [a, b] = [f.numerator, f.denominator];
  const [c, d] = [g.numerator, g.denominator];
  if (P.isZero(a)) return g;
  if (P.isZero(c)) return f;
  if (P.equal(b, d)) return reduced(P.add(a, c), b, b, P.one, budget);
  const { gcd, left, right } = cofactors(b, d, budget);
  const sum = P.add(P.multiply(a, right, budget), P.multiply(c, left, budget));
  return reduced(sum, gcd, d, left, budget);
}

/** numerator/(first · second), where only `shared`, a divisor of `first`, may have a factor in common with the numerator. */
function reduced(
  numerator: Polynomial,
  shared: Polynomial,
  first: Polynomial,
  second: Polynomial,
  budget: Budget,
): Fraction {
  const common = gcd(numerator, shared, budget);
  if (P.equal(common, P.one)) return turned(numerator, P.multiply(first, second, budget));
  return turned(
    P.divideExact(numerator, common, budget)!,
    P.multiply(P.divideExact(first, common, budget)!, second, budget),
  );
}

export const subtract = (f: Fraction, g: Fraction, budget: Budget): Fraction => add(f, negate(g), budget);

/** f · g */
export function multiply(f: Fraction, g: Fraction, budget: Budget): Fraction {
  const [one, two] = [
    cofactors(f.numerator, g.denominator, budget),
    cofactors(g.numerator, f.denominator, budget),
  ];
  return turned(P.multiply(one.left, two.left, budget), P.multiply(two.right, one.right, budget));
}

/** 1/f. Throws `input` for zero. */
export function inverse(f: Fraction): Fraction {
  if (isZero(f)) throw divisionByZero();
  return canonical(f.denominator, f.numerator);
}

/**
 * f/g. Throws `input` where g is zero.
 *
 * @example
 * const x = fromPolynomial(variable(0));
 * key(divide(x, multiply(x, x, createBudget()), createBudget())); // "*1/0^1*1"
 */
export const divide = (f: Fraction, g: Fraction, budget: Budget): Fraction => multiply(f, inverse(g), budget);

/**
 * f^n for an integer n; 1 for n = 0. Throws `input` for zero to a negative power and `internal` for an n that is not a safe
 * integer.
 *
 * @example
 * key(power(fromPolynomial(variable(0)), -2, createBudget())); // "*1/0^2*1"
 */
export function power(f: Fraction, n: number, budget: Budget): Fraction {
  const base = n < 0 ? inverse(f) : f;
  const k = Math.abs(n);
  return turned(P.power(base.numerator, k, budget), P.power(base.denominator, k, budget));
}

/**
 * ∂f/∂v
 *
 * @example
 * key(derivative(fraction(one, variable(0), createBudget()), 0, createBudget())); // "*-1/0^2*1"
 */
export function derivative(f: Fraction, v: number, budget: Budget): Fraction {
  const slope = P.derivative(f.numerator, v);
  const { left, right } = cofactors(f.denominator, P.derivative(f.denominator, v), budget);
  if (P.isZero(right)) return multiply(fromPolynomial(slope), reciprocal(f.denominator), budget);
  const numerator = P.subtract(P.multiply(slope, left, budget), P.multiply(f.numerator, right, budget));
  // A factor of the denominator that depends on v gains one in multiplicity, so that only factors free of v can cancel.
  const free = contentIn(f.denominator, new Set([v]), budget);
  return reduced(numerator, free, f.denominator, left, budget);
}

const reciprocal = (denominator: Polynomial): Fraction => ({ numerator: P.one, denominator });

/**
 * f with g in place of variable v. Throws `input` where the denominator becomes zero.
 *
 * @example
 * const f = fraction(one, variable(0), createBudget());
 * key(substitute(f, 0, f, createBudget())); // "0^1*1/*1"
 */
export function substitute(f: Fraction, v: number, g: Fraction, budget: Budget): Fraction {
  const [n, d] = [f.numerator, f.denominator].map((p) => homogenised(p, v, g, budget));
  if (P.isZero(d!.value)) throw divisionByZero();
  const scaleBy = (p: Polynomial, k: number): Polynomial =>
    k <= 0 ? p : P.multiply(p, P.power(g.denominator, k, budget), budget);
  return fraction(scaleBy(n!.value, d!.degree - n!.degree), scaleBy(d!.value, n!.degree - d!.degree), budget);
}

/** p(g) times the power of g's denominator that clears it. */
function homogenised(p: Polynomial, v: number, g: Fraction, budget: Budget) {
  const parts = [...P.coefficientsIn(p, new Set([v])).values()];
  const degree = parts.reduce((most, { monomial }) => Math.max(most, P.exponentOf(monomial, v)), 0);
  let value = P.zero;
  for (const { monomial, coefficient } of parts) {
    const k = P.exponentOf(monomial, v);
    const powers = P.multiply(
      P.power(g.numerator, k, budget),
      P.power(g.denominator, degree - k, budget),
      budget,
    );
    value = P.add(value, P.multiply(coefficient, powers, budget));
  }
  return { value, degree };
}

/**
 * The complex conjugate; the variables are as for `conjugate` of polynomials: real, or with the conjugates that `bar` gives
 * them, and undefined where one has none. Throws `input` where `bar` is not injective and the denominator becomes zero.
 *
 * @example
 * key(conjugate(fraction(constant(G_I), variable(0), createBudget()), createBudget())); // "*0+-1i/0^1*1"
 */
export function conjugate(f: Fraction, budget: Budget): Fraction;
export function conjugate(
  f: Fraction,
  budget: Budget,
  bar: (variable: number) => number | undefined,
): Fraction | undefined;
export function conjugate(
  f: Fraction,
  budget: Budget,
  bar?: (variable: number) => number | undefined,
): Fraction | undefined {
  if (bar === undefined) return turned(P.conjugate(f.numerator), P.conjugate(f.denominator));
  const [n, d] = [P.conjugate(f.numerator, bar), P.conjugate(f.denominator, bar)];
  return n === undefined || d === undefined ? undefined : fraction(n, d, budget);
}
