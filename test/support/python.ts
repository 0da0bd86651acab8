import { spawnSync } from "node:child_process";

const succeeds = (...args: string[]): boolean => spawnSync("python3", args).status === 0;

export const hasPython = succeeds("-c", "pass");
export const hasSympy = succeeds("-c", "import sympy");

export interface Ran {
  readonly code: number | null;
  /** The lines of the report, by what they begin with. */
  readonly ok: readonly string[];
  readonly fail: readonly string[];
  readonly error: string;
}

/** Runs a script without any of the user's packages' settings; its text goes to stdin. */
export function runPython(script: string): Ran {
  const { status, stdout, stderr } = spawnSync("python3", ["-"], {
    input: script,
    encoding: "utf8",
    timeout: 120_000,
  });
  const lines = stdout.split("\n");
  return {
    code: status,
    ok: lines.filter((line) => line.startsWith("ok: ")),
    fail: lines.filter((line) => line.startsWith("FAIL: ")),
    error: stderr,
  };
}

/** Python's own compiler on a text; its message, empty where it is a program. */
export function pythonFault(script: string): string {
  const compile = 'import sys; compile(sys.stdin.buffer.read(), "script", "exec")';
  return spawnSync("python3", ["-c", compile], { input: script, encoding: "utf8" }).stderr;
}
