/** Loss, gradient and Hessian of the squared loss over a lattice, summed datum by datum in many digits. */
import {
  type Architecture,
  memberName,
  members,
  parameterVariables,
} from "../../src/architecture/architecture.ts";
import { createBudget } from "../../src/errors.ts";
import { differentiate } from "../../src/expression/differentiate.ts";
import type { Node, SymbolNode } from "../../src/expression/node.ts";
import { expand } from "../../src/expression/substitute.ts";
import type { Precise, Real, Reals } from "../../src/precise/mpfr.ts";
import {
  evaluateLattice,
  type LatticeAxes,
  type LatticeData,
  type LatticeValues,
} from "../../src/resummation/lattice/evaluate.ts";
import { latticeForm } from "../../src/resummation/lattice/form.ts";
import { seededRandom } from "../../src/solve/start.ts";
import { builtinAt, model } from "./architectures.ts";
import { evaluate } from "./reals.ts";

const BITS = 220;

/** Entries of one result: value in two doubles, and the sum of the absolute terms. */
export interface Sums {
  readonly hi: Float64Array;
  readonly lo: Float64Array;
  readonly magnitude: Float64Array;
}

/** f − y, its derivatives by the parameters, and the second ones for b ≤ a. */
export function derivativeNodes(given: Architecture) {
  const { algebra } = given;
  const budget = createBudget({ milliseconds: 60_000 });
  const f = expand(algebra, given.model, budget);
  const variables = parameterVariables(given).map((p) => p.variable);
  const slopes = variables.map((v) => differentiate(algebra, f, v, budget));
  const second = slopes.map((s, a) =>
    variables.slice(0, a + 1).map((v) => differentiate(algebra, s, v, budget)),
  );
  return { residual: algebra.subtract(f, algebra.symbol("y", "target")), slopes, second };
}

