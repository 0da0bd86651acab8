/**
 * The programs of an architecture: residual, Jacobian, gradient F(Δ), and the fused evaluation of decrease, F(Δ), exact
 * Hessian H(Δ) and Gauss–Newton matrix, for L = ½ Σ w (f − y)².
 */
import type { Architecture, Family } from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import { G_ONE } from "../exact/rational.ts";
import { type Affine, boundIndex, shiftAffine } from "../expression/affine.ts";
import { deltaTerms, differentiate, type Variable } from "../expression/differentiate.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { shift } from "../expression/substitute.ts";
import type { Target } from "../primitives/primitive.ts";
import { createCarrier } from "../resummation/carrier.ts";
import { requireSquared } from "../tower/tower.ts";
import type { Mode } from "./calls.ts";
import {
  addIndex,
  addValue,
  constantIndex,
  type Index,
  multiplyValue,
  numberValue,
  type Program,
  subtractValue,
  type Value,
} from "./program.ts";
import { createScheduler, type Layout, type Scheduler } from "./scheduler.ts";
import type { Bound } from "./scopes.ts";

export interface Programs {
  readonly size: number;
  readonly residual: Program;
  readonly jacobian: Program;
  readonly gradient: Program;
  readonly evaluate: Program;
}

/** The Hessian has the square of this many entries. */
const PARAMETER_LIMIT = 4096;

/** Builds the four programs; throws where the model has parts without code or without cascade. */
export function optimalityPrograms(architecture: Architecture, target: Target, budget: Budget): Programs {
  const context = contextOf(architecture, target, budget);
  return {
    size: context.size,
    residual: residualProgram(context),
    jacobian: jacobianProgram(context),
    gradient: gradientProgram(context),
    evaluate: evaluateProgram(context),
  };
}

/**
 * The program of the truncated tower: Σ_{k≤K} T_k(Δ) and its derivative by the steps, added up over the data.
 *
 * @throws DescentError `input` where the order K is out of range
 */
export function towerProgram(
  architecture: Architecture,
  order: number,
  target: Target,
  budget: Budget,
): Program {
  const context = contextOf(architecture, target, budget);
  const { algebra, model, parameters } = architecture;
  const names = parameters.map(({ name }) => name);
  const { shifted } = createCarrier(algebra, [model], names, budget, { order, open: names });
  const residual = algebra.subtract(model, algebra.symbol("y", "target"));
  const floors = new Map(
    names.map((name) => [name, shifted(algebra.multiply(residual, context.first.get(name)!))]),
  );
  const scheduler = context.open();
  scheduler.rows(() => {
    const w = scheduler.local(weight);
    for (const family of parameters) {
      overFamily(scheduler, context.layouts.get(family.name)!, (env, index) => {
        const value = multiplyValue(w, scheduler.value(floors.get(family.name)!, "base", env));
        scheduler.emit({ kind: "store", array: "gradient", index, value, add: true });
      });
    }
    addSlopes(context, scheduler, w, { rows: floors, role: "step", mode: "base" });
  });
  mirror(scheduler, context.size, false);
  return { name: "tower", arrays: ["theta", "delta", "gradient", "hessian"], ...scheduler.finish() };
}

function contextOf(architecture: Architecture, target: Target, budget: Budget): Context {
  requireSquared(architecture);
  const parameters = layouts(architecture.parameters);
  const size = parameters.total;
  if (size > PARAMETER_LIMIT) {
    throw new DescentError("unsupported", `${size} parameters are too many for a Hessian`, {
      accepted: `at most ${PARAMETER_LIMIT} parameters`,
    });
  }
  const { algebra, model } = architecture;
  return {
    architecture,
    size,
    layouts: parameters.byName,
    first: new Map(
      architecture.parameters.map((family) => [
        family.name,
        differentiate(algebra, model, variable(family, 0), budget),
      ]),
    ),
    budget,
    open: () =>
      createScheduler(algebra, target, {
        parameters: parameters.byName,
        inputs: layouts(architecture.inputs).byName,
      }),
  };
}

