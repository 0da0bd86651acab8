/** The domain that a verdict states: places outside of it tell nothing about it. */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import type { Reals } from "../../precise/mpfr.ts";
import { add, isNonzero, negative } from "./ball.ts";
import type { Evaluator, Fault, Place } from "./evaluate.ts";
import type { Shared } from "./ladder-read.ts";

export interface Relation {
  readonly left: Syntax;
  /** `!=`, `<`, `<=`, `>` or `>=` */
  readonly relation: string;
  readonly right: Syntax;
}

/** A condition as a relation of two formulas; undefined where it is none. */
export function stated(condition: string, read: (formula: string) => Syntax): Relation | undefined {
  const [, left, relation, right] = /^([^<>=!]*)(!=|[<>]=?)([^<>=!]*)$/.exec(condition) ?? [];
  if (left === undefined || relation === undefined || right === undefined) return undefined;
  try {
    return { left: read(left), relation, right: read(right) };
  } catch {
    return undefined;
  }
}

/** Whether a place surely is inside of the domain. */
export type Inside = (r: Reals, place: Place) => boolean;

/** Free indices of a condition stand for all members; so many of each are looked at. */
const MEMBERS = 3;
const STEPS: ReadonlySet<string> = new Set(["floor", "ceil", "round", "sign"]);
const MOST_INDICES = 3;
const MOST_CONDITIONS = 100;

/**
 * What is no relation of two formulas keeps no place out, nor does `!=`: where it does not hold there is no value either.
 * Conditions name the sizes that have numbers too.
 */
export function insideOf(
  { architecture, analytic }: Pick<Shared, "architecture" | "analytic">,
  evaluator: Evaluator,
  read: (formula: string) => Syntax,
): Inside {
  const sizes = Object.entries(architecture.sizes ?? {});
  const conditions = analytic?.domain ?? [];
  const relations = conditions.slice(0, MOST_CONDITIONS).flatMap((condition) => {
    const found = stated(condition, read);
    return found === undefined || found.relation === "!=" ? [] : [found];
  });
  const sized = (place: Place): Place => ({ ...place, indices: new Map([...sizes, ...place.indices]) });
  return (r, place) =>
    relations.every(({ left, right, relation }) =>
      membersAt([left, right], sized(place)).every((at) => {
        const [a, b] = [left, right].map((side) => evaluator.value(r, side, at));
        if (a === undefined || b === undefined || a.im !== undefined || b.im !== undefined) return false;
        const gap = add(r, a, negative(r, b));
        if (!isNonzero(r, gap)) return false;
        return r.sign(gap.re) === (relation.startsWith(">") ? 1 : -1);
      }),
    );
}

/**
 * The first condition that a place is not seen to satisfy, or at a jump of the condition itself the places beside it. An end
 * that belongs to the domain needs only not to be seen to be outside. Members that are not in the architecture have no
 * condition.
 *
 * @param isMissing whether a symbol without a value was met since it was last asked
 */
export function domainFault(
  { architecture, analytic }: Pick<Shared, "architecture" | "analytic">,
  evaluator: Evaluator,
  read: (formula: string) => Syntax,
  r: Reals,
  [at, ...beside]: readonly [Place, ...Place[]],
  isMissing: () => boolean,
): Fault | undefined {
  const sizes = Object.entries(architecture.sizes ?? {});
  /** Undefined where there is no value, and where a jump may lie. */
  const holds = ({ left, right, relation }: Relation, place: Place): boolean | undefined => {
    const jumps = [left, right]
      .flatMap(postorder)
      .some((node) => node.kind === "call" && STEPS.has(node.name));
    for (const member of membersAt([left, right], {
      ...place,
      indices: new Map([...sizes, ...place.indices]),
    })) {
      isMissing();
      const [a, b] = [left, right].map((side) => evaluator.value(r, side, member));
      // What the point leaves out is free.
      if (isMissing()) continue;
      if (a === undefined || b === undefined) return undefined;
      if (a.im !== undefined || b.im !== undefined) return false;
      const gap = add(r, a, negative(r, b));
      if (isNonzero(r, gap)) {
        if (relation !== "!=" && r.sign(gap.re) !== (relation.startsWith(">") ? 1 : -1)) return false;
      } else if (jumps) return undefined;
      else if (relation !== ">=" && relation !== "<=") return false;
    }
    return true;
  };
  for (const condition of analytic?.domain ?? []) {
    const relation = stated(condition, read);
    if (relation === undefined) continue;
    if (holds(relation, at) ?? beside.every((place) => holds(relation, place))) continue;
    return { entry: "point", reason: `it is not seen to satisfy ${condition}` };
  }
  return undefined;
}

/** The place with every free index at its first values. */
function membersAt(sides: readonly Syntax[], place: Place): Place[] {
  const nodes = sides.flatMap((side) => postorder(side));
  const bound = new Set(nodes.flatMap((node) => (node.kind === "fold" ? [node.index] : [])));
  const names = nodes
    .flatMap((node) => (node.kind === "indexed" ? node.indices.flatMap((index) => postorder(index)) : []))
    .flatMap((node) => (node.kind === "name" && !bound.has(node.name) ? [node.name] : []));
  const free = [...new Set(names)].filter((name) => !place.indices.has(name));
  return free.slice(0, MOST_INDICES).reduce<Place[]>(
    (places, name) =>
      places.flatMap((at) =>
        Array.from({ length: MEMBERS }, (_, k) => ({
          ...at,
          indices: new Map(at.indices).set(name, k + 1),
        })),
      ),
    [place],
  );
}
