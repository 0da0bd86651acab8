import { beforeAll, expect, test } from "vitest";
import { parameterVariables } from "../../src/architecture/architecture.ts";
import { BUILTINS, builtinFile } from "../../src/architecture/builtins.ts";
import { optimality } from "../../src/architecture/objective.ts";
import { buildArchitecture } from "../../src/architecture/read.ts";
import { compilePrograms } from "../../src/emit/module.ts";
import { createBudget, DescentError } from "../../src/errors.ts";
import type { Node } from "../../src/expression/node.ts";
import { openPrecise, type Precise } from "../../src/precise/mpfr.ts";
import { primitives } from "../../src/primitives/index.ts";
import { resum } from "../../src/resummation/optimality.ts";
import { evaluate } from "../support/reals.ts";
import { type Point, point, valuesAt } from "../support/steps.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const budget = () => createBudget({ milliseconds: 120_000, work: 1e9 });
const BITS = 260;

/** Built-ins at sizes of 2, the cascade of which does not stop. */
const rows = BUILTINS.filter(({ name }) => !/relu|elu|gelu/.test(name));

function instance(row: (typeof BUILTINS)[number]) {
  const file = builtinFile(row);
  const { open } = buildArchitecture(primitives, file, {});
  return buildArchitecture(primitives, file, { sizes: Object.fromEntries(open.map((name) => [name, 2])) });
}

/** Values inside of domains: rates and widths positive, inputs in (0, 1). */
function inside(given: ReturnType<typeof instance>, seed: number): Point {
  const p = point(given, seed, 0.1);
  const positive = (values: Record<string, number>, least: number): Record<string, number> =>
    Object.fromEntries(Object.entries(values).map(([name, v]) => [name, least + Math.abs(v) / 2]));
  return { ...p, theta: positive(p.theta, 0.4), x: positive(p.x, 0.2), y: Math.abs(p.y) };
}

test.each(rows.map((row) => [row.name, row] as const))(
  "%s: F(Delta) is the gradient at theta + Delta, as a formula and as code",
  (_, row) => {
    const given = instance(row);
    const equations = optimality(given, budget());
    const made = resum(given, budget());
    const names = parameterVariables(given).map((p) => p.name);
    expect(made.parameters).toEqual(names);
    for (const seed of [1, 2]) {
      const p = inside(given, seed);
      const at = (node: Node, t: number) =>
        precise.scope(BITS, (r) => {
          const { value, magnitude } = evaluate(node, r, valuesAt(r, p, t));
          return { value: r.toNumber(value), magnitude: r.toNumber(magnitude) };
        });
      const wanted = equations.map(({ node }) => at(node, 1));
      made.optimality.forEach(({ node }, a) => {
        const own = at(node, 0);
        const scale = Math.max(own.magnitude, wanted[a]!.magnitude, 1e-300);
        expect(Math.abs(own.value - wanted[a]!.value) / scale).toBeLessThan(1e-14);
      });
      if (given.loss !== "squared" || given.output !== undefined) continue;
      const programs = compiled(given);
      if (programs === undefined) continue;
      const got = new Float64Array(names.length);
      const data = { inputs: Object.values(p.x).map((v) => [v]), y: [p.y], w: null, rows: 1 };
      programs.gradient(
        names.map((name) => p.theta[name]!),
        names.map((name) => p.delta[name]!),
        got,
        data,
      );
      got.forEach((value, a) => {
        expect(Math.abs(value - wanted[a]!.value) / Math.max(wanted[a]!.magnitude, 1e-300)).toBeLessThan(
          1e-13,
        );
      });
    }
  },
  120_000,
);

function compiled(given: ReturnType<typeof instance>) {
  try {
    return compilePrograms(given, budget());
  } catch (error) {
    // Complex parts are not emitted.
    if (error instanceof DescentError && error.code === "unsupported") return undefined;
    throw error;
  }
}
