import type { Mode } from "../../src/emit/calls.ts";
import { jsFunction } from "../../src/emit/js.ts";
import { constantIndex, type Value } from "../../src/emit/program.ts";
import { createScheduler, type Layout } from "../../src/emit/scheduler.ts";
import { createAlgebra } from "../../src/expression/algebra.ts";
import { instantiateTerm, partial } from "../../src/expression/differentiate.ts";
import type { Node, SymbolNode } from "../../src/expression/node.ts";
import { evaluateFunction } from "../../src/precise/judge.ts";
import type { Precise, Real, Reals } from "../../src/precise/mpfr.ts";
import { primitives } from "../../src/primitives/index.ts";
import type { Term } from "../../src/primitives/term.ts";
import { seededRandom } from "../../src/solve/start.ts";
import { evaluate } from "./reals.ts";

export const EPSILON = 2 ** -52;

/** The arguments u, v and their increments, all of them doubles. */
export interface Move {
  readonly u: number;
  readonly du: number;
  readonly v: number;
  readonly dv: number;
}

export interface Moved {
  readonly base: number;
  readonly shifted: number;
  readonly increment: number;
}

const algebra = createAlgebra(primitives);
const one = { lo: [], extent: [] };
const layouts = new Map<string, Layout>([
  ["u", { offset: 0, ...one }],
  ["v", { offset: 1, ...one }],
]);
const parameters = ["u", "v"].map((name) => algebra.symbol(name, "parameter")) as SymbolNode[];

export const arity = (name: string): number => Math.min(2, primitives.get(name)!.arity[1]);
const hasCode = (name: string): boolean => primitives.get(name)!.code.js !== null;

/** Every function with an addition law, but powers, whose exponents are indices. */
export const LAWFUL: readonly string[] = [...primitives.values()]
  .filter((row) => row.addition !== undefined && row.operator === undefined)
  .map((row) => row.name);

/** The emitted JavaScript of a function of parameters; for functions without code its terms, the parts correctly rounded. */
export function movedBy(name: string, precise: Precise): (move: Move) => Moved {
  return hasCode(name)
    ? emitted(algebra.call(name, parameters.slice(0, arity(name))))
    : interpreted(name, precise);
}

/** The emitted JavaScript of a composition h₁(h₂(… u)). */
export const composed = (...names: readonly string[]): ((move: Move) => Moved) =>
  emitted(names.reduceRight<Node>((inner, name) => algebra.call(name, [inner]), parameters[0]!));

function emitted(node: Node): (move: Move) => Moved {
  const scheduler = createScheduler(algebra, "js", { parameters: layouts, inputs: new Map() });
  (["base", "shifted", "increment"] as Mode[]).forEach((mode, k) => {
    const value: Value = scheduler.value(node, mode, []);
    scheduler.emit({ kind: "store", array: "gradient", index: constantIndex(k), value, add: false });
  });
  const text = jsFunction(
    { name: "gradient", arrays: ["theta", "delta", "gradient"], ...scheduler.finish() },
    primitives,
  );
  const run = new Function(`"use strict";\n${text}\nreturn gradient;`)() as (
    theta: readonly number[],
    delta: readonly number[],
    out: number[],
    data: object,
  ) => void;
  return ({ u, v, du, dv }) => {
    const out: number[] = [];
    run([u, v], [du, dv], out, {});
    return { base: out[0]!, shifted: out[1]!, increment: out[2]! };
  };
}

function interpreted(name: string, precise: Precise): (move: Move) => Moved {
  const { cascade } = primitives.get(name)!;
  if (cascade === undefined || "by" in cascade) throw new Error(name);
  const rounded = (called: string, args: readonly number[]): number =>
    precise.scope(60, (r) => r.toNumber(evaluateFunction(r, called, args.map(r.number))!));
  const twoSum = (a: number, b: number): [number, number] => {
    const s = a + b;
    const t = s - a;
    return [s, a - (s - t) + (b - t)];
  };
  return ({ u, v, du, dv }) => {
    const [s, e] = twoSum(u, du);
    const [hs, he] = twoSum(u, du / 2);
    const slots: Readonly<Record<string, number>> = { u, v, du, dv, s, e, hs, he };
    const visit = (term: Term): number => {
      switch (term.kind) {
        case "number":
          return Number(term.value.num) / Number(term.value.den);
        case "slot":
          return slots[term.name]!;
        case "operation": {
          const [a, b] = term.args.map(visit) as [number, number];
          return term.op === "+" ? a + b : term.op === "-" ? a - b : term.op === "*" ? a * b : a / b;
        }
        case "call":
          return rounded(term.name, term.args.map(visit));
        default:
          throw new Error(term.kind);
      }
    };
    return {
      base: rounded(name, [u, v]),
      shifted: visit(cascade.shifted),
      increment: visit(cascade.increment),
    };
  };
}

