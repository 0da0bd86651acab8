/**
 * The generators that place a random member in its tier: each is in the tier and in none below, with the reason. u, v are
 * affine forms in θ that are not constant; "apart" means in parameters that the other form does not have.
 */
import { affine, amplitude, apart, linear, type Scope } from "./forms.ts";
import {
  call,
  data,
  fixed,
  minus,
  negative,
  num,
  one,
  onePlusSquare,
  over,
  parameter,
  power,
  realPower,
  sum,
  type Term,
  times,
} from "./terms.ts";

export interface Core {
  readonly make: (scope: Scope) => Term;
  /** `part`: it has no value on an open set of θ. Else it has one everywhere but at poles. */
  readonly domain?: "part";
  /** `finite`: as few poles as a polynomial can cancel. */
  readonly singularities?: "finite";
}

type Maker = (u: Term, scope: Scope) => Term;
const cores = (list: readonly Maker[], more: Omit<Core, "make"> = {}): Core[] =>
  list.map((make) => ({ make: (scope) => make(affine(scope), scope), ...more }));
const unary = (names: string): Maker[] => names.split(" ").map((name) => (u) => call(name, u));

const other = (scope: Scope): Term => affine(apart(scope));
const own = (scope: Scope): Term => parameter(apart(scope).parameters[0]!);
const modulus = (scope: Scope): Term => fixed(scope.dice.pick(["1/2", "1/3", "3/4"]));
const order = (scope: Scope): Term => fixed(scope.dice.integer(0, 3));
const positive = (scope: Scope): Term => num(scope.dice.pick(["1", "2", "1/2", "3"]));

/** Poles on infinitely many hyperplanes, none of which a polynomial or an exponential cancels. */
const PERIODIC: readonly Core[] = cores([
  ...unary("tanh sigmoid silu mish mish tan tanh sigmoid"),
  (u) => power(call("tanh", u), 2),
  (u, scope) => over(one, sum(positive(scope), call("exp", u))),
  (u) => over(call("exp", u), sum(call("exp", u), num(2))),
  (u) => over(one, sum(num(2), call("cos", u))),
  (u, scope) => call("sn", u, modulus(scope)),
  (u, scope) => call("cn", u, modulus(scope)),
  (u, scope) => call("dn", u, modulus(scope)),
  // Apart: for fixed parameters of the one factor, a number times the other.
  (u, scope) => times(call("tanh", u), call("sigmoid", other(scope))),
]);

/** 1 + u², c + e^u and u have simple zeros in complex θ, so an odd root of one branches there. */
const BRANCHED: readonly Core[] = [
  ...cores([
    (u) => call("sqrt", onePlusSquare(u)),
    (u) => call("cbrt", onePlusSquare(u)),
    (u) => power(onePlusSquare(u), "-1/2"),
    (u, scope) => call("sqrt", sum(positive(scope), call("exp", u))),
  ]),
  ...cores([(u) => call("sqrt", u)], { domain: "part" }),
];

/** Rational, with a pole: numerator and denominator are apart or differ by a constant. */
const RATIONAL: readonly Core[] = cores(
  [
    (u) => over(one, onePlusSquare(u)),
    (u, scope) => over(amplitude(scope), onePlusSquare(u)),
    (u) => over(one, u),
    (u, scope) => over(data(scope.inputs.base), u),
    (u) => over(minus(u, one), sum(u, one)),
  ],
  { singularities: "finite" },
);

export const ADDITION: readonly Core[] = [...PERIODIC, ...BRANCHED, ...RATIONAL];

/**
 * Let F be the functions that are algebraic over 𝒦(θ, e^{λθ}, sn, cn, dn of affine forms). Ax (1971): e^b, sn(b) for b in F
 * that is not affine are transcendental over F. A logarithm of h in F is in the algebraic closure of F only if h is a
 * constant times an e^{λθ}, as dh/h has a residue at a zero or pole of h and no derivative in F has one.
 */
export const CASCADE: readonly Core[] = [
  ...cores([
    (u) => call("exp", negative(power(u, 2))),
    (u) => call("exp", over(power(u, 2), num(-2))),
    (u, scope) => call("exp", negative(over(power(u, 2), times(num(2), power(own(scope), 2))))),
    (u) => call("exp", negative(call("exp", u))),
    (u, scope) => times(amplitude(scope), call("exp", negative(call("exp", negative(u))))),
    (u) => call("exp", over(one, u)),
    (u) => call("exp", call("tanh", u)),
    (u) => call("exp", call("sin", u)),
    (u) => call("exp", call("sqrt", onePlusSquare(u))),
    (u) => call("log", onePlusSquare(u)),
    (u, scope) => call("log", sum(positive(scope), call("exp", u))),
    (u) => call("log", call("cosh", u)),
    (u) => call("log", sum(num(2), call("sin", u))),
    ...unary("softplus softplus atan atan asinh"),
    (u) => call("atan", call("exp", u)),
    (u) => call("acosh", sum(num(2), power(u, 2))),
    (u) => call("acosh", sum(one, call("exp", u))),
    (u) => call("sin", power(u, 2)),
    (u, scope) => call("cos", times(u, other(scope))),
    (u, scope) => call("tanh", times(u, other(scope))),
    (u) => call("sigmoid", power(u, 2)),
    (u) => call("sigmoid", call("exp", u)),
    (u) => call("silu", call("tanh", u)),
    (u, scope) => call("sin", times(own(scope), call("sin", u))),
    (u, scope) => call("tanh", sum(times(own(scope), call("tanh", u)), parameter("d"))),
    (u, scope) => call("sigmoid", times(own(scope), call("silu", u))),
    (u, scope) => call("sn", power(u, 2), modulus(scope)),
    (u, scope) => call("dn", times(u, other(scope)), modulus(scope)),
    (u, scope) => realPower(onePlusSquare(u), other(scope)),
    (u, scope) => realPower(sum(num(2), call("sin", u)), other(scope)),
    (u, scope) => realPower(data(scope.inputs.base), power(u, 2)),
  ]),
  ...cores(
    [
      ...unary("log atanh asin acos"),
      (u, scope) => realPower(own(scope), u),
      (u, scope) => call("exp", negative(realPower(over(data(scope.inputs.base), own(scope)), u))),
      (_, scope) => realPower(linear(scope).term, own(scope)),
      (u) => times(u, call("log", u)),
    ],
    { domain: "part" },
  ),
];

