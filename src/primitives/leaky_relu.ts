import type { Primitive } from "./primitive.ts";
import { less, num, times, u, v } from "./term.ts";

export const leaky_relu: Primitive = {
  name: "leaky_relu",
  arity: [1, 2],
  analytic: { kind: "kink", at: "0" },
  defaults: [num(1, 100)],
  latex: "\\operatorname{leakyrelu}(#1, #2)",
  code: { js: { lower: less(u, num(0), times(v, u), u) } },
};
