/** From syntax to expression: names get their roles, bound indices lose their names, sizes are told from indices. */
import { DescentError, quoted } from "../errors.ts";
import { G_I, G_ONE, gNegate, isInteger, type Rational } from "../exact/rational.ts";
import {
  type Affine,
  addAffine,
  boundIndex,
  isLiteral,
  literal,
  scaleAffine,
  sizeSymbol,
} from "../expression/affine.ts";
import type { Range } from "../expression/differentiate.ts";
import type { Algebra, SumTerm } from "../expression/node.ts";
import { HAS, type Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { conjugate } from "../expression/substitute.ts";
import type { Family, Output } from "./architecture.ts";
import { defaultInputs, survey } from "./names.ts";
import { type Binder, hull, indexName, join, leastOver, uniqueNames } from "./ranges.ts";
import type { Span, Syntax } from "./syntax.ts";

/** What the names of a formula mean, beside parameters. */
export interface Vocabulary {
  /** Names of inputs; `undefined` takes `x`, else the `x1`, `x2`, … that occur. */
  readonly inputs: readonly string[] | undefined;
  readonly sizes: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Rational>;
  /** Sizes beside those that bounds name: of a model whose part the formula is. */
  readonly openSizes?: readonly string[];
  /** Indices bound outside of the formula, innermost first; the formula is then a part of a model and may be complex. */
  readonly outer?: readonly string[];
  /** The free index of a model with several outputs, and their number: a size's name or a number. */
  readonly output?: { readonly index: string; readonly size: string | number };
}

export interface Lowered {
  readonly model: Node;
  readonly output?: Output;
  readonly parameters: readonly Family[];
  readonly inputs: readonly Family[];
  readonly open: readonly string[];
  readonly conditions: readonly string[];
}

/** Nested calls, powers and brackets beyond this depth are refused. */
const NESTING = 500;
/** The functions that take complex arguments. */
const COMPLEX_FUNCTIONS: ReadonlySet<string> = new Set(["exp", "sin", "cos", "sinh", "cosh"]);
const SIZE_LIMIT = 1_000_000;

interface Use {
  readonly span: Span;
  readonly indexNames: readonly string[];
  /** Hull of the index expressions of all occurrences so far. */
  ranges: Range[];
}

/** Lowers the syntax tree of a formula; `fail` places an error at a span of its source. */
export function lower(
  algebra: Algebra,
  syntax: Syntax,
  vocabulary: Vocabulary,
  fail: (span: Span, fault: string, accepted: string) => DescentError,
): Lowered {
  const { outer, output } = vocabulary;
  const { sizeNames: inBounds, plainNames } = survey(syntax, output === undefined ? outer : [output.index]);
  const sizeNames = new Set([...inBounds, ...(vocabulary.openSizes ?? [])]);
  if (typeof output?.size === "string") sizeNames.add(output.size);
  const inputNames = new Set(vocabulary.inputs ?? defaultInputs(plainNames));
  for (const name of vocabulary.sizes.keys()) {
    if (!sizeNames.has(name)) {
      const known = [...sizeNames].sort().join(", ") || "none";
      throw new DescentError("input", `no size ${quoted(name)} in the formula`, {
        place: { source: "sizes", path: name },
        accepted: `sizes of this formula: ${known}`,
      });
    }
  }
  const uses = new Map<string, Use>();
  const conditions: string[] = [];

  const role = (name: string): "input" | "parameter" => (inputNames.has(name) ? "input" : "parameter");

  function use(name: string, span: Span, indices: readonly Affine[], scope: readonly Binder[]): Node {
    const ranges = indices.map((a) => hull(a, scope, (fault, accepted) => fail(span, fault, accepted)));
    const indexNames = indices.map((a, k) => indexName(a, scope, k));
    const known = uses.get(name);
    if (known === undefined) uses.set(name, { span, indexNames, ranges });
    else {
      if (known.ranges.length !== ranges.length) {
        const shape = (n: number): string =>
          n === 0 ? "without indices" : `with ${n} ${n === 1 ? "index" : "indices"}`;
        throw fail(
          span,
          `${quoted(name)} is used ${shape(ranges.length)}`,
          `${shape(known.ranges.length)}, as before`,
        );
      }
      // The ranges of indices that are bound outside are not known here.
      if (vocabulary.outer === undefined)
        known.ranges = known.ranges.map((r, k) =>
          join(r, ranges[k]!, name, (fault, accepted) => fail(span, fault, accepted)),
        );
    }
    return algebra.symbol(name, role(name), indices);
  }

  /** An index, bound or size expression. */
  function affine(node: Syntax, scope: readonly Binder[], what: string): Affine {
    const accepted = "an integer combination of sizes and outer indices, such as i + 1 or 2*d";
    switch (node.kind) {
      case "number":
        if (!isInteger(node.value)) throw fail(node.span, `${what} is not an integer`, accepted);
        if (node.value.num > BigInt(SIZE_LIMIT))
          throw fail(node.span, `${what} is too large`, `integers up to ${SIZE_LIMIT}`);
        return literal(Number(node.value.num));
      case "name": {
        const at = scope.findIndex((b) => b.name === node.name);
        if (at >= 0) return boundIndex(at);
        if (inputNames.has(node.name) || vocabulary.constants.has(node.name) || !sizeNames.has(node.name)) {
          throw fail(node.span, `${quoted(node.name)} is neither a size nor an outer index`, accepted);
        }
        const value = vocabulary.sizes.get(node.name);
        return value === undefined ? sizeSymbol(node.name) : literal(value);
      }
      case "negate":
        return scaleAffine(affine(node.arg, scope, what), -1);
      case "binary": {
        const [a, b] = [affine(node.left, scope, what), affine(node.right, scope, what)];
        if (node.op === "+") return addAffine(a, b);
        if (node.op === "-") return addAffine(a, b, -1);
        if (node.op === "*" && isLiteral(a)) return scaleAffine(b, a.constant);
        if (node.op === "*" && isLiteral(b)) return scaleAffine(a, b.constant);
        throw fail(node.span, `${what} is not linear with integer coefficients`, accepted);
      }
      default:
        throw fail(node.span, `${what} is not an integer`, accepted);
    }
  }

  function visit(node: Syntax, scope: readonly Binder[], depth: number): Node {
    if (depth > NESTING)
      throw fail(node.span, "the formula is nested too deeply", `at most ${NESTING} levels`);
    try {
      return build(node, scope, depth);
    } catch (error) {
      if (error instanceof DescentError && error.place === undefined && error.code === "input") {
        throw fail(node.span, error.fault, error.accepted ?? "an expression with a value");
      }
      throw error;
    }
  }

  function build(node: Syntax, scope: readonly Binder[], depth: number): Node {
    const inner = (child: Syntax): Node => visit(child, scope, depth + 1);
    switch (node.kind) {
      case "number":
        return algebra.number(node.value);
      case "name":
        return nameNode(node.name, node.span, scope);
      case "indexed":
        return indexedNode(node, scope);
      case "negate":
        return algebra.scale(gNegate(G_ONE), inner(node.arg));
      case "binary":
        return binaryNode(node, inner, scope);
      case "call":
        return callNode(node, inner, scope);
      case "fold": {
        const lo = affine(node.lo, scope, "a bound");
        const hi = affine(node.hi, scope, "a bound");
        requireRange(node, lo, hi, scope);
        const within = [{ name: node.index, lo, hi }, ...scope];
        const except = (node.except ?? []).map(({ left, right }) =>
          addAffine(affine(left, within, "a condition"), affine(right, within, "a condition"), -1),
        );
        const body = visit(node.body, within, depth + 1);
        return algebra.fold({ op: node.op, lo, hi, except, body, hint: node.index });
      }
    }
  }

  function requireRange(
    node: Syntax & { kind: "fold" },
    lo: Affine,
    hi: Affine,
    scope: readonly Binder[],
  ): void {
    if (inputNames.has(node.index) || vocabulary.constants.has(node.index)) {
      throw fail(
        node.span,
        `the index ${quoted(node.index)} is named like an input or constant`,
        "another name",
      );
    }
    if (scope.some((b) => b.name === node.index)) {
      throw fail(node.span, `the index ${quoted(node.index)} is already bound outside`, "another name");
    }
    const written = node.lo.kind === "number" && node.hi.kind === "number";
    if (written && lo.constant > hi.constant) {
      throw fail(
        node.span,
        `the range ${lo.constant} to ${hi.constant} is empty`,
        "an upper bound not below the lower one",
      );
    }
  }

  function nameNode(name: string, span: Span, scope: readonly Binder[]): Node {
    const at = scope.findIndex((b) => b.name === name);
    if (at >= 0) return algebra.integer(boundIndex(at));
    if (name === "pi") return algebra.symbol("pi", "constant");
    if (name === "e") return algebra.call("exp", [algebra.one]);
    if (name === "y") throw fail(span, "'y' is reserved for the data", "another name");
    const constant = vocabulary.constants.get(name);
    if (constant !== undefined) return algebra.number(constant);
    if (sizeNames.has(name)) {
      if (inputNames.has(name))
        throw fail(span, `${quoted(name)} is both a size and an input`, "one meaning for a name");
      const value = vocabulary.sizes.get(name);
      return algebra.integer(value === undefined ? sizeSymbol(name) : literal(value));
    }
    return use(name, span, [], scope);
  }

  function indexedNode(node: Syntax & { kind: "indexed" }, scope: readonly Binder[]): Node {
    const { name, span } = node;
    const special = name === "pi" || name === "e" || vocabulary.constants.has(name) || sizeNames.has(name);
    if (name === "y") throw fail(span, "'y' is reserved for the data", "another name");
    if (special || scope.some((b) => b.name === name)) {
      throw fail(
        span,
        `${quoted(name)} is a number here and takes no index`,
        "an index on parameters and inputs",
      );
    }
    return use(
      name,
      span,
      node.indices.map((i) => affine(i, scope, "an index")),
      scope,
    );
  }

  function binaryNode(
    node: Syntax & { kind: "binary" },
    inner: (child: Syntax) => Node,
    scope: readonly Binder[],
  ): Node {
    if (node.op === "+" || node.op === "-") return chain(node, inner);
    if (node.op === "*" || node.op === "/") return productChain(node, inner, scope);
    const base = node.left;
    if (base.kind === "name" && base.name === "e") return algebra.call("exp", [inner(node.right)]);
    const [left, right] = [inner(base), inner(node.right)];
    if (
      (right.has & HAS.complex) !== 0 ||
      ((left.has & HAS.complex) !== 0 && !(right.kind === "number" && isInteger(right.value.re)))
    ) {
      throw fail(node.span, "a complex power", "integer powers of complex values, or exp");
    }
    if (right.kind === "number" && right.value.re.num < 0n) noteDivision(left, scope);
    const whole = (right.kind === "number" && isInteger(right.value.re)) || right.kind === "integer";
    const exponential = left.kind === "call" && left.name === "exp";
    if (!whole && !exponential) noteDomain("$ > 0", left, scope);
    if (right.kind === "integer") noteDivisionOfPower(left, right.value, scope);
    return algebra.power(left, right);
  }

  /** a + b − c …, left-nested as it is parsed, without recursion along the chain. */
  function chain(node: Syntax, inner: (child: Syntax) => Node): Node {
    const terms: SumTerm[] = [];
    const parts: [Syntax, boolean][] = [];
    let rest = node;
    while (rest.kind === "binary" && (rest.op === "+" || rest.op === "-")) {
      parts.push([rest.right, rest.op === "-"]);
      rest = rest.left;
    }
    parts.push([rest, false]);
    for (const [part, negative] of parts.reverse())
      terms.push([negative ? gNegate(G_ONE) : G_ONE, inner(part)]);
    return algebra.combine(terms);
  }

  function productChain(node: Syntax, inner: (child: Syntax) => Node, scope: readonly Binder[]): Node {
    const parts: [Syntax, number][] = [];
    let rest = node;
    while (rest.kind === "binary" && (rest.op === "*" || rest.op === "/")) {
      parts.push([rest.right, rest.op === "/" ? -1 : 1]);
      rest = rest.left;
    }
    parts.push([rest, 1]);
    return algebra.product(
      parts.reverse().map(([part, k]) => {
        const factor = inner(part);
        if (k < 0) {
          if (factor === algebra.zero) throw fail(part.span, "division by zero", "a divisor other than 0");
          noteDivision(factor, scope);
        }
        return [factor, k] as const;
      }),
    );
  }

  /** What the formula needs as it is written, also where it cancels later. */
  function note(text: string): void {
    if (!conditions.includes(text)) conditions.push(text);
  }

  function noteDivision(divisor: Node, scope: readonly Binder[]): void {
    const unit = divisor.kind === "call" && divisor.name === "exp";
    if (unit || !varies(divisor)) return;
    note(`${print(divisor, namesOf(scope))} != 0`);
  }

  /** u^k with an open k needs u ≠ 0 where k may be negative. */
  function noteDivisionOfPower(base: Node, exponent: Affine, scope: readonly Binder[]): void {
    const least = leastOver(exponent, scope);
    if (!isLiteral(least) || least.constant < 0) noteDivision(base, scope);
  }

  function noteDomain(condition: string, argument: Node, scope: readonly Binder[]): void {
    if (varies(argument)) note(condition.replace("$", print(argument, namesOf(scope))));
  }

  function callNode(
    node: Syntax & { kind: "call" },
    inner: (child: Syntax) => Node,
    scope: readonly Binder[],
  ): Node {
    if (node.name === "delta") {
      const [a, b] = node.args.map((arg) => affine(arg, scope, "an argument of delta"));
      return algebra.test("equal", addAffine(a!, b!, -1));
    }
    const args = node.args.map(inner);
    const [first, second] = args;
    switch (node.name) {
      case "complex":
        return algebra.combine([
          [G_ONE, first!],
          [G_I, second!],
        ]);
      case "conj":
        return conjugate(algebra, first!);
      case "re":
        return algebra.scale({ num: 1n, den: 2n }, algebra.add(first!, conjugate(algebra, first!)));
      case "im":
        return algebra.combine([
          [{ re: { num: 0n, den: 1n }, im: { num: -1n, den: 2n } }, first!],
          [{ re: { num: 0n, den: 1n }, im: { num: 1n, den: 2n } }, conjugate(algebra, first!)],
        ]);
    }
    const row = algebra.primitives.get(node.name);
    if (row === undefined)
      throw fail(node.span, `unknown function ${quoted(node.name)}`, "a function of the language");
    args.forEach((arg, k) => {
      const real = (arg.has & HAS.complex) === 0 || conjugate(algebra, arg) === arg;
      if (!real && !COMPLEX_FUNCTIONS.has(node.name)) {
        throw fail(node.args[k]!.span, `${quoted(node.name)} of a complex value`, "real arguments here");
      }
    });
    if (row.analytic.kind === "domain") noteDomain(row.analytic.condition, args.at(-1)!, scope);
    const missing = (row.defaults ?? []).slice(args.length - row.arity[0]);
    const defaults = missing.map((term) => algebra.number(term.kind === "number" ? term.value : 0));
    return algebra.call(node.name, [...args, ...(args.length < row.arity[1] ? defaults : [])]);
  }

  const count = output === undefined ? literal(1) : sizeOf(output.size, vocabulary.sizes);
  const scope: readonly Binder[] =
    output === undefined
      ? (outer ?? []).map((name) => ({ name, lo: literal(1), hi: literal(1) }))
      : [{ name: output.index, lo: literal(1), hi: count }];
  const model = visit(syntax, scope, 0);
  if (output !== undefined && !model.free.includes(0)) {
    throw fail(
      syntax.span,
      `the model does not depend on the output's index ${quoted(output.index)}`,
      `a model with ${output.index} among its indices, such as w[${output.index}]*x`,
    );
  }
  if (outer === undefined && (model.has & HAS.complex) !== 0 && conjugate(algebra, model) !== model) {
    throw fail(syntax.span, "the model is complex-valued", "a real model: re(...) around it");
  }
  const families = (wanted: "input" | "parameter"): Family[] =>
    [...uses]
      .filter(([name]) => role(name) === wanted)
      .map(([name, u]) => ({
        name,
        indexNames: uniqueNames(u.indexNames),
        ranges: wanted === "input" ? u.ranges.map((r) => ({ ...r, lo: literal(1) })) : u.ranges,
      }));
  const named = vocabulary.inputs;
  const inputs = families("input");
  const ordered =
    named === undefined
      ? inputs
      : named.map((name) => inputs.find((f) => f.name === name) ?? { name, indexNames: [], ranges: [] });
  const parameters = families("parameter");
  for (const { name } of parameters) {
    if (parameters.some((f) => name === `Delta_${f.name}`)) {
      throw fail(uses.get(name)!.span, `${quoted(name)} is the name of a step`, "another name");
    }
  }
  return {
    model,
    ...(output === undefined
      ? {}
      : { output: { index: output.index, range: { lo: literal(1), hi: count } } }),
    parameters,
    inputs: named === undefined ? sortedInputs(ordered) : ordered,
    open: [...sizeNames].filter((s) => !vocabulary.sizes.has(s)),
    conditions,
  };
}

const sizeOf = (size: string | number, given: ReadonlyMap<string, number>): Affine => {
  const value = typeof size === "number" ? size : given.get(size);
  return value === undefined ? sizeSymbol(`${size}`) : literal(value);
};

const varies = (node: Node): boolean => (node.has & (HAS.parameter | HAS.input)) !== 0;

const namesOf = (scope: readonly Binder[]): string[] => scope.map((binder) => binder.name);

/** Scalars x1, x2, …, x10 in the order of their numbers. */
const sortedInputs = (inputs: readonly Family[]): Family[] =>
  [...inputs].sort((a, b) => Number(a.name.slice(1)) - Number(b.name.slice(1)));
