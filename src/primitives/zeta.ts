import type { Primitive } from "./primitive.ts";

export const zeta: Primitive = {
  name: "zeta",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ != 1" },
  latex: "\\zeta(#1)",
  code: { js: null },
};
