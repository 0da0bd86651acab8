/** The parts of a model that a derivation gives names to: its functions, its indexed sums and products, and their terms. */
import type { Range } from "../expression/differentiate.ts";
import { type Algebra, children, HAS, type Node, names, postorder } from "../expression/node.ts";
import { fresh } from "../expression/print.ts";
import { conjugate } from "../expression/substitute.ts";
import { type Abbreviation, createAbbreviations } from "./abbreviate.ts";
import { indexList, indexName, latexParts } from "./latex.ts";

/** The binders around an expression, innermost first; a range is in terms of the binders outside of it. */
export interface Context {
  readonly scope: readonly string[];
  readonly ranges: readonly Range[];
}

export const NOWHERE: Context = { scope: [], ranges: [] };

export interface Part extends Context {
  readonly node: Node;
  /** In LaTeX; a number tells parts with the same letter apart. */
  readonly letter: string;
  readonly number: number | undefined;
  /** The part whose complex conjugate this is. */
  readonly conjugateOf?: Part;
}

/** Letters of functions; any other begins with its own letter. */
const FUNCTION_LETTERS: Readonly<Record<string, string>> = {
  exp: "E",
  cos: "C",
  sin: "S",
  cosh: "H",
  sinh: "J",
};
const INCREMENTS = ["\\eta", "\\zeta", "\\xi", "\\varepsilon"];
const LETTERS = ["u", "v", "w", "z", "q", "h", "p", "r", "c"];

/**
 * Parts of the given expressions, inner ones first, so that each is defined by those before it. Only what holds a
 * parameter and is larger than a symbol gets a name.
 */
export function findParts(
  algebra: Algebra,
  model: Node,
  further: readonly (Context & { readonly node: Node })[],
): Part[] {
  const taken = new Set([...takenLetters(model), "e", "y"]);
  const found: { node: Node; context: Context }[] = [];
  const seen = new Set<string>();
  const visit = (node: Node, context: Context, worthy: boolean): void => {
    if ((node.has & HAS.parameter) === 0) return;
    // Equal parts in scopes that differ only in what they do not use are one part.
    const key = `${node.id}:${node.free.join(",")}`;
    if (seen.has(key)) return;
    seen.add(key);
    const inner =
      node.kind === "fold"
        ? {
            scope: [fresh(node.hint, context.scope, names(model, "parameter")), ...context.scope],
            ranges: [{ lo: node.lo, hi: node.hi }, ...context.ranges],
          }
        : context;
    for (const child of children(node)) visit(child, inner, node.kind === "fold" && child.kind !== "symbol");
    if (worthy || node.kind === "call" || node.kind === "fold") found.push({ node, context });
  };
  visit(model, NOWHERE, false);
  for (const { node, scope, ranges } of further) {
    for (const part of topmost(node)) {
      const known = createAbbreviations(
        algebra,
        found.map((p) => ({ node: p.node, write: () => "" })),
      );
      const named = known(part, () => "");
      const isNew = named === undefined || named.rest !== undefined;
      if (isNew && (part.has & HAS.parameter) !== 0) found.push({ node: part, context: { scope, ranges } });
    }
  }
  const letters = LETTERS.filter((l) => !taken.has(l));
  const letterOf = (node: Node): string => {
    const own =
      node.kind === "call" ? (FUNCTION_LETTERS[node.name] ?? node.name[0]!.toUpperCase()) : undefined;
    if (own === undefined) return letters.shift() ?? "\\boldsymbol{\\psi}";
    return taken.has(own) ? `\\mathcal{${own}}` : own;
  };
  const parts: Part[] = [];
  for (const { node, context } of found) {
    if (node === model) continue;
    const bar = (node.has & HAS.complex) === 0 ? undefined : conjugate(algebra, node);
    const other = parts.find((part) => part.node === bar);
    const letter = other?.letter ?? letterOf(node);
    const conjugateOf = other === undefined ? {} : { conjugateOf: other };
    parts.push({ ...context, node, letter, number: undefined, ...conjugateOf });
  }
  return numbered(parts);
}

/** Parts with the same letter numbered in their order, a conjugate like its part. */
function numbered(parts: readonly Part[]): Part[] {
  const own = parts.filter((part) => part.conjugateOf === undefined);
  const numberOf = (part: Part): number | undefined => {
    const alike = own.filter((other) => other.letter === part.letter);
    return alike.length === 1 ? undefined : alike.indexOf(part.conjugateOf ?? part) + 1;
  };
  return parts.map((part) => ({ ...part, number: numberOf(part) }));
}

/** Names for the increments of the functions' arguments, where these are longer than one product. */
export function incrementParts(
  algebra: Algebra,
  parts: readonly Part[],
  increment: (node: Node) => Node,
  taken: ReadonlySet<string>,
): Part[] {
  const letters = INCREMENTS.filter((letter) => !taken.has(letter));
  const found: Part[] = [];
  for (const { node, scope, ranges } of parts) {
    const step = node.kind === "call" && node.args.length === 1 ? increment(node.args[0]!) : algebra.zero;
    const long = step.kind === "sum" && step.terms.length > 1;
    if (long && !found.some((part) => part.node === step)) {
      const bar = (step.has & HAS.complex) === 0 ? undefined : conjugate(algebra, step);
      const other = found.find((part) => part.node === bar);
      const letter = other?.letter ?? letters.shift() ?? "\\boldsymbol{\\varepsilon}";
      found.push({
        node: step,
        scope,
        ranges,
        letter,
        number: undefined,
        ...(other === undefined ? {} : { conjugateOf: other }),
      });
    }
  }
  return numbered(found);
}

/** The outermost functions and indexed sums and products below the sums and products of a derivative. */
function topmost(root: Node): Node[] {
  const found: Node[] = [];
  const stack = [root];
  const seen = new Set<Node>();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === "call" || node.kind === "fold") found.push(node);
    else stack.push(...[...children(node)].reverse());
  }
  return found;
}

/** What symbols, sizes and indices begin with in LaTeX. */
export function takenLetters(model: Node): Set<string> {
  const taken = new Set<string>();
  const take = (name: string): void => void taken.add(latexParts(name).head);
  for (const node of postorder(model)) {
    if (node.kind === "symbol") take(node.name);
    if (node.kind === "fold") take(node.hint.replace(/\d+$/, ""));
    const affines =
      node.kind === "symbol"
        ? node.indices
        : node.kind === "fold"
          ? [node.lo, node.hi]
          : node.kind === "integer"
            ? [node.value]
            : [];
    for (const { sizes } of affines) for (const [size] of sizes) take(size);
  }
  return taken;
}

/** A part's name with a mark such as `+` or `[2]` above and its indices below. */
export function partName(
  { letter, number, conjugateOf }: Pick<Part, "letter" | "number" | "conjugateOf">,
  mark: string,
  indices: readonly string[],
): string {
  const lower = [...(number === undefined ? [] : [`${number}`]), ...indices];
  const base = conjugateOf === undefined ? letter : `\\overline{${letter}}`;
  return `${base}${lower.length === 0 ? "" : `_{${indexList(lower)}}`}${mark === "" ? "" : `^{${mark}}`}`;
}

/** The indices of a part, outermost first, by the names of its scope. */
export const partIndices = (part: Pick<Part, "node" | "scope">): string[] =>
  [...part.node.free].reverse().map((k) => indexName(part.scope[k] ?? "i"));

/** A part, or what a map makes of it, as an abbreviation. */
export const abbreviation = (part: Part, mark = "", image: Node = part.node): Abbreviation => ({
  node: image,
  write: (at) => partName(part, mark, [...part.node.free].reverse().map(at)),
});
