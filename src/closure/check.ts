/** Assembles the verdict of an architecture from what the search finds. */
import {
  type Architecture,
  familyName,
  flatNames,
  isInstance,
  modelText,
} from "../architecture/architecture.ts";
import { requireOutputs } from "../architecture/objective.ts";
import { type Budget, DescentError } from "../errors.ts";
import { affineText, boundIndex, isLiteral } from "../expression/affine.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand, expandInside, instantiate, isShort } from "../expression/substitute.ts";
import { beyond, outsideByKinks } from "./beyond.ts";
import { type Certificate, type Closure, FORMAT } from "./certificate.ts";
import { dataForm } from "./data.ts";
import { isDefined, isDefinedInside, NOWHERE, NOWHERE_INSIDE } from "./defined.ts";
import { statedDomain } from "./domain.ts";
import { findExceptions, scopeOf, sizesAsValues, unreliable } from "./exceptions.ts";
import type { Classes } from "./field/classes.ts";
import { tierOf } from "./field/reading.ts";
import { upperClasses } from "./field/upper.ts";
import { createSearch, type Decision, type Search, WRITTEN_LIMIT } from "./find.ts";
import { insideOf } from "./kinks/report.ts";
import type { PointJudge, ZeroJudge } from "./nonzero.ts";
import { sizeAt, sizeValue } from "./parts.ts";
import { decideSeparability } from "./separability.ts";
import { type DecideLinear, type Subject, subjectOf } from "./subject.ts";
import { isUndecided, UNCERTAIN, type Undecided } from "./tiers.ts";
import { membershipOf, type Verdict } from "./verdict.ts";

/**
 * The verdict of an architecture. It never guesses: whatever has no certificate here is `undecided`, with the reason.
 *
 * @param judge proves numbers nonzero by enclosures; asked only where algebra does not settle it
 */
export function findVerdict(architecture: Architecture, judge: ZeroJudge, budget: Budget): Verdict {
  const verdict = verdictOf(architecture, judge, budget);
  const { analytic, obstruction } = verdict;
  const doubt = unreliable(architecture.model, verdict);
  if (doubt !== undefined) return undecided(architecture, verdict, doubt);
  // A kink's witness is a point of the domain.
  if (
    verdict.tier !== "undecided" &&
    obstruction?.kind !== "kink" &&
    !isDefinedWithin(architecture, judge, budget)
  )
    return undecided(architecture, verdict, NOWHERE_INSIDE);
  return { ...verdict, analytic: { ...analytic, domain: statedDomain(architecture, analytic.domain) } };
}

function isDefinedWithin(architecture: Architecture, { precise }: ZeroJudge, budget: Budget): boolean {
  try {
    return isDefinedInside(architecture, precise, budget);
  } catch (error) {
    if (error instanceof DescentError && error.code === "budget") return false;
    throw error;
  }
}

function verdictOf(architecture: Architecture, judge: ZeroJudge, budget: Budget): Verdict {
  const shell = {
    architecture: {
      name: architecture.name,
      model: modelText(architecture),
      inputs: flatNames(architecture.inputs),
      parameters: flatNames(architecture.parameters),
      sizes: Object.fromEntries(architecture.sizes),
      openSizes: [...architecture.open],
      ...outputText(architecture),
    },
    loss: architecture.loss,
  };
  requireOutputs(architecture);
  try {
    const separable = separabilityOf(architecture, judge, budget);
    const start = undecided(architecture, shell, "", { separable });
    const subject = subjectOf(architecture, budget);
    if (subject.of === "loss") {
      const reason = "a function of the model has no derivative rule";
      return (
        outsideByKinks(architecture, subject, start, judge, budget) ?? {
          ...start,
          obstruction: { kind: "undecided", reason },
        }
      );
    }
    const given = { ...architecture, model: subject.folded };
    const decideAs: DecideLinear = (folded, node) => {
      const point = choosePoint({ ...given, model: folded }, node, judge, budget);
      if (point === undefined && !isDefined(node, judge.precise))
        return undecided(architecture, shell, NOWHERE);
      return decide({ ...given, model: folded }, node, subject, start, point ?? NO_POINT, budget);
    };
    const verdict = decideAs(subject.folded, subject.node);
    // A loss that is not analytic has the gradient of one that is, but for points.
    const isWhole = verdict.tier !== "undecided" && subject.analytic.length === 0;
    return completed(
      isWhole ? verdict : beyond(given, architecture, subject, verdict, decideAs, judge, budget),
      architecture,
      subject,
    );
  } catch (error) {
    // What a search cannot express is undecided; a model that is asked wrongly is told.
    if (error instanceof DescentError && error.code !== "internal") {
      return undecided(architecture, shell, error.fault);
    }
    throw error;
  }
}

