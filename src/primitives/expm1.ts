import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, minus, num, u } from "./term.ts";

export const expm1: Primitive = {
  name: "expm1",
  arity: [1, 1],
  analytic: { kind: "entire" },
  atZero: G_ZERO,
  derivatives: [call("exp", u)],
  elementary: minus(call("exp", u), num(1)),
  latex: "\\operatorname{expm1} #1",
  code: { js: { native: "Math.expm1" } },
};
