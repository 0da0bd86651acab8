/** The declared domains of a file: comparisons of two formulas, in the canonical form, sizes and constants put in. */
import { DescentError, quoted } from "../errors.ts";
import { type Rational, rational } from "../exact/rational.ts";
import { type Algebra, type Node, names } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { Family } from "./architecture.ts";
import { readFormula } from "./formula.ts";
import { lower, type Vocabulary } from "./lower.ts";
import { survey } from "./names.ts";
import { postorder, type Syntax } from "./syntax.ts";
import { failIn } from "./tokens.ts";

/** What a condition may speak of. */
interface Known {
  readonly parameters: readonly Family[];
  readonly inputs: readonly Family[];
  readonly sizes: ReadonlyMap<string, number>;
  readonly open: readonly string[];
  readonly constants: ReadonlyMap<string, Rational>;
}

/**
 * The condition on the parameter `name`. Its indices are free: `s[j] > 0` holds for every j.
 *
 * @param source what the condition is called in errors
 * @throws DescentError `input` where it is no comparison, does not hold the parameter, or speaks of unknown names
 */
export function readCondition(
  algebra: Algebra,
  condition: string,
  name: string,
  known: Known,
  source: string,
): string {
  const fault = new DescentError("input", `${quoted(condition)} is no condition on ${name}`, {
    place: { source },
    accepted: `a comparison such as ${name} > 0`,
  });
  const { left, relation, right } = splitCondition(condition);
  if (relation === "") throw fault;
  const sides = [left, right];
  const trees = sides.map((side) => readFormula(side, { source }));
  const free = [...new Set(trees.flatMap(indexNames))].filter(
    (index) => !known.sizes.has(index) && !known.open.includes(index),
  );
  const lowered = trees.map((tree, k) => side(algebra, tree, sides[k]!, free, known, source));
  if (!lowered.some((node) => names(node, "parameter").has(name))) throw fault;
  const accepted = [...known.parameters, ...known.inputs].map((family) => family.name);
  for (const node of lowered) {
    for (const other of names(node, "parameter")) {
      if (accepted.includes(other)) continue;
      throw new DescentError("input", `${quoted(other)} does not occur in the model`, {
        place: { source },
        accepted: accepted.join(", "),
      });
    }
  }
  return lowered.map((node) => print(node, free)).join(` ${relation} `);
}

function side(
  algebra: Algebra,
  tree: Syntax,
  text: string,
  outer: readonly string[],
  { inputs, sizes, open, constants }: Known,
  source: string,
): Node {
  const { sizeNames, plainNames } = survey(tree, outer);
  const fail = failIn(text, source);
  const unknown = [...plainNames, ...sizeNames].find((size) => open.includes(size));
  if (unknown !== undefined) {
    throw new DescentError("input", `the size ${quoted(unknown)} is open`, {
      place: { source },
      accepted: "a condition without open sizes",
    });
  }
  // Sizes outside of bounds are numbers like any other.
  const numbers = [...sizes].map(([size, value]): [string, Rational] => [size, rational(value)]);
  const vocabulary: Vocabulary = {
    inputs: inputs.map((family) => family.name),
    sizes: new Map([...sizes].filter(([size]) => sizeNames.has(size))),
    constants: new Map([...numbers.filter(([size]) => !sizeNames.has(size)), ...constants]),
    outer,
  };
  return lower(algebra, tree, vocabulary, fail).model;
}

/** Names that stand in index positions and are bound nowhere in the formula. */
function indexNames(tree: Syntax): string[] {
  const nodes = postorder(tree);
  const bound = nodes.flatMap((node) => (node.kind === "fold" ? [node.index] : []));
  const found = nodes
    .flatMap((node) => (node.kind === "indexed" ? node.indices : []))
    .flatMap(postorder)
    .flatMap((part) => (part.kind === "name" ? [part.name] : []));
  return found.filter((name) => !bound.includes(name));
}

/**
 * The sides of a condition and the relation between them, which is empty where the condition is no comparison.
 *
 * @example
 * splitCondition("w + 1 > 0"); // { left: "w + 1 ", relation: ">", right: " 0" }
 */
export function splitCondition(condition: string): {
  readonly left: string;
  readonly relation: string;
  readonly right: string;
} {
  const [left, right, ...more] = condition.split(COMPARISON);
  if (right === undefined || more.length > 0) return { left: condition, relation: "", right: "" };
  return { left: left!, relation: condition.slice(left!.length, condition.length - right.length), right };
}

const COMPARISON = /<=|>=|!=|<|>/;
