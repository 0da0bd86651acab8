import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, less, minus, neg, num, over, plus, s, type Term, times, u } from "./term.ts";

/** 1 + b and 1 − b for b = u + du */
const ABOVE = plus(plus(num(1), s), e);
const BELOW = minus(minus(num(1), s), e);
const half = (above: Term, below: Term): Term =>
  over(call("log1p", over(times(num(2), above), below)), num(2));

export const atanh: Primitive = {
  name: "atanh",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), minus(num(1), times(u, u)))],
  elementary: over(minus(call("log", plus(num(1), u)), call("log", minus(num(1), u))), num(2)),
  addition: {
    law: "area: atanh(u + du) = atanh(u) + atanh(du/(1 - u (u + du)))",
    value: plus(call("atanh", u), call("atanh", over(du, minus(num(1), times(u, plus(u, du)))))),
  },
  cascade: {
    shifted: less(s, num(0), neg(half(neg(s), ABOVE)), half(s, BELOW)),
    // (1 + b)(1 - a)/((1 - b)(1 + a)) = 1 + 2 (b - a)/((1 - b)(1 + a)) for a = u, b = u + du.
    increment: less(
      du,
      num(0),
      neg(half(neg(du), times(minus(num(1), u), ABOVE))),
      half(du, times(BELOW, plus(num(1), u))),
    ),
  },
  latex: "\\operatorname{artanh} #1",
  code: { js: { native: "Math.atanh" } },
};
