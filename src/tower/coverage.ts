/** Which members of a family a general term answers for: the others' orders must be 0. */
import { type Family, members } from "../architecture/architecture.ts";
import { type Affine, boundIndex, isLiteral, literal, sameAffine } from "../expression/affine.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { Absent } from "./leaf.ts";
import type { OrderSet } from "./orders.ts";

interface Answer {
  readonly folds: OrderSet["folds"];
  readonly indices: readonly Affine[];
}

/**
 * [the orders of all members that nothing answers for are 0]; throws `Absent` where these cannot be told.
 *
 * @param order the name of the family's orders
 */
export function unanswered(algebra: Algebra, family: Family, order: string, own: readonly OrderSet[]): Node {
  const { ranges } = family;
  const isZero = (indices: readonly Affine[]): Node =>
    algebra.call("delta", [algebra.symbol(order, "constant", indices), algebra.zero]);
  const answers = own.flatMap(({ folds, orders }) =>
    [...orders].flatMap((o): Answer[] =>
      o.kind === "symbol" && o.name === order ? [{ folds, indices: o.indices }] : [],
    ),
  );
  if (answers.length === 0) {
    // Every member: a product over all indices, the last one innermost.
    const all = isZero(ranges.map((_, k) => boundIndex(ranges.length - 1 - k)));
    return ranges.reduceRight<Node>((body, range, k) => {
      return algebra.fold({ op: "prod", ...range, except: [], body, hint: family.indexNames[k] ?? "i" });
    }, all);
  }
  if (answers.some((answer) => isWhole(answer, family))) return algebra.one;
  const listed =
    answers.every(({ indices }) => indices.every(isLiteral)) &&
    ranges.every(({ lo, hi }) => isLiteral(lo) && isLiteral(hi));
  if (!listed) throw new Absent(`it is not clear which members of ${family.name} the formula holds`);
  const held = new Set(answers.map(({ indices }) => indices.map((a) => a.constant).join()));
  const missing = members(family).filter((tuple) => !held.has(tuple.join()));
  return algebra.multiply(...missing.map((tuple) => isZero(tuple.map(literal))));
}

/** Whether every index runs through the family's whole range, each in a sum or product of its own. */
function isWhole({ folds, indices }: Answer, { ranges }: Family): boolean {
  const used = new Set<number>();
  return indices.every((index, k) => {
    const { lo, hi } = ranges[k]!;
    if (isLiteral(index)) return sameAffine(index, lo) && sameAffine(index, hi);
    // Index 0 belongs to the innermost fold, which stands first.
    const at = folds.findIndex((_, depth) => sameAffine(index, boundIndex(depth)));
    const fold = folds[at];
    if (fold === undefined || used.has(at)) return false;
    used.add(at);
    return fold.except.length === 0 && sameAffine(fold.lo, lo) && sameAffine(fold.hi, hi);
  });
}
