/**
 * The independent numeric judge: printed formulas in doubles, from mathjs's parser to its arithmetic, sharing nothing
 * with the formula reader. A formula is checked node by node. Only literals, operators and known functions are
 * compiled, every name replaced by its number, every bound index by a slot, every fold by a loop.
 */
import { all, type Complex, create, type MathNode } from "mathjs";
import { DescentError, quoted } from "../errors.ts";

/** `predictable`: a real function outside of its domain is not a number, instead of complex. */
const math = create(all!, { number: "number", matrix: "Array", predictable: true });

const ACCEPTED = "arithmetic, folds, and known functions of bound names";
const MOST_TURNS = 10_000_000;

type Value = number | Complex;

/** Complex literals and powers: the definitions that take complex values; a negative base wants an integer exponent. */
const COMPLEX: Readonly<Record<string, (...args: Value[]) => Value>> = {
  power: (a, b) =>
    typeof a === "number" && typeof b === "number" && a < 0 && !Number.isInteger(b)
      ? Number.NaN
      : (math.pow(a!, b!) as Value),
};

/** mathjs's own, which all but `atan2` take complex values. */
const NATIVE =
  "exp log sqrt cbrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh abs sign erf gamma expm1 log1p " +
  "atan2 complex re im conj";

/** Functions mathjs lacks, takes with a tolerance (floor, ceil, round, max, min), or knows to 7 digits only (zeta). */
const DEFINITIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  floor: (u = 0) => Math.floor(u),
  ceil: (u = 0) => Math.ceil(u),
  round: (u = 0) => (Math.abs(u % 1) >= 0.5 ? Math.trunc(u) + Math.sign(u) : Math.trunc(u)),
  max: Math.max,
  min: Math.min,
  delta: (i, k) => (i === k ? 1 : 0),
  relu: (u = 0) => Math.max(u, 0),
  leaky_relu: (u = 0, slope = 0.01) => (u > 0 ? u : slope * u),
  elu: (u = 0) => (u > 0 ? u : Math.expm1(u)),
  sigmoid: (u = 0) => 1 / (1 + Math.exp(-u)),
  softplus,
  silu: (u = 0) => u / (1 + Math.exp(-u)),
  mish: (u = 0) => u * Math.tanh(softplus(u)),
  gelu: (u = 0) => (u * erfc(-u / Math.SQRT2)) / 2,
  erfc,
  zeta,
  lgamma: (u = 0) =>
    u > 0 ? math.lgamma(u) : Math.log(Math.PI / Math.abs(Math.sin(Math.PI * u))) - math.lgamma(1 - u),
  lambertw,
  airyai,
  besselj,
  sn: (u = 0, m = 0) => jacobi(u, m).sn,
  cn: (u = 0, m = 0) => jacobi(u, m).cn,
  dn: (u = 0, m = 0) => jacobi(u, m).dn,
};

/** Fewest and most arguments of what does not have one. */
const ARITY: ReadonlyMap<string, readonly [number, number]> = new Map<string, readonly [number, number]>([
  ["leaky_relu", [1, 2]],
  ["max", [2, 64]],
  ["min", [2, 64]],
  ...["atan2", "besselj", "sn", "cn", "dn", "delta", "complex"].map((name) => [name, [2, 2]] as const),
]);

const FUNCTIONS: ReadonlySet<string> = new Set([...NATIVE.split(" "), ...Object.keys(DEFINITIONS)]);
const OPERATORS: ReadonlySet<string> = new Set([
  "add",
  "subtract",
  "multiply",
  "divide",
  "pow",
  "unaryMinus",
]);
const INDEX_OPERATORS: ReadonlySet<string> = new Set(["add", "subtract", "multiply", "unaryMinus"]);

/**
 * The value of a printed formula: `+ - * / ^`, calls, indexed names such as `A[1,2]` (so written as keys of `values`;
 * an index may be an expression of sizes and bound indices), `sum(body, i, lo, hi[, i != k and …])`, `prod`, `delta`.
 * Sizes are values like others; `pi` and `e` are known. NaN or an infinity outside of a function's domain.
 *
 * @throws DescentError `input` for an unbound name, for anything that is not of this grammar, and for a value that is
 * not real; `budget` where a formula is nested too deeply or a fold runs over ten million turns
 * @example
 * mathjsEvaluate("A[1]*exp(-k*x)", { "A[1]": 2, k: 1, x: 0 }); // 2
 * mathjsEvaluate("sum(A[i]*prod(x - k, k, 1, n, k != i), i, 1, n)", { n: 2, x: 5, "A[1]": 10, "A[2]": 1 }); // 34
 */
