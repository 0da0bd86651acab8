/**
 * Loss, F(Δ) and H(Δ) of a lattice form over a lattice or tensor grid. With f = Re Σ_j c_j b_j and R_l = Σ_n (f − y) b_l,
 *   R_l = ½ Σ_j (c_j G(b_l b_j) + c̄_j G(b_l b̄_j)) − Y(b_l),   F_a = Re Σ_l d^a_l R_l,
 *   H_ab = Re Σ_l d^ab_l R_l + ½ Re Σ_{l,j} d^a_l (d^b_j G(b_l b_j) + d̄^b_j G(b_l b̄_j)),
 * where d^a, d^ab are the coefficients of ∂_a f and ∂_a ∂_b f, G sums over the lattice (on a grid a product over its
 * axes), and Y over the data. Only Y costs more than O(log N) for each axis.
 */
import { DescentError } from "../../errors.ts";
import {
  add2,
  addC,
  type Complex2,
  conjugateC,
  type Double2,
  exponential,
  scale2,
  timesC,
  toDouble2,
} from "./double.ts";
import type { LatticeForm } from "./form.ts";
import type { Contraction, Entry } from "./layout.ts";
import type { Reference } from "./modes.ts";
import { contract, sidesOf, type Tensor } from "./moments.ts";
import { addSums, binomials, doublings, powersFor } from "./sums.ts";

/** x_n = start + n·step, n < count, one entry for each input. */
export interface LatticeAxes {
  readonly start: ArrayLike<number>;
  readonly step: ArrayLike<number>;
  readonly count: ArrayLike<number>;
}

export interface LatticeData {
  readonly theta: ArrayLike<number>;
  readonly delta: ArrayLike<number>;
  readonly lattice: LatticeAxes;
  /** The last input fastest. */
  readonly y: ArrayLike<number>;
}

export interface LatticeValues {
  /** ½ Σ (f − y)² at θ + Δ; it is a difference of sums of squares, so that its error is one of Σ f² + y². */
  readonly loss: number;
  /** F(Δ), of length m. */
  readonly gradient: Float64Array;
  /** H(Δ), m × m row by row. */
  readonly hessian: Float64Array;
}

/**
 * Evaluates the resummed optimality condition of the squared loss, all weights 1 (theory, data on a lattice). Complex
 * double arithmetic, the exponents of characters in pairs of doubles; rates that are functions other than polynomials of
 * the parameters have the relative error of a double, and their phase that error times n.
 *
 * @throws DescentError `input` where a length is wrong, a count is no number of data, or a sum of n^k would overflow
 * @example
 * const line = latticeForm(architecture({ model: "a*x" }), createBudget());
 * const three = { start: [0], step: [1], count: [3] };
 * evaluateLattice(line, { theta: [1], delta: [1], lattice: three, y: [0, 1, 2] }).loss; // 2.5
 */
export function evaluateLattice(form: LatticeForm, data: LatticeData): LatticeValues {
  const { modes, layout } = form;
  const size = form.parameters.length;
  const axes = readAxes(form, data);
  const value = form.values.at(data.theta, data.delta);
  const rates = form.characters.map((list) => list.map((c) => value(c.rate)));
  const rateOf = (i: number, { character, bar }: Reference): Complex2 => {
    const rate = rates[i]![character]!;
    return bar ? conjugateC(rate) : rate;
  };
  const units = modes.map((mode) =>
    exponential(
      mode.characters.reduce<Complex2>(
        (total, reference, i) => addC(total, timesC(axes[i]!.origin, rateOf(i, reference))),
        value(mode.constant),
      ),
    ),
  );
  const numeric = (entries: readonly Entry[]): Vector => {
    const vector = emptyVector(entries.length);
    entries.forEach(({ element, term }, k) => {
      const { re, im } = value(term.coefficient);
      const unit = units[term.mode]!;
      vector.element[k] = element;
      vector.re[k] = re.hi * unit.re - im.hi * unit.im;
      vector.im[k] = re.hi * unit.im + im.hi * unit.re;
    });
    return vector;
  };

  const grams = axes.map((axis, i) => gramTable(axis, rates[i]!, layout.degrees[i]!));
  const y = data.y instanceof Float64Array ? data.y : Float64Array.from(data.y);
  const moments = dataMoments(form, axes, rateOf, y);
  const product = productSums(form, grams);
  const model = numeric(layout.model);
  const slopes = layout.slopes.map(numeric);

  const residual = emptyVector(layout.basis.length);
  const fitted = { re: 0, im: 0 };
  layout.basis.forEach((_, l) => {
    product(l, model, fitted);
    residual.re[l] = fitted.re - moments.re[l]!;
    residual.im[l] = fitted.im - moments.im[l]!;
  });

  const gradient = Float64Array.from(slopes, (slope) => pair(slope, residual.re, residual.im));
  const hessian = new Float64Array(size * size);
  const column = emptyVector(layout.basis.length);
  slopes.forEach((slope, b) => {
    if (slope.element.length === 0) return;
    for (const l of layout.sloping) {
      product(l, slope, fitted);
      column.re[l] = fitted.re;
      column.im[l] = fitted.im;
    }
    for (let a = b; a < size; a++) hessian[a * size + b] = pair(slopes[a]!, column.re, column.im);
  });
  for (const { a, b, entries } of layout.curvature)
    hessian[a * size + b] = hessian[a * size + b]! + pair(numeric(entries), residual.re, residual.im);
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) hessian[b * size + a] = hessian[a * size + b]!;

  const squares = sumOfSquares(y);
  const cross = pair(model, residual.re, residual.im) - pair(model, moments.re, moments.im);
  return { loss: Math.max(0, (cross + squares) / 2), gradient, hessian };
}

