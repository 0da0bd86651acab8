/**
 * Taylor coefficients of exponential polynomials, each written down at once: with rates λ in the data,
 *
 *     ∂^n (θ^m e^{λθ}) / n! = Σ_j C(m,j) θ^{m−j} λ^{n−j}/(n−j)! · e^{λθ},
 *
 * so that a coefficient is a number times a monomial in data and parameters times one of the functions of the closure, e^g,
 * e^g cos, e^g sin of the base point. Those functions and monomials are made once for all orders.
 */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import {
  type Gaussian,
  gaussian,
  gcd,
  gIsReal,
  gMultiply,
  gPower,
  isInteger,
  isZero,
  multiply,
  type Rational,
  rational,
} from "../exact/rational.ts";
import { type Algebra, children, type Factor, HAS, type Node, type SumTerm } from "../expression/node.ts";
import {
  createNormaliser,
  type ExpPolynomial,
  type ExpTerm,
  isObstacle,
  isReal,
  polynomialNode,
  realAndImaginary,
} from "../expression/normal.ts";
import { createMonomials, type Monomials, type Power } from "./monomials.ts";

/** The most terms p·e^L that a form may have: beyond, recurrences on the factors are shorter. */
const MOST_TERMS = 16;

/** Coefficients by the monomial in the steps, one map for each order. */
export type Coefficients = readonly ReadonlyMap<number, Node>[];

export interface Direct {
  /**
   * Orders 0 … order of a node; undefined where it is no exponential polynomial with few terms. What is 0 is left out.
   *
   * @param derivatives the derivatives themselves, not divided by the factorials of their orders
   */
  coefficients(node: Node, order: number, derivatives?: boolean): Coefficients | undefined;
}

/** A factor c·(monomial in nodes). */
interface Piece {
  readonly c: Gaussian;
  readonly monomial: number;
}

/** e^L, or e^L and its conjugate together: what 2 Re c and −2 Im c multiply. */
interface Waves {
  readonly even: readonly Factor[];
  readonly odd: readonly Factor[] | undefined;
}

/**
 * @param steps monomials in the steps; a variable is the position of a parameter
 * @param positionOf the position of a parameter's symbol by the number of its node
 */
