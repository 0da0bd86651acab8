import { G_ZERO } from "../exact/rational.ts";
import { logIncrement } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, less, num, over, plus, s, u } from "./term.ts";

/** 1 + b for b = u + du */
const ABOVE = plus(plus(num(1), s), e);

export const log1p: Primitive = {
  name: "log1p",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > -1" },
  atZero: G_ZERO,
  derivatives: [over(num(1), plus(num(1), u))],
  elementary: call("log", plus(num(1), u)),
  addition: {
    law: "logarithm: log1p(u + du) = log1p(u) + log1p(du/(1 + u))",
    value: plus(call("log1p", u), call("log1p", over(du, plus(num(1), u)))),
  },
  cascade: {
    // Beside -1 by the distance from it.
    shifted: less(s, num(-1, 2), call("log", ABOVE), call("log1p", s)),
    increment: logIncrement(plus(num(1), u), du, ABOVE),
  },
  latex: "\\operatorname{log1p} #1",
  code: { js: { native: "Math.log1p" } },
};
