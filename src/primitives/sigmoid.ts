import type { Primitive } from "./primitive.ts";
import { call, minus, neg, num, over, plus, times, u } from "./term.ts";

export const sigmoid: Primitive = {
  name: "sigmoid",
  arity: [1, 1],
  analytic: { kind: "real" },
  sign: "positive",
  derivatives: [times(call("sigmoid", u), minus(num(1), call("sigmoid", u)))],
  elementary: over(num(1), plus(num(1), call("exp", neg(u)))),
  latex: "\\sigma(#1)",
  code: { js: { lower: over(num(1), plus(num(1), call("exp", neg(u)))) } },
};
