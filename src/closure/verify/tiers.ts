/**
 * Whether a claimed tier is not too high. Along a line in parameter space an exponential polynomial Σ p_k e^{λ_k t} with
 * deg p_k ≤ D is a polynomial exactly where its differences of order D + 1 vanish identically, D being read off the
 * formula with exponentials and waves as constants. One point at which they do not vanish proves the claim, datum by
 * datum; with open sizes two different sizes must agree. Where they vanish to all digits at all points it is refused. Parameters are taken a family at a time: where
 * f is a polynomial in each family, the others at generic values, it is one.
 */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { add, ONE, type Rational, rational, multiply as times } from "../../exact/rational.ts";
import type { Reals } from "../../precise/mpfr.ts";
import { type Ball, fromRational, multiply } from "./ball.ts";
import type { Fault, Numbers, Place } from "./evaluate.ts";
import { literalSizes } from "./ladder-equal.ts";
import { hash, POINTS, placeOf, sizesOf } from "./points.ts";
import type { CertificateDocument, VerdictDocument } from "./read.ts";
import { type Weight, weigh } from "./weigh.ts";

/** Degrees beyond this are not told from higher ones. */
const MOST_DEGREE = 500;
/** The step of differences, in units of the direction. */
const STEP = rational(7n, 19n);

type Sizes = Readonly<Record<string, number>>;

export function claimAtFault(
  numbers: Numbers,
  verdict: VerdictDocument,
  certificate: CertificateDocument,
): Fault | undefined {
  const model = numbers.read(certificate.model);
  const families = [...new Set(certificate.parameters.map(bareName))];
  const weights = new Map<string, string | undefined>();
  /** Why a family is not shown to be exponential. */
  const doubt = (family: string): string | undefined => {
    if (!weights.has(family)) weights.set(family, noExponential(numbers, model, family));
    return weights.get(family);
  };
  const refusal = (doubts: (family: string) => string | undefined): string | undefined => {
    let reason: string | undefined = "it has no parameters";
    for (const family of families) {
      reason = doubts(family);
      if (reason === undefined) return undefined;
    }
    return reason;
  };
  if (verdict.tier === "exponential-polynomial") {
    const reason = refusal(doubt);
    if (reason !== undefined) return { entry: "tier", reason };
  }
  for (const [k, { name, tier }] of verdict.parameters.entries()) {
    const reason = tier === "exponential-polynomial" ? doubt(bareName(name)) : undefined;
    if (reason !== undefined) return { entry: `parameters[${k}].tier`, reason };
  }
  for (const [k, { sizes, tier }] of (verdict.exceptions ?? []).entries()) {
    if (tier !== "exponential-polynomial") continue;
    const reason = refusal((family) => noExponential(numbers, model, family, sizes));
    if (reason !== undefined) return { entry: `exceptions[${k}].tier`, reason };
  }
  const which = certificate.of === "optimality" ? "optimality" : "model";
  const order = verdict.terminates[which];
  if (verdict.tier !== "polynomial" || order === null) return undefined;
  const degree = numbers.read(`${order}`);
  const reason = wrongDegree(numbers, model, degree) ?? respelled(numbers, verdict, certificate, degree);
  return reason === undefined ? undefined : { entry: `terminates.${which}`, reason };
}