export function mathjsEvaluate(formula: string, values: Readonly<Record<string, number>>): number {
  const { re, im } = mathjsEvaluateComplex(formula, values);
  if (im !== 0) throw refusal("a formula with a complex value");
  return re;
}

/** The same for formulas with `complex`, `re`, `im`, `conj`, whose value need not be real. */
export function mathjsEvaluateComplex(
  formula: string,
  values: Readonly<Record<string, number>>,
): { re: number; im: number } {
  try {
    const scope = new Map<string, unknown>(Object.entries(COMPLEX));
    for (const [name, define] of Object.entries(DEFINITIONS)) scope.set(name, onReals(name, define));
    const tree = translate(math.parse(formula), { scope, values, bound: new Map() });
    const value = tree.compile().evaluate(scope) as Value;
    return typeof value === "number" ? { re: value, im: 0 } : { re: value.re, im: value.im };
  } catch (error) {
    if (error instanceof DescentError) throw error;
    if (error instanceof RangeError) throw new DescentError("budget", "the formula is nested too deeply");
    throw refusal(`the formula: ${error instanceof Error ? error.message : error}`);
  }
}

const refusal = (what: string): DescentError =>
  new DescentError("input", `mathjs cannot evaluate ${what}`, { accepted: ACCEPTED });

const onReals =
  (name: string, define: (...args: number[]) => number) =>
  (...args: unknown[]): number => {
    if (!args.every((a) => typeof a === "number")) throw refusal(`${name} of complex values`);
    return define(...args);
  };

interface Context {
  /** Definitions, look-ups, loops and slots of bound indices, by names no formula can reach. */
  readonly scope: Map<string, unknown>;
  readonly values: Readonly<Record<string, number>>;
  /** The slots of the bound indices in sight. */
  readonly bound: ReadonlyMap<string, string>;
}

function translate(node: MathNode, context: Context): MathNode {
  const visit = (child: MathNode): MathNode => translate(child, context);
  if (math.isConstantNode(node)) {
    const value: unknown = node.value;
    if (typeof value === "number" && Number.isFinite(value)) return node;
    throw refusal(`the literal ${quoted(String(value))}`);
  }
  if (math.isParenthesisNode(node)) return visit(node.content);
  if (math.isSymbolNode(node)) return named(node.name, context);
  if (math.isAccessorNode(node)) {
    if (!math.isSymbolNode(node.object) || !math.isIndexNode(node.index) || node.index.dotNotation) {
      throw refusal("an index of what is not a name");
    }
    const name = node.object.name;
    const indices = node.index.dimensions.map((d) => translateIndex(d, context));
    return helper("at", context, indices, (...at) => look(`${name}[${at.join(",")}]`, context));
  }
  if (math.isOperatorNode(node) && OPERATORS.has(node.fn) && !node.implicit) {
    const args = node.args.map(visit);
    return node.op === "^" ? call("power", args) : new math.OperatorNode(node.op, node.fn, args);
  }
  if (math.isFunctionNode(node) && math.isSymbolNode(node.fn)) {
    const name = node.fn.name;
    if (name === "sum" || name === "prod") return fold(name, node.args, context);
    if (!FUNCTIONS.has(name)) throw refusal(`the function ${quoted(name)}`);
    const [least, most] = ARITY.get(name) ?? [1, 1];
    if (node.args.length < least || node.args.length > most)
      throw refusal(`${name} of ${node.args.length} arguments`);
    return call(name, node.args.map(visit));
  }
  throw refusal(
    node.type === "OperatorNode" ? `the operator in ${quoted(node.toString())}` : `a ${node.type}`,
  );
}

const call = (name: string, args: MathNode[]): MathNode =>
  new math.FunctionNode(new math.SymbolNode(name), args);

/** A call of `run` by a fresh name. */
function helper(
  kind: string,
  context: Context,
  args: MathNode[],
  run: (...args: number[]) => Value,
): MathNode {
  const name = `${kind}_${context.scope.size}`;
  context.scope.set(name, run);
  return call(name, args);
}

function named(name: string, context: Context): MathNode {
  const slot = context.bound.get(name);
  if (slot !== undefined) return new math.SymbolNode(slot);
  if (!Object.hasOwn(context.values, name)) {
    if (name === "pi") return new math.ConstantNode(Math.PI);
    if (name === "e") return new math.ConstantNode(Math.E);
  }
  return new math.ConstantNode(look(name, context));
}

function look(key: string, { values }: Context): number {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  if (value === undefined) throw refusal(`the unbound name ${quoted(key)}`);
  return value;
}

