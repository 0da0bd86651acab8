import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, minus, num, plus, times, u } from "./term.ts";

export const mish: Primitive = {
  name: "mish",
  arity: [1, 1],
  analytic: { kind: "real" },
  atZero: G_ZERO,
  derivatives: [
    plus(
      call("tanh", call("softplus", u)),
      times(
        u,
        call("sigmoid", u),
        minus(num(1), times(call("tanh", call("softplus", u)), call("tanh", call("softplus", u)))),
      ),
    ),
  ],
  elementary: times(u, call("tanh", call("softplus", u))),
  latex: "\\operatorname{mish}(#1)",
  code: { js: { lower: times(u, call("tanh", call("softplus", u))) } },
};
