/** Breaking long formulas into lines: LaTeX with marks where a line may end. */

/** Stands before a sign at which a line may end. */
export const BREAK = "\u0001";
/** Stands between two factors: a line may end here where there is no better place. */
export const FACTOR_BREAK = "\u0002";

/** A formula on one line. */
export const joined = (text: string): string => text.replaceAll(BREAK, "").replaceAll(FACTOR_BREAK, "");

/** Roughly the number of letters a formula is wide. */
export function width(text: string): number {
  let total = 0;
  let small = 0;
  const braces: boolean[] = [];
  const plain = joined(text)
    .replace(/\\(left|right|bigl|bigr|Bigl|Bigr|,|;|quad|mathrm|operatorname|text)(?![a-z])/g, "")
    .replace(/\\t?frac\{([^{}]*)\}\{([^{}]*)\}/g, (_, a: string, b: string) => (a.length > b.length ? a : b))
    .replace(/\\substack/g, "")
    .replace(/\\(sum|prod)/g, "SS")
    .replace(/\\[a-zA-Z]+/g, "g");
  for (let k = 0; k < plain.length; k++) {
    const c = plain[k]!;
    if (c === "{") {
      const script = plain[k - 1] === "_" || plain[k - 1] === "^";
      braces.push(script);
      if (script) small++;
    } else if (c === "}") {
      if (braces.pop() === true) small--;
    } else if (c !== " " && c !== "_" && c !== "^") total += small > 0 ? 0.65 : /[+=-]/.test(c) ? 2.2 : 1.05;
  }
  return total;
}

/**
 * A formula as lines of at most about `most` letters each, broken where brackets are shallowest, before signs rather than
 * between factors. Brackets that a break falls into get a fixed size, because `\left` and `\right` must meet on one line.
 */
export function lines(text: string, most: number): string[] {
  const rows: string[] = [];
  let rest = text;
  let depth = 0;
  while (width(rest) > most) {
    const at = bestBreak(rest, most, depth);
    if (at === undefined) break;
    const row = rest.slice(0, at);
    rows.push(row);
    depth += bracketDepth(row);
    rest = rest[at] === FACTOR_BREAK ? `{}\\cdot ${rest.slice(at + 1)}` : rest.slice(at + 1);
  }
  rows.push(rest);
  return fixedBrackets(rows.map(joined));
}

const OPENING = /\\(left|bigl|Bigl)\(/g;
const CLOSING = /\\(right|bigr|Bigr)\)/g;
const bracketDepth = (text: string): number =>
  (text.match(OPENING)?.length ?? 0) - (text.match(CLOSING)?.length ?? 0);

/** The place of a mark to break at: as shallow as can be, then as far right. `depth` is that of the text's beginning. */
function bestBreak(text: string, most: number, depth: number): number | undefined {
  let best: { at: number; cost: number } | undefined;
  for (let at = 1; at < text.length; at++) {
    if (text[at] !== BREAK && text[at] !== FACTOR_BREAK) continue;
    const head = text.slice(0, at);
    const size = width(head);
    if (size > most && best !== undefined) break;
    const level = depth + bracketDepth(head);
    // A short line costs as much as a level of brackets; a line that is too long, more than any.
    const cost =
      level +
      (text[at] === FACTOR_BREAK ? 1.5 : 0) +
      (size < most / 2.5 ? 1 : 0) +
      (size > most ? 10 : 0) -
      size / (2 * most);
    if (best === undefined || cost < best.cost) best = { at, cost };
  }
  return best?.at;
}

/** Replaces every pair of `\left(` and `\right)` that does not stand on one line. */
function fixedBrackets(rows: readonly string[]): string[] {
  const pieces = rows.map((row) => row.split(/(\\left\(|\\right\))/));
  const open: { row: number; at: number }[] = [];
  pieces.forEach((row, r) => {
    row.forEach((piece, at) => {
      if (piece === "\\left(") open.push({ row: r, at });
      else if (piece === "\\right)") {
        const from = open.pop();
        if (from === undefined || from.row === r) return;
        pieces[from.row]![from.at] = "\\bigl(";
        row[at] = "\\bigr)";
      }
    });
  });
  return pieces.map((row) => row.join("").trim());
}
