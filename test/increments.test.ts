import { beforeAll, describe, expect, test } from "vitest";
import { evaluateFunction } from "../src/precise/judge.ts";
import { openPrecise, type Precise, type Real } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import {
  adversarialMoves,
  arity,
  composed,
  EPSILON,
  errorsAt,
  inDomain,
  LAWFUL,
  lawError,
  movedBy,
  randomMoves,
} from "./support/increments.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

/** The judge takes a thousand times as long for sn, cn, dn. */
const isJacobi = (name: string): boolean => /^[scd]n$/.test(name);
const every = <T>(step: number, list: readonly T[]): T[] => list.filter((_, k) => k % step === 0);

test("what is resummed exactly has a law and code for its increment, and no other function has", () => {
  const without = [...primitives.values()].filter(
    (row) => row.operator === undefined && row.addition === undefined,
  );
  expect(without.map((row) => row.name).sort()).toEqual(
    "abs airyai besselj ceil elu erf erfc floor gamma gelu lambertw leaky_relu lgamma max min relu round sign zeta".split(
      " ",
    ),
  );
  for (const name of LAWFUL) expect(primitives.get(name)!.cascade, name).toBeDefined();
});

describe("addition laws hold to 50 digits", () => {
  test.each(LAWFUL)("%s", (name) => {
    // Of moderate size, so that 600 bits are 60 digits of all that cancels.
    const moderate = adversarialMoves(name).filter(({ u, du, v, dv }) =>
      [u, du, v, dv].every((x) => x === 0 || (Math.abs(x) > 1e-20 && Math.abs(x) < 300)),
    );
    const step = Math.ceil(moderate.length / (isJacobi(name) ? 6 : 30));
    const moves = [...randomMoves(name, isJacobi(name) ? 6 : 30, 3), ...every(step, moderate)];
    let compared = 0;
    for (const move of moves) {
      // The law of the cube root leaves its branch point out.
      if (name === "cbrt" && move.u === 0) continue;
      precise.scope(600, (r) => {
        const error = lawError(name, move, r);
        if (error === null) return;
        compared++;
        expect(error, JSON.stringify(move)).toBeLessThan(1e-50);
      });
    }
    expect(compared).toBeGreaterThan(9);
  });
});

describe("increments and shifted values, to 4 rounding errors of their condition", () => {
  test.each(LAWFUL)("%s", (name) => {
    const moved = movedBy(name, precise);
    const adversarial = adversarialMoves(name);
    const step = Math.ceil(adversarial.length / (isJacobi(name) ? 8 : 80));
    const moves = [...randomMoves(name, isJacobi(name) ? 8 : 60, 1), ...every(step, adversarial)];
    let compared = 0;
    for (const move of moves) {
      const found = errorsAt(name, move, moved(move), precise);
      if (found === null) continue;
      compared++;
      expect(found.increment, JSON.stringify(move)).toBeLessThanOrEqual(4);
      expect(found.shifted, JSON.stringify(move)).toBeLessThanOrEqual(4);
    }
    expect(compared).toBeGreaterThan(moves.length / 2);
  });
});

describe("increments to 6 ulps, wherever they are", () => {
  test.each("exp sin cos log sqrt cbrt tanh sigmoid softplus atan asinh acosh atanh expm1 log1p".split(" "))(
    "%s",
    (name) => {
      const moved = movedBy(name, precise);
      for (const move of randomMoves(name, 80, 2)) {
        const found = errorsAt(name, move, moved(move), precise);
        expect(found!.ulps.increment, JSON.stringify(move)).toBeLessThanOrEqual(6);
      }
    },
  );
});

test("compositions keep their digits where an inner function leaves or enters saturation", () => {
  for (const names of [
    ["log", "sigmoid"],
    ["sqrt", "sigmoid"],
    ["log", "softplus"],
    ["tanh", "softplus"],
    ["cbrt", "expm1"],
  ]) {
    const moved = composed(...names);
    for (const { u, du } of [
      [30, -60],
      [-30, 60],
      [20, -45],
      [0.5, -25],
      [3, 1e-9],
    ].map(([u, du]) => ({ u: u!, du: du! }))) {
      const got = moved({ u, du, v: 0, dv: 0 });
      precise.scope(300, (r) => {
        const value = (x: Real): Real =>
          names.reduceRight((inner, name) => evaluateFunction(r, name, [inner])!, x);
        const after = r.add(r.number(u), r.number(du));
        const exact = r.toNumber(r.sub(value(after), value(r.number(u))));
        const error = Math.abs(got.increment - exact);
        expect(error, `${names} ${u} ${du}`).toBeLessThan(12 * EPSILON * Math.abs(exact));
      });
    }
  }
});

test("nothing moves where the step is 0", () => {
  for (const name of LAWFUL.filter((given) => !isJacobi(given))) {
    const moved = movedBy(name, precise);
    for (const u of [0, 0.5, 1.5, 1e-300, -0.5, -40]) {
      const move = { u, du: 0, v: arity(name) === 2 ? 0.7 : 0, dv: 0 };
      if (inDomain(name, move) || /sqrt|cbrt/.test(name)) {
        if (name === "sqrt" && u < 0) continue;
        expect(Math.abs(moved(move).increment), `${name} ${u}`).toBe(0);
      }
    }
  }
});
