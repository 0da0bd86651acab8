import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const erf: Primitive = {
  name: "erf",
  arity: [1, 1],
  analytic: { kind: "entire" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\operatorname{erf} #1",
  code: { js: null },
};
