/**
 * The subresultant sequence of two polynomials in one variable: remainders without fractions whose coefficients are minors
 * of the Sylvester matrix (W. S. Brown, J. F. Traub, On Euclid's algorithm and the theory of subresultants, J. ACM 18,
 * 1971; H. Cohen, A Course in Computational Algebraic Number Theory, algorithm 3.3.7).
 */
import { type Budget, DescentError } from "../errors.ts";
import type { Polynomial } from "./polynomial.ts";
import * as P from "./polynomial.ts";

/** The coefficients by ascending degree; the last is not zero, and zero has none. */
type Dense = readonly Polynomial[];

function dense(p: Polynomial, v: number, budget: Budget): Dense {
  const degree = P.degreeIn(p, new Set([v]));
  budget.spend(1 + Math.max(degree, 0));
  const result = Array.from({ length: Math.max(degree + 1, 0) }, () => P.zero);
  for (const { monomial, coefficient } of P.coefficientsIn(p, new Set([v])).values()) {
    const e = P.exponentOf(monomial, v);
    if (e < 0) throw new DescentError("internal", "a polynomial with negative exponents has no degree");
    result[e] = coefficient;
  }
  return result;
}

function sparse(p: Dense, v: number, budget: Budget): Polynomial {
  return p.reduce((sum, c, e) => P.add(sum, P.multiply(c, P.monomial([[v, e]]), budget)), P.zero);
}

/** lc(b)^(deg a − deg b + 1) · a modulo b */
function pseudoRemainder(a: Dense, b: Dense, budget: Budget): Dense {
  const lead = b[b.length - 1]!;
  let rest = [...a];
  for (let k = a.length; k >= b.length; k--) {
    const top = rest[k - 1]!;
    const offset = k - b.length;
    rest = rest.slice(0, k - 1).map((c, e) => {
      budget.spend();
      const kept = P.multiply(c, lead, budget);
      return e < offset ? kept : P.subtract(kept, P.multiply(top, b[e - offset]!, budget));
    });
  }
  while (rest.length > 0 && P.isZero(rest[rest.length - 1]!)) rest.pop();
  return rest;
}

function quotient(a: Polynomial, b: Polynomial, budget: Budget): Polynomial {
  const result = P.divideExact(a, b, budget);
  if (result === undefined) throw new DescentError("internal", "a subresultant is not divisible");
  return result;
}

/**
 * For polynomials of degree ≥ 1 in v, of which the first has no smaller degree: the last nonzero member of their
 * subresultant sequence, which is a multiple, free of v, of their gcd in v over the field of fractions; and the resultant.
 */
function sequence(a: Dense, b: Dense, budget: Budget): { last: Dense; resultant: Polynomial } {
  let [x, y, odd] = [a, b, false];
  // `lead` and `minor` are Cohen's g and h.
  let [lead, minor] = [P.one, P.one];
  while (y.length > 1) {
    budget.spend();
    const delta = x.length - y.length;
    if (x.length % 2 === 0 && y.length % 2 === 0) odd = !odd;
    const divisor = P.multiply(lead, P.power(minor, delta, budget), budget);
    const rest = pseudoRemainder(x, y, budget).map((c) => quotient(c, divisor, budget));
    [x, y] = [y, rest];
    lead = x[x.length - 1]!;
    minor = next(minor, lead, delta, budget);
  }
  if (y.length === 0) return { last: x, resultant: P.zero };
  const resultant = next(minor, y[0]!, x.length - 1, budget);
  return { last: y, resultant: odd ? P.negate(resultant) : resultant };
}

/** minor^(1 − delta) · lead^delta */
function next(minor: Polynomial, lead: Polynomial, delta: number, budget: Budget): Polynomial {
  if (delta === 0) return minor;
  return quotient(P.power(lead, delta, budget), P.power(minor, delta - 1, budget), budget);
}

