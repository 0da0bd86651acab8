import fc from "fast-check";
import katex from "katex";
import { beforeAll, describe, expect, test } from "vitest";
import { DERIVED } from "../src/architecture/builtins.ts";
import { buildArchitecture } from "../src/architecture/read.ts";
import { createZeroJudge } from "../src/closure/nonzero.ts";
import {
  assemble,
  type Derived,
  FORMATS,
  type Judges,
  stepsJson,
  writeDocument,
} from "../src/derivation/assemble.ts";
import { type Derivation, derive, type Step } from "../src/derivation/derive.ts";
import { breakable, latex, latexName } from "../src/derivation/latex.ts";
import { joined, lines, width } from "../src/derivation/lines.ts";
import { openSecondOpinion } from "../src/derivation/opinion.ts";
import { allSteps, replay } from "../src/derivation/replay.ts";
import { createBudget } from "../src/errors.ts";
import { expand } from "../src/expression/substitute.ts";
import { openPrecise } from "../src/precise/mpfr.ts";
import { primitives } from "../src/primitives/index.ts";
import { seededRandom } from "../src/solve/start.ts";
import { builtinAt, model } from "./support/architectures.ts";

const budget = () => createBudget({ milliseconds: 100_000 });

let judges: Judges;
beforeAll(async () => {
  const precise = await openPrecise();
  judges = { judge: await createZeroJudge(), precise, second: await openSecondOpinion(precise) };
});

const COMPLEX_AION =
  "re(sum(prod(sum(A[j,i,p]*exp(alpha[j,i,p]*x[i] + complex(0, omega[j,i,p]*x[i] + phi[j,i,p])), p, 1, P), i, 1, d), j, 1, r))";
const CO2 = "c + a*exp(k*x) + b1*cos(w1*x + p1) + b2*cos(w2*x + p2)";

describe("a derivation replays", () => {
  test.each([
    [
      "complex AION",
      () => model(COMPLEX_AION, { inputs: ["x[i]"] }),
      [
        { r: 1, d: 2, P: 1 },
        { r: 2, d: 1, P: 2 },
      ],
    ],
    ["CO2", () => model(CO2), [{}]],
    [
      "nested sums",
      () => model("sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)", { inputs: ["x[i]"] }),
      undefined,
    ],
    ["a shared rate", () => model("sum(B[k]*exp(-a*(x - k)), k, 1, T) + a^2"), undefined],
    ["AION at 2,2,2, its indices kept", () => builtinAt("aion", { r: 2, d: 1, P: 2 }), [{}]],
    ["no parameter", () => model("x^2"), [{}]],
    ["hyperbolic", () => model("a*cosh(w*x)*sinh(w*x + c)"), [{}]],
  ] as [string, () => ReturnType<typeof model>, Record<string, number>[] | undefined][])(
    "%s",
    (_, make, sizes) => {
      const derivation = derive(make(), budget());
      const found = replay(derivation, budget(), {
        sizes: sizes ?? [
          { d: 2, h: 2, T: 3 },
          { d: 0, h: 1, T: 0 },
        ],
      });
      expect(found.failures).toEqual([]);
      if (derivation.by.length > 0) expect(found.exact).toBeGreaterThan(5);
    },
  );

  test("at random sizes from 0 to 3", () => {
    const derivations = DERIVED.filter((name) => name !== "aion-complex").map((name) =>
      derive(builtinAt(name), budget()),
    );
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(...derivations), (seed, derivation) => {
        const random = seededRandom(seed);
        const { open } = derivation.architecture;
        const most = open.length > 2 ? 2 : 3;
        const sizes = Object.fromEntries(open.map((name) => [name, Math.floor(random() * (most + 1))]));
        if (Object.values(sizes).reduce((a, b) => a * b, 1) > 4) return;
        expect(replay(derivation, budget(), { sizes: [sizes] }).failures).toEqual([]);
      }),
      { numRuns: 12, seed: 11 },
    );
  });
});

describe("a false step is found", () => {
  const given = derive(builtinAt("exponential-sum"), budget());
  const { algebra } = given.architecture;
  /** The derivation with one step changed. */
  function changed(at: Step, after: Step["after"]): Derivation {
    const swap = (step: Step): Step => (step === at ? { ...step, after } : step);
    return {
      ...given,
      slopes: given.slopes.map(swap),
      floors: given.floors.map((f) => ({ ...f, steps: f.steps.map(swap) })),
      cascade: given.cascade.map(swap),
      optimality: given.optimality.map(swap),
      jacobian: given.jacobian.map((row) => row.map(swap)),
    };
  }
  test("every step, doubled or with a parameter added", () => {
    for (const step of allSteps(given)) {
      const doubled = algebra.scale(2, step.after);
      const shiftedBy = algebra.add(step.after, algebra.symbol("c", "parameter"));
      for (const after of step.after === algebra.zero ? [shiftedBy] : [doubled, shiftedBy]) {
        const found = replay(changed(step, after), budget(), { sizes: [{ K: 2 }] });
        expect(found.failures.map((f) => f.rule)).toContain(step.rule);
      }
    }
  });
  test("a general term with a sign changed", () => {
    const { generalTerm } = given;
    if ("absent" in generalTerm) throw new Error(generalTerm.absent);
    const wrong = { ...generalTerm, derivative: algebra.scale(-1, generalTerm.derivative) };
    const found = replay({ ...given, generalTerm: wrong }, budget(), { sizes: [{ K: 2 }] });
    expect(found.failures.map((f) => f.rule)).toContain("general term");
  });
});

