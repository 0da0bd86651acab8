/** docs/formulas.md: its tables are those of the code, and its examples are read or run. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { architecture, check, openJudge } from "../src/app/api.ts";
import { runCli } from "../src/app/cli.ts";
import { checkArchitecture, readArchitectureFile } from "../src/architecture/file.ts";
import { FOLDS, FUNCTIONS } from "../src/architecture/functions.ts";
import { LOSSES } from "../src/architecture/losses.ts";
import { buildArchitecture } from "../src/architecture/read.ts";
import type { DescentError } from "../src/errors.ts";
import { print } from "../src/expression/print.ts";
import { primitives } from "../src/primitives/index.ts";
import type { Primitive } from "../src/primitives/primitive.ts";

const page = readFileSync(new URL("../docs/formulas.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind, body]) => ({
  kind: kind!,
  body: body!,
}));
const bodies = (kind: string): string[] => blocks.filter((b) => b.kind === kind).map((b) => b.body);
const lines = (kind: string): string[] => bodies(kind).flatMap((body) => body.trimEnd().split("\n"));

/** The rows of the tables whose head begins with this cell. */
function tables(head: string): string[][] {
  const found: string[][] = [];
  let within = false;
  for (const line of page.split("\n")) {
    const cells = line.startsWith("| ") ? line.slice(2, -2).split(" | ") : undefined;
    if (cells?.[0] === head) within = true;
    else if (cells !== undefined && within) found.push(cells);
    else if (!line.startsWith("|")) within = false;
  }
  return found;
}

const bare = (cell: string): string => cell.replaceAll("`", "");
const calls = tables("function").map(([call, , analytic]) => {
  const [, name, args] = /^`(\w+)\((.*)\)`$/.exec(call!)!;
  return { name: name!, args: args!.split(", "), analytic };
});

test("every kind of block on the page is tested", () => {
  expect([...new Set(blocks.map((b) => b.kind))].sort()).toEqual(["console", "equal", "formula", "json"]);
});

describe("the tables of functions", () => {
  const listed = calls.map(({ name }) => name);

  test("have each function of the language once, and no other", () => {
    expect([...listed].sort()).toEqual([...FUNCTIONS.keys(), ...FOLDS].sort());
  });

  test("have each primitive that is no operator", () => {
    const rows = [...primitives.values()].filter((row) => row.operator !== true);
    expect(rows.map((row) => row.name).filter((name) => !listed.includes(name))).toEqual([]);
  });

  test.each(calls.filter(({ name }) => !FOLDS.has(name)))("$name has its arguments", ({ name, args }) => {
    const { min, max } = FUNCTIONS.get(name)!;
    if (args.at(-1) === "…") expect([args.length - 1, max]).toEqual([min, 64]);
    else expect(args).toHaveLength(max);
  });

  const analytic = ({ analytic: where }: Primitive): string => {
    if (where.kind === "entire") return "everywhere";
    if (where.kind === "real") return "on the real line";
    return where.kind === "kink" ? `kink at ${where.at}` : where.condition.replace("$", "u");
  };
  /** Their rows speak of one argument alone. */
  const apart = ["besselj", "atan2"];
  test.each(calls.filter(({ name, analytic }) => analytic !== undefined && !apart.includes(name)))(
    "$name is analytic where its row says",
    ({ name, analytic: said }) => expect(said).toBe(analytic(primitives.get(name)!)),
  );
});

describe("formulas", () => {
  const model = (text: string): string => print(buildArchitecture(primitives, { model: text }).model);

  test.each(lines("formula"))("%s", (text) => expect(model(text)).not.toBe(""));

  test.each(lines("equal"))("%s", (line) => {
    const [left, right] = line.split(/ += {2,}/);
    expect(model(left!)).toBe(model(right!));
  });

  const refused = tables("written").map(([text, fault]) => [bare(text!), fault!] as const);
  test.each(refused)("%s is refused: %s", (text, fault) => {
    expect(refused.length).toBeGreaterThan(10);
    let error: DescentError | undefined;
    try {
      model(text);
    } catch (caught) {
      error = caught as DescentError;
    }
    expect([error?.code, error?.fault]).toEqual(["input", fault]);
  });
});

describe("architecture files", () => {
  const keys = tables("key");

  test("the table has every key", () => {
    let accepted: string | undefined;
    try {
      checkArchitecture({ model: "x", "no key": 1 }, "page");
    } catch (error) {
      accepted = (error as DescentError).accepted;
    }
    expect(keys.map(([key]) => bare(key!)).join(", ")).toBe(accepted);
  });

  test("the table has every loss", () => {
    const [, , losses] = keys.find(([key]) => key === "`loss`")!;
    expect(bare(losses!).replace(" (default)", "").split(", ")).toEqual([...LOSSES]);
  });

  test("the examples are read, and use every key", () => {
    const files = bodies("json").map((body) => readArchitectureFile(body, "page"));
    const used = new Set(files.flatMap((file) => Object.keys(file)));
    expect(keys.map(([key]) => bare(key!)).filter((key) => !used.has(key))).toEqual([]);
  });

  test("the examples have verdicts", async () => {
    const judge = await openJudge();
    const tiers = bodies("json").map(
      (body) => check(architecture(readArchitectureFile(body, "page")), judge).tier,
    );
    expect(tiers).toEqual(["exponential-polynomial", "cascade", "addition-theorem", "polynomial"]);
  });
});

const sessions = bodies("console").map((body) =>
  /^\$ infinite-descent (.*)\n([\s\S]*)$/.exec(body)!.slice(1),
);

test.each(sessions)("%s", async (command, output) => {
  let out = "";
  const argv = [...command!.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2]!);
  await runCli(argv, {
    out: (text) => void (out += text),
    error: (text) => void (out += text),
    terminal: false,
  });
  expect(out).toBe(output);
});
