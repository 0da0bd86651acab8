/**
 * The constructors of the expression DAG. They keep a light canonical form: sums and products are flat and sorted,
 * numbers are folded, equal expressions are one object. Whatever needs more than that is the normal form's business.
 */
import { DescentError, quoted } from "../errors.ts";
import {
  G_ONE,
  G_ZERO,
  type Gaussian,
  gAdd,
  gaussian,
  gIsOne,
  gIsReal,
  gIsZero,
  gKey,
  gMultiply,
  gNegate,
  gPower,
  isInteger,
  type Rational,
  rational,
  sign,
} from "../exact/rational.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";
import {
  type Affine,
  addAffine,
  boundIndex,
  isLiteral,
  literal,
  sameAffine,
  scaleAffine,
  sizeSymbol,
} from "./affine.ts";
import {
  type Algebra,
  children,
  type Factor,
  type FoldParts,
  HAS,
  type Node,
  type Role,
  type SumTerm,
  type TestNode,
} from "./node.ts";
import { substituteIndex } from "./substitute.ts";

/** The deepest expression that is accepted; walks over the DAG may recurse to this depth. */
export const DEPTH_LIMIT = 1000;
/** The most bits an exact numeric power may have. */
const POWER_BITS = 200_000;

/** A new, empty universe of expressions. */
export function createAlgebra(primitives: PrimitiveTable): Algebra {
  const table = new Map<string, Node>();
  const byId: Node[] = [];

  function intern(key: string, make: (id: number) => Node): Node {
    const known = table.get(key);
    if (known !== undefined) return known;
    const node = make(byId.length);
    if (node.depth > DEPTH_LIMIT) {
      throw new DescentError("input", "the expression is nested too deeply", {
        accepted: `a depth of at most ${DEPTH_LIMIT}`,
      });
    }
    table.set(key, node);
    byId.push(node);
    return node;
  }

  const number = (value: Gaussian | Rational | number): Node => {
    const g = toGaussian(value);
    return intern(`N${gKey(g)}`, (id) => ({
      kind: "number",
      id,
      value: g,
      free: [],
      has: gIsReal(g) ? 0 : HAS.complex,
      depth: 0,
    }));
  };

  const one = number(1);
  const zero = number(0);

  const symbol = (name: string, role: Role, indices: readonly Affine[] = []): Node =>
    intern(`Y${role}:${name}[${indices.map((i) => i.key).join(",")}]`, (id) => ({
      kind: "symbol",
      id,
      name,
      role,
      indices,
      free: freeOf([], indices),
      has: HAS[role],
      depth: 0,
    }));

  const integer = (value: Affine): Node =>
    isLiteral(value)
      ? number(value.constant)
      : intern(`I${value.key}`, (id) => ({
          kind: "integer",
          id,
          value,
          free: freeOf([], [value]),
          has: 0,
          depth: 0,
        }));

  function test(kind: "equal" | "unequal", value: Affine): Node {
    if (isLiteral(value)) return (value.constant === 0) === (kind === "equal") ? one : zero;
    const lead = value.bound[0]?.[1] ?? value.sizes[0]![1];
    const signed = lead < 0 ? scaleAffine(value, -1) : value;
    return intern(`T${kind}:${signed.key}`, (id) => ({
      kind: "test",
      id,
      test: kind,
      value: signed,
      free: freeOf([], [signed]),
      has: HAS.test,
      depth: 0,
    }));
  }

  function combine(terms: readonly SumTerm[]): Node {
    const [only] = terms;
    if (terms.length === 1 && isPlain(only![1])) return linear(terms);
    const total = new Map<Node, Gaussian>();
    const put = (c: Gaussian, node: Node): void => {
      const old = total.get(node);
      total.set(node, old === undefined ? c : gAdd(old, c));
    };
    for (const [c, node] of terms) {
      if (node.kind === "number") put(gMultiply(c, node.value), one);
      else if (node.kind === "sum") for (const [d, inner] of node.terms) put(gMultiply(c, d), inner);
      else if (node.kind === "integer") {
        // Index by index, so that i + 1 meets i and 1 wherever they stand.
        put(gMultiply(c, toGaussian(node.value.constant)), one);
        for (const [k, d] of node.value.bound) put(gMultiply(c, toGaussian(d)), integer(boundIndex(k)));
        for (const [s, d] of node.value.sizes) put(gMultiply(c, toGaussian(d)), integer(sizeSymbol(s)));
      } else put(c, node);
    }
    const kept = [...total].filter(([, c]) => !gIsZero(c)).sort(([a], [b]) => a.id - b.id);
    if (kept.length === 0) return zero;
    const [first, c] = kept[0]!;
    if (kept.length === 1 && (first === one || gIsOne(c))) return first === one ? number(c) : first;
    const whole = wholeSum(kept);
    if (whole !== undefined) return integer(whole);
    return linear(kept.map(([node, d]): SumTerm => [d, node]));
  }

  /** The sum of terms that are flat, different and in order. */
  function linear(terms: readonly SumTerm[]): Node {
    const [[c, first]] = terms as [SumTerm];
    if (terms.length === 1) {
      if (gIsZero(c)) return zero;
      if (gIsOne(c)) return first;
    }
    let key = "S";
    for (const [d, node] of terms) key += `${gKey(d)}*${node.id} `;
    return intern(key, (id) => {
      const complex = terms.some(([d]) => !gIsReal(d)) ? HAS.complex : 0;
      const nodes = terms.map(([, node]) => node);
      return { kind: "sum", id, terms, ...common(nodes, complex) };
    });
  }

  const add = (...nodes: Node[]): Node => combine(nodes.map((node): SumTerm => [G_ONE, node]));
  const scale = (by: Gaussian | Rational | number, node: Node): Node => combine([[toGaussian(by), node]]);
  const subtract = (a: Node, b: Node): Node =>
    combine([
      [G_ONE, a],
      [gNegate(G_ONE), b],
    ]);

  function product(factors: readonly Factor[]): Node {
    let coefficient = G_ONE;
    const total = new Map<Node, number>();
    const stack = [...factors].reverse();
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [base, exponent] = top;
      if (exponent === 0) continue;
      if (!Number.isSafeInteger(exponent)) throw new DescentError("input", "an exponent is too large");
      if (base.kind === "number") coefficient = gMultiply(coefficient, numericPower(base.value, exponent));
      else if (base.kind === "product") {
        for (const [inner, k] of base.factors) stack.push([inner, k * exponent]);
      } else if (base.kind === "sum" && base.terms.length === 1) {
        const [c, inner] = base.terms[0]!;
        coefficient = gMultiply(coefficient, numericPower(c, exponent));
        stack.push([inner, exponent]);
      } else if (base.kind === "test") {
        if (exponent < 0) throw new DescentError("input", "division by a delta, which may be 0");
        total.set(base, 1);
      } else total.set(base, (total.get(base) ?? 0) + exponent);
    }
    if (gIsZero(coefficient)) return zero;
    const kept = [...total].filter(([, k]) => k !== 0).sort(([a], [b]) => rank(a) - rank(b) || a.id - b.id);
    for (const [base] of kept) {
      if (base.kind === "test" && base.test === "equal" && total.has(test("unequal", base.value)))
        return zero;
    }
    if (kept.length === 0) return number(coefficient);
    const [first, k] = kept[0]!;
    if (kept.length === 1 && k === 1) return scale(coefficient, first);
    const key = `P${kept.map(([base, n]) => `${base.id}^${n}`).join(" ")}`;
    const node = intern(key, (id) => ({
      kind: "product",
      id,
      factors: kept,
      ...common(kept.map(([base]) => base)),
    }));
    return scale(coefficient, node);
  }

  const multiply = (...nodes: Node[]): Node => product(nodes.map((node): Factor => [node, 1]));

  function power(base: Node, exponent: Node): Node {
    if (exponent.kind === "number" && gIsReal(exponent.value) && isInteger(exponent.value.re)) {
      return product([[base, Number(exponent.value.re.num)]]);
    }
    if (base === one) return one;
    if (
      base.kind === "number" &&
      gIsReal(base.value) &&
      sign(base.value.re) <= 0 &&
      exponent.kind !== "integer"
    ) {
      throw new DescentError("input", "a power of a number that is not positive", {
        accepted: "integer powers of it, or a positive base",
      });
    }
    if (exponent.kind === "integer") return call("pow", [base, exponent]);
    if (base.kind === "call" && base.name === "exp") return call("exp", [multiply(exponent, base.args[0]!)]);
    return call("exp", [multiply(exponent, call("log", [base]))]);
  }

  function call(name: string, args: readonly Node[]): Node {
    const row = primitives.get(name);
    if (row === undefined) throw new DescentError("internal", `no primitive ${quoted(name)}`);
    const [only] = args;
    if (args.length === 1 && only === zero && row.atZero !== undefined) return number(row.atZero);
    if (name === "log" && only === one) return zero;
    if (name === "pow" && args[1]!.kind === "number") return power(only!, args[1]!);
    if (name === "delta" && args.every((arg) => arg.kind === "number")) return only === args[1] ? one : zero;
    return intern(`C${name}(${args.map((a) => a.id).join(",")})`, (id) => ({
      kind: "call",
      id,
      name,
      args,
      ...common(args),
    }));
  }

  function fold(parts: FoldParts): Node {
    const { op, lo, hi, except, body } = parts;
    const count = addAffine(addAffine(hi, lo, -1), literal(1));
    const empty = op === "sum" ? zero : one;
    if (body === empty || (isLiteral(count) && count.constant <= 0)) return empty;
    const outside = (node: Node): Node => substituteIndex(self, node, lo);
    if (except.length === 0) {
      if (sameAffine(lo, hi)) return outside(body);
      if (!body.free.includes(0)) {
        if (op === "sum" && isCount(lo, hi, count)) return multiply(integer(count), outside(body));
        if (op === "prod" && isLiteral(count)) return product([[outside(body), count.constant]]);
      }
    }
    if (op === "sum" && body.kind === "sum" && body.terms.length === 1) {
      return scale(body.terms[0]![0], fold({ ...parts, body: body.terms[0]![1] }));
    }
    if (op === "sum" && body.kind === "product") {
      const excluded = body.factors.flatMap(([base]) => (isExclusion(base) ? [base.value] : []));
      if (excluded.length > 0) {
        const rest = product(body.factors.filter(([base]) => !isExclusion(base)));
        return fold({ ...parts, except: [...except, ...excluded], body: rest });
      }
      const out = body.factors.filter(([base]) => !base.free.includes(0));
      if (out.length > 0) {
        const inner = product(body.factors.filter(([base]) => base.free.includes(0)));
        return product([
          ...out.map(([base, k]): Factor => [outside(base), k]),
          [fold({ ...parts, body: inner }), 1],
        ]);
      }
    }
    if (op === "sum" && isExclusion(body))
      return fold({ ...parts, except: [...except, body.value], body: one });
    const distinct = [...new Map(except.map((a) => [a.key, a])).values()].sort((a, b) =>
      a.key < b.key ? -1 : 1,
    );
    const key = `F${op} ${lo.key} ${hi.key} ${distinct.map((a) => a.key).join(";")} ${body.id}`;
    return intern(key, (id) => {
      const inner = freeOf([body], distinct).filter((k) => k > 0);
      const outer = freeOf([], [lo, hi]);
      const free = [...new Set([...inner.map((k) => k - 1), ...outer])].sort((a, b) => a - b);
      return {
        ...parts,
        except: distinct,
        kind: "fold",
        id,
        free,
        has: body.has | HAS.fold,
        depth: body.depth + 1,
      };
    });
  }

  const self: Algebra = {
    primitives,
    zero,
    one,
    node(id) {
      const node = byId[id];
      if (node === undefined) throw new DescentError("internal", `no node ${id}`);
      return node;
    },
    number,
    symbol,
    integer,
    test,
    combine,
    add,
    subtract,
    scale,
    product,
    multiply,
    power,
    call,
    fold,
  };
  return self;
}

