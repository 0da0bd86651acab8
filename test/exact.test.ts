import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Budget, createBudget, DescentError } from "../src/errors.ts";
import * as M from "../src/exact/matrix.ts";
import * as P from "../src/exact/polynomial.ts";
import type { Gaussian, Rational } from "../src/exact/rational.ts";
import * as R from "../src/exact/rational.ts";

const budget = (): Budget => createBudget();
const seed = { seed: 20260, numRuns: 100 };

const arbRational = fc
  .tuple(fc.bigInt({ min: -30n, max: 30n }), fc.bigInt({ min: 1n, max: 12n }))
  .map(([n, d]) => R.rational(n, d));
const arbGaussian = fc.oneof(
  arbRational.map((re) => R.gaussian(re)),
  fc.tuple(arbRational, arbRational).map(([re, im]) => R.gaussian(re, im)),
);
const nonzero = arbGaussian.filter((c) => !R.gIsZero(c));

const arbMonomial = (least: number): fc.Arbitrary<P.Monomial> =>
  fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: least, max: 3 })), { maxLength: 3 });
const sum = (parts: readonly P.Polynomial[]): P.Polynomial => parts.reduce(P.add, P.zero);
const polynomialFrom = (least: number): fc.Arbitrary<P.Polynomial> =>
  fc
    .array(fc.tuple(arbMonomial(least), arbGaussian), { maxLength: 5 })
    .map((terms) => sum(terms.map(([m, c]) => P.monomial(m, c))));
const laurent = polynomialFrom(-2);
const ordinary = polynomialFrom(0);
const point = fc.array(nonzero, { minLength: 4, maxLength: 4 });
const times = (a: P.Polynomial, b: P.Polynomial): P.Polynomial => P.multiply(a, b, budget());
const same = (a: P.Polynomial, b: P.Polynomial): void => expect(P.key(a)).toBe(P.key(b));
const value = (p: P.Polynomial, at: readonly Gaussian[]): Gaussian => P.evaluate(p, (v) => at[v]!);

/** What the representation promises of every polynomial. */
function wellFormed(p: P.Polynomial): void {
  for (const [key, { monomial, coefficient }] of p) {
    expect(key).toBe(P.monomialKey(monomial));
    expect(R.gIsZero(coefficient)).toBe(false);
    monomial.forEach(([v, k], i) => {
      expect(k).not.toBe(0);
      if (i > 0) expect(monomial[i - 1]![0]).toBeLessThan(v);
    });
    for (const { num, den } of [coefficient.re, coefficient.im]) {
      expect(den > 0n && R.gcd(num, den) === 1n).toBe(true);
    }
  }
}

