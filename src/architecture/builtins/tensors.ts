/** Tensor networks over affine factors: polynomials in their parameters. */
import { type Builtin, range, structure } from "./builtin.ts";

/** Each factor holds the next sum, so that the text grows linearly with the number of cores. */
function tensorTrain(d: number): string {
  const core = (i: number): string => {
    const indices = [i === 1 ? "" : `k${i - 1}`, i === d ? "" : `k${i}`].filter((k) => k !== "").join(",");
    const [a, b] = indices === "" ? [`a${i}`, `b${i}`] : [`a${i}[${indices}]`, `b${i}[${indices}]`];
    return `(${a} + ${b}*x[${i}])`;
  };
  return range(1, d - 1).reduceRight((rest, i) => `sum(${core(i)}*${rest}, k${i}, 1, r${i})`, core(d));
}

function tucker(d: number): string {
  const modes = range(1, d);
  const factors = modes.map((i) => `(a${i}[k${i}] + b${i}[k${i}]*x[${i}])`);
  const core = `C[${modes.map((i) => `k${i}`).join(",")}]`;
  return modes.reduceRight((body, i) => `sum(${body}, k${i}, 1, r${i})`, [core, ...factors].join("*"));
}

export const TENSORS: readonly Builtin[] = [
  {
    name: "cp-tensor",
    formula: () => "sum(prod(a[j,i] + b[j,i]*x[i], i, 1, d), j, 1, r)",
    inputs: ["x[i]"],
    description: "A canonical polyadic sum of products of affine factors",
    reference:
      "F. L. Hitchcock, The expression of a tensor or a polyadic as a sum of products, J. Math. Phys. 6 (1927)",
  },
  {
    name: "tucker",
    formula: tucker,
    structure: structure("d", 3, 1, 8),
    inputs: ["x[i]"],
    description: "A Tucker tensor: a core contracted with a vector of affine factors for each input",
    reference: "L. R. Tucker, Some mathematical notes on three-mode factor analysis, Psychometrika 31 (1966)",
  },
  {
    name: "tensor-train",
    formula: tensorTrain,
    structure: structure("d", 3, 1, 16),
    inputs: ["x[i]"],
    description: "A tensor train: a product of one matrix of affine factors for each input",
    reference: "I. V. Oseledets, Tensor-train decomposition, SIAM J. Sci. Comput. 33 (2011)",
  },
];
