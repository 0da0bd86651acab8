import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, less, minus, num, plus, times, u } from "./term.ts";

export const round: Primitive = {
  name: "round",
  arity: [1, 1],
  analytic: { kind: "kink", at: "half-integers" },
  parity: "odd",
  atZero: G_ZERO,
  elementary: times(call("sign", u), call("floor", plus(call("abs", u), num(1, 2)))),
  latex: "\\operatorname{round} #1",
  code: {
    js: {
      lower: times(
        call("sign", u),
        plus(
          call("floor", call("abs", u)),
          less(minus(call("abs", u), call("floor", call("abs", u))), num(1, 2), num(0), num(1)),
        ),
      ),
    },
  },
};
