/**
 * Data moments Y_k(z) = Σ_ν y_ν ν^k z^ν along the last axis of an array: one pass over the data for all characters and
 * powers. The index ν is counted from an origin inside of the lattice, and both sides are summed outwards, so that no
 * power of ν cancels. A side is cut into blocks; inside of one, i^k z^i stand in a table of powers by products of at most
 * ten exponentials, and each block begins with an exponential of its own: the error does not grow with N.
 */
import { type Complex2, exponential, scaleC } from "./double.ts";
import { binomials } from "./sums.ts";

/** A character along an axis: σ = s·h, with the highest power of ν it is needed with. */
export interface Wave {
  readonly sigma: Complex2;
  readonly most: number;
}

/** Real or complex numbers; no imaginary part where all are real. */
export interface Tensor {
  readonly re: Float64Array;
  readonly im: Float64Array | null;
}

/** One side of the origin: ν = ±(first + i). */
interface Side {
  readonly start: number;
  readonly stride: 1 | -1;
  readonly first: number;
  readonly count: number;
}

/** Data from the origin on, and those before it, outwards. */
export const sidesOf = (origin: number, count: number): Side[] => [
  { start: origin, stride: 1, first: 0, count: count - origin },
  { start: origin - 1, stride: -1, first: 1, count: origin },
];

const MOST_BLOCK = 512;

/** About √N, at most 512: tables and block ends then cost the same. */
function blockLength(count: number): number {
  let length = 16;
  while (length < MOST_BLOCK && length * length < count) length *= 2;
  return Math.min(length, Math.max(count, 1));
}

/** i^k z^i for i < length, k ≤ most, power by power. */
interface Table {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function tableOf(sigma: Complex2, most: number, length: number): Table {
  const re = new Float64Array((most + 1) * length);
  const im = new Float64Array((most + 1) * length);
  re[0] = 1;
  for (let known = 1; known < length; known *= 2) {
    const z = exponential(scaleC(known, sigma));
    for (let i = known; i < Math.min(2 * known, length); i++) {
      const [a, b] = [re[i - known]!, im[i - known]!];
      re[i] = z.re * a - z.im * b;
      im[i] = z.re * b + z.im * a;
    }
  }
  for (let k = 1; k <= most; k++) {
    for (let i = 0; i < length; i++) {
      re[k * length + i] = i * re[(k - 1) * length + i]!;
      im[k * length + i] = i * im[(k - 1) * length + i]!;
    }
  }
  return { re, im };
}

/** A running sum with the errors of its additions (Neumaier). */
function accumulate(sums: Float64Array, rests: Float64Array, k: number, x: number): void {
  const s = sums[k]!;
  const t = s + x;
  const rest = Math.abs(s) >= Math.abs(x) ? s - t + x : x - t + s;
  sums[k] = t;
  if (Number.isFinite(rest)) rests[k] = rests[k]! + rest;
}

/** Σ_ν y ν^k z^ν for each row, wave and power: moments[wave][k] has one entry for each row. */
export function contract(
  data: Tensor,
  rows: number,
  count: number,
  origin: number,
  waves: readonly Wave[],
): Tensor[][] {
  const real = contractReal(data.re, rows, count, origin, waves);
  if (data.im === null) return real;
  const turned = contractReal(data.im, rows, count, origin, waves);
  return real.map((powers, w) =>
    powers.map(({ re, im }, k) => {
      const other = turned[w]![k]!;
      const [a, b] = [new Float64Array(rows), new Float64Array(rows)];
      for (let row = 0; row < rows; row++) {
        a[row] = re[row]! - (other.im === null ? 0 : other.im[row]!);
        b[row] = (im === null ? 0 : im[row]!) + other.re[row]!;
      }
      return { re: a, im: b };
    }),
  );
}

function contractReal(
  y: Float64Array,
  rows: number,
  count: number,
  origin: number,
  waves: readonly Wave[],
): Tensor[][] {
  const most = waves.reduce((k, w) => Math.max(k, w.most), 0);
  const width = most + 1;
  const choose = binomials(most);
  const out = waves.map((w) =>
    Array.from({ length: w.most + 1 }, () => ({
      re: new Float64Array(rows),
      im: isReal(w.sigma) ? null : new Float64Array(rows),
    })),
  );
  const [inRe, inIm] = [new Float64Array(width), new Float64Array(width)];
  for (const side of sidesOf(origin, count)) {
    if (side.count === 0) continue;
    const { start, stride, first } = side;
    const length = blockLength(side.count);
    const blocks = Math.ceil(side.count / length);
    const tables = waves.map((w) => tableOf(scaleC(stride, w.sigma), w.most, length));
    const ends = waves.map((w) =>
      Array.from({ length: blocks }, (_, b) => exponential(scaleC(stride * (first + b * length), w.sigma))),
    );
    const sums = new Float64Array(2 * width * waves.length);
    const rests = new Float64Array(2 * width * waves.length);
    for (let row = 0; row < rows; row++) {
      sums.fill(0);
      rests.fill(0);
      for (let b = 0; b < blocks; b++) {
        const from = row * count + start + stride * b * length;
        const size = Math.min(length, side.count - b * length);
        const ahead = first + b * length;
        for (let w = 0; w < waves.length; w++) {
          const { most: top, sigma } = waves[w]!;
          const real = isReal(sigma);
          const { re, im } = tables[w]!;
          for (let k = 0; k <= top; k++) {
            inRe[k] = dot(y, from, stride, re, k * length, size);
            inIm[k] = real ? 0 : dot(y, from, stride, im, k * length, size);
          }
          const end = ends[w]![b]!;
          for (let k = 0; k <= top; k++) {
            let [u, v] = [0, 0];
            for (let j = 0; j <= k; j++) {
              const c = choose[k * width + j]!;
              u = u * ahead + c * inRe[j]!;
              v = v * ahead + c * inIm[j]!;
            }
            const at = 2 * (w * width + k);
            accumulate(sums, rests, at, end.re * u - end.im * v);
            if (!real) accumulate(sums, rests, at + 1, end.re * v + end.im * u);
          }
        }
      }
      for (let w = 0; w < waves.length; w++) {
        let sign = 1;
        for (let k = 0; k <= waves[w]!.most; k++) {
          const at = 2 * (w * width + k);
          const { re, im } = out[w]![k]!;
          re[row] = re[row]! + sign * (sums[at]! + rests[at]!);
          if (im !== null) im[row] = im[row]! + sign * (sums[at + 1]! + rests[at + 1]!);
          sign *= stride;
        }
      }
    }
  }
  return out;
}

const isReal = (sigma: Complex2): boolean => sigma.im.hi === 0 && sigma.im.lo === 0;

/** Σ_i y[from + stride·i]·table[at + i], in four sums side by side. */
function dot(
  y: Float64Array,
  from: number,
  stride: number,
  table: Float64Array,
  at: number,
  size: number,
): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (let n = from; i + 3 < size; i += 4, n += 4 * stride) {
    a += y[n]! * table[at + i]!;
    b += y[n + stride]! * table[at + i + 1]!;
    c += y[n + 2 * stride]! * table[at + i + 2]!;
    d += y[n + 3 * stride]! * table[at + i + 3]!;
  }
  for (; i < size; i++) a += y[from + stride * i]! * table[at + i]!;
  return a + b + (c + d);
}
