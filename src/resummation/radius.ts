/**
 * The radius of convergence of the tower at a point along a step (theory §5): the least |t| over complex t at which
 * t ↦ f(x; θ + tΔ) is singular. Cells of the plane are certified to hold no singularity, those nearest to 0 first, so that the
 * bound from below is proved; the zero that stops it is then found by Newton's method.
 */
import { type Architecture, memberName } from "../architecture/architecture.ts";
import { type Budget, DescentError, quoted } from "../errors.ts";
import { type Gaussian, toNumber } from "../exact/rational.ts";
import { HAS, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import type { Primitive } from "../primitives/primitive.ts";
import type { Term } from "../primitives/term.ts";
import * as D from "./discs.ts";

/** Values by name, such as `w[1,2]`. */
export type Values = Readonly<Record<string, number>>;

export interface Radius {
  /** `infinite` is proved; `finite` where the function is seen to be singular at `singularity`; else only the bound is known. */
  readonly kind: "infinite" | "finite" | "unknown";
  /** No singularity has a smaller |t|. */
  readonly atLeast: number;
  /** A t at which a denominator, or the argument of a logarithm or root, vanishes. */
  readonly singularity?: { readonly re: number; readonly im: number; readonly of: string };
}

/** An operation that is not analytic where its operand vanishes; the same number at every t. */
interface Site {
  readonly number: number;
  readonly of: string;
}

/** The operand of a site may vanish; without a number, a function is not known to be analytic. */
class Failure extends Error {
  readonly site: Partial<Site>;
  readonly operand: D.Disc;
  constructor(site: Partial<Site>, operand = D.ANALYTIC) {
    super(site.of);
    this.site = site;
    this.operand = operand;
  }
}

/** Beyond this |t| nothing is looked for. */
const FARTHEST = 1e6;
/** A cell of this size, beside its distance, is not divided further. */
const FINEST = 1e-5;
/** Distances below it are not told apart. */
const NEAREST = 1e-13;
const CELL_COST = 64;

/**
 * The radius of convergence of the tower of f at θ along Δ, for one datum; sizes must be numbers.
 *
 * @throws DescentError `input` where a value is missing, `unsupported` for functions with kinks
 * @example
 * const given = architecture({ model: "1/(1 - w)" });
 * const found = radiusOf(given, { theta: { w: 0 }, delta: { w: 1 }, inputs: {} }, createBudget());
 * [found.kind, found.singularity?.re]; // ["finite", 1]
 */
export function radiusOf(
  architecture: Architecture,
  at: { readonly theta: Values; readonly delta: Values; readonly inputs: Values },
  budget: Budget,
): Radius {
  const { algebra } = architecture;
  const root = expand(algebra, architecture.model, budget);
  const order = postorder(root);
  const rows = algebra.primitives;
  /** Operands of the sites, in the order in which they are met. */
  let operands: D.Disc[] = [];
  let value = D.ANALYTIC;

  function evaluate(t: D.Disc): readonly D.Disc[] {
    budget.spend(CELL_COST + order.length);
    operands = [];
    const values = new Map<Node, D.Disc>();
    for (const node of order) values.set(node, nodeAt(node, t, values));
    value = values.get(root)!;
    return operands;
  }

  /** A site with this operand: `made`, or a failure where it is undefined. */
  function site(operand: D.Disc, made: D.Disc | undefined, of: string): D.Disc {
    operands.push(operand);
    if (made === undefined) throw new Failure({ number: operands.length - 1, of }, operand);
    return made;
  }

  function nodeAt(node: Node, t: D.Disc, values: ReadonlyMap<Node, D.Disc>): D.Disc {
    const of = (child: Node): D.Disc => values.get(child)!;
    switch (node.kind) {
      case "number":
        return complex(node.value);
      case "symbol":
        return symbolAt(node, t);
      case "sum":
        return node.terms.map(([c, term]) => D.multiply(complex(c), of(term))).reduce(D.add, D.point(0));
      case "product":
        return node.factors.map(([base, k]) => power(base, k, of)).reduce(D.multiply, D.point(1));
      case "call": {
        const row = rows.get(node.name)!;
        const isConstant = (node.has & HAS.parameter) === 0;
        return isConstant && row.analytic.kind === "kink"
          ? D.ANALYTIC
          : rowAt(row, node.args.map(of), print(node));
      }
      default:
        throw new DescentError("internal", `no value of a ${node.kind}`);
    }
  }

  function symbolAt(node: SymbolNode, t: D.Disc): D.Disc {
    if (node.role === "constant") return D.rounded(Math.PI);
    const name = memberName(
      node.name,
      node.indices.map((i) => i.constant),
    );
    const base = node.role === "input" ? at.inputs[name] : at.theta[name];
    if (base === undefined || !Number.isFinite(base)) {
      throw new DescentError("input", `no value of ${quoted(name)}`, { accepted: "a number for it" });
    }
    const step = node.role === "parameter" ? (at.delta[name] ?? 0) : 0;
    return step === 0 ? D.point(base) : D.add(D.point(base), D.multiply(D.point(step), t));
  }

  function power(base: Node, k: number, of: (node: Node) => D.Disc): D.Disc {
    // An exponential has no zero.
    if (k < 0 && base.kind === "call" && base.name === "exp")
      return D.exponential(D.multiply(D.point(k), of(base.args[0]!)));
    let own = D.point(1);
    for (let i = 0; i < Math.abs(k); i++) own = D.multiply(own, of(base));
    return k > 0 ? own : site(of(base), D.inverse(own), print(base));
  }

  function rowAt(row: Primitive, args: readonly D.Disc[], of: string): D.Disc {
    const [u] = args as [D.Disc];
    if (row.analytic.kind === "kink")
      throw new DescentError("unsupported", `there is no tower: ${of} has a kink`);
    if (row.name === "exp") return D.exponential(u);
    if (row.name === "log") return site(u, D.logarithm(u), of);
    if (row.exponentials !== undefined) {
      return row.exponentials
        .map((e) => D.multiply(complex(e.coefficient), D.exponential(D.multiply(complex(e.multiplier), u))))
        .reduce(D.add, D.point(0));
    }
    if (row.elementary !== undefined) return termAt(row.elementary, args, of);
    if (row.analytic.kind === "entire") return D.ANALYTIC;
    throw new Failure({ of });
  }

  function termAt(term: Term, args: readonly D.Disc[], of: string): D.Disc {
    switch (term.kind) {
      case "number":
        return D.rounded(toNumber(term.value));
      case "constant":
        return term.name === "pi" ? D.rounded(Math.PI) : D.point(0, 1);
      case "slot":
        return args[term.name === "u" ? 0 : 1]!;
      case "call":
        return rowAt(
          rows.get(term.name)!,
          term.args.map((arg) => termAt(arg, args, of)),
          of,
        );
      case "operation": {
        const [a, b] = term.args.map((arg) => termAt(arg, args, of)) as [D.Disc, D.Disc];
        if (term.op === "*") return D.multiply(a, b);
        if (term.op === "/") return D.multiply(a, site(b, D.inverse(b), of));
        return D.add(a, term.op === "+" ? b : D.multiply(D.point(-1), b));
      }
      case "less":
        throw new DescentError("internal", "a conditional is code, not an expression");
    }
  }

  /** Undefined where no t of the cell is singular. */
  function obstacle(t: D.Disc): Partial<Site> | undefined {
    try {
      evaluate(t);
      return undefined;
    } catch (error) {
      if (error instanceof Failure) return error.site;
      throw error;
    }
  }

  if (obstacle(D.ANALYTIC) === undefined) return { kind: "infinite", atLeast: Number.POSITIVE_INFINITY };
  const stop = nearestCell(obstacle);
  if (stop === undefined) return { kind: "unknown", atLeast: FARTHEST };
  const { cell, site: found } = stop;
  const atLeast = distance(cell);
  const zero =
    found.number === undefined ? undefined : zeroNear((t) => operandAt(evaluate, t, found.number!), cell);
  return zero === undefined || !isSingularAt(evaluate, () => value, zero, found.number!)
    ? { kind: "unknown", atLeast }
    : { kind: "finite", atLeast, singularity: { ...zero, of: found.of! } };
}

interface Cell {
  readonly re: number;
  readonly im: number;
  /** Half of its side. */
  readonly half: number;
}

/** Least |t| in a cell. */
const distance = ({ re, im, half }: Cell): number =>
  Math.hypot(Math.max(0, Math.abs(re) - half), Math.max(0, Math.abs(im) - half)) * (1 - 2 ** -50);

const quarters = ({ re, im, half }: Cell): Cell[] =>
  [-1, 1].flatMap((a) =>
    [-1, 1].map((b) => ({ re: re + (a * half) / 2, im: im + (b * half) / 2, half: half / 2 })),
  );

/** The cell nearest to 0 that is not certified and is not divided further. */
function nearestCell(
  obstacle: (t: D.Disc) => Partial<Site> | undefined,
): { cell: Cell; site: Partial<Site> } | undefined {
  // Cells by distance; the plane outside of the square |re|, |im| ≤ reach comes later.
  const pending: Cell[] = quarters({ re: 0, im: 0, half: 1 });
  let reach = 1;
  for (;;) {
    pending.sort((a, b) => distance(b) - distance(a));
    const cell = pending.at(-1);
    if (cell === undefined || distance(cell) >= reach) {
      if (reach >= FARTHEST) return undefined;
      // The ring around the square, in cells of its own size.
      const side = reach / 2;
      for (let a = -3; a <= 3; a += 2) {
        for (let b = -3; b <= 3; b += 2)
          if (Math.max(Math.abs(a), Math.abs(b)) === 3)
            pending.push({ re: a * side, im: b * side, half: side });
      }
      reach *= 2;
      continue;
    }
    pending.pop();
    const site = obstacle({ re: cell.re, im: cell.im, radius: cell.half * Math.SQRT2 * (1 + 2 ** -50) });
    if (site === undefined) continue;
    if (cell.half <= FINEST * Math.max(distance(cell), NEAREST)) return { cell, site };
    pending.push(...quarters(cell));
  }
}

const known = (operand: D.Disc | undefined): D.Disc | undefined =>
  operand !== undefined && Number.isFinite(operand.radius) ? operand : undefined;

function operandAt(
  evaluate: (t: D.Disc) => readonly D.Disc[],
  t: D.Disc,
  number: number,
): D.Disc | undefined {
  try {
    return known(evaluate(t)[number]);
  } catch (error) {
    if (error instanceof Failure) return error.site.number === number ? known(error.operand) : undefined;
    throw error;
  }
}

/** Points of the circle on which an expansion is looked at, its size beside the distance of its centre, and what counts. */
const CIRCLE = 64;
const CIRCLE_SIZE = 2 ** -8;
const SEEN = 1e-6;

/**
 * Whether the function is seen to be singular inside a small circle: its Laurent series has negative powers, or it does not
 * come back to its value. An operand that crosses the cut of a logarithm elsewhere leaves it open.
 */
function isSingularAt(
  evaluate: (t: D.Disc) => readonly D.Disc[],
  last: () => D.Disc,
  zero: { readonly re: number; readonly im: number },
  number: number,
): boolean {
  const reach = CIRCLE_SIZE * Math.hypot(zero.re, zero.im);
  const turns = Array.from({ length: CIRCLE }, (_, k) => (2 * Math.PI * (k + 0.5)) / CIRCLE);
  const rows: (readonly D.Disc[])[] = [];
  const values: D.Disc[] = [];
  try {
    for (const turn of turns) {
      rows.push(evaluate(D.point(zero.re + reach * Math.cos(turn), zero.im + reach * Math.sin(turn))));
      values.push(last());
    }
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
  if (values.some((value) => known(value) === undefined)) return false;
  const isCut = (n: number): boolean =>
    rows.some((row, k) => {
      const [a, b] = [row[n]!, rows[(k + 1) % CIRCLE]![n]!];
      return a.re < 0 && b.re < 0 && Math.sign(a.im) !== Math.sign(b.im);
    });
  if (rows[0]!.some((_, n) => n !== number && isCut(n))) return false;
  const most = Math.max(...values.map(D.size));
  return [1, 2, 3, 4, 5, 6].some((power) => {
    let [re, im] = [0, 0];
    values.forEach((value, k) => {
      const [c, s] = [Math.cos(power * turns[k]!), Math.sin(power * turns[k]!)];
      re += (value.re * c - value.im * s) / CIRCLE;
      im += (value.re * s + value.im * c) / CIRCLE;
    });
    return Math.hypot(re, im) > SEEN * most;
  });
}

/** A zero beside a cell, by the secant method; undefined where it leads away from the cell. */
function zeroNear(
  value: (t: D.Disc) => D.Disc | undefined,
  { re, im, half }: Cell,
): { re: number; im: number } | undefined {
  let [a, b] = [D.point(re, im), D.point(re + half / 3, im + half / 5)];
  let [u, v] = [value(a), value(b)];
  for (let n = 0; n < 40; n++) {
    if (u === undefined || v === undefined) return undefined;
    if (D.size(v) === 0) break;
    const gap = D.inverse(centre(D.add(v, D.multiply(D.point(-1), u))));
    if (gap === undefined) break;
    const step = D.multiply(centre(v), D.multiply(gap, centre(D.add(b, D.multiply(D.point(-1), a)))));
    const next = centre(D.add(b, D.multiply(D.point(-1), step)));
    [a, u] = [b, v];
    [b, v] = [next, value(next)];
    if (D.size(step) <= 1e-15 * D.size(next)) break;
  }
  const away = Math.hypot(b.re - re, b.im - im);
  return away <= 64 * half + 1e-12 ? { re: b.re, im: b.im } : undefined;
}

const centre = ({ re, im }: D.Disc): D.Disc => D.point(re, im);

const complex = ({ re, im }: Gaussian): D.Disc => D.rounded(toNumber(re), toNumber(im));