const bareName = (parameter: string): string => parameter.replace(/\[.*$/, "");

const NO_VALUE = "the model has a value at none of the points tried";

/** Why no point shows that the model is more than a polynomial in the family. */
export function noExponential(
  numbers: Numbers,
  model: Syntax,
  family: string,
  sizes?: Sizes,
): string | undefined {
  const own = (name: string): boolean => name === family;
  const part = termsWith(model, family);
  return witnessed(numbers, sizes, (place) => {
    const degree = degreeOf(numbers, part, own, place);
    if (degree > MOST_DEGREE) return `the degree ${degree} in ${family} is too high to judge by numbers`;
    const weight = atSomeScale(part, (scale) => difference(numbers, part, own, place, degree + 1, { scale }));
    if (weight === undefined) return NO_VALUE;
    return weight === "nonzero" ? undefined : `by its values the model is a polynomial in ${family}`;
  });
}

/** The terms of a sum in which a family occurs: no difference in it is one of the others. */
function termsWith(model: Syntax, family: string): Syntax {
  const terms: Syntax[] = [];
  const pending: [node: Syntax, isNegative: boolean][] = [[model, false]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, isNegative] = next;
    if (node.kind === "negate") pending.push([node.arg, !isNegative]);
    else if (node.kind === "binary" && (node.op === "+" || node.op === "-"))
      pending.push([node.left, isNegative], [node.right, isNegative !== (node.op === "-")]);
    else if (postorder(node).some((each) => "name" in each && each.name === family))
      terms.push(isNegative ? { span: node.span, kind: "negate", arg: node } : node);
  }
  if (terms.length === 0) return model;
  return terms.reduce((left, right) => ({ kind: "binary", op: "+", left, right, span: left.span }));
}

/** The weight with the parameters of the size of 1, or of what cancels a literal where this shows no difference. */
function atSomeScale(model: Syntax, weighed: (scale: Rational) => Weight | undefined): Weight | undefined {
  let found = weighed(ONE);
  for (const exponent of literalSizes([model])) {
    if (found === "nonzero") break;
    const power = 1n << BigInt(Math.abs(exponent));
    found = weighed(exponent < 0 ? rational(power) : rational(1n, power)) ?? found;
  }
  return found;
}

/** Why the architecture's own spelling of the model contradicts the degree. */
function respelled(
  numbers: Numbers,
  { architecture }: VerdictDocument,
  { of, model }: CertificateDocument,
  degree: Syntax,
): string | undefined {
  const { precise, evaluator, isParameter, inside } = numbers;
  if (of !== undefined || architecture.model === model) return undefined;
  const own = numbers.read(architecture.model);
  for (const place of placesOf(numbers)) {
    const claimed = precise.scope(64, (r) => {
      const value = evaluator.value(r, degree, place);
      return value === undefined ? MOST_DEGREE : r.toNumber(value.re);
    });
    if (!(claimed < MOST_DEGREE)) continue;
    if (difference(numbers, own, isParameter, place, claimed + 1, { inside }) === "nonzero")
      return `by its values the model is of a degree above ${claimed}`;
  }
  return undefined;
}

/** Why the model is not shown to be a polynomial of this degree in all parameters together. */
export function wrongDegree(numbers: Numbers, model: Syntax, order: Syntax): string | undefined {
  const { precise, evaluator, isParameter } = numbers;
  return witnessed(numbers, undefined, (place) => {
    const claimed = precise.scope(64, (r) => {
      const value = evaluator.value(r, order, place);
      return value === undefined ? Number.NaN : r.toNumber(value.re);
    });
    if (!(claimed <= MOST_DEGREE)) return `the degree ${claimed} is too high to judge by numbers`;
    const top =
      claimed === 0
        ? "nonzero"
        : atSomeScale(model, (scale) => difference(numbers, model, isParameter, place, claimed, { scale }));
    if (top === undefined) return NO_VALUE;
    if (top !== "nonzero") return `by its values the model is of a degree below ${claimed}`;
    const next = difference(numbers, model, isParameter, place, claimed + 1);
    return next === "zero" ? undefined : `by its values the model is of a degree above ${claimed}`;
  });
}

/**
 * Undefined as soon as one place, or places of two different open sizes, give no reason against; the last reason
 * of a place with values otherwise.
 */
