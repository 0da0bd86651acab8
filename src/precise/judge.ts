/**
 * Point values of every real function of the formula language, to any precision.
 *
 * Functions that MPFR has are correctly rounded. The others are computed with guard bits beyond twice the precision of
 * their arguments and rounded once at the end: faithful, except beside a zero of sn, cn, dn, where the error is
 * below 2^−bits absolutely.
 */
import { DescentError } from "../errors.ts";
import type { Real, Reals, Unary } from "./mpfr.ts";

type Rule = (r: Reals, ...args: Real[]) => Real | null;

/** Correctly rounded by the library. */
const NATIVE: ReadonlySet<string> = new Set<Unary>(
  (
    "exp log sqrt cbrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh abs floor ceil round erf erfc " +
    "airyai gamma lgamma zeta expm1 log1p"
  ).split(" ") as Unary[],
);

/** Largest |u|, as a power of two, beyond which the library takes minutes or more memory than there is. */
const MOST_EXPONENT = 16384;
const REACH: Readonly<Record<string, number>> = {
  sin: MOST_EXPONENT,
  cos: MOST_EXPONENT,
  tan: MOST_EXPONENT,
  airyai: 8,
  zeta: 20,
  gamma: 29,
};
const MOST_ORDER = 10_000;

/**
 * The value of a function of the formula language, rounded to the precision of `r` and owned by its scope; null where
 * there is no method: besselj of an order that is not an integer.
 *
 * NaN outside of the real domain, at poles, and where an argument is not finite; ±∞ where the value is too large for
 * MPFR (beyond 2^(2^30)). At a jump, the value there: sign(0) = 0.
 *
 * @throws DescentError `input` for a name or a number of arguments that is not in the language, `unsupported` for
 * functions with complex values, `budget` for arguments whose values take too long
 * @example
 * const precise = await openPrecise(100);
 * const value = (name, ...args) => precise.toNumber(evaluateFunction(precise, name, args.map(precise.number)));
 * value("lambertw", 1); // 0.5671432904097838
 * value("sn", 0.5, 0); // 0.479425538604203
 */
export function evaluateFunction(r: Reals, name: string, args: readonly Real[]): Real | null {
  const rule = RULES.get(name);
  const nan = (): Real => r.number(Number.NaN);
  if (rule === undefined) {
    if (/^(complex|re|im|conj)$/.test(name)) {
      throw new DescentError("unsupported", `'${name}' is a function of complex values`);
    }
    throw new DescentError("input", `no function '${name}'`);
  }
  const [least, most] = ARITY[name] ?? [1, 1];
  if (args.length < least || args.length > most) {
    const accepted = least === most ? `${least}` : `${least} to ${most}`;
    throw new DescentError("input", `'${name}' has ${args.length} arguments`, { accepted });
  }
  if (!args.every((a) => r.isFinite(a))) return nan();
  const reach = REACH[name];
  if (reach !== undefined && args.some((a) => r.exponent(a) > reach)) {
    throw new DescentError("budget", `an argument of '${name}' is too large`, {
      accepted: `less than 2^${reach} in absolute value`,
    });
  }
  return rule(r, ...args);
}

/** Computed by `inner` with guard bits, rounded once. */
const guarded =
  (inner: (w: Reals, ...args: Real[]) => Real, further = (_: Reals, ..._args: Real[]) => 0): Rule =>
  (r, ...args) => {
    const bits = Math.max(r.bits, ...args.map(r.precision));
    return r.copy(inner(r.at(2 * bits + further(r, ...args) + 64), ...args));
  };

/** The same where nothing cancels: 64 bits beside those that large arguments lose. */
const guardedOnce =
  (inner: (w: Reals, ...args: Real[]) => Real, lost: 0 | 2): Rule =>
  (r, ...args) => {
    const bits = Math.max(r.bits, ...args.map(r.precision));
    const further = lost * Math.max(0, ...args.map(r.exponent).filter(Number.isFinite));
    return r.copy(inner(r.at(bits + Math.min(further, bits) + 64), ...args));
  };

/** The phase of sn, cn, dn is as large as u and m, and loses as many bits. */
function phaseBits(r: Reals, ...args: Real[]): number {
  const bits = Math.max(0, ...args.map(r.exponent));
  if (bits > MOST_EXPONENT) throw new DescentError("budget", "an argument of sn, cn or dn is too large");
  return bits;
}

