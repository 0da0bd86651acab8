/** A derivation as a document: its sections in order. */
import { type Architecture, familyName, type Unknown } from "../architecture/architecture.ts";
import type { Verdict } from "../closure/verdict.ts";
import type { Budget } from "../errors.ts";
import { type Node, postorder } from "../expression/node.ts";
import { conjugate } from "../expression/substitute.ts";
import { isAbsent } from "../tower/general.ts";
import { type Abbreviation, createAbbreviations } from "./abbreviate.ts";
import { type Block, type Document, type Equation, escapeProse, ownLetters, settled } from "./blocks.ts";
import { closureBlocks } from "./certificate.ts";
import type { Derivation, Step } from "./derive.ts";
import { type Evidence, evidenceText } from "./evidence.ts";
import { breakable, indexList, indexName, latexName, orderName } from "./latex.ts";
import { NOWHERE, type Part, partIndices, partName, takenLetters } from "./parts.ts";
import { createWriter, familyLatex } from "./writer.ts";

export function createDocument(derivation: Derivation, evidence: Evidence, budget: Budget): Document {
  const { architecture, model, parts, by } = derivation;
  const { algebra } = architecture;
  const writer = createWriter(derivation, budget);
  const { equation, name, math } = writer;
  const blocks: Block[] = [];
  const heading = (text: string): void => void blocks.push({ kind: "heading", text });
  const text = (...lines: string[]): void => {
    const joint = lines.filter((line) => line !== "").join(" ");
    if (joint !== "") blocks.push({ kind: "text", text: joint });
  };
  const equations = (rows: readonly Equation[]): void => {
    if (rows.length > 0) blocks.push({ kind: "equations", rows });
  };

  heading("Architecture and loss");
  if (architecture.description !== undefined) text(`${escapeProse(architecture.description)}.`);
  if (architecture.reference !== undefined) text(`Reference: ${escapeProse(architecture.reference)}.`);
  equations([{ left: "@f(x;@t)", right: writer.plain(model) }]);
  blocks.push(symbolTable(architecture, evidence.verdict));
  text(sizesText(architecture));
  const bars = parts.some((part) => part.conjugateOf !== undefined);
  if (parts.length > 0) {
    text(
      `The parts of the model and of its derivatives are called${bars ? " (a bar is the complex conjugate)" : ""}`,
    );
    equations([
      ...parts.filter(isOwn).map((part) => ({ left: name(part), right: writer.definition(part.node, part) })),
      { left: "@f", right: writer.definition(model, NOWHERE) },
    ]);
  }
  text(
    "Training minimises the loss $@L(@t) = \\tfrac12 \\left(@f(x;@t) - y\\right)^2$, summed over the data $(x, y)$ with their weights. Everything below is for one datum.",
  );

  heading("Optimality condition");
  text(
    "The gradient has the components $@g_@a = (@f - y)\\, @s_@a$ with the slopes $@s_@a = \\partial @f / \\partial @a$, one for each parameter $@a$:",
  );
  equations(derivation.slopes.map((step, k) => ({ left: `@s_{${math(by[k]!)}}`, right: writer.step(step) })));

  heading("The Taylor tower");
  text(
    "The step of a parameter $@a$ is written $\\Delta @a$, one symbol. Let $@D = \\sum_@a (\\Delta @a)\\, \\partial_@a$. The tower of the optimality condition is",
    "$@g(@t + \\Delta) = \\sum_{@k \\ge 0} @T_@k$ with the floors $@T_@k = @D^@k @g / @k!$.",
    "Gradient descent keeps $@T_0$, Newton's method $@T_0 + @T_1$. A mark $[@k]$ above a part stands for its floor, $@D^@k / @k!$ of it; Leibniz's rule gives the",
    "floors of the gradient from those of $@f$ and of the slopes,",
  );
  equations(towerRows());
  if (derivation.increments.length > 0) {
    text("The arguments of the functions change by");
    equations(
      derivation.increments
        .filter(isOwn)
        .map((part) => ({ left: name(part), right: writer.definition(part.node, part) })),
    );
  }
  text("The floors of the parts and of $@f$ are");
  equations(floorRows("parts"));
  text("and those of the slopes");
  equations(floorRows("slopes"));

  heading("General term");
  generalTermBlocks();

  heading("Closure");
  blocks.push(...closureBlocks(derivation, evidence, writer));

  heading("Cascade");
  text(
    "The operator $e^{@D}$ translates, $e^{@D} @f(@t) = @f(@t + \\Delta)$, and it is an automorphism of the algebra of analytic functions.",
    "So the whole tower is resummed from the inside out, one rule at a time. A mark $+$ above a part stands for $e^{@D}$ of it; no floor is dropped.",
  );
  const written = new Set<Node>();
  const cascade = derivation.cascade.filter(({ before }) => {
    written.add(before);
    const bar = conjugate(algebra, before);
    return bar === before || !written.has(bar);
  });
  const isTranslation = (step: Step): boolean => step.before.kind === "symbol";
  const rowOf = (step: Step): Equation => ({
    left: writer.translated(step),
    right: equation(step.after, step, step.after),
  });
  // The parameters first, together; then the rest in its order, which is from the inside out.
  const translations = cascade.filter(isTranslation);
  const groups = [
    ...(translations.length === 0 ? [] : [translations]),
    ...cascade.filter((step) => !isTranslation(step)).map((step) => [step]),
  ];
  groups.forEach((steps, k) => {
    const { rule, justification } = steps[0]!;
    blocks.push({
      kind: "step",
      number: k + 1,
      rule: rule.replace(/:.*/, ""),
      why: justification.replace(/\bD\b/g, "@D"),
      rows: steps.map(rowOf),
    });
  });

  heading("Resummed optimality condition");
  text(
    "$@F_@a(\\Delta) = @g_@a(@t + \\Delta) = (@f^{+} - y)\\, @s_@a^{+}$, and a descent step solves $@F(\\Delta) = 0$:",
  );
  equations(
    derivation.optimality.map((step, k) => ({
      left: `@F_{${math(by[k]!)}}(\\Delta)`,
      right: writer.residualTimes(derivation.resummed.shiftedSlopes[k]!.node, step),
    })),
  );

  heading("Jacobian");
  text(
    "$@H_{@a@b} = \\partial @F_@a / \\partial (\\Delta @b) = @s_@a^{+} @s_@b^{+} + (@f^{+} - y)\\, (\\partial_@b @s_@a)^{+}$ is symmetric.",
    structureText(derivation),
  );
  equations(
    derivation.jacobian.flatMap((row, a) =>
      row.flatMap((step, b) => {
        const curvature = derivation.resummed.curvature[a]![b]!.node;
        if (curvature === algebra.zero) return [];
        const left = `@H_{${math(by[a]!)},\\,${math(by[b]!, step.scope)}}`;
        return [{ left, right: writer.jacobian(by[a]!, by[b]!, curvature, step) }];
      }),
    ),
  );

  heading("How this was checked");
  for (const line of evidenceText(derivation, evidence)) text(line);
  const letters = ownLetters(takenLetters(model));
  const title = `Infinite Descent for ${escapeProse(architecture.name)}`;
  return { title, blocks: blocks.map((block) => settled(block, letters)) };

  function towerRows(): Equation[] {
    const slope = (k: number): string => (k === 0 ? "@s_@a" : `@s_@a^{[${k}]}`);
    const residual = (k: number): string => (k === 0 ? "(@f - y)" : `@f^{[${k}]}`);
    return [0, 1, 2, 3].map((k) => ({
      left: `@T_{${k},@a}`,
      right: Array.from({ length: k + 1 }, (_, m) => `${residual(m)}\\, ${slope(k - m)}`).join(" + "),
    }));
  }

  function floorRows(which: "parts" | "slopes"): Equation[] {
    return derivation.floors
      .filter(({ part }) => (which === "slopes") === (part !== "model" && "variable" in part))
      .filter(({ part }) => part === "model" || "variable" in part || isOwn(part))
      .flatMap(({ part, steps }) => {
        // Floors that vanish from some order on stand in one row.
        const last = steps.findLastIndex((step) => step.after !== algebra.zero);
        const rows = steps.slice(0, last + 1).map((step, k) => ({
          left: floorName(part, k + 1),
          right: equation(step.after, step, step.after),
        }));
        const vanishing = steps.slice(last + 1).map((_, k) => floorName(part, last + k + 2));
        return vanishing.length === 0 ? rows : [...rows, { left: vanishing.join(" = "), right: "0" }];
      });
  }

  function floorName(part: Part | "model" | Unknown, k: number): string {
    if (part === "model") return `@f^{[${k}]}`;
    if ("variable" in part) return `@s_{${math(part)}}^{[${k}]}`;
    return partName(part, `[${k}]`, partIndices(part));
  }

  function generalTermBlocks(): void {
    const general = derivation.generalTerm;
    if (isAbsent(general)) {
      text(`No general term in closed form was found: ${escapeProse(general.absent)}.`);
      return;
    }
    const orders = general.orders.map(({ order }) => `$${familyLatex(order, orderName)}$`).join(", ");
    text(
      `Let $@n$ be a multi-index with the orders ${orders}, one for each parameter, which stands above; $[\\,\\cdot\\,]$ is 1 where its condition holds, else 0.`,
      "Every mixed derivative of the model is",
    );
    const totals = orderSums(general.derivative);
    equations([
      {
        left: "\\partial^{@n} @f",
        right: breakable(algebra, general.derivative, [], createAbbreviations(algebra, totals)),
      },
    ]);
    if (totals.length > 0)
      text("where $|@n|$ with indices below is the sum of the orders of all parameters with these indices.");
    text("With $\\mathbf{e}_@a$ the multi-index of $@a$ alone and by Leibniz's rule once more,");
    equations([
      {
        left: "\\partial^{@n} @g_@a",
        right:
          "\\sum_{0 \\le @m \\le @n} \\binom{@n}{@m} \\left(\\partial^{@m} @f - [@m = 0]\\, y\\right) \\partial^{\\,@n - @m + \\mathbf{e}_@a} @f",
      },
      { left: "@T_{@k,@a}", right: "\\sum_{|@n| = @k} \\frac{\\Delta^{@n}}{@n!}\\, \\partial^{@n} @g_@a" },
    ]);
  }
}