const isPlain = (node: Node): boolean =>
  node.kind !== "number" && node.kind !== "sum" && node.kind !== "integer";

/** The sum as one index expression, where all of it is integers. */
function wholeSum(terms: readonly (readonly [Node, Gaussian])[]): Affine | undefined {
  let total = literal(0);
  for (const [node, c] of terms) {
    if (!gIsReal(c) || !isInteger(c.re)) return undefined;
    // No index is as large.
    if (!Number.isSafeInteger(Number(c.re.num))) return undefined;
    if (node.kind === "number") total = addAffine(total, literal(Number(c.re.num)));
    else if (node.kind === "integer") total = addAffine(total, node.value, Number(c.re.num));
    else return undefined;
  }
  return total;
}

function toGaussian(value: Gaussian | Rational | number): Gaussian {
  if (typeof value === "number") return gaussian(rational(value));
  return "re" in value ? value : gaussian(value);
}

function numericPower(value: Gaussian, exponent: number): Gaussian {
  if (gIsZero(value)) {
    if (exponent < 0) throw new DescentError("input", "division by zero");
    return G_ZERO;
  }
  const bits = gKey(value).length * 4 * Math.abs(exponent);
  if (bits > POWER_BITS && !(isInteger(value.re) && value.re.num ** 2n === 1n)) {
    throw new DescentError("input", "a numeric power is too large", {
      accepted: `at most ${POWER_BITS} bits`,
    });
  }
  return gPower(value, exponent);
}

