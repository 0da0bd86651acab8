/** Sizes that occur as values: of a polynomial in them only finitely many zeros can be excluded one by one. */
import { parts, postorder, type Syntax } from "../../architecture/syntax.ts";
import { Rejection } from "./context.ts";

/** Rejects a verdict for all sizes where one of them is a value, or the number of equal terms. */
export function checkScope(
  scope: "all" | "generic" | undefined,
  formulas: readonly Syntax[],
  open: ReadonlySet<string>,
): void {
  if (scope !== "all") return;
  const named = formulas.map((formula) => sizeAsValue(formula, open)).find((name) => name !== undefined);
  if (named !== undefined) throw new Rejection("scope", `${named} occurs as a value`);
}

function sizeAsValue(root: Syntax, open: ReadonlySet<string>): string | undefined {
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === "name" && open.has(node.name)) return node.name;
    if (node.kind === "indexed") continue;
    if (node.kind !== "fold") {
      pending.push(...parts(node));
      continue;
    }
    const { body, index } = node;
    pending.push(body);
    if (mentions(body, index)) continue;
    const name = [...postorder(node.lo), ...postorder(node.hi)].find(
      (n) => n.kind === "name" && open.has(n.name),
    );
    if (name?.kind === "name") return name.name;
  }
  return undefined;
}

const mentions = (root: Syntax, index: string): boolean =>
  postorder(root).some((node) => node.kind === "name" && node.name === index);
