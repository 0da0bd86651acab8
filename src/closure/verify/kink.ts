/**
 * Re-checks that a model is not analytic: at every witness, difference quotients from either side, of the model's own
 * values, must come near the stated one-sided derivatives, which differ, while those of lower orders agree.
 *
 * With offsets h, 2h, … the quotient of order m is off by at most (m + 1)·h·max|D^{m+1}|, and its rounding error by
 * 2^m·ε/h^m of the values: with h = 2^−64 and 1024 bits both are below 2^−32 for derivatives up to 2^28.
 */

import type { Syntax } from "../../architecture/syntax.ts";
import { parseRational, type Rational, rational } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { add, type Ball, fromRational, multiply, negative } from "./ball.ts";
import type { Evaluator, Fault, Place } from "./evaluate.ts";
import type { KinkDocument } from "./read.ts";

const BITS = 1024;
/** The offset, and how near a quotient must come: powers of two. */
const STEP = 64n;
const NEAR = 2 ** -32;

export function kinkFault(
  { architecture, tier, membership, parameters, obstruction }: KinkDocument,
  read: (formula: string) => Syntax,
  evaluator: Evaluator,
  precise: Precise,
): Fault | undefined {
  if (tier !== "outside") return { entry: "tier", reason: "a kink is a witness for outside" };
  if (membership !== "outside") return { entry: "membership", reason: "it is outside" };
  const model = read(architecture.model);
  const moved = new Set<string>();
  for (const [k, witness] of obstruction.witnesses.entries()) {
    const entry = `obstruction.witnesses[${k}]`;
    const directions = Object.keys(witness.direction);
    for (const name of directions) {
      const family = name.replace(/\[.*$/, "");
      if (!architecture.parameters.some((p) => p.replace(/\[.*$/, "") === family)) {
        return { entry: `${entry}.direction`, reason: `${name} is no parameter` };
      }
      moved.add(family);
    }
    const fault = precise.scope(BITS, (r) => witnessFault(r, evaluator, model, witness));
    if (fault !== undefined) return { entry: `${entry}.${fault.entry}`, reason: fault.reason };
  }
  for (const [k, { name, tier: own }] of parameters.entries()) {
    if (own === "outside" && !moved.has(name.replace(/\[.*$/, ""))) {
      return { entry: `parameters[${k}].tier`, reason: "no witness moves it" };
    }
  }
  return undefined;
}

/** `p/q` */
function fraction(text: string): Rational {
  const [num, den] = text.split("/") as [string, string?];
  return rational(BigInt(num), BigInt(den ?? "1"));
}

type Witness = KinkDocument["obstruction"]["witnesses"][number];

function witnessFault(r: Reals, evaluator: Evaluator, model: Syntax, witness: Witness): Fault | undefined {
  const { order } = witness;
  const values = new Map(Object.entries(witness.point).map(([name, value]) => [name, fraction(value)]));
  let missing: string | undefined;
  const placeAt = (offset: Rational): Place => ({
    indices: new Map(),
    symbol(_, text) {
      const value = values.get(text);
      if (value === undefined) missing ??= text;
      const speed = witness.direction[text];
      if (value === undefined || speed === undefined) return value ?? rational(1);
      return rational(
        value.num * offset.den + BigInt(speed) * offset.num * value.den,
        value.den * offset.den,
      );
    },
  });
  /** The quotient of order m from one side. */
  const quotient = (m: number, side: 1n | -1n): Ball | undefined => {
    let total: Ball | undefined;
    let binomial = 1n;
    for (let j = 0; j <= m; j++) {
      const value = evaluator.value(r, model, placeAt(rational(side * BigInt(j + 1), 1n << STEP)));
      if (value === undefined) return undefined;
      const weight = (m - j) % 2 === 0 ? binomial : -binomial;
      const term = multiply(r, fromRational(r, rational(weight)), value);
      total = total === undefined ? term : add(r, total, term);
      binomial = (binomial * BigInt(m - j)) / BigInt(j + 1);
    }
    return multiply(r, fromRational(r, rational((side ** BigInt(m)) << (STEP * BigInt(m)))), total!);
  };
  const size = (a: Ball, b: Ball): number => Math.abs(r.toNumber(add(r, a, negative(r, b)).re));
  for (let m = 0; m <= order; m++) {
    const [left, right] = [quotient(m, -1n), quotient(m, 1n)];
    if (missing !== undefined) return { entry: "point", reason: `there is no value of ${missing}` };
    if (left === undefined || right === undefined)
      return { entry: "point", reason: "the model has no value beside it" };
    const scale = 1 + Math.abs(r.toNumber(left.re)) + Math.abs(r.toNumber(right.re));
    if (m < order) {
      if (size(left, right) > NEAR * scale)
        return { entry: "order", reason: `those of order ${m} differ already` };
      continue;
    }
    for (const [name, quotientOf] of [
      ["left", left],
      ["right", right],
    ] as const) {
      const stated = fromRational(r, parseRational(witness[name]));
      if (size(quotientOf, stated) > NEAR * scale) {
        return { entry: name, reason: `it is ${r.toText(quotientOf.re, 12)}` };
      }
    }
    if (size(left, right) <= NEAR * scale * 2)
      return { entry: "order", reason: "the one-sided derivatives agree" };
  }
  return undefined;
}
