import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, times, u } from "./term.ts";

export const silu: Primitive = {
  name: "silu",
  arity: [1, 1],
  analytic: { kind: "real" },
  atZero: G_ZERO,
  latex: "\\operatorname{silu}(#1)",
  code: { js: { lower: times(u, call("sigmoid", u)) } },
};
