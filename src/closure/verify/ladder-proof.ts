/** Proofs that a model is in no lower tier, each by the theorem that its generator's function calls for. */
import type { Budget } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import * as P from "../../exact/polynomial.ts";
import { rational } from "../../exact/rational.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { add, type Ball, fromRational, isNonzero, multiply, negative } from "./ball.ts";
import { Rejection } from "./context.ts";
import {
  areIndependent,
  areIndependentOver,
  BITS,
  dependence,
  draws,
  isAffine,
  isElementary,
  isErf,
  isJacobi,
  isSecondOrder,
  LOGARITHMIC,
  orderOf,
  sameArguments,
} from "./ladder-independence.ts";
import type { ProofDocument } from "./ladder-read.ts";
import { hasFullDegree, hasPole, rootsOver } from "./ladder-roots.ts";
import { type Activity, activityOf, type Tower, type TowerGenerator, variablesIn } from "./ladder-tower.ts";
import { fractionAt, polynomialAt, slopeAt, valuesAt } from "./ladder-values.ts";

export interface Ladder {
  readonly precise: Precise;
  readonly budget: Budget;
  readonly tower: Tower;
  /** Where the lower bound stands in the document. */
  readonly path: string;
  readonly isParameter: (family: string) => boolean;
  /** Why generators are not independent, by the family that is active. */
  readonly dependences: Map<string | undefined, ReturnType<typeof dependence>>;
}

/** A proof at work: its active symbols. */
interface Case extends Ladder {
  readonly activity: Activity;
  readonly family: (family: string) => boolean;
  readonly against: string;
}

const GAMMA = new Set(["gamma", "lgamma", "zeta"]);
const REFUTABLE = new Set([
  "polynomial",
  "exponential-polynomial",
  "addition-theorem",
  "cascade",
  "holonomic",
  "differentially-algebraic",
]);

/** Throws a rejection that names the entry at fault. */
export function checkProof(ladder: Ladder, proof: ProofDocument, entry: string): void {
  const { tower, isParameter, path } = ladder;
  const own = proof.family;
  if (own !== undefined && !isParameter(own)) throw new Rejection(`${entry}.family`, "it is no parameter");
  const family = own === undefined ? isParameter : (name: string): boolean => name === own;
  if (!REFUTABLE.has(proof.against)) throw new Rejection(`${entry}.against`, "it is no tier of functions");
  const variable = tower.names.indexOf(proof.variable);
  const activity = activityOf(tower, family);
  if (variable < 0 || !activity.active(variable))
    throw new Rejection(`${entry}.variable`, "it does not depend on the parameters in question");
  const at: Case = { ...ladder, activity, family, against: proof.against };
  const g = tower.generator.get(variable);
  if (proof.against === "differentially-algebraic") {
    if (proof.kind !== "generator" || g === undefined || !GAMMA.has(g.function))
      throw new Rejection(`${entry}.variable`, "no theorem says that it is hypertranscendental");
    refuse(`${entry}.variable`, hypertranscendentalFault(at, g));
    return;
  }
  if (!ladder.dependences.has(own))
    ladder.dependences.set(own, dependence(ladder.precise, tower, activity, family));
  const dependent = ladder.dependences.get(own);
  if (dependent !== undefined) throw new Rejection(dependent.generator.entry, dependent.reason);
  const last = isSecondOrderActive(at);
  if (last !== undefined) throw new Rejection(last.entry, last.reason);
  if (P.isZero(tower.numerator)) throw new Rejection(`${path}.numerator`, "the model is zero");
  if (proof.kind === "generator" && g === undefined)
    throw new Rejection(`${entry}.variable`, "it is no generator");
  const fault =
    proof.kind === "pole"
      ? poleFault(at, variable, g)
      : proof.against === "cascade"
        ? cascadeFault(at, g!)
        : (dependsFault(at, g!) ?? generatorFault(at, g!));
  refuse(`${entry}.variable`, fault);
}

function refuse(entry: string, reason: string | undefined): void {
  if (reason !== undefined) throw new Rejection(entry, reason);
}