/** In blocks, so that the rounding does not grow with the number of data. */
function sumOfSquares(y: Float64Array): number {
  let total = 0;
  for (let from = 0; from < y.length; from += 1024) {
    let block = 0;
    for (let n = from; n < Math.min(from + 1024, y.length); n++) block += y[n]! * y[n]!;
    total += block;
  }
  return total;
}

/** Coefficients of basis functions. */
interface Vector {
  readonly element: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const emptyVector = (length: number): Vector => ({
  element: new Int32Array(length),
  re: new Float64Array(length),
  im: new Float64Array(length),
});

/** Re Σ_l d_l v_l. */
function pair({ element, re, im }: Vector, vr: Float64Array, vi: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < element.length; k++) sum += re[k]! * vr[element[k]!]! - im[k]! * vi[element[k]!]!;
  return sum;
}

interface Axis {
  readonly step: number;
  readonly count: number;
  /** The index next to x = 0, from which ν is counted. */
  readonly index: number;
  /** x at ν = 0. */
  readonly origin: Double2;
}

/** Decimal digits of the largest power of an index; doubles end at 308. */
const MOST_DIGITS = 290;

/** Indices of data are 32-bit integers. */
const MOST_DATA = 2 ** 31 - 1;

function readAxes(form: LatticeForm, { theta, delta, lattice, y }: LatticeData): Axis[] {
  const size = form.parameters.length;
  requireEntries("theta", theta.length, size);
  requireEntries("delta", delta.length, size);
  for (const [name, list] of Object.entries(lattice) as [string, ArrayLike<number>][])
    requireEntries(`lattice.${name}`, list.length, form.inputs.length);
  const axes = form.inputs.map((name, i): Axis => {
    const [start, step, count] = [lattice.start[i]!, lattice.step[i]!, lattice.count[i]!];
    if (!Number.isFinite(start) || !Number.isFinite(step))
      throw new DescentError("input", `the lattice of ${name} is not finite`);
    if (!Number.isSafeInteger(count) || count < 0)
      throw new DescentError("input", `${name} has ${count} data`, { accepted: "a whole number from 0 on" });
    if (form.layout.degrees[i]! * Math.log10(Math.max(count, 1)) > MOST_DIGITS)
      throw new DescentError("input", `sums of n^${form.layout.degrees[i]} over ${count} data overflow`);
    // From the point next to zero powers of x have one sign on either side, and no sum of them cancels.
    const nearest = step === 0 ? 0 : Math.round(-start / step);
    const index = Math.max(0, Math.min(nearest, count - 1));
    const origin = add2(toDouble2(start), scale2(index, toDouble2(step)));
    return { step, count, index, origin };
  });
  const total = axes.reduce((n, axis) => n * axis.count, 1);
  if (total > MOST_DATA)
    throw new DescentError("input", `the lattice has ${total} data`, { accepted: `at most ${MOST_DATA}` });
  requireEntries("y", y.length, total);
  return axes;
}

function requireEntries(name: string, length: number, accepted: number): void {
  if (length !== accepted)
    throw new DescentError("input", `${name} has ${length} entries`, { accepted: `${accepted}` });
}

/** Powers of x = r + hν from powers of ν, in place. */
function toPowersOfX(
  { origin, step }: Axis,
  choose: Float64Array,
  re: Float64Array,
  im: Float64Array | null,
): void {
  const most = re.length - 1;
  for (let k = most; k >= 0; k--) {
    let u = 0;
    let v = 0;
    let scale = 1;
    for (let j = 0; j <= k; j++) {
      const c = choose[k * (most + 1) + j]! * scale;
      u = u * origin.hi + c * re[j]!;
      if (im !== null) v = v * origin.hi + c * im[j]!;
      scale *= step;
    }
    re[k] = u;
    if (im !== null) im[k] = v;
  }
}

