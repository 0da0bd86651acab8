/** Resummed conditions as JSON (the contract's `resum --json`): formulas of the project's grammar. */

import { DescentError } from "../errors.ts";
import { children, type Node, postorder } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { Truncation } from "./carrier.ts";
import type { Resummed, ResummedSquares, Scoped } from "./optimality.ts";
import { shareParts } from "./share.ts";

const text = ({ node, scope }: Scoped): string => print(node, scope);

/** Characters of one formula, at least, beyond which it is of no use to anyone. */
const LONGEST = 20_000_000;

/** The length of a formula, about: shared parts are written out wherever they stand. */
function lengthOf(root: Node): number {
  const sizes = new Map<Node, number>();
  for (const node of postorder(root))
    sizes.set(
      node,
      children(node).reduce((n, child) => n + sizes.get(child)!, 4),
    );
  return sizes.get(root)!;
}

/** Throws `budget` where a formula is too long to be written out. */
export function requirePrintable(formulas: readonly Scoped[]): void {
  for (const { node } of formulas) {
    if (lengthOf(node) <= LONGEST) continue;
    throw new DescentError("budget", "the resummed formula is too long to be written out", {
      accepted: "fewer layers or smaller sizes; emit and solve do not write it out",
    });
  }
}

const byNames = <T>(names: readonly string[], values: readonly T[]): Record<string, T> => {
  const record: Record<string, T> = Object.create(null);
  names.forEach((name, k) => {
    record[name] = values[k]!;
  });
  return record;
};

/**
 * The JSON of a resummed condition: F(Δ) and H(Δ) as formulas that stand alone, the steps of the cascade, and all of it once
 * more as a program whose parts are named.
 *
 * @throws DescentError `budget` where a formula is too long to be written out
 */
export function resumJson(resummed: Resummed) {
  const { parameters, model, optimality, hessian, steps, truncation } = resummed;
  requirePrintable([model, ...optimality, ...hessian.flat()]);
  const named = <T>(values: readonly T[]): Record<string, T> => byNames(parameters, values);
  return {
    model: text(model),
    optimality: named(optimality.map(text)),
    hessian: named(hessian.map((row) => named(row.map(text)))),
    steps: steps.map(({ rule, justification, before, after, increment, scope }) => ({
      rule,
      law: justification.replaceAll("$", ""),
      before: print(before, scope),
      after: print(after, scope),
      increment: print(increment, scope),
    })),
    truncation: truncation === undefined ? null : truncationJson(truncation),
    program: programJson(resummed),
  };
}

const truncationJson = ({ order, exact, truncated, stops }: Truncation) => ({
  order,
  exact,
  truncated,
  stops: [...new Set(stops.map(({ name }) => name))],
  remainder: `O(h^${order + 1}) for steps of size h in ${truncated.join(", ")}`,
});

const isSquares = (resummed: Resummed): resummed is ResummedSquares => "curvature" in resummed;

/**
 * The parts, each in earlier ones, and what is made of them. Of the squared loss H is left as slopes and curvature, so that
 * the program grows as the model does, and not as the square of its parameters.
 */
export function programJson(resummed: Resummed) {
  const { algebra, parameters, model, optimality } = resummed;
  const lower = (rows: readonly (readonly Scoped[])[]): { row: number; column: number; at: Scoped }[] =>
    rows.flatMap((list, row) =>
      list.slice(0, row + 1).flatMap((at, column) => (at.node === algebra.zero ? [] : [{ row, column, at }])),
    );
  const squares = isSquares(resummed);
  const second = lower(squares ? resummed.curvature : resummed.hessian);
  const first = squares ? resummed.shiftedSlopes : optimality;
  const roots = [model, ...first, ...second.map(({ at }) => at)];
  const shared = shareParts(
    algebra,
    roots.map(({ node }) => node),
  );
  const formulas = shared.roots.map((node, k) => print(node, roots[k]!.scope));
  const parts = shared.parts.map(({ name, indices, node, scope }) => ({
    name: indices.length === 0 ? name : `${name}[${indices.join(",")}]`,
    formula: print(node, scope),
  }));
  const slopes = byNames(parameters, formulas.slice(1, 1 + first.length));
  const entries = second.map(({ row, column }, k) => ({
    row: parameters[row]!,
    column: parameters[column]!,
    formula: formulas[1 + first.length + k]!,
  }));
  return squares
    ? {
        parts,
        model: formulas[0]!,
        slopes,
        curvature: entries,
        assembly: {
          optimality: "(model - y)*slope_a",
          hessian: "slope_a*slope_b + (model - y)*curvature_ab",
        },
      }
    : { parts, model: formulas[0]!, optimality: slopes, hessian: entries };
}
