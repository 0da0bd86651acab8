import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture/architecture.ts";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { createBudget } from "../src/errors.ts";
import { differentiate } from "../src/expression/differentiate.ts";
import { createNormaliser, isObstacle } from "../src/expression/normal.ts";
import { expand } from "../src/expression/substitute.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { builtinAt, expPolynomialFormula, linear, model, transplant } from "./support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

const check = (given: Architecture) => findVerdict(given, judge, createBudget({ milliseconds: 20_000 }));

describe("tiers", () => {
  test.each([
    ["a + b*x", "polynomial"],
    ["(w0 + w1*x)^3", "polynomial"],
    ["x*sin(w)^2 + x*cos(w)^2 + b", "polynomial"],
    ["b*exp(a*x)*exp(-a*x)", "polynomial"],
    ["w*relu(x - 1) + b", "polynomial"],
    ["a*cos(2*pi*x/12) + b*sin(2*pi*x/12) + c", "polynomial"],
    ["a*x/(x + 1)", "polynomial"],
    ["A*exp(-k*x)", "exponential-polynomial"],
    ["A*x^b", "exponential-polynomial"],
    ["a*cosh(w*x) + b*sinh(w*x)", "exponential-polynomial"],
    ["A*exp(-x^2)*cos(w*x + p)", "exponential-polynomial"],
    ["exp(a*x)/exp(b*x)", "exponential-polynomial"],
    ["sum(v[k]*sin(w[k]*x + b[k]), k, 1, 3)", "exponential-polynomial"],
    ["w*(log(x^2) - 2*log(x)) + (log(x^2) - 2*log(x))*exp(a*x)", "polynomial"],
    ["exp(a*(log(x^2) - 2*log(x)))", "polynomial"],
    ["a*exp(-(x - c)^2/(2*s^2))", "cascade"],
    // Each part is nonzero for some data, and never together.
    ["relu(-x)*exp(a*relu(x))", "undecided"],
    ["(exp(a*relu(x)) - 1)*relu(-x) + b", "undecided"],
    ["(abs(x) - x)*exp(a*(abs(x) + x)) + b", "undecided"],
    ["exp(a*(abs(x) - x)) + b*sqrt(x)", "undecided"],
    ["relu(x)*exp(a*relu(x))", "exponential-polynomial"],
    ["re(exp(complex(0, a*x))/complex(x, 1)) + exp(a*x)", "exponential-polynomial"],
    ["tanh(w*x)", "addition-theorem"],
    ["relu(w*x)", "outside"],
    ["gamma(w*x)", "outside"],
    ["x*(w^2 - 1)/(w - 1)", "polynomial"],
  ])("%s is %s", (formula, tier) => {
    expect(check(model(formula)).tier).toBe(tier);
  });

  test("a family is undecided where one of its members is", () => {
    const { parameters } = check(model("exp(b*x + a[1]*relu(x - 100)) + a[2]*x"));
    expect(parameters.find((p) => p.name === "a[i1]")?.tier).not.toBe("polynomial");
  });

  test("each parameter has its own", () => {
    expect(check(model("A*exp(-k*x)*w^2")).parameters).toEqual([
      { name: "A", tier: "polynomial" },
      { name: "k", tier: "exponential-polynomial" },
      { name: "w", tier: "polynomial" },
    ]);
    const gaussian = check(model("a*exp(-(x - c)^2/(2*s^2))"));
    expect(gaussian.parameters[0]).toEqual({ name: "a", tier: "polynomial" });
    expect(gaussian.closedIn).toEqual(["a", "c", "s"]);
  });

  test("AION with given sizes is a strict member with as many products as ranks", () => {
    const verdict = check(builtinAt("aion", { r: 2, d: 2, P: 1 }));
    expect(verdict).toMatchObject({
      tier: "exponential-polynomial",
      membership: "strict",
      separable: { holds: true, rank: 2 },
      analytic: { holds: true, radius: "infinite" },
      terminates: { model: null, optimality: null },
      sufficientStatistics: "lattice",
    });
    expect(verdict.architecture.parameters.slice(0, 3)).toEqual(["A[1,1,1]", "A[1,2,1]", "A[2,1,1]"]);
    expect(linear(check(builtinAt("aion", { r: 3, d: 3, P: 3 })))?.dimension).toBe(5184);
  });

  test("the order at which a tower ends is exact", () => {
    expect(check(model("a + b*x")).terminates).toEqual({ model: 1, optimality: 1 });
    expect(check(model("(w0 + w1*x)^3*v")).terminates).toEqual({ model: 4, optimality: 7 });
    expect(check(model("(a + b)^2 - a^2 - 2*a*b - b^2 + c")).terminates).toEqual({ model: 1, optimality: 1 });
  });

  test("the recurrence in one input has the order of the closure in it", () => {
    expect(check(model("A*exp(-k*x)")).direct).toEqual({ holds: true, recurrenceOrder: 1 });
    expect(check(model("c + a*x*exp(k*x) + b*cos(w*x + p)")).direct).toEqual({
      holds: true,
      recurrenceOrder: 5,
    });
    expect(check(model("(sqrt(2)^2 - 2)*x^5*a + a")).direct).toEqual({ holds: null, recurrenceOrder: null });
    expect(check(model("A*x^b")).direct).toEqual({ holds: null, recurrenceOrder: null });
  });

  test("sizes of 0, and models without parameters", () => {
    for (const sizes of [
      { r: 0, d: 2, P: 2 },
      { r: 2, d: 0, P: 2 },
      { r: 2, d: 2, P: 0 },
    ]) {
      expect(check(builtinAt("aion", sizes)).tier).toBe("polynomial");
    }
    expect(check(model("x^2"))).toMatchObject({
      tier: "polynomial",
      terminates: { model: 0, optimality: 0 },
    });
  });

  test("a budget that is spent ends in undecided", () => {
    const given = model("(a + b + c + d + e1 + f + g + h)^60*exp(w*x)");
    const verdict = findVerdict(given, judge, createBudget({ work: 5_000 }));
    expect(verdict).toMatchObject({ tier: "undecided", obstruction: { kind: "undecided" } });
  });
});