describe("documents", () => {
  let decay: Derived;
  beforeAll(() => {
    decay = assemble(model("A*exp(-k*x)"), judges, budget());
  });

  test("all sections, in every format", () => {
    for (const format of FORMATS) {
      const text = writeDocument(decay.document, format);
      for (const heading of [
        "Taylor tower",
        "General term",
        "Closure",
        "Cascade",
        "Jacobian",
        "How this was checked",
      ]) {
        expect(text).toContain(heading);
      }
    }
    expect(writeDocument(decay.document, "md")).toContain("F_{A}(\\Delta) &= (f^{+} - y) \\, E^{+}");
    for (const format of FORMATS)
      expect(writeDocument(decay.document, format)).not.toMatch(/@[a-zA-Z]\b(?!media)/);
    const html = writeDocument(decay.document, "html");
    expect(html).not.toMatch(/<script|src="|href="|url\((?!data:)/);
  });

  test("no block is empty, not even without curvature; a model without parameters has no document", () => {
    for (const formula of ["a*x", "a + b*x", "a*b", "a*cos(w*x)"]) {
      const { document } = assemble(model(formula), judges, budget());
      for (const block of document.blocks) {
        if ("rows" in block) expect(block.rows.length).toBeGreaterThan(0);
        else expect(block.text).not.toBe("");
      }
    }
    expect(() => assemble(model("x^2"), judges, budget())).toThrow("the model has no parameters");
  });

  test("steps as JSON name rule, before, after and reason", () => {
    const steps = stepsJson(decay.derivation);
    expect(steps).toContainEqual({
      rule: "exponential: exp(u + du) = exp(u) exp(du)",
      before: "exp(-k*x)",
      after: "exp(-k*x)*exp(-Delta_k*x)",
      justification: "addition law of exp, $e^{D} h(u) = h(e^{D} u)$",
    });
    expect(steps.every((s) => s.rule !== "" && s.justification !== "")).toBe(true);
  });

  test("the second opinion that numbers confirm ends it; one that is wrong is told", () => {
    const opinion = (outcome: "ours-wrong" | "nerdamer-wrong") => ({
      ...judges,
      second: { ...judges.second, floors: () => [{ what: "∂_k of f", outcome, detail: "they differ by 1" }] },
    });
    const given = model("A*exp(-k*x)");
    expect(() => assemble(given, opinion("ours-wrong"), budget())).toThrow(
      "the second opinion disagrees and numbers confirm it: ∂_k of f: they differ by 1",
    );
    const { document } = assemble(given, opinion("nerdamer-wrong"), budget());
    expect(writeDocument(document, "md")).toContain("Its answer for");
  });

  test.each([
    [
      "hostile prose",
      {
        model: "a*x",
        name: "$\\end{document}<script>",
        description: "50 % & $1_000 #{x}^~ \\input{/etc/passwd} 漢字 \u0001",
      },
    ],
    ["names beyond ASCII", { model: "θ*exp(αβ*x) + 漢*x + ß" }],
    ["names that clash with the parts", { model: "u*v*exp(E*x)*cos(C*x + S) + w*f1 + h" }],
    ["long names", { model: "a_very_long_name_of_a_parameter*exp(another_1_2_3*x)" }],
  ])("%s: KaTeX takes every formula, TeX has no command of a user's", (_, file) => {
    const given = buildArchitecture(primitives, file);
    const { document } = assemble(given, judges, budget());
    expect(writeDocument(document, "html")).not.toContain("<script>");
    const tex = writeDocument(document, "tex");
    expect(tex).not.toMatch(/\\input|[^\x20-\x7e\n\u00c0-\u017f]/);
    expect(tex.match(/\\end\{document\}/g)).toHaveLength(1);
  });

  test("a cascade that stops has no document", () => {
    expect(() => assemble(model("a*erf(w*x)"), judges, budget())).toThrow("the cascade stops at 'erf'");
  });
});

describe("LaTeX", () => {
  const text = (formula: string, inputs = ["x[i]"]): string => {
    const { algebra, model: node } = model(formula, { inputs });
    return latex(algebra, node);
  };
  test.each([
    [
      "sum(prod(sum(a[j,i,p]*x[i], p, 1, P), i, 1, d), j, 1, r)",
      "\\sum_{j=1}^{r} \\prod_{i=1}^{d} x_{i} \\, \\sum_{p=1}^{P} a_{j i p}",
    ],
    ["sum(a[k], k, 1, K)^2*b", "b \\, \\Bigl(\\sum_{k=1}^{K} a_{k}\\Bigr)^{2}"],
    [
      "prod(a[k] + x[k], k, 1, d)*sum(b[k], k, 1, d)",
      "\\Bigl(\\prod_{k=1}^{d} \\left(a_{k} + x_{k}\\right)\\Bigr) \\, \\sum_{k=1}^{d} b_{k}",
    ],
    ["sum(a[i]*x[i], i, 1, d, i != 2)", "\\sum_{\\substack{i=1 \\\\ i \\neq 2}}^{d} a_{i} \\, x_{i}"],
    ["re(exp(complex(a, w)*x[1]))", "\\operatorname{Re}\\left("],
    ["a/(2*x[1]) - 3*b/4", "\\frac{a}{2 \\, x_{1}} - \\tfrac{3}{4} \\, b"],
  ])("%s", (formula, expected) => {
    expect(text(formula)).toContain(expected);
    expect(() => katex.renderToString(text(formula), { strict: "error", throwOnError: true })).not.toThrow();
  });

  test.each([
    ["(n - 1)*b*sum(a[i]*x[i], i, 1, n)", "\\left(n - 1\\right) \\, b"],
    ["sum((i - 1)^2*a[i]/(2*i + 1), i, 1, n)", "\\left(i - 1\\right)^{2}"],
    ["sum(a[i]*exp(-i*k*x[1]), i, 1, 3)", "e^{-3 \\, k \\, x_{1}}"],
    ["g*im(complex(a, b)*exp(complex(0, w*x[1])))", "g \\, \\left(-\\operatorname{Re}"],
  ])("%s has its brackets", (formula, expected) => {
    const given = model(formula, { inputs: ["x[i]"] });
    const node = formula.includes("i, 1, 3") ? expand(given.algebra, given.model, budget()) : given.model;
    expect(latex(given.algebra, node)).toContain(expected);
  });

  test.each([
    ["A*cos(eta*x + phi)", "\\zeta &= \\Delta \\eta \\, x + \\Delta \\phi"],
    ["E1*exp(k*x) + a*exp(w*x)", "\\mathcal{E}_{1} &= e^{k \\, x}"],
    ["s_k*exp(k*x)", "\\mathbf{s}_{s_{k}} &= E"],
    ["f*x + D*x^2", "\\mathbf{f}(x;\\theta) &= f \\, x"],
    ["exp(a)*x + sin(b)^2", "\\left(S^{+}\\right)^{2}"],
    ["n_a*x + a*x^2", "n^{n\\_a}"],
  ])("%s: names of the document keep away from the model's", (formula, expected) => {
    const { document } = assemble(model(formula), judges, budget());
    const text = writeDocument(document, "md");
    if (formula.startsWith("n_a")) expect(document.blocks.length).toBeGreaterThan(10);
    else expect(text).toContain(expected);
    expect(() => writeDocument(document, "html")).not.toThrow();
  });

  test.each(["a1*x + a_1*x^2", "alpha*x + α*x^2", "b1*x + sum(b[k]*x^(k + 1), k, 1, 3)", "Delta*x"])(
    "%s: names that print alike are refused",
    (formula) => {
      expect(() => assemble(model(formula), judges, budget())).toThrow("print alike");
    },
  );

  test("names", () => {
    expect(latexName("θ", [])).toBe("\\theta ");
    expect(latexName("Delta_alpha", ["j", "i"])).toBe("\\Delta \\alpha_{j i}");
    expect(latexName("b12", ["10"])).toBe("b_{12,10}");
  });

  test("long formulas are broken, and the pieces are the whole", () => {
    const { algebra, model: node } = model(
      Array.from({ length: 30 }, (_, k) => `a${k}*(b${k} + c${k}*cos(w${k}*x))`).join(" + "),
    );
    const whole = latex(algebra, node);
    const rows = lines(breakable(algebra, node), 60);
    expect(joined(breakable(algebra, node))).toBe(whole);
    expect(rows.length).toBeGreaterThan(8);
    expect(Math.max(...rows.map(width))).toBeLessThan(75);
    const plain = (t: string): string => t.replace(/\\(left|right|bigl|bigr)/g, "").replace(/\s+/g, "");
    expect(plain(rows.join(" "))).toBe(plain(whole));
    for (const row of rows) {
      expect(row.match(/\\left/g)?.length ?? 0).toBe(row.match(/\\right/g)?.length ?? 0);
    }
  });
});
