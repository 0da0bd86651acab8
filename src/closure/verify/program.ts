/** Formulas as sequences of steps in which parts that are equal are found once: a network is as long as it has units. */
import { parts, postorder, type Syntax } from "../../architecture/syntax.ts";
import { rationalText } from "../../exact/rational.ts";

export interface Step {
  readonly node: Syntax;
  /** The numbers of the steps of its operands. */
  readonly operands: readonly number[];
}

/** The steps of a formula, operands first and the whole last; indexed names and folds have no operands. */
export function createPrograms(): (root: Syntax) => readonly Step[] {
  const known = new Map<Syntax, readonly Step[]>();
  const shapes = new Map<string, number>();

  return (root) => {
    const old = known.get(root);
    if (old !== undefined) return old;
    const shape = new Map<Syntax, number>();
    for (const node of postorder(root)) {
      const key = `${head(node)} ${parts(node).map((part) => shape.get(part)!)}`;
      const found = shapes.get(key) ?? shapes.size;
      shapes.set(key, found);
      shape.set(node, found);
    }
    const steps: Step[] = [];
    const at = new Map<number, number>();
    // A node comes again once its operands have their steps.
    const pending = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (at.has(shape.get(node)!)) continue;
      const operands = operandsOf(node);
      const missing = operands.filter((part) => !at.has(shape.get(part)!));
      if (missing.length > 0) {
        pending.push(node, ...missing.reverse());
        continue;
      }
      at.set(shape.get(node)!, steps.length);
      steps.push({ node, operands: operands.map((part) => at.get(shape.get(part)!)!) });
    }
    known.set(root, steps);
    return steps;
  };
}

/** The nodes of a formula, operands before what they belong to; indexed names and folds as leaves. */
export function withOperands(root: Syntax): Syntax[] {
  const order: Syntax[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    order.push(node);
    pending.push(...operandsOf(node));
  }
  return order.reverse();
}

const operandsOf = (node: Syntax): readonly Syntax[] =>
  node.kind === "indexed" || node.kind === "fold" ? [] : parts(node);

/** A node apart from its parts. */
function head(node: Syntax): string {
  switch (node.kind) {
    case "number":
      return `number ${rationalText(node.value)}`;
    case "name":
    case "indexed":
    case "call":
      return `${node.kind} ${node.name}`;
    case "binary":
      return `binary ${node.op}`;
    case "negate":
      return "negate";
    case "fold":
      return `${node.op} ${node.index}`;
  }
}
