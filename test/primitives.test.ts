import { beforeAll, describe, expect, test } from "vitest";
import { createAlgebra } from "../src/expression/algebra.ts";
import { instantiateTerm, partial } from "../src/expression/differentiate.ts";
import type { Node, SymbolNode } from "../src/expression/node.ts";
import { print } from "../src/expression/print.ts";
import { evaluateFunction } from "../src/precise/judge.ts";
import { mathjsEvaluateComplex } from "../src/precise/mathjs.ts";
import { openPrecise, type Precise, type Real, type Reals } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import { seededRandom } from "../src/solve/start.ts";
import { evaluate } from "./support/reals.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const BITS = 300;
const algebra = createAlgebra(primitives);
const symbols = ["u", "v"].map((name) => algebra.symbol(name, "input")) as SymbolNode[];

/** Arguments inside of each function's domain, as fractions of 997. */
const RANGES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  log: [[0.01, 9]],
  log1p: [[-0.95, 9]],
  sqrt: [[0.01, 9]],
  asin: [[-0.95, 0.95]],
  acos: [[-0.95, 0.95]],
  atanh: [[-0.95, 0.95]],
  acosh: [[1.05, 9]],
  tan: [[-1.5, 1.5]],
  lambertw: [[-0.3, 9]],
  gamma: [[0.1, 6]],
  lgamma: [[0.1, 6]],
  zeta: [[1.2, 6]],
  pow: [
    [0.2, 4],
    [2, 5],
  ],
  besselj: [
    [0, 4],
    [-6, 6],
  ],
  leaky_relu: [
    [-4, 4],
    [0.01, 0.5],
  ],
  sn: [
    [-2, 2],
    [0.05, 0.9],
  ],
  cn: [
    [-2, 2],
    [0.05, 0.9],
  ],
  dn: [
    [-2, 2],
    [0.05, 0.9],
  ],
};
/** Whose first or second argument must be an integer. */
const WHOLE: Readonly<Record<string, number>> = { besselj: 0, pow: 1 };

const rows = [...primitives.values()];

function points(name: string, count: number): number[][] {
  const random = seededRandom(name.length * 131 + name.charCodeAt(0));
  const arity =
    primitives.get(name)!.arity[1] === Number.POSITIVE_INFINITY ? 2 : primitives.get(name)!.arity[1];
  return Array.from({ length: count }, () =>
    Array.from({ length: Math.min(arity, 2) }, (_, k) => {
      const [lo, hi] = RANGES[name]?.[k] ?? [-5, 5];
      const value = lo + (hi - lo) * random();
      return WHOLE[name] === k ? Math.round(value) : Math.round(value * 997) / 997;
    }),
  );
}

const valuesAt = (values: readonly Real[]) => (s: SymbolNode) => values[s.name === "u" ? 0 : 1]!;

function value(r: Reals, name: string, args: readonly Real[]): Real {
  const found = evaluateFunction(r, name, args);
  if (found === null) throw new Error(`${name} has no value`);
  return found;
}

/** (h(u + t) − h(u − t))/(2t), its error about t² of the third derivative. */
function difference(r: Reals, name: string, args: readonly Real[], at: number): Real {
  const t = r.number(2 ** -60);
  const moved = (sign: "add" | "sub"): Real =>
    value(
      r,
      name,
      args.map((a, k) => (k === at ? r.binary(sign, a, t) : a)),
    );
  return r.div(r.sub(moved("add"), moved("sub")), r.mul(r.number(2), t));
}

const derivatives = rows.flatMap(({ name, derivatives: list }) =>
  (list ?? []).flatMap((term, k) => (term === null || WHOLE[name] === k ? [] : [{ name, k }])),
);

describe("the derivatives of every row", () => {
  test("all analytic functions whose derivative the language can write have one", () => {
    const without = rows.filter((row) => row.derivatives === undefined).map((row) => row.name);
    expect(without.sort()).toEqual(
      "abs airyai ceil delta elu floor gamma leaky_relu lgamma max min relu round sign zeta".split(" "),
    );
  });

  test.each(derivatives)("$name by argument $k is the limit of difference quotients", ({ name, k }) => {
    const arity = primitives.get(name)!.arity[1];
    const node = partial(algebra, name, symbols.slice(0, arity), k);
    for (const at of points(name, 40)) {
      precise.scope(BITS, (r) => {
        const args = at.map((a) => r.number(a));
        const found = evaluate(node, r, valuesAt(args)).value;
        const error = r.toNumber(r.abs(r.sub(found, difference(r, name, args, k))));
        // t² = 2^-120 times a third derivative; near the ends of the domains that grows.
        expect(error).toBeLessThan(1e-25 * (1 + Math.abs(r.toNumber(found))));
      });
    }
  });
});

describe("the elementary form of every row", () => {
  const elementary = rows.flatMap(({ name, elementary: term }) =>
    term === undefined ? [] : [{ name, term }],
  );
  test.each(elementary)("$name", ({ name, term }) => {
    const node: Node = instantiateTerm(algebra, term, { u: symbols[0]!, v: symbols[1]! });
    const formula = print(node);
    for (const at of points(name, 40)) {
      const [u = 0, v = 0] = at;
      const found = mathjsEvaluateComplex(formula, { u, v });
      const exact = precise.scope(BITS, (r) =>
        r.toNumber(
          value(
            r,
            name,
            at.map((a) => r.number(a)),
          ),
        ),
      );
      expect(Math.abs(found.re - exact)).toBeLessThan(1e-11 * (1 + Math.abs(exact)));
      expect(Math.abs(found.im)).toBeLessThan(1e-11);
    }
  });
});
