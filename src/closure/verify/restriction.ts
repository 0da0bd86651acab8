/**
 * The checker's lower bound: the model where all members of families with an index ≥ 2 have constant values. It evaluates
 * every sum and product over an index at the index 1 and at an index that is only known to be ≥ 2, and insists that the
 * terms of the second kind vanish or are equal, the factors are 1. What is left is a form that holds for all sizes ≥ 1.
 */
import type { Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import { affineTerms, difference, isZeroFor, leastOf, type Names, TAIL } from "./affine.ts";
import { createForms } from "./form.ts";
import type { FoldForms, Form, Forms, Reading } from "./forms.ts";

export const cellKey = (family: string, indices: readonly string[]): string =>
  `${family}[${indices.join(",")}]`;

/**
 * Forms under a restriction. `values` holds the value of each listed cell, an expression without parameters; the members
 * all of whose indices are 1 stay parameters, all others are 0. `of` throws `unsupported` where it is no restriction.
 */
export function restrictedForms(
  isParameter: (name: string) => boolean,
  values: ReadonlyMap<string, Syntax>,
  budget: Budget,
): Forms {
  const constants = createForms(() => false, budget);
  const fail = (what: string): never => {
    throw new DescentError("unsupported", what);
  };
  const reading: Reading = {
    member(name, indices, names) {
      if (indices.length === 0) return undefined;
      const pattern = indices.map((index) => {
        const terms = affineTerms(index, names);
        if (terms.size === 1 && terms.get("") === 1) return "1";
        return leastOf(terms) >= 2 ? ">=2" : fail(`an index of ${name} is neither 1 nor at least 2`);
      });
      if (pattern.every((index) => index === "1")) return undefined;
      const value = values.get(cellKey(name, pattern));
      return value === undefined ? new Map() : constants.of(value);
    },
    fold(syntax, names, forms) {
      const lo = affineTerms(syntax.lo, names);
      const fromOne = lo.size === 1 && lo.get("") === 1;
      if (!fromOne && leastOf(lo) < 2) return fail(`${syntax.index} runs from neither 1 nor at least 2`);
      const head = fromOne ? headOf(syntax, names, forms) : undefined;
      if (syntax.op === "prod" && head?.size === 0) return head;
      const mark = `${TAIL}${names.size}${TAIL}`;
      const tail = forms.of(syntax.body, new Map(names).set(syntax.index, mark));
      const neutral = syntax.op === "sum" ? tail.size === 0 : forms.isOne(tail);
      if (neutral) return head ?? (syntax.op === "sum" ? new Map() : forms.one);
      if (syntax.op === "prod" || !fromOne || syntax.except !== undefined || forms.mentions(tail, mark))
        return fail(`the ${syntax.op} over ${syntax.index} is not restricted to the index 1`);
      const one: Syntax = { kind: "number", value: { num: 1n, den: 1n }, span: syntax.span };
      const count: Syntax = { kind: "binary", op: "-", left: syntax.hi, right: one, span: syntax.span };
      return forms.add(head ?? new Map(), forms.multiply(forms.of(count, names), tail));
    },
  };

  function headOf(syntax: Syntax & { kind: "fold" }, names: Names, forms: FoldForms): Form | undefined {
    if (leastOf(affineTerms(syntax.hi, names)) < 1) return fail(`${syntax.index} may have no value`);
    const at = new Map(names).set(syntax.index, "1");
    for (const { left, right } of syntax.except ?? []) {
      const zero = isZeroFor(difference(left, right, at));
      if (zero === "all") return undefined;
      if (zero === "some") return fail(`a condition on ${syntax.index} depends on another index`);
    }
    return forms.of(syntax.body, at);
  }

  return createForms(isParameter, budget, reading);
}
