import type { Primitive } from "./primitive.ts";

export const airyai: Primitive = {
  name: "airyai",
  arity: [1, 1],
  analytic: { kind: "entire" },
  law: "D-finite: Ai'' = u Ai (DLMF 9.2.1)",
  latex: "\\operatorname{Ai}(#1)",
  code: { js: null },
};