describe("rationals", () => {
  const decimal = fc.record({
    sign: fc.constantFrom("", "+", "-"),
    whole: fc.stringMatching(/^\d{1,25}$/),
    fraction: fc.option(fc.stringMatching(/^\d{0,25}$/), { nil: undefined }),
    exponent: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
  });
  type Decimal = typeof decimal extends fc.Arbitrary<infer T> ? T : never;
  const written = ({ sign, whole, fraction, exponent }: Decimal): string =>
    `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`;

  test("a literal is its digits times a power of ten", () => {
    fc.assert(
      fc.property(decimal, (d) => {
        const read = R.parseRational(written(d));
        const digits = BigInt(d.whole + (d.fraction ?? "")) * (d.sign === "-" ? -1n : 1n);
        const power = (d.exponent ?? 0) - (d.fraction ?? "").length;
        const [up, down] = power >= 0 ? [10n ** BigInt(power), 1n] : [1n, 10n ** BigInt(-power)];
        expect(read.num * down).toBe(digits * up * read.den);
        expect(read.den > 0n && R.gcd(read.num, read.den) === 1n).toBe(true);
      }),
      seed,
    );
  });

  test.each(["", ".", "-", "e5", "1e", "1.2.3", "0x10", " 1", "1\n", "NaN", "Infinity", "1_000", "１"])(
    "%j is refused as a literal",
    (text) => {
      expect(() => R.parseRational(text)).toThrow(DescentError);
    },
  );

  test("a literal that is too long is refused before it is expanded", () => {
    for (const text of ["1e4001", "1e-4001", "1e99999999999999999999", "1".repeat(4001)]) {
      expect(() => R.parseRational(text)).toThrow(/is too long/);
    }
    expect(R.parseRational("1e4000").num).toBe(10n ** 4000n);
  });

  const nearestOf = (text: string): void => {
    const got = R.toNumber(R.parseRational(text));
    // A rational has no negative zero of its own.
    const expected = Number(text);
    if (/[1-9]/.test(text.split(/e/i)[0]!)) expect(got, text).toBe(expected);
    else expect(got, text).toBe(0);
  };

  test("toNumber rounds as the reader of literals does", () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: -380, max: 380 }), (d, exponent) => {
        nearestOf(written({ ...d, exponent }));
        nearestOf(written(d));
      }),
      { ...seed, numRuns: 1000 },
    );
  });

  const HALVES = ["5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072011e-308"];
  const ENDS = [
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623159e308",
    "1e309",
    "1e-4000",
  ];
  test.each([...HALVES, ...ENDS, "9007199254740993", "9007199254740995", "-0.1", "1e23", "8.5e22"])(
    "toNumber of %s",
    (text) => nearestOf(text),
  );

  test("toNumber gives every double back, and takes ties between neighbours to the even one", () => {
    const view = new DataView(new ArrayBuffer(8));
    const double = (bits: bigint): number => {
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    };
    /** A finite positive double from its bits. */
    const exactly = (bits: bigint): Rational => {
      const [exponent, fraction] = [Number(bits >> 52n), bits & (2n ** 52n - 1n)];
      const significand = R.rational(exponent === 0 ? fraction : fraction + 2n ** 52n);
      return R.multiply(significand, R.power(R.rational(2), Math.max(exponent, 1) - 1075));
    };
    const last = 0x7fefffffffffffffn;
    const anyBits = fc.oneof(fc.bigInt({ min: 1n, max: last }), fc.bigInt({ min: 1n, max: 2n ** 53n }));
    const check = (bits: bigint): void => {
      const x = exactly(bits);
      expect(R.toNumber(x)).toBe(double(bits));
      expect(R.toNumber(R.negate(x))).toBe(-double(bits));
      // One step past the largest double is 2^1024, whose bit pattern is that of infinity.
      const middle = R.multiply(R.add(x, exactly(bits + 1n)), R.HALF);
      const tiny = R.power(R.rational(10), -400);
      expect(R.toNumber(middle)).toBe(double(bits + (bits & 1n)));
      expect(R.toNumber(R.subtract(middle, tiny))).toBe(double(bits));
      expect(R.toNumber(R.add(middle, tiny))).toBe(double(bits + 1n));
    };
    for (let exponent = 0n; exponent < 2047n; exponent += 3n) check((exponent << 52n) | 1n);
    for (const bits of [1n, 2n ** 52n - 1n, 2n ** 52n, last]) check(bits);
    fc.assert(fc.property(anyBits, check), seed);
    expect(R.toNumber(R.power(R.rational(2), -1075))).toBe(0);
    expect(Object.is(R.toNumber(R.negate(R.power(R.rational(2), -1075))), -0)).toBe(true);
    expect(Object.is(R.toNumber(R.ZERO), 0)).toBe(true);
  });

  test("Gaussian rationals form a field", () => {
    fc.assert(
      fc.property(arbGaussian, arbGaussian, nonzero, (a, b, c) => {
        const eq = (x: Gaussian, y: Gaussian): void => expect(R.gKey(x)).toBe(R.gKey(y));
        eq(R.gMultiply(a, R.gAdd(b, c)), R.gAdd(R.gMultiply(a, b), R.gMultiply(a, c)));
        eq(R.gMultiply(R.gMultiply(a, c), R.gInverse(c)), a);
        eq(R.gMultiply(R.gPower(c, 5), R.gPower(c, -3)), R.gMultiply(c, c));
        eq(R.gConjugate(R.gMultiply(a, b)), R.gMultiply(R.gConjugate(a), R.gConjugate(b)));
      }),
      seed,
    );
  });

  test("gGcd divides both, scales with them, and stays the same for Euclid's step", () => {
    const whole = (a: Gaussian): boolean => a.re.den === 1n && a.im.den === 1n;
    fc.assert(
      fc.property(nonzero, arbGaussian, nonzero, (a, b, c) => {
        const g = R.gGcd(a, b);
        expect(g.re.num > 0n && g.im.num >= 0n).toBe(true);
        expect(whole(R.gMultiply(a, R.gInverse(g))) && whole(R.gMultiply(b, R.gInverse(g)))).toBe(true);
        expect(R.gKey(R.gGcd(b, R.gAdd(a, R.gMultiply(R.gaussian(R.ONE, R.ONE), b))))).toBe(R.gKey(g));
        const product = R.gMultiply(c, g);
        const scaled = R.gGcd(R.gMultiply(c, a), R.gMultiply(c, b));
        expect(R.gKey(scaled)).toBe(R.gKey(R.gMultiply(product, R.gUnit(product))));
      }),
      seed,
    );
  });

  test("bitLength is the length of the binary text", () => {
    fc.assert(
      fc.property(fc.bigInt(), (n) => {
        expect(R.bitLength(n)).toBe(n === 0n ? 0 : (n < 0n ? -n : n).toString(2).length);
      }),
      seed,
    );
  });
});

