import type { Primitive } from "./primitive.ts";

export const besselj: Primitive = {
  name: "besselj",
  arity: [2, 2],
  analytic: { kind: "real" },
  latex: "J_{#1}(#2)",
  code: { js: null },
};
