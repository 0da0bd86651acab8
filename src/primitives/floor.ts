import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const floor: Primitive = {
  name: "floor",
  arity: [1, 1],
  analytic: { kind: "kink", at: "integers" },
  atZero: G_ZERO,
  latex: "\\lfloor #1 \\rfloor",
  code: { js: { native: "Math.floor" } },
};
