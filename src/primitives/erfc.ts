import { G_ONE } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, minus, neg, num, over, pi, times, u } from "./term.ts";

export const erfc: Primitive = {
  name: "erfc",
  arity: [1, 1],
  analytic: { kind: "entire" },
  sign: "positive",
  atZero: G_ONE,
  derivatives: [over(times(num(-2), call("exp", neg(times(u, u)))), call("sqrt", pi))],
  elementary: minus(num(1), call("erf", u)),
  latex: "\\operatorname{erfc} #1",
  code: { js: null },
};
