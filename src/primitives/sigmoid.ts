import { sigmoidAt, sigmoidIncrement } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, less, minus, neg, num, over, plus, s, times, u } from "./term.ts";

export const sigmoid: Primitive = {
  name: "sigmoid",
  arity: [1, 1],
  analytic: { kind: "real" },
  sign: "positive",
  derivatives: [times(call("sigmoid", u), minus(num(1), call("sigmoid", u)))],
  elementary: over(num(1), plus(num(1), call("exp", neg(u)))),
  addition: {
    law: "sigmoid: sigmoid(u + du) = 1/(1 + exp(-u) exp(-du))",
    value: over(num(1), plus(num(1), times(call("exp", neg(u)), call("exp", neg(du))))),
  },
  cascade: { shifted: sigmoidAt(s, e), increment: sigmoidIncrement(u, du, s, e) },
  latex: "\\sigma(#1)",
  // Below -37, 1 + e^u rounds to 1, and e^-u would overflow.
  code: {
    js: { lower: less(u, num(-37), call("exp", u), over(num(1), plus(num(1), call("exp", neg(u))))) },
  },
};
