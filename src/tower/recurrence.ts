/**
 * The general term by recurrences: for every part u of a model the sequence c_k = D^k u / k! along the step, found from the
 * presentation of its ring. A call h(u) has k h_k = Σ_j j u_j (h'∘u)_{k−j}, h' read from its row; a power with negative
 * exponent n has k u_0 h_k = Σ_j (n j − (k − j)) u_j h_{k−j} (Miller; Knuth, TAOCP 2, 4.7). Arguments of degree up to 2 along
 * the step make these recurrences finite, with the parameters and the steps in their coefficients: erf, Gaussians, rational
 * functions, Bessel functions of affine arguments are P-recursive so.
 */
import { type Architecture, isInstance, outputs } from "../architecture/architecture.ts";
import { optimality } from "../architecture/objective.ts";
import type { Budget } from "../errors.ts";
import type { Gaussian } from "../exact/rational.ts";
import { type Affine, addAffine, boundIndex, literal, sameAffine, sizeSymbol } from "../expression/affine.ts";
import { partial } from "../expression/differentiate.ts";
import { type Algebra, type Factor, HAS, type Node } from "../expression/node.ts";
import { fresh, print, takenNames } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { closedExponential, closedPower } from "./closed.ts";
import { createFloors, type Floors } from "./floors.ts";
import { Absent } from "./leaf.ts";

/** c_k of one part: given for k below the number of initial terms, by the recurrence from there on. */
export interface Sequence {
  readonly name: string;
  readonly initial: readonly Node[];
  /** In the index, a size, and in entries `name[k - 1]` of this and the other sequences. */
  readonly recurrence: Node;
  /** The same for every k ≥ 0 without entries of this sequence, where there is such a form. */
  readonly closed?: Node;
}

export interface Recurrences {
  readonly kind: "recurrence";
  /** The name of the index. */
  readonly index: string;
  /** In the order of evaluation: entries at k need earlier sequences at k, and any of them below k. */
  readonly sequences: readonly Sequence[];
  /** D^k f / k!; undefined for several outputs. */
  readonly model: Node | undefined;
  /** D^k ∂L/∂θ_a / k!, by the name of a. */
  readonly optimality: readonly { readonly parameter: string; readonly node: Node }[];
  /** What must not be 0 besides what the formula itself divides by. */
  readonly nonzero: readonly Node[];
}

/** More sequences are of no use to anyone. */
const MOST_SEQUENCES = 120;
/** Up to this degree along the step a polynomial is written out, term by term. */
const MOST_DEGREE = 2;

/** c_k of a part: a polynomial along the step, or a multiple of a sequence. */
type Part =
  | { readonly kind: "polynomial"; readonly coefficients: readonly Node[] }
  | { readonly kind: "sequence"; readonly name: string; readonly scale: Node };

/**
 * The recurrences of a model and its optimality condition; throws `Absent` with open sizes, and where there are too many.
 */
export function recurrences(architecture: Architecture, budget: Budget): Recurrences {
  if (!isInstance(architecture)) throw new Absent("recurrences need numbers for the sizes");
  const { algebra } = architecture;
  const equations = optimality(architecture, budget);
  const models = outputs(architecture, budget).map((node) => expand(algebra, node, budget));
  const taken = new Set([...models, ...equations.map((e) => e.node)].flatMap((n) => [...takenNames(n)]));
  const rules = createRules(algebra, taken, createFloors(algebra, budget), budget);
  const [model] = architecture.output === undefined ? models : [];
  const written = model === undefined ? undefined : rules.entry(model);
  const conditions = equations.map(({ name, node }) => ({ parameter: name, node: rules.entry(node) }));
  return {
    kind: "recurrence",
    index: rules.index,
    sequences: rules.inOrder(),
    model: written,
    optimality: conditions,
    nonzero: rules.nonzero,
  };
}

interface Rules {
  readonly index: string;
  /** D^k node / k! */
  entry(node: Node): Node;
  inOrder(): Sequence[];
  readonly nonzero: readonly Node[];
}

