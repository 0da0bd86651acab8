/** Monomials as numbers: each is made once, and each product of two of them is computed once. */
export type Power = readonly [variable: number, exponent: number];

export interface Monomials {
  /** The monomial 1. */
  readonly one: number;
  /** variable^exponent; the exponent may be negative. */
  power(variable: number, exponent: number): number;
  times(a: number, b: number): number;
  /** Sorted by variable, exponents nonzero. */
  powers(monomial: number): readonly Power[];
}

export function createMonomials(): Monomials {
  const known: (readonly Power[])[] = [[]];
  const products: Map<number, number>[] = [new Map()];
  const byKey = new Map<string, number>([["", 0]]);

  function intern(powers: readonly Power[]): number {
    let key = "";
    for (const [variable, exponent] of powers) key += `${variable}^${exponent} `;
    const old = byKey.get(key);
    if (old !== undefined) return old;
    byKey.set(key, known.length);
    products.push(new Map());
    return known.push(powers) - 1;
  }

  return {
    one: 0,
    power: (variable, exponent) => (exponent === 0 ? 0 : intern([[variable, exponent]])),
    times(a, b) {
      if (a === 0) return b;
      if (b === 0) return a;
      const [low, high] = a < b ? [a, b] : [b, a];
      const row = products[low]!;
      const old = row.get(high);
      if (old !== undefined) return old;
      const made = intern(merge(known[a]!, known[b]!));
      row.set(high, made);
      return made;
    },
    powers: (monomial) => known[monomial]!,
  };
}

function merge(a: readonly Power[], b: readonly Power[]): readonly Power[] {
  const total: Power[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!];
    if (x[0] !== y[0]) {
      total.push(x[0] < y[0] ? x : y);
      if (x[0] < y[0]) i++;
      else j++;
      continue;
    }
    if (x[1] + y[1] !== 0) total.push([x[0], x[1] + y[1]]);
    i++;
    j++;
  }
  for (; i < a.length; i++) total.push(a[i]!);
  for (; j < b.length; j++) total.push(b[j]!);
  return total;
}
