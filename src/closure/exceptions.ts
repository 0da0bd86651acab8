/** Sizes for which a verdict on open sizes is another one. */
import type { Exception } from "./verdict.ts";

/** Beyond these numbers of open sizes only fewer of them are small at a time. */
const MOST_FOR_TRIPLES = 3;
const MOST_FOR_PAIRS = 6;

/**
 * Tries the sizes 0 and 1, one at a time and then several, all others being 2. What holds of some sizes is not tried again
 * beside others.
 *
 * @param at what differs at sizes, or undefined
 */
export function findExceptions(
  open: readonly string[],
  at: (sizes: ReadonlyMap<string, number>) => Omit<Exception, "sizes"> | undefined,
): Exception[] {
  const found: Exception[] = [];
  const most = open.length <= MOST_FOR_TRIPLES ? 3 : open.length <= MOST_FOR_PAIRS ? 2 : 1;
  for (let count = 1; count <= Math.min(most, open.length); count++) {
    for (const small of smallSizes(open, count)) {
      const isListed = found.some(({ sizes }) =>
        Object.entries(sizes).every(([name, value]) => small.get(name) === value),
      );
      if (isListed) continue;
      const own = at(new Map(open.map((name) => [name, small.get(name) ?? 2])));
      if (own !== undefined) found.push({ sizes: Object.fromEntries(small), ...own });
    }
  }
  return found;
}

/** All ways to give so many of the sizes the value 0 or 1. */
function* smallSizes(open: readonly string[], count: number): Generator<ReadonlyMap<string, number>> {
  if (count === 0) yield new Map();
  for (const [k, name] of open.entries()) {
    if (count === 0) return;
    for (const value of [0, 1])
      for (const more of smallSizes(open.slice(k + 1), count - 1)) yield new Map([[name, value], ...more]);
  }
}
