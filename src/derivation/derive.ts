/**
 * The derivation of an architecture as data: every step with the rule it follows, what stood before and what stands after,
 * and why. The steps are those of the computation itself; documents print them and `replay` checks them.
 */
import {
  type Architecture,
  familyUnknowns,
  flatNames,
  isInstance,
  type Unknown,
  unknowns,
} from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { addAffine, boundIndex } from "../expression/affine.ts";
import { deltaTerms, differentiate, type Range } from "../expression/differentiate.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { expand } from "../expression/substitute.ts";
import { createCascade } from "../resummation/cascade.ts";
import { type ResummedSquares, resumModel } from "../resummation/optimality.ts";
import { createFloors } from "../tower/floors.ts";
import { type GeneralTerm, generalTerm, type NoGeneralTerm } from "../tower/general.ts";
import { type Context, findParts, incrementParts, NOWHERE, type Part, takenLetters } from "./parts.ts";

/** The floors that a derivation writes out. */
export const FLOORS = 3;

/** With more parameters than this, sums and products keep their indices even where all sizes are numbers. */
const UNROLLED = 12;

/** What leads from `before` to `after`: by it a step is checked. */
export type Operation =
  /** after = ∂before/∂(a parameter) */
  | { readonly kind: "derivative"; readonly by: Unknown }
  /** after = D^order before / order! */
  | { readonly kind: "floor"; readonly order: number }
  /** after = before(θ + Δ) */
  | { readonly kind: "translation" }
  /** after = ∂before/∂(a step); the indices of the step are innermost in `after` */
  | { readonly kind: "jacobian"; readonly by: Unknown };

export interface Step extends Context {
  readonly rule: string;
  readonly before: Node;
  readonly after: Node;
  /** In words; between dollars is LaTeX. */
  readonly justification: string;
  readonly operation: Operation;
}

export interface Derivation {
  readonly architecture: Architecture;
  /** Sums and products unrolled where all sizes are numbers. */
  readonly model: Node;
  readonly by: readonly Unknown[];
  readonly parts: readonly Part[];
  /** D g of the arguments g of functions, where it is a longer sum. */
  readonly increments: readonly Part[];
  /** ∂_a f, in the order of `by`. */
  readonly slopes: readonly Step[];
  /** D^k u / k! for k = 1, 2, 3 of f and of every part, part by part. */
  readonly floors: readonly { readonly part: Part | "model" | Unknown; readonly steps: readonly Step[] }[];
  readonly generalTerm: GeneralTerm | NoGeneralTerm;
  readonly cascade: readonly Step[];
  /** F_a from g_a. */
  readonly optimality: readonly Step[];
  /** H_ab from F_a: the lower triangle, row by row. */
  readonly jacobian: readonly (readonly Step[])[];
  readonly resummed: ResummedSquares;
  /** Names of indices in which ∂²f vanishes unless they agree: H's second part is block-diagonal in them. */
  readonly blocks: readonly string[];
}

