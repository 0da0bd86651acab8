/** Proofs that an exponential polynomial is not the zero function: by algebra where that settles it, else by enclosures. */
import type { Budget } from "../errors.ts";
import type { Polynomial } from "../exact/polynomial.ts";
import { type Rational, rational } from "../exact/rational.ts";
import { isLiteral, leastValue } from "../expression/affine.ts";
import { enclose } from "../expression/enclose.ts";
import { type Algebra, HAS, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import type { ExpPolynomial } from "../expression/normal.ts";
import { type Interval, type Intervals, intervals, type Rectangle, rectangles } from "../precise/interval.ts";
import { openPrecise, type Precise, type Reals } from "../precise/mpfr.ts";

/**
 * Facts at one rational point. A proof that rests on several facts takes all of them at the same point: functions of the
 * data with kinks can each be nonzero somewhere, and never together.
 */
export interface PointJudge {
  /** Whether an enclosure at the point excludes zero. */
  excludesZero(algebra: Algebra, form: ExpPolynomial, budget: Budget): boolean;
  /** Whether all functions of the data in `root` that can be enclosed have a value at the point. */
  admits(algebra: Algebra, root: Node): boolean;
}

export interface ZeroJudge {
  /** Judges at different points, to be tried one after the other. */
  readonly points: readonly PointJudge[];
  readonly precise: Precise;
}

/**
 * True only where `form` is proved to be nonzero. Without opaque generators and π, distinct exponents make linearly
 * independent functions over the polynomials, and distinct algebraic numbers independent exponentials (Lindemann and
 * Weierstrass); so any form that is not empty is nonzero.
 */
export function provesNonzero(
  algebra: Algebra,
  form: ExpPolynomial,
  judge: PointJudge,
  budget: Budget,
): boolean {
  if (form.size === 0) return false;
  const independent = (variable: number): boolean => {
    const node = algebra.node(variable);
    return node.kind === "symbol" && node.role !== "constant";
  };
  const settled = [...form.values()].every((term) =>
    [term.exponent, term.coefficient].every((p) =>
      [...p.values()].every(({ monomial }) => monomial.every(([v]) => independent(v))),
    ),
  );
  return settled || isUnit(algebra, form) || judge.excludesZero(algebra, form, budget);
}

/**
 * A single product of symbols, their powers, exponentials and positive counts: none of these is the zero function, nor is
 * their product.
 */
function isUnit(algebra: Algebra, form: ExpPolynomial): boolean {
  const [term] = form.values();
  const [single] = term?.coefficient.values() ?? [];
  if (form.size !== 1 || term?.coefficient.size !== 1 || single === undefined) return false;
  return single.monomial.every(([v]) => {
    const node = algebra.node(v);
    return (
      node.kind === "symbol" ||
      (node.kind === "integer" && leastValue(node.value) >= 1) ||
      (node.kind === "call" && node.name === "pow" && node.args[0]!.kind === "symbol")
    );
  });
}

const BITS = 256;
const POINTS = 6;

/** A judge by interval arithmetic; loads the high-precision library. */
export async function createZeroJudge(): Promise<ZeroJudge> {
  const precise = await openPrecise();
  const at = (point: number): PointJudge => ({
    excludesZero(algebra, form, budget) {
      return precise.scope(BITS, (reals) =>
        rectangles(intervals(reals)).excludesZero(encloseForm(algebra, form, precise, reals, point, budget)),
      );
    },
    admits(_algebra, root) {
      const plain = HAS.parameter | HAS.complex | HAS.fold;
      const calls = postorder(root).filter((node) => node.kind === "call" && (node.has & plain) === 0);
      return precise.scope(BITS, (reals) => {
        const i = intervals(reals);
        return calls.every((node) => {
          const known =
            node.kind === "call" && i.call(node.name, ...node.args.map(() => i.pi())) !== undefined;
          if (!known) return true;
          const { lo, hi } = enclose(node, i, (symbol) => coordinate(symbol, point));
          return reals.isFinite(lo) && reals.isFinite(hi);
        });
      });
    },
  });
  return { points: Array.from({ length: POINTS }, (_, point) => at(point)), precise };
}

/** Terms that are enclosed in one scope, whose numbers are freed after them. */
const CHUNK = 64;
/** The work of one operation on rectangles. */
const OPERATION = 8;

function encloseForm(
  algebra: Algebra,
  form: ExpPolynomial,
  precise: Precise,
  reals: Reals,
  point: number,
  budget: Budget,
): Rectangle {
  const i = intervals(reals);
  const r = rectangles(i);
  const generators = new Map<number, Rectangle>();
  const generator = (variable: number): Rectangle => {
    const known = generators.get(variable);
    if (known !== undefined) return known;
    const node = algebra.node(variable);
    budget.spend(OPERATION * postorder(node).length);
    const made = r.real(enclose(node, i, (symbol) => coordinate(symbol, point)));
    generators.set(variable, made);
    return made;
  };
  const kept = ({ lo, hi }: Interval): Interval => ({ lo: reals.copy(lo), hi: reals.copy(hi) });
  /** The sum of what `item` makes of the entries. */
  function sum<T>(entries: Iterable<T>, item: (entry: T, inner: Intervals) => Rectangle): Rectangle {
    const list = [...entries];
    let total = r.real(i.rational(rational(0)));
    for (let from = 0; from < list.length; from += CHUNK) {
      const before = total;
      total = precise.scope(BITS, (short) => {
        const inner = intervals(short);
        const own = rectangles(inner);
        const part = list.slice(from, from + CHUNK).reduce((t, entry) => {
          budget.spend(OPERATION);
          return own.add(t, item(entry, inner));
        }, before);
        return { re: kept(part.re), im: kept(part.im) };
      });
    }
    return total;
  }
  const polynomial = (p: Polynomial): Rectangle =>
    sum(p.values(), ({ monomial, coefficient }, inner) => {
      budget.spend(2 * OPERATION * monomial.length);
      const own = rectangles(inner);
      return monomial.reduce<Rectangle>(
        (term, [v, k]) => own.multiply(term, own.real(inner.power(generator(v).re, k))),
        { re: inner.rational(coefficient.re), im: inner.rational(coefficient.im) },
      );
    });
  return sum(form.values(), ({ exponent, coefficient }, inner) => {
    const own = rectangles(inner);
    return own.multiply(polynomial(coefficient), own.exp(polynomial(exponent)));
  });
}

/**
 * A fixed generic rational for each symbol and point: positive first, so that logarithms have values, then of any sign.
 * Members at open indices may be the same one: all of a family have one value.
 */
function coordinate(symbol: SymbolNode, point: number): Rational {
  const open = symbol.indices.some((index) => !isLiteral(index));
  const seed = open ? [...symbol.name].reduce((n, c) => (n * 31 + c.codePointAt(0)!) % 9973, 7) : symbol.id;
  const mixed = (BigInt(seed + 1) * 2654435761n + BigInt(point + 1) * 40503n) % 9973n;
  const value = rational(mixed + 997n, 4999n + BigInt(point));
  return point >= POINTS / 2 && mixed % 2n === 0n ? { num: -value.num, den: value.den } : value;
}
