/**
 * Lower bounds for models with indexed sums and products by restriction. A restriction gives every member of a family with
 * some index ≥ 2 the value 0 or 1, the same for all members whose indices are 1 or ≥ 2 in the same places, so that the
 * terms of every sum from index 2 on vanish and the factors of every product become 1. What is left is the model at the
 * index 1 alone: a formula without folds, the same for all sizes ≥ 1.
 *
 * An exponential polynomial f = Σ_λ c_λ e^{λ·θ_F} that is polynomial in a family F, the other parameters held at generic
 * values, has c_λ = 0 identically in them for λ ≠ 0; so it stays polynomial in what a restriction leaves of F. Hence a
 * family that is exponential in the restricted model is so in the model, and the degree of a polynomial is no lower.
 */
import { type Budget, DescentError } from "../errors.ts";
import {
  type Affine,
  addAffine,
  boundIndex,
  isLiteral,
  leastValue,
  literal,
  mapBound,
  scaleAffine,
} from "../expression/affine.ts";
import type { Algebra, FoldNode, Node, SymbolNode } from "../expression/node.ts";
import { HAS, symbols } from "../expression/node.ts";
import { shift, substituteIndex } from "../expression/substitute.ts";

/** Members of a family by whether each of their indices is 1 or at least 2. */
export interface Cell {
  readonly family: string;
  readonly indices: readonly ("1" | ">=2")[];
}

export interface Restricted {
  /** Without folds, its members at index 1 only. */
  readonly node: Node;
  /** The cells of value 1; all others with an index ≥ 2 are 0. */
  readonly ones: readonly Cell[];
  /** Instead of cells, parameters with values, by name. */
  readonly values?: Readonly<Record<string, string>>;
}

/** The most restrictions that are tried. */
const TRIES = 600;

/** What a part becomes: an expression, or the cells that stand in the way, or nothing where no choice of cells helps. */
type Part =
  | { readonly node: Node }
  /** `undefined` where a value leaves the domain, so that even 0 times it has none. */
  | { readonly stuck: ReadonlyMap<string, Cell>; readonly at: number; readonly undefined?: true };

const isStuck = (part: Part): part is Exclude<Part, { node: Node }> => "stuck" in part;
const cellKey = ({ family, indices }: Cell): string => `${family}[${indices.join(",")}]`;

/**
 * A restriction of `model`, or undefined where none is found. All open sizes are at least 1.
 *
 * @param data whether inputs with an index ≥ 2 get values too: a bound at one datum is a bound
 */
