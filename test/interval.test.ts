import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { DescentError } from "../src/errors.ts";
import { type Rational, rational } from "../src/exact/rational.ts";
import { complexInterval, type Interval, type Intervals, intervals } from "../src/precise/interval.ts";
import { evaluateFunction } from "../src/precise/judge.ts";
import { openPrecise, type Precise, type Real, type Reals } from "../src/precise/mpfr.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise(60);
});

const UNARY =
  "exp log sqrt cbrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sigmoid softplus silu gelu mish relu " +
  "leaky_relu elu abs sign floor ceil round erf erfc airyai gamma lgamma zeta lambertw expm1 log1p";
const BINARY = "max min atan2 pow leaky_relu";

/** A leaf is an interval of rationals with one of its points: the middle, or an end. */
type Tree =
  | { kind: "leaf"; lo: Rational; hi: Rational; at: Rational }
  | { kind: "power"; base: Tree; exponent: number }
  | { kind: "call"; name: string; args: Tree[] };

const { tree } = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc
    .tuple(
      fc.integer({ min: -400, max: 400 }),
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom(0, 0, 1, 7, 900),
      fc.integer({ min: 0, max: 6 }),
    )
    .map(([num, den, spread, at]) => ({
      kind: "leaf" as const,
      lo: rational(num, den),
      hi: rational(600 * num + spread * den, 600 * den),
      at: rational(3600 * num + at * spread * den, 3600 * den),
    })),
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 2, arbitrary: tie("leaf") },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom(...UNARY.split(" ")),
        args: fc.tuple(tie("tree")),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom(...BINARY.split(" ")),
        args: fc.tuple(tie("tree"), tie("tree")),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom("add", "sub", "mul", "div"),
        args: fc.tuple(tie("tree"), tie("tree")),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("power" as const),
        base: tie("tree"),
        exponent: fc.integer({ min: -5, max: 6 }),
      }),
    },
  ),
}));

function enclosure(t: Tree, i: Intervals): Interval {
  if (t.kind === "leaf") return { lo: i.rational(t.lo).lo, hi: i.rational(t.hi).hi };
  if (t.kind === "power") return i.power(enclosure(t.base, i), t.exponent);
  const args = t.args.map((a) => enclosure(a, i));
  const [a, b] = args as [Interval, Interval];
  if (t.name === "add") return i.add(a, b);
  if (t.name === "sub") return i.subtract(a, b);
  if (t.name === "mul") return i.multiply(a, b);
  if (t.name === "div") return i.divide(a, b);
  return i.call(t.name, ...args)!;
}

/** To the precision of r; undefined values throw. */
function value(t: Tree, r: Reals): Real {
  const made = (): Real => {
    if (t.kind === "leaf") return r.rational(t.at);
    if (t.kind === "power") return r.power(value(t.base, r), t.exponent);
    const args = t.args.map((a) => value(a, r));
    const [a, b] = args as [Real, Real];
    if (t.name === "add" || t.name === "sub" || t.name === "mul" || t.name === "div")
      return r.binary(t.name, a, b);
    return evaluateFunction(r, t.name, args)!;
  };
  const result = made();
  if (!r.isFinite(result)) throw new DescentError("input", "undefined");
  return result;
}

test("enclosures of random expressions contain the value", () => {
  const counts = { proved: 0, whole: 0, undefined: 0 };
  fc.assert(
    fc.property(tree, (t) =>
      precise.scope((r) => {
        const i = intervals(r);
        let exact: Real;
        try {
          exact = value(t, r.at(300));
        } catch (error) {
          if (!(error instanceof DescentError)) throw error;
          counts.undefined++;
          return;
        }
        const found = enclosure(t, i);
        expect(
          i.contains(found, exact),
          `${r.toText(found.lo)} … ${r.toText(found.hi)} for ${r.toText(exact)}`,
        ).toBe(true);
        counts[i.isFinite(found) ? "proved" : "whole"]++;
      }),
    ),
    { numRuns: 2000, seed: 20 },
  );
  expect(counts.proved).toBeGreaterThan(800);
  expect(counts.whole).toBeLessThan(counts.proved / 3);
});

