import { describe, expect, test } from "vitest";
import * as api from "../src/app/api.ts";
import { runCli } from "../src/app/cli.ts";
import { listed, listText } from "../src/app/list.ts";
import { members, modelText } from "../src/architecture/architecture.ts";
import { sizeMeaning } from "../src/architecture/builtins/builtin.ts";
import { BUILTINS, builtinFile, DERIVED } from "../src/architecture/builtins.ts";
import { LENGTH_LIMIT } from "../src/architecture/formula.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { seededRandom } from "../src/solve/start.ts";

/** A parameter, or an input, at its indices. */
type Values = (name: string, ...indices: number[]) => number;
type Sizes = Record<string, number>;

const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);
const total = (n: number, term: (k: number) => number): number => {
  let sum = 0;
  for (let k = 1; k <= n; k++) sum += term(k);
  return sum;
};
const product = (n: number, factor: (k: number) => number): number => {
  let value = 1;
  for (let k = 1; k <= n; k++) value *= factor(k);
  return value;
};
const sigmoid = (u: number): number => 1 / (1 + Math.exp(-u));
/** A series without a table: erf u = 2/sqrt(pi) sum (-1)^n u^(2n+1)/(n! (2n+1)). */
function erf(u: number): number {
  let [power, sum] = [u, 0];
  for (let n = 0; n < 80; n++) {
    sum += power / (2 * n + 1);
    power *= (-u * u) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** A dense network by vectors: every layer is computed once. */
function network(p: Values, { depth, h, d }: Sizes, activation: (u: number, l: number) => number): number {
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
function spline(n: number, k: number, u: number): number {
  if (n === 0) return k <= u && u < k + 1 ? 1 : 0;
  return ((u - k) * spline(n - 1, k, u) + (k + n + 1 - u) * spline(n - 1, k + 1, u)) / n;
}

/** Queries, keys and values as vectors; the weights of the positions 1 to `at` in the output at `at`. */
function attention(p: Values, { m, d }: Sizes, at: number, weights: (scores: number[]) => number[]): number {
  const query = upTo(m!).map((a) => total(d!, (i) => p("Q", a, i) * p("x", at, i)));
  const scores = upTo(at).map((t) => {
    const key = upTo(m!).map((a) => total(d!, (i) => p("K", a, i) * p("x", t, i)));
    return total(m!, (a) => query[a - 1]! * key[a - 1]!);
  });
  const shares = weights(scores);
  return total(at, (t) => shares[t - 1]! * total(d!, (i) => p("V", i) * p("x", t, i)));
}
const softmax = (scores: number[]): number[] => {
  const most = Math.max(...scores);
  const powers = scores.map((s) => Math.exp(s - most));
  const all = powers.reduce((a, b) => a + b, 0);
  return powers.map((e) => e / all);
};

/** h = z h + (1 - z) tanh(W x + U (r h) + b), with gates z and r. */
function gru(p: Values, { steps, h, d }: Sizes): number {
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
function train(p: Values, { d, ...sizes }: Sizes): number {
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
function tucker(p: Values, { d, ...sizes }: Sizes): number {
  let tuples: number[][] = [[]];
  for (const i of upTo(d!)) tuples = tuples.flatMap((t) => upTo(sizes[`r${i}`]!).map((k) => [...t, k]));
  return tuples.reduce(
    (sum, t) =>
      sum + p("C", ...t) * product(d!, (i) => p(`a${i}`, t[i - 1]!) + p(`b${i}`, t[i - 1]!) * p("x", i)),
    0,
  );
}

function aion(p: Values, { r, d, P }: Sizes): number {
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
function filters(p: Values, { depth, h, d }: Sizes): number {
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

const rational =
  (p: Values) =>
  (u: number, l: number): number =>
    total(4, (n) => p(`p${l}`, n) * u ** (n - 1)) / total(3, (n) => p(`q${l}`, n) * u ** (n - 1));

const affine = (p: Values, { d }: Sizes): number => total(d!, (i) => p("w", i) * p("x", i)) + p("b");

const normal = (x: number, c: number, s: number): number =>
  Math.exp((-1 / 2) * ((x - c) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));

interface Row {
  readonly name: string;
  /** As `list` shows them, sizes open, at the usual structure. */
  readonly parameters: string;
  readonly reference: (p: Values, sizes: Sizes) => number;
  readonly sizes: readonly Sizes[];
  /** Tier at the usual structure. */
  readonly tier: string;
  /** At further structures. */
  readonly deeper?: readonly [Sizes, string];
}

const ALL: readonly Sizes[] = [
  { h: 2, d: 3 },
  { h: 1, d: 1 },
  { h: 3, d: 1 },
];
const DEEP: readonly Sizes[] = [
  ...ALL.map((s) => ({ depth: 1, ...s })),
  { depth: 2, h: 2, d: 1 },
  { depth: 3, h: 2, d: 2 },
];
const TOKENS: readonly Sizes[] = [
  { T: 3, d: 2, m: 2 },
  { T: 1, d: 2, m: 1 },
  { T: 2, d: 1, m: 3 },
];
const MLP = "w1[j1,i] b1[j1] v[j1] c";

const mlp = (name: string, activation: (u: number) => number, tier: string, deep: string): Row => ({
  name: `mlp-${name}`,
  parameters: MLP,
  reference: (p, sizes) => network(p, sizes, activation),
  sizes: DEEP,
  tier,
  deeper: [{ depth: 2 }, deep],
});

const ROWS: readonly Row[] = [
  {
    name: "aion",
    parameters: "A[j,i,p] alpha[j,i,p] omega[j,i,p] phi[j,i,p]",
    reference: aion,
    sizes: [
      { r: 2, d: 3, P: 2 },
      { r: 1, d: 1, P: 1 },
      { r: 0, d: 1, P: 1 },
    ],
    tier: "exponential-polynomial",
  },
  {
    name: "aion-complex",
    parameters: "A[j,i,p] alpha[j,i,p] omega[j,i,p] phi[j,i,p]",
    reference: (p, { r, d, P }) =>
      total(r!, (j) => {
        let [re, im] = [1, 0];
        for (let i = 1; i <= d!; i++) {
          const polar = (k: number): [number, number] => [
            p("A", j, i, k) * Math.exp(p("alpha", j, i, k) * p("x", i)),
            p("omega", j, i, k) * p("x", i) + p("phi", j, i, k),
          ];
          const [a, b] = [Math.cos, Math.sin].map((f) => total(P!, (k) => polar(k)[0] * f(polar(k)[1])));
          [re, im] = [re * a! - im * b!, re * b! + im * a!];
        }
        return re;
      }),
    sizes: [
      { r: 2, d: 3, P: 2 },
      { r: 1, d: 1, P: 1 },
    ],
    tier: "exponential-polynomial",
  },
  {
    name: "exponential-sum",
    parameters: "a[k] b[k]",
    reference: (p, { K }) => total(K!, (k) => p("a", k) * Math.exp(-p("b", k) * p("x"))),
    sizes: [{ K: 3 }, { K: 1 }, { K: 0 }],
    tier: "exponential-polynomial",
  },
  {
    name: "fourier-features",
    parameters: "a[k] w[k] p[k] c",
    reference: (p, { K }) => total(K!, (k) => p("a", k) * Math.cos(p("w", k) * p("x") + p("p", k))) + p("c"),
    sizes: [{ K: 3 }, { K: 1 }, { K: 0 }],
    tier: "exponential-polynomial",
  },
  {
    name: "polynomial-regression",
    parameters: "a[k]",
    reference: (p, { K }) => upTo(K!).reduceRight((sum, k) => sum * p("x") + p("a", k), 0),
    sizes: [{ K: 4 }, { K: 1 }, { K: 0 }],
    tier: "polynomial",
  },
  {
    name: "cp-tensor",
    parameters: "a[j,i] b[j,i]",
    reference: (p, { r, d }) => total(r!, (j) => product(d!, (i) => p("a", j, i) + p("b", j, i) * p("x", i))),
    sizes: [
      { r: 2, d: 3 },
      { r: 1, d: 1 },
      { r: 0, d: 2 },
    ],
    tier: "polynomial",
  },
  {
    name: "tucker",
    parameters: "C[k1,k2,k3] a1[k1] b1[k1] a2[k2] b2[k2] a3[k3] b3[k3]",
    reference: tucker,
    sizes: [
      { d: 3, r1: 2, r2: 3, r3: 1 },
      { d: 1, r1: 2 },
      { d: 2, r1: 2, r2: 2 },
      { d: 5, r1: 2, r2: 1, r3: 2, r4: 1, r5: 2 },
    ],
    tier: "polynomial",
  },
  {
    name: "tensor-train",
    parameters: "a1[k1] b1[k1] a2[k1,k2] b2[k1,k2] a3[k2] b3[k2]",
    reference: train,
    sizes: [
      { d: 3, r1: 2, r2: 3 },
      { d: 1 },
      { d: 2, r1: 2 },
      { d: 5, r1: 2, r2: 3, r3: 1, r4: 2 },
      { d: 3, r1: 0, r2: 1 },
    ],
    tier: "polynomial",
  },
  {
    name: "siren",
    parameters: MLP,
    reference: (p, sizes) => network(p, sizes, Math.sin),
    sizes: DEEP,
    tier: "exponential-polynomial",
    deeper: [{ depth: 2 }, "cascade"],
  },
  {
    name: "multiplicative-filter",
    parameters: "omega1[j1,i] phi1[j1] w2[j2,j1] b2[j2] omega2[j2,i] phi2[j2] v[j2] c",
    reference: filters,
    sizes: DEEP,
    tier: "exponential-polynomial",
    deeper: [{ depth: 3 }, "exponential-polynomial"],
  },
  {
    name: "rbf",
    parameters: "a[k] c[k,i] s[k]",
    reference: (p, { K, d }) =>
      total(K!, (k) => {
        const distance = Math.hypot(...upTo(d!).map((i) => p("x", i) - p("c", k, i)));
        return p("a", k) * Math.exp((-1 / 2) * (distance / p("s", k)) ** 2);
      }),
    sizes: [
      { K: 3, d: 2 },
      { K: 1, d: 1 },
      { K: 0, d: 1 },
    ],
    tier: "cascade",
  },
  mlp("tanh", Math.tanh, "addition-theorem", "cascade"),
  mlp("sigmoid", sigmoid, "addition-theorem", "cascade"),
  mlp("softplus", (u) => Math.log(1 + Math.exp(u)), "cascade", "cascade"),
  mlp("gelu", (u) => (u / 2) * (1 + erf(u / Math.SQRT2)), "holonomic", "differentially-algebraic"),
  mlp("silu", (u) => u * sigmoid(u), "addition-theorem", "cascade"),
  mlp("mish", (u) => u * Math.tanh(Math.log(1 + Math.exp(u))), "addition-theorem", "cascade"),
  mlp("relu", (u) => (u > 0 ? u : 0), "outside", "outside"),
  mlp("elu", (u) => (u > 0 ? u : Math.exp(u) - 1), "outside", "outside"),
  {
    name: "rational-network",
    parameters: "p1[1] p1[2] p1[3] p1[4] w1[j1,i] b1[j1] q1[1] q1[2] q1[3] v[j1] c",
    reference: (p, sizes) => network(p, sizes, rational(p)),
    sizes: DEEP,
    tier: "addition-theorem",
    deeper: [{ depth: 2 }, "addition-theorem"],
  },
  {
    name: "kan",
    parameters: "a[i] c[i,k]",
    reference: (p, { d, G }) =>
      total(d!, (i) => {
        const u = G! * p("x", i);
        const splines = total(G! + 3, (k) => p("c", i, k) * spline(3, k - 4, u));
        return p("a", i) * p("x", i) * sigmoid(p("x", i)) + splines;
      }),
    sizes: [
      { d: 2, G: 3 },
      { d: 1, G: 1 },
      { d: 3, G: 5 },
    ],
    tier: "polynomial",
  },
  {
    name: "linear-attention",
    parameters: "Q[a,i] K[a,j] V[l]",
    reference: (p, s) => attention(p, s, s.T!, (scores) => scores),
    sizes: TOKENS,
    tier: "polynomial",
  },
  {
    name: "linear-attention-causal",
    parameters: "Q[a,i] K[a,j] V[l]",
    reference: (p, s) => total(s.T!, (at) => attention(p, s, at, (scores) => scores)),
    sizes: TOKENS,
    tier: "polynomial",
  },
  {
    name: "softmax-attention",
    parameters: "Q[a,i] K[a,j] V[l]",
    reference: (p, s) => attention(p, s, s.T!, softmax),
    sizes: TOKENS,
    tier: "cascade",
  },
  {
    name: "softmax-attention-causal",
    parameters: "Q[a,i] K[a,j] V[l]",
    reference: (p, s) => total(s.T!, (at) => attention(p, s, at, softmax)),
    sizes: TOKENS,
    tier: "cascade",
  },
  {
    name: "softmax-attention-merged",
    parameters: "M[i,j] V[l]",
    reference: (p, { T, d }) => {
      const scores = upTo(T!).map((t) => {
        let score = 0;
        for (const i of upTo(d!))
          for (const j of upTo(d!)) score += p("x", T!, i) * p("M", i, j) * p("x", t, j);
        return score;
      });
      const shares = softmax(scores);
      return total(T!, (t) => shares[t - 1]! * total(d!, (i) => p("V", i) * p("x", t, i)));
    },
    sizes: [
      { T: 3, d: 2 },
      { T: 1, d: 1 },
    ],
    tier: "addition-theorem",
  },
  {
    name: "gru",
    parameters: "Wz[j,i] bz[j] Uz[j,k1] Wn[k1,i] bn[k1] Un[j,k1] Wr[k1,i] br[k1] Ur[k1,k2] v[j] c",
    reference: gru,
    sizes: [
      { steps: 2, h: 2, d: 3 },
      { steps: 1, h: 3, d: 1 },
      { steps: 3, h: 2, d: 2 },
      { steps: 4, h: 1, d: 1 },
      { steps: 2, h: 0, d: 1 },
    ],
    tier: "cascade",
  },
  {
    name: "state-space",
    parameters: "C[k] a[k] B[k] D",
    reference: (p, { h, T }) => {
      const states = upTo(h!).map(() => 0);
      for (const t of upTo(T!)) {
        for (const k of upTo(h!))
          states[k - 1] = Math.exp(-0.1 * p("a", k)) * states[k - 1]! + p("B", k) * p("x", t);
      }
      return total(h!, (k) => p("C", k) * states[k - 1]!) + p("D") * p("x", T!);
    },
    sizes: [
      { h: 2, T: 4 },
      { h: 1, T: 1 },
      { h: 0, T: 2 },
    ],
    tier: "exponential-polynomial",
  },
  {
    name: "logistic-regression",
    parameters: "w[i] b",
    reference: affine,
    sizes: [{ d: 3 }, { d: 1 }, { d: 0 }],
    tier: "addition-theorem",
  },
  {
    name: "poisson-regression",
    parameters: "w[i] b",
    reference: affine,
    sizes: [{ d: 3 }, { d: 1 }, { d: 0 }],
    tier: "exponential-polynomial",
  },
  {
    name: "michaelis-menten",
    parameters: "V k",
    reference: (p) => p("V") / (1 + p("k") / p("x")),
    sizes: [{}],
    tier: "addition-theorem",
  },
  {
    name: "hill",
    parameters: "V n k",
    reference: (p) => p("V") / (1 + Math.exp(p("n") * Math.log(p("k") / p("x")))),
    sizes: [{}],
    tier: "cascade",
  },
  {
    name: "gompertz",
    parameters: "a b c",
    reference: (p) => p("a") * Math.exp(-p("b") * Math.exp(-p("c") * p("x"))),
    sizes: [{}],
    tier: "cascade",
  },
  {
    name: "weibull",
    parameters: "a s k",
    reference: (p) => -p("a") * Math.expm1(-Math.exp(p("k") * Math.log(p("x") / p("s")))),
    sizes: [{}],
    tier: "cascade",
  },
  {
    name: "gaussian-mixture",
    parameters: "a[k] c[k] s[k]",
    reference: (p, { K }) => {
      const shares = softmax(upTo(K!).map((k) => p("a", k)));
      return total(K!, (k) => shares[k - 1]! * normal(p("x"), p("c", k), p("s", k)));
    },
    sizes: [{ K: 3 }, { K: 1 }],
    tier: "cascade",
  },
];

/** Signs as they come where a model is defined for them. */
const POSITIVE: ReadonlySet<string> = new Set([
  "michaelis-menten",
  "hill",
  "weibull",
  "gaussian-mixture",
  "kan",
]);

const inputNames = (sizes: Sizes, inputs: readonly string[]): string[] => {
  const [name = ""] = inputs;
  const dims = /\[(.*)\]/.exec(name)?.[1]?.split(",") ?? [];
  const lengths = dims.map((index) => (index === "t" ? (sizes.T ?? sizes.steps)! : sizes.d!));
  const tuples = lengths.reduce<number[][]>(
    (list, length) => list.flatMap((tuple) => upTo(length).map((k) => [...tuple, k])),
    [[]],
  );
  return tuples.map((tuple) => (dims.length === 0 ? "x" : `x[${tuple.join(",")}]`));
};

test("the rows are the built-ins, each once", () => {
  expect(ROWS.map(({ name }) => name)).toEqual(BUILTINS.map(({ name }) => name));
  expect(new Set(BUILTINS.map(({ name }) => name)).size).toBe(BUILTINS.length);
  for (const name of DERIVED) expect(BUILTINS.map((b) => b.name)).toContain(name);
});

describe.each(ROWS)("$name", ({ name, parameters, reference, sizes }) => {
  const row = BUILTINS.find((b) => b.name === name)!;

  test("its sizes stay open, its parameters are as documented", () => {
    const given = api.builtinArchitecture(name);
    expect(api.flatNames(given.parameters).join(" ")).toBe(parameters);
    const named = new Set(sizes.flatMap((s) => Object.keys(s)));
    for (const size of [...given.open, ...(row.structure === undefined ? [] : [row.structure.name])]) {
      expect(named).toContain(size);
      expect(sizeMeaning(size)).toBeTypeOf("string");
    }
    expect(row.description).not.toMatch(/\.$|\n/);
    expect(row.reference).toMatch(/(1[789]|20)\d\d|arXiv:\d{4}\.\d{5}/);
  });

  test.each(sizes.map((s) => [JSON.stringify(s), s] as const))(
    "%s is the architecture in loops",
    (_, given) => {
      const { structure } = row;
      const { [structure?.name ?? ""]: n, ...open } = given;
      const file = builtinFile(row, n);
      const instance = api.builtinArchitecture(name, { sizes: given });
      const names = [...api.flatNames(instance.parameters), ...inputNames(given, row.inputs!)];
      expect(instance.open).toEqual([]);
      expect(instance.parameters.flatMap(members)).toHaveLength(api.flatNames(instance.parameters).length);
      const random = seededRandom(names.length + 1);
      for (let point = 0; point < 5; point++) {
        const values = Object.fromEntries(
          names.map((key) => [key, POSITIVE.has(name) ? 0.05 + 0.9 * random() : 2 * random() - 1]),
        );
        const used = new Set<string>();
        const expected = reference((symbol, ...indices) => {
          const key = indices.length === 0 ? symbol : `${symbol}[${indices.join(",")}]`;
          used.add(key);
          if (!(key in values)) throw new Error(`no ${key}`);
          return values[key]!;
        }, given);
        // The file's own text, and what the reader made of it.
        const written = mathjsEvaluate(file.model, { ...values, ...open, ...file.constants });
        const scale = Math.max(1, Math.abs(expected));
        expect(Math.abs(written - expected) / scale).toBeLessThan(1e-12);
        expect(Math.abs(mathjsEvaluate(modelText(instance), values) - expected) / scale).toBeLessThan(1e-12);
        // No parameter is idle, but for those of an empty sum around it.
        if (!Object.values(given).includes(0)) expect([...used].sort()).toEqual([...names].sort());
      }
    },
  );

  test("every structure reads, within the length of a formula", () => {
    const { structure } = row;
    if (structure === undefined) {
      expect(builtinFile(row)).toEqual(builtinFile(row, 7));
      return;
    }
    for (let n = structure.least; n <= structure.most; n++) {
      expect(builtinFile(row, n).model.length).toBeLessThan(LENGTH_LIMIT);
      const given = api.builtinArchitecture(name, { sizes: { [structure.name]: n } });
      expect(given.sizes.size).toBe(0);
    }
    const usual = { sizes: { [structure.name]: structure.usual } };
    expect(modelText(api.builtinArchitecture(name, usual))).toBe(modelText(api.builtinArchitecture(name)));
  });
});

describe("verdicts, where one is found", async () => {
  const judge = await api.openJudge();
  const limits = { milliseconds: 2000 };
  const cases = ROWS.flatMap(({ name, tier, deeper }) => [
    [name, {} as Sizes, tier] as const,
    ...(deeper === undefined ? [] : [[name, deeper[0], deeper[1]] as const]),
  ]);
  test.each(cases)("%s %j: %s", (name, structure, tier) => {
    const open = api.builtinArchitecture(name, { sizes: structure });
    const twos = Object.fromEntries(open.open.map((size) => [size, 2]));
    const small = api.builtinArchitecture(name, { sizes: { ...structure, ...twos } });
    for (const given of [open, small])
      expect([tier, "undecided"]).toContain(api.check(given, judge, limits).tier);
  });

  test("those of linear closure are found with all sizes open", () => {
    const found = [
      "cp-tensor",
      "tucker",
      "tensor-train",
      "siren",
      "multiplicative-filter",
      "linear-attention",
    ];
    for (const name of found)
      expect(api.check(api.builtinArchitecture(name), judge).tier).toBe(
        ROWS.find((r) => r.name === name)!.tier,
      );
  });
});

describe("bad options", () => {
  const refused = (name: string, sizes: Sizes): string => {
    try {
      api.builtinArchitecture(name, { sizes });
    } catch (error) {
      expect(error).toBeInstanceOf(api.DescentError);
      return (error as Error).message;
    }
    return "";
  };

  test.each<[string, Sizes, string]>([
    [
      "mlp-tanh",
      { depth: 0 },
      "sizes:depth: the depth 0 of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "mlp-tanh",
      { depth: 17 },
      "sizes:depth: the depth 17 of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "mlp-tanh",
      { depth: 1.5 },
      "sizes:depth: the depth 1.5 of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "mlp-tanh",
      { depth: Number.NaN },
      "sizes:depth: the depth NaN of 'mlp-tanh' is out of range; accepted: whole numbers from 1 to 16",
    ],
    [
      "rational-network",
      { depth: 5 },
      "sizes:depth: the depth 5 of 'rational-network' is out of range; accepted: whole numbers from 1 to 4",
    ],
    [
      "gru",
      { steps: 1e9 },
      "sizes:steps: the steps 1000000000 of 'gru' is out of range; accepted: whole numbers from 1 to 4",
    ],
    ["gru", { depth: 2 }, "sizes:depth: no size 'depth' in 'gru'; accepted: steps, d, h"],
    ["tensor-train", { d: 2, r2: 2 }, "sizes:r2: no size 'r2' in 'tensor-train'; accepted: d, r1"],
    [
      "aion",
      { depth: 2 },
      "sizes:depth: no size 'depth' in the formula; accepted: sizes of this formula: P, d, r",
    ],
    [
      "mlp-tanh",
      { h: -1 },
      "sizes:h: the size -1 is out of range; accepted: whole numbers from 0 to 1000000",
    ],
    [
      "__proto__",
      {},
      "no built-in architecture '__proto__'; accepted: a built-in's name (see list), the path of a .json file, or --model FORMULA",
    ],
    [
      "mlp-tanh",
      JSON.parse('{"__proto__": 2}'),
      "sizes:__proto__: no size '__proto__' in 'mlp-tanh'; accepted: depth, d, h",
    ],
  ])("%s %j", (name, sizes, message) => {
    expect(refused(name, sizes)).toBe(message);
  });

  test("depth is an ordinary size of --sizes", async () => {
    let [out, error] = ["", ""];
    const io = {
      out: (text: string) => void (out += text),
      error: (text: string) => void (error += text),
      terminal: false,
    };
    await runCli(["check", "siren", "--sizes", "depth=2,h=1,d=1", "--json"], io);
    expect(JSON.parse(out).architecture).toMatchObject({
      parameters: ["w1[1,1]", "b1[1]", "w2[1,1]", "b2[1]", "v[1]", "c"],
      sizes: { d: 1, h: 1 },
    });
    expect(await runCli(["check", "siren", "--sizes", "depth=99"], io)).toBe(2);
    expect(error).toBe(
      "error: sizes:depth: the depth 99 of 'siren' is out of range; accepted: whole numbers from 1 to 16\n",
    );
  });
});

describe("list", async () => {
  const rows = listed(await api.openJudge());

  test("has a row for each, with what it had before and its sizes", () => {
    expect(rows.map(({ name }) => name)).toEqual(BUILTINS.map(({ name }) => name));
    expect(rows[0]).toMatchObject({
      name: "aion",
      tier: "exponential-polynomial",
      membership: "strict",
      separable: { holds: true, rank: "r" },
      reference: expect.stringContaining("arXiv:2510.05489"),
      decidedAt: {},
      reason: null,
      sizes: [{ name: "r" }, { name: "d", meaning: "inputs", value: null }, { name: "P" }],
    });
    expect(rows.find(({ name }) => name === "mlp-relu")).toMatchObject({
      tier: "outside",
      inputs: ["x[i]"],
      sizes: [{ name: "depth", value: 1, least: 1, most: 16 }, { name: "h" }, { name: "d" }],
    });
    for (const row of rows) {
      expect(row.tier === "undecided").toBe(row.decidedAt === null);
      expect(row.tier === "undecided").toBe(row.reason !== null && row.reason !== "");
    }
  });

  test("fits 100 columns, and names every size", () => {
    const text = listText(rows);
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).not.toContain("...\n");
    for (const { name, sizes } of rows) {
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
      for (const size of sizes)
        expect(text).toMatch(new RegExp(`^  ${size.name.replace(/\d+$/, "")} +\\S`, "m"));
    }
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });
});
