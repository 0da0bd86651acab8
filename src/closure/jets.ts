/**
 * Jets: the Taylor coefficients c_k of t ↦ f(θ + t·v), k = 0..K. For every primitive h the chain rule
 *
 *     k·h_k = Σ_i Σ_{j=1..k} j·u_{i,j}·(∂_i h)_{k−j}
 *
 * asks for coefficients below k only of the derivative, which its row gives as an expression in the algebra. Expressions
 * are shared there, so that tanh' = 1 − tanh² or sin'' = −sin meet themselves again and every primitive with a derivative
 * is served by this one rule (R. E. Moore, Interval Analysis, 1966, ch. 11). Powers go by Miller's recurrence (Knuth,
 * TAOCP 2, 4.7), in any field.
 */
import { type Budget, DescentError } from "../errors.ts";
import { type Gaussian, gaussian, gIsOne, type Rational, rational } from "../exact/rational.ts";
import { partial } from "../expression/differentiate.ts";
import { type Algebra, children, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import type { Arithmetic, Field } from "./fields.ts";

/** A line t ↦ θ + t·v, the data held fixed. */
export interface Line {
  /** The value of a parameter or an input at t = 0. */
  point(symbol: SymbolNode): Rational;
  /** The speed of a parameter. */
  direction(symbol: SymbolNode): Rational;
}

/** One step of a program; operands are numbers of earlier steps. */
type Step = { readonly order: number } & (
  | { readonly kind: "number"; readonly value: Gaussian }
  | { readonly kind: "pi" }
  | { readonly kind: "line"; readonly value: Rational; readonly speed: Rational }
  | { readonly kind: "sum"; readonly terms: readonly (readonly [Gaussian, number])[] }
  | { readonly kind: "product"; readonly left: number; readonly right: number }
  | { readonly kind: "power"; readonly base: number; readonly exponent: number }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly number[];
      /** Derivatives by the arguments that move; a later step is asked only for lower orders. */
      readonly partials: readonly { readonly arg: number; readonly by: Node }[];
    }
);

interface Program {
  readonly steps: readonly Step[];
  readonly numberOf: ReadonlyMap<Node, number>;
  readonly result: number;
}

/** Undefined where a function of what moves has no derivative in its row, and for models with folds. */
function compile(
  algebra: Algebra,
  model: Node,
  line: Line,
  order: number,
  budget: Budget,
): Program | undefined {
  const moving = new Map<Node, boolean>();
  const moves = (root: Node): boolean => {
    if (!moving.has(root)) {
      for (const node of postorder(root)) {
        if (moving.has(node)) continue;
        const own = node.kind === "symbol" && node.role === "parameter" && line.direction(node).num !== 0n;
        moving.set(node, own || children(node).some((child) => moving.get(child)));
      }
    }
    return moving.get(root)!;
  };
  const partials = new Map<Node, readonly { arg: number; by: Node }[]>();
  /** Highest orders first, so that every node is met first at the highest that is asked of it. */
  const asked: Node[][] = Array.from({ length: order + 1 }, () => []);
  const orders = new Map<Node, number>();
  asked[order]!.push(model);
  for (let k = order; k >= 0; k--) {
    for (let node = asked[k]!.pop(); node !== undefined; node = asked[k]!.pop()) {
      const own = moves(node) ? k : 0;
      if ((orders.get(node) ?? -1) >= own) continue;
      orders.set(node, own);
      budget.spend();
      if (node.kind === "fold" || node.kind === "test" || node.kind === "integer") return undefined;
      asked[k]!.push(...children(node));
      if (node.kind !== "call" || own === 0) continue;
      const { name, args } = node;
      const derivatives = algebra.primitives.get(name)?.derivatives;
      const found: { arg: number; by: Node }[] = [];
      for (const [arg, inner] of args.entries()) {
        if (!moves(inner)) continue;
        if (derivatives?.[arg] === undefined || derivatives[arg] === null) return undefined;
        found.push({ arg, by: partial(algebra, name, args, arg) });
      }
      partials.set(node, found);
      asked[k - 1]!.push(...found.map(({ by }) => by));
    }
  }
  // A node is made after its parts, so that numbers of nodes grow from the parts to the whole.
  const nodes = [...orders.keys()].sort((a, b) => a.id - b.id);
  return assemble(nodes, orders, partials, line, model);
}

function assemble(
  nodes: readonly Node[],
  orders: ReadonlyMap<Node, number>,
  partials: ReadonlyMap<Node, readonly { arg: number; by: Node }[]>,
  line: Line,
  model: Node,
): Program {
  const steps: Step[] = [];
  const numberOf = new Map<Node, number>();
  const push = (step: Step): number => steps.push(step) - 1;
  for (const node of nodes) {
    const order = orders.get(node)!;
    const of = (part: Node): number => numberOf.get(part)!;
    const made = (): number => {
      switch (node.kind) {
        case "number":
          return push({ order, kind: "number", value: node.value });
        case "symbol":
          if (node.role === "constant") return push({ order, kind: "pi" });
          return push({
            order,
            kind: "line",
            value: line.point(node),
            speed: order > 0 ? line.direction(node) : rational(0),
          });
        case "sum":
          return push({ order, kind: "sum", terms: node.terms.map(([c, term]) => [c, of(term)]) });
        case "product":
          return node.factors
            .map(([base, exponent]) => power(push, order, of(base), exponent))
            .reduce((left, right) => push({ order, kind: "product", left, right }));
        case "call": {
          const args = node.args.map(of);
          return push({ order, kind: "call", name: node.name, args, partials: partials.get(node) ?? [] });
        }
        default:
          throw new DescentError("internal", `a jet has no step for a ${node.kind}`);
      }
    };
    numberOf.set(node, made());
  }
  return { steps, numberOf, result: numberOf.get(model)! };
}

