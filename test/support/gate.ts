/** Verdicts compared with what is known, counted, and told apart by what went wrong. */
import { existsSync, readFileSync } from "node:fs";
import { BUILTINS, builtinFile } from "../../src/architecture/builtins.ts";
import type { Loss } from "../../src/architecture/losses.ts";
import { buildArchitecture } from "../../src/architecture/read.ts";
import { findVerdict } from "../../src/closure/check.ts";
import type { ZeroJudge } from "../../src/closure/nonzero.ts";
import { TIERS, type Tier, type Verdict } from "../../src/closure/verdict.ts";
import { createBudget, DescentError } from "../../src/errors.ts";
import { primitives } from "../../src/primitives/index.ts";
import { disguise, FRESH } from "./disguises.ts";
import { MADE_TIERS, makeMember } from "./members.ts";
import { bare, createDice } from "./terms.ts";
import { TRAPS } from "./traps.ts";

export interface Case {
  readonly id: string;
  readonly model: string;
  readonly inputs?: readonly string[];
  readonly loss?: Loss;
  readonly domains?: Readonly<Record<string, string | string[]>>;
  /** The tiers that are right, beside `undecided`. */
  readonly tiers: readonly Tier[];
  /** At which the tower of a polynomial ends. */
  readonly degree?: number;
  readonly separable?: boolean;
  /** By name of a parameter, or of a family without its indices. */
  readonly parameters?: Readonly<Record<string, Tier>>;
  readonly constants?: Readonly<Record<string, number | string>>;
}

export interface Outcome {
  readonly case: Case;
  readonly kind: "right" | "undecided" | "wrong";
  readonly verdict: Verdict | undefined;
  /** Of what is undecided or wrong. */
  readonly reason: string;
}

/** No verdict on one of these formulas takes more; work, not time, so that the outcome does not hang on the machine. */
const WORK = 2_000_000;

/** One verdict, held against all that is known of the case. */
export function outcomeOf(given: Case, judge: ZeroJudge): Outcome {
  const { model, inputs, loss, domains, constants } = given;
  let verdict: Verdict;
  try {
    const file = {
      model,
      ...(domains === undefined ? {} : { domains }),
      ...(constants === undefined ? {} : { constants }),
    };
    const options = {
      ...(inputs === undefined ? {} : { inputs }),
      ...(loss === undefined ? {} : { loss }),
    };
    const architecture = buildArchitecture(primitives, file, options);
    verdict = findVerdict(architecture, judge, createBudget({ work: WORK, milliseconds: 60_000 }));
  } catch (error) {
    if (error instanceof DescentError && (error.code === "unsupported" || error.code === "budget"))
      return { case: given, kind: "undecided", verdict: undefined, reason: error.message };
    return { case: given, kind: "wrong", verdict: undefined, reason: `it throws: ${error}` };
  }
  const reason = faultOf(given, verdict);
  if (reason !== undefined) return { case: given, kind: "wrong", verdict, reason };
  const open = verdict.tier === "undecided";
  const why = verdict.obstruction?.reason ?? "";
  return { case: given, kind: open ? "undecided" : "right", verdict, reason: open ? why : "" };
}

