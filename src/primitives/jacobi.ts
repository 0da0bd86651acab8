/**
 * What the increments of sn, cn, dn are made of. With x = u + du/2 and y = du/2 the addition theorems (DLMF 22.8) give
 * sn(x + y) − sn(x − y) = 2 sn y cn x dn x/D, cn: −2 sn y dn y sn x dn x/D, dn: −2 m sn y cn y sn x cn x/D, all of them
 * products, with D = 1 − m sn²x sn²y = cn²y + sn²y dn²x.
 */
import { call, du, hs, minus, num, over, plus, type Term, times, v } from "./term.ts";

/** sn, cn, dn at x + e for an e of the size of a rounding error. */
export const sineAt = (x: Term, e: Term): Term =>
  plus(call("sn", x, v), times(e, call("cn", x, v), call("dn", x, v)));
export const cosineAt = (x: Term, e: Term): Term =>
  minus(call("cn", x, v), times(e, call("sn", x, v), call("dn", x, v)));
export const deltaAt = (x: Term, e: Term): Term =>
  minus(call("dn", x, v), times(v, e, call("sn", x, v), call("cn", x, v)));

const half = over(du, num(2));
export const STEP = { sn: call("sn", half, v), cn: call("cn", half, v), dn: call("dn", half, v) };

/** cn²y + sn²y dn²x */
const delta = call("dn", hs, v);
export const DIVISOR = plus(times(STEP.cn, STEP.cn), times(times(STEP.sn, STEP.sn), times(delta, delta)));
