import { cosineAt, DIVISOR, deltaAt, STEP, sineAt } from "./jacobi.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, minus, num, over, plus, s, times, u, v } from "./term.ts";

export const sn: Primitive = {
  name: "sn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [times(call("cn", u, v), call("dn", u, v)), null],
  addition: {
    law: "addition theorem of the Jacobi functions (DLMF 22.8.1)",
    value: over(
      plus(
        times(call("sn", u, v), call("cn", du, v), call("dn", du, v)),
        times(call("sn", du, v), call("cn", u, v), call("dn", u, v)),
      ),
      minus(num(1), times(v, call("sn", u, v), call("sn", u, v), call("sn", du, v), call("sn", du, v))),
    ),
  },
  cascade: {
    shifted: sineAt(s, e),
    increment: times(num(2), over(times(STEP.sn, cosineAt(hs, he), deltaAt(hs, he)), DIVISOR)),
  },
  latex: "\\operatorname{sn}(#1 \\mid #2)",
  code: { js: null },
};
