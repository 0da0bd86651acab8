/** Witnesses of kinks for a verdict: for every family of an architecture, of given or open sizes. */
import { type Architecture, familyName, flatNames, isInstance } from "../../architecture/architecture.ts";
import { splitCondition } from "../../architecture/conditions.ts";
import { readExpression } from "../../architecture/read.ts";
import { type Budget, DescentError } from "../../errors.ts";
import { rational, rationalText } from "../../exact/rational.ts";
import { boundIndex, isLiteral, literal } from "../../expression/affine.ts";
import { enclose } from "../../expression/enclose.ts";
import { type Node, postorder, type SymbolNode, symbols } from "../../expression/node.ts";
import { print } from "../../expression/print.ts";
import { expand, expandInside, isShort, rebuild } from "../../expression/substitute.ts";
import { intervals } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { findKink, type Inside, type KinkWitness } from "../kinks.ts";
import { type Cell, findRestriction, type Restricted, restrictedTo } from "../restriction.ts";
import type { Witness } from "../verdict.ts";
import { germ } from "./germ.ts";
import { attempt } from "./locate.ts";
import { seriesAlgebra } from "./series.ts";

/**
 * Witnesses that the model is not analytic, by the names of the families that they move. With open sizes they stand for all
 * sizes ≥ 1: the model is restricted to its members at index 1, the others being constant, and it would be analytic in those
 * if it were so in all.
 *
 * @param rewritten whether `model` is another spelling, which is the model within all conditions only
 * @param model the function to decide, which is the architecture's model unless a loss is given
 * @example
 * const given = architecture({ model: "sum(v[k]*relu(w[k]*x + b[k]), k, 1, h)" });
 * kinkWitnesses(given, await openPrecise(), createBudget()).get("w[k]")?.order; // 1
 */
export function kinkWitnesses(
  architecture: Architecture,
  precise: Precise,
  budget: Budget,
  model: Node = architecture.model,
  rewritten = false,
): Map<string, Witness> {
  const { algebra } = architecture;
  const found = new Map<string, Witness>();
  const whole = isInstance(architecture) && isShort(model, MOST_TERMS);
  const restricted = whole
    ? { node: expand(algebra, model, budget), ones: [] }
    : restrictedModel(architecture, expandInside(algebra, model, budget), budget);
  if (restricted === undefined) return found;
  const restriction = restricted.ones.map(({ family, indices }) => ({ family, indices, value: "1" }));
  // What was rewritten has lost the ends of its domain.
  const asked = rewritten ? architecture.conditions : askedConditions(architecture);
  const inside = insideOf(architecture, restricted.ones, budget, asked);
  for (const family of architecture.parameters) {
    const kink = findKink(algebra, restricted.node, family.name, inside, precise, budget);
    if (kink === undefined) continue;
    found.set(familyName(family), {
      ...witnessText(kink),
      ...(whole ? {} : { restriction }),
    });
  }
  return found;
}

/** Models with more are restricted: a witness names the argument of its kink, which is as long as a layer written out. */
const MOST_TERMS = 500;

/** The most cells that are tried. */
const CELLS = 64;

/**
 * A restriction of the model. Members on which it does not depend are 1 rather than 0, which is inside of more domains:
 * the model has values there as well.
 */
function restrictedModel(
  { algebra, parameters }: Architecture,
  model: Node,
  budget: Budget,
): Restricted | undefined {
  const first = findRestriction(algebra, model, budget);
  if (first === undefined) return undefined;
  let ones = first.ones;
  const others = parameters.flatMap(({ name, ranges }) =>
    patterns(ranges.length).map((indices) => ({ family: name, indices })),
  );
  for (const cell of others.slice(0, CELLS)) {
    if (ones.some((one) => one.family === cell.family && one.indices.join() === cell.indices.join()))
      continue;
    const more = [...ones, cell];
    if (restrictedTo(algebra, model, more, budget) === first.node) ones = more;
  }
  return { node: first.node, ones };
}

