/**
 * Re-checks that a model is not analytic: at every witness, difference quotients from either side, of the model's own
 * values, must come near the stated one-sided derivatives, which differ, or diverge where they are stated to; those of
 * lower orders must agree.
 *
 * With offsets h, 2h, … the quotient of order m is off by at most (m + 1)·h·max|D^{m+1}|, where the one-sided derivatives
 * exist, and by C·h^(1/6) where roots of what vanishes follow; its rounding error is 2^m·ε/h^m of the values.
 *
 * A point that is given by a bracket is found by halving it, until the kink's argument changes its sign within a distance
 * that is far below every offset.
 */

import type { Syntax } from "../../architecture/syntax.ts";
import { parseRational, type Rational, rational } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { add, type Ball, fromRational, isNonzero, multiply, negative } from "./ball.ts";
import { arityOf } from "./claims.ts";
import { Rejection } from "./context.ts";
import { domainFault } from "./domain.ts";
import type { Evaluator, Fault, Place } from "./evaluate.ts";
import type { Valuer } from "./ladder-equal.ts";
import { ambiguousName, lossOf, scores, subjectOf } from "./objective.ts";
import { hash } from "./points.ts";
import type { KinkDocument } from "./read.ts";
import { cellKey } from "./restriction.ts";

/** Offsets as negative powers of two: of derivatives, and the two between which quotients have to grow. */
const STEP = 256n;
const DIVERGENT = [384n, 512n] as const;
/** The least growth between these, as a power of two: that of h^(−1/6) and of anything worse. */
const GROWTH = 20;
/** How near a quotient must come, and the width to which a bracket is halved. */
const NEAR = 2 ** -32;
const LOCATED = 640n;

export function kinkFault(
  document: KinkDocument,
  read: (formula: string) => Syntax,
  evaluator: Evaluator,
  precise: Precise,
): Fault | undefined {
  const { architecture, loss, tier, membership, parameters, obstruction } = document;
  if (tier !== "outside") return { entry: "tier", reason: "a kink is a witness for outside" };
  if (membership !== "outside") return { entry: "membership", reason: "it is outside" };
  const own = read(architecture.model);
  const of = subjectOf(architecture, loss);
  const twice = ambiguousName(architecture, of);
  if (twice !== undefined) return { entry: "architecture", reason: `${twice} is a target or a step` };
  const model =
    of === "optimality"
      ? lossOf(evaluator, architecture, own, loss)
      : scores(evaluator, architecture, own, architecture.output?.size === 1);
  const families = new Set(architecture.parameters.map(familyOf));
  const arities = new Map(architecture.parameters.map((name) => [familyOf(name), arityOf(name)]));
  const moved = new Set<string>();
  for (const [k, witness] of obstruction.witnesses.entries()) {
    const entry = `obstruction.witnesses[${k}]`;
    for (const name of Object.keys(witness.direction)) {
      if (!families.has(familyOf(name)))
        return { entry: `${entry}.direction`, reason: `${name} is no parameter` };
      moved.add(familyOf(name));
    }
    const fault = precise.scope((r) => {
      const at = {
        r,
        precise,
        evaluator,
        model,
        document,
        read,
        witness,
        isParameter: (name: string) => families.has(name),
        arity: (family: string) => arities.get(family) ?? 0,
      };
      for (const sizes of sizesOf(architecture.openSizes ?? [], witness)) {
        const found = witnessFault(at, sizes);
        if (found !== undefined) return found;
      }
      return undefined;
    });
    if (fault !== undefined) return { entry: `${entry}.${fault.entry}`, reason: fault.reason };
  }
  for (const [k, { name, tier: own }] of parameters.entries()) {
    if (own === "outside" && !moved.has(familyOf(name))) {
      return { entry: `parameters[${k}].tier`, reason: "no witness moves it" };
    }
  }
  return undefined;
}

