/** Assembles the verdict of an architecture from what the search finds. */
import {
  type Architecture,
  familyName,
  flatNames,
  isInstance,
  modelText,
} from "../architecture/architecture.ts";
import { readExpression } from "../architecture/read.ts";
import { type Budget, DescentError } from "../errors.ts";
import { rational, rationalText } from "../exact/rational.ts";
import { enclose } from "../expression/enclose.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand, expandInside, instantiate } from "../expression/substitute.ts";
import { intervals } from "../precise/interval.ts";
import type { Precise } from "../precise/mpfr.ts";
import { type Certificate, type Closure, FORMAT } from "./certificate.ts";
import { certify, lowerBound } from "./certify.ts";
import { dataForm } from "./data.ts";
import { domainOf } from "./field/domain.ts";
import { upperClasses } from "./field/upper.ts";
import { createSearch, type Decision, type Search, WRITTEN_LIMIT } from "./find.ts";
import { findKink, type KinkWitness } from "./kinks.ts";
import { type Climbed, climb } from "./ladder.ts";
import type { PointJudge, ZeroJudge } from "./nonzero.ts";
import { sizeAt, sizeValue } from "./parts.ts";
import { separability } from "./separability.ts";
import { isUndecided, UNCERTAIN } from "./tiers.ts";
import { membershipOf, type Tier, type Verdict, type Witness } from "./verdict.ts";

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
      openSizes: [...architecture.open],
    },
    loss: architecture.loss,
  };
  try {
    const { algebra } = architecture;
    const model = isInstance(architecture)
      ? expand(algebra, architecture.model, budget)
      : expandInside(algebra, architecture.model, budget);
    const point = choosePoint(architecture, model, judge, budget);
    const verdict = decide(architecture, model, shell, point, budget);
    if (verdict.tier !== "undecided" || architecture.loss !== "squared") return verdict;
    return beyond(architecture, model, shell, verdict, judge, budget);
  } catch (error) {
    if (error instanceof DescentError && error.code === "budget") {
      return undecided(architecture, shell, error.fault);
    }
    throw error;
  }
}

/** The first point within the domain of the whole model at which every fact that the search needs is proved. */
function choosePoint(
  { algebra, model: folded }: Architecture,
  model: Node,
  judge: ZeroJudge,
  budget: Budget,
): PointJudge {
  let first: PointJudge | undefined;
  for (const point of judge.points) {
    if (!point.admits(algebra, model)) continue;
    first ??= point;
    const found = createSearch(algebra, point, budget).decide(model, folded);
    if (!isUndecided(found) || found !== UNCERTAIN) return point;
  }
  return first ?? { excludesZero: () => false, admits: () => false };
}

/** What linear closure leaves open: another spelling, a higher tier, or no analytic function at all. */
function beyond(
  architecture: Architecture,
  model: Node,
  shell: Shell,
  verdict: Verdict,
  judge: ZeroJudge,
  budget: Budget,
): Verdict {
  const { algebra } = architecture;
  const positive = positiveConditions(architecture);
  const found = climb(architecture, model, architecture.model, positive, judge.precise, budget);
  if (found.kind === "tier") {
    if (found.tier !== "polynomial" && found.tier !== "exponential-polynomial")
      return ladderVerdict(architecture, model, found, verdict, positive, judge, budget);
    if (found.form !== model) {
      const folded = expandInside(algebra, found.form, budget);
      const point = choosePoint({ ...architecture, model: folded }, folded, judge, budget);
      const rewritten = decide({ ...architecture, model: folded }, folded, shell, point, budget);
      if (rewritten.tier !== "undecided") return rewritten;
    }
  }
  const open = !isInstance(architecture);
  const kink = open ? undefined : outside(architecture, model, verdict, judge, budget);
  if (kink !== undefined) return kink;
  if (found.kind !== "undecided") return verdict;
  const known = new Map(verdict.parameters.map((p) => [p.name, p.tier]));
  return {
    ...verdict,
    parameters: architecture.parameters.map((f) => {
      const name = familyName(f);
      const old = known.get(name) ?? "undecided";
      return { name, tier: old === "undecided" ? settled(found.families.get(f.name)) : old };
    }),
    obstruction: { kind: "undecided", reason: found.reason },
  };
}

/** What no certificate stands for is claimed of polynomials only, which nothing is lower than. */
const settled = (tier: Tier | undefined): Tier => (tier === "polynomial" ? tier : "undecided");

