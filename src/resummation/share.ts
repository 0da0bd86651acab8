/** Expressions as a shared program: what stands in several places is named once, so that the whole is as long as its graph. */
import { boundIndex } from "../expression/affine.ts";
import { type Algebra, children, type Node, postorder } from "../expression/node.ts";
import { takenNames } from "../expression/print.ts";
import { mapChildren } from "../expression/substitute.ts";

export interface Part {
  /** Of the form `t1`; no symbol of the expressions has it. */
  readonly name: string;
  readonly node: Node;
  /** Names by the numbers of bound indices. */
  readonly scope: readonly string[];
  /** The names of its free indices: `t1[i]` stands for the formula at each i that is used. */
  readonly indices: readonly string[];
}

export interface Shared {
  /** Each in earlier ones only. */
  readonly parts: readonly Part[];
  /** The given expressions in terms of the parts. */
  readonly roots: readonly Node[];
}

/**
 * Names every sum, product, call and fold that stands in more than one place.
 *
 * @example
 * const given = architecture({ model: "exp(k*x)/(1 + exp(k*x))" });
 * shareParts(given.algebra, [given.model]).parts.map(({ name, node }) => [name, node.kind]); // [["t1", "call"]]
 */
export function shareParts(algebra: Algebra, roots: readonly Node[]): Shared {
  const uses = new Map<Node, number>();
  const order: Node[] = [];
  const use = (node: Node): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
  };
  for (const root of new Set(roots)) {
    for (const node of postorder(root)) {
      if (uses.has(node)) continue;
      uses.set(node, 0);
      order.push(node);
    }
  }
  for (const node of order) for (const child of children(node)) use(child);
  for (const root of roots) use(root);

  const taken = new Set(roots.flatMap((root) => [...takenNames(root)]));
  const fresh = (wanted: string): string => {
    let name = wanted;
    while (
      [...taken].some(
        (other) => other === name || (/^\d+$/.test(other.slice(name.length)) && other.startsWith(name)),
      )
    )
      name += "_";
    return name;
  };
  const [part, index] = [fresh("t"), fresh("i")];
  const stands = new Map<Node, Node>();
  const parts: Part[] = [];
  const written = (node: Node): Node => mapChildren(algebra, node, (child) => stands.get(child) ?? child);
  for (const node of order) {
    const made = written(node);
    if (uses.get(node)! < 2 || !isWorthwhile(node)) {
      stands.set(node, made);
      continue;
    }
    const name = `${part}${parts.length + 1}`;
    const scope = Array.from(
      { length: Math.max(0, ...node.free.map((k) => k + 1)) },
      (_, k) => `${index}${k + 1}`,
    );
    parts.push({ name, node: made, scope, indices: node.free.map((k) => scope[k]!) });
    stands.set(node, algebra.symbol(name, "constant", node.free.map(boundIndex)));
  }
  return { parts, roots: roots.map((root) => stands.get(root)!) };
}

/** Not a number, a symbol, or a multiple of one. */
function isWorthwhile(node: Node): boolean {
  if (node.kind === "sum") return node.terms.length > 1 || isWorthwhile(node.terms[0]![1]);
  return node.kind === "product" || node.kind === "call" || node.kind === "fold";
}
