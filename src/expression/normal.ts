/**
 * The normal form of the exponential-polynomial class: Σ p_k e^{L_k} with p_k, L_k polynomials over Q(i) in generators.
 * Generators are symbols, and whatever holds no active symbol and does not normalise further (`log(x)`, `relu(x − 1)`,
 * `1/(x + 1)`): opaque, and treated as independent. So an empty form proves zero; that a form with opaque generators or
 * π is nonzero takes a numeric enclosure besides. A sum over an open index that is affine in the active symbols is a
 * generator for each of its monomials, such as Σ_i w[k,i] x[i]; what is read off a form with these is an upper bound,
 * because sums over ranges that overlap are not independent.
 */
import type { Budget } from "../errors.ts";
import type { Polynomial } from "../exact/polynomial.ts";
import * as P from "../exact/polynomial.ts";
import {
  G_ONE,
  type Gaussian,
  gaussian,
  gIsReal,
  gMultiply,
  gNegate,
  isInteger,
  isZero,
  multiply,
  type Rational,
  rational,
  ZERO,
} from "../exact/rational.ts";
import { type Affine, boundIndex, sizeSymbol } from "./affine.ts";
import type { Algebra } from "./node.ts";
import { children, type FoldNode, HAS, type Node, postorder, type SymbolNode, symbols } from "./node.ts";
import { print } from "./print.ts";

/** One term p·e^L. */
export interface ExpTerm {
  readonly exponent: Polynomial;
  readonly coefficient: Polynomial;
}

/** By the canonical text of the exponent; no coefficient is zero. */
export type ExpPolynomial = ReadonlyMap<string, ExpTerm>;

/** Why an expression has no normal form. */
export interface Obstacle {
  readonly obstacle: string;
}

export const isObstacle = (form: ExpPolynomial | Obstacle): form is Obstacle => "obstacle" in form;

export const expZero: ExpPolynomial = new Map();
const NONE = P.constant(gaussian(ZERO));

export const fromPolynomial = (p: Polynomial): ExpPolynomial =>
  P.isZero(p) ? expZero : new Map([[P.key(NONE), { exponent: NONE, coefficient: p }]]);

export function expAdd(a: ExpPolynomial, b: ExpPolynomial): ExpPolynomial {
  const total = new Map(a);
  for (const [key, term] of b) {
    const old = total.get(key);
    const coefficient = old === undefined ? term.coefficient : P.add(old.coefficient, term.coefficient);
    if (P.isZero(coefficient)) total.delete(key);
    else total.set(key, { exponent: term.exponent, coefficient });
  }
  return total;
}

/** The sum of many forms, in pairs, so that no long form is copied once a term. */
export function expSum(forms: readonly ExpPolynomial[], budget: Budget): ExpPolynomial {
  let layer = forms;
  while (layer.length > 1) {
    budget.spend(layer.reduce((n, form) => n + form.size, 0));
    const next: ExpPolynomial[] = [];
    for (let k = 0; k < layer.length; k += 2) {
      const [a, b] = [layer[k]!, layer[k + 1]];
      next.push(b === undefined ? a : expAdd(a, b));
    }
    layer = next;
  }
  return layer[0] ?? expZero;
}

export function expScale(c: Gaussian, a: ExpPolynomial): ExpPolynomial {
  const scaled = new Map<string, ExpTerm>();
  for (const [key, { exponent, coefficient }] of a) {
    const product = P.scale(coefficient, c);
    if (!P.isZero(product)) scaled.set(key, { exponent, coefficient: product });
  }
  return scaled;
}

export function expMultiply(a: ExpPolynomial, b: ExpPolynomial, budget: Budget): ExpPolynomial {
  const total = new Map<string, ExpTerm>();
  let size = 0;
  for (const x of a.values()) {
    for (const y of b.values()) {
      budget.spend(1 + x.exponent.size + y.exponent.size);
      const exponent = P.add(x.exponent, y.exponent);
      const coefficient = P.multiply(x.coefficient, y.coefficient, budget);
      const key = P.key(exponent);
      const old = total.get(key)?.coefficient ?? P.zero;
      budget.spend(old.size >> 2);
      const sum = P.add(old, coefficient);
      size += sum.size - old.size;
      P.requireSize(size);
      if (P.isZero(sum)) total.delete(key);
      else total.set(key, { exponent, coefficient: sum });
    }
  }
  return total;
}

