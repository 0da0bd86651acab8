import type { Primitive } from "./primitive.ts";

export const lgamma: Primitive = {
  name: "lgamma",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ != 0, -1, -2, ..." },
  latex: "\\log\\left|\\Gamma(#1)\\right|",
  code: { js: null },
};
