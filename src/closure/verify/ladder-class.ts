/**
 * The tiers that a formula is in, read off it from the inside out by closure properties: an upper bound, whatever cancels.
 * Functions of what does not depend on the active symbols are constants.
 */
import { parts, type Syntax } from "../../architecture/syntax.ts";
import type { Budget } from "../../errors.ts";
import { divide, isZero, multiply, negate, ONE, type Rational } from "../../exact/rational.ts";

export interface Class {
  /** Degree in the active symbols: 0, 1, or 2 for more; infinite where it is no polynomial. */
  readonly degree: number;
  readonly exponential: boolean;
  /** Closed under + * / and rational powers. */
  readonly addition: boolean;
  readonly cascade: boolean;
  readonly algebraic: boolean;
  readonly holonomic: boolean;
  readonly differential: boolean;
  /** A constant times the exponential of something affine. */
  readonly unit: boolean;
  /** Something algebraic times the exponential of something algebraic: then its powers are holonomic. */
  readonly monomial: boolean;
}

const NONE: Class = {
  degree: Number.POSITIVE_INFINITY,
  exponential: false,
  addition: false,
  cascade: false,
  algebraic: false,
  holonomic: false,
  differential: false,
  unit: false,
  monomial: false,
};
const CONSTANT: Class = {
  degree: 0,
  exponential: true,
  addition: true,
  cascade: true,
  algebraic: true,
  holonomic: true,
  differential: true,
  unit: true,
  monomial: true,
};
/** Of a sum without terms: what it is a factor of vanishes too. */
const ZERO: Class = { ...CONSTANT };
const SYMBOL: Class = { ...CONSTANT, degree: 1, unit: false };

export const LADDER = [
  "polynomial",
  "exponential-polynomial",
  "addition-theorem",
  "cascade",
  "holonomic",
  "differentially-algebraic",
] as const;

/** Whether what is of this class is in the tier or a lower one. */
export function fits(found: Class, tier: string): boolean {
  switch (tier) {
    case "polynomial":
      return Number.isFinite(found.degree);
    case "exponential-polynomial":
      return found.exponential;
    case "addition-theorem":
      return found.addition;
    case "cascade":
      return found.cascade;
    case "holonomic":
      return found.holonomic;
    case "differentially-algebraic":
      return found.differential;
    default:
      return false;
  }
}

/** The class of the whole stands last. */
export const wholeOf = (classes: ReadonlyMap<Syntax, Class>): Class => [...classes.values()].at(-1)!;

const isConstant = (c: Class): boolean => c.degree === 0;
const isAffine = (c: Class): boolean => c.degree <= 1;
const capped = (degree: number): number => (Number.isFinite(degree) ? Math.min(degree, 2) : degree);

function both(a: Class, b: Class): Omit<Class, "degree" | "unit" | "monomial"> {
  return {
    exponential: a.exponential && b.exponential,
    addition: a.addition && b.addition,
    cascade: a.cascade && b.cascade,
    algebraic: a.algebraic && b.algebraic,
    holonomic: a.holonomic && b.holonomic,
    differential: a.differential && b.differential,
  };
}

function sum(a: Class, b: Class): Class {
  const joint = both(a, b);
  const degree = Math.max(a.degree, b.degree);
  return { ...joint, degree, unit: degree === 0, monomial: joint.algebraic };
}

function product(a: Class, b: Class): Class {
  if (a === ZERO || b === ZERO) return ZERO;
  return {
    ...both(a, b),
    degree: capped(a.degree + b.degree),
    unit: a.unit && b.unit,
    monomial: a.monomial && b.monomial,
  };
}

/** 1/a */
const reciprocal = (a: Class): Class =>
  isConstant(a)
    ? CONSTANT
    : { ...a, degree: Number.POSITIVE_INFINITY, exponential: a.unit, holonomic: a.monomial };

/** a^r for a rational r that is no natural number. */
const rationalPower = reciprocal;

/** What entire functions of the first order make of an argument: sums of exponentials, or one where `single`. */
function exponentialOf(u: Class, single: boolean): Class {
  if (isConstant(u)) return CONSTANT;
  const affine = isAffine(u);
  return {
    ...NONE,
    exponential: affine,
    addition: affine,
    cascade: u.cascade,
    holonomic: u.algebraic,
    differential: u.differential,
    unit: single && affine,
    monomial: single && u.algebraic,
  };
}