describe("open sizes", () => {
  test("AION, for every r, d and P at once", () => {
    expect(check(builtinAt("aion"))).toMatchObject({
      tier: "exponential-polynomial",
      membership: "strict",
      separable: { holds: true, rank: "r" },
      analytic: { holds: true, radius: "infinite" },
      parameters: [
        { name: "A[j,i,p]", tier: "polynomial" },
        { name: "alpha[j,i,p]", tier: "exponential-polynomial" },
        { name: "omega[j,i,p]", tier: "exponential-polynomial" },
        { name: "phi[j,i,p]", tier: "exponential-polynomial" },
      ],
      sufficientStatistics: "lattice",
      exceptions: [
        { sizes: { r: 0 }, tier: "polynomial" },
        { sizes: { d: 0 }, tier: "polynomial" },
        { sizes: { P: 0 }, tier: "polynomial" },
      ],
      certificate: { dimension: "r*(4*P)^d" },
    });
  });

  test.each([
    ["sum(a[k]*exp(-b[k]*x), k, 1, K) + c"],
    ["sum(v[k]*sin(w[k]*x + b[k]), k, 1, h)"],
    ["sum(prod(a[j,i] + b[j,i]*x[i], i, 1, d), j, 1, r)"],
    ["prod(sum(a[i,p]*x[i]^p, p, 1, P), i, 1, d)"],
    ["sum((sin(a[i])^2 + cos(a[i])^2)*b[i], i, 1, n)"],
    [
      "sum(prod(sum(A[j,i,p]*exp(al[j,i,p]*x[i])*cos(om[j,i,p]*x[i] + ph[j,i,p]), p, 1, P), i, 1, d), j, 1, r)",
    ],
  ])("%s: the verdict with open sizes is that of its instances", (formula) => {
    const generic = check(model(formula));
    expect(generic.membership).toBe("strict");
    const { open } = model(formula);
    for (const values of [
      [1, 1, 1],
      [1, 2, 3],
      [2, 1, 1],
      [3, 2, 2],
    ]) {
      const sizes = Object.fromEntries(open.map((name, k) => [name, values[k]!]));
      const at = (value: number | string | null): number | null =>
        value === null ? null : mathjsEvaluate(String(value), sizes);
      const instance = check(model(formula, { sizes }));
      expect(instance.tier).toBe(generic.tier);
      expect(instance.terminates.model).toBe(at(generic.terminates.model));
      expect(instance.terminates.optimality).toBe(at(generic.terminates.optimality));
      if (sizes.d !== 1) expect(instance.separable.rank).toBe(at(generic.separable.rank));
      expect(instance.parameters.map((p) => p.tier)).toEqual(generic.parameters.map((p) => p.tier));
    }
  });

  test("AION in complex form: the real part is taken once", () => {
    const verdict = check(builtinAt("aion-complex"));
    expect(verdict).toMatchObject({
      tier: "exponential-polynomial",
      membership: "strict",
      separable: { holds: true, rank: "2*r" },
      analytic: { holds: true, radius: "infinite" },
      parameters: [
        { name: "A[j,i,p]", tier: "polynomial" },
        { name: "alpha[j,i,p]", tier: "exponential-polynomial" },
        { name: "omega[j,i,p]", tier: "exponential-polynomial" },
        { name: "phi[j,i,p]", tier: "exponential-polynomial" },
      ],
      sufficientStatistics: "lattice",
      exceptions: [
        { sizes: { r: 0 }, tier: "polynomial" },
        { sizes: { d: 0 }, tier: "polynomial" },
        { sizes: { P: 0 }, tier: "polynomial" },
      ],
      certificate: {
        dimension: "2*r*(2*P)^d",
        restriction: [{ family: "A", indices: ["1", ">=2", "1"], value: "1" }],
      },
    });
    const large = check(builtinAt("aion-complex", { r: 3, d: 3, P: 3 }));
    expect(large.parameters).toEqual(verdict.parameters);
    expect(linear(large)?.dimension).toBe(1296);
  });

  const E = "exponential-polynomial";
  test.each([
    ["sum(B[k]*exp(-a*(x - k)), k, 1, T)", ["polynomial", E], null],
    ["sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)", ["polynomial", E, E], null],
    ["sum(v[k]*cos(sum(x[i]*sum(w[k,i,j]*x[j], j, 1, d), i, 1, d)), k, 1, h)", ["polynomial", E], null],
    [
      "exp(c*sum(x[i]*0, i, 1, d) + sum(w[i]*x[i], i, 1, d))*sum(w[i]*x[i], i, 1, d)",
      ["polynomial", E],
      null,
    ],
    ["(sum(w[i]*x[i], i, 1, d) + b)^3", ["polynomial", "polynomial"], 3],
    ["prod(a*x[i] + b, i, 1, d)", ["polynomial", "polynomial"], "d"],
    ["sum(sum(a[i,j]*exp(a[j,i]*x), i, 1, n), j, 1, n)", [E], null],
    ["sum(sum(a[i,j]*exp(a[i,i]*x), i, 1, n), j, 1, n)", [E], null],
    ["sum(exp(b[k]*x + c), k, 1, n)", [E, "undecided"], null],
    // What cancels, or may.
    ["sum(B[k]*exp(a*x) - B[k]*exp(a*x), k, 1, n)", ["polynomial", "polynomial"], 0],
    ["prod(exp(a[k])*exp(-a[k]), k, 1, n)", ["polynomial"], 0],
    ["sum(exp(a), k, 1, n)*exp(-a)", ["polynomial"], 0],
    ["sum(a[k]*exp(c*x)*exp(-c*x), k, 1, n)", ["polynomial", "polynomial"], 1],
    ["sum(w[i]*x[i], i, 1, d) - sum(w[j]*x[j], j, 1, d)", ["polynomial"], 0],
    ["exp(sum(a[i], i, 1, n))*exp(-sum(a[i], i, 1, n))", ["polynomial"], 0],
    ["sin(sum(w[i]*x[i], i, 1, d))^2 + cos(sum(w[j]*x[j], j, 1, d + 1 - 1))^2", ["polynomial"], 0],
    ["sum(prod(a[i]*x[i] + c[j], i, 1, d), j, 1, r)", ["polynomial", "polynomial"], null],
    ["sum(sum(a[i] - a[j], i, 1, n), j, 1, n)", ["polynomial"], null],
    ["sum(t, k, 1, n) - t", ["polynomial"], null],
    ["prod((k - 2)*a[k], k, 1, n)", ["polynomial"], null],
  ] as const)("%s: families and degree", (formula, tiers, degree) => {
    const verdict = check(model(formula, formula.includes("x[") ? { inputs: ["x[i]"] } : {}));
    expect(verdict.parameters.map((p) => p.tier)).toEqual(tiers);
    expect(verdict.tier).toBe(tiers.includes(E as never) ? E : "polynomial");
    expect(verdict.terminates.model).toBe(degree);
  });

  test.each([
    ["sum(a[i]*exp(a[i + 1]*x), i, 1, n)"],
    ["sum(a[k]*exp(b[k]*x), k, 5, n)"],
    ["prod(a[i], i, 1, n - 5)"],
    ["sum((k - 1)*exp(a[k]*x), k, 1, n)"],
    ["prod(exp(a*(-1)^k), k, 1, n)"],
    ["sum((-1)^k*exp(a*x), k, 1, n)"],
    ["sum(sum(exp(a[i]*x) - exp(a[j]*x), i, 1, n), j, 1, n)"],
    ["exp(sum(a[i], i, 1, n))*prod(exp(-a[i]), i, 1, n)"],
    // Inputs at different open indices meet where the indices do.
    ["prod(prod(exp(b[i,j]*(x[i] - x[j])) - 1, j, 1, n), i, 1, n)"],
    ["prod(prod(a[i,j]*(x[i] - x[j]), j, 1, n), i, 1, n)"],
    ["prod(a[i]*(x[i] - x[n + 1 - i]), i, 1, n)"],
    ["prod(prod(a[i,j]*relu(x[i] - 1), j, 1, n), i, 1, n)*prod(exp(b[i])*relu(1 - x[i]), i, 1, n)"],
  ])("%s: what is not proved is not decided", (formula) => {
    const inputs = formula.includes("x[") ? ["x[i]"] : ["x"];
    expect(check(model(formula, { inputs })).tier).toBe("undecided");
  });

  test("no exception is listed where the largest of several degrees is the same", () => {
    const verdict = check(model("s^2 + prod(b[i]*x + c[i], i, 1, d)"));
    expect(verdict).toMatchObject({ terminates: { model: "max(2, d)" }, exceptions: [] });
  });
});

