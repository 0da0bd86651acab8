import type { Primitive } from "./primitive.ts";
import { call, minus, num, over, plus, u, v } from "./term.ts";

export const besselj: Primitive = {
  name: "besselj",
  arity: [2, 2],
  analytic: { kind: "real" },
  derivatives: [
    null,
    over(minus(call("besselj", minus(u, num(1)), v), call("besselj", plus(u, num(1)), v)), num(2)),
  ],
  law: "D-finite: u^2 J'' + u J' + (u^2 - v^2) J = 0 (DLMF 10.2.1)",
  latex: "J_{#1}(#2)",
  code: { js: null },
};
