/**
 * The lattice form of an architecture: f(x; θ) = Re Σ_m e^{L_m + s_m·x} Σ_k C_{m,k} x^k over modes m, of which each pair of
 * conjugates has one, and its derivatives by the parameters in the same modes: e^{L + s·x} p has the derivative
 * e^{L + s·x} (∂p + p ∂L + p x·∂s). Nothing else than x·∂s holds x, so the powers of x rise by one with each derivative.
 */
import {
  type Architecture,
  flatNames,
  members,
  parameterVariables,
} from "../../architecture/architecture.ts";
import { type Budget, DescentError } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import { G_ONE, gaussian, rational, sign } from "../../exact/rational.ts";
import { literal } from "../../expression/affine.ts";
import { differentiate, type Variable } from "../../expression/differentiate.ts";
import type { Algebra, Node } from "../../expression/node.ts";
import {
  createNormaliser,
  type ExpPolynomial,
  expAdd,
  expConjugate,
  expScale,
  isObstacle,
  isReal,
  polynomialNode,
  realAndImaginary,
} from "../../expression/normal.ts";
import { print } from "../../expression/print.ts";
import { expand, isShort } from "../../expression/substitute.ts";
import { createLayout, type Layout } from "./layout.ts";
import type { Character, Mode, ModeTerm, Reference } from "./modes.ts";
import { createValues, type Values } from "./numeric.ts";

export interface LatticeForm {
  readonly architecture: Architecture;
  /** In the order of θ. */
  readonly parameters: readonly string[];
  readonly inputs: readonly string[];
  /** For each input. */
  readonly characters: readonly (readonly Character[])[];
  readonly modes: readonly Mode[];
  /** f = Re Σ e^{L + s·x} C x^k */
  readonly model: readonly ModeTerm[];
  /** ∂_a f */
  readonly slopes: readonly (readonly ModeTerm[])[];
  /** ∂_a ∂_b f for b ≤ a, those that are not zero. */
  readonly curvature: readonly {
    readonly a: number;
    readonly b: number;
    readonly terms: readonly ModeTerm[];
  }[];
  readonly layout: Layout;
  readonly values: Values;
}

export interface NoLatticeForm {
  /** Why there is none, in one line. */
  readonly absent: string;
}

/** The Hessian has the square of this many entries. */
const MOST_PARAMETERS = 4096;

class Absent extends Error {}

/**
 * The lattice form of an architecture with numbers for its sizes and the squared loss; absent where the inputs stand
 * elsewhere than in polynomials and in affine exponents.
 *
 * @throws DescentError `budget` where a limit is passed
 * @example
 * const decay = latticeForm(architecture({ model: "A*exp(-k*x)" }), createBudget());
 * decay.characters[0].length; // 1
 * latticeForm(architecture({ model: "A*exp(-k*x^2)" }), createBudget()).absent; // "the exponent -k*x^2 is not affine in the inputs"
 */
export function latticeForm(architecture: Architecture, budget: Budget): LatticeForm | NoLatticeForm {
  try {
    return build(architecture, budget);
  } catch (error) {
    if (error instanceof Absent) return { absent: error.message };
    if (error instanceof DescentError && error.code === "unsupported") return { absent: error.fault };
    throw error;
  }
}

function build(architecture: Architecture, budget: Budget): LatticeForm {
  const { algebra, model, open } = architecture;
  if (architecture.output !== undefined) throw new Absent("the model has several outputs");
  if (architecture.loss !== "squared") throw new Absent(`the loss is ${architecture.loss}, not squared`);
  if (open.length > 0) throw new Absent(`the sizes ${open.join(", ")} are open`);
  const inputs = inputNodes(architecture);
  if (inputs.length === 0) throw new Absent("the model has no inputs");
  if (!isShort(model)) throw new Absent("a sum or product is too long to be written out");
  const plain = expand(algebra, model, budget);
  const form = realForm(normalForm(algebra, plain, budget));
  const { characters, modes, terms } = split(algebra, form, inputs, budget);
  const variables = parameterVariables(architecture);
  if (variables.length > MOST_PARAMETERS) throw new Absent(`${variables.length} parameters are too many`);
  const derivative = createDerivative(algebra, modes, inputs.length, budget);
  const slopes = variables.map(({ variable }) => derivative(terms, variable));
  const curvature = slopes.flatMap((slope, a) =>
    slope.length === 0
      ? []
      : variables.slice(0, a + 1).flatMap(({ variable }, b) => {
          budget.spend();
          const second = derivative(slope, variable);
          return second.length === 0 ? [] : [{ a, b, terms: second }];
        }),
  );
  const parameters = variables.map((v) => v.name);
  const places = new Map(parameters.map((name, k) => [name, k]));
  const roots = [
    ...characters.flat().map((c) => c.rate),
    ...modes.map((m) => m.constant),
    ...[terms, ...slopes, ...curvature.map((c) => c.terms)].flat().map((t) => t.coefficient),
  ];
  return {
    architecture,
    parameters,
    inputs: flatNames(architecture.inputs),
    characters,
    modes,
    model: terms,
    slopes,
    curvature,
    layout: createLayout(inputs.length, modes, terms, slopes, curvature),
    values: createValues(roots, algebra.primitives, (name) => places.get(name)!),
  };
}

/** The symbols of the inputs, member by member. */
const inputNodes = ({ algebra, inputs }: Architecture): Node[] =>
  inputs.flatMap((family) =>
    members(family).map((tuple) => algebra.symbol(family.name, "input", tuple.map(literal))),
  );