/** Orders and moduli are constants, orders of Bessel functions numbers that are no half-odd integers. */
function isSecondOrderActive({
  tower,
  activity,
  precise,
}: Case): { entry: string; reason: string } | undefined {
  for (const g of tower.generators) {
    if (!activity.active(g.variable)) continue;
    if (g.function === "besselj") {
      const order = orderOf(g);
      const entry = `${g.entry}.arguments[0]`;
      if (order === undefined) return { entry, reason: "the order is no number" };
      if (order.den === 2n) return { entry, reason: "it is elementary at this order" };
    }
    if (isJacobi(g)) {
      const modulus = g.arguments[1]!;
      const entry = `${g.entry}.arguments[1]`;
      if ([...variablesIn(modulus)].some(activity.active)) return { entry, reason: "the modulus varies" };
      const proper = precise.scope(BITS, (r) => {
        for (const draw of draws()) {
          const values = valuesAt(r, tower, draw);
          const m = values && fractionAt(r, modulus, values);
          if (m === undefined) continue;
          const minusOne = add(r, m, fromRational(r, rational(-1)));
          if (isNonzero(r, multiply(r, m, minusOne))) return true;
        }
        return false;
      });
      if (!proper) return { entry, reason: "it is elementary at the moduli 0 and 1" };
    }
  }
  return undefined;
}

const movingOf = ({ tower, activity }: Case): TowerGenerator[] =>
  tower.generators.filter((g) => activity.active(g.variable));
const inside = (g: TowerGenerator): number[] => g.arguments.flatMap((f) => [...variablesIn(f)]);

function poleFault(at: Case, variable: number, g: TowerGenerator | undefined): string | undefined {
  const { tower, activity, against, precise } = at;
  const moving = movingOf(at);
  if (against === "holonomic") {
    if (g === undefined || g.function === "root") return "poles of algebraic functions are holonomic";
    const fault = picardVessiotFault(at);
    if (fault !== undefined) return fault;
  } else if (against === "polynomial" || against === "exponential-polynomial") {
    if (moving.some((each) => each.function !== "exp" || !isAffine(tower, each, activity)))
      return "poles tell where all generators are exponentials of affine arguments";
  } else return `a pole is nothing against ${against}`;
  if (rootsOver(tower, activity, variable) !== undefined) return "roots depend on it";
  return hasPole(precise, tower, activity, variable)
    ? undefined
    : "the denominator is not shown to have a zero in it that is none of the numerator's";
}

/**
 * Generators of algebraic arguments that solve linear equations span a Picard–Vessiot ring, polynomial in all but the
 * exponentials, in which Laurent: it holds all holonomic elements of its field (M. F. Singer, Algebraic relations among
 * solutions of linear differential equations, Trans. AMS 295, 1986).
 */
function picardVessiotFault(at: Case, rooted = false): string | undefined {
  const other = movingOf(at).find(
    (g) =>
      (inside(g).some(at.activity.transcendental) && !(rooted && g.function === "root")) ||
      !(
        g.function === "exp" ||
        g.function === "root" ||
        LOGARITHMIC.has(g.function) ||
        isErf(g) ||
        isSecondOrder(g)
      ),
  );
  return other && `${other.name} is not holonomic of an algebraic argument`;
}

/** Why the model is not shown to depend on the generator, all independent ones else held constant. */
function dependsFault({ precise, tower, activity }: Case, g: TowerGenerator): string | undefined {
  const fault = "the model is not shown to depend on it";
  const { numerator, denominator } = tower;
  if (g.function === "root") {
    const degree = (p: P.Polynomial): number => P.degreeIn(p, new Set([g.variable]));
    if (degree(denominator) > 0 || degree(numerator) >= g.order)
      return "the model is not reduced to powers of it below its order";
    const parts = P.coefficientsIn(numerator, new Set([g.variable]));
    const rest = [...parts.values()].filter(({ monomial }) => P.exponentOf(monomial, g.variable) > 0);
    if (
      tower.generators.some((h) => h !== g && activity.active(h.variable) && inside(h).includes(g.variable))
    )
      return "another generator is over it";
    return somewhere(precise, tower, (r, values) =>
      rest.some(({ coefficient }) => isNonzero(r, polynomialAt(r, coefficient, values))),
    )
      ? undefined
      : fault;
  }
  return somewhere(precise, tower, (r, values) => {
    const slope = slopeAt(r, tower, values, g.variable);
    if (slope === undefined) return false;
    const [n, d] = [numerator, denominator].map((p) => polynomialAt(r, p, values)) as [Ball, Ball];
    const wronskian = add(
      r,
      multiply(r, slope(numerator), d),
      negative(r, multiply(r, n, slope(denominator))),
    );
    return isNonzero(r, wronskian);
  })
    ? undefined
    : fault;
}