/** A factor [index ≠ …] of a sum's body: it belongs to the sum's exclusions. */
function isExclusion(node: Node): node is TestNode {
  return node.kind === "test" && node.test === "unequal" && node.free.includes(0);
}

/** Products read: parameters and numbers, then inputs, then brackets, then functions. */
function rank(node: Node): number {
  if (node.kind === "symbol") return node.role === "input" ? 1 : 0;
  return node.kind === "integer" ? 0 : node.kind === "sum" ? 2 : 3;
}

/** Whether `count` can never be negative: a literal, or a whole size. */
function isCount(lo: Affine, hi: Affine, count: Affine): boolean {
  if (isLiteral(count)) return true;
  const [size] = hi.sizes;
  return (
    sameAffine(lo, literal(1)) &&
    hi.constant === 0 &&
    hi.bound.length === 0 &&
    hi.sizes.length === 1 &&
    size![1] === 1
  );
}

const CLOSED: readonly number[] = [];

function freeOf(nodes: readonly Node[], affines: readonly Affine[]): readonly number[] {
  if (affines.length === 0 && nodes.every((node) => node.free.length === 0)) return CLOSED;
  const all = new Set<number>();
  for (const node of nodes) for (const k of node.free) all.add(k);
  for (const a of affines) for (const [k] of a.bound) all.add(k);
  return [...all].sort((a, b) => a - b);
}

function common(nodes: readonly Node[], has = 0): Pick<Node, "free" | "has" | "depth"> {
  let [bits, depth] = [has, 0];
  for (const node of nodes) {
    bits |= node.has;
    if (node.depth > depth) depth = node.depth;
  }
  return { free: freeOf(nodes, []), has: bits, depth: depth + 1 };
}

/** Whether `node` or anything below it satisfies `test`; visits each node once. */
export function some(root: Node, test: (node: Node) => boolean): boolean {
  const seen = new Set<Node>([root]);
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (test(node)) return true;
    for (const child of children(node)) {
      if (!seen.has(child)) {
        seen.add(child);
        stack.push(child);
      }
    }
  }
  return false;
}
