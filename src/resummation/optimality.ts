/**
 * The resummed optimality condition F(Δ) = g(θ+Δ) and its Jacobian H, for one datum of the squared loss. With open sizes
 * there is one equation for each family of parameters, its indices free.
 */
import { type Architecture, isInstance, type Unknown, unknowns } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { differentiate } from "../expression/differentiate.ts";
import type { Node } from "../expression/node.ts";
import { fresh, print } from "../expression/print.ts";
import { expand, shift } from "../expression/substitute.ts";
import { requireSquared } from "../tower/tower.ts";
import { type CascadeStep, createCascade } from "./cascade.ts";

/** An expression with the names of its free indices, innermost first. */
export interface Scoped {
  readonly node: Node;
  readonly scope: readonly string[];
}

export interface Resummed {
  /** f(θ+Δ) */
  readonly model: Node;
  /** Scalars, or families with their indices. */
  readonly parameters: readonly string[];
  /** F_a(Δ) = (f(θ+Δ) − y) ∂_a f(θ+Δ), in the order of the parameters. */
  readonly optimality: readonly Scoped[];
  /** H_ab = ∂F_a/∂Δ_b, row by row, the whole matrix; with open sizes the indices of b have names of their own. */
  readonly hessian: readonly (readonly Scoped[])[];
  /** ∂_a f(θ+Δ) */
  readonly shiftedSlopes: readonly Scoped[];
  /** ∂_a ∂_b f(θ+Δ), like the Jacobian: H_ab = ∂_a f ∂_b f + (f − y) ∂_a ∂_b f, all at θ+Δ. */
  readonly curvature: readonly (readonly Scoped[])[];
  readonly steps: readonly CascadeStep[];
}

/**
 * Resums an architecture; where its sizes are numbers, sums and products are unrolled and each parameter stands alone.
 * Throws where the cascade meets a function without addition law.
 */
export function resum(architecture: Architecture, budget: Budget): Resummed {
  const { algebra } = architecture;
  const model = isInstance(architecture) ? expand(algebra, architecture.model, budget) : architecture.model;
  return resumModel(architecture, model, unknowns(architecture), budget);
}

/** Resums a given form of the model for given unknowns. */
export function resumModel(
  architecture: Architecture,
  model: Node,
  by: readonly Unknown[],
  budget: Budget,
): Resummed {
  requireSquared(architecture);
  const { algebra } = architecture;
  const cascade = createCascade(algebra, budget);
  const residual = algebra.subtract(cascade.shifted(model), algebra.symbol("y", "target"));
  const slopes = by.map(({ variable }) => differentiate(algebra, model, variable, budget));
  const shiftedSlopes = slopes.map(cascade.shifted);
  const optimality = shiftedSlopes.map((slope, a) => ({
    node: algebra.multiply(residual, slope),
    scope: by[a]!.scope,
  }));
  const curvature = slopes.map((slope, a) =>
    by.map(({ variable, scope }): Scoped => {
      budget.spend(256);
      // The indices of b become the innermost; those of a move out of their way.
      const second = differentiate(algebra, shift(algebra, slope, scope.length), variable, budget);
      const outer = by[a]!.scope;
      const own = scope.map((name) => fresh(outer.includes(name) ? `${name}2` : name, outer, new Set()));
      return { node: cascade.shifted(second), scope: [...own, ...outer] };
    }),
  );
  const hessian = curvature.map((row, a) =>
    row.map(({ node, scope }, b): Scoped => {
      const gauss = algebra.multiply(
        shift(algebra, shiftedSlopes[a]!, by[b]!.scope.length),
        shiftedSlopes[b]!,
      );
      return { node: algebra.add(gauss, algebra.multiply(residual, node)), scope };
    }),
  );
  return {
    model: cascade.shifted(model),
    parameters: by.map((u) => u.name),
    optimality,
    hessian,
    shiftedSlopes: shiftedSlopes.map((node, a) => ({ node, scope: by[a]!.scope })),
    curvature,
    steps: cascade.steps(model),
  };
}

/** The contract's JSON, with the Jacobian beside it. */
export function resumJson(resummed: Resummed) {
  const byName = <T>(values: readonly T[]): Record<string, T> => {
    const record: Record<string, T> = Object.create(null);
    resummed.parameters.forEach((name, k) => {
      record[name] = values[k]!;
    });
    return record;
  };
  const text = ({ node, scope }: Scoped): string => print(node, scope);
  return {
    model: print(resummed.model),
    optimality: byName(resummed.optimality.map(text)),
    hessian: byName(resummed.hessian.map((row) => byName(row.map(text)))),
    steps: resummed.steps.map(({ rule, before, after, scope }) => ({
      rule,
      before: print(before, scope),
      after: print(after, scope),
    })),
  };
}
