/** The classes of theory §3 that an element lies in, read off its generators. */
import * as P from "../../exact/polynomial.ts";
import { type Element, type Generator, variablesOf } from "./generator.ts";
import type { Tower } from "./interface.ts";
import { rationalOf } from "./special.ts";

/** What an element is as a function of its active symbols, all other symbols being constants. */
export interface Classes {
  /** Total degree of a polynomial; Infinity for anything else. */
  readonly degree: number;
  readonly exponentialPolynomial: boolean;
  readonly addition: boolean;
  readonly cascade: boolean;
  /** Algebraic over the rational functions. */
  readonly algebraic: boolean;
  readonly holonomic: boolean;
  readonly differential: boolean;
}

export type IsActive = (variable: number) => boolean;

/** Activity of all generators, from that of the symbols. */
export function activity(
  tower: Tower,
  isActive: (symbol: Generator & { kind: "symbol" }) => boolean,
): IsActive {
  const known = new Map<number, boolean>();
  return (v) => {
    let found = known.get(v);
    if (found === undefined) {
      const symbols = tower.symbolsIn({ numerator: P.variable(v), denominator: P.one });
      found = [...symbols].some((s) => {
        const g = tower.generators[s]!;
        return g.kind === "symbol" && isActive(g);
      });
      known.set(v, found);
    }
    return found;
  };
}

/** Functions of an affine argument with an algebraic addition theorem. */
export const JACOBI: ReadonlySet<string> = new Set(["sn", "cn", "dn"]);
/** D-finite functions that are not elementary. */
export const HOLONOMIC: ReadonlySet<string> = new Set(["erf", "besselj", "airyai"]);

export function createClasses(tower: Tower, isActive: IsActive): (a: Element) => Classes {
  const generators = new Map<number, Classes>();
  const elements = new Map<Element, Classes>();

  function ofGenerator(v: number): Classes {
    const known = generators.get(v);
    if (known !== undefined) return known;
    const made = compute(tower.generators[v]!, v);
    generators.set(v, made);
    return made;
  }

  function compute(g: Generator, v: number): Classes {
    if (!isActive(v)) return CONSTANT;
    switch (g.kind) {
      case "symbol":
        return { ...CONSTANT, degree: 1 };
      case "exp": {
        const a = of(g.argument);
        const affine = a.degree <= 1;
        return {
          ...NONE,
          exponentialPolynomial: affine,
          addition: affine,
          cascade: a.cascade,
          holonomic: a.algebraic || hasAlgebraicSlopes(g.argument),
          differential: a.differential,
        };
      }
      case "log": {
        if (g.name === "lgamma") return NONE;
        const a = of(g.argument);
        return { ...NONE, cascade: a.cascade, holonomic: a.algebraic, differential: a.differential };
      }
      case "root": {
        const a = of(g.argument);
        return {
          ...NONE,
          addition: a.addition,
          cascade: a.cascade,
          algebraic: a.algebraic,
          holonomic: a.algebraic,
          differential: a.differential,
        };
      }
      case "special":
        return special(g);
      default:
        return NONE;
    }
  }

  /** e^a is D-finite where the slopes of a are algebraic, as for a = c·log w. */
  function hasAlgebraicSlopes(a: Element): boolean {
    return [...tower.symbolsIn(a)].filter(isActive).every((symbol) => {
      const slope = tower.derivative(a, symbol);
      return slope !== undefined && of(slope).algebraic;
    });
  }

  function special({ name, args }: Generator & { kind: "special" }): Classes {
    const [u, v] = args.map(of) as [Classes, Classes];
    if (JACOBI.has(name)) {
      const fixed = v.degree === 0;
      return {
        ...NONE,
        addition: fixed && u.degree <= 1,
        cascade: fixed && u.cascade,
        differential: fixed && u.differential,
      };
    }
    if (name === "besselj") {
      const fixed = rationalOf(args[0]!) !== undefined || u.degree === 0;
      return { ...NONE, holonomic: fixed && v.algebraic, differential: fixed && v.differential };
    }
    if (HOLONOMIC.has(name)) return { ...NONE, holonomic: u.algebraic, differential: u.differential };
    return name === "lambertw" ? { ...NONE, differential: u.differential } : NONE;
  }

  function of(a: Element): Classes {
    const known = elements.get(a);
    if (known !== undefined) return known;
    const active = [...variablesOf(a)].filter(isActive);
    const parts = active.map((v) => [v, ofGenerator(v)] as const);
    const symbols = new Set(active.filter((v) => tower.generators[v]!.kind === "symbol"));
    const functions = parts.filter(([v]) => !symbols.has(v));
    const below = [...variablesOf({ ...a, numerator: P.zero })].filter(isActive);
    const unit = below.length === 0 || unitDenominator(a);
    const every = (has: (c: Classes) => boolean): boolean => parts.every(([, c]) => has(c));
    const polynomial = functions.length === 0 && below.length === 0;
    const algebraic = every((c) => c.algebraic);
    const made: Classes = {
      degree: polynomial ? Math.max(0, P.degreeIn(a.numerator, symbols)) : Number.POSITIVE_INFINITY,
      exponentialPolynomial: functions.every(([, c]) => c.exponentialPolynomial) && unit,
      addition: every((c) => c.addition),
      cascade: every((c) => c.cascade),
      algebraic,
      holonomic: every((c) => c.holonomic) && (algebraic || laurent(a)),
      differential: every((c) => c.differential),
    };
    elements.set(a, made);
    return made;
  }

  /** Whether the denominator is a monomial in exponentials, what is free of active symbols aside. */
  function unitDenominator(a: Element): boolean {
    const groups = P.coefficientsIn(
      a.denominator,
      new Set([...variablesOf({ ...a, numerator: P.zero })].filter(isActive)),
    );
    const [only] = groups.values();
    return groups.size === 1 && only!.monomial.every(([v]) => tower.generators[v]!.kind === "exp");
  }

  /** Whether the denominator is algebraic, monomials in exponentials aside. */
  function laurent(a: Element): boolean {
    const { monomial } = P.content(a.denominator);
    const aside = new Set(monomial.filter(([v]) => tower.generators[v]!.kind === "exp").map(([v]) => v));
    const exponents = new Map(monomial.map(([v, k]) => [v, k]));
    return [...a.denominator.values()].every((t) =>
      t.monomial.every(
        ([v, k]) => (aside.has(v) && exponents.get(v) === k) || !isActive(v) || ofGenerator(v).algebraic,
      ),
    );
  }

  return of;
}

export const CONSTANT: Classes = {
  degree: 0,
  exponentialPolynomial: true,
  addition: true,
  cascade: true,
  algebraic: true,
  holonomic: true,
  differential: true,
};
export const NONE: Classes = {
  degree: Number.POSITIVE_INFINITY,
  exponentialPolynomial: false,
  addition: false,
  cascade: false,
  algebraic: false,
  holonomic: false,
  differential: false,
};
