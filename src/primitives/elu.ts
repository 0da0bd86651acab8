import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, less, num, u } from "./term.ts";

export const elu: Primitive = {
  name: "elu",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  atZero: G_ZERO,
  latex: "\\operatorname{elu}(#1)",
  code: { js: { lower: less(u, num(0), call("expm1", u), u) } },
};
