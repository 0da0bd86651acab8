import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, less, num, over, plus, u } from "./term.ts";

export const relu: Primitive = {
  name: "relu",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  sign: "nonnegative",
  atZero: G_ZERO,
  elementary: over(plus(u, call("abs", u)), num(2)),
  latex: "\\operatorname{relu}(#1)",
  code: { js: { lower: less(u, num(0), num(0), u) } },
};
