/**
 * The losses of the contract, each as a function of one output f and its target y, with its slope in f (theory §8).
 * Several outputs sum them; softmax cross-entropy, which binds its outputs together, stands in `objective.ts`.
 */
import type { Algebra, Node } from "../expression/node.ts";

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

/** The parameter of gaussian-nll. */
export const NOISE = "sigma";

export interface Pointwise {
  /** l(f, y) */
  loss(algebra: Algebra, f: Node, y: Node, noise: Node): Node;
  /** ∂l/∂f, in closed form; where l has a kink, its value on both sides of it. */
  slope(algebra: Algebra, f: Node, y: Node, noise: Node): Node;
}

const square = (algebra: Algebra, u: Node): Node => algebra.product([[u, 2]]);
const HALF = { num: 1n, den: 2n };

export const POINTWISE: Readonly<Record<Exclude<Loss, "softmax-cross-entropy">, Pointwise>> = {
  squared: {
    loss: (algebra, f, y) => algebra.scale(HALF, square(algebra, algebra.subtract(f, y))),
    slope: (algebra, f, y) => algebra.subtract(f, y),
  },
  /** The negative log-likelihood of a mean f, without log y!. */
  poisson: {
    loss: (algebra, f, y) => algebra.subtract(f, algebra.multiply(y, algebra.call("log", [f]))),
    slope: (algebra, f, y) =>
      algebra.subtract(
        algebra.one,
        algebra.product([
          [y, 1],
          [f, -1],
        ]),
      ),
  },
  "poisson-log": {
    loss: (algebra, f, y) => algebra.subtract(algebra.call("exp", [f]), algebra.multiply(y, f)),
    slope: (algebra, f, y) => algebra.subtract(algebra.call("exp", [f]), y),
  },
  /** log(1 + e^f) − y f for y in {0, 1}. */
  logistic: {
    loss: (algebra, f, y) => algebra.subtract(algebra.call("softplus", [f]), algebra.multiply(y, f)),
    slope: (algebra, f, y) => algebra.subtract(algebra.call("sigmoid", [f]), y),
  },
  /** log σ + (f − y)²/(2σ²), without log √(2π). */
  "gaussian-nll": {
    loss: (algebra, f, y, noise) =>
      algebra.add(
        algebra.call("log", [noise]),
        algebra.scale(
          HALF,
          algebra.product([
            [algebra.subtract(f, y), 2],
            [noise, -2],
          ]),
        ),
      ),
    slope: (algebra, f, y, noise) =>
      algebra.product([
        [algebra.subtract(f, y), 1],
        [noise, -2],
      ]),
  },
  absolute: {
    loss: (algebra, f, y) => algebra.call("abs", [algebra.subtract(f, y)]),
    slope: (algebra, f, y) => algebra.call("sign", [algebra.subtract(f, y)]),
  },
  /** Threshold 1: r²/2 for |r| ≤ 1, |r| − 1/2 beyond. */
  huber: {
    loss(algebra, f, y) {
      const r = algebra.subtract(f, y);
      const excess = algebra.subtract(algebra.call("abs", [r]), algebra.one);
      const beyond = algebra.call("max", [excess, algebra.zero]);
      return algebra.scale(HALF, algebra.subtract(square(algebra, r), square(algebra, beyond)));
    },
    slope: (algebra, f, y) =>
      algebra.call("max", [algebra.call("min", [algebra.subtract(f, y), algebra.one]), algebra.number(-1)]),
  },
  /** max(0, 1 − y f) for y in {−1, 1}. */
  hinge: {
    loss: (algebra, f, y) =>
      algebra.call("max", [algebra.subtract(algebra.one, algebra.multiply(y, f)), algebra.zero]),
    slope(algebra, f, y) {
      const margin = algebra.subtract(algebra.one, algebra.multiply(y, f));
      const active = algebra.add(algebra.one, algebra.call("sign", [margin]));
      return algebra.scale({ num: -1n, den: 2n }, algebra.multiply(y, active));
    },
  },
};

/** ∂l/∂σ of gaussian-nll: 1/σ − (f − y)²/σ³. */
export const noiseSlope = (algebra: Algebra, f: Node, y: Node, noise: Node): Node =>
  algebra.subtract(
    algebra.product([[noise, -1]]),
    algebra.product([
      [algebra.subtract(f, y), 2],
      [noise, -3],
    ]),
  );
