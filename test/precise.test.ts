import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { FUNCTIONS } from "../src/architecture/functions.ts";
import { toNumber } from "../src/exact/rational.ts";
import { EVALUATED, evaluateFunction } from "../src/precise/judge.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { openPrecise, type Precise, type Real, type Reals } from "../src/precise/mpfr.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise(200);
});

const f = (r: Reals, name: string, ...args: (Real | number)[]): Real =>
  evaluateFunction(
    r,
    name,
    args.map((a) => (typeof a === "number" ? r.number(a) : a)),
  )!;

/** 2^−k-closeness, relative where b is above 1. */
function expectClose(r: Reals, a: Real, b: Real, bits: number): void {
  const scale = r.max(r.number(1), r.abs(b));
  const error = r.div(r.abs(r.sub(a, b)), scale);
  expect(r.isFinite(error) && r.exponent(error) <= -bits, `${r.toText(a, 30)} for ${r.toText(b, 30)}`).toBe(
    true,
  );
}

const DIGITS: readonly (readonly [string, (r: Reals) => Real, string])[] = [
  ["pi", (r) => r.pi(), "3.1415926535897932384626433832795028841971693993751"],
  ["e", (r) => r.e(), "2.7182818284590452353602874713526624977572470937"],
  ["sqrt 2", (r) => f(r, "sqrt", 2), "1.4142135623730950488016887242096980785696718753769"],
  ["log 2", (r) => f(r, "log", 2), "0.69314718055994530941723212145817656807550013436026"],
  ["zeta 3", (r) => f(r, "zeta", 3), "1.2020569031595942853997381615114499907649862923405"],
  ["lambertw 1", (r) => f(r, "lambertw", 1), "0.56714329040978387299996866221035554975381578718651"],
  ["erf 1", (r) => f(r, "erf", 1), "0.8427007929497148693412206350826092592960669979663"],
  ["J_0(1)", (r) => f(r, "besselj", 0, 1), "0.76519768655796655144971752610266322090927428975533"],
];

test.each(DIGITS)("%s to 50 digits", (_, value, digits) => {
  precise.scope((r) => expect(r.toText(value(r), 50)).toBe(digits));
});

const small = fc.double({ min: -8, max: 8, noNaN: true });
const positive = fc.double({ min: 1e-6, max: 30, noNaN: true });

/** Pairs that are equal for every argument. */
const IDENTITIES: readonly (readonly [
  string,
  fc.Arbitrary<number>,
  (r: Reals, x: Real) => readonly [Real, Real],
])[] = [
  ["sin² + cos² = 1", small, (r, x) => [r.add(r.power(r.sin(x), 2), r.power(r.cos(x), 2)), r.number(1)]],
  ["exp(log x) = x", positive, (r, x) => [r.exp(r.log(x)), x]],
  ["erf + erfc = 1", small, (r, x) => [r.add(r.erf(x), r.erfc(x)), r.number(1)]],
  ["tan(atan x) = x", small, (r, x) => [r.tan(r.atan(x)), x]],
  ["sinh(asinh x) = x", small, (r, x) => [r.sinh(r.asinh(x)), x]],
  ["cbrt(x)³ = x", small, (r, x) => [r.power(r.cbrt(x), 3), x]],
  ["Γ(x + 1) = x·Γ(x)", positive, (r, x) => [r.gamma(r.add(x, r.number(1))), r.mul(x, r.gamma(x))]],
  ["lgamma = log Γ", positive, (r, x) => [r.lgamma(x), r.log(r.gamma(x))]],
  ["W·e^W = x", positive, (r, x) => [r.mul(f(r, "lambertw", x), r.exp(f(r, "lambertw", x))), x]],
  [
    "sigmoid(x) + sigmoid(−x) = 1",
    small,
    (r, x) => [r.add(f(r, "sigmoid", x), f(r, "sigmoid", r.neg(x))), r.number(1)],
  ],
  [
    "softplus(x) − softplus(−x) = x",
    small,
    (r, x) => [r.sub(f(r, "softplus", x), f(r, "softplus", r.neg(x))), x],
  ],
  [
    "silu(x) − silu(−x)… = x",
    small,
    (r, x) => [
      r.sub(f(r, "silu", x), r.neg(f(r, "silu", r.neg(x)))),
      r.mul(x, f(r, "tanh", r.div(x, r.number(2)))),
    ],
  ],
  ["gelu(x) − gelu(−x) = x", small, (r, x) => [r.sub(f(r, "gelu", x), f(r, "gelu", r.neg(x))), x]],
  [
    "J_3 + J_5 = 8·J_4/x",
    positive,
    (r, x) => [
      r.mul(x, r.add(f(r, "besselj", 3, x), f(r, "besselj", 5, x))),
      r.mul(r.number(8), f(r, "besselj", 4, x)),
    ],
  ],
];

