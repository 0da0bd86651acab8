/**
 * Exact linear algebra: fraction-free elimination over Z and Z[i] for integer, rational and Gaussian rational matrices,
 * products of polynomial matrices, Hankel matrices. Every entry of an eliminated matrix is a minor of the given one, so
 * that numbers stay as short as Hadamard's bound (E. H. Bareiss, Sylvester's identity and multistep integer-preserving
 * Gaussian elimination, Math. Comp. 22, 1968).
 */
import { type Budget, DescentError } from "../errors.ts";
import type { Polynomial } from "./polynomial.ts";
import * as P from "./polynomial.ts";
import { type Gaussian, gaussian, gcd, type Rational, rational, ZERO } from "./rational.ts";

/** Rows of equal length. */
export type Matrix<Entry> = readonly (readonly Entry[])[];

/** An integral domain with exact division. */
interface Domain<Integer> {
  readonly zero: Integer;
  readonly one: Integer;
  isZero(a: Integer): boolean;
  negate(a: Integer): Integer;
  /** (a·b − c·d)/e, where e divides. */
  cross(a: Integer, b: Integer, c: Integer, d: Integer, e: Integer): Integer;
}

/** What the entries of a matrix are: how they become integers of a domain, and fractions of these become values. */
export interface Scalars<Entry, Integer, Value> {
  readonly domain: Domain<Integer>;
  readonly zero: Value;
  readonly one: Value;
  /** The row times `scale`, the least common denominator. Throws `internal` for an entry that is not exact. */
  clear(row: readonly Entry[]): { row: Integer[]; scale: bigint };
  /** num/(den·scale) */
  fraction(num: Integer, den: Integer, scale: bigint): Value;
}

interface GaussianInteger {
  readonly re: bigint;
  readonly im: bigint;
}

const Z: Domain<bigint> = {
  zero: 0n,
  one: 1n,
  isZero: (a) => a === 0n,
  negate: (a) => -a,
  cross: (a, b, c, d, e) => (a * b - c * d) / e,
};

const Z_I: Domain<GaussianInteger> = {
  zero: { re: 0n, im: 0n },
  one: { re: 1n, im: 0n },
  isZero: (a) => a.re === 0n && a.im === 0n,
  negate: (a) => ({ re: -a.re, im: -a.im }),
  cross(a, b, c, d, e) {
    const re = a.re * b.re - a.im * b.im - c.re * d.re + c.im * d.im;
    const im = a.re * b.im + a.im * b.re - c.re * d.im - c.im * d.re;
    if (e.im === 0n) return { re: re / e.re, im: im / e.re };
    const norm = e.re * e.re + e.im * e.im;
    return { re: (re * e.re + im * e.im) / norm, im: (im * e.re - re * e.im) / norm };
  },
};

function exact(value: bigint): bigint {
  if (typeof value !== "bigint") throw new DescentError("internal", `${value} is not an exact integer`);
  return value;
}

const leastMultiple = (denominators: readonly bigint[]): bigint =>
  denominators.reduce((lcm, d) => (lcm / gcd(lcm, exact(d))) * d, 1n);

const rationals = {
  domain: Z,
  zero: ZERO,
  one: rational(1),
  fraction: (num: bigint, den: bigint, scale: bigint): Rational => rational(num, den * scale),
};

/** Integer matrices; what is solved for is rational. */
export const INTEGERS: Scalars<bigint, bigint, Rational> = {
  ...rationals,
  clear: (row) => ({ row: row.map(exact), scale: 1n }),
};

export const RATIONALS: Scalars<Rational, bigint, Rational> = {
  ...rationals,
  clear(row) {
    const scale = leastMultiple(row.map((a) => a.den));
    return { row: row.map((a) => exact(a.num) * (scale / a.den)), scale };
  },
};

export const GAUSSIANS: Scalars<Gaussian, GaussianInteger, Gaussian> = {
  domain: Z_I,
  zero: gaussian(ZERO),
  one: gaussian(rational(1)),
  clear(row) {
    const scale = leastMultiple(row.flatMap((a) => [a.re.den, a.im.den]));
    const whole = (a: Rational): bigint => exact(a.num) * (scale / a.den);
    return { row: row.map((a) => ({ re: whole(a.re), im: whole(a.im) })), scale };
  },
  fraction(num, den, scale) {
    const norm = (den.re * den.re + den.im * den.im) * scale;
    return gaussian(
      rational(num.re * den.re + num.im * den.im, norm),
      rational(num.im * den.re - num.re * den.im, norm),
    );
  },
};

