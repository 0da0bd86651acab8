import type { Primitive } from "./primitive.ts";
import { base, call, minus, num, s, shifted, times, u, v } from "./term.ts";

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
  cascade: { shifted: call("pow", s, v), increment: minus(shifted, base) },
  latex: "{#1}^{#2}",
  code: { js: { native: "Math.pow" } },
};
