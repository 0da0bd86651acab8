import type { Primitive } from "./primitive.ts";

export const acosh: Primitive = {
  name: "acosh",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 1" },
  sign: "nonnegative",
  latex: "\\operatorname{arcosh} #1",
  code: { js: { native: "Math.acosh" } },
};
