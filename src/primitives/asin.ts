import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const asin: Primitive = {
  name: "asin",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  parity: "odd",
  atZero: G_ZERO,
  latex: "\\arcsin #1",
  code: { js: { native: "Math.asin" } },
};
