import { beforeAll, describe, expect, test } from "vitest";
import { openPrecise, type Precise } from "../../src/precise/mpfr.ts";
import { builtinAt, model } from "../support/architectures.ts";
import { line, measuredError } from "../support/lattice.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const WAVE = "A*exp(a*x)*cos(w*x + p)";
const LONG = 2 ** 17;

describe("loss, F and H against sums in sixty digits", () => {
  test.each([
    ["4096 data, slow decay", WAVE, line(0, 1, 4096), [1, -1e-3, 1.2, 0.3], 1e-4],
    ["4095 data about the origin, slow growth", WAVE, line(-2047, 1, 4095), [1, 1e-3, 1.2, 0.3], 1e-4],
    ["4096 data, z within 1e-8 of 1", WAVE, line(0, 1, 4096), [1, -1e-8, 1e-8, 0.3], 1e-9],
    ["2^17 data, a slow wave", "A*cos(w*x)", line(0, 1, LONG), [1, 1e-5], 1e-7],
    [
      "2^17 - 1 data, a quick wave about the origin",
      "A*cos(w*x)",
      line(-65_000, 1, LONG - 1),
      [1, 2.9],
      1e-5,
    ],
    ["2^17 data, decay to 1e-57", "A*exp(-k*x)", line(0, 1e-3, LONG), [2, 1], 1e-3],
    ["2^17 data, growth to 1e57", "A*exp(k*x)", line(0, 1e-3, LONG), [2, 1], 1e-3],
  ] as const)("%s", { timeout: 600_000 }, (_, formula, axes, theta, size) => {
    expect(measuredError(precise, model(formula), axes, theta, size)).toEqual({ error: 0, entry: "" });
  });
  test("AION d = 2, r = 2, P = 2 on a grid", { timeout: 600_000 }, () => {
    const axes = { start: [-1, 0], step: [0.1, 0.05], count: [9, 8] };
    const given = builtinAt("aion", { r: 2, d: 2, P: 2 });
    expect(measuredError(precise, given, axes, null, 0.05)).toEqual({ error: 0, entry: "" });
  });
});
