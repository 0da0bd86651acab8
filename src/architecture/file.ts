/** Architecture files: JSON, checked against a schema; unknown keys are errors. */
import { z } from "zod";
import { DescentError, quoted } from "../errors.ts";
import { LOSSES } from "./losses.ts";

/** The most characters a file may have. */
const FILE_LIMIT = 1_000_000;

const name = z.string().min(1).max(200);

const schema = z.strictObject({
  name: z.string().min(1).max(60).optional(),
  model: z.string().min(1),
  inputs: z.array(name).optional(),
  sizes: z.record(name, z.number().int().min(0).max(1_000_000)).optional(),
  loss: z.enum(LOSSES).optional(),
  // A decimal literal as a string keeps digits that a JSON number loses.
  constants: z.record(name, z.union([z.number(), z.string()], { error: "expected a number" })).optional(),
  domains: z
    .record(
      name,
      z.union([z.string(), z.array(z.string())], { error: "expected a condition or a list of conditions" }),
    )
    .optional(),
  output: z
    .strictObject({
      index: name,
      size: z.union([name, z.number()], { error: "expected a string or a number" }),
    })
    .optional(),
  description: z.string().optional(),
  reference: z.string().optional(),
});

export type ArchitectureFile = z.infer<typeof schema>;

/** What the keys hold. */
const ACCEPTED: Readonly<Record<string, string>> = {
  name: "1 to 60 characters",
  model: '"model": a formula such as "a*exp(-k*x)"',
  inputs: 'a list of names such as ["x1", "x2"]',
  sizes: "whole numbers from 0 to 1000000",
  loss: LOSSES.join(", "),
  constants: "numbers, or decimal literals as strings",
  domains: 'conditions such as "k > 0", or lists of them',
  output: 'an object such as {"index": "c", "size": 3}',
  description: "a text",
  reference: "a text",
};

/**
 * Reads an architecture file.
 *
 * @param source what the file is called in errors
 * @throws DescentError `input` where the text is not JSON or does not fit, with the path of the field
 * @example
 * readArchitectureFile('{"model": "a*exp(-k*x)"}', "decay.json").model; // "a*exp(-k*x)"
 */
export function readArchitectureFile(text: string, source: string): ArchitectureFile {
  if (text.length > FILE_LIMIT) {
    throw new DescentError("input", "the file is too long", {
      place: { source },
      accepted: `at most ${FILE_LIMIT} characters`,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""), (key, part) => {
      // The schema would drop it without a word.
      if (key !== "__proto__") return part;
      throw new DescentError("input", `the key ${quoted(key)} may not be used`, {
        place: { source },
        accepted: "another key",
      });
    });
  } catch (error) {
    if (error instanceof DescentError) throw error;
    throw new DescentError("input", `not JSON: ${(error as Error).message}`, {
      place: { source },
      accepted: 'an object such as {"model": "a*exp(-k*x)"}',
    });
  }
  return checkArchitecture(value, source);
}

/** The same for a value that is JSON already. */
export function checkArchitecture(value: unknown, source: string): ArchitectureFile {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    throw new DescentError("input", `unknown key ${quoted(issue.keys[0]!)}`, {
      place: { source, ...(path === "" ? {} : { path }) },
      accepted: path === "" ? Object.keys(schema.shape).join(", ") : "index, size",
    });
  }
  const missing = path === "model" && issue.message.includes("received undefined");
  const [fault, accepted] = missing
    ? ["the model is missing", ACCEPTED.model!]
    : ["cannot be used", undefined];
  throw new DescentError("input", path === "" ? "not an object" : fault!, {
    place: { source, ...(path === "" || missing ? {} : { path }) },
    accepted:
      path === ""
        ? "an object with a model"
        : (accepted ?? ACCEPTED[String(issue.path[0])] ?? "another value"),
  });
}