test.each([...UNARY.split(" ")])("%s of a range contains its values, and of a point is tight", (name) => {
  let finite = 0;
  fc.assert(
    fc.property(
      fc.double({ min: -9, max: 9, noNaN: true }),
      fc.double({ min: 0, max: 7, noNaN: true }),
      (x, wide) =>
        precise.scope((r) => {
          const i = intervals(r);
          const range = { lo: r.number(x), hi: r.add(r.number(x), r.number(wide), "up") };
          const found = i.call(name, range)!;
          const fine = r.at(200);
          for (let k = 0; k <= 8; k++) {
            const exact = evaluateFunction(fine, name, [fine.number(x + (wide * k) / 8.001)])!;
            if (r.isFinite(exact)) expect(i.contains(found, exact), `${x} + ${wide}·${k}/8`).toBe(true);
            else expect(i.isFinite(found)).toBe(false);
          }
          const point = i.call(name, i.point(r.number(x)))!;
          if (!i.isFinite(point)) return;
          finite++;
          const scale = Math.max(r.exponent(point.lo), r.exponent(point.hi));
          if (Number.isFinite(scale)) expect(r.exponent(i.width(point)) - scale).toBeLessThanOrEqual(-60 + 7);
        }),
    ),
    { numRuns: 60, seed: 3 },
  );
  expect(finite).toBeGreaterThan(0);
});

test("sin and cos know their extremes, also far out and over a period", () => {
  precise.scope((r) => {
    const i = intervals(r);
    const between = (a: number, b: number) => ({ lo: r.number(a), hi: r.number(b) });
    const ends = (a: Interval) => [r.toNumber(a.lo), r.toNumber(a.hi)];
    expect(ends(i.call("sin", between(1, 2))!)[1]).toBe(1);
    expect(ends(i.call("sin", between(1, 2))!)[0]).toBeCloseTo(Math.sin(1), 14);
    expect(ends(i.call("sin", between(-2, -1))!)[0]).toBe(-1);
    expect(ends(i.call("cos", between(3, 4))!)[0]).toBe(-1);
    expect(ends(i.call("cos", between(-0.5, 0.25))!)[1]).toBe(1);
    expect(ends(i.call("sin", between(0, 100))!)).toEqual([-1, 1]);
    expect(ends(i.call("cos", between(0.1, 3))!)[0]).toBeCloseTo(Math.cos(3), 14);
    const far = i.call("sin", i.point(r.number(1e300)))!;
    expect(r.toNumber(i.width(far))).toBeLessThan(2 ** -58);
    expect(ends(i.call("sin", i.call("exp", between(20000, 20000))!)!)).toEqual([-1, 1]);
    expect(i.isFinite(i.call("tan", between(1, 2))!)).toBe(false);
    expect(ends(i.call("tan", between(2, 4))!)[1]).toBeCloseTo(Math.tan(4), 13);
  });
});

test("what may be undefined or contains 0 proves nothing", () => {
  precise.scope((r) => {
    const i = intervals(r);
    const c = complexInterval(i);
    const between = (a: number, b: number) => ({ lo: r.number(a), hi: r.number(b) });
    const one = i.point(r.number(1));
    for (const a of [
      i.divide(one, between(-1, 1)),
      i.call("log", between(-1, 1))!,
      i.call("exp", i.whole())!,
      i.power(between(0, 1), -2),
    ]) {
      expect(i.isFinite(a)).toBe(false);
      expect(i.definitelyNonzero(a)).toBe(false);
      expect(i.definitelyNonzero(i.multiply(a, one))).toBe(false);
      expect(c.definitelyNonzero({ re: a, im: one })).toBe(false);
      expect(r.toNumber(i.width(a))).toBe(Number.POSITIVE_INFINITY);
    }
    expect(i.definitelyNonzero(between(0, 1))).toBe(false);
    expect(i.definitelyNonzero(between(1, 2))).toBe(true);
    expect(i.definitelyNonzero(between(-2, -1))).toBe(true);
    expect([r.toNumber(i.power(between(-1, 2), 2).lo), r.toNumber(i.power(between(-1, 2), 2).hi)]).toEqual([
      0, 4,
    ]);
    expect([
      r.toNumber(i.power(between(-4, -2), -1).lo),
      r.toNumber(i.power(between(-4, -2), -1).hi),
    ]).toEqual([-0.5, -0.25]);
    expect(i.call("sn", one, one)).toBeUndefined();
    expect(i.call("constructor", one)).toBeUndefined();
    expect(() => i.power(one, 0.5)).toThrow("integer");
  });
});