/** The library's value; NaN, not an infinity, where `isPole` holds. */
const besidePoles =
  (name: Unary, isPole: (r: Reals, u: Real) => boolean): Rule =>
  (r, u) =>
    isPole(r, u!) ? r.number(Number.NaN) : r.unary(name, u!);

const isOne = (r: Reals, u: Real): boolean => r.compare(u, r.number(1)) === 0;
const isMinusOne = (r: Reals, u: Real): boolean => r.compare(u, r.number(-1)) === 0;
const isZero = (r: Reals, u: Real): boolean => r.sign(u) === 0;
const isNonPositiveInteger = (r: Reals, u: Real): boolean => r.sign(u) <= 0 && r.isInteger(u);

const one = (r: Reals): Real => r.number(1);
const sigmoid = (r: Reals, u: Real): Real => r.div(one(r), r.add(one(r), r.exp(r.neg(u))));
const softplus = (r: Reals, u: Real): Real => r.add(r.max(r.number(0), u), r.log1p(r.exp(r.neg(r.abs(u)))));

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...[...NATIVE].map((name): [string, Rule] => [name, (r, u) => r.unary(name as Unary, u!)]),
  ["log", besidePoles("log", isZero)],
  ["log1p", besidePoles("log1p", isMinusOne)],
  ["atanh", besidePoles("atanh", (r, u) => isOne(r, r.abs(u)))],
  ["gamma", besidePoles("gamma", isNonPositiveInteger)],
  ["lgamma", besidePoles("lgamma", isNonPositiveInteger)],
  ["zeta", besidePoles("zeta", isOne)],
  ["sign", (r, u) => r.number(r.sign(u!))],
  ["relu", (r, u) => r.max(r.number(0), u!)],
  ["leaky_relu", leakyRelu],
  ["elu", (r, u) => (r.sign(u!) > 0 ? r.copy(u!) : r.expm1(u!))],
  ["max", (r, ...args) => args.reduce((a, b) => r.max(a, b))],
  ["min", (r, ...args) => args.reduce((a, b) => r.min(a, b))],
  ["atan2", (r, y, x) => r.atan2(y!, x!)],
  ["pow", pow],
  ["besselj", besselj],
  ["sigmoid", guardedOnce((w, u) => sigmoid(w, u!), 0)],
  ["softplus", guardedOnce((w, u) => softplus(w, u!), 0)],
  ["silu", guardedOnce((w, u) => w.mul(u!, sigmoid(w, u!)), 0)],
  ["mish", guardedOnce((w, u) => w.mul(u!, w.tanh(softplus(w, u!))), 0)],
  ["gelu", guardedOnce(gelu, 2)],
  ["lambertw", guarded(lambertw)],
  ["sn", guarded((w, u, m) => jacobi(w, u!, m!).sn, phaseBits)],
  ["cn", guarded((w, u, m) => jacobi(w, u!, m!).cn, phaseBits)],
  ["dn", guarded((w, u, m) => jacobi(w, u!, m!).dn, phaseBits)],
]);

/** Fewest and most arguments of what does not have one. */
const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  leaky_relu: [1, 2],
  max: [2, 64],
  min: [2, 64],
  atan2: [2, 2],
  pow: [2, 2],
  besselj: [2, 2],
  sn: [2, 2],
  cn: [2, 2],
  dn: [2, 2],
};

/** The names `evaluateFunction` knows. */
export const EVALUATED: readonly string[] = [...RULES.keys()];

function leakyRelu(r: Reals, u?: Real, slope?: Real): Real {
  if (r.sign(u!) >= 0) return r.copy(u!);
  return r.mul(slope ?? r.at(2 * r.bits).rational({ num: 1n, den: 100n }), u!);
}

/** Real powers: of a positive base, or with an integer exponent; not 0 to a negative power. */
function pow(r: Reals, base?: Real, exponent?: Real): Real {
  const zero = r.sign(base!) === 0;
  const defined = zero ? r.sign(exponent!) >= 0 : r.sign(base!) > 0 || r.isInteger(exponent!);
  return defined && !(zero && !r.isInteger(exponent!)) ? r.pow(base!, exponent!) : r.number(Number.NaN);
}

function besselj(r: Reals, order?: Real, u?: Real): Real | null {
  if (!r.isInteger(order!)) return null;
  const [n, size] = [r.toNumber(order!), Math.abs(r.toNumber(u!))];
  // The library's series takes |u|² steps up to about |u| = n², where the asymptotic expansion begins.
  if (Math.abs(n) > MOST_ORDER || (size > 1e4 && size < 4 * n * n)) {
    throw new DescentError("budget", "the order of 'besselj' is too large", {
      accepted: `orders up to ${MOST_ORDER}; up to sqrt(abs(u))/2 where abs(u) > 10000`,
    });
  }
  return r.jn(n, u!);
}

