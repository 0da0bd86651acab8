/**
 * Arithmetic of forms over one table of generators: sums, products, powers and quotients, with exponentials of logarithms and
 * quarter turns brought to one spelling.
 */
import { type Budget, DescentError } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import {
  bitLength,
  type Gaussian,
  gaussian,
  gIsReal,
  gMultiply,
  isInteger,
  isZero,
  multiply,
  type Rational,
  rational,
} from "../../exact/rational.ts";
import { type Form, I, minus } from "./forms.ts";

/** The highest power of what a form is multiplied with to clear it of denominators. */
const MOST_CLEARED = 12;

/** The most bits that a number in a power may have. */
const POWER_BITS = 200_000;

const bitsOf = (form: Form): number =>
  Math.max(
    0,
    ...[...form.values()].flatMap(({ exponent, coefficient }) =>
      [...exponent.values(), ...coefficient.values()].map(({ coefficient: { re, im } }) =>
        Math.max(...[re.num, re.den, im.num, im.den].map(bitLength)),
      ),
    ),
  );

/** The table of generators is shared with what reads formulas into it. */
export function createArithmetic(budget: Budget) {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  const parameterIds = new Set<number>();
  /** The form inside of a logarithm, by the logarithm's generator. */
  const logs = new Map<number, Form>();
  /** The values of which a generator is the largest. */
  const maxima = new Map<number, readonly Form[]>();
  /** The exponent that an exponential of the data stands for while it is itself in an exponent, by its generator. */
  const held = new Map<number, P.Polynomial>();
  /** What a generator is one over. */
  const inverses = new Map<number, Form>();
  /** The monomial inside of a sum over an open index, by the sum's generator. */
  const sums = new Map<number, P.Polynomial>();

  const idOf = (text: string): number => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, texts.length);
    texts.push(text);
    return texts.length - 1;
  };
  const fail = (what: string): never => {
    throw new DescentError("unsupported", what);
  };

  const fromPolynomial = (p: P.Polynomial): Form =>
    P.isZero(p) ? new Map() : new Map([[P.key(P.zero), { exponent: P.zero, coefficient: p }]]);
  const number = (c: Gaussian): Form => fromPolynomial(P.constant(c));
  const one = number(gaussian(rational(1)));
  const generator = (text: string): Form => fromPolynomial(P.variable(idOf(text)));

  function add(a: Form, b: Form): Form {
    const total = new Map(a);
    for (const [key, { exponent, coefficient }] of b) {
      const sum = P.add(total.get(key)?.coefficient ?? P.zero, coefficient);
      if (P.isZero(sum)) total.delete(key);
      else total.set(key, { exponent, coefficient: sum });
    }
    return total;
  }

  /** In pairs, so that no long form is copied once a term. */
  function addAll(parts: readonly Form[]): Form {
    let layer = parts;
    while (layer.length > 1) {
      budget.spend(layer.length);
      layer = Array.from({ length: Math.ceil(layer.length / 2) }, (_, k) => {
        const [a, b] = [layer[2 * k]!, layer[2 * k + 1]];
        return b === undefined ? a : add(a, b);
      });
    }
    return layer[0] ?? new Map();
  }

  /** e^L = unit·e^exponent, whole quarter turns iπ/2 taken out of L. */
  function withoutQuarters(exponent: P.Polynomial): { exponent: P.Polynomial; unit: Gaussian } {
    const pi = ids.get("pi");
    const turn = pi === undefined ? undefined : exponent.get(P.monomialKey([[pi, 1]]));
    const quarters = turn === undefined ? undefined : multiply(turn.coefficient.im, rational(2));
    if (quarters === undefined || !isInteger(quarters) || !isZero(turn!.coefficient.re)) {
      return { exponent, unit: gaussian(rational(1)) };
    }
    let unit = gaussian(rational(1));
    for (let k = ((quarters.num % 4n) + 4n) % 4n; k > 0n; k--) unit = gMultiply(unit, I);
    return { exponent: P.subtract(exponent, P.monomial([[pi!, 1]], turn!.coefficient)), unit };
  }

  function times(a: Form, b: Form): Form {
    const parts: Form[] = [];
    for (const x of a.values()) {
      for (const y of b.values()) {
        budget.spend(1 + x.exponent.size + y.exponent.size);
        const { exponent, unit } = withoutQuarters(P.add(x.exponent, y.exponent));
        const coefficient = P.scale(P.multiply(x.coefficient, y.coefficient, budget), unit);
        parts.push(wholePowers(exponent, coefficient));
      }
    }
    return addAll(parts);
  }

  /** coefficient·e^exponent; e^(n log u) is u^n wherever the products of powers have made n whole. */
  function wholePowers(exponent: P.Polynomial, coefficient: P.Polynomial): Form {
    const [id, inside] =
      [...logs].find(([log]) => {
        const n = exponent.get(P.monomialKey([[log, 1]]))?.coefficient;
        return n !== undefined && gIsReal(n) && isSmallInteger(n.re);
      }) ?? [];
    if (id === undefined || inside === undefined) return openPowers(exponent, coefficient);
    const n = exponent.get(P.monomialKey([[id, 1]]))!.coefficient;
    const rest = P.subtract(exponent, P.monomial([[id, 1]], n));
    return times(wholePowers(rest, coefficient), power(inside, Number(n.re.num)));
  }

  /** A power of the data with an open index in its exponent, e^(c q log u), is the power c of a generator of its own. */
  function openPowers(exponent: P.Polynomial, coefficient: P.Polynomial): Form {
    let [rest, factor] = [exponent, coefficient];
    for (const { monomial, coefficient: c } of P.terms(exponent)) {
      const held = monomial.some(([v]) => logs.has(v)) && !monomial.some(([v]) => parameterIds.has(v));
      if (!held || monomial.length < 2 || !gIsReal(c) || !isSmallInteger(rational(c.re.num))) continue;
      const unit = P.monomial(monomial, gaussian(rational(1n, c.re.den)));
      const text = `e(${key(fromPolynomial(unit))})`;
      factor = P.multiply(factor, P.monomial([[idOf(text), Number(c.re.num)]]), budget);
      rest = P.subtract(rest, P.monomial(monomial, c));
    }
    return P.isZero(factor) ? new Map() : new Map([[P.key(rest), { exponent: rest, coefficient: factor }]]);
  }

  const subtract = (a: Form, b: Form): Form => add(a, negative(b));
  const negative = (a: Form): Form => times(number(minus), a);
  const key = (a: Form): string =>
    [...a.values()]
      .map((t) => `(${P.key(t.coefficient)})e(${P.key(t.exponent)})`)
      .sort()
      .join("+")
      .replace(/(\d+)\^(-?\d+)/g, (_, v: string, k: string) => `{${texts[Number(v)]}}^${k}`);

  function parametersIn(form: Form): Set<string> {
    const found = new Set<string>();
    for (const { exponent, coefficient } of form.values()) {
      for (const p of [exponent, coefficient]) {
        for (const { monomial } of p.values()) {
          for (const [v] of monomial) {
            const inside = sums.get(v);
            if (!parameterIds.has(v)) continue;
            if (inside === undefined) found.add(texts[v]!);
            else for (const own of parametersIn(fromPolynomial(inside))) found.add(own);
          }
        }
      }
    }
    return found;
  }
  const constant = (form: Form): boolean => parametersIn(form).size === 0;

  /** The polynomial of a form without exponentials. */
  const polynomialOf = (form: Form): P.Polynomial | undefined => {
    const terms = [...form.values()];
    if (terms.some((t) => !P.isZero(t.exponent))) return undefined;
    return terms[0]?.coefficient ?? P.zero;
  };

  /** A form whose exponentials are all of the data, as a polynomial in generators for these. */
  function exponentOf(form: Form): P.Polynomial | undefined {
    let total = P.zero;
    for (const { exponent, coefficient } of form.values()) {
      if (!constant(fromPolynomial(exponent))) return undefined;
      let factor = coefficient;
      for (const { monomial, coefficient: c } of P.terms(exponent)) {
        for (const [part, i] of [
          [c.re, gaussian(rational(1))],
          [c.im, I],
        ] as const) {
          if (isZero(part)) continue;
          if (!isSmallInteger(rational(part.num))) return undefined;
          const unit = P.monomial(monomial, gMultiply(i, gaussian(rational(1n, part.den))));
          const id = idOf(`E(${key(fromPolynomial(unit))})`);
          held.set(id, unit);
          factor = P.multiply(factor, P.monomial([[id, Number(part.num)]]), budget);
        }
      }
      total = P.add(total, factor);
    }
    return total;
  }

  /** A polynomial with the exponentials that are held in it as such again. */
  function released(p: P.Polynomial): Form {
    const isHeld = ([v]: readonly [number, number]): boolean => held.has(v);
    if (!P.terms(p).some(({ monomial }) => monomial.some(isHeld))) return fromPolynomial(p);
    return P.terms(p).reduce<Form>((total, { monomial, coefficient }) => {
      const rest = P.monomial(
        monomial.filter((part) => !isHeld(part)),
        coefficient,
      );
      const exponent = monomial
        .filter(isHeld)
        .reduce((sum, [v, k]) => P.add(sum, P.scale(held.get(v)!, gaussian(rational(k)))), P.zero);
      return add(total, times(fromPolynomial(rest), exponential(exponent)));
    }, new Map());
  }

  /** A form times all that its generators divide by. */
  function cleared(form: Form): Form {
    for (const [id, base] of inverses) {
      const exponents = [...form.values()].flatMap(({ coefficient }) =>
        P.terms(coefficient).map(({ monomial }) => P.exponentOf(monomial, id)),
      );
      const most = Math.max(0, ...exponents);
      if (most === 0 || most > MOST_CLEARED) continue;
      let total: Form = new Map();
      for (const { exponent, coefficient } of form.values()) {
        for (const { monomial, coefficient: c } of P.terms(coefficient)) {
          const rest = P.monomial(
            monomial.filter(([v]) => v !== id),
            c,
          );
          const factor = power(base, most - P.exponentOf(monomial, id));
          total = add(total, times(new Map([[P.key(exponent), { exponent, coefficient: rest }]]), factor));
        }
      }
      return cleared(total);
    }
    return form;
  }

  function power(base: Form, n: number): Form {
    if (n < 0) return power(inverse(base), -n);
    if (n > 1 && n * bitsOf(base) > POWER_BITS) return fail("a numeric power is too large");
    let result = one;
    for (let k = 0; k < n; k++) result = times(result, base);
    return result;
  }

  function inverse(base: Form): Form {
    const [term] = base.values();
    const [single] = term?.coefficient.values() ?? [];
    if (
      base.size === 1 &&
      term!.coefficient.size === 1 &&
      single!.monomial.every(([v]) => !parameterIds.has(v))
    ) {
      const exponent = P.negate(term!.exponent);
      return new Map([[P.key(exponent), { exponent, coefficient: P.power(term!.coefficient, -1, budget) }]]);
    }
    if (base.size === 0) return fail("division by zero");
    if (!constant(base)) return fail("a parameter in a denominator");
    inverses.set(idOf(`1/(${key(base)})`), base);
    return generator(`1/(${key(base)})`);
  }

  /** e^L; integer multiples of logarithms become powers, quarter turns powers of i. */
  const exponential = (exponent: P.Polynomial): Form =>
    times(one, new Map([[P.key(exponent), { exponent, coefficient: P.constant(gaussian(rational(1))) }]]));

  return {
    ids,
    texts,
    parameterIds,
    logs,
    maxima,
    sums,
    idOf,
    fail,
    fromPolynomial,
    number,
    one,
    generator,
    add,
    addAll,
    times,
    subtract,
    negative,
    key,
    parametersIn,
    constant,
    polynomialOf,
    exponentOf,
    released,
    cleared,
    power,
    inverse,
    exponential,
  };
}

/** Integer powers are multiplied out up to this size. */
const isSmallInteger = (value: Rational): boolean =>
  isInteger(value) && value.num <= 10_000n && value.num >= -10_000n;
