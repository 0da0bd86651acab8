/** Random models of all tiers with open sizes n and m, which also occur as values. */
import { seededRandom } from "../../src/solve/start.ts";

const ATOMS = [
  "a[k]",
  "exp(b[k]*x)",
  "tanh(b[k]*x)",
  "a[k]*exp(b[k]*x)",
  "v*exp(w*x)",
  "exp(w*x)",
  "a[k]^2",
  "w",
  "log(1 + exp(b[k]*x))",
  "k*exp(w*x)",
  "a[k]*k",
];
const COEFFICIENTS = ["(n - 2)", "(n - 1)", "(n - 3)", "(n - m)", "(n*m - 4)", "2", "(n^2 - 1)"];

export function sizedFormula(seed: number): string {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const inner = (): string =>
    pick([
      `sum(${pick(ATOMS)}, k, 1, n)`,
      `sum(${pick(ATOMS)}*${pick(ATOMS)}, k, 1, n)`,
      `prod(${pick(ATOMS)}, k, 1, n)`,
      "sum(sum(a[i]*exp(c[j]*x), i, 1, n), j, 1, m)",
      "sum(sum(exp(d[i,j]), i, 1, n), j, 1, m)",
      "sum(1, k, 1, n)",
      "sum(k, k, 1, n)",
    ]);
  const term = (): string => {
    const u = pick([
      `${pick(COEFFICIENTS)}*${inner()}`,
      inner(),
      `${inner()} - ${inner()}`,
      `${inner()}/${inner()}`,
      `${inner()} - 2*${pick(ATOMS).replaceAll("[k]", "[1]").replaceAll(/\bk\b/g, "1")}`,
    ]);
    return pick([u, u, `log(${u} + 2)`, `exp(${u})`, `(${u})^2`, `1/(1 + (${u})^2)`, `tanh(${u})`]);
  };
  const formula = random() < 0.5 ? term() : `${term()} + ${term()}`;
  const open = /\bm\b/.test(formula) && !formula.includes(", m)") ? " + sum(g[k], k, 1, m)" : "";
  return `${formula}${formula.includes(", n)") ? "" : " + sum(a[k], k, 1, n)"}${open}`;
}
