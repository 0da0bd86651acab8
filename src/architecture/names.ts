/** What the names of a formula are before any of them has a value: sizes or symbols; and which symbols are inputs. */
import type { Syntax } from "./syntax.ts";

/**
 * Names in bounds that are no index are sizes; names elsewhere are inputs or parameters. Both in reading order.
 *
 * @param outer indices that are bound outside of the formula
 */
export function survey(
  root: Syntax,
  outer: readonly string[] = [],
): {
  sizeNames: Set<string>;
  plainNames: Set<string>;
} {
  const sizeNames = new Set<string>();
  const plainNames = new Set<string>();
  const stack: { node: Syntax; bound: readonly string[]; inBound: boolean }[] = [
    { node: root, bound: outer, inBound: false },
  ];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, bound, inBound } = top;
    const push = (child: Syntax, more: Partial<typeof top> = {}): void =>
      void stack.push({ node: child, bound, inBound, ...more });
    switch (node.kind) {
      case "name":
        if (!bound.includes(node.name)) (inBound ? sizeNames : plainNames).add(node.name);
        break;
      case "indexed":
        plainNames.add(node.name);
        break;
      case "call":
        for (const arg of [...node.args].reverse()) push(arg);
        break;
      case "binary":
        push(node.right);
        push(node.left);
        break;
      case "negate":
        push(node.arg);
        break;
      case "fold":
        // The stack gives back last what goes in first: the bounds, then the body.
        push(node.body, { bound: [...bound, node.index] });
        push(node.hi, { inBound: true });
        push(node.lo, { inBound: true });
        break;
    }
  }
  return { sizeNames, plainNames };
}

/** `x`, else `x1`, `x2`, … that occur. */
export function defaultInputs(plainNames: ReadonlySet<string>): string[] {
  if (plainNames.has("x")) return ["x"];
  return [...plainNames].filter((name) => /^x[1-9]\d*$/.test(name));
}