/** Whether a part is none that a bar over another one writes. */
const isOwn = (part: Part): boolean => part.conjugateOf === undefined;

/** Sums of the orders of several families at one place: `|n_{jip}|`. */
function orderSums(root: Node): Abbreviation[] {
  const found: Abbreviation[] = [];
  for (const node of postorder(root)) {
    const sum = node.kind === "call" && node.name === "delta" ? node.args[0]! : undefined;
    const indices =
      sum?.kind === "sum" ? sum.terms.map(([, s]) => (s.kind === "symbol" ? s.indices : [])) : [];
    const [first] = indices;
    if (sum === undefined || first === undefined || first.length === 0) continue;
    const alike = indices.every((list) => list.map((a) => a.key).join() === first.map((a) => a.key).join());
    const plain = first.every((a) => a.bound.length === 1 && a.constant === 0 && a.sizes.length === 0);
    if (!alike || !plain || found.length > 0) continue;
    found.push({ node: sum, write: (at) => `|@n|_{${indexList(first.map((a) => at(a.bound[0]![0])))}}|` });
  }
  return found;
}

function symbolTable(architecture: Architecture, verdict: Verdict): Block {
  const range = (f: Architecture["parameters"][number]): string =>
    f.ranges
      .map(({ lo, hi }, k) => {
        const [from, to] = [lo, hi].map((a) =>
          [
            ...a.sizes.map(([s, c]) => `${c === 1 ? "" : c}${latexName(s, [])}`),
            ...(a.constant === 0 && a.sizes.length > 0 ? [] : [`${a.constant}`]),
          ].join(" + "),
        );
        return `$${indexName(f.indexNames[k]!)} = ${from}, \\ldots, ${to}$`;
      })
      .join(", ");
  const tiers = new Map(verdict.parameters.map((p) => [p.name, p.tier]));
  const indexed = [...architecture.parameters, ...architecture.inputs].some((f) => f.ranges.length > 0);
  const shown = (cells: string[]): string[] => cells.filter((_, k) => indexed || k !== 2);
  return {
    kind: "table",
    head: shown(["symbol", "role", "indices", "tier"]),
    rows: [
      ...architecture.parameters.map((f) => [
        `$${familyLatex(familyName(f))}$`,
        "parameter",
        range(f),
        tiers.get(familyName(f)) ?? "",
      ]),
      ...architecture.inputs.map((f) => [`$${familyLatex(familyName(f))}$`, "input", range(f), ""]),
    ].map(shown),
  };
}

