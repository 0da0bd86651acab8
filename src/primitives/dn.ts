import type { Primitive } from "./primitive.ts";
import { call, neg, times, u, v } from "./term.ts";

export const dn: Primitive = {
  name: "dn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [neg(times(v, call("sn", u, v), call("cn", u, v))), null],
  law: "addition theorem of the Jacobi functions (DLMF 22.8.3)",
  latex: "\\operatorname{dn}(#1 \\mid #2)",
  code: { js: null },
};
