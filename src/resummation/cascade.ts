/**
 * The cascade: e^D applied node by node, from the parameters outwards. Each expression u(θ) gets its value u(θ+Δ) and its
 * increment u(θ+Δ) − u(θ) in base-point quantities and the step alone, by the addition laws of the primitives' rows.
 */
import { type Budget, DescentError, quoted } from "../errors.ts";
import { rational } from "../exact/rational.ts";
import { instantiateTerm, type Range } from "../expression/differentiate.ts";
import {
  type Algebra,
  type CallNode,
  children,
  HAS,
  type Node,
  names,
  postorder,
  type SymbolNode,
} from "../expression/node.ts";
import { fresh } from "../expression/print.ts";
import type { Term } from "../primitives/term.ts";

/** One step of a derivation: what a rule makes of an expression. */
export interface CascadeStep {
  readonly rule: string;
  /** u(θ+Δ) − u(θ), in the form that does not cancel. */
  readonly increment: Node;
  /** u(θ) */
  readonly before: Node;
  /** u(θ+Δ) */
  readonly after: Node;
  /** Names of the free indices of both, innermost first, and where they run. */
  readonly scope: readonly string[];
  readonly ranges: readonly Range[];
  /** In words; between dollars is LaTeX. */
  readonly justification: string;
}

export interface Cascade {
  /** e^D node = node(θ+Δ). Throws where the cascade stops: a function of a parameter without addition law. */
  shifted(node: Node): Node;
  /** node(θ+Δ) − node(θ), by the rows' stable forms. */
  increment(node: Node): Node;
  /** The steps by which `node` is resummed, inner ones first; `within` are the binders around it. */
  steps(node: Node, within?: Pick<CascadeStep, "scope" | "ranges">): CascadeStep[];
}

/**
 * Resums expressions without folds, or with folds whose bodies the cascade reaches.
 *
 * @param moves the parameters that have a step, all by default
 */
export function createCascade(
  algebra: Algebra,
  budget: Budget,
  moves: (parameter: SymbolNode) => boolean = () => true,
): Cascade {
  const shiftedMemo = new Map<Node, Node>();
  const incrementMemo = new Map<Node, Node>();

  function shifted(node: Node): Node {
    if ((node.has & HAS.parameter) === 0) return node;
    return remember(shiftedMemo, node, () => {
      budget.spend();
      switch (node.kind) {
        case "symbol":
          return algebra.add(node, increment(node));
        case "sum":
          return algebra.combine(node.terms.map(([c, term]) => [c, shifted(term)]));
        case "product":
          return algebra.product(node.factors.map(([base, k]) => [shifted(base), k]));
        case "call":
          return addition(node);
        case "fold":
          return algebra.fold({ ...node, body: shifted(node.body) });
        default:
          return node;
      }
    });
  }

  function increment(node: Node): Node {
    if ((node.has & HAS.parameter) === 0) return algebra.zero;
    return remember(incrementMemo, node, () => {
      switch (node.kind) {
        case "symbol":
          return node.role === "parameter" && moves(node)
            ? algebra.symbol(node.name, "step", node.indices)
            : algebra.zero;
        case "sum":
          return algebra.combine(node.terms.map(([c, term]) => [c, increment(term)]));
        case "product": {
          // δ(uv) = δu·v⁺ + u·δv, one factor after the other.
          let [base, total] = [algebra.one, algebra.zero];
          for (const [factor, k] of node.factors) {
            const item = algebra.product([[factor, k]]);
            const step = powerIncrement(factor, k);
            total = algebra.add(algebra.multiply(total, shifted(item)), algebra.multiply(base, step));
            base = algebra.multiply(base, item);
          }
          return total;
        }
        case "call":
          return callIncrement(node);
        case "fold":
          if (node.op === "sum") return algebra.fold({ ...node, body: increment(node.body) });
          return algebra.subtract(shifted(node), node);
        default:
          return algebra.zero;
      }
    });
  }

  /** δ(u^k) = δu Σ_{i<k} u⁺^i u^(k−1−i), and δ(1/u) = −δu/(u u⁺) for v = u^−k. */
  function powerIncrement(u: Node, k: number): Node {
    if (Math.abs(k) > LONGEST_POWER)
      return algebra.subtract(algebra.product([[shifted(u), k]]), algebra.product([[u, k]]));
    const [n, after] = [Math.abs(k), shifted(u)];
    const terms = Array.from({ length: n }, (_, i) =>
      algebra.product([
        [after, i],
        [u, n - 1 - i],
      ]),
    );
    const step = algebra.multiply(increment(u), algebra.add(...terms));
    if (k > 0) return step;
    return algebra.scale(
      -1,
      algebra.multiply(
        step,
        algebra.product([
          [u, -n],
          [after, -n],
        ]),
      ),
    );
  }

  /**
   * What the law adds to h(u), as in log(u) + log1p(du/u); or else by the row's code, and where that decides by its second form,
   * which holds wherever the function does.
   */
  function callIncrement(node: CallNode): Node {
    const row = algebra.primitives.get(node.name)?.cascade;
    const [du] = node.args.map(increment);
    if (node.args.every((arg) => increment(arg) === algebra.zero)) return algebra.zero;
    const after = addition(node);
    const added = algebra.subtract(after, node);
    if (row === undefined || !postorder(added).includes(node)) return added;
    if ("by" in row) return increment(instantiateTerm(algebra, row.by, slotsOf(node)));
    const half = algebra.scale(rational(1, 2), du!);
    const slots = slotsOf(node);
    return instantiateTerm(algebra, unconditional(row.increment), {
      ...slots,
      s: algebra.add(slots.u!, du!),
      e: algebra.zero,
      ...(slots.v === undefined ? {} : { t: algebra.add(slots.v, slots.dv!), f: algebra.zero }),
      hs: algebra.add(slots.u!, half),
      he: algebra.zero,
      base: node,
      shifted: after,
    });
  }

  function slotsOf({ args }: CallNode): Record<string, Node> {
    const [u, v] = args;
    return {
      u: u!,
      du: increment(u!),
      ...(v === undefined ? {} : { v, dv: increment(v) }),
    };
  }

  function addition(node: CallNode): Node {
    if (node.args.every((arg) => increment(arg) === algebra.zero)) return node;
    const law = algebra.primitives.get(node.name)?.addition;
    const second = node.args[1] !== undefined && increment(node.args[1]) !== algebra.zero;
    if (law === undefined || (second && !mentions(law.value, "dv"))) {
      throw new DescentError(
        "unsupported",
        `the cascade stops at ${quoted(node.name)}, which has no addition law`,
      );
    }
    return instantiateTerm(algebra, law.value, slotsOf(node));
  }

  function steps(
    root: Node,
    within: Parameters<Cascade["steps"]>[1] = { scope: [], ranges: [] },
  ): CascadeStep[] {
    const found: CascadeStep[] = [];
    const seen = new Set<string>();
    const taken = names(root, "parameter");
    const visit = (node: Node, scope: readonly string[], ranges: readonly Range[]): void => {
      const key = `${node.id}:${node.free.map((k) => scope[k]).join(",")}`;
      if ((node.has & HAS.parameter) === 0 || seen.has(key)) return;
      seen.add(key);
      if (node.kind === "fold") {
        const own = { lo: node.lo, hi: node.hi };
        visit(node.body, [fresh(node.hint, scope, taken), ...scope], [own, ...ranges]);
      } else for (const child of children(node)) visit(child, scope, ranges);
      const moved = { before: node, after: shifted(node), increment: increment(node) };
      found.push({ ...ruleOf(algebra, node), ...moved, scope, ranges });
    };
    visit(root, within.scope, within.ranges);
    return found;
  }

  return { shifted, increment, steps };
}

