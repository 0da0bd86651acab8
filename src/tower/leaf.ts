/** Mixed derivatives of what has no indexed sum or product in it: terms of exponential polynomials by Leibniz's rule. */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { G_I, G_ONE, gaussian, gConjugate, multiply, rational, sign } from "../exact/rational.ts";
import {
  type Algebra,
  type Factor,
  type Node,
  type SumTerm,
  type SymbolNode,
  symbols,
} from "../expression/node.ts";
import {
  createNormaliser,
  type ExpPolynomial,
  type ExpTerm,
  expConjugate,
  isObstacle,
  polynomialNode,
  realAndImaginary,
} from "../expression/normal.ts";

/** Thrown inside of this folder: there is no general term, and why. */
export class Absent extends Error {}

export interface Leaves {
  /** ∂^n of the node in the orders of its parameters; throws `Absent`. */
  derivative(node: Node): Node;
  /** Whether the node is a single term p·e^L, or a pair of conjugates. */
  isSingle(node: Node): boolean;
}

export function createLeaves(algebra: Algebra, orderOf: (s: SymbolNode) => Node, budget: Budget): Leaves {
  const normaliser = createNormaliser(algebra, (s) => s.role === "parameter", budget);

  function derivative(node: Node): Node {
    const form = normaliser.normal(node);
    if (isObstacle(form)) throw new Absent(form.obstacle);
    const parameters = symbols(node, "parameter");
    const open = parameters.filter((s) => s.free.length > 0);
    if (open.some((s) => parameters.some((t) => t !== s && t.name === s.name))) {
      throw new Absent(`members of ${open[0]!.name} at different indices may be the same`);
    }
    return algebra.add(...leafTerms(form, parameters).map((term) => termDerivative(term, parameters)));
  }

  function isSingle(node: Node): boolean {
    const form = normaliser.normal(node);
    if (isObstacle(form) || form.size > 2) return false;
    const [first, ...more] = leafTerms(form, symbols(node, "parameter"));
    return more.length === 0 && first !== undefined && first.term.coefficient.size === 1;
  }

  /** ∂^n of p·e^L, or of p·e^L and its conjugate together. */
  function termDerivative({ term, paired }: LeafTerm, parameters: readonly SymbolNode[]): Node {
    const { re: growth, im } = realAndImaginary(term.exponent);
    const backward = leadsNegative(im);
    const angle = backward ? P.negate(im) : im;
    const unit = backward ? gConjugate(G_I) : G_I;
    const parts = P.terms(term.coefficient).map(({ monomial, coefficient: c }): SumTerm => {
      const own = (s: SymbolNode): number => P.exponentOf(monomial, s.id);
      const data = monomial.filter(([v]) => !parameters.some((s) => s.id === v));
      let turns = algebra.zero;
      const powers = new Map<Node, Node>();
      const factors = parameters.flatMap((s) => {
        const [g, a] = [growth, angle].map((p) => P.derivative(p, s.id)) as [P.Polynomial, P.Polynomial];
        const turned = !P.isZero(a) && P.isZero(g) && own(s) === 0;
        if (turned) turns = algebra.add(turns, orderOf(s));
        const rate = polynomialNode(algebra, turned ? a : P.add(g, P.scale(a, unit)));
        if (own(s) > 0 || rate === algebra.zero) return [powerDerivative(s, own(s), rate)];
        powers.set(rate, algebra.add(powers.get(rate) ?? algebra.zero, orderOf(s)));
        return [];
      });
      const rates = [...powers].flatMap(([rate, n]) =>
        rate === algebra.one ? [] : [algebra.call("pow", [rate, n])],
      );
      const quarter = algebra.scale(
        rational(1, 2),
        algebra.multiply(algebra.symbol("pi", "constant"), turns),
      );
      const phase = algebra.add(polynomialNode(algebra, angle), quarter);
      const exp = (...exponent: Node[]): Node => algebra.call("exp", [algebra.add(...exponent)]);
      const envelope = algebra.product([
        ...data.map(([v, k]): Factor => [algebra.node(v), k]),
        ...[...factors, ...rates].map((f): Factor => [f, 1]),
      ]);
      const rise = polynomialNode(algebra, growth);
      if (!paired) return [c, algebra.multiply(envelope, exp(rise, algebra.scale(unit, phase)))];
      const wave = algebra.combine([
        [gaussian(multiply(rational(2), c.re)), algebra.call("cos", [phase])],
        [gaussian(multiply(rational(-2), c.im)), algebra.call("sin", [phase])],
      ]);
      return [G_ONE, algebra.multiply(envelope, exp(rise), wave)];
    });
    return algebra.combine(parts);
  }

  /** ∂^n (θ^m e^{λθ}) / e^{λθ}, m > 0 or λ = 0. */
  function powerDerivative(s: SymbolNode, m: number, rate: Node): Node {
    const n = orderOf(s);
    const terms: Node[] = [];
    let [falling, below] = [1, algebra.one];
    for (let k = 0; k <= m; k++) {
      const left = algebra.product([[s, m - k]]);
      if (rate === algebra.zero) {
        const test = algebra.call("delta", [n, algebra.number(k)]);
        terms.push(algebra.scale(falling, algebra.multiply(test, left)));
      } else {
        const power = algebra.call("pow", [rate, algebra.subtract(n, algebra.number(k))]);
        terms.push(algebra.scale(rational(falling, factorial(k)), algebra.multiply(below, left, power)));
      }
      falling *= m - k;
      below = algebra.multiply(below, algebra.subtract(n, algebra.number(k)));
    }
    return algebra.add(...terms);
  }

  return { derivative, isSingle };
}

interface LeafTerm {
  readonly term: ExpTerm;
  /** Whether it stands for its conjugate too. */
  readonly paired: boolean;
}

/** The terms of a form; of a real one, each pair of conjugates once, as long as every rate is real or imaginary. */
function leafTerms(form: ExpPolynomial, parameters: readonly SymbolNode[]): LeafTerm[] {
  for (const { exponent } of form.values()) {
    for (const s of parameters) {
      const slope = P.derivative(exponent, s.id);
      if (parameters.some((t) => P.degreeIn(slope, new Set([t.id])) > 0)) {
        throw new Absent("an exponent is not affine in the parameters");
      }
    }
  }
  const bar = expConjugate(form);
  const pure = [...form.values()].every(({ exponent, coefficient }) => {
    const { re, im } = realAndImaginary(exponent);
    return parameters.every((s) => {
      const [g, a] = [P.derivative(re, s.id), P.derivative(im, s.id)];
      return P.isZero(a) || (P.isZero(g) && P.degreeIn(coefficient, new Set([s.id])) === 0);
    });
  });
  const real = [...form].every(
    ([key, { coefficient }]) => P.key(bar.get(key)?.coefficient ?? P.zero) === P.key(coefficient),
  );
  const done = new Set<string>();
  const found: LeafTerm[] = [];
  for (const [key, term] of form) {
    if (done.has(key)) continue;
    const { im } = realAndImaginary(term.exponent);
    if (!real || !pure || P.isZero(im)) {
      found.push({ term, paired: false });
      continue;
    }
    const other = P.key(P.conjugate(term.exponent));
    done.add(other);
    found.push({ term: leadsNegative(im) ? form.get(other)! : term, paired: true });
  }
  return found;
}

function leadsNegative(angle: P.Polynomial): boolean {
  const [lead] = P.terms(angle);
  return lead !== undefined && sign(lead.coefficient.re) < 0;
}

export const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
