import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, imaginary, minus, num, over, plus, times, u } from "./term.ts";

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
  latex: "\\arctan #1",
  code: { js: { native: "Math.atan" } },
};
