/** Real roots of a tower: powers come out of radicands, products of radicals that are squares are one another. */
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
  gInverse,
  gIsReal,
  gMultiply,
  gNegate,
  rational,
  sign,
} from "../../exact/rational.ts";
import { type Element, type Generator, relationOf, variablesOf } from "./generator.ts";
import { absolute, Finer, gcdOf, type Hints, isNumber, lcm, numberOf, type Tower } from "./interface.ts";

export function createRadicals(tower: Tower, hints: Hints, budget: Budget): Pick<Tower, "root"> {
  const { generators, variable, number, isWave, conjugate, doubt, coefficients } = tower;
  const { subtract, multiply, divide, power } = tower;
  const exp = (a: Element): Element => tower.exp(a);
  const one = number(1);
  const isRealExp = (v: number): boolean => {
    const g = generators[v]!;
    return g.kind === "exp" && !g.wave;
  };

  function root(a: Element, order: number): Element {
    if (F.isZero(a)) return a;
    if (order === 1) return a;
    if (!(order <= 60)) throw new DescentError("budget", `a root of order ${order}`);
    const even = order % 2 === 0;
    if (isNumber(a)) return numberRoot(numberOf(a), order);
    // Powers of real exponentials, and n-th powers of other factors, come out of the radicand; waves where all of it does.
    let [outside, inside] = [one, a];
    const parts: (readonly [Polynomial, number])[] = [
      [a.numerator, 1],
      [a.denominator, -1],
    ];
    const perfect = parts.every(([p]) =>
      squarefree(
        without(p, (v) => isWave(v) || isRealExp(v)),
        budget,
      ).every(([, k]) => k % order === 0),
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
      for (const [f, k] of squarefree(without(p, isWave), budget)) {
        const m = direction * Math.floor(k / order);
        // A factor with waves is real only up to a wave: it comes out where nothing stays.
        const waves = [...variablesOf(F.fromPolynomial(f))].some(isWave);
        if (m !== 0 && (perfect || !waves)) pulled = multiply(pulled, power(F.fromPolynomial(f), m));
      }
    }
    inside = divide(inside, power(pulled, order));
    const { factor } = P.content(inside.numerator);
    let size = isNumber(inside) ? numberOf(inside) : gIsReal(factor) ? gaussian(absolute(factor.re)) : G_ONE;
    inside = multiply(inside, number(gInverse(size)));
    let result = one;
    if (isNumber(inside)) {
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
      return multiply(numberRoot(size, order), even ? tower.absolute(base) : base);
    }
    result = multiply(numberRoot(size, order), rootGenerator(inside, order));
    const base = multiply(outside, pulled);
    const bar = conjugate(base);
    if (bar === undefined || !F.equal(bar, base)) doubt("a root of a complex base");
    return multiply(result, even ? tower.absolute(base) : base);
  }

  /** p without the powers of such variables that divide it. */
  function without(p: Polynomial, aside: (variable: number) => boolean): Polynomial {
    const powers = P.content(p).monomial.filter(([v]) => aside(v));
    return P.multiply(p, P.monomial(powers.map(([v, k]) => [v, -k])), budget);
  }

  const powerOfI = (n: number): Gaussian => [G_ONE, G_I, gNegate(G_ONE), gNegate(G_I)][n % 4]!;

  function rootGenerator(a: Element, order: number): Element {
    const key = F.key(a);
    const hint = hints.divisors.get(`root ${key}`) ?? 1;
    const whole = Number(lcm(BigInt(hint), BigInt(order)));
    if (whole !== hint) {
      hints.divisors.set(`root ${key}`, whole);
      if (tower.has(`root ${key}`)) throw new Finer();
    }
    if (!tower.has(`root ${key}`)) {
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
    const inner = [...variablesOf(a)].filter((v) => relationOf(generators[v]!) !== undefined);
    if (inner.length === 0) return true;
    const relation = inner.length === 1 ? relationOf(generators[inner[0]!]!) : undefined;
    if (relation === undefined || relation.order !== 2 || order !== 2) return false;
    const beside = generators.some((g, v) => relationOf(g) !== undefined && v !== inner[0]);
    const c = coefficients(a, inner[0]!);
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
    const others = generators.flatMap((g, v) => {
      const relation = relationOf(g);
      return relation !== undefined && relation.order === 2 && !isNumber(relation.value)
        ? [{ g, v, relation }]
        : [];
    });
    if (others.length === 0 || others.length > 6) {
      if (others.length > 6) doubt("many radicals");
      return undefined;
    }
    for (let chosen = 1; chosen < 2 ** others.length; chosen++) {
      budget.spend();
      const picked = others.filter((_, k) => ((chosen >> k) & 1) === 1);
      const product = picked.reduce((total, { relation }) => F.multiply(total, relation.value, budget), a);
      const half = squareRoot(product);
      if (half === undefined) continue;
      const roots = picked.reduce((total, { g, v }) => {
        const own = F.fromPolynomial(P.variable(v));
        return multiply(total, g.kind === "root" ? own : tower.absolute(own));
      }, one);
      return divide(multiply(numberRoot(half.factor, 2), tower.absolute(half.root)), roots);
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
    if (!isNumber(ratio)) return undefined;
    const bar = conjugate(found);
    const turned = bar !== undefined && F.equal(bar, multiply(number(-1), found));
    if (bar === undefined || !(turned || F.equal(bar, found))) {
      doubt("a root of a complex base");
      return undefined;
    }
    const factor = turned ? gNegate(numberOf(ratio)) : numberOf(ratio);
    const half = turned ? multiply(number(G_I), found) : found;
    return gIsReal(factor) && sign(factor.re) > 0 ? { factor, root: half } : undefined;
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
      if (tower.has(key)) throw new Finer();
    }
    const value = number(rational(p));
    const t = variable(key, () => ({ kind: "root", argument: value, relation: { order: whole, value } }));
    return power(t, whole / order);
  }

  return { root };
}