/** The complex conjugate; generators are real. */
export function expConjugate(a: ExpPolynomial): ExpPolynomial {
  const result = new Map<string, ExpTerm>();
  for (const term of a.values()) {
    const exponent = P.conjugate(term.exponent);
    result.set(P.key(exponent), { exponent, coefficient: P.conjugate(term.coefficient) });
  }
  return result;
}

/** Normal forms of the expressions of one algebra for one set of active symbols. */
export interface Normaliser {
  /** The normal form, or what stands in its way: an active symbol where the class has no place for it. */
  normal(root: Node): ExpPolynomial | Obstacle;
  isActive(node: Node): boolean;
}

/** @param closed functions without active symbols stay as they are, so that they may stand in an exponent */
export function createNormaliser(
  algebra: Algebra,
  activeSymbol: (node: SymbolNode) => boolean,
  budget: Budget,
  closed = false,
): Normaliser {
  const forms = new Map<Node, ExpPolynomial | Obstacle>();
  const active = new Map<Node, boolean>();

  /** For arguments of exponentials that hold exponentials of the data. */
  let inside: Normaliser | undefined;

  const form = (node: Node): ExpPolynomial => forms.get(node) as ExpPolynomial;
  const isActive = (node: Node): boolean => active.get(node) === true;
  const opaque = (node: Node): ExpPolynomial => fromPolynomial(P.variable(node.id));
  const stop = (node: Node, why: string): Obstacle => ({ obstacle: `${excerpt(node)}: ${why}` });

  function normal(root: Node): ExpPolynomial | Obstacle {
    for (const node of postorder(root)) {
      if (forms.has(node)) continue;
      budget.spend();
      active.set(node, node.kind === "symbol" ? activeSymbol(node) : children(node).some(isActive));
      const blocked = children(node)
        .map((c) => forms.get(c)!)
        .find(isObstacle);
      const made = blocked ?? compute(node);
      // Generators are real: a complex part that does not normalise is an obstacle even where nothing is active.
      const hidden = isObstacle(made) && !isActive(node) && (node.has & HAS.complex) === 0;
      forms.set(node, hidden ? opaque(node) : made);
    }
    return forms.get(root)!;
  }

  function compute(node: Node): ExpPolynomial | Obstacle {
    switch (node.kind) {
      case "number":
        return fromPolynomial(P.constant(node.value));
      case "symbol":
        return opaque(node);
      case "integer":
        return fromPolynomial(integer(node.value));
      case "sum":
        return expSum(
          node.terms.map(([c, t]) => expScale(c, form(t))),
          budget,
        );
      case "product":
        return product(node);
      case "call":
        return call(node);
      case "fold":
        return isActive(node) ? fold(node) : stop(node, OPEN);
      default:
        return stop(node, OPEN);
    }
  }

  /** Index by index, so that n − 1 + 1 is n. */
  function integer(value: Affine): Polynomial {
    const parts = [
      ...value.sizes.map(([name, c]) => [sizeSymbol(name), c] as const),
      ...value.bound.map(([k, c]) => [boundIndex(k), c] as const),
    ];
    return parts.reduce<Polynomial>(
      (total, [index, c]) =>
        P.add(total, P.scale(P.variable(algebra.integer(index).id), gaussian(rational(c)))),
      P.constant(gaussian(rational(value.constant))),
    );
  }

  /** Σ of an affine body, monomial by monomial: equal sums have equal forms, whatever stands beside them in one fold. */
  function fold(node: FoldNode): ExpPolynomial | Obstacle {
    const inner = [...form(node.body).values()];
    if (node.op !== "sum" || node.except.length > 0 || inner.some((term) => !P.isZero(term.exponent)))
      return stop(node, OPEN);
    let total: Polynomial = P.zero;
    for (const { monomial, coefficient } of P.terms(inner[0]?.coefficient ?? NONE)) {
      const moving = monomial.filter(([v]) => isActive(algebra.node(v)));
      if (moving.length > 1 || (moving[0]?.[1] ?? 1) !== 1) return stop(node, OPEN);
      const item = algebra.fold({ ...node, body: monomialNode(algebra, monomial) });
      let product = P.constant(coefficient);
      for (const [base, k] of item.kind === "product" ? item.factors : [[item, 1] as const]) {
        if (base.kind === "fold") {
          active.set(base, [...symbols(base, "parameter"), ...symbols(base, "input")].some(activeSymbol));
          forms.set(base, opaque(base));
        }
        const own = normal(base);
        if (isObstacle(own)) return own;
        const [term, ...more] = own.values();
        if (term === undefined || more.length > 0 || !P.isZero(term.exponent)) return stop(node, OPEN);
        product = P.multiply(product, P.power(term.coefficient, k, budget), budget);
      }
      total = P.add(total, product);
    }
    return fromPolynomial(total);
  }

  function product(node: Node & { kind: "product" }): ExpPolynomial | Obstacle {
    let total = fromPolynomial(P.constant(G_ONE));
    for (const [base, k] of node.factors) {
      const item = power(base, form(base), k);
      if (isObstacle(item)) return item;
      total = expMultiply(total, item, budget);
    }
    return total;
  }

  function power(base: Node, own: ExpPolynomial, k: number): ExpPolynomial | Obstacle {
    if (k < 0) {
      const inverse = invert(own);
      if (inverse !== undefined) return power(base, inverse, -k);
      if (isActive(base)) return stop(base, "a parameter in a denominator");
      if ((base.has & HAS.complex) !== 0) return stop(base, "a complex denominator");
      return opaque(algebra.product([[base, k]]));
    }
    let [result, square] = [fromPolynomial(P.constant(G_ONE)), own];
    for (let n = k; n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result = expMultiply(result, square, budget);
      if (n > 1) square = expMultiply(square, square, budget);
    }
    return result;
  }

  /** 1/(c·m·e^L) for a monomial m without active generators: a unit. */
  function invert(own: ExpPolynomial): ExpPolynomial | undefined {
    const [term] = own.values();
    if (own.size !== 1 || term === undefined) return undefined;
    const [single, ...more] = P.terms(term.coefficient);
    if (single === undefined || more.length > 0) return undefined;
    if (single.monomial.some(([variable]) => isActive(algebra.node(variable)))) return undefined;
    const exponent = P.scale(term.exponent, gNegate(G_ONE));
    return new Map([[P.key(exponent), { exponent, coefficient: P.power(term.coefficient, -1, budget) }]]);
  }

  function call(node: Node & { kind: "call" }): ExpPolynomial | Obstacle {
    const exponentials = algebra.primitives.get(node.name)?.exponentials;
    if (exponentials === undefined) return stop(node, `no rule for ${node.name} of a parameter yet`);
    if (closed && !isActive(node) && (node.has & HAS.complex) === 0) return opaque(node);
    let inner = [...form(node.args[0]!).values()];
    const nested = (term: ExpTerm): boolean => !P.isZero(term.exponent);
    if (!closed && inner.some(nested)) {
      inside ??= createNormaliser(algebra, activeSymbol, budget, true);
      const whole = inside.normal(node.args[0]!);
      if (!isObstacle(whole)) inner = [...whole.values()];
    }
    if (inner.some(nested)) return stop(node, "an exponential in the argument of an exponential");
    const polynomial = inner[0]?.coefficient ?? NONE;
    let total = expZero;
    for (const { coefficient, multiplier } of exponentials) {
      const part = exponential(P.scale(polynomial, multiplier));
      if (isObstacle(part)) return part;
      total = expAdd(total, expScale(coefficient, part));
    }
    return total;
  }

  /** e^L with n·log(u) made u^n and quarter turns made powers of i. */
  function exponential(exponent: Polynomial): ExpPolynomial | Obstacle {
    let rest = exponent;
    let factor = fromPolynomial(P.constant(G_ONE));
    for (const { monomial, coefficient } of P.terms(exponent)) {
      const [only, ...more] = monomial;
      if (only === undefined || more.length > 0 || only[1] !== 1) continue;
      const generator = algebra.node(only[0]);
      const part = P.scale(P.variable(only[0]), coefficient);
      if (
        generator.kind === "call" &&
        generator.name === "log" &&
        gIsReal(coefficient) &&
        isInteger(coefficient.re)
      ) {
        const base = generator.args[0]!;
        const item = power(base, form(base), Number(coefficient.re.num));
        if (isObstacle(item)) return item;
        factor = expMultiply(factor, item, budget);
        rest = P.subtract(rest, part);
      } else if (isPi(generator) && isZero(coefficient.re)) {
        const unit = quarterTurn(coefficient.im);
        if (unit === undefined) continue;
        factor = expScale(unit, factor);
        rest = P.subtract(rest, part);
      }
    }
    return expMultiply(
      factor,
      new Map([[P.key(rest), { exponent: rest, coefficient: P.constant(G_ONE) }]]),
      budget,
    );
  }

  return { normal, isActive };
}

