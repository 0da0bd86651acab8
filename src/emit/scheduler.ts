/**
 * From expressions to statements. A value is placed in the outermost scope in which everything it depends on is known,
 * computed once there, and shared; a call or fold that depends on loop counters is tabulated over their ranges, so that
 * no transcendental function is evaluated twice for one datum.
 *
 * Each expression has three values (theory, cascade): `base` at θ, `shifted` at θ+Δ, and the `increment` between the
 * two, computed without cancellation.
 */
import { DescentError, quoted } from "../errors.ts";
import { gIsReal, toNumber } from "../exact/rational.ts";
import { type Affine, boundIndex } from "../expression/affine.ts";
import {
  type Algebra,
  children,
  type FoldNode,
  HAS,
  type Node,
  type ProductNode,
  type SymbolNode,
} from "../expression/node.ts";
import { rebuild } from "../expression/substitute.ts";
import type { Target } from "../primitives/primitive.ts";
import { createCalls, type Mode } from "./calls.ts";
import {
  type ArrayName,
  addIndex,
  addValue,
  constantIndex,
  divideValue,
  type Index,
  indexKey,
  multiplyValue,
  numberValue,
  subtractValue,
  type Value,
} from "./program.ts";
import { type Bound, createScopes, type Scopes } from "./scopes.ts";

/** A value, the value at θ+Δ, and their difference. */
interface Increment {
  readonly u: Value;
  readonly shifted: Value;
  readonly du: Value;
}

/** Integer powers beyond this are calls, not multiplications. */
const MULTIPLIED_POWER = 32;

/** Where a parameter or input family starts in its array, and its ranges, row by row. */
export interface Layout {
  readonly offset: number;
  readonly lo: readonly number[];
  readonly extent: readonly number[];
}

export interface Scheduler extends Scopes {
  /** The value of `node`, its free indices given by `env` (innermost first). */
  value(node: Node, mode: Mode, env: readonly Bound[]): Value;
  indexOf(value: Affine, env: readonly Bound[]): Index;
}

