/** Random affine forms, polynomials and exponential polynomials of known degree and exponents. */
import {
  call,
  type Dice,
  data,
  negative,
  num,
  parameter,
  power,
  realPower,
  sum,
  type Term,
  times,
} from "./terms.ts";

/** One input or two, with functions of the data that are linearly independent over the numbers, none of them zero. */
export interface Inputs {
  readonly names: readonly string[];
  /** Coefficients of affine forms; "" is 1. */
  readonly plain: readonly string[];
  /** Coefficients of polynomials. */
  readonly rich: readonly string[];
  /** Surely positive on an open set, for bases of powers. */
  readonly base: string;
}

export const ONE_INPUT: Inputs = {
  names: ["x"],
  plain: ["", "x", "x", "x^2", "log(x)", "cos(x)"],
  rich: ["x", "x^2", "sin(x)", "log(x)", "relu(x - 1)", "exp(-x^2)", "1/(1 + x^2)", "sqrt(x)"],
  base: "x",
};

export const TWO_INPUTS: Inputs = {
  names: ["x1", "x2"],
  plain: ["", "x1", "x2", "x1*x2", "x2^2"],
  rich: ["x1", "x2", "x1*x2", "sin(x1)", "log(x2)", "relu(x1 - 1)", "exp(-x1^2)", "x1/(1 + x2^2)"],
  base: "x1",
};

/** Where a member is made: its inputs and the parameters it may use. */
export interface Scope {
  readonly dice: Dice;
  readonly inputs: Inputs;
  readonly parameters: readonly string[];
}

const POOL = ["a", "b", "c", "w", "u", "v", "k", "s", "t", "p"];

export function createScope(dice: Dice): Scope {
  const parameters = dice.shuffle(POOL).slice(0, dice.integer(1, 4));
  return { dice, inputs: dice.chance(0.7) ? ONE_INPUT : TWO_INPUTS, parameters };
}

/** The scope with parameters of its own, `count` of them, none of which the given scope has. */
export function apart(scope: Scope, count = 1): Scope {
  const free = POOL.filter((name) => !scope.parameters.includes(name));
  return { ...scope, parameters: scope.dice.shuffle(free).slice(0, count) };
}

/** Never 0. */
export const rational = (dice: Dice): string =>
  dice.pick(["1", "2", "3", "1/2", "3/2", "1/3", "-1", "-2", "-1/2", "-2/3", "5/4"]);

const scaled = (dice: Dice, t: Term): Term => (dice.chance(0.5) ? t : times(num(rational(dice)), t));

/** A form Σ r·d·θ that is not 0: numbers r, functions d of the data. `key` tells forms apart up to a sign. */
export interface Linear {
  readonly term: Term;
  readonly key: string;
}

export function linear({ dice, inputs, parameters }: Scope, most = 2): Linear {
  const chosen = dice.shuffle(parameters).slice(0, dice.integer(1, Math.min(most, parameters.length)));
  const list = chosen.map((name) => ({ name, r: rational(dice), d: dice.pick(inputs.plain) }));
  const term = ({ name, r, d }: (typeof list)[number]): Term =>
    times(...(r === "1" ? [] : [num(r)]), parameter(name), ...(d === "" ? [] : [data(d)]));
  const sorted = [...list].sort((p, q) => (p.name < q.name ? -1 : 1));
  const turned = sorted[0]!.r.startsWith("-");
  const sign = (r: string): string => (turned ? (r.startsWith("-") ? r.slice(1) : `-${r}`) : r);
  return {
    term: sum(...list.map(term)),
    key: sorted.map(({ name, r, d }) => `${name}:${sign(r)}:${d}`).join(),
  };
}

/** A linear form, or one and a constant. */
export function affine(scope: Scope, most = 2): Term {
  const { term } = linear(scope, most);
  return scope.dice.chance(0.6) ? term : sum(term, num(rational(scope.dice)));
}

/** A polynomial in the parameters that is not 0, and its degree: monomials that differ, so none cancels another. */
export function polynomial(scope: Scope, most = 3, fewest = 0): { term: Term; degree: number } {
  const { dice, inputs, parameters } = scope;
  const monomials = new Map<string, { factors: Term[]; degree: number }>();
  for (let tries = dice.integer(1, 3); tries > 0; tries--) {
    const exponents = parameters.map(() => 0);
    const degree = dice.integer(monomials.size === 0 ? fewest : 0, most);
    for (let k = 0; k < degree; k++) exponents[dice.integer(0, parameters.length - 1)]! += 1;
    const factors = exponents.flatMap((n, k) =>
      n === 0 ? [] : [n === 1 ? parameter(parameters[k]!) : power(parameter(parameters[k]!), n)],
    );
    const coefficient = dice.chance(0.5) ? [] : [data(dice.pick(inputs.rich))];
    const all = [...(dice.chance(0.5) ? [num(rational(dice))] : []), ...coefficient, ...factors];
    monomials.set(exponents.join(), { factors: all.length === 0 ? [num(1)] : all, degree });
  }
  const list = [...monomials.values()];
  return {
    term: sum(...list.map((m) => times(...m.factors))),
    degree: Math.max(...list.map((m) => m.degree)),
  };
}

/**
 * Σ p_k(θ) T_k(λ_k), and a polynomial: the λ_k differ up to sign, the p_k are not 0, and T_k is one of exp, cosh, sinh
 * (characters e^{±λ}), cos, sin (e^{±iλ}) or, once, exp(λ) cos(μ) (e^{λ±iμ}): no two terms share a character, so none
 * cancels (distinct characters are linearly independent over the polynomials).
 */
export function exponentialPolynomial(scope: Scope): Term {
  const { dice, inputs } = scope;
  const forms = new Map<string, Linear>();
  for (let tries = dice.integer(1, 3); tries > 0; tries--) {
    const form = linear(scope);
    forms.set(form.key, form);
  }
  const shifted = (t: Term): Term => (dice.chance(0.7) ? t : sum(t, num(rational(dice))));
  const mixed = dice.chance(0.25);
  const terms = [...forms.values()].map(({ term }, k) => {
    const p = dice.chance(0.4) ? [] : [polynomial(scope, 2).term];
    if (mixed && k === 0) return times(...p, call("exp", term), call("cos", shifted(linear(scope).term)));
    const name = dice.pick(["exp", "exp", "exp", "cos", "sin", "cosh", "sinh"]);
    // x^λ has the character e^{λ log x}: alone, it meets no other.
    if (forms.size === 1 && dice.chance(0.2)) return times(...p, realPower(data(inputs.base), term));
    return times(...p, call(name, name === "exp" && dice.chance(0.3) ? negative(term) : shifted(term)));
  });
  return sum(...terms, ...(dice.chance(0.4) ? [polynomial(scope, 2).term] : []));
}

/** A number that is not 0, or one times a parameter that the scope does not have. */
export function amplitude(scope: Scope): Term {
  const { dice } = scope;
  const name = apart(scope).parameters[0]!;
  return dice.chance(0.5) ? num(rational(dice)) : scaled(dice, parameter(name));
}