const bareName = (name: string): string => name.replace(/\[.*/, "");

/** What is surely false in a verdict. */
function faultOf(given: Case, verdict: Verdict): string | undefined {
  const { tier, parameters, terminates, separable } = verdict;
  if (tier !== "undecided" && !given.tiers.includes(tier))
    return `${tier} instead of ${given.tiers.join(" or ")}`;
  if (tier === "polynomial" && given.degree !== undefined && terminates.model !== null) {
    if (terminates.model !== given.degree) return `degree ${terminates.model} instead of ${given.degree}`;
  }
  if (given.separable !== undefined && separable.holds !== null && separable.holds !== given.separable)
    return `separable: ${separable.holds}`;
  const highest = Math.max(...given.tiers.map((known) => TIERS.indexOf(known)));
  for (const { name, tier: own } of parameters) {
    if (own === "undecided") continue;
    const wanted =
      given.parameters?.[bareName(name)] ?? (FRESH.some((q) => q === name) ? "polynomial" : undefined);
    if (wanted !== undefined && own !== wanted) return `${name} is ${own} instead of ${wanted}`;
    // A restriction to fewer parameters is in the tier of the whole or a lower one.
    if (TIERS.indexOf(own) > highest) return `${name} is ${own}, above ${given.tiers.join(" or ")}`;
  }
  return undefined;
}

/** `count` members, the tiers in turn, each with 0 to 3 disguises; the same for the same seed. */
export function generated(count: number, seed: number): Case[] {
  return Array.from({ length: count }, (_, k) => {
    const own = seed * 1_000_003 + k;
    const member = makeMember(MADE_TIERS[k % MADE_TIERS.length]!, own);
    const dice = createDice(own + 500_000_000);
    const { term, used } = disguise(member, dice.integer(0, 3), dice);
    return {
      id: `${member.tier} ${own} ${used.length === 0 ? "plain" : used.join(", ")}`,
      model: bare(term),
      inputs: member.inputs,
      tiers: [member.tier],
      ...(member.degree === undefined ? {} : { degree: member.degree }),
    };
  });
}

/** How many of the outcomes are of each kind, by tier. */
function table(outcomes: readonly Outcome[]): string {
  const kinds = ["right", "undecided", "wrong"] as const;
  const row = (tier: string, list: readonly Outcome[]): string =>
    [
      tier.padEnd(26),
      ...kinds.map((kind) => `${list.filter((o) => o.kind === kind).length}`.padStart(10)),
    ].join("");
  const tiers = TIERS.filter((tier) => outcomes.some((o) => o.case.tiers[0] === tier));
  return [
    ["".padEnd(26), ...kinds.map((kind) => kind.padStart(10))].join(""),
    ...tiers.map((tier) =>
      row(
        tier,
        outcomes.filter((o) => o.case.tiers[0] === tier),
      ),
    ),
    row("all", outcomes),
  ].join("\n");
}

const SHOWN = 20;

/** Counts, all that is wrong, and the reasons for which most is undecided with an example of each. */
export function report(title: string, outcomes: readonly Outcome[]): string {
  const wrong = outcomes.filter((o) => o.kind === "wrong");
  const reasons = new Map<string, Outcome[]>();
  for (const outcome of outcomes.filter((o) => o.kind === "undecided")) {
    // Reasons that name a formula differ by it only.
    const reason = outcome.reason.replace(/^.*: (?=no rule|a parameter)/, "");
    reasons.set(reason, [...(reasons.get(reason) ?? []), outcome]);
  }
  const most = [...reasons].sort((p, q) => q[1].length - p[1].length).slice(0, SHOWN);
  return [
    title,
    table(outcomes),
    ...wrong.flatMap((o) => [
      `WRONG ${o.case.id}: ${o.reason}`,
      `  ${o.case.model}`,
      `  certificate: ${o.verdict?.certificate?.kind ?? "none"}, obstruction: ${o.verdict?.obstruction?.reason ?? "none"}`,
    ]),
    ...most.flatMap(([reason, list]) => [
      `${list.length} undecided: ${reason}`,
      `  ${list[0]!.case.id}`,
      `  ${list[0]!.case.model}`,
    ]),
  ].join("\n");
}

/** The share of the outcomes that are undecided. */
export const undecidedShare = (outcomes: readonly Outcome[]): number =>
  outcomes.filter((o) => o.kind === "undecided").length / outcomes.length;

export const wrongOnes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.filter((o) => o.kind === "wrong").map((o) => `${o.case.id}: ${o.reason}: ${o.case.model}`);

export const traps = (): Case[] =>
  TRAPS.map((trap) => ({ ...trap, id: `trap ${trap.model} ${trap.loss ?? ""}`, inputs: ["x"] }));

/** The tiers of the built-ins. */
const BUILTIN_TIERS: Readonly<Record<string, Tier>> = {
  aion: "exponential-polynomial",
  "aion-complex": "exponential-polynomial",
  "exponential-sum": "exponential-polynomial",
  "fourier-features": "exponential-polynomial",
  "polynomial-regression": "polynomial",
  "cp-tensor": "polynomial",
  tucker: "polynomial",
  "tensor-train": "polynomial",
  siren: "exponential-polynomial",
  "multiplicative-filter": "exponential-polynomial",
  rbf: "cascade",
  "mlp-tanh": "addition-theorem",
  "mlp-sigmoid": "addition-theorem",
  "mlp-softplus": "cascade",
  "mlp-gelu": "holonomic",
  "mlp-silu": "addition-theorem",
  "mlp-mish": "addition-theorem",
  "mlp-relu": "outside",
  "mlp-elu": "outside",
  "rational-network": "addition-theorem",
  kan: "polynomial",
  "linear-attention": "polynomial",
  "linear-attention-causal": "polynomial",
  "softmax-attention": "cascade",
  "softmax-attention-causal": "cascade",
  "softmax-attention-merged": "addition-theorem",
  gru: "cascade",
  "state-space": "exponential-polynomial",
  "logistic-regression": "addition-theorem",
  "poisson-regression": "exponential-polynomial",
  "michaelis-menten": "addition-theorem",
  hill: "cascade",
  gompertz: "cascade",
  weibull: "cascade",
  "gaussian-mixture": "cascade",
};

/** Built-ins of which the table does not speak. */
export const unlabelled = (): string[] =>
  BUILTINS.map(({ name }) => name).filter((name) => BUILTIN_TIERS[name] === undefined);

/** The built-ins whose tier stands in the table. */
export const builtins = (): Case[] =>
  BUILTINS.flatMap((row) => {
    const { name, model, inputs, loss, domains, constants } = { ...builtinFile(row), name: row.name };
    const tier = BUILTIN_TIERS[name];
    if (tier === undefined) return [];
    return [
      {
        id: name,
        model,
        tiers: [tier],
        ...(inputs === undefined ? {} : { inputs }),
        ...(loss === undefined ? {} : { loss }),
        ...(domains === undefined ? {} : { domains }),
        ...(constants === undefined ? {} : { constants }),
      },
    ];
  });

/** The cases that lie beside the project, or at DESCENT_CASES; undefined where they are absent. */
export function sharedCases(): Case[] | undefined {
  const path = process.env.DESCENT_CASES ?? new URL("../../../shared/cases/verdicts.json", import.meta.url);
  if (!existsSync(path)) return undefined;
  const list = JSON.parse(readFileSync(path, "utf8")) as (Omit<Case, "tiers"> & { tier: Tier })[];
  return list.map(({ tier, ...rest }) => ({ ...rest, tiers: [tier] }));
}
