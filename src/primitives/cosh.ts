import { G_ONE, gaussian, HALF, MINUS_ONE, ONE } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, num, over, plus, s, times, u } from "./term.ts";

export const cosh: Primitive = {
  name: "cosh",
  arity: [1, 1],
  analytic: { kind: "entire" },
  sign: "positive",
  parity: "even",
  atZero: G_ONE,
  derivatives: [call("sinh", u)],
  exponentials: [
    { coefficient: gaussian(HALF), multiplier: gaussian(ONE) },
    { coefficient: gaussian(HALF), multiplier: gaussian(MINUS_ONE) },
  ],
  addition: {
    law: "hyperbolic cosine: cosh(u + du) = cosh(u) cosh(du) + sinh(u) sinh(du)",
    value: plus(times(call("cosh", u), call("cosh", du)), times(call("sinh", u), call("sinh", du))),
  },
  cascade: {
    shifted: plus(call("cosh", s), times(e, call("sinh", s))),
    increment: times(
      num(2),
      call("sinh", over(du, num(2))),
      plus(call("sinh", hs), times(he, call("cosh", hs))),
    ),
  },
  latex: "\\cosh #1",
  code: { js: { native: "Math.cosh" } },
};
