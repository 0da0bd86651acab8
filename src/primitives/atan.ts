import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const atan: Primitive = {
  name: "atan",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\arctan #1",
  code: { js: { native: "Math.atan" } },
};
