import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Budget, createBudget } from "../src/errors.ts";
import * as F from "../src/exact/fraction.ts";
import * as G from "../src/exact/gcd.ts";
import * as modular from "../src/exact/modular.ts";
import * as P from "../src/exact/polynomial.ts";
import * as R from "../src/exact/rational.ts";
import * as S from "../src/exact/subresultant.ts";

const budget = (): Budget => createBudget({ milliseconds: 30_000, work: 200_000_000 });
const seed = { seed: 20261, numRuns: 100 };

const n = (value: number): R.Gaussian => R.gaussian(R.rational(value));
const num = (value: number): P.Polynomial => P.constant(n(value));
const sum = (...all: readonly P.Polynomial[]): P.Polynomial => all.reduce(P.add, P.zero);
const times = (...all: readonly P.Polynomial[]): P.Polynomial =>
  all.reduce((a, b) => P.multiply(a, b, budget()), P.one);
const pow = (p: P.Polynomial, k: number): P.Polynomial => P.power(p, k, budget());
const gcd = (a: P.Polynomial, b: P.Polynomial): P.Polynomial => G.gcd(a, b, budget());
const same = (a: P.Polynomial, b: P.Polynomial): void => expect(P.key(a)).toBe(P.key(b));
const [x, y, z, w] = [0, 1, 2, 3].map(P.variable) as [P.Polynomial, P.Polynomial, P.Polynomial, P.Polynomial];
const i = P.constant(R.G_I);

const small = fc
  .tuple(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: 1n, max: 4n }))
  .map(([a, b]) => R.rational(a, b));
const arbGaussian = fc.oneof(
  small.map((re) => R.gaussian(re)),
  fc.tuple(small, small).map(([re, im]) => R.gaussian(re, im)),
);
const arbPolynomial = (variables: number, most = 4, degree = 3): fc.Arbitrary<P.Polynomial> =>
  fc
    .array(
      fc.tuple(
        fc.array(fc.tuple(fc.nat({ max: variables - 1 }), fc.nat({ max: degree })), { maxLength: 3 }),
        arbGaussian,
      ),
      { maxLength: most },
    )
    .map((terms) => sum(...terms.map(([m, c]) => P.monomial(m, c))));
const polynomial = arbPolynomial(3);
const nonzero = polynomial.filter((p) => !P.isZero(p));

/** Canonical: nothing is left for `content` but the common monomial. */
function isCanonical(p: P.Polynomial): void {
  expect(P.isZero(p) || R.gIsOne(P.content(p).factor)).toBe(true);
}

/** A dense polynomial of a total degree in the first variables, with coefficients of a linear congruential sequence. */
function dense(variables: number, degree: number, from: number): P.Polynomial {
  const terms: P.Polynomial[] = [];
  let state = from;
  const visit = (v: number, left: number, m: readonly P.Power[]): void => {
    if (v === variables) {
      state = (state * 1103515245 + 12345) % 2147483648;
      terms.push(P.monomial(m, n((state % 199) - 99)));
      return;
    }
    for (let k = 0; k <= left; k++) visit(v + 1, left - k, [...m, [v, k]]);
  };
  visit(0, degree, []);
  return sum(...terms);
}

describe("arithmetic modulo primes", () => {
  test("products and inverses agree with big integers at the top of the range", () => {
    const { p, i: root } = modular.homomorphismBelow(modular.PRIME_BOUND);
    expect(p % 4).toBe(1);
    expect(modular.multiplyMod(root, root, p)).toBe(p - 1);
    const residue = fc.oneof(
      fc.integer({ min: 1, max: p - 1 }),
      fc.integer({ min: 1, max: 9 }).map((k) => p - k),
    );
    fc.assert(
      fc.property(residue, residue, (a, b) => {
        expect(BigInt(modular.multiplyMod(a, b, p))).toBe((BigInt(a) * BigInt(b)) % BigInt(p));
        expect(modular.multiplyMod(a, modular.inverseMod(a, p), p)).toBe(1);
      }),
      { ...seed, numRuns: 1000 },
    );
  });
});

