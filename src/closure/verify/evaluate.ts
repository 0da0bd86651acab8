/**
 * Values of formulas at a place, in high precision, straight from the reader's trees: no normal form, no identity of
 * functions, nothing of the exact check.
 */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import type { Budget } from "../../errors.ts";
import { ONE, type Rational, rational, ZERO } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import {
  add,
  type Ball,
  call,
  divide,
  exponential,
  fromRational,
  isExact,
  multiply,
  negative,
  pi,
  power,
} from "./ball.ts";
import { exactValue, JUMPS } from "./exact-value.ts";
import { createPrograms, withOperands } from "./program.ts";

export interface Place {
  /** Open sizes and the indices bound around the formula. */
  readonly indices: ReadonlyMap<string, number>;
  /** The value of a symbol by its bare name and its text, such as `A` and `A[1,2]`. */
  symbol(name: string, text: string): Rational;
}

export interface Evaluator {
  /** Absent where the formula has no finite value, or none that is found within a bound; owned by the scope of `r`. */
  value(r: Reals, syntax: Syntax, place: Place): Ball | undefined;
  /** The values of the index of a range; absent where a bound is no integer. */
  range(lo: Syntax, hi: Syntax, indices: Place["indices"]): readonly number[] | undefined;
  /** The nodes of a formula, parts first; indexed names and folds as leaves. */
  order(root: Syntax): readonly Syntax[];
  /** The text of a symbol, its indices being numbers. */
  textOf(symbol: Syntax & { kind: "indexed" }, indices: Place["indices"]): string | undefined;
}

/** What the checks by numbers work with. */
export interface Numbers {
  readonly precise: Precise;
  readonly evaluator: Evaluator;
  readonly read: (formula: string) => Syntax;
  readonly isParameter: (name: string) => boolean;
  /** Names of the open sizes. */
  readonly open: ReadonlySet<string>;
  /** Whether a place is inside of the domain that the verdict states. */
  readonly inside: (r: Reals, place: Place) => boolean;
}

export interface Fault {
  readonly entry: string;
  readonly reason: string;
}

/** Entries of a verdict of which nothing is known. */
export type Unchecked = string[];

type Fold = Syntax & { kind: "fold" };
type Simple = Exclude<Syntax["kind"], "fold">;

/** The longest range that is walked. */
const LONGEST_RANGE = 100_000;
/** Units of the budget for a function's value, for any other node. */
const CALL_COST = 32;
const NODE_COST = 4;

/** What one evaluation has found. */
interface Run {
  /** Whose scope all that is kept belongs to. */
  readonly reals: Reals;
  /** Values of folds by those of the indices in them. */
  readonly folds: Map<Syntax, Map<string, Ball | undefined>>;
}

