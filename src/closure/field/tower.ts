/**
 * A tower of generators that are algebraically independent, or algebraic with one known relation each (M. Bronstein,
 * Symbolic Integration I, chapter 9; in several variables J. Ax, On Schanuel's conjectures, Ann. of Math. 93, 1971): a new
 * exponential or logarithm that a relation over Q ties to the others is written by them.
 *
 * Whatever cannot be settled is noted in `doubts`: then nothing may be concluded from two elements being different.
 */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import { type Gaussian, gaussian, gConjugate, type Rational, rational } from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import { createArithmetic } from "./arithmetic.ts";
import { createExponentials } from "./exponentials.ts";
import { argumentsOf, type Element, type Generator, variablesOf } from "./generator.ts";
import type { Hints, Signs, Tower } from "./interface.ts";
import { createLogarithms } from "./logarithms.ts";
import { createRadicals } from "./radicals.ts";

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
  const { add, multiply, divide } = arithmetic;

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

  function derivative(a: Element, symbol: number, formal = false): Element | undefined {
    let total = number(0);
    for (const v of variablesOf(a)) {
      if (v === symbol) {
        total = add(total, F.derivative(a, v, budget));
        continue;
      }
      if (!dependsOn(v, symbol)) continue;
      const rate = rateOf(v, symbol, formal);
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

  function rateOf(v: number, symbol: number, formal: boolean): Element | undefined {
    const g = generators[v]!;
    const own = F.fromPolynomial(P.variable(v));
    switch (g.kind) {
      case "symbol":
        return one;
      case "exp": {
        const inner = derivative(g.argument, symbol, formal);
        return inner && multiply(inner, own);
      }
      case "log": {
        const inner = derivative(g.exponential, symbol, formal);
        return inner && divide(inner, multiply(number(g.scale), g.exponential));
      }
      case "root": {
        const inner = derivative(g.argument, symbol, formal);
        return inner && divide(multiply(inner, own), multiply(number(g.relation.order), g.argument));
      }
      case "special": {
        if (g.relation === undefined) return formal ? slope(v, [symbol], g.args) : undefined;
        const inner = derivative(g.relation.value, symbol, formal);
        return inner && divide(multiply(inner, own), multiply(number(g.relation.order), g.relation.value));
      }
      case "slope":
        return formal
          ? slope(
              g.of,
              [...g.by, symbol].sort((a, b) => a - b),
              g.args,
            )
          : undefined;
      default:
        return undefined;
    }
  }

  const slope = (of: number, by: readonly number[], args: readonly Element[]): Element =>
    variable(`slope ${of} ${by.join(" ")}`, () => ({ kind: "slope", args, of, by }));

  const pi = (): Element => variable(`symbol ${piSymbol.id}`, () => ({ kind: "symbol", symbol: piSymbol }));

  function requireReal(a: Element, what: string): void {
    const bar = conjugate(a);
    if (bar === undefined || !F.equal(bar, a))
      throw new DescentError("unsupported", `${what} of a complex argument has no place in a tower`);
  }

  const core = {
    ...arithmetic,
    generators,
    doubts,
    symbol: (node: SymbolNode) => variable(`symbol ${node.id}`, () => ({ kind: "symbol", symbol: node })),
    number,
    variable,
    has: (key: string) => known.has(key),
    special: (name: string, args: readonly Element[], square?: Element) =>
      variable(`${name}(${args.map(F.key).join(",")})`, () => ({
        kind: "special",
        name,
        args,
        ...(square === undefined ? {} : { relation: { order: 2, value: square } }),
      })),
    cell: (name: "abs" | "floor", argument: Element) =>
      variable(`${name} ${F.key(argument)}`, () => ({ kind: "cell", name, argument })),
    constant: (note: string) => variable(`constant ${note}`, () => ({ kind: "constant", note })),
    pi,
    requireReal,
    isWave,
    isPi,
    hasParameter,
    symbolsOf,
    doubt,
    conjugate,
    derivative,
    symbolsIn,
  };
  // The parts use each other: an exponential of a logarithm is a root, the root of an exponential an exponential.
  const tower = core as unknown as Tower;
  return Object.assign(
    tower,
    createExponentials(tower, hints, budget),
    createLogarithms(tower, hints, budget),
    createRadicals(tower, hints, budget),
    signs(tower),
  );
}