describe("greatest common divisors", () => {
  test("gcd(a·g, b·g) is divisible by g and divides both, and its cofactors are coprime", () => {
    fc.assert(
      fc.property(nonzero, nonzero, nonzero, (a, b, g) => {
        const [ag, bg] = [times(a, g), times(b, g)];
        const found = G.cofactors(ag, bg, budget());
        isCanonical(found.gcd);
        expect(P.divideExact(found.gcd, g, budget())).toBeDefined();
        same(times(found.gcd, found.left), ag);
        same(times(found.gcd, found.right), bg);
        same(gcd(found.left, found.right), P.one);
        same(gcd(bg, ag), found.gcd);
      }),
      { ...seed, numRuns: 300 },
    );
  });

  test("subresultants agree", () => {
    const little = arbPolynomial(3, 3, 2);
    fc.assert(
      fc.property(little, little, little, (a, b, g) => {
        const [ag, bg] = [times(a, g), times(b, g)];
        same(S.subresultantGcd(ag, bg, budget()), gcd(ag, bg));
      }),
      seed,
    );
  });

  test("in six variables; renaming variables and scaling change nothing else", () => {
    const wide = arbPolynomial(6, 6, 2).filter((p) => !P.isZero(p));
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6, maxLength: 6 });
    const scalar = arbGaussian.filter((c) => !R.gIsZero(c));
    fc.assert(
      fc.property(wide, wide, wide, order, scalar, (a, b, g, to, c) => {
        const renamed = (p: P.Polynomial): P.Polynomial =>
          sum(
            ...P.terms(p).map((t) =>
              P.monomial(
                t.monomial.map(([v, k]): P.Power => [to[v]!, k]),
                t.coefficient,
              ),
            ),
          );
        const [ag, bg] = [times(a, g), times(b, g)];
        const found = gcd(ag, bg);
        expect(P.divideExact(found, g, budget())).toBeDefined();
        same(gcd(renamed(ag), renamed(bg)), S.normal(renamed(found)));
        same(gcd(P.scale(ag, c), bg), found);
      }),
      seed,
    );
  });

  test("zeros, constants and monomials", () => {
    same(gcd(P.zero, P.zero), P.zero);
    const p = sum(times(num(-4), x, y), times(num(6), x));
    same(gcd(p, P.zero), sum(times(num(3), x), times(num(-2), x, y)));
    same(gcd(P.zero, p), gcd(p, P.zero));
    same(gcd(num(6), num(4)), P.one);
    same(gcd(num(6), P.zero), P.one);
    same(gcd(p, num(2)), P.one);
    same(gcd(p, P.monomial([[0, 3]])), x);
    same(gcd(P.monomial([[9, 10]]), P.monomial([[9, 7]])), P.monomial([[9, 7]]));
    same(G.gcdOfAll([], budget()), P.zero);
    expect(G.cofactors(P.zero, P.zero, budget())).toEqual({ gcd: P.zero, left: P.zero, right: P.zero });
  });

  test("Gaussian factors and units", () => {
    const [plus, minus] = [sum(x, times(i, y)), sum(x, times(num(-1), i, y))];
    same(gcd(sum(pow(x, 2), pow(y, 2)), pow(plus, 3)), plus);
    same(gcd(sum(pow(x, 2), pow(y, 2)), pow(minus, 3)), minus);
    for (const unit of [num(1), num(-1), i, times(i, num(-1))]) {
      same(gcd(times(unit, plus, z), times(plus, sum(z, P.one))), plus);
    }
    const odd = P.constant(R.gaussian(R.rational(3), R.rational(-5)));
    same(gcd(times(odd, plus, sum(z, w)), times(pow(odd, 4), minus, sum(z, w))), sum(z, w));
  });

  test.each<[string, P.Polynomial, P.Polynomial, P.Polynomial]>([
    [
      "dense of degree 8 in 3 variables",
      times(dense(3, 4, 1), dense(3, 4, 2)),
      times(dense(3, 4, 3), dense(3, 4, 2)),
      dense(3, 4, 2),
    ],
    ["dense and coprime", dense(3, 8, 4), dense(3, 8, 5), P.one],
    [
      "x^300 − 1 and x^210 − 1",
      sum(pow(x, 300), num(-1)),
      sum(pow(x, 210), num(-1)),
      sum(pow(x, 30), num(-1)),
    ],
    [
      "high multiplicities",
      times(pow(sum(x, y), 10), pow(sum(x, times(num(-1), y)), 7)),
      times(pow(sum(x, y), 6), pow(sum(x, times(num(-1), y)), 9)),
      times(pow(sum(x, y), 6), pow(sum(x, times(num(-1), y)), 7)),
    ],
    [
      "coefficients of 120 digits",
      times(sum(times(num(7), x), P.constant(R.gaussian(R.rational(10n ** 120n + 1n)))), sum(x, y)),
      times(sum(times(num(7), x), P.constant(R.gaussian(R.rational(10n ** 120n + 1n)))), sum(y, num(2))),
      sum(times(num(7), x), P.constant(R.gaussian(R.rational(10n ** 120n + 1n)))),
    ],
    [
      "contents in many variables",
      times(sum(x, P.one), dense(8, 1, 6), sum(z, w)),
      times(sum(y, P.one), dense(8, 1, 6), sum(z, w)),
      times(dense(8, 1, 6), sum(z, w)),
    ],
    [
      "no variable is monic",
      times(sum(times(x, y, z), times(x, y), z, num(1)), sum(times(y, z), x), sum(times(x, z), y, num(2))),
      times(sum(times(x, y, z), times(x, y), z, num(1)), sum(times(y, z), x), sum(times(x, y), z, num(3))),
      times(sum(times(x, y, z), times(x, y), z, num(1)), sum(times(y, z), x)),
    ],
    [
      "x^n − y^n",
      sum(P.monomial([[0, 60]]), P.monomial([[1, 60]], n(-1))),
      sum(P.monomial([[0, 42]]), P.monomial([[1, 42]], n(-1))),
      sum(P.monomial([[0, 6]]), P.monomial([[1, 6]], n(-1))),
    ],
  ])("%s", (_, a, b, g) => {
    same(gcd(a, b), S.normal(g));
  });

  test("coefficients that vanish modulo the first primes", () => {
    const primes: number[] = [];
    let bound = modular.PRIME_BOUND - 4096;
    for (let k = 0; k < 4; k++) primes.push((bound = modular.homomorphismBelow(bound).p));
    const q = primes.reduce((all, p) => P.scale(all, n(p)), P.one);
    const g = sum(times(q, x, x), times(x, y), times(q, z), P.one);
    same(gcd(times(g, sum(x, z)), times(g, sum(times(q, y), num(3)))), S.normal(g));
    same(gcd(sum(times(q, x), P.one), sum(times(q, y), P.one)), P.one);
  });

  test("one candidate is enough where subresultants run out of work", () => {
    const generic = (from: number, by: P.Polynomial): P.Polynomial =>
      sum(
        ...P.terms(dense(4, 4, from))
          .filter((t) => t.monomial.every(([, k]) => k === 1))
          .map((t) => times(by, P.monomial(t.monomial, t.coefficient))),
        P.one,
      );
    // With coefficients of 40 digits one prime is not enough.
    const long = P.constant(R.gaussian(R.rational(10n ** 40n + 9n), R.rational(7)));
    for (const by of [P.one, long]) {
      const [g, a, b] = [generic(1, by), generic(2, P.one), generic(3, P.one)];
      const work = (): Budget => createBudget({ work: 20_000 });
      same(G.gcd(times(a, g), times(b, g), work()), S.normal(g));
      expect(() => S.subresultantGcd(times(a, g), times(b, g), work())).toThrow(
        expect.objectContaining({ code: "budget" }),
      );
    }
  });

  test("negative exponents are refused", () => {
    for (const make of [
      () => gcd(P.monomial([[0, -1]]), x),
      () => gcd(x, P.monomial([[0, -1]])),
      () => gcd(P.zero, P.monomial([[0, -1]])),
      () => S.resultant(x, sum(P.monomial([[0, -1]]), x), 0, budget()),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "internal" }));
    }
  });

  test("every route ends with the budget", () => {
    const tiny = (): Budget => createBudget({ work: 300 });
    const [a, b] = [times(dense(3, 4, 1), dense(3, 2, 2)), times(dense(3, 4, 3), dense(3, 2, 2))];
    const tall = (k: number): P.Polynomial => sum(P.monomial([[0, k]]), y, P.one);
    for (const make of [
      () => G.gcd(a, b, tiny()),
      () => G.lcm(a, b, tiny()),
      () => G.squarefree(a, tiny()),
      () => S.subresultantGcd(a, b, tiny()),
      () => S.resultant(a, b, 0, tiny()),
      () => G.gcd(tall(1e9), tall(1e9 - 1), createBudget()),
      () => G.gcd(tall(1e15), tall(1e15 - 1), createBudget()),
      () => S.resultant(tall(1e12), tall(1e12 - 1), 0, createBudget()),
      () => F.add(F.fraction(x, a, budget()), F.fraction(y, b, budget()), tiny()),
      () => F.power(F.fraction(x, a, budget()), 50, tiny()),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "budget" }));
    }
  });
});

