/** The command line: flags and routes. What a command does stands in `commands.ts`. */
import {
  ArgumentScannerError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type CommandContext,
  run,
  text_en,
} from "@stricli/core";
import { DescentError, type ErrorCode } from "../errors.ts";
import { METHODS } from "../solve/solve.ts";
import { FORMATS, VERSION } from "./api.ts";
import { argumentFault } from "./arguments.ts";
import * as commands from "./commands.ts";
import type { ListFlags } from "./given.ts";
import type { Io } from "./io.ts";
import * as towers from "./towers.ts";

interface Context extends CommandContext {
  readonly io: Io;
  exitCode: number;
}

const text = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, brief, placeholder, optional: true }) as const;

const json = {
  kind: "boolean",
  brief: "print one JSON document",
  default: false,
  withNegated: false,
} as const;

const architectureFlags = {
  model: text("the architecture as a formula", "FORMULA"),
  inputs: text("names of the inputs: x1,x2 or x[i]", "NAMES"),
  sizes: text("numbers for the sizes: r=2,d=3", "SIZES"),
  loss: text("the loss, squared by default", "LOSS"),
  budget: text("time limit in seconds, 10 by default", "SECONDS"),
} as const;

const positional = {
  kind: "tuple",
  parameters: [
    {
      brief: "a built-in, or the path of an architecture file",
      parse: String,
      placeholder: "architecture",
      optional: true,
    },
  ],
} as const;

/** A command's exit code reaches the context. */
const finish = async (context: Context, code: Promise<number> | number): Promise<void> => {
  context.exitCode = await code;
};

const COMMANDS = {
  list: buildCommand<ListFlags, [], Context>({
    docs: { brief: "the built-in architectures" },
    parameters: { flags: { json } },
    async func(this: Context, flags) {
      await finish(this, commands.list(this.io, flags));
    },
  }),
  check: buildCommand<commands.BatchFlags, [string?], Context>({
    docs: { brief: "the verdict: is the architecture in the Infinity Class, and why" },
    parameters: {
      flags: {
        ...architectureFlags,
        json,
        batch: text("a JSON list of architectures to check", "FILE"),
        probe: {
          kind: "boolean",
          brief: "measure Hankel ranks of the model beside the verdict",
          default: false,
          withNegated: false,
        },
        export: text("a script that re-checks the verdict: sympy", "LANGUAGE"),
        out: text("the file for the script, the terminal by default", "FILE"),
      },
      aliases: { o: "out" },
      positional,
    },
    async func(this: Context, flags, name?: string) {
      await finish(this, commands.check(this.io, name, flags));
    },
  }),
  verify: buildCommand<commands.VerifyFlags, [string], Context>({
    docs: { brief: "re-check a verdict that check --json printed, or its certificate" },
    parameters: {
      flags: { json, budget: architectureFlags.budget },
      positional: {
        kind: "tuple",
        parameters: [{ brief: "the JSON document", parse: String, placeholder: "FILE" }],
      },
    },
    async func(this: Context, flags, file: string) {
      await finish(this, commands.verify(this.io, file, flags));
    },
  }),
  tower: buildCommand<towers.TowerFlags, [string?], Context>({
    docs: { brief: "the floors of the Taylor tower of the optimality condition" },
    parameters: {
      flags: {
        ...architectureFlags,
        json,
        order: {
          kind: "parsed",
          parse: String,
          brief: "the highest floor",
          placeholder: "K",
          default: "2",
        },
        latex: { kind: "boolean", brief: "print LaTeX", default: false, withNegated: false },
      },
      positional,
    },
    async func(this: Context, flags, name?: string) {
      await finish(this, towers.tower(this.io, name, flags));
    },
  }),
  resum: buildCommand<towers.ResumFlags, [string?], Context>({
    docs: { brief: "the resummed optimality condition F(Delta), its Jacobian, and the cascade" },
    parameters: {
      flags: {
        ...architectureFlags,
        json,
        order: {
          kind: "parsed",
          parse: String,
          brief: "the order of the tower where the cascade stops",
          placeholder: "K",
          optional: true,
        },
        lattice: {
          kind: "boolean",
          brief: "the sums over data on a lattice too",
          default: false,
          withNegated: false,
        },
        at: text("values of parameters and inputs, for the radius of convergence: w=1,x=2", "VALUES"),
        step: text("the step from there: w=0.5", "VALUES"),
        latex: { kind: "boolean", brief: "print LaTeX", default: false, withNegated: false },
      },
      positional,
    },
    async func(this: Context, flags, name?: string) {
      await finish(this, await towers.resum(this.io, name, flags));
    },
  }),
  derive: buildCommand<commands.DeriveFlags, [string?], Context>({
    docs: { brief: "the full derivation as a document" },
    parameters: {
      flags: {
        ...architectureFlags,
        json,
        format: { kind: "enum", values: FORMATS, brief: "the document's language", optional: true },
        out: text("the file to write, the terminal by default", "FILE"),
      },
      aliases: { o: "out" },
      positional,
    },
    async func(this: Context, flags, name?: string) {
      await finish(this, commands.derive(this.io, name, flags));
    },
  }),
  emit: buildCommand<commands.EmitFlags, [string?], Context>({
    docs: { brief: "the compiled update function as a stand-alone module" },
    parameters: {
      flags: {
        ...architectureFlags,
        json,
        target: { kind: "enum", values: ["js"], brief: "the language", default: "js" },
        out: text("the folder to write to, . by default", "DIR"),
        name: text("the module's name", "NAME"),
      },
      aliases: { o: "out" },
      positional,
    },
    async func(this: Context, flags, name?: string) {
      await finish(this, commands.emit(this.io, name, flags));
    },
  }),
  solve: buildCommand<commands.SolveFlags, [string?], Context>({
    docs: { brief: "train on data: one Infinite Descent step, or a baseline" },
    parameters: {
      flags: {
        ...architectureFlags,
        json,
        data: text("CSV with columns for the inputs, y, and w for weights", "FILE"),
        start: text("name=value,... or a JSON file; without it, seeded starts are drawn", "START"),
        method: { kind: "enum", values: METHODS, brief: "the solver", default: "infinite" },
        seed: text("seed of the drawn starts, 1 by default", "SEED"),
        maxInner: text("the most iterations", "COUNT"),
      },
      positional,
    },
    async func(this: Context, flags, name?: string) {
      await finish(this, commands.solve(this.io, name, flags));
    },
  }),
};

