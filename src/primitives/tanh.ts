import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, minus, num, over, times, u } from "./term.ts";

export const tanh: Primitive = {
  name: "tanh",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [minus(num(1), times(call("tanh", u), call("tanh", u)))],
  elementary: over(call("sinh", u), call("cosh", u)),
  latex: "\\tanh #1",
  code: { js: { native: "Math.tanh" } },
};
