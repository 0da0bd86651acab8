/** Linear relations over Q among elements, and multiplicative ones among polynomials. */
import type { Budget } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { cofactors, contentIn, gcd, squarefree } from "../../exact/gcd.ts";
import { RATIONALS, solve } from "../../exact/matrix.ts";
import { rankMod } from "../../exact/modular.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import { gInverse, gIsZero, gMultiply, type Rational, rational, ZERO } from "../../exact/rational.ts";
import { normal } from "../../exact/subresultant.ts";
import { type Element, variablesOf } from "./generator.ts";
import { areApart } from "./places.ts";

/**
 * Rationals q_k with target = Σ q_k·items[k] + a constant of Q(i), if there are any: linear algebra on the coefficients over
 * a common denominator, real and imaginary parts apart.
 */
export function linearRelation(
  target: Element,
  items: readonly Element[],
  budget: Budget,
): { readonly factors: readonly Rational[]; readonly rest: Element } | undefined {
  const all = [...items, target];
  if (areApart(all, budget)) return undefined;
  let common = P.one;
  for (const { denominator } of all) {
    const { right } = cofactors(common, denominator, budget);
    common = P.multiply(common, right, budget);
  }
  const columns = [common, ...all.map((a) => scaled(a, common, budget))];
  const keys = new Set(columns.flatMap((p) => [...p.keys()]));
  const rows = [...keys].flatMap((key) => {
    const entries = columns.map((p) => p.get(key)?.coefficient);
    const re = entries.map((c) => c?.re ?? ZERO);
    const im = entries.map((c) => c?.im ?? ZERO);
    // The constant is complex: its imaginary part is an unknown of its own.
    return [
      [re[0]!, negated(im[0]!), ...re.slice(1)],
      [im[0]!, re[0]!, ...im.slice(1)],
    ];
  });
  const found = solve(
    RATIONALS,
    rows.map((row) => row.slice(0, -1)),
    rows.map((row) => row.at(-1)!),
    budget,
  );
  if (found === undefined) return undefined;
  const [re, im, ...factors] = found as [Rational, Rational, ...Rational[]];
  return { factors, rest: F.fromPolynomial(P.constant({ re, im })) };
}

const negated = (a: Rational): Rational => rational(-a.num, a.den);

const scaled = ({ numerator, denominator }: Element, common: Polynomial, budget: Budget): Polynomial =>
  P.multiply(numerator, P.divideExact(common, denominator, budget)!, budget);

/** Pairwise coprime polynomials of which all given ones are products, and a number and a monomial aside. */
function coprimeBasis(all: readonly Polynomial[], budget: Budget): Polynomial[] {
  const basis: Polynomial[] = [];
  const pending = all.flatMap((p) => {
    const { monomial, primitive } = P.content(p);
    return [primitive, ...monomial.map(([v]) => P.variable(v))];
  });
  for (let p = pending.pop(); p !== undefined; p = pending.pop()) {
    budget.spend();
    if (isNumber(p)) continue;
    const own = normal(p);
    const at = basis.findIndex((b) => !isNumber(gcd(b, own, budget)));
    if (at < 0) {
      basis.push(own);
      continue;
    }
    const common = normal(gcd(basis[at]!, own, budget));
    if (P.equal(common, own) && P.equal(common, basis[at]!)) continue;
    pending.push(common, quotient(own, common, budget), quotient(basis[at]!, common, budget));
    basis.splice(at, 1);
  }
  return basis;
}

const isNumber = (p: Polynomial): boolean => P.totalDegree(p) <= 0;
const quotient = (p: Polynomial, q: Polynomial, budget: Budget): Polynomial => P.divideExact(p, q, budget)!;

/** The exponents of an element in a coprime basis. */
export function exponents(a: Element, basis: readonly Polynomial[], budget: Budget): number[] {
  return basis.map((b) => multiplicity(a.numerator, b, budget) - multiplicity(a.denominator, b, budget));
}

function multiplicity(p: Polynomial, factor: Polynomial, budget: Budget): number {
  let rest: Polynomial | undefined = P.divideExact(p, factor, budget);
  for (let k = 0; ; k++) {
    if (rest === undefined) return k;
    budget.spend();
    rest = P.divideExact(rest, factor, budget);
  }
}

