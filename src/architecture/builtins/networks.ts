/**
 * Layered networks of one vector of inputs. Layer l has weights `wl` and biases `bl`, its unit is the index `jl`; each
 * layer is written once, inside of the next, so that the text grows linearly with the depth.
 */
import { type Builtin, range, structure } from "./builtin.ts";

/** Weighted inputs of a unit of layer `l`, whose lower layer is written in the index `j(l-1)`. */
const weighted = (l: number, lower: string): string =>
  l === 1
    ? "sum(w1[j1,i]*x[i], i, 1, d) + b1[j1]"
    : `sum(${lower}*w${l}[j${l},j${l - 1}], j${l - 1}, 1, h) + b${l}[j${l}]`;

const readout = (l: number, layer: string): string => `sum(${layer}*v[j${l}], j${l}, 1, h) + c`;

const layered =
  (activation: (u: string, l: number) => string) =>
  (depth: number): string =>
    readout(
      depth,
      range(1, depth).reduce((lower, l) => activation(weighted(l, lower), l), ""),
    );

/** The activation of type (3, 2) of a layer, in Horner's form: the lower layers are written five times. */
const rational = (u: string, l: number): string =>
  `(((p${l}[4]*(${u}) + p${l}[3])*(${u}) + p${l}[2])*(${u}) + p${l}[1])/((q${l}[3]*(${u}) + q${l}[2])*(${u}) + q${l}[1])`;

function filters(depth: number): string {
  const filter = (l: number): string => `sin(sum(omega${l}[j${l},i]*x[i], i, 1, d) + phi${l}[j${l}])`;
  const layer = (lower: string, l: number): string =>
    l === 1 ? filter(1) : `(${weighted(l, lower)})*${filter(l)}`;
  return readout(depth, range(1, depth).reduce(layer, ""));
}

const perceptron = (activation: string, title: string, reference: string): Builtin => ({
  name: `mlp-${activation.replace("_", "-")}`,
  formula: layered((u) => `${activation}(${u})`),
  structure: structure("depth", 1, 1, 16),
  inputs: ["x[i]"],
  description: `A multilayer perceptron: ${title} hidden layers, one linear output`,
  reference,
});

export const NETWORKS: readonly Builtin[] = [
  {
    name: "siren",
    formula: layered((u) => `sin(${u})`),
    structure: structure("depth", 1, 1, 16),
    inputs: ["x[i]"],
    description: "A sinusoidal representation network; the factor omega_0 is part of the weights",
    reference:
      "V. Sitzmann, J. N. P. Martel, A. W. Bergman, D. B. Lindell, G. Wetzstein, Implicit neural representations with periodic activation functions, NeurIPS 2020",
  },
  {
    name: "multiplicative-filter",
    formula: filters,
    structure: structure("depth", 2, 1, 16),
    inputs: ["x[i]"],
    description: "A multiplicative filter network: products of affine layers with sinusoidal filters",
    reference: "R. Fathony, A. K. Sahu, D. Willmott, J. Z. Kolter, Multiplicative filter networks, ICLR 2021",
  },
  {
    name: "rbf",
    formula: () => "sum(a[k]*exp(-sum((x[i] - c[k,i])^2, i, 1, d)/(2*s[k]^2)), k, 1, K)",
    inputs: ["x[i]"],
    description: "A radial basis function network: Gaussians with free centres and widths",
    reference:
      "D. S. Broomhead, D. Lowe, Multivariable functional interpolation and adaptive networks, Complex Systems 2 (1988)",
  },
  perceptron("tanh", "tanh", "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Mueller, Efficient BackProp (1998)"),
  perceptron(
    "sigmoid",
    "sigmoid",
    "G. Cybenko, Approximation by superpositions of a sigmoidal function, Math. Control Signals Systems 2 (1989)",
  ),
  perceptron(
    "softplus",
    "softplus",
    "C. Dugas, Y. Bengio, F. Belisle, C. Nadeau, R. Garcia, Incorporating second-order functional knowledge for better option pricing, NIPS 2000",
  ),
  perceptron(
    "gelu",
    "GELU",
    "D. Hendrycks, K. Gimpel, Gaussian error linear units (GELUs), arXiv:1606.08415 (2016)",
  ),
  perceptron(
    "silu",
    "SiLU",
    "S. Elfwing, E. Uchibe, K. Doya, Sigmoid-weighted linear units for neural network function approximation in reinforcement learning, Neural Networks 107 (2018)",
  ),
  perceptron(
    "mish",
    "mish",
    "D. Misra, Mish: a self regularized non-monotonic activation function, BMVC 2020",
  ),
  perceptron(
    "relu",
    "ReLU",
    "V. Nair, G. E. Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
  ),
  perceptron(
    "elu",
    "ELU",
    "D.-A. Clevert, T. Unterthiner, S. Hochreiter, Fast and accurate deep network learning by exponential linear units (ELUs), ICLR 2016",
  ),
  {
    name: "rational-network",
    formula: layered(rational),
    structure: structure("depth", 1, 1, 4),
    inputs: ["x[i]"],
    description:
      "A network whose activations are trained rational functions of type (3, 2), one for each layer",
    reference: "N. Boulle, Y. Nakatsukasa, A. Townsend, Rational neural networks, NeurIPS 2020",
  },
  {
    name: "kan",
    formula: () =>
      // The cubic B-spline with knots at the integers from -2 to 2, shifted along a grid of G intervals of [0, 1].
      "sum(a[i]*silu(x[i]) + sum(c[i,k]*(relu(2 - abs(G*x[i] - k + 2))^3 - 4*relu(1 - abs(G*x[i] - k + 2))^3)/6, k, 1, G + 3), i, 1, d)",
    inputs: ["x[i]"],
    description: "One Kolmogorov-Arnold layer: SiLU and cubic B-splines with fixed knots on inputs in [0, 1]",
    reference:
      "Z. Liu, Y. Wang, S. Vaidya, F. Ruehle, J. Halverson, M. Soljacic, T. Y. Hou, M. Tegmark, KAN: Kolmogorov-Arnold networks, ICLR 2025",
  },
];