test("besselj, Ai and W₀ beside their hard places", () => {
  precise.scope((r) => {
    const i = intervals(r);
    const point = (x: number) => i.point(r.number(x));
    const fine = r.at(300);
    for (const [n, x] of [
      [0, 2.4],
      [3, -7.5],
      [50, 20],
      [999, 1e3],
    ] as const) {
      const found = i.call("besselj", point(n), point(x))!;
      expect(i.contains(found, fine.jn(n, fine.number(x)))).toBe(true);
      expect(r.toNumber(i.width(found))).toBeLessThan(1e-15);
    }
    expect(i.isFinite(i.call("besselj", point(0.5), point(1))!)).toBe(false);
    expect(r.toNumber(i.call("besselj", point(1), point(1e9))!.hi)).toBe(1);
    for (const x of [-0.3678794411714423, -0.367, 0, 1e-200, 1e200]) {
      const found = i.call("lambertw", point(x))!;
      expect(i.contains(found, evaluateFunction(fine, "lambertw", [fine.number(x)])!)).toBe(true);
      expect(r.toNumber(i.width(found))).toBeLessThanOrEqual(1e-14 * Math.abs(r.toNumber(found.hi)));
    }
    expect(i.isFinite(i.call("lambertw", point(-0.3678794411714424))!)).toBe(false);
  });
});

test("complex rectangles: exp(i·u), products and conjugates contain their values", () => {
  const part = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(part, part, part, part, (a, b, x, y) =>
      precise.scope((r) => {
        const i = intervals(r);
        const c = complexInterval(i);
        const fine = intervals(r.at(300));
        const z = { re: i.point(r.number(a)), im: i.point(r.number(b)) };
        const v = { re: i.point(r.number(x)), im: i.point(r.number(y)) };
        // |exp z|² = exp(2·re z), and (z·v̄)·exp(v) by hand.
        const e = c.exp(z);
        const size = c.multiply(e, c.conj(e));
        expect(i.contains(size.re, fine.call("exp", fine.point(r.number(2 * a)))!.lo)).toBe(true);
        expect(i.contains(size.im, r.number(0))).toBe(true);
        const product = c.add(c.multiply(z, c.conj(v)), c.expI(v.re));
        const big = r.at(300);
        const [A, B, X, Y] = [a, b, x, y].map((t) => big.number(t)) as [Real, Real, Real, Real];
        expect(i.contains(product.re, big.add(big.add(big.mul(A, X), big.mul(B, Y)), big.cos(X)))).toBe(true);
        expect(i.contains(product.im, big.add(big.sub(big.mul(B, X), big.mul(A, Y)), big.sin(X)))).toBe(true);
      }),
    ),
    { numRuns: 100 },
  );
  precise.scope(200, (r) => {
    const i = intervals(r);
    const c = complexInterval(i);
    const plusOne = c.add(c.expI(i.pi()), c.real(i.point(r.number(1))));
    expect(c.definitelyNonzero(plusOne)).toBe(false);
    expect(r.toNumber(i.width(plusOne.im))).toBeLessThan(1e-58);
    expect(c.definitelyNonzero(c.expI(i.point(r.number(3))))).toBe(true);
  });
});
