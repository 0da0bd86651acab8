/** The losses of the contract. The squared loss is built in this release; the others are named and left undecided. */
export const LOSSES = [
  "squared",
  "poisson",
  "poisson-log",
  "logistic",
  "softmax-cross-entropy",
  "gaussian-nll",
  "absolute",
  "huber",
  "hinge",
] as const;

export type Loss = (typeof LOSSES)[number];
