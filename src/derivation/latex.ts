/** Expressions as LaTeX that both KaTeX and amsmath take. */
import { type Gaussian, gaussian, gIsReal, gNegate, ONE, type Rational, sign } from "../exact/rational.ts";
import { type Affine, affineText } from "../expression/affine.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { postorder } from "../expression/node.ts";
import { isPi } from "../expression/normal.ts";
import { fresh, powerParts, readingOrder, symbolName } from "../expression/print.ts";

/** sum 1, product 2, power 3, atom 4 */
interface Piece {
  readonly text: string;
  readonly level: number;
}

const GREEK = new Set(
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(
    " ",
  ),
);

/**
 * A name with its indices: `alpha` is a Greek letter, `b1` and `b_12` get subscripts, longer names are upright.
 *
 * @example
 * latexName("b1", []); // "b_{1}"
 */
export function latexName(name: string, indices: readonly string[]): string {
  const step = name.startsWith("Delta_");
  const [, stem, tail] = /^(.*?)_?(\d*)$/.exec(step ? name.slice(6) : name)!;
  const [head, ...rest] = (stem ?? "").split("_").filter((part) => part !== "");
  const word = (part: string): string => {
    if (GREEK.has(part)) return `\\${part}`;
    const safe = part.replace(/[^A-Za-z0-9]/g, "");
    return safe.length === 1 ? safe : `\\mathrm{${safe}}`;
  };
  const lower = [...rest.map(word), ...(tail === "" ? [] : [tail!]), ...indices].join(",");
  const base = `${step ? "\\Delta " : ""}${word(head ?? "x")}`;
  return lower === "" ? base : `${base}_{${lower}}`;
}

/** The LaTeX of an expression; `scope` names the free bound indices, innermost first. */
export function latex(algebra: Algebra, root: Node, scope: readonly string[] = []): string {
  const taken = new Set(
    postorder(root).flatMap((node) => (node.kind === "symbol" ? [symbolName(node)] : [])),
  );
  const visit = (node: Node, names: readonly string[]): Piece => {
    const index = (a: Affine): string => affineText(a, (k) => names[k] ?? "i").replaceAll("*", "");
    const inner = (child: Node): Piece => visit(child, names);
    switch (node.kind) {
      case "number":
        return coefficientPiece(node.value);
      case "symbol":
        if (isPi(node)) return { text: "\\pi", level: 4 };
        return { text: latexName(symbolName(node), node.indices.map(index)), level: 4 };
      case "integer":
        return {
          text: index(node.value),
          level: node.value.bound.length + node.value.sizes.length === 1 ? 4 : 1,
        };
      case "test":
        return { text: `[${index(node.value)} ${node.test === "equal" ? "=" : "\\neq"} 0]`, level: 4 };
      case "sum": {
        let text = "";
        for (const [c, term] of readingOrder(node)) {
          const negative = gIsReal(c) && sign(c.re) < 0;
          text += text === "" ? (negative ? "-" : "") : negative ? " - " : " + ";
          text += brackets(termPiece(negative ? gNegate(c) : c, term, inner), 2);
        }
        return { text, level: 1 };
      }
      case "product":
        return termPiece(gaussian(ONE), node, inner);
      case "call":
        return callPiece(algebra, node, inner);
      case "fold": {
        const name = fresh(node.hint, names, taken);
        const within = [name, ...names];
        const at = (a: Affine): string => affineText(a, (k) => within[k] ?? "i").replaceAll("*", "");
        const except = node.except.map((a) => `${at(a)} \\neq 0`);
        const low =
          except.length === 0
            ? `${name}=${index(node.lo)}`
            : `\\substack{${[`${name}=${index(node.lo)}`, ...except].join(" \\\\ ")}}`;
        const body = brackets(visit(node.body, within), 2);
        return { text: `\\${node.op}_{${low}}^{${index(node.hi)}} ${body}`, level: 1.5 };
      }
    }
  };
  return visit(root, scope).text;
}

const brackets = (piece: Piece, level: number): string =>
  piece.level >= level ? piece.text : `\\left(${piece.text}\\right)`;

function callPiece(algebra: Algebra, node: Node & { kind: "call" }, inner: (child: Node) => Piece): Piece {
  const power = node.name === "exp" ? powerParts(node.args[0]!) : undefined;
  if (power !== undefined) {
    const { coefficient, rest } = power;
    const exponent = rest === undefined ? coefficientPiece(coefficient) : termPiece(coefficient, rest, inner);
    return { text: `${brackets(inner(power.base), 4)}^{${exponent.text}}`, level: 3 };
  }
  if (node.name === "pow") {
    const [base, exponent] = node.args.map(inner);
    return { text: `${brackets(base!, 4)}^{${exponent!.text}}`, level: 3 };
  }
  const template = algebra.primitives.get(node.name)!.latex;
  const args = node.args.map(inner);
  // A function set without brackets of its own, such as \sin, takes them around anything but an atom.
  const bare = /[^{(]#1$/.test(template);
  const shown = args.map((arg) => (bare ? brackets(arg, 4) : arg.text));
  const text = template.replace(/#(\d)/g, (_, k: string) => shown[Number(k) - 1] ?? "");
  return { text, level: node.name === "exp" ? 3 : bare ? 2.5 : 4 };
}

function coefficientPiece(c: Gaussian): Piece {
  if (gIsReal(c)) return rationalPiece(c.re);
  const re = sign(c.re) === 0 ? "" : rationalPiece(c.re).text;
  const im = rationalPiece(c.im).text;
  const unit = im === "1" ? "i" : im === "-1" ? "-i" : `${im} i`;
  if (re === "") return { text: unit, level: 2 };
  return { text: `${re}${unit.startsWith("-") ? " " : " + "}${unit}`, level: 1 };
}

function rationalPiece(value: Rational): Piece {
  const negative = value.num < 0n;
  const size = negative ? -value.num : value.num;
  const text = value.den === 1n ? `${size}` : `\\frac{${size}}{${value.den}}`;
  return { text: negative ? `-${text}` : text, level: negative ? 1 : value.den === 1n ? 4 : 2 };
}

function termPiece(c: Gaussian, node: Node, inner: (child: Node) => Piece): Piece {
  const factors = node.kind === "product" ? node.factors : node.kind === "number" ? [] : [[node, 1] as const];
  const above: string[] = [];
  const below: string[] = [];
  const real = gIsReal(c);
  if (!real) above.push(brackets(coefficientPiece(c), 2));
  else {
    if (c.re.num !== 1n) above.push(`${c.re.num}`);
    if (c.re.den !== 1n) below.push(`${c.re.den}`);
  }
  if (factors.length === 1 && above.length + below.length === 0 && factors[0]![1] === 1)
    return inner(factors[0]![0]);
  const alone = (list: readonly string[], count: number): boolean => list.length === 0 && count === 1;
  const counts = {
    up: factors.filter(([, k]) => k > 0).length,
    down: factors.filter(([, k]) => k < 0).length,
  };
  for (const [base, k] of factors) {
    const piece = inner(base);
    const n = Math.abs(k);
    const into = k > 0 ? above : below;
    const single = counts.down > 0 && alone(into, k > 0 ? counts.up : counts.down);
    if (n > 1) into.push(`${brackets(piece, 4)}^{${n}}`);
    else into.push(single ? piece.text : brackets(piece, 2));
  }
  const top = above.length === 0 ? "1" : above.join(" \\, ");
  if (below.length === 0) return { text: top, level: above.length === 1 && factors.length === 1 ? 3 : 2 };
  return { text: `\\frac{${top}}{${below.join(" \\, ")}}`, level: 2 };
}