describe("multiples, squarefree factors, resultants", () => {
  test("gcd · lcm is the product up to a number", () => {
    fc.assert(
      fc.property(nonzero, nonzero, (a, b) => {
        const least = G.lcm(a, b, budget());
        isCanonical(least);
        same(S.normal(times(gcd(a, b), least)), S.normal(times(a, b)));
      }),
      seed,
    );
    same(G.lcm(x, P.zero, budget()), P.zero);
  });

  test("squarefree factors are squarefree, coprime, and multiply to the polynomial", () => {
    const little = arbPolynomial(3, 3, 1).filter((p) => !P.isZero(p));
    fc.assert(
      fc.property(little, little, little, (a, b, c) => {
        const p = times(a, pow(b, 2), pow(c, 3));
        const factors = G.squarefree(p, budget());
        same(S.normal(times(...factors.map(([f, k]) => pow(f, k)))), S.normal(p));
        factors.forEach(([f, k], at) => {
          isCanonical(f);
          for (const [g] of factors.slice(at + 1)) same(gcd(f, g), P.one);
          if (at > 0) expect(k).toBeGreaterThan(factors[at - 1]![1]);
          const slopes = [0, 1, 2].map((v) => P.derivative(f, v));
          same(G.gcdOfAll([f, ...slopes], budget()), P.one);
        });
      }),
      { ...seed, numRuns: 60 },
    );
    expect(G.squarefree(P.zero, budget())).toEqual([]);
    expect(G.squarefree(num(5), budget())).toEqual([]);
  });

  test("resultants are multiplicative, and vanish exactly where there is a common factor", () => {
    const little = arbPolynomial(2, 3, 2).filter((p) => !P.isZero(p));
    const degree = (p: P.Polynomial): number => P.degreeIn(p, new Set([0]));
    const res = (a: P.Polynomial, b: P.Polynomial): P.Polynomial => S.resultant(a, b, 0, budget());
    fc.assert(
      fc.property(little, little, little, (a, b, c) => {
        same(res(times(a, b), c), times(res(a, c), res(b, c)));
        same(res(b, a), (degree(a) * degree(b)) % 2 === 0 ? res(a, b) : P.negate(res(a, b)));
        expect(P.isZero(res(a, b))).toBe(degree(gcd(a, b)) > 0);
        // The product of a's values at the root of a linear b.
        same(res(sum(x, P.negate(y)), a), P.substitute(a, 0, y, budget()));
      }),
      seed,
    );
    const cubic = sum(pow(x, 3), times(y, x), z);
    same(S.discriminant(cubic, 0, budget()), sum(times(num(-4), pow(y, 3)), times(num(-27), pow(z, 2))));
    expect(() => S.discriminant(y, 0, budget())).toThrow(expect.objectContaining({ code: "input" }));
  });
});

