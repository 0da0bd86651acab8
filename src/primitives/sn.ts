import type { Primitive } from "./primitive.ts";
import { call, times, u, v } from "./term.ts";

export const sn: Primitive = {
  name: "sn",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [times(call("cn", u, v), call("dn", u, v)), null],
  latex: "\\operatorname{sn}(#1 \\mid #2)",
  code: { js: null },
};
