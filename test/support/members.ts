/**
 * Random members of every tier. Each is built as f = g + p·R(A): A is a generator that is proved to lie beyond all lower
 * tiers, g and p ≠ 0 belong to a field of functions below it, R is a rational or algebraic function that is not constant.
 * If f were in the lower field, so would be R(A), hence A, which is algebraic over it.
 */
import {
  ADDITION,
  CASCADE,
  type Core,
  DIFFERENTIAL,
  HOLONOMIC,
  HYPERTRANSCENDENTAL,
  KINKED,
} from "./cores.ts";
import {
  affine,
  amplitude,
  apart,
  createScope,
  exponentialPolynomial,
  linear,
  polynomial,
  type Scope,
} from "./forms.ts";
import {
  call,
  createDice,
  type Dice,
  minus,
  negative,
  num,
  one,
  onePlusSquare,
  over,
  power,
  sum,
  type Term,
  times,
} from "./terms.ts";

export type DecidedTier =
  | "polynomial"
  | "exponential-polynomial"
  | "addition-theorem"
  | "cascade"
  | "holonomic"
  | "differentially-algebraic"
  | "outside";

export interface Member {
  readonly term: Term;
  readonly tier: DecidedTier;
  readonly inputs: readonly string[];
  /** Of a polynomial. */
  readonly degree?: number;
  /**
   * What may be cut off its domain by another spelling: `open` any part, so long as some is left; `thin` a set without
   * interior that holds no whole kink.
   */
  readonly cuts: "open" | "thin";
}

/** Its domain and that of each of its parts is everything, or all but poles. */
const isTotal = (core: Core): boolean => core.domain !== "part";

/** A polynomial or exponential polynomial of the scope. */
const below = (scope: Scope): Term =>
  scope.dice.chance(0.5) ? polynomial(scope).term : exponentialPolynomial(scope);

/** Of the same field and analytic at every real point. */
const smooth = (scope: Scope): Term =>
  scope.dice.chance(0.6)
    ? below(scope)
    : call(scope.dice.pick(["tanh", "sigmoid", "silu", "atan", "softplus", "erf"]), affine(scope));

/** `extra` of the time something added. */
const plus = (dice: Dice, t: Term, extra: number, other: () => Term): Term =>
  dice.chance(extra) ? (dice.chance(0.5) ? sum(t, other()) : minus(other(), t)) : t;

function makePolynomial(scope: Scope): Pick<Member, "term" | "degree"> {
  const { dice } = scope;
  const first = polynomial(scope, 3, 1);
  // Degrees add: coefficients are data functions of which no product vanishes identically.
  if (dice.chance(0.25)) {
    const n = dice.integer(2, 3);
    const u = affine(scope, 3);
    return { term: power(u, n), degree: n };
  }
  if (dice.chance(0.3)) {
    const second = polynomial(scope, 2);
    return { term: times(first.term, second.term), degree: first.degree + second.degree };
  }
  return first;
}

/** Algebraic functions of a generator none of which is constant, on all real values of it. */
const wrapped = (dice: Dice, a: Term): Term =>
  dice.chance(0.8)
    ? a
    : dice.pick([
        power(a, 2),
        call("sqrt", onePlusSquare(a)),
        over(one, sum(num(2), power(a, 2))),
        over(a, onePlusSquare(a)),
      ]);

/**
 * Exponential polynomials are entire and no sum or product with one of them makes the generator so: its poles or branch
 * points (in complex θ) stay under g + p·A, where p is a number, a parameter of its own, a polynomial that cannot vanish on
 * infinitely many poles nor undo a branch, or a single exponential.
 */
function makeAddition(scope: Scope): Pick<Member, "term"> & { total: boolean } {
  const { dice } = scope;
  const core = dice.pick(ADDITION);
  const factor = dice.pick([
    () => [],
    () => [amplitude(scope)],
    () => [call("exp", linear(scope).term)],
    () => (core.singularities === "finite" ? [amplitude(scope)] : [polynomial(scope).term]),
  ])();
  const term = plus(dice, times(...factor, core.make(scope)), 0.4, () => below(scope));
  // With parameters of its own: at a fixed value of these the proof is the one before.
  const other = dice.pick(ADDITION.filter(isTotal));
  return {
    term: plus(dice, term, 0.2, () => other.make(apart(scope, 2))),
    total: isTotal(core),
  };
}

