/** Architectures in plain loops over vectors, written from their definitions and not from formulas. */

/** A parameter, or an input, at its indices. */
export type Values = (name: string, ...indices: number[]) => number;
export type Sizes = Record<string, number>;

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);
export const total = (n: number, term: (k: number) => number): number => {
  let sum = 0;
  for (let k = 1; k <= n; k++) sum += term(k);
  return sum;
};
export const product = (n: number, factor: (k: number) => number): number => {
  let value = 1;
  for (let k = 1; k <= n; k++) value *= factor(k);
  return value;
};
export const sigmoid = (u: number): number => 1 / (1 + Math.exp(-u));
/** A series without a table: erf u = 2/sqrt(pi) sum (-1)^n u^(2n+1)/(n! (2n+1)). */
export function erf(u: number): number {
  let [power, sum] = [u, 0];
  for (let n = 0; n < 80; n++) {
    sum += power / (2 * n + 1);
    power *= (-u * u) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** A dense network by vectors: every layer is computed once. */
export function network(
  p: Values,
  { depth, h, d }: Sizes,
  activation: (u: number, l: number) => number,
): number {
  let layer = upTo(d!).map((i) => p("x", i));
  for (let l = 1; l <= depth!; l++) {
    layer = upTo(h!).map((j) => {
      let u = p(`b${l}`, j);
      for (const [k, value] of layer.entries()) u += p(`w${l}`, j, k + 1) * value;
      return activation(u, l);
    });
  }
  return total(h!, (j) => p("v", j) * layer[j - 1]!) + p("c");
}

/** Cox-de Boor's recursion for the B-spline of degree n that begins at the knot k of a uniform grid. */
export function spline(n: number, k: number, u: number): number {
  if (n === 0) return k <= u && u < k + 1 ? 1 : 0;
  return ((u - k) * spline(n - 1, k, u) + (k + n + 1 - u) * spline(n - 1, k + 1, u)) / n;
}

/** Queries, keys and values as vectors; the weights of the positions 1 to `at` in the output at `at`. */
export function attention(
  p: Values,
  { m, d }: Sizes,
  at: number,
  weights: (scores: number[]) => number[],
): number {
  const query = upTo(m!).map((a) => total(d!, (i) => p("Q", a, i) * p("x", at, i)));
  const scores = upTo(at).map((t) => {
    const key = upTo(m!).map((a) => total(d!, (i) => p("K", a, i) * p("x", t, i)));
    return total(m!, (a) => query[a - 1]! * key[a - 1]!);
  });
  const shares = weights(scores);
  return total(at, (t) => shares[t - 1]! * total(d!, (i) => p("V", i) * p("x", t, i)));
}
export const softmax = (scores: number[]): number[] => {
  const most = Math.max(...scores);
  const powers = scores.map((s) => Math.exp(s - most));
  const all = powers.reduce((a, b) => a + b, 0);
  return powers.map((e) => e / all);
};

/** h = z h + (1 - z) tanh(W x + U (r h) + b), with gates z and r. */
export function gru(p: Values, { steps, h, d }: Sizes): number {
  let state = upTo(h!).map(() => 0);
  for (let t = 1; t <= steps!; t++) {
    const before = state;
    const unit = (gate: string, j: number, held: number[]): number =>
      total(d!, (i) => p(`W${gate}`, j, i) * p("x", t, i)) +
      (t === 1 ? 0 : total(h!, (k) => p(`U${gate}`, j, k) * held[k - 1]!)) +
      p(`b${gate}`, j);
    const reset = t === 1 ? [] : upTo(h!).map((k) => sigmoid(unit("r", k, before)) * before[k - 1]!);
    state = upTo(h!).map((j) => {
      const z = sigmoid(unit("z", j, before));
      return z * before[j - 1]! + (1 - z) * Math.tanh(unit("n", j, reset));
    });
  }
  return total(h!, (j) => p("v", j) * state[j - 1]!) + p("c");
}

/** A tensor train as a row vector times matrices. */
export function train(p: Values, { d, ...sizes }: Sizes): number {
  if (d === 1) return p("a1") + p("b1") * p("x", 1);
  let row = upTo(sizes.r1!).map((k) => p("a1", k) + p("b1", k) * p("x", 1));
  for (let i = 2; i < d!; i++) {
    row = upTo(sizes[`r${i}`]!).map((k) =>
      row.reduce((s, v, j) => s + v * (p(`a${i}`, j + 1, k) + p(`b${i}`, j + 1, k) * p("x", i)), 0),
    );
  }
  return row.reduce((s, v, j) => s + v * (p(`a${d}`, j + 1) + p(`b${d}`, j + 1) * p("x", d!)), 0);
}

/** The core contracted with all vectors of factors, over all tuples of indices. */
export function tucker(p: Values, { d, ...sizes }: Sizes): number {
  let tuples: number[][] = [[]];
  for (const i of upTo(d!)) tuples = tuples.flatMap((t) => upTo(sizes[`r${i}`]!).map((k) => [...t, k]));
  return tuples.reduce(
    (sum, t) =>
      sum + p("C", ...t) * product(d!, (i) => p(`a${i}`, t[i - 1]!) + p(`b${i}`, t[i - 1]!) * p("x", i)),
    0,
  );
}

export function aion(p: Values, { r, d, P }: Sizes): number {
  return total(r!, (j) =>
    product(d!, (i) =>
      total(P!, (k) => {
        const x = p("x", i);
        const phase = p("omega", j, i, k) * x + p("phi", j, i, k);
        return p("A", j, i, k) * Math.exp(p("alpha", j, i, k) * x) * Math.cos(phase);
      }),
    ),
  );
}

/** (W z + b) sin(omega x + phi), from the filter of the inputs on. */
export function filters(p: Values, { depth, h, d }: Sizes): number {
  const filter = (l: number, j: number): number =>
    Math.sin(total(d!, (i) => p(`omega${l}`, j, i) * p("x", i)) + p(`phi${l}`, j));
  let z = upTo(h!).map((j) => filter(1, j));
  for (let l = 2; l <= depth!; l++) {
    const below = z;
    z = upTo(h!).map(
      (j) => (total(h!, (k) => p(`w${l}`, j, k) * below[k - 1]!) + p(`b${l}`, j)) * filter(l, j),
    );
  }
  return total(h!, (j) => p("v", j) * z[j - 1]!) + p("c");
}

export const rational =
  (p: Values) =>
  (u: number, l: number): number =>
    total(4, (n) => p(`p${l}`, n) * u ** (n - 1)) / total(3, (n) => p(`q${l}`, n) * u ** (n - 1));

export const affine = (p: Values, { d }: Sizes): number => total(d!, (i) => p("w", i) * p("x", i)) + p("b");

export const normal = (x: number, c: number, s: number): number =>
  Math.exp((-1 / 2) * ((x - c) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
