import type { Primitive } from "./primitive.ts";
import { num, over, u } from "./term.ts";

export const log: Primitive = {
  name: "log",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 0" },
  derivatives: [over(num(1), u)],
  law: "d log u = du/u",
  latex: "\\log #1",
  code: { js: { native: "Math.log" } },
};
