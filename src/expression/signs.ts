/**
 * Signs of real expressions, at every place where these have values: sets of those that are possible. Sums of what is not
 * negative, even powers, functions of one sign, and constants that outweigh what is bounded by 1.
 */
import { add, compare, gIsReal, negate, type Rational, rational, sign, ZERO } from "../exact/rational.ts";
import { isLiteral } from "./affine.ts";
import { type Algebra, type Node, postorder, type SumNode } from "./node.ts";

/** A union of these. */
export type Signs = number;
export const [NEGATIVE, NONE, POSITIVE] = [1, 2, 4] as const;
export const ANY = NEGATIVE | NONE | POSITIVE;

const each = [
  [NEGATIVE, -1],
  [NONE, 0],
  [POSITIVE, 1],
] as const;
const bitOf = (side: number): Signs => (side < 0 ? NEGATIVE : side > 0 ? POSITIVE : NONE);

const pairs = (a: Signs, b: Signs, of: (s: number, t: number) => Signs): Signs => {
  let all = 0;
  for (const [p, s] of each) for (const [q, t] of each) if ((a & p) !== 0 && (b & q) !== 0) all |= of(s, t);
  return all;
};
const plus = (a: Signs, b: Signs): Signs => pairs(a, b, (s, t) => (s * t < 0 ? ANY : bitOf(s + t)));
const times = (a: Signs, b: Signs): Signs => pairs(a, b, (s, t) => bitOf(s * t));
export const opposite = (a: Signs): Signs => times(a, NEGATIVE);

function power(a: Signs, k: number): Signs {
  const base = k < 0 ? a & ~NONE : a;
  return k % 2 === 0 ? times(base, base) & ~NEGATIVE : base;
}

/** Functions with the sign of their argument. */
const ODD: ReadonlySet<string> = new Set(
  "sinh tanh asinh atanh asin atan erf cbrt sign expm1 log1p silu gelu".split(" "),
);
/** Functions that vanish with their argument, and are not negative. */
const SIZE: ReadonlySet<string> = new Set(["abs", "sqrt", "relu"]);
/** At most 1 in modulus. */
const BOUNDED: ReadonlySet<string> = new Set("sin cos tanh erf sn cn sign sigmoid".split(" "));

/**
 * The signs that an expression may have.
 *
 * @param known signs of parts that are known from elsewhere; those with free indices hold for all their values
 */
export function signsOf({ primitives }: Algebra, root: Node, known: ReadonlyMap<Node, Signs>): Signs {
  const found = new Map<Node, Signs>();
  const bounded = new Set<Node>();
  for (const node of postorder(root)) {
    if (isBounded(node)) bounded.add(node);
    found.set(node, compute(node) & (known.get(node) ?? ANY));
  }
  return found.get(root)!;

  function isBounded(node: Node): boolean {
    if (node.kind === "call")
      return BOUNDED.has(node.name) || (node.name === "abs" && bounded.has(node.args[0]!));
    return node.kind === "product" && node.factors.every(([base, k]) => k > 0 && bounded.has(base));
  }

  function compute(node: Node): Signs {
    switch (node.kind) {
      case "number":
        return gIsReal(node.value) ? bitOf(sign(node.value.re)) : ANY;
      case "symbol":
        return node.role === "constant" ? POSITIVE : ANY;
      case "integer":
        return ANY;
      case "test":
        return NONE | POSITIVE;
      case "sum":
        return sumOf(node);
      case "product":
        return node.factors.reduce<Signs>(
          (total, [base, k]) => times(total, power(found.get(base)!, k)),
          POSITIVE,
        );
      case "call": {
        const own = node.args.length === 1 ? found.get(node.args[0]!)! : ANY;
        if (ODD.has(node.name)) return own;
        if (SIZE.has(node.name)) {
          const positive = node.name === "abs" ? times(own, own) & ~NEGATIVE : own & ~NEGATIVE;
          return node.name === "relu" && (own & NEGATIVE) !== 0 ? positive | NONE : positive;
        }
        const stated = primitives.get(node.name)?.sign;
        return stated === "positive" ? POSITIVE : stated === "nonnegative" ? NONE | POSITIVE : ANY;
      }
      case "fold": {
        const body = found.get(node.body)!;
        if (node.op === "prod")
          return POSITIVE | power(body, 2) | ((body & NEGATIVE) === 0 ? 0 : ANY & ~NONE);
        const { lo, hi, except } = node;
        const empty = !(isLiteral(lo) && isLiteral(hi) && hi.constant >= lo.constant && except.length === 0);
        return plus(body, body) | (empty ? NONE : 0);
      }
    }
  }

  /** What is bounded by 1 and of any sign takes at most its coefficient from the constant term. */
  function sumOf({ terms }: SumNode): Signs {
    if (terms.some(([c]) => !gIsReal(c))) return ANY;
    const plain = terms.reduce<Signs>(
      (total, [{ re }, term]) => plus(total, times(bitOf(sign(re)), found.get(term)!)),
      NONE,
    );
    return plain & outweighed(terms, 1) & opposite(outweighed(terms, -1));
  }

  function outweighed(terms: SumNode["terms"], side: 1 | -1): Signs {
    let constant: Rational = ZERO;
    let rest: Signs = NONE;
    for (const [{ re }, term] of terms) {
      const c = side > 0 ? re : negate(re);
      if (term.kind === "number") constant = add(constant, c);
      else if (bounded.has(term)) {
        const own = times(bitOf(sign(c)), found.get(term)!);
        if ((own & NEGATIVE) !== 0) constant = add(constant, sign(c) > 0 ? negate(c) : c);
        else rest = plus(rest, own);
      } else rest = plus(rest, times(bitOf(sign(c)), found.get(term)!));
    }
    const least = compare(constant, rational(0));
    return least < 0 ? ANY : plus(rest, least > 0 ? POSITIVE : NONE | POSITIVE);
  }
}
