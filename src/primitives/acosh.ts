import type { Primitive } from "./primitive.ts";
import { call, minus, num, over, plus, times, u } from "./term.ts";

export const acosh: Primitive = {
  name: "acosh",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 1" },
  sign: "nonnegative",
  derivatives: [over(num(1), call("sqrt", minus(times(u, u), num(1))))],
  elementary: call("log", plus(u, call("sqrt", minus(times(u, u), num(1))))),
  latex: "\\operatorname{arcosh} #1",
  code: { js: { native: "Math.acosh" } },
};
