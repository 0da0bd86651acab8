/** What the names of an architecture mean before its model is read: inputs, sizes, constants, the output's index. */
import { DescentError, quoted } from "../errors.ts";
import { parseRational, type Rational } from "../exact/rational.ts";
import type { ArchitectureFile } from "./file.ts";
import { isFunction, NAME_FORM, nameFault } from "./functions.ts";
import type { Vocabulary } from "./lower.ts";

type Given = Pick<ArchitectureFile, "inputs" | "sizes" | "constants" | "output">;

const SIZE_LIMIT = 1_000_000;
/** Names with a meaning of their own. */
const RESERVED: ReadonlySet<string> = new Set(["e", "pi", "y"]);

/**
 * The vocabulary of a model from the fields of its file; each name has one meaning.
 *
 * @throws DescentError `input` with the field at fault
 */
export function readVocabulary({ inputs, sizes, constants, output }: Given, source: string): Vocabulary {
  const sizeValues = sizeMap(sizes ?? {});
  const constantValues = constantMap(constants ?? {}, source);
  const inputNames = inputs?.map(inputName);
  const meanings = new Map<string, string>();
  const claim = (name: string, meaning: string, path: string): void => {
    if (RESERVED.has(name)) {
      throw new DescentError("input", `${quoted(name)} has a meaning of its own`, {
        place: { source, path },
        accepted: "another name",
      });
    }
    const other = meanings.get(name);
    if (other !== undefined) {
      throw new DescentError("input", `${quoted(name)} is ${other} and ${meaning}`, {
        place: { source, path },
        accepted: "one meaning for a name",
      });
    }
    meanings.set(name, meaning);
  };
  inputNames?.forEach((name, k) => {
    if (inputNames.indexOf(name) !== k) {
      throw new DescentError("input", `the input ${quoted(name)} is named twice`, {
        accepted: "each input once",
      });
    }
    if (constantValues.has(name) || sizeValues.has(name)) {
      throw new DescentError("input", `${quoted(name)} is an input and a constant or size`, {
        accepted: "one meaning for a name",
      });
    }
    claim(name, "an input", "inputs");
  });
  for (const name of constantValues.keys()) claim(name, "a constant", "constants");
  for (const name of sizeValues.keys()) claim(name, "a size", "sizes");
  if (output !== undefined) {
    const { index, size } = output;
    requireName(index, source, "output.index");
    claim(index, "the output's index", "output.index");
    if (typeof outputSize(size, source) === "string" && !sizeValues.has(size as string))
      claim(size as string, "the number of outputs", "output.size");
  }
  return {
    inputs: inputNames,
    sizes: sizeValues,
    constants: constantValues,
    ...(output === undefined
      ? {}
      : { output: { index: output.index, size: outputSize(output.size, source) } }),
  };
}

/** A size's name, or a number of outputs. */
function outputSize(size: string | number, source: string): string | number {
  const value = typeof size === "string" && /^\d{1,9}$/.test(size) ? Number(size) : size;
  if (typeof value === "string") {
    requireName(value, source, "output.size", "the name of a size such as C, or a number from 1 on");
    return value;
  }
  if (Number.isSafeInteger(value) && value >= 1 && value <= SIZE_LIMIT) return value;
  throw new DescentError("input", `${value} is no number of outputs`, {
    place: { source, path: "output.size" },
    accepted: `whole numbers from 1 to ${SIZE_LIMIT}, or the name of a size such as C`,
  });
}

/** Throws where the language does not take `name` for a symbol. */
function requireName(name: string, source: string, path: string, accepted = NAME_FORM): void {
  const fault = isFunction(name) ? "is a function" : nameFault(name);
  if (fault === undefined) return;
  throw new DescentError("input", `${quoted(name)} ${fault}`, { place: { source, path }, accepted });
}

/** Decimal literals are exact; of a JSON number they are the shortest that give its double. */
function constantMap(
  constants: Readonly<Record<string, number | string>>,
  source: string,
): ReadonlyMap<string, Rational> {
  const map = new Map<string, Rational>();
  for (const [written, value] of Object.entries(constants)) {
    const name = written.normalize("NFC");
    requireName(name, source, "constants");
    if (map.has(name)) {
      throw new DescentError("input", `the constant ${quoted(name)} is named twice`, {
        place: { source, path: "constants" },
        accepted: "each name once",
      });
    }
    try {
      map.set(name, parseRational(String(value)));
    } catch (error) {
      if (!(error instanceof DescentError)) throw error;
      const accepted = error.accepted === undefined ? {} : { accepted: error.accepted };
      throw new DescentError("input", error.fault, {
        place: { source, path: `constants.${name}` },
        ...accepted,
      });
    }
  }
  return map;
}

function sizeMap(sizes: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 0 || value > SIZE_LIMIT) {
      throw new DescentError("input", `the size ${value} is out of range`, {
        place: { source: "sizes", path: name },
        accepted: `whole numbers from 0 to ${SIZE_LIMIT}`,
      });
    }
    map.set(name, value);
  }
  return map;
}

/** `x` of `x` or `x[i]`. */
function inputName(text: string): string {
  const match = /^\s*(\p{L}[\p{L}\p{N}_]*)\s*(\[[^[\]]*\])?\s*$/u.exec(text);
  if (match === null || RESERVED.has(match[1]!)) {
    throw new DescentError("input", `${quoted(text)} cannot name an input`, {
      place: { source: "inputs" },
      accepted: "names such as x, x1 or x[i], not y, pi or e",
    });
  }
  return match[1]!;
}