function witnessed(
  numbers: Numbers,
  sizes: Sizes | undefined,
  against: (place: Place) => string | undefined,
): string | undefined {
  const wanted = numbers.open.size > 0 && sizes === undefined ? 2 : 1;
  const witnesses = new Set<string>();
  let last = NO_VALUE;
  for (const place of placesOf(numbers, sizes)) {
    const at = [...place.indices].join(";");
    if (witnesses.has(at)) continue;
    const reason = against(place);
    if (reason === undefined) witnesses.add(at);
    else if (reason !== NO_VALUE) last = reason;
    if (witnesses.size === wanted) return undefined;
  }
  return last;
}

function* placesOf({ open, isParameter }: Numbers, sizes?: Sizes): Generator<Place> {
  for (const point of POINTS) {
    const indices =
      sizes === undefined
        ? sizesOf(point, open, 2)
        : new Map([...open].map((name) => [name, sizes[name] ?? 2]));
    yield placeOf(point, indices, isParameter);
  }
}

/** The difference of this order along a generic direction of the parameters that `varies` names, these times `scale`. */
function difference(
  { precise, evaluator }: Numbers,
  model: Syntax,
  varies: (name: string) => boolean,
  place: Place,
  order: number,
  { inside = () => true, scale = ONE }: { inside?: Numbers["inside"]; scale?: Rational } = {},
): Weight | undefined {
  const direction = (text: string): Rational => rational(500 + (hash(`direction ${text}`) % 1000), 1009);
  const terms = (r: Reals): Ball[] | undefined => {
    const made: Ball[] = [];
    let binomial = 1n;
    for (let k = 0; k <= order; k++) {
      const along = times(STEP, rational(k));
      const at: Place = {
        ...place,
        symbol(name, text) {
          const value = place.symbol(name, text);
          return varies(name) ? times(scale, add(value, times(along, direction(text)))) : value;
        },
      };
      const value = inside(r, at) ? evaluator.value(r, model, at) : undefined;
      if (value === undefined) return undefined;
      const sign = (order - k) % 2 === 0 ? binomial : -binomial;
      made.push(multiply(r, fromRational(r, { num: sign, den: 1n }), value));
      binomial = (binomial * BigInt(order - k)) / BigInt(k + 1);
    }
    return made;
  };
  return weigh(precise, terms, 4 * order);
}

/** A bound of the degree in the parameters that `varies` names, exponentials and waves being constants. */
function degreeOf(
  { evaluator, precise }: Numbers,
  syntax: Syntax,
  varies: (name: string) => boolean,
  place: Place,
): number {
  const exponentOf = (exponent: Syntax, at: Place): number =>
    precise.scope(64, (r) => {
      const value = evaluator.value(r, exponent, at);
      return value === undefined ? Number.POSITIVE_INFINITY : Math.abs(r.toNumber(value.re));
    });
  const walk = (root: Syntax, at: Place): number => {
    const stack: number[] = [];
    for (const node of evaluator.order(root)) {
      if (node.kind === "name" || node.kind === "indexed") stack.push(varies(node.name) ? 1 : 0);
      else if (node.kind === "number") stack.push(0);
      else if (node.kind === "call") {
        const args = stack.splice(stack.length - node.args.length);
        stack.push(node.name === "complex" ? Math.max(...args) : 0);
      } else if (node.kind === "fold") {
        const inner = (evaluator.range(node.lo, node.hi, at.indices) ?? []).map((value) =>
          walk(node.body, { ...at, indices: new Map(at.indices).set(node.index, value) }),
        );
        stack.push(inner.reduce((a, b) => (node.op === "sum" ? Math.max(a, b) : a + b), 0));
      } else if (node.kind === "binary") {
        const [left, right] = stack.splice(stack.length - 2) as [number, number];
        if (node.op === "^") stack.push(left === 0 ? 0 : left * exponentOf(node.right, at));
        else stack.push(node.op === "+" || node.op === "-" ? Math.max(left, right) : left + right);
      }
    }
    return stack[0]!;
  };
  return walk(syntax, place);
}
