import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, neg, num, over, plus, u } from "./term.ts";

export const lambertw: Primitive = {
  name: "lambertw",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > -exp(-1)" },
  atZero: G_ZERO,
  derivatives: [over(call("exp", neg(call("lambertw", u))), plus(num(1), call("lambertw", u)))],
  law: "W' u (1 + W) = W (DLMF 4.13.4)",
  latex: "W_0(#1)",
  code: { js: null },
};
