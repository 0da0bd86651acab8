/** The generators of a differential field over the parameters and the inputs, and what they are made of. */
import type { Fraction } from "../../exact/fraction.ts";
import type { Gaussian } from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";

/** An element of the field: a rational function over Q(i) whose variables are the numbers of generators. */
export type Element = Fraction;

/** t^order = value, where t is algebraic over the generators below it. */
export interface Relation {
  readonly order: number;
  readonly value: Element;
}

export type Generator =
  /** A parameter, an input, a target, π, or an open size. */
  | { readonly kind: "symbol"; readonly symbol: SymbolNode; readonly size?: true }
  /** t = e^a; a wave where a is imaginary. */
  | { readonly kind: "exp"; readonly argument: Element; readonly wave: boolean }
  /** A function t with e^{scale·t} = exponential: log with scale 1, atan with scale 2i, log |Γ| with scale 2. */
  | {
      readonly kind: "log";
      readonly name: "log" | "atan" | "lgamma";
      readonly argument: Element;
      readonly exponential: Element;
      readonly scale: Gaussian;
    }
  /** The real root of the relation's order: positive where it is even. */
  | { readonly kind: "root"; readonly argument: Element; readonly relation: Relation }
  /** |u| or ⌊u⌋ of the data alone. */
  | { readonly kind: "cell"; readonly name: "abs" | "floor"; readonly argument: Element }
  /** A function that is not elementary, or a Jacobi function; cn and dn have their squares by sn. */
  | {
      readonly kind: "special";
      readonly name: string;
      readonly args: readonly Element[];
      readonly relation?: Relation;
    }
  /** A derivative of a function that is not elementary, by symbols: no other is known of it. */
  | {
      readonly kind: "slope";
      readonly args: readonly Element[];
      readonly of: number;
      readonly by: readonly number[];
    }
  /** Constant in each component of the domain, and perhaps not the same number in all of them. */
  | { readonly kind: "constant"; readonly note: string };

export const argumentsOf = (g: Generator): readonly Element[] =>
  g.kind === "symbol" || g.kind === "constant"
    ? []
    : g.kind === "special" || g.kind === "slope"
      ? g.args
      : [g.argument];

export const relationOf = (g: Generator): Relation | undefined => ("relation" in g ? g.relation : undefined);

/** The numbers of the generators in an element. */
export function variablesOf({ numerator, denominator }: Element): Set<number> {
  const found = new Set<number>();
  for (const p of [numerator, denominator])
    for (const { monomial } of p.values()) for (const [v] of monomial) found.add(v);
  return found;
}