export interface Errors {
  /** Of base, shifted value and increment, in ulps of the exact ones. */
  readonly ulps: Moved;
  /** |error| of the increment over ε (|δ| + |du ∂δ/∂du| + |u ∂δ/∂u|), of two arguments over both. */
  readonly increment: number;
  /** |error| of the shifted value over ε (|h| + |u⁺ h'|), likewise. */
  readonly shifted: number;
  /** |δ| over |h(u)|, |h(u + du)| at the greatest. */
  readonly relative: number;
}

/** What rounding to the subnormals costs, in a factor of u too. */
const smallest = ({ u, du }: Move): number =>
  4 * Number.MIN_VALUE * Math.min(1000, Math.max(1, Math.abs(u), Math.abs(du)));

/** The errors at one move, or null where a value is no finite double. */
export function errorsAt(name: string, move: Move, got: Moved, precise: Precise): Errors | null {
  return precise.scope(bitsFor(move), (r) => {
    const before = [move.u, move.v].slice(0, arity(name)).map(r.number);
    const steps = [move.du, move.dv].map(r.number);
    const after = before.map((a, k) => r.add(a, steps[k]!));
    const [base, shifted] = [before, after].map((args) => evaluateFunction(r, name, args)!) as [Real, Real];
    const increment = r.sub(shifted, base);
    const exact = [base, shifted, increment].map(r.toNumber);
    if (!exact.every(Number.isFinite)) return null;
    const distance = (a: number, b: Real): number =>
      Number.isFinite(a) ? r.toNumber(r.abs(r.sub(r.number(a), b))) : Number.POSITIVE_INFINITY;
    const errors = {
      base: distance(got.base, base),
      shifted: distance(got.shifted, shifted),
      increment: distance(got.increment, increment),
    };
    let [sizeIncrement, sizeShifted] = [Math.abs(exact[2]!), Math.abs(exact[1]!)];
    before.forEach((_, k) => {
      if (primitives.get(name)!.derivatives![k] === null) return;
      const slope = (args: readonly Real[]): Real => {
        const node = partial(algebra, name, parameters.slice(0, arity(name)), k);
        return evaluate(node, r, (symbol) => args[symbol.name === "u" ? 0 : 1]!).value;
      };
      const [left, right] = [slope(before), slope(after)];
      const size = (a: Real, b: Real): number => {
        const found = r.toNumber(r.abs(r.mul(a, b)));
        return Number.isNaN(found) ? 0 : found;
      };
      sizeIncrement += size(steps[k]!, right) + size(before[k]!, r.sub(right, left));
      sizeShifted += size(after[k]!, right);
    });
    const excess = (error: number, size: number): number =>
      error <= smallest(move) ? 0 : (error - smallest(move)) / (EPSILON * size);
    return {
      ulps: {
        base: errors.base / ulp(exact[0]!),
        shifted: errors.shifted / ulp(exact[1]!),
        increment: errors.increment / ulp(exact[2]!),
      },
      increment: excess(errors.increment, sizeIncrement),
      shifted: excess(errors.shifted, sizeShifted),
      relative: Math.abs(exact[2]!) / Math.max(Math.abs(exact[0]!), Math.abs(exact[1]!)),
    };
  });
}

/** Sums are exact, and 300 bits beyond remain where values saturate, tanh u at 1 − 2e^(−2u). */
function bitsFor({ u, du, v, dv }: Move): number {
  const exponents = [u, du, v, dv].filter((x) => x !== 0).map((x) => Math.log2(Math.abs(x)));
  const span = exponents.length === 0 ? 0 : Math.max(...exponents, 0) - Math.min(...exponents, 0);
  const saturated = Math.min(800, Math.max(Math.abs(u), Math.abs(du), Math.abs(u + du)));
  return 400 + Math.ceil(2 * span + 4 * saturated);
}

/** The distance of neighbouring doubles at x. */
function ulp(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -1022) return Number.MIN_VALUE;
  let power = Math.floor(Math.log2(size));
  if (2 ** power > size) power--;
  return 2 ** (power - 52);
}

/** Where a function is analytic, of both arguments. */
export function inDomain(name: string, { u, du, v, dv }: Move): boolean {
  const open = (x: number, step: number, lo: number, hi: number): boolean =>
    x > lo && x < hi && x + step > lo && x + step < hi && step > lo - x && step < hi - x;
  const [lo, hi] = ENDS[name] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (name === "atan2") return (u !== 0 || v > 0) && (u + du !== 0 || v + dv > 0);
  return open(u, du, lo, hi);
}

const ENDS: Readonly<Record<string, readonly [number, number]>> = {
  log: [0, Number.POSITIVE_INFINITY],
  sqrt: [0, Number.POSITIVE_INFINITY],
  log1p: [-1, Number.POSITIVE_INFINITY],
  acosh: [1, Number.POSITIVE_INFINITY],
  asin: [-1, 1],
  acos: [-1, 1],
  atanh: [-1, 1],
};

