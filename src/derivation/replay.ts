/**
 * Replays a derivation: every step is computed anew from what stood before it, by other code than made it, at given sizes
 * and index values. At small sizes the difference to what stands after it must have an empty normal form: an identity of
 * exponential polynomials in all parameters, steps and data, not a sample of values. What has no normal form, and larger
 * sizes, are enclosed in interval arithmetic at random points.
 */
import { type Architecture, memberName } from "../architecture/architecture.ts";
import { type Budget, createBudget, DescentError } from "../errors.ts";
import { negate, type Rational, rational } from "../exact/rational.ts";
import { type Affine, instantiateAffine, literal, mapBound } from "../expression/affine.ts";
import { differentiate, type Variable } from "../expression/differentiate.ts";
import { enclose } from "../expression/enclose.ts";
import { type Algebra, HAS, type Node, postorder, type SymbolNode, symbols } from "../expression/node.ts";
import { createNormaliser, isObstacle } from "../expression/normal.ts";
import { expand, instantiate, rebuild } from "../expression/substitute.ts";
import { intervals } from "../precise/interval.ts";
import type { Precise } from "../precise/mpfr.ts";
import { createFloors } from "../tower/floors.ts";
import { atOrders, isAbsent } from "../tower/general.ts";
import type { Derivation, Step } from "./derive.ts";

export type Sizes = Readonly<Record<string, number>>;

export interface Failure {
  readonly rule: string;
  readonly sizes: Sizes;
  /** Values of the step's free indices, innermost first. */
  readonly indices: readonly number[];
}

export interface Replay {
  /** Sizes at which the differences are shown to be zero by their normal forms. */
  readonly sizes: readonly Sizes[];
  /** Larger sizes at which they are enclosed at random points. */
  readonly larger: readonly Sizes[];
  readonly steps: number;
  /** Identities with an empty normal form. */
  readonly exact: number;
  /** Identities with enclosures of zero, as tight as `TIGHT`. */
  readonly enclosed: number;
  /** Identities that the time did not suffice for, or of which too few enclosures are tight. */
  readonly open: number;
  readonly failures: readonly Failure[];
}

export interface ReplayOptions {
  readonly sizes?: readonly Sizes[];
  readonly larger?: readonly Sizes[];
  /** For enclosures; without it only normal forms are used. */
  readonly precise?: Precise;
  /** Milliseconds for all of it; 20,000 by default. */
  readonly milliseconds?: number;
}

/** Bits of an enclosure, and how narrow it must be relative to 1. */
const BITS = 320;
const TIGHT = 2 ** -120;
/** Points at which an identity is enclosed, and how many of them must be inside of the domain. */
const POINTS = 5;
const INSIDE = 3;
/** Units of work for one normal form. */
const FORM_WORK = 400_000;

/** At most this many index tuples are tried for each step and sizes. */
const TUPLES = 3;
/** Multi-indices at which the general term is compared with repeated differentiation, for each sizes. */
const ORDERS: readonly (readonly number[])[] = [[1], [2], [0, 1], [1, 1], [0, 2, 1], [1, 0, 2], [1, 1, 1]];

/** All steps of a derivation, in the order of the document. */
export const allSteps = (derivation: Derivation): Step[] => [
  ...derivation.slopes,
  ...derivation.floors.flatMap((f) => f.steps),
  ...derivation.cascade,
  ...derivation.optimality,
  ...derivation.jacobian.flat(),
];

/** Sizes 1 and 2, at most two of them 2, and every size 0 once; one empty assignment where nothing is open. */
export function replaySizes({ open }: Architecture): Sizes[] {
  const assign = (two: readonly string[], zero?: string): Sizes =>
    Object.fromEntries(open.map((name) => [name, name === zero ? 0 : two.includes(name) ? 2 : 1]));
  const pairs = open.flatMap((a, k) => open.slice(k + 1).map((b) => [a, b]));
  return [
    assign([]),
    ...open.map((name) => assign([name])),
    ...pairs.map((pair) => assign(pair)),
    ...open.map((name) => assign(open, name)),
  ];
}

/** With this many values every index of the floors has one of its own; atoms with many parameters take too long there. */
export const MANY = 5;
const SEVERAL = 3;

/** Every size that bounds a product is large in turn, the others 1. Enclosures are of real expressions only. */
export function replayLarger({ open, model, parameters }: Architecture): Sizes[] {
  if ((model.has & HAS.complex) !== 0) return [];
  const bounds = new Set(
    postorder(model).flatMap((node) =>
      node.kind === "fold" && node.op === "prod" ? node.hi.sizes.map(([name]) => name) : [],
    ),
  );
  const size = parameters.length <= 2 ? MANY : SEVERAL;
  return open
    .filter((name) => bounds.has(name))
    .map((large) => Object.fromEntries(open.map((name) => [name, name === large ? size : 1])));
}

