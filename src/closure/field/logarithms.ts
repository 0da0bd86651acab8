/** Logarithms and arc tangents of a tower: those that a multiplicative relation ties to others are written by them. */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import {
  G_I,
  G_ONE,
  type Gaussian,
  gaussian,
  gEqual,
  gIsReal,
  gNegate,
  isZero,
  multiply as multiplyRational,
  ONE,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import { type Element, relationOf, variablesOf } from "./generator.ts";
import { absolute, type Hints, isNumber, lcm, numberOf, type Tower } from "./interface.ts";
import { multiplicativeRelation, rationalCombination } from "./relations.ts";

export function createLogarithms(
  tower: Tower,
  hints: Hints,
  budget: Budget,
): Pick<Tower, "log" | "atan" | "logGamma"> {
  const { generators, variable, number, derivative, symbolsIn, requireReal, pi, doubt } = tower;
  const { add, subtract, multiply, divide, power } = tower;
  const one = number(1);

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
        const times = number(k * direction);
        if (g.kind === "exp" && !g.wave) {
          total = add(total, multiply(times, g.argument));
          rest = multiply(rest, F.fromPolynomial(P.monomial([[v, -k * direction]])));
        } else if (g.kind === "special" && g.name === "lambertw") {
          // log(W/u) = -W, and W/u > 0.
          const own = F.fromPolynomial(P.variable(v));
          total = subtract(total, multiply(times, own));
          rest = multiply(rest, power(divide(g.args[0]!, own), k * direction));
        }
      }
    }
    const { factor } = P.content(rest.numerator);
    const size = gIsReal(factor) ? absolute(factor.re) : ONE;
    if (isNumber(rest)) {
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

  function logGenerator(c: Element): Element {
    const key = `log ${F.key(c)}`;
    if (!tower.has(key)) {
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
    const moving = (v: number): boolean => tower.hasParameter(v);
    const parametric = [...variablesOf(c)].some(moving);
    if (!algebraic) return multiplicativeRelation(c, items, parametric ? moving : undefined, budget);
    const all = [...new Set([c, ...items].flatMap((a) => [...symbolsIn(a)]))];
    const symbols = parametric ? all.filter(moving) : all;
    if (symbols.length === 0) {
      if (items.some((a) => [...variablesOf(a)].every((v) => !moving(v))))
        doubt("logarithms of numbers may be related");
      return undefined;
    }
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
      if (!isFixed(ratio, parametric)) doubt("logarithms of algebraic functions may be related");
    }
    return found;
  }

  /** A number, or for relations modulo functions of the data one of those. */
  const isFixed = (a: Element, modulo: boolean): boolean =>
    isNumber(a) || (modulo && [...variablesOf(a)].every((v) => !tower.hasParameter(v)));

  function relatedLog(
    c: Element,
    items: readonly { exponential: Element; scale: Gaussian; v: number; q: Rational }[],
  ): Element | undefined {
    const n = items.reduce((m, { q }) => lcm(m, q.den), 1n);
    let ratio = power(c, Number(n));
    let total = number(0);
    for (const { exponential, scale, v, q } of items) {
      ratio = multiply(ratio, power(exponential, -Number(multiplyRational(q, rational(n)).num)));
      const own = multiply(number(scale), F.fromPolynomial(P.variable(v)));
      total = add(total, multiply(number(q), own));
    }
    const parametric = [...variablesOf(c)].some((v) => tower.hasParameter(v));
    if (!isFixed(ratio, parametric)) return undefined;
    if (isNumber(ratio)) {
      const value = numberOf(ratio);
      // A negative one says that not all logarithms have values together: they belong to different sides of a kink.
      if (!gIsReal(value) || sign(value.re) <= 0) return undefined;
    }
    const rest = F.equal(ratio, one) ? number(0) : multiply(number(rational(1n, n)), log(ratio));
    return add(total, rest);
  }

  function atan(u: Element): Element {
    requireReal(u, "atan");
    if (F.isZero(u)) return u;
    const [i, two] = [number(G_I), gaussian(ZERO, rational(2))];
    const c = divide(add(one, multiply(i, u)), subtract(one, multiply(i, u)));
    const key = `atan ${F.key(c)}`;
    if (tower.has(key)) return variable(key, () => ({ kind: "constant", note: "" }));
    const angles = generators.flatMap((g, v) => (g.kind === "log" && g.name === "atan" ? [{ g, v }] : []));
    const waves = generators.flatMap((g, v) => (g.kind === "exp" && g.wave ? [{ g, v }] : []));
    const items = [
      ...angles.map(({ g }) => g.exponential),
      ...waves.map(({ v }) => F.fromPolynomial(P.variable(v))),
    ];
    const quarter = quarterOf(c);
    const found = relationAmong(c, items);
    const related = found?.some((q) => !isZero(q)) === true;
    if (related || quarter !== undefined) {
      const factors = related ? found! : [];
      const n = factors.reduce((m, q) => lcm(m, q.den), 1n);
      let ratio = power(c, Number(n));
      let total = number(0);
      factors.forEach((q, k) => {
        ratio = multiply(ratio, power(items[k]!, -Number(multiplyRational(q, rational(n)).num)));
        const angle =
          k < angles.length
            ? F.fromPolynomial(P.variable(angles[k]!.v))
            : multiply(
                number(gaussian(ZERO, rational(-1, 2))),
                (waves[k - angles.length]!.g as { argument: Element }).argument,
              );
        total = add(total, multiply(number(q), angle));
      });
      const parametric = [...variablesOf(c)].some((v) => tower.hasParameter(v));
      if (isFixed(ratio, parametric)) {
        // The ratio e^{2iα} has the angle α = atan(−i(ratio − 1)/(ratio + 1)), up to multiples of π.
        if (quarterOf(ratio) === undefined) {
          const tangent = divide(multiply(number(gNegate(G_I)), subtract(ratio, one)), add(ratio, one));
          total = add(total, multiply(number(rational(1n, n)), atan(tangent)));
        }
        // The rest is a multiple of π/4n, the same one in each component of the domain.
        const t = variable(`plain ${key}`, () => ({
          kind: "log",
          name: "atan",
          argument: u,
          exponential: c,
          scale: two,
        }));
        const parts = 4 * Number(n);
        // Between the poles of an argument lie components of their own.
        const used = angles.filter((_, k) => !isZero(factors[k] ?? ZERO)).map(({ g }) => g.argument);
        const isWhole = [u, ...used].every(hasNoPole);
        const turns = isWhole ? tower.turns(subtract(t, total), parts) : undefined;
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

  /** But where one symbol is 0, on both sides of which values are tried. */
  function hasNoPole({ denominator }: Element): boolean {
    const { monomial, primitive } = P.content(denominator);
    const open = monomial.filter(([v]) => tower.signOf(F.fromPolynomial(P.variable(v))) === undefined);
    const isPlain = open.length === 0 || (open.length === 1 && generators[open[0]![0]]!.kind === "symbol");
    const rest = F.fromPolynomial(primitive);
    return isPlain && (P.totalDegree(primitive) <= 0 || tower.signOf(rest) !== undefined);
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
    if (!isNumber(a)) return undefined;
    const value = numberOf(a);
    const units = [G_ONE, G_I, gNegate(G_ONE), gNegate(G_I)];
    const at = units.findIndex((unit) => gEqual(unit, value));
    return at < 0 ? undefined : at;
  }

  return { log, atan, logGamma };
}