describe("separability", () => {
  test.each([
    ["a*x1 + b*x2 + c", 2],
    ["(a + b*x1)*(c + d*x2)", 1],
    ["cos(w*(x1 + x2))", 2],
    ["exp(a*x1 + b*x2 + c)", 1],
    ["(x1 + a*x2)^3", 4],
    ["sin(w1*x1 + w2*x2 + b) + x1", 3],
  ])("%s has rank %i", (formula, rank) => {
    expect(check(model(formula)).separable).toMatchObject({ holds: true, rank });
  });
  test("what is not read off the structure is refuted or stays open", () => {
    expect(check(model("exp(w*x1*x2)")).separable).toMatchObject({ holds: false, rank: null });
    expect(check(model("exp(w*x1*x2)*0 + a*log(x1 + x2)")).separable.holds).toBe(false);
    expect(check(model("w*floor(x1 + x2)")).separable).toMatchObject({ holds: null, rank: null });
  });
});

/** ∂_a b − M_a b, [M_a, M_b] and f − coordinates·b, all zero by the exact normal form. */
function closureHolds(formula: string): boolean {
  const given = model(formula);
  const certificate = linear(check(given));
  if (certificate?.basis === undefined) return false;
  const { algebra } = given;
  const budget = createBudget({ milliseconds: 60_000 });
  const inputs = given.inputs.map((f) => f.name);
  const read = (text: string) => {
    return transplant(algebra, model(text, { inputs }).model);
  };
  const zero = (node: ReturnType<typeof read>): boolean => {
    const form = createNormaliser(algebra, (s) => s.role === "parameter", budget).normal(node);
    return !isObstacle(form) && form.size === 0;
  };
  const basis = certificate.basis.map(read);
  const combine = (row: readonly string[]) =>
    algebra.add(...row.map((entry, k) => algebra.multiply(read(entry), basis[k]!)));
  expect(
    zero(algebra.subtract(expand(algebra, given.model, budget), combine(certificate.coordinates!))),
  ).toBe(true);
  for (const parameter of certificate.parameters) {
    const matrix = certificate.matrices![parameter]!;
    basis.forEach((element, k) => {
      const by = { name: parameter, role: "parameter" as const, indices: [], ranges: [] };
      const slope = differentiate(algebra, element, by, budget);
      expect(zero(algebra.subtract(slope, combine(matrix[k]!)))).toBe(true);
    });
  }
  return true;
}

