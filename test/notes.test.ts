import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCli } from "../src/app/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "notes-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ["", ""];
  const io = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    terminal: false,
  };
  const code = await runCli(argv, io);
  return { code, out, error };
}

const notesOf = (out: string): string[] => [...out.matchAll(/^ {2}note {8}(.*)$/gm)].map(([, note]) => note!);

describe("check notes how names were read", () => {
  const cases: [string[], string[]][] = [
    [["A*exp(-k*x)"], []],
    [["sum(a[i]*x[i], i, 1, d)", "--inputs", "x[i]"], []],
    [["A*exp(-k*t)"], ["no name is an input: A, k, t are parameters; --inputs t would make t an input"]],
    [["a*b"], ["no name is an input: a, b are parameters; --inputs NAME would make one an input"]],
    [["exp(a)"], ["no name is an input: a is a parameter; --inputs NAME would make one an input"]],
    [["7"], []],
    [["a*x", "--inputs", "x,z"], ["the model does not depend on the input z"]],
    [["a + 0*x"], ["the model does not depend on the input x"]],
    [["a*x*t", "--inputs", "t"], ["x is a parameter: the input is t"]],
    [["a*x1 + b*x2", "--inputs", "x1"], ["x2 is a parameter: the input is x1"]],
    [["x*x1 + a"], ["x1 is a parameter: the input is x"]],
    [["x3*u*v", "--inputs", "u,v"], ["x3 is a parameter: the inputs are u, v"]],
    [["x*(a + b*i)"], ["i is a parameter; the imaginary unit is complex(0, 1)"]],
    [["x*I + a"], ["I is a parameter; the imaginary unit is complex(0, 1)"]],
    [["sum(a[i]*x^i, i, 1, 3)"], []],
  ];
  test.each(cases)("%j", async (flags, expected) => {
    const { out, error } = await run("check", "--model", ...flags);
    expect({ notes: notesOf(out), error }).toEqual({ notes: expected, error: "" });
  });

  test("for inputs that a file names", async () => {
    const path = join(folder, "m.json");
    writeFileSync(path, JSON.stringify({ model: "a*x + b*t", inputs: ["t", "s"] }));
    expect(notesOf((await run("check", path)).out)).toEqual([
      "the model does not depend on the input s",
      "x is a parameter: the inputs are t, s",
    ]);
  });

  test("and --json does not", async () => {
    const { out } = await run("check", "--model", "A*exp(-k*t)", "--json");
    expect(out).not.toContain("no name is an input");
    expect(JSON.parse(out)).not.toHaveProperty("notes");
  });
});

describe("flags and arguments that do not fit", () => {
  const cases: [string[], string][] = [
    [["check", "--foo"], "unknown flag '--foo'; accepted: --json or --loss or what --help lists"],
    [["solve", "--max-iner", "3"], "unknown flag '--max-iner'; accepted: --max-inner or what --help lists"],
    [["check", "--zzzzzzzzz"], "unknown flag '--zzzzzzzzz'; accepted: what --help lists"],
    [["check", "-q"], "unknown flag '-q'; accepted: what --help lists"],
    [["check", "--loss"], "--loss has no value; accepted: --loss with a value after it"],
    [["solve", "--max-inner"], "--max-inner has no value; accepted: --max-inner with a value after it"],
    [["check", "--json=maybe"], "--json takes no value such as 'maybe'; accepted: --json alone"],
    [["check", "aion", "siren"], "unexpected argument 'siren'; accepted: 1 argument beside the flags"],
    [["list", "aion"], "unexpected argument 'aion'; accepted: flags alone"],
    [["verify"], "no FILE given; accepted: one FILE"],
    [["derive", "aion", "--format", "odt"], "'odt' is no value of --format; accepted: tex, html, md"],
    [["emit", "aion", "--target", "c"], "'c' is no value of --target; accepted: js"],
    [
      ["solve", "aion", "--method", "adam"],
      "'adam' is no value of --method; accepted: infinite, steepest, newton-cg, tower-1, tower-2, tower-3, tower-4, tower-5, tower-6",
    ],
    [
      ["check", "--loss", "hinge", "--loss", "huber", "aion"],
      "--loss is given as 'hinge' and as 'huber'; accepted: each flag once",
    ],
  ];
  test.each(cases)("%j", async (argv, message) => {
    expect(await run(...argv)).toEqual({ code: 2, out: "", error: `error: ${message}\n` });
  });
});

test("a function that has no name here", async () => {
  const { error } = await run("check", "--model", "x*digamma(a)");
  expect(error).toMatch(
    /^error: formula:1:3: unknown function 'digamma': it is the derivative of lgamma and has no name here; accepted: /,
  );
});
