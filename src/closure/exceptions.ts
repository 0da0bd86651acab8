/** Sizes for which a verdict on open sizes is another one. */
import { type Affine, isLiteral } from "../expression/affine.ts";
import { HAS, type Node, postorder } from "../expression/node.ts";
import type { Exception, Verdict } from "./verdict.ts";

/** Beyond these numbers of open sizes only fewer of them are small at a time. */
const MOST_FOR_TRIPLES = 3;
const MOST_FOR_PAIRS = 6;
/** The greatest size that is tried, and of two sizes together. */
const LARGEST = 12;
const LARGEST_OF_PAIRS = 4;
/** Of a size inside of functions at least. */
const LARGEST_INSIDE = 4;
/** What sizes that occur as values have while others are tried: large, and not equal. */
const APART = [7, 5, 8, 6];

/**
 * Sizes that occur as values, as in (n − 3)·f or as the number of equal terms, with the largest number of the formulas. What is
 * shown of a polynomial in them holds for all but finitely many numbers, or outside of a hypersurface.
 */
export interface Valued {
  readonly names: ReadonlySet<string>;
  readonly largest: number;
  /** Those that stand inside of functions, as in cos(n·acos(w)): whole numbers are then no generic values. */
  readonly inside: ReadonlySet<string>;
}

export function sizesAsValues(formulas: readonly Node[]): Valued {
  const names = new Set<string>();
  const inside = new Set<string>();
  let largest = 1;
  const note = (a: Affine): void => {
    for (const [name] of a.sizes) names.add(name);
    largest = Math.max(largest, Math.abs(a.constant));
  };
  for (const node of formulas.flatMap((formula) => postorder(formula))) {
    if (node.kind === "number") largest = Math.max(largest, whole(node.value.re), whole(node.value.im));
    if (node.kind === "sum") for (const [c] of node.terms) largest = Math.max(largest, whole(c.re));
    if (node.kind === "integer" && !isLiteral(node.value)) note(node.value);
    if (node.kind === "fold" && !node.body.free.includes(0)) {
      note(node.lo);
      note(node.hi);
    }
  }
  for (const formula of formulas) for (const name of sizesInside(formula)) inside.add(name);
  return { names, largest, inside };
}

/** Sizes that occur as values in the arguments of functions; not as whole exponents. */
function sizesInside(root: Node): Set<string> {
  const found = new Set<string>();
  for (const node of postorder(root)) {
    if (node.kind !== "call") continue;
    const args = node.name === "pow" ? node.args.slice(0, 1) : node.args;
    for (const part of args.flatMap((arg) => postorder(arg)))
      if (part.kind === "integer") for (const [name] of part.value.sizes) found.add(name);
  }
  return found;
}

const PERIODIC: ReadonlySet<string> = new Set("sin cos tan floor ceil round".split(" "));

/**
 * Why a verdict on generic values of a size that stands inside of functions says nothing of whole numbers; undefined where no
 * such thing is seen.
 */
export function unreliable(
  model: Node,
  { exceptions, scope }: Pick<Verdict, "exceptions" | "scope">,
): string | undefined {
  if (scope !== "generic") return undefined;
  const inside = sizesInside(model);
  const periodic = postorder(model).find(
    (node) =>
      node.kind === "call" &&
      PERIODIC.has(node.name) &&
      (node.has & HAS.parameter) === 0 &&
      sizesInside(node).size > 0,
  );
  if (periodic !== undefined) return "a periodic function of an open size";
  const differs = (exceptions ?? []).flatMap(({ sizes }) => {
    const [[name, value], ...more] = Object.entries(sizes) as [[string, number], ...[string, number][]];
    return more.length === 0 && inside.has(name) && value >= 2 ? [`${name}=${value}`] : [];
  });
  if (differs.length === 0) return undefined;
  return `an open size inside of a function; the tier is another one for ${differs.join(", ")}`;
}

export const scopeOf = ({ names }: Valued): "all" | "generic" => (names.size === 0 ? "all" : "generic");

const whole = ({ num, den }: { readonly num: bigint; readonly den: bigint }): number =>
  den === 1n ? Math.min(Math.abs(Number(num)), LARGEST) : 0;

/**
 * Tries the sizes 0 and 1, one at a time and then several, all others being 2; sizes that occur as values also beyond. What
 * holds of some sizes is not tried again beside others.
 *
 * @param at what differs at sizes, or undefined
 */
export function findExceptions(
  open: readonly string[],
  { names, largest, inside }: Valued,
  at: (sizes: ReadonlyMap<string, number>) => Omit<Exception, "sizes"> | undefined,
): Exception[] {
  const found: Exception[] = [];
  const most = open.length <= MOST_FOR_TRIPLES ? 3 : open.length <= MOST_FOR_PAIRS ? 2 : 1;
  const apart = new Map([...names].map((name, k) => [name, APART[k % APART.length]!]));
  const valuesOf = (name: string, together: number): number[] => {
    if (!names.has(name) || together > 2) return [0, 1];
    const alone = Math.max(Math.min(largest + 2, LARGEST), inside.has(name) ? LARGEST_INSIDE : 0);
    const end = together === 1 ? alone : Math.min(largest + 2, LARGEST_OF_PAIRS);
    return Array.from({ length: end + 1 }, (_, k) => k);
  };
  for (let count = 1; count <= Math.min(most, open.length); count++) {
    for (const small of combinations(open, count, (name) => valuesOf(name, count))) {
      const isListed = found.some(({ sizes }) =>
        Object.entries(sizes).every(([name, value]) => small.get(name) === value),
      );
      if (isListed) continue;
      const withOthers = (others: (name: string) => number) =>
        at(new Map(open.map((name) => [name, small.get(name) ?? others(name)])));
      const own = withOthers((name) => apart.get(name) ?? 2);
      if (own === undefined) continue;
      // The form is that for other sizes of 2.
      const plain = apart.size > 0 && own.form !== undefined ? withOthers(() => 2) : own;
      const { tier } = own;
      found.push({ sizes: Object.fromEntries(small), ...(plain?.tier === tier ? plain : { tier }) });
    }
  }
  return found;
}

/** All ways to give so many of the sizes one of their values. */
function* combinations(
  open: readonly string[],
  count: number,
  valuesOf: (name: string) => readonly number[],
): Generator<ReadonlyMap<string, number>> {
  if (count === 0) yield new Map();
  else
    for (const [k, name] of open.entries())
      for (const value of valuesOf(name))
        for (const more of combinations(open.slice(k + 1), count - 1, valuesOf))
          yield new Map([[name, value], ...more]);
}