describe("floats are refused", () => {
  const half = { num: 0.5 as unknown as bigint, den: 1n };
  test.each<[string, () => unknown]>([
    ["a rational", () => R.rational(0.5)],
    ["a rational beyond 2^53", () => R.rational(2 ** 53)],
    ["NaN", () => R.rational(Number.NaN)],
    ["a fractional power", () => R.power(R.HALF, 0.5)],
    ["a fractional power of a Gaussian", () => R.gPower(R.G_I, 0.5)],
    ["a fractional power of a polynomial", () => P.power(P.variable(0), 0.5, budget())],
    ["a fractional exponent", () => P.monomial([[0, 0.5]])],
    ["a variable that is no integer", () => P.variable(0.5)],
    ["a negative variable", () => P.variable(-1)],
    ["an exponent that overflows", () => P.multiplyMonomials([[0, 2 ** 53 - 1]], [[0, 1]])],
    ["a float in an integer matrix", () => M.rank(M.INTEGERS, [[0.5 as unknown as bigint]], budget())],
    ["a float in a rational matrix", () => M.rank(M.RATIONALS, [[half]], budget())],
    ["a float in a Gaussian matrix", () => M.rank(M.GAUSSIANS, [[R.gaussian(R.ONE, half)]], budget())],
  ])("%s", (_, make) => {
    expect(make).toThrow(DescentError);
  });
});

