/** Expressions as LaTeX that both KaTeX and amsmath take. */
import {
  type Gaussian,
  gaussian,
  gConjugate,
  gEqual,
  gIsReal,
  gNegate,
  gScaled,
  ONE,
  type Rational,
  rational,
  sign,
} from "../exact/rational.ts";
import { type Affine, affineText, boundIndex } from "../expression/affine.ts";
import type { Algebra, Node, SumNode, TestNode } from "../expression/node.ts";
import { HAS, postorder } from "../expression/node.ts";
import { isPi } from "../expression/normal.ts";
import { exclusionSides, fresh, powerParts, readingOrder, symbolName } from "../expression/print.ts";
import { conjugate } from "../expression/substitute.ts";
import { type Abbreviations, NO_ABBREVIATIONS } from "./abbreviate.ts";
import { BREAK, FACTOR_BREAK, joined } from "./lines.ts";

/** sum 1, product 2, power 3, atom 4 */
interface Piece {
  readonly text: string;
  readonly level: number;
}

interface Place {
  readonly inner: (child: Node) => Piece;
  readonly short: (node: Node) => { readonly text: string; readonly rest?: Node } | undefined;
}

const GREEK = new Set(
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(
    " ",
  ),
);

const GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ";

/** ASCII stays, a Greek letter is its command, anything else its code point. */
function letter(c: string): string {
  if (/[A-Za-z0-9]/.test(c)) return c;
  const at = [...GREEK_LETTERS].indexOf(c);
  return at >= 0 ? `\\${[...GREEK][at]} ` : `U${c.codePointAt(0)!.toString(16)}`;
}

/**
 * A name with its indices: `alpha` is a Greek letter, `b1` and `b_12` get subscripts, longer names are upright.
 *
 * @example
 * latexName("b1", []); // "b_{1}"
 */
export function latexName(name: string, indices: readonly string[]): string {
  const step = name.startsWith("Delta_");
  const [, stem, tail] = /^(.*?)_?(\d*)$/.exec(step ? name.slice(6) : name)!;
  const parts = (stem ?? "").split("_").filter((part) => part !== "");
  // Words joined by underscores stay one name.
  const words = parts.some((part) => part.length > 2 && !GREEK.has(part)) && parts.length > 1;
  const [head, ...rest] = words ? [parts.join("_")] : parts;
  const word = (part: string): string => {
    if (GREEK.has(part)) return `\\${part}`;
    const safe = [...part].map((c) => (c === "_" ? "\\_" : letter(c))).join("");
    return safe.length === 1 || /^\\[a-zA-Z]+ ?$/.test(safe) ? safe : `\\mathrm{${safe}}`;
  };
  const list = [...rest.map(word), ...(tail === "" ? [] : [tail!]), ...indices];
  const base = `${step ? "\\Delta " : ""}${word(head ?? "x")}`;
  return list.length === 0 ? base : `${base}_{${indexList(list)}}`;
}

/** The order `n_A[j,i,p]` of a derivative: the parameter above, its indices below. */
export function orderName(name: string, indices: readonly string[]): string {
  const lower = indices.length === 0 ? "" : `_{${indexList(indices)}}`;
  return `n^{${latexName(name.slice(2), [])}}${lower}`;
}

/** The letter or word that a name begins with in LaTeX, and its own subscripts. */
export function latexParts(name: string): { head: string; below: string } {
  const [, head, below] = /^(.*?)(?:_\{(.*)\})?$/.exec(latexName(name, []))!;
  return { head: head!.trim(), below: below ?? "" };
}