const fractionOf = (variables: number): fc.Arbitrary<F.Fraction> => {
  const part = arbPolynomial(variables, 3, 2);
  return fc
    .tuple(
      part,
      part.filter((p) => !P.isZero(p)),
    )
    .map(([a, b]) => F.fraction(a, b, budget()));
};
const arbFraction = fractionOf(3);
const equalFractions = (f: F.Fraction, g: F.Fraction): void => {
  expect(F.key(f)).toBe(F.key(g));
  expect(F.equal(f, g)).toBe(true);
};
const add = (f: F.Fraction, g: F.Fraction): F.Fraction => F.add(f, g, budget());
const mul = (f: F.Fraction, g: F.Fraction): F.Fraction => F.multiply(f, g, budget());
const one = F.fromPolynomial(P.one);

/** What the representation promises. */
function lowest(f: F.Fraction): void {
  same(gcd(f.numerator, f.denominator), P.one);
  isCanonical(f.denominator);
  equalFractions(f, F.fraction(f.numerator, f.denominator, budget()));
}

describe("rational functions", () => {
  test("the axioms of a field, exactly, and every result is in lowest terms", () => {
    fc.assert(
      fc.property(arbFraction, arbFraction, arbFraction, (f, g, h) => {
        for (const r of [f, add(f, g), mul(f, g), F.subtract(f, g, budget())]) lowest(r);
        equalFractions(add(f, g), add(g, f));
        equalFractions(mul(f, g), mul(g, f));
        equalFractions(add(add(f, g), h), add(f, add(g, h)));
        equalFractions(mul(mul(f, g), h), mul(f, mul(g, h)));
        equalFractions(mul(f, add(g, h)), add(mul(f, g), mul(f, h)));
        expect(F.isZero(F.subtract(f, f, budget()))).toBe(true);
        equalFractions(add(f, F.negate(f)), F.fromPolynomial(P.zero));
        if (F.isZero(f)) return;
        equalFractions(F.divide(f, f, budget()), one);
        equalFractions(F.divide(mul(f, g), f, budget()), g);
        lowest(F.divide(g, f, budget()));
        equalFractions(F.power(f, -2, budget()), F.inverse(mul(f, f)));
        lowest(F.power(f, -2, budget()));
      }),
      seed,
    );
  });

  test("values at Gaussian points agree", () => {
    const point = fc.array(arbGaussian, { minLength: 3, maxLength: 3 });
    const value = (f: F.Fraction, at: readonly R.Gaussian[]): R.Gaussian | undefined => {
      const d = P.evaluate(f.denominator, (v) => at[v]!);
      return R.gIsZero(d)
        ? undefined
        : R.gMultiply(
            P.evaluate(f.numerator, (v) => at[v]!),
            R.gInverse(d),
          );
    };
    let compared = 0;
    fc.assert(
      fc.property(arbFraction, arbFraction, point, (f, g, at) => {
        const [u, v] = [value(f, at), value(g, at)];
        if (u === undefined || v === undefined) return;
        compared++;
        expect(R.gKey(value(add(f, g), at)!)).toBe(R.gKey(R.gAdd(u, v)));
        expect(R.gKey(value(mul(f, g), at)!)).toBe(R.gKey(R.gMultiply(u, v)));
        const real = at.map(R.gConjugate);
        expect(R.gKey(value(F.conjugate(f, budget()), real)!)).toBe(R.gKey(R.gConjugate(u)));
        // The values of a composition, where it has one.
        const inner = value(f, [v, ...at.slice(1)]);
        if (inner === undefined) return;
        const composed = F.substitute(f, 0, g, budget());
        lowest(composed);
        expect(R.gKey(value(composed, at)!)).toBe(R.gKey(inner));
      }),
      { ...seed, numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("the derivative is a derivation and is in lowest terms", () => {
    const d = (f: F.Fraction, v: number): F.Fraction => F.derivative(f, v, budget());
    fc.assert(
      fc.property(arbFraction, arbFraction, fc.nat({ max: 2 }), fc.nat({ max: 2 }), (f, g, v, u) => {
        lowest(d(f, v));
        equalFractions(d(add(f, g), v), add(d(f, v), d(g, v)));
        equalFractions(d(mul(f, g), v), add(mul(d(f, v), g), mul(f, d(g, v))));
        equalFractions(d(d(f, v), u), d(d(f, u), v));
        // (n/d)' = (n'd − nd')/d²
        const [top, bottom] = [f.numerator, f.denominator];
        const slope = P.subtract(times(P.derivative(top, v), bottom), times(top, P.derivative(bottom, v)));
        equalFractions(d(f, v), F.fraction(slope, times(bottom, bottom), budget()));
      }),
      { ...seed, numRuns: 60 },
    );
  });

  test("the difference quotient at step 0 is the derivative", () => {
    const [h, step] = [7, F.fromPolynomial(P.variable(7))];
    fc.assert(
      fc.property(fractionOf(2), (f) => {
        const moved = F.substitute(f, 0, add(F.fromPolynomial(x), step), budget());
        const slope = F.divide(F.subtract(moved, f, budget()), step, budget());
        equalFractions(
          F.substitute(slope, h, F.fromPolynomial(P.zero), budget()),
          F.derivative(f, 0, budget()),
        );
      }),
      { ...seed, numRuns: 60 },
    );
  });

  test("conjugation is an involution that respects sums and products", () => {
    const bar = (v: number): number => [1, 0, 2][v]!;
    const conjugates = [
      (f: F.Fraction): F.Fraction => F.conjugate(f, budget()),
      (f: F.Fraction): F.Fraction => F.conjugate(f, budget(), bar)!,
    ];
    fc.assert(
      fc.property(arbFraction, arbFraction, fc.constantFrom(...conjugates), (f, g, c) => {
        lowest(c(f));
        equalFractions(c(c(f)), f);
        equalFractions(c(add(f, g)), add(c(f), c(g)));
        equalFractions(c(mul(f, g)), mul(c(f), c(g)));
      }),
      seed,
    );
    expect(F.conjugate(F.fromPolynomial(x), budget(), () => undefined)).toBeUndefined();
  });

  test("negative exponents become denominators, and polynomials are known as such", () => {
    const laurent = sum(P.monomial([[0, -2]]), y);
    lowest(F.fromPolynomial(laurent));
    equalFractions(F.fromPolynomial(laurent), F.fraction(sum(P.one, times(x, x, y)), times(x, x), budget()));
    equalFractions(F.fraction(x, P.monomial([[0, -1]]), budget()), F.fromPolynomial(times(x, x)));
    expect(F.isPolynomial(F.fraction(times(x, y), times(num(2), y), budget()))).toBe(true);
    expect(F.isPolynomial(F.fraction(x, y, budget()))).toBe(false);
    expect(F.key(F.fromPolynomial(P.zero))).toBe("/*1");
    equalFractions(F.power(F.fromPolynomial(P.zero), 0, budget()), one);
  });

  test("division by zero is refused", () => {
    const nothing = F.fromPolynomial(P.zero);
    for (const make of [
      () => F.fraction(x, P.zero, budget()),
      () => F.divide(one, nothing, budget()),
      () => F.inverse(nothing),
      () => F.power(nothing, -1, budget()),
      () => F.substitute(F.fraction(P.one, x, budget()), 0, nothing, budget()),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "input", message: "division by zero" }));
    }
  });
});