/** |u| ≤ 30 inside of the domain, |du| from 1e-12 to 10 and both signs, log-uniform; for every second one |u| too. */
export function randomMoves(name: string, count: number, seed: number): Move[] {
  const random = seededRandom(seed);
  const [lo, hi] = ENDS[name] ?? [-30, 30];
  const sign = (): number => (random() < 0.5 ? -1 : 1);
  const logUniform = (least: number, most: number): number => least * (most / least) ** random();
  const place = (): number => {
    const width = Math.min(hi, 30) - Math.max(lo, -30);
    if (random() < 0.5) return Math.max(lo, -30) + width * random();
    const from = logUniform(1e-12, width / 2);
    const ends = [lo, hi].filter(Number.isFinite).filter((end) => Math.abs(end) < 30);
    return ends.length === 0 ? sign() * from : random() < 0.5 ? ends[0]! + from : ends.at(-1)! - from;
  };
  const made: Move[] = [];
  while (made.length < count) {
    const jacobi = name.endsWith("n") && arity(name) === 2;
    const move = {
      u: place(),
      du: sign() * logUniform(1e-12, 10),
      v: jacobi ? random() : arity(name) === 2 ? place() : 0,
      dv: jacobi || arity(name) === 1 ? 0 : sign() * logUniform(1e-12, 10),
    };
    if (inDomain(name, move)) made.push(move);
  }
  return made;
}

/** Beside zeros, extrema, poles, ends; u + du near 0; huge and tiny arguments; no move at all. */
export function adversarialMoves(name: string): Move[] {
  const tiny = [1e-300, 1e-160, 1e-20];
  const places = [0, 0.25, 0.5, 1, 2.5, 30, 36, 300, 700, 1e9, 1e18, 1e155, 1e300, ...tiny];
  const marks = [Math.PI / 2, Math.PI, 3 * Math.PI, 1.2784645427610739, 1.192438, 1 - 2 ** -53, 1 + 2 ** -52];
  const us = [...places, ...marks].flatMap((x) => [x, -x, x * (1 + 2 ** -30)]);
  const steps = [0, 1e-300, 1e-12, 2 ** -53, 1e-3, 0.4, 1, Math.PI, 10, 710, 1e155, 1e300];
  const [lo, hi] = ENDS[name] ?? [0, 0];
  const ends = [lo, hi].filter(Number.isFinite);
  const near = ends.flatMap((x) =>
    [1e-3, 2 ** -40, 2 ** -52].flatMap((d) => [x + d * (1 + Math.abs(x)), x - d * (1 + Math.abs(x))]),
  );
  const jacobi = name.endsWith("n") && arity(name) === 2;
  const seconds: readonly (readonly [number, number])[] = jacobi
    ? [0, 1, 0.5, 1 - 2 ** -53, 1e-300, -3, 2].map((m) => [m, 0])
    : arity(name) === 2
      ? [-1e300, -1, -1e-300, 0, 1e-300, 1, 1e300].flatMap((x) =>
          [0, -x, 1e-9, -1].map((d) => [x, d] as const),
        )
      : [[0, 0]];
  const all = [...us, ...near].flatMap((u) => {
    const returns = [-u, -2 * u, -u * (1 + 2 ** -40), -u / 2, Math.PI - 2 * u, -2 * (u - Math.PI / 2)];
    const toEnds = near.map((x) => x - u);
    return [...steps.flatMap((d) => [d, -d]), ...returns, ...toEnds].flatMap((du) =>
      seconds.map(([v, dv]) => ({ u, du, v, dv })),
    );
  });
  const fits = ({ u, du, v, dv }: Move): boolean =>
    [u + du, v + dv].every(Number.isFinite) && (!jacobi || (Math.abs(u) < 100 && Math.abs(du) < 100));
  return all.filter((move) => fits(move) && inDomain(name, move));
}

/** |law − h(u + du)| over the sum of absolute terms of the law, or null where h(u + du) has no value. */
export function lawError(name: string, { u, v, du, dv }: Move, r: Reals): number | null {
  const names = ["u", "v", "du", "dv"];
  const slots = Object.fromEntries(names.map((slot) => [slot, algebra.symbol(slot, "parameter")]));
  const node = instantiateTerm(algebra, primitives.get(name)!.addition!.value, slots);
  const values = new Map([u, v, du, dv].map((x, k) => [names[k]!, r.number(x)]));
  const found = evaluate(node, r, (symbol) => values.get(symbol.name)!);
  const args = [r.add(values.get("u")!, values.get("du")!), r.add(values.get("v")!, values.get("dv")!)];
  const exact = evaluateFunction(r, name, args.slice(0, arity(name)))!;
  if (!r.isFinite(exact)) return null;
  const error = r.abs(r.sub(found.value, exact));
  return r.sign(error) === 0 ? 0 : r.toNumber(r.div(error, r.max(found.magnitude, r.abs(exact))));
}