test.each(IDENTITIES)("%s to 50 digits", (_, arbitrary, sides) => {
  fc.assert(
    fc.property(arbitrary, (x) => precise.scope(240, (r) => expectClose(r, ...sides(r, r.number(x)), 170))),
    { numRuns: 40 },
  );
});

test("special values: Γ(1/2)² = π, ζ(2) = π²/6, Ai(0), π by the arithmetic-geometric mean", () => {
  precise.scope(240, (r) => {
    expectClose(r, r.power(f(r, "gamma", 0.5), 2), r.pi(), 230);
    expectClose(r, f(r, "zeta", 2), r.div(r.power(r.pi(), 2), r.number(6)), 230);
    const third = r.rational({ num: 1n, den: 3n });
    const twoThirds = r.rational({ num: 2n, den: 3n });
    const ai0 = r.mul(f(r, "pow", 3, twoThirds), f(r, "gamma", twoThirds));
    expectClose(r, r.mul(f(r, "airyai", 0), ai0), r.number(1), 225);
    expectClose(r, r.mul(third, r.number(3)), r.number(1), 230);
    let [a, b, t, p] = [r.number(1), r.sqrt(r.number(0.5)), r.number(0.25), r.number(1)];
    for (let k = 0; k < 8; k++) {
      const next = r.mul(r.add(a, b), r.number(0.5));
      b = r.sqrt(r.mul(a, b));
      t = r.sub(t, r.mul(p, r.power(r.sub(a, next), 2)));
      [a, p] = [next, r.mul(p, r.number(2))];
    }
    expectClose(r, r.div(r.power(r.add(a, b), 2), r.mul(r.number(4), t)), r.pi(), 225);
  });
});

test.each([-3, -0.2, 0, 0.3, 0.9, 0.9999999, 1, 1.5, 40])("the laws of sn, cn, dn at m = %s", (m) => {
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      (x, y) =>
        precise.scope(240, (r) => {
          const at = (u: Real) => ["sn", "cn", "dn"].map((name) => f(r, name, u, m)) as [Real, Real, Real];
          const [u, v, parameter, one] = [r.number(x), r.number(y), r.number(m), r.number(1)];
          const [[s, c, d], [s2, c2, d2]] = [at(u), at(v)];
          expectClose(r, r.add(r.mul(s, s), r.mul(c, c)), one, 170);
          expectClose(r, r.add(r.mul(d, d), r.mul(parameter, r.mul(s, s))), one, 170);
          const below = r.sub(one, r.mul(parameter, r.power(r.mul(s, s2), 2)));
          const above = r.add(r.mul(s, r.mul(c2, d2)), r.mul(s2, r.mul(c, d)));
          // Addition theorem, without its division by what may be small.
          expectClose(r, r.mul(at(r.add(u, v))[0], below), above, 170);
        }),
    ),
    { numRuns: 15 },
  );
  precise.scope(240, (r) => {
    const u = r.number(2 ** -60);
    const cubic = r.div(r.mul(r.add(r.number(1), r.number(m)), r.power(u, 3)), r.number(6));
    expectClose(r, r.div(f(r, "sn", u, m), u), r.div(r.sub(u, cubic), u), 220);
  });
});

