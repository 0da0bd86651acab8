/** Whether a formula has values at all: of what is defined nowhere nothing is claimed. */
import { type Architecture, atSizes, outputs } from "../architecture/architecture.ts";
import { splitCondition } from "../architecture/conditions.ts";
import { readExpression } from "../architecture/read.ts";
import { type Budget, DescentError } from "../errors.ts";
import { add, compare, multiply, negate, type Rational, rational, subtract } from "../exact/rational.ts";
import { enclose } from "../expression/enclose.ts";
import { HAS, type Node, postorder, type SymbolNode, symbols } from "../expression/node.ts";
import { expand } from "../expression/substitute.ts";
import { type Intervals, intervals } from "../precise/interval.ts";
import type { Precise } from "../precise/mpfr.ts";
import { indexNames, insideOf } from "./kinks/report.ts";

export const NOWHERE = "no point is found at which the model has a value";
export const NOWHERE_INSIDE = "no point of the declared domain is found at which the model has a value";

const PLACES = 60;
/** Of the symbols, before a factor around 1; negative in every third place and for half of the symbols. */
const SIZES = [1, 1, 4, 30, 1000, 1 / 32, 1e6, 1e9].map((size) =>
  size < 1 ? rational(1, Math.round(1 / size)) : rational(size),
);

/** Whether a real formula is found to have a finite value somewhere; a function that cannot be enclosed may have any. */
export function isDefined(model: Node, precise: Precise): boolean {
  if (isUnread(model)) return true;
  return precise.scope(64, (reals) => {
    const i = intervals(reals);
    for (let point = 0; point < PLACES; point++) {
      const { lo, hi } = enclose(model, i, (s) => coordinate(s, point));
      if (reals.isFinite(lo) && reals.isFinite(hi)) return true;
    }
    return isOpaque(model, i);
  });
}

/** Whether there is what has no enclosure here. */
const isUnread = (model: Node): boolean =>
  (model.has & (HAS.complex | HAS.fold)) !== 0 || postorder(model).some((node) => node.kind === "integer");

/** A rational of either sign, in every third place positive. */
function coordinate({ id }: SymbolNode, point: number): Rational {
  const value = size(id, point);
  return isNegative(id, point) ? negate(value) : value;
}

const mix = (id: number, point: number): number => (id * 7919 + point * 104_729 + id * point * 31) % 9973;
const isNegative = (id: number, point: number): boolean => (mix(id, point) >> 3) % 2 !== 0 && point % 3 !== 0;
function size(id: number, point: number): Rational {
  const own = SIZES[point % SIZES.length]!;
  return rational(BigInt(mix(id, point) + 101) * own.num, 4999n * own.den);
}

/** Whether a function in the model cannot be enclosed. */
function isOpaque(model: Node, i: Intervals): boolean {
  const samples = [rational(1, 2), rational(2), rational(1)].map((c) => i.rational(c));
  return postorder(model).some((node) => {
    if (node.kind !== "call") return false;
    const values = samples.map((c) => i.call(node.name, ...node.args.map(() => c)));
    return values.every((value) => value === undefined || !i.isFinite(value));
  });
}

/** The ends of an interval, those that there are. */
interface Box {
  lo?: Rational;
  hi?: Rational;
}

/** Places within the declared domain that are tried. */
const INSIDE = 400;

/**
 * Whether a point within the declared domain is found at which the model has a value; with open sizes where they are 2, or
 * else 1. Conditions of one symbol and a number bound where it is looked for.
 */
export function isDefinedInside(architecture: Architecture, precise: Precise, budget: Budget): boolean {
  const { declared, open } = architecture;
  if (declared.length === 0) return true;
  const numbers = open.length === 0 ? [0] : [2, 1];
  return numbers.some((n) => {
    try {
      const given = atSizes(architecture, Object.fromEntries(open.map((name) => [name, n])));
      return hasPoint(given, precise, budget);
    } catch (error) {
      if (error instanceof DescentError && (error.code === "input" || error.code === "unsupported"))
        return false;
      throw error;
    }
  });
}

function hasPoint(architecture: Architecture, precise: Precise, budget: Budget): boolean {
  const { algebra, declared } = architecture;
  const models = outputs(architecture, budget).map((model) => expand(algebra, model, budget));
  const inside = insideOf(architecture, [], budget, declared);
  const boxes = boxesOf(architecture);
  const plain = declared
    .filter((text) => !text.includes("["))
    .flatMap((text) => sidesOf(architecture, text).sides);
  const own = [
    ...new Set([...models, ...plain].flatMap((node) => ROLES.flatMap((role) => symbols(node, role)))),
  ];
  return precise.scope(64, (reals) => {
    const i = intervals(reals);
    for (let point = 0; point < INSIDE; point++) {
      budget.spend();
      const values = new Map(own.map((s) => [s, coordinateIn(boxes.get(s.name) ?? {}, s, point)]));
      if (!inside({ point: values }, precise)) continue;
      const hasValue = models.every((model) => {
        const { lo, hi } = enclose(model, i, (s) => values.get(s) ?? rational(1));
        return (reals.isFinite(lo) && reals.isFinite(hi)) || isUnread(model) || isOpaque(model, i);
      });
      if (hasValue) return true;
    }
    return false;
  });
}

const ROLES = ["parameter", "input", "target"] as const;

function coordinateIn({ lo, hi }: Box, symbol: SymbolNode, point: number): Rational {
  if (lo !== undefined && hi !== undefined) {
    const share = rational(mix(symbol.id, point) + 1, 9975);
    return add(lo, multiply(subtract(hi, lo), share));
  }
  if (lo !== undefined) return add(lo, size(symbol.id, point));
  if (hi !== undefined) return subtract(hi, size(symbol.id, point));
  return coordinate(symbol, point);
}

function sidesOf(architecture: Architecture, text: string): { relation: string; sides: Node[] } {
  const { left, relation, right } = splitCondition(text);
  const names = indexNames(text, architecture);
  return { relation, sides: [left, right].map((side) => readExpression(architecture, side, names)) };
}

/** The intervals of the symbols and families that are compared with numbers. */
function boxesOf(architecture: Architecture): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>();
  for (const text of architecture.declared) {
    const { relation, sides } = sidesOf(architecture, text);
    const symbol = sides.find((node) => node.kind === "symbol");
    const number = sides.find((node) => node.kind === "number");
    if (relation === "!=" || symbol === undefined || number === undefined) continue;
    const box = boxes.get(symbol.name) ?? {};
    const bound = number.value.re;
    const isLower = relation.startsWith(">") === (symbol === sides[0]);
    if (isLower) box.lo = box.lo === undefined || compare(bound, box.lo) > 0 ? bound : box.lo;
    else box.hi = box.hi === undefined || compare(bound, box.hi) < 0 ? bound : box.hi;
    boxes.set(symbol.name, box);
  }
  return boxes;
}
