import fc from "fast-check";
import { all, create } from "mathjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Architecture, flatNames } from "../src/architecture/architecture.ts";
import { compilePrograms } from "../src/emit/module.ts";
import { createBudget } from "../src/errors.ts";
import { rational } from "../src/exact/rational.ts";
import type { Node } from "../src/expression/node.ts";
import { createNormaliser, isObstacle } from "../src/expression/normal.ts";
import { print } from "../src/expression/print.ts";
import { conjugate, rebuild } from "../src/expression/substitute.ts";
import { openPrecise, type Precise } from "../src/precise/mpfr.ts";
import {
  type LatticeProduct,
  latticeEquations,
  latticeHessian,
  latticeJson,
  shiftedNode,
} from "../src/resummation/lattice/equations.ts";
import { evaluateLattice } from "../src/resummation/lattice/evaluate.ts";
import { type LatticeForm, latticeForm } from "../src/resummation/lattice/form.ts";
import type { ModeTerm } from "../src/resummation/lattice/modes.ts";
import { closedSums, powerSums } from "../src/resummation/lattice/sums.ts";
import { builtinAt, expPolynomialFormula, model } from "./support/architectures.ts";
import { derivativeNodes, latticePoint, line, measuredError, QUICK } from "./support/lattice.ts";

let precise: Precise;
beforeAll(async () => {
  precise = await openPrecise();
});

const budget = () => createBudget({ milliseconds: 60_000 });

function formOf(given: Architecture): LatticeForm {
  const form = latticeForm(given, budget());
  if ("absent" in form) throw new Error(form.absent);
  return form;
}

describe("which architectures have a lattice form", () => {
  test.each([
    ["tanh(w*x)", "the inputs stand in tanh(w*x), beyond polynomials and affine exponents"],
    ["relu(x - 1)*a", "the inputs stand in relu(x - 1), beyond polynomials and affine exponents"],
    ["a*x^b", "the inputs stand in log(x), beyond polynomials and affine exponents"],
    ["exp(w*x^2)", "the exponent w*x^2 is not affine in the inputs"],
    ["cos(w*x1*x2)", "the exponent w*x1*x2 is not affine in the inputs"],
    ["a/(x + b)", "the inputs stand in the denominator x + b"],
    ["a/x", "the inputs stand in the denominator x"],
    ["a*exp(exp(b*x))", "the inputs stand in exp(exp(b*x)), beyond polynomials and affine exponents"],
    ["erf(a)*x", "there is no code for 'erf' yet"],
    ["a + b", "the model has no inputs"],
  ])("%s has none", (formula, absent) => {
    expect(latticeForm(model(formula), budget())).toEqual({ absent });
  });
  test("open sizes, other losses and several outputs have none", () => {
    expect(latticeForm(builtinAt("aion"), budget())).toEqual({ absent: "the sizes r, d, P are open" });
    const loss = (formula: string, name: "poisson") => model(formula, { loss: name });
    expect(latticeForm(loss("a*x", "poisson"), budget())).toEqual({
      absent: "the loss is poisson, not squared",
    });
  });
  test.each([
    ["a^b*exp(c*x)", 1],
    ["exp(x*log(c))/(1 + b^2)", 1],
    ["a*sinh(w*x)*cos(w*x)", 2],
    ["sin(w*x)^2 + cos(w*x)^2 + a*x", 1],
    ["tanh(a)*x^2 + sigmoid(b)*exp(sqrt(b)*x)", 2],
    ["a*cos(w*x + p) + b*sin(w*x + q)", 1],
  ])("%s has %i characters", (formula, characters) => {
    expect(formOf(model(formula)).characters[0]!.length).toBe(characters);
  });
  test("conjugates are counted once, and both forms of AION are one", () => {
    const forms = ["aion", "aion-complex"].map((name) => formOf(builtinAt(name, { r: 1, d: 1, P: 3 })));
    for (const form of forms) {
      expect(form.modes.length).toBe(3);
      expect(form.layout.basis.length).toBe(9);
      expect(form.slopes.map((s) => s.map((t) => print(t.coefficient)))).toEqual(
        forms[0]!.slopes.map((s) => s.map((t) => print(t.coefficient))),
      );
    }
  });
});

/** Whether an expression in parameters, steps and targets is zero. */
function isZero(given: Architecture, node: Node): boolean {
  const form = createNormaliser(given.algebra, () => true, budget()).normal(node);
  return !isObstacle(form) && form.size === 0;
}

