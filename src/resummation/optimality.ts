/**
 * The resummed optimality condition F(Δ) = g(θ+Δ) and its Jacobian H, for one datum of any loss. With open sizes there is
 * one equation for each family of parameters, its indices free.
 */
import { type Architecture, isInstance, type Unknown, unknowns } from "../architecture/architecture.ts";
import { optimality as equationsOf } from "../architecture/objective.ts";
import type { Budget } from "../errors.ts";
import { differentiate, gradient } from "../expression/differentiate.ts";
import { type Algebra, HAS, type Node, type Role } from "../expression/node.ts";
import { fresh } from "../expression/print.ts";
import { expand, shift } from "../expression/substitute.ts";
import { requireSquared } from "../tower/tower.ts";
import { type Carrier, type CarrierOptions, createCarrier, type Truncation } from "./carrier.ts";
import type { CascadeStep } from "./cascade.ts";

/** An expression with the names of its free indices, innermost first. */
export interface Scoped {
  readonly node: Node;
  readonly scope: readonly string[];
}

export interface Resummed {
  readonly algebra: Algebra;
  /** f(θ+Δ), or its truncation; of several outputs with the output's index free. */
  readonly model: Scoped;
  /** Scalars, or families with their indices. */
  readonly parameters: readonly string[];
  /** F_a(Δ), in the order of the parameters: ∂L/∂θ_a of one datum at θ+Δ. */
  readonly optimality: readonly Scoped[];
  /** H_ab = ∂F_a/∂Δ_b, row by row, the whole matrix; with open sizes the indices of b have names of their own. */
  readonly hessian: readonly (readonly Scoped[])[];
  readonly steps: readonly CascadeStep[];
  /** Where the cascade stops: what is truncated, and where. */
  readonly truncation?: Truncation;
}

/** Of the squared loss of one output: F_a = (f − y) ∂_a f and H_ab = ∂_a f ∂_b f + (f − y) ∂_a ∂_b f, all at θ+Δ. */
export interface ResummedSquares extends Resummed {
  /** ∂_a f(θ+Δ) */
  readonly shiftedSlopes: readonly Scoped[];
  /** ∂_a ∂_b f(θ+Δ), like the Jacobian. */
  readonly curvature: readonly (readonly Scoped[])[];
}

/**
 * Resums an architecture; where its sizes are numbers, sums and products are unrolled and each parameter stands alone. Where
 * the cascade stops at a function without addition law, the parameters in it are carried by a tower of the given order.
 *
 * @throws DescentError `unsupported` where a function or the loss has a kink, or the cascade stops and no order is given;
 * `input` where the order is out of range
 */
export function resum(architecture: Architecture, budget: Budget, options: CarrierOptions = {}): Resummed {
  const { algebra, output } = architecture;
  const model = isInstance(architecture) ? expand(algebra, architecture.model, budget) : architecture.model;
  const by = unknowns(architecture);
  const isSquared = architecture.loss === "squared" && output === undefined;
  const equations = isSquared ? undefined : equationsOf(architecture, budget);
  const roots = [model, ...(equations ?? []).map(({ node }) => node)];
  const families = architecture.parameters.map(({ name }) => name);
  const carrier = createCarrier(algebra, roots, families, budget, options);
  if (carrier.truncation === undefined && equations === undefined)
    return squares(algebra, model, by, carrier, budget);

  const given = equations ?? squaredEquations(algebra, model, by, budget);
  const optimality = given.map(({ node, scope }) => ({ node: carrier.shifted(node), scope }));
  // A truncated F has the derivative of the truncation, not a truncation of the derivative.
  const hessian =
    carrier.truncation === undefined
      ? slopes(algebra, given, by, "parameter", budget).map((row) =>
          row.map(({ node, scope }) => ({ node: carrier.shifted(node), scope })),
        )
      : slopes(algebra, optimality, by, "step", budget);
  return {
    algebra,
    model: { node: carrier.shifted(model), scope: output === undefined ? [] : [output.index] },
    parameters: by.map((u) => u.name),
    optimality,
    hessian,
    steps: carrier.steps(model, output),
    ...(carrier.truncation === undefined ? {} : { truncation: carrier.truncation }),
  };
}

