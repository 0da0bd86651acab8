import type { Primitive } from "./primitive.ts";

export const min: Primitive = {
  name: "min",
  arity: [2, 64],
  analytic: { kind: "kink", at: "equal arguments" },
  latex: "\\min(#1, #2)",
  code: { js: { native: "Math.min" } },
};
