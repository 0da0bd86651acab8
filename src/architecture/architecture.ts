/** An architecture: the model as an expression, its parameters and inputs as families, its sizes and loss. */

import { type Budget, DescentError } from "../errors.ts";
import { boundIndex, instantiateAffine, isLiteral, literal } from "../expression/affine.ts";
import type { Range, Variable } from "../expression/differentiate.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { instantiate, substituteIndex } from "../expression/substitute.ts";
import type { Loss } from "./losses.ts";

/** A symbol with all its index values: `A[j,i,p]`, or a scalar, which has no ranges. */
export interface Family {
  readonly name: string;
  /** Names of the indices as first written, one for each range. */
  readonly indexNames: readonly string[];
  /** Closed in themselves: their bounds hold literals and sizes only. */
  readonly ranges: readonly Range[];
}

/** Several outputs f_1 … f_C: the model's index 0 is free and runs over the range, which is closed in itself. */
export interface Output {
  /** The index as it is written in the model. */
  readonly index: string;
  readonly range: Range;
}

export interface Architecture {
  readonly name: string;
  readonly algebra: Algebra;
  /** Real-valued; sizes that were given are numbers in it. Without `output` no index is free in it. */
  readonly model: Node;
  readonly output?: Output;
  readonly inputs: readonly Family[];
  /** In the order of first occurrence. */
  readonly parameters: readonly Family[];
  /** The sizes that were given. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The sizes that are open. */
  readonly open: readonly string[];
  readonly loss: Loss;
  /** The standard deviation of gaussian-nll: the parameter `sigma`, the last one, or the constant of that name. */
  readonly noise?: Node;
  /**
   * Where the verdict is asked for: what the formula as written and the loss need, `w != 0` for a division by w, and
   * declared domains. The output's index stands for all its values.
   */
  readonly conditions: readonly string[];
  /** Those of them that were declared. */
  readonly declared: readonly string[];
  readonly description?: string;
  readonly reference?: string;
}

/** `A[j,i,p]`, or the bare name of a scalar. */
export const familyName = (family: Family): string =>
  family.indexNames.length === 0 ? family.name : `${family.name}[${family.indexNames.join(",")}]`;

/** The most members of a family that are listed. */
const MOST_MEMBERS = 1_000_000;

/**
 * All index tuples of a family, row by row, last index fastest. Its ranges must be numbers.
 *
 * @throws DescentError `unsupported` where they are too many to be listed
 */
export function members(family: Family): number[][] {
  const count = family.ranges.reduce((n, { lo, hi }) => n * Math.max(0, hi.constant - lo.constant + 1), 1);
  if (count > MOST_MEMBERS)
    throw new DescentError("unsupported", `${familyName(family)} has ${count} members`, {
      accepted: `at most ${MOST_MEMBERS}, or sizes left open`,
    });
  let tuples: number[][] = [[]];
  for (const { lo, hi } of family.ranges) {
    const length = Math.max(0, hi.constant - lo.constant + 1);
    const values = Array.from({ length }, (_, k) => lo.constant + k);
    tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value]));
  }
  return tuples;
}

export const memberName = (name: string, tuple: readonly number[]): string =>
  tuple.length === 0 ? name : `${name}[${tuple.join(",")}]`;

/** The scalar parameters in their order, each as a variable to differentiate by. Sizes must be numbers. */
export function parameterVariables(architecture: Architecture): { name: string; variable: Variable }[] {
  return architecture.parameters.flatMap((family) =>
    members(family).map((tuple) => {
      const indices = tuple.map(literal);
      const ranges = indices.map((index) => ({ lo: index, hi: index }));
      const variable: Variable = { name: family.name, role: "parameter", indices, ranges };
      return { name: memberName(family.name, tuple), variable };
    }),
  );
}

/** A parameter to differentiate by: a scalar, or with open sizes a family whose indices are free. */
export interface Unknown {
  readonly name: string;
  readonly variable: Variable;
  /** Names of the free indices, innermost first. */
  readonly scope: readonly string[];
}

/** The scalar parameters; with open sizes one unknown for each family. */
export const unknowns = (architecture: Architecture): Unknown[] =>
  isInstance(architecture)
    ? parameterVariables(architecture).map((p) => ({ ...p, scope: [] }))
    : familyUnknowns(architecture);

/** One unknown for each family, the last index innermost. */
export function familyUnknowns(architecture: Architecture): Unknown[] {
  return architecture.parameters.map((family) => {
    const q = family.ranges.length;
    const indices = family.ranges.map((_, k) => boundIndex(q - 1 - k));
    return {
      name: familyName(family),
      variable: { name: family.name, role: "parameter", indices, ranges: family.ranges },
      scope: [...family.indexNames].reverse(),
    };
  });
}

/** Whether every size is a number. */
export const isInstance = (architecture: Architecture): boolean => architecture.open.length === 0;

/** The architecture with numbers for its open sizes, in the same algebra. */
export function atSizes(architecture: Architecture, sizes: Readonly<Record<string, number>>): Architecture {
  const { algebra, model, output } = architecture;
  const numbers = new Map(Object.entries(sizes));
  const range = ({ lo, hi }: Range): Range => ({
    lo: instantiateAffine(lo, numbers),
    hi: instantiateAffine(hi, numbers),
  });
  const sized = (families: readonly Family[]): Family[] =>
    families.map((family) => ({ ...family, ranges: family.ranges.map(range) }));
  return {
    ...architecture,
    model: instantiate(algebra, model, numbers),
    ...(output === undefined ? {} : { output: { ...output, range: range(output.range) } }),
    inputs: sized(architecture.inputs),
    parameters: sized(architecture.parameters),
    sizes: new Map([...architecture.sizes, ...numbers]),
    open: architecture.open.filter((name) => !numbers.has(name)),
  };
}

/** Names in the order of the arrays: each family's members, or its generic name where its sizes are open. */
export function flatNames(families: readonly Family[]): string[] {
  return families.flatMap((family) =>
    family.ranges.every((r) => r.lo.sizes.length + r.hi.sizes.length === 0)
      ? members(family).map((tuple) => memberName(family.name, tuple))
      : [familyName(family)],
  );
}

/** The canonical formula; with several outputs their index is free in it. */
export const modelText = ({ model, output }: Architecture): string =>
  print(model, output === undefined ? [] : [output.index]);

/**
 * The models f_1 … f_C, or the one model; sums and products in them keep their indices.
 *
 * @throws DescentError `unsupported` where the number of outputs is open
 * @example
 * const linear = architecture({ model: "w[c]*x", output: { index: "c", size: "2" } });
 * outputs(linear, createBudget()).map((model) => modelText({ ...linear, model })); // ["w[1]*x", "w[2]*x"]
 */
export function outputs({ algebra, model, output }: Architecture, budget: Budget): Node[] {
  if (output === undefined) return [model];
  const { lo, hi } = output.range;
  if (!isLiteral(hi)) {
    const [size] = hi.sizes;
    throw new DescentError("unsupported", `the number of outputs ${size?.[0]} is open`, {
      accepted: `a number for it: --sizes ${size?.[0]}=2`,
    });
  }
  return Array.from({ length: hi.constant - lo.constant + 1 }, (_, k) => {
    budget.spend();
    return substituteIndex(algebra, model, literal(lo.constant + k));
  });
}
