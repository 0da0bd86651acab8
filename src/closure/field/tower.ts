/**
 * A tower of generators that are algebraically independent, or algebraic with one known relation each (M. Bronstein,
 * Symbolic Integration I, chapter 9; in several variables J. Ax, On Schanuel's conjectures, Ann. of Math. 93, 1971): a new
 * exponential or logarithm that a relation over Q ties to the others is written by them.
 *
 * Whatever cannot be settled is noted in `doubts`: then nothing may be concluded from two elements being different.
 */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { gcd, squarefree } from "../../exact/gcd.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import {
  G_I,
  G_ONE,
  type Gaussian,
  gaussian,
  gConjugate,
  gEqual,
  gInverse,
  gIsReal,
  gMultiply,
  gNegate,
  isInteger,
  isZero,
  multiply as multiplyRational,
  ONE,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import { type Arithmetic, createArithmetic } from "./arithmetic.ts";
import { argumentsOf, type Element, type Generator, relationOf, variablesOf } from "./generator.ts";
import { linearRelation, multiplicativeRelation, rationalCombination } from "./relations.ts";

/** Thrown where a generator was too coarse: everything is built anew with its argument divided. */
export class Finer extends Error {}

/** Arguments that are to be divided, and expressions known to be positive, by their keys: kept from one build to the next. */
export interface Hints {
  readonly divisors: Map<string, number>;
  readonly positive: Set<string>;
  /** Arguments of logarithms since the set was last emptied: they are positive if no side of a kink was chosen for them. */
  readonly logarithms: Set<string>;
}

export interface Tower extends Arithmetic {
  readonly generators: readonly Generator[];
  readonly doubts: readonly string[];
  symbol(node: SymbolNode): Element;
  number(value: Gaussian | Rational | number): Element;
  exp(a: Element): Element;
  log(c: Element): Element;
  atan(u: Element): Element;
  /** log |Γ(u)| */
  logGamma(u: Element, gamma: Element): Element;
  /** The real root; of a negative number where the order is odd. */
  root(a: Element, order: number): Element;
  special(name: string, args: readonly Element[], square?: Element): Element;
  cell(name: "abs" | "floor", argument: Element): Element;
  constant(note: string): Element;
  pi(): Element;
  signOf(a: Element): 1 | -1 | undefined;
  absolute(a: Element): Element;
  doubt(reason: string): void;
  conjugate(a: Element): Element | undefined;
  /** The derivative by a symbol, or by another generator as if it were one; undefined where a function has no derivative in the tower. */
  derivative(a: Element, symbol: number): Element | undefined;
  /** Numbers of the symbols on which an element depends, through all its generators. */
  symbolsIn(a: Element): ReadonlySet<number>;
}

/** What the tower asks of whoever knows signs and values. */
export interface Signs {
  /** Surely positive or negative wherever it is defined. */
  signOf(a: Element): 1 | -1 | undefined;
  /** |a| */
  absolute(a: Element): Element;
  /** The one integer k that makes a − kπ/parts vanish at every point that was tried. */
  turns(a: Element, parts: number): number | undefined;
}