const EXPONENTIALS = new Set("sin cos sinh cosh expm1".split(" "));
/** Rational in the exponential of the argument, times the argument perhaps. */
const RATIONAL = new Set("tan tanh sigmoid silu mish".split(" "));
const LOGARITHMS = new Set("log log1p atan asin acos asinh acosh atanh".split(" "));
const ERRORS = new Set("erf erfc gelu airyai".split(" "));

export function callOf(name: string, args: readonly Class[]): Class {
  if (args.every(isConstant)) return CONSTANT;
  const [u, v] = args as [Class, Class | undefined];
  if (name === "complex" && v !== undefined) return sum(u, v);
  // Real parts of analytic functions of real symbols are half the sum with the conjugate.
  if (name === "re" || name === "im" || name === "conj") return sum(u, u);
  if (name === "exp") return exponentialOf(u, true);
  if (EXPONENTIALS.has(name)) return exponentialOf(u, false);
  const composed = { ...NONE, cascade: u.cascade, differential: u.differential };
  if (RATIONAL.has(name)) return { ...composed, addition: isAffine(u) };
  if (name === "softplus") return composed;
  if (LOGARITHMS.has(name)) return { ...composed, holonomic: u.algebraic };
  if (name === "sqrt" || name === "cbrt") return rationalPower(u);
  const entire = { ...NONE, holonomic: u.algebraic, differential: u.differential };
  if (ERRORS.has(name)) return entire;
  if (name === "besselj")
    return isConstant(u) && v !== undefined
      ? { ...NONE, holonomic: v.algebraic, differential: v.differential }
      : NONE;
  if (name === "lambertw") return { ...NONE, differential: u.differential };
  if (/^[scd]n$/.test(name) && v !== undefined) {
    if (!isConstant(v)) return { ...NONE, differential: u.differential && v.differential };
    return { ...composed, addition: isAffine(u) };
  }
  return NONE;
}

function powerOf(node: Syntax & { kind: "binary" }, a: Class, b: Class, natural: ReadonlySet<string>): Class {
  if (isConstant(a) && isConstant(b)) return CONSTANT;
  if (!isConstant(b)) {
    // a^b = exp(b·log a)
    if (isConstant(a)) return exponentialOf(b, true);
    return { ...NONE, cascade: a.cascade && b.cascade, differential: a.differential && b.differential };
  }
  const exponent = rationalOf(node.right);
  if (exponent !== undefined) {
    return naturalOrRational(a, exponent);
  }
  if (node.right.kind === "name" && natural.has(node.right.name)) return product(a, a);
  return {
    ...NONE,
    exponential: a.unit,
    addition: a.unit,
    cascade: a.cascade,
    holonomic: a.monomial,
    differential: a.differential,
    unit: a.unit,
    monomial: a.monomial,
  };
}

/** a^r for a rational r. */
function naturalOrRational(a: Class, exponent: Rational): Class {
  if (exponent.den !== 1n || exponent.num < 0n) return rationalPower(a);
  if (exponent.num === 0n) return CONSTANT;
  return { ...product(a, a), degree: capped(exponent.num === 1n ? a.degree : 2 * a.degree) };
}

/** u and r where the node is r·log u: its exponential is u^r. */
function powerOfLog(node: Syntax): { base: Syntax; exponent: Rational } | undefined {
  if (node.kind === "call" && node.name === "log") return { base: node.args[0]!, exponent: ONE };
  if (node.kind === "negate") {
    const inner = powerOfLog(node.arg);
    return inner && { ...inner, exponent: negate(inner.exponent) };
  }
  if (node.kind !== "binary" || (node.op !== "*" && node.op !== "/")) return undefined;
  const [left, right] = [rationalOf(node.left), rationalOf(node.right)];
  const inner = node.op === "*" && left !== undefined ? powerOfLog(node.right) : powerOfLog(node.left);
  const factor = node.op === "*" && left !== undefined ? left : right;
  if (inner === undefined || factor === undefined || isZero(factor)) return undefined;
  const scale = node.op === "/" ? divide(ONE, factor) : factor;
  return { ...inner, exponent: multiply(inner.exponent, scale) };
}

