/**
 * Greatest common divisors of sparse multivariate polynomials over Q(i), and what follows from them.
 *
 * Results are canonical: Gaussian integer coefficients without a common factor, the first of `terms` with its coefficient
 * in re > 0, im ≥ 0, as `content` has it for the primitive part; the common monomial stays in. No variable is a unit here:
 * negative exponents throw `internal`.
 *
 * Images in F_p[x] bound the degree of the gcd in each variable x: with a homomorphism that keeps a leading coefficient of
 * a or b, the image of the gcd keeps its degree and divides the gcd of the images. Variables of degree 0 are eliminated by
 * passing to coefficients. Then a candidate is lifted from F_p by Zippel's interpolation. It is taken only if it divides
 * both a and b and attains every degree bound: what divides both also divides the gcd, and the quotient has degree 0
 * in every variable. Where luck fails repeatedly, subresultants decide.
 */
import { type Budget, DescentError } from "../errors.ts";
import { type Integral, integral, lift } from "./lift.ts";
import { homomorphismBelow, PRIME_BOUND, residues } from "./modular.ts";
import type { Polynomial } from "./polynomial.ts";
import * as P from "./polynomial.ts";
import { gaussian, gGcd, rational } from "./rational.ts";
import { normal, subresultantGcd } from "./subresultant.ts";
import { degreeBound } from "./zippel.ts";

const ATTEMPTS = 4;

/** A gcd and, where they are known, the quotients by it. */
interface Common {
  readonly gcd: Polynomial;
  readonly quotients?: readonly [Polynomial, Polynomial];
}

/**
 * The greatest common divisor; zero only where both are zero. Throws `internal` for negative exponents.
 *
 * @example
 * const minusOne = constant(gaussian(MINUS_ONE));
 * const [p, q] = [new Map([...monomial([[0, 4]]), ...minusOne]), new Map([...monomial([[0, 6]]), ...minusOne])];
 * key(gcd(p, q, createBudget())); // "*1;0^2*-1"
 */
export const gcd = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial => common(a, b, budget).gcd;

/**
 * The gcd g and the coprime a/g and b/g. Zero for all where both are zero. Throws `internal` for negative exponents.
 *
 * @example
 * const { left, right } = cofactors(monomial([[0, 3]]), monomial([[0, 1], [1, 1]]), createBudget());
 * [key(left), key(right)]; // ["0^2*1", "1^1*1"]
 */
export function cofactors(
  a: Polynomial,
  b: Polynomial,
  budget: Budget,
): { gcd: Polynomial; left: Polynomial; right: Polynomial } {
  const { gcd, quotients } = common(a, b, budget);
  if (P.isZero(gcd)) return { gcd, left: P.zero, right: P.zero };
  if (P.equal(gcd, P.one)) return { gcd, left: a, right: b };
  const [left, right] = quotients ?? [quotient(a, gcd, budget), quotient(b, gcd, budget)];
  return { gcd, left, right };
}

/**
 * The least common multiple, canonical as the gcd is; zero where a or b is. Throws `internal` for negative exponents.
 *
 * @example
 * key(lcm(monomial([[0, 3]]), monomial([[0, 1], [1, 1]]), createBudget())); // "0^3 1^1*1"
 */
export function lcm(a: Polynomial, b: Polynomial, budget: Budget): Polynomial {
  if (P.isZero(a) || P.isZero(b)) return P.zero;
  return normal(P.multiply(a, cofactors(a, b, budget).right, budget));
}

/**
 * The gcd of all; zero where all are zero. Throws `internal` for negative exponents.
 *
 * @example
 * key(gcdOfAll([monomial([[0, 3]]), monomial([[0, 2], [1, 1]]), zero], createBudget())); // "0^2*1"
 */
export function gcdOfAll(all: Iterable<Polynomial>, budget: Budget): Polynomial {
  const [first, ...others] = [...all].filter((p) => !P.isZero(p)).sort((a, b) => a.size - b.size);
  if (first === undefined) return P.zero;
  if (others.length < 2 || isConstant(first)) return gcd(first, others[0] ?? P.zero, budget);
  // The gcd of the first and a combination of the others is a multiple, and mostly no proper one.
  const mixed = others.reduce((sum, p, k) => {
    budget.spend(p.size);
    return P.add(sum, P.scale(p, gaussian(rational(1 + ((k * k + 3 * k) % 17)))));
  }, P.zero);
  let result = gcd(first, mixed, budget);
  for (const p of others) {
    if (P.equal(result, P.one)) return result;
    if (P.divideExact(p, result, budget) === undefined) result = gcd(result, p, budget);
  }
  return result;
}

