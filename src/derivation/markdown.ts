/** A document as Markdown with display math between double dollars. */
import type { Block, Document, Prose } from "./blocks.ts";
import { joined } from "./lines.ts";
import { alignedRow, proseParts } from "./tex.ts";

const LINE = 90;

export const markdownDocument = ({ title, blocks }: Document): string =>
  `${[`# ${proseMarkdown(title)}`, ...blocks.map(blockMarkdown)].join("\n\n")}\n`;

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `## ${proseMarkdown(block.text)}`;
    case "text":
      return proseMarkdown(block.text);
    case "equations":
      return block.rows.map((row) => display(alignedRow(row, LINE))).join("\n\n");
    case "step":
      return `**${block.number}.** ${proseMarkdown(block.rule)} (${proseMarkdown(block.why)})\n\n${block.rows.map((row) => display(alignedRow(row, LINE))).join("\n\n")}`;
    case "table": {
      const row = (cells: readonly Prose[]): string => `| ${cells.map(proseMarkdown).join(" | ")} |`;
      return [row(block.head), `|${" --- |".repeat(block.head.length)}`, ...block.rows.map(row)].join("\n");
    }
  }
}

const display = (rows: string): string => `$$\n\\begin{aligned}\n${rows}\n\\end{aligned}\n$$`;

const proseMarkdown = (prose: Prose): string =>
  proseParts(prose)
    .map((part, k) => (k % 2 === 1 ? `$${joined(part)}$` : part.replace(/[\\`*_<>[\]|#]/g, (c) => `\\${c}`)))
    .join("")
    .replaceAll("\uff04", "\\$");
