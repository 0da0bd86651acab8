import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const tanh: Primitive = {
  name: "tanh",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\tanh #1",
  code: { js: { native: "Math.tanh" } },
};
