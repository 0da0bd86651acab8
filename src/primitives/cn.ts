import { cosineAt, DIVISOR, deltaAt, STEP, sineAt } from "./jacobi.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, minus, neg, num, over, s, times, u, v } from "./term.ts";

export const cn: Primitive = {
  name: "cn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [neg(times(call("sn", u, v), call("dn", u, v))), null],
  addition: {
    law: "addition theorem of the Jacobi functions (DLMF 22.8.2)",
    value: over(
      minus(
        times(call("cn", u, v), call("cn", du, v)),
        times(call("sn", u, v), call("dn", u, v), call("sn", du, v), call("dn", du, v)),
      ),
      minus(num(1), times(v, call("sn", u, v), call("sn", u, v), call("sn", du, v), call("sn", du, v))),
    ),
  },
  cascade: {
    shifted: cosineAt(s, e),
    increment: times(num(-2), over(times(STEP.sn, STEP.dn, sineAt(hs, he), deltaAt(hs, he)), DIVISOR)),
  },
  latex: "\\operatorname{cn}(#1 \\mid #2)",
  code: { js: null },
};
