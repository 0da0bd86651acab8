import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, less, num, over, plus, s, type Term, times, u } from "./term.ts";

const roots = plus(call("sqrt", u), call("sqrt", s));
const TINY: Term = { kind: "number", value: { num: 1n, den: 10n ** 170n } };

export const sqrt: Primitive = {
  name: "sqrt",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 0" },
  sign: "nonnegative",
  atZero: G_ZERO,
  derivatives: [over(num(1), times(num(2), call("sqrt", u)))],
  elementary: call("exp", over(call("log", u), num(2))),
  root: 2,
  law: "sqrt(u)^2 = u",
  addition: {
    law: "root: sqrt(u + du) = sqrt(u) sqrt(1 + du/u)",
    value: times(call("sqrt", u), call("sqrt", plus(num(1), over(du, u)))),
  },
  cascade: {
    shifted: call("sqrt", s),
    // At u = du = 0 nothing moves; NaN takes the second branch.
    increment: less(roots, TINY, num(0), over(du, roots)),
  },
  latex: "\\sqrt{#1}",
  code: { js: { native: "Math.sqrt" } },
};
