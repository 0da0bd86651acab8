import { seededRandom } from "../../src/solve/start.ts";

/**
 * A random formula with indexed sums and products: families a, b and inputs x at plain, shifted and repeated indices,
 * triangular ranges, excluded indices, indices used as numbers.
 */
export function indexedFormula(seed: number): string {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const index = (scope: readonly string[]): string => {
    if (scope.length === 0 || random() < 0.15) return pick(["1", "2"]);
    return random() < 0.75 ? pick(scope) : `${pick(scope)} + 1`;
  };
  const symbol = (scope: readonly string[]): string => {
    const k = random();
    if (k < 0.35) return `a[${index(scope)}]`;
    if (k < 0.6) return `b[${index(scope)},${index(scope)}]`;
    if (k < 0.75) return "c";
    if (k < 0.9) return `x[${scope.length > 0 && random() < 0.6 ? pick(scope) : pick(["1", "2"])}]`;
    return scope.length > 0 ? pick(scope) : "3";
  };
  const make = (scope: readonly string[], depth: number): string => {
    if (depth <= 0) return symbol(scope);
    const inner = (): string => make(scope, depth - 1);
    const k = random();
    if (k < 0.25) return `(${inner()} + ${inner()})`;
    if (k < 0.5) return `${inner()}*${inner()}`;
    if (k < 0.6) return `exp(${symbol(scope)}*${symbol(scope)}/4)`;
    if (k < 0.7) return `cos(${symbol(scope)}*${symbol(scope)} + ${symbol(scope)})`;
    if (k < 0.75) return `(${inner()})^${pick(["2", "3"])}`;
    const name = ["i", "j", "k", "l"][scope.length];
    if (name === undefined) return symbol(scope);
    const open = scope.length > 0;
    const except = open && random() < 0.4 ? `, ${name} != ${pick(scope)}` : "";
    const lo = open && random() < 0.2 ? pick(scope) : "1";
    const hi = open && random() < 0.2 ? pick(scope) : "3";
    return `${random() < 0.65 ? "sum" : "prod"}(${make([...scope, name], depth - 1)}, ${name}, ${lo}, ${hi}${except})`;
  };
  return make([], 4);
}
