/**
 * Linear closure of an exponential polynomial f = Σ_λ e^{λ·θ} p_λ(θ) (theory, linear closure): for each λ the monomials
 * that divide a monomial of p_λ, times e^{λ·θ}. They are mapped into their own span by every ∂_a, with matrices free of
 * θ. A pair λ, λ̄ of a real function is written with a cosine and a sine. A generator may be a sum over an open index, which
 * is affine in the members of its families: each member's derivative of it is the coefficient in the body.
 */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { type Monomial, monomialKey, type Polynomial } from "../exact/polynomial.ts";
import { G_I, G_ONE, gNegate, sign } from "../exact/rational.ts";
import type { Algebra, Node } from "../expression/node.ts";
import {
  complexNode,
  type ExpPolynomial,
  expAdd,
  expConjugate,
  expNode,
  expScale,
  expZero,
  isReal,
  polynomialNode,
  realAndImaginary,
} from "../expression/normal.ts";
import { print } from "../expression/print.ts";
import type { Closure } from "./certificate.ts";
import type { Group } from "./groups.ts";
import { type ClosureVariable, indexList, variableName } from "./variables.ts";

interface Block {
  /** λ = growth + i·angle; the angle is zero for a real exponent, and where the pair λ, λ̄ is not joined. */
  readonly growth: Polynomial;
  readonly angle: Polynomial;
  readonly oscillates: boolean;
  readonly group: Group;
  /** Closed under division, larger degrees first. */
  readonly monomials: readonly Monomial[];
}

/** The number of elements `linearClosure` would write, or undefined beyond `limit`. */
export function closureDimension(
  form: ExpPolynomial,
  groups: readonly Group[],
  limit: number,
  budget: Budget,
): number | undefined {
  let total = 0;
  for (const block of blocks(groups, isReal(form), limit, budget) ?? [
    { monomials: { length: limit + 1 }, oscillates: false },
  ]) {
    total += block.monomials.length * (block.oscillates ? 2 : 1);
    if (total > limit) return undefined;
  }
  return Math.max(1, total);
}

/** Basis, matrices and coordinates of a form in these variables; `scope` names the free indices. */
export function linearClosure(
  algebra: Algebra,
  form: ExpPolynomial,
  groups: readonly Group[],
  variables: readonly ClosureVariable[],
  limit: number,
  scope: readonly string[],
  taken: ReadonlySet<string>,
  budget: Budget,
): Closure | undefined {
  const real = isReal(form);
  const list = blocks(groups, real, limit, budget);
  if (list === undefined) return undefined;
  const basis: string[] = [];
  const coordinates: string[] = [];
  const positions = new Map<string, number>();
  list.forEach((block, b) => {
    for (const monomial of block.monomials) {
      const own = block.group.terms.get(monomialKey(monomial))?.coefficient ?? expZero;
      for (const part of partsOf(block)) {
        positions.set(elementKey(b, monomial, part), basis.length);
        basis.push(print(element(algebra, block, monomial, part), scope));
        const item = real ? expNode(algebra, coordinate(own, part)) : complexNode(algebra, own);
        coordinates.push(print(item, scope));
      }
    }
  });
  if (basis.length > limit) return undefined;
  const indices = indexList(variables, scope, taken);
  const shared =
    indices.length === 0 ? {} : { indices: indices.map(({ name, lo, hi }) => ({ name, lo, hi })) };
  const matrices: Record<string, string[][]> = Object.create(null);
  if (basis.length === 0) {
    for (const variable of variables) matrices[variableName(variable, indices, scope).text] = [["0"]];
    return { basis: ["1"], ...shared, matrices, coordinates: ["0"] };
  }
  for (const variable of variables) {
    const { text, scope: inner } = variableName(variable, indices, scope);
    const slope = (p: Polynomial): Node => variable.derivative(p);
    const rows: string[][] = [];
    list.forEach((block, b) => {
      const slopes = { growth: slope(block.growth), angle: slope(block.angle) };
      for (const monomial of block.monomials) {
        for (const part of partsOf(block)) {
          budget.spend(basis.length);
          const row: Node[] = basis.map(() => algebra.zero);
          const put = (m: Monomial, p: Part, entry: Node): void => {
            if (entry === algebra.zero) return;
            const at = positions.get(elementKey(b, m, p))!;
            row[at] = algebra.add(row[at]!, entry);
          };
          put(monomial, part, slopes.growth);
          if (part === "cos") put(monomial, "sin", algebra.scale(-1, slopes.angle));
          if (part === "sin") put(monomial, "cos", slopes.angle);
          for (const [v, power] of monomial)
            put(lowered(monomial, v), part, algebra.scale(power, slope(P.variable(v))));
          rows.push(row.map((entry) => print(entry, inner)));
        }
      }
    });
    matrices[text] = rows;
  }
  return { basis, ...shared, matrices, coordinates };
}

