import type { Primitive } from "./primitive.ts";

export const sn: Primitive = {
  name: "sn",
  arity: [2, 2],
  analytic: { kind: "real" },
  latex: "\\operatorname{sn}(#1 \\mid #2)",
  code: { js: null },
};
