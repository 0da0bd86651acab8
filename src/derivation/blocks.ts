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