const partsOf = (block: Block): readonly Part[] => (block.oscillates ? ["cos", "sin"] : [undefined]);

type Part = "cos" | "sin" | undefined;

const elementKey = (block: number, monomial: Monomial, part: Part): string =>
  `${block}:${monomialKey(monomial)}:${part ?? ""}`;

/** c e^{iν} + c̄ e^{−iν} = 2 re(c) cos ν − 2 im(c) sin ν; for a real exponent the coefficient itself. */
function coordinate(own: ExpPolynomial, part: Part): ExpPolynomial {
  const bar = expConjugate(own);
  if (part === undefined) return own;
  if (part === "cos") return expAdd(own, bar);
  return expScale(G_I, expAdd(own, expScale(gNegate(G_ONE), bar)));
}

function element(algebra: Algebra, block: Block, monomial: Monomial, part: Part): Node {
  const power = algebra.product(monomial.map(([v, k]) => [algebra.node(v), k]));
  const growth = algebra.call("exp", [polynomialNode(algebra, block.growth)]);
  const wave = part === undefined ? algebra.one : algebra.call(part, [polynomialNode(algebra, block.angle)]);
  return algebra.multiply(power, growth, wave);
}

/**
 * One block for each λ, of a real form up to conjugation; undefined where there would be more than `limit` monomials.
 */
function blocks(groups: readonly Group[], real: boolean, limit: number, budget: Budget): Block[] | undefined {
  const made: Block[] = [];
  const done = new Set<string>();
  let total = 0;
  for (const first of groups) {
    const bar = P.key(real ? P.conjugate(first.exponent) : first.exponent);
    if (done.has(P.key(first.exponent))) continue;
    done.add(P.key(first.exponent)).add(bar);
    const group =
      real && leadsNegative(first) ? (groups.find((g) => P.key(g.exponent) === bar) ?? first) : first;
    const { re, im } = real ? realAndImaginary(group.exponent) : { re: group.exponent, im: P.zero };
    const monomials = divisors(
      [...group.terms.values()].map((t) => t.monomial),
      limit - total,
      budget,
    );
    if (monomials === undefined) return undefined;
    total += monomials.length;
    made.push({ growth: re, angle: im, oscillates: !P.isZero(im), group, monomials });
  }
  return made;
}

/** Whether the angle begins with a negative coefficient; its conjugate then reads better. */
function leadsNegative(group: Group): boolean {
  const [lead] = P.terms(realAndImaginary(group.exponent).im);
  return lead !== undefined && sign(lead.coefficient.re) < 0;
}

/** All monomials that divide one of the given, by descending degree. */
function divisors(monomials: readonly Monomial[], limit: number, budget: Budget): Monomial[] | undefined {
  const all = new Map<string, Monomial>();
  const stack = [...monomials];
  for (let m = stack.pop(); m !== undefined; m = stack.pop()) {
    budget.spend();
    const key = monomialKey(m);
    if (all.has(key)) continue;
    all.set(key, m);
    if (all.size > limit) return undefined;
    for (const [v] of m) stack.push(lowered(m, v));
  }
  const degree = (m: Monomial): number => m.reduce((sum, [, k]) => sum + k, 0);
  return [...all.values()].sort(
    (a, b) => degree(b) - degree(a) || (monomialKey(a) < monomialKey(b) ? -1 : 1),
  );
}

const lowered = (m: Monomial, variable: number): Monomial =>
  m.map(([v, k]) => [v, v === variable ? k - 1 : k] as const).filter(([, k]) => k > 0);