/** Families in which the structure shows a polynomial, which nothing is lower than, where no other way has shown a tier. */
function completed(verdict: Verdict, { algebra, parameters }: Architecture, { node }: Subject): Verdict {
  if (verdict.obstruction?.kind === "undecided" && verdict.obstruction.reason === NOWHERE) return verdict;
  const classes = (names: ReadonlySet<string>): Classes =>
    upperClasses(algebra, node, (s) => s.role === "parameter" && names.has(s.name));
  const shown = parameters.filter(({ name }, k) => {
    const { tier } = verdict.parameters[k]!;
    return tier === "undecided" && tierOf(classes(new Set([name]))) === "polynomial";
  });
  if (shown.length === 0) return verdict;
  const tiers = verdict.parameters.map((p, k) =>
    shown.includes(parameters[k]!) ? { ...p, tier: "polynomial" as const } : p,
  );
  let closed = parameters.filter((f) => verdict.closedIn.includes(familyName(f)));
  for (const family of shown) {
    const more = [...closed, family];
    const { degree, exponentialPolynomial } = classes(new Set(more.map(({ name }) => name)));
    if (Number.isFinite(degree) || exponentialPolynomial) closed = [...new Set(more)];
  }
  const closedIn = parameters.filter((f) => closed.includes(f)).map(familyName);
  return { ...verdict, parameters: tiers, closedIn };
}

function outputText({ output }: Architecture): Pick<Verdict["architecture"], "output"> {
  if (output === undefined) return {};
  const { hi } = output.range;
  return { output: { index: output.index, size: isLiteral(hi) ? hi.constant : affineText(hi, () => "") } };
}

/** Of the model, or of Σ_c y_c f_c. */
function separabilityOf(architecture: Architecture, judge: ZeroJudge, budget: Budget): Verdict["separable"] {
  const { algebra, output, model } = architecture;
  const whole =
    output === undefined
      ? model
      : algebra.fold({
          op: "sum",
          ...output.range,
          except: [],
          body: algebra.multiply(model, algebra.symbol("y", "target", [boundIndex(0)])),
          hint: output.index,
        });
  const node =
    isInstance(architecture) && isShort(whole)
      ? expand(algebra, whole, budget)
      : expandInside(algebra, whole, budget);
  const inside = insideOf(architecture, [], budget);
  return decideSeparability(algebra, node, judge.precise, budget, {
    inside: (point) => inside({ point }, judge.precise),
  });
}

/** No fact is proved there. */
const NO_POINT: PointJudge = { excludesZero: () => false, admits: () => false };

/** The first point within the domain of the whole model at which every fact that the search needs is proved. */
function choosePoint(
  { algebra, model: folded }: Architecture,
  model: Node,
  judge: ZeroJudge,
  budget: Budget,
): PointJudge | undefined {
  let first: PointJudge | undefined;
  for (const point of judge.points) {
    if (!point.admits(algebra, model)) continue;
    first ??= point;
    const found = createSearch(algebra, point, budget).decide(model, folded);
    if (!isUndecided(found) || found !== UNCERTAIN) return point;
  }
  return first;
}

type Shell = Pick<Verdict, "architecture" | "loss">;

