import type { Primitive } from "./primitive.ts";
import { call, times, u, v } from "./term.ts";

export const sn: Primitive = {
  name: "sn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [times(call("cn", u, v), call("dn", u, v)), null],
  law: "addition theorem of the Jacobi functions (DLMF 22.8.1)",
  latex: "\\operatorname{sn}(#1 \\mid #2)",
  code: { js: null },
};
