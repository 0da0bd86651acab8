import { G_ZERO } from "../exact/rational.ts";
import { areaIncrement } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { base, call, du, less, minus, num, over, plus, s, shifted, type Term, times, u } from "./term.ts";

const root = (x: Term): Term => call("sqrt", plus(num(1), times(x, x)));

export const asinh: Primitive = {
  name: "asinh",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [over(num(1), call("sqrt", plus(times(u, u), num(1))))],
  elementary: call("log", plus(u, call("sqrt", plus(times(u, u), num(1))))),
  addition: {
    law: "area: asinh(u + du) = asinh(u) + asinh((u + du) sqrt(1 + u^2) - u sqrt(1 + (u + du)^2))",
    value: plus(
      call("asinh", u),
      call("asinh", minus(times(plus(u, du), root(u)), times(u, root(plus(u, du))))),
    ),
  },
  cascade: {
    shifted: call("asinh", s),
    // Values of different signs do not cancel.
    increment: less(
      num(0),
      times(call("sign", u), s),
      areaIncrement(u, du, s, root(u), root(s), minus(shifted, base)),
      minus(shifted, base),
    ),
  },
  latex: "\\operatorname{arsinh} #1",
  code: { js: { native: "Math.asinh" } },
};
