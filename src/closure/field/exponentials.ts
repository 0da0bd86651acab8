/** Exponentials of a tower: exponents are split into real and imaginary pieces, and related ones written by each other. */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import * as P from "../../exact/polynomial.ts";
import {
  divide as divideRational,
  G_I,
  G_ONE,
  gaussian,
  gInverse,
  gIsReal,
  gMultiply,
  gNegate,
  isInteger,
  isZero,
  multiply as multiplyRational,
  negate,
  ONE,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import { type Element, type Generator, variablesOf } from "./generator.ts";
import { Finer, type Hints, type Tower } from "./interface.ts";
import { linearRelation } from "./relations.ts";

/** The most parts of an exponential that are told apart: what is written by one is a power of it. */
const MOST_PARTS = 5040n;

/** Parts of an exponent that are real or imaginary each: a rational multiple of a monic element. */
interface Piece {
  readonly base: Element;
  readonly wave: boolean;
  readonly factor: Rational;
}

export function createExponentials(tower: Tower, hints: Hints, budget: Budget): Pick<Tower, "exp"> {
  const { generators, variable, number, isWave, hasParameter, isPi, conjugate, pi, doubt } = tower;
  const { add, subtract, multiply, divide, power } = tower;
  const root = (a: Element, order: number): Element => tower.root(a, order);
  const one = number(1);

  function pieces(a: Element): Piece[] {
    const single = P.terms(a.denominator).length === 1;
    const apart = [...variablesOf({ ...a, numerator: P.zero })].every((v) => isWave(v) || !hasParameter(v));
    // By the part of each monomial that is free of waves, so that every group is real or imaginary.
    const groups = new Map<string, Map<string, P.Term>>();
    if (apart) {
      for (const [key, term] of a.numerator) {
        const own = P.monomialKey(term.monomial.filter(([v]) => !isWave(v)));
        const group = groups.get(own) ?? new Map<string, P.Term>();
        groups.set(own, group.set(key, term));
      }
    } else groups.set("", new Map(a.numerator));
    const whole = single ? [...groups.values()] : apart ? [...groups.values()] : [a.numerator];
    return whole.flatMap((p) => {
      const item = F.fraction(p, a.denominator, budget);
      const bar = conjugate(item);
      const half = number(rational(1, 2));
      const re = bar === undefined ? item : multiply(half, add(item, bar));
      const im =
        bar === undefined
          ? number(0)
          : multiply(number(gaussian(ZERO, rational(-1, 2))), subtract(item, bar));
      return [...(F.isZero(re) ? [] : [monic(re, false)]), ...(F.isZero(im) ? [] : [monic(im, true)])];
    });
  }

  function monic(a: Element, wave: boolean): Piece {
    const { factor } = P.content(a.numerator);
    const c = gIsReal(factor) ? factor.re : isZero(factor.re) ? factor.im : ONE;
    return { base: multiply(a, number(rational(c.den, c.num))), wave, factor: c };
  }

  function exp(a: Element): Element {
    let total = one;
    for (const piece of pieces(a)) total = multiply(total, expPiece(piece));
    return total;
  }

  function expPiece({ base, wave, factor }: Piece): Element {
    const single = singleVariable(base);
    if (single !== undefined) {
      const g = generators[single]!;
      if (g.kind === "log") {
        // e^{factor·t}, where e^{scale·t} is known.
        const ratio = gMultiply(wave ? gaussian(ZERO, factor) : gaussian(factor), gInverse(g.scale));
        if (gIsReal(ratio)) return rationalPower(g.exponential, ratio.re, g.name === "atan");
      }
      if (wave && isPi(single)) return turn(factor);
      // e^W = u/W
      if (!wave && g.kind === "special" && g.name === "lambertw")
        return rationalPower(divide(g.args[0]!, base), factor, false);
    }
    const key = `exp ${wave} ${F.key(base)}`;
    const isNew = !tower.has(key);
    if (isNew && [...variablesOf({ ...base, numerator: P.zero })].some(hasParameter)) {
      const related = relatedExp(base, wave, factor);
      if (related !== undefined) return related;
    }
    if (isNew && !hints.units.has(key)) hints.units.set(key, sign(factor) < 0 ? negate(factor) : factor);
    const unit = hints.units.get(key)!;
    const steps = divideRational(factor, unit);
    if (!isInteger(steps)) finer(key, steps);
    const argument = multiply(number(wave ? gaussian(ZERO, unit) : unit), base);
    const t = variable(key, () => ({ kind: "exp", argument, wave }));
    return power(t, Number(steps.num));
  }

  /** Powers of e^base to exponents with so many denominators are none of one generator. */
  function finer(key: string, steps: Rational): never {
    const unit = divideRational(hints.units.get(key)!, rational(steps.den));
    if (steps.den > MOST_PARTS || steps.num > MOST_PARTS || -steps.num > MOST_PARTS)
      throw new DescentError("budget", "exponents have too many different denominators");
    hints.units.set(key, unit);
    throw new Finer();
  }

  /** An exponent that is a combination of those that are there already, and a number. */
  function relatedExp(base: Element, wave: boolean, factor: Rational): Element | undefined {
    const items = generators.flatMap((g, v) => (g.kind === "exp" && g.wave === wave ? [{ g, v }] : []));
    const unit = number(wave ? gNegate(G_I) : G_ONE);
    const logs = wave
      ? []
      : generators.flatMap((g, v) => (g.kind === "log" && g.name !== "atan" ? [{ g, v }] : []));
    if (items.length + logs.length === 0) return undefined;
    const found = linearRelation(
      base,
      [
        ...items.map(({ g }) => multiply(unit, g.argument)),
        ...logs.map(({ g, v }) => multiply(number(g.scale), F.fromPolynomial(P.variable(v)))),
      ],
      budget,
    );
    if (found === undefined) return undefined;
    let total = exp(multiply(number(wave ? G_I : G_ONE), multiply(found.rest, number(factor))));
    items.forEach(({ g, v }, k) => {
      const q = multiplyRational(found.factors[k]!, factor);
      if (!isInteger(q)) finer(`exp ${wave} ${F.key(monic(multiply(unit, g.argument), wave).base)}`, q);
      total = multiply(total, power(F.fromPolynomial(P.variable(v)), Number(q.num)));
    });
    logs.forEach(({ g }, k) => {
      const q = multiplyRational(found.factors[items.length + k]!, factor);
      total = multiply(total, rationalPower((g as Generator & { kind: "log" }).exponential, q, false));
    });
    return total;
  }

  const singleVariable = (a: Element): number | undefined => {
    const [only, ...more] = P.terms(a.numerator);
    const one = only?.monomial.length === 1 && only.monomial[0]![1] === 1 && more.length === 0;
    return one && F.isPolynomial(a) ? only.monomial[0]![0] : undefined;
  };

  /** e^{iπq} */
  function turn(q: Rational): Element {
    const twelfths = multiplyRational(q, rational(12));
    if (!isInteger(twelfths)) {
      const [n, key] = [Number(q.den), `turn ${q.den}`];
      doubt(`a root of unity of order ${2 * n}`);
      const t = variable(key, () => ({
        kind: "exp",
        argument: multiply(number(gaussian(ZERO, rational(1, n))), pi()),
        wave: true,
      }));
      return power(t, Number(q.num));
    }
    const k = ((Number(twelfths.num) % 24) + 24) % 24;
    const [half, i] = [number(rational(1, 2)), number(G_I)];
    if (k % 6 === 0) return power(i, k / 6);
    if (k % 3 === 0) {
      const unit = multiply(divide(add(one, i), root(number(2), 2)), one);
      return power(unit, k / 3);
    }
    const third = multiply(half, add(one, multiply(i, root(number(3), 2))));
    if (k % 2 === 0) {
      // e^{iπ/6} = (√3 + i)/2
      const sixth = multiply(half, add(root(number(3), 2), i));
      return k % 4 === 0 ? power(third, k / 4) : power(sixth, k / 2);
    }
    // e^{iπ/12} = e^{iπ/3}·e^{−iπ/4}
    return power(multiply(third, power(divide(add(one, i), root(number(2), 2)), -1)), k);
  }

  /** c^q for c > 0, or for c on the unit circle. */
  function rationalPower(c: Element, q: Rational, circle: boolean): Element {
    if (isInteger(q)) return power(c, Number(q.num));
    if (!circle) return power(root(c, Number(q.den)), Number(q.num));
    // ((1 + iu)/(1 − iu))^{1/2} = (1 + iu)/√(1 + u²)
    const twice = multiplyRational(q, rational(2));
    if (isInteger(twice)) {
      const real = multiply(number(rational(1, 2)), add(c, power(c, -1)));
      // cos(2α) = real, so cos α = √((1 + real)/2) > 0 and e^{iα} = (c + 1)/(2 cos α).
      const cosine = root(multiply(number(rational(1, 2)), add(one, real)), 2);
      return power(divide(add(c, one), multiply(number(2), cosine)), Number(twice.num));
    }
    doubt("a fraction of an angle");
    return power(
      variable(`circle ${F.key(c)} ${q.den}`, () => ({ kind: "special", name: "angle", args: [c] })),
      Number(q.num),
    );
  }

  return { exp };
}
