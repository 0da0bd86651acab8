/**
 * Signs of elements: positive where every term is, or a quadratic has no real zero. Where the sign is not known, |u| is u or
 * −u as an oracle says, and the caller compares what comes of both.
 */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { squarefree } from "../../exact/gcd.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import {
  add as addRational,
  compare,
  gaussian,
  gIsReal,
  negate,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import { intervals } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { encloseElement } from "./enclose.ts";
import { type Element, relationOf, variablesOf } from "./generator.ts";
import {
  absolute as absoluteValue,
  type Hints,
  isNumber,
  numberOf,
  type Signs,
  type Tower,
} from "./interface.ts";

/** Chooses the side of a kink: +1 or −1 for an argument by its key. */
export type Oracle = (argument: Element, key: string) => 1 | -1;

export function createSigns(
  tower: Tower,
  hints: Hints,
  oracle: Oracle,
  datum: number | undefined,
  precise: Precise,
  budget: Budget,
): Signs {
  /** +1 or −1 where the polynomial is so surely; 0 where it is at least not negative. */
  function signOfPolynomial(p: Polynomial, depth = 0): 1 | -1 | 0 | undefined {
    budget.spend();
    if (P.isZero(p) || depth > 4) return undefined;
    if (isPositive(p, depth)) return 1;
    if (isPositive(P.negate(p), depth)) return -1;
    return undefined;
  }

  const isPositive = (p: Polynomial, depth: number): boolean =>
    termwise(p) || hints.positive.has(F.key(F.fromPolynomial(p))) || definite(p, depth);

  /** Every term is ≥ 0, and what is free of unknowns is more than what waves can take away. */
  function termwise(p: Polynomial): boolean {
    let [least, strict] = [ZERO, false];
    for (const { monomial, coefficient } of p.values()) {
      const kinds = monomial.map(([v, k]) => factorSign(v, k));
      const bounded = monomial.some(([v]) => isBounded(v));
      const even = gIsReal(coefficient) && sign(coefficient.re) > 0 && !kinds.includes(undefined);
      if (bounded && !even) {
        if (monomial.some(([v]) => !isBounded(v))) return false;
        // |a + bi| ≤ |a| + |b|
        for (const part of [coefficient.re, coefficient.im])
          least = addRational(least, rational(-abs(part.num), part.den));
      } else if (!gIsReal(coefficient)) return false;
      else if (monomial.length === 0) least = addRational(least, coefficient.re);
      else if (kinds.includes(undefined) || sign(coefficient.re) < 0) return false;
      else if (kinds.every((k) => k === 1)) strict = true;
    }
    const side = compare(least, ZERO);
    return side > 0 || (side === 0 && strict);
  }

  /** At most 1 in modulus. */
  const isBounded = (v: number): boolean => {
    const g = tower.generators[v]!;
    return isWave(v) || (g.kind === "special" && BOUNDED.has(g.name));
  };

  /** A number m < bound. */
  const isBelow = (m: Element, bound: number): boolean => {
    const value =
      F.isPolynomial(m) && P.totalDegree(m.numerator) <= 0
        ? P.evaluate(m.numerator, () => gaussian(ZERO))
        : undefined;
    return value !== undefined && compare(value.re, rational(bound)) < 0;
  };

  const isWave = (v: number): boolean => {
    const g = tower.generators[v]!;
    return g.kind === "exp" && g.wave;
  };

  /** 1 for positive, 0 for not negative. */
  function factorSign(v: number, k: number): 1 | 0 | undefined {
    const g = tower.generators[v]!;
    if (isWave(v)) return undefined;
    const positive =
      (g.kind === "exp" && !g.wave) ||
      (g.kind === "root" && g.relation.order % 2 === 0) ||
      (g.kind === "special" && g.name === "dn" && isBelow(g.args[1]!, 1)) ||
      (g.kind === "symbol" && g.symbol.role === "constant") ||
      hints.positive.has(F.key(F.fromPolynomial(P.variable(v))));
    if (positive) return 1;
    return k % 2 === 0 || (g.kind === "cell" && g.name === "abs") ? 0 : undefined;
  }

  /** a·v² + b·v + c with a > 0 and 4ac − b² > 0 for one variable v. */
  function definite(p: Polynomial, depth: number): boolean {
    if (depth > 3) return false;
    for (const v of variablesOf(F.fromPolynomial(p))) {
      const own = new Set([v]);
      if (P.degreeIn(p, own) !== 2 || isWave(v) || relationOf(tower.generators[v]!) !== undefined) continue;
      const at = new Map(
        [...P.coefficientsIn(p, own).values()].map(({ monomial, coefficient }) => [
          P.exponentOf(monomial, v),
          coefficient,
        ]),
      );
      const [c, b, a] = [0, 1, 2].map((k) => at.get(k) ?? P.zero) as [Polynomial, Polynomial, Polynomial];
      const four = P.scale(P.multiply(a, c, budget), { re: rational(4), im: ZERO });
      const rest = P.subtract(four, P.multiply(b, b, budget));
      if (signOfPolynomial(a, depth + 1) === 1 && signOfPolynomial(rest, depth + 1) === 1) return true;
    }
    return false;
  }

  /** Laurent in waves: the sign of a real element whose denominator is a monomial in them. */
  function signOf(a: Element): 1 | -1 | undefined {
    if (F.isZero(a)) return undefined;
    if (hints.positive.has(F.key(a))) return 1;
    if (hints.positive.has(F.key(F.negate(a)))) return -1;
    const laurent = P.content(a.denominator);
    if (laurent.monomial.every(([v]) => isWave(v)) && P.totalDegree(laurent.primitive) <= 0) {
      const shifted = P.multiply(a.numerator, P.monomial(laurent.monomial.map(([v, k]) => [v, -k])), budget);
      const found = signOfPolynomial(P.scale(shifted, inverseOf(laurent.factor)));
      return found === 0 ? undefined : found;
    }
    const [n, d] = [signOfPolynomial(a.numerator), signOfPolynomial(a.denominator)];
    return n === undefined || d === undefined || n === 0 || d === 0 ? undefined : n === d ? 1 : -1;
  }
  const inverseOf = (c: { re: { num: bigint; den: bigint }; im: { num: bigint; den: bigint } }) => {
    const one = F.inverse(F.fromPolynomial(P.constant(c)));
    return P.evaluate(F.multiply(one, F.fromPolynomial(P.one), budget).numerator, () => ({
      re: rational(1),
      im: ZERO,
    }));
  };

  function absolute(a: Element): Element {
    if (F.isZero(a)) return a;
    const known = signOf(a);
    if (known !== undefined) return known > 0 ? a : F.negate(a);
    const real = [...variablesOf(a)].every((v) => !isWave(v));
    if (!real) return side(a);
    // |Π f^k| = Π |f|^k
    let [total, plain] = [tower.number(1), tower.number(1)];
    for (const [p, direction] of [
      [a.numerator, 1],
      [a.denominator, -1],
    ] as const) {
      for (const [f, k] of squarefree(p, budget)) {
        const element = F.fromPolynomial(f);
        const own = k % 2 === 0 ? element : factor(element);
        total = tower.multiply(total, tower.power(own, direction * k));
        plain = tower.multiply(plain, tower.power(element, direction * k));
      }
    }
    const content = tower.divide(a, plain);
    if (!isNumber(content) || !gIsReal(numberOf(content))) return side(a);
    return tower.multiply(total, tower.number(absoluteValue(numberOf(content).re)));
  }

  /** |f| for a squarefree factor, its monomials apart. */
  function factor(f: Element): Element {
    const { monomial } = P.content(f.numerator);
    let [total, rest] = [tower.number(1), f];
    for (const [v, k] of monomial) {
      const own = F.fromPolynomial(P.variable(v));
      rest = tower.divide(rest, tower.power(own, k));
      total = tower.multiply(total, tower.power(side(own), k));
    }
    return tower.multiply(total, P.totalDegree(rest.numerator) <= 0 ? rest : side(rest));
  }

  function side(a: Element): Element {
    const known = signOf(a);
    if (known !== undefined) return known > 0 ? a : F.negate(a);
    const parameters = [...tower.symbolsIn(a)].some((v) => {
      const g = tower.generators[v]!;
      return g.kind === "symbol" && g.symbol.role === "parameter";
    });
    if (!parameters && datum === undefined) return tower.cell("abs", a);
    if (!parameters) return valueAt(a, datum!).lo >= 0 ? a : F.negate(a);
    const exponent = exponentOf(a);
    if (exponent !== undefined) return tower.multiply(a, tower.divide(absolute(exponent), exponent));
    return oracle(a, F.key(a)) > 0 ? a : F.negate(a);
  }

  /** The exponent u where a is e^u − 1 or 1 − e^u, up to a positive factor and the sign of both: they vanish together. */
  function exponentOf(a: Element): Element | undefined {
    const [one, two, ...more] = P.terms(a.numerator);
    if (one === undefined || two === undefined || more.length > 0) return undefined;
    const sum = P.add(P.constant(one.coefficient), P.constant(two.coefficient));
    const real = [one, two].flatMap(({ monomial }) => monomial).every(([v]) => isRealExponential(v));
    if (!P.isZero(sum) || !real || signOf(F.inverse({ numerator: a.denominator, denominator: P.one })) !== 1)
      return undefined;
    const log = ({ monomial }: P.Term): Element =>
      monomial.reduce((total, [v, k]) => {
        const g = tower.generators[v]! as { readonly argument: Element };
        return tower.add(total, tower.multiply(tower.number(k), g.argument));
      }, tower.number(0));
    const difference = tower.subtract(log(one), log(two));
    return sign(one.coefficient.re) > 0 ? difference : F.negate(difference);
  }

  const isRealExponential = (v: number): boolean => {
    const g = tower.generators[v]!;
    return g.kind === "exp" && !g.wave;
  };

  /** Bounds of a function of the data at a datum, which do not contain 0. */
  function valueAt(a: Element, point: number): { readonly lo: number; readonly hi: number } {
    const found = precise.scope(128, (reals) => {
      const i = intervals(reals);
      const value = encloseElement(tower.generators, i, (s) => coordinate(s, point))(a);
      if (value === undefined || !i.excludesZero(value.re)) return undefined;
      return { lo: reals.toNumber(value.re.lo), hi: reals.toNumber(value.re.hi) };
    });
    if (found === undefined)
      throw new DescentError("unsupported", "a function of the data has no sign at the datum");
    return found;
  }

  function turns(a: Element, parts: number): number | undefined {
    let common: number | undefined;
    let seen = 0;
    for (let point = 0; point < 48 && seen < 24; point++) {
      const found = precise.scope(96, (reals) => {
        const i = intervals(reals);
        // Each point on both sides of 0.
        const at = (s: SymbolNode): Rational => {
          const size = coordinate(s, point >> 1);
          return point % 2 === 0 ? size : negate(size);
        };
        const value = encloseElement(tower.generators, i, at)(a);
        if (value === undefined) return undefined;
        const k = i.multiply(i.divide(value.re, i.pi()), i.rational(rational(parts)));
        const [lo, hi] = [k.lo, k.hi].map((end) => reals.toNumber(end)) as [number, number];
        const whole = Math.round(lo);
        return Math.abs(lo - whole) < 1e-9 && Math.abs(hi - whole) < 1e-9 ? whole : Number.NaN;
      });
      if (found === undefined) continue;
      seen++;
      if (Number.isNaN(found) || (common !== undefined && common !== found)) return undefined;
      common = found;
    }
    return common;
  }

  return { signOf, absolute, turns, valueAt };
}

const BOUNDED: ReadonlySet<string> = new Set(["erf", "sn", "cn"]);

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** Rationals of either sign, from a thousandth to some hundreds. */
function coordinate(symbol: SymbolNode, point: number) {
  const mixed = (symbol.id * 7919 + point * 104729 + symbol.id * point * 31) % 9973;
  const size = [1, 1, 10, 100, 1 / 8, 1 / 64][(mixed + point) % 6]!;
  const value = rational(mixed + 501, size >= 1 ? 4999 / 1 : 4999);
  const scaled =
    size >= 1
      ? rational(value.num * BigInt(size), value.den)
      : rational(value.num, value.den * BigInt(1 / size));
  return (mixed >> 2) % 2 === 0 ? scaled : rational(-scaled.num, scaled.den);
}
