/** The commands: each reads its input, asks the library, prints, and returns the exit code. */
import { join } from "node:path";
import { DescentError, quoted } from "../errors.ts";
import type { Method } from "../solve/solve.ts";
import * as api from "./api.ts";
import { checkBatch } from "./batch.ts";
import { makeFolder, readText, writeFiles } from "./files.ts";
import {
  type ArchitectureFlags,
  type CheckFlags,
  type ListFlags,
  limits,
  printJson,
  readGiven,
  readValues,
  whole,
} from "./given.ts";
import type { Io } from "./io.ts";
import { listed, listText } from "./list.ts";
import { notes } from "./notes.ts";
import { columns, probeText, solutionText, verdictText } from "./report.ts";

export interface BatchFlags extends CheckFlags {
  readonly batch?: string;
  readonly probe: boolean;
  readonly export?: string;
  readonly out?: string;
}

export interface VerifyFlags extends ListFlags {
  readonly budget?: string;
}

export interface DeriveFlags extends CheckFlags {
  readonly format?: api.Format;
  readonly out?: string;
}

export interface EmitFlags extends CheckFlags {
  readonly target: "js";
  readonly out?: string;
  readonly name?: string;
}

export interface SolveFlags extends CheckFlags {
  readonly data?: string;
  readonly start?: string;
  readonly method: Method;
  readonly seed?: string;
  readonly maxInner?: string;
}

export async function list(io: Io, flags: ListFlags): Promise<number> {
  if (io.terminal) io.error("asking for the verdict of each ...\n");
  const rows = listed(await api.openJudge());
  if (flags.json) printJson(io, rows);
  else io.out(`${listText(rows)}\n`);
  return 0;
}

export async function check(io: Io, name: string | undefined, flags: BatchFlags): Promise<number> {
  const language = exportLanguage(flags);
  if (flags.batch !== undefined) return batch(io, flags.batch, name, flags);
  const given = readGiven(name, flags);
  const judge = await api.openJudge();
  const verdict = api.check(given, judge, limits(flags));
  const measured = flags.probe ? api.probe(given, verdict, judge, limits(flags)) : undefined;
  if (language !== undefined) exportTo(io, verdict, language, flags);
  if (flags.json) printJson(io, flags.probe ? { ...verdict, probe: measured ?? null } : verdict);
  else if (language === undefined) {
    io.out(`${verdictText(verdict, notes(given))}\n`);
    if (flags.probe) io.out(probeText(measured));
  }
  return verdict.membership === "strict" || verdict.membership === "extended" ? 0 : 1;
}

/** The script's language, where one is asked for. */
function exportLanguage({ export: asked, out, batch: file, json }: BatchFlags): api.Export | undefined {
  const fail = (place: string, fault: string, accepted: string): DescentError =>
    new DescentError("input", fault, { place: { source: place }, accepted });
  if (asked === undefined) {
    if (out !== undefined)
      throw fail("out", "there is nothing to write", `--export ${api.EXPORTS.join(" or ")}`);
    return undefined;
  }
  const language = api.EXPORTS.find((known) => known === asked);
  if (language === undefined)
    throw fail("export", `there is no script for ${quoted(asked)}`, api.EXPORTS.join(", "));
  if (file !== undefined) throw fail("export", "a batch has no one script", "one architecture");
  if (json && out === undefined)
    throw fail("export", "the script and --json both write to stdout", "-o FILE for the script");
  return language;
}

/** Writes the script; a verdict without certificate and obstruction leaves one line on stderr. */
function exportTo(io: Io, verdict: api.Verdict, language: api.Export, { out, json }: BatchFlags): void {
  const script = api.exportScript(verdict, language);
  if (script === undefined) {
    const reason = verdict.obstruction?.kind === "undecided" ? `: ${verdict.obstruction.reason}` : "";
    io.error(`no script: the verdict is undecided${reason}\n`);
  } else if (out === undefined) io.out(script);
  else {
    writeFiles([{ path: out, content: script }]);
    if (!json) io.out(`${out}\n`);
  }
}

async function batch(io: Io, file: string, name: string | undefined, flags: CheckFlags): Promise<number> {
  if (name !== undefined || flags.model !== undefined) {
    throw new DescentError("input", "an architecture and --batch are both given", {
      accepted: "one of them",
    });
  }
  const answers = checkBatch(readText(file), file, await api.openJudge(), limits(flags));
  if (flags.json) printJson(io, answers);
  else {
    const rows = answers.map((a) =>
      "error" in a ? [`${a.id}`, "error", a.error.message] : [`${a.id}`, a.tier, a.membership],
    );
    io.out(`${columns(rows)}\n`);
  }
  return 0;
}

export async function verify(io: Io, file: string, flags: VerifyFlags): Promise<number> {
  const found = api.verify(readText(file), file, await api.openPrecise(), limits(flags));
  if (flags.json) printJson(io, found);
  else if (found.accepted) {
    io.out(`accepted: ${found.checked} formulas checked\n`);
    for (const entry of found.unchecked) io.out(`unchecked: ${entry}\n`);
  } else io.out(`rejected: ${found.entry}: ${found.reason}\n`);
  return found.accepted ? 0 : 1;
}

