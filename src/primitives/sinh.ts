import { G_ZERO, gaussian, HALF, MINUS_ONE, negate, ONE } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, num, over, plus, s, times, u } from "./term.ts";

export const sinh: Primitive = {
  name: "sinh",
  arity: [1, 1],
  analytic: { kind: "entire" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [call("cosh", u)],
  exponentials: [
    { coefficient: gaussian(HALF), multiplier: gaussian(ONE) },
    { coefficient: gaussian(negate(HALF)), multiplier: gaussian(MINUS_ONE) },
  ],
  addition: {
    law: "hyperbolic sine: sinh(u + du) = sinh(u) cosh(du) + cosh(u) sinh(du)",
    value: plus(times(call("sinh", u), call("cosh", du)), times(call("cosh", u), call("sinh", du))),
  },
  cascade: {
    shifted: plus(call("sinh", s), times(e, call("cosh", s))),
    increment: times(
      num(2),
      call("sinh", over(du, num(2))),
      plus(call("cosh", hs), times(he, call("sinh", hs))),
    ),
  },
  latex: "\\sinh #1",
  code: { js: { native: "Math.sinh" } },
};
