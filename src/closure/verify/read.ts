/** Certificates and verdicts as documents: JSON of one format version, checked against a schema. */
import { z } from "zod";
import { DescentError } from "../../errors.ts";
import { FORMAT } from "../certificate.ts";
import {
  hypertranscendental,
  type LadderDocument,
  ladderCertificate,
  ladderVerdict,
  of,
  restriction,
  shared,
} from "./ladder-read.ts";

/** The longest document, in UTF-16 units. */
const DOCUMENT_LIMIT = 50_000_000;

/** The deepest document: two levels for each node of a tree. */
const NESTING = 400;

const text = z.string().min(1).max(100_000);
const size = z.union([z.number().int().min(1), text]);
const range = z.strictObject({ name: text, lo: text, hi: text });
const closure = {
  basis: z.array(text).min(1),
  matrices: z.record(text, z.array(z.array(text))),
  coordinates: z.array(text),
};

export interface Range {
  readonly name: string;
  readonly lo: string;
  readonly hi: string;
}

export interface Atom {
  readonly node: "atom";
  readonly formula: string;
  readonly dimension: number;
  readonly basis: readonly string[];
  readonly indices?: readonly Range[] | undefined;
  readonly matrices: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly coordinates: readonly string[];
}

export type TreeNode =
  | Atom
  | {
      readonly node: "sum" | "product";
      readonly formula: string;
      readonly dimension: number | string;
      readonly index?: Range | undefined;
      readonly children: readonly TreeNode[];
    };

const atom = z.strictObject({
  node: z.literal("atom"),
  formula: text,
  dimension: z.number().int().min(1),
  indices: z.array(range).optional(),
  ...closure,
});

const tree: z.ZodType<TreeNode> = z.lazy(() =>
  z.union([
    atom,
    z.strictObject({
      node: z.enum(["sum", "product"]),
      formula: text,
      dimension: size,
      index: range.optional(),
      children: z.array(tree).min(1),
    }),
  ]),
);

const certificate = z.strictObject({
  format: z.literal(FORMAT),
  kind: z.literal("linear-closure"),
  of,
  model: text,
  parameters: z.array(text),
  dimension: size,
  tree,
  restriction: restriction.optional(),
  basis: closure.basis.optional(),
  matrices: closure.matrices.optional(),
  coordinates: closure.coordinates.optional(),
});

const order = z.union([z.number().int().min(0), text, z.null()]);

const verdict = z.object({
  ...shared,
  exceptions: z
    .array(z.object({ sizes: z.record(text, z.number().int().min(0).max(64)), tier: text }))
    .optional(),
  terminates: z.object({ model: order, optimality: order }),
  scope: z.enum(["all", "generic"]).optional(),
  certificate,
});

const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e[+-]?\d{1,4})?$/)
  .max(200);
const fraction = z
  .string()
  .regex(/^-?\d+(\/[1-9]\d*)?$/)
  .max(2000);

const slope = z.union([decimal, z.enum(["inf", "-inf"])]);

const kink = verdict.omit({ certificate: true, terminates: true, exceptions: true }).extend({
  terminates: z.object({ model: z.null(), optimality: z.null() }).optional(),
  certificate: z.null(),
  obstruction: z.object({
    kind: z.literal("kink"),
    witnesses: z
      .array(
        z.object({
          point: z.record(text, fraction),
          direction: z.record(text, z.number().int().min(-1000).max(1000)),
          order: z.number().int().min(0).max(8),
          left: slope,
          right: slope,
          argument: text.optional(),
          bracket: z.record(text, z.tuple([fraction, fraction])).optional(),
          restriction: restriction.optional(),
        }),
      )
      .min(1)
      .max(10_000),
  }),
});

export type KinkDocument = z.infer<typeof kink>;
export type CertificateDocument = z.infer<typeof certificate>;
export type VerdictDocument = z.infer<typeof verdict>;

export interface Document {
  readonly certificate: CertificateDocument;
  readonly verdict: VerdictDocument | undefined;
  /** Where the certificate stands in the document. */
  readonly path: string;
}

const LADDER_KINDS: ReadonlySet<unknown> = new Set(ladderCertificate.shape.kind.options);

/** The deepest nesting of brackets outside of strings. */
function nesting(content: string): number {
  let [depth, most, quoted] = [0, 0, false];
  for (let at = 0; at < content.length; at++) {
    const c = content[at]!;
    if (quoted) {
      if (c === "\\") at++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "[" || c === "{") most = Math.max(most, ++depth);
    else if (c === "]" || c === "}") depth--;
  }
  return most;
}

/** Throws `input` where the text is no such document, with the path of the entry. */
export function readDocument(
  content: string,
  source: string,
): Document | { readonly kink: KinkDocument } | { readonly ladder: LadderDocument } {
  const fail = (fault: string, accepted: string, path = ""): DescentError =>
    new DescentError("input", fault, { place: { source, ...(path === "" ? {} : { path }) }, accepted });
  if (content.length > DOCUMENT_LIMIT)
    throw fail("the document is too long", `up to ${DOCUMENT_LIMIT} characters`);
  if (nesting(content) > NESTING) throw fail("the document is nested too deeply", `up to ${NESTING} levels`);
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw fail(`not JSON: ${(error as Error).message}`, "what check --json prints");
  }
  const own = (key: string): unknown =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  const whole = own("certificate") !== undefined;
  const obstruction = own("obstruction") as { kind?: unknown } | null | undefined;
  const isBare = whole && own("certificate") === null;
  const isKink = isBare && obstruction?.kind === "kink";
  const isHyper = isBare && obstruction?.kind === "hypertranscendental";
  if (isBare && !isKink && !isHyper)
    throw fail("the verdict has no certificate", "a verdict other than undecided");
  const inner = whole
    ? (own("certificate") as Record<string, unknown>)
    : (value as Record<string, unknown> | null);
  if (typeof inner === "object" && inner !== null && "format" in inner && inner.format !== FORMAT) {
    throw fail(`the format is ${JSON.stringify(inner.format)?.slice(0, 40)}`, `format ${FORMAT}`);
  }
  if (!whole && own("format") === undefined)
    throw fail("there is no certificate in it", "what check --json prints, or its certificate");
  const parse = <T>(schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0]!;
    const fault = issue.message.replace(/^Invalid input: /, "");
    throw fail(fault, "what check --json prints", issue.path.join("."));
  };
  if (isHyper) return { ladder: { hypertranscendental: parse(hypertranscendental) } };
  if (!isKink && typeof inner === "object" && inner !== null && LADDER_KINDS.has(inner.kind)) {
    const read = whole ? parse(ladderVerdict) : undefined;
    return { ladder: { certificate: read?.certificate ?? parse(ladderCertificate), verdict: read } };
  }
  const data = isKink ? parse(kink) : whole ? parse(verdict) : parse(certificate);
  if ("obstruction" in data) return { kink: data };
  return "certificate" in data
    ? { certificate: data.certificate, verdict: data, path: "certificate" }
    : { certificate: data, verdict: undefined, path: "certificate" };
}
