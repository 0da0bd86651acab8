/** Square and cube roots at whose branch points a formula is analytic all the same: of powers, and under even functions. */
import { parts, postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import { squarefree } from "../../exact/gcd.ts";
import * as P from "../../exact/polynomial.ts";
import { gaussian } from "../../exact/rational.ts";
import type { Reals } from "../../precise/mpfr.ts";
import { type Ball, divide } from "./ball.ts";
import { integerOf } from "./ladder-tower.ts";
import { polynomialAt } from "./ladder-values.ts";
import { textOf } from "./polish.ts";

const MOST_POWER = 24;

/** A quotient in parts of a formula, each a variable by its place in the list. */
interface Quotient {
  readonly parts: readonly Syntax[];
  readonly fraction: F.Fraction;
}

/**
 * The argument of a root without its powers p^n, of which the root is p^(n/2) with n/2 even, or p^(n/3): what is left has
 * the branch points. Undefined where there are no such powers.
 */
export function withoutPowers(argument: Syntax, root: "sqrt" | "cbrt", budget: Budget): Quotient | undefined {
  const period = root === "sqrt" ? 4 : 3;
  try {
    const { parts, fraction } = quotientOf(argument, budget);
    let numerator = fraction.numerator;
    for (const [factor, multiplicity] of squarefree(numerator, budget)) {
      const taken = multiplicity - (multiplicity % period);
      if (taken > 0) numerator = P.divideExact(numerator, P.power(factor, taken, budget), budget)!;
    }
    if (numerator === fraction.numerator) return undefined;
    return { parts, fraction: { numerator, denominator: fraction.denominator } };
  } catch (error) {
    if (error instanceof DescentError && error.code !== "budget") return undefined;
    throw error;
  }
}

/** @param value of a part */
export function quotientAt(
  r: Reals,
  { parts, fraction }: Quotient,
  value: (part: Syntax) => Ball | undefined,
): Ball | undefined {
  const values = parts.map(value);
  if (values.includes(undefined)) return undefined;
  const known = values as Ball[];
  return divide(r, polynomialAt(r, fraction.numerator, known), polynomialAt(r, fraction.denominator, known));
}

function quotientOf(root: Syntax, budget: Budget): Quotient {
  const variables = new Map<string, number>();
  const inside: Syntax[] = [];
  const of = (node: Syntax): F.Fraction => {
    budget.spend();
    if (node.kind === "number") return F.fromPolynomial(P.constant(gaussian(node.value)));
    if (node.kind === "negate") return F.negate(of(node.arg));
    if (node.kind === "binary") {
      const n = node.op === "^" ? integerOf(node.right) : undefined;
      if (n !== undefined && Math.abs(n) <= MOST_POWER) return F.power(of(node.left), n, budget);
      if (node.op === "+") return F.add(of(node.left), of(node.right), budget);
      if (node.op === "-") return F.subtract(of(node.left), of(node.right), budget);
      if (node.op === "*") return F.multiply(of(node.left), of(node.right), budget);
      if (node.op === "/") return F.divide(of(node.left), of(node.right), budget);
    }
    const text = textOf(node);
    const variable = variables.get(text) ?? inside.push(node) - 1;
    variables.set(text, variable);
    return F.fromPolynomial(P.variable(variable));
  };
  const fraction = of(root);
  return { parts: inside, fraction };
}

/** Even or odd in a part; undefined for neither. */
type Parity = "even" | "odd" | undefined;

const EVEN = new Set(["cos", "cosh"]);
const ODD = new Set("sin sinh tan tanh asin atan asinh atanh erf".split(" "));

/** Whether a formula is an even function of a root, and so free of its branch point. */
export function isEvenIn(form: Syntax, root: Syntax): boolean {
  const text = textOf(root);
  const known = new Map<Syntax, Parity>();
  for (const node of postorder(form)) {
    const isRoot = node.kind === "call" && root.kind === "call" && node.name === root.name;
    known.set(node, isRoot && textOf(node) === text ? "odd" : parityOf(node, (part) => known.get(part)));
  }
  return known.get(form) === "even";
}

function parityOf(node: Syntax, of: (part: Syntax) => Parity): Parity {
  if (parts(node).every((part) => of(part) === "even")) return "even";
  switch (node.kind) {
    case "negate":
      return of(node.arg);
    case "binary": {
      const [a, b] = [of(node.left), of(node.right)];
      if (a === undefined || b === undefined) return undefined;
      if (node.op === "+" || node.op === "-") return a === b ? a : undefined;
      if (node.op !== "^") return a === b ? "even" : "odd";
      const n = integerOf(node.right);
      return n === undefined ? undefined : n % 2 === 0 ? "even" : a;
    }
    case "call": {
      const argument = node.args.at(-1)!;
      if (of(argument) !== "odd") return undefined;
      if (EVEN.has(node.name)) return "even";
      if (ODD.has(node.name)) return "odd";
      const order = node.name === "besselj" ? integerOf(node.args[0]!) : undefined;
      return order === undefined ? undefined : order % 2 === 0 ? "even" : "odd";
    }
    case "fold":
      return node.op === "sum" &&
        parts(node)
          .slice(1)
          .every((part) => of(part) === "even")
        ? of(node.body)
        : undefined;
    default:
      return undefined;
  }
}