function createRules(algebra: Algebra, taken: ReadonlySet<string>, floors: Floors, budget: Budget): Rules {
  const index = fresh("k", [], taken);
  const k = sizeSymbol(index);
  const parts = new Map<Node, Part>();
  const sequences: Sequence[] = [];
  const nonzero: Node[] = [];
  let named = 0;
  /** The sequences whose entries at k the recurrence of another needs. */
  const needs = new Map<string, ReadonlySet<string>>();
  let needed = new Set<string>();

  function part(node: Node): Part {
    const known = parts.get(node);
    if (known !== undefined) return known;
    budget.spend();
    const made = alias(node) ?? make(node);
    parts.set(node, made);
    return made;
  }

  /** Polynomials of low degree, and multiples of a part by what holds no parameter. */
  function alias(node: Node): Part | undefined {
    const degree = degreeOf(node);
    if (degree <= MOST_DEGREE) {
      const coefficients = Array.from({ length: degree + 1 }, (_, j) => floors.floor(node, j));
      return { kind: "polynomial", coefficients };
    }
    if (node.kind === "sum" && node.terms.length === 1) {
      const [[c, term]] = node.terms as [readonly [Gaussian, Node]];
      return scaled(algebra.number(c), part(term));
    }
    if (node.kind !== "product") return undefined;
    const still = node.factors.filter(([base]) => (base.has & HAS.parameter) === 0);
    if (still.length === 0) return undefined;
    const rest = node.factors.filter(([base]) => (base.has & HAS.parameter) !== 0);
    return scaled(algebra.product(still), part(algebra.product(rest)));
  }

  function scaled(by: Node, own: Part): Part {
    if (own.kind === "sequence") return { ...own, scale: algebra.multiply(by, own.scale) };
    return { ...own, coefficients: own.coefficients.map((c) => algebra.multiply(by, c)) };
  }

  /** A sequence of its own, known by its name before its recurrence is: it may stand in that. */
  function make(node: Node): Part {
    if (named >= MOST_SEQUENCES) throw new Absent(`it takes more than ${MOST_SEQUENCES} sequences`);
    const name = fresh(`s${++named}`, [index], taken);
    const own: Part = { kind: "sequence", name, scale: algebra.one };
    parts.set(node, own);
    const outer = needed;
    needed = new Set();
    const degree = degreeOf(node);
    const { node: recurrence, from } = Number.isFinite(degree)
      ? { node: algebra.zero, from: degree + 1 }
      : compute(node);
    needs.set(name, needed);
    needed = outer;
    const initial = Array.from({ length: Math.max(1, from) }, (_, j) => floors.floor(node, j));
    const closed = closedForm(node);
    sequences.push({ name, initial, recurrence, ...(closed === undefined ? {} : { closed }) });
    return own;
  }

  /** Of negative powers and exponentials of what has low degree along the step. */
  function closedForm(node: Node): Node | undefined {
    if (node.kind === "call" && node.name === "exp") {
      const inner = part(node.args[0]!);
      return inner.kind === "polynomial" ? closedExponential(algebra, inner.coefficients, k) : undefined;
    }
    if (node.kind !== "product" || node.factors.length !== 1) return undefined;
    const [[base, n]] = node.factors as readonly [Factor];
    if (n >= 0) return undefined;
    const inner = part(base);
    return inner.kind === "polynomial" ? closedPower(algebra, inner.coefficients, -n, k) : undefined;
  }

  /** A recurrence, and the least k at which it holds. */
  interface Formula {
    readonly node: Node;
    readonly from: number;
  }

  function compute(node: Node): Formula {
    switch (node.kind) {
      case "sum": {
        const terms = node.terms.map(([c, term]) => ({ c, part: part(term) }));
        const lengths = terms.map((t) => (t.part.kind === "polynomial" ? t.part.coefficients.length : 0));
        return {
          node: algebra.combine(
            terms.flatMap((t) => (t.part.kind === "sequence" ? [[t.c, at(t.part, k)] as const] : [])),
          ),
          from: Math.max(...lengths),
        };
      }
      case "product":
        return product(node.factors);
      case "call": {
        const pieces = node.args.flatMap((arg, j) =>
          (arg.has & HAS.parameter) === 0
            ? []
            : [convolution(part(arg), part(slope(node.name, node.args, j)), 1, (i) => algebra.integer(i))],
        );
        return {
          node: overIndex(algebra.add(...pieces.map((p) => p.node))),
          from: Math.max(1, ...pieces.map((p) => p.from)),
        };
      }
      default:
        throw new Absent(`${print(node)} has no recurrence`);
    }
  }

  function product(factors: readonly Factor[]): Formula {
    const [[base, n]] = factors as [Factor];
    if (factors.length === 1 && n < 0) return inversePower(base, n);
    const low = factors.filter(([b, m]) => degreeOf(algebra.product([[b, m]])) <= MOST_DEGREE);
    const [left, right] =
      factors.length === 1
        ? [[[base, Math.floor(n / 2)] as const], [[base, n - Math.floor(n / 2)] as const]]
        : low.length > 0 && low.length < factors.length
          ? [low, factors.filter((f) => !low.includes(f))]
          : [factors.slice(0, 1), factors.slice(1)];
    return convolution(part(algebra.product(left)), part(algebra.product(right)), 0, () => algebra.one);
  }

  function inversePower(base: Node, n: number): Formula {
    if (!nonzero.includes(base)) nonzero.push(base);
    const own = part(algebra.product([[base, n]]));
    // n j − (k − j)
    const weight = (j: Affine): Node =>
      algebra.subtract(algebra.scale(n + 1, algebra.integer(j)), algebra.integer(k));
    const { node, from } = convolution(part(base), own, 1, weight);
    return { node: overIndex(algebra.multiply(algebra.product([[base, -1]]), node)), from };
  }

  const overIndex = (node: Node): Node =>
    algebra.product([
      [node, 1],
      [algebra.integer(k), -1],
    ]);

  function at(own: Part & { kind: "sequence" }, i: Affine): Node {
    if (sameAffine(i, k)) needed.add(own.name);
    return algebra.multiply(own.scale, algebra.symbol(own.name, "constant", [i]));
  }

  /** Σ weight(j) a_j b_{k−j} for least ≤ j ≤ k. */
  function convolution(a: Part, b: Part, least: number, weight: (j: Affine) => Node): Formula {
    if (a.kind === "polynomial") {
      if (b.kind === "polynomial") {
        const length = a.coefficients.length + b.coefficients.length - 1;
        return { node: algebra.zero, from: length };
      }
      const terms = a.coefficients.flatMap((c, j) =>
        j < least ? [] : [algebra.multiply(weight(literal(j)), c, at(b, addAffine(k, literal(-j))))],
      );
      return { node: algebra.add(...terms), from: Math.max(least, a.coefficients.length - 1) };
    }
    if (b.kind === "polynomial") {
      const terms = b.coefficients.map((c, i) => {
        const j = addAffine(k, literal(-i));
        return algebra.multiply(weight(j), at(a, j), c);
      });
      return { node: algebra.add(...terms), from: b.coefficients.length - 1 + least };
    }
    needed.add(a.name);
    if (least === 0) needed.add(b.name);
    const j = boundIndex(0);
    const body = algebra.multiply(
      weight(j),
      algebra.symbol(a.name, "constant", [j]),
      algebra.symbol(b.name, "constant", [addAffine(k, j, -1)]),
    );
    const sum = algebra.fold({ op: "sum", lo: literal(least), hi: k, except: [], body, hint: "j" });
    return { node: algebra.multiply(a.scale, b.scale, sum), from: least };
  }

  /**
   * ∂h/∂(argument j). The derivatives of Bessel functions by their row need ever new orders, so neighbours are told by
   * J_ν' = (ν/u) J_ν − J_{ν+1} and J_ν' = J_{ν−1} − (ν/u) J_ν (DLMF 10.6.2).
   */
  function slope(name: string, args: readonly Node[], j: number): Node {
    if (name !== "besselj" || j !== 1) return partial(algebra, name, args, j);
    const [order, u] = args as [Node, Node];
    const own = algebra.call(name, args);
    const below = algebra.call(name, [algebra.subtract(order, algebra.one), u]);
    const share = algebra.multiply(order, own, algebra.product([[u, -1]]));
    if (parts.has(below)) return algebra.subtract(below, share);
    return algebra.subtract(share, algebra.call(name, [algebra.add(order, algebra.one), u]));
  }

  function entry(node: Node): Node {
    const own = part(node);
    if (own.kind === "sequence") return at(own, k);
    return algebra.add(
      ...own.coefficients.map((c, j) =>
        algebra.multiply(algebra.test("equal", addAffine(k, literal(-j))), c),
      ),
    );
  }

  /** The degree along the step. */
  const degrees = new Map<Node, number>();
  function degreeOf(node: Node): number {
    if ((node.has & HAS.parameter) === 0) return 0;
    const known = degrees.get(node);
    if (known !== undefined) return known;
    const made = degree(node);
    degrees.set(node, made);
    return made;
  }
  function degree(node: Node): number {
    switch (node.kind) {
      case "symbol":
        return 1;
      case "sum":
        return Math.max(...node.terms.map(([, term]) => degreeOf(term)));
      case "product":
        return node.factors.reduce((n, [base, m]) => {
          const own = degreeOf(base);
          return n + (own === 0 ? 0 : m > 0 ? m * own : Number.POSITIVE_INFINITY);
        }, 0);
      default:
        return Number.POSITIVE_INFINITY;
    }
  }

  /** Each after those whose entries at k it needs. */
  function inOrder(): Sequence[] {
    const sorted = new Map<string, Sequence>();
    const byName = new Map(sequences.map((own) => [own.name, own]));
    const visit = (name: string): void => {
      if (sorted.has(name)) return;
      for (const other of needs.get(name)!) visit(other);
      sorted.set(name, byName.get(name)!);
    };
    for (const { name } of sequences) visit(name);
    return [...sorted.values()];
  }

  return { index, entry, inOrder, nonzero };
}