/** Products of terms, summed over three data on a line, in steps and targets. */
function multipliedOut(
  form: LatticeForm,
  products: readonly LatticeProduct[],
  points: readonly Node[],
): Node {
  const { algebra } = form.architecture;
  const shifted = shiftedNode(algebra);
  const exp = (node: Node): Node => algebra.call("exp", [node]);
  const bar = (node: Node): Node => conjugate(algebra, node);
  const at = (term: ModeTerm, x: Node): Node => {
    const mode = form.modes[term.mode]!;
    const reference = mode.characters[0]!;
    const { rate } = form.characters[0]![reference.character]!;
    return algebra.multiply(
      shifted(term.coefficient),
      exp(shifted(mode.constant)),
      exp(algebra.multiply(shifted(reference.bar ? bar(rate) : rate), x)),
      algebra.product([[x, term.powers[0]!]]),
    );
  };
  const parts = points.flatMap((x, n) =>
    products.map(({ weight, left, right, conjugate: barred }): Node => {
      const other = right === "y" ? target(form.architecture, n) : at(right, x);
      const value = algebra.multiply(at(left, x), barred ? bar(other) : other);
      const scale = weight === "half" ? rational(1, 4) : rational(weight, 2);
      return algebra.scale(scale, algebra.add(value, bar(value)));
    }),
  );
  return algebra.add(...parts);
}

const target = ({ algebra }: Architecture, n: number): Node => algebra.symbol(`y${n}`, "target");

describe("the form multiplied out is F and H", () => {
  test("for random formulas, over three data", () => {
    fc.assert(
      fc.property(expPolynomialFormula, (formula) => {
        const given = model(formula);
        const { algebra } = given;
        const form = latticeForm(given, budget());
        // Without an input there is none.
        if ("absent" in form) return void expect(form.absent).toBe("the model has no inputs");
        const points = [-1, 0, 2].map((n) => algebra.number(rational(n, 2)));
        const { residual, slopes, second } = derivativeNodes(given);
        const direct = (make: (at: (node: Node) => Node) => Node): Node =>
          algebra.add(
            ...points.map((x, n) =>
              make((node) =>
                rebuild(algebra, node, {
                  symbol: (s) =>
                    s.role === "input"
                      ? x
                      : s.role === "target"
                        ? target(given, n)
                        : algebra.add(s, algebra.symbol(s.name, "step")),
                }),
              ),
            ),
          );
        latticeEquations(form).forEach((products, a) => {
          const wanted = direct((at) => algebra.multiply(at(residual), at(slopes[a]!)));
          expect(isZero(given, algebra.subtract(multipliedOut(form, products, points), wanted))).toBe(true);
        });
        const hessian = latticeHessian(form);
        const [a, b] = [hessian.length - 1, Math.floor(hessian.length / 2)];
        if (a < 0) return;
        const wanted = direct((at) =>
          algebra.add(
            algebra.multiply(at(slopes[a]!), at(slopes[b]!)),
            algebra.multiply(at(residual), at(second[a]![b]!)),
          ),
        );
        const own = multipliedOut(form, hessian[a]![b]!, points);
        expect(isZero(given, algebra.subtract(own, wanted))).toBe(true);
      }),
      { numRuns: 8, seed: 3 },
    );
  });
});

