import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, num, over, plus, u } from "./term.ts";

export const log1p: Primitive = {
  name: "log1p",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > -1" },
  atZero: G_ZERO,
  derivatives: [over(num(1), plus(num(1), u))],
  elementary: call("log", plus(num(1), u)),
  latex: "\\operatorname{log1p} #1",
  code: { js: { native: "Math.log1p" } },
};
