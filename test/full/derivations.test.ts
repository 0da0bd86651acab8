import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DERIVED } from "../../src/architecture/builtins.ts";
import { FORMATS } from "../../src/derivation/assemble.ts";

const folder = fileURLToPath(new URL("../../derivations", import.meta.url));
const installed = spawnSync("pdflatex", ["--version"]).status === 0;

test("there is a document of every derived built-in in every format", () => {
  const expected = DERIVED.flatMap((name) => FORMATS.map((format) => `${name}.${format}`));
  expect(readdirSync(folder).sort()).toEqual([...expected, "README.md"].sort());
  for (const name of DERIVED) {
    const text = readFileSync(join(folder, `${name}.md`), "utf8");
    expect(text).toMatch(/\d+ identities hold exactly/);
    expect(text).not.toMatch(/FAIL|left open|REJECTED/);
  }
});

describe("pdflatex", () => {
  if (!installed) console.log("pdflatex is not installed: the documents are not compiled");
  test.skipIf(!installed).each(DERIVED)(
    "compiles %s without a line that is too wide",
    (name) => {
      const out = mkdtempSync(join(tmpdir(), "derivation-"));
      const args = [
        "-no-shell-escape",
        "-interaction=nonstopmode",
        "-halt-on-error",
        `-output-directory=${out}`,
      ];
      const log = execFileSync("pdflatex", [...args, join(folder, `${name}.tex`)], { encoding: "utf8" });
      rmSync(out, { recursive: true });
      expect(log).toContain("Output written");
      expect(log.match(/Overfull .hbox \((\d+)/g) ?? []).toEqual([]);
    },
    60_000,
  );
});