describe("polynomials", () => {
  test("form a commutative ring, in canonical form", () => {
    fc.assert(
      fc.property(laurent, laurent, laurent, (a, b, c) => {
        for (const p of [a, P.add(a, b), times(a, b), P.negate(a)]) wellFormed(p);
        same(P.add(a, b), P.add(b, a));
        same(P.add(P.add(a, b), c), P.add(a, P.add(b, c)));
        same(times(a, b), times(b, a));
        same(times(times(a, b), c), times(a, times(b, c)));
        same(times(a, P.add(b, c)), P.add(times(a, b), times(a, c)));
        same(times(a, P.one), a);
        expect(P.isZero(P.subtract(a, a))).toBe(true);
        expect(P.equal(a, b)).toBe(P.isZero(P.subtract(a, b)));
      }),
      seed,
    );
  });

  test("evaluation is a homomorphism", () => {
    fc.assert(
      fc.property(laurent, laurent, arbGaussian, point, (a, b, c, at) => {
        const eq = (p: P.Polynomial, x: Gaussian): void => expect(R.gKey(value(p, at))).toBe(R.gKey(x));
        eq(P.add(a, b), R.gAdd(value(a, at), value(b, at)));
        eq(times(a, b), R.gMultiply(value(a, at), value(b, at)));
        eq(P.scale(a, c), R.gMultiply(c, value(a, at)));
        eq(P.power(a, 3, budget()), R.gPower(value(a, at), 3));
      }),
      seed,
    );
  });

  test("powers are products, and negative ones invert a single term", () => {
    fc.assert(
      fc.property(laurent, fc.nat({ max: 4 }), fc.nat({ max: 3 }), (p, m, n) => {
        const power = (k: number): P.Polynomial => P.power(p, k, budget());
        same(power(m + n), times(power(m), power(n)));
        if (p.size === 1) same(times(power(m), power(-m)), P.one);
        else expect(() => power(-1)).toThrow(DescentError);
      }),
      seed,
    );
    expect(P.power(sum([0, 1, 2].map(P.variable).concat(P.one)), 9, budget()).size).toBe(220);
  });

  test("the derivative is linear, obeys Leibniz's rule, and commutes", () => {
    fc.assert(
      fc.property(laurent, laurent, (a, b) => {
        const d = (p: P.Polynomial): P.Polynomial => P.derivative(p, 1);
        wellFormed(d(a));
        same(d(P.variable(1)), P.one);
        same(d(P.variable(2)), P.zero);
        same(d(P.add(a, b)), P.add(d(a), d(b)));
        same(d(times(a, b)), P.add(times(d(a), b), times(a, d(b))));
        same(P.derivative(d(a), 2), d(P.derivative(a, 2)));
      }),
      seed,
    );
  });

  test("degrees add up in products", () => {
    fc.assert(
      fc.property(laurent, laurent, (a, b) => {
        const some = new Set([0, 2]);
        expect(P.totalDegree(times(a, b))).toBe(P.totalDegree(a) + P.totalDegree(b));
        expect(P.degreeIn(times(a, b), some)).toBe(P.degreeIn(a, some) + P.degreeIn(b, some));
        expect(P.degreeIn(a, new Set([0, 1, 2, 3]))).toBe(P.totalDegree(a));
      }),
      seed,
    );
    expect(P.totalDegree(P.zero)).toBe(-Infinity);
  });

  test("substitution evaluates as composition", () => {
    fc.assert(
      fc.property(ordinary, laurent, point, (p, q, at) => {
        const composed = P.substitute(p, 1, q, budget());
        wellFormed(composed);
        const inner = value(q, at);
        const outer = P.evaluate(p, (v) => (v === 1 ? inner : at[v]!));
        expect(R.gKey(value(composed, at))).toBe(R.gKey(outer));
      }),
      seed,
    );
  });

  test("a unit can take the place of a variable with negative exponents", () => {
    fc.assert(
      fc.property(laurent, arbMonomial(-2), nonzero, point, (p, m, c, at) => {
        const q = P.monomial(m, c);
        const outer = P.evaluate(p, (v) => (v === 1 ? value(q, at) : at[v]!));
        expect(R.gKey(value(P.substitute(p, 1, q, budget()), at))).toBe(R.gKey(outer));
      }),
      seed,
    );
    const sumOfTwo = P.add(P.variable(0), P.one);
    expect(() => P.substitute(P.monomial([[1, -1]]), 1, sumOfTwo, budget())).toThrow(DescentError);
  });

  test("coefficients in some variables are free of them and rebuild the polynomial", () => {
    fc.assert(
      fc.property(laurent, (p) => {
        const own = new Set([1, 3]);
        const groups = [...P.coefficientsIn(p, own)];
        for (const [key, { monomial, coefficient }] of groups) {
          wellFormed(coefficient);
          expect(key).toBe(P.monomialKey(monomial));
          expect(monomial.every(([v]) => own.has(v))).toBe(true);
          expect(P.isZero(coefficient)).toBe(false);
          expect([...coefficient.values()].every((t) => t.monomial.every(([v]) => !own.has(v)))).toBe(true);
        }
        same(sum(groups.map(([, g]) => times(P.monomial(g.monomial), g.coefficient))), p);
      }),
      seed,
    );
  });

  test("conjugation is a ring map of order two, and stops at a variable without conjugate", () => {
    const swap = (v: number): number => [1, 0, 2, 3][v]!;
    fc.assert(
      fc.property(laurent, laurent, (a, b) => {
        const bar = (p: P.Polynomial): P.Polynomial => P.conjugate(p, swap)!;
        wellFormed(bar(a));
        same(bar(bar(a)), a);
        same(bar(times(a, b)), times(bar(a), bar(b)));
        same(P.conjugate(a, (v) => v)!, P.conjugate(a));
        const holds = [...a.values()].some((t) => t.monomial.some(([v]) => v === 2));
        expect(P.conjugate(a, (v) => (v === 2 ? undefined : v)) === undefined).toBe(holds);
      }),
      seed,
    );
    // Two variables with one image may cancel.
    const difference = P.subtract(P.variable(0), P.variable(1));
    expect(P.isZero(P.conjugate(difference, () => 2)!)).toBe(true);
  });

  test("the order of terms does not depend on how a polynomial was made, and multiplies through", () => {
    fc.assert(
      fc.property(laurent, laurent, arbMonomial(-2), nonzero, (a, b, m, c) => {
        const shown = (p: P.Polynomial): string =>
          P.terms(p)
            .map((t) => P.monomialKey(t.monomial))
            .join();
        expect(shown(P.add(a, b))).toBe(shown(P.add(b, a)));
        const [by] = P.monomial(m, c).values();
        const shifted = P.terms(a).map((t) => P.monomialKey(P.multiplyMonomials(t.monomial, by!.monomial)));
        expect(shown(times(a, P.monomial(m, c)))).toBe(shifted.join());
      }),
      seed,
    );
    const p = P.power(sum([P.variable(2), P.variable(5), P.one]), 2, budget());
    const keys = P.terms(p).map((t) => P.monomialKey(t.monomial));
    expect(keys).toEqual(["", "2^1", "5^1", "2^2", "2^1 5^1", "5^2"]);
  });

  test("content times primitive part is the polynomial; numbers and monomials leave the part as it is", () => {
    fc.assert(
      fc.property(laurent, arbMonomial(-2), nonzero, (p, m, c) => {
        const { factor, monomial, primitive } = P.content(p);
        same(times(P.monomial(monomial, factor), primitive), p);
        const coefficients = [...primitive.values()].map((t) => t.coefficient);
        expect(coefficients.every((x) => x.re.den === 1n && x.im.den === 1n)).toBe(true);
        if (!P.isZero(p)) expect(R.gKey(coefficients.reduce(R.gGcd, R.G_ZERO))).toBe("1");
        same(P.content(times(p, P.monomial(m, c))).primitive, primitive);
      }),
      seed,
    );
  });

  test("a product divides by its factors", () => {
    const divides = (a: P.Polynomial, b: P.Polynomial): void => {
      if (P.isZero(b)) return;
      const quotient = P.divideExact(times(a, b), b, budget());
      expect(quotient).toBeDefined();
      same(quotient!, a);
    };
    fc.assert(fc.property(ordinary, ordinary, divides), seed);
    // A Laurent product may lose its negative powers: only where b keeps them are the units known.
    fc.assert(
      fc.property(laurent, ordinary, (a, b) => {
        const unit = P.monomial([0, 1, 2, 3].map((v): P.Power => [v, -9]));
        divides(times(a, unit), times(b, unit));
      }),
      seed,
    );
  });

  test("a sparse dividend may have a dense quotient", () => {
    const geometric = (v: number, n: number): P.Polynomial =>
      sum(Array.from({ length: n }, (_, k) => P.monomial([[v, k]])));
    const difference = (v: number, n: number): P.Polynomial => P.subtract(P.monomial([[v, n]]), P.one);
    const all = (factor: (v: number) => P.Polynomial): P.Polynomial => [0, 1, 2].map(factor).reduce(times);
    const quotient = P.divideExact(
      all((v) => difference(v, 5 + v)),
      all((v) => difference(v, 1)),
      budget(),
    );
    same(
      quotient!,
      all((v) => geometric(v, 5 + v)),
    );
  });

  test("what does not divide is refused", () => {
    const [x, y] = [P.variable(0), P.variable(1)];
    const plus = (p: P.Polynomial, n: number): P.Polynomial =>
      P.add(p, P.constant(R.gaussian(R.rational(n))));
    expect(P.divideExact(plus(x, 1), x, budget())).toBeUndefined();
    expect(P.divideExact(times(x, x), plus(x, 1), budget())).toBeUndefined();
    expect(P.divideExact(plus(times(x, y), 1), P.add(x, y), budget())).toBeUndefined();
    expect(() => P.divideExact(x, P.zero, budget())).toThrow(DescentError);
    const inverse = P.monomial([[0, -1]]);
    same(P.divideExact(plus(inverse, 1), inverse, budget())!, plus(x, 1));
    fc.assert(
      fc.property(ordinary, ordinary, nonzero, (a, b, c) => {
        if (P.totalDegree(b) < 1) return;
        expect(P.divideExact(P.add(times(a, b), P.constant(c)), b, budget())).toBeUndefined();
      }),
      seed,
    );
  });

  test("expansions end with the budget", () => {
    const p = sum([0, 1, 2, 3, 4, 5].map(P.variable));
    const small = (): Budget => createBudget({ work: 1000 });
    for (const make of [
      () => P.power(p, 50, small()),
      () => P.power(P.constant(R.gaussian(R.rational(3))), 1e9, small()),
      () => P.power(P.constant(R.gaussian(R.HALF)), -1e9, small()),
      () => P.substitute(P.monomial([[9, 40]]), 9, p, small()),
      () =>
        P.divideExact(P.subtract(P.monomial([[0, 9999]]), P.one), P.subtract(P.variable(0), P.one), small()),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "budget" }));
    }
    same(P.power(P.constant(R.G_I), 1e9 + 2, small()), P.constant(R.gaussian(R.MINUS_ONE)));
  });
});

