/** From a built-in's name, a file's content or a formula to an architecture. */
import { DescentError, quoted } from "../errors.ts";
import { sign } from "../exact/rational.ts";
import { createAlgebra } from "../expression/algebra.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";
import type { Architecture } from "./architecture.ts";
import { BUILTINS, builtinFile } from "./builtins.ts";
import { readCondition } from "./conditions.ts";
import { type ArchitectureFile, checkArchitecture } from "./file.ts";
import { readFormula } from "./formula.ts";
import { type Loss, NOISE } from "./losses.ts";
import { lower, type Vocabulary } from "./lower.ts";
import { lossDomain, requireOutputs } from "./objective.ts";
import { postorder, type Syntax } from "./syntax.ts";
import { type Fail, failIn } from "./tokens.ts";
import { readVocabulary } from "./vocabulary.ts";

/** What can be said beside the architecture itself; it wins over what a file says. */
export interface ReadOptions {
  readonly inputs?: readonly string[];
  readonly sizes?: Readonly<Record<string, number>>;
  readonly loss?: Loss;
  readonly output?: ArchitectureFile["output"];
}

/**
 * Builds an architecture in an algebra of its own.
 *
 * @param given a file's content, or `{ model }` alone
 * @param source what the formula is called in errors
 * @throws DescentError `input` with the place in the formula, or the name of the field
 * @example
 * buildArchitecture(primitives, { model: "A*exp(-k*x)" }).parameters.map((p) => p.name); // ["A", "k"]
 */
export function buildArchitecture(
  primitives: PrimitiveTable,
  given: ArchitectureFile,
  options: ReadOptions = {},
  source = "formula",
): Architecture {
  const file = checkArchitecture(given, source);
  const algebra = createAlgebra(primitives);
  const output = options.output ?? file.output;
  const inputs = options.inputs ?? file.inputs;
  const vocabulary = readVocabulary(
    {
      constants: file.constants,
      sizes: { ...file.sizes, ...options.sizes },
      ...(inputs === undefined ? {} : { inputs: [...inputs] }),
      ...(output === undefined ? {} : { output }),
    },
    source,
  );
  const where = source === "formula" ? source : `${source}:model`;
  const syntax = readFormula(file.model, { source: where });
  const fail = failIn(file.model, where);
  const lowered = lower(algebra, syntax, vocabulary, fail);
  const { constants, sizes } = vocabulary;
  const loss = options.loss ?? file.loss ?? "squared";
  const noise = loss === "gaussian-nll" ? readNoise(algebra, syntax, vocabulary, fail, source) : undefined;
  const parameters =
    noise?.kind === "symbol"
      ? [...lowered.parameters, { name: NOISE, indexNames: [], ranges: [] }]
      : lowered.parameters;
  const declared = Object.entries(file.domains ?? {}).flatMap(([name, given]) => {
    if (!parameters.some((family) => family.name === name)) {
      throw new DescentError("input", `${quoted(name)} is no parameter`, {
        place: { source, path: `domains.${name}` },
        accepted: parameters.map((family) => family.name).join(", ") || "none: the model has no parameters",
      });
    }
    return [given]
      .flat()
      .map((condition) =>
        readCondition(
          algebra,
          condition,
          name,
          { ...lowered, parameters, sizes, constants },
          `${source}:domains.${name}`,
        ),
      );
  });
  const needed = lossDomain(loss, algebra, lowered.model, noise).map(
    (node) => `${print(node, lowered.output === undefined ? [] : [lowered.output.index])} > 0`,
  );
  const architecture: Architecture = {
    name: file.name ?? "model",
    algebra,
    ...lowered,
    parameters,
    conditions: [...new Set([...lowered.conditions, ...needed, ...declared])],
    declared,
    sizes,
    loss,
    ...(noise === undefined ? {} : { noise }),
    ...(file.description === undefined ? {} : { description: file.description }),
    ...(file.reference === undefined ? {} : { reference: file.reference }),
  };
  requireOutputs(architecture, source);
  return architecture;
}

/** The standard deviation of gaussian-nll: the constant `sigma` where it is given, else a parameter beside the model's. */
function readNoise(
  algebra: Algebra,
  syntax: Syntax,
  { constants, inputs, output }: Vocabulary,
  fail: Fail,
  source: string,
): Node {
  const accepted = "another name in the model";
  for (const node of postorder(syntax)) {
    const name = node.kind === "fold" ? node.index : "name" in node ? node.name : undefined;
    if (name === NOISE) {
      throw fail(node.span, `'${NOISE}' is the standard deviation of gaussian-nll`, accepted);
    }
    if (name === `Delta_${NOISE}`) throw fail(node.span, `'${name}' is the name of a step`, "another name");
  }
  const elsewhere = inputs?.includes(NOISE)
    ? "inputs"
    : output?.index === NOISE || output?.size === NOISE
      ? "output"
      : undefined;
  if (elsewhere !== undefined) {
    throw new DescentError("input", `'${NOISE}' is the standard deviation of gaussian-nll`, {
      place: { source, path: elsewhere },
      accepted: "another name",
    });
  }
  const given = constants.get(NOISE);
  if (given === undefined) return algebra.symbol(NOISE, "parameter");
  if (sign(given) > 0) return algebra.number(given);
  throw new DescentError("input", "a standard deviation that is not positive", {
    place: { source, path: `constants.${NOISE}` },
    accepted: "a number above 0",
  });
}

/**
 * A formula that speaks of an architecture's symbols, such as an entry of its certificate, as an expression in its algebra.
 *
 * @param outer names of the indices that are bound outside of the formula, innermost first
 * @throws DescentError `input` with the place in the formula
 */
export function readExpression(
  architecture: Architecture,
  formula: string,
  outer: readonly string[] = [],
): Node {
  const syntax = readFormula(formula, { source: "formula" });
  const vocabulary = {
    inputs: architecture.inputs.map((family) => family.name),
    sizes: new Map<string, number>(),
    constants: new Map(),
    openSizes: architecture.open,
    outer,
  };
  return lower(architecture.algebra, syntax, vocabulary, failIn(formula, "formula")).model;
}

/** The file of the built-in of this name at its usual structure, or undefined. */
export function builtin(name: string): ArchitectureFile | undefined {
  const row = BUILTINS.find((b) => b.name === name);
  return row === undefined ? undefined : builtinFile(row);
}