/** Beyond, factors of the recurrence are not sure to be exact. */
const MOST_EXPONENT = 2 ** 32;

/** Squares and cubes are products, so that they are defined at zeros of the base as well. */
function power(push: (step: Step) => number, order: number, base: number, exponent: number): number {
  if (exponent === 1) return base;
  if (Math.abs(exponent) > MOST_EXPONENT)
    throw new DescentError("unsupported", `the power ${exponent} is too large`);
  if (exponent !== 2 && exponent !== 3) return push({ order, kind: "power", base, exponent });
  const square = push({ order, kind: "product", left: base, right: base });
  return exponent === 2 ? square : push({ order, kind: "product", left: square, right: base });
}

/**
 * c_0, …, c_K of a model along a line, exact or enclosed after the arithmetic; undefined where the model is not analytic
 * at the point as far as the arithmetic sees, or has functions that this interpreter cannot treat.
 *
 * @param order K
 * @example
 * const { algebra, model } = architecture({ model: "1/(1 - a)" });
 * const line = { point: () => ({ num: 0n, den: 1n }), direction: () => ({ num: 1n, den: 1n }) };
 * jet(algebra, model, line, 3, exactly, createBudget())?.map((c) => c.re.num); // [1n, 1n, 1n, 1n]
 */
export function jet<T>(
  algebra: Algebra,
  model: Node,
  line: Line,
  order: number,
  arithmetic: Arithmetic<T>,
  budget: Budget,
): readonly T[] | undefined {
  try {
    const program = compile(algebra, model, line, order, budget);
    return program && run(program, order, arithmetic, budget);
  } catch (error) {
    if (error instanceof DescentError && (error.code === "unsupported" || error.code === "input"))
      return undefined;
    throw error;
  }
}

/** Evaluates a program, order by order: what an order leaves is kept, its temporary numbers are not. */
function run<T>(program: Program, order: number, arithmetic: Arithmetic<T>, budget: Budget): readonly T[] {
  const { steps, result } = program;
  /** Coefficients by step; what is exactly zero is absent. */
  const series: (T | undefined)[][] = steps.map(() => []);
  for (let k = 0; k <= order; k++) {
    const numbers: number[] = [];
    const kept = arithmetic.within((field) => {
      const values: T[] = [];
      for (const [number, step] of steps.entries()) {
        if (step.order < k) continue;
        const value = coefficient(program, series, field, number, k, budget);
        series[number]![k] = value;
        if (value === undefined) continue;
        numbers.push(number);
        values.push(value);
      }
      return values;
    });
    for (const [at, number] of numbers.entries()) series[number]![k] = kept[at]!;
  }
  const zero = arithmetic.within((field) => [field.number(gaussian(rational(0)))])[0]!;
  return Array.from({ length: order + 1 }, (_, k) => series[result]![k] ?? zero);
}

function coefficient<T>(
  { steps, numberOf }: Program,
  series: readonly (readonly (T | undefined)[])[],
  field: Field<T>,
  number: number,
  k: number,
  budget: Budget,
): T | undefined {
  const step = steps[number]!;
  const whole = (n: number): T => field.number(gaussian(rational(n)));
  const plus = (a: T | undefined, b: T): T => (a === undefined ? b : field.add(a, b));
  /** Σ_{j=from..k} weight(j)·a_j·b_{k−j} */
  const convolve = (
    a: readonly (T | undefined)[],
    b: readonly (T | undefined)[],
    from: number,
    weight: (j: number) => number,
  ): T | undefined => {
    let total: T | undefined;
    for (let j = from; j <= k; j++) {
      const [x, y, w] = [a[j], b[k - j], weight(j)];
      if (x === undefined || y === undefined || w === 0) continue;
      budget.spend(4);
      const term = field.multiply(x, y);
      total = plus(total, w === 1 ? term : field.multiply(whole(w), term));
    }
    return total;
  };
  switch (step.kind) {
    case "number":
      return k === 0 ? field.number(step.value) : undefined;
    case "pi":
      return k === 0 ? field.pi() : undefined;
    case "line": {
      const value = k === 0 ? step.value : k === 1 ? step.speed : undefined;
      return value === undefined ? undefined : field.number(gaussian(value));
    }
    case "sum": {
      let total: T | undefined;
      for (const [c, term] of step.terms) {
        const value = series[term]![k];
        if (value === undefined) continue;
        budget.spend();
        total = plus(total, gIsOne(c) ? value : field.multiply(field.number(c), value));
      }
      return total;
    }
    case "product":
      return convolve(series[step.left]!, series[step.right]!, 0, () => 1);
    case "power": {
      const base = series[step.base]!;
      if (k === 0) return field.power(base[0]!, step.exponent);
      const total = convolve(base, series[number]!, 1, (j) => step.exponent * j - (k - j));
      return total && field.divide(total, field.multiply(whole(k), base[0]!));
    }
    case "call": {
      budget.spend(32);
      if (k === 0)
        return field.call(
          step.name,
          step.args.map((arg) => series[arg]![0]!),
        );
      let total: T | undefined;
      for (const { arg, by } of step.partials) {
        const inner = convolve(series[step.args[arg]!]!, series[numberOf.get(by)!]!, 1, (j) => j);
        if (inner !== undefined) total = plus(total, inner);
      }
      return total === undefined || k === 1 ? total : field.divide(total, whole(k));
    }
  }
}
