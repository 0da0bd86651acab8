import { G_ZERO } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";
import { call, du, e, less, minus, neg, num, over, plus, s, type Term, times, u } from "./term.ts";

/** A point x with e^x and e^−x. */
interface Point {
  readonly x: Term;
  readonly grown: Term;
  readonly decayed: Term;
}

const BEFORE: Point = { x: u, grown: call("exp", u), decayed: call("exp", neg(u)) };
const AFTER: Point = {
  x: s,
  // Beyond 40 the gate is 1 − 2e^(−2x), and e may be as large as 1.
  grown: less(s, num(40), times(call("exp", s), plus(num(1), e)), call("exp", s)),
  decayed: times(call("exp", neg(s)), minus(num(1), e)),
};

/** E² + 2E + 2 for E = e^x, and 1 + 2F + 2F² for F = e^−x. */
const whole = (grown: Term): Term => plus(times(grown, plus(grown, num(2))), num(2));
const part = (decayed: Term): Term => plus(num(1), times(num(2), decayed, plus(num(1), decayed)));

/** tanh(softplus(x)) */
const gate = ({ x, grown, decayed }: Point): Term =>
  less(
    x,
    num(0),
    over(times(grown, plus(grown, num(2))), whole(grown)),
    over(plus(num(1), times(num(2), decayed)), part(decayed)),
  );

/** gate(b) − gate(a) for a step b − a ≥ 0 = 2 (1 − e^−step) B (A + B + 2)/((A² + 2A + 2)(B² + 2B + 2)), A = e^a, B = e^b. */
function gateRise(a: Point, b: Point, step: Term): Term {
  const low = over(times(b.grown, plus(plus(a.grown, b.grown), num(2))), whole(b.grown));
  const ratio = plus(plus(call("exp", neg(step)), num(1)), times(num(2), b.decayed));
  const high = over(ratio, part(b.decayed));
  return over(times(num(-2), call("expm1", neg(step)), less(b.x, num(0), low, high)), whole(a.grown));
}

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
  cascade: {
    shifted: times(s, gate(AFTER)),
    // The product rule with the smaller gate beside du.
    increment: less(
      du,
      num(0),
      minus(times(du, gate(AFTER)), times(u, gateRise(AFTER, BEFORE, neg(du)))),
      plus(times(du, gate(BEFORE)), times(s, gateRise(BEFORE, AFTER, du))),
    ),
  },
  latex: "\\operatorname{mish}(#1)",
  code: { js: { lower: times(u, call("tanh", call("softplus", u))) } },
};
