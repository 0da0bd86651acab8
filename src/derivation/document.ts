/** A derivation as a document: headings, prose, equations. Writers turn it into LaTeX, HTML or Markdown. */
import { type Architecture, familyName, type Unknown } from "../architecture/architecture.ts";
import { readExpression } from "../architecture/read.ts";
import type { Certificate, ClosureNode } from "../closure/certificate.ts";
import type { Verdict } from "../closure/verdict.ts";
import type { Verification } from "../closure/verify/verify.ts";
import type { Budget } from "../errors.ts";
import { gIsReal, sign } from "../exact/rational.ts";
import { type Node, postorder } from "../expression/node.ts";
import { createCascade } from "../resummation/cascade.ts";
import { isAbsent } from "../tower/general.ts";
import { type Abbreviation, createAbbreviations } from "./abbreviate.ts";
import type { Derivation, Step } from "./derive.ts";
import { breakable, indexList, indexName, latexName, orderName } from "./latex.ts";
import { BREAK, joined } from "./lines.ts";
import { type Opinion, REMAINDER } from "./opinion.ts";
import { abbreviation, type Context, NOWHERE, type Part, partIndices, partName } from "./parts.ts";
import type { Replay, Sizes } from "./replay.ts";

/** Prose; what stands between dollars is LaTeX. */
export type Prose = string;

export interface Equation {
  readonly left: string;
  /** May hold marks where a line may end. */
  readonly right: string;
}

export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "text"; readonly text: Prose }
  | { readonly kind: "equations"; readonly rows: readonly Equation[] }
  /** Each with a number, the rule and the reason above the equation. */
  | {
      readonly kind: "step";
      readonly number: number;
      readonly rule: string;
      readonly why: Prose;
      readonly rows: readonly Equation[];
    }
  | { readonly kind: "table"; readonly head: readonly Prose[]; readonly rows: readonly (readonly Prose[])[] };

export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** What was found out about the derivation beside its steps. */
export interface Evidence {
  readonly verdict: Verdict;
  readonly verification: Verification | undefined;
  readonly replay: Replay;
  readonly opinions: readonly { readonly sizes: Sizes; readonly opinion: Opinion }[];
}

/** Matrices with more columns than this are described, not written. */
const MATRIX_COLUMNS = 8;

