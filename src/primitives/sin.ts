import { G_ZERO, gaussian, HALF, MINUS_ONE, negate, ONE, ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, minus, num, over, plus, s, times, u } from "./term.ts";

export const sin: Primitive = {
  name: "sin",
  arity: [1, 1],
  analytic: { kind: "entire" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [call("cos", u)],
  exponentials: [
    { coefficient: gaussian(ZERO, negate(HALF)), multiplier: gaussian(ZERO, ONE) },
    { coefficient: gaussian(ZERO, HALF), multiplier: gaussian(ZERO, MINUS_ONE) },
  ],
  addition: {
    law: "sine: sin(u + du) = sin(u) cos(du) + cos(u) sin(du)",
    value: plus(times(call("sin", u), call("cos", du)), times(call("cos", u), call("sin", du))),
  },
  cascade: {
    shifted: plus(call("sin", s), times(e, call("cos", s))),
    increment: times(
      num(2),
      call("sin", over(du, num(2))),
      minus(call("cos", hs), times(he, call("sin", hs))),
    ),
  },
  latex: "\\sin #1",
  code: { js: { native: "Math.sin" } },
};
