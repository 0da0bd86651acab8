import { G_ZERO } from "../exact/rational.ts";
import { ARC_INCREMENT, SHIFTED_COSINE } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, minus, num, over, plus, s, type Term, times, u } from "./term.ts";

const cosine = (x: Term): Term => call("sqrt", minus(num(1), times(x, x)));

export const asin: Primitive = {
  name: "asin",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), call("sqrt", minus(num(1), times(u, u))))],
  elementary: call("atan", over(u, call("sqrt", minus(num(1), times(u, u))))),
  addition: {
    law: "arcsine: asin(u + du) = asin(u) + 2 atan(du/(sqrt(1 - u^2) + sqrt(1 - (u + du)^2)))",
    value: plus(call("asin", u), times(num(2), call("atan", over(du, plus(cosine(u), cosine(plus(u, du))))))),
  },
  cascade: {
    shifted: call("atan2", s, SHIFTED_COSINE),
    increment: ARC_INCREMENT,
  },
  latex: "\\arcsin #1",
  code: { js: { native: "Math.asin" } },
};