/** The loss (at 0), F_a (from 1 on), H_ab for b ≤ a (after those, row by row). */
export function directSums(precise: Precise, given: Architecture, data: LatticeData): Sums {
  const { residual, slopes, second } = derivativeNodes(given);
  const m = slopes.length;
  const length = 1 + m + (m * (m + 1)) / 2;
  const [hi, lo, magnitude] = [0, 1, 2].map(() => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const place = new Map(parameterVariables(given).map((p, k) => [p.name, k]));
  const inputs = new Map(
    given.inputs
      .flatMap((f) => members(f).map((tuple) => memberName(f.name, tuple)))
      .map((name, k) => [name, k]),
  );
  const { start, step, count } = data.lattice;
  const CHUNK = 32;
  for (let from = 0; from < data.y.length; from += CHUNK) {
    precise.scope(BITS, (r) => {
      const total: Real[] = [];
      for (let k = 0; k < length; k++) total.push(r.binary("add", r.number(hi[k]!), r.number(lo[k]!)));
      const shifted = Array.from({ length: m }, (_, k) =>
        r.binary("add", r.number(data.theta[k]!), r.number(data.delta[k]!)),
      );
      for (let n = from; n < Math.min(from + CHUNK, data.y.length); n++) {
        let rest = n;
        const x: Real[] = [];
        for (let i = count.length - 1; i >= 0; i--) {
          const at = rest % count[i]!;
          rest = Math.floor(rest / count[i]!);
          x[i] = r.binary("add", r.number(start[i]!), r.binary("mul", r.number(at), r.number(step[i]!)));
        }
        const value = (s: SymbolNode): Real => {
          if (s.role === "target") return r.number(data.y[n]!);
          const name = memberName(
            s.name,
            s.indices.map((index) => index.constant),
          );
          return s.role === "input" ? x[inputs.get(name)!]! : shifted[place.get(name)!]!;
        };
        addDatum(r, value, total);
      }
      total.forEach((t, k) => {
        hi[k] = r.toNumber(t);
        lo[k] = r.toNumber(r.binary("sub", t, r.number(hi[k]!)));
      });
    });
  }
  return { hi, lo, magnitude };

  function addDatum(r: Reals, value: (s: SymbolNode) => Real, total: Real[]): void {
    const memo = new Map<Node, { value: Real; magnitude: number }>();
    const at = (node: Node) => {
      const known = memo.get(node);
      if (known !== undefined) return known;
      const found = evaluate(node, r, value);
      const made = { value: found.value, magnitude: r.toNumber(found.magnitude) };
      memo.set(node, made);
      return made;
    };
    let k = 0;
    const put = (item: Real, size: number): void => {
      total[k] = r.binary("add", total[k]!, item);
      magnitude[k] = magnitude[k]! + size;
      k++;
    };
    const e = at(residual);
    put(r.binary("mul", r.number(0.5), r.binary("mul", e.value, e.value)), 0.5 * e.magnitude ** 2);
    for (const slope of slopes)
      put(r.binary("mul", e.value, at(slope).value), e.magnitude * at(slope).magnitude);
    second.forEach((row, a) => {
      row.forEach((node, b) => {
        const [u, v, w] = [at(slopes[a]!), at(slopes[b]!), at(node)];
        const item = r.binary("add", r.binary("mul", u.value, v.value), r.binary("mul", e.value, w.value));
        put(item, u.magnitude * v.magnitude + e.magnitude * w.magnitude);
      });
    });
  }
}

/** The largest error of the entries, as a share of the sum of their absolute terms; also the name of the entry. */
export function largestError(sums: Sums, got: LatticeValues): { error: number; entry: string } {
  const m = got.gradient.length;
  let worst = { error: 0, entry: "" };
  let k = 0;
  const compare = (value: number, entry: string): void => {
    const difference = Math.abs(value - sums.hi[k]! - sums.lo[k]!);
    const size = sums.magnitude[k]!;
    const error = difference === 0 ? 0 : difference / size;
    if (!(error <= worst.error)) worst = { error, entry };
    k++;
  };
  compare(got.loss, "loss");
  got.gradient.forEach((v, a) => {
    compare(v, `F[${a}]`);
  });
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      if (got.hessian[a * m + b] !== got.hessian[b * m + a]) return { error: Number.NaN, entry: "asymmetry" };
      compare(got.hessian[a * m + b]!, `H[${a},${b}]`);
    }
  }
  return worst;
}

export const line = (start: number, step: number, count: number): LatticeAxes => ({
  start: [start],
  step: [step],
  count: [count],
});

/** Random targets, a random step of the given size, and parameters, random unless they are given. */
export function latticePoint(
  given: Architecture,
  axes: LatticeAxes,
  seed: number,
  size: number,
  theta?: ArrayLike<number>,
): { data: LatticeData & { y: Float64Array } } {
  const random = seededRandom(seed);
  const draw = (): number => 2 * random() - 1;
  const m = parameterVariables(given).length;
  const inputs = given.inputs.flatMap(members).length;
  const own = (list: ArrayLike<number>): number[] => Array.from(list).slice(0, inputs);
  const lattice = { start: own(axes.start), step: own(axes.step), count: own(axes.count) };
  const length = lattice.count.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: m }, draw);
  return {
    data: {
      theta: theta ?? values,
      delta: Array.from({ length: m }, () => size * draw()),
      lattice,
      y: Float64Array.from({ length }, draw),
    },
  };
}

const BOUND = 1e-12;

/** The largest error of loss, F and H where it is above 1e-12 of the sum of absolute terms; else none. */
export function measuredError(
  precise: Precise,
  given: Architecture,
  axes: LatticeAxes,
  theta: ArrayLike<number> | null,
  size: number,
  seed = 1,
): { error: number; entry: string } {
  const form = latticeForm(given, createBudget({ milliseconds: 60_000 }));
  if ("absent" in form) throw new Error(form.absent);
  const { data } = latticePoint(given, axes, seed, size, theta ?? undefined);
  const worst = largestError(directSums(precise, given, data), evaluateLattice(form, data));
  return worst.error <= BOUND ? { error: 0, entry: "" } : worst;
}

