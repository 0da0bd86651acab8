import type { Primitive } from "./primitive.ts";

export const max: Primitive = {
  name: "max",
  arity: [2, 64],
  analytic: { kind: "kink", at: "equal arguments" },
  latex: "\\max(#1, #2)",
  code: { js: { native: "Math.max" } },
};