/** Gauss–Jordan elimination with fractions, for comparison: the reduced rows, their pivots, the determinant. */
function naive(matrix: M.Matrix<Gaussian>, columns: number) {
  const rows = matrix.map((row) => [...row]);
  const pivots: number[] = [];
  let determinant = R.G_ONE;
  for (let column = 0; column < columns; column++) {
    const k = pivots.length;
    const at = rows.findIndex((row, i) => i >= k && !R.gIsZero(row[column]!));
    if (at < 0) continue;
    if (at !== k) determinant = R.gNegate(determinant);
    [rows[k], rows[at]] = [rows[at]!, rows[k]!];
    const pivot = rows[k]![column]!;
    determinant = R.gMultiply(determinant, pivot);
    const lead = rows[k]!.map((entry) => R.gMultiply(entry, R.gInverse(pivot)));
    rows.forEach((row, i) => {
      const factor = R.gNegate(row[column]!);
      rows[i] = i === k ? lead : row.map((entry, j) => R.gAdd(entry, R.gMultiply(factor, lead[j]!)));
    });
    pivots.push(column);
  }
  return { rows, pivots, determinant: pivots.length === matrix.length ? determinant : R.G_ZERO };
}

const dot = (a: readonly Gaussian[], b: readonly Gaussian[]): Gaussian =>
  a.reduce((total, x, i) => R.gAdd(total, R.gMultiply(x, b[i]!)), R.G_ZERO);
