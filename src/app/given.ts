/** What the commands share: the architecture that is given, numbers and values from flags. */
import { LOSSES, type Loss } from "../architecture/losses.ts";
import { DescentError, quoted } from "../errors.ts";
import { parseStart } from "../solve/start.ts";
import * as api from "./api.ts";
import { readText } from "./files.ts";
import type { Io } from "./io.ts";

export interface ArchitectureFlags {
  readonly model?: string;
  readonly inputs?: string;
  readonly sizes?: string;
  readonly loss?: string;
  readonly budget?: string;
}

export interface ListFlags {
  readonly json: boolean;
}

export interface CheckFlags extends ArchitectureFlags, ListFlags {}

export const printJson = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value, null, 2)}\n`);

/** Values by name: `name=value,…`, or the path of a JSON file. */
export function readValues(value: string): Record<string, number> {
  if (!/\.json$/i.test(value)) return parseStart(value);
  try {
    const parsed: unknown = JSON.parse(readText(value));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, number>;
  } catch (error) {
    if (error instanceof DescentError) throw error;
  }
  throw new DescentError("input", "not a JSON object of numbers", {
    place: { source: value },
    accepted: '{"b1": 500, "b2": 0.0001}',
  });
}

export function readGiven(name: string | undefined, flags: ArchitectureFlags): api.Architecture {
  const options = {
    ...(flags.inputs === undefined ? {} : { inputs: splitNames(flags.inputs) }),
    ...(flags.sizes === undefined ? {} : { sizes: parseSizes(flags.sizes) }),
    ...(flags.loss === undefined ? {} : { loss: readLoss(flags.loss) }),
  };
  if (flags.model !== undefined && name !== undefined) {
    throw new DescentError("input", "an architecture and --model are both given", {
      accepted: "one of them",
    });
  }
  if (flags.model !== undefined) return api.architecture({ model: flags.model }, options);
  if (name === undefined) {
    throw new DescentError("input", "no architecture", {
      accepted: "a built-in's name (see list), the path of a .json file, or --model FORMULA",
    });
  }
  if (!/\.json$/i.test(name)) return api.builtinArchitecture(name, options);
  return api.architecture(api.readArchitectureFile(readText(name), name), options, name);
}

function readLoss(name: string): Loss {
  const loss = LOSSES.find((known) => known === name);
  if (loss !== undefined) return loss;
  throw new DescentError("input", `unknown loss ${quoted(name)}`, { accepted: LOSSES.join(", ") });
}

const splitNames = (text: string): string[] => text.split(/,(?![^[\]]*\])/).map((item) => item.trim());

/** `r=2,d=3` */
function parseSizes(text: string): Record<string, number> {
  const sizes: Record<string, number> = Object.create(null);
  for (const item of text.split(",")) {
    const match = /^\s*(\p{L}[\p{L}\p{N}_]*)\s*=\s*(\d{1,9})\s*$/u.exec(item);
    if (match === null || match[1]! in sizes) {
      throw new DescentError("input", `cannot read ${quoted(item.trim())}`, {
        place: { source: "sizes" },
        accepted: "name=number pairs such as r=2,d=3, whole numbers, each size once",
      });
    }
    sizes[match[1]!] = Number(match[2]);
  }
  return sizes;
}

/** @throws DescentError `input` for what is no whole number */
export function whole(text: string, what: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new DescentError("input", `${quoted(text)} is not a whole number`, {
      place: { source: what },
      accepted: "digits",
    });
  }
  return Number(text);
}

export function limits(flags: { readonly budget?: string }): api.Limits {
  if (flags.budget === undefined) return {};
  const seconds = flags.budget.trim() === "" ? Number.NaN : Number(flags.budget);
  if (!(seconds > 0 && seconds <= 86_400)) {
    const fault = Number.isNaN(seconds) ? "no number" : "out of range";
    throw new DescentError("input", `the budget ${quoted(flags.budget)} is ${fault}`, {
      accepted: "seconds above 0, at most 86400",
    });
  }
  return { milliseconds: seconds * 1000 };
}
