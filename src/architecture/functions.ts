/**
 * The vocabulary of formulas: which functions there are, with how many arguments, what may be a name, and what is
 * written here for words and signs of other languages.
 */
import { quoted } from "../errors.ts";

export interface Signature {
  /** Fewest and most arguments. */
  readonly min: number;
  readonly max: number;
  /** Written by the toolkit in its output, and read back. */
  readonly output?: true;
}

const unary =
  "exp log sqrt cbrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sigmoid softplus silu gelu mish " +
  "relu elu abs sign floor ceil round erf erfc airyai gamma lgamma zeta lambertw re im conj";

/** The functions a formula may call; the folds `sum` and `prod` stand apart. */
export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...unary.split(" ").map((name): [string, Signature] => [name, { min: 1, max: 1 }]),
  ["leaky_relu", { min: 1, max: 2 }],
  ["max", { min: 2, max: 64 }],
  ["min", { min: 2, max: 64 }],
  ["besselj", { min: 2, max: 2 }],
  ["sn", { min: 2, max: 2 }],
  ["cn", { min: 2, max: 2 }],
  ["dn", { min: 2, max: 2 }],
  ["delta", { min: 2, max: 2 }],
  ["complex", { min: 2, max: 2 }],
  ["expm1", { min: 1, max: 1, output: true }],
  ["log1p", { min: 1, max: 1, output: true }],
  ["atan2", { min: 2, max: 2, output: true }],
]);

export const FOLDS: ReadonlySet<string> = new Set(["sum", "prod"]);
export const CONSTANTS: ReadonlySet<string> = new Set(["pi", "e"]);

export const isFunction = (name: string): boolean => FUNCTIONS.has(name) || FOLDS.has(name);

/** Words of the mathjs grammar. */
const WORDS: ReadonlySet<string> = new Set(
  "mod and or not xor to in true false null undefined NaN Infinity end".split(" "),
);

/** Keys that JavaScript objects have from birth: a table of parameters must not meet them. */
const OBJECT_KEYS: ReadonlySet<string> = new Set([
  "prototype",
  ...Object.getOwnPropertyNames(Object.prototype),
]);

export const NAME_FORM = "names of letters, digits and _ that begin with a letter or a single _";

/** Why `name` may not be a symbol, or `undefined` where it may. */
export function nameFault(name: string): string | undefined {
  if (WORDS.has(name)) return "is a word of the formula language, not a name";
  if (name.startsWith("__") || OBJECT_KEYS.has(name)) return "may not be a name";
  if (!/^[\p{L}_][\p{L}_0-9]*$/u.test(name)) return "is not a name";
  return undefined;
}

export const CONDITION = "conditions such as i != k, joined by and, as the fifth argument of sum or prod";

/** What is written here for signs that formulas do not have; longer signs stand before their beginnings. */
export const SIGNS_ELSEWHERE: readonly (readonly [string, string])[] = [
  ["**", "^ for powers"],
  ...[".*", "./", ".^"].map((sign) => [sign, `${sign[1]}, which acts on numbers`] as const),
  ...["===", "==", "<=", ">=", "<>", "<", ">", "≠"].map((sign) => [sign, CONDITION] as const),
  ["=", "the right-hand side alone"],
  [";", "one formula"],
  [":", "sum(body, i, lo, hi) for a range"],
  ["?", "max, min, abs, sign, relu for cases"],
  ["!", "gamma(n + 1) for a factorial"],
  ["%", "a - b*floor(a/b) for a remainder"],
  [".", "decimal points inside numbers and names without points"],
  ["'", "names without quotes"],
  ['"', "names without quotes"],
  ["|", "abs(x)"],
  ["{", "( ) as brackets"],
  ["}", "( ) as brackets"],
  ["−", "-"],
  ["–", "-"],
  ["×", "*"],
  ["·", "*"],
  ["÷", "/"],
  ["²", "^2"],
  ["³", "^3"],
  ["√", "sqrt(x)"],
];

/** A stray character, and its code point where the character alone would not tell. */
export function shown(stray: string): string {
  if (/^[ -~]+$/.test(stray)) return quoted(stray);
  const code = `U+${stray.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[\p{N}\p{P}\p{S}]$/u.test(stray) ? `${quoted(stray)} (${code})` : `character ${code}`;
}

/** What is written here for functions known elsewhere. */
const FUNCTIONS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["ln", "log"],
  ["log2", "log(x)/log(2)"],
  ["log10", "log(x)/log(10)"],
  ["pow", "x^n"],
  ["square", "x^2"],
  ["sgn", "sign"],
  ["arcsin", "asin"],
  ["arccos", "acos"],
  ["arctan", "atan"],
  ["arsinh", "asinh"],
  ["arcosh", "acosh"],
  ["artanh", "atanh"],
  ["logistic", "sigmoid"],
  ["swish", "silu"],
  ["fabs", "abs"],
  ["product", "prod"],
  ["factorial", "gamma(n + 1)"],
  ["heaviside", "(1 + sign(x))/2"],
  ["step", "(1 + sign(x))/2"],
  ["mod", "a - b*floor(a/b)"],
  ["jacobisn", "sn(u, m)"],
  ["jacobicn", "cn(u, m)"],
  ["jacobidn", "dn(u, m)"],
]);

/** What is said of functions known elsewhere that no formula stands for here. */
const WITHOUT_NAME: ReadonlyMap<string, string> = new Map([
  ["digamma", "it is the derivative of lgamma and has no name here"],
  ["psi", "the derivative of lgamma has no name here"],
]);

/** The hint after an unknown function, or nothing. */
export function functionHint(name: string): string {
  const remark = WITHOUT_NAME.get(name.toLowerCase());
  if (remark !== undefined) return `: ${remark}`;
  const guess = meant(name);
  return guess === undefined ? "" : `, perhaps ${quoted(guess)}`;
}

/**
 * What someone who wrote the unknown function `name` may have meant.
 *
 * @example
 * meant("tahn"); // "tanh"
 */
export function meant(name: string): string | undefined {
  const lower = name.toLowerCase();
  const known = FUNCTIONS_ELSEWHERE.get(lower);
  if (known !== undefined) return known;
  return nearest(lower, [...FUNCTIONS.keys(), ...FOLDS]);
}

/**
 * The candidate that a misspelt name is nearest to, where one is near.
 *
 * @example
 * nearest("mlp-tahn", ["mlp-tanh", "siren"]); // "mlp-tanh"
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length < 2 || name.length > 20) return undefined;
  let best: string | undefined;
  let least = name.length <= 3 ? 1.5 : 2.5;
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate) + Math.abs(name.length - candidate.length) / 100;
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [above, row] = [rows[i - 1]!, [i]];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? rows[i - 2]![j - 2]! + 1
          : replaced;
      row.push(Math.min(replaced, swapped, above[j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
