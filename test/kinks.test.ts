import { beforeAll, describe, expect, test } from "vitest";
import { findVerdict } from "../src/closure/check.ts";
import { findKink } from "../src/closure/kinks.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import type { Verdict } from "../src/closure/verdict.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { rational } from "../src/exact/rational.ts";
import type { Algebra, Node } from "../src/expression/node.ts";
import { model } from "./support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

const budget = () => createBudget({ milliseconds: 60_000 });
const check = (formula: string, inputs?: string[], domains?: Record<string, string>): Verdict =>
  findVerdict(model(formula, inputs === undefined ? {} : { inputs }, domains), judge, budget());
const run = (document: unknown) => verify(JSON.stringify(document), "verdict", judge.precise, budget());

describe("a kink that is crossed is outside, with a witness that the checker accepts", () => {
  test.each([
    ["v*relu(w*x + b)", { v: "polynomial", w: "outside", b: "outside" }, 1],
    ["abs(w*x + b)", { w: "outside", b: "outside" }, 1],
    ["max(w1*x + b1, w2*x + b2)", { w1: "outside", b1: "outside", w2: "outside", b2: "outside" }, 1],
    ["v*leaky_relu(w*x + b, 0.01)", { v: "polynomial", w: "outside", b: "outside" }, 1],
    ["v*elu(w*x + b)", { v: "polynomial", w: "outside", b: "outside" }, 2],
    ["floor(w*x)", { w: "outside" }, 0],
    ["ceil(w*x) + a", { w: "outside", a: "polynomial" }, 0],
    ["sign(w*x)*exp(k*x)", { w: "outside", k: "exponential-polynomial" }, 0],
    ["abs(w)^3", { w: "outside" }, 3],
    ["relu(w*x + b)^2*cos(w*x)", { w: "outside", b: "outside" }, 2],
    ["exp(-abs(x - c)/s)", { c: "outside", s: "undecided" }, 1],
    ["tanh(w*x) + relu(b - x)", { w: "undecided", b: "outside" }, 1],
    ["a*min(b, x, c)", { a: "polynomial", b: "outside", c: "outside" }, 1],
    // Kinks inside of kinks.
    ["relu(v*relu(w*x + b) + c)", { v: "outside", w: "outside", b: "outside", c: "outside" }, 1],
    ["abs(abs(w) - 1)", { w: "outside" }, 1],
    ["max(a, min(b, c*x))", { a: "outside", b: "outside", c: "outside" }, 1],
    [
      "v*leaky_relu(u*leaky_relu(s*leaky_relu(w*x, 0.1) + c, 0.1), 0.1)",
      { v: "polynomial", u: "outside", s: "outside", w: "outside", c: "outside" },
      1,
    ],
    // Arguments that are not affine, or transcendental, at rational points.
    ["abs(w^2 - 4)", { w: "outside" }, 1],
    ["floor(w^2*x)", { w: "outside" }, 0],
    ["relu(sin(w*x))", { w: "outside" }, 1],
    ["abs(exp(a) - b*x)", { a: "outside", b: "outside" }, 1],
    ["max(u*x + b, tanh(w*x))", { u: "outside", b: "outside", w: "outside" }, 1],
    ["sign(log(w))", { w: "outside" }, 0],
    // Jumps at integers other than 0: a branch may divide by zero elsewhere.
    ["1/floor(w*x)", { w: "outside" }, 0],
    ["round(w*x)", { w: "outside" }, 0],
    // A symbol that cancels still has a value.
    ["exp(max(w, w - a) - w)", { w: "undecided", a: "outside" }, 1],
    // Slopes without bound.
    ["cbrt(w*x)", { w: "outside" }, 1],
    ["cbrt(w)^4*x", { w: "outside" }, 2],
    ["cbrt(relu(w))", { w: "outside" }, 1],
    ["sqrt(abs(w*x + b))", { w: "outside", b: "outside" }, 1],
    // The end of a domain that is never left.
    ["sqrt(w^2)", { w: "outside" }, 1],
    ["sqrt(u^2 + v^2)", { u: "outside", v: "outside" }, 1],
    ["sqrt(w^4 + w^2*v^2)", { w: "outside", v: "undecided" }, 1],
    ["sqrt(1 - cos(w*x))", { w: "outside" }, 1],
    ["asin(1 - w^2)", { w: "outside" }, 1],
    ["acosh(cosh(w*x))", { w: "outside" }, 1],
    [
      "sum(v[k]*relu(w[k]*x + b[k]), k, 1, 3)",
      { "v[k]": "polynomial", "w[k]": "outside", "b[k]": "outside" },
      1,
    ],
  ])("%s", (formula, tiers, order) => {
    const verdict = check(formula);
    expect(verdict).toMatchObject({ tier: "outside", membership: "outside", analytic: { holds: false } });
    expect(Object.fromEntries(verdict.parameters.map((p) => [p.name, p.tier]))).toEqual(tiers);
    const { obstruction } = verdict;
    if (obstruction?.kind !== "kink") throw new Error("no kink");
    expect(obstruction.witnesses[0]!.order).toBe(order);
    expect(run(verdict)).toMatchObject({ accepted: true, checked: 1 + obstruction.witnesses.length });
  });
});

