import type { Primitive } from "./primitive.ts";

/** Kronecker's delta of two integers that are not indices, such as the orders of a derivative: [u = v]. */
export const delta: Primitive = {
  name: "delta",
  arity: [2, 2],
  operator: true,
  analytic: { kind: "entire" },
  sign: "nonnegative",
  latex: "[#1 = #2]",
  code: { js: null },
};
