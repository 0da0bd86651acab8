/** Functions that are not elementary, brought to few generators by their recurrences, symmetries and special values. */
import * as F from "../../exact/fraction.ts";
import * as P from "../../exact/polynomial.ts";
import {
  G_I,
  gaussian,
  gIsReal,
  HALF,
  isInteger,
  isZero,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import type { Primitive } from "../../primitives/primitive.ts";
import type { Element, Generator } from "./generator.ts";
import type { Tower } from "./interface.ts";

/** The number that an element is, if it is a real one. */
export function rationalOf(a: Element): Rational | undefined {
  if (!F.isPolynomial(a) || P.totalDegree(a.numerator) > 0) return undefined;
  const value = P.evaluate(a.numerator, () => gaussian(ZERO));
  return gIsReal(value) ? value.re : undefined;
}

/** The first coefficient is positive, so that u and −u are told apart. */
const isNegative = ({ numerator }: Element): boolean => {
  const [first] = P.terms(numerator);
  const c = first?.coefficient;
  return c !== undefined && (sign(c.re) < 0 || (isZero(c.re) && sign(c.im) < 0));
};

export function specialElement(tower: Tower, row: Primitive, args: readonly Element[]): Element {
  const [u, v] = args as [Element, Element];
  switch (row.name) {
    case "besselj":
      return bessel(tower, u, v);
    case "sn":
    case "cn":
    case "dn":
      return jacobi(tower, row.name, u, v);
    case "gamma":
      return gamma(tower, u);
    case "lgamma":
      return tower.logGamma(u, gamma(tower, u));
    case "lambertw":
      return lambert(tower, u);
    default:
      if (row.parity === undefined || !isNegative(u)) return tower.special(row.name, args);
      return row.parity === "even"
        ? tower.special(row.name, [F.negate(u)])
        : F.negate(tower.special(row.name, [F.negate(u)]));
  }
}

/** J_{n+1}(u) = 2n/u·J_n(u) − J_{n−1}(u) (DLMF 10.6.1), J_{±1/2} by sine and cosine (DLMF 10.16.1). */
function bessel(tower: Tower, order: Element, u: Element): Element {
  const n = rationalOf(order);
  if (n === undefined || !(abs(n.num) <= 200n * n.den)) return tower.special("besselj", [order, u]);
  if (n.den > 2n) return fractional(tower, n, u);
  const twice = Number(n.num) * (n.den === 1n ? 2 : 1);
  if (n.den === 1n) {
    if (twice < 0)
      return tower.multiply(tower.number((twice / 2) % 2 === 0 ? 1 : -1), bessel(tower, F.negate(order), u));
    if (isNegative(u))
      return tower.multiply(tower.number((twice / 2) % 2 === 0 ? 1 : -1), bessel(tower, order, F.negate(u)));
  }
  const least = n.den === 1n ? 0 : -1;
  const start = (k: number): Element => {
    if (n.den === 1n) return tower.special("besselj", [tower.number(k / 2), u]);
    const wave = tower.exp(tower.multiply(tower.number(G_I), u));
    const inverse = tower.power(wave, -1);
    const half = tower.number(HALF);
    const sine = tower.multiply(
      tower.multiply(half, tower.number(gaussian(ZERO, rational(-1)))),
      tower.subtract(wave, inverse),
    );
    const cosine = tower.multiply(half, tower.add(wave, inverse));
    const size = tower.root(tower.divide(tower.number(2), tower.multiply(tower.pi(), u)), 2);
    return tower.multiply(size, k === 1 ? sine : cosine);
  };
  let [low, high] = [start(least), start(least + 2)];
  const factor = (k: number): Element => tower.divide(tower.number(k), u);
  for (let k = least + 2; k < twice; k += 2)
    [low, high] = [high, tower.subtract(tower.multiply(factor(k), high), low)];
  for (let k = least; k > twice; k -= 2)
    [low, high] = [tower.subtract(tower.multiply(factor(k), low), high), low];
  return twice <= least ? low : high;
}

/** An order ν that is no multiple of 1/2, by those of its class between 0 and 2. */
function fractional(tower: Tower, n: Rational, u: Element): Element {
  const floor = (n.num - (((n.num % n.den) + n.den) % n.den)) / n.den;
  const at = (k: number): Rational => rational(n.num - floor * n.den + BigInt(k) * n.den, n.den);
  const start = (k: number): Element => tower.special("besselj", [tower.number(at(k)), u]);
  const factor = (k: number): Element =>
    tower.divide(tower.multiply(tower.number(2), tower.number(at(k))), u);
  const steps = Number(floor);
  let [low, high] = [start(0), start(1)];
  for (let k = 1; k < steps; k++) [low, high] = [high, tower.subtract(tower.multiply(factor(k), high), low)];
  for (let k = 0; k > steps; k--) [low, high] = [tower.subtract(tower.multiply(factor(k), low), high), low];
  return steps <= 0 ? low : high;
}

/** sn is odd, cn and dn are even; cn² = 1 − sn², dn² = 1 − m·sn² (DLMF 22.6.1); m = 0 and m = 1 are elementary (22.5). */
function jacobi(tower: Tower, name: "sn" | "cn" | "dn", u: Element, m: Element): Element {
  if (F.isZero(u)) return tower.number(name === "sn" ? 0 : 1);
  const modulus = rationalOf(m);
  const [one, half] = [tower.number(1), tower.number(HALF)];
  if (modulus !== undefined && (isZero(modulus) || (modulus.num === 1n && modulus.den === 1n))) {
    const round = isZero(modulus);
    const e = tower.exp(round ? tower.multiply(tower.number(G_I), u) : u);
    const back = tower.power(e, -1);
    const even = tower.multiply(half, tower.add(e, back));
    const odd = tower.multiply(half, tower.subtract(e, back));
    if (!round) return name === "sn" ? tower.divide(odd, even) : tower.power(even, -1);
    return name === "sn" ? tower.divide(odd, tower.number(G_I)) : name === "cn" ? even : one;
  }
  if (isNegative(u)) {
    const value = jacobi(tower, name, F.negate(u), m);
    return name === "sn" ? F.negate(value) : value;
  }
  const sn = tower.special("sn", [u, m]);
  if (name === "sn") return sn;
  const sine = tower.multiply(sn, sn);
  const square = tower.subtract(one, name === "cn" ? sine : tower.multiply(m, sine));
  const positive = name === "dn" && modulus !== undefined && sign(modulus) > 0 && modulus.num < modulus.den;
  if (positive) return tower.root(square, 2);
  const others = tower.generators.filter((g) => g.kind === "root" && g.relation.order % 2 === 0);
  if (others.some((g) => tower.symbolsIn((g as { argument: Element }).argument).size > 0))
    tower.doubt("radicals beside elliptic functions may be related");
  return tower.special(name, [u, m], square);
}

/** Γ(u + 1) = u·Γ(u) and Γ(u)Γ(1 − u) = π/sin πu (DLMF 5.5.1, 5.5.3), to the argument that is there already. */
function gamma(tower: Tower, u: Element): Element {
  const exact = rationalOf(u);
  if (exact !== undefined && isInteger(exact) && sign(exact) > 0 && exact.num <= 200n) {
    let value = 1n;
    for (let k = 2n; k < exact.num; k++) value *= k;
    return tower.number(rational(value));
  }
  for (const g of tower.generators) {
    if (g.kind !== "special" || g.name !== "gamma") continue;
    const known = tower.special("gamma", g.args);
    const own = g.args[0]!;
    const steps = rationalOf(tower.subtract(u, own));
    if (steps !== undefined && isInteger(steps) && abs(steps.num) <= 60n)
      return tower.multiply(known, rising(tower, own, Number(steps.num)));
    const mirrored = rationalOf(tower.add(u, own));
    if (mirrored !== undefined && isInteger(mirrored) && abs(mirrored.num) <= 60n) {
      // u = (1 − v) + (mirrored − 1)
      const angle = tower.exp(tower.multiply(tower.number(G_I), tower.multiply(tower.pi(), own)));
      const sine = tower.divide(
        tower.subtract(angle, tower.power(angle, -1)),
        tower.number(gaussian(ZERO, rational(2))),
      );
      const reflected = tower.divide(tower.pi(), tower.multiply(sine, known));
      const one = tower.number(1);
      return tower.multiply(reflected, rising(tower, tower.subtract(one, own), Number(mirrored.num) - 1));
    }
  }
  return tower.special("gamma", [u]);
}

/** Γ(v + n)/Γ(v) */
function rising(tower: Tower, v: Element, n: number): Element {
  let total = tower.number(1);
  for (let k = 0; k < n; k++) total = tower.multiply(total, tower.add(v, tower.number(k)));
  for (let k = -1; k >= n; k--) total = tower.divide(total, tower.add(v, tower.number(k)));
  return total;
}

/** Orders that differ by whole numbers are of one class: two of them span all. */
export function classOf({ name, args }: Generator & { kind: "special" }): string {
  const order = name === "besselj" ? rationalOf(args[0]!) : undefined;
  return order === undefined
    ? args.map(F.key).join(",")
    : `${((order.num % order.den) + order.den) % order.den}/${order.den}`;
}

/** A Bessel function of an order that is known and not half an odd integer; any other function. */
export function regular(g: Generator & { kind: "special" }): boolean {
  if (g.name !== "besselj") return true;
  const order = rationalOf(g.args[0]!);
  return order !== undefined && order.den !== 2n;
}

/** W(v·e^v) is v where v > −1; where it may be less v = −1 is a branch point, and nothing is said. */
function lambert(tower: Tower, u: Element): Element {
  const product = (v: Element): boolean => F.equal(tower.multiply(v, tower.exp(v)), u);
  const candidates: Element[] = [exponentIn(tower, u)];
  tower.generators.forEach((g, v) => {
    if (g.kind === "log" && g.name === "log") candidates.push(F.fromPolynomial(P.variable(v)));
  });
  const found = candidates.find((v) => !F.isZero(v) && product(v));
  if (found !== undefined) {
    if (tower.signOf(tower.add(found, tower.number(1))) === 1) return found;
    tower.doubt("W of v*exp(v) is v for v > -1 only");
  }
  // The branch point is −1/e: the power of e has to be there before the tower is done.
  tower.exp(tower.number(-1));
  return tower.special("lambertw", [u]);
}

/** a where u = r·e^a for the real exponentials that are factors of u. */
function exponentIn(tower: Tower, u: Element): Element {
  let total = tower.number(0);
  for (const [p, direction] of [
    [u.numerator, 1],
    [u.denominator, -1],
  ] as const) {
    for (const [v, k] of P.content(p).monomial) {
      const g = tower.generators[v]!;
      if (g.kind === "exp" && !g.wave)
        total = tower.add(total, tower.multiply(tower.number(direction * k), g.argument));
    }
  }
  return total;
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);