type Test = (r: Parameters<typeof valuesAt>[0], values: NonNullable<ReturnType<typeof valuesAt>>) => boolean;

/** Whether a test holds at one of the places where the tower has values. */
function somewhere(precise: Precise, tower: Tower, test: Test): boolean {
  return [
    [BITS, 8],
    [4 * BITS, 2],
  ].some(([bits, most]) => {
    let tries = 0;
    for (const draw of draws()) {
      const found = precise.scope(bits!, (r) => {
        const values = valuesAt(r, tower, draw);
        return values && test(r, values);
      });
      if (found === true) return true;
      if (found === false && ++tries === most) return false;
    }
    return false;
  });
}

/** Why the generator is not shown to be independent of all functions of the tier. */
function generatorFault(at: Case, g: TowerGenerator): string | undefined {
  const unknown = `no theorem says that ${g.function} is none of ${at.against}`;
  switch (at.against) {
    case "polynomial":
    case "exponential-polynomial":
    case "addition-theorem":
      if (g.function === "root") {
        if (at.against === "addition-theorem") return "roots are algebraic";
        const { precise, tower, activity, budget } = at;
        return hasFullDegree(precise, tower, activity, g, budget)
          ? undefined
          : "its argument is not shown to be no power, up to exponentials and other roots";
      }
      if (at.against === "polynomial" || isErf(g) || isSecondOrder(g)) return undefined;
      if (isElementary(g)) return nonaffineFault(at, g);
      if (isJacobi(g)) return at.against === "exponential-polynomial" ? undefined : nonaffineFault(at, g);
      return unknown;
    case "holonomic":
      return holonomicFault(at, g);
    default:
      return unknown;
  }
}

/**
 * Error functions are no cascade by Liouville's theorem, solutions of Bessel's and Airy's equations by Kovacic's algorithm, W
 * by M. Rosenlicht, On the explicit solvability of certain transcendental equations, Publ. IHÉS 36, 1969. Exponentials
 * and logarithms over one of them, independent modulo what is free of it, are none either: by Ax's theorem again.
 */
function cascadeFault(at: Case, g: TowerGenerator): string | undefined {
  const { tower, activity, precise } = at;
  const isBase = (each: TowerGenerator): boolean =>
    activity.active(each.variable) && (isErf(each) || isSecondOrder(each) || each.function === "lambertw");
  const direct = dependsFault(at, g);
  if (isBase(g) && direct === undefined) return undefined;
  const over = (base: TowerGenerator): TowerGenerator[] => {
    const reached = new Set([base.variable]);
    const found = tower.generators.filter((each) => {
      const deep = inside(each).some((v) => reached.has(v));
      if (deep) reached.add(each.variable);
      return deep;
    });
    return base.function === "lambertw" ? [base, ...found] : found;
  };
  const holds = (base: TowerGenerator): boolean => {
    const deep = over(base);
    const isReached = deep.some(
      (each) => each !== base && (g === base || g === each) && dependsFault(at, each) === undefined,
    );
    return isReached && deep.every(isElementary) && areIndependentOver(precise, tower, deep, base);
  };
  if (tower.generators.some((base) => isBase(base) && holds(base))) return undefined;
  return isBase(g) ? direct : `nothing says that ${g.function} is no cascade here`;
}