describe("certificates", () => {
  test.each([
    ["A*exp(a*x)*cos(w*x + p)"],
    ["b1*(1 - exp(-b2*x))"],
    ["(w0 + w1*x)^3"],
    ["x^b*(a + c*x)"],
    ["a*exp(-x^2)*sin(p - w*x) + c"],
    ["(a + cos(w*x))^2"],
  ])("the closure of %s holds", (formula) => {
    expect(closureHolds(formula)).toBe(true);
  });

  test("closures of random exponential polynomials hold", () => {
    let written = 0;
    const property = fc.property(expPolynomialFormula, (formula) => {
      if (closureHolds(formula)) written++;
    });
    fc.assert(property, { numRuns: 60, seed: 11 });
    expect(written).toBeGreaterThan(20);
  });
});

describe("no confident wrong answers", () => {
  /** Functions that are 1 or 0 whatever their spelling. */
  const one = fc.constantFrom(
    "(sin(w)^2 + cos(w)^2)",
    "(cosh(c*x)^2 - sinh(c*x)^2)",
    "exp(a + b)*exp(-a)/exp(b)",
    "(exp(a)*exp(-a))",
    "(2*cos(p)^2 - cos(2*p))",
    "x^c/x^c",
  );
  const zero = fc.constantFrom(
    "(sin(2*w) - 2*sin(w)*cos(w))",
    "(exp(a*x)*exp(b*x) - exp((a + b)*x))",
    "(sinh(a) + cosh(a) - exp(a))",
    "((a + b)^2 - a^2 - 2*a*b - b^2)",
    "(cos(w + pi) + cos(w))",
    "(x^(a + 1) - x*x^a)",
  );
  const scalar = fc.constantFrom("2", "x", "1/3", "exp(-x^2)", "relu(x)", "log(x)", "cos(2*x)");
  const monomial = fc.record({
    powers: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1)),
    scalar,
    character: fc.constantFrom("", "", "exp(w*x)", "cos(p - w*x)", "sinh(c)"),
  });

  test("random members whose tier and degree are known, disguised by identities", () => {
    let undecided = 0;
    const runs = 300;
    const property = fc.property(
      fc.array(monomial, { minLength: 1, maxLength: 3 }),
      one,
      zero,
      (terms, unit, nothing) => {
        // Distinct powers of distinct monomials: the terms cannot cancel among themselves.
        const distinct = [...new Map(terms.map((t) => [t.powers.join(), t])).values()];
        const text = distinct.map(({ powers: [i, j, k], scalar: s, character }) =>
          [s, `a^${i}`, `b^${j}`, `c^${k}`, ...(character === "" ? [] : [character])].join("*"),
        );
        const formula = `(${text.join(" + ")})*${unit} + a*${nothing} + ${nothing}*exp(c)`;
        const exponential = distinct.some((t) => t.character !== "");
        const degree = Math.max(...distinct.map((t) => t.powers[0] + t.powers[1] + t.powers[2]));
        const verdict = check(model(formula));
        if (verdict.tier === "undecided") undecided++;
        else {
          expect(verdict.tier).toBe(exponential ? "exponential-polynomial" : "polynomial");
          if (!exponential) expect(verdict.terminates.model).toBe(degree);
        }
      },
    );
    fc.assert(property, { numRuns: runs, seed: 23 });
    expect(undecided).toBeLessThan(0.05 * runs);
  });

  const path = new URL("../../shared/cases/verdicts.json", import.meta.url);
  interface Case {
    id: string;
    model: string;
    inputs: string[];
    tier: string;
    separable?: boolean;
    loss?: "huber";
    parameters?: Record<string, string>;
  }
  test.skipIf(!existsSync(path))("shared cases (skipped where ../shared is absent)", () => {
    const cases = JSON.parse(readFileSync(path, "utf8")) as Case[];
    const wrong: string[] = [];
    for (const { id, model: formula, inputs, tier, loss, separable, parameters } of cases) {
      const sizes = { r: 2, d: 2, P: 2, h: 2, m: 2, T: 3 };
      const open = model(formula, { inputs, ...(loss === undefined ? {} : { loss }) });
      const given = model(formula, {
        inputs,
        ...(loss === undefined ? {} : { loss }),
        sizes: Object.fromEntries(Object.entries(sizes).filter(([name]) => open.open.includes(name))),
      });
      const verdict = check(given);
      if (verdict.tier !== tier && verdict.tier !== "undecided")
        wrong.push(`${id}: ${verdict.tier}, not ${tier}`);
      if (separable === false && verdict.separable.holds === true) wrong.push(`${id}: separable`);
      for (const own of verdict.parameters) {
        const expected = parameters?.[own.name.replace(/\[.*/, "")];
        if (own.tier !== "undecided" && expected !== undefined && own.tier !== expected) {
          wrong.push(`${id}: ${own.name} ${own.tier}, not ${expected}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
