/**
 * The resummed optimality condition F(Δ) = g(θ+Δ) and its Jacobian H, for one datum of the squared loss. With open sizes
 * there is one equation for each family of parameters, its indices free.
 */
import { type Architecture, isInstance, unknowns } from "../architecture/architecture.ts";
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
  readonly steps: readonly CascadeStep[];
}

/** Throws where the cascade meets a function without addition law. */
export function resum(architecture: Architecture, budget: Budget): Resummed {
  requireSquared(architecture);
  const { algebra } = architecture;
  const model = isInstance(architecture) ? expand(algebra, architecture.model, budget) : architecture.model;
  const by = unknowns(architecture);
  const cascade = createCascade(algebra, budget);
  const residual = algebra.subtract(cascade.shifted(model), algebra.symbol("y", "target"));
  const slopes = by.map(({ variable }) => differentiate(algebra, model, variable, budget));
  const shiftedSlopes = slopes.map(cascade.shifted);
  const optimality = shiftedSlopes.map((slope, a) => ({
    node: algebra.multiply(residual, slope),
    scope: by[a]!.scope,
  }));
  const hessian = slopes.map((slope, a) =>
    by.map(({ variable, scope }, b): Scoped => {
      // The indices of b become the innermost; those of a move out of their way.
      const raise = (node: Node): Node => shift(algebra, node, scope.length);
      const second = differentiate(algebra, raise(slope), variable, budget);
      const gauss = algebra.multiply(raise(shiftedSlopes[a]!), shiftedSlopes[b]!);
      const outer = by[a]!.scope;
      const own = scope.map((name) => fresh(outer.includes(name) ? `${name}2` : name, outer, new Set()));
      return {
        node: algebra.add(gauss, algebra.multiply(residual, cascade.shifted(second))),
        scope: [...own, ...outer],
      };
    }),
  );
  return {
    model: cascade.shifted(model),
    parameters: by.map((u) => u.name),
    optimality,
    hessian,
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