/** Σ_ν x^k z_c z_c' and Σ_ν x^k z_c z̄_c' for all pairs of characters of an axis. */
interface GramTable {
  readonly characters: number;
  readonly width: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function gramTable(axis: Axis, rates: readonly Complex2[], most: number): GramTable {
  const count = rates.length;
  const width = most + 1;
  const choose = binomials(most);
  const table: GramTable = {
    characters: count,
    width,
    re: new Float64Array(2 * count * count * width),
    im: new Float64Array(2 * count * count * width),
  };
  const sides = sidesOf(axis.index, axis.count).map(({ stride, count: length, first }) => {
    const total = length === 0 ? 0 : length + first;
    const steps = doublings(total);
    const powers = rates.map((rate) => powersFor(timesC(toDouble2(stride * axis.step), rate), steps));
    return { stride, first, total, steps, powers };
  });
  const [re, im] = [new Float64Array(width), new Float64Array(width)];
  for (let c = 0; c < count; c++) {
    for (let d = c; d < count; d++) {
      for (const bar of [false, true]) {
        re.fill(0);
        im.fill(0);
        for (const { stride, first, total, steps, powers } of sides) {
          addSums(powers[c]!, powers[d]!, bar, total, steps, choose, stride, re, im);
          // A side that begins at ν = ∓1 has been summed from 0 on.
          if (first === 1 && total > 0) re[0] = re[0]! - 1;
        }
        toPowersOfX(axis, choose, re, im);
        const put = (row: number, column: number, sign: number): void => {
          const at = ((row * count + column) * 2 + (bar ? 1 : 0)) * width;
          for (let k = 0; k < width; k++) {
            table.re[at + k] = re[k]!;
            table.im[at + k] = sign * im[k]!;
          }
        };
        put(c, d, 1);
        if (c !== d) put(d, c, bar ? -1 : 1);
      }
    }
  }
  return table;
}

/** ½ Σ_j (v_j G(b_l b_j) + v̄_j G(b_l b̄_j)) = Σ_n b_l Re Σ_j v_j b_j, into `out`. */
function productSums(form: LatticeForm, grams: readonly GramTable[]) {
  const { basis } = form.layout;
  const axes = grams.length;
  const flat = (read: (b: (typeof basis)[number], i: number) => number): Int32Array =>
    Int32Array.from({ length: basis.length * axes }, (_, k) => read(basis[Math.floor(k / axes)]!, k % axes));
  const character = flat((b, i) => b.characters[i]!.character);
  const barred = flat((b, i) => (b.characters[i]!.bar ? 1 : 0));
  const power = flat((b, i) => b.powers[i]!);
  return (l: number, v: Vector, out: { re: number; im: number }): void => {
    let re = 0;
    let im = 0;
    for (let k = 0; k < v.element.length; k++) {
      const j = v.element[k]!;
      for (let conjugate = 0; conjugate < 2; conjugate++) {
        let gr = v.re[k]!;
        let gi = conjugate === 1 ? -v.im[k]! : v.im[k]!;
        for (let i = 0; i < axes; i++) {
          const p = l * axes + i;
          const q = j * axes + i;
          const g = grams[i]!;
          const relative = barred[p]! ^ barred[q]! ^ conjugate;
          const at =
            ((character[p]! * g.characters + character[q]!) * 2 + relative) * g.width + power[p]! + power[q]!;
          const x = g.re[at]!;
          const y = barred[p] === 1 ? -g.im[at]! : g.im[at]!;
          const turned = gr * y + gi * x;
          gr = gr * x - gi * y;
          gi = turned;
        }
        re += gr;
        im += gi;
      }
    }
    out.re = re / 2;
    out.im = im / 2;
  };
}

/** Y(b_l) for all basis functions, by contraction of one axis after the other, the last first. */
function dataMoments(
  form: LatticeForm,
  axes: readonly Axis[],
  rateOf: (i: number, reference: Reference) => Complex2,
  y: Float64Array,
): { re: Float64Array; im: Float64Array } {
  const { basis, contractions } = form.layout;
  const found = { re: new Float64Array(basis.length), im: new Float64Array(basis.length) };
  const visit = (data: Tensor, i: number, list: readonly Contraction[]): void => {
    const axis = axes[i]!;
    const rows = axes.slice(0, i).reduce((n, a) => n * a.count, 1);
    const waves = list.map(({ reference, powers }) => ({
      sigma: timesC(toDouble2(axis.step), rateOf(i, reference)),
      most: powers.reduce((k, p) => Math.max(k, p.power), 0),
    }));
    const sums = contract(data, rows, axis.count, axis.index, waves);
    list.forEach(({ powers }, w) => {
      const raised = inPowersOfX(axis, sums[w]!, rows);
      for (const { power, element, next } of powers) {
        const { re, im } = raised[power]!;
        if (element !== undefined) {
          found.re[element] = re[0]!;
          found.im[element] = im === null ? 0 : im[0]!;
        } else visit(raised[power]!, i - 1, next);
      }
    });
  };
  visit({ re: y, im: null }, axes.length - 1, contractions);
  return found;
}

function inPowersOfX(axis: Axis, sums: readonly Tensor[], rows: number): readonly Tensor[] {
  const real = sums[0]!.im === null;
  const re = new Float64Array(sums.length);
  const im = real ? null : new Float64Array(sums.length);
  const choose = binomials(sums.length - 1);
  for (let row = 0; row < rows; row++) {
    sums.forEach((s, k) => {
      re[k] = s.re[row]!;
      if (im !== null) im[k] = s.im![row]!;
    });
    toPowersOfX(axis, choose, re, im);
    sums.forEach((s, k) => {
      s.re[row] = re[k]!;
      if (im !== null) s.im![row] = im[k]!;
    });
  }
  return sums;
}