/** Throws where the budget of the whole derivation is over. */
export function replay(derivation: Derivation, budget: Budget, options: ReplayOptions = {}): Replay {
  const { architecture } = derivation;
  const { algebra } = architecture;
  const { sizes = replaySizes(architecture), larger = replayLarger(architecture), precise } = options;
  const deadline = createBudget({ milliseconds: options.milliseconds ?? 20_000, work: 1e12 });
  const judge = createJudge(algebra, precise);
  const failures: Failure[] = [];
  const counts = { exact: 0, enclosed: 0, open: 0 };
  const settle = (rule: string, at: Sizes, indices: readonly number[], found: Agreement): void => {
    if (found === "differs") failures.push({ rule, sizes: at, indices });
    else counts[found]++;
  };
  const steps = allSteps(derivation);
  const rounds = [
    ...sizes.map((at) => ({ at, formal: true })),
    ...(precise === undefined ? [] : larger.map((at) => ({ at, formal: false }))),
  ];
  for (const { at, formal } of rounds) {
    const numbers = new Map(Object.entries(at));
    for (const step of steps) {
      for (const indices of tuples(step, numbers)) {
        budget.spend();
        const found = deadline.isOver()
          ? "open"
          : attempt(budget, () => {
              const expected = redo(algebra, step, numbers, indices, budget);
              const made = place(algebra, step.after, numbers, indices, budget);
              return judge(algebra.subtract(made, expected), formal);
            });
        settle(step.rule, at, indices, found);
      }
    }
    for (const difference of generalTermChecks(derivation, numbers, budget)) {
      settle(
        "general term",
        at,
        [],
        deadline.isOver() ? "open" : attempt(budget, () => judge(difference, formal)),
      );
    }
  }
  return { sizes, larger: precise === undefined ? [] : larger, steps: steps.length, ...counts, failures };
}

type Agreement = "exact" | "enclosed" | "open" | "differs";

/** What is too much work is left open, as long as the whole budget is not over. */
function attempt(budget: Budget, work: () => Agreement): Agreement {
  try {
    return work();
  } catch (error) {
    const limited = error instanceof DescentError && (error.code === "budget" || error.code === "input");
    if (!limited || budget.isOver()) throw error;
    return "open";
  }
}

/** Tells whether an expression is zero: by its normal form, or else by enclosures at points. */
function createJudge(algebra: Algebra, precise: Precise | undefined) {
  return (difference: Node, formal: boolean): Agreement => {
    if (difference === algebra.zero) return "exact";
    if (formal) {
      const budget = createBudget({ milliseconds: 3_000, work: FORM_WORK });
      const normaliser = createNormaliser(
        algebra,
        (s) => s.role === "parameter" || s.role === "step",
        budget,
      );
      const form = attemptForm(() => normaliser.normal(difference));
      if (form !== undefined && !isObstacle(form)) {
        if (form.size === 0) return "exact";
        if (precise === undefined) return "differs";
      } else if (precise === undefined) return form === undefined ? "open" : "differs";
    }
    return precise === undefined ? "open" : enclosed(difference, precise);
  };
}

function attemptForm<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DescentError && error.code === "budget") return undefined;
    throw error;
  }
}

/** Zero must lie in every enclosure, and enough of them must be tight. */
function enclosed(difference: Node, precise: Precise): Agreement {
  let inside = 0;
  if ((difference.has & HAS.complex) !== 0) return "open";
  for (let point = 0; point < POINTS; point++) {
    const found = precise.scope(BITS, (reals): "zero" | "nonzero" | "wide" => {
      const i = intervals(reals);
      const value = enclose(difference, i, (s) => coordinate(s, point));
      if (!i.isFinite(value)) return "wide";
      if (i.excludesZero(value)) return "nonzero";
      return reals.toNumber(reals.sub(value.hi, value.lo)) < TIGHT ? "zero" : "wide";
    });
    if (found === "nonzero") return "differs";
    if (found === "zero") inside++;
  }
  return inside >= INSIDE ? "enclosed" : "open";
}

/** A fixed rational for each symbol and point, positive at the first ones. */
function coordinate(symbol: SymbolNode, point: number): Rational {
  const mixed = (BigInt(symbol.id + 1) * 2654435761n + BigInt(point + 1) * 40503n) % 1009n;
  const value = rational(mixed + 211n, 809n);
  return point >= 2 && mixed % 2n === 0n ? negate(value) : value;
}

/** An expression at given sizes and index values, everything unrolled. */
function place(
  algebra: Algebra,
  node: Node,
  sizes: ReadonlyMap<string, number>,
  indices: readonly number[],
  budget: Budget,
): Node {
  const sized = instantiate(algebra, node, sizes);
  const placed = rebuild(algebra, sized, { index: (k) => literal(indices[k]!) });
  return expand(algebra, placed, budget);
}

