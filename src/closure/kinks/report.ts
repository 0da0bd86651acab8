/** Witnesses of kinks for a verdict: for every family of an architecture, of given or open sizes. */
import { type Architecture, familyName, isInstance } from "../../architecture/architecture.ts";
import { readExpression } from "../../architecture/read.ts";
import { type Budget, DescentError } from "../../errors.ts";
import { rational, rationalText } from "../../exact/rational.ts";
import { type Node, postorder } from "../../expression/node.ts";
import { print } from "../../expression/print.ts";
import { expand, expandInside } from "../../expression/substitute.ts";
import { intervals } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { findKink, type Inside, type KinkWitness } from "../kinks.ts";
import { findRestriction } from "../restriction.ts";
import type { Witness } from "../verdict.ts";
import { germ } from "./germ.ts";
import { attempt } from "./locate.ts";
import { seriesAlgebra } from "./series.ts";

/**
 * Witnesses that the model is not analytic, by the names of the families that they move. With open sizes they stand for all
 * sizes ≥ 1: the model is restricted to its members at index 1, the others being constant, and it would be analytic in those
 * if it were so in all.
 *
 * @param model the function to decide, which is the architecture's model unless a loss is given
 * @example
 * kinkWitnesses(architecture("sum(v[k]*relu(w[k]*x + b[k]), k, 1, h)"), precise, budget).get("w[k]")?.order; // 1
 */
export function kinkWitnesses(
  architecture: Architecture,
  precise: Precise,
  budget: Budget,
  model: Node = architecture.model,
): Map<string, Witness> {
  const { algebra } = architecture;
  const found = new Map<string, Witness>();
  const restricted = isInstance(architecture)
    ? { node: expand(algebra, model, budget), ones: [] }
    : findRestriction(algebra, expandInside(algebra, model, budget), budget);
  if (restricted === undefined) return found;
  const restriction = restricted.ones.map(({ family, indices }) => ({ family, indices, value: "1" }));
  const inside = insideOf(architecture, budget);
  for (const family of architecture.parameters) {
    const kink = findKink(algebra, restricted.node, family.name, inside, precise, budget);
    if (kink === undefined) continue;
    found.set(familyName(family), {
      ...witnessText(kink),
      ...(isInstance(architecture) ? {} : { restriction }),
    });
  }
  return found;
}

/** One line on a witness. */
export function kinkReason({ function: name, argument, order, left, right, direction }: Witness): string {
  const along = Object.keys(direction).join(", ");
  return (
    `${name}(${argument}) has a kink or jump inside the domain: the one-sided derivatives of order ` +
    `${order} along ${along} are ${short(left)} and ${short(right)}`
  );
}

const short = (decimal: string): string =>
  /inf/.test(decimal) ? decimal : `${Number(Number(decimal).toPrecision(6))}`;

/** A witness as the verdict carries it. */
export function witnessText(found: KinkWitness): Witness {
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
function domainEnds({ algebra, model }: Architecture): ReadonlySet<string> {
  return new Set(
    postorder(model).flatMap((node) => {
      if (node.kind !== "call" || node.free.length > 0 || !/^(sqrt|asin|acos|acosh)$/.test(node.name))
        return [];
      const { analytic } = algebra.primitives.get(node.name)!;
      return analytic.kind === "domain" ? [analytic.condition.replace("$", () => print(node.args[0]!))] : [];
    }),
  );
}

/** The conditions that bound the domain: those that were declared, and those outside of which there is no value. */
export function askedConditions(architecture: Architecture): string[] {
  const ends = domainEnds(architecture);
  return architecture.conditions.filter((text, k, all) => all.indexOf(text) !== k || !ends.has(text));
}

/** Whether all conditions of an architecture surely hold at a location; one that cannot be evaluated does not. */
export function insideOf(architecture: Architecture, budget: Budget): Inside {
  const { algebra } = architecture;
  const conditions = askedConditions(architecture).map((condition) => {
    const match = /^(.*?)(<=|>=|!=|<|>)(.*)$/.exec(condition);
    if (match === null) return undefined;
    const [, left, relation, right] = match as unknown as [string, string, string, string];
    try {
      const [a, b] = [left, right].map((text) => readExpression(architecture, text)) as [Node, Node];
      return { difference: algebra.subtract(a, b), relation };
    } catch (error) {
      if (error instanceof DescentError) return undefined;
      throw error;
    }
  });
  return ({ point, bracket }, precise) =>
    conditions.every((condition) => {
      if (condition === undefined) return false;
      return precise.scope(BITS, (reals) => {
        const i = intervals(reals);
        const s = seriesAlgebra(reals, i);
        const [any] = [...point.keys()];
        const moved = bracket?.symbol ?? any;
        if (moved === undefined) return false;
        const at =
          bracket === undefined
            ? { exact: point.get(moved) ?? rational(0) }
            : { lo: i.rational(bracket.lo).lo, hi: i.rational(bracket.hi).hi };
        const place = { point, moved, at, side: 0, ramification: 1, terms: 1 } as const;
        const value = attempt(() => germ(algebra, condition.difference, place, s, budget));
        const side = value === undefined ? undefined : s.signOf(value[0]!);
        if (side === undefined || side === 0) return false;
        return condition.relation === "!=" || side === (condition.relation.startsWith(">") ? 1 : -1);
      });
    });
}