function undecided(
  architecture: Architecture,
  shell: Shell,
  reason: string,
  more: Partial<Verdict> = {},
): Verdict {
  return {
    architecture: shell.architecture,
    loss: shell.loss,
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
  subject: Subject,
  start: Verdict,
  point: PointJudge,
  budget: Budget,
): Verdict {
  const { algebra } = architecture;
  const search = createSearch(algebra, point, budget);
  const found = search.decide(model, architecture.model);
  if (isUndecided(found)) {
    const { reason } = found;
    const partial = search.partial(model, architecture);
    const closed = search.closedFamilies(model, partial);
    const nameOf = new Map(architecture.parameters.map((f) => [f.name, familyName(f)]));
    return {
      ...start,
      obstruction: { kind: "undecided", reason },
      parameters: architecture.parameters.map((f) => ({
        name: familyName(f),
        tier: partial.get(f.name) ?? "undecided",
      })),
      closedIn: architecture.parameters
        .filter((f) => closed.includes(f.name))
        .map((f) => nameOf.get(f.name)!),
    };
  }
  const { tier, degree } = found;
  const statistics = dataForm(algebra, model, point, budget);
  const names = architecture.parameters.map(familyName);
  const finite = tier === "polynomial";
  return {
    ...start,
    tier,
    membership: membershipOf(tier),
    analytic: {
      holds: true,
      radius: "infinite",
      domain: [...architecture.conditions],
    },
    parameters: architecture.parameters.map((f) => ({
      name: familyName(f),
      tier: found.families.get(f.name) ?? "polynomial",
    })),
    closedIn: names,
    terminates:
      finite && degree !== null ? orders(algebra, degree, subject) : { model: null, optimality: null },
    sufficientStatistics: finite ? "moments" : statistics.lattice ? "lattice" : "none",
    direct:
      statistics.order === null || architecture.inputs.length !== 1
        ? { holds: null, recurrenceOrder: null }
        : { holds: true, recurrenceOrder: statistics.order },
    ...(isInstance(architecture) ? {} : exceptions(architecture, found, search, budget)),
    certificate: certificate(architecture, model, subject, found, search, budget),
    obstruction: null,
  };
}

/** deg f for the tower of f, 2·deg f − 1 for that of the squared loss's optimality condition, unless f has no parameter. */
function orders(algebra: Algebra, degree: Node, { of }: Subject): Verdict["terminates"] {
  if (of === "optimality") return { model: null, optimality: sizeValue(degree) };
  const optimality =
    degree === algebra.zero ? degree : algebra.subtract(algebra.scale(2, degree), algebra.one);
  return { model: sizeValue(degree), optimality: sizeValue(optimality) };
}

/** Small sizes for which the tier or the degree of a polynomial is another one. */
function exceptions(
  architecture: Architecture,
  decision: Decision,
  search: Search,
  budget: Budget,
): Pick<Verdict, "exceptions" | "scope"> {
  const { algebra, open } = architecture;
  const { tier, degree } = decision;
  const valued = sizesAsValues([architecture.model]);
  const decideAt = (sizes: ReadonlyMap<string, number>): Decision | Undecided => {
    try {
      const folded = instantiate(algebra, architecture.model, sizes);
      return search.decide(expand(algebra, folded, budget), folded);
    } catch (error) {
      if (error instanceof DescentError && error.code === "input") return { reason: error.fault };
      throw error;
    }
  };
  const found = findExceptions(open, valued, (sizes) => {
    const found = decideAt(sizes);
    if (isUndecided(found)) return { tier: "undecided" };
    const families = architecture.parameters.every(({ name }) => {
      const own = found.families.get(name) ?? "polynomial";
      const generic = decision.families.get(name) ?? "polynomial";
      return own === generic || own === "undecided" || generic === "undecided";
    });
    const same =
      found.tier === tier &&
      families &&
      (tier !== "polynomial" || degree === null || found.degree === sizeAt(algebra, degree, sizes));
    return same ? undefined : { tier: found.tier };
  });
  return { exceptions: found, scope: scopeOf(valued) };
}

function certificate(
  architecture: Architecture,
  model: Node,
  { of }: Subject,
  { tree, restriction }: Decision,
  search: Search,
  budget: Budget,
): Certificate {
  budget.spend();
  const whole =
    tree.node === "atom"
      ? tree
      : isInstance(architecture) && Number(tree.dimension) <= WRITTEN_LIMIT
        ? search.written(model)
        : undefined;
  const written =
    whole === undefined || whole.indices !== undefined || whole.basis.length > WRITTEN_LIMIT
      ? {}
      : { basis: whole.basis, matrices: everyMatrix(architecture, whole), coordinates: whole.coordinates };
  return {
    format: FORMAT,
    kind: "linear-closure",
    ...(of === "model" ? {} : { of }),
    model: print(model),
    parameters: flatNames(architecture.parameters),
    dimension: tree.dimension,
    tree,
    ...(restriction === undefined ? {} : { restriction }),
    ...written,
  };
}

/** A matrix for every parameter, also for members of a family that the formula does not meet. */
function everyMatrix(architecture: Architecture, { basis, matrices }: Closure): Closure["matrices"] {
  const zero = basis.map(() => basis.map(() => "0"));
  return Object.fromEntries(flatNames(architecture.parameters).map((name) => [name, matrices[name] ?? zero]));
}
