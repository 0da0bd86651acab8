import { describe, expect, it } from "vitest";
import { normalDeviate, seededRandom } from "../src/solve/start.ts";
import { standardErrors } from "../src/solve/statistics.ts";

const statistics = (rows: number[][], sumOfSquares: number, counted = rows.length) =>
  standardErrors(
    Float64Array.from(rows.flat()),
    { rows: rows.length, counted, parameters: rows[0]!.length },
    sumOfSquares,
  );

/** A straight line at x = 0..n−1. */
const line = (n: number): number[][] => Array.from({ length: n }, (_, k) => [1, k]);

describe("standard errors", () => {
  it("a straight line: s²/Σ(x − x̄)² and s²(1/N + x̄²/Σ(x − x̄)²)", () => {
    const { errors, deviation, undetermined } = statistics(line(7), 10);
    expect(deviation).toBeCloseTo(Math.SQRT2, 15);
    expect(errors[1]).toBeCloseTo(Math.sqrt(2 / 28), 15);
    expect(errors[0]).toBeCloseTo(Math.sqrt(2 * (1 / 7 + 9 / 28)), 15);
    expect(undetermined).toEqual([]);
  });
  it("scale with the columns, exactly by powers of two", () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 12 }, () => [
      normalDeviate(random),
      normalDeviate(random),
      normalDeviate(random),
    ]);
    const { errors } = statistics(rows, 1);
    const scaled = statistics(
      rows.map(([a, b, c]) => [a! * 2 ** 300, b! * 2 ** -200, c!]),
      1,
    );
    expect(scaled.errors[0]).toBe(errors[0]! * 2 ** -300);
    expect(scaled.errors[1]).toBe(errors[1]! * 2 ** 200);
    expect(scaled.errors[2]).toBe(errors[2]);
  });
  it("keep their digits where the normal equations have none", () => {
    // Läuchli's matrix: columns (1, e, 0), (1, 0, e); (JᵀJ)⁻¹ has the diagonal (1 + e²)/(e²(2 + e²)), and e² is lost beside 1.
    const e = 1e-9;
    const { errors } = statistics(
      [
        [1, 1],
        [e, 0],
        [0, e],
        [0, 0],
      ],
      2,
    );
    const wanted = Math.sqrt((1 + e * e) / (e * e * (2 + e * e)));
    for (const error of errors) expect(error! / wanted).toBeCloseTo(1, 6);
  });
  it("as many data as parameters: no deviation, no errors, and no parameter to blame", () => {
    expect(statistics(line(2), 0)).toEqual({ errors: [null, null], deviation: null, undetermined: [] });
    expect(statistics(line(3), 1, 2)).toMatchObject({ deviation: null, errors: [null, null] });
  });
  it("no parameters", () => {
    const found = standardErrors(new Float64Array(0), { rows: 4, counted: 4, parameters: 0 }, 16);
    expect(found).toEqual({ errors: [], deviation: 2, undetermined: [] });
  });
});

describe("what the data do not determine", () => {
  it("a zero column", () => {
    const { errors, undetermined } = statistics(
      line(7).map(([a, b]) => [a!, 0, b!]),
      8,
    );
    expect(undetermined).toEqual([1]);
    expect(errors[1]).toBe(null);
    expect(errors[2]).toBeCloseTo(Math.sqrt(2 / 28), 14);
  });
  it("columns that only their sum shows, and no others", () => {
    const { errors, undetermined } = statistics(
      line(6).map(([a, b]) => [b!, a!, 3 * b!]),
      6,
    );
    expect(undetermined).toEqual([0, 2]);
    expect(errors).toEqual([null, expect.closeTo(Math.sqrt(2 * (1 / 6 + 6.25 / 17.5)), 13), null]);
  });
  it("a dependence among three", () => {
    const random = seededRandom(8);
    const rows = Array.from({ length: 9 }, () => {
      const [a, b, c] = [normalDeviate(random), normalDeviate(random), normalDeviate(random)];
      return [a, c, a - 2 * b, b];
    });
    expect(statistics(rows, 1).undetermined).toEqual([0, 2, 3]);
  });
  it("fewer rows than parameters", () => {
    const { errors, deviation } = statistics([[1, 2, 3]], 0);
    expect({ errors, deviation }).toEqual({ errors: [null, null, null], deviation: null });
  });
});
