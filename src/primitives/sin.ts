import { G_ZERO, gaussian, HALF, MINUS_ONE, negate, ONE, ZERO } from "../exact/rational.ts";
import { cosineAt, sineAt } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, num, over, plus, s, times, u } from "./term.ts";

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
    shifted: sineAt(s, e),
    increment: times(num(2), call("sin", over(du, num(2))), cosineAt(hs, he)),
  },
  latex: "\\sin #1",
  code: { js: { native: "Math.sin" } },
};
