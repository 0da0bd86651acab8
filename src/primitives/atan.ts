import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, imaginary, less, minus, num, over, plus, s, type Term, times, u } from "./term.ts";

const product = times(u, s);
const HUGE: Term = { kind: "number", value: { num: 10n ** 300n, den: 1n } };

export const atan: Primitive = {
  name: "atan",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), plus(num(1), times(u, u)))],
  elementary: over(
    times(
      imaginary,
      minus(call("log", minus(num(1), times(imaginary, u))), call("log", plus(num(1), times(imaginary, u)))),
    ),
    num(2),
  ),
  law: "d atan u = du/(1 + u^2)",
  addition: {
    law: "arctangent: atan(u + du) = atan(u) + atan2(du, 1 + u (u + du))",
    value: plus(call("atan", u), call("atan2", du, plus(num(1), times(u, plus(u, du))))),
  },
  cascade: {
    shifted: call("atan", s),
    // Where u (u + du) would overflow, both arguments are divided by |u|.
    increment: less(
      call("abs", product),
      HUGE,
      call("atan2", du, plus(num(1), product)),
      call("atan2", over(du, call("abs", u)), times(call("sign", u), s)),
    ),
  },
  latex: "\\arctan #1",
  code: { js: { native: "Math.atan" } },
};
