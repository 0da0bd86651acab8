/** Values of expressions at θ + Δ in pairs of doubles; functions other than polynomials are taken in doubles. */
import { DescentError, quoted } from "../../errors.ts";
import { isLiteral } from "../../expression/affine.ts";
import { type Node, postorder } from "../../expression/node.ts";
import type { PrimitiveTable } from "../../primitives/primitive.ts";
import type { Term } from "../../primitives/term.ts";
import {
  addC,
  C_ZERO,
  type Complex2,
  D_ONE,
  D_PI,
  D_ZERO,
  invertC,
  multiplyC,
  rational2,
  realPart,
  toDouble2,
  twoSum,
} from "./double.ts";

/** Expressions in the order of their evaluation. */
export interface Values {
  /** Values at θ + Δ. */
  at(theta: ArrayLike<number>, delta: ArrayLike<number>): (node: Node) => Complex2;
}

/**
 * Prepares expressions without folds whose symbols are parameters, by their place in θ, and π.
 *
 * @throws DescentError `unsupported` where a function has no code
 */
export function createValues(
  roots: readonly Node[],
  primitives: PrimitiveTable,
  place: (name: string) => number,
): Values {
  const order: Node[] = [];
  const index = new Map<Node, number>();
  for (const root of roots) {
    if (index.has(root)) continue;
    for (const node of postorder(root)) {
      if (index.has(node)) continue;
      index.set(node, order.length);
      order.push(node);
    }
  }
  type Step = (values: readonly Complex2[], at: (place: number) => Complex2) => Complex2;
  const steps = order.map(compile);

  function compile(node: Node): Step {
    switch (node.kind) {
      case "number": {
        const value = { re: rational2(node.value.re), im: rational2(node.value.im) };
        return () => value;
      }
      case "symbol": {
        if (node.role === "constant") return () => realPart(D_PI);
        const indices = node.indices.map((i) => i.constant);
        const own = place(indices.length === 0 ? node.name : `${node.name}[${indices.join(",")}]`);
        return (_, at) => at(own);
      }
      case "integer": {
        if (!isLiteral(node.value)) break;
        const value = realPart(toDouble2(node.value.constant));
        return () => value;
      }
      case "sum": {
        const terms = node.terms.map(([c, term]) => ({
          c: { re: rational2(c.re), im: rational2(c.im) },
          own: index.get(term)!,
        }));
        return (values) =>
          terms.reduce<Complex2>((sum, { c, own }) => addC(sum, multiplyC(c, values[own]!)), C_ZERO);
      }
      case "product": {
        const factors = node.factors.map(([base, k]) => ({ k, own: index.get(base)! }));
        return (values) =>
          factors.reduce<Complex2>(
            (total, { k, own }) => multiplyC(total, power(values[own]!, k)),
            realPart(D_ONE),
          );
      }
      case "call": {
        const code = functionOf(primitives, node.name);
        const args = node.args.map((arg) => index.get(arg)!);
        return (values) => realPart(toDouble2(code(args.map((own) => values[own]!.re.hi))));
      }
    }
    throw new DescentError("unsupported", "an open index or size");
  }

  return {
    at(theta, delta) {
      const symbol = (k: number): Complex2 => ({ re: twoSum(theta[k]!, delta[k]!), im: D_ZERO });
      const values: Complex2[] = [];
      for (const step of steps) values.push(step(values, symbol));
      return (node) => values[index.get(node)!]!;
    },
  };
}

function power(base: Complex2, k: number): Complex2 {
  if (k < 0) return invertC(power(base, -k));
  let [result, square] = [realPart(D_ONE), base];
  for (let n = k; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = multiplyC(result, square);
    if (n > 1) square = multiplyC(square, square);
  }
  return result;
}

/** A primitive in doubles, from the code of its row. */
function functionOf(primitives: PrimitiveTable, name: string): (args: readonly number[]) => number {
  const code = primitives.get(name)?.code.js;
  if (code === null || code === undefined)
    throw new DescentError("unsupported", `there is no code for ${quoted(name)} yet`);
  if ("native" in code) {
    const native = (Math as unknown as Record<string, (...args: number[]) => number>)[
      code.native.replace("Math.", "")
    ]!;
    return (args) => native(...args);
  }
  const lower = code.lower;
  checkTerm(primitives, lower);
  return ([u, v]) => termValue(primitives, lower, u!, v ?? Number.NaN);
}

/** Throws at once where a function inside of a lowering has no code. */
function checkTerm(primitives: PrimitiveTable, term: Term): void {
  if (term.kind === "operation") for (const arg of term.args) checkTerm(primitives, arg);
  if (term.kind === "less")
    for (const arg of [term.left, term.right, term.yes, term.no]) checkTerm(primitives, arg);
  if (term.kind === "call") {
    functionOf(primitives, term.name);
    for (const arg of term.args) checkTerm(primitives, arg);
  }
}

function termValue(primitives: PrimitiveTable, term: Term, u: number, v: number): number {
  const value = (inner: Term): number => termValue(primitives, inner, u, v);
  switch (term.kind) {
    case "number":
      return rational2(term.value).hi;
    case "slot":
      return term.name === "u" ? u : v;
    case "constant":
      return Math.PI;
    case "less":
      return value(value(term.left) < value(term.right) ? term.yes : term.no);
    case "call":
      return functionOf(primitives, term.name)(term.args.map(value));
    case "operation": {
      const [a, b] = [value(term.args[0]), value(term.args[1])];
      return term.op === "+" ? a + b : term.op === "-" ? a - b : term.op === "*" ? a * b : a / b;
    }
  }
}
