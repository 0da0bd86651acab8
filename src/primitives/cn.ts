import type { Primitive } from "./primitive.ts";

export const cn: Primitive = {
  name: "cn",
  arity: [2, 2],
  analytic: { kind: "real" },
  latex: "\\operatorname{cn}(#1 \\mid #2)",
  code: { js: null },
};
