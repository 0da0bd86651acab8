import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, times, u } from "./term.ts";

export const mish: Primitive = {
  name: "mish",
  arity: [1, 1],
  analytic: { kind: "real" },
  atZero: G_ZERO,
  latex: "\\operatorname{mish}(#1)",
  code: { js: { lower: times(u, call("tanh", call("softplus", u))) } },
};
