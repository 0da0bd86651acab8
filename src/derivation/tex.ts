/** A document as LaTeX, for pdflatex with amsmath alone. */
import type { Block, Document, Equation, Prose } from "./blocks.ts";
import { joined, lines, width } from "./lines.ts";

/** Letters on a line of the page. */
const LINE = 70;

export const texDocument = ({ title, blocks }: Document): string =>
  [
    "\\documentclass[10pt,a4paper]{article}",
    "\\usepackage[T1]{fontenc}",
    "\\usepackage[utf8]{inputenc}",
    "\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}",
    "\\usepackage{amsmath}",
    "\\usepackage[margin=22mm]{geometry}",
    "\\setlength{\\parindent}{0pt}\\setlength{\\parskip}{5pt plus 1pt}",
    "\\allowdisplaybreaks",
    "\\abovedisplayskip=3pt plus 1pt\\belowdisplayskip=3pt plus 1pt",
    "\\begin{document}",
    `{\\LARGE\\bfseries ${proseTex(title)}\\par}`,
    ...blocks.map(blockTex),
    "\\end{document}",
    "",
  ].join("\n");

function blockTex(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `\n\\section{${proseTex(block.text)}}`;
    case "text":
      return `\n${proseTex(block.text)}`;
    case "equations":
      return `\\begin{align*}\n${block.rows.map(rowTex).join(" \\\\\n")}\n\\end{align*}`;
    case "step":
      return (
        `\n\\textbf{${block.number}.} ${proseTex(block.rule)} (${proseTex(block.why)})\n` +
        `\\begin{align*}\n${block.rows.map(rowTex).join(" \\\\\n")}\n\\end{align*}`
      );
    case "table": {
      const row = (cells: readonly Prose[]): string => cells.map(proseTex).join(" & ");
      return (
        `\n\\begin{center}\\begin{tabular}{${"l".repeat(block.head.length)}}\n${row(block.head)} \\\\ \\hline\n` +
        `${block.rows.map((cells) => `${row(cells)} \\\\`).join("\n")}\n\\end{tabular}\\end{center}`
      );
    }
  }
}

const rowTex = (row: Equation): string => alignedRow(row, LINE);

/** One equation for an alignment, broken into lines of about `most` letters. */
export function alignedRow({ left, right }: Equation, most: number): string {
  const wide = width(left) > most / 3;
  const [first, ...more] = lines(right, wide ? most - 4 : most - width(left) - 3);
  const [start, ...further] = wide ? lines(left, most - 4) : [joined(left)];
  const begin = wide
    ? [`&${start}`, ...further.map((line) => `&\\quad ${line}`), `&\\quad = ${first}`]
    : [`${start} &= ${first}`];
  return [...begin, ...more.map((line) => `&\\quad ${line}`)].join(" \\\\\n");
}

/** Splits prose at its dollars: text, math, text, … */
export const proseParts = (prose: Prose): string[] => prose.split("$");

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "\uff04": "\\$",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  '"': "''",
};

/** Every character with a meaning in LaTeX is written out; beyond Latin letters small installations have no glyphs. */
const proseTex = (prose: Prose): string =>
  proseParts(prose)
    .map((part, k) =>
      k % 2 === 1
        ? `$${joined(part)}$`
        : part.replace(/[^a-zA-Z0-9 .,:;()'!?=+*/\u00c0-\u017f-]/gu, (c) =>
            /[{}#%&_[\]|@`]/.test(c) ? (/[{}#%&_]/.test(c) ? `\\${c}` : c) : (ESCAPES[c] ?? "?"),
          ),
    )
    .join("");