/** Powers beyond this are not multiplied out. */
const LONGEST_POWER = 6;

/** Where a row's code decides, its second form. */
function unconditional(term: Term): Term {
  switch (term.kind) {
    case "less":
      return unconditional(term.no);
    case "call":
      return { ...term, args: term.args.map(unconditional) };
    case "operation":
      return { ...term, args: [unconditional(term.args[0]), unconditional(term.args[1])] };
    default:
      return term;
  }
}

function mentions(term: Term, slot: string): boolean {
  if (term.kind === "slot") return term.name === slot;
  return (term.kind === "call" || term.kind === "operation") && term.args.some((arg) => mentions(arg, slot));
}

/**
 * The calls at which the cascade stops, those inside of others first: functions of parameters without an addition law.
 *
 * @example
 * const given = architecture({ model: "v*gelu(w*x)" });
 * cascadeStops(given.algebra, [given.model]).map((call) => call.name); // ["gelu"]
 */
export function cascadeStops(algebra: Algebra, roots: readonly Node[]): CallNode[] {
  const calls = roots.flatMap((root) => postorder(root)).filter((node) => node.kind === "call");
  return [...new Set(calls)].filter(({ name, args }) => {
    const law = algebra.primitives.get(name)?.addition;
    const moving = args.map((arg) => (arg.has & HAS.parameter) !== 0);
    if (law === undefined) return moving.includes(true);
    return moving[1] === true && !mentions(law.value, "dv");
  });
}

function remember(memo: Map<Node, Node>, node: Node, make: () => Node): Node {
  const known = memo.get(node);
  if (known !== undefined) return known;
  const made = make();
  memo.set(node, made);
  return made;
}

function ruleOf(algebra: Algebra, node: Node): Pick<CascadeStep, "rule" | "justification"> {
  const automorphism = "$e^{D}$ is an automorphism";
  switch (node.kind) {
    case "symbol":
      return {
        rule: "translation: e^D t = t + Delta_t",
        justification: "$D t = \\Delta_t$ and $D \\Delta_t = 0$",
      };
    case "call":
      return {
        rule: algebra.primitives.get(node.name)?.addition?.law ?? node.name,
        justification: `addition law of ${node.name}, $e^{D} h(u) = h(e^{D} u)$`,
      };
    case "product":
      return { rule: "product: e^D(u v) = e^D u e^D v", justification: automorphism };
    case "fold":
      return {
        rule: node.op === "sum" ? "sum: e^D sum u = sum e^D u" : "product: e^D prod u = prod e^D u",
        justification: automorphism,
      };
    default:
      return { rule: "sum: e^D(u + v) = e^D u + e^D v", justification: automorphism };
  }
}