test("W₀ down to its branch point", () => {
  precise.scope(300, (r) => {
    for (const x of [-0.3678794411714423, -0.36787944, -0.3, -0.01, -1e-300, 1e-300, 2, 3, 1e10, 1e300]) {
      const w = f(r, "lambertw", x);
      expect(r.compare(w, r.number(-1))).toBe(1);
      expectClose(r, r.div(r.mul(w, r.exp(w)), r.number(x)), r.number(1), 290);
    }
    expect(r.isNaN(f(r, "lambertw", -0.3678794411714424))).toBe(true);
    const [near, coarse] = [r.number(-0.3678794411714423), r.at(60)];
    expectClose(r, f(coarse, "lambertw", near), f(r, "lambertw", near), 60);
  });
});

test("NaN outside of the domain and at poles, null where there is no method, errors for the rest", () => {
  precise.scope((r) => {
    const outside: [string, ...number[]][] = [
      ["log", -1],
      ["log", 0],
      ["sqrt", -1],
      ["asin", 2],
      ["acosh", 0.5],
      ["atanh", 1],
      ["gamma", 0],
      ["gamma", -3],
      ["lgamma", -2],
      ["zeta", 1],
      ["pow", -8, 1 / 3],
      ["pow", 0, -1],
      ["max", Number.NaN, 1],
      ["sigmoid", Number.POSITIVE_INFINITY],
    ];
    for (const [name, ...args] of outside) expect(r.isNaN(f(r, name, ...args)), name).toBe(true);
    expect(f(r, "besselj", 0.5, 1)).toBeNull();
    expect(r.toNumber(f(r, "round", -2.5))).toBe(-3);
    expect(r.toNumber(f(r, "leaky_relu", -1))).toBe(-0.01);
    expect(r.toNumber(f(r, "softplus", 1e12))).toBe(1e12);
    expect(() => f(r, "airyai", 1e4)).toThrow("an argument of 'airyai' is too large");
    expect(() => f(r, "besselj", 9999, 1e5)).toThrow("order");
    expect(() => f(r, "sin", f(r, "exp", 20000))).toThrow("too large");
    expect(() => f(r, "constructor", 1)).toThrow("no function 'constructor'");
    expect(() => f(r, "exp", 1, 2)).toThrow("'exp' has 2 arguments; accepted: 1");
    expect(() => f(r, "re", 1)).toThrow("complex");
  });
});

test("every real function of the language has values, which agree with the judge in doubles", () => {
  const other = ["re", "im", "conj", "complex", "delta"];
  expect([...FUNCTIONS.keys()].filter((name) => !EVALUATED.includes(name) && !other.includes(name))).toEqual(
    [],
  );
  for (const name of EVALUATED) {
    const arity = FUNCTIONS.get(name)?.min ?? 2;
    const first = name === "besselj" ? [2, 0, 5] : [-4.25, -1.3, -0.3, 0.4, 1.7, 3.5, 8.1];
    for (const a of first) {
      for (const b of arity === 1 ? [0] : [-3.2, -0.4, 0.6, 2.25, 7]) {
        const formula = name === "pow" ? `(a)^b` : arity === 1 ? `${name}(a)` : `${name}(a, b)`;
        const got = mathjsEvaluate(formula, { a, b });
        const exact = precise.scope((r) => r.toNumber(f(r, name, a, ...(arity === 1 ? [] : [b]))));
        if (Number.isNaN(exact)) expect(Number.isFinite(got), formula).toBe(false);
        else
          expect(
            Math.abs(got - exact) / Math.max(1, Math.abs(exact)),
            `${formula} at ${a}, ${b}`,
          ).toBeLessThan(2e-12);
      }
    }
  }
});

