import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Architecture, type Family, members } from "../src/architecture/architecture.ts";
import { createBudget } from "../src/errors.ts";
import { boundIndex, literal } from "../src/expression/affine.ts";
import { createAlgebra } from "../src/expression/algebra.ts";
import { differentiate } from "../src/expression/differentiate.ts";
import type { Node } from "../src/expression/node.ts";
import { createNormaliser, isObstacle } from "../src/expression/normal.ts";
import { print } from "../src/expression/print.ts";
import { expand, instantiate, rebuild } from "../src/expression/substitute.ts";
import { primitives } from "../src/primitives/index.ts";
import { builtinAt, expPolynomialFormula, model, transplant } from "./support/architectures.ts";

const budget = () => createBudget({ milliseconds: 60_000 });

/** Whether two expressions of one algebra are the same function, by the exact normal form. */
function sameFunction(architecture: Architecture, a: Node, b: Node): boolean {
  const { algebra } = architecture;
  const difference = expand(algebra, algebra.subtract(a, b), budget());
  const form = createNormaliser(algebra, (s) => s.role === "parameter", budget()).normal(difference);
  if (isObstacle(form)) throw new Error(form.obstacle);
  return form.size === 0;
}

const generic = (family: Family, from = 0) => ({
  name: family.name,
  role: "parameter" as const,
  indices: family.ranges.map((_, k) => boundIndex(from + family.ranges.length - 1 - k)),
  ranges: family.ranges,
});

const member = (family: Family, tuple: readonly number[]) => ({
  name: family.name,
  role: "parameter" as const,
  indices: tuple.map(literal),
  ranges: tuple.map((v) => ({ lo: literal(v), hi: literal(v) })),
});

describe("construction", () => {
  const algebra = createAlgebra(primitives);
  const [x, y] = [algebra.symbol("x", "input"), algebra.symbol("z", "parameter")];
  test("equal expressions are one object", () => {
    expect(algebra.add(x, y)).toBe(algebra.add(y, x));
    expect(algebra.multiply(x, y, x)).toBe(
      algebra.product([
        [y, 1],
        [x, 2],
      ]),
    );
    expect(algebra.subtract(algebra.add(x, y), y)).toBe(x);
  });
  test("an index and its exclusion cannot both hold", () => {
    const value = boundIndex(0);
    expect(algebra.multiply(algebra.test("equal", value), algebra.test("unequal", value))).toBe(algebra.zero);
  });
  test("empty folds are 0 and 1", () => {
    const parts = { lo: literal(1), hi: literal(0), except: [], body: x, hint: "i" };
    expect(algebra.fold({ op: "sum", ...parts })).toBe(algebra.zero);
    expect(algebra.fold({ op: "prod", ...parts })).toBe(algebra.one);
  });
});

describe("generic differentiation", () => {
  test("AION by one atom's parameter is again such an expression", () => {
    const aion = builtinAt("aion");
    const alpha = aion.parameters.find((f) => f.name === "alpha")!;
    const slope = differentiate(aion.algebra, aion.model, generic(alpha), budget());
    expect(print(slope, ["c", "b", "a"])).toBe(
      "A[a,b,c]*x[b]*exp(alpha[a,b,c]*x[b])*cos(omega[a,b,c]*x[b] + phi[a,b,c])" +
        "*prod(sum(A[a,i,p]*exp(alpha[a,i,p]*x[i])*cos(omega[a,i,p]*x[i] + phi[a,i,p]), p, 1, P), i, 1, d, i != b)",
    );
  });

  const cases: [string, string, Record<string, number>][] = [
    ["aion", "A", { r: 2, d: 2, P: 2 }],
    ["aion", "omega", { r: 1, d: 3, P: 1 }],
    ["cp-tensor", "b", { r: 2, d: 3 }],
    ["fourier-features", "w", { K: 3 }],
  ];
  test.each(cases)("%s by %s, instantiated, is the instance's derivative", (name, by, sizes) => {
    const open = builtinAt(name);
    const family = open.parameters.find((f) => f.name === by)!;
    const slope = differentiate(open.algebra, open.model, generic(family), budget());
    const numbers = new Map(Object.entries(sizes));
    const instance = builtinAt(name, sizes).parameters.find((f) => f.name === by)!;
    const at = instantiate(open.algebra, open.model, numbers);
    for (const tuple of members(instance)) {
      const sized = instantiate(open.algebra, slope, numbers);
      const here = rebuild(open.algebra, sized, { index: (k) => literal(tuple[tuple.length - 1 - k]!) });
      const direct = differentiate(
        open.algebra,
        expand(open.algebra, at, budget()),
        member(instance, tuple),
        budget(),
      );
      expect(sameFunction(open, here, direct)).toBe(true);
    }
  });

  test("shifted and triangular indices keep their deltas where the range is not known", () => {
    const given = model("sum(a[i + 1]*sum(b[k]*x, k, 1, i), i, 1, n)", { sizes: { n: 3 } });
    const plain = expand(given.algebra, given.model, budget());
    for (const family of given.parameters) {
      const slope = differentiate(given.algebra, given.model, generic(family), budget());
      for (const tuple of members(family)) {
        const here = rebuild(given.algebra, slope, { index: (k) => literal(tuple[tuple.length - 1 - k]!) });
        const direct = differentiate(given.algebra, plain, member(family, tuple), budget());
        expect(sameFunction(given, here, direct)).toBe(true);
      }
    }
  });
});