/**
 * Rationals q_k with target = constant · Π items[k]^{q_k}, if there are any: the constant is a number, or with `moving` an
 * element without moving variables.
 */
export function multiplicativeRelation(
  target: Element,
  items: readonly Element[],
  moving: ((variable: number) => boolean) | undefined,
  budget: Budget,
): readonly Rational[] | undefined {
  const parts = [target, ...items].flatMap((a) => [a.numerator, a.denominator]);
  const whole = coprimeBasis(
    moving === undefined ? parts : parts.flatMap((p) => apart(p, moving, budget)),
    budget,
  );
  const basis = whole.filter(
    (p) => moving === undefined || [...variablesOf(F.fromPolynomial(p))].some(moving),
  );
  const columns = items.map((a) => exponents(a, basis, budget));
  const right = exponents(target, basis, budget).map((n) => rational(n));
  const rows = basis.map((_, k) => columns.map((c) => rational(c[k]!)));
  return solve(RATIONALS, rows, right, budget);
}

/**
 * Rationals q_k with rows[n] = Σ q_k·rows[k] for the last row n, if there are any: found at rational places of all
 * variables, and then checked.
 */
export function rationalCombination(
  rows: readonly (readonly Element[])[],
  budget: Budget,
): readonly Rational[] | undefined {
  const equations: Rational[][] = [];
  for (let place = 0; equations.length < 4 * rows.length + 8 && place < 40; place++) {
    const at = (v: number) => ({
      re: rational(((v * 7919 + place * 104_729) % 997) + 3, 101 + ((v + place) % 7)),
      im: ZERO,
    });
    rows[0]?.forEach((_, column) => {
      const values = rows.map((row) => {
        const { numerator, denominator } = row[column]!;
        const d = P.evaluate(denominator, at);
        return gIsZero(d) ? undefined : gMultiply(P.evaluate(numerator, at), gInverse(d));
      });
      if (values.includes(undefined)) return;
      equations.push(
        values.map((c) => c!.re),
        values.map((c) => c!.im),
      );
    });
  }
  const found = solve(
    RATIONALS,
    equations.map((row) => row.slice(0, -1)),
    equations.map((row) => row.at(-1)!),
    budget,
  );
  return found;
}

/**
 * Whether roots of these elements are proved to be independent over the algebraic closure of what does not move, units
 * being constants too: by Kummer's theorem, for each prime p no product of the radicands of its roots is a p-th power. The
 * radicands are elements of a field of rational functions.
 */
export function areIndependentRoots(
  roots: readonly { readonly value: Element; readonly order: number }[],
  moving: (variable: number) => boolean,
  isUnit: (variable: number) => boolean,
  budget: Budget,
): boolean {
  const parts = roots.flatMap(({ value }) => [value.numerator, value.denominator]);
  const factors = parts.flatMap((p) => apart(p, moving, budget).flatMap((q) => squarefree(q, budget)));
  const basis = coprimeBasis(
    factors.map(([f]) => f),
    budget,
  ).filter((p) => [...variablesOf(F.fromPolynomial(p))].some(moving) && !isMonomialOf(p, isUnit));
  const rows = roots.map(({ value }) => exponents(value, basis, budget));
  const primes = new Set(roots.flatMap(({ order }) => primeFactors(order)));
  return [...primes].every((p) => {
    const own = rows.filter((_, k) => roots[k]!.order % p === 0);
    const residues = own.map((row) => row.map((entry) => ((entry % p) + p) % p));
    return rankMod(residues, p) === own.length;
  });
}

const isMonomialOf = (p: Polynomial, isUnit: (variable: number) => boolean): boolean =>
  p.size === 1 && [...variablesOf(F.fromPolynomial(p))].every(isUnit);

function primeFactors(n: number): number[] {
  const found: number[] = [];
  for (let [p, rest] = [2, n]; rest > 1; p++) {
    if (rest % p !== 0) continue;
    found.push(p);
    while (rest % p === 0) rest /= p;
  }
  return found;
}

/** The content without moving variables, and the rest. */
function apart(p: Polynomial, moving: (variable: number) => boolean, budget: Budget): Polynomial[] {
  const own = new Set([...variablesOf(F.fromPolynomial(p))].filter(moving));
  if (own.size === 0) return [p];
  const content = contentIn(p, own, budget);
  return [content, quotient(p, content, budget)];
}
