/** What a document is made of. Writers turn it into LaTeX, HTML or Markdown. */
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

/** User text in prose: dollars are not math there. */
export const escapeProse = (text: string): string => text.replaceAll("$", "＄");

/**
 * Letters of the document's own are written `@f`, `@g`, … in formulas until it is known which letters the model has: one
 * that the model uses for something else is set in bold.
 */
const OWN: Readonly<Record<string, string>> = {
  f: "f",
  g: "g",
  s: "s",
  T: "T",
  D: "D",
  F: "F",
  H: "H",
  L: "L",
  k: "k",
  m: "m",
  n: "n",
  B: "b",
  M: "M",
  t: "\\theta",
  a: "\\mu",
  b: "\\nu",
};

export type Letters = Readonly<Record<string, string>>;

/** @param taken what the model's names begin with in LaTeX */
export const ownLetters = (taken: ReadonlySet<string>): Letters =>
  Object.fromEntries(
    Object.entries(OWN).map(([key, letter]) => {
      const bold = letter.startsWith("\\") ? `\\boldsymbol{${letter}}` : `\\mathbf{${letter}}`;
      return [key, taken.has(letter) ? bold : letter];
    }),
  );

/** A block with the document's letters put in; those in prose stand between dollars. */
export function settled(block: Block, letters: Letters): Block {
  const math = (text: string): string =>
    text.replace(/@([a-zA-Z])/g, (_, key: string) => letters[key] ?? key);
  const prose = (text: Prose): Prose =>
    text
      .split("$")
      .map((part, k) => (k % 2 === 1 ? math(part) : part))
      .join("$");
  const row = ({ left, right }: Equation): Equation => ({ left: math(left), right: math(right) });
  switch (block.kind) {
    case "heading":
      return block;
    case "text":
      return { ...block, text: prose(block.text) };
    case "equations":
      return { ...block, rows: block.rows.map(row) };
    case "step":
      return { ...block, why: prose(block.why), rows: block.rows.map(row) };
    case "table":
      return { ...block, head: block.head.map(prose), rows: block.rows.map((cells) => cells.map(prose)) };
  }
}
