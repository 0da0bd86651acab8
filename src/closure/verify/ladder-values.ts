/** Values of a tower at a place, with bounds of their errors, and the rank of a matrix of them. */
import type { Budget } from "../../errors.ts";
import { type Fraction, key } from "../../exact/fraction.ts";
import type * as P from "../../exact/polynomial.ts";
import { derivative } from "../../exact/polynomial.ts";
import { G_ONE, type Gaussian, gEqual, isZero, ONE, type Rational, rational } from "../../exact/rational.ts";
import type { Reals } from "../../precise/mpfr.ts";
import {
  above,
  add,
  type Ball,
  call,
  divide,
  fromRational,
  isNonzero,
  multiply,
  negative,
  pi,
  power,
} from "./ball.ts";
import type { Place } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import type { Tower, TowerGenerator } from "./ladder-tower.ts";

/** By variable. */
export type Values = readonly Ball[];

/** A value of a variable in place of its own; undefined where it keeps it. */
export type Instead = (variable: number) => Rational | undefined;

/** Units of the budget for the value of a generator. */
const GENERATOR_COST = 256;

const zero = (r: Reals): Ball => ({ re: r.number(0), error: Number.NEGATIVE_INFINITY });
const i = (r: Reals): Ball => ({ re: r.number(0), im: r.number(1), error: Number.NEGATIVE_INFINITY });

/** What overflows. */
const anything = (r: Reals): Ball => ({ re: r.number(0), error: Number.POSITIVE_INFINITY });

/** Undefined where a generator has no value at the place. */
export function valuesAt(
  r: Reals,
  tower: Tower,
  place: Place,
  instead: Instead = () => undefined,
): Values | undefined {
  const values: Ball[] = [];
  for (const [v, name] of tower.names.entries()) {
    if (tower.generator.has(v)) continue;
    const other = instead(v);
    if (other !== undefined) values[v] = fromRational(r, other);
    else values[v] = name === "pi" ? pi(r) : fromRational(r, symbolAt(place, name));
  }
  for (const generator of tower.generators) {
    tower.budget.spend(GENERATOR_COST);
    const other = instead(generator.variable);
    const value = other === undefined ? generatorAt(r, generator, values) : fromRational(r, other);
    if (value === undefined || !r.isFinite(value.re)) return undefined;
    values[generator.variable] = value;
  }
  return values;
}

/** A symbol; open sizes are indeterminates too, and numbers at places that have them. */
function symbolAt(place: Place, name: string): Rational {
  const size = place.indices.get(name);
  return size === undefined ? place.symbol(familyOf(name), name) : rational(size);
}

/** Waves are written in complex exponentials: what is real in half of all bits stands for something real. */
function realised(r: Reals, value: Ball): Ball {
  const { re, im, error } = value;
  if (im === undefined || isNonzero(r, { re: im, error })) return value;
  const size = above(r, { re, error });
  return error <= Math.max(size, 0) - r.bits / 2 ? { re, error } : value;
}

function generatorAt(r: Reals, generator: TowerGenerator, values: Values): Ball | undefined {
  const args: Ball[] = [];
  for (const argument of generator.arguments) {
    const value = fractionAt(r, argument, values);
    if (value === undefined) return undefined;
    args.push(realised(r, value));
  }
  if (generator.function !== "root") return call(r, generator.function, args);
  return rootAt(r, args[0]!, generator.order);
}

/** The real root: the positive one of an even order. */
function rootAt(r: Reals, base: Ball, order: number): Ball | undefined {
  const isNegative = order % 2 === 1 && base.im === undefined && r.sign(base.re) < 0;
  const root = power(r, isNegative ? negative(r, base) : base, fromRational(r, rational(1, order)));
  return isNegative && root !== undefined ? negative(r, root) : root;
}

function gaussianAt(r: Reals, { re, im }: Gaussian): Ball {
  const real = fromRational(r, re);
  return isZero(im) ? real : add(r, real, multiply(r, i(r), fromRational(r, im)));
}

export function polynomialAt(r: Reals, p: P.Polynomial, values: Values): Ball {
  let total = zero(r);
  const known = new Map<string, Ball>();
  const raised = (v: number, k: number): Ball => {
    if (k === 1) return values[v]!;
    const at = `${v} ${k}`;
    const found = known.get(at) ?? power(r, values[v]!, fromRational(r, rational(k))) ?? anything(r);
    known.set(at, found);
    return found;
  };
  for (const { monomial, coefficient } of p.values()) {
    let term = gEqual(coefficient, G_ONE) ? undefined : gaussianAt(r, coefficient);
    for (const [v, k] of monomial) {
      const own = raised(v, k);
      term = term === undefined ? own : multiply(r, term, own);
    }
    total = add(r, total, term ?? fromRational(r, ONE));
  }
  return total;
}