function normalForm(algebra: Algebra, plain: Node, budget: Budget): ExpPolynomial {
  const form = createNormaliser(algebra, (s) => s.role === "input", budget).normal(plain);
  if (!isObstacle(form)) return form;
  const where = form.obstacle.slice(0, form.obstacle.lastIndexOf(": "));
  if (form.obstacle.endsWith("in a denominator"))
    throw new Absent(`the inputs stand in the denominator ${where}`);
  throw new Absent(`the inputs stand in ${where}, beyond polynomials and affine exponents`);
}

/** A real function is the real part of itself, whatever relations its generators hide. */
const realForm = (form: ExpPolynomial): ExpPolynomial =>
  isReal(form) ? form : expScale(gaussian(rational(1, 2)), expAdd(form, expConjugate(form)));

/** Characters and modes of a form that equals its conjugate. */
function split(
  algebra: Algebra,
  form: ExpPolynomial,
  inputs: readonly Node[],
  budget: Budget,
): { characters: Character[][]; modes: Mode[]; terms: ModeTerm[] } {
  const ids = inputs.map((x) => x.id);
  const own = new Set(ids);
  const found = inputs.map(() => new Map<string, number>());
  const characters: Character[][] = inputs.map(() => []);
  const modes: Mode[] = [];
  const terms: ModeTerm[] = [];

  /** The character of a rate along input `i`. */
  function reference(i: number, rate: P.Polynomial): Reference {
    const bar = leadsNegative(rate);
    const exponent = bar ? P.conjugate(rate) : rate;
    const key = P.key(exponent);
    let character = found[i]!.get(key);
    if (character === undefined) {
      character = characters[i]!.length;
      found[i]!.set(key, character);
      const real = P.isZero(realAndImaginary(exponent).im);
      characters[i]!.push({ exponent, rate: polynomialNode(algebra, exponent), real });
    }
    return { character, bar };
  }

  for (const { exponent, coefficient } of form.values()) {
    budget.spend(exponent.size + coefficient.size);
    for (const { monomial } of P.terms(exponent)) {
      const degrees = monomial.filter(([v]) => own.has(v));
      if (degrees.length > 1 || (degrees[0]?.[1] ?? 1) !== 1)
        throw new Absent(`the exponent ${exponentText(algebra, exponent)} is not affine in the inputs`);
    }
    const rates = ids.map((id) => P.derivative(exponent, id));
    const constant = P.subtract(
      exponent,
      P.sum(rates.map((rate, i) => P.multiply(rate, P.variable(ids[i]!), budget))),
    );
    const waves = [constant, ...rates].filter((p) => !P.isZero(realAndImaginary(p).im));
    // One of each pair; the last input that oscillates decides which.
    const last = waves.at(-1);
    if (last !== undefined && leadsNegative(last)) continue;
    const weight = last === undefined ? G_ONE : gaussian(rational(2));
    const mode = modes.length;
    modes.push({
      exponent: constant,
      constant: polynomialNode(algebra, constant),
      characters: rates.map((rate, i) => reference(i, rate)),
      rates: rates.map((rate) => polynomialNode(algebra, rate)),
    });
    for (const { monomial, coefficient: c } of P.coefficientsIn(coefficient, own).values()) {
      const powers = ids.map((id) => P.exponentOf(monomial, id));
      if (powers.some((k) => k < 0)) throw new Absent("an input stands in a denominator");
      terms.push({ mode, powers, coefficient: polynomialNode(algebra, P.scale(c, weight)) });
    }
  }
  return { characters, modes, terms };
}

/** Whether the imaginary part begins with a negative coefficient: never so for both of a pair of conjugates. */
function leadsNegative(p: P.Polynomial): boolean {
  const [lead] = P.terms(realAndImaginary(p).im);
  return lead !== undefined && sign(lead.coefficient.re) < 0;
}

/** An imaginary exponent is shown as the angle of its wave. */
function exponentText(algebra: Algebra, exponent: P.Polynomial): string {
  const { re, im } = realAndImaginary(exponent);
  const text = print(polynomialNode(algebra, P.isZero(re) ? im : P.isZero(im) ? re : exponent));
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** ∂ of a list of terms by a parameter, terms of one mode and power taken together. */
function createDerivative(algebra: Algebra, modes: readonly Mode[], inputs: number, budget: Budget) {
  const memo = new Map<string, Node>();
  const by = (node: Node, variable: Variable): Node => {
    const key = `${node.id} ${variable.name} ${variable.indices.map((i) => i.constant).join(",")}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const made = differentiate(algebra, node, variable, budget);
    memo.set(key, made);
    return made;
  };
  return (terms: readonly ModeTerm[], variable: Variable): ModeTerm[] => {
    const total = new Map<string, ModeTerm>();
    const put = (mode: number, powers: readonly number[], coefficient: Node): void => {
      if (coefficient === algebra.zero) return;
      const key = `${mode}:${powers.join(",")}`;
      const old = total.get(key)?.coefficient ?? algebra.zero;
      total.set(key, { mode, powers, coefficient: algebra.add(old, coefficient) });
    };
    for (const { mode, powers, coefficient } of terms) {
      budget.spend();
      const { constant, rates } = modes[mode]!;
      put(mode, powers, by(coefficient, variable));
      put(mode, powers, algebra.multiply(coefficient, by(constant, variable)));
      for (let i = 0; i < inputs; i++) {
        const raised = powers.map((k, j) => (j === i ? k + 1 : k));
        put(mode, raised, algebra.multiply(coefficient, by(rates[i]!, variable)));
      }
    }
    return [...total.values()].filter((t) => t.coefficient !== algebra.zero);
  };
}
