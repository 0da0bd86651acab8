import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = (command: string, args: string[]): string =>
  execFileSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });

describe("the build", () => {
  beforeAll(() => {
    run("npm", ["run", "-s", "build"]);
  }, 120_000);

  test("leaves an executable that answers", () => {
    const bin = `${root}dist/app/main.js`;
    expect(statSync(bin).mode & 0o111).not.toBe(0);
    expect(readFileSync(bin, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    const verdict = JSON.parse(run(bin, ["check", "aion", "--sizes", "r=2,d=2,P=1", "--json"]));
    expect(verdict.tier).toBe("exponential-polynomial");
  });

  test("emits the module that the sources emit", () => {
    const built = `${root}out/built`;
    const direct = `${root}out/direct`;
    const args = ["emit", "--model", "A*exp(-k*x)", "--name", "decay", "-o"];
    run("node", ["dist/app/main.js", ...args, built]);
    run("npm", ["run", "-s", "cli", "--", ...args, direct]);
    const code = (folder: string): string =>
      readFileSync(`${folder}/decay.mjs`, "utf8")
        .replace(/\/\*\*[\s\S]*?\*\//g, "")
        .replace(/\s+/g, "");
    expect(code(built)).toBe(code(direct));
    for (const folder of [built, direct]) rmSync(folder, { recursive: true });
  }, 60_000);
});

describe("npm start", () => {
  test("runs the main job and writes its files", () => {
    const text = run("npm", ["-s", "start"]);
    expect(text).toContain("exponential-polynomial: a strict member");
    expect(text).toMatch(/infinite descent +converged +1 +\d+/);
    expect(text).toContain("certificate accepted");
    expect(text).toMatch(/derivation written: \d+ steps and terms replayed exactly/);
    for (const file of ["co2.mjs", "co2.d.mts", "co2.json", "co2.svg", "co2.tex", "co2.html", "co2.md"])
      expect(existsSync(`${root}out/${file}`)).toBe(true);
  }, 60_000);
});
