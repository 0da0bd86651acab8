/**
 * What carries an expression from θ to θ+Δ. Parameters that stand in no function without addition law are resummed exactly;
 * the others, where there are any, by their tower up to an order K: e^D = e^{D_exact} e^{D_open} as the two commute, and so
 * u(θ+Δ) = e^{D_exact} Σ_{k≤K} D_open^k u/k! + O(|Δ_open|^{K+1}). With no exact parameters that is the tower itself.
 */
import type { Output } from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import { type Algebra, type CallNode, HAS, type Node, names, postorder } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { createFloors } from "../tower/floors.ts";
import { requireOrder } from "../tower/limits.ts";
import { type CascadeStep, cascadeStops, createCascade } from "./cascade.ts";

/** How some parameters are carried by a truncated tower. */
export interface Truncation {
  /** K: the floors 0 … K are kept. */
  readonly order: number;
  /** Names of the families that are resummed exactly, and of those that the tower carries. */
  readonly exact: readonly string[];
  readonly truncated: readonly string[];
  /** The functions without addition law in which the latter stand. */
  readonly stops: readonly CallNode[];
}

export interface Carrier {
  /** u(θ+Δ), or its truncation. */
  shifted(node: Node): Node;
  /** How the model is carried, step by step; `output` is the binder of its free index. */
  steps(model: Node, output?: Output): CascadeStep[];
  readonly truncation?: Truncation;
}

/** How parameters are carried. */
export interface CarrierOptions {
  /** K, where the cascade stops. */
  readonly order?: number;
  /** Families that are carried by the tower wherever they stand; by default none. */
  readonly open?: readonly string[];
  /** Whether a verdict says that no kink is met: a cube root of what is positive is then resummed. */
  readonly analytic?: boolean;
}

/**
 * The carrier of some expressions.
 *
 * @param parameters names of all families
 * @throws DescentError `unsupported` where a function has a kink, or the cascade stops and no order is given; `input` where
 * the order is out of range
 */
export function createCarrier(
  algebra: Algebra,
  roots: readonly Node[],
  parameters: readonly string[],
  budget: Budget,
  { order, open = [], analytic = false }: CarrierOptions = {},
): Carrier {
  const stops = cascadeStops(algebra, roots);
  const kink = (analytic ? stops : calls(roots)).find(
    ({ name, has }) => (has & HAS.parameter) !== 0 && algebra.primitives.get(name)?.analytic.kind === "kink",
  );
  if (kink !== undefined) throw new DescentError("unsupported", kinkText(algebra, kink));
  const inside = new Set(stops.flatMap((call) => [...names(call, "parameter")]));
  const truncated = parameters.filter((name) => inside.has(name) || open.includes(name));
  if (truncated.length === 0) {
    const cascade = createCascade(algebra, budget);
    return { shifted: cascade.shifted, steps: (model, output) => cascade.steps(model, binder(output)) };
  }
  const exact = parameters.filter((name) => !truncated.includes(name));
  if (order === undefined)
    throw new DescentError("unsupported", stopText(stops), { accepted: offer(truncated, exact) });
  requireOrder(order);
  const isOpen = new Set(truncated);
  const floors = createFloors(algebra, budget, ({ name }) => isOpen.has(name));
  const cascade = createCascade(algebra, budget, ({ name }) => !isOpen.has(name));
  const upTo = (node: Node): Node =>
    algebra.add(...Array.from({ length: order + 1 }, (_, k) => floors.floor(node, k)));
  return {
    shifted: (node) => cascade.shifted(upTo(node)),
    steps(model, output) {
      const within = binder(output);
      const after = upTo(model);
      const first: CascadeStep = {
        rule: `tower of order ${order} in ${truncated.join(", ")}`,
        justification: `Taylor's theorem, the remainder being of order ${order + 1} in these steps`,
        before: model,
        after,
        increment: algebra.subtract(after, model),
        ...within,
      };
      return [first, ...cascade.steps(after, within).filter((step) => step.before !== step.after)];
    },
    truncation: { order, exact, truncated, stops },
  };
}

const binder = (output: Output | undefined): Pick<CascadeStep, "scope" | "ranges"> =>
  output === undefined ? { scope: [], ranges: [] } : { scope: [output.index], ranges: [output.range] };

const calls = (roots: readonly Node[]): CallNode[] =>
  roots.flatMap((root) => postorder(root)).filter((node) => node.kind === "call");

function kinkText(algebra: Algebra, kink: CallNode): string {
  const { at } = algebra.primitives.get(kink.name)!.analytic as { at: string };
  return `there is no tower: ${callText(kink)} has a kink where its argument meets ${at}`;
}

const stopText = (stops: readonly CallNode[]): string => {
  const [first] = stops;
  if (first === undefined) return "no order is given";
  return `the cascade stops at ${callText(first)}: ${first.name} has no addition law`;
};

/** Bound indices have no names here. */
const callText = (call: CallNode): string =>
  call.free.length > 0 ? `'${call.name}' of parameters` : `'${shortened(print(call))}'`;

const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}...`);

function offer(truncated: readonly string[], exact: readonly string[]): string {
  const rest = exact.length === 0 ? "" : `, ${exact.join(", ")} being resummed exactly`;
  return `resum --order K, for a tower of order K in ${truncated.join(", ")}${rest}`;
}