function sizesText({ open, sizes, conditions }: Architecture): string {
  const given = [...sizes].map(([name, value]) => `$${latexName(name, [])} = ${value}$`);
  const lines = [
    ...(open.length === 0
      ? []
      : [
          `The ${open.length === 1 ? "size" : "sizes"} $${open.map((s) => latexName(s, [])).join(",\\, ")}$ ${open.length === 1 ? "is" : "are"} open: what follows holds for every value.`,
        ]),
    ...(given.length === 0 ? [] : [`Sizes: ${given.join(", ")}.`]),
    ...(conditions.length === 0 ? [] : [`It holds where ${conditions.map(escapeProse).join(", ")}.`]),
  ];
  return lines.join(" ");
}

function structureText({ blocks, by, resummed, architecture }: Derivation): string {
  const zeros = by.flatMap((_, a) =>
    by.slice(0, a + 1).filter((__, b) => resummed.curvature[a]![b]!.node === architecture.algebra.zero),
  ).length;
  const pairs = (by.length * (by.length + 1)) / 2;
  const gauss = "$@H_{@a@b} = @s_@a^{+} @s_@b^{+}$";
  if (zeros === pairs) return `The second part vanishes, as the model is affine in its parameters: ${gauss}.`;
  const what = architecture.open.length > 0 ? "pairs of families" : "pairs";
  const sparse =
    zeros === 0 ? "" : ` It vanishes for ${zeros} of ${pairs} ${what}, for which ${gauss}; the others are`;
  if (blocks.length === 0)
    return `The second part weighs the curvature of the model with the residual.${sparse}`;
  const list = blocks.map((index) => `$${indexName(index)}$`).join(" and ");
  return `The second part is block-diagonal in ${list}: it vanishes unless both parameters have the same ${list}, as the Kronecker deltas show.${sparse}`;
}