function ladderVerdict(
  architecture: Architecture,
  model: Node,
  found: Climbed,
  verdict: Verdict,
  positive: readonly Node[],
  judge: ZeroJudge,
  budget: Budget,
): Verdict {
  const { algebra, parameters } = architecture;
  const { tier } = found;
  const shared = {
    ...verdict,
    tier,
    membership: membershipOf(tier),
    parameters: parameters.map((f) => ({
      name: familyName(f),
      tier: found.families.get(f.name) ?? "polynomial",
    })),
    terminates: { model: null, optimality: null },
    sufficientStatistics: "none",
    direct: { holds: null, recurrenceOrder: null },
  } as const;
  if (tier === "outside") {
    const theorem = found.proofs[0]!.theorem;
    return {
      ...shared,
      closedIn: closedIn(architecture, found),
      analytic: { ...verdict.analytic, radius: null },
      certificate: null,
      obstruction: { kind: "hypertranscendental", reason: theorem, theorem, lower: lowerBound(found) },
    };
  }
  const { radius, domain } = domainOf(algebra, found, budget);
  return {
    ...shared,
    closedIn: closedIn(architecture, found),
    analytic: { holds: true, radius, domain: [...new Set([...architecture.conditions, ...domain])] },
    ...(isInstance(architecture)
      ? {}
      : { exceptions: ladderExceptions(architecture, found, positive, judge, budget) }),
    certificate: certify(architecture, isInstance(architecture) ? model : architecture.model, found),
    obstruction: null,
  };
}

/** A largest set of families in which the structure shows a tier up to `cascade`, the others being constants. */
function closedIn(architecture: Architecture, { form, families }: Climbed): string[] {
  const { algebra, parameters } = architecture;
  const closed = (names: ReadonlySet<string>): boolean =>
    upperClasses(algebra, form, (s) => s.role === "parameter" && names.has(s.name)).cascade;
  const single = parameters.filter((f) => closed(new Set([f.name])) && families.get(f.name) !== "outside");
  let best: readonly string[] = [];
  const names = single.map((f) => f.name);
  if (closed(new Set(names))) best = names;
  else if (names.length <= 12) {
    for (let chosen = 1; chosen < 2 ** names.length; chosen++) {
      const own = names.filter((_, k) => ((chosen >> k) & 1) === 1);
      if (own.length > best.length && closed(new Set(own))) best = own;
    }
  } else for (const name of names) if (closed(new Set([...best, name]))) best = [...best, name];
  return parameters.filter((f) => best.includes(f.name)).map(familyName);
}

