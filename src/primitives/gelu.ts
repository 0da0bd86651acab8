import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, num, over, pi, plus, times, u } from "./term.ts";

export const gelu: Primitive = {
  name: "gelu",
  arity: [1, 1],
  analytic: { kind: "entire" },
  atZero: G_ZERO,
  derivatives: [
    plus(
      over(plus(num(1), call("erf", over(u, call("sqrt", num(2))))), num(2)),
      over(times(u, call("exp", over(times(u, u), num(-2)))), call("sqrt", times(num(2), pi))),
    ),
  ],
  elementary: over(times(u, plus(num(1), call("erf", over(u, call("sqrt", num(2)))))), num(2)),
  latex: "\\operatorname{gelu}(#1)",
  code: { js: null },
};
