import { G_ONE } from "../exact/rational.ts";
import type { Primitive } from "./primitive.ts";

export const erfc: Primitive = {
  name: "erfc",
  arity: [1, 1],
  analytic: { kind: "entire" },
  sign: "positive",
  atZero: G_ONE,
  latex: "\\operatorname{erfc} #1",
  code: { js: null },
};