describe("where no rational point is known, a bracket holds the zero of the argument", () => {
  test.each([
    ["abs(w^2 - 2)", "w", 1],
    ["relu(v*tanh(w*x + b) + c)", "v", 1],
    ["relu(erf(w*x) - 1/2)*exp(k*x)", "w", 1],
    ["cbrt(exp(w) - 2)", "w", 1],
    ["asin(sin(w))", "w", 1],
    ["acos(cos(w*x) )", "w", 1],
    ["abs(tanh(w*x) - 1/3)^3", "w", 3],
    ["abs(tanh(w*x) - abs(cos(w)))", "w", 1],
  ])("%s", (formula, name, order) => {
    const verdict = check(formula);
    const { obstruction } = verdict;
    if (obstruction?.kind !== "kink") throw new Error("no kink");
    const witness = obstruction.witnesses.find((w) => name in w.direction)!;
    expect(witness.order).toBe(order);
    if (!/^(acos)/.test(formula)) {
      expect(Object.keys(witness.bracket!)).toEqual([name]);
      expect(witness.point).not.toHaveProperty(name);
    }
    expect(run(verdict)).toMatchObject({ accepted: true });
  });
});

describe("open sizes: a restriction to the members at index 1", () => {
  test.each([
    [
      "sum(v[k]*relu(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)",
      ["x[i]"],
      { "v[k]": "undecided", "w[k,i]": "outside", "b[k]": "outside" },
    ],
    ["sum(v[k]*abs(x - c[k])^3, k, 1, h)", ["x"], { "v[k]": "undecided", "c[k]": "outside" }],
    // Members that do not matter are 1, where the conditions hold.
    [
      "sum(a[k]*exp(-abs(x - c[k])/s[k]), k, 1, n)",
      ["x"],
      { "a[k]": "undecided", "c[k]": "outside", "s[k]": "undecided" },
    ],
    // Factors are 1 where the restriction makes them so.
    ["prod(a[k] + relu(w[k]*x), k, 1, h)", ["x"], { "a[k]": "undecided", "w[k]": "outside" }],
  ])("%s", (formula, inputs, tiers) => {
    const verdict = check(formula, inputs);
    expect(verdict.tier).toBe("outside");
    expect(Object.keys(tiers)).toEqual(verdict.parameters.map((p) => p.name));
    for (const { name, tier } of verdict.parameters) {
      if (tiers[name as keyof typeof tiers] === "outside")
        expect({ name, tier }).toEqual({ name, tier: "outside" });
    }
    expect(run(verdict)).toMatchObject({ accepted: true });
  });

  test("a false restriction is rejected", () => {
    const verdict = check("prod(a[k] + relu(w[k]*x), k, 1, h)", ["x"]);
    const document = JSON.parse(JSON.stringify(verdict));
    expect(document.obstruction.witnesses[0].restriction).toEqual([
      { family: "a", indices: [">=2"], value: "1" },
    ]);
    document.obstruction.witnesses[0].restriction = [];
    expect(run(document)).toMatchObject({ accepted: false });
    document.obstruction.witnesses[0].restriction = [{ family: "a", indices: [">=2"], value: "x" }];
    expect(run(document)).toMatchObject({ accepted: false, entry: "obstruction.witnesses[0].restriction" });
    delete document.obstruction.witnesses[0].restriction;
    expect(run(document)).toMatchObject({ accepted: false });
  });
});

