import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readFormula } from "../src/architecture/formula.ts";
import { build } from "../src/closure/field/build.ts";
import { areApart, areIndependent } from "../src/closure/field/places.ts";
import { closureOf } from "../src/closure/field/proofs.ts";
import { createPrograms } from "../src/closure/verify/program.ts";
import { createBudget } from "../src/errors.ts";
import { RATIONALS, rank } from "../src/exact/matrix.ts";
import { homomorphismBelow, imageOf, multiplyMod, PRIME_BOUND, rankMod } from "../src/exact/modular.ts";
import { G_I, gaussian, gMultiply, rational } from "../src/exact/rational.ts";
import * as S from "../src/exact/series.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import { model, transplant } from "./support/architectures.ts";

const field = homomorphismBelow(PRIME_BOUND);
const { p } = field;

describe("prime fields", () => {
  const small = fc.integer({ min: -4, max: 4 });
  const entry = fc.tuple(small, fc.integer({ min: 1, max: 3 })).map(([n, d]) => rational(n, d));

  test("the rank of an image is that of the matrix, where no pivot vanishes", () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([m, n]) =>
        fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
      );
    fc.assert(
      fc.property(matrix, (rows) => {
        const images = rows.map((row) => row.map((a) => imageOf(gaussian(a), field)!));
        expect(rankMod(images, p)).toBe(rank(RATIONALS, rows, createBudget()));
      }),
    );
  });

  test("the image of a product is the product of the images", () => {
    const number = fc.tuple(entry, entry).map(([re, im]) => gaussian(re, im));
    fc.assert(
      fc.property(number, number, (a, b) => {
        const product = multiplyMod(imageOf(a, field)!, imageOf(b, field)!, p);
        expect(imageOf(gMultiply(a, b), field)).toBe(product);
      }),
    );
  });

  test("a denominator that the prime divides has no image", () => {
    expect(imageOf(gaussian(rational(1, p)), field)).toBeUndefined();
  });

  test("series satisfy the equations that define them", () => {
    const residue = fc.integer({ min: 1, max: p - 1 });
    fc.assert(
      fc.property(fc.array(residue, { minLength: 4, maxLength: 4 }), residue, (u, first) => {
        expect(S.multiply(u, S.inverse(u, p), p)).toEqual(S.constantSeries(1, 3));
        const [e, l] = [S.exponential(u, first, p), S.logarithm(u, first, p)];
        expect(S.slope(e, p)).toEqual(S.multiply(S.slope(u, p), e.slice(0, -1), p));
        expect(S.multiply(S.slope(l, p), u.slice(0, -1), p)).toEqual(S.slope(u, p));
        expect([e[0], l[0]]).toEqual([first, first]);
        expect(S.power(u, 3, p)).toEqual(S.multiply(u, S.multiply(u, u, p), p));
      }),
    );
  });
});

describe("independence by places", () => {
  let precise: Precise;
  beforeAll(async () => {
    precise = await openPrecise();
  });

  const elements = (formulas: readonly string[]) => {
    const { algebra } = model("w");
    const nodes = formulas.map((formula) => transplant(algebra, model(formula).model));
    return build(algebra, nodes, [], precise, createBudget());
  };

  test.each<[list: string[], constants: boolean, affine: boolean]>([
    [["a", "b", "a + b"], false, false],
    [["a", "b"], true, false],
    [["a^2", "a^2 + b"], true, false],
    [["a^2", "b^2", "a*b"], true, true],
    [["exp(a*x)", "exp(2*a*x)"], true, true],
    [["log(1 + a^2)", "log(1 + exp(b))", "a"], true, false],
    [["tanh(a*x)", "1/(1 + exp(2*a*x))"], false, false],
    [["exp(a)*exp(b)/(1 + a)", "exp(a + b)/(1 + a) - 7/3*a"], true, false],
    [["erf(a)", "erf(b)", "erf(a*b)"], true, true],
    [["a*x", "3", "b"], false, false],
  ])("%j", (list, constants, affine) => {
    const { tower, elements: found } = elements(list);
    const closure = closureOf(tower, found);
    const own = closure.filter((v) => tower.generators[v]!.kind === "symbol" && tower.hasParameter(v));
    const shown = (modulo: "constants" | "affine") =>
      areIndependent(tower, found, modulo, own, closure, createBudget());
    expect([shown("constants"), shown("affine")]).toEqual([constants, affine]);
  });

  test("relations up to a constant of Q(i) are none of independent elements", () => {
    const apart = (...list: string[]) => areApart(elements(list).elements, createBudget());
    expect(apart("a", "b", "1/(a + b)")).toBe(true);
    expect(apart("a", "b", "2*a - b/3 + 5")).toBe(false);
    expect(apart("1/(a + b)", "a/(a + b)", "b/(a + b)")).toBe(false);
    const {
      tower,
      elements: [a],
    } = elements(["a"]);
    const turned = tower.multiply(tower.number(G_I), a!);
    expect(areApart([a!, turned], createBudget())).toBe(true);
    expect(areApart([a!, tower.add(a!, tower.number(G_I))], createBudget())).toBe(false);
    const all = closureOf(tower, [a!]);
    expect(areIndependent(tower, [a!, turned], "constants", all, all, createBudget())).toBe(true);
  });

  test("algebraic functions have no place", () => {
    const { tower, elements: found } = elements(["sqrt(1 + a^2)"]);
    const closure = closureOf(tower, found);
    expect(areIndependent(tower, found, "constants", closure, closure, createBudget())).toBeUndefined();
  });
});

test("a formula's equal parts are steps once, operands before what uses them", () => {
  const steps = createPrograms()(
    readFormula("tanh(a*b) + tanh(a*b)^2/max(a*b, tanh(a*b)) - x[i + 1]*x[i + 1]"),
  );
  expect(steps.filter(({ node }) => node.kind === "call").length).toBe(2);
  expect(steps.filter(({ node }) => node.kind === "indexed").length).toBe(1);
  steps.forEach(({ operands }, k) => {
    expect(operands.every((at) => at < k)).toBe(true);
  });
});