export function createEvaluator(precise: Precise, budget: Budget): Evaluator {
  const orders = new Map<Syntax, readonly Syntax[]>();
  const names = new Map<Syntax, ReadonlySet<string>>();
  const program = createPrograms();

  function orderOf(root: Syntax): readonly Syntax[] {
    const known = orders.get(root);
    if (known !== undefined) return known;
    const order = withOperands(root);
    orders.set(root, order);
    return order;
  }

  const value = (r: Reals, syntax: Syntax, place: Place): Ball | undefined =>
    run(r, syntax, place, { reals: r, folds: new Map() }, []);

  /** @param bound the indices of the folds around */
  function run(r: Reals, syntax: Syntax, place: Place, all: Run, bound: readonly string[]): Ball | undefined {
    const values: Ball[] = [];
    for (const { node, operands } of program(syntax)) {
      budget.spend(node.kind === "call" ? CALL_COST : NODE_COST);
      const args = operands.map((k) => values[k]!);
      const made =
        node.kind === "fold"
          ? foldOnce(r, node, place, all, bound)
          : (exactStep(r, node, args, place) ?? step(r, node, args, place));
      if (made === undefined || !r.isFinite(made.re) || (made.im !== undefined && !r.isFinite(made.im))) {
        return undefined;
      }
      values.push(made);
    }
    return values.at(-1);
  }

  function step(
    r: Reals,
    node: Syntax & { kind: Simple },
    args: readonly Ball[],
    place: Place,
  ): Ball | undefined {
    switch (node.kind) {
      case "number":
        return fromRational(r, node.value);
      case "name":
        return named(r, node.name, place);
      case "indexed": {
        const text = textOf(node, place.indices);
        return text === undefined ? undefined : fromRational(r, place.symbol(node.name, text));
      }
      case "negate":
        return negative(r, args[0]!);
      case "binary":
        return binary(r, node.op, args[0]!, args[1]!);
      case "call":
        return call(r, node.name, args);
    }
  }

  /** The side of a jump is known for what is exact, and seen to be near where it is no integer. */
  function exactStep(r: Reals, node: Syntax, args: readonly Ball[], place: Place): Ball | undefined {
    if (node.kind !== "call" || !JUMPS.has(node.name) || args.every(isExact)) return undefined;
    const known = call(r, node.name, args);
    if (known !== undefined && isExact(known)) return known;
    const found = exactValue(node, (symbol) => {
      if (symbol.kind === "indexed") {
        const text = textOf(symbol, place.indices);
        return text === undefined ? undefined : place.symbol(symbol.name, text);
      }
      const index = place.indices.get(symbol.name);
      if (index !== undefined) return rational(index);
      return /^(pi|e)$/.test(symbol.name) ? undefined : place.symbol(symbol.name, symbol.name);
    });
    return found && fromRational(r, found);
  }

  /** Layers of a network are found once for each unit, not once for each path to it. */
  function foldOnce(
    r: Reals,
    node: Fold,
    place: Place,
    all: Run,
    bound: readonly string[],
  ): Ball | undefined {
    const own = namesIn(node);
    if (bound.every((index) => own.has(index))) return fold(r, node, place, all, bound);
    const at = bound.map((index) => (own.has(index) ? place.indices.get(index) : "")).join();
    const known = all.folds.get(node) ?? new Map<string, Ball | undefined>();
    all.folds.set(node, known);
    if (!known.has(at)) known.set(at, fold(all.reals, node, place, all, bound));
    return known.get(at);
  }

  function namesIn(fold: Fold): ReadonlySet<string> {
    let found = names.get(fold);
    if (found === undefined) {
      found = new Set(postorder(fold).flatMap((node) => (node.kind === "name" ? [node.name] : [])));
      names.set(fold, found);
    }
    return found;
  }

  /** Numbers of a term are freed with it, so that long sums take no memory. */
  function fold(r: Reals, node: Fold, place: Place, all: Run, bound: readonly string[]): Ball | undefined {
    const values = range(node.lo, node.hi, place.indices);
    if (values === undefined) return undefined;
    const join = node.op === "sum" ? add : multiply;
    let total: Ball | undefined = fromRational(r, node.op === "sum" ? ZERO : ONE);
    for (const at of values) {
      const indices = new Map(place.indices).set(node.index, at);
      if (excluded(node, indices)) continue;
      total = precise.scope(r.bits, (inner) => {
        const item = run(inner, node.body, { ...place, indices }, all, [...bound, node.index]);
        return item === undefined ? undefined : join(r, total!, item);
      });
      if (total === undefined) return undefined;
    }
    return total;
  }

  function range(lo: Syntax, hi: Syntax, indices: Place["indices"]): readonly number[] | undefined {
    const [from, to] = [integer(lo, indices), integer(hi, indices)];
    if (from === undefined || to === undefined || to - from > LONGEST_RANGE) return undefined;
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);
  }

  function textOf(symbol: Syntax & { kind: "indexed" }, indices: Place["indices"]): string | undefined {
    const numbers = symbol.indices.map((index) => integer(index, indices));
    return numbers.includes(undefined) ? undefined : `${symbol.name}[${numbers.join(",")}]`;
  }

  const excluded = (node: Fold, indices: Place["indices"]): boolean =>
    (node.except ?? []).some(({ left, right }) => integer(left, indices) === integer(right, indices));

  /** The value of an index expression. */
  function integer(syntax: Syntax, indices: Place["indices"]): number | undefined {
    const stack: number[] = [];
    for (const node of postorder(syntax)) {
      budget.spend();
      const args = stack.splice(stack.length - arity(node), arity(node));
      if (node.kind === "number") stack.push(Number(node.value.num) / Number(node.value.den));
      else if (node.kind === "name") stack.push(indices.get(node.name) ?? Number.NaN);
      else if (node.kind === "negate") stack.push(-args[0]!);
      else if (node.kind === "binary") stack.push(ARITHMETIC[node.op]!(args[0]!, args[1]!));
      else return undefined;
    }
    return Number.isSafeInteger(stack[0]) ? stack[0] : undefined;
  }

  return { value, range, order: orderOf, textOf };
}

const arity = (node: Syntax): number =>
  node.kind === "call" ? node.args.length : node.kind === "binary" ? 2 : node.kind === "negate" ? 1 : 0;

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
};

function named(r: Reals, name: string, place: Place): Ball | undefined {
  const index = place.indices.get(name);
  if (index !== undefined) return fromRational(r, { num: BigInt(index), den: 1n });
  if (name === "pi") return pi(r);
  return name === "e" ? exponential(r, fromRational(r, ONE)) : fromRational(r, place.symbol(name, name));
}

function binary(r: Reals, op: string, a: Ball, b: Ball): Ball | undefined {
  if (op === "+") return add(r, a, b);
  if (op === "-") return add(r, a, negative(r, b));
  if (op === "*") return multiply(r, a, b);
  return op === "/" ? divide(r, a, b) : power(r, a, b);
}