/** All ways to be 1 or at least 2 but the one of index 1 alone. */
function patterns(rank: number): ("1" | ">=2")[][] {
  let all: ("1" | ">=2")[][] = [[]];
  for (let k = 0; k < rank; k++)
    all = all.flatMap((p) => [
      [...p, "1" as const],
      [...p, ">=2" as const],
    ]);
  return all.filter((p) => p.includes(">=2"));
}

/** One line on a witness. The argument of an inverse function is its distance from a branch point. */
export function kinkReason({ function: name, argument, order, left, right, direction }: Witness): string {
  const along = Object.keys(direction).join(", ");
  const what = INVERSE.has(name) ? `${name}, where ${argument} is 0,` : `${name}(${argument})`;
  return (
    `${what} has a kink or jump inside the domain: the one-sided derivatives of order ` +
    `${order} along ${along} are ${short(left)} and ${short(right)}`
  );
}

const INVERSE: ReadonlySet<string> = new Set(["asin", "acos", "acosh"]);

const short = (decimal: string): string =>
  /inf/.test(decimal) ? decimal : `${Number(Number(decimal).toPrecision(6))}`;

/** A witness as the verdict carries it. */
function witnessText(found: KinkWitness): Witness {
  const { bracket } = found;
  return {
    function: found.function,
    argument: print(found.argument),
    point: Object.fromEntries(
      [...found.point].map(([symbol, value]) => [print(symbol), rationalText(value)]),
    ),
    ...(bracket === undefined
      ? {}
      : {
          bracket: { [print(bracket.symbol)]: [rationalText(bracket.lo), rationalText(bracket.hi)] as const },
        }),
    direction: { [print(found.direction)]: 1 },
    order: found.order,
    left: found.left,
    right: found.right,
  };
}

const BITS = 256;

/**
 * What the roots of a model need to be analytic: at an end of their domain that is never left the model still has values,
 * so that these conditions do not bound its domain. Germs check the domain of every function by themselves.
 */
export function domainEnds({ algebra, model }: Architecture): ReadonlySet<string> {
  return new Set(
    postorder(model).flatMap((node) => {
      if (
        node.kind !== "call" ||
        node.free.length > 0 ||
        !/^(sqrt|asin|acos|acosh|lambertw)$/.test(node.name)
      )
        return [];
      const { analytic } = algebra.primitives.get(node.name)!;
      return analytic.kind === "domain" ? [analytic.condition.replace("$", () => print(node.args[0]!))] : [];
    }),
  );
}

/** The conditions that bound the domain: those that were declared, and those outside of which there is no value. */
export function askedConditions(architecture: Architecture): string[] {
  const ends = domainEnds(architecture);
  return architecture.conditions.filter((text) => architecture.declared.includes(text) || !ends.has(text));
}

/** The most members for which a condition is checked. */
const MEMBERS = 2000;

/**
 * Whether all conditions of an architecture surely hold at a location, for all members; one that cannot be evaluated does
 * not.
 *
 * @param ones the members with an index ≥ 2 that are 1, with open sizes; the others of them are 0
 */
