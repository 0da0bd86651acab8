import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, less, minus, num, over, plus, u } from "./term.ts";

export const elu: Primitive = {
  name: "elu",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  atZero: G_ZERO,
  elementary: plus(
    over(plus(u, call("abs", u)), num(2)),
    minus(call("exp", over(minus(u, call("abs", u)), num(2))), num(1)),
  ),
  latex: "\\operatorname{elu}(#1)",
  code: { js: { lower: less(u, num(0), call("expm1", u), u) } },
};
