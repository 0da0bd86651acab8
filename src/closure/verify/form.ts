/**
 * The checker's own algebra: formulas as Σ p·e^L, with p and L polynomials over Q(i) in named generators. It shares the
 * formula reader and exact polynomials with the search, and nothing else: its own reading of functions, its own derivative,
 * its own zero test. A sum over an open index of a monomial that is linear in the members of a family is a generator too.
 */
import type { Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import {
  compare,
  gaussian,
  gIsReal,
  isInteger,
  type Rational,
  rational,
  ZERO,
} from "../../exact/rational.ts";
import { affineText, difference, isLiteral, isZeroFor, type Names } from "./affine.ts";
import { createArithmetic } from "./arithmetic.ts";
import { type Form, type Forms, I, minus, type Reading, WAVES } from "./forms.ts";

/** `isParameter` tells parameters from inputs by their bare names. */
export function createForms(
  isParameter: (name: string) => boolean,
  budget: Budget,
  reading?: Reading,
): Forms {
  const {
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
  } = createArithmetic(budget);

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
    return syntax.op === "sum" ? addAll(items) : items.reduce(times, one);
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
