/**
 * Differentiation by a symbol whose indices may themselves be free: ∂/∂A[a,b,c] yields Kronecker deltas, and a product
 * leaves the product over all other indices. Deltas are summed away wherever their range is known to be met.
 */
import type { Budget } from "../errors.ts";
import { DescentError, quoted } from "../errors.ts";
import { G_I, G_ONE, gaussian, rational } from "../exact/rational.ts";
import type { Term } from "../primitives/term.ts";
import {
  type Affine,
  addAffine,
  boundIndex,
  isLiteral,
  mapBound,
  sameAffine,
  scaleAffine,
  shiftAffine,
} from "./affine.ts";
import type { Algebra, Factor, FoldParts, SumTerm } from "./node.ts";
import { type FoldNode, HAS, type Node, postorder, type Role, type TestNode } from "./node.ts";
import { rebuild, substituteIndex } from "./substitute.ts";

/** The symbol to differentiate by: its indices, and for each the range it is known to lie in. */
export interface Variable {
  readonly name: string;
  readonly role: Role;
  readonly indices: readonly Affine[];
  readonly ranges: readonly Range[];
}

export interface Range {
  readonly lo: Affine;
  readonly hi: Affine;
}

/** ∂root/∂variable. Throws where a function with the variable in its argument has no derivative rule yet. */
export function differentiate(algebra: Algebra, root: Node, variable: Variable, budget: Budget): Node {
  const memo = new Map<string, Node>();
  const visit = (node: Node, depth: number): Node => {
    if ((node.has & HAS[variable.role]) === 0) return algebra.zero;
    const key = `${node.id}:${depth}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    budget.spend();
    const made = derive(node, depth);
    memo.set(key, made);
    return made;
  };
  const derive = (node: Node, depth: number): Node => {
    switch (node.kind) {
      case "symbol": {
        if (node.name !== variable.name || node.role !== variable.role) return algebra.zero;
        const target = variable.indices.map((a) => shiftAffine(a, depth));
        const tests = node.indices.map((a, k) => algebra.test("equal", addAffine(a, target[k]!, -1)));
        return algebra.multiply(...tests);
      }
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [c, visit(term, depth)]));
      case "product":
        return algebra.add(
          ...node.factors.map(([base, k], at) => {
            const inner = visit(base, depth);
            if (inner === algebra.zero) return inner;
            const rest = node.factors.map(([b, n], j): Factor => [b, j === at ? n - 1 : n]);
            return algebra.scale(k, algebra.product([...rest, [inner, 1]]));
          }),
        );
      case "call":
        return algebra.add(
          ...node.args.map((arg, k) => {
            const inner = visit(arg, depth);
            if (inner === algebra.zero) return inner;
            return algebra.multiply(partial(algebra, node.name, node.args, k), inner);
          }),
        );
      case "fold": {
        const inner = visit(node.body, depth + 1);
        if (inner === algebra.zero) return inner;
        const one = node.op === "sum" ? inner : algebra.multiply(inner, others(algebra, node));
        const known = variable.indices.map((a, k) => ({
          at: shiftAffine(a, depth),
          lo: shiftAffine(variable.ranges[k]!.lo, depth),
          hi: shiftAffine(variable.ranges[k]!.hi, depth),
        }));
        return sumOver(algebra, node, one, known);
      }
      default:
        return algebra.zero;
    }
  };
  return visit(root, 0);
}

/**
 * The derivatives of an expression without folds by all its symbols of one role at once, by symbol; those that are absent are
 * 0. Each is what `differentiate` gives.
 *
 * @throws DescentError `unsupported` where a function has no derivative rule yet
 */
export function gradient(algebra: Algebra, root: Node, role: Role, budget: Budget): ReadonlyMap<Node, Node> {
  const found = new Map<Node, ReadonlyMap<Node, Node>>();
  const none: ReadonlyMap<Node, Node> = new Map();
  const of = (node: Node): ReadonlyMap<Node, Node> => found.get(node)!;
  for (const node of postorder(root)) {
    if ((node.has & HAS[role]) === 0) {
      found.set(node, none);
      continue;
    }
    budget.spend();
    if (node.kind === "symbol") found.set(node, new Map([[node, algebra.one]]));
    else if (node.kind === "sum") {
      const parts = new Map<Node, SumTerm[]>();
      for (const [c, term] of node.terms) for (const [by, slope] of of(term)) push(parts, by, [c, slope]);
      found.set(node, mapped(parts, algebra.combine));
    } else {
      const parts = new Map<Node, SumTerm[]>();
      if (node.kind === "product") {
        node.factors.forEach(([base, k], at) => {
          const rest = node.factors.map(([b, n], j): Factor => [b, j === at ? n - 1 : n]);
          for (const [by, inner] of of(base))
            push(parts, by, [gaussian(rational(k)), algebra.product([...rest, [inner, 1]])]);
        });
      } else if (node.kind === "call") {
        node.args.forEach((arg, k) => {
          if (of(arg).size === 0) return;
          const outer = partial(algebra, node.name, node.args, k);
          for (const [by, inner] of of(arg)) push(parts, by, [G_ONE, algebra.multiply(outer, inner)]);
        });
      } else throw new DescentError("internal", `no gradient of a ${node.kind}`);
      found.set(node, mapped(parts, algebra.combine));
    }
  }
  return of(root);
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

const mapped = (parts: ReadonlyMap<Node, SumTerm[]>, join: (terms: SumTerm[]) => Node): Map<Node, Node> =>
  new Map([...parts].map(([by, terms]) => [by, join(terms)]));

/** ∂h/∂(argument k) at the arguments, from the primitive's row. */
export function partial(algebra: Algebra, name: string, args: readonly Node[], k: number): Node {
  const rule = algebra.primitives.get(name)?.derivatives?.[k];
  if (rule === undefined || rule === null) {
    throw new DescentError("unsupported", `the derivative of ${quoted(name)} is not available yet`);
  }
  return instantiateTerm(algebra, rule, { u: args[0]!, ...(args[1] === undefined ? {} : { v: args[1] }) });
}

/** A row's term as an expression, its slots filled. */
export function instantiateTerm(algebra: Algebra, term: Term, slots: Readonly<Record<string, Node>>): Node {
  const make = (part: Term): Node => {
    switch (part.kind) {
      case "number":
        return algebra.number(part.value);
      case "slot":
        return slots[part.name]!;
      case "constant":
        return part.name === "pi" ? algebra.symbol("pi", "constant") : algebra.number(G_I);
      case "call":
        return algebra.call(part.name, part.args.map(make));
      case "operation": {
        const [a, b] = [make(part.args[0]), make(part.args[1])];
        if (part.op === "+") return algebra.add(a, b);
        if (part.op === "-") return algebra.subtract(a, b);
        return part.op === "*"
          ? algebra.multiply(a, b)
          : algebra.product([
              [a, 1],
              [b, -1],
            ]);
      }
      case "less":
        throw new DescentError("internal", "a conditional is code, not an expression");
    }
  };
  return make(term);
}

/** In the scope of a fold's index i: the fold of the body over all indices other than i. */
export function others(algebra: Algebra, node: FoldParts): Node {
  // Below the new inner binder, number 0 is the inner index, 1 is i, and everything outside of i moves up by one.
  const inward = (k: number): Affine => boundIndex(k === 0 ? 0 : k + 1);
  return algebra.fold({
    ...node,
    lo: shiftAffine(node.lo, 1),
    hi: shiftAffine(node.hi, 1),
    except: [...node.except.map((a) => mapBound(a, inward)), addAffine(boundIndex(0), boundIndex(1), -1)],
    body: rebuild(algebra, node.body, { index: inward }),
  });
}

interface KnownRange extends Range {
  readonly at: Affine;
}

/** Σ of `body` over the range of `node`, a delta in the index summed away where its value surely lies in the range. */
function sumOver(algebra: Algebra, node: FoldNode, body: Node, known: readonly KnownRange[]): Node {
  const kept: Node[] = [];
  const summed: Node[] = [];
  for (const term of deltaTerms(algebra, body)) {
    const value = term.equal
      .map((t) => solve(t.value))
      .find((a) => a !== undefined && inRange(a, node, known));
    if (value === undefined) kept.push(term.node);
    else {
      const apart = node.except.map((a) => algebra.test("unequal", atIndex(a, value)));
      summed.push(algebra.multiply(...apart, substituteIndex(algebra, term.node, value)));
    }
  }
  const rest =
    kept.length === 0 ? algebra.zero : algebra.fold({ ...node, op: "sum", body: algebra.add(...kept) });
  return algebra.add(rest, ...summed);
}

const atIndex = (a: Affine, value: Affine): Affine =>
  mapBound(a, (k) => (k === 0 ? value : boundIndex(k - 1)));

/** i from [c·i + rest = 0] with c = ±1, as seen from outside of i's binder. */
function solve(test: Affine): Affine | undefined {
  const own = test.bound.find(([k]) => k === 0);
  if (own === undefined || Math.abs(own[1]) !== 1) return undefined;
  const rest = addAffine(test, boundIndex(0), -own[1]);
  return shiftAffine(scaleAffine(rest, -own[1]), -1);
}

function inRange(value: Affine, range: Range, known: readonly KnownRange[]): boolean {
  const above = addAffine(value, range.lo, -1);
  const below = addAffine(range.hi, value, -1);
  if (isLiteral(above) && isLiteral(below) && above.constant >= 0 && below.constant >= 0) return true;
  return known.some(
    (r) => sameAffine(r.at, value) && sameAffine(r.lo, range.lo) && sameAffine(r.hi, range.hi),
  );
}

export interface DeltaTerm {
  readonly equal: readonly TestNode[];
  readonly node: Node;
}

/** `node` as a sum of terms whose deltas stand as factors; only what contains tests is multiplied out. */
export function deltaTerms(algebra: Algebra, node: Node): DeltaTerm[] {
  const split = (part: Node): Node[] => {
    if ((part.has & HAS.test) === 0) return [part];
    if (part.kind === "sum") return part.terms.flatMap(([c, t]) => split(t).map((s) => algebra.scale(c, s)));
    if (part.kind !== "product") return [part];
    let products: Node[] = [algebra.one];
    for (const [base, k] of part.factors) {
      const options = k === 1 ? split(base) : [algebra.product([[base, k]])];
      products = products.flatMap((p) => options.map((o) => algebra.multiply(p, o)));
    }
    return products;
  };
  return split(node)
    .filter((term) => term !== algebra.zero)
    .map((term) => ({ node: term, equal: tests(term) }));
}

function tests(term: Node): TestNode[] {
  const bare = term.kind === "sum" && term.terms.length === 1 ? term.terms[0]![1] : term;
  const factors = bare.kind === "product" ? bare.factors.map(([base]) => base) : [bare];
  return factors.filter((f): f is TestNode => f.kind === "test" && f.test === "equal");
}
