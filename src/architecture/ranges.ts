/** The ranges over which the indices of a family run. */
import { type DescentError, quoted } from "../errors.ts";
import {
  type Affine,
  addAffine,
  affineText,
  boundIndex,
  isLiteral,
  literal,
  sameAffine,
} from "../expression/affine.ts";
import type { Range } from "../expression/differentiate.ts";

export interface Binder {
  readonly name: string;
  readonly lo: Affine;
  readonly hi: Affine;
}

/** An error at the place of the index. */
type Fail = (fault: string, accepted: string) => DescentError;

/** Least and greatest value of an index expression; every index counts from 1. */
export function hull(a: Affine, scope: readonly Binder[], fail: Fail): Range {
  let [lo, hi] = [a, a];
  for (let k = 0; k < scope.length; k++) {
    const binder = scope[k]!;
    const end = (which: Affine, up: boolean): Affine => {
      const c = which.bound.find(([number]) => number === k)?.[1];
      if (c === undefined) return which;
      const limit = c > 0 === up ? binder.hi : binder.lo;
      return addAffine(addAffine(which, boundIndex(k), -c), shifted(limit, k + 1), c);
    };
    [lo, hi] = [end(lo, false), end(hi, true)];
  }
  if (isLiteral(lo) && lo.constant < 1 && !emptyScope(scope)) {
    throw fail(`an index reaches ${lo.constant}`, "indices from 1 on");
  }
  return { lo: isLiteral(lo) ? lo : literal(1), hi };
}

/** The least value that an index expression takes over the ranges around it. */
export function leastOver(a: Affine, scope: readonly Binder[]): Affine {
  let least = a;
  for (let k = 0; k < scope.length; k++) {
    const c = least.bound.find(([number]) => number === k)?.[1];
    if (c === undefined) continue;
    const limit = shifted(c > 0 ? scope[k]!.lo : scope[k]!.hi, k + 1);
    least = addAffine(addAffine(least, boundIndex(k), -c), limit, c);
  }
  return least;
}

/** The range of two uses of a family. */
export function join(a: Range, b: Range, name: string, fail: Fail): Range {
  const difference = addAffine(a.hi, b.hi, -1);
  const lo = literal(Math.min(a.lo.constant, b.lo.constant));
  if (isLiteral(difference)) return { lo, hi: difference.constant >= 0 ? a.hi : b.hi };
  const text = (r: Range): string => affineText(r.hi, (k) => `#${k}`);
  throw fail(
    `an index of ${quoted(name)} runs to ${text(a)} in one place and to ${text(b)} here`,
    "one range, or numbers for these sizes",
  );
}

const shifted = (a: Affine, by: number): Affine =>
  a.bound.reduce((total, [k, c]) => addAffine(addAffine(total, boundIndex(k), -c), boundIndex(k + by), c), a);

const emptyScope = (scope: readonly Binder[]): boolean =>
  scope.some((b) => isLiteral(b.lo) && isLiteral(b.hi) && b.hi.constant < b.lo.constant);

/** The name of the index that stands alone in a place, else one of its own. */
export function indexName(a: Affine, scope: readonly Binder[], k: number): string {
  const plain = scope.find((_, number) => sameAffine(a, boundIndex(number)));
  return plain?.name ?? `i${k + 1}`;
}

/** A[i,i] and the like: a second index of the same name gets a number. */
export const uniqueNames = (indexNames: readonly string[]): string[] =>
  indexNames.map((name, k) => (indexNames.indexOf(name) === k ? name : `${name}${k + 1}`));
