import type { Primitive } from "./primitive.ts";
import { neg, over, plus, times, u, v } from "./term.ts";

export const atan2: Primitive = {
  name: "atan2",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [over(v, plus(times(u, u), times(v, v))), over(neg(u), plus(times(u, u), times(v, v)))],
  latex: "\\operatorname{atan2}(#1, #2)",
  code: { js: { native: "Math.atan2" } },
};
