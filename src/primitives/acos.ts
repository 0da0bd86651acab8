import { ARC_INCREMENT, SHIFTED_COSINE } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, minus, neg, num, over, pi, plus, s, type Term, times, u } from "./term.ts";

const cosine = (x: Term): Term => call("sqrt", minus(num(1), times(x, x)));

export const acos: Primitive = {
  name: "acos",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "abs($) < 1" },
  derivatives: [over(num(-1), call("sqrt", minus(num(1), times(u, u))))],
  elementary: minus(over(pi, num(2)), call("asin", u)),
  addition: {
    law: "arccosine: acos(u + du) = acos(u) - 2 atan(du/(sqrt(1 - u^2) + sqrt(1 - (u + du)^2)))",
    value: minus(
      call("acos", u),
      times(num(2), call("atan", over(du, plus(cosine(u), cosine(plus(u, du)))))),
    ),
  },
  cascade: {
    shifted: call("atan2", SHIFTED_COSINE, s),
    increment: neg(ARC_INCREMENT),
  },
  latex: "\\arccos #1",
  code: { js: { native: "Math.acos" } },
};
