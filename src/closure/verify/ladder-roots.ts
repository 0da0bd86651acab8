/**
 * Roots of polynomials in one variable whose coefficients are numbers with bounds of their errors. A resultant that is
 * certainly not zero proves two polynomials coprime, at the place and so at generic values of everything else.
 */
import type { Budget } from "../../errors.ts";
import { squarefree } from "../../exact/gcd.ts";
import * as P from "../../exact/polynomial.ts";
import { type Rational, rational } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { type Ball, fromRational, isNonzero, multiply } from "./ball.ts";
import { BITS, draws } from "./ladder-independence.ts";
import { type Activity, type Tower, type TowerGenerator, variablesIn } from "./ladder-tower.ts";
import { polynomialAt, rankAtLeast, type Values, valuesAt } from "./ladder-values.ts";
import { hash } from "./points.ts";

/** The largest sum of two degrees. */
const MOST_DEGREE = 80;

/** By ascending powers of the variable, from the least that `strip` leaves; undefined where there are too many. */
function coefficientsAt(
  r: Reals,
  p: P.Polynomial,
  variable: number,
  values: Values,
  strip: boolean,
): Ball[] | undefined {
  const parts = [...P.coefficientsIn(p, new Set([variable])).values()];
  const exponents = parts.map(({ monomial }) => P.exponentOf(monomial, variable));
  const least = strip ? exponents.reduce((a, b) => Math.min(a, b)) : 0;
  const length = exponents.reduce((a, b) => Math.max(a, b), 0) - least + 1;
  if (length > MOST_DEGREE) return undefined;
  const dense = Array.from({ length }, () => fromRational(r, rational(0)));
  parts.forEach(({ coefficient }, k) => {
    dense[exponents[k]! - least] = polynomialAt(r, coefficient, values);
  });
  return dense;
}

/** Whether the resultant for these formal degrees is certainly not zero. */
function areCoprime(r: Reals, a: readonly Ball[], b: readonly Ball[], budget: Budget): boolean {
  const [m, n] = [a.length - 1, b.length - 1];
  if (m + n === 0) return isNonzero(r, a[0]!) || isNonzero(r, b[0]!);
  const zero = fromRational(r, rational(0));
  const shifted = (p: readonly Ball[], by: number): Ball[] =>
    Array.from({ length: m + n }, (_, k) => p[k - by] ?? zero);
  const rows = [
    ...Array.from({ length: n }, (_, k) => shifted(a, k)),
    ...Array.from({ length: m }, (_, k) => shifted(b, k)),
  ];
  return rankAtLeast(r, rows, budget) === m + n;
}

/** Values with the active transcendental generators, which are independent, anywhere; `variable` is not used. */
function* specialisations(
  r: Reals,
  tower: Tower,
  { transcendental }: Activity,
  variable: number,
): Generator<Values> {
  let seed = 0;
  for (const draw of draws()) {
    seed++;
    const anywhere = (v: number): Rational | undefined =>
      v === variable || transcendental(v)
        ? rational(1000 + (hash(`${seed} ${tower.names[v]}`) % 9000), 4999)
        : undefined;
    const values = valuesAt(r, tower, draw, anywhere);
    if (values !== undefined) yield values;
  }
}

/** Whether a root depends on what has no values of its own here. */
export function rootsOver(tower: Tower, { active }: Activity, variable: number): TowerGenerator | undefined {
  const over = new Set([variable]);
  return tower.generators.find((g) => {
    const inside = g.arguments.flatMap((argument) => [...variablesIn(argument)]);
    if (g.function !== "root" || !active(g.variable) || !inside.some((v) => over.has(v))) return false;
    over.add(g.variable);
    return true;
  });
}

/**
 * Whether for generic values of all else the denominator has a zero in the variable that is none of the numerator's, other
 * than 0 for an exponential.
 */
export function hasPole(precise: Precise, tower: Tower, activity: Activity, variable: number): boolean {
  const isUnit = tower.generator.get(variable)?.function === "exp";
  return precise.scope(BITS, (r) => {
    for (const values of specialisations(r, tower, activity, variable)) {
      const bottom = coefficientsAt(r, tower.denominator, variable, values, isUnit);
      const top = coefficientsAt(r, tower.numerator, variable, values, false);
      if (top === undefined || bottom === undefined || top.length + bottom.length > MOST_DEGREE) return false;
      const varies = bottom.slice(1).some((c) => isNonzero(r, c));
      if (varies && (!isUnit || isNonzero(r, bottom[0]!)) && areCoprime(r, top, bottom, tower.budget))
        return true;
    }
    return false;
  });
}

/**
 * Whether a root r of order n has degree n over the active symbols, exponentials with their roots, the other generators
 * and the other roots (Kummer): no prime divisor of n divides the multiplicities of all factors of its argument that are
 * no exponential and no factor of the argument of another root.
 *
 * @param counts the variables of which a factor has to have one
 */
export function hasFullDegree(
  precise: Precise,
  tower: Tower,
  activity: Activity,
  root: TowerGenerator,
  budget: Budget,
  counts: (variable: number) => boolean = activity.active,
): boolean {
  const { active } = activity;
  const roots = tower.generators.filter((g) => g.function === "root" && active(g.variable));
  const nested = roots.some((g) =>
    [...variablesIn(g.arguments[0]!)].some((v) => active(v) && tower.generator.get(v)?.function === "root"),
  );
  if (nested) return false;
  const factorsOf = (g: TowerGenerator): (readonly [P.Polynomial, number])[] => {
    const { numerator, denominator } = g.arguments[0]!;
    return [...squarefree(numerator, budget), ...squarefree(denominator, budget)];
  };
  const own = factorsOf(root);
  const others = roots.filter((g) => g !== root).flatMap(factorsOf);
  let common = root.order;
  for (const [factor, multiplicity] of own) {
    const rest = [...own, ...others].filter(([other]) => other !== factor).map(([other]) => other);
    if (isSimple(precise, tower, activity, factor, rest, counts)) common = gcd(common, multiplicity);
  }
  return common === 1;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Whether in some active variable it has a simple zero, not 0 for an exponential, that is none of the others'. */
function isSimple(
  precise: Precise,
  tower: Tower,
  activity: Activity,
  factor: P.Polynomial,
  others: readonly P.Polynomial[],
  counts: (variable: number) => boolean,
): boolean {
  const variables = [...variablesIn(factor)].filter(counts);
  return variables.some((variable) => {
    const isUnit = tower.generator.get(variable)?.function === "exp";
    return precise.scope(BITS, (r) => {
      let tries = 4;
      for (const values of specialisations(r, tower, activity, variable)) {
        if (tries-- === 0) return false;
        const p = coefficientsAt(r, factor, variable, values, isUnit);
        if (p === undefined || p.length < 2 || p.length > MOST_DEGREE / 2) return false;
        const slope = p.slice(1).map((c, k) => multiply(r, c, fromRational(r, rational(k + 1))));
        const simple =
          isNonzero(r, p.at(-1)!) &&
          (!isUnit || isNonzero(r, p[0]!)) &&
          areCoprime(r, p, slope, tower.budget);
        const apart = others.every((other) => {
          const q = coefficientsAt(r, other, variable, values, false);
          return q !== undefined && q.length + p.length <= MOST_DEGREE && areCoprime(r, p, q, tower.budget);
        });
        if (simple && apart) return true;
      }
      return false;
    });
  });
}
