import fc from "fast-check";
import { expect, test } from "vitest";
import { readFormula } from "../src/architecture/formula.ts";
import { above, add, negative } from "../src/closure/verify/ball.ts";
import { createEvaluator } from "../src/closure/verify/evaluate.ts";
import { POINTS, placeOf } from "../src/closure/verify/points.ts";
import { createBudget } from "../src/errors.ts";
import { openPrecise } from "../src/precise/mpfr.ts";

const precise = await openPrecise();
const FUNCTIONS =
  "exp log sqrt cbrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sigmoid softplus silu gelu mish relu " +
  "elu abs sign floor ceil round erf erfc airyai gamma lgamma lambertw expm1 log1p";

const formula: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => {
  const of = (...parts: string[]) => parts.map((part) => fc.constant(part));
  const join = (open: string, middle: string, close: string) =>
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `${open}${a}${middle}${b}${close}`);
  return {
    any: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.constantFrom("x", "y", "2", "1/3", "pi", "e", "5", "0"),
      join("(", " + ", ")"),
      join("(", " - ", ")"),
      join("(", ")*(", ")"),
      join("(", ")/(", ")"),
      join("exp(complex(", ", ", "))"),
      join("cos(complex(", ", ", "))"),
      join("max(", ", ", ")"),
      fc.tuple(tie("any"), fc.constantFrom("2", "7", "(-1)", "(1/2)", "x")).map(([a, n]) => `(${a})^${n}`),
      fc.tuple(fc.constantFrom(...FUNCTIONS.split(" ")), tie("any")).map(([f, a]) => `${f}(${a})`),
      fc
        .tuple(fc.constantFrom("sn", "cn", "dn"), tie("any"), fc.constantFrom("1/2", "x", "2"))
        .map(([f, a, m]) => `${f}(${a}, ${m})`),
      fc.oneof(...of("re", "im", "conj").map((f) => fc.tuple(f, tie("any")))).map(([f, a]) => `${f}(${a})`),
    ),
  };
}).any;

test("the error of a value is below its bound", () => {
  const evaluator = createEvaluator(precise, createBudget({ milliseconds: 120_000, work: 1e9 }));
  let compared = 0;
  fc.assert(
    fc.property(formula, fc.nat(20), (text, point) => {
      const syntax = readFormula(text);
      const place = placeOf(POINTS[point]!, new Map(), () => false);
      precise.scope(600, (r) => {
        for (const bits of [64, 200]) {
          const rough = evaluator.value(r.at(bits), syntax, place);
          const fine = rough === undefined ? undefined : evaluator.value(r, syntax, place);
          if (rough === undefined || fine === undefined) return;
          const error = above(r, add(r, fine, negative(r, rough)));
          // Both values are off by at most their bounds; logarithms are rounded.
          expect(error).toBeLessThanOrEqual(Math.max(rough.error, fine.error, -(2 ** 30)) + 1e-6);
          compared++;
        }
      });
    }),
    { numRuns: 800, seed: 5 },
  );
  expect(compared).toBeGreaterThan(500);
});

test("a quotient of what overflows has no value, instead of 0", () => {
  const evaluator = createEvaluator(precise, createBudget());
  const place = placeOf(POINTS[0]!, new Map(), () => false);
  precise.scope(256, (r) => {
    for (const text of [
      "1/(exp(500000000)*exp(complex(0, 1)))",
      "exp(500000000)*exp(complex(0, 1))/(exp(500000000)*exp(complex(0, 2)))",
      "1/(exp(-500000000)*exp(complex(0, 1)))",
    ])
      expect(evaluator.value(r, readFormula(text), place), text).toBeUndefined();
    const small = evaluator.value(
      r,
      readFormula("exp(100000000)/(exp(100000000)*exp(complex(0, 1)))"),
      place,
    )!;
    expect(r.toNumber(small.re)).toBeCloseTo(Math.cos(1), 12);
  });
});

test("integers of integers are exact, so that jumps at them have a side", () => {
  const evaluator = createEvaluator(precise, createBudget());
  const place = placeOf(POINTS[0]!, new Map([["n", 7]]), () => false);
  precise.scope(256, (r) => {
    for (const [text, value] of [
      ["floor(6/3)", 2],
      ["sign(n - 7)", 0],
      ["floor((n - 1)/2) + delta(n, 7)", 4],
      ["ceil(7/2)", 4],
      ["2^10 - 2^(-1)*2", 1023],
    ] as const) {
      const found = evaluator.value(r, readFormula(text), place);
      expect({ text, value: r.toNumber(found!.re), close: found!.error < -200 }).toEqual({
        text,
        value,
        close: true,
      });
    }
    const jump = evaluator.value(r, readFormula("floor(sqrt(2)*sqrt(2))"), place);
    expect(jump === undefined || jump.error >= 0).toBe(true);
  });
});
