/**
 * Reads a formula. The scan finds tokens with their places; brackets, calls, indices and conditions delimit runs of
 * values and operators; mathjs's parser, which alone decides precedence, gets each run with its values as t0, t1, ….
 * So no name, literal or bracket of the user reaches mathjs, its nodes carry places, and nothing is ever evaluated.
 */
import { DescentError, quoted } from "../errors.ts";
import { compare, isInteger, negate, parseRational, type Rational, rationalText } from "../exact/rational.ts";
import {
  CONDITION,
  CONSTANTS,
  FOLDS,
  FUNCTIONS,
  functionHint,
  isFunction,
  NAME_FORM,
  nameFault,
} from "./functions.ts";
import { arrange, type Piece, type Sign } from "./precedence.ts";
import type { Exclusion, Span, Syntax } from "./syntax.ts";
import { type Fail, failIn, scan, type Token } from "./tokens.ts";

/** The longest formula, in UTF-16 units. */
export const LENGTH_LIMIT = 100_000;
/** The deepest nesting: brackets, calls, indices, signs and powers within each other. */
export const NESTING_LIMIT = 500;

const VALUE = "a number, a name, a call or a bracket";
const foldForm = (op: string): string => `${op}(body, i, lo, hi) or ${op}(body, i, lo, hi, i != k)`;

/** What stands between a bracket and its partner, as far as it is read; the outermost frame is the formula. */
interface Frame {
  readonly kind: "formula" | "group" | "call" | "index";
  /** What is called or indexed. */
  readonly name: string;
  /** Token of the bracket. */
  readonly bracket: number;
  readonly depth: number;
  readonly args: Piece[];
  /** Conditions of a fold, and the left side of the one being read. */
  readonly except: Exclusion[];
  left: Piece | undefined;
  /** The run being read. */
  run: (Piece | Sign)[];
  /** Signs and powers that the next value stands under. */
  above: number;
}

/**
 * The syntax tree of a formula in the grammar of the contract (mathjs's, without implicit products). Line breaks are
 * blanks. Throws a `DescentError` with code `input`, the place and what would be accepted there, for everything else.
 *
 * @example
 * readFormula("a + b*x").kind; // "binary"
 */
export function readFormula(text: string, options: { readonly source?: string } = {}): Syntax {
  if (text.length > LENGTH_LIMIT) {
    const fail = failIn(text.slice(0, 100), options.source);
    const fault = `the formula has ${text.length} characters`;
    throw fail({ line: 1, column: 1, length: 1 }, fault, `up to ${LENGTH_LIMIT}`);
  }
  const fail = failIn(text, options.source);
  return assemble(scan(text, fail), fail);
}

