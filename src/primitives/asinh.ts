import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, num, over, plus, times, u } from "./term.ts";

export const asinh: Primitive = {
  name: "asinh",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), call("sqrt", plus(times(u, u), num(1))))],
  elementary: call("log", plus(u, call("sqrt", plus(times(u, u), num(1))))),
  latex: "\\operatorname{arsinh} #1",
  code: { js: { native: "Math.asinh" } },
};
