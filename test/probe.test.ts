import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Architecture, flatNames, parameterVariables } from "../src/architecture/architecture.ts";
import { readFormula } from "../src/architecture/formula.ts";
import { findVerdict } from "../src/closure/check.ts";
import { enclosures, exactly } from "../src/closure/fields.ts";
import { exactMinor } from "../src/closure/hankel.ts";
import { jet, type Line } from "../src/closure/jets.ts";
import { lineOf } from "../src/closure/lines.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import {
  confirmDimension,
  type HankelWitness,
  hankelWitness,
  type Probe,
  probe,
} from "../src/closure/probe.ts";
import { createEvaluator } from "../src/closure/verify/evaluate.ts";
import { hankelFault } from "../src/closure/verify/hankel.ts";
import { createBudget, DescentError } from "../src/errors.ts";
import { gaussian, parseRational, type Rational, rational, rationalText } from "../src/exact/rational.ts";
import { differentiate } from "../src/expression/differentiate.ts";
import { enclose } from "../src/expression/enclose.ts";
import type { Node, SymbolNode } from "../src/expression/node.ts";
import { print } from "../src/expression/print.ts";
import { expand } from "../src/expression/substitute.ts";
import { intervals } from "../src/precise/interval.ts";
import { evaluateFunction } from "../src/precise/judge.ts";
import type { Precise } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import { builtinAt, expPolynomialFormula, linear, model } from "./support/architectures.ts";

let judge: ZeroJudge;
let precise: Precise;
beforeAll(async () => {
  judge = await createZeroJudge();
  precise = judge.precise;
});

const budget = () => createBudget({ milliseconds: 60_000, work: 1e9 });
const plain = (given: Architecture): Node => expand(given.algebra, given.model, budget());
const probed = (given: Architecture, order = 8): Probe | undefined =>
  probe(given.algebra, plain(given), { order }, precise, budget());
const bounds = (formula: string, order = 8): (number | undefined)[] => {
  const found = probed(model(formula), order);
  return [found?.linear.bound, found?.rational.bound];
};

const along = (point: Record<string, Rational>, direction: Record<string, Rational>): Line => ({
  point: (symbol) => point[print(symbol)]!,
  direction: (symbol) => direction[print(symbol)]!,
});

