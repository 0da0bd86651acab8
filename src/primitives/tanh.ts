import { G_ZERO } from "../exact/rational.ts";
import { sigmoidIncrement } from "./forms.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, minus, num, over, plus, s, type Term, times, u } from "./term.ts";

const double = (x: Term): Term => times(num(2), x);
const moved = call("tanh", s);

export const tanh: Primitive = {
  name: "tanh",
  arity: [1, 1],
  analytic: { kind: "real" },
  parity: "odd",
  atZero: G_ZERO,
  derivatives: [minus(num(1), times(call("tanh", u), call("tanh", u)))],
  elementary: over(call("sinh", u), call("cosh", u)),
  addition: {
    law: "hyperbolic tangent: tanh(u + du) = (tanh(u) + tanh(du))/(1 + tanh(u) tanh(du))",
    value: over(
      plus(call("tanh", u), call("tanh", du)),
      plus(num(1), times(call("tanh", u), call("tanh", du))),
    ),
  },
  cascade: {
    shifted: plus(moved, times(e, minus(num(1), times(moved, moved)))),
    // tanh u = 2 σ(2u) − 1.
    increment: times(num(2), sigmoidIncrement(double(u), double(du), double(s), double(e))),
  },
  latex: "\\tanh #1",
  code: { js: { native: "Math.tanh" } },
};
