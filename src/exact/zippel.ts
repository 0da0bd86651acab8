/**
 * Greatest common divisors over F_p by sparse interpolation (R. Zippel, Probabilistic algorithms for sparse polynomials,
 * EUROSAM 1979). The terms found along one line of evaluation points are taken to be all that there are, so that a result
 * may be wrong with a small probability: the caller has to verify what is lifted from it.
 */
import type { Budget } from "../errors.ts";
import {
  addMod,
  inverseMod,
  lagrange,
  multiplyMod,
  powerMod,
  subtractMod,
  univariateGcd,
} from "./modular.ts";

/** A polynomial over F_p: a row of exponents for each term, the main variable's first, and its residue. */
export interface Residues {
  readonly exponents: readonly (readonly number[])[];
  readonly values: readonly number[];
}

/** What is to be found: γ/c · gcd(a, b), where c is the leading coefficient of the gcd in the main variable. */
export interface Task {
  readonly a: Residues;
  readonly b: Residues;
  /** A multiple of c, free of the main variable. */
  readonly gamma: Residues;
  /** The degree of the gcd in the main variable. */
  readonly degree: number;
  /** Bounds on the degrees of the result in the other variables. */
  readonly bounds: readonly number[];
  readonly p: number;
  readonly random: (p: number) => number;
  readonly budget: Budget;
}

/** Undefined where a point was unlucky. */
export function sparseGcd(task: Task): Residues | undefined {
  const { bounds, p, random } = task;
  const at = bounds.map(() => random(p));
  const first = imagesAlong(task, at, at, 0)(0, 1);
  if (first === undefined) return undefined;
  let found = compact(
    first[0]!.map((_, e) => [e, ...bounds.map(() => 0)]),
    first[0]!,
  );
  // Before round j the result is known where the variables from j on have the values of `at`.
  for (let j = 1; j <= bounds.length; j++) {
    const count = bounds[j - 1]! + 1;
    task.budget.spend(1 + Math.ceil((count * count) / 32));
    const nodes = Array.from({ length: count }, () => random(p));
    const basis = lagrange(nodes, p);
    const solve = solver(task, found, at, j);
    if (basis === undefined || solve === undefined) return undefined;
    const rows: (readonly number[])[] = [];
    for (const node of nodes) {
      const row = solve(node);
      if (row === undefined) return undefined;
      rows.push(row);
    }
    const exponents: number[][] = [];
    const values: number[] = [];
    found.exponents.forEach((m, s) => {
      task.budget.spend(count + Math.ceil((count * count) / 32));
      for (let k = 0; k < count; k++) {
        let value = 0;
        for (let i = 0; i < count; i++) {
          value = addMod(value, multiplyMod(basis[i]![k]!, rows[i]![s]!, p), p);
        }
        exponents.push(m.map((e, l) => (l === j ? k : e)));
        values.push(value);
      }
    });
    found = compact(exponents, values);
  }
  return found;
}

/**
 * The residues of the result at the monomials of `skeleton`, in their order. Undefined where a point was unlucky, or where
 * one more point than needed shows that the result has other monomials.
 */
export function sparseImage(task: Task, skeleton: Residues): readonly number[] | undefined {
  const everywhere = task.bounds.length + 1;
  return solver(
    task,
    skeleton,
    task.bounds.map(() => 1),
    everywhere,
  )?.(1, true);
}

function compact(exponents: readonly (readonly number[])[], values: readonly number[]): Residues {
  const kept = values.map((_, i) => i).filter((i) => values[i] !== 0);
  return { exponents: kept.map((i) => exponents[i]!), values: kept.map((i) => values[i]!) };
}

/** Images of the result in F_p[x], by ascending degree; see `imagesAlong`. */
type Images = (value: number, count: number) => number[][] | undefined;

/**
 * For k = 1 … count the image where the variables before j have the k-th powers of `base`, variable j has `value`, and
 * those after it the values of `at`. Variables count from 1, after the main one.
 */
function imagesAlong(task: Task, base: readonly number[], at: readonly number[], j: number): Images {
  const { p, budget, degree } = task;
  const [a, b, gamma] = [task.a, task.b, task.gamma].map((q) => evaluator(q, base, at, j, p));
  return (value, count) => {
    const [nextA, nextB, nextGamma] = [a!(value), b!(value), gamma!(value)];
    const images: number[][] = [];
    for (let k = 0; k < count; k++) {
      budget.spend(1 + ((task.a.values.length + task.b.values.length) >> 4));
      const [imageA, imageB, scale] = [nextA(), nextB(), nextGamma()[0]!];
      // Where a leading coefficient stays, the image of the gcd has its degree and divides the gcd of the images.
      if (scale === 0 || (imageA[imageA.length - 1] === 0 && imageB[imageB.length - 1] === 0))
        return undefined;
      const image = univariateGcd(imageA, imageB, p, budget);
      if (image.length !== degree + 1) return undefined;
      images.push(image.map((c) => multiplyMod(c, scale, p)));
    }
    return images;
  };
}

