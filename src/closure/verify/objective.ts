/**
 * The losses as the checker knows them, and what a certificate is about: the model; Σ_c y_c f_c; or for other losses
 * Σ_a Δ_a ∂L/∂θ_a of one datum, the derivative of L(f(θ + tΔ), y) by t, taken by central differences.
 *
 * Softmax cross-entropy is of one-hot targets, which sum to 1: log Σ_c e^{f_c} − Σ_c y_c f_c with the last target 1 less the
 * others. So it is in the logits f_c − f_C too, and a certificate must not hold the last target.
 */
import type { Loss } from "../../architecture/losses.ts";
import type { Syntax } from "../../architecture/syntax.ts";
import {
  add as addRationals,
  multiply as byRational,
  type Rational,
  rational,
  subtract,
} from "../../exact/rational.ts";
import type { Reals } from "../../precise/mpfr.ts";
import {
  above,
  add,
  type Ball,
  call,
  divide,
  exponential,
  fromRational,
  multiply,
  negative,
  sumOfPowers,
} from "./ball.ts";
import type { Evaluator, Place } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import type { Valuer } from "./ladder-equal.ts";
import { moved } from "./points.ts";

/** What the checker has to know of an architecture and its loss. */
export interface Statement {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  readonly openSizes?: readonly string[] | undefined;
  readonly output?: { readonly index: string; readonly size: number | string } | undefined;
}

type Outputs = Pick<Statement, "output">;
export type Of = "outputs" | "optimality" | undefined;

const TARGET = "y";
const NOISE = "sigma";
const stepOf = (parameter: string): string => `Delta_${parameter}`;

/** What a certificate is about. The tier of the squared loss is that of the model, so with a given σ. */
export function subjectOf({ output, parameters }: Statement, loss: Loss): Of {
  const squared = loss === "squared" || (loss === "gaussian-nll" && !parameters.includes(NOISE));
  if (!squared) return "optimality";
  return output === undefined ? undefined : "outputs";
}

/** Names of data in a certificate beside the inputs. */
export const addedData = ({ parameters }: Pick<Statement, "parameters">, of: Of): string[] =>
  of === undefined
    ? []
    : of === "outputs"
      ? [TARGET]
      : [TARGET, ...new Set(parameters.map((name) => stepOf(familyOf(name))))];

/** A name that stands for a target or a step and for something else too. */
export function ambiguousName(
  { inputs, parameters, openSizes = [], output }: Statement,
  of: Of,
): string | undefined {
  const added = new Set(addedData({ parameters }, of));
  const own = [
    ...inputs,
    ...parameters,
    ...openSizes,
    ...(output === undefined ? [] : [output.index, `${output.size}`]),
  ];
  return own.map(familyOf).find((name) => added.has(name));
}

/** How many outputs there are at a place; undefined where that is no number. */
function countAt({ output }: Outputs, place: Place): number | undefined {
  const size = output?.size;
  return typeof size === "string" ? place.indices.get(size) : size;
}

export const lastTarget = (statement: Outputs, place: Place): string =>
  `${TARGET}[${countAt(statement, place)}]`;

/** The values of the outputs with their targets. */
function outputsAt(
  r: Reals,
  evaluator: Evaluator,
  statement: Outputs,
  model: Syntax,
  place: Place,
  oneHot: boolean,
): { value: Ball; target: Rational }[] | undefined {
  const { output } = statement;
  if (output === undefined) {
    const value = evaluator.value(r, model, place);
    return value && [{ value, target: place.symbol(TARGET, TARGET) }];
  }
  const count = countAt(statement, place);
  if (count === undefined) return undefined;
  const found: { value: Ball; target: Rational }[] = [];
  let rest = rational(1);
  for (let c = 1; c <= count; c++) {
    const indices = new Map(place.indices).set(output.index, c);
    const value = evaluator.value(r, model, { ...place, indices });
    if (value === undefined) return undefined;
    const target = oneHot && c === count ? rest : place.symbol(TARGET, `${TARGET}[${c}]`);
    rest = subtract(rest, target);
    found.push({ value, target });
  }
  return found;
}

/** f, or Σ_c y_c f_c; without the target of a single output where `bare`. */
export function scores(evaluator: Evaluator, statement: Outputs, model: Syntax, bare = false): Valuer {
  if (statement.output === undefined) return (r, place) => evaluator.value(r, model, place);
  return (r, place) =>
    outputsAt(r, evaluator, statement, model, place, false)?.reduce(
      (total, { value, target }) => add(r, total, bare ? value : multiply(r, fromRational(r, target), value)),
      fromRational(r, rational(0)),
    );
}

