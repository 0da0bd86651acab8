import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { BUILTINS, VERSION } from "../src/app/api.ts";
import { runCli } from "../src/app/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "cli-"));
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

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("bad input gets one line with its place and what would be accepted, and exit code 2", () => {
  const formula: [string, string][] = [
    [
      "a*foo(x)",
      "formula:1:3: unknown function 'foo'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices",
    ],
    [
      "a*exp + x",
      "formula:1:3: the function 'exp' stands without arguments; accepted: exp(…), or another name",
    ],
    ["a*(x+1", "formula:1:3: '(' is never closed; accepted: ')'"],
    ["sum(a[i-1]*x, i, 1, 3)", "formula:1:5: an index reaches 0; accepted: indices from 1 on"],
    ["sum(a[i], i, 1, 2.5)", "formula:1:17: the bound 5/2 is not an integer; accepted: integer bounds"],
    [
      "sum(a[i], i, 3, 1)",
      "formula:1:14: the range 3 to 1 is empty; accepted: a last index that is not below the first",
    ],
    ["x*x[1]", "formula:1:3: 'x' is used with 1 index; accepted: without indices, as before"],
    ["y*x", "formula:1:1: 'y' is reserved for the data; accepted: another name"],
    ["a/0", "formula:1:3: division by zero; accepted: a divisor other than 0"],
    ["Delta_a*x + a", "formula:1:1: 'Delta_a' is the name of a step; accepted: another name"],
    [
      "constructor*x",
      "formula:1:1: 'constructor' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    [
      "__proto__*x",
      "formula:1:1: '__proto__' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _",
    ],
    ["tanh(complex(a, x))", "formula:1:6: 'tanh' of a complex value; accepted: real arguments here"],
    [
      "re(exp(complex(0, a))^(1/2))",
      "formula:1:4: a complex power; accepted: integer powers of complex values, or exp",
    ],
    [
      "a*0^x",
      "formula:1:3: a power of a number that is not positive; accepted: integer powers of it, or a positive base",
    ],
    ["complex(a, x)", "formula:1:1: the model is complex-valued; accepted: a real model: re(...) around it"],
  ];
  test.each(formula)("check --model %s", async (text, message) => {
    const { code, out, error } = await run("check", "--model", text);
    expect({ code, out, error }).toEqual({ code: 2, out: "", error: `error: ${message}\n` });
  });

  test("a formula over the stated length or depth", async () => {
    const long = await run("check", "--model", "x+".repeat(60_000) + "x");
    expect(long.error).toMatch(/^error: formula.*100,?000/);
    const deep = await run("check", "--model", "(".repeat(10_000) + "x" + ")".repeat(10_000));
    expect(deep.error).toMatch(/^error: formula:1:\d+: .*500/);
    const tower = await run("check", "--model", `${"x^".repeat(2_000)}x`);
    expect([long.code, deep.code, tower.code]).toEqual([2, 2, 2]);
    expect(
      (await run("check", "--model", Array.from({ length: 5_000 }, (_, k) => `a${k}*x`).join("+"))).code,
    ).toBe(0);
  }, 20_000);

  test.each([
    [["chek"], "error: unknown command 'chek'; accepted: check\n"],
    [
      ["check"],
      "error: no architecture; accepted: a built-in's name (see list), the path of a .json file, or --model FORMULA\n",
    ],
    [
      ["check", "nosuch"],
      "error: no built-in architecture 'nosuch'; accepted: a built-in's name (see list), the path of a .json file, or --model FORMULA\n",
    ],
    [["check", "mlp-tahn"], "error: no built-in architecture 'mlp-tahn'; accepted: mlp-tanh\n"],
    [
      ["check", "--model", "a*x", "--budget", "abc"],
      "error: the budget 'abc' is no number; accepted: seconds above 0, at most 86400\n",
    ],
    [
      ["check", "--model", "a*x", "--export", "sympy", "-o", "/nope/x.py"],
      "error: /nope/x.py: cannot be written: no such file or folder; accepted: a folder that exists and can be written to\n",
    ],
    [
      ["check", "--model", "heaviside(x)"],
      "error: formula:1:1: unknown function 'heaviside', perhaps '(1 + sign(x))/2'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices\n",
    ],
    [
      ["check", "aion", "--sizes", "q=2"],
      "error: sizes:q: no size 'q' in the formula; accepted: sizes of this formula: P, d, r\n",
    ],
    [
      ["check", "aion", "--sizes", "r=-1"],
      "error: sizes: cannot read 'r=-1'; accepted: name=number pairs such as r=2,d=3, whole numbers, each size once\n",
    ],
    [
      ["check", "--model", "a*x", "--inputs", "x,x"],
      "error: the input 'x' is named twice; accepted: each input once\n",
    ],
    [
      ["check", "--model", "a*x", "--inputs", "y"],
      "error: inputs: 'y' cannot name an input; accepted: names such as x, x1 or x[i], not y, pi or e\n",
    ],
    [
      ["check", "--model", "a*x", "--loss", "nope"],
      "error: unknown loss 'nope'; accepted: squared, poisson, poisson-log, logistic, softmax-cross-entropy, gaussian-nll, absolute, huber, hinge\n",
    ],
    [
      ["emit", "aion", "--target", "js"],
      "error: aion: the sizes r, d, P are open; accepted: numbers for them: --sizes r=2,d=2,P=2\n",
    ],
    [
      ["tower", "--model", "a*x", "--order", "-1"],
      "error: order: '-1' is not a whole number; accepted: digits\n",
    ],
    [
      ["tower", "--model", "a*x", "--order", "99"],
      "error: the order 99 is out of range; accepted: a whole number from 0 to 20\n",
    ],
    [
      ["tower", "--model", "relu(a*x)", "--order", "1"],
      "error: there is no tower: abs(a*x) has a kink or jump inside the domain: the one-sided derivatives of order 1 along a are 0 and 0.877756; accepted: an architecture in the class; check shows the witness\n",
    ],
    [
      ["resum", "--model", "relu(a*x)"],
      "error: there is no tower: abs(a*x) has a kink or jump inside the domain: the one-sided derivatives of order 1 along a are 0 and 0.877756; accepted: an architecture in the class; check shows the witness\n",
    ],
    [
      ["emit", "--model", "a*x", "--name", "../x"],
      "error: name: '../x' cannot name a module; accepted: letters, digits, dots, dashes and underscores, a letter or digit first\n",
    ],
    [["solve", "--model", "a*x"], "error: no data given; accepted: --data FILE.csv\n"],
  ])("%j", async (argv, message) => {
    const { code, out, error } = await run(...argv);
    expect({ code, out, error }).toEqual({ code: 2, out: "", error: message });
  });

  test("an architecture file", async () => {
    const bad = file("bad.json", '{"model": "a*x", "colour": 1}');
    const unknown = await run("check", bad);
    expect(unknown.error).toBe(
      `error: ${bad}: unknown key 'colour'; accepted: name, model, inputs, sizes, loss, constants, domains, output, description, reference\n`,
    );
    const text = file("text.json", "{model}");
    expect((await run("check", text)).error).toMatch(
      new RegExp(`^error: ${text}: not JSON: .*; accepted: an object`),
    );
    const clash = file("clash.json", '{"model": "a*x", "inputs": ["x"], "constants": {"x": 2}}');
    expect((await run("check", clash)).error).toBe(
      "error: 'x' is an input and a constant or size; accepted: one meaning for a name\n",
    );
    const formula = file("formula.json", '{"model": "a*foo(x)"}');
    expect((await run("check", formula)).error).toContain(
      `error: ${formula}:model:1:3: unknown function 'foo'`,
    );
    const domain = file("domain.json", '{"model": "a*x", "domains": {"b": "b > 0"}}');
    expect((await run("check", domain)).error).toBe(
      `error: ${domain}:domains.b: 'b' is no parameter; accepted: a\n`,
    );
    const weird = file("weird.json", '{"model": "a*x", "domains": {"a": "positive"}}');
    expect((await run("check", weird)).error).toBe(
      `error: ${weird}:domains.a: 'positive' is no condition on a; accepted: a comparison such as a > 0\n`,
    );
    const euler = file("euler.json", '{"model": "a*x", "constants": {"e": 2}}');
    expect((await run("check", euler)).error).toContain(
      "'e' has a meaning of its own; accepted: another name",
    );
    const good = file("good.json", '{"name": "decay", "model": "A*exp(-k*x)*s", "constants": {"s": 0.1}}');
    expect((await run("check", good)).out).toContain("A*exp(-k*x)/10");
  });

  const data: [string, string, RegExp][] = [
    ["missing column", "x,z\n1,2\n", /no column 'y'/],
    ["text", "x,y\n1,2\n3,abc\n", /:3:3: .*'abc'/],
    ["NaN", "x,y\n1,2\nNaN,3\n", /:3:1: .*NaN/],
    ["Infinity", "x,y\n1,2\n2,Infinity\n", /:3:3: .*Infinity/],
    ["fewer rows than parameters", "x,y\n1,2\n", /1 row/],
    ["no rows", "x,y\n", /row/],
    ["empty", "", /empty/],
  ];
  test.each(data)("data: %s", async (name, content, message) => {
    const path = file(`${name}.csv`, content);
    const { code, out, error } = await run(
      "solve",
      "--model",
      "a + b*x",
      "--data",
      path,
      "--start",
      "a=1,b=1",
    );
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(error).toMatch(message);
    expect(error.trim().split("\n")).toHaveLength(1);
  });

  test("starts", async () => {
    const path = file("line.csv", "x,y\n0,1\n1,3\n2,5\n");
    const solve = (start: string) => run("solve", "--model", "a + b*x", "--data", path, "--start", start);
    expect((await solve("a=1")).error).toBe(
      "error: start: no value for b; accepted: name=value for every parameter, or no start at all\n",
    );
    expect((await solve("a=1,b=2,c=3")).error).toBe("error: start: no parameter 'c'; accepted: a, b\n");
    expect((await solve("a=1,b=x")).error).toBe(
      "error: start: cannot read 'b=x'; accepted: name=value pairs such as b1=500,A[1,2]=1e-4, or a JSON file\n",
    );
    expect((await solve("a=1,b=2")).code).toBe(0);
  });

  test("nothing is half-written", async () => {
    const blocked = file("blocked", "");
    const { code, error } = await run("emit", "--model", "a*x", "--out", join(blocked, "deep"));
    expect(code).toBe(2);
    expect(error).toMatch(/^error: .*cannot be written: .*; accepted: a folder/);
    const occupied = join(folder, "occupied");
    await run("emit", "--model", "a*x", "--out", join(occupied, "m.d.mts"), "--name", "inner");
    const refused = await run("emit", "--model", "a*x", "--out", occupied, "--name", "m");
    expect(refused.code).toBe(2);
    expect(readdirSync(occupied)).toEqual(["m.d.mts"]);
  });
});

