import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const gelu: Primitive = {
  name: "gelu",
  arity: [1, 1],
  analytic: { kind: "entire" },
  atZero: G_ZERO,
  latex: "\\operatorname{gelu}(#1)",
  code: { js: null },
};
