import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const ceil: Primitive = {
  name: "ceil",
  arity: [1, 1],
  analytic: { kind: "kink", at: "integers" },
  atZero: G_ZERO,
  latex: "\\lceil #1 \\rceil",
  code: { js: { native: "Math.ceil" } },
};
