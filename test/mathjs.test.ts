import fc from "fast-check";
import { expect, test } from "vitest";
import { DescentError } from "../src/errors.ts";
import { mathjsEvaluate, mathjsEvaluateComplex } from "../src/precise/mathjs.ts";

const A = { "A[1,1]": 2, "A[1,2]": 3, "A[2,1]": 5, "A[2,2]": 7 };

test.each<[string, Record<string, number>, number]>([
  ["-x^2", { x: 3 }, -9],
  ["2^-1 + 2^3^2", {}, 512.5],
  ["a/b*c - (a - b)", { a: 6, b: 3, c: 5 }, 7],
  ["123456789012345678901e-20/3", {}, 1.2345678901234567 / 3],
  ["2*pi - e", {}, 2 * Math.PI - Math.E],
  ["A[1,2]*A[2,1]", A, 15],
  ["A[n - 1,n]", { ...A, n: 2 }, 3],
  ["sum(sum(A[i,j]*i, j, 1, n), i, 1, n)", { ...A, n: 2 }, 29],
  ["prod(sum(A[i,j], j, 1, i), i, 1, 2)", A, 24],
  ["sum(prod(x - k, k, 1, 3, k != i), i, 1, 3)", { x: 5 }, 26],
  ["sum(i*j, i, 1, 3, i != j and i != n - 1)", { j: 2, n: 2 }, 6],
  ["sum(delta(i, k)*i^2, i, 1, 4)", { k: 3 }, 9],
  ["sum(x, i, 1, r) + prod(x, i, 1, r)", { x: 5, r: 0 }, 1],
  ["sum(i, i, -2, 2*n - 1)", { n: 3 }, 12],
  ["sum(sum(i, i, 1, i), i, 1, 3)", {}, 10],
  ["i*Delta_A[1] + cm", { i: 2, "Delta_A[1]": 3, cm: 4 }, 10],
  ["floor(2.9999999999999996) + round(-2.5) + ceil(1e-13)", {}, 0],
  ["leaky_relu(-2) + leaky_relu(-2, 1/2) + relu(-3) + sign(-0.1)", {}, -2.02],
  ["re(complex(1, 2)*conj(complex(1, 2)))", {}, 5],
  ["besselj(1/2, 2)*sqrt(pi)", {}, Math.sin(2)],
])("%s", (formula, values, expected) => {
  expect(mathjsEvaluate(formula, values)).toBeCloseTo(expected, 12);
});

test.each([
  "b",
  "A",
  "i",
  "cm",
  "5 cm",
  "x y",
  "2x",
  "x + mod",
  "toString",
  "__proto__",
  "A[1]",
  "A[1,3]",
  "A[x/2,1]",
  "A[1:2,1]",
  "x = 2",
  "f(x) = x",
  "x; x",
  "[1, 2]",
  "{a: 1}",
  "x.y",
  "x[1].y",
  "A['b']",
  "(x + 1)[1]",
  '"text"',
  "true",
  "null",
  "NaN",
  "1e400",
  "x!",
  "x'",
  "5 % 3",
  "x > 1",
  "x ? 1 : 2",
  "x to cm",
  "not x",
  "1:3",
  'evaluate("1")',
  "import(x)",
  "parse(x)",
  "createUnit(x)",
  "derivative(x, x)",
  "x.constructor(1)",
  "constructor(x)",
  "power(x, 2)",
  "log(8, 2)",
  "exp()",
  "max(1)",
  "sum(x, 2, 1, 3)",
  "sum(x, i, 1)",
  "sum(i, i, 1, 3, i > 1)",
  "sum(i, i, 1, x/2)",
  "sum(i, i, 1, y)",
  "sum(index_0, i, 1, 2)",
  "at_0(1)",
  "complex(1, 2)",
  "relu(complex(1, 2))",
  "(",
  "",
])("refuses %s", (formula) => {
  let code: string | undefined;
  try {
    mathjsEvaluate(formula, { x: 1, y: 1.5, "A[1,1]": 1 });
  } catch (error) {
    if (!(error instanceof DescentError)) throw error;
    code = error.code;
  }
  expect(code).toBe("input");
});

test("the names an error gives", () => {
  expect(() => mathjsEvaluate("x*b", { x: 1 })).toThrow(
    "mathjs cannot evaluate the unbound name 'b'; accepted: arithmetic, folds, and known functions of bound names",
  );
  expect(() => mathjsEvaluate("sum(A[i], i, 1, 3)", { "A[1]": 1, "A[2]": 1 })).toThrow("'A[3]'");
  expect(() => mathjsEvaluate("(".repeat(20_000) + "1" + ")".repeat(20_000), {})).toThrow(
    "nested too deeply",
  );
  expect(() => mathjsEvaluate("sum(1, i, 1, 100000000)", {})).toThrow("too many turns");
});

test("complex values, and real functions outside of their domain", () => {
  const { re, im } = mathjsEvaluateComplex("exp(complex(0, 1)*u) + complex(1, 2)", { u: 0.5 });
  expect([re, im]).toEqual([expect.closeTo(1 + Math.cos(0.5), 14), expect.closeTo(2 + Math.sin(0.5), 14)]);
  for (const formula of ["sqrt(-1)", "log(-1)", "(-8)^(1/3)", "asin(2)", "besselj(1/2, -1)"]) {
    expect(mathjsEvaluate(formula, {})).toBeNaN();
  }
});

test("a fold is its written-out terms", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 6 }),
      (list) => {
        const values = Object.fromEntries(list.map((x, k) => [`a[${k + 1}]`, x]));
        const sum = list.reduce((total, x) => total + Math.exp(x), 0);
        const product = list.reduce((total, x) => total * (1 + x), 1);
        const n = list.length;
        expect(mathjsEvaluate("sum(exp(a[i]), i, 1, n)", { ...values, n })).toBeCloseTo(sum, 12);
        expect(mathjsEvaluate("prod(1 + a[n + 1 - i], i, 1, n)", { ...values, n })).toBeCloseTo(product, 11);
      },
    ),
  );
});