/** Independence modulo affine functions, by second differences. */
function nonaffineFault(at: Case, g: TowerGenerator): string | undefined {
  const { tower, activity, precise, family } = at;
  const affine = (each: TowerGenerator): boolean =>
    /^(exp|[scd]n)$/.test(each.function) && isAffine(tower, each, activity);
  if (affine(g)) return "its argument is affine";
  const alike = movingOf(at).filter(
    (each) => (isJacobi(g) ? isJacobi(each) : isElementary(each)) && !affine(each),
  );
  const columns = alike.filter(
    (each, k) => !isJacobi(each) || alike.findIndex((h) => sameArguments(h, each)) === k,
  );
  return areIndependent(precise, tower, columns, family, 2)
    ? undefined
    : "it is not shown to be independent of the others modulo affine functions";
}

/**
 * An exponential is no part of a holonomic function where its exponent has a derivative that is not algebraic (W. A. Harris,
 * Y. Sibuya, The reciprocals of solutions of linear ordinary differential equations, Adv. Math. 58, 1985); logarithms and
 * primitives where their arguments are transcendental; W never.
 */
function holonomicFault(at: Case, g: TowerGenerator): string | undefined {
  const { tower, activity, budget } = at;
  const transcendental = inside(g).filter(activity.transcendental);
  if (g.function === "lambertw") return undefined;
  if (g.function === "exp") {
    const argument = g.arguments[0]!;
    const deep = transcendental.some((v) => {
      const u = tower.generator.get(v)!;
      if (u.function === "root") return false;
      if (!LOGARITHMIC.has(u.function)) return true;
      const slope = F.derivative(argument, v, budget);
      return [...variablesIn(slope)].some(activity.active) || inside(u).some(activity.transcendental);
    });
    if (deep) return undefined;
  } else if (transcendental.length > 0) {
    if (LOGARITHMIC.has(g.function) || isErf(g) || isSecondOrder(g)) return undefined;
    if (g.function === "root") return ramificationFault(at, g);
    return `no theorem says that ${g.function} is not holonomic`;
  }
  return poleFault(at, g.variable, g);
}

const TRIAL_VALUES = [rational(3, 7), rational(11, 9), rational(29, 13)];

/**
 * Whether the model F(θ, T) has different values for different numbers in place of T, functions of it included. Then T is a
 * function of θ and F by the implicit function theorem, and differentially algebraic if F is.
 */
function changesWith({ tower, precise }: Case, g: TowerGenerator): boolean {
  return precise.scope(BITS, (r) => {
    for (const draw of draws()) {
      const found = TRIAL_VALUES.flatMap((trial) => {
        const values = valuesAt(r, tower, draw, (v) => (v === g.variable ? trial : undefined));
        const value = values && fractionAt(r, tower, values);
        return value === undefined ? [] : [value];
      });
      const [first, ...others] = found;
      if (others.some((other) => isNonzero(r, add(r, first!, negative(r, other))))) return true;
    }
    return false;
  });
}

/**
 * A root over a Picard–Vessiot ring is no part of a holonomic function where it is ramified at a prime of the ring: an
 * algebraic extension that is Picard–Vessiot too is étale over it, both being torsors (E. R. Kolchin, Differential algebra
 * and algebraic groups, 1973, ch. VI).
 */
function ramificationFault(at: Case, g: TowerGenerator): string | undefined {
  const { precise, tower, activity, budget } = at;
  const fault = picardVessiotFault(at, true);
  if (fault !== undefined) return fault;
  return hasFullDegree(precise, tower, activity, g, budget, activity.transcendental)
    ? undefined
    : "it is not shown to be ramified over the generators in it";
}

/** Γ, log Γ and ζ solve no algebraic differential equation (O. Hölder 1887; D. Hilbert 1900). */
function hypertranscendentalFault(at: Case, g: TowerGenerator): string | undefined {
  const moving = movingOf(at);
  if (moving.some((each) => each !== g && GAMMA.has(each.function)))
    return "there is another such function: they may be related";
  if (!moving.some((each) => each !== g && inside(each).includes(g.variable))) return dependsFault(at, g);
  return changesWith(at, g) ? undefined : "the model is not shown to depend on it";
}