export function createDocument(derivation: Derivation, evidence: Evidence, budget: Budget): Document {
  const { architecture, model, parts, by } = derivation;
  const { algebra } = architecture;
  const writer = createWriter(derivation, budget);
  const { equation, name, math } = writer;
  const blocks: Block[] = [];
  const heading = (text: string): void => void blocks.push({ kind: "heading", text });
  const text = (...lines: string[]): void => void blocks.push({ kind: "text", text: lines.join(" ") });
  const equations = (rows: readonly Equation[]): void => void blocks.push({ kind: "equations", rows });

  heading("Architecture and loss");
  if (architecture.description !== undefined) text(`${escapeProse(architecture.description)}.`);
  if (architecture.reference !== undefined) text(`Reference: ${escapeProse(architecture.reference)}.`);
  equations([{ left: "f(x;\\theta)", right: writer.plain(model) }]);
  blocks.push(symbolTable(architecture, evidence.verdict));
  text(sizesText(architecture));
  if (parts.length > 0) {
    text("The parts of the model are called");
    equations([
      ...parts.map((part) => ({ left: name(part), right: writer.definition(part.node, part) })),
      { left: "f", right: writer.definition(model, NOWHERE) },
    ]);
  }
  text(
    "Training minimises $L(\\theta) = \\frac12 \\sum_n w_n \\left(f(x_n;\\theta) - y_n\\right)^2$. Everything below is for one datum $(x, y)$;",
    "sums over the data with their weights $w_n$ stand in front of it.",
  );

  heading("Optimality condition");
  text(
    "The gradient is $g_a = (f - y)\\, s_a$ with the slopes $s_a = \\partial f / \\partial a$, one for each parameter $a$:",
  );
  equations(derivation.slopes.map((step, k) => ({ left: `s_{${math(by[k]!)}}`, right: writer.step(step) })));

  heading("The Taylor tower");
  text(
    "For a step $\\Delta$ let $D = \\sum_a \\Delta_a \\partial_a$. The tower of the optimality condition is",
    "$g(\\theta + \\Delta) = \\sum_{k \\ge 0} T_k$ with the floors $T_k = D^k g / k!$.",
    "Gradient descent keeps $T_0$, Newton's method $T_0 + T_1$. With $u^{[k]} = D^k u / k!$ for any part $u$, Leibniz's rule gives the",
    "floors of the gradient from those of $f$ and of the slopes,",
  );
  equations(towerRows());
  if (derivation.increments.length > 0) {
    text("The arguments of the functions change by");
    equations(
      derivation.increments.map((part) => ({ left: name(part), right: writer.definition(part.node, part) })),
    );
  }
  text("The floors of the parts and of $f$ are");
  equations(floorRows("parts"));
  text("and those of the slopes");
  equations(floorRows("slopes"));

  heading("General term");
  generalTermBlocks();

  heading("Closure");
  closureBlocks();

  heading("Cascade");
  text(
    "The operator $e^{D}$ translates, $e^{D} u(\\theta) = u(\\theta + \\Delta)$, and it is an automorphism of the algebra of analytic functions.",
    "So the whole tower is resummed from the inside out, one rule at a time. $u^{+}$ stands for $e^{D} u$; no floor is dropped.",
  );
  const isTranslation = (step: Step): boolean => step.before.kind === "symbol";
  const rowOf = (step: Step): Equation => ({
    left: writer.translated(step),
    right: equation(step.after, step, step.after),
  });
  // The parameters first, together; then the rest in its order, which is from the inside out.
  const translations = derivation.cascade.filter(isTranslation);
  const groups = [
    ...(translations.length === 0 ? [] : [translations]),
    ...derivation.cascade.filter((step) => !isTranslation(step)).map((step) => [step]),
  ];
  groups.forEach((steps, k) => {
    const { rule, justification } = steps[0]!;
    blocks.push({
      kind: "step",
      number: k + 1,
      rule: rule.replace(/:.*/, ""),
      why: justification,
      rows: steps.map(rowOf),
    });
  });

  heading("Resummed optimality condition");
  text(
    "$F_a(\\Delta) = g_a(\\theta + \\Delta) = (f^{+} - y)\\, s_a^{+}$, and a descent step solves $F(\\Delta) = 0$:",
  );
  equations(
    derivation.optimality.map((step, k) => ({
      left: `F_{${math(by[k]!)}}(\\Delta)`,
      right: writer.residualTimes(derivation.resummed.shiftedSlopes[k]!.node, step),
    })),
  );

  heading("Jacobian");
  text(
    "$H_{ab} = \\partial F_a / \\partial \\Delta_b = s_a^{+} s_b^{+} + (f^{+} - y)\\, (\\partial_b s_a)^{+}$ is symmetric.",
    structureText(derivation),
  );
  equations(
    derivation.jacobian.flatMap((row, a) =>
      row.flatMap((step, b) => {
        const curvature = derivation.resummed.curvature[a]![b]!.node;
        if (curvature === algebra.zero) return [];
        const left = `H_{${math(by[a]!)},\\,${math(by[b]!, step.scope)}}`;
        return [{ left, right: writer.jacobian(by[a]!, by[b]!, curvature, step) }];
      }),
    ),
  );

  heading("How this was checked");
  for (const line of evidenceText(derivation, evidence)) text(line);
  return { title: `Infinite Descent for ${escapeProse(architecture.name)}`, blocks };

  function towerRows(): Equation[] {
    const slope = (k: number): string => (k === 0 ? "s_a" : `s_a^{[${k}]}`);
    const residual = (k: number): string => (k === 0 ? "(f - y)" : `f^{[${k}]}`);
    return [0, 1, 2, 3].map((k) => ({
      left: `T_{${k},a}`,
      right: Array.from({ length: k + 1 }, (_, m) => `${residual(m)}\\, ${slope(k - m)}`).join(" + "),
    }));
  }

  function floorRows(which: "parts" | "slopes"): Equation[] {
    return derivation.floors
      .filter(({ part }) => (which === "slopes") === (part !== "model" && "variable" in part))
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
    if (part === "model") return `f^{[${k}]}`;
    if ("variable" in part) return `s_{${math(part)}}^{[${k}]}`;
    return partName(part.name, `[${k}]`, partIndices(part));
  }

  function generalTermBlocks(): void {
    const general = derivation.generalTerm;
    if (isAbsent(general)) {
      text(`No general term in closed form was found: ${escapeProse(general.absent)}.`);
      return;
    }
    const orders = general.orders.map(({ order }) => `$${familyLatex(order, orderName)}$`).join(", ");
    text(
      `Let $n$ be a multi-index with the orders ${orders}, one for each parameter; $[\\,\\cdot\\,]$ is 1 where its condition holds, else 0.`,
      "Every mixed derivative of the model is",
    );
    const totals = orderSums(general.derivative);
    equations([
      {
        left: "\\partial^{n} f",
        right: breakable(algebra, general.derivative, [], createAbbreviations(algebra, totals)),
      },
    ]);
    if (totals.length > 0)
      text("where $|n_{\\ldots}|$ is the sum of the orders of all parameters with these indices,");
    text("so that, with $e_a$ the multi-index of $a$ alone and by Leibniz's rule once more,");
    equations([
      {
        left: "\\partial^{n} g_a",
        right:
          "\\sum_{0 \\le m \\le n} \\binom{n}{m} \\left(\\partial^{m} f - [m = 0]\\, y\\right) \\partial^{\\,n - m + e_a} f",
      },
      { left: "T_{k,a}", right: "\\sum_{|n| = k} \\frac{\\Delta^{n}}{n!}\\, \\partial^{n} g_a" },
    ]);
  }

  function closureBlocks(): void {
    const { verdict } = evidence;
    const { certificate } = verdict;
    if (certificate === null) {
      text(`The verdict is ${verdict.tier}: ${escapeProse(verdict.obstruction?.reason ?? "")}.`);
      return;
    }
    text(
      `The tier of the optimality condition is ${verdict.tier}; membership in the Infinity Class: ${verdict.membership}.`,
      `The span of all derivatives of $f$ has at most the dimension $${expression(`${certificate.dimension}`)}$.`,
      "A basis $b$ of functions with constant matrices, $\\partial_a b = M_a b$ and $M_a M_b = M_b M_a$, gives $e^{D} b = \\exp\\left(\\sum_a \\Delta_a M_a\\right) b$.",
      "Sums and products of closed expressions are closed, with bases joined or multiplied.",
    );
    for (const block of treeBlocks(certificate)) blocks.push(block);
    if ((verdict.exceptions ?? []).length > 0) {
      const list = verdict.exceptions!.map(({ sizes, tier }) => {
        const at = Object.entries(sizes).map(([size, value]) => `$${latexName(size, [])} = ${value}$`);
        return `${at.join(", ")} (${tier})`;
      });
      text(`Sizes for which the verdict is another one: ${list.join("; ")}.`);
    }
  }

  function expression(formula: string, outer: readonly string[] = []): string {
    return breakable(algebra, readExpression(architecture, formula, outer), outer, writer.short());
  }

  function treeBlocks({ tree }: Certificate): Block[] {
    const found: Block[] = [];
    let atoms = 0;
    const visit = (node: ClosureNode, outer: readonly string[]): void => {
      if (node.node === "atom") {
        atoms++;
        found.push(...atomBlocks(node, outer, atoms));
        return;
      }
      const inner = node.index === undefined ? outer : [node.index.name, ...outer];
      for (const child of node.children) visit(child, inner);
      const what = node.index === undefined ? node.node : `${node.node} over $${indexName(node.index.name)}$`;
      const short = node === tree ? "f" : shortFormula(node.formula, outer);
      found.push({
        kind: "text",
        text: `The ${what}, $${short}$, is closed by the closure lemma, in dimension $${expression(`${node.dimension}`)}$.`,
      });
    };
    visit(tree, []);
    return found;
  }

  function shortFormula(formula: string, outer: readonly string[]): string {
    return joined(expression(formula, outer));
  }

  function atomBlocks(atom: ClosureNode & { node: "atom" }, outer: readonly string[], k: number): Block[] {
    const n = atom.basis.length;
    const label = `b_{(${k})}`;
    const column = (entries: readonly string[]): string =>
      `\\begin{pmatrix} ${entries.map((e) => shortFormula(e, outer)).join(" \\\\ ")} \\end{pmatrix}`;
    const coordinates = atom.coordinates
      .map((c, i) => ({ c, i }))
      .filter(({ c }) => c !== "0")
      .map(
        ({ c, i }) =>
          `${c === "1" ? "" : `${bracketed(shortFormula(c, outer))}\\,`}${label.replace("}", `,${i + 1}}`)}`,
      );
    const rows: Equation[] = [
      { left: label, right: column(atom.basis) },
      { left: shortFormula(atom.formula, outer), right: coordinates.join(" + ") || "0" },
    ];
    if (n <= MATRIX_COLUMNS) {
      for (const [parameter, matrix] of Object.entries(atom.matrices)) {
        const entries = matrix
          .map((row) => row.map((entry) => shortFormula(entry, outer)).join(" & "))
          .join(" \\\\ ");
        rows.push({
          left: `M_{${shortFormula(parameter, outer)}}`,
          right: `\\begin{pmatrix} ${entries} \\end{pmatrix}`,
        });
      }
    }
    const intro =
      n <= MATRIX_COLUMNS
        ? `Atom ${k} is closed in dimension ${n}:`
        : `Atom ${k} is closed in dimension ${n}; its matrices stand in the certificate:`;
    return [
      { kind: "text", text: intro },
      { kind: "equations", rows },
    ];
  }
}

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
    found.push({ node: sum, write: (at) => `|n_{${indexList(first.map((a) => at(a.bound[0]![0])))}}|` });
  }
  return found;
}

