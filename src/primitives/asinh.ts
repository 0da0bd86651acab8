import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const asinh: Primitive = {
  name: "asinh",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\operatorname{arsinh} #1",
  code: { js: { native: "Math.asinh" } },
};