/** The sizes 0 and 1, one at a time with all others 2, for which the tier is another one. */
function ladderExceptions(
  architecture: Architecture,
  found: Climbed,
  positive: readonly Node[],
  judge: ZeroJudge,
  budget: Budget,
): NonNullable<Verdict["exceptions"]> {
  const { algebra, open } = architecture;
  return open.flatMap((size) =>
    [0, 1].flatMap((value): { sizes: Record<string, number>; tier: Tier }[] => {
      const sizes = new Map(open.map((name) => [name, name === size ? value : 2]));
      const folded = instantiate(algebra, architecture.model, sizes);
      const model = expand(algebra, folded, budget);
      const point = choosePoint({ ...architecture, model: folded }, model, judge, budget);
      const linear = createSearch(algebra, point, budget).decide(model, folded);
      const at = positive.map((node) => instantiate(algebra, node, sizes));
      const climbed = isUndecided(linear)
        ? climb(architecture, model, folded, at, judge.precise, budget)
        : linear;
      const tier = "tier" in climbed ? climbed.tier : "undecided";
      return tier === found.tier ? [] : [{ sizes: { [size]: value }, tier }];
    }),
  );
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

/** The verdict on a model that is proved not to be analytic. */
function outside(
  architecture: Architecture,
  model: Node,
  verdict: Verdict,
  judge: ZeroJudge,
  budget: Budget,
): Verdict | undefined {
  const witnesses = new Map<string, Witness>();
  for (const family of architecture.parameters) {
    const inside = insideOf(architecture);
    const found = findKink(architecture.algebra, model, family.name, inside, judge.precise, budget);
    if (found !== undefined) witnesses.set(familyName(family), witnessText(found));
  }
  const [first] = witnesses.values();
  if (first === undefined) return undefined;
  const along = Object.keys(first.direction).join(", ");
  return {
    ...verdict,
    tier: "outside",
    membership: "outside",
    analytic: { ...verdict.analytic, holds: false },
    parameters: verdict.parameters.map((p) => (witnesses.has(p.name) ? { ...p, tier: "outside" } : p)),
    obstruction: {
      kind: "kink",
      reason:
        `${first.function}(${first.argument}) has a kink or jump inside the domain: the one-sided derivatives of order ` +
        `${first.order} along ${along} are ${short(first.left)} and ${short(first.right)}`,
      witnesses: [...witnesses.values()],
    },
  };
}

/** The relation and the difference of the sides of each condition that is one. */
function relations(architecture: Architecture): { relation: string; difference: Node | undefined }[] {
  return architecture.conditions.map((condition) => {
    const match = /^(.*?)(<=|>=|!=|<|>)(.*)$/.exec(condition);
    if (match === null) return { relation: "", difference: undefined };
    const [, left, relation, right] = match as unknown as [string, string, string, string];
    try {
      const sides = [left, right].map((side) => readExpression(architecture, side)) as [Node, Node];
      return { relation, difference: architecture.algebra.subtract(...sides) };
    } catch {
      return { relation, difference: undefined };
    }
  });
}

/** Expressions that the domain keeps positive. */
function positiveConditions(architecture: Architecture): Node[] {
  const { algebra } = architecture;
  return relations(architecture).flatMap(({ relation, difference }) => {
    if (difference === undefined || (relation !== ">" && relation !== "<")) return [];
    return [relation === ">" ? difference : algebra.scale(-1, difference)];
  });
}

/** Whether all conditions surely hold at a point; one that cannot be evaluated does not. */
function insideOf(architecture: Architecture): (point: KinkWitness["point"], precise: Precise) => boolean {
  const list = relations(architecture);
  return (point, precise) =>
    list.every(({ relation, difference }) => {
      if (difference === undefined) return false;
      return precise.scope(256, (reals) => {
        const { lo, hi } = enclose(difference, intervals(reals), (s) => point.get(s) ?? rational(0));
        if (!reals.isFinite(lo) || !reals.isFinite(hi)) return false;
        const side = reals.sign(lo) > 0 ? 1 : reals.sign(hi) < 0 ? -1 : 0;
        if (relation === "!=") return side !== 0;
        return side === (relation.startsWith(">") ? 1 : -1);
      });
    });
}

const short = (decimal: string): string => `${Number(Number(decimal).toPrecision(6))}`;

function witnessText(found: KinkWitness): Witness {
  const values = [...found.point].map(([symbol, value]) => [print(symbol), rationalText(value)]);
  return {
    function: found.function,
    argument: print(found.argument),
    point: Object.fromEntries(values),
    direction: { [print(found.direction)]: 1 },
    order: found.order,
    left: found.left,
    right: found.right,
  };
}

function decide(
  architecture: Architecture,
  model: Node,
  shell: Shell,
  point: PointJudge,
  budget: Budget,
): Verdict {
  const { algebra } = architecture;
  const search = createSearch(algebra, point, budget);
  const separable = separability(algebra, model);
  const found = search.decide(model, architecture.model);
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
  const statistics = dataForm(algebra, model, point, budget);
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
      domain: [...architecture.conditions],
    },
    parameters: architecture.parameters.map((f) => ({
      name: familyName(f),
      tier: found.families.get(f.name) ?? "polynomial",
    })),
    closedIn: names,
    terminates: finite && degree !== null ? orders(algebra, degree) : { model: null, optimality: null },
    sufficientStatistics: finite ? "moments" : statistics.lattice ? "lattice" : "none",
    direct:
      statistics.order === null || architecture.inputs.length !== 1
        ? { holds: null, recurrenceOrder: null }
        : { holds: true, recurrenceOrder: statistics.order },
    ...(isInstance(architecture) ? {} : { exceptions: exceptions(architecture, found, search, budget) }),
    certificate: certificate(architecture, model, found, search, budget),
    obstruction: null,
  };
}

/** deg f for the tower of f, 2·deg f − 1 for that of the optimality condition, unless f has no parameter. */
function orders(algebra: Algebra, degree: Node): Verdict["terminates"] {
  const optimality =
    degree === algebra.zero ? degree : algebra.subtract(algebra.scale(2, degree), algebra.one);
  return { model: sizeValue(degree), optimality: sizeValue(optimality) };
}

/** The sizes 0 and 1, one at a time with all others 2, for which the tier or the degree of a polynomial is another one. */
function exceptions(
  architecture: Architecture,
  decision: Decision,
  search: Search,
  budget: Budget,
): NonNullable<Verdict["exceptions"]> {
  const { algebra, open } = architecture;
  const { tier, degree } = decision;
  return open.flatMap((size) =>
    [0, 1].flatMap((value): { sizes: Record<string, number>; tier: Tier }[] => {
      const sizes = new Map(open.map((name) => [name, name === size ? value : 2]));
      const folded = instantiate(algebra, architecture.model, sizes);
      const found = search.decide(expand(algebra, folded, budget), folded);
      if (isUndecided(found)) return [{ sizes: { [size]: value }, tier: "undecided" }];
      const families = architecture.parameters.every(({ name }) => {
        const own = found.families.get(name) ?? "polynomial";
        const generic = decision.families.get(name) ?? "polynomial";
        return own === generic || own === "undecided" || generic === "undecided";
      });
      const same =
        found.tier === tier &&
        families &&
        (tier !== "polynomial" || degree === null || found.degree === sizeAt(algebra, degree, sizes));
      return same ? [] : [{ sizes: { [size]: value }, tier: found.tier }];
    }),
  );
}

function certificate(
  architecture: Architecture,
  model: Node,
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