/** u·erfc(−u/√2)/2: nothing cancels on either side of 0. */
function gelu(w: Reals, u?: Real): Real {
  const tail = w.erfc(w.neg(w.div(u!, w.sqrt(w.number(2)))));
  return w.div(w.mul(u!, tail), w.number(2));
}

/**
 * W₀ by Halley's iteration (Corless et al., On the Lambert W function, 1996, §3); NaN below −1/e. Beside the branch
 * point 1 + W is of the size of √(e·x + 1), so that half of the working bits remain.
 */
function lambertw(w: Reals, x?: Real): Real {
  const u = x!;
  if (w.sign(u) === 0) return w.number(0);
  const [one, two] = [w.number(1), w.number(2)];
  const beyond = w.add(w.mul(w.e(), u), one);
  if (w.sign(beyond) < 0) return w.number(Number.NaN);
  const branch = w.sqrt(w.mul(two, beyond));
  let value = w.log1p(u);
  if (w.sign(u) < 0) value = w.sub(w.sub(branch, one), w.div(w.mul(branch, branch), w.number(3)));
  else if (w.compare(u, w.number(3)) > 0) value = w.sub(w.log(u), w.log(w.log(u)));
  for (let k = 0; k < 64; k++) {
    const power = w.exp(value);
    const residual = w.sub(w.mul(value, power), u);
    const next = w.add(value, one);
    if (w.sign(residual) === 0 || w.sign(next) === 0) break;
    const curvature = w.div(w.mul(w.add(value, two), residual), w.mul(two, next));
    const step = w.div(residual, w.sub(w.mul(power, next), curvature));
    value = w.sub(value, step);
    // Convergence is cubic; half of the bits leave room for the noise beside the branch point.
    if (w.exponent(step) < w.exponent(value) - w.bits / 2) break;
  }
  return value;
}

interface Jacobi {
  readonly sn: Real;
  readonly cn: Real;
  readonly dn: Real;
}

/**
 * sn, cn, dn for every real parameter m: by the descending Landen transformation for 0 ≤ m ≤ 1 (Abramowitz & Stegun
 * 16.4), else by 16.10 (m < 0) and 16.11 (m > 1).
 */
function jacobi(w: Reals, u: Real, m: Real): Jacobi {
  const one = w.number(1);
  if (w.sign(m) < 0) {
    const scale = w.sqrt(w.sub(one, m));
    const inner = jacobi(w, w.mul(u, scale), w.div(m, w.sub(m, one)));
    return {
      sn: w.div(inner.sn, w.mul(scale, inner.dn)),
      cn: w.div(inner.cn, inner.dn),
      dn: w.div(one, inner.dn),
    };
  }
  const complement = w.sub(one, m);
  if (w.sign(complement) < 0) {
    const modulus = w.sqrt(m);
    const inner = jacobi(w, w.mul(u, modulus), w.div(one, m));
    return { sn: w.div(inner.sn, modulus), cn: inner.dn, dn: inner.cn };
  }
  if (w.sign(complement) === 0) {
    const secant = w.div(one, w.cosh(u));
    return { sn: w.tanh(u), cn: secant, dn: secant };
  }
  return landen(w, u, m, complement);
}

function landen(w: Reals, u: Real, m: Real, complement: Real): Jacobi {
  const two = w.number(2);
  let [a, b] = [w.number(1), w.sqrt(complement)];
  const ratios: Real[] = [];
  let phase = u;
  for (let c = w.sqrt(m); w.sign(c) !== 0 && w.exponent(c) > w.exponent(a) - w.bits + 4; ) {
    const mean = w.div(w.add(a, b), two);
    c = w.div(w.sub(a, b), two);
    b = w.sqrt(w.mul(a, b));
    a = mean;
    ratios.push(w.div(c, a));
    phase = w.mul(phase, two);
  }
  phase = w.mul(phase, a);
  for (const ratio of ratios.reverse()) {
    phase = w.div(w.add(phase, w.asin(w.mul(ratio, w.sin(phase)))), two);
  }
  const [sn, cn] = [w.sin(phase), w.cos(phase)];
  // 1 − m·sn² without its cancellation where m is near 1.
  return { sn, cn, dn: w.sqrt(w.add(complement, w.mul(m, w.mul(cn, cn)))) };
}