export function createTower(
  piSymbol: SymbolNode,
  hints: Hints,
  signs: (tower: Tower) => Signs,
  budget: Budget,
): Tower {
  const generators: Generator[] = [];
  const known = new Map<string, number>();
  const doubts: string[] = [];
  const below = new Map<number, ReadonlySet<number>>();
  const arithmetic = createArithmetic((v) => generators[v]!, budget);
  const { add, subtract, multiply, divide, power } = arithmetic;

  const variable = (key: string, make: () => Generator): Element => {
    budget.spend();
    let at = known.get(key);
    if (at === undefined) {
      at = generators.push(make()) - 1;
      known.set(key, at);
    }
    return F.fromPolynomial(P.variable(at));
  };
  const constantOf = (c: Gaussian): Element => F.fromPolynomial(P.constant(c));
  const number = (value: Gaussian | Rational | number): Element =>
    constantOf(
      typeof value === "number" ? gaussian(rational(value)) : "re" in value ? value : gaussian(value),
    );
  const one = number(1);
  const doubt = (reason: string): void => {
    if (!doubts.includes(reason)) doubts.push(reason);
  };

  function symbolsOf(v: number): ReadonlySet<number> {
    const old = below.get(v);
    if (old !== undefined) return old;
    const g = generators[v]!;
    const found =
      g.kind === "symbol" ? new Set([v]) : new Set(argumentsOf(g).flatMap((a) => [...symbolsIn(a)]));
    below.set(v, found);
    return found;
  }
  const symbolsIn = (a: Element): Set<number> =>
    new Set([...variablesOf(a)].flatMap((v) => [...symbolsOf(v)]));
  const hasParameter = (v: number): boolean =>
    [...symbolsOf(v)].some((s) => {
      const g = generators[s]!;
      return g.kind === "symbol" && g.symbol.role === "parameter";
    });
  const isWave = (v: number): boolean => {
    const g = generators[v]!;
    return g.kind === "exp" && g.wave;
  };
  const isRealExp = (v: number): boolean => {
    const g = generators[v]!;
    return g.kind === "exp" && !g.wave;
  };
  const isPi = (v: number): boolean => {
    const g = generators[v]!;
    return g.kind === "symbol" && g.symbol.role === "constant";
  };

  /** Waves are on the unit circle; all other generators are real. */
  function conjugate(a: Element): Element | undefined {
    const inverse = (p: Polynomial): Element => {
      let total = number(0);
      for (const { monomial, coefficient } of p.values()) {
        const flipped = monomial.map(([v, k]): P.Power => [v, isWave(v) ? -k : k]);
        total = F.add(total, F.fromPolynomial(P.monomial(flipped, gConjugate(coefficient))), budget);
      }
      return total;
    };
    return arithmetic.reduce(F.divide(inverse(a.numerator), inverse(a.denominator), budget));
  }

  function derivative(a: Element, symbol: number): Element | undefined {
    let total = number(0);
    for (const v of variablesOf(a)) {
      if (v === symbol) {
        total = add(total, F.derivative(a, v, budget));
        continue;
      }
      if (!dependsOn(v, symbol)) continue;
      const rate = rateOf(v, symbol);
      if (rate === undefined) return undefined;
      total = add(total, multiply(F.derivative(a, v, budget), rate));
    }
    return total;
  }

  /** Whether a generator depends on another one, through any. */
  function dependsOn(v: number, other: number): boolean {
    if (v <= other) return v === other;
    const key = `${v} ${other}`;
    const old = dependence.get(key);
    if (old !== undefined) return old;
    const inner = argumentsOf(generators[v]!).flatMap((a) => [...variablesOf(a)]);
    const found = inner.some((w) => dependsOn(w, other));
    dependence.set(key, found);
    return found;
  }
  const dependence = new Map<string, boolean>();

  function rateOf(v: number, symbol: number): Element | undefined {
    const g = generators[v]!;
    const own = F.fromPolynomial(P.variable(v));
    switch (g.kind) {
      case "symbol":
        return one;
      case "exp": {
        const inner = derivative(g.argument, symbol);
        return inner && multiply(inner, own);
      }
      case "log": {
        const inner = derivative(g.exponential, symbol);
        return inner && divide(inner, multiply(number(g.scale), g.exponential));
      }
      case "root": {
        const inner = derivative(g.argument, symbol);
        return inner && divide(multiply(inner, own), multiply(number(g.relation.order), g.argument));
      }
      default:
        return undefined;
    }
  }

  /** Parts of an exponent that are real or imaginary each: a rational multiple of a monic element. */
  interface Piece {
    readonly base: Element;
    readonly wave: boolean;
    readonly factor: Rational;
  }

  function pieces(a: Element): Piece[] {
    const single = P.terms(a.denominator).length === 1;
    const apart = [...variablesOf({ ...a, numerator: P.zero })].every((v) => isWave(v) || !hasParameter(v));
    // By the part of each monomial that is free of waves, so that every group is real or imaginary.
    const groups = new Map<string, Polynomial>();
    if (apart) {
      for (const { monomial, coefficient } of a.numerator.values()) {
        const own = P.monomialKey(monomial.filter(([v]) => !isWave(v)));
        const item = P.monomial(monomial, coefficient);
        const old = groups.get(own);
        groups.set(own, old === undefined ? item : P.add(old, item));
      }
    } else groups.set("", a.numerator);
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
    const key = F.key(base);
    const divisor = hints.divisors.get(`exp ${wave} ${key}`) ?? 1;
    const steps = multiplyRational(factor, rational(divisor));
    if (isInteger(steps)) {
      if (
        !known.has(`exp ${wave} ${key}`) &&
        [...variablesOf({ ...base, numerator: P.zero })].some(hasParameter)
      ) {
        const related = relatedExp(base, wave, factor);
        if (related !== undefined) return related;
      }
      const unit = number(wave ? gaussian(ZERO, rational(1, divisor)) : gaussian(rational(1, divisor)));
      const t = variable(`exp ${wave} ${key}`, () => ({ kind: "exp", argument: multiply(unit, base), wave }));
      return power(t, Number(steps.num));
    }
    return finer(`exp ${wave} ${key}`, divisor, steps);
  }

  function finer(key: string, divisor: number, steps: Rational): never {
    const next = divisor * Number(steps.den);
    if (!(next <= 5040)) throw new DescentError("budget", "exponents have too many different denominators");
    hints.divisors.set(key, next);
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
      if (!isInteger(q)) {
        const own = monic(multiply(unit, g.argument), wave);
        const key = `exp ${wave} ${F.key(own.base)}`;
        finer(key, hints.divisors.get(key) ?? 1, q);
      }
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

  const pi = (): Element => variable(`symbol ${piSymbol.id}`, () => ({ kind: "symbol", symbol: piSymbol }));

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
      variable(`circle ${F.key(c)} ${q.den}`, () => ({ kind: "constant", note: "angle" })),
      Number(q.num),
    );
  }

  function requireReal(a: Element, what: string): void {
    const bar = conjugate(a);
    if (bar === undefined || !F.equal(bar, a))
      throw new DescentError("unsupported", `${what} of a complex argument has no place in a tower`);
  }

  function log(c: Element): Element {
    requireReal(c, "log");
    if (F.isZero(c)) throw new DescentError("input", "the logarithm of 0");
    let [total, rest] = [number(0), c];
    const parts: (readonly [Polynomial, number])[] = [
      [c.numerator, 1],
      [c.denominator, -1],
    ];
    for (const [p, direction] of parts) {
      for (const [v, k] of P.content(p).monomial) {
        const g = generators[v]!;
        const power = number(k * direction);
        if (g.kind === "exp" && !g.wave) {
          total = add(total, multiply(power, g.argument));
          rest = multiply(rest, F.fromPolynomial(P.monomial([[v, -k * direction]])));
        } else if (g.kind === "special" && g.name === "lambertw") {
          // log(W/u) = -W, and W/u > 0.
          const own = F.fromPolynomial(P.variable(v));
          total = subtract(total, multiply(power, own));
          rest = multiply(rest, arithmetic.power(divide(g.args[0]!, own), k * direction));
        }
      }
    }
    const { factor } = P.content(rest.numerator);
    const size = gIsReal(factor) ? absolute(factor.re) : ONE;
    if (isConstant(rest)) {
      const { re, im } = numberOf(rest);
      if (!isZero(im) || sign(re) <= 0)
        throw new DescentError("input", "the logarithm of a number that is not positive");
      return add(total, numberLog(re));
    }
    hints.logarithms.add(F.key(rest));
    return add(
      add(total, numberLog(size)),
      logGenerator(multiply(rest, number(rational(size.den, size.num)))),
    );
  }

  const isConstant = (a: Element): boolean => P.totalDegree(a.numerator) <= 0 && F.isPolynomial(a);
  const numberOf = (a: Element): Gaussian => P.evaluate(a.numerator, () => G_ONE);

  function logGenerator(c: Element): Element {
    const key = `log ${F.key(c)}`;
    if (!known.has(key)) {
      const logs = generators.flatMap((g, v) => (g.kind === "log" && g.name !== "atan" ? [{ g, v }] : []));
      const found = relationAmong(
        c,
        logs.map(({ g }) => g.exponential),
      );
      if (found?.some((q) => !isZero(q))) {
        const related = relatedLog(
          c,
          logs.map(({ g, v }, k) => ({ ...g, v, q: found[k]! })),
        );
        if (related !== undefined) return related;
      }
    }
    return variable(key, () => ({ kind: "log", name: "log", argument: c, exponential: c, scale: G_ONE }));
  }

  /** log of a positive rational by logarithms of primes, those beyond a bound left together. */
  function numberLog(re: Rational): Element {
    const found = new Map<bigint, number>();
    for (const [whole, direction] of [
      [re.num, 1],
      [re.den, -1],
    ] as const) {
      let rest = whole;
      for (let p = 2n; p * p <= rest && p < 10_000n; p++) {
        while (rest % p === 0n) {
          found.set(p, (found.get(p) ?? 0) + direction);
          rest /= p;
        }
      }
      if (rest > 100_000_000n) doubt("logarithms of large numbers");
      if (rest > 1n) found.set(rest, (found.get(rest) ?? 0) + direction);
    }
    let total = number(0);
    for (const [p, k] of found) {
      const base = number(rational(p));
      const t = variable(`log ${F.key(base)}`, () => ({
        kind: "log",
        name: "log",
        argument: base,
        exponential: base,
        scale: G_ONE,
      }));
      total = add(total, multiply(number(k), t));
    }
    return total;
  }

  /** A multiplicative relation: by factors, or with algebraic generators by logarithmic derivatives. */
  function relationAmong(c: Element, items: readonly Element[]): readonly Rational[] | undefined {
    const algebraic = [c, ...items].some((a) =>
      [...variablesOf(a)].some((v) => relationOf(generators[v]!) !== undefined),
    );
    if (!algebraic) return multiplicativeRelation(c, items, budget);
    const symbols = [...new Set([c, ...items].flatMap((a) => [...symbolsIn(a)]))];
    const slopes = [...items, c].map((a) =>
      symbols.map((symbol) => {
        const slope = derivative(a, symbol);
        return slope === undefined ? undefined : divide(slope, a);
      }),
    );
    if (slopes.some((row) => row.includes(undefined))) {
      doubt("logarithms of algebraic functions may be related");
      return undefined;
    }
    const found = rationalCombination(slopes as Element[][], budget);
    // A relation of the slopes holds between the functions up to a constant, which is not always a number of Q(i).
    if (found?.some((q) => !isZero(q))) {
      const n = found.reduce((m, q) => lcm(m, q.den), 1n);
      let ratio = power(c, Number(n));
      items.forEach((item, k) => {
        ratio = multiply(ratio, power(item, -Number(multiplyRational(found[k]!, rational(n)).num)));
      });
      if (!isConstant(ratio)) doubt("logarithms of algebraic functions may be related");
    }
    return found;
  }

  function relatedLog(
    c: Element,
    items: readonly { exponential: Element; scale: Gaussian; v: number; q: Rational }[],
  ): Element | undefined {
    const n = items.reduce((m, { q }) => lcm(m, q.den), 1n);
    for (const times of [n, 2n * n]) {
      let ratio = power(c, Number(times));
      let total = number(0);
      for (const { exponential, scale, v, q } of items) {
        const k = multiplyRational(q, rational(times));
        ratio = multiply(ratio, power(exponential, -Number(k.num)));
        const own = multiply(number(scale), F.fromPolynomial(P.variable(v)));
        total = add(total, multiply(number(q), own));
      }
      if (!isConstant(ratio)) return undefined;
      const value = numberOf(ratio);
      if (!gIsReal(value) || sign(value.re) <= 0) continue;
      const rest =
        value.re.num === value.re.den
          ? number(0)
          : multiply(number(rational(1n, times)), numberLog(value.re));
      return add(total, rest);
    }
    return undefined;
  }

  function atan(u: Element): Element {
    requireReal(u, "atan");
    if (F.isZero(u)) return u;
    const [i, two] = [number(G_I), gaussian(ZERO, rational(2))];
    const c = divide(add(one, multiply(i, u)), subtract(one, multiply(i, u)));
    const key = `atan ${F.key(c)}`;
    if (known.has(key)) return variable(key, () => ({ kind: "constant", note: "" }));
    const angles = generators.flatMap((g, v) => (g.kind === "log" && g.name === "atan" ? [{ g, v }] : []));
    const waves = generators.flatMap((g, v) => (g.kind === "exp" && g.wave ? [{ g, v }] : []));
    const items = [
      ...angles.map(({ g }) => g.exponential),
      ...waves.map(({ v }) => F.fromPolynomial(P.variable(v))),
    ];
    const found = relationAmong(c, items);
    if (found?.some((q) => !isZero(q)) || isConstant(c)) {
      const n = (found ?? []).reduce((m, q) => lcm(m, q.den), 1n);
      let ratio = power(c, Number(n));
      let total = number(0);
      items.forEach((item, k) => {
        const q = found![k]!;
        ratio = multiply(ratio, power(item, -Number(multiplyRational(q, rational(n)).num)));
        const angle =
          k < angles.length
            ? F.fromPolynomial(P.variable(angles[k]!.v))
            : multiply(
                number(gaussian(ZERO, rational(-1, 2))),
                (waves[k - angles.length]!.g as { argument: Element }).argument,
              );
        total = add(total, multiply(number(q), angle));
      });
      const quarter = quarterOf(ratio);
      if (quarter !== undefined) {
        // 2n·(atan u − total) is a multiple of π/2: the rest is the same one in each component of the domain.
        const t = variable(`plain ${key}`, () => ({
          kind: "log",
          name: "atan",
          argument: u,
          exponential: c,
          scale: two,
        }));
        const parts = 4 * Number(n);
        const turns = own.turns(subtract(t, total), parts);
        if (turns !== undefined) return add(total, multiply(number(rational(turns, parts)), pi()));
        doubt("an angle that jumps between the components of the domain");
        return add(
          total,
          multiply(
            pi(),
            variable(`jump ${key}`, () => ({ kind: "constant", note: "turns" })),
          ),
        );
      }
    }
    return variable(key, () => ({ kind: "log", name: "atan", argument: u, exponential: c, scale: two }));
  }

  /** L with e^{2L} = Γ². */
  const logGamma = (u: Element, gamma: Element): Element =>
    variable(`lgamma ${F.key(u)}`, () => ({
      kind: "log",
      name: "lgamma",
      argument: u,
      exponential: multiply(gamma, gamma),
      scale: gaussian(rational(2)),
    }));

  function quarterOf(a: Element): number | undefined {
    if (!isConstant(a)) return undefined;
    const value = numberOf(a);
    const units = [G_ONE, G_I, gNegate(G_ONE), gNegate(G_I)];
    const at = units.findIndex((unit) => gEqual(unit, value));
    return at < 0 ? undefined : at;
  }

  function root(a: Element, order: number): Element {
    if (F.isZero(a)) return a;
    if (order === 1) return a;
    if (!(order <= 60)) throw new DescentError("budget", `a root of order ${order}`);
    const even = order % 2 === 0;
    if (isConstant(a)) return numberRoot(numberOf(a), order);
    // Powers of real exponentials, and n-th powers of other factors, come out of the radicand; waves where all of it does.
    let [outside, inside] = [one, a];
    const parts: (readonly [Polynomial, number])[] = [
      [a.numerator, 1],
      [a.denominator, -1],
    ];
    const perfect = parts.every(([p]) =>
      squarefree(P.content(p).primitive, budget).every(([, k]) => k % order === 0),
    );
    for (const [p, direction] of parts) {
      for (const [v, k] of P.content(p).monomial) {
        if (!isRealExp(v) && !(perfect && isWave(v))) continue;
        const g = generators[v]! as Generator & { kind: "exp" };
        inside = multiply(inside, F.fromPolynomial(P.monomial([[v, -k * direction]])));
        outside = multiply(outside, exp(multiply(number(rational(k * direction, order)), g.argument)));
      }
    }
    let pulled = one;
    for (const [p, direction] of [
      [inside.numerator, 1],
      [inside.denominator, -1],
    ] as const) {
      for (const [f, k] of squarefree(withoutWaves(p), budget)) {
        const m = direction * Math.floor(k / order);
        if (m !== 0) pulled = multiply(pulled, power(F.fromPolynomial(f), m));
      }
    }
    inside = divide(inside, power(pulled, order));
    const { factor } = P.content(inside.numerator);
    let size = isConstant(inside)
      ? numberOf(inside)
      : gIsReal(factor)
        ? gaussian(absolute(factor.re))
        : G_ONE;
    inside = multiply(inside, number(gInverse(size)));
    let result = one;
    if (isConstant(inside)) {
      // Perfect powers; with waves the base is real up to a unit.
      let base = multiply(outside, pulled);
      const bar = conjugate(base);
      if (bar !== undefined && even && !F.equal(bar, base)) {
        if (!F.equal(bar, multiply(number(-1), base))) {
          doubt("a root of a complex base");
        } else {
          base = multiply(number(G_I), base);
          size = gMultiply(size, gInverse(powerOfI(order)));
        }
      }
      return multiply(numberRoot(size, order), even ? own.absolute(base) : base);
    }
    result = multiply(numberRoot(size, order), rootGenerator(inside, order));
    const base = multiply(outside, pulled);
    return multiply(result, even ? own.absolute(base) : base);
  }

  function withoutWaves(p: Polynomial): Polynomial {
    const waves = P.content(p).monomial.filter(([v]) => isWave(v));
    return P.multiply(p, P.monomial(waves.map(([v, k]) => [v, -k])), budget);
  }

  const powerOfI = (n: number): Gaussian => [G_ONE, G_I, gNegate(G_ONE), gNegate(G_I)][n % 4]!;

  function rootGenerator(a: Element, order: number): Element {
    const key = F.key(a);
    const hint = hints.divisors.get(`root ${key}`) ?? 1;
    const whole = Number(lcm(BigInt(hint), BigInt(order)));
    if (whole !== hint) {
      hints.divisors.set(`root ${key}`, whole);
      if (known.has(`root ${key}`)) throw new Finer();
    }
    if (!known.has(`root ${key}`)) {
      const related = order === 2 ? relatedRoot(a) : undefined;
      if (related !== undefined) return related;
      if (!isNestedSafely(a, order)) doubt("nested radicals");
      for (const g of generators) {
        if (g.kind === "root" && (order > 2 || g.relation.order > 2) && sharesFactor(a, g.argument))
          doubt("radicals with a common factor");
      }
    }
    const t = variable(`root ${key}`, () => ({
      kind: "root",
      argument: a,
      relation: { order: whole, value: a },
    }));
    return power(t, whole / order);
  }

  /**
   * A radicand p + q·R over one square root R of c is a square only where its norm p² − q²c is, up to a number. Other roots of
   * radicands with roots are not told apart.
   */
  function isNestedSafely(a: Element, order: number): boolean {
    const inner = [...variablesOf(a)].filter(
      (v) => relationOf(generators[v]!) !== undefined && symbolsOf(v).size > 0,
    );
    if (inner.length === 0) return true;
    const relation = inner.length === 1 ? relationOf(generators[inner[0]!]!) : undefined;
    if (relation === undefined || relation.order !== 2 || order !== 2) return false;
    const beside = generators.some(
      (g, v) => relationOf(g) !== undefined && v !== inner[0] && symbolsOf(v).size > 0,
    );
    const c = arithmetic.coefficients(a, inner[0]!);
    const [p, q] = [c.get(0) ?? number(0), c.get(1) ?? number(0)];
    const norm = subtract(multiply(p, p), multiply(multiply(q, q), relation.value));
    return !beside && !F.isZero(norm) && !isSquare(norm);
  }

  const isSquare = (a: Element): boolean =>
    [a.numerator, a.denominator].every((p) => squarefree(p, budget).every(([, k]) => k % 2 === 0));

  const sharesFactor = (a: Element, b: Element): boolean =>
    P.totalDegree(gcd(a.numerator, b.numerator, budget)) > 0;

  /** √a by √b·√c … where a·b·c … is a square. */
  function relatedRoot(a: Element): Element | undefined {
    const others = generators.flatMap((g, v) =>
      g.kind === "root" && g.relation.order === 2 && !isConstant(g.argument) ? [{ g, v }] : [],
    );
    if (others.length === 0 || others.length > 6) {
      if (others.length > 6) doubt("many radicals");
      return undefined;
    }
    for (let chosen = 1; chosen < 2 ** others.length; chosen++) {
      budget.spend();
      const picked = others.filter((_, k) => ((chosen >> k) & 1) === 1);
      const product = picked.reduce((total, { g }) => F.multiply(total, g.argument, budget), a);
      const half = squareRoot(product);
      if (half === undefined) continue;
      const roots = picked.reduce((total, { v }) => multiply(total, F.fromPolynomial(P.variable(v))), one);
      return divide(multiply(numberRoot(half.factor, 2), own.absolute(half.root)), roots);
    }
    return undefined;
  }

  function squareRoot(a: Element): { factor: Gaussian; root: Element } | undefined {
    let found = one;
    for (const [p, direction] of [
      [a.numerator, 1],
      [a.denominator, -1],
    ] as const) {
      for (const [f, k] of squarefree(p, budget)) {
        if (k % 2 !== 0) return undefined;
        found = F.multiply(found, F.power(F.fromPolynomial(f), (direction * k) / 2, budget), budget);
      }
    }
    const ratio = F.divide(a, F.power(found, 2, budget), budget);
    if (!isConstant(ratio)) return undefined;
    const factor = numberOf(ratio);
    return gIsReal(factor) && sign(factor.re) > 0 ? { factor, root: found } : undefined;
  }

  /** The real root of a number, prime by prime. */
  function numberRoot(value: Gaussian, order: number): Element {
    if (!gIsReal(value)) throw new DescentError("unsupported", "a root of a complex number");
    const negative = sign(value.re) < 0;
    if (negative && order % 2 === 0) throw new DescentError("input", "an even root of a negative number");
    let total = number(negative ? -1 : 1);
    const size = negative ? rational(-value.re.num, value.re.den) : value.re;
    for (const [whole, direction] of [
      [size.num, 1],
      [size.den, -1],
    ] as const) {
      let rest = whole;
      const include = (p: bigint, k: number): void => {
        const [m, over] = [Math.floor((direction * k) / order), (((direction * k) % order) + order) % order];
        total = multiply(total, power(number(rational(p)), m));
        if (over === 0) return;
        const common = Number(gcdOf(BigInt(over), BigInt(order)));
        total = multiply(total, power(primeRoot(p, order / common), over / common));
      };
      for (let p = 2n; p * p <= rest && p < 10_000n; p++) {
        let k = 0;
        while (rest % p === 0n) {
          rest /= p;
          k++;
        }
        if (k > 0) include(p, k);
      }
      if (rest > 100_000_000n) doubt("roots of large numbers");
      if (rest > 1n) include(rest, 1);
    }
    return total;
  }

  function primeRoot(p: bigint, order: number): Element {
    const key = `root number ${p}`;
    const hint = hints.divisors.get(key) ?? 1;
    const whole = Number(lcm(BigInt(hint), BigInt(order)));
    if (whole !== hint) {
      hints.divisors.set(key, whole);
      if (known.has(key)) throw new Finer();
    }
    const value = number(rational(p));
    const t = variable(key, () => ({ kind: "root", argument: value, relation: { order: whole, value } }));
    return power(t, whole / order);
  }

  const tower: Tower = {
    ...arithmetic,
    generators,
    doubts,
    symbol: (node) => variable(`symbol ${node.id}`, () => ({ kind: "symbol", symbol: node })),
    number,
    exp,
    log,
    atan,
    logGamma,
    root,
    special: (name, args, square) =>
      variable(`${name}(${args.map(F.key).join(",")})`, () => ({
        kind: "special",
        name,
        args,
        ...(square === undefined ? {} : { relation: { order: 2, value: square } }),
      })),
    cell: (name, argument) =>
      variable(`${name} ${F.key(argument)}`, () => ({ kind: "cell", name, argument })),
    constant: (note) => variable(`constant ${note}`, () => ({ kind: "constant", note })),
    pi,
    signOf: (a) => own.signOf(a),
    absolute: (a) => own.absolute(a),
    doubt,
    conjugate,
    derivative,
    symbolsIn,
  };
  const own = signs(tower);
  return tower;
}

function gcdOf(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcdOf(b, a % b);
}
const lcm = (a: bigint, b: bigint): bigint => (a / gcdOf(a, b)) * b;
const absolute = (a: Rational): Rational => (sign(a) < 0 ? rational(-a.num, a.den) : a);