function assemble(tokens: readonly Token[], fail: Fail): Syntax {
  const lineEnds: number[] = [];
  for (const { span } of tokens) lineEnds[span.line] = span.column + span.length;
  const frames: Frame[] = [newFrame("formula", "", 0, 0)];
  let frame = frames[0]!;
  let at = 0;
  for (; ; at++) {
    const token = tokens[at]!;
    if (!valueStands()) readValue(token);
    else if (token.kind !== "end") readOperator(token);
    else if (frame.kind === "formula") return finish().syntax;
    else throw unclosed();
  }

  function valueStands(): boolean {
    const last = frame.run.at(-1);
    return last !== undefined && "syntax" in last;
  }

  function readValue(token: Token): void {
    if (token.kind === "number") push({ kind: "number", value: numberValue(token), span: token.span }, at);
    else if (token.kind === "name") readName(token.text, token.span);
    else if (token.text === "(") enter("group", "");
    else if (token.text === "+" || token.text === "-") {
      frame.run.push({ sign: token.text });
      deepen(1);
    } else if (token.text === ")" && frame.kind === "call" && frame.args.length + frame.run.length === 0) {
      leave();
    } else throw missingValue(token);
  }

  function numberValue(token: Token): Rational {
    try {
      return parseRational(token.text);
    } catch (error) {
      if (!(error instanceof DescentError)) throw error;
      throw fail(token.span, error.fault, error.accepted ?? "a shorter number");
    }
  }

  function readName(name: string, span: Span): void {
    const fault = nameFault(name);
    if (fault !== undefined) throw fail(span, `${quoted(name)} ${fault}`, NAME_FORM);
    const next = tokens[at + 1]!.text;
    if (next !== "(" && isFunction(name)) {
      throw fail(
        span,
        `the function ${quoted(name)} stands without arguments`,
        `${name}(…), or another name`,
      );
    }
    if (next === "(" && !isFunction(name)) throw unknownFunction(name, span);
    if (next === "[" && CONSTANTS.has(name)) {
      throw fail(span, `the constant ${quoted(name)} has no indices`, "another name");
    }
    if (next === "(" || next === "[") {
      at++;
      enter(next === "(" ? "call" : "index", name);
    } else push({ kind: "name", name, span }, at);
  }

  function unknownFunction(name: string, span: Span): DescentError {
    const accepted = "functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices";
    return fail(span, `unknown function ${quoted(name)}${functionHint(name)}`, accepted);
  }

  function missingValue(token: Token): DescentError {
    if (token.text === "[") return strayIndices(token);
    if (token.kind !== "end")
      return fail(token.span, `a value is missing before ${quoted(token.text)}`, VALUE);
    if (at === 0) return fail(token.span, "the formula is empty", "a formula such as a + b*x");
    if (frame.kind !== "formula" && frame.run.length + frame.args.length === 0) return unclosed();
    return fail(token.span, "the formula ends where a value is missing", VALUE);
  }

  function readOperator(token: Token): void {
    const sign = token.kind === "sign" ? token.text : "";
    if (/^[-+*/^]$/.test(sign)) {
      deepen(sign === "^" ? 1 : -frame.above);
      frame.run.push({ sign });
    } else if (sign === ",") readComma(token);
    else if (sign === ")" || sign === "]") readClosing(token);
    else if (sign === "!=" && inCondition() && frame.left === undefined) frame.left = finish();
    else if (sign === "!=") throw fail(token.span, "unexpected '!='", CONDITION);
    else if (sign === "[") throw strayIndices(token);
    else if (token.text === "and" && inCondition()) endExclusion();
    else throw missingOperator(token);
  }

  function readComma(token: Token): void {
    if (frame.kind !== "call" && frame.kind !== "index") {
      throw fail(token.span, "unexpected ','", "commas in calls and indices; a point in numbers");
    }
    if (inCondition()) {
      throw fail(token.span, `too many arguments of ${quoted(frame.name)}`, foldForm(frame.name));
    }
    frame.args.push(finish());
  }

  function readClosing(token: Token): void {
    const due = closing();
    if (frame.kind === "formula")
      throw fail(token.span, `${quoted(token.text)} without its partner`, "as many ( as )");
    if (token.text !== due)
      throw fail(token.span, `unexpected ${quoted(token.text)}`, `${quoted(due)} first`);
    if (inCondition()) endExclusion();
    else frame.args.push(finish());
    leave();
  }

  function missingOperator(token: Token): DescentError {
    if (token.kind === "name" && nameFault(token.text) !== undefined) {
      return fail(token.span, `${quoted(token.text)} is not an operator of formulas`, "+ - * / ^");
    }
    const between = `between ${quoted(tokens[at - 1]!.text)} and ${quoted(token.text)}`;
    return fail(token.span, `an operator is missing ${between}`, "* for a product");
  }

  function strayIndices(token: Token): DescentError {
    return fail(token.span, "'[' does not follow a name", "indices after a name, all in one bracket: A[i,j]");
  }

  function unclosed(): DescentError {
    const { text, span } = tokens[frame.bracket]!;
    return fail(span, `${quoted(text)} is never closed`, quoted(closing()));
  }

  function closing(): string {
    return frame.kind === "index" ? "]" : ")";
  }

  /** Whether the fifth argument of a fold is being read. */
  function inCondition(): boolean {
    return FOLDS.has(frame.name) && frame.args.length === 4;
  }

  function endExclusion(): void {
    const right = finish();
    if (frame.left === undefined) throw fail(right.syntax.span, "a condition without '!='", CONDITION);
    frame.except.push({ left: frame.left.syntax, right: right.syntax });
    frame.left = undefined;
  }

  function enter(kind: Frame["kind"], name: string): void {
    frame = newFrame(kind, name, at, frame.depth + frame.above + 1);
    frames.push(frame);
    deepen(0);
  }

  function deepen(by: number): void {
    frame.above += by;
    if (frame.depth + frame.above <= NESTING_LIMIT) return;
    throw fail(tokens[at]!.span, "the formula is nested too deeply", `up to ${NESTING_LIMIT} levels`);
  }

  function leave(): void {
    const inner = frames.pop()!;
    frame = frames.at(-1)!;
    const first = inner.kind === "group" ? inner.bracket : inner.bracket - 1;
    push(inner.kind === "group" ? inner.args[0]!.syntax : named(inner, spanOf(first, at)), first);
  }

  function named(inner: Frame, span: Span): Syntax {
    const { kind, name } = inner;
    const args = inner.args.map((piece) => piece.syntax);
    if (kind === "index") return { kind: "indexed", name, indices: args, span };
    if (FOLDS.has(name)) return fold(inner, span);
    const { min, max } = FUNCTIONS.get(name)!;
    if (args.length < min || args.length > max) {
      const takes = min === max ? `${min}` : `${min} to ${max}`;
      const fault = `${quoted(name)} with ${args.length} ${args.length === 1 ? "argument" : "arguments"}`;
      throw fail(span, fault, `${takes} ${max === 1 ? "argument" : "arguments"}`);
    }
    return { kind: "call", name, args, span };
  }

  function fold(inner: Frame, span: Span): Syntax {
    const op = inner.name === "sum" ? "sum" : "prod";
    const [body, index, lo, hi] = inner.args;
    if (hi === undefined) throw fail(span, `too few arguments of ${quoted(op)}`, foldForm(op));
    const { syntax } = index!;
    if (syntax.kind !== "name" || index!.first !== index!.last) {
      throw fail(syntax.span, `the index of ${quoted(op)} is not a name`, foldForm(op));
    }
    if (CONSTANTS.has(syntax.name)) {
      throw fail(syntax.span, `the constant ${quoted(syntax.name)} as an index`, "another name");
    }
    const [from, to] = [lo!, hi].map((bound) => {
      const value = literalValue(bound.syntax);
      if (value === undefined || isInteger(value)) return value;
      throw fail(bound.syntax.span, `the bound ${rationalText(value)} is not an integer`, "integer bounds");
    });
    if (from !== undefined && to !== undefined && compare(to, from) < 0) {
      const range = `${rationalText(from)} to ${rationalText(to)}`;
      throw fail(lo!.syntax.span, `the range ${range} is empty`, "a last index that is not below the first");
    }
    const except = inner.except.length === 0 ? {} : { except: inner.except };
    return {
      kind: "fold",
      op,
      body: body!.syntax,
      index: syntax.name,
      lo: lo!.syntax,
      hi: hi.syntax,
      ...except,
      span,
    };
  }

  function push(syntax: Syntax, first: number): void {
    frame.run.push({ syntax, first, last: at });
  }

  /** Ends the run being read. */
  function finish(): Piece {
    const run = frame.run;
    frame.run = [];
    frame.above = 0;
    return arrange(run, spanOf);
  }

  function spanOf(first: number, last: number): Span {
    const [from, to] = [tokens[first]!.span, tokens[last]!.span];
    const end = from.line === to.line ? to.column + to.length : lineEnds[from.line]!;
    return { line: from.line, column: from.column, length: end - from.column };
  }
}

/** The value of an integer or decimal literal and its signs. */
function literalValue(syntax: Syntax): Rational | undefined {
  let [inner, negative] = [syntax, false];
  while (inner.kind === "negate") [inner, negative] = [inner.arg, !negative];
  if (inner.kind !== "number") return undefined;
  return negative ? negate(inner.value) : inner.value;
}

const newFrame = (kind: Frame["kind"], name: string, bracket: number, depth: number): Frame => ({
  ...{ kind, name, bracket, depth },
  ...{ args: [], except: [], left: undefined, run: [], above: 0 },
});
