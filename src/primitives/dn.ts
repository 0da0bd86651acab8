import type { Primitive } from "./primitive.ts";

export const dn: Primitive = {
  name: "dn",
  arity: [2, 2],
  analytic: { kind: "real" },
  latex: "\\operatorname{dn}(#1 \\mid #2)",
  code: { js: null },
};
