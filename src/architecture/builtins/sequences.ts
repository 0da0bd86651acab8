/** Models of a sequence of inputs x[1], …, x[T] or x[t,i] with one output. */
import { type Builtin, structure } from "./builtin.ts";

const LINEAR =
  "A. Katharopoulos, A. Vyas, N. Pappas, F. Fleuret, Transformers are RNNs: fast autoregressive transformers with linear attention, ICML 2020";
const SOFTMAX =
  "A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. N. Gomez, L. Kaiser, I. Polosukhin, Attention is all you need, NIPS 2017";

/** Query at position `at` times key at position `t`. */
const score = (at: string): string =>
  `sum(sum(Q[a,i]*x[${at},i], i, 1, d)*sum(K[a,j]*x[t,j], j, 1, d), a, 1, m)`;
const merged = "sum(sum(M[i,j]*x[T,i]*x[t,j], j, 1, d), i, 1, d)";
const value = "sum(V[l]*x[t,l], l, 1, d)";

const linear = (at: string): string => `sum(${score(at)}*${value}, t, 1, ${at})`;
const softmax = (exponent: string, last: string): string =>
  `sum(exp(${exponent})*${value}, t, 1, ${last})/sum(exp(${exponent}), t, 1, ${last})`;

/**
 * The state after `t` steps, in the unit named by the index `unit`; indices bound in it are numbered from `level` on.
 * Each state is written five times in the next: in the update gate z and in 1 - z = sigmoid(-u), by itself, in the
 * reset gate, and by that gate. The first state starts from zero.
 */
function gruState(t: number, unit: string, level: number): string {
  const inner = `k${level}`;
  const fed = (gate: string, at: string): string =>
    `sum(W${gate}[${at},i]*x[${t},i], i, 1, d) + b${gate}[${at}]`;
  if (t === 1) return `sigmoid(-(${fed("z", unit)}))*tanh(${fed("n", unit)})`;
  const gate = (name: string, at: string, index: string, next: number): string =>
    `${fed(name, at)} + sum(U${name}[${at},${index}]*${bracketed(gruState(t - 1, index, next))}, ${index}, 1, h)`;
  const update = gate("z", unit, inner, level + 1);
  const reset = `sigmoid(${gate("r", inner, `k${level + 1}`, level + 2)})`;
  const kept = bracketed(gruState(t - 1, inner, level + 1));
  const candidate = `tanh(${fed("n", unit)} + sum(Un[${unit},${inner}]*${reset}*${kept}, ${inner}, 1, h))`;
  return `sigmoid(${update})*${bracketed(gruState(t - 1, unit, level))} + sigmoid(-(${update}))*${candidate}`;
}

const bracketed = (text: string): string => `(${text})`;

export const SEQUENCES: readonly Builtin[] = [
  {
    name: "linear-attention",
    formula: () => linear("T"),
    inputs: ["x[t,i]"],
    description: "Linear attention without feature map and normalisation, at the last position",
    reference: LINEAR,
  },
  {
    name: "linear-attention-causal",
    formula: () => `sum(${linear("s")}, s, 1, T)`,
    inputs: ["x[t,i]"],
    description: "Causal linear attention without feature map and normalisation, summed over the positions",
    reference: LINEAR,
  },
  {
    name: "softmax-attention",
    formula: () => softmax(score("T"), "T"),
    inputs: ["x[t,i]"],
    description: "Softmax attention at the last position; the scale of the scores is part of the queries",
    reference: SOFTMAX,
  },
  {
    name: "softmax-attention-causal",
    formula: () => `sum(${softmax(score("s"), "s")}, s, 1, T)`,
    inputs: ["x[t,i]"],
    description: "Causal softmax attention, summed over the positions",
    reference: SOFTMAX,
  },
  {
    name: "softmax-attention-merged",
    formula: () => softmax(merged, "T"),
    inputs: ["x[t,i]"],
    description: "Softmax attention at the last position, queries and keys merged in one matrix of scores",
    reference: SOFTMAX,
  },
  {
    name: "gru",
    formula: (steps) => `sum((${gruState(steps, "j", 1)})*v[j], j, 1, h) + c`,
    structure: structure("steps", 2, 1, 4),
    inputs: ["x[t,i]"],
    description: "A gated recurrent unit, unrolled from the state zero, with a linear output at the end",
    reference:
      "K. Cho, B. van Merrienboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk, Y. Bengio, Learning phrase representations using RNN encoder-decoder for statistical machine translation, EMNLP 2014",
  },
  {
    name: "state-space",
    formula: () => "sum(C[k]*sum(exp(-a[k]*dt*(T - t))*B[k]*x[t], t, 1, T), k, 1, h) + D*x[T]",
    constants: { dt: 0.1 },
    inputs: ["x[t]"],
    description: "A linear state-space model with a diagonal matrix, steps of 1/10, at the last position",
    reference:
      "A. Gu, K. Goel, A. Gupta, C. Re, On the parameterization and initialization of diagonal state space models, NeurIPS 2022",
  },
];
