import type { Primitive } from "./primitive.ts";
import { base, call, du, less, minus, num, over, s, shifted, times, u, v } from "./term.ts";

/**
 * `u^k` for an integer k that is an index or size. A literal integer power is a product, and any other power is
 * exp(v log u), so this row lives only as long as k is open.
 */
export const pow: Primitive = {
  name: "pow",
  arity: [2, 2],
  operator: true,
  analytic: { kind: "entire" },
  derivatives: [times(v, call("pow", u, minus(v, num(1))))],
  cascade: {
    shifted: call("pow", s, v),
    // u^k ((1 + du/u)^k - 1) where du is below u/2, negative u too; NaN at u = 0 takes the second branch.
    increment: less(
      call("abs", over(du, u)),
      num(1, 2),
      times(base, call("expm1", times(v, call("log1p", over(du, u))))),
      minus(shifted, base),
    ),
  },
  latex: "{#1}^{#2}",
  code: { js: { native: "Math.pow" } },
};
