/**
 * Linear closure of an exponential polynomial f = Σ_λ e^{λ·θ} p_λ(θ) (theory, linear closure): for each λ the monomials
 * that divide a monomial of p_λ, times e^{λ·θ}. They are mapped into their own span by every ∂_a, with matrices free of
 * θ. A pair λ, λ̄ is written with a cosine and a sine.
 */
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { type Monomial, monomialKey, type Polynomial } from "../exact/polynomial.ts";
import { G_I, G_ONE, gaussian, gNegate, rational, sign } from "../exact/rational.ts";
import type { Algebra, Node, SymbolNode } from "../expression/node.ts";
import {
  type ExpPolynomial,
  expAdd,
  expConjugate,
  expNode,
  expScale,
  expZero,
  polynomialNode,
  realAndImaginary,
} from "../expression/normal.ts";
import { print } from "../expression/print.ts";
import type { Closure } from "./certificate.ts";
import type { Group } from "./groups.ts";

interface Block {
  /** λ = growth + i·angle; the angle is zero for a real exponent. */
  readonly growth: Polynomial;
  readonly angle: Polynomial;
  readonly oscillates: boolean;
  readonly group: Group;
  /** Closed under division, larger degrees first. */
  readonly monomials: readonly Monomial[];
}

/** The number of elements `linearClosure` would write, or undefined beyond `limit`. */
export function closureDimension(
  groups: readonly Group[],
  limit: number,
  budget: Budget,
): number | undefined {
  let total = 0;
  for (const block of blocks(groups, limit, budget) ?? [
    { monomials: { length: limit + 1 }, oscillates: false },
  ]) {
    total += block.monomials.length * (block.oscillates ? 2 : 1);
    if (total > limit) return undefined;
  }
  return Math.max(1, total);
}

/** Basis, matrices and coordinates; `parameters` are the active symbols, `scope` names their free indices. */
export function linearClosure(
  algebra: Algebra,
  groups: readonly Group[],
  parameters: readonly SymbolNode[],
  limit: number,
  scope: readonly string[],
  budget: Budget,
): Closure | undefined {
  const found = blocks(groups, limit, budget);
  if (found === undefined) return undefined;
  const list = found.length > 0 ? found : [];
  const basis: string[] = [];
  const coordinates: string[] = [];
  const positions = new Map<string, number>();
  list.forEach((block, b) => {
    for (const monomial of block.monomials) {
      const parts = block.oscillates ? (["cos", "sin"] as const) : ([undefined] as const);
      const own = block.group.terms.get(monomialKey(monomial))?.coefficient ?? expZero;
      for (const part of parts) {
        positions.set(elementKey(b, monomial, part), basis.length);
        basis.push(print(element(algebra, block, monomial, part), scope));
        coordinates.push(print(expNode(algebra, coordinate(own, part)), scope));
      }
    }
  });
  if (basis.length > limit) return undefined;
  if (basis.length === 0)
    return { basis: ["1"], matrices: zeroMatrices(parameters, scope), coordinates: ["0"] };
  const matrices: Record<string, string[][]> = Object.create(null);
  for (const parameter of parameters) {
    const rows: string[][] = [];
    list.forEach((block, b) => {
      const slopes = {
        growth: P.derivative(block.growth, parameter.id),
        angle: P.derivative(block.angle, parameter.id),
      };
      for (const monomial of block.monomials) {
        for (const part of block.oscillates ? (["cos", "sin"] as const) : ([undefined] as const)) {
          budget.spend(basis.length);
          const row = basis.map(() => "0");
          const put = (m: Monomial, p: Part, entry: Polynomial): void => {
            if (!P.isZero(entry))
              row[positions.get(elementKey(b, m, p))!] = print(polynomialNode(algebra, entry), scope);
          };
          put(monomial, part, slopes.growth);
          if (part === "cos") put(monomial, "sin", P.negate(slopes.angle));
          if (part === "sin") put(monomial, "cos", slopes.angle);
          const power = monomial.find(([v]) => v === parameter.id)?.[1] ?? 0;
          if (power > 0) put(lowered(monomial, parameter.id), part, P.constant(gaussian(rational(power))));
          rows.push(row);
        }
      }
    });
    matrices[print(parameter, scope)] = rows;
  }
  return { basis, matrices, coordinates };
}

type Part = "cos" | "sin" | undefined;

const elementKey = (block: number, monomial: Monomial, part: Part): string =>
  `${block}:${monomialKey(monomial)}:${part ?? ""}`;

function zeroMatrices(
  parameters: readonly SymbolNode[],
  scope: readonly string[],
): Record<string, string[][]> {
  const matrices: Record<string, string[][]> = Object.create(null);
  for (const parameter of parameters) matrices[print(parameter, scope)] = [["0"]];
  return matrices;
}

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

/** One block for each λ up to conjugation, or undefined where there would be more than `limit` monomials. */
function blocks(groups: readonly Group[], limit: number, budget: Budget): Block[] | undefined {
  const made: Block[] = [];
  const done = new Set<string>();
  let total = 0;
  for (const first of groups) {
    const bar = P.key(P.conjugate(first.exponent));
    if (done.has(P.key(first.exponent))) continue;
    done.add(P.key(first.exponent)).add(bar);
    const group = leadsNegative(first) ? (groups.find((g) => P.key(g.exponent) === bar) ?? first) : first;
    const { re, im } = realAndImaginary(group.exponent);
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
