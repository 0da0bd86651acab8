/** Increments that several rows are made of; each is an identity in exact arithmetic, and nothing in it cancels. */
import { call, du, e, less, minus, neg, num, over, plus, s, type Term, times, u } from "./term.ts";

const FAR: Term = { kind: "number", value: { num: 10n ** 200n, den: 1n } };
const NEAR: Term = { kind: "number", value: { num: 1n, den: 10n ** 200n } };

/** σ(x + e) for an e that is small or where σ no longer moves. */
export const sigmoidAt = (x: Term, e: Term): Term =>
  times(call("sigmoid", x), plus(num(1), times(e, call("sigmoid", neg(x)))));

/** σ(b) − σ(a) = σ(b) σ(−a) (1 − e^(a−b)) for b = s + e = u + du, a = u; the other way round for du < 0. */
export const sigmoidIncrement = (u: Term, du: Term, s: Term, e: Term): Term =>
  less(
    du,
    num(0),
    times(call("sigmoid", u), sigmoidAt(neg(s), neg(e)), call("expm1", du)),
    neg(times(sigmoidAt(s, e), call("sigmoid", neg(u)), call("expm1", neg(du)))),
  );

/** log |after| − log |before| where after = before + step, of one sign: by log1p, below a half by the quotient, far away as it stands. */
export function logIncrement(before: Term, step: Term, after: Term): Term {
  const ratio = over(step, before);
  const quotient = over(after, before);
  const direct = minus(call("log", call("abs", after)), call("log", call("abs", before)));
  return less(
    ratio,
    num(-1, 2),
    less(quotient, NEAR, direct, call("log", quotient)),
    less(ratio, FAR, call("log1p", ratio), direct),
  );
}

/**
 * arsinh b − arsinh a, or arcosh, for a = u > 0, b = s > 0 with c(x) = √(x² ± 1): sinh of it is (b − a)(a + b)/(b c(a) + a c(b)).
 * Where that overflows it is log b − log a, or one of the two is so much smaller that nothing cancels.
 */
export function areaIncrement(u: Term, du: Term, s: Term, cu: Term, cs: Term, direct: Term): Term {
  const large = num(100_000_000);
  const [a, b] = [call("abs", u), call("abs", s)];
  const logarithmic = times(call("sign", u), logIncrement(u, du, s));
  const far = less(large, a, less(large, b, logarithmic, direct), direct);
  const near = call("asinh", over(du, over(plus(times(s, cu), times(u, cs)), plus(u, s))));
  return less(plus(a, b), { kind: "number", value: { num: 10n ** 100n, den: 1n } }, near, far);
}

const COSINE = call("sqrt", times(minus(num(1), u), plus(num(1), u)));
/** √(1 − b²) for b = s + e */
export const SHIFTED_COSINE = call("sqrt", times(minus(minus(num(1), s), e), plus(plus(num(1), s), e)));
/** arcsin b − arcsin a: the tangent of half of it is (b − a)/(√(1 − a²) + √(1 − b²)). */
export const ARC_INCREMENT = times(num(2), call("atan", over(du, plus(COSINE, SHIFTED_COSINE))));

/** 2^−26: the square of anything below is no part of a double beside 1. */
const SLIGHT: Term = num(1, 2 ** 26);
const wave = (slight: Term, e: Term, whole: Term): Term => less(call("abs", e), SLIGHT, slight, whole);

/** sin(x + e), cos(x + e); where x is beyond 2^26, e is no longer small. */
export const sineAt = (x: Term, e: Term): Term =>
  wave(
    plus(call("sin", x), times(e, call("cos", x))),
    e,
    plus(times(call("sin", x), call("cos", e)), times(call("cos", x), call("sin", e))),
  );
export const cosineAt = (x: Term, e: Term): Term =>
  wave(
    minus(call("cos", x), times(e, call("sin", x))),
    e,
    minus(times(call("cos", x), call("cos", e)), times(call("sin", x), call("sin", e))),
  );
