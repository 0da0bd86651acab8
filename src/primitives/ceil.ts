import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, neg, u } from "./term.ts";

export const ceil: Primitive = {
  name: "ceil",
  arity: [1, 1],
  analytic: { kind: "kink", at: "integers" },
  atZero: G_ZERO,
  elementary: neg(call("floor", neg(u))),
  latex: "\\lceil #1 \\rceil",
  code: { js: { native: "Math.ceil" } },
};
