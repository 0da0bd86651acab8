/** Assembles the verdict of an architecture from what the search finds. */
import {
  type Architecture,
  familyName,
  flatNames,
  isInstance,
  modelText,
} from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import { type Algebra, type Node, postorder } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { type Certificate, type ClosureNode, FORMAT } from "./certificate.ts";
import { createSearch, isUndecided, type Search, WRITTEN_LIMIT } from "./find.ts";
import type { ZeroJudge } from "./nonzero.ts";
import { separability } from "./separability.ts";
import { membershipOf, type Tier, type Verdict } from "./verdict.ts";

/**
 * The verdict of an architecture. It never guesses: whatever has no certificate here is `undecided`, with the reason.
 *
 * @param judge proves numbers nonzero by enclosures; asked only where algebra does not settle it
 */
export function findVerdict(architecture: Architecture, judge: ZeroJudge, budget: Budget): Verdict {
  const shell = {
    architecture: {
      name: architecture.name,
      model: modelText(architecture),
      inputs: flatNames(architecture.inputs),
      parameters: flatNames(architecture.parameters),
      sizes: Object.fromEntries(architecture.sizes),
    },
    loss: architecture.loss,
  };
  try {
    if (!isInstance(architecture)) {
      const sizes = architecture.open.join(", ");
      const hint = architecture.open.map((s) => `${s}=2`).join(",");
      return undecided(
        architecture,
        shell,
        `the sizes ${sizes} are open; verdicts need numbers: --sizes ${hint}`,
      );
    }
    const { algebra } = architecture;
    const model = expand(algebra, architecture.model, budget);
    return decide(architecture, model, shell, createSearch(algebra, judge, budget), budget);
  } catch (error) {
    if (error instanceof DescentError && error.code === "budget") {
      return undecided(architecture, shell, error.fault);
    }
    throw error;
  }
}

type Shell = Pick<Verdict, "architecture" | "loss">;

function undecided(
  architecture: Architecture,
  shell: Shell,
  reason: string,
  more: Partial<Verdict> = {},
): Verdict {
  return {
    ...shell,
    tier: "undecided",
    membership: "undecided",
    separable: { holds: null, rank: null, reason: "not decided" },
    analytic: { holds: null, radius: null, domain: [...architecture.conditions] },
    parameters: architecture.parameters.map((f) => ({ name: familyName(f), tier: "undecided" })),
    closedIn: [],
    terminates: { model: null, optimality: null },
    sufficientStatistics: "none",
    direct: { holds: null, recurrenceOrder: null },
    certificate: null,
    ...more,
    obstruction: { kind: "undecided", reason },
  };
}

function decide(
  architecture: Architecture,
  model: Node,
  shell: Shell,
  search: Search,
  budget: Budget,
): Verdict {
  const { algebra } = architecture;
  const separable = separability(model, algebra.primitives);
  const found = search.find(model);
  if (isUndecided(found) || architecture.loss !== "squared") {
    const reason = isUndecided(found) ? found.reason : `the loss '${architecture.loss}' is not decided yet`;
    const squared = architecture.loss === "squared";
    const partial = squared ? search.partial(model, architecture) : new Map<string, Tier>();
    const closed = search.closedFamilies(model, partial);
    const nameOf = new Map(architecture.parameters.map((f) => [f.name, familyName(f)]));
    return undecided(architecture, shell, reason, {
      separable,
      parameters: architecture.parameters.map((f) => ({
        name: familyName(f),
        tier: partial.get(f.name) ?? "undecided",
      })),
      closedIn: architecture.parameters
        .filter((f) => closed.includes(f.name))
        .map((f) => nameOf.get(f.name)!),
    });
  }
  const { tier, degree } = found;
  const statistics = search.inData(model);
  const names = architecture.parameters.map(familyName);
  const finite = tier === "polynomial";
  return {
    ...shell,
    tier,
    membership: membershipOf(tier),
    separable,
    analytic: {
      holds: true,
      radius: "infinite",
      domain: [...architecture.conditions, ...dataConditions(algebra, model)],
    },
    parameters: architecture.parameters.map((f) => ({
      name: familyName(f),
      tier: found.families.get(f.name) ?? "polynomial",
    })),
    closedIn: names,
    terminates: finite
      ? { model: degree, optimality: Math.max(0, 2 * degree - 1) }
      : { model: null, optimality: null },
    sufficientStatistics: finite ? "moments" : statistics.lattice ? "lattice" : "none",
    direct: { holds: statistics.order === null ? null : true, recurrenceOrder: statistics.order },
    certificate: certificate(architecture, model, found.tree, search, budget),
    obstruction: null,
  };
}

function certificate(
  architecture: Architecture,
  model: Node,
  tree: ClosureNode,
  search: Search,
  budget: Budget,
): Certificate {
  budget.spend();
  const whole =
    tree.node === "atom" ? tree : tree.dimension <= WRITTEN_LIMIT ? search.written(model) : undefined;
  const written =
    whole === undefined || whole.basis.length > WRITTEN_LIMIT
      ? {}
      : { basis: whole.basis, matrices: whole.matrices, coordinates: whole.coordinates };
  return {
    format: FORMAT,
    kind: "linear-closure",
    model: print(model),
    parameters: flatNames(architecture.parameters),
    dimension: tree.dimension,
    tree,
    ...written,
  };
}

/** log(u) and roots of the data need their arguments in their domains. */
function dataConditions(algebra: Algebra, model: Node): string[] {
  const conditions = new Set<string>();
  for (const node of postorder(model)) {
    if (node.kind !== "call") continue;
    const analytic = algebra.primitives.get(node.name)!.analytic;
    if (analytic.kind === "domain") conditions.add(analytic.condition.replace("$", print(node.args[0]!)));
  }
  return [...conditions].filter((c) => !/^[\d/]+ > 0$/.test(c));
}
