/** Index expressions as the checker reads them, in names that stand for indices, numbers or sizes. */
import type { Syntax } from "../../architecture/syntax.ts";
import { DescentError } from "../../errors.ts";

/** What the names of open indices stand for, so that their spelling does not matter. */
export type Names = ReadonlyMap<string, string>;

const isNumber = (text: string): boolean => /^-?\d+$/.test(text);

/** Coefficients by name; that of the number by the empty name. None is zero. */
export function affineTerms(syntax: Syntax, names: Names = new Map()): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  const put = (name: string, c: number): void => {
    total.set(name, (total.get(name) ?? 0) + c);
  };
  const walk = (node: Syntax, scale: number): void => {
    if (node.kind === "number") put("", scale * Number(node.value.num));
    else if (node.kind === "name") {
      const name = names.get(node.name) ?? node.name;
      if (isNumber(name)) put("", scale * Number(name));
      else put(name, scale);
    } else if (node.kind === "negate") walk(node.arg, -scale);
    else if (node.kind === "binary" && (node.op === "+" || node.op === "-")) {
      walk(node.left, scale);
      walk(node.right, node.op === "+" ? scale : -scale);
    } else if (node.kind === "binary" && node.op === "*" && node.left.kind === "number") {
      walk(node.right, scale * Number(node.left.value.num));
    } else throw new DescentError("unsupported", "an index that is not affine");
  };
  walk(syntax, 1);
  return new Map([...total].filter(([, c]) => c !== 0));
}

/** An index expression in one order: names first, then the number. */
export function affineText(syntax: Syntax, names: Names = new Map()): string {
  const parts = [...affineTerms(syntax, names)].sort(([a], [b]) => (a < b ? 1 : -1));
  return parts.length === 0
    ? "0"
    : parts.map(([name, c]) => (name === "" ? `${c}` : c === 1 ? name : `${c}*${name}`)).join("+");
}

/** How an index that is at least 2 is marked; sizes are at least 1. */
export const TAIL = "!";

/** A lower bound of a combination; −∞ where there is none. */
export function leastOf(terms: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const [name, c] of terms) {
    if (name !== "" && c < 0) return Number.NEGATIVE_INFINITY;
    total += c * (name.startsWith(TAIL) ? 2 : 1);
  }
  return total;
}

/** The difference of two index expressions. */
export function difference(a: Syntax, b: Syntax, names: Names): ReadonlyMap<string, number> {
  const total = new Map(affineTerms(a, names));
  for (const [name, c] of affineTerms(b, names)) total.set(name, (total.get(name) ?? 0) - c);
  return new Map([...total].filter(([, c]) => c !== 0));
}

const scaled = (terms: ReadonlyMap<string, number>, by: number): ReadonlyMap<string, number> =>
  new Map([...terms].map(([name, c]) => [name, c * by]));

export const isLiteral = (terms: ReadonlyMap<string, number>): boolean =>
  terms.size === 0 || (terms.size === 1 && terms.has(""));

/** Whether a combination is zero for all values of its names, for none of them, or for some. */
export function isZeroFor(terms: ReadonlyMap<string, number>): "all" | "none" | "some" {
  if (terms.size === 0) return "all";
  return leastOf(terms) > 0 || leastOf(scaled(terms, -1)) > 0 || isLiteral(terms) ? "none" : "some";
}
