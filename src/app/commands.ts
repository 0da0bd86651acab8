/** The commands: each reads its input, asks the library, prints, and returns the exit code. */
import { join } from "node:path";
import { LOSSES, type Loss } from "../architecture/losses.ts";
import { indexName, latex, latexName } from "../derivation/latex.ts";
import { DescentError, quoted } from "../errors.ts";
import type { Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { Method } from "../solve/solve.ts";
import { parseStart } from "../solve/start.ts";
import * as api from "./api.ts";

import { checkBatch } from "./batch.ts";
import { makeFolder, readText, writeFiles } from "./files.ts";
import type { Io } from "./io.ts";
import { listed, listText } from "./list.ts";
import { notes } from "./notes.ts";
import { columns, probeText, solutionText, verdictText } from "./report.ts";

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

export interface BatchFlags extends CheckFlags {
  readonly batch?: string;
  readonly probe: boolean;
  readonly export?: string;
  readonly out?: string;
}

export interface VerifyFlags extends ListFlags {
  readonly budget?: string;
}

export interface ResumFlags extends CheckFlags {
  readonly latex: boolean;
  readonly order?: string;
}

export interface TowerFlags extends CheckFlags {
  readonly latex: boolean;
  readonly order: string;
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

const printJson = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value, null, 2)}\n`);

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

export function tower(io: Io, name: string | undefined, flags: TowerFlags): number {
  const given = readGiven(name, flags);
  const made = api.tower(given, whole(flags.order, "order"), limits(flags));
  if (flags.json) {
    printJson(io, api.towerJson(made));
    return 0;
  }
  const show = (node: Node, scope: readonly string[] = []): string =>
    flags.latex ? latex(given.algebra, node, scope) : print(node, scope);
  const comment = flags.latex ? "% " : "";
  // All of it is made before any of it is written.
  const lines: string[] = [];
  for (const { parameter, scope, terms } of made.components) {
    lines.push(`${comment}component ${parameter}\n`);
    for (const { order, monomial, coefficient } of terms) {
      const step = monomialText(monomial, flags.latex);
      const text = show(coefficient, scope);
      lines.push(
        flags.latex
          ? `T_{${order}} \\ni ${step === "" ? text : `${step} \\left(${text}\\right)`}\n`
          : `  T_${order}  ${step === "" ? text : `${step} * (${text})`}\n`,
      );
    }
  }
  for (const line of lines) io.out(line);
  const general = made.generalTerm;
  if ("absent" in general) io.out(`${comment}no general term: ${general.absent}\n`);
  else if ("sequences" in general) {
    const { index, sequences, model, optimality } = general;
    const line = (left: string, node: Node): void => io.out(`  ${left} = ${show(node)}\n`);
    const entry = (name: string, at: string): string =>
      flags.latex ? latexName(name, [at]) : `${name}[${at}]`;
    io.out(`${comment}general term by recurrences in ${index}\n`);
    for (const { name, initial, recurrence } of sequences) {
      for (const [j, node] of initial.entries()) line(entry(name, `${j}`), node);
      line(entry(name, index), recurrence);
    }
    if (model !== undefined) line(flags.latex ? `D^{${index}} f/${index}!` : `D^${index} f/${index}!`, model);
    for (const { parameter, node } of optimality) {
      if (flags.latex) io.out(`% component ${parameter}\n`);
      line(flags.latex ? `T_{${index}}` : `T_${index} of ${parameter}`, node);
    }
  } else {
    const orders = general.orders.map((o) => o.order).join(", ");
    io.out(`${comment}general term d^n f, of orders ${orders}\n  ${show(general.derivative)}\n`);
  }
  return 0;
}

const monomialText = (monomial: Readonly<Record<string, number>>, inLatex: boolean): string =>
  Object.entries(monomial)
    .map(([p, k]) =>
      inLatex
        ? `${latexParameter(`Delta_${p}`)}${k === 1 ? "" : `^{${k}}`}`
        : `Delta_${p}${k === 1 ? "" : `^${k}`}`,
    )
    .join(inLatex ? " " : "*");

export async function resum(io: Io, name: string | undefined, flags: ResumFlags): Promise<number> {
  const given = readGiven(name, flags);
  const options = flags.order === undefined ? {} : { order: whole(flags.order, "order") };
  const made = api.resum(given, limits(flags), options, await api.openJudge());
  if (flags.json) {
    printJson(io, api.resumJson(made));
    return 0;
  }
  const show = (node: Node, scope: readonly string[] = []): string =>
    flags.latex ? latex(given.algebra, node, scope) : print(node, scope);
  const arrow = flags.latex ? "\\;\\mapsto\\;" : "->";
  io.out(`${flags.latex ? "% " : ""}cascade\n`);
  for (const { rule, before, after, scope } of made.steps) {
    io.out(flags.latex ? `% ${rule}\n` : `  ${rule}\n  `);
    io.out(`  ${show(before, scope)}  ${arrow}  ${show(after, scope)}\n`);
  }
  io.out(
    `\n${flags.latex ? "% " : ""}resummed model f(theta + Delta)\n  ${show(made.model.node, made.model.scope)}\n`,
  );
  io.out(`\n${flags.latex ? "% " : ""}resummed optimality condition F(Delta) for one datum\n`);
  made.parameters.forEach((parameter, k) => {
    const left = flags.latex ? `F_{${latexParameter(parameter)}}` : `F_${parameter}`;
    const { node, scope } = made.optimality[k]!;
    io.out(`  ${left} = ${show(node, scope)}\n`);
  });
  io.out(`\n${flags.latex ? "% " : ""}Jacobian H(Delta), lower triangle\n`);
  made.parameters.forEach((row, a) => {
    made.parameters.slice(0, a + 1).forEach((column, b) => {
      const { node, scope } = made.hessian[a]![b]!;
      const other = withIndices(column, scope);
      const left = flags.latex ? `H_{${latexParameter(row)},${latexParameter(other)}}` : `H_${row},${other}`;
      io.out(`  ${left} = ${show(node, scope)}\n`);
    });
  });
  return 0;
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

/** A family's name with the names that its indices have in a scope, innermost first. */
function withIndices(family: string, scope: readonly string[]): string {
  const [, head, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(family)!;
  if (indices === undefined || scope.length === 0) return family;
  return `${head}[${scope.slice(0, indices.split(",").length).reverse().join(",")}]`;
}

const latexParameter = (name: string): string => {
  const [, head, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(name)!;
  return latexName(head!, indices === undefined ? [] : indices.split(",").map(indexName));
};

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
  const start = flags.start === undefined ? undefined : readStart(flags.start);
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

function readStart(value: string): Record<string, number> {
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

function readGiven(name: string | undefined, flags: ArchitectureFlags): api.Architecture {
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

function whole(text: string, what: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new DescentError("input", `${quoted(text)} is not a whole number`, {
      place: { source: what },
      accepted: "digits",
    });
  }
  return Number(text);
}

function limits(flags: { readonly budget?: string }): api.Limits {
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