interface Context {
  readonly architecture: Architecture;
  readonly size: number;
  readonly layouts: ReadonlyMap<string, Layout>;
  /** ∂f/∂(member of the family), its indices free, the last one innermost. */
  readonly first: ReadonlyMap<string, Node>;
  readonly budget: Budget;
  readonly open: () => Scheduler;
}

/** Places the families one after the other, each row by row. */
export function layouts(families: readonly Family[]): { byName: Map<string, Layout>; total: number } {
  const byName = new Map<string, Layout>();
  let total = 0;
  for (const family of families) {
    const lo = family.ranges.map((r) => r.lo.constant);
    const extent = family.ranges.map((r) => Math.max(0, r.hi.constant - r.lo.constant + 1));
    byName.set(family.name, { offset: total, lo, extent });
    total += extent.reduce((a, b) => a * b, 1);
  }
  return { byName, total };
}

/** A member of `family` with free indices, the last one number `from`. */
function variable(family: Family, from: number): Variable {
  const q = family.ranges.length;
  return {
    name: family.name,
    role: "parameter",
    indices: family.ranges.map((_, k) => boundIndex(from + q - 1 - k)),
    ranges: family.ranges.map((r) => ({ lo: shiftAffine(r.lo, from), hi: shiftAffine(r.hi, from) })),
  };
}

/** Loops over the members of a family, outermost index first; `env` has the last index innermost. */
function overFamily(
  scheduler: Scheduler,
  layout: Layout,
  body: (env: readonly Bound[], position: Index) => void,
): void {
  const nest = (k: number, env: readonly Bound[], within: Index): void => {
    if (k === layout.extent.length) {
      body(env, addIndex(constantIndex(layout.offset), within));
      return;
    }
    const lo = layout.lo[k]!;
    scheduler.loop(lo, lo + layout.extent[k]! - 1, (bound) =>
      nest(k + 1, [bound, ...env], position(within, bound.index, lo, layout.extent[k]!)),
    );
  };
  nest(0, [], constantIndex(0));
}

const position = (within: Index, index: Index, lo: number, extent: number): Index =>
  addIndex(addIndex(index, constantIndex(-lo)), within, extent);

const target: Value = { kind: "datum", which: "y" };
const weight: Value = { kind: "datum", which: "w" };

function residualProgram(context: Context): Program {
  const scheduler = context.open();
  scheduler.rows(() => {
    const r = subtractValue(scheduler.value(context.architecture.model, "base", []), target);
    scheduler.emit({
      kind: "store",
      array: "residual",
      index: constantIndex(0),
      value: r,
      add: false,
      rowBlock: 1,
    });
  });
  return { name: "residual", arrays: ["theta", "residual"], ...scheduler.finish() };
}

function jacobianProgram(context: Context): Program {
  const scheduler = context.open();
  scheduler.rows(() => storeFirst(context, scheduler, "base", "jacobian", context.size));
  return { name: "jacobian", arrays: ["theta", "jacobian"], ...scheduler.finish() };
}

function storeFirst(
  context: Context,
  scheduler: Scheduler,
  mode: Mode,
  array: "jacobian" | { scratch: number },
  rowBlock?: number,
): void {
  for (const family of context.architecture.parameters) {
    overFamily(scheduler, context.layouts.get(family.name)!, (env, at) => {
      const value = scheduler.value(context.first.get(family.name)!, mode, env);
      scheduler.emit({
        kind: "store",
        array,
        index: at,
        value,
        add: false,
        ...(rowBlock === undefined ? {} : { rowBlock }),
      });
    });
  }
}

/** r + δf, weighted; δf; and the contribution of the datum to the decrease of the loss. */
function residuals(context: Context, scheduler: Scheduler) {
  const { model } = context.architecture;
  const base = scheduler.value(model, "base", []);
  const r = scheduler.local(subtractValue(base, target));
  const increment = scheduler.value(model, "increment", []);
  const shifted = scheduler.local(addValue(r, increment));
  const w = scheduler.local(weight);
  const half = addValue(r, multiplyValue(numberValue(0.5), increment));
  const decrease = multiplyValue(w, multiplyValue(increment, half));
  return { base, w, shifted, weighted: scheduler.local(multiplyValue(w, shifted)), decrease };
}

