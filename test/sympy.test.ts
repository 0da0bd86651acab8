import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ArchitectureFile, architecture, check, openJudge, type Verdict } from "../src/app/api.ts";
import { runCli } from "../src/app/cli.ts";
import { sympyScript } from "../src/closure/export/sympy.ts";
import { createFormulas, pythonString } from "../src/closure/export/sympy-text.ts";
import type { ZeroJudge } from "../src/closure/nonzero.ts";
import { hasPython, hasSympy, pythonFault, runPython } from "./support/python.ts";

if (!hasPython) console.log("python3 is absent: the scripts are not compiled");
if (!hasSympy) console.log("SymPy is absent: the scripts are not run");

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await openJudge();
});
const verdictOf = (file: ArchitectureFile): Verdict => check(architecture(file), judge);

const MODELS: readonly string[] = [
  "A*exp(-k*x)",
  "tanh(w*x + b)",
  "relu(w*x + b)",
  "gamma(w*x)",
  "sum(v[k]*tanh(w[k]*x + b[k]), k, 1, h)",
];

test.each(MODELS)("the script of %s is Python, and the same each time", (model) => {
  const script = sympyScript(verdictOf({ model }))!;
  expect(script.startsWith("#!/usr/bin/env python3\n")).toBe(true);
  expect(script).toBe(sympyScript(verdictOf({ model })));
  if (hasPython) expect(pythonFault(script)).toBe("");
});

test("undecided verdicts have none", () => {
  const verdict = verdictOf({ model: "gamma(w*x)*gamma(v*x)" });
  expect(verdict.tier).toBe("undecided");
  expect(sympyScript(verdict)).toBeUndefined();
});

describe("text", () => {
  test("names and numbers are literals of ASCII characters", () => {
    expect(pythonString('a"\\\n\u00e9\u{1d400}')).toBe('"a\\"\\\\\\u000a\\u00e9\\U0001d400"');
    const formulas = createFormulas();
    const big = 10n ** 1200n;
    formulas.of(`lambda*x^2 + ${big}`);
    expect(formulas.lines[1]).toBe(
      `    return ((f.v("lambda") * f.power(f.v("x"), f.q(2))) + f.q(0x${big.toString(16)}))`,
    );
  });

  test.skipIf(!hasPython)("long sums and deep folds stay within Python's limits", () => {
    const formulas = createFormulas();
    formulas.of(Array.from({ length: 3000 }, (_, k) => `a${k}*x`).join(" + "));
    formulas.of(`${"sin(".repeat(400)}x${")".repeat(400)}`);
    let fold = "w[i1]";
    for (let k = 1; k <= 20; k++) fold = `sum(${fold}, i${k}, 1, d)`;
    formulas.of(fold);
    expect(pythonFault(formulas.lines.join("\n"))).toBe("");
    expect(() => formulas.of(`sum(${fold}, j, 1, d)`)).toThrow("sums are nested too deeply for Python");
  });
});

describe.skipIf(!hasSympy)("run by SymPy", () => {
  test("hostile names are symbols like any other", () => {
    const script = sympyScript(
      verdictOf({ model: "lambda*exp(-None*x)*cos(sympy*x + S) + I*E + N*t1 + mp + f*\u00e9 + formula1*sp" }),
    )!;
    const { code, ok, fail, error } = runPython(script);
    expect({ code, fail, error }).toEqual({ code: 0, fail: [], error: "" });
    expect(ok.length).toBeGreaterThan(10);
  }, 60_000);

  test("the tower of hostile names too", () => {
    const { code, fail } = runPython(
      sympyScript(verdictOf({ model: "tanh(lambda*x + t1 + S)*log(1 + exp(mpmath*x))*I/(1 + None^2)" }))!,
    );
    expect({ code, fail }).toEqual({ code: 0, fail: [] });
  }, 60_000);

  test("a changed matrix fails, and names the row", () => {
    const verdict = JSON.parse(JSON.stringify(verdictOf({ model: "A*exp(-k*x)" }))) as Mutable;
    verdict.certificate.tree.matrices.k[1][1] = "-x + 1";
    const { code, fail } = runPython(sympyScript(verdict)!);
    expect(code).toBe(1);
    expect(fail).toEqual([
      "FAIL: tree: closed under all derivatives, 2 matrices of size 2: row 2 of the matrix of k; the matrices of k and A do not commute",
    ]);
  }, 60_000);

  test("a changed numerator fails", () => {
    const verdict = JSON.parse(JSON.stringify(verdictOf({ model: "tanh(w*x + b)" }))) as Mutable;
    verdict.certificate.lower.numerator = "-1 + t1^2*t2^2*(1 + 1/1000000)";
    const { code, fail } = runPython(sympyScript(verdict)!);
    expect(code).toBe(1);
    expect(fail[0]).toMatch(/^FAIL: lower\.model = numerator\/denominator in the generators: they are /);
  }, 60_000);
});

// biome-ignore lint/suspicious/noExplicitAny: a verdict to spoil
type Mutable = any;

describe("check --export", () => {
  const folder = mkdtempSync(join(tmpdir(), "sympy-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
    let [out, error] = ["", ""];
    const io = {
      out: (text: string) => void (out += text),
      error: (text: string) => void (error += text),
      terminal: false,
    };
    const code = await runCli(["check", ...argv], io);
    return { code, out, error };
  }
  const decay = ["--model", "A*exp(-k*x)"];

  test("writes to stdout, or to a file", async () => {
    const plain = await run(...decay, "--export", "sympy");
    expect(plain).toEqual({ code: 0, out: sympyScript(verdictOf({ model: "A*exp(-k*x)" })), error: "" });
    const path = join(folder, "decay.py");
    expect(await run(...decay, "--export", "sympy", "-o", path)).toEqual({
      code: 0,
      out: `${path}\n`,
      error: "",
    });
    expect(readFileSync(path, "utf8")).toBe(plain.out);
    const both = await run(...decay, "--export", "sympy", "-o", path, "--json");
    expect(JSON.parse(both.out).tier).toBe("exponential-polynomial");
  });

  test("exits as check does", async () => {
    expect((await run("--model", "relu(w*x)", "--export", "sympy")).code).toBe(1);
    const path = join(folder, "none.py");
    const none = await run("--model", "gamma(w*x)*gamma(v*x)", "--export", "sympy", "-o", path);
    expect(none).toEqual({
      code: 1,
      out: "",
      error: expect.stringMatching(/^no script: the verdict is undecided: .+\n$/),
    });
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    [["--export", "lean"], "error: export: there is no script for 'lean'; accepted: sympy\n"],
    [["-o", "x.py"], "error: out: there is nothing to write; accepted: --export sympy\n"],
    [
      ["--export", "sympy", "--json"],
      "error: export: the script and --json both write to stdout; accepted: -o FILE for the script\n",
    ],
    [
      ["--export", "sympy", "--batch", "x.json"],
      "error: export: a batch has no one script; accepted: one architecture\n",
    ],
    [["--export", ""], "error: the value of --export is empty; accepted: what --help says\n"],
  ])("refuses %j", async (argv, error) => {
    expect(await run(...decay, ...argv)).toEqual({ code: 2, out: "", error });
  });

  test("an obstruction of a loss without a script", async () => {
    const verdict = verdictOf({ model: "gamma(w*x)" });
    expect(() => sympyScript({ ...verdict, loss: "poisson" })).toThrow(
      "no script for this obstruction under the loss poisson; accepted: the loss squared",
    );
  });
});
