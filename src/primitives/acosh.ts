import { areaIncrement } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { base, call, du, e, minus, num, over, plus, s, shifted, type Term, times, u } from "./term.ts";

const root = (x: Term): Term => call("sqrt", minus(times(x, x), num(1)));
/** sinh(acosh x) = √(x − 1) √(x + 1) */
const sines = {
  base: times(call("sqrt", minus(u, num(1))), call("sqrt", plus(u, num(1)))),
  shifted: times(call("sqrt", plus(minus(s, num(1)), e)), call("sqrt", plus(plus(s, num(1)), e))),
};

export const acosh: Primitive = {
  name: "acosh",
  arity: [1, 1],
  analytic: { kind: "domain", condition: "$ > 1" },
  sign: "nonnegative",
  derivatives: [over(num(1), call("sqrt", minus(times(u, u), num(1))))],
  elementary: call("log", plus(u, call("sqrt", minus(times(u, u), num(1))))),
  addition: {
    law: "area: acosh(u + du) = acosh(u) + asinh(du (2 u + du)/(u sqrt((u + du)^2 - 1) + (u + du) sqrt(u^2 - 1)))",
    value: plus(
      call("acosh", u),
      call(
        "asinh",
        over(
          times(du, plus(times(num(2), u), du)),
          plus(times(u, root(plus(u, du))), times(plus(u, du), root(u))),
        ),
      ),
    ),
  },
  cascade: {
    shifted: call("asinh", sines.shifted),
    increment: areaIncrement(u, du, s, sines.base, sines.shifted, minus(shifted, base)),
  },
  latex: "\\operatorname{arcosh} #1",
  code: { js: { native: "Math.acosh" } },
};
