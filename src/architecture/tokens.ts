/** The tokens of a formula, with their places. */
import { DescentError, quoted } from "../errors.ts";
import { SIGNS_ELSEWHERE, shown } from "./functions.ts";
import type { Span } from "./syntax.ts";

/** An error at a span of a formula. */
export type Fail = (span: Span, fault: string, accepted: string) => DescentError;

export interface Token {
  readonly kind: "number" | "name" | "sign" | "end";
  /** Names in Unicode normal form C. */
  readonly text: string;
  readonly span: Span;
}

/** Makes the errors of a formula: `failIn(text)(node.span, "fault", "what would be accepted")`. */
export function failIn(text: string, source = "formula"): Fail {
  return ({ line, column, length }, fault, accepted) => {
    const shown = text.split(/\r\n|\r|\n/, line)[line - 1] ?? "";
    return new DescentError("input", fault, {
      place: { source, line, column, text: shown, length },
      accepted,
    });
  };
}

/** The tokens of a text, an `end` last. Throws where a sign or number is none of the language. */
export function scan(text: string, fail: Fail): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /(?<blank>[ \t\u00a0]+)|(?<line>\r\n|\r|\n)|(?<number>\.?\d[\d.]*(?:[eE][+-]?\d[\d.]*)?)|(?<name>[\p{L}_][\p{L}\p{M}_0-9]*)|(?<sign>!=|[-+*/^(),[\]])/uy;
  let [line, lineStart] = [1, 0];
  for (let offset = 0; offset < text.length; offset = pattern.lastIndex) {
    const elsewhere = SIGNS_ELSEWHERE.find(([sign]) => text.startsWith(sign, offset));
    const at = (length: number): Span => ({ line, column: offset - lineStart + 1, length });
    pattern.lastIndex = offset;
    const found = pattern.exec(text);
    const { number, name, sign, line: end } = found?.groups ?? {};
    if (found === null || (sign !== undefined && sign !== "!=" && elsewhere !== undefined)) {
      const stray = elsewhere?.[0] ?? String.fromCodePoint(text.codePointAt(offset)!);
      const accepted = elsewhere?.[1] ?? "numbers, names, + - * / ^ ( ) [ ] and commas";
      throw fail(at(stray.length), `unexpected ${shown(stray)}`, accepted);
    }
    if (number !== undefined) {
      const after = text.slice(pattern.lastIndex, pattern.lastIndex + 20);
      const rest = (number === "0" ? /^[xob][0-9a-f]+/i : /^_\d+/).exec(after)?.[0] ?? "";
      if (rest !== "" || !/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number)) {
        const fault = `${quoted(number + rest)} is not a number`;
        throw fail(at(number.length + rest.length), fault, "decimal numbers such as 12, 0.5, 1e-3");
      }
      tokens.push({ kind: "number", text: number, span: at(number.length) });
    } else if (name !== undefined) {
      tokens.push({ kind: "name", text: name.normalize("NFC"), span: at(name.length) });
    } else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, span: at(sign.length) });
    else if (end !== undefined) [line, lineStart] = [line + 1, pattern.lastIndex];
  }
  const last = tokens.at(-1)?.span ?? { line: 1, column: 1, length: 0 };
  tokens.push({ kind: "end", text: "", span: { ...last, column: last.column + last.length, length: 1 } });
  return tokens;
}