describe("the printed equations", () => {
  const damped = () => formOf(model("A*exp(a*x)*cos(w*x + p)"));
  test("one damped wave", () => {
    const json = latticeJson(damped());
    expect(json.characters).toEqual([
      {
        name: "z1",
        input: "x",
        base: "exp(h*(a + complex(0, 1)*w))",
        shift: "exp(h*(Delta_a + complex(0, 1)*Delta_w))",
        real: false,
      },
    ]);
    expect(json.terms).toEqual([
      { name: "c1", unit: "u1", characters: ["z1"], monomial: "1", amplitude: "A + Delta_A" },
    ]);
    expect(json.equations?.A).toBe(
      "re(u1*(c1*u1*S(0, z1^2)/2 + conj(c1*u1)*S(0, z1*conj(z1))/2 - Y(0, z1)))",
    );
    expect(json.hessian?.A).toEqual({ A: "re(u1*(u1*S(0, z1^2)/2 + conj(u1)*S(0, z1*conj(z1))/2))" });
  });

  const math = create(all!);
  test.each([
    ["A*exp(a*x)*cos(w*x + p)"],
    ["a*exp(-k*x) + c*x^2 + d"],
    ["A*exp(-k*(x - c))*cos(p)/(1 + b^2) + tanh(z1)*sin(w*x)^2"],
    ["S*cos(h*x) + c1*exp(-N*x)*x"],
    ["A*exp(a*x1)*cos(w*x2 + v*x1 + p)*x2 + b*x1"],
  ])("%s: read by mathjs they give F and H", (formula) => {
    const given = model(formula);
    const form = formOf(given);
    const json = latticeJson(form);
    const { data } = latticePoint(given, { start: [-0.5, 0.3], step: [0.25, -0.1], count: [7, 4] }, 5, 0.2);
    const { start, step, count } = data.lattice;
    const scope = new Map<string, unknown>();
    form.parameters.forEach((name, k) => {
      scope.set(name, data.theta[k]).set(`Delta_${name}`, data.delta[k]);
    });
    const [places] = [json.points.map((p) => [p.start, p.step])];
    const many = form.inputs.length > 1;
    places.forEach(([x0, h], i) => {
      if (!many) scope.set(x0!, start[0]).set(h!, step[0]);
      else if (i === 0) scope.set("x0", Array.from(start)).set("h", Array.from(step));
    });
    for (const { name, base, shift } of [...json.characters, ...json.units])
      scope.set(name, math.multiply(math.evaluate(base, scope), math.evaluate(shift, scope)));
    for (const { name, amplitude } of json.terms) scope.set(name, math.evaluate(amplitude, scope));
    const power = (i: number, n: number, k: number, z: math.MathType) =>
      math.multiply((start[i]! + n * step[i]!) ** k, math.pow(z as math.Complex, n) as math.Complex);
    const sum = (i: number) => (k: number, z: math.MathType) => {
      let total: math.MathType = 0;
      for (let n = 0; n < count[i]!; n++) total = math.add(total, power(i, n, k, z));
      return total;
    };
    const name = (text: string): string => text.split("(")[0]!;
    form.inputs.forEach((_, i) => {
      scope.set(many ? name(json.sums.S).replace("i", `${i + 1}`) : name(json.sums.S), sum(i));
    });
    scope.set(name(json.sums.Y), (...args: math.MathType[]) => {
      let total: math.MathType = 0;
      for (let n = 0; n < data.y.length; n++) {
        const at = many ? [Math.floor(n / count[1]!), n % count[1]!] : [n];
        const factors = at.map((m, i) => power(i, m, args[2 * i] as number, args[2 * i + 1]!));
        const product = factors.reduce((p, f) => math.multiply(p, f) as math.MathType, data.y[n]!);
        total = math.add(total, product);
      }
      return total;
    });
    const { gradient, hessian } = evaluateLattice(form, data);
    const size = form.parameters.length;
    form.parameters.forEach((parameter, a) => {
      expect(math.evaluate(json.equations![parameter]!, scope)).toBeCloseTo(gradient[a]!, 9);
      form.parameters.slice(0, a + 1).forEach((other, b) => {
        const entry = math.evaluate(json.hessian![parameter]![other]!, scope);
        expect(entry).toBeCloseTo(hessian[a * size + b]!, 9);
      });
    });
  });
});

describe("sums of powers", () => {
  test.each([
    [0, 0],
    [1e-9, 1e-9],
    [-1e-3, 0.7],
    [0.01, 3.1],
    [-2, -1],
  ])("exp(%d + %di): doubling, and the closed form, are the sums in many digits", (re, im) => {
    const math = create(all!);
    for (const count of [0, 1, 2, 3, 7, 64, 201]) {
      const got = powerSums({ re: { hi: re, lo: 0 }, im: { hi: im, lo: 0 } }, count, 4);
      precise.scope(200, (r) => {
        const totals = got.map(() => [r.number(0), r.number(0)] as const);
        const sizes = got.map(() => 0);
        for (let n = 0; n < count; n++) {
          const size = r.unary("exp", r.binary("mul", r.number(n), r.number(re)));
          const angle = r.binary("mul", r.number(n), r.number(im));
          totals.forEach(([a, b], k) => {
            const power = r.binary("mul", size, r.power(r.number(n), k));
            totals[k] = [
              r.binary("add", a, r.binary("mul", power, r.unary("cos", angle))),
              r.binary("add", b, r.binary("mul", power, r.unary("sin", angle))),
            ];
            sizes[k] = sizes[k]! + Math.abs(r.toNumber(power));
          });
        }
        totals.forEach(([a, b], k) => {
          const error = Math.hypot(r.toNumber(a) - got[k]!.re, r.toNumber(b) - got[k]!.im);
          expect(error).toBeLessThanOrEqual(1e-14 * sizes[k]!);
        });
      });
      if (Math.hypot(re, im) < 0.1) continue;
      const scope = new Map<string, unknown>([
        ["z", math.evaluate(`exp(complex(${re}, ${im}))`)],
        ["N", count],
      ]);
      closedSums("z", "N", 4).forEach((text, k) => {
        const value = math.complex(math.evaluate(text, scope));
        scope.set(`s${k}`, value);
        const size = 1 + Math.hypot(got[k]!.re, got[k]!.im);
        expect(Math.hypot(value.re - got[k]!.re, value.im - got[k]!.im) / size).toBeLessThan(1e-9);
      });
    }
  });
});

