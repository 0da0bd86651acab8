/** `list`: the built-in architectures with their verdicts. */
import { styleText } from "node:util";
import { sizeMeaning } from "../architecture/builtins/builtin.ts";
import { BUILTIN_KINDS } from "../architecture/builtins.ts";
import * as api from "./api.ts";
import { columns, shorten } from "./report.ts";

/** Milliseconds for one verdict, and for all of them: what takes longer is listed as undecided, and left to `check`. */
const PATIENCE = { each: 1500, all: 20_000 };
/** For a verdict that is not found with open sizes. */
const SMALL = 2;
const WIDTH = 100;

export interface ListedSize {
  readonly name: string;
  readonly meaning: string;
  /** The number that the formula is written for, and the bounds of others; null where the size is open. */
  readonly value: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

export interface Listed {
  readonly name: string;
  readonly model: string;
  readonly tier: api.Verdict["tier"];
  readonly membership: api.Verdict["membership"];
  readonly separable: api.Verdict["separable"];
  readonly description: string;
  readonly reference: string;
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  readonly loss: string;
  readonly sizes: readonly ListedSize[];
  /** The open sizes for which the verdict was found; `{}` for all of them, null where it was not found. */
  readonly decidedAt: Readonly<Record<string, number>> | null;
  /** Why it was not found. */
  readonly reason: string | null;
}

/**
 * Every built-in with its verdict, its sizes left open; where that is undecided, with 2 for each of them.
 */
export function listed(judge: api.ZeroJudge, patience = PATIENCE): Listed[] {
  const end = Date.now() + patience.all;
  return BUILTIN_KINDS.flatMap(({ kind, rows }) =>
    rows.map((row): Listed => {
      const given = api.builtinArchitecture(row.name);
      const small = Object.fromEntries(given.open.map((size) => [size, SMALL]));
      const left = (): api.Limits => ({
        milliseconds: Math.max(1, Math.min(patience.each, end - Date.now())),
      });
      const open = api.check(given, judge, left());
      const again = open.tier === "undecided" && given.open.length > 0;
      const sized = again
        ? api.check(api.builtinArchitecture(row.name, { sizes: small }), judge, left())
        : open;
      const verdict = sized.tier === "undecided" ? open : sized;
      const { structure } = row;
      const fixed = structure === undefined ? [] : [{ ...structure, value: structure.usual }];
      const sizes = [
        ...fixed.map(({ name, value, least, most }) => ({ name, value, least, most })),
        ...given.open.map((name) => ({ name, value: null, least: null, most: null })),
      ];
      return {
        name: row.name,
        model: api.builtinFile(row).model,
        tier: verdict.tier,
        membership: verdict.membership,
        separable: open.separable,
        description: row.description,
        reference: row.reference,
        kind,
        inputs: api.flatNames(given.inputs),
        parameters: api.flatNames(given.parameters),
        loss: given.loss,
        sizes: sizes.map(({ name, ...rest }) => ({ name, meaning: sizeMeaning(name), ...rest })),
        decidedAt: verdict.tier === "undecided" ? null : verdict === open ? {} : small,
        reason: verdict.tier === "undecided" ? (open.obstruction?.reason ?? "") : null,
      };
    }),
  );
}

/** The list for people: each built-in in two lines, then what its sizes mean. */
export function listText(rows: readonly Listed[]): string {
  const bold = (text: string): string => styleText("bold", text);
  const cells = rows.map((row) => [
    `  ${row.name}`,
    row.decidedAt === null || Object.keys(row.decidedAt).length === 0 ? row.tier : `${row.tier} *`,
    row.membership === row.tier ? "" : row.membership,
    row.sizes.map(sizeText).join(", "),
  ]);
  const heads = columns(cells).split("\n");
  const lines: string[] = [];
  rows.forEach((row, k) => {
    if (row.kind !== rows[k - 1]?.kind) lines.push(...(k === 0 ? [] : [""]), bold(row.kind));
    const loss = row.loss === "squared" ? "" : `; loss ${row.loss}`;
    lines.push(shorten(heads[k]!.trimEnd(), WIDTH), `    ${shorten(`${row.description}${loss}`, WIDTH - 4)}`);
  });
  lines.push("", bold("Sizes"), ...meanings(rows), "");
  lines.push("infinite-descent check mlp-tanh --sizes depth=2,h=3,d=2");
  lines.push(
    "A size without a number stays open. Where one is shown, the formula is written for it, and those in",
  );
  lines.push("brackets are the others it can be written for.");
  if (cells.some(([, tier]) => tier!.endsWith("*")))
    lines.push(`* decided with ${SMALL} for each open size, not for all sizes`);
  return lines.join("\n");
}

const sizeText = ({ name, value, least, most }: ListedSize): string =>
  value === null ? name : `${name}=${value} (${least} to ${most})`;

/** One line for each name; numbers after a name tell its relatives apart. */
function meanings(rows: readonly Listed[]): string[] {
  const all = rows.flatMap((row) => row.sizes);
  const names = [...new Set(all.map(({ name }) => name.replace(/\d+$/, "")))];
  return columns(names.map((name) => [`  ${name}`, sizeMeaning(name)])).split("\n");
}
