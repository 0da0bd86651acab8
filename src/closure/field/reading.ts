/**
 * The tier of an element: from above by its classes, from below by a proof that it lies in no lower tier, jointly or in the
 * symbols of one family.
 */
import type { Budget } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import type { SymbolNode } from "../../expression/node.ts";
import type { Precise } from "../../precise/mpfr.ts";
import type { Tier } from "../verdict.ts";
import { activity, type Classes, createClasses, type IsActive, JACOBI } from "./classes.ts";
import { argumentsOf, type Element, type Generator, relationOf, variablesOf } from "./generator.ts";
import type { Tower } from "./interface.ts";
import { areApart } from "./inverse.ts";
import { closureOf, createProofs } from "./proofs.ts";
import { areIndependentRoots } from "./relations.ts";
import { classOf, regular } from "./special.ts";

/** Why an element is in no tier up to `against`; `variable` is the number of a generator. */
export interface LowerProof {
  readonly against: Tier;
  readonly kind: "pole" | "generator";
  readonly variable: number;
  readonly theorem: string;
}

export interface Reading {
  readonly tier: Tier;
  readonly degree: number;
  /** Whether a polynomial is proved to be of no lower degree. */
  readonly attained: () => boolean;
  readonly proofs: readonly LowerProof[];
  /** Why the tier is undecided. */
  readonly reason: string;
}

const RISCH =
  "structure theorem: an exponential or logarithm that is Q-linearly independent of the others is transcendental (Risch 1979; Ax 1971)";
const LAURENT =
  "a quotient in lowest terms lies in the Laurent ring of independent exponentials exactly where its denominator is a unit";
const BRANCH =
  "a root of a polynomial that is no perfect power has branch points, exponential polynomials are entire";
const ELLIPTIC = "an elliptic function has poles, exponential polynomials are entire";
const KUBOTA =
  "an elliptic function of an argument that is not affine is independent of those of affine ones (Brownawell, Kubota 1977)";
const LIOUVILLE: Readonly<Record<string, string>> = {
  erf: "the error function is not elementary (Liouville 1835)",
  besselj: "J of an order that is not half an odd integer is not Liouvillian (Liouville 1841; Kolchin 1948)",
  airyai: "Ai is not Liouvillian (Kolchin 1948)",
  lambertw: "W is not Liouvillian (Bronstein, Corless, Davenport, Jeffrey 2008)",
};
const SINGER =
  "exp of an integral of a D-finite function is D-finite only where that function is algebraic (Singer 1986)";
const ORBIT =
  "the solutions of a linear differential equation have a finite dimension, its Galois group acts on them: a D-finite function is an exponential polynomial in each independent primitive and Laurent in each independent exponential";
const BRANCHES =
  "the branches W_k of W are infinitely many and no finite number of them spans the others: no algebraic function of W is D-finite";
const HYPER: Readonly<Record<string, string>> = {
  gamma: "Gamma satisfies no algebraic differential equation (Hoelder 1887)",
  lgamma: "the logarithmic derivative of Gamma satisfies no algebraic differential equation (Hoelder 1887)",
  zeta: "zeta satisfies no algebraic differential equation (Hilbert 1900; Ostrowski 1920)",
};

export const HYPERTRANSCENDENTAL: ReadonlySet<string> = new Set(Object.keys(HYPER));

export function tierOf(c: Classes): Tier {
  if (c.degree < Number.POSITIVE_INFINITY) return "polynomial";
  if (c.exponentialPolynomial) return "exponential-polynomial";
  if (c.addition) return "addition-theorem";
  if (c.cascade) return "cascade";
  if (c.holonomic) return "holonomic";
  return c.differential ? "differentially-algebraic" : "undecided";
}

type SymbolGenerator = Generator & { kind: "symbol" };

