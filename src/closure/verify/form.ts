/**
 * The checker's own algebra: formulas as Σ p·e^L, with p and L polynomials over Q(i) in named generators. It shares the
 * formula reader and exact polynomials with the search, and nothing else: its own reading of functions, its own derivative,
 * its own zero test. A sum over an open index of a monomial that is linear in the members of a family is a generator too.
 */
import type { Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import {
  bitLength,
  compare,
  type Gaussian,
  gaussian,
  gIsReal,
  gMultiply,
  isInteger,
  isZero,
  multiply,
  type Rational,
  rational,
  ZERO,
} from "../../exact/rational.ts";
import { affineText, difference, isLiteral, isZeroFor, type Names } from "./affine.ts";
import { type Form, type Forms, I, minus, type Reading, WAVES } from "./forms.ts";

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

/** `isParameter` tells parameters from inputs by their bare names. */
export function createForms(
  isParameter: (name: string) => boolean,
  budget: Budget,
  reading?: Reading,
): Forms {
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
  function sum(parts: readonly Form[]): Form {
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
    return sum(parts);
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

  function call(name: string, args: readonly Form[]): Form {
    const [u, v] = args;
    if (name === "complex") return add(u!, times(number(I), v!));
    const waves = WAVES[name];
    const inner = waves === undefined ? undefined : (polynomialOf(u!) ?? exponentOf(u!));
    if (waves !== undefined && inner !== undefined) {
      return waves.reduce<Form>(
        (total, [c, m]) => add(total, times(number(c), exponential(P.scale(inner, m)))),
        new Map(),
      );
    }
    if (!args.every(constant)) return fail(`${name} of a parameter`);
    if (name === "max") return largest(args);
    const made = generator(`${name}(${args.map(key).join(",")})`);
    if (name === "log") logs.set(idOf(`${name}(${key(u!)})`), u!);
    return made;
  }

  /** The largest of several values: in any order, however nested, one number among them at most. */
  function largest(args: readonly Form[]): Form {
    const all = new Map<string, Form>();
    for (const arg of args) {
      const [only] = [...(polynomialOf(arg)?.values() ?? [])].flatMap(({ monomial }) => monomial);
      const inside = only === undefined ? undefined : maxima.get(only[0]);
      const whole = inside !== undefined && subtract(arg, fromPolynomial(P.variable(only![0]))).size === 0;
      for (const part of whole ? inside : [arg]) all.set(key(part), part);
    }
    const numberOf = (form: Form): Rational | undefined => {
      const terms = [...(polynomialOf(form)?.values() ?? [])];
      if (form.size === 0) return ZERO;
      const plain = terms.length === 1 && terms[0]!.monomial.length === 0 && gIsReal(terms[0]!.coefficient);
      return plain ? terms[0]!.coefficient.re : undefined;
    };
    const numbers = [...all.values()].filter((form) => numberOf(form) !== undefined);
    const top = numbers.reduce<Form | undefined>(
      (best, form) => (best === undefined || compare(numberOf(best)!, numberOf(form)!) < 0 ? form : best),
      undefined,
    );
    const kept = [...all.values()].filter((form) => numberOf(form) === undefined);
    if (top !== undefined) kept.push(top);
    if (kept.length === 1) return kept[0]!;
    const text = `max(${kept.map(key).sort().join(",")})`;
    maxima.set(idOf(text), kept);
    return generator(text);
  }

  function symbol(name: string, indices: readonly Syntax[], names: Names): Form {
    const value = isParameter(name) ? reading?.member(name, indices, names) : undefined;
    if (value !== undefined) return value;
    const text =
      indices.length === 0
        ? (names.get(name) ?? name)
        : `${name}[${indices.map((index) => affineText(index, names)).join(",")}]`;
    if (isParameter(name)) parameterIds.add(idOf(text));
    return generator(text);
  }

  function of(syntax: Syntax, names: Names = new Map()): Form {
    budget.spend();
    switch (syntax.kind) {
      case "number":
        return number(gaussian(syntax.value));
      case "name":
        if (/^-?\d+$/.test(names.get(syntax.name) ?? "")) {
          return number(gaussian(rational(BigInt(names.get(syntax.name)!))));
        }
        return syntax.name === "e"
          ? exponential(P.constant(gaussian(rational(1))))
          : symbol(syntax.name, [], names);
      case "indexed":
        return symbol(syntax.name, syntax.indices, names);
      case "negate":
        return negative(of(syntax.arg, names));
      case "call":
        if (syntax.name === "delta") return delta(syntax.args, names);
        return call(
          syntax.name,
          syntax.args.map((arg) => of(arg, names)),
        );
      case "binary":
        return binary(syntax, names);
      case "fold":
        return fold(syntax, names);
    }
  }

  function delta(args: readonly Syntax[], names: Names): Form {
    const gap = difference(args[0]!, args[1]!, names);
    const zero = reading === undefined && !isLiteral(gap) ? "some" : isZeroFor(gap);
    if (zero !== "some") return zero === "all" ? one : new Map();
    const terms = [...gap].sort(([a], [b]) => (a < b ? 1 : -1));
    const sign = Math.sign(terms[0]![1]);
    return generator(`delta(${terms.map(([name, c]) => `${c * sign}*${name}`).join("+")})`);
  }

  /**
   * A sum over an open index is split into monomials, each a generator with what does not hold the index taken out; so
   * is a product, or what is not polynomial, as a whole where no parameter is in it.
   */
  function fold(syntax: Syntax & { kind: "fold" }, names: Names): Form {
    if (reading !== undefined) {
      const isOne = (form: Form): boolean => add(form, number(minus)).size === 0;
      const mentions = (form: Form, mark: string): boolean => key(form).includes(mark);
      return reading.fold(syntax, names, { of, add, multiply: times, one, isOne, mentions });
    }
    const [lo, hi] = [affineText(syntax.lo, names), affineText(syntax.hi, names)];
    const [first, last] = [Number(lo), Number(hi)];
    if (Number.isInteger(first) && Number.isInteger(last)) return unrolled(syntax, first, last, names);
    const depth = [...names.values()].filter((mark) => mark.startsWith("~")).length;
    const mark = sumIndex(depth, lo, hi);
    const inner = new Map(names).set(syntax.index, mark);
    const body = of(syntax.body, inner);
    const polynomial = polynomialOf(body) ?? (constant(body) ? undefined : exponentOf(body));
    if (syntax.op === "sum" && syntax.except === undefined && polynomial !== undefined) {
      return [...polynomial.values()].reduce<Form>(
        (total, term) => add(total, sumOf(term, mark, lo, hi)),
        new Map(),
      );
    }
    if (!constant(body)) return fail("a sum or product of open length");
    const except = (syntax.except ?? []).map(
      ({ left, right }) => `${affineText(left, inner)}!=${affineText(right, inner)}`,
    );
    return generator(`${syntax.op}(${[key(body), mark, ...except].join(";")})`);
  }

  const sumIndex = (depth: number, lo: string, hi: string): string => `~${depth}.${idOf(`${lo}..${hi}`)}~`;

  function sumOf({ monomial, coefficient }: P.Term, mark: string, lo: string, hi: string): Form {
    const holds = (v: number): boolean => texts[v]!.includes(mark);
    const inside = monomial.filter(([v]) => holds(v));
    const outside = P.monomial(
      monomial.filter(([v]) => !holds(v)),
      coefficient,
    );
    // A size counts the terms of a sum from 1 on; other ranges may be empty.
    if (inside.length === 0 && lo === "1" && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(hi))
      return times(fromPolynomial(outside), generator(hi));
    const moving = inside.filter(([v]) => parameterIds.has(v));
    if (moving.reduce((total, [, k]) => total + k, 0) > 1) return fail("a sum or product of open length");
    const body = P.monomial(inside, gaussian(rational(1)));
    const made = generator(`sum(${key(fromPolynomial(body))};${mark})`);
    const id = idOf(`sum(${key(fromPolynomial(body))};${mark})`);
    sums.set(id, body);
    if (moving.length > 0) parameterIds.add(id);
    return times(fromPolynomial(outside), made);
  }

  function unrolled(syntax: Syntax & { kind: "fold" }, lo: number, hi: number, names: Names): Form {
    const items: Form[] = [];
    for (let value = lo; value <= hi; value++) {
      budget.spend();
      const at = new Map(names).set(syntax.index, `${value}`);
      const excluded = (syntax.except ?? []).some(
        ({ left, right }) => affineText(left, at) === affineText(right, at),
      );
      if (excluded) continue;
      items.push(of(syntax.body, at));
    }
    return syntax.op === "sum" ? sum(items) : items.reduce(times, one);
  }

  function binary(syntax: Syntax & { kind: "binary" }, names: Names): Form {
    if (syntax.op === "^") return general(of(syntax.left, names), of(syntax.right, names));
    // Long sums and products lean left: they are walked, not recursed into.
    const level = syntax.op === "+" || syntax.op === "-" ? "+-" : "*/";
    const parts: { op: string; syntax: Syntax }[] = [];
    let rest: Syntax = syntax;
    while (rest.kind === "binary" && level.includes(rest.op)) {
      parts.push({ op: rest.op, syntax: rest.right });
      rest = rest.left;
    }
    if (
      reading !== undefined &&
      level === "*/" &&
      vanishes([...parts.map((p) => p.syntax), rest], parts, names)
    )
      return new Map();
    return parts.reverse().reduce(
      (total, part) => {
        const item = of(part.syntax, names);
        if (part.op === "+") return add(total, item);
        if (part.op === "-") return add(total, negative(item));
        return times(total, part.op === "*" ? item : inverse(item));
      },
      of(rest, names),
    );
  }

  /** Whether a factor is zero, whatever the others are; nothing is said of a quotient. */
  function vanishes(
    factors: readonly Syntax[],
    parts: readonly { readonly op: string }[],
    names: Names,
  ): boolean {
    if (parts.some(({ op }) => op === "/")) return false;
    return factors.some((factor) => {
      try {
        return of(factor, names).size === 0;
      } catch (error) {
        if (error instanceof DescentError && error.code === "unsupported") return false;
        throw error;
      }
    });
  }

  function general(base: Form, exponent: Form): Form {
    const polynomial = polynomialOf(exponent);
    const [only] = polynomial?.values() ?? [];
    if (polynomial?.size === 0 || add(base, number(minus)).size === 0) return one;
    if (polynomial?.size === 1 && only!.monomial.length === 0 && gIsReal(only!.coefficient)) {
      const value = only!.coefficient.re;
      if (isInteger(value) && value.num < 10_000n && value.num > -10_000n)
        return power(base, Number(value.num));
    }
    if (!constant(base)) return fail("a power with a parameter in its base");
    const log = call("log", [base]);
    const whole = times(exponent, log);
    const product = polynomialOf(whole) ?? exponentOf(whole);
    return product === undefined ? fail("an exponential in an exponent") : exponential(product);
  }

  return {
    of,
    add,
    subtract(a, b) {
      const difference = subtract(a, b);
      return difference.size === 0 || cleared(difference).size === 0 ? new Map() : difference;
    },
    multiply: times,
    derivative(form, parameter) {
      const id = ids.get(parameter);
      if (id === undefined) return new Map();
      let total: Form = new Map();
      for (const { exponent, coefficient } of form.values()) {
        const inner = P.add(slope(coefficient, id), P.multiply(coefficient, slope(exponent, id), budget));
        const whole = new Map([
          [P.key(exponent), { exponent, coefficient: P.constant(gaussian(rational(1))) }],
        ]);
        if (!P.isZero(inner)) total = add(total, times(released(inner), whole));
      }
      return total;
    },
    parametersIn,
    sumIndex,
    hasSums: (form) =>
      [...form.values()].some(({ exponent, coefficient }) =>
        [exponent, coefficient].some((p) =>
          [...p.values()].some(({ monomial }) => monomial.some(([v]) => sums.has(v) && parameterIds.has(v))),
        ),
      ),
    textOf: (generator) => texts[generator]!,
    parametersOf: (generator) => parametersIn(fromPolynomial(P.variable(generator))),
    degree: (form) =>
      [...form.values()].reduce(
        (degree, { coefficient }) => Math.max(degree, P.degreeIn(coefficient, parameterIds)),
        0,
      ),
    proportional(a, b) {
      const [first] = b.keys();
      if (first === undefined || !a.has(first) || a.size !== b.size) return false;
      const [p, q] = [a.get(first)!.coefficient, b.get(first)!.coefficient];
      return [...b].every(([at, { coefficient }]) => {
        const own = a.get(at)?.coefficient;
        if (own === undefined || shape(own) !== shape(coefficient)) return false;
        return P.equal(P.multiply(own, q, budget), P.multiply(coefficient, p, budget));
      });
    },
  };

  /** ∂p/∂(parameter); of a sum over an index, by a member at that index: the coefficient in its body. */
  function slope(p: P.Polynomial, id: number): P.Polynomial {
    let total = P.derivative(p, id);
    for (const v of new Set([...p.values()].flatMap(({ monomial }) => monomial.map(([w]) => w)))) {
      const inside = parameterIds.has(v) ? sums.get(v) : undefined;
      const inner = inside === undefined ? P.zero : slope(inside, id);
      if (!P.isZero(inner)) total = P.add(total, P.multiply(P.derivative(p, v), inner, budget));
    }
    return total;
  }

  /** The monomials in parameters that occur. */
  function shape(p: P.Polynomial): string {
    const own = [...p.values()].map(({ monomial }) =>
      P.monomialKey(monomial.filter(([v]) => parameterIds.has(v))),
    );
    return [...new Set(own)].sort().join(";");
  }
}

/** Integer powers are multiplied out up to this size. */
const isSmallInteger = (value: Rational): boolean =>
  isInteger(value) && value.num <= 10_000n && value.num >= -10_000n;
