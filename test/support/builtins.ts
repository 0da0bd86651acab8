/** Every built-in once more, in plain loops, with what `list` and `check` should say of it. */
import {
  affine,
  aion,
  attention,
  erf,
  filters,
  gru,
  network,
  normal,
  product,
  rational,
  type Sizes,
  sigmoid,
  softmax,
  spline,
  total,
  train,
  tucker,
  upTo,
  type Values,
} from "./loops.ts";

export interface Row {
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

export const ROWS: readonly Row[] = [
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