/** Throws `unsupported` where the cascade meets a function without addition law. */
export function derive(architecture: Architecture, budget: Budget): Derivation {
  const { algebra } = architecture;
  const unrolled = isInstance(architecture) && flatNames(architecture.parameters).length <= UNROLLED;
  const model = unrolled ? expand(algebra, architecture.model, budget) : architecture.model;
  const by = unrolled ? unknowns(architecture) : familyUnknowns(architecture);
  const resummed = resumModel(architecture, model, by, budget);
  const y = algebra.symbol("y", "target");
  const slopes = by.map(
    (unknown): Step => ({
      ...contextOf(unknown),
      rule: "differentiation",
      before: model,
      after: differentiate(algebra, model, unknown.variable, budget),
      justification:
        "sum, product and chain rule; a sum over an index keeps the one term that depends on the parameter",
      operation: { kind: "derivative", by: unknown },
    }),
  );
  const parts = findParts(
    algebra,
    model,
    slopes.map(({ after, scope, ranges }) => ({ node: after, scope, ranges })),
  );
  const floors = createFloors(algebra, budget);
  const floorSteps = (node: Node, context: Context): Step[] =>
    [1, 2, 3].map((order) => ({
      ...context,
      rule: floorRule(node),
      before: node,
      after: floors.floor(node, order),
      justification: FLOOR_REASONS[node.kind] ?? FLOOR_REASONS.call!,
      operation: { kind: "floor", order },
    }));
  const residual = algebra.subtract(model, y);
  // Parts that only derivatives have are resummed too: their own step, after those of what they are made of.
  const cascade = createCascade(algebra, budget);
  const known = new Set(resummed.steps.map((step) => step.before));
  const furtherSteps = parts
    .filter(({ node }) => !known.has(node))
    .flatMap((part) => cascade.steps(part.node, part).slice(-1));
  return {
    architecture,
    model,
    by,
    parts,
    increments: incrementParts(algebra, parts, (node) => floors.floor(node, 1), takenLetters(model)),
    slopes,
    floors: [
      ...parts
        .filter(({ node }) => node.kind !== "call")
        .map((part) => ({ part, steps: floorSteps(part.node, part) })),
      { part: "model" as const, steps: floorSteps(model, NOWHERE) },
      ...slopes.map((slope, k) => ({ part: by[k]!, steps: floorSteps(slope.after, slope) })),
    ],
    generalTerm: generalTerm(architecture, budget),
    cascade: [...resummed.steps, ...furtherSteps].map((step) => ({
      ...step,
      operation: { kind: "translation" },
    })),
    optimality: slopes.map((slope, k) => ({
      scope: slope.scope,
      ranges: slope.ranges,
      rule: "automorphism",
      before: algebra.multiply(residual, slope.after),
      after: resummed.optimality[k]!.node,
      justification: "$e^{D}(r s) = e^{D} r \\, e^{D} s$ for the residual $r = f - y$ and the slope $s$",
      operation: { kind: "translation" },
    })),
    jacobian: by.map((_, a) =>
      by.slice(0, a + 1).map((other, b): Step => {
        const { node, scope } = resummed.hessian[a]![b]!;
        return {
          scope,
          ranges: [...rangesOf(other), ...rangesOf(by[a]!)],
          rule: "Jacobian",
          before: resummed.optimality[a]!.node,
          after: node,
          justification:
            "product rule: the slopes' product, and the residual times the resummed second derivative",
          operation: { kind: "jacobian", by: other },
        };
      }),
    ),
    resummed,
    blocks: blockIndices(algebra, by, resummed),
  };
}

const rangesOf = ({ variable }: Unknown): Range[] => [...variable.ranges].reverse();
const contextOf = (unknown: Unknown): Context => ({ scope: unknown.scope, ranges: rangesOf(unknown) });

/**
 * The indices on which every pair of parameters must agree for ∂_a ∂_b f not to vanish: each term of it carries their
 * Kronecker delta.
 */
function blockIndices(algebra: Algebra, by: readonly Unknown[], { curvature }: ResummedSquares): string[] {
  const candidates = new Set(by.flatMap(({ scope }) => scope));
  return [...candidates].filter((index) =>
    by.every((a, row) =>
      by.every((b, column) => {
        const second = curvature[row]![column]!.node;
        if (second === algebra.zero) return true;
        const [inner, outer] = [b.scope.indexOf(index), a.scope.indexOf(index)];
        if (inner < 0 || outer < 0) return false;
        const agree = algebra.test(
          "equal",
          addAffine(boundIndex(inner), boundIndex(outer + b.scope.length), -1),
        );
        return deltaTerms(algebra, second).every((term) => term.equal.some((test) => test === agree));
      }),
    ),
  );
}

const FLOOR_REASONS: Readonly<Record<string, string>> = {
  sum: "D is linear",
  product: "Leibniz's rule over the factors",
  call: "chain rule, $k\\,h(u)^{[k]} = \\sum_j j\\, u^{[j]} h'(u)^{[k-j]}$",
};

function floorRule(node: Node): string {
  if (node.kind === "fold") return node.op === "sum" ? "floor of a sum" : "floor of a product";
  return `floor of a ${node.kind === "call" ? "function" : node.kind}`;
}
