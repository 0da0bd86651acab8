import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, less, num, over, plus, s, type Term, times, u } from "./term.ts";

/** (b³ − a³)/(b − a) = a² + a b + b² */
const [a, b] = [call("cbrt", u), call("cbrt", s)];
const squares = plus(plus(times(a, a), times(a, b)), times(b, b));
const TINY: Term = { kind: "number", value: { num: 1n, den: 10n ** 220n } };

export const cbrt: Primitive = {
  name: "cbrt",
  arity: [1, 1],
  analytic: { kind: "kink", at: "0" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), times(num(3), call("cbrt", u), call("cbrt", u)))],
  root: 3,
  law: "cbrt(u)^3 = u",
  addition: {
    law: "root: cbrt(u + du) = cbrt(u) cbrt(1 + du/u)",
    value: times(call("cbrt", u), call("cbrt", plus(num(1), over(du, u)))),
  },
  cascade: {
    shifted: call("cbrt", s),
    // At u = du = 0 nothing moves; NaN takes the second branch.
    increment: less(squares, TINY, num(0), over(du, squares)),
  },
  latex: "\\sqrt[3]{#1}",
  code: { js: { native: "Math.cbrt" } },
};
