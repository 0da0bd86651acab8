/** Documents about tiers above linear closure: their shape, apart from what the formulas say. */
import { z } from "zod";
import { LOSSES } from "../../architecture/losses.ts";
import { FORMAT } from "../certificate.ts";

const text = z.string().min(1).max(100_000);
/** Without white space at its ends. */
const name = text.regex(/^\S(.*\S)?$/);
/** Lists are short: the work for each entry is not. */
const MOST_GENERATORS = 200;
const MOST_PROOFS = 400;

export const restriction = z.array(
  z.strictObject({ family: text, indices: z.array(z.enum(["1", ">=2"])).min(1), value: text }),
);

/** What the model is made of, where it is not that of the architecture. */
export const of = z.enum(["outputs", "optimality"]).optional();

const fraction = z
  .string()
  .regex(/^-?\d+(\/[1-9]\d*)?$/)
  .max(2000);
const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e[+-]?\d{1,4})?$/)
  .max(200);
const grid = z.object({ input: text, values: z.array(fraction).max(24) });

const separable = z.object({
  holds: z.boolean().nullable(),
  rank: z.union([z.number(), text, z.null()]),
  witness: z
    .object({
      sizes: z.record(text, z.number().int().min(0).max(64)).optional(),
      ones: z.array(text).optional(),
      point: z.record(text, fraction),
      rows: grid,
      columns: grid,
      order: z.number().int(),
      determinant: z.array(decimal).length(2),
      theorem: z.string(),
    })
    .optional(),
});

/** What every verdict says, whatever it rests on. */
export const shared = {
  architecture: z.object({
    model: text,
    inputs: z.array(name),
    parameters: z.array(name),
    openSizes: z.array(name).optional(),
    /** Numbers of the sizes that are given. */
    sizes: z.record(text, z.number()).optional(),
    output: z.object({ index: text, size: z.union([z.number().int().min(1).max(64), text]) }).optional(),
  }),
  loss: z.enum(LOSSES),
  separable: separable.optional(),
  analytic: z
    .object({
      holds: z.boolean().nullable().optional(),
      radius: z.enum(["infinite", "finite"]).nullable().optional(),
      domain: z.array(text).optional(),
    })
    .optional(),
  closedIn: z.array(text).optional(),
  sufficientStatistics: z.enum(["moments", "lattice", "none"]).optional(),
  direct: z
    .object({
      holds: z.boolean().nullable(),
      recurrenceOrder: z.union([z.number().int().min(0), text, z.null()]),
    })
    .optional(),
  tier: text,
  membership: text,
  parameters: z.array(z.object({ name, tier: text })),
};

const lower = z.strictObject({
  restriction: restriction.optional(),
  values: z.record(text, text).optional(),
  model: text,
  generators: z
    .array(
      z.strictObject({
        name: text,
        function: text,
        arguments: z.array(text).min(1).max(64),
        order: z.number().int().min(2).max(64).optional(),
      }),
    )
    .max(MOST_GENERATORS),
  numerator: text,
  denominator: text,
  proofs: z
    .array(
      z.strictObject({
        family: text.optional(),
        against: text,
        kind: z.enum(["pole", "generator"]),
        variable: text,
        theorem: text,
      }),
    )
    .max(MOST_PROOFS),
});

export const ladderCertificate = z.strictObject({
  format: z.literal(FORMAT),
  kind: z.enum([
    "polynomial",
    "exponential-polynomial",
    "addition-theorem",
    "cascade",
    "holonomic",
    "differential-ring",
  ]),
  of,
  model: text,
  parameters: z.array(text),
  form: text,
  rules: z.array(z.strictObject({ formula: text, tier: text, law: text })).max(10_000),
  lower,
  hankel: z
    .strictObject({
      order: z.number().int(),
      point: z.record(text, text),
      direction: z.record(text, text),
      determinant: z.tuple([text.max(200), text.max(200)]),
      statement: text,
    })
    .optional(),
});

const order = z.union([z.number().int().min(0), text, z.null()]);

const claims = {
  ...shared,
  exceptions: z
    .array(
      z.object({
        sizes: z.record(text, z.number().int().min(0).max(64)),
        tier: text,
        form: text.optional(),
      }),
    )
    .optional(),
  terminates: z.object({ model: order, optimality: order }),
  scope: z.enum(["all", "generic"]).optional(),
};

export const ladderVerdict = z.object({ ...claims, certificate: ladderCertificate });

export const hypertranscendental = z.object({
  ...claims,
  certificate: z.null(),
  obstruction: z.strictObject({
    kind: z.literal("hypertranscendental"),
    reason: text,
    theorem: text,
    lower,
  }),
});

export type LadderCertificateDocument = z.infer<typeof ladderCertificate>;
export type LadderVerdictDocument = z.infer<typeof ladderVerdict>;
export type HypertranscendentalDocument = z.infer<typeof hypertranscendental>;
export type LowerDocument = z.infer<typeof lower>;
export type ProofDocument = LowerDocument["proofs"][number];

export type Shared = z.infer<z.ZodObject<typeof shared>>;

export type LadderDocument =
  | { readonly certificate: LadderCertificateDocument; readonly verdict: LadderVerdictDocument | undefined }
  | { readonly hypertranscendental: HypertranscendentalDocument };
