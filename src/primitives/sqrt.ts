import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, num, over, times, u } from "./term.ts";

export const sqrt: Primitive = {
  name: "sqrt",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 0" },
  sign: "nonnegative",
  atZero: G_ZERO,
  derivatives: [over(num(1), times(num(2), call("sqrt", u)))],
  elementary: call("exp", over(call("log", u), num(2))),
  root: 2,
  law: "sqrt(u)^2 = u",
  latex: "\\sqrt{#1}",
  code: { js: { native: "Math.sqrt" } },
};
