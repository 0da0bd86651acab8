/** What the parts of the checker share: the forms of one document, and how an entry is rejected. */
import { readFormula } from "../../architecture/formula.ts";
import type { Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import type { Names } from "./affine.ts";
import type { Form, Forms } from "./forms.ts";

/** Thrown inside of the checker only. */
export class Rejection extends Error {
  readonly entry: string;
  constructor(entry: string, reason: string) {
    super(reason);
    this.entry = entry;
  }
}

export interface Context {
  /** Parameters as such, for closures and tiers. */
  readonly forms: Forms;
  /** All names alike, for comparing formulas. */
  readonly plain: Forms;
  readonly isParameter: (name: string) => boolean;
  /** Sizes that are open. */
  readonly sizes: ReadonlySet<string>;
  readonly budget: Budget;
  count: number;
}

export function read(context: Pick<Context, "count">, formula: string, entry: string): Syntax {
  context.count++;
  try {
    return readFormula(formula, { source: entry });
  } catch (error) {
    if (error instanceof DescentError) throw new Rejection(entry, error.fault);
    throw error;
  }
}

/** A form, an obstacle being a rejection at `entry`. */
export function formOf(forms: Forms, syntax: Syntax, names: Names, entry: string): Form {
  try {
    return forms.of(syntax, names);
  } catch (error) {
    if (error instanceof DescentError && error.code !== "budget") throw new Rejection(entry, error.fault);
    throw error;
  }
}

export function same(context: Context, a: Syntax, b: Syntax, names: Names, entry: string): void {
  const { plain } = context;
  const difference = plain.subtract(formOf(plain, a, names, entry), formOf(plain, b, names, entry));
  if (difference.size > 0) throw new Rejection(entry, "it is not the formula of what it stands for");
}

/** Compares two expressions in open sizes. */
export function checkSize(context: Context, claimed: number | string, computed: string, entry: string): void {
  const [a, b] = [`${claimed}`, computed].map((text) =>
    formOf(context.plain, read(context, text, entry), new Map(), entry),
  );
  if (context.plain.subtract(a!, b!).size > 0) throw new Rejection(entry, `it is ${computed}`);
}
