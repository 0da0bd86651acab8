/**
 * Branch points inside the domain. The domain of √v is v ≥ 0: where v changes sign its zeros are the boundary, but where v
 * touches 0 from above, as in √(u² + v²), the point is an inner one, and the function has a kink there.
 */
import type { Budget } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { squarefree } from "../../exact/gcd.ts";
import type { Polynomial } from "../../exact/polynomial.ts";
import * as P from "../../exact/polynomial.ts";
import { discriminant } from "../../exact/subresultant.ts";
import { type Element, variablesOf } from "./generator.ts";
import type { Tower } from "./interface.ts";
import { closureOf } from "./proofs.ts";

/** Why an element may fail to be analytic inside of its domain, if it may. */
export function branchInside(tower: Tower, f: Element, budget: Budget): string | undefined {
  for (const v of closureOf(tower, [f])) {
    const g = tower.generators[v]!;
    if (g.kind === "root" && hasParameter(tower, g.argument)) {
      if (tower.signOf(g.argument) === 1) continue;
      if (g.relation.order % 2 === 1) {
        if (tower.signOf(g.argument) === undefined) return "the argument of a root of odd order may cross 0";
      } else if (!crosses(tower, g.argument, budget))
        return "the argument of a root may touch 0 inside of the domain";
    }
    if (g.kind === "special" && g.name === "lambertw" && hasParameter(tower, g.args[0]!)) {
      const e = tower.exp(tower.number(-1));
      const shifted = tower.add(g.args[0]!, e);
      if (tower.signOf(shifted) !== 1 && !crosses(tower, shifted, budget))
        return "the argument of W may touch its branch point inside of the domain";
    }
  }
  return undefined;
}

function hasParameter(tower: Tower, a: Element): boolean {
  return [...tower.symbolsIn(a)].some((v) => isParameter(tower, v));
}

const isParameter = (tower: Tower, v: number): boolean => {
  const g = tower.generators[v]!;
  return g.kind === "symbol" && g.symbol.role === "parameter";
};

/**
 * Whether an element changes its sign at all of its zeros, for generic data: a slope that vanishes nowhere, or a
 * discriminant that does, or a single parameter and no double root, or a product of different symbols.
 */
function crosses(tower: Tower, a: Element, budget: Budget): boolean {
  const direct = [...variablesOf(a)];
  const parameters = [...tower.symbolsIn(a)].filter((v) => isParameter(tower, v));
  const through = direct.filter((v) => tower.generators[v]!.kind !== "symbol");
  const free = (v: number): boolean => through.every((t) => !closureOf(tower, [variable(t)]).includes(v));
  const only = parameters.length === 1 && direct.includes(parameters[0]!) && free(parameters[0]!);
  if (only && squarefree(a.numerator, budget).every(([, k]) => k === 1)) return true;
  const { primitive, monomial } = P.content(a.numerator);
  const odd = monomial.every(([v, k]) => k % 2 === 1 || !isParameter(tower, v));
  if (P.terms(primitive).length === 1 && through.length === 0 && odd) return true;
  for (const v of parameters) {
    const slope = tower.derivative(a, v);
    if (slope !== undefined && isUnit(tower, slope, budget)) return true;
    if (!direct.includes(v) || !free(v)) continue;
    const own = new Set([v]);
    if (P.degreeIn(a.denominator, own) > 0 || P.degreeIn(a.numerator, own) < 2) continue;
    const d = discriminant(a.numerator, v, budget);
    if (isUnit(tower, F.fromPolynomial(d), budget)) return true;
  }
  return false;
}

/** Surely nonzero wherever it is defined, for generic data. */
function isUnit(tower: Tower, a: Element, budget: Budget): boolean {
  if (F.isZero(a)) return false;
  if (tower.signOf(a) !== undefined) return true;
  const inner = (p: Polynomial): boolean => !hasParameter(tower, F.fromPolynomial(p));
  return squarefree(a.numerator, budget).every(([f]) => {
    const { monomial, primitive } = P.content(f);
    const units = monomial.every(([v]) => tower.generators[v]!.kind === "exp" || inner(P.variable(v)));
    const rest = F.fromPolynomial(primitive);
    const plain = P.totalDegree(primitive) <= 0 || inner(primitive) || tower.signOf(rest) !== undefined;
    return units && plain;
  });
}

const variable = (v: number): Element => F.fromPolynomial(P.variable(v));