/**
 * The resultant in v: the determinant of the Sylvester matrix of a and b. Zero where a or b is. Throws `internal` for
 * negative exponents of v.
 *
 * @example
 * const [x, y] = [variable(0), variable(1)];
 * const p = new Map([...monomial([[0, 2]]), ...y]);
 * key(resultant(p, new Map([...x, ...one]), 0, createBudget())); // "*1;1^1*1"
 */
export function resultant(a: Polynomial, b: Polynomial, v: number, budget: Budget): Polynomial {
  const [x, y] = [dense(a, v, budget), dense(b, v, budget)];
  if (x.length === 0 || y.length === 0) return P.zero;
  if (x.length === 1) return P.power(x[0]!, y.length - 1, budget);
  if (y.length === 1) return P.power(y[0]!, x.length - 1, budget);
  if (x.length >= y.length) return sequence(x, y, budget).resultant;
  const swapped = sequence(y, x, budget).resultant;
  return x.length % 2 === 0 && y.length % 2 === 0 ? P.negate(swapped) : swapped;
}

/**
 * The discriminant in v of a polynomial of degree n ≥ 1 with leading coefficient c: (−1)^(n(n−1)/2) · Res(p, ∂p/∂v) / c,
 * with p' taken as of degree n − 1. Throws `input` for a smaller degree.
 *
 * @example
 * const [x, b, c] = [variable(0), variable(1), variable(2)];
 * const p = new Map([...monomial([[0, 2]]), ...monomial([[0, 1], [1, 1]]), ...c]);
 * key(discriminant(p, 0, createBudget())); // "1^2*1;2^1*-4"
 */
export function discriminant(p: Polynomial, v: number, budget: Budget): Polynomial {
  const coefficients = dense(p, v, budget);
  const n = coefficients.length - 1;
  if (n < 1)
    throw new DescentError("input", "a discriminant takes a polynomial that depends on the variable");
  const result = quotient(resultant(p, P.derivative(p, v), v, budget), coefficients[n]!, budget);
  return ((n * (n - 1)) / 2) % 2 === 0 ? result : P.negate(result);
}

/**
 * The greatest common divisor by subresultants, primitive as `content` has it, with the common monomial. Always right, slow
 * in several variables: its numbers and degrees grow with the square of the degree.
 */
export function subresultantGcd(a: Polynomial, b: Polynomial, budget: Budget): Polynomial {
  if (P.isZero(a)) return normal(b);
  if (P.isZero(b)) return normal(a);
  const [x, y] = [normal(a), normal(b)];
  const v = Math.min(...[...x.values(), ...y.values()].flatMap((t) => t.monomial.map(([w]) => w)));
  if (v === Infinity) return P.one;
  const [cx, cy] = [contentIn(x, v, budget), contentIn(y, v, budget)];
  const common = subresultantGcd(cx, cy, budget);
  const parts = [
    dense(quotient(x, cx, budget), v, budget),
    dense(quotient(y, cy, budget), v, budget),
  ] as const;
  const [long, short] = parts[0].length >= parts[1].length ? parts : [parts[1], parts[0]];
  if (short.length === 1) return common;
  const { last } = sequence(long, short, budget);
  if (last.length === 1) return common;
  const found = normal(sparse(last, v, budget));
  const primitive = quotient(found, contentIn(found, v, budget), budget);
  return normal(P.multiply(common, primitive, budget));
}

function contentIn(p: Polynomial, v: number, budget: Budget): Polynomial {
  return dense(p, v, budget).reduce(
    (g, c) => (P.equal(g, P.one) ? g : subresultantGcd(g, c, budget)),
    P.zero,
  );
}

/** The primitive part, with its monomial. */
export function normal(p: Polynomial): Polynomial {
  const { monomial, primitive } = P.content(p);
  if (monomial.length === 0) return primitive;
  const result = new Map<string, P.Term>();
  for (const t of primitive.values()) {
    const m = P.multiplyMonomials(t.monomial, monomial);
    result.set(P.monomialKey(m), { monomial: m, coefficient: t.coefficient });
  }
  return result;
}
