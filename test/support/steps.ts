/** Points θ with a step Δ, and values there in many digits. */
import { type Architecture, flatNames, memberName, members } from "../../src/architecture/architecture.ts";
import type { SymbolNode } from "../../src/expression/node.ts";
import type { Real, Reals } from "../../src/precise/mpfr.ts";
import { seededRandom } from "../../src/solve/start.ts";

export interface Point {
  readonly theta: Record<string, number>;
  readonly delta: Record<string, number>;
  readonly x: Record<string, number>;
  readonly y: number;
}

/** A random point; the step is of size `size`. */
export function point(given: Architecture, seed: number, size: number): Point {
  const random = seededRandom(seed);
  const draw = (): number => 2 * random() - 1;
  const names = flatNames(given.parameters);
  const theta = Object.fromEntries(names.map((n) => [n, draw()]));
  const delta = Object.fromEntries(names.map((n) => [n, size * draw()]));
  const inputs = given.inputs.flatMap((f) => members(f).map((tuple) => memberName(f.name, tuple)));
  return { theta, delta, x: Object.fromEntries(inputs.map((n) => [n, 1.5 * draw()])), y: draw() };
}

/** Values at θ + t Δ, the sum taken in many digits; several targets are y, y + 1, … */
export const valuesAt =
  (r: Reals, p: Point, t: number) =>
  (s: SymbolNode): Real => {
    const indices = s.indices.map((i) => i.constant);
    const name = memberName(s.name, indices);
    if (s.role === "target") return r.number(p.y + (indices[0] ?? 1) - 1);
    if (s.role === "input") return r.number(p.x[name]!);
    if (s.role === "step") return r.number(p.delta[name]!);
    const step = r.binary("mul", r.number(t), r.number(p.delta[name]!));
    return r.binary("add", r.number(p.theta[name]!), step);
  };
