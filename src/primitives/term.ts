/**
 * The term language of a primitive's row: plain data, read by the expression core (derivatives, addition laws) and by
 * the emitters (code). Slots are filled by whoever instantiates the term.
 */
import { type Rational, rational } from "../exact/rational.ts";

export type Term =
  | { readonly kind: "number"; readonly value: Rational }
  | { readonly kind: "slot"; readonly name: string }
  /** π, and the imaginary unit, which only stands in `elementary`. */
  | { readonly kind: "constant"; readonly name: "pi" | "i" }
  | { readonly kind: "operation"; readonly op: "+" | "-" | "*" | "/"; readonly args: readonly [Term, Term] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Term[] }
  /** `yes` where left < right, else `no` (NaN takes the second branch). */
  | {
      readonly kind: "less";
      readonly left: Term;
      readonly right: Term;
      readonly yes: Term;
      readonly no: Term;
    };

export const num = (n: number, d = 1): Term => ({ kind: "number", value: rational(n, d) });
export const slot = (name: string): Term => ({ kind: "slot", name });
export const pi: Term = { kind: "constant", name: "pi" };
export const imaginary: Term = { kind: "constant", name: "i" };
export const plus = (a: Term, b: Term): Term => ({ kind: "operation", op: "+", args: [a, b] });
export const minus = (a: Term, b: Term): Term => ({ kind: "operation", op: "-", args: [a, b] });
export const over = (a: Term, b: Term): Term => ({ kind: "operation", op: "/", args: [a, b] });
export const call = (name: string, ...args: Term[]): Term => ({ kind: "call", name, args });
export const less = (left: Term, right: Term, yes: Term, no: Term): Term => ({
  kind: "less",
  left,
  right,
  yes,
  no,
});

export const times = (first: Term, ...rest: Term[]): Term =>
  rest.reduce((a, b): Term => ({ kind: "operation", op: "*", args: [a, b] }), first);
export const neg = (a: Term): Term => times(num(-1), a);

/** The arguments of the function: `u` of a function of one argument, `u` and `v` of a function of two. */
export const u = slot("u");
export const v = slot("v");
/** The increment of `u`. */
export const du = slot("du");
/** The increment of `v`. */
export const dv = slot("dv");
/** `s + e` is the shifted argument as an unevaluated two-sum; halfway, `hs + he` = u + du/2. */
export const s = slot("s");
export const e = slot("e");
export const hs = slot("hs");
export const he = slot("he");
/** The same of the second argument: `t + f` = v + dv. */
export const t = slot("t");
export const f = slot("f");
/** The function at `u` and at `u + du`. */
export const base = slot("base");
export const shifted = slot("shifted");
