/** Regression with its own loss, growth and saturation curves, mixtures. */
import type { Builtin } from "./builtin.ts";

const linear = (): string => "sum(w[i]*x[i], i, 1, d) + b";

export const STATISTICS: readonly Builtin[] = [
  {
    name: "logistic-regression",
    formula: linear,
    inputs: ["x[i]"],
    loss: "logistic",
    description: "The log-odds of a label 0 or 1 as an affine function of the inputs",
    reference: "D. R. Cox, The regression analysis of binary sequences, J. R. Stat. Soc. B 20 (1958)",
  },
  {
    name: "poisson-regression",
    formula: linear,
    inputs: ["x[i]"],
    loss: "poisson-log",
    description: "The logarithm of the mean of a count as an affine function of the inputs",
    reference: "J. A. Nelder, R. W. M. Wedderburn, Generalized linear models, J. R. Stat. Soc. A 135 (1972)",
  },
  {
    name: "michaelis-menten",
    formula: () => "V*x/(k + x)",
    inputs: ["x"],
    domains: { k: "k > 0" },
    description: "The rate of an enzyme reaction, saturating in the concentration",
    reference: "L. Michaelis, M. L. Menten, Die Kinetik der Invertinwirkung, Biochem. Z. 49 (1913)",
  },
  {
    name: "hill",
    formula: () => "V*x^n/(k^n + x^n)",
    inputs: ["x"],
    description: "A saturating response with a free exponent, for positive inputs",
    reference:
      "A. V. Hill, The possible effects of the aggregation of the molecules of haemoglobin on its dissociation curves, J. Physiol. 40 (1910)",
  },
  {
    name: "gompertz",
    formula: () => "a*exp(-b*exp(-c*x))",
    inputs: ["x"],
    description: "Growth whose relative rate decays exponentially",
    reference:
      "B. Gompertz, On the nature of the function expressive of the law of human mortality, Phil. Trans. R. Soc. 115 (1825)",
  },
  {
    name: "weibull",
    formula: () => "a*(1 - exp(-(x/s)^k))",
    inputs: ["x"],
    domains: { s: "s > 0" },
    description: "A scaled Weibull distribution function, for positive inputs",
    reference:
      "W. Weibull, A statistical distribution function of wide applicability, J. Appl. Mech. 18 (1951)",
  },
  {
    name: "gaussian-mixture",
    formula: () =>
      "sum(exp(a[k])*exp(-(x - c[k])^2/(2*s[k]^2))/(s[k]*sqrt(2*pi)), k, 1, K)/sum(exp(a[k]), k, 1, K)",
    inputs: ["x"],
    description: "The density of a mixture of normal distributions, its weights a softmax of a",
    reference:
      "K. Pearson, Contributions to the mathematical theory of evolution, Phil. Trans. R. Soc. A 185 (1894)",
  },
];