/**
 * The gcd of p's coefficients, where p is read as a polynomial in the variables given.
 *
 * @example
 * const p = new Map([...monomial([[0, 2], [1, 1]]), ...monomial([[1, 2]])]);
 * key(contentIn(p, new Set([0]), createBudget())); // "1^1*1"
 */
export const contentIn = (p: Polynomial, variables: ReadonlySet<number>, budget: Budget): Polynomial =>
  gcdOfAll(coefficients(p, variables), budget);

/**
 * Squarefree, pairwise coprime, non-constant factors f with their multiplicities k, ascending: p is the product of all
 * f^k and a number. None for zero. (D. Y. Y. Yun, On square-free decomposition algorithms, SYMSAC 1976.) Throws
 * `internal` for negative exponents.
 *
 * @example
 * squarefree(monomial([[0, 3], [1, 1]]), createBudget()).map(([f, k]) => [key(f), k]); // [["1^1*1", 1], ["0^1*1", 3]]
 */
export function squarefree(
  p: Polynomial,
  budget: Budget,
): (readonly [factor: Polynomial, multiplicity: number])[] {
  const factors = new Map<number, Polynomial>();
  const include = (factor: Polynomial, k: number): void => {
    if (isConstant(factor)) return;
    const old = factors.get(k);
    factors.set(k, old === undefined ? normal(factor) : normal(P.multiply(old, factor, budget)));
  };
  const { monomial, primitive } = P.content(ordinary(p));
  for (const [v, k] of monomial) include(P.variable(v), k);
  let rest = primitive;
  for (const v of variablesOf(rest)) {
    // Factors that are free of v are those of the content, and come later.
    const free = contentIn(rest, new Set([v]), budget);
    let w = cofactors(quotient(rest, free, budget), P.derivative(quotient(rest, free, budget), v), budget);
    rest = free;
    for (let k = 1; !isConstant(w.left); k++) {
      const excess = P.subtract(w.right, P.derivative(w.left, v));
      const step = cofactors(w.left, excess, budget);
      include(step.gcd, k);
      w = step;
    }
  }
  return [...factors].sort(([j], [k]) => j - k).map(([k, factor]) => [factor, k] as const);
}

const isConstant = (p: Polynomial): boolean => P.totalDegree(p) <= 0;

function* coefficients(p: Polynomial, variables: ReadonlySet<number>): Generator<Polynomial> {
  for (const { coefficient } of P.coefficientsIn(p, variables).values()) yield coefficient;
}

function quotient(a: Polynomial, b: Polynomial, budget: Budget): Polynomial {
  const result = P.divideExact(a, b, budget);
  if (result === undefined) throw new DescentError("internal", "a common divisor does not divide");
  return result;
}

function variablesOf(...all: readonly Polynomial[]): number[] {
  const found = new Set<number>();
  for (const p of all) for (const t of p.values()) for (const [v] of t.monomial) found.add(v);
  return [...found].sort((a, b) => a - b);
}

function ordinary(p: Polynomial): Polynomial {
  for (const t of p.values()) {
    if (t.monomial.some(([, k]) => k < 0)) {
      throw new DescentError("internal", "polynomials with negative exponents have no common divisor");
    }
  }
  return p;
}

function common(a: Polynomial, b: Polynomial, budget: Budget): Common {
  budget.spend(1 + a.size + b.size);
  if (P.isZero(a)) return { gcd: normal(ordinary(b)) };
  if (P.isZero(b)) return { gcd: normal(ordinary(a)) };
  const [x, y] = [P.content(ordinary(a)), P.content(ordinary(b))];
  const found = primitiveGcd(x.primitive, y.primitive, budget);
  const shared = x.monomial
    .map(([v, k]): P.Power => [v, Math.min(k, P.exponentOf(y.monomial, v))])
    .filter(([, k]) => k > 0);
  const gcd = shared.length === 0 ? found.gcd : P.multiply(found.gcd, P.monomial(shared), budget);
  if (found.quotients === undefined) return { gcd };
  const whole = (q: Polynomial, { factor, monomial }: typeof x): Polynomial => {
    const own = monomial.map(([v, k]): P.Power => [v, k - P.exponentOf(shared, v)]);
    return P.multiply(q, P.monomial(own, factor), budget);
  };
  return { gcd, quotients: [whole(found.quotients[0], x), whole(found.quotients[1], y)] };
}