interface Eliminated<Integer> {
  /** The first `pivots.length` rows have their pivot in the column given; the others are zero in the columns searched. */
  readonly rows: readonly (readonly Integer[])[];
  readonly pivots: readonly number[];
  /** The last pivot, 1 where there is none: up to sign the determinant of the pivots' minor. */
  readonly last: Integer;
  /** Whether an odd number of row exchanges was made. */
  readonly odd: boolean;
  /** The product of the rows' denominators. */
  readonly scale: bigint;
}

/** Bareiss elimination over the first `columns` columns; with `above`, every pivot becomes `last`, alone in its column. */
function eliminate<Entry, Integer, Value>(
  scalars: Scalars<Entry, Integer, Value>,
  matrix: Matrix<Entry>,
  columns: number,
  above: boolean,
  budget: Budget,
): Eliminated<Integer> {
  const { domain } = scalars;
  const width = rectangular(matrix);
  const cleared = matrix.map((row) => scalars.clear(row));
  const rows = cleared.map(({ row }) => row);
  const pivots: number[] = [];
  let last = domain.one;
  let odd = false;
  for (let column = 0; column < columns && pivots.length < rows.length; column++) {
    const k = pivots.length;
    const at = rows.findIndex((row, i) => i >= k && !domain.isZero(row[column]!));
    if (at < 0) continue;
    if (at !== k) {
      [rows[k], rows[at]] = [rows[at]!, rows[k]!];
      odd = !odd;
    }
    const lead = rows[k]!;
    const pivot = lead[column]!;
    for (let i = above ? 0 : k + 1; i < rows.length; i++) {
      if (i === k) continue;
      budget.spend(width);
      const row = rows[i]!;
      const factor = row[column]!;
      const previous = last;
      // Sylvester's identity: the division leaves no rest, in the rows above as well.
      rows[i] = row.map((entry, j) => domain.cross(pivot, entry, factor, lead[j]!, previous));
    }
    pivots.push(column);
    last = pivot;
  }
  return { rows, pivots, last, odd, scale: cleared.reduce((product, { scale }) => product * scale, 1n) };
}

/** The number of columns. Throws `internal` where rows differ in length. */
function rectangular<Entry>(matrix: Matrix<Entry>): number {
  const width = matrix[0]?.length ?? 0;
  if (matrix.some((row) => row.length !== width)) {
    throw new DescentError("internal", "the rows of a matrix differ in length");
  }
  return width;
}

/**
 * The rank. Throws `internal` for rows that differ in length or entries that are not exact.
 *
 * @example
 * rank(INTEGERS, [[1n, 2n], [2n, 4n]], createBudget()); // 1
 */
export function rank<Entry, Integer, Value>(
  scalars: Scalars<Entry, Integer, Value>,
  matrix: Matrix<Entry>,
  budget: Budget,
): number {
  return eliminate(scalars, matrix, rectangular(matrix), false, budget).pivots.length;
}

/**
 * The determinant; 1 for the empty matrix. Throws `internal` for a matrix that is not square or not exact.
 *
 * @example
 * determinant(INTEGERS, [[1n, 2n], [3n, 4n]], createBudget()); // { num: -2n, den: 1n }
 */
export function determinant<Entry, Integer, Value>(
  scalars: Scalars<Entry, Integer, Value>,
  matrix: Matrix<Entry>,
  budget: Budget,
): Value {
  const { domain } = scalars;
  const n = matrix.length;
  if (rectangular(matrix) !== n) throw new DescentError("internal", "the matrix is not square");
  const { pivots, last, odd, scale } = eliminate(scalars, matrix, n, false, budget);
  if (pivots.length < n) return scalars.zero;
  return scalars.fraction(odd ? domain.negate(last) : last, domain.one, scale);
}

/**
 * A solution x of matrix · x = right, with zeros for the columns without pivot, or undefined where there is none. Throws
 * `internal` for lengths that do not match or entries that are not exact.
 *
 * @example
 * solve(INTEGERS, [[2n, 1n], [1n, 1n]], [1n, 0n], createBudget()); // [{ num: 1n, den: 1n }, { num: -1n, den: 1n }]
 */
export function solve<Entry, Integer, Value>(
  scalars: Scalars<Entry, Integer, Value>,
  matrix: Matrix<Entry>,
  right: readonly Entry[],
  budget: Budget,
): readonly Value[] | undefined {
  const columns = rectangular(matrix);
  if (right.length !== matrix.length) {
    throw new DescentError("internal", `${matrix.length} equations have ${right.length} right sides`);
  }
  const augmented = matrix.map((row, i) => [...row, right[i]!]);
  const { rows, pivots, last } = eliminate(scalars, augmented, columns, true, budget);
  if (rows.slice(pivots.length).some((row) => !scalars.domain.isZero(row[columns]!))) return undefined;
  const solution = Array.from({ length: columns }, () => scalars.zero);
  pivots.forEach((column, i) => {
    solution[column] = scalars.fraction(rows[i]![columns]!, last, 1n);
  });
  return solution;
}

