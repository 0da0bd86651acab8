/**
 * Arithmetic in the prime fields F_p with p ≡ 1 (mod 4), where i has an image: residues are doubles in [0, p), and
 * p < 2^26, so that a product of two residues is an exact double. Univariate polynomials over F_p are arrays of residues
 * by ascending degree without a zero at the end; the empty array is zero.
 */
import type { Budget } from "../errors.ts";
import type { Gaussian, Rational } from "./rational.ts";

/** 2^26: the primes used lie below it. */
export const PRIME_BOUND = 67108864;

/** A homomorphism Z[i] → F_p. */
export interface Homomorphism {
  readonly p: number;
  /** The image of i: a square root of −1. */
  readonly i: number;
}

export function multiplyMod(a: number, b: number, p: number): number {
  const product = a * b;
  // The quotient is rounded twice, so that it may be off by one either way.
  const rest = product - Math.floor(product / p) * p;
  return rest < 0 ? rest + p : rest >= p ? rest - p : rest;
}

export function addMod(a: number, b: number, p: number): number {
  const sum = a + b;
  return sum >= p ? sum - p : sum;
}

export const subtractMod = (a: number, b: number, p: number): number => (a < b ? a - b + p : a - b);

/** a^n for n ≥ 0. */
export function powerMod(a: number, n: number, p: number): number {
  let [result, base] = [1, a];
  for (let k = n; k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = multiplyMod(result, base, p);
    base = multiplyMod(base, base, p);
  }
  return result;
}

/** 1/a for a ≠ 0, by Euclid. */
export function inverseMod(a: number, p: number): number {
  let [r, s, u, v] = [p, a, 0, 1];
  while (s !== 0) {
    const q = Math.floor(r / s);
    [r, s] = [s, r - q * s];
    [u, v] = [v, u - q * v];
  }
  return u < 0 ? u + p : u;
}

/**
 * The homomorphism to the largest prime field with p ≡ 1 (mod 4) and p < bound, for 5 < bound ≤ PRIME_BOUND.
 *
 * @example
 * homomorphismBelow(13); // { p: 5, i: 2 }
 * homomorphismBelow(14); // { p: 13, i: 8 }
 */
export function homomorphismBelow(bound: number): Homomorphism {
  let p = bound - 1 - ((bound - 2) % 4);
  while (!isPrime(p)) p -= 4;
  // By Euler's criterion, c^((p−1)/4) is a square root of −1 for half of all c.
  for (let c = 2; ; c++) {
    const i = powerMod(c, (p - 1) / 4, p);
    if (multiplyMod(i, i, p) === p - 1) return { p, i };
  }
}

/**
 * The image of a number; undefined where its denominator has none that is invertible.
 *
 * @example
 * imageOf(gaussian(rational(1, 2)), { p: 13, i: 8 }); // 7
 */
export function imageOf({ re, im }: Gaussian, { p, i }: Homomorphism): number | undefined {
  const real = rationalMod(re, p);
  if (im.num === 0n || real === undefined) return real;
  const imaginary = rationalMod(im, p);
  return imaginary === undefined ? undefined : addMod(real, multiplyMod(imaginary, i, p), p);
}

function rationalMod({ num, den }: Rational, p: number): number | undefined {
  if (den === 1n) return integerMod(num, p);
  const below = integerMod(den, p);
  return below === 0 ? undefined : multiplyMod(integerMod(num, p), inverseMod(below, p), p);
}

export function integerMod(n: bigint, p: number): number {
  const rest = Number(n % BigInt(p));
  return rest < 0 ? rest + p : rest;
}

/** For odd n > 1. */
function isPrime(n: number): boolean {
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

/**
 * A source of residues in [1, p) that is the same in every run (xorshift; G. Marsaglia, Xorshift RNGs, J. Stat. Software
 * 8, 2003).
 */
export function residues(seed: number): (p: number) => number {
  let state = seed | 1;
  return (p) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return 1 + ((state >>> 0) % (p - 1));
  };
}

/**
 * The monic greatest common divisor in F_p[x]; zero where both are zero.
 *
 * @example
 * univariateGcd([4, 0, 1], [1, 2, 1], 5, createBudget()); // [1, 1]
 */
export function univariateGcd(
  a: readonly number[],
  b: readonly number[],
  p: number,
  budget: Budget,
): number[] {
  let [x, y] = [trimmed([...a]), trimmed([...b])];
  while (y.length > 0) {
    const reciprocal = inverseMod(y[y.length - 1]!, p);
    while (x.length >= y.length) {
      budget.spend(1 + (y.length >> 5));
      const factor = multiplyMod(x[x.length - 1]!, reciprocal, p);
      const offset = x.length - y.length;
      for (let k = 0; k < y.length - 1; k++) {
        x[offset + k] = subtractMod(x[offset + k]!, multiplyMod(factor, y[k]!, p), p);
      }
      x.pop();
      trimmed(x);
    }
    [x, y] = [y, x];
  }
  if (x.length === 0) return x;
  const reciprocal = inverseMod(x[x.length - 1]!, p);
  return x.map((c) => multiplyMod(c, reciprocal, p));
}

/**
 * The rank of a matrix over F_p.
 *
 * @example
 * rankMod([[1, 2], [2, 4]], 5); // 1
 */
export function rankMod(matrix: readonly (readonly number[])[], p: number): number {
  const rows = matrix.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0) && rank < rows.length; column++) {
    const at = rows.findIndex((row, k) => k >= rank && row[column] !== 0);
    if (at < 0) continue;
    [rows[rank], rows[at]] = [rows[at]!, rows[rank]!];
    const lead = rows[rank]!;
    const reciprocal = inverseMod(lead[column]!, p);
    for (const row of rows.slice(rank + 1)) {
      const factor = multiplyMod(row[column]!, reciprocal, p);
      if (factor === 0) continue;
      for (let k = column; k < row.length; k++)
        row[k] = subtractMod(row[k]!, multiplyMod(factor, lead[k]!, p), p);
    }
    rank++;
  }
  return rank;
}

function trimmed(a: number[]): number[] {
  while (a.length > 0 && a[a.length - 1] === 0) a.pop();
  return a;
}

/**
 * For distinct nodes m, the rows q of the inverse of the Vandermonde matrix (m_i^k): Σ_k q[i][k] m_j^k is 1 where i = j,
 * else 0. So row i holds the coefficients of Lagrange's polynomial of node i. Undefined where nodes repeat.
 *
 * @example
 * lagrange([1, 2], 5); // [[2, 4], [4, 1]]
 */
export function lagrange(nodes: readonly number[], p: number): number[][] | undefined {
  let master = [1];
  for (const m of nodes) {
    const next = [0, ...master];
    master.forEach((c, k) => void (next[k] = subtractMod(next[k]!, multiplyMod(m, c, p), p)));
    master = next;
  }
  const rows: number[][] = [];
  for (const m of nodes) {
    const row = new Array<number>(nodes.length);
    let [carry, value] = [0, 0];
    // Horner's scheme divides by x − m, and evaluates the quotient at m on the way.
    for (let k = nodes.length; k > 0; k--) {
      carry = addMod(master[k]!, multiplyMod(carry, m, p), p);
      row[k - 1] = carry;
      value = addMod(multiplyMod(value, m, p), carry, p);
    }
    if (value === 0) return undefined;
    const reciprocal = inverseMod(value, p);
    rows.push(row.map((c) => multiplyMod(c, reciprocal, p)));
  }
  return rows;
}