/** Integer expressions: literals, sizes and bound indices under + − ·. */
function translateIndex(node: MathNode, context: Context): MathNode {
  if (math.isParenthesisNode(node)) return translateIndex(node.content, context);
  if (math.isConstantNode(node) || math.isSymbolNode(node)) return translate(node, context);
  if (math.isOperatorNode(node) && INDEX_OPERATORS.has(node.fn) && !node.implicit) {
    return new math.OperatorNode(
      node.op,
      node.fn,
      node.args.map((arg) => translateIndex(arg, context)),
    );
  }
  throw refusal(`the index ${quoted(node.toString())}`);
}

function fold(op: "sum" | "prod", args: readonly MathNode[], context: Context): MathNode {
  const [body, index, lo, hi, condition] = args;
  if (hi === undefined || args.length > 5 || !math.isSymbolNode(index!))
    throw refusal(`${op} of these arguments`);
  const slot = `index_${context.scope.size}`;
  context.scope.set(slot, Number.NaN);
  const inner: Context = { ...context, bound: new Map([...context.bound, [index.name, slot]]) };
  const holds = condition === undefined ? () => true : test(condition, inner);
  const code = translate(body!, inner).compile();
  return helper(
    op,
    context,
    [translateIndex(lo!, context), translateIndex(hi, context)],
    (from = 0, to = 0) => {
      if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to))
        throw refusal("bounds that are not integers");
      if (to - from > MOST_TURNS) throw new DescentError("budget", `${op} runs over too many turns`);
      let total: Value = op === "sum" ? 0 : 1;
      for (let k = from; k <= to; k++) {
        context.scope.set(slot, k);
        if (!holds()) continue;
        const value = code.evaluate(context.scope) as Value;
        total = (op === "sum" ? math.add(total, value) : math.multiply(total, value)) as Value;
      }
      return total;
    },
  );
}

/** `a != b`, joined by `and`. */
function test(node: MathNode, context: Context): () => boolean {
  if (math.isParenthesisNode(node)) return test(node.content, context);
  if (math.isOperatorNode(node) && node.fn === "and") {
    const both = node.args.map((arg) => test(arg, context));
    return () => both.every((holds) => holds());
  }
  if (!math.isOperatorNode(node) || node.fn !== "unequal")
    throw refusal(`the condition ${quoted(node.toString())}`);
  const [left, right] = node.args.map((arg) => translateIndex(arg, context).compile());
  return () => left!.evaluate(context.scope) !== right!.evaluate(context.scope);
}

function softplus(u = 0): number {
  return Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
}

/** By Laplace's continued fraction (DLMF 7.9.1) where 1 − erf would cancel. */
function erfc(u = 0): number {
  if (u < 2) return 1 - math.erf(u);
  let fraction = u;
  for (let k = 150; k > 0; k--) fraction = u + k / 2 / fraction;
  return Math.exp(-u * u) / (Math.sqrt(Math.PI) * fraction);
}

/** B_2j / (2j)! for j = 1, 2, … */
const BERNOULLI = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
];

/** By the Euler–Maclaurin formula (DLMF 25.2.9), and by reflection (25.4.1) for u < 0. */
function zeta(u = 0): number {
  if (u < 0) {
    if (u % 2 === 0) return 0;
    return 2 ** u * Math.PI ** (u - 1) * Math.sin((Math.PI * u) / 2) * math.gamma(1 - u) * zeta(1 - u);
  }
  const n = 16;
  let total = n ** (1 - u) / (u - 1) + n ** -u / 2;
  for (let k = 1; k < n; k++) total += k ** -u;
  let rising = u * n ** (-u - 1);
  for (const [j, b] of BERNOULLI.entries()) {
    total += b * rising;
    rising *= ((u + 2 * j + 1) * (u + 2 * j + 2)) / n ** 2;
  }
  return total;
}

/** By Newton's iteration on w + log w = log u, or on w·e^w = u for u ≤ 1. */
function lambertw(u = 0): number {
  const branch = Math.E * u + 1;
  if (branch < 0) return Number.NaN;
  const root = Math.sqrt(2 * branch);
  let w = u > 1 ? Math.log1p(u) : u > -0.2 ? u / (1 + u) : -1 + root - (root * root) / 3;
  for (let k = 0; k < 60 && w !== -1; k++) {
    const step = u > 1 ? (w + Math.log(w / u)) / (1 + 1 / w) : (w - u * Math.exp(-w)) / (1 + w);
    w -= step;
    if (Math.abs(step) <= 1e-16 * Math.abs(w)) break;
  }
  return w;
}