function makeCascade(scope: Scope): Pick<Member, "term"> & { total: boolean } {
  const { dice } = scope;
  const core = dice.pick(CASCADE);
  const factor = dice.pick([
    () => [],
    () => [amplitude(scope)],
    () => [below(scope)],
    () => [call(dice.pick(["tanh", "sigmoid"]), affine(scope))],
  ])();
  const lower = (): Term =>
    dice.chance(0.7) ? below(scope) : dice.pick(ADDITION.filter(isTotal)).make(scope);
  const inner = core.domain === "part" ? core.make(scope) : wrapped(dice, core.make(scope));
  const term = plus(dice, times(...factor, inner), 0.35, lower);
  const other = dice.pick(CASCADE.filter(isTotal));
  return { term: plus(dice, term, 0.15, () => other.make(apart(scope, 2))), total: isTotal(core) };
}

/** D-finite functions form an algebra; these are in it and in `cascade` or below. */
function finite(scope: Scope): Term {
  const { dice } = scope;
  return dice.pick([
    () => below(scope),
    () => below(scope),
    () => call("exp", negative(power(affine(scope), 2))),
    () => call("atan", affine(scope)),
    () => over(one, onePlusSquare(affine(scope))),
    () => call("sqrt", onePlusSquare(affine(scope))),
    () => call("log", onePlusSquare(affine(scope))),
  ])();
}

/** f is D-finite, and (f − g)/p gives back a generator (or its square) that no nest of exp, log, algebraic and Jacobi is. */
function makeHolonomic(scope: Scope): Pick<Member, "term"> {
  const { dice } = scope;
  const core = dice.pick(HOLONOMIC);
  const made = core.make(scope);
  const factor = dice.pick([() => [], () => [amplitude(scope)], () => [finite(scope)]])();
  const term = plus(dice, times(...factor, dice.chance(0.15) ? power(made, 2) : made), 0.35, () =>
    finite(scope),
  );
  return { term: plus(dice, term, 0.15, () => dice.pick(HOLONOMIC).make(apart(scope, 2))) };
}

/** The generator is neither D-finite nor in `cascade`; g, p and 1/p are both. */
function makeDifferential(scope: Scope): Pick<Member, "term"> {
  const { dice } = scope;
  const factor = dice.pick([
    () => [],
    () => [amplitude(scope)],
    () => [polynomial(scope).term],
    () => [call("exp", linear(scope).term)],
    () => [over(one, onePlusSquare(affine(scope)))],
  ])();
  return {
    term: plus(dice, times(...factor, dice.pick(DIFFERENTIAL).make(scope)), 0.35, () => finite(scope)),
  };
}

/**
 * A kink that is crossed, times a number or a parameter of its own, plus what is analytic at every real point; or a
 * hypertranscendental function and any other of a tier below: these form a field.
 */
function makeOutside(scope: Scope): Pick<Member, "term" | "cuts"> {
  const { dice } = scope;
  if (dice.chance(0.2)) {
    const made = times(
      ...(dice.chance(0.4) ? [amplitude(scope)] : []),
      dice.pick(HYPERTRANSCENDENTAL).make(scope),
    );
    return { term: plus(dice, made, 0.3, () => smooth(scope)), cuts: "thin" };
  }
  const made = times(...(dice.chance(0.5) ? [amplitude(scope)] : []), dice.pick(KINKED).make(scope));
  return { term: plus(dice, made, 0.5, () => smooth(scope)), cuts: "thin" };
}

const cutsOf = ({ term, total }: { term: Term; total: boolean }): Pick<Member, "term" | "cuts"> => ({
  term,
  cuts: total ? "open" : "thin",
});

const MAKERS: Readonly<
  Record<DecidedTier, (scope: Scope) => Pick<Member, "term" | "degree"> & { cuts?: Member["cuts"] }>
> = {
  polynomial: makePolynomial,
  "exponential-polynomial": (scope) => ({ term: exponentialPolynomial(scope) }),
  "addition-theorem": (scope) => cutsOf(makeAddition(scope)),
  cascade: (scope) => cutsOf(makeCascade(scope)),
  holonomic: makeHolonomic,
  "differentially-algebraic": makeDifferential,
  outside: makeOutside,
};

export const MADE_TIERS = Object.keys(MAKERS) as readonly DecidedTier[];

/** A member of the tier, the same for the same seed. */
export function makeMember(tier: DecidedTier, seed: number): Member {
  const scope = createScope(createDice(seed));
  return { cuts: "open", ...MAKERS[tier](scope), tier, inputs: scope.inputs.names };
}
