import type { Primitive } from "./primitive.ts";
import { call, neg, times, u, v } from "./term.ts";

export const cn: Primitive = {
  name: "cn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [neg(times(call("sn", u, v), call("dn", u, v))), null],
  law: "addition theorem of the Jacobi functions (DLMF 22.8.2)",
  latex: "\\operatorname{cn}(#1 \\mid #2)",
  code: { js: null },
};