/** Airy's integral on the line through its saddle (u > 0) or a little above the real axis, by the trapezoidal rule. */
function airyai(u = 0): number {
  const height = u > 0.5 ? Math.sqrt(u) : 1 / (1 + Math.abs(u));
  const end = Math.sqrt(45 / height);
  const steps = 200 + Math.ceil(end * (end * end + Math.abs(u)) * 2);
  const phase = u - height * height;
  let total = 0.5;
  for (let k = 1; k <= steps; k++) {
    const t = (k * end) / steps;
    total += Math.exp(-height * t * t) * Math.cos((t * t * t) / 3 + phase * t);
  }
  return (Math.exp(height ** 3 / 3 - u * height) * total * end) / (steps * Math.PI);
}

/** Bessel's integral (DLMF 10.9.1) for integer orders, Schläfli's (10.9.6) for others, which want u > 0. */
function besselj(order = 0, u = 0): number {
  const phase = (t: number): number => Math.cos(order * t - u * Math.sin(t));
  const steps = 64 + 2 * Math.ceil(Math.abs(order) + Math.abs(u));
  if (Number.isInteger(order)) {
    let total = 0;
    for (let k = 0; k < steps; k++) total += phase((2 * Math.PI * k) / steps);
    return total / steps;
  }
  if (u <= 0) return Number.NaN;
  const far = Math.asinh((800 + 40 * Math.abs(order)) / u);
  const decay = integrate((t) => Math.exp(-u * Math.sinh(t) - order * t), far, steps * 8);
  return (integrate(phase, Math.PI, steps * 8) - Math.sin(order * Math.PI) * decay) / Math.PI;
}

/** ∫ f over [0, end] by the tanh-sinh rule. */
function integrate(f: (t: number) => number, end: number, steps: number): number {
  let total = 0;
  for (let k = -steps; k <= steps; k++) {
    const s = (3.2 * k) / steps;
    const inner = (Math.PI / 2) * Math.sinh(s);
    const weight = ((Math.PI / 2) * Math.cosh(s)) / Math.cosh(inner) ** 2;
    total += weight * f(end / (1 + Math.exp(-2 * inner)));
  }
  return (total * end * 3.2) / (2 * steps);
}

/** By theta functions (DLMF 22.2) for 0 ≤ m < 1; other parameters by Abramowitz & Stegun 16.10 and 16.11. */
function jacobi(u: number, m: number): { sn: number; cn: number; dn: number } {
  if (m < 0) {
    const scale = Math.sqrt(1 - m);
    const { sn, cn, dn } = jacobi(u * scale, m / (m - 1));
    return { sn: sn / (scale * dn), cn: cn / dn, dn: 1 / dn };
  }
  if (m > 1) {
    const { sn, cn, dn } = jacobi(u * Math.sqrt(m), 1 / m);
    return { sn: sn / Math.sqrt(m), cn: dn, dn: cn };
  }
  if (m === 1) return { sn: Math.tanh(u), cn: 1 / Math.cosh(u), dn: 1 / Math.cosh(u) };
  const means = [mean(Math.sqrt(1 - m)), mean(Math.sqrt(m))] as const;
  const nome = Math.exp((-Math.PI * means[0]) / means[1]);
  const theta = (v: number) => {
    let [t1, t2, t3, t4] = [0, 0, 1, 1];
    for (let n = 0, flip = 1; n < 100; n++, flip = -flip) {
      // q^(n(n+1)): the factor q^(1/4) of the first two is common to all quotients.
      const odd = 2 * nome ** (n * (n + 1));
      const even = 2 * nome ** ((n + 1) * (n + 1));
      t1 += flip * odd * Math.sin((2 * n + 1) * v);
      t2 += odd * Math.cos((2 * n + 1) * v);
      t3 += even * Math.cos((2 * n + 2) * v);
      t4 -= flip * even * Math.cos((2 * n + 2) * v);
    }
    return { t1, t2, t3, t4 };
  };
  const [at0, at] = [theta(0), theta(u * means[0])];
  return {
    sn: ((at0.t3 / at0.t2) * at.t1) / at.t4,
    cn: ((at0.t4 / at0.t2) * at.t2) / at.t4,
    dn: ((at0.t4 / at0.t3) * at.t3) / at.t4,
  };
}

/** The arithmetic-geometric mean of 1 and b; K = π / (2·mean(√(1 − m))). */
function mean(b: number): number {
  let [x, y] = [1, b];
  for (let k = 0; k < 40; k++) [x, y] = [(x + y) / 2, Math.sqrt(x * y)];
  return x;
}
