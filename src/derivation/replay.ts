/**
 * Replays a derivation: every step is computed anew from what stood before it, by other code than made it, at small sizes
 * and index values, and the difference to what stands after it must have an empty normal form. That is an identity of
 * exponential polynomials in all parameters, steps and data, not a sample of values.
 */
import { type Architecture, memberName } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { rational } from "../exact/rational.ts";
import { type Affine, instantiateAffine, literal, mapBound } from "../expression/affine.ts";
import { differentiate, type Variable } from "../expression/differentiate.ts";
import { type Algebra, type Node, type SymbolNode, symbols } from "../expression/node.ts";
import { createNormaliser, isObstacle } from "../expression/normal.ts";
import { expand, instantiate, rebuild } from "../expression/substitute.ts";
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
  readonly sizes: readonly Sizes[];
  /** Identities that were checked. */
  readonly checked: number;
  readonly steps: number;
  readonly failures: readonly Failure[];
}

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

export function replay(
  derivation: Derivation,
  budget: Budget,
  sizes = replaySizes(derivation.architecture),
): Replay {
  const { algebra } = derivation.architecture;
  const failures: Failure[] = [];
  let checked = 0;
  const isZero = zeroTest(algebra, budget);
  const steps = allSteps(derivation);
  for (const at of sizes) {
    const numbers = new Map(Object.entries(at));
    for (const step of steps) {
      for (const indices of tuples(step, numbers)) {
        checked++;
        const expected = redo(algebra, step, numbers, indices, budget);
        const found = place(algebra, step.after, numbers, indices, budget);
        if (!isZero(algebra.subtract(found, expected)))
          failures.push({ rule: step.rule, sizes: at, indices });
      }
    }
    for (const { agrees } of generalTermChecks(derivation, numbers, isZero, budget)) {
      checked++;
      if (!agrees) failures.push({ rule: "general term", sizes: at, indices: [] });
    }
  }
  return { sizes, checked, steps: steps.length, failures };
}

type ZeroTest = (node: Node) => boolean;

function zeroTest(algebra: Algebra, budget: Budget): ZeroTest {
  const normaliser = createNormaliser(algebra, (s) => s.role === "parameter" || s.role === "step", budget);
  return (node) => {
    const form = normaliser.normal(node);
    return !isObstacle(form) && form.size === 0;
  };
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

function* generalTermChecks(
  { architecture, model, generalTerm }: Derivation,
  sizes: ReadonlyMap<string, number>,
  isZero: ZeroTest,
  budget: Budget,
): Generator<{ agrees: boolean }> {
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
    yield { agrees: isZero(algebra.subtract(found, expected)) };
  }
}
