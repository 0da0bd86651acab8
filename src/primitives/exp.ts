import { G_ONE } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { base, call, du, e, less, neg, num, plus, s, shifted, times, u } from "./term.ts";

export const exp: Primitive = {
  name: "exp",
  arity: [1, 1],
  analytic: { kind: "entire" },
  sign: "positive",
  atZero: G_ONE,
  derivatives: [call("exp", u)],
  exponentials: [{ coefficient: G_ONE, multiplier: G_ONE }],
  addition: {
    law: "exponential: exp(u + du) = exp(u) exp(du)",
    value: times(call("exp", u), call("exp", du)),
  },
  cascade: {
    shifted: times(call("exp", s), plus(num(1), e)),
    increment: less(
      du,
      num(0),
      times(base, call("expm1", du)),
      neg(times(shifted, call("expm1", times(num(-1), du)))),
    ),
  },
  latex: "e^{#1}",
  code: { js: { native: "Math.exp" } },
};
