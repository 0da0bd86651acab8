/**
 * The cascade: e^D applied node by node, from the parameters outwards. Each expression u(θ) gets its value u(θ+Δ) and its
 * increment u(θ+Δ) − u(θ) in base-point quantities and the step alone, by the addition laws of the primitives' rows.
 */
import { type Budget, DescentError, quoted } from "../errors.ts";
import { instantiateTerm, type Range } from "../expression/differentiate.ts";
import { type Algebra, children, HAS, type Node, names } from "../expression/node.ts";
import { fresh } from "../expression/print.ts";

/** One step of a derivation: what a rule makes of an expression. */
export interface CascadeStep {
  readonly rule: string;
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
  /** The steps by which `node` is resummed, inner ones first; `within` are the binders around it. */
  steps(node: Node, within?: Pick<CascadeStep, "scope" | "ranges">): CascadeStep[];
}

/** Resums expressions without folds, or with folds whose bodies the cascade reaches. */
export function createCascade(algebra: Algebra, budget: Budget): Cascade {
  const shiftedMemo = new Map<Node, Node>();
  const incrementMemo = new Map<Node, Node>();

  function shifted(node: Node): Node {
    if ((node.has & HAS.parameter) === 0) return node;
    return remember(shiftedMemo, node, () => {
      budget.spend();
      switch (node.kind) {
        case "symbol":
          return algebra.add(node, algebra.symbol(node.name, "step", node.indices));
        case "sum":
          return algebra.combine(node.terms.map(([c, term]) => [c, shifted(term)]));
        case "product":
          return algebra.product(node.factors.map(([base, k]) => [shifted(base), k]));
        case "call":
          return addition(node.name, node.args);
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
          return algebra.symbol(node.name, "step", node.indices);
        case "sum":
          return algebra.combine(node.terms.map(([c, term]) => [c, increment(term)]));
        case "product": {
          // δ(uv) = δu·v⁺ + u·δv, one factor after the other; powers are factors repeated.
          let [base, total] = [algebra.one, algebra.zero];
          for (const [factor, k] of node.factors) {
            const item = algebra.product([[factor, k]]);
            const step = k === 1 ? increment(factor) : algebra.subtract(shifted(item), item);
            total = algebra.add(algebra.multiply(total, shifted(item)), algebra.multiply(base, step));
            base = algebra.multiply(base, item);
          }
          return total;
        }
        case "fold":
          if (node.op === "sum") return algebra.fold({ ...node, body: increment(node.body) });
          return algebra.subtract(shifted(node), node);
        default:
          return algebra.subtract(shifted(node), node);
      }
    });
  }

  function addition(name: string, args: readonly Node[]): Node {
    const law = algebra.primitives.get(name)?.addition;
    const [arg] = args;
    if (law === undefined || arg === undefined || args.length !== 1) {
      throw new DescentError(
        "unsupported",
        `the cascade stops at ${quoted(name)}: no addition law is built for it yet`,
      );
    }
    return instantiateTerm(algebra, law.value, { u: arg, du: increment(arg) });
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
      found.push({ ...ruleOf(algebra, node), before: node, after: shifted(node), scope, ranges });
    };
    visit(root, within.scope, within.ranges);
    return found;
  }

  return { shifted, steps };
}

function remember(memo: Map<Node, Node>, node: Node, make: () => Node): Node {
  const known = memo.get(node);
  if (known !== undefined) return known;
  const made = make();
  memo.set(node, made);
  return made;
}

function ruleOf(algebra: Algebra, node: Node): { rule: string; justification: string } {
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
