import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, neg, num, over, pi, times, u } from "./term.ts";

export const erf: Primitive = {
  name: "erf",
  arity: [1, 1],
  analytic: { kind: "entire" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(times(num(2), call("exp", neg(times(u, u)))), call("sqrt", pi))],
  law: "D-finite: erf'' + 2 u erf' = 0 (DLMF 7.2.1)",
  latex: "\\operatorname{erf} #1",
  code: { js: null },
};
