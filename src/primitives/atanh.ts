import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const atanh: Primitive = {
  name: "atanh",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\operatorname{artanh} #1",
  code: { js: { native: "Math.atanh" } },
};
