import { cruise } from "dependency-cruiser";
import { expect, test } from "vitest";

/** One-way flow: a folder imports only from folders above it in this list, and from itself. */
const ORDER = [
  "exact",
  "precise",
  "primitives",
  "expression",
  "architecture",
  "tower",
  "closure",
  "resummation",
  "emit",
  "solve",
  "derivation",
  "app",
];

const folder = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** Files that are the only ones to import a package. */
const ADAPTERS: Record<string, string[]> = {
  "gmp-wasm": ["src/precise/mpfr.ts"],
  mathjs: ["src/architecture/precedence.ts", "src/precise/mathjs.ts"],
  nerdamer: ["src/derivation/nerdamer.ts"],
  zod: ["src/architecture/file.ts", "src/closure/verify/ladder-read.ts", "src/closure/verify/read.ts"],
  katex: ["src/derivation/html.ts"],
  "@stricli/core": ["src/app/cli.ts"],
};

const { output } = await cruise(["src"], {
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
  enhancedResolveOptions: { extensions: [".ts", ".js"] },
});
if (typeof output === "string") throw new Error(output);
const modules = output.modules.filter((m) => m.source.startsWith("src/"));

test("every folder of src stands in the order", () => {
  const folders = new Set(modules.map((m) => folder(m.source)).filter((f) => f !== undefined));
  expect([...folders].filter((f) => !ORDER.includes(f))).toEqual([]);
  expect(modules.length).toBeGreaterThan(60);
});

test("imports point upwards only", () => {
  const wrong = modules.flatMap((m) =>
    m.dependencies
      .filter((d) => d.resolved.startsWith("src/"))
      .filter((d) => {
        const [from, to] = [folder(m.source), folder(d.resolved)];
        if (to === undefined) return false;
        return from === undefined || ORDER.indexOf(to) > ORDER.indexOf(from);
      })
      .map((d) => `${m.source} -> ${d.resolved}`),
  );
  expect(wrong).toEqual([]);
});

test("the checker shares only exact arithmetic, errors, the formula reader, the names of the losses, the format and the high-precision library with the search", () => {
  const wrong = modules
    .filter((m) => m.source.startsWith("src/closure/verify/"))
    .flatMap((m) => m.dependencies.map((d) => d.resolved))
    .filter((path) => path.startsWith("src/"))
    .filter(
      (path) =>
        !/^src\/(errors\.ts|exact\/|closure\/verify\/|closure\/certificate\.ts|architecture\/(formula|syntax|losses)\.ts|precise\/(mpfr|judge)\.ts)/.test(
          path,
        ),
    );
  expect(wrong).toEqual([]);
});

test("no file is part of an import cycle", () => {
  const cycles = modules.flatMap((m) =>
    m.dependencies
      .filter((d) => d.circular && !d.dependencyTypes.includes("type-only"))
      .map((d) => `${m.source} -> ${d.resolved}`),
  );
  expect(cycles).toEqual([]);
});

test("packages are imported by their adapters only", () => {
  const wrong = modules.flatMap((m) =>
    m.dependencies
      .map((d) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(d.resolved)?.[1])
      .filter((name) => name !== undefined && !(ADAPTERS[name] ?? []).includes(m.source))
      .map((name) => `${m.source} -> ${name}`),
  );
  expect(wrong).toEqual([]);
});