describe("commands", () => {
  test("check prints the contract's JSON and exits 0 for members, 1 for undecided", async () => {
    const aion = await run("check", "aion", "--sizes", "r=2,d=2,P=1", "--json");
    expect(aion.code).toBe(0);
    expect(JSON.parse(aion.out)).toMatchObject({
      tier: "exponential-polynomial",
      membership: "strict",
      separable: { holds: true, rank: 2 },
      analytic: { radius: "infinite" },
      certificate: { format: 1, kind: "linear-closure" },
      obstruction: null,
    });
    const undecided = await run("check", "--model", "besselj(0, w) + besselj(0, 2*w)", "--json");
    expect(undecided.code).toBe(1);
    expect(JSON.parse(undecided.out)).toMatchObject({ tier: "undecided", certificate: null });
  });

  test("verify accepts what check printed, and names the entry of a forgery", async () => {
    const { out } = await run("check", "--model", "A*exp(-k*x)", "--json");
    const good = file("verdict.json", out);
    expect(await run("verify", good)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^accepted: \d+ formulas/),
    });
    const forged = file("forged.json", out.replaceAll('"-x"', '"x"'));
    expect(await run("verify", forged)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^rejected: certificate\.tree\.matrices\.k\[0\]\[0\]: /),
    });
    const json = await run("verify", forged, "--json");
    expect(JSON.parse(json.out)).toMatchObject({ accepted: false });
    const other = file("other.json", out.replace('"format": 1', '"format": 7'));
    const refused = await run("verify", other);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.error).toBe(`error: ${other}: the format is 7; accepted: format 1\n`);
    expect((await run("verify", join(folder, "none.json"))).code).toBe(2);
  });

  test("a formula may begin with a sign", async () => {
    expect((await run("check", "--model", "-a*x")).code).toBe(0);
  });

  test("solve prints the contract's JSON", async () => {
    const path = file("decay.csv", "x,y,w\n0,5,1\n1,3.1,1\n2,1.8,2\n3,1.1,1\n");
    const { code, out } = await run(
      "solve",
      "--model",
      "A*exp(-k*x)",
      "--data",
      path,
      "--start",
      "A=1,k=1",
      "--json",
    );
    expect(code).toBe(0);
    const solution = JSON.parse(out);
    expect(solution).toMatchObject({ status: "converged", outerSteps: 1, stationaryPoint: "minimum" });
    for (const key of ["parameters", "standardErrors"])
      expect(Object.keys(solution[key])).toEqual(["A", "k"]);
    for (const key of [
      "residualSumOfSquares",
      "residualStandardDeviation",
      "gradientNorm",
      "innerIterations",
      "evaluations",
      "elapsedMs",
    ]) {
      expect(solution[key]).toBeTypeOf("number");
    }
  });

  test("a fit that stops short exits 3 and prints its JSON all the same", async () => {
    const path = file("over.csv", "x,y\n0,1\n1,1\n2,1\n");
    const { code, out } = await run(
      "solve",
      "--model",
      "a*exp(b*x)",
      "--data",
      path,
      "--start",
      "a=1,b=1000",
      "--json",
    );
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ status: "stalled", residualSumOfSquares: null });
  });

  test("emit writes the module and its types", async () => {
    const out = join(folder, "new", "deep");
    const { code, out: text } = await run(
      "emit",
      "--model",
      "a*exp(-k*x)",
      "-o",
      out,
      "--name",
      "decay",
      "--json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual({
      files: [join(out, "decay.mjs"), join(out, "decay.d.mts")],
      parameters: ["a", "k"],
    });
    expect(readFileSync(join(out, "decay.mjs"), "utf8")).toContain("tier: exponential-polynomial");
    expect(existsSync(join(out, "decay.d.mts"))).toBe(true);
  });

  test("resum: a truncated tower, the radius of convergence, sums over a lattice", async () => {
    const stop = await run("resum", "--model", "v*gelu(w*x)", "--inputs", "x");
    expect(stop.code).toBe(2);
    expect(stop.error).toContain("accepted: resum --order K");
    const cut = await run("resum", "--model", "v*gelu(w*x)", "--inputs", "x", "--order", "2");
    expect(cut.out).toContain("tower of order 2 in w, up to O(h^3); resummed exactly: v");

    const decay = ["resum", "--model", "A*exp(-k*x)", "--inputs", "x"];
    const flat = await run(...decay, "--at", "A=1,k=1,x=2", "--step", "k=1", "--lattice");
    expect(flat.out).toContain("the tower converges for every step in this direction");
    expect(flat.out).toContain("F_A = u1*(c1*u1*S(0, z1^2) - Y(0, z1))");
    const json = JSON.parse((await run(...decay, "--lattice", "--json")).out);
    expect(json.lattice.equations.A).toBe("u1*(c1*u1*S(0, z1^2) - Y(0, z1))");
    const tanh = ["resum", "--model", "tanh(w*x)", "--inputs", "x"];
    const near = JSON.parse((await run(...tanh, "--at", "w=0,x=1", "--step", "w=1", "--json")).out);
    expect(near.radius.kind).toBe("finite");
    expect((await run(...tanh, "--lattice")).out).toContain("no lattice form: the inputs stand in tanh(w*x)");

    expect((await run(...tanh, "--at", "q=1", "--step", "w=1")).error).toBe(
      "error: at: no 'q' in the model; accepted: w=0.5,x=0.5\n",
    );
    expect((await run(...tanh, "--at", "w=1,x=1")).error).toBe(
      "error: step: no values; accepted: w=0.5,x=0.5\n",
    );
    expect((await run(...tanh, "--at", "w=1", "--step", "w=1")).error).toBe(
      "error: no value of 'x'; accepted: a number for it\n",
    );
  });

  test("tower and resum, for people, as JSON, as LaTeX", async () => {
    const error = await run("tower", "--model", "erf(w*x)", "--order", "0");
    expect(error.out).toContain("  s1[0] = erf(w*x)\n  s1[k] = 2*Delta_w*s2[k - 1]*x/(k*sqrt(pi))\n");
    const inLatex = await run("tower", "--model", "erf(w*x)", "--order", "0", "--latex");
    expect(inLatex.out).toContain("  s_{1,0} = ");
    const tower = await run("tower", "--model", "A*exp(-k*x)", "--order", "1");
    expect(tower.out).toContain("T_1  Delta_A * (exp(-k*x)^2)");
    const latex = await run("resum", "--model", "A*cos(w*x)", "--latex");
    expect(latex.out).toContain("\\cos");
    const json = JSON.parse((await run("resum", "--model", "a*x", "--json")).out);
    expect(json.optimality).toEqual({ a: "x*(x*(a + Delta_a) - y)" });
    expect(json.hessian).toEqual({ a: { a: "x^2" } });
  });

  test("check --batch answers in order, one bad entry not stopping the rest", async () => {
    const file = join(folder, "list.json");
    const list = [
      { id: "decay", model: "A*exp(-k*x)" },
      { id: 7, model: "a*foo(x)" },
      { id: "open", model: "sum(a[k]*x^(k - 1), k, 1, K)", sizes: { K: 2 } },
      { id: "odd", model: "a*x", nonsense: 1 },
      "text",
      { model: "a*tanh(w*x)", loss: "huber" },
    ];
    writeFileSync(file, JSON.stringify(list));
    const made = await run("check", "--batch", file, "--json");
    expect({ code: made.code, error: made.error }).toEqual({ code: 0, error: "" });
    const answers = JSON.parse(made.out);
    expect(answers.map((a: { id: unknown }) => a.id)).toEqual(["decay", 7, "open", "odd", null, null]);
    expect(answers[0]).toMatchObject({ tier: "exponential-polynomial", certificate: { format: 1 } });
    expect(answers[1].error).toMatchObject({ code: "input", at: expect.stringContaining(":1:3") });
    expect(answers[2].tier).toBe("polynomial");
    expect(answers[3].error.message).toContain("nonsense");
    expect(answers[4].error).toMatchObject({ code: "input", at: `${file}:4` });
    expect(answers[5].tier).toBe("outside");
    writeFileSync(file, "{}");
    expect(await run("check", "--batch", file, "--json")).toMatchObject({
      code: 2,
      out: "",
      error: `error: ${file}: not a list; accepted: a JSON list such as [{"id": 1, "model": "a*exp(-k*x)"}]\n`,
    });
    expect((await run("check", "aion", "--batch", file)).code).toBe(2);
  });

  test("derive writes the document that its file's name asks for", async () => {
    const file = join(folder, "decay.tex");
    const made = await run("derive", "--model", "A*exp(-k*x)", "-o", file);
    expect(made).toMatchObject({ code: 0, error: "" });
    expect(made.out).toMatch(
      /^.*decay\.tex\n {2}exponential-polynomial, certificate accepted; \d+ identities replayed, 0 left open; nerdamer agrees on \d+\n$/,
    );
    expect(readFileSync(file, "utf8")).toContain("\\section{Cascade}");
    const json = JSON.parse((await run("derive", "--model", "A*exp(-k*x)", "--json")).out);
    expect(json.replay.failures).toBe(0);
    expect(json.certificate).toBe(true);
    expect(json.steps.map((s: { rule: string }) => s.rule)).toContain("Jacobian");
    expect(json.secondOpinion.every((o: { outcome: string }) => o.outcome === "agrees")).toBe(true);
    for (const argv of [
      ["-o", "x.pdf"],
      ["-o", "x.tex", "--format", "html"],
    ]) {
      const refused = await run("derive", "--model", "a*x", ...argv);
      expect(refused.code).toBe(2);
      expect(refused.error).toContain("accepted: names that end in .tex, .html, .md, like their format");
    }
    expect((await run("derive", "--model", "a1*x + a_1*x^2")).error).toBe(
      "error: model: 'a_1' and 'a1' print alike; accepted: names that differ in print\n",
    );
    const stopped = await run("derive", "--model", "a*gelu(w*x)");
    expect(stopped).toMatchObject({ code: 2, out: "" });
    expect(stopped.error).toContain("the cascade stops at 'gelu(w*x)'");
  });

  test("list, version and help", async () => {
    expect(JSON.parse((await run("list", "--json")).out)).toHaveLength(BUILTINS.length);
    expect((await run("--version")).out.trim()).toBe(VERSION);
    expect(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version).toBe(
      VERSION,
    );
    expect((await run("--help")).out).toContain("COMMANDS");
  });
});
