import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, num, over, plus, times, u } from "./term.ts";

export const tan: Primitive = {
  name: "tan",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "cos($) != 0" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [plus(num(1), times(call("tan", u), call("tan", u)))],
  elementary: over(call("sin", u), call("cos", u)),
  latex: "\\tan #1",
  code: { js: { native: "Math.tan" } },
};