describe("a loss of the residual, whose target is data to be chosen", () => {
  const witness = (formula: string, loss: (algebra: Algebra, f: Node, y: Node) => Node, family: string) => {
    const { algebra, model: f } = model(formula);
    const root = loss(algebra, f, algebra.symbol("y", "target"));
    return findKink(algebra, root, family, () => true, judge.precise, budget());
  };
  const absolute = (algebra: Algebra, f: Node, y: Node): Node =>
    algebra.call("abs", [algebra.subtract(f, y)]);
  /** m²/2 + |r| − m with m = min(|r|, 1): its slope is continuous, its curvature jumps at |r| = 1. */
  const huber = (algebra: Algebra, f: Node, y: Node): Node => {
    const size = absolute(algebra, f, y);
    const m = algebra.call("min", [size, algebra.one]);
    return algebra.add(algebra.scale(rational(1, 2), algebra.multiply(m, m)), size, algebra.scale(-1, m));
  };
  const hinge = (algebra: Algebra, f: Node, y: Node): Node =>
    algebra.call("relu", [algebra.subtract(algebra.one, algebra.multiply(y, f))]);

  test.each([
    ["absolute", absolute, 1],
    ["huber", huber, 2],
    ["hinge", hinge, 1],
  ] as const)("%s", (_, loss, order) => {
    for (const formula of ["A*x + B", "A*exp(-k*x)", "A*sin(k*x + B)"]) {
      const found = witness(formula, loss, "A")!;
      expect(found).toMatchObject({ order, direction: { name: "A" } });
      expect([...found.point.keys()].map((s) => s.name)).toContain("y");
    }
  });
});

describe("no kink, no witness", () => {
  test.each([
    // Kinks of the data, of what keeps its sign, of what cancels; branch points and ends of domains.
    "w*relu(x - 1) + b",
    "relu(1 + w^2)*x",
    "abs(w)^2*x",
    "relu(w*x) - relu(-w*x)",
    "max(w*x, 0) + min(w*x, 0)",
    "abs(w)*(sin(v)^2 + cos(v)^2 - 1)",
    "sign(w) + sqrt(w)",
    "abs(w) + log(w)",
    "abs(w*x)*sqrt(w*x)",
    "abs(w + b)/(w + b)",
    "abs(exp(w*x))",
    "max(w*x, w*x - 1)",
    "floor(w*x) - floor(w*x)",
    "(b + 1)*(floor(a + b + 1) - floor(a + b))",
    // A branch that divides by zero, and derivatives without a name.
    "1/(abs(w*x) - w*x)",
    "1/(1 + sign(w*x))",
    "a/(relu(w*x + b)*2 - (w*x + b) - abs(w*x + b))",
    "abs(gamma(w)) + b",
    "relu(airyai(w)*x)",
    "sign(zeta(w))*floor(lgamma(b))",
    // No value at the point itself, on a branch point, or only at an end of the domain.
    "1/sign(w)",
    "abs(w^2 - 2)/(w^2 - 2)",
    "sqrt(w)",
    "acosh(1 + w)",
    "log(abs(w))",
    "asin(w) + acos(w)",
    // Kinks for special data only.
    "sqrt(w^2 + x^2)",
    "cbrt(w^2 + x^2)",
    "acosh(1 + w^2 + x^2)",
    "sqrt(1 - cos(w)*cos(x))",
    "abs(w)*relu(-x^2) + w",
    // What cancels in brackets, in roots, inside of each other.
    "abs(tanh(w) - 1/3)^2",
    "cbrt(w*x)^3",
    "sqrt(w^2) - abs(w)",
    "sqrt(u^2 + v^2)^2",
    "relu(relu(w*x + b)) - relu(w*x + b)",
    "max(w, min(w, b)) + exp(w)",
    "cos(asin(sin(w)))^2",
  ])("%s", (formula) => {
    expect(check(formula).tier).not.toBe("outside");
  });

  test("a declared domain without the kink", () => {
    expect(check("v*abs(w*x + b)").tier).toBe("outside");
    expect(check("abs(w)", undefined, { w: "w > 0" }).tier).toBe("polynomial");
    expect(check("abs(w - 3)", undefined, { w: "w > 1" }).tier).toBe("outside");
    expect(check("abs(w^2 - 2)", undefined, { w: "w > 1" }).tier).toBe("outside");
    expect(check("abs(w^2 - 2)", undefined, { w: "w > 2" }).tier).toBe("undecided");
    const mixture = "sum(a[k]*exp(-abs(x - c[k])/s[k]), k, 1, 3)";
    expect(check(mixture, ["x"], { s: "s[k] > 0" }).tier).toBe("outside");
    expect(check(mixture, ["x"], { c: "c[k] > 0" }).tier).toBe("outside");
    expect(check(mixture, ["x"], { c: "x - c[k] > 0" }).tier).not.toBe("outside");
    expect(() => check("abs(w)", undefined, { w: "w + 1 > sigma" })).toThrow(
      "'sigma' does not occur in the model",
    );
    // Both ends of the bracket meet the condition, its zero does not.
    expect(check("abs(w^2 - 2)", undefined, { w: "(w^2 - 2)^2 > 0" }).tier).toBe("undecided");
    // The condition that a root brings does not keep it from its end; the same one declared does.
    expect(check("sqrt(w^2)").tier).toBe("outside");
    expect(check("sqrt(w^2)", undefined, { w: "w^2 > 0" }).tier).toBe("undecided");
  });
});

