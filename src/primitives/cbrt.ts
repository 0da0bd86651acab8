import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const cbrt: Primitive = {
  name: "cbrt",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\sqrt[3]{#1}",
  code: { js: { native: "Math.cbrt" } },
};