describe("jets", () => {
  const coefficients = (formula: string, at: number, order: number): string[] => {
    const { algebra, model: node } = model(formula);
    const line = along({ w: rational(at), x: rational(1) }, { w: rational(1) });
    return jet(algebra, node, line, order, exactly, budget())!.map(({ re }) => rationalText(re));
  };

  test("of rational functions are exact", () => {
    expect(coefficients("1/(1 - w)", 0, 5)).toEqual(["1", "1", "1", "1", "1", "1"]);
    expect(coefficients("w/(1 - w - w^2)", 0, 7)).toEqual(["0", "1", "1", "2", "3", "5", "8", "13"]);
    expect(coefficients("(1 + w)^7", 0, 8)).toEqual(["1", "7", "21", "35", "35", "21", "7", "1", "0"]);
    expect(coefficients("(1 + w)^(-4)", 0, 3)).toEqual(["1", "-4", "10", "-20"]);
    expect(coefficients("w^3 + w^2*x", 0, 4)).toEqual(["0", "0", "1", "1", "0"]);
  });

  test("of functions at 0 are the known series", () => {
    const known: [string, string[]][] = [
      ["exp(w)", ["1", "1", "1/2", "1/6", "1/24", "1/120"]],
      ["tan(w)", ["0", "1", "0", "1/3", "0", "2/15"]],
      ["tanh(w)", ["0", "1", "0", "-1/3", "0", "2/15"]],
      ["log(1 + w)", ["0", "1", "-1/2", "1/3", "-1/4", "1/5"]],
      ["atan(w)", ["0", "1", "0", "-1/3", "0", "1/5"]],
      ["asin(w)", ["0", "1", "0", "1/6", "0", "3/40"]],
      ["lambertw(w)", ["0", "1", "-1", "3/2", "-8/3", "125/24"]],
      ["sigmoid(w)", ["1/2", "1/4", "0", "-1/48", "0", "1/480"]],
      ["besselj(0, w)", ["1", "0", "-1/4", "0", "1/64", "0"]],
      ["cbrt(1 + w)", ["1", "1/3", "-1/9", "5/81", "-10/243", "22/729"]],
      ["sn(w, 1/2)", ["0", "1", "0", "-1/4", "0", "11/160"]],
      ["re(exp(complex(0, w)))", ["1", "0", "-1/2", "0", "1/24", "0"]],
    ];
    const line = along({ w: rational(0), x: rational(1) }, { w: rational(1) });
    for (const [formula, series] of known) {
      const { algebra, model: node } = model(formula);
      precise.scope(300, (r) => {
        const i = intervals(r);
        const found = jet(algebra, node, line, 5, enclosures(precise, r, algebra.primitives), budget())!;
        for (const [k, text] of series.entries()) {
          const [num, den] = text.split("/").map(BigInt);
          const exact = i.rational(rational(num!, den ?? 1n));
          const off = i.subtract(found[k]!.re, exact);
          expect(i.definitelyNonzero(off), `${formula} ${k}`).toBe(false);
          expect(r.toNumber(i.width(off)), `${formula} ${k}`).toBeLessThan(1e-60);
        }
      });
    }
  });

  test("agree with repeated differentiation, along lines in several parameters", () => {
    const formulas =
      "tanh(a*x + b)|erf(a*b*x)|gelu(a*x)|silu(b*x)/(2 + a)|mish(a*x + b)|softplus(a)*b^x|erfc(a)*acos(b/8)|asinh(a*x)*cosh(b)|" +
      "atanh(a/8)^2|acosh(2 + a)|sqrt(a + b*x)|exp(-(x - a)^2/(2*b^2))|atan(a/b)|lambertw(a*x)|besselj(2, a*x)|sn(a, 1/3)*cn(b, 1/2)*dn(a*b, 2/3)|" +
      "log(a)^3/b|cos(sin(a*x) + b)|re(exp(complex(a, b*x))/complex(a, 1))|cbrt(a)^(-5)";
    let compared = 0;
    for (const formula of formulas.split("|")) {
      const given = model(formula);
      const { algebra } = given;
      const line = lineOf(0, 0);
      const speeds = parameterVariables(given).map(({ name, variable }) => ({
        variable,
        speed: line.direction(algebra.symbol(name, "parameter") as SymbolNode),
      }));
      precise.scope(400, (r) => {
        const i = intervals(r);
        const found = jet(
          algebra,
          given.model,
          line,
          4,
          enclosures(precise, r, algebra.primitives),
          budget(),
        )!;
        let derivative = given.model;
        for (let k = 0, factorial = 1; k <= 4; k++, factorial *= k) {
          // One coefficient of order 0 needs no series: it is the value of the derivative.
          const value = jet(
            algebra,
            derivative,
            line,
            0,
            enclosures(precise, r, algebra.primitives),
            budget(),
          )!;
          const off = i.subtract(i.multiply(found[k]!.re, i.rational(rational(factorial))), value[0]!.re);
          expect(i.definitelyNonzero(off), `${formula} ${k}`).toBe(false);
          expect(r.toNumber(i.width(off)), `${formula} ${k}`).toBeLessThan(1e-50);
          if (!/[scd]n\(|complex/.test(formula)) {
            const other = enclose(derivative, i, line.point);
            expect(i.definitelyNonzero(i.subtract(value[0]!.re, other)), `${formula} ${k}`).toBe(false);
          }
          const parts = speeds.map(({ variable, speed }) =>
            algebra.scale(speed, differentiate(algebra, derivative, variable, budget())),
          );
          derivative = algebra.add(...parts);
          compared++;
        }
      });
    }
    expect(compared).toBe(100);
  });

  test("are absent where there is none", () => {
    const absent = (formula: string, w: number) => {
      const { algebra, model: node } = model(formula);
      const line = along({ w: rational(w), x: rational(1) }, { w: rational(1) });
      precise.scope(200, (r) => {
        const arithmetic = enclosures(precise, r, algebra.primitives);
        expect(jet(algebra, node, line, 3, arithmetic, budget()), formula).toBeUndefined();
      });
      expect(jet(algebra, node, line, 3, exactly, budget()), formula).toBeUndefined();
    };
    absent("1/w", 0);
    absent("log(w)", -1);
    absent("sqrt(w)", 0);
    absent("relu(w)", 1);
    absent("gamma(w)", 1);
    absent("exp(exp(exp(w)))", 100);
    absent("sum(w^k, k, 1, n)", 1);
  });
});

describe("the probe", () => {
  test.each([
    ["a", 2, 2],
    ["a*x + b + 3", 2, 2],
    ["(w0 + w1*x)^3", 4, 4],
    ["a*b*c*(d + 1)^2", 6, 6],
    ["x^2", 1, 1],
    ["x*(w^2 - 1)/(w - 1)", 2, 2],
  ])("polynomials have rank degree + 1, exactly: %s", (formula, linear, along_) => {
    const found = probed(model(formula))!;
    expect(found).toMatchObject({
      bits: undefined,
      linear: { bound: linear, rank: linear, inconclusive: false },
      rational: { bound: along_, rank: along_, inconclusive: false },
    });
  });

  test.each([
    ["a*exp(k*x)", 2],
    ["exp(k*x)", 1],
    ["exp(k*x + p)*3 + 1", 2],
    ["A*exp(a*x)*cos(w*x + p)", 4],
    ["a*cosh(w*x) + b*sinh(w*x)", 4],
    ["a1*exp(k1*x) + a2*exp(k2*x) + a3*b3*exp(k3*x)", 7],
    ["sin(w)^2 + cos(w)^2", 1],
    ["re(a*exp(complex(k*x, w*x + p)))", 4],
    ["(exp(a*x) + exp(b*x))^2", 3],
  ])(
    "exponential polynomials have the rank of their dimension, and are not rational: %s",
    (formula, dimension) => {
      const found = probed(model(formula), 10)!;
      expect(found.linear).toMatchObject({ bound: dimension, rank: undefined, inconclusive: false });
      expect(found.rational.inconclusive).toBe(formula !== "sin(w)^2 + cos(w)^2");
    },
  );

  test("AION: four for an atom, and for more ranks and dimensions no more than the certificate says", () => {
    const dimensions = [
      [{ r: 1, d: 1, P: 1 }, 4, 4],
      [{ r: 1, d: 1, P: 2 }, 8, 8],
      // A1·A2 of three dimensions times cos·cos of four, or the real part of one exponential.
      [{ r: 1, d: 2, P: 1 }, 12, 6],
    ] as const;
    for (const [kind, name] of ["aion", "aion-complex"].entries()) {
      for (const [sizes, ...ranks] of dimensions) {
        const given = builtinAt(name, sizes);
        const rank = ranks[kind]!;
        const found = probed(given, 13)!;
        expect(found.linear.bound, name).toBe(rank);
        const certificate = linear(findVerdict(given, judge, budget()));
        expect(Number(certificate!.dimension)).toBeGreaterThanOrEqual(rank);
        confirmDimension(Number(certificate!.dimension), found);
      }
    }
  });

  test.each(
    (
      "tanh(w*x)|a*exp(-(x - c)^2/(2*s^2))|1/(1 + exp(w))|erf(w*x)|gelu(w*x)|mish(w*x)|log(w*x)|sqrt(a + x)|besselj(0, w*x)|" +
      "sn(w*x, 1/3)|lambertw(w)|asin(w*x)|acosh(w*x)|atan(a/b)|exp(exp(w*x))|a^x*w^a|log(-w)*b"
    ).split("|"),
  )("has full rank at every order for %s, and says that this is inconclusive", (formula) => {
    for (const order of [3, 12]) {
      const found = probed(model(formula), order)!;
      expect(found.linear).toMatchObject({ bound: order, inconclusive: true });
      expect(found.rational).toMatchObject({ bound: order, inconclusive: true });
      expect(found.linear.statement).toBe(
        `no linear closure of dimension below ${order}; rank ${order} is full, which says nothing about larger orders`,
      );
    }
  });

  test("rational functions have no linear closure, and their own rank along a line", () => {
    expect(bounds("1/(1 + a*x)")).toEqual([8, 1]);
    expect(bounds("(a + b*x)/(1 + c^2)")).toEqual([8, 2]);
    expect(bounds("a^5/(1 + c*x)")).toEqual([8, 6]);
    expect(bounds("(w*x)^(-3)")).toEqual([8, 3]);
  });

  test("data with kinks and narrow domains, huge numbers", () => {
    expect(bounds("relu(x - 1)*exp(a*x)")).toEqual([1, 8]);
    expect(bounds("sqrt(x - 3)*a + log(-x + 9)*exp(b)")).toEqual([3, 8]);
    expect(bounds("a^100000000*x")).toEqual([8, 8]);
    expect(bounds("exp(10000000*w)")).toEqual([1, 8]);
    // The square of the value is beyond the largest number.
    expect(bounds("exp(1000000000*w)")).toEqual([1, 1]);
    expect(bounds(`a*${"9".repeat(300)} + b/${"7".repeat(300)}`)).toEqual([2, 2]);
    expect(probed(model("relu(w*x)"))).toBeUndefined();
    expect(probed(model("a/(x - x^2 + x^2 - x + sqrt(-1 - x^2))"))).toBeUndefined();
    expect(() => probed(model("a"), 0)).toThrow(DescentError);
    expect(() => probed(model("a"), 1.5)).toThrow("accepted: 1 to 24");
    expect(() => probed(model("a"), Number.NaN)).toThrow(DescentError);
  });

  test("its determinants enclose the exact ones", () => {
    const { algebra, model: node } = model("1/(1 + a*x) + b^3");
    const found = probe(algebra, node, { order: 5 }, precise, budget())!;
    const line = lineOf(0, 0);
    let factorial = 1n;
    const values = jet(algebra, node, line, 8, exactly, budget())!.map(({ re }, k) => {
      if (k > 0) factorial *= BigInt(k);
      return rational(re.num * factorial, re.den);
    });
    const { determinant, bound } = exactMinor(values, budget())!;
    expect(bound).toBe(5);
    const [lo, hi] = found.linear.determinant.map(parseRational);
    const exact = determinant.num;
    expect(lo!.num * determinant.den <= exact * lo!.den).toBe(true);
    expect(exact * hi!.den <= hi!.num * determinant.den).toBe(true);
  });

  test("a budget ends it", () => {
    const { algebra, model: node } = model("tanh(w*x)");
    expect(() => probe(algebra, node, {}, precise, createBudget({ work: 50 }))).toThrow("limit of 50 units");
  });

  test("no certificate of a linear closure claims less than it measures, and a forged one is caught", () => {
    let closed = 0;
    let forged = 0;
    fc.assert(
      fc.property(expPolynomialFormula, (formula) => {
        const given = model(formula);
        const certificate = linear(findVerdict(given, judge, budget()));
        if (certificate === undefined || certificate.kind !== "linear-closure") return;
        const found = probed(given, 10);
        if (found === undefined) return;
        confirmDimension(Number(certificate.dimension), found);
        closed++;
        if (found.linear.bound > 0) {
          forged++;
          expect(() => confirmDimension(found.linear.bound - 1, found)).toThrow(DescentError);
        }
      }),
      { numRuns: 30, seed: 11 },
    );
    expect(closed).toBeGreaterThan(25);
    expect(forged).toBeGreaterThan(20);
  });

  test("a contradiction is an internal error with both numbers", () => {
    const found = probed(model("A*exp(a*x)*cos(w*x + p)"))!;
    confirmDimension(4, found);
    let caught: unknown;
    try {
      confirmDimension(3, found);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({
      code: "internal",
      message: "a linear closure of dimension 3 is claimed, and the rank of a Hankel matrix is 4 at least",
    });
  });
});

describe("the witness", () => {
  const witnessOf = (given: Architecture, order: number): HankelWitness | undefined =>
    hankelWitness(given.algebra, plain(given), order, precise, budget());
  const faultOf = (given: Architecture, witness: HankelWitness) => {
    const own = new Set(flatNames(given.parameters).map((name) => name.replace(/\[.*$/, "")));
    return hankelFault(
      witness,
      readFormula(print(given.model)),
      (name) => own.has(name),
      createEvaluator(precise, budget()),
      precise,
    );
  };

  test.each(
    (
      "tanh(w*x)|a*exp(-(x - c)^2/(2*s^2))|1/(1 + a*x)|erf(w*x)|gelu(w*x)|airyai(w*x)|besselj(1, w*x)|sn(w*x, 1/3)|lambertw(w*x)|gamma(w*x)|" +
      "sqrt(a + x)|acosh(w*x)|exp(erf(w))|sum(v[k]*tanh(w[k]*x + b[k]), k, 1, 2)|relu(x - 1)*tanh(w)|exp(exp(w*x))|" +
      "re(exp(complex(0, a*x))/complex(x, a))"
    ).split("|"),
  )("is found and re-checked: %s", (formula) => {
    const given = model(formula);
    for (const order of [1, 3, 6]) {
      const witness = witnessOf(given, order)!;
      expect(witness.statement).toBe(`no linear closure of dimension below ${order}`);
      expect(faultOf(given, witness)).toBeUndefined();
    }
  });

  test("has a determinant that readers of numbers accept", () => {
    const given = model("exp(exp(exp(w*x)))");
    const found = [2, 4, 6, 8].flatMap((order) => witnessOf(given, order) ?? []);
    expect(found.length).toBeGreaterThan(0);
    for (const witness of found) expect(faultOf(given, witness)).toBeUndefined();
  });

  test("exists up to the dimension of a linear closure, and not beyond", () => {
    for (const [formula, dimension] of [
      ["a*exp(k*x)", 2],
      ["A*exp(a*x)*cos(w*x + p)", 4],
      ["(w0 + w1*x)^3", 4],
    ] as const) {
      const given = model(formula);
      const witness = witnessOf(given, dimension)!;
      expect(faultOf(given, witness)).toBeUndefined();
      expect(witnessOf(given, dimension + 1)).toBeUndefined();
      const statement = `no linear closure of dimension below ${dimension + 1}`;
      expect(faultOf(given, { ...witness, order: dimension + 1, statement })).toMatchObject({
        entry: "determinant",
        reason: "it is not told from zero",
      });
    }
  });

  test("that is changed anywhere is rejected", () => {
    const given = model("a*tanh(w*x)");
    const witness = witnessOf(given, 4)!;
    expect(faultOf(given, witness)).toBeUndefined();
    const [lo, hi] = witness.determinant;
    const changes: [string, Partial<HankelWitness>][] = [
      ["order", { order: 0 }],
      ["order", { order: 2.5 }],
      ["order", { order: Number.NaN }],
      ["order", { order: 1e9 }],
      ["statement", { order: 5 }],
      ["statement", { statement: "no closure" }],
      ["point", { point: { w: "1/2", x: "1" } }],
      ["point.a", { point: { ...witness.point, a: "1/0" } }],
      ["point.a", { point: { ...witness.point, a: "1e9" } }],
      ["determinant", { point: { ...witness.point, a: "3/7" } }],
      ["direction.x", { direction: { ...witness.direction, x: "1" } }],
      ["determinant", { direction: {} }],
      ["determinant", { direction: { ...witness.direction, w: "5/7" } }],
      ["determinant", { determinant: [hi, lo] }],
      ["determinant", { determinant: [lo.replace(/\d/, "9"), lo.replace(/\d/, "9")] }],
      ["determinant", { determinant: ["NaN", "NaN"] }],
      ["determinant", { determinant: ["1", "2"] }],
    ];
    for (const [entry, change] of changes) {
      expect(faultOf(given, { ...witness, ...change }), JSON.stringify(change)).toMatchObject({ entry });
    }
    const dimension2 = model("a*exp(w*x)");
    expect(faultOf(dimension2, witness)).toMatchObject({ entry: "determinant" });
    const pole = model("a/(w - w)".replace("w - w", `w - ${witness.point.w}`));
    expect(faultOf(pole, witness)).toMatchObject({
      entry: "point",
      reason: "the model has no value at step 0",
    });
  });

  test("never exists beyond a certificate's dimension", () => {
    let tried = 0;
    fc.assert(
      fc.property(expPolynomialFormula, (formula) => {
        const given = model(formula);
        const certificate = linear(findVerdict(given, judge, budget()));
        if (certificate === undefined || Number(certificate.dimension) > 8) return;
        tried++;
        expect(witnessOf(given, Number(certificate.dimension) + 1)).toBeUndefined();
      }),
      { numRuns: 60, seed: 3 },
    );
    expect(tried).toBeGreaterThan(20);
  });
});

test("exact and enclosed jets agree", () => {
  const { algebra, model: node } = model("(a + b*x)^5/(1 + c^2) - a*b^(-4)");
  const line = lineOf(1, 0);
  const exact = jet(algebra, node, line, 10, exactly, budget())!;
  precise.scope(300, (r) => {
    const i = intervals(r);
    const enclosed = jet(algebra, node, line, 10, enclosures(precise, r, algebra.primitives), budget())!;
    for (const [k, { re }] of exact.entries()) {
      expect(i.definitelyNonzero(i.subtract(enclosed[k]!.re, i.rational(re)))).toBe(false);
    }
  });
  expect(exact.every(({ im }) => im.num === 0n)).toBe(true);
  expect(exact[0]).not.toEqual(gaussian(rational(0)));
});

test("wide enclosures of sn, cn and dn contain every value inside", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("sn", "cn", "dn"),
      fc.integer({ min: -3000, max: 3000 }),
      fc.integer({ min: 0, max: 990 }),
      fc.tuple(fc.constantFrom(0, 1, 30), fc.constantFrom(0, 1, 30)),
      fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })),
      (name, u, m, [spread, spreadOfM], [p, q]) => {
        precise.scope(200, (r) => {
          const i = intervals(r);
          const between = (at: number, by: number, part: number) =>
            rational(8000 * at + part * by, 8_000_000);
          const wide = (at: number, by: number) => {
            const [lo, hi] = [i.rational(between(at, by, 0)), i.rational(between(at, by, 8))];
            return { re: { lo: lo.lo, hi: hi.hi } };
          };
          const [found] = enclosures(precise, r, primitives).within((field) => [
            field.call(name, [wide(u, spread), wide(m, spreadOfM)]),
          ]);
          const inside = [between(u, spread, p), between(m, spreadOfM, q)].map((value) =>
            r.at(400).rational(value),
          );
          expect(i.contains(found!.re, evaluateFunction(r, name, inside)!)).toBe(true);
        });
      },
    ),
    { numRuns: 300, seed: 2 },
  );
});

