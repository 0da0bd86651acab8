import { beforeAll, describe, expect, test } from "vitest";
import { openPrecise, type Precise } from "../../src/precise/mpfr.ts";
import { adversarialMoves, errorsAt, LAWFUL, lawError, movedBy, randomMoves } from "../support/increments.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const isJacobi = (name: string): boolean => /^[scd]n$/.test(name);

/** Largest errors in ulps of the increment over all random moves; the others cancel at their own extrema or by two arguments. */
const ULPS: Readonly<Record<string, number>> = Object.fromEntries(
  "exp sin cos sinh cosh log sqrt cbrt tan tanh asin acos atan asinh acosh atanh sigmoid softplus expm1 log1p"
    .split(" ")
    .map((name) => [name, 6]),
);

describe("increments, to 4 rounding errors of their condition", () => {
  test.each(LAWFUL)("%s", { timeout: 300_000 }, (name) => {
    const moved = movedBy(name, precise);
    const all = adversarialMoves(name);
    const step = Math.ceil(all.length / (isJacobi(name) ? 300 : 6000));
    const random = randomMoves(name, isJacobi(name) ? 300 : 6000, 11);
    [...random, ...all.filter((_, k) => k % step === 0)].forEach((move, k) => {
      const found = errorsAt(name, move, moved(move), precise);
      if (found === null) return;
      expect(found.increment, JSON.stringify(move)).toBeLessThanOrEqual(4);
      expect(found.shifted, JSON.stringify(move)).toBeLessThanOrEqual(4);
      if (k < random.length && ULPS[name] !== undefined) {
        expect(found.ulps.increment, JSON.stringify(move)).toBeLessThanOrEqual(ULPS[name]!);
      }
    });
  });
});

describe("addition laws hold to 50 digits", () => {
  test.each(LAWFUL)("%s", (name) => {
    for (const move of randomMoves(name, isJacobi(name) ? 100 : 2000, 12)) {
      precise.scope(600, (r) => {
        const error = lawError(name, move, r);
        expect(error, JSON.stringify(move)).not.toBeNull();
        expect(error!, JSON.stringify(move)).toBeLessThan(1e-50);
      });
    }
  });
});
