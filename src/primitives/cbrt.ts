import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, num, over, times, u } from "./term.ts";

export const cbrt: Primitive = {
  name: "cbrt",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), times(num(3), call("cbrt", u), call("cbrt", u)))],
  root: 3,
  law: "cbrt(u)^3 = u",
  latex: "\\sqrt[3]{#1}",
  code: { js: { native: "Math.cbrt" } },
};
