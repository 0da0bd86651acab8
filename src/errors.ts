/**
 * The one error type. Whatever a user can get wrong ends in a `DescentError`: a code, a message of one line,
 * the place, and what would be accepted there.
 */

export type ErrorCode =
  /** A formula, file, option or datum that cannot be read; exit code 2. */
  | "input"
  /** An operation the architecture does not allow, such as resumming what is not closed; exit code 2. */
  | "unsupported"
  /** A stated limit on time, size or depth was reached; exit code 3. */
  | "budget"
  /** Two routes to one fact disagree; exit code 3. */
  | "internal";

/** Where in a source an error sits; lines and columns count from 1. */
export interface Place {
  /** What the source is called: "formula", or a file's path. */
  readonly source: string;
  readonly line?: number;
  readonly column?: number;
  /** The source line itself and the length of the underlined part, where there is one. */
  readonly text?: string;
  readonly length?: number;
  /** A field's path inside a structured file, such as `sizes.r`. */
  readonly path?: string;
}

/**
 * Thrown for every failure the toolkit foresees. `message` is one line: place, fault, and what would be accepted.
 *
 * @example
 * const place = { source: "formula", line: 1, column: 3 };
 * new DescentError("input", "no function 'foo'", { place, accepted: "exp" }).message; // "formula:1:3: no function 'foo'; accepted: exp"
 */
export class DescentError extends Error {
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  readonly accepted: string | undefined;
  /** The fault alone, without its place. */
  readonly fault: string;

  constructor(code: ErrorCode, fault: string, detail: { place?: Place | undefined; accepted?: string } = {}) {
    const where = detail.place === undefined ? "" : `${placeText(detail.place)}: `;
    const accepted = detail.accepted === undefined ? "" : `; accepted: ${detail.accepted}`;
    super(oneLine(`${where}${fault}${accepted}`));
    this.name = "DescentError";
    this.code = code;
    this.fault = fault;
    this.place = detail.place;
    this.accepted = detail.accepted;
  }

  /** The source line with the place underlined, or `undefined` where the place has no text. */
  underlined(): string | undefined {
    const place = this.place;
    if (place?.text === undefined || place.column === undefined) return undefined;
    const from = Math.max(0, Math.min(place.column - 1, place.text.length) - 50);
    const shown = place.text.slice(from, from + 100);
    const length = Math.max(1, Math.min(place.length ?? 1, 100 - (place.column - 1 - from)));
    return `  ${shown}\n  ${" ".repeat(place.column - 1 - from)}${"^".repeat(length)}`;
  }
}

/** `formula:1:3`, `FILE:sizes.r` */
export function placeText(place: Place): string {
  const position = [place.line, place.column].filter((part) => part !== undefined);
  return [place.source, ...position, ...(place.path === undefined ? [] : [place.path])].join(":");
}

/** Control characters, line breaks among them, are shown as escapes, so that a message stays one line. */
function oneLine(text: string): string {
  const shown = Array.from(text, (c) => {
    const code = c.codePointAt(0)!;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
    return control ? `\\u${code.toString(16).padStart(4, "0")}` : c;
  }).join("");
  return shown.length <= 600 ? shown : `${shown.slice(0, 597)}...`;
}

/** `it` for error texts: quoted, and shortened where it is long. */
export function quoted(it: string): string {
  return it.length <= 40 ? `'${it}'` : `'${it.slice(0, 37)}...'`;
}

/** A bound on work that can take long; checked in every search and expansion. */
export interface Budget {
  /** Counts `amount` units of work. Throws a `DescentError` with code `budget` where a limit is passed. */
  spend(amount?: number): void;
  /** Whether the time is over or the signal has aborted; throws nothing. */
  isOver(): boolean;
  /** Milliseconds until the time is over; negative after that. */
  left(): number;
}

/**
 * A budget in milliseconds and units of work (a unit is about one exact term); it also ends when `signal` aborts.
 *
 * @example
 * createBudget({ milliseconds: 10_000 }).spend(); // undefined
 */
export function createBudget(
  limits: { milliseconds?: number; work?: number; signal?: AbortSignal | undefined } = {},
): Budget {
  const deadline = performance.now() + (limits.milliseconds ?? 10_000);
  const work = limits.work ?? 20_000_000;
  let spent = 0;
  let nextLook = 0;
  return {
    left: () => deadline - performance.now(),
    isOver: () => limits.signal?.aborted === true || performance.now() > deadline,
    spend(amount = 1) {
      spent += amount;
      if (spent > work) throw new DescentError("budget", `the limit of ${work} units of work was reached`);
      if (spent < nextLook) return;
      nextLook = spent + 32;
      if (limits.signal?.aborted) throw new DescentError("budget", "the computation was cancelled");
      if (performance.now() > deadline)
        throw new DescentError("budget", "the time limit was reached", { accepted: "a larger budget" });
    },
  };
}

/**
 * A part of a budget, so that another way can be tried after it: a fraction of the time that is left, and units of work. What
 * is spent of it is spent of the whole.
 */
export function shareOf(
  budget: Budget,
  limits: { fraction?: number; milliseconds?: number; work: number },
): Budget {
  const { fraction = 1, milliseconds = Number.POSITIVE_INFINITY, work } = limits;
  const own = createBudget({ milliseconds: Math.min(fraction * budget.left(), milliseconds), work });
  return {
    isOver: () => budget.isOver() || own.isOver(),
    left: () => Math.min(own.left(), budget.left()),
    spend(amount) {
      budget.spend(amount);
      own.spend(amount);
    },
  };
}
