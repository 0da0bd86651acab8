import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const sign: Primitive = {
  name: "sign",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\operatorname{sign} #1",
  code: { js: { native: "Math.sign" } },
};