describe("normal form", () => {
  test.each([
    ["sin(w)^2 + cos(w)^2 - 1"],
    ["cosh(w)^2 - sinh(w)^2 - 1"],
    ["exp(a + b) - exp(a)*exp(b)"],
    ["2*sin(a)*cos(a) - sin(2*a)"],
    ["cos(a + b) - cos(a)*cos(b) + sin(a)*sin(b)"],
    ["(a + b)^5 - (a + b)^3*(a^2 + 2*a*b + b^2)"],
    ["x^(a + 1) - x*x^a"],
    ["cos(a + pi) + cos(a)"],
    ["exp(a)/exp(a*1/2)^2 - 1"],
    ["cos(a + pi/2) + sin(a)"],
    ["(exp(a) - exp(-a))/2 - sinh(a)"],
  ])("%s is zero", (formula) => {
    const given = model(formula);
    expect(sameFunction(given, given.model, given.algebra.zero)).toBe(true);
  });

  test.each([["sin(w)^2 - cos(w)^2"], ["exp(a + b) - exp(a) - exp(b)"], ["a*exp(1/1000000*a) - a"]])(
    "%s is not zero",
    (formula) => {
      const given = model(formula);
      expect(sameFunction(given, given.model, given.algebra.zero)).toBe(false);
    },
  );

  test("the product rule and the chain rule hold exactly", () => {
    fc.assert(
      fc.property(expPolynomialFormula, expPolynomialFormula, (f, g) => {
        const given = model(`(${f})*(${g}) + x + a + b + c + w + p`);
        const { algebra } = given;
        const [u, v] = [f, g].map((text) => {
          const other = model(`${text} + 0*(x + a + b + c + w + p)`);
          return rebuild(algebra, transplant(algebra, other.model), {});
        }) as [Node, Node];
        const by = { name: "a", role: "parameter" as const, indices: [], ranges: [] };
        const d = (node: Node): Node => differentiate(algebra, node, by, budget());
        const left = d(algebra.multiply(u, v));
        const right = algebra.add(algebra.multiply(d(u), v), algebra.multiply(u, d(v)));
        expect(sameFunction(given, left, right)).toBe(true);
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

describe("printing", () => {
  test("what is printed reads back as the same expression", () => {
    fc.assert(
      fc.property(expPolynomialFormula, (formula) => {
        const { algebra, model: node } = model(formula);
        const again = model(print(node), { inputs: ["x"] });
        expect(transplant(algebra, again.model)).toBe(node);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
  test.each([
    ["1 - exp(-k*x)", "1 - exp(-k*x)"],
    ["x^b", "x^b"],
    ["x^(1/2)*a^(-2/3)", "x^(1/2)*a^(-2/3)"],
    ["exp(log(a)*2)", "exp(2*log(a))"],
    ["(a+x)^(b/2)*3/7", "3*(a + x)^(b/2)/7"],
    ["-(a - b)", "-a + b"],
    ["a/(b*c)/x", "a/(b*c*x)"],
    ["2^-a", "exp(-a*log(2))"],
    ["complex(a, b)*complex(a, -b)", "(a + complex(0, 1)*b)*(a + complex(0, -1)*b)"],
    ["sum(a[i]*i, i, 1, n) + n", "sum(a[i]*i, i, 1, n) + n"],
  ])("%s", (formula, printed) => {
    expect(print(model(formula).model)).toBe(printed);
  });
});
