import type { Primitive } from "./primitive.ts";
import { call, neg, num, over, plus, u } from "./term.ts";

export const sigmoid: Primitive = {
  name: "sigmoid",
  arity: [1, 1],
  analytic: { kind: "real" },
  sign: "positive",
  latex: "\\sigma(#1)",
  code: { js: { lower: over(num(1), plus(num(1), call("exp", neg(u)))) } },
};
