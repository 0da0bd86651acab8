/** Sums of exponentials, oscillations and powers of the input, AION first. */
import type { Builtin } from "./builtin.ts";

const AION = "R. T. Batley, S. Saha, The Method of Infinite Descent, arXiv:2510.05489";

export const EXPONENTIALS: readonly Builtin[] = [
  {
    name: "aion",
    formula: () =>
      "sum(prod(sum(A[j,i,p]*exp(alpha[j,i,p]*x[i])*cos(omega[j,i,p]*x[i] + phi[j,i,p]), p, 1, P), i, 1, d), j, 1, r)",
    inputs: ["x[i]"],
    description:
      "AION, real form: a sum over ranks of products over dimensions of exponential-trigonometric atoms",
    reference: AION,
  },
  {
    name: "aion-complex",
    formula: () =>
      "re(sum(prod(sum(A[j,i,p]*exp(alpha[j,i,p]*x[i] + complex(0, omega[j,i,p]*x[i] + phi[j,i,p])), p, 1, P), i, 1, d), j, 1, r))",
    inputs: ["x[i]"],
    description:
      "AION, complex form: real part of a sum over ranks of products over dimensions of complex atoms",
    reference: AION,
  },
  {
    name: "exponential-sum",
    formula: () => "sum(a[k]*exp(-b[k]*x), k, 1, K)",
    inputs: ["x"],
    description: "A sum of decaying exponentials",
    reference: "R. de Prony, Essai experimental et analytique, J. Ecole Polytechnique 1 (1795)",
  },
  {
    name: "fourier-features",
    formula: () => "sum(a[k]*cos(w[k]*x + p[k]), k, 1, K) + c",
    inputs: ["x"],
    description: "Cosines with free frequencies and phases",
    reference: "A. Rahimi, B. Recht, Random features for large-scale kernel machines, NIPS 2007",
  },
  {
    name: "polynomial-regression",
    formula: () => "sum(a[k]*x^(k - 1), k, 1, K)",
    inputs: ["x"],
    description: "A polynomial in the input, linear in its coefficients",
    reference: "A. M. Legendre, Nouvelles methodes pour la determination des orbites des cometes (1805)",
  },
];
