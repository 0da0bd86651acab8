/** Writes the expressions of one derivation, with the names of its parts. */
import type { Unknown } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { gIsReal, sign } from "../exact/rational.ts";
import type { Node } from "../expression/node.ts";
import { createCascade } from "../resummation/cascade.ts";
import { type Abbreviation, type Abbreviations, createAbbreviations } from "./abbreviate.ts";
import type { Derivation, Step } from "./derive.ts";
import { breakable, indexName, latexName } from "./latex.ts";
import { BREAK, joined } from "./lines.ts";
import { abbreviation, type Context, type Part, partIndices, partName } from "./parts.ts";

/** LaTeX of a family's name with its indices, from its text `A[j,i,p]`. */
export function familyLatex(name: string, write = latexName): string {
  const [, head, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(name)!;
  return write(head!, indices === undefined ? [] : indices.split(",").map(indexName));
}

export interface Writer {
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
  short(): Abbreviations;
}

export function createWriter(
  { architecture, model, by, parts, increments, floors }: Derivation,
  budget: Budget,
): Writer {
  const { algebra } = architecture;
  const cascade = createCascade(algebra, budget);
  // Larger parts first, so that a name stands for as much as it can.
  const plain = [...parts].reverse();
  const shifted = plain.map((part) => abbreviation(part, "+", cascade.shifted(part.node)));
  const base = [{ node: model, write: () => "@f" }, ...plain.map((part) => abbreviation(part))];
  const steps = [
    ...increments.map((part) => abbreviation(part)),
    { node: cascade.shifted(model), write: () => "@f^{+}" },
    ...shifted,
    ...floors.flatMap(({ part, steps: list }): Abbreviation[] => {
      if (part === "model") return list.map((s, k) => ({ node: s.after, write: () => `@f^{[${k + 1}]}` }));
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
    const text = breakable(algebra, node, scope, createAbbreviations(algebra, all), true);
    return node === algebra.one ? "@f^{+} - y" : `(@f^{+} - y) \\, ${text}`;
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
      const gauss = `@s_{${math(a)}}^{+} \\, @s_{${math(b, context.scope)}}^{+}`;
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
      return simple ? `e^{@D} ${known}` : `e^{@D}\\left(${joined(known)}\\right)`;
    },
    name: (part) => partName(part, "", partIndices(part)),
    short: () => createAbbreviations(algebra, base.slice(1)),
  };
}
