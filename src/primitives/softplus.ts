import type { Primitive } from "./primitive.ts";
import { base, call, du, e, less, minus, neg, num, plus, s, shifted, type Term, times, u } from "./term.ts";

/** softplus(b + f) − softplus(a + e) for a step of b + f − (a + e) ≥ 0 = log(1 + σ(a)(e^step − 1)), no part of which overflows. */
function rise(a: Term, e: Term, b: Term, f: Term, step: Term, direct: Term): Term {
  const fall = call("expm1", neg(step));
  const below = times(call("sigmoid", neg(a)), minus(num(1), times(e, call("sigmoid", a))));
  // e^b (1 − e^−step) σ(−a) = σ(a)(e^step − 1)
  const low = call("log1p", neg(times(call("exp", b), plus(num(1), f), fall, below)));
  const high = plus(step, call("log1p", times(below, fall)));
  return less(a, num(0), less(b, num(36), low, direct), high);
}

export const softplus: Primitive = {
  name: "softplus",
  arity: [1, 1],
  analytic: { kind: "real" },
  sign: "positive",
  derivatives: [call("sigmoid", u)],
  elementary: call("log", plus(num(1), call("exp", u))),
  addition: {
    law: "softplus: softplus(u + du) = softplus(u) + log1p(sigmoid(u) expm1(du))",
    value: plus(call("softplus", u), call("log1p", times(call("sigmoid", u), call("expm1", du)))),
  },
  cascade: {
    shifted: plus(call("softplus", s), times(e, call("sigmoid", s))),
    increment: less(
      du,
      num(0),
      neg(rise(s, e, u, num(0), neg(du), minus(base, shifted))),
      rise(u, num(0), s, e, du, minus(shifted, base)),
    ),
  },
  latex: "\\operatorname{softplus}(#1)",
  code: {
    js: {
      lower: plus(call("relu", u), call("log1p", call("exp", neg(call("abs", u))))),
    },
  },
};
