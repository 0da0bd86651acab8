/** The table of primitives: one line a function. */
import { abs } from "./abs.ts";
import { acos } from "./acos.ts";
import { acosh } from "./acosh.ts";
import { airyai } from "./airyai.ts";
import { asin } from "./asin.ts";
import { asinh } from "./asinh.ts";
import { atan } from "./atan.ts";
import { atan2 } from "./atan2.ts";
import { atanh } from "./atanh.ts";
import { besselj } from "./besselj.ts";
import { cbrt } from "./cbrt.ts";
import { ceil } from "./ceil.ts";
import { cn } from "./cn.ts";
import { cos } from "./cos.ts";
import { cosh } from "./cosh.ts";
import { delta } from "./delta.ts";
import { dn } from "./dn.ts";
import { elu } from "./elu.ts";
import { erf } from "./erf.ts";
import { erfc } from "./erfc.ts";
import { exp } from "./exp.ts";
import { expm1 } from "./expm1.ts";
import { floor } from "./floor.ts";
import { gamma } from "./gamma.ts";
import { gelu } from "./gelu.ts";
import { lambertw } from "./lambertw.ts";
import { leaky_relu } from "./leaky_relu.ts";
import { lgamma } from "./lgamma.ts";
import { log } from "./log.ts";
import { log1p } from "./log1p.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { mish } from "./mish.ts";
import { pow } from "./pow.ts";
import type { Primitive, PrimitiveTable } from "./primitive.ts";
import { relu } from "./relu.ts";
import { round } from "./round.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { silu } from "./silu.ts";
import { sin } from "./sin.ts";
import { sinh } from "./sinh.ts";
import { sn } from "./sn.ts";
import { softplus } from "./softplus.ts";
import { sqrt } from "./sqrt.ts";
import { tan } from "./tan.ts";
import { tanh } from "./tanh.ts";
import { zeta } from "./zeta.ts";

const rows: readonly Primitive[] = [
  exp,
  sin,
  cos,
  sinh,
  cosh,
  delta,
  log,
  pow,
  sqrt,
  cbrt,
  tan,
  tanh,
  asin,
  acos,
  atan,
  asinh,
  acosh,
  atanh,
  sigmoid,
  softplus,
  silu,
  gelu,
  mish,
  relu,
  leaky_relu,
  elu,
  abs,
  sign,
  max,
  min,
  floor,
  ceil,
  round,
  erf,
  erfc,
  besselj,
  airyai,
  gamma,
  lgamma,
  zeta,
  lambertw,
  sn,
  cn,
  dn,
  expm1,
  log1p,
  atan2,
];

export const primitives: PrimitiveTable = new Map(rows.map((row) => [row.name, row]));