/** What the step's operation makes of its `before`. */
function redo(
  algebra: Algebra,
  { before, operation, ranges }: Step,
  sizes: ReadonlyMap<string, number>,
  indices: readonly number[],
  budget: Budget,
): Node {
  switch (operation.kind) {
    case "translation":
      return rebuild(algebra, place(algebra, before, sizes, indices, budget), {
        symbol: (s) => (s.role === "parameter" ? algebra.add(s, stepOf(algebra, s)) : undefined),
      });
    case "floor": {
      let floor = place(algebra, before, sizes, indices, budget);
      for (let k = 1; k <= operation.order; k++) {
        floor = algebra.scale(rational(1, k), directional(algebra, floor, budget));
      }
      return floor;
    }
    case "derivative": {
      // The coefficient of one step in the first floor.
      const { name, indices: by } = operation.by.variable;
      const first = createFloors(algebra, budget).floor(place(algebra, before, sizes, indices, budget), 1);
      const own = by.map((a) => numberAt(a, sizes, indices));
      return rebuild(algebra, first, {
        symbol: (s) =>
          s.role === "step" ? algebra.number(s.name === name && sameIndices(s, own) ? 1 : 0) : undefined,
      });
    }
    case "jacobian": {
      const count = operation.by.variable.indices.length;
      const own = operation.by.variable.indices.map((a) => numberAt(a, sizes, indices));
      const outer = indices.slice(count, ranges.length);
      return differentiate(
        algebra,
        place(algebra, before, sizes, outer, budget),
        scalar(operation.by.variable.name, "step", own),
        budget,
      );
    }
  }
}

const stepOf = (algebra: Algebra, s: SymbolNode): Node => algebra.symbol(s.name, "step", s.indices);

const sameIndices = (s: SymbolNode, values: readonly number[]): boolean =>
  s.indices.every((a, k) => a.constant === values[k]);

function scalar(name: string, role: Variable["role"], values: readonly number[]): Variable {
  const indices = values.map(literal);
  return { name, role, indices, ranges: indices.map((a) => ({ lo: a, hi: a })) };
}

/** D u = Σ_a Δ_a ∂_a u over the parameters that occur. */
function directional(algebra: Algebra, node: Node, budget: Budget): Node {
  return algebra.add(
    ...symbols(node, "parameter").map((s) => {
      const by = scalar(
        s.name,
        "parameter",
        s.indices.map((a) => a.constant),
      );
      return algebra.multiply(stepOf(algebra, s), differentiate(algebra, node, by, budget));
    }),
  );
}

const numberAt = (a: Affine, sizes: ReadonlyMap<string, number>, indices: readonly number[]): number =>
  mapBound(instantiateAffine(a, sizes), (k) => literal(indices[k]!)).constant;

/** A few values of a step's free indices, innermost first: the first, the last and one between. */
function tuples({ ranges }: Step, sizes: ReadonlyMap<string, number>): number[][] {
  let all: number[][] = [[]];
  for (const range of [...ranges].reverse()) {
    all = all.flatMap((outer) => {
      const [lo, hi] = [range.lo, range.hi].map((a) => numberAt(a, sizes, outer)) as [number, number];
      return Array.from({ length: Math.max(0, hi - lo + 1) }, (_, k) => [lo + k, ...outer]);
    });
  }
  if (all.length <= TUPLES) return all;
  return [all[0]!, all[Math.floor(all.length / 2)]!, all.at(-1)!];
}

/** Differences that must be zero. */
function* generalTermChecks(
  { architecture, model, generalTerm }: Derivation,
  sizes: ReadonlyMap<string, number>,
  budget: Budget,
): Generator<Node> {
  if (isAbsent(generalTerm)) return;
  const { algebra } = architecture;
  const f = place(algebra, model, sizes, [], budget);
  const members = symbols(f, "parameter");
  const derivative = instantiate(algebra, generalTerm.derivative, sizes);
  for (const orders of members.length === 0 ? [] : ORDERS) {
    const named: Record<string, number> = Object.create(null);
    let expected = f;
    orders.forEach((n, k) => {
      // Spread over the members, so that orders meet in one term and in several.
      const s = members[(k * 5 + orders.length) % members.length]!;
      const values = s.indices.map((a) => a.constant);
      const name = memberName(s.name, values);
      named[name] = (named[name] ?? 0) + n;
      for (let m = 0; m < n; m++) {
        expected = differentiate(algebra, expected, scalar(s.name, "parameter", values), budget);
      }
    });
    const found = atOrders(architecture, { ...generalTerm, derivative }, named, budget);
    yield algebra.subtract(found, expected);
  }
}
