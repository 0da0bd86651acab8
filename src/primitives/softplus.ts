import type { Primitive } from "./primitive.ts";
import { call, neg, num, plus, u } from "./term.ts";

export const softplus: Primitive = {
  name: "softplus",
  arity: [1, 1],
  analytic: { kind: "real" },
  sign: "positive",
  derivatives: [call("sigmoid", u)],
  elementary: call("log", plus(num(1), call("exp", u))),
  latex: "\\operatorname{softplus}(#1)",
  code: {
    js: {
      lower: plus(call("relu", u), call("log1p", call("exp", neg(call("abs", u))))),
    },
  },
};