test("no value is not a value", () => {
  precise.scope(100, (r) => {
    const { within } = enclosures(precise, r, primitives);
    const of = (n: number, d = 1) => gaussian(rational(n, d));
    const attempts: [string, (f: Parameters<Parameters<typeof within>[0]>[0]) => unknown][] = [
      ["0/0", (f) => f.divide(f.number(of(0)), f.number(of(0)))],
      ["0^-1", (f) => f.power(f.number(of(0)), -1)],
      ["log", (f) => f.call("log", [f.number(of(-1))])],
      ["beyond the numbers", (f) => f.power(f.number(of(10)), 2 ** 31 - 1)],
      ["sn at m = 2", (f) => f.call("sn", [f.number(of(1)), f.number(of(2))])],
      ["log of i", (f) => f.call("log", [f.number(gaussian(rational(0), rational(1)))])],
      ["no such function", (f) => f.call("nosuch", [f.number(of(1))])],
    ];
    for (const [what, attempt] of attempts) {
      expect(() => within((f) => [attempt(f) as never]), what).toThrow("has no value here");
    }
  });
  expect(() =>
    exactly.within((f) => [f.divide(f.number(gaussian(rational(1))), f.number(gaussian(rational(0))))]),
  ).toThrow("has no value here");
  expect(() => exactly.within((f) => [f.power(f.number(gaussian(rational(3))), 1e6)])).toThrow(
    "a long number",
  );
});
