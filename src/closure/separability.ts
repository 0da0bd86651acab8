/**
 * Separability: whether f is, for generic parameters, a finite sum of products of functions of one input each, read off
 * the structure of the formula. The rank is the number of products written, an upper bound of the true one.
 */
import type { Node } from "../expression/node.ts";
import { children, postorder } from "../expression/node.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";

export interface Separability {
  /** null: not decided. */
  readonly holds: true | null;
  readonly rank: number | null;
  readonly reason: string;
}

/** Ranks beyond this are not counted out. */
const RANK_LIMIT = Number.MAX_SAFE_INTEGER;

/** Decides separability of an expression without folds in the inputs that occur in it. */
export function separability(root: Node, primitives: PrimitiveTable): Separability {
  const inputs = inputsOf(root);
  const count = inputs.get(root)!.size;
  if (count <= 1) return { holds: true, rank: 1, reason: "one input" };
  const ranks = new Map<Node, number | null>();
  let obstacle = "";
  const single = (node: Node): boolean => inputs.get(node)!.size <= 1;

  /** Whether a node is a sum of functions of one input each, factors without inputs aside. */
  const additive = (node: Node): boolean => {
    if (single(node)) return true;
    if (node.kind === "sum") return node.terms.every(([, term]) => additive(term));
    if (node.kind !== "product") return false;
    const mixed = node.factors.filter(([base]) => inputs.get(base)!.size > 0);
    return mixed.length === 1 && mixed[0]![1] === 1 && additive(mixed[0]![0]);
  };

  const rank = (node: Node): number | null => {
    if (single(node)) return 1;
    switch (node.kind) {
      case "sum": {
        let total = 0;
        const groups = new Set<string>();
        for (const [, term] of node.terms) {
          const own = inputs.get(term)!;
          if (own.size <= 1) groups.add([...own][0] ?? "");
          else {
            const part = ranks.get(term)!;
            if (part === null) return null;
            total += part;
          }
        }
        if (groups.size > 1) groups.delete("");
        return total + groups.size;
      }
      case "product": {
        let total = 1;
        for (const [base, k] of node.factors) {
          if (single(base)) continue;
          const part = ranks.get(base)!;
          if (part === null) return null;
          if (k < 0 && part > 1) {
            obstacle ||= "a sum over several inputs stands in a denominator";
            return null;
          }
          total *= k < 0 ? 1 : multisets(part, k);
        }
        return total;
      }
      case "call": {
        const exponentials = primitives.get(node.name)?.exponentials;
        const [arg] = node.args;
        if (exponentials !== undefined && additive(arg!)) return exponentials.length;
        obstacle ||=
          exponentials === undefined
            ? `${node.name} of several inputs`
            : `the argument of ${node.name} is not a sum of functions of one input each`;
        return null;
      }
      default:
        return null;
    }
  };

  for (const node of postorder(root)) ranks.set(node, rank(node));
  const found = ranks.get(root)!;
  if (found === null || found > RANK_LIMIT) {
    return {
      holds: null,
      rank: null,
      reason: `not decided yet: ${obstacle || "the rank is too large to count"}`,
    };
  }
  return { holds: true, rank: found, reason: `${found} products of functions of one input each` };
}

/** C(n + k − 1, k), the number of products of k out of n with repetition. */
function multisets(n: number, k: number): number {
  let total = 1;
  for (let i = 1; i <= k && total <= RANK_LIMIT; i++) total = (total * (n + i - 1)) / i;
  return total;
}

function inputsOf(root: Node): Map<Node, ReadonlySet<string>> {
  const sets = new Map<Node, ReadonlySet<string>>();
  const none: ReadonlySet<string> = new Set();
  for (const node of postorder(root)) {
    if (node.kind === "symbol" && node.role === "input") {
      sets.set(node, new Set([`${node.name}[${node.indices.map((i) => i.key)}]`]));
      continue;
    }
    const below = children(node).map((child) => sets.get(child)!);
    const largest = below.reduce((a, b) => (b.size > a.size ? b : a), none);
    const rest = below.filter((s) => [...s].some((key) => !largest.has(key)));
    sets.set(node, rest.length === 0 ? largest : new Set(below.flatMap((s) => [...s])));
  }
  return sets;
}