export function insideOf(
  architecture: Architecture,
  ones: readonly Cell[],
  budget: Budget,
  asked: readonly string[] = askedConditions(architecture),
): Inside {
  const { algebra } = architecture;
  const conditions = asked.map((condition) => {
    const { left, relation, right } = splitCondition(condition);
    if (relation === "") return undefined;
    const differences = attempt(() => {
      const names = indexNames(condition, architecture);
      const [a, b] = [left, right].map((text) => readExpression(architecture, text, names)) as [Node, Node];
      return eachMember(architecture, algebra.subtract(a, b), names.length);
    });
    return differences === undefined ? undefined : { differences, relation };
  });
  return ({ point, bracket }, precise) =>
    conditions.every((condition) => {
      if (condition === undefined) return false;
      return condition.differences.every((difference) =>
        precise.scope(BITS, (reals) => {
          const i = intervals(reals);
          const s = seriesAlgebra(reals, i);
          const values = new Map(point);
          for (const symbol of symbols(difference, "parameter")) {
            const cell = symbol.free.length === 0 ? undefined : cellOf(symbol);
            if (cell === undefined) continue;
            const isOne = ones.some(
              (one) => one.family === symbol.name && one.indices.join() === cell.join(),
            );
            values.set(symbol, rational(isOne ? 1 : 0));
          }
          const moved = bracket?.symbol ?? [...point.keys()][0];
          if (moved === undefined) return false;
          const at =
            bracket === undefined
              ? { exact: point.get(moved)! }
              : { lo: i.rational(bracket.lo).lo, hi: i.rational(bracket.hi).hi };
          const place = { point: values, moved, at, side: 0, ramification: 1, terms: 1 } as const;
          const value = attempt(() => germ(algebra, difference, place, s, budget));
          /** Where a kink of the condition itself lies in the bracket its germ has two sides, and its value bounds. */
          const enclosedSide = (): number | undefined => {
            const bounds = enclose(difference, i, (symbol) =>
              bracket !== undefined && symbol === bracket.symbol
                ? { lo: i.rational(bracket.lo).lo, hi: i.rational(bracket.hi).hi }
                : (values.get(symbol) ?? rational(0)),
            );
            return i.isFinite(bounds) && i.excludesZero(bounds) ? reals.sign(bounds.lo) : undefined;
          };
          const side = value === undefined ? enclosedSide() : s.signOf(value[0]!);
          if (side === undefined || side === 0) return false;
          return condition.relation === "!=" || side === (condition.relation.startsWith(">") ? 1 : -1);
        }),
      );
    });
}

/** Names in the brackets of a condition that are no sizes: its free indices. */
export function indexNames(condition: string, { sizes, open }: Architecture): string[] {
  const inside = [...condition.matchAll(/\[([^\]]*)\]/g)].flatMap(
    ([, text]) => text!.match(/[A-Za-z_]\w*/g) ?? [],
  );
  return [...new Set(inside)].filter((name) => !sizes.has(name) && !open.includes(name));
}

/** `1` or `>=2` for each index of a symbol, its free ones being at least 2; undefined for other indices. */
function cellOf({ indices }: SymbolNode): ("1" | ">=2")[] | undefined {
  const cell = indices.map((index) => {
    if (isLiteral(index)) return index.constant === 1 ? "1" : index.constant >= 2 ? ">=2" : undefined;
    const [only] = index.bound;
    const bare =
      index.bound.length === 1 && index.sizes.length === 0 && index.constant === 0 && only![1] === 1;
    return bare ? ">=2" : undefined;
  });
  return cell.includes(undefined) ? undefined : (cell as ("1" | ">=2")[]);
}

/**
 * An expression with `count` free indices for all of their values: those of the members that there are, or with open sizes
 * each index 1 or left free, for all values ≥ 2.
 */
function eachMember(architecture: Architecture, root: Node, count: number): Node[] {
  const { algebra } = architecture;
  const given = isInstance(architecture);
  const known = new Set([...flatNames(architecture.parameters), ...flatNames(architecture.inputs)]);
  const most = Math.max(
    1,
    ...[...architecture.parameters, ...architecture.inputs].flatMap(({ ranges }) =>
      ranges.map(({ hi }) => (isLiteral(hi) ? hi.constant : 1)),
    ),
  );
  let all = [root];
  for (let k = 0; k < count; k++) {
    // From the outermost on, so that the numbers of the others stay.
    const outermost = count - 1 - k;
    all = all.flatMap((node) => {
      const at = (value: number): Node =>
        rebuild(algebra, node, { index: (j) => (j === outermost ? literal(value) : boundIndex(j)) });
      return given ? Array.from({ length: most }, (_, value) => at(value + 1)) : [at(1), node];
    });
    if (all.length > MEMBERS) throw new DescentError("unsupported", "a condition on too many members");
  }
  if (!given || count === 0) return all;
  const families = new Set([...architecture.parameters, ...architecture.inputs].map(({ name }) => name));
  // Values of the indices beyond the members that there are.
  return all.filter((node) =>
    [...symbols(node, "parameter"), ...symbols(node, "input")].every(
      (symbol) => known.has(print(symbol)) || !families.has(symbol.name),
    ),
  );
}
