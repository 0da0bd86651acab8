import type { Primitive } from "./primitive.ts";

export const gamma: Primitive = {
  name: "gamma",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ != 0, -1, -2, ..." },
  latex: "\\Gamma(#1)",
  code: { js: null },
};
