/** Enclosures of elements of a tower at rational values of its symbols. */
import type { Polynomial } from "../../exact/polynomial.ts";
import { type Rational, rational } from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import { type Interval, type Intervals, type Rectangle, rectangles } from "../../precise/interval.ts";
import type { Element, Generator } from "./generator.ts";

/** Undefined where a part cannot be enclosed. */
export function encloseElement(
  generators: readonly Generator[],
  i: Intervals,
  value: (symbol: SymbolNode) => Rational,
): (a: Element) => Rectangle | undefined {
  const c = rectangles(i);
  const known = new Map<number, Rectangle | undefined>();
  const real = (a: Interval | undefined): Rectangle | undefined =>
    a === undefined || !i.isFinite(a) ? undefined : c.real(a);

  function variable(v: number): Rectangle | undefined {
    if (!known.has(v)) known.set(v, compute(generators[v]!));
    return known.get(v);
  }

  function compute(g: Generator): Rectangle | undefined {
    switch (g.kind) {
      case "symbol":
        return real(g.symbol.role === "constant" ? i.pi() : i.rational(value(g.symbol)));
      case "exp": {
        const a = element(g.argument);
        return a && c.exp(a);
      }
      case "log":
        return call(g.name, [g.argument]);
      case "root": {
        const a = element(g.argument);
        if (a === undefined) return undefined;
        const { order } = g.relation;
        if (order === 2) return real(i.call("sqrt", a.re));
        if (order === 3) return real(i.call("cbrt", a.re));
        const log = i.call("log", a.re);
        return log && real(i.call("exp", i.multiply(log, i.rational(rational(1, order)))));
      }
      case "cell":
        return call(g.name, [g.argument]);
      case "special":
        return call(g.name, g.args);
      case "constant":
      case "slope":
        return undefined;
    }
  }

  function call(name: string, args: readonly Element[]): Rectangle | undefined {
    const values = args.map(element);
    if (values.includes(undefined)) return undefined;
    return real(i.call(name, ...values.map((a) => a!.re)));
  }

  function polynomial(p: Polynomial): Rectangle | undefined {
    let total = c.real(i.rational(rational(0)));
    for (const { monomial, coefficient } of p.values()) {
      let term: Rectangle = { re: i.rational(coefficient.re), im: i.rational(coefficient.im) };
      for (const [v, k] of monomial) {
        const base = variable(v);
        if (base === undefined) return undefined;
        term = c.multiply(term, raised(base, k));
      }
      total = c.add(total, term);
    }
    return total;
  }

  /** By squaring: exponents may be large. */
  function raised(base: Rectangle, k: number): Rectangle {
    let [result, square] = [c.real(i.rational(rational(1))), base];
    for (let n = k; n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result = c.multiply(result, square);
      if (n > 1) square = c.multiply(square, square);
    }
    return result;
  }

  function element({ numerator, denominator }: Element): Rectangle | undefined {
    const [n, d] = [polynomial(numerator), polynomial(denominator)];
    if (n === undefined || d === undefined) return undefined;
    const size = i.add(i.power(d.re, 2), i.power(d.im, 2));
    if (!i.excludesZero(size)) return undefined;
    const product = c.multiply(n, c.conj(d));
    const [re, im] = [i.divide(product.re, size), i.divide(product.im, size)];
    return i.isFinite(re) && i.isFinite(im) ? { re, im } : undefined;
  }

  return element;
}
