/** Standard errors from the Jacobian, by orthogonal factorisation: the normal equations would lose half the digits. */

export interface Statistics {
  /** One for each parameter; null where the data do not determine it. */
  readonly errors: readonly (number | null)[];
  /** sqrt(RSS / (N − m)); null where N = m. */
  readonly deviation: number | null;
  /** The parameters, counted from 0 and ascending, that the data do not determine. */
  readonly undetermined: readonly number[];
}

/**
 * s² = RSS/(N − m) and the square roots of the diagonal of s² (JᵀWJ)⁻¹, from a column-scaled Householder QR with column
 * pivoting (Golub and Van Loan, Matrix Computations, 5.4.2). A column that depends on others to within N·ε leaves all
 * parameters undetermined that take part in the dependence.
 *
 * @param jacobian N·m, row by row, each row times √w; it is overwritten
 * @param counts rows of the Jacobian, the rows among them of positive weight (N in s²), and m
 * @param sumOfSquares Σ w r²
 */
export function standardErrors(
  jacobian: Float64Array,
  { rows: n, counted, parameters: m }: { rows: number; counted: number; parameters: number },
  sumOfSquares: number,
): Statistics {
  const deviation = counted > m ? Math.sqrt(sumOfSquares / (counted - m)) : null;
  if (m === 0) return { errors: [], deviation, undetermined: [] };
  const scale = columnNorms(jacobian, n, m);
  for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) jacobian[i * m + a]! /= scale[a]! || 1;
  const { order, rank } = factorise(jacobian, n, m);
  const errors: (number | null)[] = new Array(m).fill(null);
  const tied = dependent(jacobian, m, order, rank);
  const inverse = invertUpper(jacobian, m, rank);
  for (let k = 0; k < rank; k++) {
    const parameter = order[k]!;
    if (tied.has(parameter) || deviation === null) continue;
    let sum = 0;
    for (let j = k; j < rank; j++) sum += inverse[k * rank + j]! ** 2;
    errors[parameter] = (deviation * Math.sqrt(sum)) / scale[parameter]!;
  }
  return { errors, deviation, undetermined: [...tied].sort((a, b) => a - b) };
}

function columnNorms(matrix: Float64Array, n: number, m: number): Float64Array {
  const norms = new Float64Array(m);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < m; a++) norms[a] = Math.hypot(norms[a]!, matrix[i * m + a]!);
  return norms;
}

/** R in the upper triangle, columns permuted by `order`. */
function factorise(matrix: Float64Array, n: number, m: number): { order: number[]; rank: number } {
  const order = Array.from({ length: m }, (_, k) => k);
  const at = (i: number, a: number): number => matrix[i * m + a]!;
  const steps = Math.min(n, m);
  let largest = 0;
  for (let k = 0; k < steps; k++) {
    let [pivot, norm] = [k, -1];
    for (let a = k; a < m; a++) {
      let sum = 0;
      for (let i = k; i < n; i++) sum += at(i, a) ** 2;
      if (sum > norm) [pivot, norm] = [a, sum];
    }
    norm = Math.sqrt(norm);
    largest = Math.max(largest, norm);
    if (!(norm > n * Number.EPSILON * largest)) return { order, rank: k };
    if (pivot !== k) {
      for (let i = 0; i < n; i++) {
        const swap = at(i, k);
        matrix[i * m + k] = at(i, pivot);
        matrix[i * m + pivot] = swap;
      }
      [order[k], order[pivot]] = [order[pivot]!, order[k]!];
    }
    const alpha = at(k, k) > 0 ? -norm : norm;
    const head = at(k, k) - alpha;
    const size = head ** 2 + norm ** 2 - at(k, k) ** 2;
    for (let a = k + 1; a < m; a++) {
      let dot = head * at(k, a);
      for (let i = k + 1; i < n; i++) dot += at(i, k) * at(i, a);
      const factor = (2 * dot) / size;
      matrix[k * m + a]! -= factor * head;
      for (let i = k + 1; i < n; i++) matrix[i * m + a]! -= factor * at(i, k);
    }
    matrix[k * m + k] = alpha;
    for (let i = k + 1; i < n; i++) matrix[i * m + k] = 0;
  }
  return { order, rank: steps };
}

/** The parameters that a null vector of R moves. */
function dependent(r: Float64Array, m: number, order: readonly number[], rank: number): Set<number> {
  const tied = new Set<number>();
  for (let column = rank; column < m; column++) {
    tied.add(order[column]!);
    const x = new Float64Array(rank);
    for (let k = rank - 1; k >= 0; k--) {
      let sum = r[k * m + column]!;
      for (let j = k + 1; j < rank; j++) sum -= r[k * m + j]! * x[j]!;
      x[k] = sum / r[k * m + k]!;
      if (Math.abs(x[k]!) > 1e-8) tied.add(order[k]!);
    }
  }
  return tied;
}

function invertUpper(r: Float64Array, m: number, rank: number): Float64Array {
  const inverse = new Float64Array(rank * rank);
  for (let j = 0; j < rank; j++) {
    inverse[j * rank + j] = 1 / r[j * m + j]!;
    for (let k = j - 1; k >= 0; k--) {
      let sum = 0;
      for (let i = k + 1; i <= j; i++) sum += r[k * m + i]! * inverse[i * rank + j]!;
      inverse[k * rank + j] = -sum / r[k * m + k]!;
    }
  }
  return inverse;
}