const OPEN = "an open index or size";

export const isPi = (node: Node): boolean =>
  node.kind === "symbol" && node.role === "constant" && node.name === "pi";

/** e^{iπq} for whole quarter turns, 2q an integer. Other turns stay, so that a form keeps its conjugate in sight. */
function quarterTurn(q: Rational): Gaussian | undefined {
  const quarters = multiply(q, rational(2));
  if (!isInteger(quarters)) return undefined;
  const units = [
    gaussian(rational(1)),
    gaussian(ZERO, rational(1)),
    gaussian(rational(-1)),
    gaussian(ZERO, rational(-1)),
  ];
  return units[Number(((quarters.num % 4n) + 4n) % 4n)]!;
}

function excerpt(node: Node): string {
  const text = print(node);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/**
 * The expression of a real form: pairs c·e^L and c̄·e^L̄ become cosines and sines. Generators are real, so a real function
 * has a form equal to its conjugate.
 */
export function expNode(algebra: Algebra, a: ExpPolynomial): Node {
  const parts: Node[] = [];
  const done = new Set<string>();
  for (const [key, { exponent, coefficient }] of a) {
    if (done.has(key)) continue;
    done.add(key);
    const { re, im } = realAndImaginary(exponent);
    if (P.isZero(im)) {
      parts.push(algebra.multiply(polynomialNode(algebra, coefficient), exponentialNode(algebra, re)));
      continue;
    }
    done.add(P.key(P.conjugate(exponent)));
    const c = realAndImaginary(coefficient);
    const envelope = exponentialNode(algebra, re);
    const angle = polynomialNode(algebra, im);
    const cosine = algebra.scale(
      2,
      algebra.multiply(polynomialNode(algebra, c.re), algebra.call("cos", [angle])),
    );
    const sine = algebra.scale(
      -2,
      algebra.multiply(polynomialNode(algebra, c.im), algebra.call("sin", [angle])),
    );
    parts.push(algebra.multiply(envelope, algebra.add(cosine, sine)));
  }
  return algebra.add(...parts);
}

const exponentialNode = (algebra: Algebra, exponent: Polynomial): Node =>
  algebra.call("exp", [polynomialNode(algebra, exponent)]);

/** Splits the coefficients: p = re + i·im with real polynomials. */
export function realAndImaginary(p: Polynomial): { re: Polynomial; im: Polynomial } {
  const bar = P.conjugate(p);
  return {
    re: P.scale(P.add(p, bar), gaussian(rational(1, 2))),
    im: P.scale(P.subtract(p, bar), gMultiply(gaussian(ZERO, rational(-1)), gaussian(rational(1, 2)))),
  };
}

export function polynomialNode(algebra: Algebra, p: Polynomial): Node {
  return algebra.combine(
    [...P.terms(p)].map(({ monomial, coefficient }) => [coefficient, monomialNode(algebra, monomial)]),
  );
}

export const monomialNode = (algebra: Algebra, monomial: P.Monomial): Node =>
  algebra.product(monomial.map(([variable, k]) => [algebra.node(variable), k]));

/** The expression of any form, with complex coefficients where it has them. */
export const complexNode = (algebra: Algebra, a: ExpPolynomial): Node =>
  algebra.add(
    ...[...a.values()].map(({ exponent, coefficient }) =>
      algebra.multiply(polynomialNode(algebra, coefficient), exponentialNode(algebra, exponent)),
    ),
  );

/** Whether a form is that of a real function: generators are real. */
export const isReal = (a: ExpPolynomial): boolean =>
  expAdd(a, expScale(gNegate(G_ONE), expConjugate(a))).size === 0;