/** For primitive parts as `content` has them. */
function primitiveGcd(a: Polynomial, b: Polynomial, budget: Budget): Common {
  if (isConstant(a) || isConstant(b)) return { gcd: P.one, quotients: [a, b] };
  if (P.equal(a, b)) return { gcd: a, quotients: [P.one, P.one] };
  for (let seed = 1; seed <= ATTEMPTS; seed++) {
    const found = attempt(a, b, seed, budget);
    if (found !== undefined) return found;
  }
  return { gcd: subresultantGcd(a, b, budget) };
}

/** Undefined where luck fails. */
function attempt(a: Polynomial, b: Polynomial, seed: number, budget: Budget): Common | undefined {
  const variables = variablesOf(a, b);
  const bounds = degreeBounds(integral(a, variables), integral(b, variables), variables, seed, budget);
  const absent = new Set(variables.filter((_, i) => bounds[i] === 0));
  if (absent.size === variables.length) return { gcd: P.one, quotients: [a, b] };
  if (absent.size > 0)
    return { gcd: gcdOfAll([...coefficients(a, absent), ...coefficients(b, absent)], budget) };
  const attains = (p: Polynomial): boolean =>
    variables.every((v, i) => P.degreeIn(p, new Set([v])) === bounds[i]);
  /** Whether it is the gcd: it divides both and attains the bounds. */
  const proven = (candidate: Polynomial): Common | undefined => {
    if (!attains(candidate)) return undefined;
    const left = P.divideExact(a, candidate, budget);
    const right = left === undefined ? undefined : P.divideExact(b, candidate, budget);
    return left === undefined || right === undefined
      ? undefined
      : { gcd: candidate, quotients: [left, right] };
  };
  const short = proven(a) ?? proven(b);
  if (short !== undefined) return short;

  const main = mainVariable(a, b, variables);
  const inMain = new Set([main]);
  const shared = gcdOfAll([...coefficients(a, inMain), ...coefficients(b, inMain)], budget);
  if (!isConstant(shared)) {
    const [x, y] = [quotient(a, shared, budget), quotient(b, shared, budget)];
    const rest = primitiveGcd(P.content(x).primitive, P.content(y).primitive, budget);
    return { gcd: normal(P.multiply(shared, rest.gcd, budget)) };
  }
  const [leadA, leadB] = [leading(a, main), leading(b, main)];
  const gamma = P.scale(gcd(leadA, leadB, budget), gGcd(P.content(leadA).factor, P.content(leadB).factor));
  const order = [main, ...variables.filter((v) => v !== main)];
  const limits = order.map((v) => bounds[variables.indexOf(v)]! + P.degreeIn(gamma, new Set([v])));
  return lift(a, b, gamma, order, limits, seed, budget, (multiple) => {
    const own = isConstant(gamma)
      ? multiple
      : quotient(multiple, contentIn(multiple, inMain, budget), budget);
    return proven(P.content(own).primitive);
  });
}

/** Bounds on the degree of the gcd, for each variable. */
function degreeBounds(
  a: Integral,
  b: Integral,
  variables: readonly number[],
  seed: number,
  budget: Budget,
): number[] {
  const random = residues(seed * 7919);
  const hom = homomorphismBelow(PRIME_BOUND - 4096 * seed);
  const [x, y] = [a.reduce(hom), b.reduce(hom)];
  return variables.map((_, i) => {
    const toFront = (q: typeof x): typeof x => ({
      exponents: q.exponents.map((m) => [m[i]!, ...m.slice(0, i), ...m.slice(i + 1)]),
      values: q.values,
    });
    const degree = (q: Integral): number => q.exponents.reduce((most, m) => Math.max(most, m[i]!), 0);
    const least = Math.min(degree(a), degree(b));
    if (least === 0) return 0;
    // What follows takes arrays as long as the degrees.
    budget.spend(x.values.length + y.values.length + degree(a) + degree(b));
    return Math.min(least, degreeBound(toFront(x), toFront(y), hom.p, random, budget) ?? least);
  });
}

/** The variable in which a leading coefficient has the fewest terms; of several the one of the largest degree. */
function mainVariable(a: Polynomial, b: Polynomial, variables: readonly number[]): number {
  const cost = (v: number): number => Math.min(leading(a, v).size, leading(b, v).size);
  const degree = (v: number): number => Math.min(...[a, b].map((p) => P.degreeIn(p, new Set([v]))));
  return [...variables].sort((v, w) => cost(v) - cost(w) || degree(w) - degree(v))[0]!;
}

function leading(p: Polynomial, v: number): Polynomial {
  const degree = P.degreeIn(p, new Set([v]));
  return P.coefficientsIn(p, new Set([v])).get(P.monomialKey([[v, degree]]))!.coefficient;
}