export const fractionAt = (r: Reals, f: Fraction, values: Values): Ball | undefined =>
  divide(r, polynomialAt(r, f.numerator, values), polynomialAt(r, f.denominator, values));

/**
 * d/dT of a polynomial in the tower, all other independent generators held constant: what is algebraic over T moves with
 * it, roots by r' = r·c'/(n·c), and of the Jacobi functions of one argument each by the ratio of their derivatives.
 */
export function slopeAt(r: Reals, tower: Tower, values: Values, variable: number): Slope | undefined {
  const slopes = new Map<number, Ball>([[variable, fromRational(r, ONE)]]);
  const along = (p: P.Polynomial): Ball => {
    let total = zero(r);
    for (const [v, speed] of slopes) {
      const part = derivative(p, v);
      if (part.size > 0) total = add(r, total, multiply(r, speed, polynomialAt(r, part, values)));
    }
    return total;
  };
  const base = tower.generator.get(variable);
  for (const g of tower.generators) {
    if (g.variable === variable) continue;
    const own = values[g.variable]!;
    if (g.function === "root") {
      const [c] = g.arguments as [Fraction];
      const [num, den] = [polynomialAt(r, c.numerator, values), polynomialAt(r, c.denominator, values)];
      const [up, down] = [divide(r, along(c.numerator), num), divide(r, along(c.denominator), den)];
      if (up === undefined || down === undefined) return undefined;
      const ratio = multiply(r, add(r, up, negative(r, down)), fromRational(r, rational(1, g.order)));
      slopes.set(g.variable, multiply(r, own, ratio));
    } else if (base !== undefined && areSiblings(base, g)) {
      const [a, b] = [base, g].map((each) => jacobiSlope(r, each, values));
      const ratio = a === undefined || b === undefined ? undefined : divide(r, b, a);
      if (ratio === undefined) return undefined;
      slopes.set(g.variable, ratio);
    }
  }
  return along;
}

export type Slope = (p: P.Polynomial) => Ball;

const JACOBI = /^[scd]n$/;

/** Jacobi functions of the same argument and modulus: each is algebraic over each other. */
const areSiblings = (a: TowerGenerator, b: TowerGenerator): boolean =>
  JACOBI.test(a.function) &&
  JACOBI.test(b.function) &&
  a.arguments.every((x, k) => key(x) === key(b.arguments[k]!));

/** d sn = cn·dn, d cn = −sn·dn, d dn = −m·sn·cn. */
function jacobiSlope(r: Reals, g: TowerGenerator, values: Values): Ball | undefined {
  const args = g.arguments.map((argument) => fractionAt(r, argument, values));
  if (args.includes(undefined)) return undefined;
  const [u, m] = args as Ball[];
  const others = ["sn", "cn", "dn"].filter((name) => name !== g.function);
  const factors = others.map((name) => call(r, name, [u!, m!]));
  if (factors.includes(undefined)) return undefined;
  const product = multiply(r, factors[0]!, factors[1]!);
  if (g.function === "sn") return product;
  return negative(r, g.function === "cn" ? product : multiply(r, m!, product));
}

/** A lower bound of the rank of a matrix: the pivots that are certainly not zero. */
export function rankAtLeast(r: Reals, matrix: readonly (readonly Ball[])[], budget: Budget): number {
  const isZeroEntry = ({ re, im, error }: Ball): boolean =>
    im === undefined && error === Number.NEGATIVE_INFINITY && r.sign(re) === 0;
  const rows = matrix.filter((row) => !row.every(isZeroEntry)).map((row) => [...row]);
  const columns = new Set(rows[0]?.keys());
  let rank = 0;
  for (;;) {
    let best: { row: number; column: number; size: number } | undefined;
    for (let row = rank; row < rows.length; row++) {
      for (const column of columns) {
        const entry = rows[row]![column]!;
        const size = above(r, entry);
        if (isNonzero(r, entry) && (best === undefined || size > best.size)) best = { row, column, size };
      }
    }
    if (best === undefined) return rank;
    const pivotRow = rows[best.row]!;
    [rows[best.row], rows[rank]] = [rows[rank]!, pivotRow];
    columns.delete(best.column);
    for (let row = rank + 1; row < rows.length; row++) {
      if (isZeroEntry(rows[row]![best.column]!)) continue;
      budget.spend(columns.size);
      const factor = divide(r, rows[row]![best.column]!, pivotRow[best.column]!);
      if (factor === undefined) return rank;
      for (const column of columns) {
        const change = multiply(r, factor, pivotRow[column]!);
        rows[row]![column] = add(r, rows[row]![column]!, negative(r, change));
      }
    }
    rank++;
  }
}
