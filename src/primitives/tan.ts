import { G_ZERO } from "../exact/rational.ts";
import { cosineAt, sineAt } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, minus, num, over, plus, s, times, u } from "./term.ts";

export const tan: Primitive = {
  name: "tan",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "cos($) != 0" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [plus(num(1), times(call("tan", u), call("tan", u)))],
  elementary: over(call("sin", u), call("cos", u)),
  addition: {
    law: "tangent: tan(u + du) = (sin(u) cos(du) + cos(u) sin(du))/(cos(u) cos(du) - sin(u) sin(du))",
    value: over(
      plus(times(call("sin", u), call("cos", du)), times(call("cos", u), call("sin", du))),
      minus(times(call("cos", u), call("cos", du)), times(call("sin", u), call("sin", du))),
    ),
  },
  cascade: {
    shifted: over(sineAt(s, e), cosineAt(s, e)),
    increment: over(call("sin", du), times(call("cos", u), cosineAt(s, e))),
  },
  latex: "\\tan #1",
  code: { js: { native: "Math.tan" } },
};
