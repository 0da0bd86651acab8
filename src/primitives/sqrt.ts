import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const sqrt: Primitive = {
  name: "sqrt",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 0" },
  sign: "nonnegative",
  atZero: G_ZERO,
  latex: "\\sqrt{#1}",
  code: { js: { native: "Math.sqrt" } },
};
