import { cosineAt, DIVISOR, deltaAt, STEP, sineAt } from "./jacobi.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, he, hs, minus, neg, num, over, s, times, u, v } from "./term.ts";

export const dn: Primitive = {
  name: "dn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [neg(times(v, call("sn", u, v), call("cn", u, v))), null],
  addition: {
    law: "addition theorem of the Jacobi functions (DLMF 22.8.3)",
    value: over(
      minus(
        times(call("dn", u, v), call("dn", du, v)),
        times(v, call("sn", u, v), call("cn", u, v), call("sn", du, v), call("cn", du, v)),
      ),
      minus(num(1), times(v, call("sn", u, v), call("sn", u, v), call("sn", du, v), call("sn", du, v))),
    ),
  },
  cascade: {
    shifted: deltaAt(s, e),
    increment: times(num(-2), v, over(times(STEP.sn, STEP.cn, sineAt(hs, he), cosineAt(hs, he)), DIVISOR)),
  },
  latex: "\\operatorname{dn}(#1 \\mid #2)",
  code: { js: null },
};