type Pointwise = (r: Reals, f: Ball, y: Ball, sigma: Ball) => Ball | undefined;

const number = (r: Reals, num: number, den = 1): Ball => fromRational(r, rational(num, den));
const minus = (r: Reals, a: Ball, b: Ball): Ball => add(r, a, negative(r, b));
const half = (r: Reals, a: Ball): Ball => multiply(r, number(r, 1, 2), a);
const square = (r: Reals, a: Ball): Ball => multiply(r, a, a);
const plus = (r: Reals, a: Ball | undefined, b: Ball): Ball | undefined => a && add(r, a, b);

const POINTWISE: Readonly<Record<Exclude<Loss, "softmax-cross-entropy">, Pointwise>> = {
  squared: (r, f, y) => half(r, square(r, minus(r, f, y))),
  poisson: (r, f, y) => {
    const log = call(r, "log", [f]);
    return log && minus(r, f, multiply(r, y, log));
  },
  "poisson-log": (r, f, y) => plus(r, exponential(r, f), negative(r, multiply(r, y, f))),
  logistic: (r, f, y) => plus(r, call(r, "softplus", [f]), negative(r, multiply(r, y, f))),
  "gaussian-nll": (r, f, y, sigma) => {
    const share = divide(r, minus(r, f, y), sigma);
    return share && plus(r, call(r, "log", [sigma]), half(r, square(r, share)));
  },
  absolute: (r, f, y) => call(r, "abs", [minus(r, f, y)]),
  huber: (r, f, y) => {
    const size = call(r, "abs", [minus(r, f, y)]);
    const excess = size && call(r, "relu", [minus(r, size, number(r, 1))]);
    return size && excess && half(r, minus(r, square(r, size), square(r, excess)));
  },
  hinge: (r, f, y) => call(r, "relu", [minus(r, number(r, 1), multiply(r, y, f))]),
};

/** L of one datum. */
export function lossOf(evaluator: Evaluator, statement: Outputs, model: Syntax, loss: Loss): Valuer {
  const softmax = loss === "softmax-cross-entropy";
  return (r, place) => {
    const outputs = outputsAt(r, evaluator, statement, model, place, softmax);
    if (outputs === undefined) return undefined;
    const needed = loss === "gaussian-nll" ? place.symbol(NOISE, NOISE) : rational(1);
    const sigma = fromRational(r, needed);
    let total = number(r, 0);
    let partition: Ball | undefined = number(r, 0);
    for (const { value, target } of outputs) {
      const y = fromRational(r, target);
      const own = softmax ? negative(r, multiply(r, y, value)) : POINTWISE[loss](r, value, y, sigma);
      const share = softmax ? exponential(r, value) : number(r, 0);
      if (own === undefined || share === undefined) return undefined;
      partition = add(r, partition, share);
      total = add(r, total, own);
    }
    return softmax ? plus(r, call(r, "log", [partition]), total) : total;
  };
}

/**
 * Σ_a Δ_a ∂L/∂θ_a. The central difference of step h is off by O(h²), which that of twice the step measures.
 *
 * @param stepless the parameter whose step is 1
 */
export function slopeOf(
  loss: Valuer,
  isParameter: (name: string) => boolean,
  stepless: string | undefined,
): Valuer {
  return (r, place) => {
    const at = (t: Rational): Place =>
      moved(place, (name, text) => {
        if (!isParameter(name)) return undefined;
        return text === stepless ? t : byRational(t, place.symbol(stepOf(name), stepOf(text)));
      });
    const quotient = (h: Rational): Ball | undefined => {
      const [up, down] = [loss(r, at(h)), loss(r, at({ num: -h.num, den: h.den }))];
      if (up === undefined || down === undefined) return undefined;
      return multiply(r, minus(r, up, down), fromRational(r, rational(h.den, 2n * h.num)));
    };
    const h = rational(1n, 1n << BigInt(Math.floor(r.bits / 3)));
    const [fine, rough] = [quotient(h), quotient(addRationals(h, h))];
    if (fine === undefined || rough === undefined) return undefined;
    const between = minus(r, rough, fine);
    return { ...fine, error: sumOfPowers(fine.error, above(r, between), between.error) };
  };
}
