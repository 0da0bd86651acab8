/** Functions with kinks through abs, sign and floor, roots of perfect squares through abs, and where each may have its kink. */
import { gaussian, gIsReal, rational, sign } from "../../exact/rational.ts";
import { instantiateTerm } from "../../expression/differentiate.ts";
import { type Algebra, HAS, type Node, postorder } from "../../expression/node.ts";
import { mapChildren } from "../../expression/substitute.ts";
import { globalBounds } from "./range.ts";

/** The same function with every kink in a call of abs, sign, floor, cbrt, or at the end of a domain that is never left. */
export function throughBasicKinks(algebra: Algebra, root: Node): Node {
  const made = new Map<Node, Node>();
  for (const node of postorder(root)) made.set(node, rewrite(node));
  return made.get(root)!;

  function rewrite(node: Node): Node {
    const plain = mapChildren(algebra, node, (child) => made.get(child)!);
    if (plain.kind !== "call") return plain;
    const { name, args } = plain;
    const row = algebra.primitives.get(name)!;
    if (name === "sqrt") return ofSquare(algebra, args[0]!) ?? plain;
    if (name === "acosh" && args[0]!.kind === "call" && args[0]!.name === "cosh") {
      return algebra.call("abs", args[0]!.args);
    }
    if (row.analytic.kind !== "kink" || BASIC.has(name)) return plain;
    if (name === "max" || name === "min") {
      return args.reduce((a, b) => {
        const distance = algebra.call("abs", [algebra.subtract(a, b)]);
        const both = algebra.add(a, b, name === "max" ? distance : algebra.scale(-1, distance));
        return algebra.scale(rational(1, 2), both);
      });
    }
    if (row.elementary === undefined) return plain;
    const [u, v] = args;
    return instantiateTerm(algebra, row.elementary, { u: u!, ...(v === undefined ? {} : { v }) });
  }
}

const BASIC: ReadonlySet<string> = new Set(["abs", "sign", "floor", "cbrt"]);

/** √(c·Π b^(2k)) = √c·Π |b|^k */
function ofSquare(algebra: Algebra, square: Node): Node | undefined {
  const [c, bare] =
    square.kind === "sum" && square.terms.length === 1 ? square.terms[0]! : [gaussian(rational(1)), square];
  if (bare.kind !== "product" || !gIsReal(c) || sign(c.re) <= 0) return undefined;
  if (bare.factors.some(([, k]) => k % 2 !== 0)) return undefined;
  const root = algebra.product(bare.factors.map(([base, k]) => [algebra.call("abs", [base]), k / 2]));
  return algebra.multiply(algebra.call("sqrt", [algebra.number(c)]), root);
}

/** Where a function may fail to be analytic. */
export interface Target {
  /** The function as written. */
  readonly name: string;
  /** What crosses zero there, or an integer for a floor. */
  readonly argument: Node;
  readonly integers: boolean;
  /** All of these vanish there, for the end of a domain; their number is small. */
  readonly parts: readonly Node[];
}

/** The places of kinks that depend on parameters, each once. */
export function targetsOf(algebra: Algebra, root: Node): Target[] {
  const found = new Map<string, Target>();
  for (const node of postorder(root)) {
    if (node.kind !== "call" || (node.has & HAS.parameter) === 0) continue;
    for (const target of targetsAt(node)) found.set(`${target.argument.id}:${target.integers}`, target);
  }
  return [...found.values()];

  function targetsAt(node: Node & { kind: "call" }): Target[] {
    const { name } = node;
    const argument = node.args[0]!;
    const simple = (at: Node): Target => ({ name, argument: at, integers: name === "floor", parts: [at] });
    const end = (at: Node): Target[] => [{ name, argument: at, integers: false, parts: partsOf(at) }];
    if (BASIC.has(name)) return [simple(argument)];
    const inner = argument.kind === "call" ? argument.name : "";
    if ((name === "asin" || name === "acos") && (inner === "sin" || inner === "cos")) {
      const other = inner === "sin" ? "cos" : "sin";
      return [simple(algebra.call(other, (argument as Node & { kind: "call" }).args))];
    }
    const { lo, hi } = globalBounds(argument);
    const below = lo?.den === 1n ? lo.num : undefined;
    const above = hi?.den === 1n ? hi.num : undefined;
    if (name === "sqrt" && below === 0n) return end(argument);
    if (name === "acosh" && below === 1n) return end(algebra.subtract(argument, algebra.one));
    if (name === "asin" || name === "acos") {
      if (above === 1n) return end(algebra.subtract(algebra.one, argument));
      if (below === -1n) return end(algebra.add(algebra.one, argument));
    }
    return [];
  }
}

/** What has to vanish for a sum of even powers and absolute values to do so; of others, the sum itself. */
function partsOf(square: Node): Node[] {
  const terms = square.kind === "sum" ? square.terms.map(([, term]) => term) : [square];
  const parts = terms.map((term) => {
    if (term.kind === "product" && term.factors[0]![1] % 2 === 0) return term.factors[0]![0];
    return term.kind === "call" && term.name === "abs" ? term.args[0]! : square;
  });
  return parts.includes(square) ? [square] : parts;
}
