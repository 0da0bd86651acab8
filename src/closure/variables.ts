/**
 * The parameters by which an atom is differentiated. A symbol of its own is one; members of a family under a sum over an
 * open index are another, with that index free: ∂/∂w[k,i] of Σ_i w[k,i] x[i] is x[i], for every i of the range.
 */

import type { Polynomial } from "../exact/polynomial.ts";
import * as P from "../exact/polynomial.ts";
import {
  type Affine,
  addAffine,
  affineText,
  boundIndex,
  isLiteral,
  sameAffine,
} from "../expression/affine.ts";
import type { Algebra, FoldNode, Node, SymbolNode } from "../expression/node.ts";
import { symbols } from "../expression/node.ts";
import { polynomialNode } from "../expression/normal.ts";
import { fresh, print } from "../expression/print.ts";
import { shift } from "../expression/substitute.ts";
import type { IsActive } from "./tiers.ts";

/** A range of an index; its bounds are seen from outside of the index. */
type Binder = Pick<FoldNode, "lo" | "hi" | "hint">;

export interface ClosureVariable {
  /** In the scope of `binders`, which stand outermost first. */
  readonly symbol: SymbolNode;
  readonly binders: readonly Binder[];
  /** Of a polynomial in generators; in the scope of `binders`. */
  derivative(p: Polynomial): Node;
}

interface Slope {
  readonly symbol: SymbolNode;
  readonly binders: readonly Binder[];
  readonly coefficient: Node;
}

/** The slopes of a generator: of a symbol 1 by itself, of a sum those of its body, which is a monomial. */
function slopes(algebra: Algebra, generator: Node): Slope[] {
  if (generator.kind === "symbol") return [{ symbol: generator, binders: [], coefficient: algebra.one }];
  if (generator.kind !== "fold") return [];
  const factors = generator.body.kind === "product" ? generator.body.factors : [[generator.body, 1] as const];
  return factors.flatMap(([base], at) => {
    if (symbols(base, "parameter").length === 0) return [];
    const rest = algebra.product(factors.filter((_, k) => k !== at));
    return slopes(algebra, base).map(({ symbol, binders, coefficient }) => ({
      symbol,
      binders: [generator, ...binders],
      coefficient: algebra.multiply(shift(algebra, rest, binders.length), coefficient),
    }));
  });
}

const variableKey = ({ symbol, binders }: Slope): string =>
  `${symbol.id} ${binders.map(({ lo, hi }) => `${lo.key}..${hi.key}`).join(" ")}`;

/**
 * The variables of the parameters in these expressions and generators, or the name of a family of which two members
 * may coincide.
 */
export function closureVariables(
  algebra: Algebra,
  plain: readonly SymbolNode[],
  generators: readonly Node[],
  isActive: IsActive,
): ClosureVariable[] | string {
  const found = new Map<string, Slope>();
  const all = [...plain.filter((s) => isActive(s.id)), ...generators.filter((g) => g.kind === "fold")];
  for (const slope of all.flatMap((g) => slopes(algebra, g))) found.set(variableKey(slope), slope);
  const list = [...found.values()];
  for (const a of list) {
    const inside = a.binders.map((_, k) => boundIndex(k));
    const once = inside.every(
      (own) => a.symbol.indices.filter((index) => sameAffine(index, own)).length === 1,
    );
    const mixed = a.symbol.indices.some(
      (index) =>
        index.bound.some(([k]) => k < inside.length) && !inside.some((own) => sameAffine(index, own)),
    );
    const twice = list.some((b) => b !== a && b.symbol.name === a.symbol.name && mayMeet(a, b));
    if (!once || mixed || twice) return a.symbol.name;
  }
  return list.map((own) => ({
    ...own,
    derivative(p) {
      const depth = own.binders.length;
      const terms = new Set([...P.terms(p)].flatMap(({ monomial }) => monomial.map(([v]) => v)));
      const key = variableKey(own);
      return algebra.add(
        ...[...terms].flatMap((v) =>
          slopes(algebra, algebra.node(v))
            .filter((slope) => variableKey(slope) === key)
            .map(({ coefficient }) =>
              algebra.multiply(
                shift(algebra, polynomialNode(algebra, P.derivative(p, v)), depth),
                coefficient,
              ),
            ),
        ),
      );
    },
  }));
}

/** Whether two different variables may stand for one parameter. */
function mayMeet(a: Slope, b: Slope): boolean {
  if (a.binders.length + b.binders.length > 0) return true;
  const open = ![...a.symbol.indices, ...b.symbol.indices].every(isLiteral);
  const apart = a.symbol.indices.some((index, k) => {
    const difference = addAffine(index, b.symbol.indices[k]!, -1);
    return isLiteral(difference) && difference.constant !== 0;
  });
  return open && !apart;
}

export interface FreeIndex {
  readonly key: string;
  readonly name: string;
  readonly lo: string;
  readonly hi: string;
}

const binderKey = ({ lo, hi }: Binder, depth: number): string => `${depth}:${lo.key}:${hi.key}`;

/** Names for the indices that variables have beyond those of the scope, outer ones first. */
export function indexList(
  variables: readonly ClosureVariable[],
  scope: readonly string[],
  taken: ReadonlySet<string>,
): FreeIndex[] {
  const found: (FreeIndex & { depth: number })[] = [];
  for (const { binders } of variables) {
    let inner = scope;
    binders.forEach((binder, depth) => {
      const key = binderKey(binder, depth);
      const known = found.find((f) => f.key === key);
      const name = known?.name ?? fresh(binder.hint, [...scope, ...found.map((f) => f.name)], taken);
      const text = (a: Affine): string => affineText(a, (k) => inner[k] ?? `index_${k}`);
      if (known === undefined) found.push({ key, name, depth, lo: text(binder.lo), hi: text(binder.hi) });
      inner = [name, ...inner];
    });
  }
  return found.sort((a, b) => a.depth - b.depth).map(({ key, name, lo, hi }) => ({ key, name, lo, hi }));
}

/** How a variable is written, and the scope of the entries of its matrix. */
export function variableName(
  { symbol, binders }: ClosureVariable,
  indices: readonly FreeIndex[],
  scope: readonly string[],
): { text: string; scope: readonly string[] } {
  const names = binders.map((binder, depth) => indices.find((f) => f.key === binderKey(binder, depth))!.name);
  const inner = [...names.reverse(), ...scope];
  return { text: print(symbol, inner), scope: inner };
}