type Case = readonly [string, () => Architecture, LatticeAxes, number[] | null, number];

const WAVE = "A*exp(a*x)*cos(w*x + p)";

/** Cases of accuracy: architecture, lattice, parameters, size of the step. */
export const QUICK: readonly Case[] = [
  ...[0, 1, 2, 3].map(
    (n): Case => [`a damped wave, N = ${n}`, () => model(WAVE), line(-1, 0.02, n), null, 0.1],
  ),
  ["z near 1", () => model(WAVE), line(0, 1, 301), [1, -1e-5, 1e-5, 0.3], 1e-6],
  ["z near 1, one datum apart from 4096", () => model("a*exp(b*x)"), line(0, 1, 4095), [1, 1e-9], 1e-10],
  [
    "two nearly equal nodes",
    () => model("A*exp(a*x)*cos(w*x) + B*exp(b*x)*cos(v*x)"),
    line(0, 1, 64),
    [1, -1e-3, 0.5, -1, -1.0000001e-3, 0.50000001],
    1e-9,
  ],
  ["growth to 1e5", () => model("A*exp(a*x)"), line(0, 0.5, 500), [1e-3, 0.05], 1e-3],
  ["decay to 1e-90", () => model("A*exp(-a*x)"), line(0, 0.5, 501), [1e3, 0.9], 1e-3],
  ["a step down", () => model(WAVE), line(3, -0.05, 99), null, 0.1],
  ["no step", () => model(WAVE), line(0.5, 0, 5), null, 0.1],
  ["trends", () => model("(a + b*x + c*x^2)*exp(-k*x) + d*x"), line(-3, 0.1, 61), null, 0.1],
  ["a polynomial", () => model("a + b*x + c*x^2 + d*x^6"), line(-1, 0.02, 101), null, 0.1],
  [
    "far from the origin",
    () => model("c + a*exp(k*(x - 1990)) + b*cos(w*x + p)"),
    line(1960, 1 / 12, 120),
    [300, 20, 0.02, 3, 6.28, 0.1],
    1e-3,
  ],
  [
    "functions of parameters",
    () => model("A*exp(-k*x)*cos(p)/(1 + b^2) + tanh(b)*exp(sqrt(b)*x)"),
    line(0, 0.1, 20),
    [1, 0.5, 0.3, 0.7],
    1e-2,
  ],
  ["AION P = 1", () => builtinAt("aion", { r: 1, d: 1, P: 1 }), line(-1, 0.01, 201), null, 0.1],
  ["AION P = 3", () => builtinAt("aion", { r: 1, d: 1, P: 3 }), line(-1, 0.1, 21), null, 0.1],
  ["exponential sum", () => builtinAt("exponential-sum", { K: 3 }), line(0, 0.05, 41), null, 0.1],
  ["Fourier features", () => builtinAt("fourier-features", { K: 2 }), line(-10, 0.5, 41), null, 0.1],
  [
    "polynomial regression",
    () => builtinAt("polynomial-regression", { K: 4 }),
    line(-1, 0.05, 41),
    null,
    0.1,
  ],
  [
    "AION d = 2, r = 1, P = 2",
    () => builtinAt("aion", { r: 1, d: 2, P: 2 }),
    { start: [-1, 0], step: [0.3, 0.25], count: [4, 5] },
    null,
    0.1,
  ],
  [
    "three inputs",
    () => model("A*exp(a*x1)*cos(w*x2 + p)*sin(v*x3 - u*x1)*x2 + b"),
    { start: [-1, 0, 2], step: [0.3, 0.1, -0.2], count: [3, 2, 5] },
    null,
    0.1,
  ],
  [
    "plane waves",
    () => model("A*cos(w*x1 + v*x2 + p)"),
    { start: [-1, 0], step: [0.1, 0.05], count: [13, 17] },
    null,
    0.1,
  ],
];
