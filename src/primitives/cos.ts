import { G_ONE, gaussian, HALF, MINUS_ONE, ONE, ZERO } from "../exact/rational.ts";
import { cosineAt, sineAt } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, minus, neg, num, over, s, times, u } from "./term.ts";

export const cos: Primitive = {
  name: "cos",
  arity: [1, 1],
  analytic: { kind: "entire" },
  parity: "even",
  atZero: G_ONE,
  derivatives: [neg(call("sin", u))],
  exponentials: [
    { coefficient: gaussian(HALF), multiplier: gaussian(ZERO, ONE) },
    { coefficient: gaussian(HALF), multiplier: gaussian(ZERO, MINUS_ONE) },
  ],
  addition: {
    law: "cosine: cos(u + du) = cos(u) cos(du) - sin(u) sin(du)",
    value: minus(times(call("cos", u), call("cos", du)), times(call("sin", u), call("sin", du))),
  },
  cascade: {
    shifted: cosineAt(s, e),
    increment: times(num(-2), call("sin", over(du, num(2))), sineAt(hs, he)),
  },
  latex: "\\cos #1",
  code: { js: { native: "Math.cos" } },
};