test("rounding: rationals and doubles in, directions, doubles and text out", () => {
  const rational = fc.tuple(fc.bigInt(), fc.bigInt({ min: 1n })).map(([num, den]) => ({ num, den }));
  fc.assert(
    fc.property(rational, (q) =>
      precise.scope(53, (r) => {
        const [down, near, up] = [r.rational(q, "down"), r.rational(q), r.rational(q, "up")];
        expect(r.toNumber(near)).toBe(toNumber(q) + 0);
        expect([r.compare(down, near) <= 0, r.compare(near, up) <= 0]).toEqual([true, true]);
      }),
    ),
  );
  precise.scope(20, (r) => {
    for (const x of [5e-324, 1.7976931348623157e308, 0.1, -0]) expect(r.toNumber(r.number(x))).toBe(x);
    expect(r.toNumber(r.rational({ num: 1n, den: 3n }, "up"))).toBeGreaterThan(1 / 3);
    // Exponents beyond 32 bits would wrap around in the library.
    expect(r.toNumber(r.power(r.number(1 + 2 ** -40), 2 ** 32 + 1))).toBeCloseTo(Math.exp(2 ** -8), 4);
    expect(r.toText(r.number(-0.001953125))).toBe("-0.001953125");
    expect(["1e30", "1e-7", "-12", "0", "NaN"].map((t) => r.at(100).toText(r.number(Number(t)), 6))).toEqual([
      "1e30",
      "1e-7",
      "-12",
      "0",
      "NaN",
    ]);
    expect(r.compare(r.number(Number.NaN), r.number(1))).toBeNaN();
    expect(() => r.power(r.number(2), 0.5)).toThrow("not an exact integer");
  });
  expect(() => precise.scope(1, () => 0)).toThrow("1 is not a precision");
});

test("every value is within a unit in the last place, or within 2^−bits beside a zero of sn, cn, dn", () => {
  const point = fc.double({ min: -6, max: 6, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...EVALUATED), point, point, (name, a, b) =>
      precise.scope(60, (r) => {
        const args = [
          name === "besselj" ? Math.round(a) : a,
          ...((FUNCTIONS.get(name)?.min ?? 2) > 1 ? [b] : []),
        ];
        const fine = r.at(260);
        const [got, exact] = [f(r, name, ...args), f(fine, name, ...args)];
        if (r.isNaN(exact) || r.isNaN(got)) {
          expect([r.isNaN(exact), r.isNaN(got)]).toEqual([true, true]);
          return;
        }
        const error = fine.exponent(fine.sub(got, exact));
        expect(error, `${name}(${args})`).toBeLessThanOrEqual(
          Math.max(fine.exponent(exact), /^[scd]n$/.test(name) ? 0 : Number.NEGATIVE_INFINITY) - 60,
        );
      }),
    ),
    { numRuns: 1000 },
  );
});

test("memory does not grow over 10,000 scopes, and an ended scope makes nothing", () => {
  const long = { num: 3n ** 6000n, den: 2n ** 6000n };
  // Each of the things a scope frees would alone fill the heap's 16 MB in 10,000 turns.
  const work = () =>
    precise.scope((r) => {
      const x = r.rational(long);
      for (let k = 0; k < 50; k++) r.add(x, x);
      return r.toText(x, 2000);
    });
  for (let k = 0; k < 100; k++) work();
  const before = precise.heapBytes;
  for (let k = 0; k < 10_000; k++) work();
  expect(() =>
    precise.scope(() => {
      throw new Error("inside");
    }),
  ).toThrow("inside");
  expect(precise.heapBytes).toBe(before);
  const escaped = precise.scope((r) => ({ r }));
  expect(() => escaped.r.number(1)).toThrow("has ended");
  const lost = precise.scope((r) => r.number(1));
  expect(() => precise.toNumber(lost)).toThrow("used after its scope had ended");
  expect(() => precise.scope(async () => 1)).toThrow("async");
});
