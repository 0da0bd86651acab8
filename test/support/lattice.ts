/** Loss, gradient and Hessian of the squared loss over a lattice, summed datum by datum in many digits. */
import { type Architecture, memberName, members, parameterVariables } from "../../src/architecture/architecture.ts";
import { createBudget } from "../../src/errors.ts";
import { differentiate } from "../../src/expression/differentiate.ts";
import type { Node, SymbolNode } from "../../src/expression/node.ts";
import { expand } from "../../src/expression/substitute.ts";
import type { Precise, Real, Reals } from "../../src/precise/mpfr.ts";
import type { LatticeData, LatticeValues } from "../../src/resummation/lattice/evaluate.ts";
import { evaluate } from "./reals.ts";

const BITS = 220;

/** Entries of one result: value in two doubles, and the sum of the absolute terms. */
export interface Sums {
  readonly hi: Float64Array;
  readonly lo: Float64Array;
  readonly magnitude: Float64Array;
}

/** f − y, its derivatives by the parameters, and the second ones for b ≤ a. */
export function derivativeNodes(given: Architecture) {
  const { algebra } = given;
  const budget = createBudget({ milliseconds: 60_000 });
  const f = expand(algebra, given.model, budget);
  const variables = parameterVariables(given).map((p) => p.variable);
  const slopes = variables.map((v) => differentiate(algebra, f, v, budget));
  const second = slopes.map((s, a) =>
    variables.slice(0, a + 1).map((v) => differentiate(algebra, s, v, budget)),
  );
  return { residual: algebra.subtract(f, algebra.symbol("y", "target")), slopes, second };
}

/** The loss (at 0), F_a (from 1 on), H_ab for b ≤ a (after those, row by row). */
export function directSums(precise: Precise, given: Architecture, data: LatticeData): Sums {
  const { residual, slopes, second } = derivativeNodes(given);
  const m = slopes.length;
  const length = 1 + m + (m * (m + 1)) / 2;
  const [hi, lo, magnitude] = [0, 1, 2].map(() => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const place = new Map(parameterVariables(given).map((p, k) => [p.name, k]));
  const inputs = new Map(
    given.inputs
      .flatMap((f) => members(f).map((tuple) => memberName(f.name, tuple)))
      .map((name, k) => [name, k]),
  );
  const { start, step, count } = data.lattice;
  const CHUNK = 32;
  for (let from = 0; from < data.y.length; from += CHUNK) {
    precise.scope(BITS, (r) => {
      const total: Real[] = [];
      for (let k = 0; k < length; k++) total.push(r.binary("add", r.number(hi[k]!), r.number(lo[k]!)));
      const shifted = Array.from({ length: m }, (_, k) =>
        r.binary("add", r.number(data.theta[k]!), r.number(data.delta[k]!)),
      );
      for (let n = from; n < Math.min(from + CHUNK, data.y.length); n++) {
        let rest = n;
        const x: Real[] = [];
        for (let i = count.length - 1; i >= 0; i--) {
          const at = rest % count[i]!;
          rest = Math.floor(rest / count[i]!);
          x[i] = r.binary("add", r.number(start[i]!), r.binary("mul", r.number(at), r.number(step[i]!)));
        }
        const value = (s: SymbolNode): Real => {
          if (s.role === "target") return r.number(data.y[n]!);
          const name = memberName(
            s.name,
            s.indices.map((index) => index.constant),
          );
          return s.role === "input" ? x[inputs.get(name)!]! : shifted[place.get(name)!]!;
        };
        addDatum(r, value, total);
      }
      total.forEach((t, k) => {
        hi[k] = r.toNumber(t);
        lo[k] = r.toNumber(r.binary("sub", t, r.number(hi[k]!)));
      });
    });
  }
  return { hi, lo, magnitude };

  function addDatum(r: Reals, value: (s: SymbolNode) => Real, total: Real[]): void {
    const memo = new Map<Node, { value: Real; magnitude: number }>();
    const at = (node: Node) => {
      const known = memo.get(node);
      if (known !== undefined) return known;
      const found = evaluate(node, r, value);
      const made = { value: found.value, magnitude: r.toNumber(found.magnitude) };
      memo.set(node, made);
      return made;
    };
    let k = 0;
    const put = (item: Real, size: number): void => {
      total[k] = r.binary("add", total[k]!, item);
      magnitude[k] = magnitude[k]! + size;
      k++;
    };
    const e = at(residual);
    put(r.binary("mul", r.number(0.5), r.binary("mul", e.value, e.value)), 0.5 * e.magnitude ** 2);
    for (const slope of slopes) put(r.binary("mul", e.value, at(slope).value), e.magnitude * at(slope).magnitude);
    second.forEach((row, a) => {
      row.forEach((node, b) => {
        const [u, v, w] = [at(slopes[a]!), at(slopes[b]!), at(node)];
        const item = r.binary("add", r.binary("mul", u.value, v.value), r.binary("mul", e.value, w.value));
        put(item, u.magnitude * v.magnitude + e.magnitude * w.magnitude);
      });
    });
  }
}

/** The largest error of the entries, as a share of the sum of their absolute terms; also the name of the entry. */
export function largestError(sums: Sums, got: LatticeValues): { error: number; entry: string } {
  const m = got.gradient.length;
  let worst = { error: 0, entry: "" };
  let k = 0;
  const compare = (value: number, entry: string): void => {
    const difference = Math.abs(value - sums.hi[k]! - sums.lo[k]!);
    const size = sums.magnitude[k]!;
    const error = difference === 0 ? 0 : difference / size;
    if (!(error <= worst.error)) worst = { error, entry };
    k++;
  };
  compare(got.loss, "loss");
  got.gradient.forEach((v, a) => {
    compare(v, `F[${a}]`);
  });
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      if (got.hessian[a * m + b] !== got.hessian[b * m + a]) return { error: Number.NaN, entry: "asymmetry" };
      compare(got.hessian[a * m + b]!, `H[${a},${b}]`);
    }
  }
  return worst;
}
