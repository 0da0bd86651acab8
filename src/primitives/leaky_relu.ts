import type { Primitive } from "./primitive.ts";
import { call, less, minus, num, over, plus, times, u, v } from "./term.ts";

export const leaky_relu: Primitive = {
  name: "leaky_relu",
  arity: [1, 2],
  analytic: { kind: "kink", at: "0" },
  defaults: [num(1, 100)],
  elementary: over(plus(times(plus(num(1), v), u), times(minus(num(1), v), call("abs", u))), num(2)),
  latex: "\\operatorname{leakyrelu}(#1, #2)",
  code: { js: { lower: less(u, num(0), times(v, u), u) } },
};