const familyOf = (name: string): string => name.replace(/\[.*$/, "");

/** `p/q` */
function fraction(text: string): Rational {
  const [num, den] = text.split("/") as [string, string?];
  return rational(BigInt(num), BigInt(den ?? "1"));
}

type Witness = KinkDocument["obstruction"]["witnesses"][number];

interface Setting {
  readonly r: Reals;
  readonly precise: Precise;
  readonly evaluator: Evaluator;
  readonly model: Valuer;
  readonly document: KinkDocument;
  readonly read: (formula: string) => Syntax;
  readonly witness: Witness;
  readonly isParameter: (name: string) => boolean;
  /** How many indices the members of a family have. */
  readonly arity: (family: string) => number;
}

/** Small numbers for the open sizes. A witness for all sizes says what the members with an index ≥ 2 are. */
function sizesOf(open: readonly string[], { restriction }: Witness): ReadonlyMap<string, number>[] {
  const each = (size: (k: number) => number) => new Map(open.map((name, k) => [name, size(k)]));
  if (restriction === undefined || open.length === 0) return [new Map()];
  return [each(() => 1), each(() => 2), each((k) => 2 + (k % 2)), each((k) => 3 - (k % 2))];
}

function witnessFault(setting: Setting, sizes: ReadonlyMap<string, number>): Fault | undefined {
  const { model, witness, isParameter, evaluator, arity } = setting;
  const { order } = witness;
  const values = new Map(Object.entries(witness.point).map(([name, value]) => [name, fraction(value)]));
  const cells = new Map(
    witness.restriction?.map(({ family, indices, value }) => [cellKey(family, indices), value]),
  );
  for (const [key, value] of cells) {
    if (!/^-?\d+(\/[1-9]\d*)?$/.test(value))
      return { entry: "restriction", reason: `the value of ${key} is no number` };
  }
  for (const [k, { family, indices }] of witness.restriction?.entries() ?? []) {
    const entry = `restriction[${k}]`;
    if (!isParameter(family)) return { entry: `${entry}.family`, reason: "it is no parameter" };
    if (indices.length !== arity(family))
      return { entry: `${entry}.indices`, reason: `${family} has ${arity(family)}` };
    if (indices.every((index) => index === "1"))
      return { entry: `${entry}.indices`, reason: "the member at index 1 keeps its name" };
  }
  let missing: string | undefined;

  /** Members with an index ≥ 2: parameters are 0 where no value is stated, inputs are arbitrary. */
  function further(name: string, text: string): Rational | undefined {
    const indices = /\[(.*)\]$/.exec(text)?.[1]?.split(",").map(Number);
    if (witness.restriction === undefined || indices === undefined || indices.every((k) => k === 1))
      return undefined;
    if (!isParameter(name)) return rational(2000 + (hash(text) % 7000), 4999);
    return fraction(
      cells.get(
        cellKey(
          name,
          indices.map((k) => (k === 1 ? "1" : ">=2")),
        ),
      ) ?? "0",
    );
  }
  const placeAt = (offset: Rational): Place => ({
    indices: sizes,
    symbol(name, text) {
      const value = further(name, text) ?? values.get(text);
      if (value === undefined) missing ??= text;
      const speed = witness.direction[text];
      if (value === undefined || speed === undefined || offset.num === 0n) return value ?? rational(1);
      return rational(
        value.num * offset.den + BigInt(speed) * offset.num * value.den,
        value.den * offset.den,
      );
    },
  });

  const located = locate(setting, values, placeAt);
  if (located !== undefined) return located;
  const beside = [1n, -1n].map((side) => placeAt(rational(side, 1n << STEP)));
  const places = [placeAt(rational(0)), ...beside] as const;
  const outside = domainFault(
    setting.document,
    evaluator,
    setting.read,
    setting.r.at(Number(LOCATED)),
    places,
    () => {
      const met = missing !== undefined;
      missing = undefined;
      return met;
    },
  );
  if (outside !== undefined) return outside;
  const divergent = [witness.left, witness.right].some((text) => text.endsWith("inf"));
  const step = divergent ? DIVERGENT[0] : STEP;
  const r = setting.r.at(Number(divergent ? DIVERGENT[1] : STEP) * (order + 2) + 512);

  /** The quotient of order m from one side. */
  const quotient = (m: number, side: 1n | -1n, shift: bigint): Ball | undefined => {
    let total: Ball | undefined;
    let binomial = 1n;
    for (let j = 0; j <= m; j++) {
      const value = model(r, placeAt(rational(side * BigInt(j + 1), 1n << shift)));
      if (value === undefined) return undefined;
      const weight = (m - j) % 2 === 0 ? binomial : -binomial;
      const term = multiply(r, fromRational(r, rational(weight)), value);
      total = total === undefined ? term : add(r, total, term);
      binomial = (binomial * BigInt(m - j)) / BigInt(j + 1);
    }
    return multiply(r, fromRational(r, rational((side ** BigInt(m)) << (shift * BigInt(m)))), total!);
  };
  const size = (a: Ball, b: Ball): number => Math.abs(r.toNumber(add(r, a, negative(r, b)).re));

  for (let m = 0; m <= order; m++) {
    const [left, right] = [quotient(m, -1n, step), quotient(m, 1n, step)];
    if (missing !== undefined) return { entry: "point", reason: `there is no value of ${missing}` };
    if (left === undefined || right === undefined)
      return { entry: "point", reason: "the model has no value beside it" };
    const scale = 1 + Math.abs(r.toNumber(left.re)) + Math.abs(r.toNumber(right.re));
    if (m < order) {
      if (size(left, right) > NEAR * scale)
        return { entry: "order", reason: `those of order ${m} differ already` };
      continue;
    }
    for (const [name, side, found] of [
      ["left", -1n, left],
      ["right", 1n, right],
    ] as const) {
      const stated = witness[name];
      if (stated.endsWith("inf")) {
        const nearer = quotient(m, side, DIVERGENT[1]);
        const direction = stated === "inf" ? 1 : -1;
        const grows =
          nearer !== undefined &&
          [nearer, found].every((q) => isNonzero(r, q) && r.sign(q.re) === direction) &&
          r.exponent(nearer.re) - r.exponent(found.re) >= GROWTH;
        if (!grows) return { entry: name, reason: "the difference quotients do not diverge" };
        continue;
      }
      const own = Math.abs(r.toNumber(found.re)) + 1;
      if (size(found, fromRational(r, parseRational(stated))) > NEAR * (divergent ? own : scale)) {
        return { entry: name, reason: `it is ${r.toText(found.re, 12)}` };
      }
    }
    if (!divergent && size(left, right) <= NEAR * scale * 2)
      return { entry: "order", reason: "the one-sided derivatives agree" };
  }
  if (witness.bracket !== undefined || witness.argument === undefined) return undefined;
  const argument = argumentOf(setting, witness.argument);
  if ("entry" in argument) return argument;
  const wide = setting.r.at(Number(LOCATED));
  const nonzeroAt = (offset: Rational): boolean => {
    const value = evaluator.value(wide, argument.syntax, placeAt(offset));
    return value !== undefined && isNonzero(wide, value);
  };
  if (nonzeroAt(rational(0))) return { entry: "argument", reason: "it does not vanish at the point" };
  return [1n, -1n].some((side) => nonzeroAt(rational(side, 1n << STEP)))
    ? undefined
    : { entry: "argument", reason: "it vanishes beside the point too" };
}

function argumentOf({ read }: Pick<Setting, "read">, text: string): Fault | { readonly syntax: Syntax } {
  try {
    return { syntax: read(text) };
  } catch (error) {
    if (error instanceof Rejection) return { entry: "argument", reason: error.message };
    throw error;
  }
}

/** Puts the zero of a bracket into `values`. */
function locate(
  { precise, evaluator, read, witness }: Setting,
  values: Map<string, Rational>,
  placeAt: (offset: Rational) => Place,
): Fault | undefined {
  const brackets = Object.entries(witness.bracket ?? {});
  if (brackets.length === 0) return undefined;
  const [[name, ends]] = brackets as [[string, [string, string]]];
  const fault = (reason: string): Fault => ({ entry: "bracket", reason });
  if (brackets.length > 1) return fault("there is more than one");
  if (values.has(name)) return fault(`the point has a value of ${name}`);
  if (!witness.direction[name]) return fault(`${name} does not move`);
  if (witness.argument === undefined) return fault("there is no argument that vanishes in it");
  const found = argumentOf({ read }, witness.argument);
  if ("entry" in found) return found;
  const argument = found.syntax;
  const signAt = (t: Rational): number | undefined => {
    values.set(name, t);
    return precise.scope(Number(LOCATED) + 256, (r) => {
      const value = evaluator.value(r, argument, placeAt(rational(0)));
      if (value === undefined) return undefined;
      return isNonzero(r, value) ? r.sign(value.re) : 0;
    });
  };
  const [lo, hi] = ends.map(fraction) as [Rational, Rational];
  const [below, above] = [signAt(lo), signAt(hi)];
  if (below === undefined || above === undefined || below * above >= 0)
    return fault("the argument has no opposite signs at its ends");
  // Integers over a power of two from here on, so that no fraction has to be reduced.
  let [least, most] = [(lo.num << LOCATED) / lo.den + 1n, (hi.num << LOCATED) / hi.den - 1n];
  if (most - least > 1n << LOCATED || most <= least) return fault("it is wider than 1, or too narrow");
  if (signAt(dyadic(least)) !== below || signAt(dyadic(most)) !== above)
    return fault("the argument has no opposite signs at its ends");
  while (most - least > 1n) {
    const middle = (least + most) >> 1n;
    const side = signAt(dyadic(middle));
    if (side === undefined) return fault("the argument has no value in it");
    if (side === 0) return undefined;
    if (side === below) least = middle;
    else most = middle;
  }
  return undefined;
}

/** k/2^LOCATED in lowest terms. */
function dyadic(k: bigint): Rational {
  if (k === 0n) return rational(0);
  const zeros = BigInt((k & -k).toString(2).length - 1);
  const shift = zeros < LOCATED ? zeros : LOCATED;
  return { num: k >> shift, den: 1n << (LOCATED - shift) };
}
