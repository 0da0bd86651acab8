import type { Primitive } from "./primitive.ts";

export const airyai: Primitive = {
  name: "airyai",
  arity: [1, 1],
  analytic: { kind: "entire" },
  latex: "\\operatorname{Ai}(#1)",
  code: { js: null },
};