/** The class of e^node where logarithms are among its terms: e^(r·log u + v) = u^r·e^v. */
function exponentialWithLogs(root: Syntax, classes: ReadonlyMap<Syntax, Class>): Class | undefined {
  let [powers, rest]: [Class | undefined, Class] = [undefined, CONSTANT];
  const pending: [node: Syntax, isNegative: boolean][] = [[root, false]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, isNegative] = next;
    if (node.kind === "negate") pending.push([node.arg, !isNegative]);
    else if (node.kind === "binary" && (node.op === "+" || node.op === "-"))
      pending.push([node.left, isNegative], [node.right, isNegative !== (node.op === "-")]);
    else {
      const power = powerOfLog(node);
      if (power === undefined) rest = sum(rest, classes.get(node)!);
      else {
        const base = classes.get(power.base)!;
        const exponent = isNegative ? negate(power.exponent) : power.exponent;
        powers = product(powers ?? CONSTANT, isConstant(base) ? CONSTANT : naturalOrRational(base, exponent));
      }
    }
  }
  return powers && product(powers, exponentialOf(rest, true));
}

/** Functions of real exponentials of their argument. */
const OF_EXPONENTIALS = new Set("exp expm1 sinh cosh tanh sigmoid silu mish softplus".split(" "));

/** The function of u where `e` is the class of e^u. */
function ofExponential(name: string, e: Class, u: Class): Class {
  const one = sum(e, CONSTANT);
  switch (name) {
    case "exp":
      return e;
    case "expm1":
      return one;
    case "softplus":
      return callOf("log", [one]);
    case "sinh":
    case "cosh":
      return sum(e, reciprocal(e));
    default: {
      const quotient = product(one, reciprocal(one));
      return name === "silu" || name === "mish" ? product(u, quotient) : quotient;
    }
  }
}

function rationalOf(node: Syntax): Rational | undefined {
  if (node.kind === "number") return node.value;
  if (node.kind === "negate") {
    const inner = rationalOf(node.arg);
    return inner && negate(inner);
  }
  if (node.kind !== "binary" || node.op !== "/" || node.right.kind !== "number") return undefined;
  const top = rationalOf(node.left);
  return top === undefined || isZero(node.right.value) ? undefined : divide(top, node.right.value);
}

/** The parts whose class counts: not bounds, indices and conditions. */
export function bodies(node: Syntax): readonly Syntax[] {
  return node.kind === "indexed" ? [] : node.kind === "fold" ? [node.body] : parts(node);
}

/**
 * The class of every node of a formula.
 *
 * @param isEmpty tells folds without terms
 */
export function classesOf(
  root: Syntax,
  active: (name: string) => boolean,
  sizes: ReadonlySet<string>,
  budget: Budget,
  isEmpty: (fold: Syntax & { kind: "fold" }) => boolean = () => false,
): ReadonlyMap<Syntax, Class> {
  const order: Syntax[] = [];
  const natural = new Set(sizes);
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    budget.spend();
    order.push(node);
    pending.push(...bodies(node));
    const lo = node.kind === "fold" ? rationalOf(node.lo) : undefined;
    if (node.kind === "fold" && lo !== undefined && lo.num >= 0n) natural.add(node.index);
  }
  const found = new Map<Syntax, Class>();
  for (const node of order.reverse()) {
    budget.spend();
    const args = bodies(node).map((part) => found.get(part)!);
    found.set(node, classOf(node, args));
  }
  return found;

  function classOf(node: Syntax, args: readonly Class[]): Class {
    const [a, b] = args as [Class, Class];
    switch (node.kind) {
      case "number":
        return CONSTANT;
      case "name":
      case "indexed":
        return active(node.name) ? SYMBOL : CONSTANT;
      case "negate":
        return a;
      case "call": {
        const e = OF_EXPONENTIALS.has(node.name) ? exponentialWithLogs(node.args[0]!, found) : undefined;
        return e === undefined || isConstant(a) ? callOf(node.name, args) : ofExponential(node.name, e, a);
      }
      case "fold":
        if (isEmpty(node)) return node.op === "sum" ? ZERO : CONSTANT;
        if (isConstant(a)) return CONSTANT;
        return node.op === "sum" ? sum(a, a) : product(a, a);
      case "binary":
        if (node.op === "^") return powerOf(node, a, b, natural);
        if (node.op === "*") return product(a, b);
        return node.op === "/" ? product(a, reciprocal(b)) : sum(a, b);
    }
  }
}
