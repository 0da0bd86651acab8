/**
 * From gcds over F_p to one over Z[i]: images under i ↦ ±√−1 for several primes, put together by the Chinese remainder
 * theorem.
 */
import type { Budget } from "../errors.ts";
import {
  addMod,
  type Homomorphism,
  homomorphismBelow,
  integerMod,
  inverseMod,
  multiplyMod,
  PRIME_BOUND,
  residues,
} from "./modular.ts";
import type { Polynomial } from "./polynomial.ts";
import * as P from "./polynomial.ts";
import { gaussian } from "./rational.ts";
import { parts, type Residues, sparseGcd, sparseImage, type Task } from "./zippel.ts";

/** A polynomial with Gaussian integer coefficients, as rows of exponents. */
export interface Integral {
  readonly exponents: readonly (readonly number[])[];
  /** Whether all coefficients are real. */
  readonly real: boolean;
  reduce(hom: Homomorphism): Residues;
}

/** p with the exponents in the order of `variables`, among which all of p's are. */
export function integral(p: Polynomial, variables: readonly number[]): Integral {
  const index = new Map(variables.map((v, i) => [v, i]));
  const all = [...p.values()];
  const exponents = all.map((t) => {
    const row = new Array<number>(variables.length).fill(0);
    for (const [v, k] of t.monomial) row[index.get(v)!] = k;
    return row;
  });
  const real = all.every((t) => t.coefficient.im.num === 0n);
  return {
    exponents,
    real,
    reduce: ({ p, i }) => ({
      exponents,
      values: all.map(({ coefficient: { re, im } }) =>
        real
          ? integerMod(re.num, p)
          : addMod(integerMod(re.num, p), multiplyMod(integerMod(im.num, p), i, p), p),
      ),
    }),
  };
}

/**
 * What `accept` makes of γ/c · gcd(a, b), where γ is a multiple of the gcd's leading coefficient c in the first of the
 * variables; `limits` are its degree there and bounds on its degrees in the others. Undefined where a candidate is not
 * accepted or luck fails.
 */
export function lift<T>(
  a: Polynomial,
  b: Polynomial,
  gamma: Polynomial,
  variables: readonly number[],
  limits: readonly number[],
  seed: number,
  budget: Budget,
  accept: (candidate: Polynomial) => T | undefined,
): T | undefined {
  const sources = [a, b, gamma].map((q) => integral(q, variables));
  const real = sources.every((q) => q.real);
  const random = residues(seed * 104729);
  const [degree, ...bounds] = limits;
  const tasks = (hom: Homomorphism): Task[] =>
    (real ? [hom] : [hom, { p: hom.p, i: hom.p - hom.i }]).map((h) => {
      const [x, y, z] = sources.map((q) => q.reduce(h));
      return { a: x!, b: y!, gamma: z!, degree: degree!, bounds, p: h.p, random, budget };
    });

  let hom = homomorphismBelow(PRIME_BOUND - 4096 * seed);
  const first = tasks(hom).map(sparseGcd);
  if (first.some((image) => image === undefined)) return undefined;
  const { skeleton, columns } = merge(first as Residues[]);
  let modulus = 1n;
  let [re, im] = [skeleton.exponents.map(() => 0n), skeleton.exponents.map(() => 0n)];
  for (let images: (readonly number[])[] = columns; ; ) {
    const { p, i } = hom;
    const inverse = BigInt(inverseMod(Number(modulus % BigInt(p)), p));
    const next = modulus * BigInt(p);
    /** The residue modulo `next` of least absolute value that is `old` modulo `modulus` and `image` modulo p. */
    const combine = (old: bigint, image: number): bigint => {
      const value = old + modulus * ((((BigInt(image) - old) * inverse) % BigInt(p)) + 0n);
      const rest = ((value % next) + next) % next;
      return rest * 2n > next ? rest - next : rest;
    };
    const split = images[0]!.map((u, s) => (real ? { re: u, im: 0 } : parts(u, images[1]![s]!, p, i)));
    budget.spend(split.length);
    re = re.map((old, s) => combine(old, split[s]!.re));
    if (!real) im = im.map((old, s) => combine(old, split[s]!.im));
    modulus = next;
    // A wrong residue is this small once in 64 times.
    const small = (n: bigint): boolean => (n < 0n ? -n : n) * 128n < modulus;
    if (re.every(small) && im.every(small)) {
      const candidate = new Map<string, P.Term>();
      skeleton.exponents.forEach((row, s) => {
        const powers = row.map((k, l): P.Power => [variables[l]!, k]);
        const c = gaussian({ num: re[s]!, den: 1n }, { num: im[s]!, den: 1n });
        for (const [key, term] of P.monomial(powers, c)) candidate.set(key, term);
      });
      return accept(candidate);
    }
    hom = homomorphismBelow(hom.p);
    const more = tasks(hom).map((task) => sparseImage(task, skeleton));
    if (more.some((image) => image === undefined)) return undefined;
    images = more as (readonly number[])[];
  }
}

/** The monomials of one or two images, and the images as columns over them. */
function merge(images: readonly Residues[]): { skeleton: Residues; columns: number[][] } {
  const rows = new Map<string, readonly number[]>();
  for (const image of images) for (const m of image.exponents) rows.set(m.join(), m);
  const columns = images.map((image) => {
    const values = new Map(image.exponents.map((m, s) => [m.join(), image.values[s]!]));
    return [...rows.keys()].map((key) => values.get(key) ?? 0);
  });
  return { skeleton: { exponents: [...rows.values()], values: [] }, columns };
}
