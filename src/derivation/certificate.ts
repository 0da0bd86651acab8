/** A verdict's certificate as part of a document. */
import { readExpression } from "../architecture/read.ts";
import type { Certificate, ClosureNode } from "../closure/certificate.ts";
import { type Block, type Equation, escapeProse } from "./blocks.ts";
import type { Derivation } from "./derive.ts";
import type { Evidence } from "./evidence.ts";
import { breakable, indexName, latexName } from "./latex.ts";
import { BREAK, joined } from "./lines.ts";
import type { Writer } from "./writer.ts";

/** Matrices with more columns than this are described, not written. */
const MATRIX_COLUMNS = 8;

/** LaTeX of a formula in which the given indices, innermost first, are bound outside. */
type Formula = (formula: string, outer?: readonly string[]) => string;

/** The verdict with its certificate: atoms with their matrices, sums and products by the closure lemma. */
export function closureBlocks({ architecture }: Derivation, { verdict }: Evidence, writer: Writer): Block[] {
  const { certificate } = verdict;
  const text = (...sentences: string[]): Block => ({ kind: "text", text: sentences.join(" ") });
  if (certificate === null) {
    return [text(`The verdict is ${verdict.tier}: ${escapeProse(verdict.obstruction?.reason ?? "")}.`)];
  }
  if (certificate.kind !== "linear-closure") {
    return [
      text(
        `The tier of the optimality condition is ${verdict.tier}; membership in the Infinity Class: ${verdict.membership}.`,
        ...new Set(certificate.lower.proofs.map((p) => `No lower: ${escapeProse(p.theorem)}.`)),
      ),
    ];
  }
  const breaking: Formula = (source, outer = []) =>
    breakable(architecture.algebra, readExpression(architecture, source, outer), outer, writer.short());
  const formula: Formula = (source, outer) => joined(breaking(source, outer));
  const exceptions = (verdict.exceptions ?? []).map(({ sizes, tier }) => {
    const at = Object.entries(sizes).map(([size, value]) => `$${latexName(size, [])} = ${value}$`);
    return `${at.join(", ")} (${tier === verdict.tier ? "of another degree or for other parameters" : tier})`;
  });
  return [
    text(
      `The tier of the optimality condition is ${verdict.tier}; membership in the Infinity Class: ${verdict.membership}.`,
      `The span of all derivatives of $@f$ has at most the dimension $${formula(`${certificate.dimension}`)}$.`,
      "A basis $@B$ of functions with matrices that hold no parameter and commute, $\\partial_@a @B = @M_@a @B$, gives $e^{@D} @B = \\exp\\left(\\sum_@a (\\Delta @a)\\, @M_@a\\right) @B$.",
      "Sums and products of closed expressions are closed, with bases joined or multiplied.",
    ),
    ...treeBlocks(certificate, formula, breaking),
    ...(exceptions.length === 0
      ? []
      : [text(`Sizes for which the verdict is another one: ${exceptions.join("; ")}.`)]),
  ];
}

/** Children before parents. */
function treeBlocks({ tree }: Certificate, formula: Formula, breaking: Formula): Block[] {
  const found: Block[] = [];
  let atoms = 0;
  const visit = (node: ClosureNode, outer: readonly string[]): void => {
    if (node.node === "atom") {
      atoms++;
      found.push(...atomBlocks(node, outer, atoms, formula, breaking));
      return;
    }
    const inner = node.index === undefined ? outer : [node.index.name, ...outer];
    for (const child of node.children) visit(child, inner);
    const what = node.index === undefined ? node.node : `${node.node} over $${indexName(node.index.name)}$`;
    const short = node === tree ? "@f" : formula(node.formula, outer);
    found.push({
      kind: "text",
      text: `The ${what}, $${short}$, is closed by the closure lemma, in dimension $${formula(`${node.dimension}`)}$.`,
    });
  };
  visit(tree, []);
  return found;
}

function atomBlocks(
  atom: ClosureNode & { node: "atom" },
  outer: readonly string[],
  number: number,
  formula: Formula,
  breaking: Formula,
): Block[] {
  const n = atom.basis.length;
  const basis = (element?: number): string => `@B_{(${number})${element === undefined ? "" : `,${element}`}}`;
  const entries = (list: readonly string[]): string[] => list.map((entry) => formula(entry, outer));
  const matrix = (rows: readonly string[]): string =>
    `\\begin{pmatrix} ${rows.join(" \\\\ ")} \\end{pmatrix}`;
  const combination = atom.coordinates.flatMap((c, k) =>
    c === "0" ? [] : [c === "1" ? basis(k + 1) : `${bracketed(formula(c, outer))} \\, ${basis(k + 1)}`],
  );
  const rows: Equation[] = [
    { left: basis(), right: matrix(entries(atom.basis)) },
    { left: breaking(atom.formula, outer), right: combination.join(` ${BREAK}+ `) || "0" },
  ];
  const written = n <= MATRIX_COLUMNS ? Object.entries(atom.matrices) : [];
  // A member inside of a sum has an index of its own, which its matrix names.
  const inner = [...(atom.indices ?? []).map((index) => index.name).reverse(), ...outer];
  for (const [parameter, list] of written) {
    const row = (own: readonly string[]): string => own.map((entry) => formula(entry, inner)).join(" & ");
    rows.push({ left: `@M_{${formula(parameter, inner)}}`, right: matrix(list.map(row)) });
  }
  const elsewhere =
    n <= MATRIX_COLUMNS ? "" : "; its matrices stand in the certificate, which check --json prints";
  return [
    { kind: "text", text: `Atom ${number} is closed in dimension ${n}${elsewhere}:` },
    { kind: "equations", rows },
  ];
}

const bracketed = (text: string): string => (/[+-]/.test(text.slice(1)) ? `\\left(${text}\\right)` : text);
