import type { Primitive } from "./primitive.ts";

export const atan2: Primitive = {
  name: "atan2",
  arity: [2, 2],
  analytic: { kind: "real" },
  latex: "\\operatorname{atan2}(#1, #2)",
  code: { js: { native: "Math.atan2" } },
};
