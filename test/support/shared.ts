import { seededRandom } from "../../src/solve/start.ts";

/**
 * A random formula with open sizes n and m whose terms share parameters: families a[k], b[k], c[k,i], w[i], scalars s and
 * t, inputs x[i] and z, indices as numbers, and spellings that cancel.
 */
export function sharedFormula(seed: number): string {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const member = (scope: readonly string[]): string => {
    const options = ["s", "t"];
    for (const k of scope.filter((name) => name === "k" || name === "l")) {
      options.push(`a[${k}]`, `a[${k}]`, `b[${k}]`);
      for (const i of scope.filter((name) => name === "i" || name === "j"))
        options.push(`c[${k},${i}]`, `c[${k},${i}]`);
    }
    for (const i of scope.filter((name) => name === "i" || name === "j")) options.push(`w[${i}]`, `w[${i}]`);
    return pick(options);
  };
  const datum = (scope: readonly string[]): string => {
    const options = ["z", "2", "z"];
    for (const i of scope.filter((name) => name === "i" || name === "j")) options.push(`x[${i}]`, `x[${i}]`);
    if (scope.length > 0 && random() < 0.2) return pick([pick(scope), `(${pick(scope)} - 1)`]);
    return pick(options);
  };
  const open = (scope: readonly string[]): string | undefined => {
    const free = ["k", "i", "l", "j"].filter((name) => !scope.includes(name));
    return free.length === 0 || scope.length >= 3 ? undefined : pick(free);
  };
  const size = (index: string): string => (index === "k" || index === "l" ? "n" : "m");
  const affine = (scope: readonly string[]): string => {
    const name = random() < 0.3 ? open(scope) : undefined;
    if (name !== undefined) {
      const inner = [...scope, name];
      return `sum(${member(inner)}*${datum(inner)}, ${name}, 1, ${size(name)})`;
    }
    return pick([
      `${member(scope)}*${datum(scope)}`,
      `-${member(scope)}*${datum(scope)}`,
      `${member(scope)}*${datum(scope)} + ${member(scope)}`,
    ]);
  };
  const factor = (scope: readonly string[], depth: number): string => {
    const k = random();
    if (k < 0.35) return member(scope);
    if (k < 0.45) return datum(scope);
    if (k < 0.6) return `exp(${affine(scope)})`;
    if (k < 0.7) return `${pick(["sin", "cos"])}(${affine(scope)})`;
    if (k < 0.75) {
      const u = affine(scope);
      return pick([`exp(${u})*exp(-(${u}))`, `(sin(${u})^2 + cos(${u})^2)`, `(exp(${u}) - exp(${u}))`]);
    }
    if (k < 0.8) return `(${term(scope, depth - 1)})^2`;
    const name = depth > 0 ? open(scope) : undefined;
    if (name === undefined) return member(scope);
    const body = term([...scope, name], depth - 1);
    return `${pick(["sum", "sum", "prod"])}(${body}, ${name}, 1, ${size(name)})`;
  };
  const term = (scope: readonly string[], depth: number): string => {
    const count = pick([1, 1, 2]);
    const products = Array.from({ length: count }, () =>
      Array.from({ length: pick([1, 2, 2, 3]) }, () => factor(scope, depth)).join("*"),
    );
    return products.join(random() < 0.5 ? " + " : " - ");
  };
  return `sum(${term(["k"], 2)}, k, 1, n)${random() < 0.4 ? ` ${pick(["+", "-", "*"])} (${term([], 2)})` : ""}`;
}
