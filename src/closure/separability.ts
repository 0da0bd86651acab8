/**
 * Separability: whether f is, for generic parameters, a finite sum of products of functions of one input each, its length
 * independent of the parameters. That it is, is read off the structure of the formula; the rank is the number of products
 * written, an upper bound of the true one, an expression in the sizes that are open. That it is not, is a theorem about f
 * at one choice of the parameters where f is continuous, with a nonzero minor as a numerical lower bound of the rank.
 */
import type { Budget } from "../errors.ts";
import { DescentError, shareOf } from "../errors.ts";
import { rationalText } from "../exact/rational.ts";
import { type Algebra, HAS, type Node, postorder } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { Precise } from "../precise/mpfr.ts";
import type { Point } from "./separability/germ.ts";
import { findMinor } from "./separability/minor.ts";
import { findDisproof } from "./separability/search.ts";
import { type Structure, separability } from "./separability/structure.ts";
import { truncate } from "./separability/truncate.ts";

export { separability } from "./separability/structure.ts";

/** What shows that no finite sum of products serves. */
export interface SeparabilityWitness {
  /** Numbers that were given to open sizes, all of them 2: the argument holds for all sizes of at least 2. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Values of members, inputs among them, with an index above 2: 1 for these families and 0 for all others. */
  readonly ones?: readonly string[];
  /** Values of the parameters, and of the inputs that are held, as `p/q`. */
  readonly point: Readonly<Record<string, string>>;
  readonly rows: { readonly input: string; readonly values: readonly string[] };
  readonly columns: { readonly input: string; readonly values: readonly string[] };
  /** The rank is at least this, by a minor that is not zero. */
  readonly order: number;
  /** Decimals below and above that minor. */
  readonly determinant: readonly [string, string];
  /** Why no length is enough. */
  readonly theorem: string;
}

export type Separability =
  | Structure
  | {
      readonly holds: false;
      readonly rank: null;
      readonly reason: string;
      readonly witness: SeparabilityWitness;
    };

export interface SeparabilityOptions {
  /** Whether a point lies inside of the declared domain; everywhere without it. */
  readonly inside?: (point: Point) => boolean;
}

const ORDER = 5;
/** The search ends after so much, whatever the budget of the whole verdict. */
const SEARCH = { fraction: 0.3, work: 2_000_000 };

/**
 * Decides separability; `holds` is null where neither the structure nor a theorem settles it.
 *
 * @param model the formula; where sizes are given, without folds
 * @example
 * const { algebra, model } = architecture({ model: "sigmoid(w1*x1 + w2*x2 + b)" });
 * decideSeparability(algebra, model, await openPrecise(), createBudget()).holds; // false
 */
export function decideSeparability(
  algebra: Algebra,
  model: Node,
  precise: Precise,
  budget: Budget,
  { inside = () => true }: SeparabilityOptions = {},
): Separability {
  const structure = separability(algebra, model);
  if (structure.holds !== null || (model.has & HAS.complex) !== 0) return structure;
  try {
    return disprove(algebra, model, precise, shareOf(budget, SEARCH), inside) ?? structure;
  } catch (error) {
    if (error instanceof DescentError && error.code !== "internal") return structure;
    throw error;
  }
}

function disprove(
  algebra: Algebra,
  model: Node,
  precise: Precise,
  budget: Budget,
  inside: (point: Point) => boolean,
): Separability | undefined {
  const core = truncate(algebra, model, budget);
  if (core === undefined) return undefined;
  const found = findDisproof(algebra, core.node, core.sites, inside, precise, budget);
  if (found === undefined) return undefined;
  const { s, t, point, theorem } = found;
  for (let order = ORDER; order >= 2; order--) {
    const minor = findMinor(core.node, found, order, precise, budget);
    if (minor === undefined) continue;
    const sizes = sizesOf(model);
    const held = [...point].filter(([symbol]) => symbol !== s && symbol !== t);
    return {
      holds: false,
      rank: null,
      reason:
        `${theorem}; a minor of order ${order} is not zero` +
        (sizes.length === 0 ? "" : `, where ${sizes.join(", ")} >= 2`),
      witness: {
        ...(sizes.length === 0
          ? {}
          : { sizes: Object.fromEntries(sizes.map((name) => [name, 2])), ones: core.ones }),
        point: Object.fromEntries(held.map(([symbol, value]) => [print(symbol), rationalText(value)])),
        rows: { input: print(s), values: minor.rows.map(rationalText) },
        columns: { input: print(t), values: minor.columns.map(rationalText) },
        order,
        determinant: minor.determinant,
        theorem,
      },
    };
  }
  return undefined;
}

/** The sizes that bound a sum or product. */
function sizesOf(model: Node): string[] {
  const found = new Set<string>();
  for (const node of postorder(model)) {
    if (node.kind === "fold") for (const [name] of node.hi.sizes) found.add(name);
  }
  return [...found];
}
