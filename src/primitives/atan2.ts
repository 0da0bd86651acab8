import type { Primitive } from "./primitive.ts";
import {
  base,
  call,
  du,
  dv,
  less,
  minus,
  neg,
  num,
  over,
  plus,
  s,
  shifted,
  type Term,
  t,
  times,
  u,
  v,
} from "./term.ts";

const length = (y: Term, x: Term): Term => call("sqrt", plus(times(y, y), times(x, x)));
/** r + v before and after: positive off the cut. */
const near = plus(length(u, v), v);
const far = plus(length(plus(u, du), plus(v, dv)), plus(v, dv));
/** Points over their sizes, so that no product overflows or vanishes. */
const size = plus(call("abs", u), call("abs", v));
const sizeAfter = plus(call("abs", s), call("abs", t));
const [y, x] = [over(u, size), over(v, size)];
const [yAfter, xAfter] = [over(s, sizeAfter), over(t, sizeAfter)];
const turned = minus(times(x, yAfter), times(y, xAfter));
const moved = minus(times(x, over(du, sizeAfter)), times(y, over(dv, sizeAfter)));
const between = call(
  "atan2",
  less(times(num(4), sizeAfter), size, turned, moved),
  plus(times(x, xAfter), times(y, yAfter)),
);

export const atan2: Primitive = {
  name: "atan2",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [over(v, plus(times(u, u), times(v, v))), over(neg(u), plus(times(u, u), times(v, v)))],
  addition: {
    law: "angle: atan2(u, v) = 2 atan(u/(r + v)) with r^2 = u^2 + v^2, and the law of the arctangent",
    value: plus(
      call("atan2", u, v),
      times(
        num(2),
        call(
          "atan2",
          minus(times(plus(u, du), near), times(u, far)),
          plus(times(near, far), times(u, plus(u, du))),
        ),
      ),
    ),
  },
  cascade: {
    shifted: call("atan2", s, t),
    // The angle between both points; beyond 5/2 the points may lie on different sides of the cut, and nothing cancels.
    increment: less(call("abs", minus(shifted, base)), num(5, 2), between, minus(shifted, base)),
  },
  latex: "\\operatorname{atan2}(#1, #2)",
  code: { js: { native: "Math.atan2" } },
};
