import { logIncrement } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, num, over, plus, s, u } from "./term.ts";

export const log: Primitive = {
  name: "log",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 0" },
  derivatives: [over(num(1), u)],
  law: "d log u = du/u",
  addition: {
    law: "logarithm: log(u + du) = log(u) + log1p(du/u)",
    value: plus(call("log", u), call("log1p", over(du, u))),
  },
  cascade: { shifted: plus(call("log", s), over(e, s)), increment: logIncrement(u, du, s) },
  latex: "\\log #1",
  code: { js: { native: "Math.log" } },
};