export function createReader(tower: Tower, precise: Precise, budget: Budget) {
  const proofs = createProofs(tower, precise, budget);
  const generator = (v: number): Generator => tower.generators[v]!;

  return function read(f: Element, isActiveSymbol: (g: SymbolGenerator) => boolean): Reading {
    const isActive = activity(tower, isActiveSymbol);
    const classesOf = createClasses(tower, isActive);
    const classes = classesOf(f);
    const tier = tierOf(classes);
    const base = { tier, degree: classes.degree, attained: () => false, proofs: [], reason: "" };
    const stop = (reason: string): Reading => ({ ...base, tier: "undecided", reason });
    // Where the domain falls into components, numbers may differ from one to the other.
    const jumps = closureOf(tower, [f]).some((v) => generator(v).kind === "constant");
    if (tier === "polynomial")
      return jumps
        ? stop("it is known up to constants in the components only")
        : { ...base, attained: () => attains(f, isActive, classes.degree) };
    const closure = closureOf(tower, [f]).filter(isActive);
    const own = [...variablesOf(f)].filter(isActive);
    if (tower.doubts.length > 0) return stop(tower.doubts[0]!);
    const separate = independence(closure);
    if (separate !== undefined) return stop(separate);
    const found = tier === "undecided" ? outside() : lower(tier);
    return typeof found === "string"
      ? stop(found)
      : { ...base, tier: tier === "undecided" ? "outside" : tier, proofs: found };

    function attains({ numerator }: Element, moves: IsActive, degree: number): boolean {
      const own = new Set([...variablesOf({ numerator, denominator: P.one })].filter(moves));
      return [...P.coefficientsIn(numerator, own).values()].some(
        ({ monomial, coefficient }) =>
          monomial.reduce((sum, [, k]) => sum + k, 0) === degree && proofs.nonzero(coefficient),
      );
    }

    /** Why the exponentials and logarithms are not proved to be independent. */
    function independence(all: readonly number[]): string | undefined {
      const rates = exponentsOf(all);
      const affine = rates.filter(({ affine: yes }) => yes).map(({ rate }) => rate);
      const others = rates.filter(({ affine: yes }) => !yes).map(({ rate }) => rate);
      if (!proofs.independent(affine, "constants", isActive)) return "exponentials may be related";
      if (!proofs.independent(others, "affine", isActive))
        return "exponentials and logarithms may be related";
      const inverse = all.some((v) => isInverse(generator(v)));
      if (inverse && !areApart(tower, realRates(all), moves, precise, budget))
        return "W may be a combination of exponents and logarithms";
      return radicals(all) ? specials(all) : "radicals may be related by what is constant";
    }

    /** Whether no product of powers of radicals is free of them up to functions that are held constant. */
    function radicals(all: readonly number[]): boolean {
      const roots = all.flatMap((v) => relationOf(generator(v)) ?? []);
      const isRoot = (v: number): boolean => isActive(v) && relationOf(generator(v)) !== undefined;
      const isExp = (v: number): boolean => generator(v).kind === "exp";
      const nested = roots.filter(({ value }) => [...variablesOf(value)].some(isRoot));
      if (nested.length === 0) return areIndependentRoots(roots, isActive, isExp, budget);
      return true;
    }

    function exponentsOf(all: readonly number[]): { v: number; rate: Element; affine: boolean }[] {
      return all.flatMap((v) => {
        const g = generator(v);
        if (g.kind === "exp") {
          const { degree } = classesOf(g.argument);
          return [{ v, rate: g.argument, affine: degree <= 1 }];
        }
        if (isInverse(g)) return [{ v, rate: variable(v), affine: false }];
        if (g.kind !== "log") return [];
        return [{ v, rate: tower.multiply(tower.number(g.scale), variable(v)), affine: false }];
      });
    }

    function moves(symbol: SymbolNode): boolean {
      const g = tower.generators.find((h) => h.kind === "symbol" && h.symbol === symbol);
      return g?.kind === "symbol" && isActiveSymbol(g);
    }

    function realRates(all: readonly number[]): Element[] {
      return exponentsOf(all).flatMap(({ v, rate }) => {
        const g = generator(v);
        return (g.kind === "exp" && g.wave) || (g.kind === "log" && g.name === "atan") ? [] : [rate];
      });
    }

    /** Functions that are not elementary: one argument each, or arguments that surely make them independent. */
    function specials(all: readonly number[]): string | undefined {
      const list = all.map(generator).filter((g) => g.kind === "special");
      const jacobi = new Set(list.filter((g) => JACOBI.has(g.name)).map((g) => key(g.args)));
      const second = new Set(
        list
          .filter((g) => g.name === "besselj" || g.name === "airyai")
          .map((g) => `${classOf(g)} ${key(g.args.slice(-1))}`),
      );
      const inverse = list.filter((g) => g.name === "lambertw");
      if (jacobi.size > 1 || second.size > 1 || inverse.length > 1)
        return "functions of several arguments may be related";
      const squares = list.filter((g) => g.name === "erf").map((g) => tower.power(g.args[0]!, 2));
      const apart = squares.every((a, k) =>
        squares.slice(k + 1).every((b) => {
          const gap = tower.subtract(a, b);
          return [...variablesOf(gap)].some(isActive) && proofs.nonzero(gap.numerator);
        }),
      );
      return apart ? undefined : "error functions may be related";
    }

    function dependsOn(v: number): boolean {
      return proofs.nonzero(proofs.slope(f, v).numerator);
    }

    function lower(tier: Tier): LowerProof[] | string {
      switch (tier) {
        case "exponential-polynomial": {
          const v = own.find((t) => generator(t).kind === "exp" && dependsOn(t));
          return v === undefined
            ? "no exponential is proved to remain"
            : [{ against: "polynomial", kind: "generator", variable: v, theorem: RISCH }];
        }
        case "addition-theorem":
          return addition();
        case "cascade": {
          const rates = exponentsOf(closure).filter(({ affine }) => !affine);
          const found = rates.find(({ v }) => dependsOn(v));
          return found === undefined
            ? nonaffineJacobi()
            : [{ against: "addition-theorem", kind: "generator", variable: found.v, theorem: RISCH }];
        }
        case "holonomic":
          return notCascade();
        default: {
          const first = notCascade();
          const second = notHolonomic();
          if (typeof first === "string") return first;
          return typeof second === "string" ? second : [...first, ...second];
        }
      }
    }

    function nonaffineJacobi(): LowerProof[] | string {
      const v = own.find((t) => {
        const g = generator(t);
        return g.kind === "special" && JACOBI.has(g.name) && classesOf(g.args[0]!).degree > 1 && dependsOn(t);
      });
      return v === undefined
        ? "no exponential or logarithm is proved to remain"
        : [{ against: "addition-theorem", kind: "generator", variable: v, theorem: KUBOTA }];
    }

    function addition(): LowerProof[] | string {
      const proof = (kind: LowerProof["kind"], v: number, theorem: string): LowerProof[] => [
        { against: "exponential-polynomial", kind, variable: v, theorem },
      ];
      const plain = closure.every((v) => {
        const g = generator(v);
        return g.kind === "symbol" || g.kind === "exp";
      });
      const root = own.find((v) => generator(v).kind === "root" && dependsOn(v));
      if (root !== undefined) return proof("generator", root, BRANCH);
      const jacobi = own.find((v) => generator(v).kind === "special" && dependsOn(v));
      if (jacobi !== undefined) return proof("generator", jacobi, ELLIPTIC);
      const below = [...variablesOf({ ...f, numerator: P.zero })].filter(isActive);
      const pole = plain ? below.find((v) => proofs.hasPole(f, v)) : undefined;
      return pole === undefined ? "no pole or branch point is proved" : proof("pole", pole, LAURENT);
    }

    function notCascade(): LowerProof[] | string {
      const names = new Set(Object.keys(LIOUVILLE));
      // Were f elementary, the slope by a function that is not, which is transcendental over all elementary ones, would be 0.
      const primitive = closure.find((v) => {
        const g = generator(v);
        if (g.kind !== "special" || !names.has(g.name) || !regular(g)) return false;
        const slope = tower.derivative(f, v);
        return slope !== undefined && proofs.nonzero(slope.numerator);
      });
      const inside = (v: number): boolean =>
        primitive !== undefined && closureOf(tower, [variable(v)]).includes(primitive);
      const direct = primitive !== undefined && dependsOn(primitive) ? primitive : undefined;
      const through = primitive === undefined ? undefined : own.find((v) => inside(v) && dependsOn(v));
      const v = direct ?? through;
      if (v === undefined) return "no function that is not elementary is proved to remain";
      const g = generator(v);
      const name =
        g.kind === "special"
          ? g.name
          : closureOf(tower, [variable(v)])
              .map(generator)
              .flatMap((h) => (h.kind === "special" ? [h.name] : []))[0]!;
      return [{ against: "cascade", kind: "generator", variable: v, theorem: LIOUVILLE[name]! }];
    }

    function notHolonomic(): LowerProof[] | string {
      const proof = (v: number, theorem: string): LowerProof[] => [
        { against: "holonomic", kind: "generator", variable: v, theorem },
      ];
      const lambert = own.find((v) => {
        const g = generator(v);
        return g.kind === "special" && g.name === "lambertw" && dependsOn(v);
      });
      if (lambert !== undefined) {
        // Continuation around its branch points leads W to all W_k and leaves algebraic functions in finitely many values.
        const alone = own.every((v) => v === lambert || classesOf(variable(v)).holonomic);
        const plain = closureOf(tower, argumentsOf(generator(lambert)))
          .filter(isActive)
          .every((v) => classesOf(variable(v)).algebraic || generator(v).kind === "exp");
        const below = [...variablesOf({ ...f, numerator: P.zero })].filter(isActive);
        const simple = below.every(
          (v) => v === lambert || classesOf(variable(v)).algebraic || generator(v).kind === "exp",
        );
        return alone && plain && simple ? proof(lambert, BRANCHES) : "a function of W may be D-finite";
      }
      for (const v of closure) {
        const g = generator(v);
        const [a] =
          g.kind === "exp" || g.kind === "log" ? [g.argument] : g.kind === "special" ? g.args.slice(-1) : [];
        if (a === undefined || !classesOf(a).algebraic) continue;
        if (g.kind === "special" && g.name !== "erf") {
          // The Galois group SL(2) moves the zeros of a denominator to infinitely many others.
          const second = g.name === "besselj" || g.name === "airyai";
          if (second && proofs.hasPole(f, v) && dependsOn(v)) return proof(v, ORBIT);
          continue;
        }
        const only: IsActive = (w) => w === v || closureOf(tower, [variable(w)]).includes(v);
        const seen = createClasses(asSymbol(tower, v), only)(f);
        const inside =
          g.kind === "exp"
            ? isLaurent(f, v, only)
            : seen.degree < Number.POSITIVE_INFINITY || seen.exponentialPolynomial;
        // Proved only where f depends on v by itself, or through a function of it that f depends on.
        const upper = inside
          ? undefined
          : own.filter((w) => only(w)).find((w) => cannot(f, v, w, only) && dependsOn(w));
        if (upper !== undefined && areIndependentIn(v, only)) return proof(upper, ORBIT);
      }
      const plain = own.find((v) => {
        const g = generator(v);
        if (g.kind !== "exp" || !dependsOn(v)) return false;
        return classesOf(g.argument).holonomic && !classesOf(variable(v)).holonomic;
      });
      const polynomial = [...variablesOf({ ...f, numerator: P.zero })]
        .filter((v) => isActive(v))
        .every((v) => classesOf(variable(v)).algebraic || generator(v).kind === "exp");
      if (plain !== undefined && polynomial) return proof(plain, SINGER);
      return "it is not proved that there is no linear differential equation";
    }

    /** Whether the functions of v are independent as functions of it: so that what is beyond exponential polynomials stays. */
    function areIndependentIn(v: number, only: IsActive): boolean {
      const classes = createClasses(asSymbol(tower, v), only);
      const above = closure.filter((w) => w !== v && only(w));
      if (above.filter((w) => generator(w).kind === "special").length > 1) return false;
      const rates = exponentsOf(above);
      const isAffine = (rate: Element): boolean => classes(rate).degree <= 1;
      const nonaffine = rates.filter(({ v: w, rate }) => generator(w).kind !== "exp" || !isAffine(rate));
      const affine = rates.filter((r) => !nonaffine.includes(r));
      return (
        proofs.independentIn(
          nonaffine.map(({ rate }) => rate),
          "affine",
          [v],
        ) &&
        proofs.independentIn(
          affine.map(({ rate }) => rate),
          "constants",
          [v],
        )
      );
    }

    /** Whether the part of f beyond exponential polynomials in v is proved to be there. */
    function cannot(f: Element, v: number, upper: number, only: IsActive): boolean {
      const below = [...variablesOf({ ...f, numerator: P.zero })].filter((w) => only(w));
      if (below.some((w) => proofs.hasPole(f, w))) return true;
      if (upper === v) return false;
      const g = generator(upper);
      // A function of v that is not an exponential of an affine form, on which f depends.
      return (
        g.kind === "special" ||
        g.kind === "log" ||
        g.kind === "root" ||
        (g.kind === "exp" && createClasses(asSymbol(tower, v), only)(g.argument).degree > 1)
      );
    }

    function isLaurent(f: Element, v: number, only: IsActive): boolean {
      const others = [...variablesOf(f)].some((w) => w !== v && only(w));
      const groups = P.coefficientsIn(f.denominator, new Set([v]));
      return !others && groups.size === 1;
    }

    function outside(): LowerProof[] | string {
      const hyper = closure.filter((v) => {
        const g = generator(v);
        return (g.kind === "special" || g.kind === "log") && HYPERTRANSCENDENTAL.has(g.name);
      });
      const [v, ...more] = hyper;
      if (v === undefined) return "there is no rule for one of its functions";
      if (more.length > 0) return "several functions of the Gamma kind may be related";
      const g = generator(v) as Generator & { kind: "special" | "log" };
      const [argument] = argumentsOf(g);
      const others = closure.every((w) => {
        const h = generator(w);
        return (
          w === v ||
          h.kind === "symbol" ||
          classesOf(variable(w)).differential ||
          closureOf(tower, [variable(w)]).includes(v)
        );
      });
      if (!others || !classesOf(argument!).differential) return "there is no rule for one of its functions";
      // Through all functions of it: were f differentially algebraic, its slope would give an equation for v.
      const slope = tower.derivative(f, v);
      return slope !== undefined && proofs.nonzero(slope.numerator)
        ? [{ against: "differentially-algebraic", kind: "generator", variable: v, theorem: HYPER[g.name]! }]
        : "it is not proved to depend on a function that satisfies no algebraic differential equation";
    }
  };

  function variable(v: number): Element {
    return { numerator: P.variable(v), denominator: P.one };
  }
}

/** The tower with a generator as a variable of its own. */
function asSymbol(tower: Tower, v: number): Tower {
  const symbol = tower.generators.find((g) => g.kind === "symbol")!;
  return { ...tower, generators: tower.generators.map((g, w) => (w === v ? symbol : g)) };
}

const isInverse = (g: Generator): boolean => g.kind === "special" && g.name === "lambertw";

const key = (args: readonly Element[]): string =>
  args.map((a) => `${P.key(a.numerator)}/${P.key(a.denominator)}`).join(",");
