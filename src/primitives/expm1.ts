import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, less, minus, neg, num, plus, s, times, u } from "./term.ts";

export const expm1: Primitive = {
  name: "expm1",
  arity: [1, 1],
  analytic: { kind: "entire" },
  atZero: G_ZERO,
  derivatives: [call("exp", u)],
  elementary: minus(call("exp", u), num(1)),
  addition: {
    law: "exponential: expm1(u + du) = expm1(u) + exp(u) expm1(du)",
    value: plus(call("expm1", u), times(call("exp", u), call("expm1", du))),
  },
  cascade: {
    shifted: plus(call("expm1", s), times(e, call("exp", s))),
    increment: less(
      du,
      num(0),
      times(call("exp", u), call("expm1", du)),
      neg(times(call("exp", s), plus(num(1), e), call("expm1", neg(du)))),
    ),
  },
  latex: "\\operatorname{expm1} #1",
  code: { js: { native: "Math.expm1" } },
};
