/** The built-in architectures, as architecture files would state them. */
import { DescentError, quoted } from "../errors.ts";
import type { Builtin } from "./builtins/builtin.ts";
import { EXPONENTIALS } from "./builtins/exponentials.ts";
import { NETWORKS } from "./builtins/networks.ts";
import { SEQUENCES } from "./builtins/sequences.ts";
import { STATISTICS } from "./builtins/statistics.ts";
import { TENSORS } from "./builtins/tensors.ts";
import type { ArchitectureFile } from "./file.ts";
import { readFormula } from "./formula.ts";
import { survey } from "./names.ts";

export const BUILTIN_KINDS: readonly { readonly kind: string; readonly rows: readonly Builtin[] }[] = [
  { kind: "Exponentials and powers", rows: EXPONENTIALS },
  { kind: "Tensor networks", rows: TENSORS },
  { kind: "Layered networks", rows: NETWORKS },
  { kind: "Sequence models", rows: SEQUENCES },
  { kind: "Regression and curves", rows: STATISTICS },
];

export const BUILTINS: readonly Builtin[] = BUILTIN_KINDS.flatMap(({ rows }) => rows);

/** The names of the built-ins whose derivation is in `derivations/`. */
export const DERIVED: readonly string[] = [...EXPONENTIALS.map(({ name }) => name), "cp-tensor"];

export type NamedFile = ArchitectureFile & { readonly name: string };

/**
 * The content of a built-in's architecture file, written for the number of its structure, the usual one by default.
 *
 * @throws DescentError `input` where the number is out of range
 * @example
 * const [siren] = NETWORKS;
 * builtinFile(siren, 1).model; // "sum(sin(sum(w1[j1,i]*x[i], i, 1, d) + b1[j1])*v[j1], j1, 1, h) + c"
 */
export function builtinFile(row: Builtin, n?: number): NamedFile {
  const { structure, formula, ...file } = row;
  if (structure === undefined) return { ...file, model: formula(0) };
  const { name, usual, least, most } = structure;
  const given = n ?? usual;
  if (!Number.isInteger(given) || given < least || given > most) {
    throw new DescentError("input", `the ${name} ${given} of ${quoted(row.name)} is out of range`, {
      place: { source: "sizes", path: name },
      accepted: `whole numbers from ${least} to ${most}`,
    });
  }
  return { ...file, model: formula(given) };
}

/** A built-in's file, the sizes of its formula, and the number that the formula is written for. */
export interface SizedBuiltin {
  readonly file: NamedFile;
  readonly sizes: Readonly<Record<string, number>>;
  /** Empty where the built-in has no structure. */
  readonly structure: Readonly<Record<string, number>>;
}

/**
 * Takes the number of a built-in's structure out of the sizes.
 *
 * @throws DescentError `input` where a size is unknown, or the number of the structure is out of range
 */
export function builtinAtSizes(row: Builtin, sizes: Readonly<Record<string, number>>): SizedBuiltin {
  if (row.structure === undefined) return { file: builtinFile(row), sizes, structure: {} };
  const { name, usual } = row.structure;
  const { [name]: n = usual, ...rest } = sizes;
  const file = builtinFile(row, n);
  const known = [...survey(readFormula(file.model)).sizeNames].sort();
  for (const size of Object.keys(rest)) {
    if (known.includes(size)) continue;
    throw new DescentError("input", `no size ${quoted(size)} in ${quoted(row.name)}`, {
      place: { source: "sizes", path: size },
      accepted: [name, ...known].join(", "),
    });
  }
  return { file, sizes: rest, structure: { [name]: n } };
}
