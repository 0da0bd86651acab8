/** A document as one HTML page that needs nothing else: formulas set by KaTeX in strict mode, its fonts embedded. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import katex from "katex";
import { DescentError } from "../errors.ts";
import type { Block, Document, Prose } from "./blocks.ts";
import { joined } from "./lines.ts";
import { alignedRow, proseParts } from "./tex.ts";

const LINE = 84;

/** Throws `internal` where KaTeX refuses a formula. */
export function htmlDocument({ title, blocks }: Document): string {
  const body = blocks.map(blockHtml).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${katexStyle(body)}
${STYLE}
</style>
</head>
<body>
<main>
<h1>${proseHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const STYLE = `:root { color-scheme: light dark; --ink: #1c1e21; --faint: #62676e; --paper: #fff; --rule: #d9dce0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e7e9; --faint: #9aa0a8; --paper: #16181b; --rule: #33373c; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.05rem/1.6 Georgia, "Times New Roman", serif; }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1.25rem 5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1.5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); }
p { margin: 0.6rem 0; }
.display { overflow-x: auto; overflow-y: hidden; padding: 0.15rem 0; }
.display .katex-display { margin: 0.35rem 0; text-align: left; }
.display .katex-display > .katex { text-align: left; padding-left: 1.5rem; }
.rule { color: var(--faint); margin: 1rem 0 0; }
.rule b { color: var(--ink); }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: 0.3rem 1.2rem 0.3rem 0; border-bottom: 1px solid var(--rule); font-weight: normal; }
th { color: var(--faint); font-style: italic; }
@media print { body { font-size: 10pt; } main { max-width: none; padding: 0; } .rule, h2 { break-after: avoid; } }`;

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${proseHtml(block.text)}</h2>`;
    case "text":
      return `<p>${proseHtml(block.text)}</p>`;
    case "equations":
      return block.rows.map((row) => display(alignedRow(row, LINE))).join("\n");
    case "step":
      return (
        `<p class="rule"><b>${block.number}.</b> ${proseHtml(block.rule)} (${proseHtml(block.why)})</p>\n` +
        block.rows.map((row) => display(alignedRow(row, LINE))).join("\n")
      );
    case "table": {
      const row = (tag: string, cells: readonly Prose[]): string =>
        `<tr>${cells.map((cell) => `<${tag}>${proseHtml(cell)}</${tag}>`).join("")}</tr>`;
      return `<table>\n${row("th", block.head)}\n${block.rows.map((cells) => row("td", cells)).join("\n")}\n</table>`;
    }
  }
}

const display = (rows: string): string =>
  `<div class="display">${typeset(`\\begin{aligned}\n${rows}\n\\end{aligned}`, true)}</div>`;

const proseHtml = (prose: Prose): string =>
  proseParts(prose)
    .map((part, k) =>
      k % 2 === 1 ? typeset(joined(part), false) : escapeHtml(part).replaceAll("\uff04", "$"),
    )
    .join("");

function typeset(formula: string, displayMode: boolean): string {
  try {
    return katex.renderToString(formula, {
      displayMode,
      output: "html",
      strict: "error",
      throwOnError: true,
      trust: false,
      maxExpand: 100_000,
    });
  } catch (error) {
    throw new DescentError("internal", `KaTeX refuses a formula: ${(error as Error).message.slice(0, 200)}`);
  }
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Fonts by the class that needs them; those without one are always embedded. */
const FONTS: readonly (readonly [string, string?])[] = [
  ["KaTeX_Main-Regular"],
  ["KaTeX_Math-Italic"],
  ["KaTeX_Size1-Regular"],
  ["KaTeX_Size2-Regular"],
  ["KaTeX_Size3-Regular", "size3"],
  ["KaTeX_Size4-Regular", "size4"],
  ["KaTeX_AMS-Regular", "amsrm"],
  ["KaTeX_Caligraphic-Regular", "mathcal"],
];

/** KaTeX's style sheet with the fonts that the page needs as data, and without the others. */
function katexStyle(body: string): string {
  const path = createRequire(import.meta.url).resolve("katex/dist/katex.min.css");
  const needed = FONTS.filter(([, use]) => use === undefined || body.includes(use)).map(([font]) => font);
  return readFileSync(path, "utf8").replace(/@font-face\{[^}]*\}/g, (face) => {
    const file = /fonts\/(KaTeX_[\w-]+)\.woff2/.exec(face)?.[1];
    if (file === undefined || !needed.includes(file)) return "";
    const data = readFileSync(join(dirname(path), "fonts", `${file}.woff2`)).toString("base64");
    return face.replace(/src:[^;}]*/, `src:url(data:font/woff2;base64,${data}) format("woff2")`);
  });
}
