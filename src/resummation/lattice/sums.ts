/**
 * S_k(z) = Σ_{n<N} n^k z^n for k = 0..K and z = e^σ, by doubling: S_k(2M) = S_k(M) + z^M Σ_j C(k,j) M^{k−j} S_j(M), and
 * S_k(M+1) = S_k(M) + M^k z^M for odd lengths. Each z^M is e^{Mσ}, with σ in pairs of doubles, and never a square of a
 * smaller power, so that the error stays near the rounding of Σ n^k |z|^n: near z = 1 too, where the quotient
 * (1 − z^N)/(1 − z) and its derivatives cancel.
 */
import { type Complex, type Complex2, exponential, scaleC } from "./double.ts";

/** Powers of one z at the lengths where doubling needs them. */
export interface Powers {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The lengths M of z^M for N data, in the order of their use: each doubled length, and the next where a digit is odd. */
export function doublings(count: number): { readonly length: number; readonly odd: boolean }[] {
  const steps: { length: number; odd: boolean }[] = [];
  for (let bit = Math.floor(Math.log2(Math.max(count, 1))) - 1; bit >= 0; bit--) {
    const length = Math.floor(count / 2 ** (bit + 1));
    steps.push({ length, odd: Math.floor(count / 2 ** bit) % 2 === 1 });
  }
  return steps;
}

/** z^M and z^{2M} for each step. */
export function powersFor(sigma: Complex2, steps: ReturnType<typeof doublings>): Powers {
  const re = new Float64Array(2 * steps.length);
  const im = new Float64Array(2 * steps.length);
  steps.forEach(({ length, odd }, k) => {
    const half = exponential(scaleC(length, sigma));
    const whole = odd ? exponential(scaleC(2 * length, sigma)) : half;
    re[2 * k] = half.re;
    im[2 * k] = half.im;
    re[2 * k + 1] = whole.re;
    im[2 * k + 1] = whole.im;
  });
  return { re, im };
}

/** C(n, k) for n ≤ `most`, row by row, rows of length most + 1. */
export function binomials(most: number): Float64Array {
  const table = new Float64Array((most + 1) ** 2);
  for (let n = 0; n <= most; n++) {
    table[n * (most + 1)] = 1;
    for (let k = 1; k <= n; k++)
      table[n * (most + 1) + k] =
        table[(n - 1) * (most + 1) + k - 1]! + (k < n ? table[(n - 1) * (most + 1) + k]! : 0);
  }
  return table;
}

/**
 * S_0 … S_K of the product of two numbers z given by their powers, the second conjugated where `bar`; N is the length
 * the steps are for, and `choose` the binomials up to K. The results are added to `re` and `im` times sign^k.
 */
export function addSums(
  a: Powers,
  b: Powers,
  bar: boolean,
  count: number,
  steps: ReturnType<typeof doublings>,
  choose: Float64Array,
  sign: 1 | -1,
  re: Float64Array,
  im: Float64Array,
): void {
  if (count === 0) return;
  const most = re.length - 1;
  const s = new Float64Array(most + 1);
  const t = new Float64Array(most + 1);
  s[0] = 1;
  steps.forEach(({ length, odd }, step) => {
    const at = 2 * step;
    const flip = bar ? -1 : 1;
    const zr = a.re[at]! * b.re[at]! - flip * a.im[at]! * b.im[at]!;
    const zi = a.im[at]! * b.re[at]! + flip * a.re[at]! * b.im[at]!;
    for (let k = most; k >= 0; k--) {
      // Σ_j C(k,j) M^{k−j} S_j by Horner in M, from j = 0 on.
      let u = 0;
      let v = 0;
      for (let j = 0; j <= k; j++) {
        const c = choose[k * (most + 1) + j]!;
        u = u * length + c * s[j]!;
        v = v * length + c * t[j]!;
      }
      s[k] = s[k]! + (zr * u - zi * v);
      t[k] = t[k]! + (zr * v + zi * u);
    }
    if (odd) {
      const next = at + 1;
      const wr = a.re[next]! * b.re[next]! - flip * a.im[next]! * b.im[next]!;
      const wi = a.im[next]! * b.re[next]! + flip * a.re[next]! * b.im[next]!;
      let power = 1;
      for (let k = 0; k <= most; k++) {
        s[k] = s[k]! + power * wr;
        t[k] = t[k]! + power * wi;
        power *= 2 * length;
      }
    }
  });
  let factor = 1;
  for (let k = 0; k <= most; k++) {
    re[k] = re[k]! + factor * s[k]!;
    im[k] = im[k]! + factor * t[k]!;
    factor *= sign;
  }
}

/**
 * S_0(z) … S_K(z) over N data for z = e^σ.
 *
 * @example
 * powerSums({ re: { hi: 0, lo: 0 }, im: { hi: 0, lo: 0 } }, 4, 2).map((s) => s.re); // [4, 6, 14]
 */
export function powerSums(sigma: Complex2, count: number, most: number): Complex[] {
  const steps = doublings(count);
  const [re, im] = [new Float64Array(most + 1), new Float64Array(most + 1)];
  const unit = { re: new Float64Array(2 * steps.length).fill(1), im: new Float64Array(2 * steps.length) };
  addSums(powersFor(sigma, steps), unit, false, count, steps, binomials(most), 1, re, im);
  return Array.from(re, (value, k) => ({ re: value, im: im[k]! }));
}

/**
 * The closed form of S_k for z ≠ 1, by those of lower order: z Σ_j C(k,j) S_j = S_k − [k = 0] + N^k z^N, because n + 1 runs
 * over the same powers as n but for the ends.
 *
 * @example
 * closedSums("z", "N", 2); // ["(1 - z^N)/(1 - z)", "(z*s0 - N*z^N)/(1 - z)", "(z*(s0 + 2*s1) - N^2*z^N)/(1 - z)"]
 */
export function closedSums(z: string, count: string, most: number, name = "s"): string[] {
  const choose = binomials(most);
  return Array.from({ length: most + 1 }, (_, k) => {
    if (k === 0) return `(1 - ${z}^${count})/(1 - ${z})`;
    const lower = Array.from({ length: k }, (_, j) => {
      const c = choose[k * (most + 1) + j]!;
      return c === 1 ? `${name}${j}` : `${c}*${name}${j}`;
    }).join(" + ");
    const power = k === 1 ? count : `${count}^${k}`;
    return `(${z}*${k === 1 ? lower : `(${lower})`} - ${power}*${z}^${count})/(1 - ${z})`;
  });
}