export async function derive(io: Io, name: string | undefined, flags: DeriveFlags): Promise<number> {
  const given = readGiven(name, flags);
  const format = documentFormat(flags);
  if (io.terminal) io.error("deriving, and replaying every step ...\n");
  const { derivation, evidence, document } = api.derive(given, await api.openJudges(), limits(flags));
  const content = api.writeDocument(document, format);
  for (const { opinion } of evidence.opinions) {
    if (opinion.outcome === "nerdamer-wrong")
      io.error(`nerdamer is wrong: ${opinion.what}: ${opinion.detail}\n`);
  }
  if (flags.out !== undefined) writeFiles([{ path: flags.out, content }]);
  if (flags.json) {
    const { verification, replay, opinions } = evidence;
    printJson(io, {
      files: flags.out === undefined ? [] : [flags.out],
      tier: evidence.verdict.tier,
      steps: api.stepsJson(derivation),
      replay: {
        sizes: [...replay.sizes, ...replay.larger],
        exact: replay.exact,
        enclosed: replay.enclosed,
        open: replay.open,
        failures: replay.failures.length,
      },
      certificate: verification?.accepted ?? null,
      secondOpinion: opinions.map(({ sizes, opinion }) => ({ sizes, ...opinion })),
    });
  } else if (flags.out === undefined) io.out(content);
  else {
    const { verdict, verification, replay, opinions } = evidence;
    const agreed = opinions.filter(({ opinion }) => opinion.outcome === "agrees").length;
    const certificate = verification === undefined ? "none" : "accepted";
    io.out(`${flags.out}\n`);
    io.out(
      `  ${verdict.tier}, certificate ${certificate}; ${replay.exact + replay.enclosed} identities replayed, ` +
        `${replay.open} left open; nerdamer agrees on ${agreed}\n`,
    );
  }
  return 0;
}

/** The format that is asked for, or that the file's name ends with; both must agree. */
function documentFormat({ format, out }: DeriveFlags): api.Format {
  const ending = /\.(tex|html|htm|md|pdf)$/i.exec(out ?? "")?.[1]?.toLowerCase();
  const named = api.FORMATS.find((known) => known === ending);
  if (ending === undefined) return format ?? "md";
  if (named === undefined || (format !== undefined && format !== named)) {
    throw new DescentError("input", `a file that ends in .${ending} is no ${format ?? "document"}`, {
      place: { source: "out" },
      accepted: `names that end in ${api.FORMATS.map((f) => `.${f}`).join(", ")}, like their format`,
    });
  }
  return format ?? named;
}

export async function emit(io: Io, name: string | undefined, flags: EmitFlags): Promise<number> {
  const given = readGiven(name, flags);
  const file = flags.name ?? given.name;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(file)) {
    throw new DescentError("input", `${quoted(file)} cannot name a module`, {
      place: { source: "name" },
      accepted: "letters, digits, dots, dashes and underscores, a letter or digit first",
    });
  }
  const verdict = api.check(given, await api.openJudge(), limits(flags));
  const text = api.emitJs(given, verdict.tier, limits(flags));
  const folder = flags.out ?? ".";
  const files = [
    { path: join(folder, `${file}.mjs`), content: text.code },
    { path: join(folder, `${file}.d.mts`), content: text.types },
  ];
  makeFolder(folder);
  writeFiles(files);
  const paths = files.map((f) => f.path);
  if (flags.json) printJson(io, { files: paths, parameters: api.flatNames(given.parameters) });
  else io.out(`${paths.join("\n")}\n`);
  return 0;
}

export async function solve(io: Io, name: string | undefined, flags: SolveFlags): Promise<number> {
  const given = readGiven(name, flags);
  if (flags.data === undefined) {
    throw new DescentError("input", "no data given", { accepted: "--data FILE.csv" });
  }
  const data = api.readData(given, readText(flags.data), flags.data);
  const start = flags.start === undefined ? undefined : readValues(flags.start);
  const linear = start === undefined ? await linearFamilies(given, flags) : undefined;
  const solution = api.solve(
    given,
    data,
    {
      method: flags.method,
      ...(start === undefined ? {} : { start }),
      ...(linear === undefined ? {} : { linear }),
      ...(flags.seed === undefined ? {} : { seed: whole(flags.seed, "seed") }),
      ...(flags.maxInner === undefined ? {} : { maxInner: whole(flags.maxInner, "max-inner") }),
    },
    limits(flags),
  );
  if (flags.json) {
    const { method, ...rest } = solution;
    printJson(io, { ...rest, method });
  } else io.out(`${solutionText(solution)}\n`);
  return solution.status === "converged" ? 0 : 3;
}

/** The parameters that enter polynomially: their starts are drawn on the scale of y. */
async function linearFamilies(
  given: api.Architecture,
  flags: ArchitectureFlags,
): Promise<ReadonlySet<string>> {
  const verdict = api.check(given, await api.openJudge(), limits(flags));
  const bare = verdict.parameters
    .filter((p) => p.tier === "polynomial")
    .map((p) => p.name.replace(/\[.*$/, ""));
  return new Set(bare);
}
