/**
 * The independent numeric judge in doubles: formulas evaluated by mathjs, from its parser to its arithmetic. Folds are
 * written out by the caller; a formula is checked node by node before anything of it is evaluated.
 */
import { all, create, type MathNode } from "mathjs";
import { DescentError } from "../errors.ts";

const math = create(all!, { number: "number", matrix: "Array" });

/** Functions of the formula language that mathjs lacks. */
const EXTRA: Readonly<Record<string, (...args: number[]) => number>> = {
  relu: (u = 0) => Math.max(u, 0),
  sigmoid: (u = 0) => 1 / (1 + Math.exp(-u)),
  softplus: (u = 0) => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))),
};

const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "exp log sqrt cbrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh abs sign max min floor ceil round erf " +
    "gamma zeta expm1 log1p atan2"
  )
    .split(" ")
    .concat(Object.keys(EXTRA)),
);

const OPERATORS: ReadonlySet<string> = new Set([
  "add",
  "subtract",
  "multiply",
  "divide",
  "pow",
  "unaryMinus",
]);

/**
 * The value of a formula without folds; indexed names such as `A[1,2]` are keys of `values` as they are written.
 *
 * @throws DescentError `input` for an unbound name or anything but arithmetic and known functions
 * @example
 * mathjsEvaluate("A[1]*exp(-k*x)", { "A[1]": 2, k: 1, x: 0 }); // 2
 */
export function mathjsEvaluate(formula: string, values: Readonly<Record<string, number>>): number {
  const scope = new Map<string, unknown>(Object.entries(EXTRA));
  const fail = (what: string): never => {
    throw new DescentError("input", `mathjs cannot evaluate ${what}`, {
      accepted: "arithmetic and known functions",
    });
  };
  const bind = (name: string): MathNode => {
    const value = Object.hasOwn(values, name) ? values[name] : name === "pi" ? Math.PI : undefined;
    if (value === undefined) return fail(`the unbound name '${name}'`);
    return new math.ConstantNode(value);
  };
  const visit = (node: MathNode): MathNode => {
    if (math.isConstantNode(node)) return typeof node.value === "number" ? node : fail("a constant");
    if (math.isParenthesisNode(node)) return visit(node.content);
    if (math.isSymbolNode(node)) return bind(node.name);
    if (math.isAccessorNode(node)) return bind(node.toString().replace(/\s+/g, ""));
    if (math.isOperatorNode(node) && OPERATORS.has(node.fn)) {
      return new math.OperatorNode(node.op, node.fn, node.args.map(visit));
    }
    if (math.isFunctionNode(node) && FUNCTIONS.has(node.fn.name)) {
      return new math.FunctionNode(new math.SymbolNode(node.fn.name), node.args.map(visit));
    }
    return fail(`a ${node.type}`);
  };
  return Number(visit(math.parse(formula)).compile().evaluate(scope));
}