/** Values of q in F_p[x], at one point after another. */
function evaluator(q: Residues, base: readonly number[], at: readonly number[], j: number, p: number) {
  const length = 1 + q.exponents.reduce((most, m) => Math.max(most, m[0]!), 0);
  const own = q.exponents.map((m) => (j === 0 ? 0 : (m[j] ?? 0)));
  const steps = q.exponents.map((m) => monomialAt(m, base, 1, j, p));
  const fixed = q.values.map((c, i) =>
    multiplyMod(c, monomialAt(q.exponents[i]!, at, j + 1, Infinity, p), p),
  );
  return (value: number) => {
    const powers = [1];
    const current = fixed.map((c, i) => {
      while (powers.length <= own[i]!) powers.push(multiplyMod(powers[powers.length - 1]!, value, p));
      return multiplyMod(c, powers[own[i]!]!, p);
    });
    return (): number[] => {
      const sum = new Array<number>(length).fill(0);
      for (let i = 0; i < current.length; i++) {
        const c = multiplyMod(current[i]!, steps[i]!, p);
        current[i] = c;
        const e = q.exponents[i]![0]!;
        sum[e] = addMod(sum[e]!, c, p);
      }
      return sum;
    };
  };
}

/** The product of the powers of the variables from `from` to before `to`. */
function monomialAt(
  m: readonly number[],
  at: readonly number[],
  from: number,
  to: number,
  p: number,
): number {
  let value = 1;
  for (let l = from; l < Math.min(to, m.length); l++) {
    if (m[l] !== 0) value = multiplyMod(value, powerMod(at[l - 1]!, m[l]!, p), p);
  }
  return value;
}

/**
 * The coefficients of the skeleton's monomials where variable j has a value and those after it the values of `at`: a
 * Vandermonde system for each power of the main variable. With `check`, one more equation has to hold.
 */
function solver(task: Task, skeleton: Residues, at: readonly number[], j: number) {
  const { p } = task;
  const base = task.bounds.map(() => task.random(p));
  const groups = new Map<number, number[]>();
  skeleton.exponents.forEach((m, s) => {
    const group = groups.get(m[0]!);
    if (group === undefined) groups.set(m[0]!, [s]);
    else group.push(s);
  });
  const nodes = skeleton.exponents.map((m) => monomialAt(m, base, 1, j, p));
  const systems: { e: number; group: number[]; inverse: number[][] }[] = [];
  for (const [e, group] of groups) {
    task.budget.spend(1 + Math.ceil((group.length * group.length) / 16));
    const inverse = lagrange(
      group.map((s) => nodes[s]!),
      p,
    );
    if (inverse === undefined) return undefined;
    systems.push({ e, group, inverse });
  }
  const count = systems.reduce((most, { group }) => Math.max(most, group.length), 0);
  const images = imagesAlong(task, base, at, j);
  return (value: number, check = false): readonly number[] | undefined => {
    const points = images(value, check ? count + 1 : count);
    if (points === undefined) return undefined;
    const result = new Array<number>(nodes.length).fill(0);
    for (const { e, group, inverse } of systems) {
      task.budget.spend(1 + Math.ceil((group.length * group.length) / 16));
      let extra = 0;
      group.forEach((s, i) => {
        // Σ_k q_k v_k = c·m, as v_k is the sum of all c·m^(k+1).
        let sum = 0;
        for (let k = 0; k < group.length; k++) {
          sum = addMod(sum, multiplyMod(inverse[i]![k]!, points[k]![e]!, p), p);
        }
        result[s] = multiplyMod(sum, inverseMod(nodes[s]!, p), p);
        extra = addMod(extra, multiplyMod(result[s]!, powerMod(nodes[s]!, count + 1, p), p), p);
      });
      if (check && extra !== points[count]![e]) return undefined;
    }
    if (check && points[count]!.some((c, e) => c !== 0 && !groups.has(e))) return undefined;
    return result;
  };
}

/** A bound on the degree of gcd(a, b) in the main variable, from one image; undefined where the point is no use. */
export function degreeBound(
  a: Residues,
  b: Residues,
  p: number,
  random: (p: number) => number,
  budget: Budget,
): number | undefined {
  const at = (a.exponents[0] ?? []).slice(1).map(() => random(p));
  const [imageA, imageB] = [a, b].map((q) => evaluator(q, at, at, 0, p)(1)());
  if (imageA![imageA!.length - 1] === 0 && imageB![imageB!.length - 1] === 0) return undefined;
  return univariateGcd(imageA!, imageB!, p, budget).length - 1;
}

/** (a + b)/2 and (a − b)/2i: what x + y·i is made of, from its images under i ↦ i and i ↦ −i. */
export function parts(a: number, b: number, p: number, i: number): { re: number; im: number } {
  const half = (p + 1) / 2;
  return {
    re: multiplyMod(addMod(a, b, p), half, p),
    im: multiplyMod(subtractMod(a, b, p), multiplyMod(half, p - i, p), p),
  };
}
