import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, minus, neg, num, over, plus, times, u } from "./term.ts";

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
  // tanh(log(1 + E)) = (E² + 2E)/(E² + 2E + 2) for E = e^u.
  elementary: over(
    times(u, plus(call("exp", times(num(2), u)), times(num(2), call("exp", u)))),
    plus(call("exp", times(num(2), u)), plus(times(num(2), call("exp", u)), num(2))),
  ),
  addition: {
    law: "mish: mish(u + du) = (u + du)/(1 + 2 exp(-u) exp(-du)/(2 + exp(u) exp(du)))",
    value: over(
      plus(u, du),
      plus(
        num(1),
        over(
          times(num(2), call("exp", neg(u)), call("exp", neg(du))),
          plus(num(2), times(call("exp", u), call("exp", du))),
        ),
      ),
    ),
  },
  cascade: { by: times(u, call("tanh", call("softplus", u))) },
  latex: "\\operatorname{mish}(#1)",
  code: { js: { lower: times(u, call("tanh", call("softplus", u))) } },
};
