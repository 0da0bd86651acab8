import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../src/app/cli.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind, body]) => ({
  kind,
  body: body!,
}));

const sessions = blocks
  .filter((b) => b.kind === "console")
  .map((b) => /^\$ infinite-descent (.*)\n([\s\S]*)$/.exec(b.body)!)
  .map(([, command, output]) => ({ command: command!, output: output! }));

/** Words of a command line; double quotes group. */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2]!);

test("the README shows at least one session for each use", () => {
  const commands = new Set(sessions.map((s) => words(s.command)[0]));
  expect([...commands].sort()).toEqual(["check", "resum", "solve", "tower"]);
});

test.each(sessions)("$command", async ({ command, output }) => {
  let out = "";
  await runCli(words(command), {
    out: (text) => void (out += text),
    error: (text) => void (out += text),
    terminal: false,
  });
  // The gradient at its rounding floor is noise: its digits may differ between machines.
  const settled = (text: string): string => text.replace(/(scaled gradient +)\S+/, "$1…");
  expect(settled(out)).toBe(settled(output));
});

test("the TypeScript example prints what is shown", () => {
  const at = blocks.findIndex((b) => b.kind === "ts");
  const expected = blocks[at + 1];
  expect(expected?.kind).toBe("text");
  const api = fileURLToPath(new URL("../src/app/api.ts", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  const file = join(folder, "example.mts");
  writeFileSync(file, blocks[at]!.body.replace('"infinite-descent"', JSON.stringify(api)));
  const root = fileURLToPath(new URL("..", import.meta.url));
  const out = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(out).toBe(expected!.body);
});
