/** Breaking long formulas into lines: LaTeX with marks where a line may end. */

/** Stands before a sign at which a line may end. */
export const BREAK = "\u0001";

/** A formula on one line. */
export const joined = (text: string): string => text.replaceAll(BREAK, "");

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
    } else if (c !== " " && c !== "_" && c !== "^") total += small > 0 ? 0.6 : /[+=-]/.test(c) ? 2 : 1;
  }
  return total;
}

/**
 * A formula as lines of at most about `most` letters each. Brackets that a break falls into get a fixed size, because
 * `\left` and `\right` must meet on one line.
 */
export function lines(text: string, most: number): string[] {
  if (width(text) <= most) return [joined(text)];
  const parts = text.split(BREAK);
  const rows: string[] = [];
  let row = "";
  for (const part of parts) {
    if (row !== "" && width(row) + width(part) > most) {
      rows.push(row);
      row = part;
    } else row += part;
  }
  rows.push(row);
  return fixedBrackets(rows);
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