const bracketed = (text: string): string => (/[+-]/.test(text.slice(1)) ? `\\left(${text}\\right)` : text);

/** LaTeX of a family's name with its indices, from its text `A[j,i,p]`. */
function familyLatex(name: string, write = latexName): string {
  const [, head, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(name)!;
  return write(head!, indices === undefined ? [] : indices.split(",").map(indexName));
}

/** User text in prose: dollars are not math there. */
const escapeProse = (text: string): string => text.replaceAll("$", "＄");

interface Writer {
  /** With all names; `self` is not abbreviated by its own. */
  equation(node: Node, context: Context, self: Node): string;
  /** Without names. */
  plain(node: Node): string;
  definition(node: Node, context: Context): string;
  step(step: Step): string;
  /** (f⁺ − y)·node */
  residualTimes(node: Node, context: Context): string;
  jacobian(a: Unknown, b: Unknown, curvature: Node, context: Context): string;
  /** e^D u for the u that a step of the cascade translates. */
  translated(step: Step): string;
  name(part: Part): string;
  /** The parameter in LaTeX; `scope` are the names of its indices where they differ from its own. */
  math(unknown: Unknown, scope?: readonly string[]): string;
  short(): ReturnType<typeof createAbbreviations>;
}

function createWriter(
  { architecture, model, by, parts, increments, floors }: Derivation,
  budget: Budget,
): Writer {
  const { algebra } = architecture;
  const cascade = createCascade(algebra, budget);
  // Larger parts first, so that a name stands for as much as it can.
  const plain = [...parts].reverse();
  const shifted = plain.map((part) => abbreviation(part, "+", cascade.shifted(part.node)));
  const base = [{ node: model, write: () => "f" }, ...plain.map((part) => abbreviation(part))];
  const steps = [
    ...increments.map((part) => abbreviation(part)),
    { node: cascade.shifted(model), write: () => "f^{+}" },
    ...shifted,
    ...floors.flatMap(({ part, steps: list }): Abbreviation[] => {
      if (part === "model") return list.map((s, k) => ({ node: s.after, write: () => `f^{[${k + 1}]}` }));
      return "variable" in part ? [] : list.map((s, k) => abbreviation(part, `[${k + 1}]`, s.after));
    }),
  ];
  const translated = by.map(({ variable }): Abbreviation => {
    const parameter = algebra.symbol(variable.name, "parameter", variable.indices);
    const name = (at: readonly string[]): string => `${latexName(variable.name, at)}^{+}`;
    const q = variable.indices.length;
    return {
      node: cascade.shifted(parameter),
      write: (at) =>
        name(variable.indices.map((a, k) => (a.bound.length === 0 ? `${a.constant}` : at(q - 1 - k)))),
    };
  });
  const all = [...steps, ...translated, ...base];
  const write = (node: Node, scope: readonly string[], list: readonly Abbreviation[], self?: Node): string =>
    breakable(algebra, node, scope, createAbbreviations(algebra, list, self));
  const residualTimes = (node: Node, { scope }: Context): string => {
    if (node === algebra.zero) return "0";
    const text = write(node, scope, all);
    const long = node.kind === "sum";
    return `(f^{+} - y) \\, ${long ? `\\left(${text}\\right)` : text}`;
  };
  const math = ({ variable, scope: own }: Unknown, scope?: readonly string[]): string => {
    const names = (scope ?? own).slice(0, variable.indices.length).reverse();
    const shown = variable.indices.map((a, k) =>
      a.bound.length === 0 ? `${a.constant}` : indexName(names[k] ?? "i"),
    );
    return latexName(variable.name, shown);
  };
  return {
    math,
    residualTimes,
    jacobian(a, b, curvature, context) {
      const gauss = `s_{${math(a)}}^{+} \\, s_{${math(b, context.scope)}}^{+}`;
      const [c] = curvature.kind === "sum" && curvature.terms.length === 1 ? curvature.terms[0]! : [];
      const negative = c !== undefined && gIsReal(c) && sign(c.re) < 0;
      const size = negative ? algebra.scale(-1, curvature) : curvature;
      return `${gauss} ${BREAK}${negative ? "-" : "+"} ${residualTimes(size, context)}`;
    },
    equation: (node, { scope }, self) => write(node, scope, all, self),
    plain: (node) => breakable(algebra, node),
    definition: (node, { scope }) => write(node, scope, base, node),
    step: ({ after, scope }) => write(after, scope, base),
    translated({ before, scope }) {
      const known = write(before, scope, base);
      const simple = !/[ +(]/.test(known.replace(/_\{[^}]*\}/g, "").trim());
      return simple ? `e^{D} ${known}` : `e^{D}\\left(${joined(known)}\\right)`;
    },
    name: (part) => partName(part.name, "", partIndices(part)),
    short: () => createAbbreviations(algebra, base.slice(1)),
  };
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
          `The sizes $${open.map((s) => latexName(s, [])).join(",\\, ")}$ are open: what follows holds for all of their values.`,
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
  const rest = "for which $H_{ab} = s_a^{+} s_b^{+}$";
  const sparse =
    zeros === 0
      ? ""
      : zeros === pairs
        ? ` It vanishes for every pair, ${rest}.`
        : ` It vanishes for ${zeros} of ${pairs} pairs, ${rest}; the others are`;
  if (blocks.length === 0)
    return `The second part weighs the curvature of the model with the residual.${sparse}`;
  const list = blocks.map((index) => `$${indexName(index)}$`).join(" and ");
  return `The second part is block-diagonal in ${list}: it vanishes unless both parameters have the same ${list}, as the Kronecker deltas show.${sparse}`;
}

function evidenceText({ architecture }: Derivation, { verification, replay, opinions }: Evidence): Prose[] {
  const sizes = replay.sizes
    .map((at) => Object.values(at).join(","))
    .filter((s) => s !== "")
    .map((s) => `(${s})`);
  const where =
    sizes.length === 0
      ? ""
      : ` at the sizes $(${architecture.open.map((s) => latexName(s, [])).join(", ")})$ = ${sizes.join(", ")} and several values of the indices`;
  const lines = [
    `Each of the ${replay.steps} steps is kept as rule, before, after and reason. A replayer computes every step anew from what stood before it${where},` +
      " by other code than made it: translations by substituting $\\theta + \\Delta$, floors by applying $D$ again and again, derivatives from the first floor," +
      " the Jacobian by differentiating $F$, the general term by repeated differentiation. The difference to what stands after the step must be the zero" +
      " exponential polynomial in all parameters, steps and data, in exact arithmetic." +
      ` ${replay.checked} identities were checked, ${replay.failures.length === 0 ? "all of them hold" : `${replay.failures.length} FAIL`}.`,
  ];
  if (verification !== undefined) {
    lines.push(
      verification.accepted
        ? `The certificate of closure was re-checked by separate code, with its own differentiation and zero test: ${verification.checked} formulas, accepted.`
        : `The certificate of closure was REJECTED: ${escapeProse(verification.entry)}.`,
    );
  }
  return [...lines, ...opinionText(opinions)];
}

/** How often nerdamer agreed, what it got wrong, and why it was not asked for the rest. */
function opinionText(opinions: Evidence["opinions"]): Prose[] {
  const asked = opinions.filter(({ opinion }) => opinion.what !== REMAINDER);
  const of = (outcome: Opinion["outcome"]) => asked.filter(({ opinion }) => opinion.outcome === outcome);
  if (asked.length === 0) return [];
  const reasons = [...new Set(of("not-asked").map(({ opinion }) => opinion.detail))];
  const summary =
    "A second opinion on slopes and on the floors $T_0$ and $T_1$ at small sizes comes from nerdamer, an independent algebra system that" +
    ` is never trusted: of ${asked.length} questions it agrees on ${of("agrees").length}` +
    (reasons.length === 0
      ? "."
      : `; ${of("not-asked").length} were not asked (${reasons.map(escapeProse).join("; ")}).`);
  const errors = of("nerdamer-wrong").map(
    ({ opinion }) => `Its answer for ${escapeProse(opinion.what)} is wrong: ${escapeProse(opinion.detail)}.`,
  );
  return [summary, ...errors];
}