export function createScheduler(
  algebra: Algebra,
  target: Target,
  layouts: { parameters: ReadonlyMap<string, Layout>; inputs: ReadonlyMap<string, Layout> },
): Scheduler {
  const tables = new Map<string, { array: ArrayName; lo: number[]; extent: number[] }[]>();
  const canonicalMemo = new Map<string, Node>();
  const scopes = createScopes();
  const { local, variable, emit, loop, loopBetween, when, scratch } = scopes;
  const { callValue, code, term } = createCalls(algebra, target, local, value);

  function indexOf(value: Affine, env: readonly Bound[]): Index {
    if (value.sizes.length > 0) {
      throw new DescentError("unsupported", `the size ${value.sizes[0]![0]} is open`, {
        accepted: `a number for it: --sizes ${value.sizes[0]![0]}=2`,
      });
    }
    let index = constantIndex(value.constant);
    for (const [k, c] of value.bound) index = addIndex(index, env[k]!.index, c);
    return index;
  }

  /** The same expression with its free indices renumbered by their values, so that equal values are shared. */
  function canonical(node: Node, env: readonly Bound[]): { node: Node; env: readonly Bound[] } {
    if (node.free.length === 0) return { node, env: [] };
    const order: Bound[] = [];
    const numbers = node.free.map((k) => {
      const key = indexKey(env[k]!.index);
      const at = order.findIndex((b) => indexKey(b.index) === key);
      if (at >= 0) return at;
      order.push(env[k]!);
      return order.length - 1;
    });
    const key = `${node.id}:${numbers.join(",")}`;
    let renamed = canonicalMemo.get(key);
    if (renamed === undefined) {
      const image = new Map(node.free.map((k, i) => [k, numbers[i]!]));
      renamed = rebuild(algebra, node, { index: (k) => boundIndex(image.get(k)!) });
      canonicalMemo.set(key, renamed);
    }
    return { node: renamed, env: order };
  }

  function value(given: Node, wanted: Mode, givenEnv: readonly Bound[]): Value {
    if ((given.has & HAS.complex) !== 0) {
      throw new DescentError("unsupported", "complex-valued parts cannot be emitted yet");
    }
    const constant = (given.has & HAS.parameter) === 0;
    if (constant && wanted === "increment") return numberValue(0);
    const mode = constant ? "base" : wanted;
    if (given.kind === "number") return numberValue(toNumber(given.value.re));
    if (given.kind === "integer") return { kind: "index", value: indexOf(given.value, givenEnv) };
    if (given.kind === "test") return testValue(given.test, indexOf(given.value, givenEnv));
    const { node, env } = canonical(given, givenEnv);
    const needsData = (node.has & (HAS.input | HAS.target)) !== 0 ? scopes.dataDepth() : 0;
    const depth = Math.max(needsData, ...env.map((b) => b.depth));
    const key = `${mode}:${node.id}:${env.map((b) => indexKey(b.index)).join(",")}`;
    const memo = scopes.memo(depth);
    const known = memo.get(key);
    if (known !== undefined) return known;
    const costly = node.kind === "call" || node.kind === "fold";
    const table =
      costly && env.length > 0 && depth > needsData && staysInside(node, env)
        ? tableFor(node, mode, env, needsData)
        : undefined;
    const made = scopes.within(depth, () =>
      local(
        table === undefined
          ? compute(node, mode, env)
          : { kind: "load", array: table.array, index: tableIndex(table, env) },
      ),
    );
    memo.set(key, made);
    return made;
  }

  /**
   * Whether every symbol of the node has its place for all index values in the hulls of the loops. A table is filled over
   * these, beyond a triangular range too, where an index such as i - k + 1 would leave its family.
   */
  function staysInside(node: Node, env: readonly Bound[]): boolean {
    switch (node.kind) {
      case "symbol": {
        const layout = (node.role === "input" ? layouts.inputs : layouts.parameters).get(node.name);
        return node.indices.every((a, k) => {
          const { min, max } = hullOf(a, env);
          return min > max || (min >= layout!.lo[k]! && max < layout!.lo[k]! + layout!.extent[k]!);
        });
      }
      case "fold": {
        const range = { min: hullOf(node.lo, env).min, max: hullOf(node.hi, env).max };
        const bound: Bound = { index: constantIndex(0), depth: 0, ...range };
        return staysInside(node.body, [bound, ...env]);
      }
      default:
        return children(node).every((child) => staysInside(child, env));
    }
  }

  /** Least and greatest value of an affine expression over the ranges of its bound indices. */
  function hullOf(a: Affine, env: readonly Bound[]): { min: number; max: number } {
    let [min, max] = [a.constant, a.constant];
    for (const [k, c] of a.bound) {
      min += c * (c > 0 ? env[k]!.min : env[k]!.max);
      max += c * (c > 0 ? env[k]!.max : env[k]!.min);
    }
    return { min, max };
  }

  const testValue = (test: "equal" | "unequal", index: Index): Value =>
    index.terms.length === 0
      ? numberValue((index.constant === 0) === (test === "equal") ? 1 : 0)
      : { kind: "test", test, value: index };

  function tableFor(node: Node, mode: Mode, env: readonly Bound[], home: number) {
    const key = `${mode}:${node.id}`;
    const known = (tables.get(key) ?? []).find((t) =>
      env.every((b, k) => b.min >= t.lo[k]! && b.max < t.lo[k]! + t.extent[k]!),
    );
    if (known !== undefined) return known;
    const lo = env.map((b) => b.min);
    const extent = env.map((b) => Math.max(0, b.max - b.min + 1));
    const table = { array: scratch(extent.reduce((a, b) => a * b, 1)), lo, extent };
    const nest = (k: number, bounds: readonly Bound[]): void => {
      if (k === env.length) {
        const item = compute(node, mode, bounds);
        emit({
          kind: "store",
          array: table.array,
          index: tableIndex(table, bounds),
          value: item,
          add: false,
        });
        return;
      }
      loop(lo[k]!, lo[k]! + extent[k]! - 1, (b) => nest(k + 1, [...bounds, b]));
    };
    scopes.within(home, () => nest(0, []));
    tables.set(key, [...(tables.get(key) ?? []), table]);
    return table;
  }

  function tableIndex(table: { lo: number[]; extent: number[] }, env: readonly Bound[]): Index {
    let index = constantIndex(0);
    env.forEach((b, k) => {
      index = addIndex(addIndex(constantIndex(-table.lo[k]!), b.index), index, table.extent[k]!);
    });
    return index;
  }

  function compute(node: Node, mode: Mode, env: readonly Bound[]): Value {
    const at = (child: Node, as: Mode = mode): Value => value(child, as, env);
    switch (node.kind) {
      case "symbol":
        return symbolValue(node, mode, env);
      case "sum":
        return node.terms.reduce<Value>((total, [c, term]) => {
          if (!gIsReal(c))
            throw new DescentError("unsupported", "complex-valued parts cannot be emitted yet");
          const x = toNumber(c.re);
          const part =
            term.kind === "number" ? (mode === "increment" ? numberValue(0) : numberValue(1)) : at(term);
          if (x < 0) {
            const positive = multiplyValue(numberValue(-x), part);
            return total.kind === "number" && total.value === 0
              ? multiplyValue(numberValue(x), part)
              : subtractValue(total, positive);
          }
          return addValue(total, multiplyValue(numberValue(x), part));
        }, numberValue(0));
      case "product":
        return mode === "increment" ? productIncrement(node, env) : productValue(node, mode, env);
      case "call":
        return callValue(node, mode, env);
      case "fold":
        return foldValue(node, mode, env);
      default:
        return value(node, mode, env);
    }
  }

  function symbolValue(node: SymbolNode, mode: Mode, env: readonly Bound[]): Value {
    if (node.role === "constant") return numberValue(Math.PI);
    if (node.role === "target") return { kind: "datum", which: "y" };
    const layout = (node.role === "input" ? layouts.inputs : layouts.parameters).get(node.name);
    if (layout === undefined) throw new DescentError("internal", `no place for ${quoted(node.name)}`);
    let within = constantIndex(0);
    node.indices.forEach((a, k) => {
      const item = addIndex(indexOf(a, env), constantIndex(-layout.lo[k]!));
      within = addIndex(item, within, layout.extent[k]!);
    });
    const index = addIndex(constantIndex(layout.offset), within);
    if (node.role === "input") return { kind: "input", index };
    const theta: Value = { kind: "load", array: "theta", index };
    const delta: Value = { kind: "load", array: "delta", index };
    if (node.role === "step") return delta;
    return mode === "base" ? theta : mode === "increment" ? delta : addValue(theta, delta);
  }

  /** u^k for k ≥ 1 by repeated squaring. */
  function integerPower(base: Value, k: number): Value {
    if (k === 1) return base;
    if (k > MULTIPLIED_POWER) return code("pow", [base, numberValue(k)]);
    const half = integerPower(base, Math.floor(k / 2));
    const square = local(multiplyValue(local(half), local(half)));
    return k % 2 === 0 ? square : multiplyValue(square, base);
  }

  function productValue(node: ProductNode, mode: Mode, env: readonly Bound[]): Value {
    let above: Value = numberValue(1);
    let below: Value = numberValue(1);
    for (const [base, k] of node.factors) {
      const item = integerPower(value(base, mode, env), Math.abs(k));
      if (k > 0) above = multiplyValue(above, item);
      else below = multiplyValue(below, item);
    }
    return unlessZero(node, env, divideValue(above, below));
  }

  /** k u^(k−1) is 0 at k = 0, at u = 0 too, where u^(k−1) has no value: an index factor of 0 beside an open power wins. */
  function unlessZero(node: ProductNode, env: readonly Bound[], product: Value): Value {
    if (!node.factors.some(([base]) => base.kind === "call" && base.name === "pow")) return product;
    return node.factors.reduce<Value>((yes, [base, k]) => {
      if (base.kind !== "integer" || k < 0) return yes;
      const index: Value = { kind: "index", value: indexOf(base.value, env) };
      const left: Value = { kind: "call", name: "abs", args: [index] };
      return { kind: "less", left, right: numberValue(0.5), yes: numberValue(0), no: yes };
    }, product);
  }

  /**
   * δ(uv) = δu·v⁺ + u·δv = δu·v + u⁺·δv: the form that multiplies δu by the smaller value of v. The other one cancels where
   * one factor grows as the other shrinks.
   */
  function pairIncrement(u: Increment, v: Increment): Value {
    const form = (a: Value, b: Value): Value => addValue(multiplyValue(u.du, a), multiplyValue(b, v.du));
    if (u.du.kind === "number" && u.du.value === 0) return local(form(v.u, u.u));
    if (v.du.kind === "number" && v.du.value === 0) return local(form(v.u, u.u));
    const abs = (x: Value): Value => ({ kind: "call", name: "abs", args: [x] });
    return local({
      kind: "less",
      left: abs(v.shifted),
      right: abs(v.u),
      yes: form(v.shifted, u.u),
      no: form(v.u, u.shifted),
    });
  }

  /** δ(u^n) = δu Σ u⁺^i u^(n−1−i), and for a large n as the row of pow has it. */
  function powerIncrement({ u, shifted, du }: Increment, n: number, item: Value, itemShifted: Value): Value {
    if (n > MULTIPLIED_POWER) {
      const slots: Record<string, Value> = { u, du, v: numberValue(n), base: item, shifted: itemShifted };
      const cascade = algebra.primitives.get("pow")!.cascade!;
      if (!("by" in cascade)) return term(cascade.increment, (name) => slots[name]!);
    }
    let sum: Value = numberValue(1);
    let power: Value = shifted;
    for (let i = 1; i < n; i++) {
      sum = local(addValue(multiplyValue(sum, u), power));
      power = local(multiplyValue(power, shifted));
    }
    return multiplyValue(du, sum);
  }

  /** δ(uv), factor by factor; δ(u^k) = δu Σ u⁺^i u^(k−1−i); δ(1/u) = −δu/(u u⁺). */
  function productIncrement(node: ProductNode, env: readonly Bound[]): Value {
    let product: Value = numberValue(1);
    let productShifted: Value = numberValue(1);
    let increment: Value = numberValue(0);
    for (const [base, k] of node.factors) {
      const n = Math.abs(k);
      const [u, shifted, du] = [
        value(base, "base", env),
        value(base, "shifted", env),
        value(base, "increment", env),
      ];
      let [item, itemShifted] = [local(integerPower(u, n)), local(integerPower(shifted, n))];
      let itemIncrement = powerIncrement({ u, shifted, du }, n, item, itemShifted);
      if (k < 0) {
        const both = multiplyValue(item, itemShifted);
        itemIncrement = divideValue(multiplyValue(numberValue(-1), itemIncrement), both);
        [item, itemShifted] = [divideValue(numberValue(1), item), divideValue(numberValue(1), itemShifted)];
      }
      increment = pairIncrement(
        { u: product, shifted: productShifted, du: increment },
        { u: local(item), shifted: local(itemShifted), du: local(itemIncrement) },
      );
      product = local(multiplyValue(product, item));
      productShifted = local(multiplyValue(productShifted, itemShifted));
    }
    return increment;
  }

  function foldValue(node: FoldNode, mode: Mode, env: readonly Bound[]): Value {
    const lo = indexOf(node.lo, env);
    const hi = indexOf(node.hi, env);
    const range = { min: hull(lo, env).min, max: hull(hi, env).max };
    const sum = node.op === "sum";
    const total = variable(numberValue(sum || mode === "increment" ? 0 : 1));
    const running = !sum && mode === "increment" ? variable(numberValue(1)) : undefined;
    const runningShifted = running === undefined ? undefined : variable(numberValue(1));
    loopBetween(lo, hi, range, (bound) => {
      const inner = [bound, ...env];
      const guarded = (k: number): void => {
        const except = node.except[k];
        if (except !== undefined) {
          when("unequal", indexOf(except, inner), () => guarded(k + 1));
          return;
        }
        const item = value(node.body, mode, inner);
        const set = (id: number, to: Value): void => emit({ kind: "set", local: id, value: to });
        if (running !== undefined) {
          const shifted = value(node.body, "shifted", inner);
          const base = value(node.body, "base", inner);
          const whole = { u: running.value, shifted: runningShifted!.value, du: total.value };
          set(total.id, pairIncrement(whole, { u: base, shifted, du: item }));
          set(running.id, multiplyValue(running.value, base));
          set(runningShifted!.id, multiplyValue(runningShifted!.value, shifted));
        } else set(total.id, sum ? addValue(total.value, item) : multiplyValue(total.value, item));
      };
      guarded(0);
    });
    return total.value;
  }

  /** Least and greatest value of an index over the ranges of the loops in it. */
  function hull(index: Index, env: readonly Bound[]): { min: number; max: number } {
    let [min, max] = [index.constant, index.constant];
    for (const [loopNumber, c] of index.terms) {
      const bound = env.find((b) => b.index.terms.length === 1 && b.index.terms[0]![0] === loopNumber)!;
      const shift = bound.index.constant;
      min += c * ((c > 0 ? bound.min : bound.max) - shift);
      max += c * ((c > 0 ? bound.max : bound.min) - shift);
    }
    return { min, max };
  }

  return { ...scopes, value, indexOf };
}