const routes = buildRouteMap({
  docs: { brief: "Symbolic algebra for the Method of Infinite Descent" },
  routes: COMMANDS,
});

const application = buildApplication(routes, {
  name: "infinite-descent",
  versionInfo: { currentVersion: VERSION },
  scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
  documentation: { disableAnsiColor: true },
  localization: {
    text: {
      ...text_en,
      exceptionWhileRunningCommand: (error) => errorText(error),
      exceptionWhileParsingArguments: (error) => errorText(error),
      noCommandRegisteredForInput: ({ input, corrections }) =>
        `error: unknown command '${input}'; accepted: ${(corrections.length > 0 ? corrections.map((c) => c.replaceAll("`", "")) : Object.keys(COMMANDS)).join(", ")}`,
    },
  },
  determineExitCode: exitCode,
});

const EXIT: Record<ErrorCode, number> = { input: 2, unsupported: 2, budget: 3, internal: 3 };

function exitCode(error: unknown): number {
  return error instanceof DescentError ? EXIT[error.code] : 3;
}

function errorText(error: unknown): string {
  if (error instanceof DescentError) return `error: ${error.message}`;
  if (error instanceof ArgumentScannerError) return `error: ${argumentFault(error)}`;
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}

/** Flags whose value may begin with a sign, or be taken for another argument. */
const VALUED: ReadonlySet<string> = new Set([
  "--model",
  "--start",
  "--data",
  "--batch",
  "--out",
  "--export",
  "-o",
  "--name",
  "--inputs",
]);

/** Runs one command line; returns the exit code. A formula that begins with `-` may follow its flag as it is. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const streams = {
    stdout: { write: (chunk: string) => io.out(chunk) },
    stderr: { write: (chunk: string) => io.error(chunk) },
  };
  const state: { exitCode?: number | string | null } = {};
  const context: Context = { process: { ...streams, ...state } as Context["process"], io, exitCode: 0 };
  const empty = argv.findIndex((item, k) => VALUED.has(argv[k - 1] ?? "") && item === "");
  if (empty > 0) {
    io.error(`error: the value of ${argv[empty - 1]} is empty; accepted: what --help says\n`);
    return 2;
  }
  await run(application, joinValues(argv), context);
  const own = Number((context.process as { exitCode?: number }).exitCode ?? 0);
  if (own < 0) return 2;
  return own !== 0 ? own : context.exitCode;
}

/** `--model -x` becomes `--model=-x`, so that a value is never taken for a flag. */
function joinValues(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (let k = 0; k < argv.length; k++) {
    const item = argv[k]!;
    const next = argv[k + 1];
    if (VALUED.has(item) && next !== undefined) {
      joined.push(`${item === "-o" ? "--out" : item}=${next}`);
      k++;
    } else joined.push(item);
  }
  return joined;
}
