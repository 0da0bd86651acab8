/** The domain as a verdict states it: without conditions that always hold or that others imply. */
import type { Architecture } from "../architecture/architecture.ts";
import { splitCondition } from "../architecture/conditions.ts";
import { readExpression } from "../architecture/read.ts";
import { DescentError } from "../errors.ts";
import { gIsReal, gMultiply, sign } from "../exact/rational.ts";
import type { Algebra, Node, SumTerm } from "../expression/node.ts";
import { ANY, NEGATIVE, NONE, opposite, POSITIVE, type Signs, signsOf } from "../expression/signs.ts";
import { indexNames } from "./kinks/report.ts";

/** `difference` > 0, ≥ 0 or ≠ 0. */
interface Condition {
  readonly text: string;
  readonly difference: Node;
  readonly signs: Signs;
}

/**
 * The conditions that neither hold everywhere nor follow from those that are kept; what was declared is kept. The longest
 * are looked at first, so that `w > 0` rather than `w^2 > 0` stays.
 *
 * @example
 * const given = architecture({ model: "log(w) + 1/(w^2 + 1)" });
 * statedDomain(given, given.conditions); // ["w > 0"]
 */
export function statedDomain(architecture: Architecture, conditions: readonly string[]): string[] {
  const { algebra, declared } = architecture;
  const kept = new Map([...new Set(conditions)].map((text) => [text, readStated(architecture, text)]));
  const order = [...kept.keys()]
    .reverse()
    .filter((text) => !declared.includes(text))
    .sort((a, b) => b.length - a.length);
  for (const text of order) {
    const own = kept.get(text);
    if (own === undefined) continue;
    const known = new Map<Node, Signs>();
    for (const [other, condition] of kept)
      if (other !== text && condition !== undefined)
        learn(algebra, condition.difference, condition.signs, known);
    if ((signsOf(algebra, own.difference, known) & ~own.signs) === 0) kept.delete(text);
  }
  return [...kept.keys()];
}

/** A condition within the closure of its domain: `u >= 0` for `u > 0`. */
export function closedCondition(text: string): string {
  const { left, relation, right } = splitCondition(text);
  return relation === ">" || relation === "<" ? `${left}${relation}=${right}` : text;
}

/** Undefined where a condition is no relation of two formulas, and where it needs more than its text says. */
function readStated(architecture: Architecture, text: string): Condition | undefined {
  const { left, relation, right } = splitCondition(text);
  if (relation === "") return undefined;
  try {
    const names = indexNames(text, architecture);
    const [a, b] = [left, right].map((side) => readExpression(architecture, side, names)) as [Node, Node];
    const { algebra } = architecture;
    const difference = relation.startsWith("<") ? algebra.subtract(b, a) : algebra.subtract(a, b);
    const strict = relation === "!=" ? NEGATIVE | POSITIVE : POSITIVE;
    return { text, difference, signs: relation.endsWith("=") && relation !== "!=" ? strict | NONE : strict };
  } catch (error) {
    if (error instanceof DescentError) return undefined;
    throw error;
  }
}

/** What follows from the signs of a node, put into `known`. */
function learn(algebra: Algebra, node: Node, signs: Signs, known: Map<Node, Signs>): void {
  const negative = algebra.scale(-1, node);
  known.set(node, (known.get(node) ?? ANY) & signs);
  known.set(negative, (known.get(negative) ?? ANY) & opposite(signs));
  if (node.kind === "product" && (signs & NONE) === 0) {
    // No factor of what does not vanish does.
    for (const [base, k] of node.factors) if (k > 0) learn(algebra, base, NEGATIVE | POSITIVE, known);
  }
  if (node.kind !== "sum" || node.terms.some(([c]) => !gIsReal(c))) return;
  const constant = node.terms.find(([, term]) => term === algebra.one)?.[0];
  const others = node.terms.filter(([, term]) => term !== algebra.one);
  const rest = algebra.combine(others);
  const [[{ re }, term]] = others as [SumTerm];
  const single = others.length === 1;
  if (constant === undefined) {
    if (single) learn(algebra, term, sign(re) > 0 ? signs : opposite(signs), known);
    return;
  }
  if ((signs & NEGATIVE) !== 0) return;
  const bound = algebra.number(constant);
  const squares = (u: Node): Node => algebra.subtract(algebra.product([[bound, 2]]), square(algebra, u));
  // u + k > 0 with k < 0 leaves u and u² − k² above 0.
  if (sign(constant.re) < 0) {
    known.set(squares(rest), opposite(signs)).set(algebra.scale(-1, squares(rest)), signs);
    if (single) learn(algebra, term, sign(re) > 0 ? POSITIVE : NEGATIVE, known);
    else known.set(rest, POSITIVE);
  } else if (single && term.kind === "call" && term.name === "abs" && sign(re) < 0) {
    // |u| < k leaves k − u, k + u and k² − u² above 0.
    const u = algebra.scale(re, term.args[0]!);
    for (const own of [algebra.add(bound, u), algebra.subtract(bound, u), squares(u)]) known.set(own, signs);
  }
}

/** The square of a sum multiplied out. */
const square = (algebra: Algebra, u: Node): Node =>
  u.kind !== "sum"
    ? algebra.product([[u, 2]])
    : algebra.combine(
        u.terms.flatMap(([c, a]) =>
          u.terms.map(([d, b]): SumTerm => [gMultiply(c, d), algebra.multiply(a, b)]),
        ),
      );
