import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const expm1: Primitive = {
  name: "expm1",
  arity: [1, 1],
  analytic: { kind: "entire" },
  atZero: G_ZERO,
  latex: "\\operatorname{expm1} #1",
  code: { js: { native: "Math.expm1" } },
};
