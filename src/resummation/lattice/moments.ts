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

interface Table {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Powers of i that one pass over a block takes at once. */
const GROUP = 3;

/** i^k z^i for i < length and k = 0, 3, 6, …, one after the other. */
function tableOf(sigma: Complex2, most: number, length: number): Table {
  const groups = Math.floor(most / GROUP) + 1;
  const re = new Float64Array(groups * length);
  const im = new Float64Array(groups * length);
  re[0] = 1;
  for (let known = 1; known < length; known *= 2) {
    const z = exponential(scaleC(known, sigma));
    for (let i = known; i < Math.min(2 * known, length); i++) {
      const a = re[i - known]!;
      const b = im[i - known]!;
      re[i] = z.re * a - z.im * b;
      im[i] = z.re * b + z.im * a;
    }
  }
  for (let at = length; at < re.length; at++) {
    const i = at % length;
    re[at] = i * i * i * re[at - length]!;
    im[at] = i * i * i * im[at - length]!;
  }
  return { re, im };
}

/** Blocks between two exponentials of the ends of blocks; the ends between are products of two. */
const RENEWAL = 16;

/** z^{first + b·length} for each block. */
function endsOf(sigma: Complex2, first: number, length: number, blocks: number): Table {
  const re = new Float64Array(blocks);
  const im = new Float64Array(blocks);
  const fine = Array.from({ length: Math.min(RENEWAL, blocks) }, (_, j) =>
    exponential(scaleC(j * length, sigma)),
  );
  for (let b = 0; b < blocks; b += RENEWAL) {
    const coarse = exponential(scaleC(first + b * length, sigma));
    for (let j = 0; j < RENEWAL && b + j < blocks; j++) {
      const z = fine[j]!;
      re[b + j] = coarse.re * z.re - coarse.im * z.im;
      im[b + j] = coarse.re * z.im + coarse.im * z.re;
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
  const inRe = new Float64Array(width + GROUP);
  const inIm = new Float64Array(width + GROUP);
  for (const side of sidesOf(origin, count)) {
    if (side.count === 0) continue;
    const { start, stride, first } = side;
    const length = blockLength(side.count);
    const blocks = Math.ceil(side.count / length);
    const tables = waves.map((w) => tableOf(scaleC(stride, w.sigma), w.most, length));
    const ends = waves.map((w) => endsOf(scaleC(stride, w.sigma), first, length, blocks));
    const sums = new Float64Array(2 * width * waves.length);
    const rests = new Float64Array(2 * width * waves.length);
    for (let row = 0; row < rows; row++) {
      sums.fill(0);
      rests.fill(0);
      for (let b = 0; b < blocks; b++) {
        const ahead = first + b * length;
        const begin = row * count + start;
        const from = stride === 1 ? begin + b * length : begin - b * length;
        const size = Math.min(length, side.count - b * length);
        for (let w = 0; w < waves.length; w++) {
          const { most: top, sigma } = waves[w]!;
          const real = isReal(sigma);
          const { re, im } = tables[w]!;
          for (let k = 0; k <= top; k += GROUP) {
            const at = (k / GROUP) * length;
            if (real) blockSums(y, from, stride, re, at, size, inRe, k);
            else blockPairs(y, from, stride, re, im, at, size, inRe, inIm, k);
          }
          const endRe = ends[w]!.re[b]!;
          const endIm = ends[w]!.im[b]!;
          for (let k = 0; k <= top; k++) {
            let u = 0;
            let v = 0;
            for (let j = 0; j <= k; j++) {
              const c = choose[k * width + j]!;
              u = u * ahead + c * inRe[j]!;
              v = v * ahead + c * inIm[j]!;
            }
            const at = 2 * (w * width + k);
            accumulate(sums, rests, at, endRe * u - endIm * v);
            if (!real) accumulate(sums, rests, at + 1, endRe * v + endIm * u);
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

/**
 * Σ_i y_i i^j t_i for j = 0, 1, 2, into `out` from k on; y_i = y[from + stride·i], t_i = table[at + i]. The index is made
 * a 32-bit integer: as a double it would cost more than the sums.
 */
function blockSums(
  y: Float64Array,
  from: number,
  stride: number,
  table: Float64Array,
  at: number,
  size: number,
  out: Float64Array,
  k: number,
): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  for (let i = 0, n = from | 0; i < size; i++, n += stride) {
    const p = y[n]! * table[at + i]!;
    const ip = i * p;
    a0 += p;
    a1 += ip;
    a2 += i * ip;
  }
  out[k] = a0;
  out[k + 1] = a1;
  out[k + 2] = a2;
}

/** The same for a complex table; in one loop, because reading y costs as much as a product. */
function blockPairs(
  y: Float64Array,
  from: number,
  stride: number,
  re: Float64Array,
  im: Float64Array,
  at: number,
  size: number,
  outRe: Float64Array,
  outIm: Float64Array,
  k: number,
): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  for (let i = 0, n = from | 0; i < size; i++, n += stride) {
    const v = y[n]!;
    const p = v * re[at + i]!;
    const q = v * im[at + i]!;
    const ip = i * p;
    const iq = i * q;
    a0 += p;
    b0 += q;
    a1 += ip;
    b1 += iq;
    a2 += i * ip;
    b2 += i * iq;
  }
  outRe[k] = a0;
  outRe[k + 1] = a1;
  outRe[k + 2] = a2;
  outIm[k] = b0;
  outIm[k + 1] = b1;
  outIm[k + 2] = b2;
}