export function createDirect(
  algebra: Algebra,
  steps: Monomials,
  positionOf: (id: number) => number,
  budget: Budget,
): Direct {
  const normaliser = createNormaliser(algebra, (s) => s.role === "parameter", budget);
  const counts = new Map<Node, number>();
  /** Monomials in nodes, by the numbers of the nodes. */
  const monomials = createMonomials();

  /** An upper bound of the terms of the normal form; ∞ where there surely is none. */
  function count(node: Node): number {
    if ((node.has & HAS.parameter) === 0 || node.kind === "symbol") return 1;
    const old = counts.get(node);
    if (old !== undefined) return old;
    const made = termCount(node);
    counts.set(node, made);
    return made;
  }

  function termCount(node: Node): number {
    switch (node.kind) {
      case "sum":
        return node.terms.reduce((n, [, term]) => n + count(term), 0);
      case "product":
        return node.factors.reduce((n, [base, k]) => {
          const own = count(base);
          return n * (k > 0 ? own ** k : own === 1 && isExponential(base) ? 1 : Number.POSITIVE_INFINITY);
        }, 1);
      case "call": {
        const row = algebra.primitives.get(node.name)?.exponentials;
        const [arg] = children(node);
        return row !== undefined && count(arg!) <= MOST_TERMS ? row.length : Number.POSITIVE_INFINITY;
      }
      default:
        return Number.POSITIVE_INFINITY;
    }
  }

  function coefficients(node: Node, order: number, derivatives = false): Coefficients | undefined {
    if (count(node) > MOST_TERMS) return undefined;
    const form = normaliser.normal(node);
    if (isObstacle(form) || form.size > MOST_TERMS || !isReal(form)) return undefined;
    const terms = realTerms(form).map((term) => rated(term));
    if (!terms.every((term) => term !== undefined)) return undefined;
    const found: Map<number, SumTerm[]>[] = Array.from({ length: order + 1 }, () => new Map());
    for (const term of terms) spread(term, found, derivatives);
    return found.map((floor) => {
      const nodes = new Map<number, Node>();
      for (const [step, parts] of floor) {
        const total = algebra.combine(parts);
        if (total !== algebra.zero) nodes.set(step, total);
      }
      return nodes;
    });
  }

  interface Rated extends Waves {
    /** Where the conjugate is not counted, c is real. */
    readonly entries: readonly {
      readonly c: Gaussian;
      readonly powers: readonly Power[];
      readonly data: number;
    }[];
    /** The parameters of the term: symbol, position among the steps, rate. */
    readonly rates: readonly { readonly id: number; readonly at: number; readonly rate: Piece | undefined }[];
  }

  /** Undefined where an exponent is not affine in the parameters or a rate is neither a monomial nor a real or imaginary sum. */
  function rated({ term, paired }: RealTerm): Rated | undefined {
    const { exponent, coefficient } = term;
    const isParameter = (v: number): boolean => {
      const node = algebra.node(v);
      return node.kind === "symbol" && node.role === "parameter";
    };
    const inExponent = new Map<number, P.Term[]>();
    for (const { monomial, coefficient: c } of P.terms(exponent)) {
      const own = monomial.filter(([v]) => isParameter(v));
      if (own.length === 0) continue;
      if (own.length > 1 || own[0]![1] !== 1) return undefined;
      const [[v]] = own as [Power];
      const rest = { monomial: monomial.filter(([w]) => w !== v), coefficient: c };
      const list = inExponent.get(v);
      if (list === undefined) inExponent.set(v, [rest]);
      else list.push(rest);
    }
    const held = new Set(inExponent.keys());
    const entries = P.terms(coefficient).map(({ monomial, coefficient: c }) => {
      const powers = monomial.filter(([v]) => isParameter(v));
      for (const [v] of powers) held.add(v);
      return { c, powers, data: dataMonomial(monomial.filter(([v]) => !isParameter(v))) };
    });
    const rates: { id: number; at: number; rate: Piece | undefined }[] = [];
    for (const id of held) {
      const slope = inExponent.get(id);
      const rate = slope === undefined ? undefined : rateOf(slope);
      if (slope !== undefined && rate === undefined) return undefined;
      rates.push({ id, at: positionOf(id), rate });
    }
    if (entries.some(({ powers }) => powers.some(([, k]) => k < 0))) return undefined;
    rates.sort((a, b) => a.at - b.at);
    return { ...waves(exponent, paired), entries, rates };
  }

  const dataMonomial = (powers: readonly Power[]): number =>
    powers.reduce((total, [v, k]) => monomials.times(total, monomials.power(v, k)), monomials.one);

  function rateOf(terms: readonly P.Term[]): Piece | undefined {
    const [first, ...more] = terms;
    if (more.length === 0) return { c: first!.coefficient, monomial: dataMonomial(first!.monomial) };
    const whole = P.sum(terms.map((t) => P.monomial(t.monomial, t.coefficient)));
    const { re, im } = realAndImaginary(whole);
    if (!P.isZero(re) && !P.isZero(im)) return undefined;
    const sum = polynomialNode(algebra, P.isZero(im) ? re : im);
    const unit = gaussian(rational(P.isZero(im) ? 1 : 0), rational(P.isZero(im) ? 0 : 1));
    return { c: unit, monomial: monomials.power(sum.id, 1) };
  }

  function waves(exponent: P.Polynomial, paired: boolean): Waves {
    const { re, im } = realAndImaginary(exponent);
    const rise = P.isZero(re) ? [] : [exponential(re)];
    if (!paired) return { even: rise, odd: undefined };
    const angle = polynomialNode(algebra, im);
    const wave = (name: string): Factor[] => [...rise, [algebra.call(name, [angle]), 1]];
    return { even: wave("cos"), odd: wave("sin") };
  }

  /** e^{qL} as (e^L)^q for a whole content q, so that equal exponentials meet. */
  function exponential(exponent: P.Polynomial): Factor {
    const parts = P.terms(exponent).map(({ coefficient }) => coefficient.re);
    let content = 0n;
    for (const { num } of parts) content = gcd(content, num < 0n ? -num : num);
    const q =
      parts.every(isInteger) &&
      content > 0n &&
      (exponent.get("") === undefined || exponent.size > 1) &&
      content <= 1_000n
        ? Number(content)
        : 1;
    const base = P.scale(exponent, gaussian(rational(1, q)));
    return [algebra.call("exp", [polynomialNode(algebra, base)]), q];
  }

  /** Adds the coefficients of one term to those found, order by order. */
  function spread(term: Rated, found: readonly Map<number, SumTerm[]>[], derivatives: boolean): void {
    const most = found.length - 1;
    const products = [new Map<number, Node>(), new Map<number, Node>()] as const;
    const put = (step: number, order: number, c: Rational, monomial: number, which: 0 | 1): void => {
      if (isZero(c)) return;
      let node = products[which].get(monomial);
      if (node === undefined) {
        const wave = which === 0 ? term.even : term.odd!;
        const factors = monomials.powers(monomial).map(([v, k]): Factor => [algebra.node(v), k]);
        node = algebra.product([...factors, ...wave]);
        products[which].set(monomial, node);
      }
      const list = found[order]!.get(step);
      if (list === undefined) found[order]!.set(step, [[gaussian(c), node]]);
      else list.push([gaussian(c), node]);
    };
    for (const entry of term.entries) {
      const factors = term.rates.map(({ id, at, rate }) => {
        const own = entry.powers.find(([v]) => v === id)?.[1] ?? 0;
        const pieces = powerPieces(id, own, rate, most, derivatives);
        return { pieces, moves: pieces.map((_, n) => steps.power(at, n)) };
      });
      const visit = (at: number, order: number, step: number, c: Gaussian, monomial: number): void => {
        const factor = factors[at];
        if (factor === undefined) {
          budget.spend();
          if (term.odd === undefined) put(step, order, c.re, monomial, 0);
          else {
            put(step, order, twice(c.re), monomial, 0);
            put(step, order, multiply(MINUS_TWO, c.im), monomial, 1);
          }
          return;
        }
        for (let n = 0; n <= most - order && n < factor.pieces.length; n++) {
          const next = steps.times(step, factor.moves[n]!);
          for (const piece of factor.pieces[n]!) {
            visit(at + 1, order + n, next, gMultiply(c, piece.c), monomials.times(monomial, piece.monomial));
          }
        }
      };
      visit(0, 0, steps.one, entry.c, entry.data);
    }
  }

  /** ∂^n (θ^m e^{λθ}) e^{−λθ}, over n! unless derivatives are asked for, by n. */
  function powerPieces(
    id: number,
    m: number,
    rate: Piece | undefined,
    most: number,
    derivatives: boolean,
  ): Piece[][] {
    const made: Piece[][] = [];
    for (let n = 0; n <= (rate === undefined ? Math.min(m, most) : most); n++) {
      const pieces: Piece[] = [];
      for (let j = rate === undefined ? n : 0; j <= Math.min(n, m); j++) {
        const number = rational(binomial(m, j) * (derivatives ? factorial(n) : 1n), factorial(n - j));
        const left = monomials.power(id, m - j);
        if (rate === undefined) pieces.push({ c: gaussian(number), monomial: left });
        else {
          const turned = rate.monomial === monomials.one ? monomials.one : raise(rate.monomial, n - j);
          const c = gMultiply(gaussian(number), gPower(rate.c, n - j));
          pieces.push({ c, monomial: monomials.times(left, turned) });
        }
      }
      made.push(pieces);
    }
    return made;
  }

  const raise = (monomial: number, n: number): number =>
    monomials
      .powers(monomial)
      .reduce((total, [v, k]) => monomials.times(total, monomials.power(v, k * n)), monomials.one);

  return { coefficients };
}

const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));
const binomial = (n: number, k: number): bigint => factorial(n) / (factorial(k) * factorial(n - k));
const MINUS_TWO = rational(-2);
const twice = (a: Rational): Rational => multiply(rational(2), a);

/** Whether a single term can be inverted without a parameter in the denominator. */
const isExponential = (node: Node): boolean =>
  (node.has & HAS.parameter) === 0 || (node.kind === "call" && node.name === "exp");

interface RealTerm {
  readonly term: ExpTerm;
  /** Whether it stands for its conjugate too. */
  readonly paired: boolean;
}

/** The terms of a real form, of a pair of conjugates the one whose angle begins with a positive sign. */
function realTerms(form: ExpPolynomial): RealTerm[] {
  const found: RealTerm[] = [];
  for (const term of form.values()) {
    const lead = P.terms(term.exponent).find(({ coefficient }) => !gIsReal(coefficient));
    if (lead === undefined) found.push({ term, paired: false });
    else if (lead.coefficient.im.num > 0n) found.push({ term, paired: true });
  }
  return found;
}