describe("a false witness is rejected with the entry named", () => {
  const changed = (path: readonly (string | number)[], value: unknown) => {
    const document = JSON.parse(JSON.stringify(check("v*relu(w*x + b)")));
    let at = document;
    for (const key of path.slice(0, -1)) at = at[key];
    at[path.at(-1)!] = value;
    return run(document);
  };
  const first = ["obstruction", "witnesses", 0] as const;
  test.each([
    [["tier"], "cascade", "tier"],
    [["membership"], "extended", "membership"],
    [["parameters", 0, "tier"], "outside", "parameters[0].tier"],
    [["architecture", "model"], "v*(w*x + b)", "obstruction.witnesses[0].left"],
    [["architecture", "model"], "v*relu(w*x + b", "architecture.model"],
    [[...first, "point", "w"], "7/3", "obstruction.witnesses[0]."],
    [[...first, "point"], { w: "1" }, "obstruction.witnesses[0].point"],
    [[...first, "direction"], { x: 1 }, "obstruction.witnesses[0].direction"],
    [[...first, "direction"], { v: 1 }, "obstruction.witnesses[0]."],
    [[...first, "order"], 0, "obstruction.witnesses[0]."],
    [[...first, "order"], 2, "obstruction.witnesses[0].order"],
    [[...first, "left"], "1.5", "obstruction.witnesses[0].left"],
    [[...first, "right"], "1.5", "obstruction.witnesses[0].right"],
  ] as [readonly (string | number)[], unknown, string][])("%j becomes %j", (path, value, entry) => {
    const found = changed(path, value);
    expect(found).toMatchObject({ accepted: false });
    expect((found as { entry: string }).entry).toContain(entry);
  });

  const altered = (formula: string, change: (witness: Record<string, never>) => void) => {
    const document = JSON.parse(JSON.stringify(check(formula)));
    change(document.obstruction.witnesses[0]);
    return run(document);
  };
  test.each([
    ["bracket", { w: ["1", "2"] }, true],
    ["bracket", { w: ["2", "3"] }, "bracket"],
    ["bracket", { w: ["3/2", "1"] }, "bracket"],
    ["bracket", { w: ["0", "2"] }, "bracket"],
    ["bracket", { v: ["1", "2"] }, "bracket"],
    ["bracket", { w: ["-2", "-1"], v: ["1", "2"] }, "bracket"],
    ["bracket", {}, "point"],
    ["bracket", { w: ["-3/2", "-1"] }, true],
    ["point", { w: "3/2" }, "bracket"],
    ["argument", "w - 29/20", "left"],
    ["argument", "w^2 + 2", "bracket"],
    ["argument", "1/(w - w)", "bracket"],
    ["left", "-2.8284271247", true],
    ["left", "-2.8284", "left"],
    ["left", "inf", "left"],
    ["right", "-inf", "right"],
    ["order", 0, "left"],
    ["order", 2, "order"],
  ] as const)("a bracket's %s becomes %j", (key, value, entry) => {
    const slopes = { left: "-2.8284271247461900976", right: "2.8284271247461900976" };
    const found = altered("abs(w^2 - 2)", (witness) =>
      Object.assign(witness, { bracket: { w: ["7/5", "3/2"] }, ...slopes }, { [key]: value }),
    );
    if (entry === true) expect(found).toMatchObject({ accepted: true });
    else expect((found as { entry: string }).entry).toBe(`obstruction.witnesses[0].${entry}`);
  });

  test.each([
    ["left", "-inf", "left"],
    ["right", "3", "right"],
    ["order", 2, "right"],
    ["order", 0, "left"],
    ["point", { w: "1/100000", x: "1" }, "left"],
  ] as const)("a divergent %s becomes %j", (key, value, entry) => {
    const found = altered("cbrt(w*x)", (witness) => Object.assign(witness, { [key]: value }));
    expect(found).toMatchObject({ accepted: false, entry: `obstruction.witnesses[0].${entry}` });
  });

  test("what is no witness at all is bad input", () => {
    expect(() => changed([...first, "left"], "NaN")).toThrow();
    expect(() => changed([...first, "point", "w"], "1/0")).toThrow();
    expect(() => changed(["obstruction", "witnesses"], [])).toThrow();
  });
});
