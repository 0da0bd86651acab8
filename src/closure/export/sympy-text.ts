/**
 * Formulas as Python text. A formula becomes a function of a language `f`, which gives numbers, symbols and functions their
 * meaning: `a*exp(x)` is `f.v("a")*f.exp(f.v("x"))`. Names of users stand in string literals only, and no formula is read
 * or evaluated as text by the script.
 */
import { readFormula } from "../../architecture/formula.ts";
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { DescentError } from "../../errors.ts";
import { bitLength, type Rational } from "../../exact/rational.ts";

/** A literal of ASCII characters. */
export function pythonString(text: string): string {
  const escaped = Array.from(text, (c) => {
    const code = c.codePointAt(0)!;
    if (c === '"' || c === "\\") return `\\${c}`;
    if (code >= 0x20 && code < 0x7f) return c;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

export const pythonList = (items: readonly string[]): string => `[${items.join(", ")}]`;

export const pythonTuple = (items: readonly string[]): string =>
  `(${items.join(", ")}${items.length === 1 ? "," : ""})`;

/** Python reads at most 4300 decimal digits; in base 16 there is no limit. */
const pythonInteger = (n: bigint): string =>
  n < 0n ? `-${pythonInteger(-n)}` : n.toString().length > 1000 ? `0x${n.toString(16)}` : n.toString();

const number = ({ num, den }: Rational): string =>
  den === 1n ? `f.q(${pythonInteger(num)})` : `f.q(${pythonInteger(num)}, ${pythonInteger(den)})`;

/** What Python's parser nests. */
const DEEPEST = 20;
/** Folds within folds: Python has a limit on indentation. */
const MOST_FOLDS = 20;

/** Text and how deep it is nested. */
interface Piece {
  readonly text: string;
  readonly depth: number;
}

interface Scope {
  readonly lines: string[];
  readonly indent: string;
  /** Python's names of the indices that are bound within the formula. */
  readonly indices: ReadonlyMap<string, string>;
  readonly folds: number;
}

/**
 * Definitions of Python functions for formulas. Equal formulas have one.
 *
 * @throws DescentError `input` where a formula cannot be read, `unsupported` where it is nested too deeply for Python
 */
export interface Formulas {
  /** The name of the function of a formula. */
  of(formula: string): string;
  /** The definitions so far. */
  readonly lines: readonly string[];
  /** Decimal digits that the numbers of all formulas take. */
  digits(): number;
  /** Binary exponents of the sizes of numbers that are not near 1. */
  exponents(): number[];
}

export function createFormulas(): Formulas {
  const lines: string[] = [];
  const known = new Map<string, string>();
  let locals = 0;
  let digits = 0;
  const exponents = new Set<number>();

  function of(formula: string): string {
    const found = known.get(formula);
    if (found !== undefined) return found;
    const name = `formula${known.size + 1}`;
    known.set(formula, name);
    const syntax = readFormula(formula);
    const scope: Scope = { lines: [], indent: "    ", indices: new Map(), folds: 0 };
    const { text } = emit(syntax, scope);
    lines.push(`def ${name}(f):`, ...scope.lines, `    return ${text}`, "", "");
    return name;
  }

  /** Parts first; folds and the indices of members are emitted apart, in their own scope. */
  function emit(root: Syntax, scope: Scope): Piece {
    const order: Syntax[] = [];
    const pending = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      order.push(node);
      if (node.kind === "call") pending.push(...node.args);
      else if (node.kind === "binary") pending.push(node.left, node.right);
      else if (node.kind === "negate") pending.push(node.arg);
    }
    const done = new Map<Syntax, Piece>();
    for (const node of order.reverse()) done.set(node, settle(step(node, done, scope), scope));
    return done.get(root)!;
  }

  /** Deep text becomes a local of the function. */
  function settle(piece: Piece, { lines: own, indent }: Scope): Piece {
    if (piece.depth < DEEPEST) return piece;
    const local = `n${++locals}`;
    own.push(`${indent}${local} = ${piece.text}`);
    return { text: local, depth: 0 };
  }

  function step(node: Syntax, done: ReadonlyMap<Syntax, Piece>, scope: Scope): Piece {
    switch (node.kind) {
      case "number":
        measure(node.value);
        return { text: number(node.value), depth: 1 };
      case "name": {
        const index = scope.indices.get(node.name);
        if (index !== undefined) return { text: `f.q(${index})`, depth: 1 };
        if (node.name === "pi" || node.name === "e") return { text: `f.constant("${node.name}")`, depth: 1 };
        return { text: `f.v(${pythonString(node.name)})`, depth: 1 };
      }
      case "indexed": {
        const indices = node.indices.map((index) => integer(index, scope));
        return { text: `f.v(${[pythonString(node.name), ...indices].join(", ")})`, depth: 1 };
      }
      case "call": {
        const args = node.args.map((arg) => done.get(arg)!);
        return { text: `f.${node.name}_(${args.map((a) => a.text).join(", ")})`, depth: deeper(args) };
      }
      case "negate": {
        const arg = done.get(node.arg)!;
        return { text: `(-${arg.text})`, depth: deeper([arg]) };
      }
      case "binary": {
        const [a, b] = [done.get(node.left)!, done.get(node.right)!];
        if (node.op === "^") measurePower(node.left, node.right);
        const text = node.op === "^" ? `f.power(${a.text}, ${b.text})` : `(${a.text} ${node.op} ${b.text})`;
        return { text, depth: deeper([a, b]) };
      }
      case "fold":
        return fold(node, scope);
    }
  }

  function measure({ num, den }: Rational): void {
    for (const n of [num, den]) digits += Math.max(0, n.toString().length - 6);
    const exponent = num === 0n ? 0 : bitLength(num) - bitLength(den);
    if (Math.abs(exponent) > 3) exponents.add(exponent);
  }

  /** What is written as a power, such as 10^9. */
  function measurePower(base: Syntax, exponent: Syntax): void {
    const power = exponent.kind === "negate" ? exponent.arg : exponent;
    if (base.kind !== "number" || power.kind !== "number" || power.value.den !== 1n) return;
    const size = (bitLength(base.value.num) - bitLength(base.value.den)) * Number(power.value.num);
    if (Math.abs(size) <= 3) return;
    exponents.add(exponent === power ? size : -size);
    digits += Math.ceil(Math.abs(size) / 3);
  }

  const deeper = (pieces: readonly Piece[]): number => 1 + Math.max(0, ...pieces.map((p) => p.depth));

  function fold(node: Syntax & { kind: "fold" }, scope: Scope): Piece {
    if (scope.folds === MOST_FOLDS)
      throw new DescentError("unsupported", "sums are nested too deeply for Python");
    const index = `i${++locals}`;
    const name = `term${locals}`;
    const inner: Scope = {
      lines: [],
      indent: `${scope.indent}    `,
      indices: new Map(scope.indices).set(node.index, index),
      folds: scope.folds + 1,
    };
    const body = emit(node.body, inner);
    const conditions = (node.except ?? []).map(
      ({ left, right }) => `${integer(left, inner)} != ${integer(right, inner)}`,
    );
    scope.lines.push(`${scope.indent}def ${name}(${index}):`);
    if (conditions.length > 0)
      scope.lines.push(
        `${inner.indent}if not (${conditions.join(" and ")}):`,
        `${inner.indent}    return None`,
      );
    scope.lines.push(...inner.lines, `${inner.indent}return ${body.text}`);
    const text = `f.${node.op === "sum" ? "total" : "product"}(${name}, ${integer(node.lo, scope)}, ${integer(node.hi, scope)})`;
    return { text, depth: 2 };
  }

  return { of, lines, digits: () => digits, exponents: () => [...exponents].sort((a, b) => a - b) };
}

/** An expression of integers: sizes, indices, numbers. */
function integer(root: Syntax, { indices }: Pick<Scope, "indices">): string {
  const stack: string[] = [];
  for (const node of postorder(root)) {
    if (node.kind === "number" && node.value.den === 1n) stack.push(pythonInteger(node.value.num));
    else if (node.kind === "name") stack.push(indices.get(node.name) ?? `f.n(${pythonString(node.name)})`);
    else if (node.kind === "negate") stack.push(`(-${stack.pop()})`);
    else if (node.kind === "binary" && /[-+*]/.test(node.op)) {
      const [a, b] = stack.splice(stack.length - 2);
      stack.push(`(${a} ${node.op} ${b})`);
    } else throw new DescentError("unsupported", "an index is no integer expression in sizes and indices");
  }
  return stack[0]!;
}

/** The names that stand in a formula, bound indices among them. */
export const namesOf = (formula: string): Set<string> =>
  new Set(
    postorder(readFormula(formula)).flatMap((n) =>
      n.kind === "name" || n.kind === "indexed" ? [n.name] : [],
    ),
  );
