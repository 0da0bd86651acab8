/** Expressions as formulas in the grammar they are read in. */
import {
  type Gaussian,
  gaussian,
  gIsReal,
  gNegate,
  isInteger,
  isOne,
  ONE,
  type Rational,
  rationalText,
  sign,
} from "../exact/rational.ts";
import { type Affine, addAffine, affineText, boundIndex, literal, scaleAffine } from "./affine.ts";
import {
  type CallNode,
  HAS,
  type Node,
  postorder,
  type SumNode,
  type SumTerm,
  type SymbolNode,
} from "./node.ts";

/** How tightly a piece of text binds: sums 1, products 2, powers 3, atoms 4. */
interface Piece {
  readonly text: string;
  readonly level: 1 | 2 | 3 | 4;
}

const atLeast = (piece: Piece, level: number): string =>
  piece.level >= level ? piece.text : `(${piece.text})`;

/** How a symbol is written: the step of the parameter `k` is `Delta_k`. */
export const symbolName = (node: SymbolNode): string =>
  node.role === "step" ? `Delta_${node.name}` : node.name;

/**
 * The formula of an expression. `scope` names the free bound indices, innermost first.
 *
 * @example
 * print(architecture({ model: "(b*x) + a^2*1" }).model); // "b*x + a^2"
 */