/**
 * A basis of the vectors x with matrix · x = 0: one for each column without pivot, with 1 there and 0 in the other
 * columns without pivot. `columns` is for matrices without rows. Throws `internal` for rows that differ in length or
 * entries that are not exact.
 *
 * @example
 * nullspace(INTEGERS, [[1n, 2n]], createBudget()); // [[{ num: -2n, den: 1n }, { num: 1n, den: 1n }]]
 */
export function nullspace<Entry, Integer, Value>(
  scalars: Scalars<Entry, Integer, Value>,
  matrix: Matrix<Entry>,
  budget: Budget,
  columns: number = rectangular(matrix),
): Matrix<Value> {
  const { domain } = scalars;
  if (matrix.length > 0 && columns !== rectangular(matrix)) {
    throw new DescentError("internal", `the matrix does not have ${columns} columns`);
  }
  const { rows, pivots, last } = eliminate(scalars, matrix, columns, true, budget);
  const basis: Value[][] = [];
  for (let free = 0; free < columns; free++) {
    if (pivots.includes(free)) continue;
    const vector = Array.from({ length: columns }, (_, j) => (j === free ? scalars.one : scalars.zero));
    pivots.forEach((column, i) => {
      vector[column] = scalars.fraction(domain.negate(rows[i]![free]!), last, 1n);
    });
    basis.push(vector);
  }
  return basis;
}

/**
 * H with H_ij = values[i + j], `rows` × (length − rows + 1); by default as square as the length allows, and never with
 * more rows than columns. Throws `internal` where no such matrix has a row and a column.
 *
 * @example
 * hankel([1n, 2n, 3n]); // [[1n, 2n], [2n, 3n]]
 */
export function hankel<Entry>(
  values: readonly Entry[],
  rows: number = Math.floor((values.length + 1) / 2),
): Matrix<Entry> {
  const columns = values.length - rows + 1;
  if (!Number.isSafeInteger(rows) || rows < 1 || columns < 1) {
    throw new DescentError("internal", `${values.length} values fill no Hankel matrix of ${rows} rows`);
  }
  return Array.from({ length: rows }, (_, i) => values.slice(i, i + columns));
}

/**
 * The product of two polynomial matrices. Throws `internal` where their sizes do not match.
 *
 * @example
 * const x = variable(0);
 * key(multiplyMatrices([[x, one]], [[x], [one]], createBudget())[0][0]); // "*1;0^2*1"
 */
export function multiplyMatrices(
  a: Matrix<Polynomial>,
  b: Matrix<Polynomial>,
  budget: Budget,
): Matrix<Polynomial> {
  const [inner, columns] = [rectangular(a), rectangular(b)];
  if (a.length > 0 && inner !== b.length) {
    throw new DescentError("internal", `a matrix of ${inner} columns times one of ${b.length} rows`);
  }
  return a.map((row) =>
    Array.from({ length: columns }, (_, j) =>
      row.reduce((sum, entry, k) => P.add(sum, P.multiply(entry, b[k]![j]!, budget)), P.zero),
    ),
  );
}

/** Whether two polynomial matrices have the same size and the same entries. */
export const equalMatrices = (a: Matrix<Polynomial>, b: Matrix<Polynomial>): boolean =>
  a.length === b.length &&
  a.every((row, i) => row.length === b[i]!.length && row.every((entry, j) => P.equal(entry, b[i]![j]!)));

/**
 * ab − ba. Throws `internal` where a and b are not square and of one size.
 *
 * @example
 * const [n, m] = [[[zero, one], [zero, zero]], [[zero, zero], [one, zero]]];
 * commutator(n, m, createBudget()).map((row) => row.map(key)); // [["*1", ""], ["", "*-1"]]
 */
export function commutator(a: Matrix<Polynomial>, b: Matrix<Polynomial>, budget: Budget): Matrix<Polynomial> {
  const n = a.length;
  if (b.length !== n || rectangular(a) !== n || rectangular(b) !== n) {
    throw new DescentError("internal", "a commutator takes two square matrices of one size");
  }
  const [ab, ba] = [multiplyMatrices(a, b, budget), multiplyMatrices(b, a, budget)];
  return ab.map((row, i) => row.map((entry, j) => P.subtract(entry, ba[i]![j]!)));
}
