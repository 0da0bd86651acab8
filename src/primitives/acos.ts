import type { Primitive } from "./primitive.ts";

export const acos: Primitive = {
  name: "acos",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  latex: "\\arccos #1",
  code: { js: { native: "Math.acos" } },
};