function gradientProgram(context: Context): Program {
  const scheduler = context.open();
  const first = scheduler.scratch(context.size) as { scratch: number };
  scheduler.rows(() => {
    const { weighted } = residuals(context, scheduler);
    storeFirst(context, scheduler, "shifted", first);
    scheduler.loop(0, context.size - 1, ({ index }) => {
      const value = multiplyValue(weighted, { kind: "load", array: first, index });
      scheduler.emit({ kind: "store", array: "gradient", index, value, add: true });
    });
  });
  return { name: "gradient", arrays: ["theta", "delta", "gradient"], ...scheduler.finish() };
}

function evaluateProgram(context: Context): Program {
  const scheduler = context.open();
  const m = context.size;
  const first = scheduler.scratch(m) as { scratch: number };
  const total = scheduler.variable(numberValue(0));
  scheduler.rows(() => {
    const { base, w, shifted, weighted, decrease } = residuals(context, scheduler);
    scheduler.emit({ kind: "set", local: total.id, value: addValue(total.value, decrease) });
    const half = multiplyValue(numberValue(0.5), multiplyValue(weighted, shifted));
    scheduler.emit({ kind: "store", array: "loss", index: constantIndex(0), value: half, add: true });
    storeFirst(context, scheduler, "shifted", first);
    const abs = (x: Value): Value => ({ kind: "call", name: "abs", args: [x] });
    const floor = scheduler.local(multiplyValue(w, addValue(abs(base), abs(target))));
    scheduler.loop(0, m - 1, (a) => {
      const ja = scheduler.local({ kind: "load", array: first, index: a.index });
      const add = (array: "gradient" | "noise" | "gauss", index: Index, value: Value): void =>
        scheduler.emit({ kind: "store", array, index, value, add: true });
      add("gradient", a.index, multiplyValue(weighted, ja));
      add("noise", a.index, multiplyValue(floor, abs(ja)));
      const wj = scheduler.local(multiplyValue(w, ja));
      scheduler.loopBetween(constantIndex(0), a.index, { min: 0, max: m - 1 }, (b) => {
        const jb: Value = { kind: "load", array: first, index: b.index };
        add("gauss", addIndex(b.index, a.index, m), multiplyValue(wj, jb));
      });
    });
    addSlopes(context, scheduler, weighted, { rows: context.first, role: "parameter", mode: "shifted" });
  });
  mirror(scheduler, m, true);
  return {
    name: "evaluate",
    arrays: ["theta", "delta", "gradient", "hessian", "gauss", "noise", "loss"],
    ...scheduler.finish(),
    result: total.value,
  };
}

/** What is differentiated by the members of all families, one expression for each family. */
interface Slopes {
  readonly rows: ReadonlyMap<string, Node>;
  readonly role: "parameter" | "step";
  readonly mode: Mode;
}

/** hessian += factor·(∂ of the rows), the lower triangle and whole diagonal blocks; deltas are solved, not looped over. */
function addSlopes(
  context: Context,
  scheduler: Scheduler,
  factor: Value,
  { rows, role, mode }: Slopes,
): void {
  const { algebra, parameters } = context.architecture;
  parameters.forEach((rowFamily, i) => {
    const rowLayout = context.layouts.get(rowFamily.name)!;
    for (const family of parameters.slice(0, i + 1)) {
      const layout = context.layouts.get(family.name)!;
      const raised = shift(algebra, rows.get(rowFamily.name)!, family.ranges.length);
      const second = differentiate(algebra, raised, { ...variable(family, 0), role }, context.budget);
      for (const term of deltaTerms(algebra, second)) {
        const { guards, rest } = withoutGuards(algebra, term.node);
        const equal = term.equal.map((test) => test.value);
        overFamily(scheduler, rowLayout, (rowEnv, row) => {
          overSolved(scheduler, layout, rowEnv, equal, (env, column) => {
            guarded(scheduler, guards, env, () => {
              const value = multiplyValue(factor, scheduler.value(rest, mode, env));
              const index = addIndex(column, row, context.size);
              scheduler.emit({ kind: "store", array: "hessian", index, value, add: true });
            });
          });
        });
      }
    }
  });
}