export function findRestriction(
  algebra: Algebra,
  model: Node,
  budget: Budget,
  data = false,
): Restricted | undefined {
  let tries = 0;
  const search = (ones: ReadonlyMap<string, Cell>, reached: number): Restricted | undefined => {
    tries++;
    const part = restrict(algebra, model, ones, data, budget);
    if (!isStuck(part)) return { node: part.node, ones: [...ones.values()] };
    if (part.at <= reached && part.undefined !== true) return undefined;
    for (const more of choices([...part.stuck].filter(([key]) => !ones.has(key)))) {
      if (tries >= TRIES) return undefined;
      const found = search(new Map([...ones, ...more]), part.undefined === true ? reached : part.at);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(new Map(), -1);
}

/** What the model becomes where the cells `ones` have the value 1 and all others 0; undefined where folds are left. */
export function restrictedTo(
  algebra: Algebra,
  model: Node,
  ones: readonly Cell[],
  budget: Budget,
): Node | undefined {
  const cells = new Map(ones.map((cell) => [cellKey(cell), cell]));
  const part = restrict(algebra, model, cells, false, budget);
  return isStuck(part) ? undefined : part.node;
}

function choices<T>(items: readonly T[]): T[][] {
  return [...items.map((a) => [a]), ...items.flatMap((a, k) => items.slice(k + 1).map((b) => [a, b]))];
}

/** Bound indices of the parts that are visited are all ≥ 2: those that are 1 have been put in. */
const least = (a: Affine): number => leastValue(a, 2);

function restrict(
  algebra: Algebra,
  root: Node,
  ones: ReadonlyMap<string, Cell>,
  data: boolean,
  budget: Budget,
): Part {
  const memo = new Map<Node, Part>();
  let resolved = 0;
  const touched: Map<string, Cell>[] = [];
  const stuck = (cells: ReadonlyMap<string, Cell> = new Map()) => ({ stuck: cells, at: resolved });

  const kept = HAS.fold | HAS.parameter | HAS.test | (data ? HAS.input : 0);

  function visit(node: Node): Part {
    if ((node.has & kept) === 0) return { node };
    // Cells are noted anew inside of every fold.
    const known = touched.length === 0 ? memo.get(node) : undefined;
    if (known !== undefined) return known;
    budget.spend();
    const made = compute(node);
    memo.set(node, made);
    return made;
  }

  function compute(node: Node): Part {
    switch (node.kind) {
      case "symbol":
        return symbol(node);
      case "test": {
        const unequal = least(node.value) > 0 || least(scaleAffine(node.value, -1)) > 0;
        if (!unequal) return { node };
        return { node: node.test === "equal" ? algebra.zero : algebra.one };
      }
      case "sum":
        return all(
          node.terms.map(([, term]) => term),
          (parts) => algebra.combine(node.terms.map(([c], k) => [c, parts[k]!])),
        );
      case "product":
        return product(node);
      case "call":
        return all(node.args, (parts) => algebra.call(node.name, parts));
      case "fold":
        return fold(node);
      default:
        return { node };
    }
  }

  function all(nodes: readonly Node[], make: (parts: readonly Node[]) => Node): Part {
    const parts: Node[] = [];
    for (const node of nodes) {
      const part = visit(node);
      if (isStuck(part)) return part;
      parts.push(part.node);
    }
    return guarded(() => make(parts));
  }

  /** A value that leaves the domain, such as a division by what has become 0, is no restriction. */
  function guarded(make: () => Node, suspects: readonly Node[] = []): Part {
    try {
      return { node: make() };
    } catch (error) {
      if (!(error instanceof DescentError) || error.code !== "input") throw error;
      const cells = suspects.flatMap((node) => symbols(node, "parameter")).flatMap((s) => cellOf(s) ?? []);
      return { ...stuck(new Map(cells.map((cell) => [cellKey(cell), cell]))), undefined: true };
    }
  }

  function product(node: Node & { kind: "product" }): Part {
    const parts = node.factors.map(([base]) => visit(base));
    const zero = parts.some((p, k) => !isStuck(p) && p.node === algebra.zero && node.factors[k]![1] > 0);
    const inverse = node.factors.some(([base, k]) => k < 0 && (base.has & HAS.parameter) !== 0);
    const nowhere = parts.find((part) => isStuck(part) && part.undefined === true);
    if (nowhere !== undefined) return nowhere;
    if (zero && !inverse) return { node: algebra.zero };
    const stop = parts.find(isStuck);
    if (stop !== undefined) return stop;
    const below = node.factors.flatMap(([base, k]) => (k < 0 ? [base] : []));
    return guarded(
      () => algebra.product(node.factors.map(([, k], at) => [(parts[at] as { node: Node }).node, k])),
      below,
    );
  }

  function symbol(node: SymbolNode): Part {
    const varies = node.role === "parameter" || (data && node.role === "input");
    if (!varies || node.indices.length === 0) return { node };
    const cell = cellOf(node);
    if (cell === undefined) return stuck();
    if (cell.indices.every((index) => index === "1")) return { node };
    const key = cellKey(cell);
    for (const list of touched) list.set(key, cell);
    return { node: ones.has(key) ? algebra.one : algebra.zero };
  }

  /** Where the indices of a symbol stand; undefined where that depends. */
  function cellOf(node: SymbolNode): Cell | undefined {
    const indices = node.indices.map((index) =>
      isLiteral(index) && index.constant === 1 ? "1" : least(index) >= 2 ? ">=2" : undefined,
    );
    return indices.includes(undefined)
      ? undefined
      : { family: node.name, indices: indices as ("1" | ">=2")[] };
  }

  function fold(node: FoldNode): Part {
    const neutral = node.op === "sum" ? algebra.zero : algebra.one;
    const fromOne = isLiteral(node.lo) && node.lo.constant === 1;
    if (!fromOne && least(node.lo) < 2) return stuck();
    let head: Node = neutral;
    if (fromOne) {
      const excluded = node.except.map((a) => isZeroAt(a));
      if (excluded.includes(undefined) || least(node.hi) < 1) return stuck();
      if (!excluded.includes(true)) {
        const part = visit(substituteIndex(algebra, node.body, literal(1)));
        if (isStuck(part)) return part;
        head = part.node;
        if (node.op === "prod" && head === algebra.zero) return { node: head };
      }
    }
    const cells = new Map<string, Cell>();
    touched.push(cells);
    const tail = visit(node.body);
    touched.pop();
    if (isStuck(tail)) return tail;
    if (tail.node === neutral) {
      resolved++;
      return { node: head };
    }
    // Equal terms are counted: there are hi − 1 of them.
    if (node.op === "sum" && fromOne && node.except.length === 0 && !tail.node.free.includes(0)) {
      const count = algebra.integer(addAffine(node.hi, literal(1), -1));
      return { node: algebra.add(head, algebra.multiply(count, shift(algebra, tail.node, -1))) };
    }
    return stuck(cells);
  }

  /** Whether a condition's expression is 0 where its index is 1; undefined where that depends. */
  function isZeroAt(a: Affine): boolean | undefined {
    const value = mapBound(a, (k) => (k === 0 ? literal(1) : boundIndex(k - 1)));
    if (isLiteral(value)) return value.constant === 0;
    return least(value) > 0 || least(scaleAffine(value, -1)) > 0 ? false : undefined;
  }

  return visit(root);
}
