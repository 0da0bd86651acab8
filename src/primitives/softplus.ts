import type { Primitive } from "./primitive.ts";
import { call, neg, plus, u } from "./term.ts";

export const softplus: Primitive = {
  name: "softplus",
  arity: [1, 1],
  analytic: { kind: "real" },
  sign: "positive",
  latex: "\\operatorname{softplus}(#1)",
  code: {
    js: {
      lower: plus(call("relu", u), call("log1p", call("exp", neg(call("abs", u))))),
    },
  },
};
