import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, minus, neg, num, over, plus, times, u } from "./term.ts";

export const silu: Primitive = {
  name: "silu",
  arity: [1, 1],
  analytic: { kind: "real" },
  atZero: G_ZERO,
  derivatives: [plus(call("sigmoid", u), times(u, call("sigmoid", u), minus(num(1), call("sigmoid", u))))],
  elementary: over(u, plus(num(1), call("exp", neg(u)))),
  addition: {
    law: "silu: silu(u + du) = (u + du)/(1 + exp(-u) exp(-du))",
    value: over(plus(u, du), plus(num(1), times(call("exp", neg(u)), call("exp", neg(du))))),
  },
  cascade: { by: times(u, call("sigmoid", u)) },
  latex: "\\operatorname{silu}(#1)",
  code: { js: { lower: times(u, call("sigmoid", u)) } },
};
