/** Formulas as texts by which equal ones are known. */
import { postorder, type Syntax } from "../../architecture/syntax.ts";

/** One text for each tree, in Polish notation. */
export const textOf = (root: Syntax): string => postorder(root).map(labelOf).join(" ");

function labelOf(node: Syntax): string {
  switch (node.kind) {
    case "number":
      return `${node.value.num}/${node.value.den}`;
    case "name":
      return node.name;
    case "indexed":
      return `${node.name}[${node.indices.length}]`;
    case "call":
      return `${node.name}(${node.args.length})`;
    case "binary":
      return node.op;
    case "negate":
      return "neg";
    case "fold":
      return `${node.op} ${node.index} ${node.except?.length ?? 0}`;
  }
}
