import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const lambertw: Primitive = {
  name: "lambertw",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > -exp(-1)" },
  atZero: G_ZERO,
  latex: "W_0(#1)",
  code: { js: null },
};
