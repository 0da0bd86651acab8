import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const abs: Primitive = {
  name: "abs",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  sign: "nonnegative",
  parity: "even",
  atZero: G_ZERO,
  latex: "\\left|#1\\right|",
  code: { js: { native: "Math.abs" } },
};
