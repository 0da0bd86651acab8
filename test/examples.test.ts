import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as api from "../src/app/api.ts";
import * as errors from "../src/errors.ts";
import { primitives } from "../src/primitives/index.ts";

/** Every `@example` of the sources; in it, a line `expression; // value` is an assertion. */
const root = new URL("../src/", import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
const examples = files.flatMap((file) => {
  const text = readFileSync(new URL(file, root), "utf8");
  return [...text.matchAll(/@example\n((?: \* .*\n)+)/g)].map((match) => ({
    file,
    source: match[1]!.replaceAll(/^ \* /gm, ""),
  }));
});

test("there are examples in every folder with public functions", () => {
  const folders = new Set(examples.map((e) => e.file.split("/")[0]));
  for (const folder of ["exact", "precise", "expression", "architecture", "solve", "app"]) {
    expect(folders).toContain(folder);
  }
});

test.each(examples)("$file: $source", async ({ file, source }) => {
  const body = source.replaceAll(/^(?!const)(.*); \/\/ (.*)$/gm, "holds($1, $2);");
  expect(body).toContain("holds(");
  const load = async (name: string) => (await import(new URL(name, root).href)) as Record<string, unknown>;
  const folder = file.includes("/") ? file.split("/")[0] : undefined;
  // Neighbours may be used too; the programs of `app` would run.
  const near = folder === "app" ? [] : files.filter((f) => f.startsWith(`${folder}/`));
  const scope: Record<string, unknown> = Object.assign({}, api, errors, { primitives });
  for (const name of [...near, file]) Object.assign(scope, await load(name));
  const names = Object.keys(scope).filter((name) => name !== "default");
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction("holds", ...names, body);
  await run(
    (got: unknown, expected: unknown) => expect(got).toEqual(expected),
    ...names.map((n) => scope[n]),
  );
});
