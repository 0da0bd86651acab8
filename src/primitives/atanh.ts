import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, minus, num, over, plus, times, u } from "./term.ts";

export const atanh: Primitive = {
  name: "atanh",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), minus(num(1), times(u, u)))],
  elementary: over(minus(call("log", plus(num(1), u)), call("log", minus(num(1), u))), num(2)),
  latex: "\\operatorname{artanh} #1",
  code: { js: { native: "Math.atanh" } },
};