const product = (a: M.Matrix<Gaussian>, b: M.Matrix<Gaussian>): M.Matrix<Gaussian> =>
  a.map((row) =>
    b[0]!.map((_, j) =>
      dot(
        row,
        b.map((r) => r[j]!),
      ),
    ),
  );
const keys = (row: readonly Gaussian[]): string[] => row.map(R.gKey);

const table = <T>(entry: fc.Arbitrary<T>, rows: number, columns: number): fc.Arbitrary<T[][]> =>
  fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
const size = fc.integer({ min: 1, max: 5 });
const square = size.chain((n) => fc.tuple(table(arbGaussian, n, n), table(arbGaussian, n, n)));
/** Products of thin factors, so that every rank occurs. */
const rectangle = fc
  .tuple(size, size, size)
  .chain(([m, r, n]) => fc.tuple(table(arbGaussian, m, r), table(arbGaussian, r, n)))
  .map(([a, b]) => product(a, b));

describe("matrices", () => {
  test("the determinant multiplies", () => {
    const det = (m: M.Matrix<Gaussian>): Gaussian => M.determinant(M.GAUSSIANS, m, budget());
    fc.assert(
      fc.property(square, ([a, b]) => {
        expect(R.gKey(det(product(a, b)))).toBe(R.gKey(R.gMultiply(det(a), det(b))));
      }),
      seed,
    );
    expect(R.gKey(det([]))).toBe("1");
  });

  test("rank and determinant agree with elimination by fractions", () => {
    fc.assert(
      fc.property(rectangle, (m) => {
        const columns = m[0]!.length;
        const expected = naive(m, columns);
        expect(M.rank(M.GAUSSIANS, m, budget())).toBe(expected.pivots.length);
        if (m.length !== columns) return;
        expect(R.gKey(M.determinant(M.GAUSSIANS, m, budget()))).toBe(R.gKey(expected.determinant));
      }),
      seed,
    );
  });

  test("solve finds what elimination by fractions finds, or that there is nothing", () => {
    fc.assert(
      fc.property(
        rectangle,
        fc.array(arbGaussian, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        (m, v, hit) => {
          const columns = m[0]!.length;
          const right = m.map((row, i) => (hit ? dot(row, v) : v[i]!));
          const { rows, pivots } = naive(
            m.map((row, i) => [...row, right[i]!]),
            columns,
          );
          const solvable = rows.slice(pivots.length).every((row) => R.gIsZero(row[columns]!));
          const x = M.solve(M.GAUSSIANS, m, right, budget());
          expect(x !== undefined).toBe(solvable);
          if (hit) expect(solvable).toBe(true);
          if (x === undefined) return;
          expect(keys(m.map((row) => dot(row, x)))).toEqual(keys(right));
          const expected = m[0]!.map(() => R.G_ZERO);
          pivots.forEach((column, i) => void (expected[column] = rows[i]![columns]!));
          expect(keys(x)).toEqual(keys(expected));
        },
      ),
      seed,
    );
  });

  test("the null space is mapped to zero and has the dimension of the theorem", () => {
    fc.assert(
      fc.property(rectangle, (m) => {
        const basis = M.nullspace(M.GAUSSIANS, m, budget());
        for (const x of basis) expect(m.every((row) => R.gIsZero(dot(row, x)))).toBe(true);
        expect(basis.length).toBe(m[0]!.length - naive(m, m[0]!.length).pivots.length);
        expect(M.rank(M.GAUSSIANS, basis, budget())).toBe(basis.length);
      }),
      seed,
    );
    expect(M.nullspace(M.RATIONALS, [], budget(), 2)).toEqual([
      [R.ONE, R.ZERO],
      [R.ZERO, R.ONE],
    ]);
  });

  test("integers, rationals and Gaussians agree where they overlap", () => {
    const integers = size.chain((n) => table(fc.bigInt({ min: -4n, max: 4n }), n, n));
    fc.assert(
      fc.property(integers, arbRational, (m, c) => {
        const rational = m.map((row) => row.map((a) => R.rational(a)));
        const complex = rational.map((row) => row.map((a) => R.gaussian(a)));
        const det = M.determinant(M.INTEGERS, m, budget());
        expect(det.den).toBe(1n);
        expect(M.determinant(M.RATIONALS, rational, budget())).toEqual(det);
        expect(M.determinant(M.GAUSSIANS, complex, budget())).toEqual(R.gaussian(det));
        const scaled = rational.map((row) => row.map((a) => R.multiply(a, c)));
        expect(M.determinant(M.RATIONALS, scaled, budget())).toEqual(R.multiply(det, R.power(c, m.length)));
        const right = m.map((_, i) => BigInt(i + 1));
        const byRationals = M.solve(
          M.RATIONALS,
          rational,
          right.map((a) => R.rational(a)),
          budget(),
        );
        expect(M.solve(M.INTEGERS, m, right, budget())).toEqual(byRationals);
        const kernel = M.nullspace(M.RATIONALS, rational, budget());
        expect(M.nullspace(M.INTEGERS, m, budget())).toEqual(kernel);
      }),
      seed,
    );
  });

  test("the Hilbert matrix of order 12 inverts to integers", () => {
    const hilbert = M.hankel(Array.from({ length: 23 }, (_, k) => R.rational(1, k + 1)));
    expect([hilbert.length, hilbert[0]!.length]).toEqual([12, 12]);
    const unit = hilbert.map((_, i) => R.rational(i === 0 ? 1 : 0));
    const column = M.solve(M.RATIONALS, hilbert, unit, budget())!;
    expect(column.every(R.isInteger)).toBe(true);
    expect(column[0]).toEqual(R.rational(144));
  });

  test("a Hankel matrix of a linear recurrence has the rank of its order", () => {
    const fibonacci = [1n, 1n];
    while (fibonacci.length < 12) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
    const h = M.hankel(fibonacci);
    expect([h.length, h[0]!.length]).toEqual([6, 7]);
    expect(h).toEqual(h.map((row, i) => row.map((_, j) => fibonacci[i + j]!)));
    expect(M.rank(M.INTEGERS, h, budget())).toBe(2);
    expect(M.hankel(fibonacci, 3).map((row) => row.length)).toEqual([10, 10, 10]);
  });

  test("products of polynomial matrices evaluate to products, and a matrix commutes with its square", () => {
    const arbTable = table(polynomialFrom(-1), 2, 2);
    fc.assert(
      fc.property(arbTable, arbTable, point, (a, b, at) => {
        const values = (m: M.Matrix<P.Polynomial>): Gaussian[][] => m.map((r) => r.map((p) => value(p, at)));
        const ab = M.multiplyMatrices(a, b, budget());
        expect(values(ab).map(keys)).toEqual(product(values(a), values(b)).map(keys));
        const aa = M.multiplyMatrices(a, a, budget());
        const nothing = a.map((row) => row.map(() => P.zero));
        expect(M.equalMatrices(M.commutator(a, aa, budget()), nothing)).toBe(true);
        const ba = M.multiplyMatrices(b, a, budget());
        expect(M.equalMatrices(M.commutator(a, b, budget()), nothing)).toBe(M.equalMatrices(ab, ba));
      }),
      { ...seed, numRuns: 40 },
    );
  });

  test.each<[string, () => unknown]>([
    ["ragged rows", () => M.rank(M.INTEGERS, [[1n], [1n, 2n]], budget())],
    ["a determinant that is not square", () => M.determinant(M.INTEGERS, [[1n, 2n]], budget())],
    ["too few right sides", () => M.solve(M.INTEGERS, [[1n]], [], budget())],
    ["columns that are not there", () => M.nullspace(M.INTEGERS, [[1n]], budget(), 2)],
    ["a Hankel matrix of nothing", () => M.hankel([])],
    ["a product that does not fit", () => M.multiplyMatrices([[P.one, P.one]], [[P.one]], budget())],
    ["a commutator that does not fit", () => M.commutator([[P.one]], [[P.one, P.one]], budget())],
  ])("%s: refused", (_, make) => {
    expect(make).toThrow(DescentError);
  });

  test("elimination ends with the budget", () => {
    const m = Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (_, j) => BigInt(i * j + 1)));
    expect(() => M.rank(M.INTEGERS, m, createBudget({ work: 300 }))).toThrow(
      expect.objectContaining({ code: "budget" }),
    );
  });
});