/** Splits the factors [a ≠ 0] off a term. */
function withoutGuards(algebra: Algebra, term: Node): { guards: Affine[]; rest: Node } {
  const [c, bare] = term.kind === "sum" && term.terms.length === 1 ? term.terms[0]! : [G_ONE, term];
  const factors = bare.kind === "product" ? bare.factors : [[bare, 1] as const];
  const guards = factors.flatMap(([f]) => (f.kind === "test" && f.test === "unequal" ? [f.value] : []));
  const rest = factors.filter(([f]) => !(f.kind === "test" && f.test === "unequal"));
  return { guards, rest: algebra.scale(c, algebra.product(rest)) };
}

function guarded(
  scheduler: Scheduler,
  guards: readonly Affine[],
  env: readonly Bound[],
  body: () => void,
): void {
  const [guard, ...others] = guards;
  if (guard === undefined) body();
  else scheduler.when("unequal", scheduler.indexOf(guard, env), () => guarded(scheduler, others, env, body));
}

/**
 * Loops over the members of a family for which all `equal` vanish: an index that one of them fixes is not looped over,
 * unless its value could leave the family's range.
 */
function overSolved(
  scheduler: Scheduler,
  layout: Layout,
  outer: readonly Bound[],
  equal: readonly Affine[],
  body: (env: readonly Bound[], position: Index) => void,
): void {
  const p = layout.extent.length;
  const nest = (k: number, inner: readonly Bound[], within: Index): void => {
    if (k === p) {
      body([...inner, ...outer], addIndex(constantIndex(layout.offset), within));
      return;
    }
    const lo = layout.lo[k]!;
    const extent = layout.extent[k]!;
    const next = (bound: Bound): void =>
      nest(k + 1, [bound, ...inner], position(within, bound.index, lo, extent));
    const own = p - 1 - k;
    for (const test of equal) {
      const c = test.bound.find(([number]) => number === own)?.[1];
      const pending = test.bound.some(([number]) => number < own);
      if (c === undefined || Math.abs(c) !== 1 || pending) continue;
      const others = test.bound.filter(([number]) => number !== own);
      const bounds = others.map(([number, d]) => ({
        bound: number >= p ? outer[number - p]! : inner[number - own - 1]!,
        scale: -c * d,
      }));
      let [index, min, max, depth] = [
        constantIndex(-c * test.constant),
        -c * test.constant,
        -c * test.constant,
        0,
      ];
      for (const { bound, scale } of bounds) {
        index = addIndex(index, bound.index, scale);
        min += scale * (scale > 0 ? bound.min : bound.max);
        max += scale * (scale > 0 ? bound.max : bound.min);
        depth = Math.max(depth, bound.depth);
      }
      if (min < lo || max >= lo + extent) continue;
      next({ index, depth, min, max });
      return;
    }
    scheduler.loop(lo, lo + extent - 1, next);
  };
  nest(0, [], constantIndex(0));
}

/** Adds the Gauss–Newton part, where there is one apart, and fills the upper triangles. */
function mirror(scheduler: Scheduler, m: number, withGauss: boolean): void {
  scheduler.loop(0, m - 1, (a) => {
    scheduler.loopBetween(constantIndex(0), a.index, { min: 0, max: m - 1 }, (b) => {
      const lower = addIndex(b.index, a.index, m);
      const upper = addIndex(a.index, b.index, m);
      const second: Value = { kind: "load", array: "hessian", index: lower };
      const put = (array: "gauss" | "hessian", index: Index, value: Value): void =>
        scheduler.emit({ kind: "store", array, index, value, add: false });
      if (!withGauss) {
        put("hessian", upper, second);
        return;
      }
      const gauss = scheduler.local({ kind: "load", array: "gauss", index: lower });
      const whole = scheduler.local(addValue(second, gauss));
      put("gauss", upper, gauss);
      put("hessian", lower, whole);
      put("hessian", upper, whole);
    });
  });
}