/** `jip` where every index is one letter, else with commas. */
export const indexList = (indices: readonly string[]): string =>
  indices.join(indices.every((i) => /^(\\[a-z]+|[a-zA-Z])'*$/.test(i)) ? " " : ",");

/** An index by name: the second index of a name is primed. */
export function indexName(name: string): string {
  const [, stem, count] = /^(.*?)([2-9]?)$/.exec(name)!;
  if (count === "" || stem === "" || /\d$/.test(stem!)) return latexName(name, []);
  return `${latexName(stem!, [])}${"'".repeat(Number(count) - 1)}`;
}

const affineLatex = (a: Affine, name: (k: number) => string): string => {
  const sized: Affine = { ...a, sizes: a.sizes.map(([s, c]) => [latexName(s, []), c] as const) };
  return affineText(sized, name).replaceAll("*", "");
};

/** The LaTeX of an expression; `scope` names the free bound indices, innermost first. */
export const latex = (
  algebra: Algebra,
  root: Node,
  scope: readonly string[] = [],
  abbreviations: Abbreviations = NO_ABBREVIATIONS,
): string => joined(breakable(algebra, root, scope, abbreviations));

/** The same with marks where a line may end; in brackets where it would need them as the last factor of a product. */
export function breakable(
  algebra: Algebra,
  root: Node,
  scope: readonly string[] = [],
  abbreviations: Abbreviations = NO_ABBREVIATIONS,
  asFactor = false,
): string {
  const taken = new Set(
    postorder(root).flatMap((node) => (node.kind === "symbol" ? [symbolName(node)] : [])),
  );
  const visit = (node: Node, names: readonly string[]): Piece => {
    const index = (a: Affine): string => affineLatex(a, (k) => indexName(names[k] ?? "i"));
    const at: Place = {
      inner: (child) => visit(child, names),
      short: (child) => abbreviations(child, index),
    };
    const { inner } = at;
    const short = at.short(node);
    // A name with a mark above needs brackets under a power.
    if (short !== undefined && short.rest === undefined)
      return { text: short.text, level: short.text.includes("^") ? 3 : 4 };
    switch (node.kind) {
      case "number":
        return coefficientPiece(node.value);
      case "symbol":
        if (isPi(node)) return { text: "\\pi", level: 4 };
        if (node.role === "constant" && node.name.startsWith("n_"))
          return { text: orderName(node.name, node.indices.map(index)), level: 4 };
        return {
          text: latexName(symbolName(node), node.indices.map(index)),
          level: node.role === "step" ? 3 : 4,
        };
      case "integer": {
        const { constant, bound, sizes } = node.value;
        const [only, ...more] = [...bound, ...sizes];
        const single = constant === 0 && more.length === 0 && only !== undefined && only[1] > 0;
        return { text: index(node.value), level: single ? (only[1] === 1 ? 4 : 2) : 1 };
      }
      case "test":
        return testPiece(node, index);
      case "sum": {
        if (short?.rest === undefined) return sumPiece(realParts(algebra, node), at);
        const rest = inner(short.rest);
        const plus = rest.text.startsWith("-")
          ? ` ${BREAK}- ${rest.text.slice(1)}`
          : ` ${BREAK}+ ${rest.text}`;
        return { text: `${short.text}${plus}`, level: 1 };
      }
      case "product":
        return termPiece(gaussian(ONE), node, at);
      case "call":
        return callPiece(algebra, node, at);
      case "fold": {
        const name = fresh(node.hint, names, taken);
        const within = [name, ...names];
        const own = (a: Affine): string => affineLatex(a, (k) => indexName(within[k] ?? "i"));
        const except = node.except.map((a) => exclusionSides(a).map(own).join(" \\neq "));
        const range = `${indexName(name)}=${index(node.lo)}`;
        const low = except.length === 0 ? range : `\\substack{${[range, ...except].join(" \\\\ ")}}`;
        const body = brackets(visit(node.body, within), 1.5);
        return { text: `\\${node.op}_{${low}}^{${index(node.hi)}} ${body}`, level: 1.5 };
      }
    }
  };
  const piece = visit(root, scope);
  return asFactor ? brackets(piece, 1.5) : piece.text;
}

/** Real terms, and terms that stand with their conjugates: 2 re(c t) for c t + its conjugate. */
type RealTerm = { readonly c: Gaussian; readonly node: Node; readonly real: boolean };

function realParts(algebra: Algebra, node: SumNode): RealTerm[] {
  const terms = readingOrder(node);
  const plain = terms.map(([c, term]) => ({ c, node: term, real: false }));
  if ((node.has & HAS.complex) === 0) return plain;
  const found: RealTerm[] = [];
  const done = new Set<Node>();
  for (const [c, term] of terms) {
    if (done.has(term)) continue;
    const bar = conjugate(algebra, term);
    const other = terms.find(([, t]) => t === bar);
    if (bar === term || other === undefined || !gEqual(other[0], gConjugate(c))) {
      found.push({ c, node: term, real: false });
    } else {
      done.add(bar);
      found.push({ c: gScaled(c, rational(2)), node: term, real: true });
    }
  }
  return found;
}

function sumPiece(terms: readonly RealTerm[], at: Place): Piece {
  let text = "";
  for (const { c, node, real } of terms) {
    const negative = sign(c.re) < 0 ? gIsReal(c) : sign(c.re) === 0 && sign(c.im) < 0;
    const piece = termPiece(negative ? gNegate(c) : c, node, at);
    const shown = real ? `\\operatorname{Re}${enclosed(piece.text)}` : brackets(piece, 1.5);
    text += text === "" ? (negative ? "-" : "") : ` ${BREAK}${negative ? "-" : "+"} `;
    text += shown;
  }
  const [only, ...more] = terms;
  return { text, level: more.length === 0 && only?.real === true && !text.startsWith("-") ? 2.5 : 1 };
}

/** Kronecker's delta of two indices, Iverson's bracket of anything else. */
function testPiece(node: TestNode, index: (a: Affine) => string): Piece {
  const [a, b, ...more] = node.value.bound;
  const { constant, sizes } = node.value;
  if (constant === 0 && sizes.length === 0 && more.length === 0 && b !== undefined && a![1] === -b[1]) {
    const delta = `\\delta_{${[b[0], a![0]].map((k) => index(boundIndex(k))).join(" ")}}`;
    return { text: node.test === "equal" ? delta : `(1 - ${delta})`, level: 4 };
  }
  return { text: `[${index(node.value)} ${node.test === "equal" ? "=" : "\\neq"} 0]`, level: 4 };
}

/** Large operators with their limits would make brackets that grow with them too tall. */
const enclosed = (text: string): string =>
  /\\(sum|prod)_/.test(text) ? `\\Bigl(${text}\\Bigr)` : `\\left(${text}\\right)`;

const brackets = (piece: Piece, level: number): string =>
  piece.level >= level ? piece.text : enclosed(piece.text);

function callPiece(algebra: Algebra, node: Node & { kind: "call" }, at: Place): Piece {
  const { inner } = at;
  const power = node.name === "exp" ? powerParts(node.args[0]!) : undefined;
  if (power !== undefined) {
    const { coefficient, rest } = power;
    const exponent = rest === undefined ? coefficientPiece(coefficient) : termPiece(coefficient, rest, at);
    return { text: `${brackets(inner(power.base), 4)}^{${joined(exponent.text)}}`, level: 3 };
  }
  if (node.name === "pow") {
    const [base, exponent] = node.args.map(inner);
    return { text: `${brackets(base!, 4)}^{${joined(exponent!.text)}}`, level: 3 };
  }
  const template = algebra.primitives.get(node.name)!.latex;
  const args = node.args.map(inner);
  // A function set without brackets of its own, such as \sin, takes them around anything but an atom.
  const bare = /[^{(]#1$/.test(template);
  const shown = args.map((arg) => joined(bare ? brackets(arg, 4) : arg.text));
  const text = template.replace(/#(\d)/g, (_, k: string) => shown[Number(k) - 1] ?? "");
  return { text, level: node.name === "exp" ? 3 : bare ? 2.5 : 4 };
}

function coefficientPiece(c: Gaussian): Piece {
  if (gIsReal(c)) return rationalPiece(c.re);
  const re = sign(c.re) === 0 ? "" : rationalPiece(c.re).text;
  const im = rationalPiece(c.im).text;
  const unit = im === "1" ? "\\mathrm{i}" : im === "-1" ? "-\\mathrm{i}" : `${im} \\mathrm{i}`;
  if (re === "") return { text: unit, level: unit.startsWith("-") ? 1 : 2 };
  return { text: `${re}${unit.startsWith("-") ? " " : " + "}${unit}`, level: 1 };
}

function rationalPiece(value: Rational): Piece {
  const negative = value.num < 0n;
  const size = negative ? -value.num : value.num;
  const text = value.den === 1n ? `${size}` : `\\frac{${size}}{${value.den}}`;
  return { text: negative ? `-${text}` : text, level: negative ? 1 : value.den === 1n ? 4 : 2 };
}

function termPiece(c: Gaussian, node: Node, at: Place): Piece {
  // Names of groups of factors, taken out one after the other.
  const named: string[] = [];
  let rest = node;
  for (let short = groupName(rest, at); short?.rest !== undefined; short = groupName(rest, at)) {
    named.push(short.text);
    rest = short.rest;
  }
  const factors = rest.kind === "product" ? rest.factors : rest.kind === "number" ? [] : [[rest, 1] as const];
  const plain = gIsReal(c) && c.re.num === 1n && c.re.den === 1n;
  const [only, ...more] = factors;
  if (plain && named.length === 0 && more.length === 0 && only?.[1] === 1) return at.inner(only[0]);
  const pieces = factors.map(([base, k]) => ({ piece: at.inner(base), test: base.kind === "test", k }));
  const isLast = ({ piece }: { piece: Piece }): boolean => piece.level === 1.5;
  const ordered = [
    ...pieces.filter((p) => p.test),
    ...pieces.filter((p) => !p.test && !isLast(p)),
    ...named.reverse().map((text) => ({ piece: { text, level: 4 }, test: false, k: 1 })),
    // Indexed sums and products last: the last one needs no brackets.
    ...pieces.filter(isLast),
  ];
  const [up, down] = [ordered.filter(({ k }) => k > 0), ordered.filter(({ k }) => k < 0)];
  const write = (list: typeof ordered, alone: boolean): string[] =>
    list.map(({ piece, k }, place) => {
      const n = Math.abs(k);
      if (n > 1) return `${brackets(piece, 4)}^{${n}}`;
      return alone && list.length === 1 ? piece.text : brackets(piece, place === list.length - 1 ? 1.5 : 2);
    });
  const coefficient = coefficientPiece(c);
  const join = ` \\, ${FACTOR_BREAK}`;
  if (down.length === 0) {
    const small = brackets(coefficient, gIsReal(c) ? 1 : 2).replace("\\frac", "\\tfrac");
    const all = [...(plain && ordered.length > 0 ? [] : [small]), ...write(up, false)];
    const single = all.length === 1 && up.length === 1;
    return { text: all.join(join), level: single ? 3 : ordered.length === 0 ? coefficient.level : 2 };
  }
  const [over, under] = gIsReal(c) ? [c.re.num, c.re.den] : [1n, 1n];
  const above = [...(gIsReal(c) ? [] : [brackets(coefficient, 2)]), ...(over === 1n ? [] : [`${over}`])];
  const below = under === 1n ? [] : [`${under}`];
  const top = [...above, ...write(up, above.length === 0)].join(" \\, ") || "1";
  const bottom = [...below, ...write(down, below.length === 0)].join(" \\, ");
  return { text: `\\frac{${joined(top)}}{${joined(bottom)}}`, level: 2 };
}

const groupName = (node: Node, at: Place): ReturnType<Place["short"]> =>
  node.kind === "product" ? at.short(node) : undefined;
