/** The resummed optimality condition F(Δ) = g(θ+Δ) and its Jacobian H, for one datum of the squared loss. */
import { type Architecture, parameterVariables } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import { differentiate } from "../expression/differentiate.ts";
import type { Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { requireSquared } from "../tower/tower.ts";
import { type CascadeStep, createCascade } from "./cascade.ts";

export interface Resummed {
  /** f(θ+Δ) */
  readonly model: Node;
  readonly parameters: readonly string[];
  /** F_a(Δ) = (f(θ+Δ) − y) ∂_a f(θ+Δ), in the order of the parameters. */
  readonly optimality: readonly Node[];
  /** H_ab = ∂F_a/∂Δ_b, row by row, the whole symmetric matrix. */
  readonly hessian: readonly (readonly Node[])[];
  readonly steps: readonly CascadeStep[];
}

/** Throws where a size is open, or where the cascade meets a function without addition law. */
export function resum(architecture: Architecture, budget: Budget): Resummed {
  requireSquared(architecture);
  const { algebra } = architecture;
  const model = expand(algebra, architecture.model, budget);
  const parameters = parameterVariables(architecture);
  const by = (root: Node, k: number): Node => differentiate(algebra, root, parameters[k]!.variable, budget);
  const cascade = createCascade(algebra, budget);
  const residual = algebra.subtract(cascade.shifted(model), algebra.symbol("y", "target"));
  const slopes = parameters.map((_, k) => by(model, k));
  const shiftedSlopes = slopes.map(cascade.shifted);
  const optimality = shiftedSlopes.map((slope) => algebra.multiply(residual, slope));
  const hessian = slopes.map((slope, a) =>
    parameters.map((_, b) => {
      const gauss = algebra.multiply(shiftedSlopes[a]!, shiftedSlopes[b]!);
      return algebra.add(gauss, algebra.multiply(residual, cascade.shifted(by(slope, b))));
    }),
  );
  return {
    model: cascade.shifted(model),
    parameters: parameters.map((p) => p.name),
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
  return {
    model: print(resummed.model),
    optimality: byName(resummed.optimality.map((node) => print(node))),
    hessian: byName(resummed.hessian.map((row) => byName(row.map((node) => print(node))))),
    steps: resummed.steps.map(({ rule, before, after }) => ({
      rule,
      before: print(before),
      after: print(after),
    })),
  };
}