/**
 * Resums a given form of the model, of one output and the squared loss, for given unknowns.
 *
 * @throws DescentError `unsupported` where the cascade stops
 */
export function resumModel(
  architecture: Architecture,
  model: Node,
  by: readonly Unknown[],
  budget: Budget,
): ResummedSquares {
  requireSquared(architecture);
  const { algebra, parameters } = architecture;
  const families = parameters.map(({ name }) => name);
  return squares(algebra, model, by, createCarrier(algebra, [model], families, budget), budget);
}

function squares(
  algebra: Algebra,
  model: Node,
  by: readonly Unknown[],
  carrier: Carrier,
  budget: Budget,
): ResummedSquares {
  const { shifted } = carrier;
  const residual = algebra.subtract(shifted(model), algebra.symbol("y", "target"));
  const [first] = slopes(algebra, [{ node: model, scope: [] }], by, "parameter", budget) as [Scoped[]];
  const shiftedSlopes = first.map(({ node, scope }) => ({ node: shifted(node), scope }));
  const curvature = slopes(algebra, first, by, "parameter", budget).map((row) =>
    row.map((entry) => (entry.node === algebra.zero ? entry : { ...entry, node: shifted(entry.node) })),
  );
  let whole: Scoped[][] | undefined;
  let steps: CascadeStep[] | undefined;
  const hessian = (): Scoped[][] =>
    curvature.map((row, a) =>
      row.map(({ node, scope }, b): Scoped => {
        const raised = shift(algebra, shiftedSlopes[a]!.node, by[b]!.scope.length);
        const gauss = algebra.multiply(raised, shiftedSlopes[b]!.node);
        return { node: algebra.add(gauss, algebra.multiply(residual, node)), scope };
      }),
    );
  return {
    algebra,
    model: { node: shifted(model), scope: [] },
    parameters: by.map((u) => u.name),
    optimality: shiftedSlopes.map(({ node, scope }) => ({ node: algebra.multiply(residual, node), scope })),
    // Made where they are asked for: H has the square of the parameters' number of entries.
    get hessian() {
      whole ??= hessian();
      return whole;
    },
    shiftedSlopes,
    curvature,
    get steps() {
      steps ??= carrier.steps(model);
      return steps;
    },
  };
}

/** (f − y) ∂_a f */
function squaredEquations(algebra: Algebra, model: Node, by: readonly Unknown[], budget: Budget): Scoped[] {
  const residual = algebra.subtract(model, algebra.symbol("y", "target"));
  const [first] = slopes(algebra, [{ node: model, scope: [] }], by, "parameter", budget) as [Scoped[]];
  return first.map(({ node, scope }) => ({ node: algebra.multiply(residual, node), scope }));
}

/** The derivatives of expressions by all unknowns, or by their steps, row by row. */
function slopes(
  algebra: Algebra,
  rows: readonly Scoped[],
  by: readonly Unknown[],
  role: Role,
  budget: Budget,
): Scoped[][] {
  const plain = by.every(({ scope }) => scope.length === 0);
  const symbols = plain ? by.map(({ variable: v }) => algebra.symbol(v.name, role, v.indices)) : [];
  const none: Scoped = { node: algebra.zero, scope: [] };
  return rows.map(({ node, scope: outer }) => {
    if (plain && outer.length === 0 && (node.has & HAS.fold) === 0) {
      const found = gradient(algebra, node, role, budget);
      return symbols.map((symbol): Scoped => {
        const slope = found.get(symbol);
        return slope === undefined ? none : { node: slope, scope: [] };
      });
    }
    return by.map(({ variable, scope }): Scoped => {
      budget.spend(256);
      // The indices of b become the innermost; those of a move out of their way.
      const raised = shift(algebra, node, scope.length);
      const own = scope.map((name) => fresh(outer.includes(name) ? `${name}2` : name, outer, new Set()));
      const slope = differentiate(algebra, raised, { ...variable, role }, budget);
      return { node: slope, scope: [...own, ...outer] };
    });
  });
}
