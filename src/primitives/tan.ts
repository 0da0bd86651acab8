import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const tan: Primitive = {
  name: "tan",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "cos($) != 0" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\tan #1",
  code: { js: { native: "Math.tan" } },
};