describe("loss, F and H against sums in sixty digits", () => {
  test.each(QUICK)("%s", (_, make, lattice, theta, size) => {
    expect(measuredError(precise, make(), lattice, theta, size)).toEqual({ error: 0, entry: "" });
  });
  test("random formulas over random lattices", () => {
    fc.assert(
      fc.property(
        expPolynomialFormula,
        fc.integer({ min: -40, max: 40 }),
        fc.constantFrom(0.1, -0.07, 0.5),
        fc.nat(9),
        fc.nat(1000),
        (formula, start, step, count, seed) => {
          const given = model(formula);
          const form = latticeForm(given, budget());
          if ("absent" in form) return;
          const lattice = line(start / 20, step, count);
          const { data } = latticePoint(given, lattice, seed, 0.3);
          const sums = measuredError(precise, given, lattice, data.theta, 0.3, seed);
          expect(sums).toEqual({ error: 0, entry: "" });
        },
      ),
      { numRuns: 20, seed: 11 },
    );
  });
});

describe("evaluation", () => {
  test("it agrees with the compiled loop over the data", () => {
    const given = builtinAt("aion", { r: 2, d: 2, P: 2 });
    const form = formOf(given);
    const lattice = { start: [-1, 0], step: [0.1, 0.05], count: [20, 31] };
    const { data } = latticePoint(given, lattice, 7, 0.1);
    const got = evaluateLattice(form, data);
    const programs = compilePrograms(given, budget());
    const m = form.parameters.length;
    const column = (i: number): Float64Array =>
      Float64Array.from(data.y, (_, n) => {
        const at = i === 0 ? Math.floor(n / 31) : n % 31;
        return lattice.start[i]! + at * lattice.step[i]!;
      });
    const rows = { inputs: [column(0), column(1)], y: data.y, w: null, rows: data.y.length };
    const [gradient, hessian] = [new Float64Array(m), new Float64Array(m * m)];
    const other = (length: number): Float64Array => new Float64Array(length);
    const loss = other(1);
    programs.evaluate(data.theta, data.delta, gradient, hessian, other(m * m), other(m), loss, rows);
    const near = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
      const most = Math.max(...Array.from(b, Math.abs));
      for (let k = 0; k < b.length; k++) expect(Math.abs(a[k]! - b[k]!)).toBeLessThan(1e-12 * most);
    };
    near(got.gradient, gradient);
    near(got.hessian, hessian);
    near([got.loss], loss);
  });
  test("the last of 131072 data keeps its phase", () => {
    const form = formOf(model("A*cos(w*x + p)"));
    const count = 2 ** 17;
    const y = new Float64Array(count);
    y[count - 1] = 1;
    const [theta, delta] = [
      [0, 1.2, 0.3],
      [0, 1e-3, 0],
    ];
    for (const start of [0.7, -91_700.3]) {
      const got = evaluateLattice(form, { theta, delta, lattice: line(start, 0.7, count), y });
      precise.scope(200, (r) => {
        const sum = (a: number, b: number) => r.binary("add", r.number(a), r.number(b));
        const x = r.binary("add", r.number(start), r.binary("mul", r.number(count - 1), r.number(0.7)));
        const angle = r.binary("add", r.binary("mul", sum(1.2, 1e-3), x), r.number(0.3));
        expect(Math.abs(got.gradient[0]! + r.toNumber(r.unary("cos", angle)))).toBeLessThan(3e-15);
      });
    }
  });
  test("equations that are too many to be printed are left out", () => {
    const json = latticeJson(formOf(builtinAt("aion", { r: 2, d: 2, P: 2 })));
    expect(json.hessian).toBeNull();
    expect(Object.keys(json.equations!).length).toBe(32);
  });
  test("lengths and counts that do not fit are named", () => {
    const form = formOf(model("a*exp(k*x)"));
    const good = { theta: [1, 1], delta: [0, 0], lattice: line(0, 1, 3), y: [1, 2, 3] };
    expect(() => evaluateLattice(form, { ...good, theta: [1] })).toThrow("theta has 1 entries; accepted: 2");
    expect(() => evaluateLattice(form, { ...good, y: [1] })).toThrow("y has 1 entries; accepted: 3");
    expect(() => evaluateLattice(form, { ...good, lattice: line(0, 1, 1.5) })).toThrow("x has 1.5 data");
    expect(() => evaluateLattice(form, { ...good, lattice: line(Number.NaN, 1, 3) })).toThrow(
      "the lattice of x is not finite",
    );
    expect(() => evaluateLattice(form, { ...good, lattice: { start: [], step: [], count: [] } })).toThrow(
      "lattice.start has 0 entries; accepted: 1",
    );
    const long = { theta: Array(30).fill(0), delta: Array(30).fill(0), lattice: line(0, 1, 1e6), y: [] };
    expect(() => evaluateLattice(formOf(builtinAt("polynomial-regression", { K: 30 })), long)).toThrow(
      "sums of n^58 over 1000000 data overflow",
    );
    expect(flatNames(form.architecture.parameters)).toEqual(form.parameters);
  });
});
