/** Nested scopes of statements: the body of the program, one datum, loops; and where values are placed in them. */
import {
  type ArrayName,
  constantIndex,
  type Index,
  loopIndex,
  type Statement,
  type Value,
} from "./program.ts";

/** A bound index in scope: its value, the depth of the scope that fixes it, and the range it lies in. */
export interface Bound {
  readonly index: Index;
  readonly depth: number;
  readonly min: number;
  readonly max: number;
}

interface Scope {
  readonly statements: Statement[];
  /** Values that are known here, by the scheduler's keys. */
  readonly memo: Map<string, Value>;
}

export interface Scopes {
  /** A local of the current scope holding `value`. */
  local(value: Value): Value;
  /** A mutable local of the current scope. */
  variable(initial: Value): { readonly id: number; readonly value: Value };
  emit(statement: Statement): void;
  /** Runs `body` in a loop lo..hi (numbers) of the current scope. */
  loop(lo: number, hi: number, body: (index: Bound) => void): void;
  /** Runs `body` in a loop whose bounds depend on outer counters. */
  loopBetween(lo: Index, hi: Index, range: { min: number; max: number }, body: (index: Bound) => void): void;
  when(test: "equal" | "unequal", value: Index, body: () => void): void;
  /** Runs `body` once per datum. */
  rows(body: () => void): void;
  scratch(length: number): ArrayName;
  /** The depth of the scope of one datum inside of `rows`, 0 outside. */
  dataDepth(): number;
  memo(depth: number): Map<string, Value>;
  /** Runs `work` as if only the scopes to `depth` were open, so that its statements land there. */
  within<T>(depth: number, work: () => T): T;
  finish(): { body: Statement[]; scratch: number[] };
}

export function createScopes(): Scopes {
  const scratchLengths: number[] = [];
  let nextLocal = 0;
  let nextLoop = 0;
  let stack: Scope[] = [{ statements: [], memo: new Map() }];
  let dataDepth = 0;

  const emit = (statement: Statement): void => void stack[stack.length - 1]!.statements.push(statement);

  function local(value: Value): Value {
    if (value.kind === "number" || value.kind === "local") return value;
    const id = nextLocal++;
    emit({ kind: "let", local: id, value, mutable: false });
    return { kind: "local", id };
  }

  function variable(initial: Value): { id: number; value: Value } {
    const id = nextLocal++;
    emit({ kind: "let", local: id, value: initial, mutable: true });
    return { id, value: { kind: "local", id } };
  }

  function nested(make: (body: Statement[]) => Statement, body: () => void): void {
    const inner: Scope = { statements: [], memo: new Map() };
    const outer = stack;
    stack = [...outer, inner];
    body();
    stack = outer;
    if (inner.statements.length > 0) emit(make(inner.statements));
  }

  function loopBetween(
    lo: Index,
    hi: Index,
    range: { min: number; max: number },
    body: (b: Bound) => void,
  ): void {
    const loop = nextLoop++;
    const depth = stack.length;
    nested(
      (statements) => ({ kind: "loop", loop, lo, hi, body: statements }),
      () => body({ index: loopIndex(loop), depth, ...range }),
    );
  }

  return {
    local,
    variable,
    emit,
    loop: (lo, hi, body) => loopBetween(constantIndex(lo), constantIndex(hi), { min: lo, max: hi }, body),
    loopBetween,
    when(test, value, body) {
      if (value.terms.length === 0) {
        if ((value.constant === 0) === (test === "equal")) body();
        return;
      }
      nested((statements) => ({ kind: "when", test, value, body: statements }), body);
    },
    rows(body) {
      dataDepth = stack.length;
      nested((statements) => ({ kind: "rows", body: statements }), body);
      dataDepth = 0;
    },
    scratch(length) {
      scratchLengths.push(length);
      return { scratch: scratchLengths.length - 1 };
    },
    dataDepth: () => dataDepth,
    memo: (depth) => stack[depth]!.memo,
    within(depth, work) {
      const outer = stack;
      stack = outer.slice(0, depth + 1);
      const made = work();
      stack = outer;
      return made;
    },
    finish: () => ({ body: stack[0]!.statements, scratch: scratchLengths }),
  };
}