export function print(root: Node, scope: readonly string[] = []): string {
  const taken = takenNames(root);
  const memo = new Map<string, Piece>();
  const visit = (node: Node, names: readonly string[]): Piece => {
    const key = `${node.id}:${node.free.map((k) => names[k]).join(",")}:${(node.has & HAS.fold) !== 0 ? names.join(",") : ""}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const made = write(node, names);
    memo.set(key, made);
    return made;
  };
  const write = (node: Node, names: readonly string[]): Piece => {
    const index = (a: Affine): string => affineText(a, (k) => names[k] ?? unnamed(k));
    switch (node.kind) {
      case "number":
        return gIsReal(node.value)
          ? numberPiece(node.value.re)
          : { text: `complex(${rationalText(node.value.re)}, ${rationalText(node.value.im)})`, level: 4 };
      case "symbol":
        return { text: `${symbolName(node)}${indexText(node.indices.map(index))}`, level: 4 };
      case "integer":
        return { text: index(node.value), level: isAtom(node.value) ? 4 : 1 };
      case "test":
        return node.test === "equal"
          ? { text: `delta(${index(node.value)}, 0)`, level: 4 }
          : { text: `(1 - delta(${index(node.value)}, 0))`, level: 4 };
      case "sum": {
        let text = "";
        for (const [c, term] of readingOrder(node)) {
          const negative = gIsReal(c) && sign(c.re) < 0;
          const piece = termPiece(negative ? gNegate(c) : c, term, (n) => visit(n, names));
          text += text === "" ? (negative ? "-" : "") : negative ? " - " : " + ";
          text += atLeast(piece, 2);
        }
        return { text, level: 1 };
      }
      case "product":
        return termPiece({ re: { num: 1n, den: 1n }, im: { num: 0n, den: 1n } }, node, (n) =>
          visit(n, names),
        );
      case "call": {
        if (node.name === "pow") {
          const [base, exponent] = node.args.map((arg) => visit(arg, names));
          return { text: `${atLeast(base!, 4)}^${atLeast(exponent!, 4)}`, level: 3 };
        }
        const asPower = node.name === "exp" ? powerParts(node.args[0]!) : undefined;
        if (asPower !== undefined) {
          const base = visit(asPower.base, names);
          const { coefficient, rest } = asPower;
          const exponent =
            rest === undefined
              ? numberPiece(coefficient.re)
              : termPiece(coefficient, rest, (n) => visit(n, names));
          return { text: `${atLeast(base, 4)}^${atLeast(exponent, 4)}`, level: 3 };
        }
        return {
          text: `${node.name}(${node.args.map((arg) => visit(arg, names).text).join(", ")})`,
          level: 4,
        };
      }
      case "fold": {
        const name = fresh(node.hint, names, taken);
        const inner = [name, ...names];
        const at = (a: Affine): string => affineText(a, (k) => inner[k] ?? unnamed(k));
        const conditions = node.except.map((a) => exclusion(a, at));
        const rest = conditions.length === 0 ? "" : `, ${conditions.join(" and ")}`;
        return {
          text: `${node.op}(${visit(node.body, inner).text}, ${name}, ${index(node.lo)}, ${index(node.hi)}${rest})`,
          level: 4,
        };
      }
    }
  };
  return visit(root, scope).text;
}

/** A free index that nobody named: only in messages. */
const unnamed = (k: number): string => "ijklmn"[k] ?? `i${k}`;

/** A sum's terms as a person writes them: the number last, unless that lets the sum begin without a sign. */
export function readingOrder(node: SumNode): readonly SumTerm[] {
  const [first, second] = node.terms;
  if (first![1].kind !== "number" || second === undefined) return node.terms;
  const leads = gIsReal(first![0]) && sign(first![0].re) > 0 && gIsReal(second[0]) && sign(second[0].re) < 0;
  return leads ? node.terms : [...node.terms.slice(1), first!];
}

const isAtom = (a: Affine): boolean =>
  a.constant === 0 && a.bound.length + a.sizes.length === 1 && (a.bound[0] ?? a.sizes[0])![1] === 1;

export const indexText = (indices: readonly string[]): string =>
  indices.length === 0 ? "" : `[${indices.join(",")}]`;

function numberPiece(value: Rational): Piece {
  if (sign(value) < 0) return { text: rationalText(value), level: 1 };
  return { text: rationalText(value), level: isOne({ num: value.den, den: 1n }) ? 4 : 2 };
}

/** `i != k` for [i − k ≠ 0]. */
const exclusion = (a: Affine, text: (a: Affine) => string): string =>
  exclusionSides(a).map(text).join(" != ");

/** The two sides of [a ≠ 0], the fold's own index on the left. */
export function exclusionSides(a: Affine): [Affine, Affine] {
  const own = a.bound.find(([k]) => k === 0);
  if (own === undefined) return [a, literal(0)];
  const left = scaleAffine(boundIndex(0), Math.abs(own[1]));
  return [left, own[1] < 0 ? addAffine(a, left) : addAffine(left, a, -1)];
}

/** coefficient·node as one fraction. */
function termPiece(c: Gaussian, node: Node, visit: (node: Node) => Piece): Piece {
  const above: string[] = [];
  const below: string[] = [];
  const factors = node.kind === "product" ? node.factors : [[node, 1] as const];
  const one = node.kind === "number";
  if (gIsReal(c)) {
    if (c.re.num !== 1n || one) above.push(`${c.re.num}`);
    if (c.re.den !== 1n) below.push(`${c.re.den}`);
  } else above.push(`complex(${rationalText(c.re)}, ${rationalText(c.im)})`);
  if (!one) {
    if (factors.length === 1 && above.length === 0 && below.length === 0 && factors[0]![1] === 1) {
      return visit(factors[0]![0]);
    }
    for (const [base, k] of factors) {
      const piece = visit(base);
      const power = Math.abs(k) === 1 ? atLeast(piece, 3) : `${atLeast(piece, 4)}^${Math.abs(k)}`;
      (k > 0 ? above : below).push(power);
    }
  }
  const top = above.length === 0 ? "1" : above.join("*");
  if (below.length === 0) {
    const single = above.length === 1;
    return {
      text: top,
      level: single ? (one ? (top.startsWith("-") ? 1 : 4) : singleLevel(factors, top)) : 2,
    };
  }
  return { text: `${top}/${below.length === 1 ? below[0] : `(${below.join("*")})`}`, level: 2 };
}

const singleLevel = (factors: readonly (readonly [Node, number])[], text: string): 3 | 4 =>
  factors.length === 1 && factors[0]![1] === 1 && !text.includes("^") ? 4 : 3;

/** Reads exp(c·v·log(u)) as u^(c·v), and exp(c·log(u)) as u^c for a number c that is no integer. */
export function powerParts(arg: Node): { base: Node; coefficient: Gaussian; rest?: Node } | undefined {
  const single = arg.kind === "sum" && arg.terms.length === 1 ? arg.terms[0]! : undefined;
  const coefficient = single?.[0] ?? gaussian(ONE);
  const bare = single?.[1] ?? arg;
  if (!gIsReal(coefficient)) return undefined;
  if (isLog(bare)) return isInteger(coefficient.re) ? undefined : { base: bare.args[0]!, coefficient };
  if (sign(coefficient.re) < 0 || bare.kind !== "product" || bare.factors.some(([, k]) => k !== 1))
    return undefined;
  const logs = bare.factors.flatMap(([base]) => (isLog(base) ? [base] : []));
  const [rest, ...more] = bare.factors.flatMap(([base]) => (isLog(base) ? [] : [base]));
  if (logs.length !== 1 || rest === undefined || more.length > 0) return undefined;
  return { base: logs[0]!.args[0]!, coefficient, rest };
}

const isLog = (node: Node): node is CallNode => node.kind === "call" && node.name === "log";

export function takenNames(root: Node): Set<string> {
  const taken = new Set<string>(["pi", "e"]);
  for (const node of postorder(root)) {
    if (node.kind === "symbol") taken.add(symbolName(node));
    const affines = node.kind === "symbol" ? node.indices : node.kind === "fold" ? [node.lo, node.hi] : [];
    for (const a of affines) for (const [size] of a.sizes) taken.add(size);
    if (node.kind === "integer" || node.kind === "test")
      for (const [size] of node.value.sizes) taken.add(size);
  }
  return taken;
}

/** `hint`, or `hint2`, `hint3`, …: the first that is neither a symbol of the formula nor in scope. */
export function fresh(hint: string, scope: readonly string[], taken: ReadonlySet<string>): string {
  const stem = hint === "" ? "i" : hint;
  for (let n = 1; ; n++) {
    const name = n === 1 ? stem : `${stem}${n}`;
    if (!taken.has(name) && !scope.includes(name)) return name;
  }
}
