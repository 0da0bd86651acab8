import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, minus, num, over, times, u } from "./term.ts";

export const asin: Primitive = {
  name: "asin",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), call("sqrt", minus(num(1), times(u, u))))],
  elementary: call("atan", over(u, call("sqrt", minus(num(1), times(u, u))))),
  latex: "\\arcsin #1",
  code: { js: { native: "Math.asin" } },
};
