/**
 * The floors D^k u / k! of expressions without indexed sums and products, as homogeneous polynomials in the steps. Exponential
 * polynomials with few terms are written down at once; all else by recurrences on the expression itself: for u' = Σ j u_j,
 * (h∘u)_k = (1/k) Σ_j j u_j (h'∘u)_{k−j}, with h' read from the primitive's row (Griewank and Walther, Evaluating
 * Derivatives, ch. 13).
 */
import { memberName } from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import { type Gaussian, gaussian, type Rational, rational } from "../exact/rational.ts";
import { partial } from "../expression/differentiate.ts";
import { type Algebra, HAS, type Node, type SumTerm, type SymbolNode } from "../expression/node.ts";
import { type Coefficients, createDirect } from "./direct.ts";
import { createMonomials } from "./monomials.ts";

/** A homogeneous polynomial in the steps: monomials to coefficients, none of which is 0. */
export type Homogeneous = ReadonlyMap<number, Node>;

export interface Jets {
  /** D^k node / k! */
  coefficient(node: Node, k: number): Homogeneous;
  /** D^k (a b) / k!; the product itself for k = 0. */
  productCoefficient(a: Node, b: Node, k: number): Homogeneous;
  /** The mixed derivatives of order k, by their orders. */
  derivatives(node: Node, k: number): Homogeneous;
  /** The monomial 1. */
  readonly one: number;
  /** The product of a monomial and a power of the step of the parameter at a position. */
  times(monomial: number, position: number, power: number): number;
  /** The powers of a monomial, by the names of the parameters. */
  powers(monomial: number): Record<string, number>;
}

/**
 * @param names the parameters
 * @param order the highest order that is asked for
 */
export function createJets(algebra: Algebra, names: readonly string[], order: number, budget: Budget): Jets {
  const memo = new Map<Node, (Homogeneous | undefined)[]>();
  const direct = new Map<Node, Coefficients | undefined>();
  const derived = new Map<Node, Coefficients | undefined>();
  const positions = new Map(names.map((name, k) => [name, k]));
  const monomials = createMonomials();
  const none: Homogeneous = new Map();
  const positionOf = (id: number): number => positions.get(symbolKey(algebra.node(id) as SymbolNode))!;
  const writer = createDirect(algebra, monomials, positionOf, budget);

  function directly(node: Node): Coefficients | undefined {
    if (!direct.has(node)) direct.set(node, writer.coefficients(node, order));
    return direct.get(node);
  }

  function coefficient(node: Node, k: number): Homogeneous {
    if (k === 0) return node === algebra.zero ? none : new Map([[monomials.one, node]]);
    if ((node.has & HAS.parameter) === 0) return none;
    if (node.kind === "symbol") {
      return k === 1 ? new Map([[monomials.power(positionOf(node.id), 1), algebra.one]]) : none;
    }
    const short = directly(node);
    if (short !== undefined) return short[k]!;
    let known = memo.get(node);
    if (known === undefined) {
      known = [];
      memo.set(node, known);
    }
    known[k] ??= compute(node, k);
    return known[k];
  }

  function compute(node: Node, k: number): Homogeneous {
    const total: Parts = new Map();
    switch (node.kind) {
      case "sum":
        for (const [c, term] of node.terms) put(total, coefficient(term, k), c);
        break;
      case "product": {
        const [[base, n], ...rest] = node.factors as [
          readonly [Node, number],
          ...(readonly [Node, number])[],
        ];
        if (rest.length > 0) convolve(total, algebra.product([[base, n]]), algebra.product(rest), k);
        else chain(total, base, algebra.scale(n, algebra.product([[base, n - 1]])), k);
        break;
      }
      case "call":
        node.args.forEach((arg, j) => {
          if ((arg.has & HAS.parameter) !== 0) {
            chain(total, arg, partial(algebra, node.name, node.args, j), k);
          }
        });
        break;
      default:
        throw new DescentError("internal", `no jet of a ${node.kind}`);
    }
    return gathered(total);
  }

  /** (h∘u)_k = (1/k) Σ_j j u_j (h'∘u)_{k−j}. */
  function chain(total: Parts, arg: Node, slope: Node, k: number): void {
    for (let j = 1; j <= k; j++) {
      const inner = coefficient(arg, j);
      if (inner.size > 0) multiply(total, inner, coefficient(slope, k - j), rational(j, k));
    }
  }

  function convolve(total: Parts, a: Node, b: Node, k: number): void {
    for (let j = 0; j <= k; j++) multiply(total, coefficient(a, j), coefficient(b, k - j), ONE);
  }

  function multiply(total: Parts, a: Homogeneous, b: Homogeneous, factor: Rational): void {
    const c = gaussian(factor);
    for (const [p, x] of a) {
      for (const [q, y] of b) {
        budget.spend(4);
        add(total, monomials.times(p, q), c, algebra.multiply(x, y));
      }
    }
  }

  function gathered(total: Parts): Homogeneous {
    const result = new Map<number, Node>();
    for (const [monomial, parts] of total) {
      const sum = algebra.combine(parts);
      if (sum !== algebra.zero) result.set(monomial, sum);
    }
    return result;
  }

  return {
    coefficient,
    productCoefficient(a, b, k) {
      if (k === 0) return coefficient(algebra.multiply(a, b), 0);
      const short = directly(algebra.multiply(a, b));
      if (short !== undefined) return short[k]!;
      const total: Parts = new Map();
      convolve(total, a, b, k);
      return gathered(total);
    },
    derivatives(node, k) {
      if (!derived.has(node)) derived.set(node, writer.coefficients(node, order, true));
      const short = derived.get(node);
      if (short !== undefined) return short[k]!;
      const found = new Map<number, Node>();
      for (const [monomial, value] of coefficient(node, k)) {
        const factorials = monomials.powers(monomial).reduce((n, [, power]) => n * factorial(power), 1n);
        found.set(monomial, algebra.scale(rational(factorials), value));
      }
      return found;
    },
    one: monomials.one,
    times: (monomial, position, power) => monomials.times(monomial, monomials.power(position, power)),
    powers(monomial) {
      // No parameter can be named like what objects have from birth.
      const powers: Record<string, number> = {};
      for (const [position, power] of monomials.powers(monomial)) powers[names[position]!] = power;
      return powers;
    },
  };
}

/** Sums by monomial, not yet added up. */
type Parts = Map<number, SumTerm[]>;

function add(total: Parts, monomial: number, c: Gaussian, node: Node): void {
  const list = total.get(monomial);
  if (list === undefined) total.set(monomial, [[c, node]]);
  else list.push([c, node]);
}

function put(total: Parts, part: Homogeneous, c: Gaussian): void {
  for (const [monomial, node] of part) add(total, monomial, c, node);
}

const ONE = rational(1);
const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));

const symbolKey = (node: SymbolNode): string =>
  memberName(
    node.name,
    node.indices.map((i) => i.constant),
  );
