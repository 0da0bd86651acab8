import { beforeAll, describe, expect, test } from "vitest";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import type { Verdict } from "../src/closure/verdict.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { seededRandom } from "../src/solve/start.ts";
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
    // The inner kink of c stands inside of the outer one, which is not followed.
    ["a*min(b, x, c)", { a: "polynomial", b: "outside", c: "undecided" }, 1],
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
    expect(run(verdict)).toEqual({ accepted: true, checked: 1 + obstruction.witnesses.length });
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
    "1/floor(w*x)",
    "1/(abs(w*x) - w*x)",
    "1/(1 + sign(w*x))",
    "a/(relu(w*x + b)*2 - (w*x + b) - abs(w*x + b))",
    "abs(gamma(w)) + b",
    "relu(airyai(w)*x)",
    "sign(zeta(w))*floor(lgamma(b))",
  ])("%s", (formula) => {
    expect(check(formula).tier).not.toBe("outside");
  });

  test("kinks that cancel, in random company", () => {
    const random = seededRandom(5);
    const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)]!;
    const argument = (): string =>
      pick([
        "w*x + b",
        "a*x - c",
        "b - 2*x",
        "a*b + x",
        "c*x^2 - a",
        "2*w*x + 2*b",
        "-w*x - b",
        "x*(a - c) + 1",
      ]);
    const inert = (): string => {
      const [u, v] = [argument(), argument()];
      return pick([
        `(max(${u}, ${v}) + min(${u}, ${v}))`,
        `(relu(${u}) - relu(-(${u})))`,
        `abs(${u})*sign(${u})`,
        `relu(${u})*relu(-(${u}))`,
        `max(${u}, ${v})*min(${u}, ${v})`,
        `(abs((${u})*(${v})) - abs(${u})*abs(${v}))`,
        `(leaky_relu(${u}, 1/2)*2 - relu(${u}) - (${u}))`,
        `(floor(${u}) + ceil(-(${u})))`,
        `(floor(${u} + 1) - floor(${u}))`,
        `abs(1 + (${u})^2)`,
      ]);
    };
    const smooth = (): string => pick(["exp(k*x)", "a", "(b + 1)", "cos(w*x)", "x", "tanh(a*x)"]);
    for (let k = 0; k < 150; k++) {
      const formula = `${smooth()}*${inert()} + ${smooth()}*${inert()}`;
      expect({ formula, tier: check(formula).tier }).not.toMatchObject({ tier: "outside" });
    }
  });

  test("a declared domain without the kink", () => {
    expect(check("v*abs(w*x + b)").tier).toBe("outside");
    expect(check("abs(w)", undefined, { w: "w > 0" }).tier).toBe("polynomial");
    expect(check("abs(w - 3)", undefined, { w: "w > 1" }).tier).toBe("outside");
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

  test("what is no witness at all is bad input", () => {
    expect(() => changed([...first, "left"], "NaN")).toThrow();
    expect(() => changed([...first, "point", "w"], "1/0")).toThrow();
    expect(() => changed(["obstruction", "witnesses"], [])).toThrow();
  });
});