/**
 * D-finite, as D-finite functions of algebraic functions are. erf is not elementary (Liouville), the equations of Airy and of
 * Bessel at an integer order have no Liouvillian solution (Kovacic 1986), and neither comes from elliptic functions.
 */
export const HOLONOMIC: readonly Core[] = cores([
  ...unary("erf erf erfc gelu gelu airyai"),
  (u, scope) => call("besselj", order(scope), u),
  (u, scope) => call("besselj", order(scope), u),
  (u) => call("erf", power(u, 2)),
  (u) => call("erf", call("sqrt", onePlusSquare(u))),
  (u, scope) => call("erf", times(u, other(scope))),
  (u) => times(call("exp", power(u, 2)), call("erf", u)),
  (u, scope) => call("besselj", order(scope), power(u, 2)),
  (u, scope) => times(call("erf", u), call("erf", other(scope))),
]);

/**
 * None is D-finite: a D-finite function has finitely many singularities, if entire it has finite order, and with f also 1/f is
 * only where f′/f is algebraic (Harris and Sibuya 1985). None is in `cascade`: erf, Bessel or Airy functions could be
 * had from it by inverses that `cascade` has; Lambert W and ω(u) = W(e^u) are not Liouvillian (Rosenlicht 1969).
 */
export const DIFFERENTIAL: readonly Core[] = cores([
  (u) => call("exp", call("erf", u)),
  (u) => call("exp", negative(power(call("erf", u), 2))),
  (u) => call("exp", call("airyai", u)),
  (u, scope) => call("exp", call("besselj", order(scope), u)),
  (u) => call("tanh", call("erf", u)),
  (u) => call("sin", call("erf", u)),
  (u) => call("softplus", call("erf", u)),
  (u) => over(one, sum(num(2), call("erf", u))),
  (u) => call("log", sum(num(2), call("erf", u))),
  (u) => call("sqrt", sum(num(2), call("erf", u))),
  (u) => over(one, onePlusSquare(call("besselj", fixed(0), u))),
  (u) => call("erf", call("exp", u)),
  (u) => call("erf", call("sin", u)),
  (u) => call("besselj", fixed(0), call("exp", u)),
  (u, scope) => call("erf", times(own(scope), call("erf", u))),
  (u, scope) => call("gelu", times(own(scope), call("gelu", u))),
  (u) => call("lambertw", onePlusSquare(u)),
  (u) => call("lambertw", call("exp", u)),
  (u, scope) => times(call("tanh", u), call("erf", other(scope))),
  (u, scope) => sum(call("tanh", u), call("erf", other(scope))),
  (u, scope) => sum(call("lambertw", onePlusSquare(u)), call("erf", other(scope))),
]);

/** Γ: Hölder 1887; log|Γ| with it; ζ: Hilbert 1900, Stadigh 1902. Inside an algebraic or exponential function, too. */
export const HYPERTRANSCENDENTAL: readonly Core[] = cores([
  ...unary("gamma gamma lgamma"),
  (u) => call("gamma", sum(one, call("exp", u))),
  (u) => call("gamma", onePlusSquare(u)),
  (u) => call("lgamma", onePlusSquare(u)),
  (u) => call("zeta", sum(num(2), call("exp", u))),
  (u) => call("zeta", u),
  (u) => call("exp", negative(call("gamma", onePlusSquare(u)))),
  (u, scope) => times(call("gamma", u), call("gamma", other(scope))),
]);

/** Not analytic where u = 0 (or u = v, or u is a half-integer, …), which happens at interior points for some data. */
export const KINKED: readonly Core[] = cores([
  ...unary("relu relu abs elu sign floor ceil round cbrt"),
  (u) => call("leaky_relu", u, fixed("1/100")),
  (u, scope) => call("max", u, other(scope)),
  (u, scope) => call("min", u, other(scope)),
  (u) => call("max", u, num(0)),
  (u) => power(call("relu", u), 2),
  (u) => power(call("abs", u), 3),
  (u) => call("sqrt", power(u, 2)),
  (u, scope) => call("sqrt", sum(power(u, 2), power(other(scope), 2))),
  (u, scope) => call("abs", times(u, other(scope))),
  (u) => call("abs", minus(call("exp", u), one)),
  (u) => call("abs", call("tanh", u)),
  (u) => call("relu", call("sin", u)),
  (u) => call("exp", negative(call("abs", u))),
  (u) => over(one, sum(one, call("abs", u))),
  (u) => call("tanh", call("relu", u)),
  (u, scope) => call("relu", sum(times(own(scope), call("relu", u)), parameter("d"))),
  (u) => call("relu", sum(call("erf", u), num("1/3"))),
  (u) => call("softplus", call("abs", u)),
  (u) => call("asin", call("sin", u)),
  (u) => call("acosh", call("cosh", u)),
]);
