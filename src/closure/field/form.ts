/** Elements of a tower as real expressions. */

import type { Budget } from "../../errors.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import { G_I, gNegate, rational, sign } from "../../exact/rational.ts";
import { sizeSymbol } from "../../expression/affine.ts";
import type { Algebra, Node } from "../../expression/node.ts";
import type { Element } from "./generator.ts";
import type { Tower } from "./interface.ts";

/** Longer polynomials are not written as expressions: nothing is read off them. */
const MOST_TERMS = 4_000;

/** The expression of a real element, waves as cosines and sines; undefined where it is too long or has no form in the language. */
export function elementNode(algebra: Algebra, tower: Tower, a: Element, budget: Budget): Node | undefined {
  const known = new Map<number, Node | undefined>();

  const isWave = (v: number): boolean => {
    const g = tower.generators[v]!;
    return g.kind === "exp" && g.wave;
  };

  const isExp = (v: number): boolean => tower.generators[v]!.kind === "exp";

  function node(a: Element): Node | undefined {
    budget.spend();
    const { monomial, primitive } = P.content(a.denominator);
    const plain = [...primitive.values()].every((t) => t.monomial.every(([v]) => !isWave(v)));
    if (!plain) {
      // N/D = N·D̄/(D·D̄), both real.
      const bar = tower.conjugate({ numerator: a.denominator, denominator: P.one });
      if (bar === undefined) return undefined;
      const below = tower.multiply({ numerator: a.denominator, denominator: P.one }, bar);
      const above = tower.multiply({ numerator: a.numerator, denominator: P.one }, bar);
      return quotient(node(above), node(below));
    }
    // Exponentials of the denominator go to every term above.
    const shift = monomial.filter(([v]) => isExp(v)).map(([v, k]): P.Power => [v, -k]);
    const rest = P.divideExact(a.denominator, P.monomial(shift.map(([v, k]) => [v, -k])), budget)!;
    return quotient(polynomial(P.multiply(a.numerator, P.monomial(shift), budget)), polynomial(rest));
  }

  const quotient = (n: Node | undefined, d: Node | undefined): Node | undefined =>
    n === undefined || d === undefined
      ? undefined
      : algebra.product([
          [n, 1],
          [d, -1],
        ]);

  /** The real part, which is all of it: Re(c·e^{iφ}) = Re c·cos φ − Im c·sin φ. */
  function polynomial(p: Polynomial): Node | undefined {
    if (p.size > MOST_TERMS) return undefined;
    const parts: Node[] = [];
    for (const { monomial, coefficient } of p.values()) {
      budget.spend(8 + 4 * monomial.length);
      let [angle, exponent]: Node[] = [algebra.zero, algebra.zero];
      const factors: (readonly [Node, number])[] = [];
      for (const [v, k] of monomial) {
        const own = variable(v);
        if (own === undefined) return undefined;
        if (isWave(v)) angle = algebra.add(angle!, algebra.scale(k, own));
        else if (isExp(v)) exponent = algebra.add(exponent!, algebra.scale(k, own));
        else factors.push([own, k]);
      }
      const real = algebra.multiply(algebra.product(factors), algebra.call("exp", [exponent!]));
      // c·e^{iφ} and its conjugate are one term each: φ and −φ are written alike.
      const side = isNegative(angle!) ? -1 : 1;
      const wave = algebra.scale(side, angle!);
      if (wave === algebra.zero) parts.push(algebra.scale(coefficient.re, real));
      else {
        const cosine = algebra.scale(coefficient.re, algebra.call("cos", [wave]));
        const im = rational(-coefficient.im.num * BigInt(side), coefficient.im.den);
        const sine = algebra.scale(im, algebra.call("sin", [wave]));
        parts.push(algebra.multiply(real, algebra.add(cosine, sine)));
      }
    }
    return algebra.add(...parts);
  }

  /** A generator; a wave by its angle, a real exponential by its exponent. */
  function variable(v: number): Node | undefined {
    if (!known.has(v)) known.set(v, compute(v));
    return known.get(v);
  }

  function compute(v: number): Node | undefined {
    const g = tower.generators[v]!;
    switch (g.kind) {
      case "symbol":
        return g.size === true ? algebra.integer(sizeSymbol(g.symbol.name)) : g.symbol;
      case "exp": {
        if (!g.wave) return node(g.argument);
        return node(tower.multiply(tower.number(gNegate(G_I)), g.argument));
      }
      case "log":
      case "cell": {
        const own = node(g.argument);
        return own && algebra.call(g.name, [own]);
      }
      case "root": {
        const own = node(g.argument);
        if (own === undefined) return undefined;
        const { order } = g.relation;
        if (order === 2) return algebra.call("sqrt", [own]);
        const root = (base: Node): Node => algebra.power(base, algebra.number(rational(1, order)));
        const side = tower.signOf(g.argument);
        if (order % 2 === 0 || side === 1) return root(own);
        if (side === -1) return algebra.scale(-1, root(algebra.scale(-1, own)));
        return order === 3 ? algebra.call("cbrt", [own]) : undefined;
      }
      case "special": {
        const args = g.args.map(node);
        if (!algebra.primitives.has(g.name)) return undefined;
        return args.includes(undefined) ? undefined : algebra.call(g.name, args as Node[]);
      }
      case "constant":
      case "slope":
        return undefined;
    }
  }

  return node(a);
}

function isNegative(node: Node): boolean {
  return node.kind === "sum" && sign(node.terms[0]![0].re) < 0;
}
