/**
 * The intermediate program: scalar values, arrays, and loops that stay loops. Every target is a lowering of it. It holds
 * numbers only: no name of a user enters a program.
 */

/** An integer-affine expression in loop counters. */
export interface Index {
  readonly constant: number;
  /** Loops by number, sorted, coefficients nonzero. */
  readonly terms: readonly (readonly [loop: number, coefficient: number])[];
}

export const constantIndex = (constant: number): Index => ({ constant, terms: [] });
export const loopIndex = (loop: number): Index => ({ constant: 0, terms: [[loop, 1]] });

/** a + scale·b */
export function addIndex(a: Index, b: Index, scale = 1): Index {
  const terms = new Map(a.terms);
  for (const [loop, c] of b.terms) terms.set(loop, (terms.get(loop) ?? 0) + scale * c);
  return {
    constant: a.constant + scale * b.constant,
    terms: [...terms].filter(([, c]) => c !== 0).sort(([i], [j]) => i - j),
  };
}

export const indexKey = (a: Index): string =>
  `${a.constant}${a.terms.map(([l, c]) => `+${c}i${l}`).join("")}`;

/** Arrays of doubles. `theta` and `delta` have m entries; scratch arrays live for one call. */
export type ArrayName =
  | "theta"
  | "delta"
  | "residual"
  | "jacobian"
  | "gradient"
  | "hessian"
  | "gauss"
  | "noise"
  | "loss"
  | { readonly scratch: number };

export type Value =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "local"; readonly id: number }
  | { readonly kind: "load"; readonly array: ArrayName; readonly index: Index }
  /** Column `index` of the inputs at the current row. */
  | { readonly kind: "input"; readonly index: Index }
  /** The target or weight of the current row; a missing weight is 1. */
  | { readonly kind: "datum"; readonly which: "y" | "w" }
  | { readonly kind: "index"; readonly value: Index }
  /** 1 where the index is (not) zero, else 0. */
  | { readonly kind: "test"; readonly test: "equal" | "unequal"; readonly value: Index }
  | { readonly kind: "operation"; readonly op: "+" | "-" | "*" | "/"; readonly args: readonly [Value, Value] }
  /** A primitive with native code in the target. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Value[] }
  | {
      readonly kind: "less";
      readonly left: Value;
      readonly right: Value;
      readonly yes: Value;
      readonly no: Value;
    };

export type Statement =
  | { readonly kind: "let"; readonly local: number; readonly value: Value; readonly mutable: boolean }
  | { readonly kind: "set"; readonly local: number; readonly value: Value }
  | {
      readonly kind: "store";
      readonly array: ArrayName;
      readonly index: Index;
      readonly value: Value;
      readonly add: boolean;
      /** Whether row n owns a block of this length, as in the residual (1) and the Jacobian (m). */
      readonly rowBlock?: number;
    }
  /** lo ≤ counter ≤ hi */
  | {
      readonly kind: "loop";
      readonly loop: number;
      readonly lo: Index;
      readonly hi: Index;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "when";
      readonly test: "equal" | "unequal";
      readonly value: Index;
      readonly body: readonly Statement[];
    }
  /** Once for each row of the data. */
  | { readonly kind: "rows"; readonly body: readonly Statement[] };

export interface Program {
  readonly name: "residual" | "jacobian" | "gradient" | "evaluate" | "tower";
  /** Array arguments, in order; the data come after them. */
  readonly arrays: readonly Exclude<ArrayName, { scratch: number }>[];
  /** Lengths of the scratch arrays. */
  readonly scratch: readonly number[];
  readonly body: readonly Statement[];
  /** What the program returns, if anything. */
  readonly result?: Value;
}

export const numberValue = (value: number): Value => ({ kind: "number", value });

/** Arithmetic that folds the trivial cases 0 + a, 0·a, 1·a, which are exact. */
export function operation(op: "+" | "-" | "*" | "/", a: Value, b: Value): Value {
  const x = a.kind === "number" ? a.value : undefined;
  const y = b.kind === "number" ? b.value : undefined;
  if (x !== undefined && y !== undefined) {
    return numberValue(op === "+" ? x + y : op === "-" ? x - y : op === "*" ? x * y : x / y);
  }
  if (op === "+" && x === 0) return b;
  if ((op === "+" || op === "-") && y === 0) return a;
  if (op === "*" && (x === 0 || y === 0)) return numberValue(0);
  if (op === "*" && x === 1) return b;
  if ((op === "*" || op === "/") && y === 1) return a;
  return { kind: "operation", op, args: [a, b] };
}

export const addValue = (a: Value, b: Value): Value => operation("+", a, b);
export const subtractValue = (a: Value, b: Value): Value => operation("-", a, b);
export const multiplyValue = (a: Value, b: Value): Value => operation("*", a, b);
export const divideValue = (a: Value, b: Value): Value => operation("/", a, b);
