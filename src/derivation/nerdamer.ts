/**
 * The only file that knows nerdamer: questions to it and what it answers, as expressions of a private algebra.
 *
 * It gives wrong answers in silence, so nothing here is trusted: `opinion.ts` judges every answer. Questions are fully
 * bracketed and hold no user's name, since nerdamer gives `e`, `i`, `PI`, `ln` and names with `__` meanings of their own.
 */
import { readFormula } from "../architecture/formula.ts";
import { lower } from "../architecture/lower.ts";
import { failIn } from "../architecture/tokens.ts";
import { DescentError } from "../errors.ts";
import { gIsReal, isInteger, type Rational, rationalText } from "../exact/rational.ts";
import { createAlgebra } from "../expression/algebra.ts";
import { type Algebra, children, HAS, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";

/** Puts a question such as `diff(((v1)*(v2)),v1)`; returns the answer's text, or throws whatever nerdamer throws. */
export type Ask = (question: string) => string;

/** What is called of nerdamer; its own declarations lack `expand`, which goes through the text of a question. */
interface Nerdamer {
  (question: string): { toString(): string };
  flush(): void;
}

/** What core loads for `expand` and `diff`; they have no declarations. */
const PARTS: readonly string[] = ["nerdamer/Algebra.js", "nerdamer/Calculus.js"];

/** Loads nerdamer with what `diff` and `expand` need. Every question leaves it without stored expressions. */
export async function openNerdamer(): Promise<Ask> {
  const { default: nerdamer } = (await import("nerdamer")) as unknown as { default: Nerdamer };
  for (const part of PARTS) await import(part);
  return (question) => {
    try {
      return nerdamer(question).toString();
    } finally {
      nerdamer.flush();
    }
  };
}

/**
 * Functions of which its derivatives were right on 2000 random expressions. Left out: of 3·atan(u), 3·asinh(u), 3·erf(u)
 * it loses the 3, and with sqrt, asin, acos and the like square roots come in, which it has wrong.
 */
export const ASKED: ReadonlySet<string> = new Set("exp log sin cos sinh cosh tan tanh".split(" "));

/** The longest question. `diff` of as many characters takes about 50 ms where they are not nested deeply. */
export const QUESTION_LIMIT = 2000;

/** The deepest expression: time doubles with every two levels, and sixteen take up to 150 ms. */
export const NESTING_LIMIT = 16;

/** The most terms `expand` is to write: 100 take about half a second, 500 take eight, 1000 take thirty. */
export const EXPAND_LIMIT = 120;

/** Why something is not asked. */
export interface Refusal {
  readonly refusal: string;
}

export const isRefusal = (made: object): made is Refusal => "refusal" in made;

/** One private algebra, in which the symbols of another are named v1, v2, … in the order they are met. */
export interface Translation {
  readonly algebra: Algebra;
  /** The expression over the private symbols; refused where it holds folds, tests, open sizes or complex numbers. */
  translate(root: Node): Node | Refusal;
}

export function createTranslation(primitives: PrimitiveTable): Translation {
  const algebra = createAlgebra(primitives);
  const made = new Map<Node, Node>();
  const names = new Map<Node, Node>();

  function symbol(node: SymbolNode): Node {
    if (node.role === "constant") return algebra.symbol(node.name, "constant");
    const known = names.get(node) ?? algebra.symbol(`v${names.size + 1}`, "parameter");
    names.set(node, known);
    return known;
  }

  function compute(node: Node): Node {
    const inner = (child: Node): Node => made.get(child)!;
    switch (node.kind) {
      case "symbol":
        return symbol(node);
      case "sum":
        return algebra.combine(node.terms.map(([c, term]) => [c, inner(term)]));
      case "product":
        return algebra.product(node.factors.map(([base, k]) => [inner(base), k]));
      case "call":
        return algebra.call(node.name, node.args.map(inner));
      case "number":
        return algebra.number(node.value);
      default:
        throw new DescentError("internal", `no translation of a ${node.kind}`);
    }
  }

  return {
    algebra,
    translate(root) {
      if ((root.has & HAS.complex) !== 0) return { refusal: "complex numbers" };
      if ((root.has & HAS.fold) !== 0) return { refusal: "a sum or product over an index" };
      for (const node of postorder(root)) {
        if (node.kind === "test" || node.kind === "integer") return { refusal: "an index or size" };
        if (!made.has(node)) made.set(node, compute(node));
      }
      return made.get(root)!;
    },
  };
}

/** The text nerdamer gets for an expression without folds; refused where nerdamer is not to be asked. */
export function nerdamerText(root: Node, limit = QUESTION_LIMIT): { readonly text: string } | Refusal {
  if (root.depth > NESTING_LIMIT) return { refusal: `a nesting of more than ${NESTING_LIMIT}` };
  const texts = new Map<Node, string>();
  for (const node of postorder(root)) {
    const made = piece(node, (child) => texts.get(child)!);
    if (typeof made !== "string") return made;
    if (made.length > limit) return { refusal: `more than ${limit} characters` };
    texts.set(node, made);
  }
  return { text: texts.get(root)! };
}

/** How many terms `expand` has to write, before equal ones are collected; denominators and arguments are expanded too. */
export function expandedTerms(root: Node): number {
  const counts = new Map<Node, number>();
  for (const node of postorder(root)) {
    const inner = children(node).map((child) => counts.get(child)!);
    const made =
      node.kind === "sum"
        ? inner.reduce((a, b) => a + b, 0)
        : node.kind === "product"
          ? node.factors.reduce((total, [, k], j) => total * multisets(inner[j]!, Math.abs(k)), 1)
          : Math.max(1, ...inner);
    counts.set(node, made);
  }
  return counts.get(root)!;
}

/** The terms of the k-th power of a sum of n: (n + k − 1)!/(k! (n − 1)!). */
function multisets(n: number, k: number): number {
  let count = 1;
  for (let j = 1; j < n && count < 1e9; j++) count = (count * (k + j)) / j;
  return count;
}

const numberText = (value: Rational): string => `(${rationalText(value)})`;

function piece(node: Node, inner: (child: Node) => string): string | Refusal {
  switch (node.kind) {
    case "number":
      return gIsReal(node.value) ? numberText(node.value.re) : { refusal: "complex numbers" };
    case "symbol":
      return `(${node.name})`;
    case "sum":
      return `(${node.terms.map(([c, term]) => `(${numberText(c.re)}*${inner(term)})`).join("+")})`;
    case "product":
      return `(${node.factors.map(([base, k]) => `(${inner(base)}^(${k}))`).join("*")})`;
    case "call": {
      if (!ASKED.has(node.name)) return { refusal: `${node.name} is none of ${[...ASKED].join(", ")}` };
      const [argument] = node.args;
      // exp(log(u)/2) and exp(1/2) are square roots to nerdamer, and its derivatives of these are wrong.
      if (node.name === "exp" && (holdsLogarithm(argument!) || isFraction(argument!))) {
        return { refusal: "a power whose exponent is no integer" };
      }
      return `(${node.name}(${inner(argument!)}))`;
    }
    default:
      return { refusal: "an index or size" };
  }
}

const holdsLogarithm = (node: Node): boolean =>
  postorder(node).some((part) => part.kind === "call" && part.name === "log");

const isFraction = (node: Node): boolean => node.kind === "number" && !isInteger(node.value.re);

/** 1/cos(u) for sec(u), and its kin, which our language lacks. */
const INVERSES: ReadonlyMap<string, string> = new Map([
  ["sec", "cos"],
  ["csc", "sin"],
  ["cot", "tan"],
  ["sech", "cosh"],
  ["csch", "sinh"],
  ["coth", "tanh"],
]);

/** `sec(u)` as `(1/cos(u))` everywhere. */
function withoutInverses(answer: string): string {
  let text = answer;
  for (;;) {
    const found = /\b(sech?|csch?|coth?)\(/.exec(text);
    if (found === null) return text;
    const open = found.index + found[0].length;
    let end = open;
    for (let depth = 1; depth > 0 && end < text.length; end++) {
      depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
    }
    const name = INVERSES.get(found[1]!)!;
    text = `${text.slice(0, found.index)}(1/${name}(${text.slice(open, end)})${text.slice(end)}`;
  }
}

/**
 * nerdamer's answer as an expression of the private algebra.
 *
 * @throws DescentError `input` where it is no formula, or has a name that was not in the question
 */
export function readAnswer(algebra: Algebra, answer: string, known: ReadonlySet<string>): Node {
  const text = withoutInverses(answer);
  const source = "answer";
  const vocabulary = { inputs: [], sizes: new Map(), constants: new Map() };
  const { model } = lower(algebra, readFormula(text, { source }), vocabulary, failIn(text, source));
  for (const node of postorder(model)) {
    if (node.kind !== "symbol" || node.role === "constant") continue;
    if (!known.has(node.name) || node.indices.length > 0) {
      throw new DescentError("input", `the answer has '${node.name}', which was not in the question`);
    }
  }
  return model;
}
