/** The built-in architectures, as architecture files would state them. */
import type { ArchitectureFile } from "./file.ts";

export const BUILTINS: readonly (ArchitectureFile & { readonly name: string })[] = [
  {
    name: "aion",
    model:
      "sum(prod(sum(A[j,i,p]*exp(alpha[j,i,p]*x[i])*cos(omega[j,i,p]*x[i] + phi[j,i,p]), p, 1, P), i, 1, d), j, 1, r)",
    inputs: ["x[i]"],
    description:
      "AION, real form: a sum over ranks of products over dimensions of exponential-trigonometric atoms",
    reference: "R. T. Batley, S. Saha, The Method of Infinite Descent, arXiv:2510.05489",
  },
  {
    name: "aion-complex",
    model:
      "re(sum(prod(sum(A[j,i,p]*exp(alpha[j,i,p]*x[i] + complex(0, omega[j,i,p]*x[i] + phi[j,i,p])), p, 1, P), i, 1, d), j, 1, r))",
    inputs: ["x[i]"],
    description:
      "AION, complex form: the real part of a sum over ranks of products over dimensions of complex atoms",
    reference: "R. T. Batley, S. Saha, The Method of Infinite Descent, arXiv:2510.05489",
  },
  {
    name: "exponential-sum",
    model: "sum(a[k]*exp(-b[k]*x), k, 1, K)",
    inputs: ["x"],
    description: "A sum of decaying exponentials",
    reference: "R. de Prony, Essai experimental et analytique, J. Ecole Polytechnique 1 (1795)",
  },
  {
    name: "fourier-features",
    model: "sum(a[k]*cos(w[k]*x + p[k]), k, 1, K) + c",
    inputs: ["x"],
    description: "Cosines with free frequencies and phases",
    reference: "A. Rahimi, B. Recht, Random features for large-scale kernel machines, NIPS 2007",
  },
  {
    name: "polynomial-regression",
    model: "sum(a[k]*x^(k - 1), k, 1, K)",
    inputs: ["x"],
    description: "A polynomial in the input, linear in its coefficients",
    reference: "A. M. Legendre, Nouvelles methodes pour la determination des orbites des cometes (1805)",
  },
  {
    name: "cp-tensor",
    model: "sum(prod(a[j,i] + b[j,i]*x[i], i, 1, d), j, 1, r)",
    inputs: ["x[i]"],
    description: "A canonical polyadic sum of products of affine factors",
    reference:
      "F. L. Hitchcock, The expression of a tensor or a polyadic as a sum of products, J. Math. Phys. 6 (1927)",
  },
];
