/** Bounds of real expressions that hold for all values of their symbols: what a root needs at the end of its domain. */
import {
  add,
  compare,
  gIsReal,
  isZero,
  multiply,
  ONE,
  type Rational,
  rational,
  sign,
  ZERO,
} from "../../exact/rational.ts";
import { type Node, postorder } from "../../expression/node.ts";

/** Absent ends are infinite. */
interface Bounds {
  readonly lo?: Rational;
  readonly hi?: Rational;
}

const UNIT: Bounds = { lo: rational(-1), hi: ONE };
const POSITIVE: Bounds = { lo: ZERO };
const KNOWN: Readonly<Record<string, Bounds>> = {
  sin: UNIT,
  cos: UNIT,
  tanh: UNIT,
  erf: UNIT,
  sign: UNIT,
  sigmoid: { lo: ZERO, hi: ONE },
  erfc: { lo: ZERO, hi: rational(2) },
  exp: POSITIVE,
  abs: POSITIVE,
  sqrt: POSITIVE,
  softplus: POSITIVE,
  acosh: POSITIVE,
  cosh: { lo: ONE },
};

/**
 * Bounds of `root` wherever it has a value.
 *
 * @example
 * globalBounds(architecture({ model: "u^2 + 2*cosh(v)" }).model).lo?.num; // 2n
 */
export function globalBounds(root: Node): Bounds {
  const found = new Map<Node, Bounds>();
  for (const node of postorder(root)) found.set(node, boundsOf(node));
  return found.get(root)!;

  function boundsOf(node: Node): Bounds {
    switch (node.kind) {
      case "number":
        return gIsReal(node.value) ? { lo: node.value.re, hi: node.value.re } : {};
      case "sum":
        return node.terms.reduce<Bounds>(
          (total, [c, term]) => (gIsReal(c) ? plus(total, scaled(c.re, found.get(term)!)) : {}),
          { lo: ZERO, hi: ZERO },
        );
      case "product":
        return product(node);
      case "call":
        return KNOWN[node.name] ?? {};
      default:
        return {};
    }
  }

  /** A product of factors ≥ 0 is ≥ 0, and of factors in [0, 1] at most 1; of one in [−1, 1] an even power is. */
  function product(node: Node & { kind: "product" }): Bounds {
    let [nonnegative, small] = [true, true];
    for (const [base, k] of node.factors) {
      const { lo, hi } = found.get(base)!;
      if (k % 2 !== 0 && !(lo !== undefined && sign(lo) >= 0)) nonnegative = false;
      const within = k > 0 && hi !== undefined && compare(hi, ONE) <= 0;
      if (!(within && lo !== undefined && compare(lo, rational(-1)) >= 0)) small = false;
    }
    if (small) return nonnegative ? { lo: ZERO, hi: ONE } : UNIT;
    return nonnegative ? POSITIVE : {};
  }
}

function plus(a: Bounds, b: Bounds): Bounds {
  return {
    ...(a.lo === undefined || b.lo === undefined ? {} : { lo: add(a.lo, b.lo) }),
    ...(a.hi === undefined || b.hi === undefined ? {} : { hi: add(a.hi, b.hi) }),
  };
}

function scaled(c: Rational, a: Bounds): Bounds {
  if (isZero(c)) return { lo: ZERO, hi: ZERO };
  const [low, high] = sign(c) > 0 ? [a.lo, a.hi] : [a.hi, a.lo];
  return {
    ...(low === undefined ? {} : { lo: multiply(c, low) }),
    ...(high === undefined ? {} : { hi: multiply(c, high) }),
  };
}
