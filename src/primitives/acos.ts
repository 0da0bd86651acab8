import type { Primitive } from "./primitive.ts";
import { call, minus, num, over, pi, times, u } from "./term.ts";

export const acos: Primitive = {
  name: "acos",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  derivatives: [over(num(-1), call("sqrt", minus(num(1), times(u, u))))],
  elementary: minus(over(pi, num(2)), call("asin", u)),
  latex: "\\arccos #1",
  code: { js: { native: "Math.acos" } },
};
