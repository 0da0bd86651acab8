/**
 * What linear closure leaves open: another spelling of a polynomial or exponential polynomial, a tier above, or a model that
 * is not analytic.
 */
import { type Architecture, familyName, isInstance } from "../architecture/architecture.ts";
import { splitCondition } from "../architecture/conditions.ts";
import { readExpression } from "../architecture/read.ts";
import { type Budget, DescentError } from "../errors.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { expand, expandInside, instantiate } from "../expression/substitute.ts";
import type { Precise } from "../precise/mpfr.ts";
import { certify, lowerBound } from "./certify.ts";
import { closedCondition } from "./domain.ts";
import { findExceptions, scopeOf, sizesAsValues } from "./exceptions.ts";
import { branchInside } from "./field/branch.ts";
import { build } from "./field/build.ts";
import { domainOf } from "./field/domain.ts";
import { upperClasses } from "./field/upper.ts";
import { askedConditions, kinkReason, kinkWitnesses } from "./kinks/report.ts";
import { type Climb, type Climbed, climb, opensDomain } from "./ladder.ts";
import type { ZeroJudge } from "./nonzero.ts";
import type { DecideLinear, Subject } from "./subject.ts";
import { membershipOf, type Tier, type Verdict } from "./verdict.ts";

/** What linear closure leaves open: another spelling, a higher tier, or no analytic function at all. */
export function beyond(
  architecture: Architecture,
  original: Architecture,
  subject: Subject,
  verdict: Verdict,
  decideLinear: DecideLinear,
  judge: ZeroJudge,
  budget: Budget,
): Verdict {
  const { algebra } = architecture;
  const { node } = subject;
  const positive = positiveConditions(original);
  const smooth = isAnalytic(algebra, subject.analytic, positive, judge.precise, budget);
  if (smooth && verdict.tier !== "undecided") return verdict;
  const found: Climb = smooth
    ? climb(architecture, node, subject.folded, positive, judge.precise, budget)
    : { kind: "undecided", reason: "the loss is not proved to be analytic", families: new Map() };
  if (found.kind === "tier") {
    const linear = found.tier === "polynomial" || found.tier === "exponential-polynomial";
    if (linear && found.reduced !== undefined && found.reduced !== node) {
      const folded = expandInside(algebra, found.reduced, budget);
      const rewritten = decideLinear(folded, folded);
      if (rewritten.tier !== "undecided") return rewritten;
    }
    return ladderVerdict(architecture, subject, found, verdict, positive, decideLinear, judge, budget);
  }
  const kink = outsideByKinks(original, subject, verdict, judge, budget);
  if (kink !== undefined) return kink;
  // In a simpler expression of the model a kink is found where its spelling hides it.
  if (found.reduced !== undefined && isInstance(original)) {
    const simpler = outsideByKinks(original, { analytic: [found.reduced] }, verdict, judge, budget, true);
    if (simpler !== undefined) return simpler;
  }
  if (found.kind !== "undecided") return undecidedOf(verdict, "a kink or a spelling stands in the way");
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
  subject: Subject,
  found: Climbed,
  verdict: Verdict,
  positive: readonly Node[],
  decideLinear: DecideLinear,
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
    terminates: orders(found, subject),
    sufficientStatistics: tier === "polynomial" ? "moments" : "none",
    direct: { holds: null, recurrenceOrder: null },
  } as const;
  if (tier === "outside") {
    const theorem = found.proofs[0]!.theorem;
    return {
      ...shared,
      closedIn: closedIn(architecture, found),
      analytic: { ...verdict.analytic, holds: true, radius: null },
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
      : ladderExceptions(architecture, subject, found, positive, decideLinear, judge, budget)),
    certificate: certify(architecture, subject, found, judge.precise, budget),
    obstruction: null,
  };
}

/** Degrees at which the towers of a polynomial end. */
function orders({ tier, degree, attained }: Climbed, { of }: Subject): Verdict["terminates"] {
  if (tier !== "polynomial" || !attained()) return { model: null, optimality: null };
  if (of === "optimality") return { model: null, optimality: degree };
  return { model: degree, optimality: Math.max(2 * degree - 1, 0) };
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

/** Small sizes for which the tier is another one. */
function ladderExceptions(
  architecture: Architecture,
  { folded }: Subject,
  found: Climbed,
  positive: readonly Node[],
  decideLinear: DecideLinear,
  judge: ZeroJudge,
  budget: Budget,
): Pick<Verdict, "exceptions" | "scope"> {
  const { algebra, open } = architecture;
  const valued = sizesAsValues([folded, found.lower]);
  /** Undecided where the formula is not defined at the sizes. */
  const at = (sizes: ReadonlyMap<string, number>): { tier: Tier; form?: string } => {
    try {
      const folded = instantiate(algebra, architecture.model, sizes);
      const model = expand(algebra, folded, budget);
      const conditions = positive.map((node) => instantiate(algebra, node, sizes));
      const climbed = climb(architecture, model, folded, conditions, judge.precise, budget, true);
      if (climbed.kind === "tier") return { tier: climbed.tier, form: print(climbed.form) };
      const { tier } = decideLinear(folded, model);
      return tier === "undecided" ? { tier } : { tier, form: print(model) };
    } catch (error) {
      if (error instanceof DescentError && error.code === "input") return { tier: "undecided" };
      throw error;
    }
  };
  const exceptions = findExceptions(open, valued, (sizes) => {
    const own = at(sizes);
    return own.tier === found.tier ? undefined : own;
  });
  return { exceptions, scope: scopeOf(valued) };
}

const undecidedOf = (verdict: Verdict, reason: string): Verdict => ({
  ...verdict,
  tier: "undecided",
  membership: "undecided",
  certificate: null,
  obstruction: { kind: "undecided", reason },
});

/** Whether nodes are proved to be analytic in the parameters: no kink, and no branch point inside of the domain. */
function isAnalytic(
  algebra: Algebra,
  nodes: readonly Node[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
): boolean {
  return nodes.every((node) => {
    const upper = upperClasses(algebra, node, (s) => s.role === "parameter");
    if (upper.differential && !opensDomain(algebra, node)) return true;
    try {
      const { tower, elements, kinks } = build(algebra, [node], positive, precise, budget);
      return kinks.length === 0 && branchInside(tower, elements[0]!, budget) === undefined;
    } catch (error) {
      if (error instanceof DescentError && (error.code === "input" || error.code === "unsupported"))
        return false;
      throw error;
    }
  });
}

/** The verdict on a model that is proved not to be analytic. */
export function outsideByKinks(
  architecture: Architecture,
  { analytic, ...subject }: Pick<Subject, "analytic"> & { readonly of?: string; readonly node?: Node },
  verdict: Verdict,
  judge: ZeroJudge,
  budget: Budget,
  rewritten = false,
): Verdict | undefined {
  // Outputs of a given number stand in a sum without the index.
  const summed = subject.of === "outputs" ? subject.node : undefined;
  const model = analytic[0] ?? summed ?? architecture.model;
  const witnesses = kinkWitnesses(architecture, judge.precise, budget, model, rewritten);
  const [first] = witnesses.values();
  if (first === undefined) return undefined;
  return {
    ...verdict,
    tier: "outside",
    membership: "outside",
    analytic: {
      holds: false,
      radius: null,
      domain: rewritten ? verdict.analytic.domain : closedDomain(architecture),
    },
    parameters: verdict.parameters.map((p) => (witnesses.has(p.name) ? { ...p, tier: "outside" } : p)),
    terminates: { model: null, optimality: null },
    certificate: null,
    obstruction: { kind: "kink", reason: kinkReason(first), witnesses: [...witnesses.values()] },
  };
}

/** The conditions on the domain, the ends of roots among it: the witness may be one. */
function closedDomain(architecture: Architecture): string[] {
  const asked = new Set(askedConditions(architecture));
  return architecture.conditions.map((text) => (asked.has(text) ? text : closedCondition(text)));
}

/** Expressions that the domain keeps positive; a condition on members with free indices says nothing of a single one. */
function positiveConditions(architecture: Architecture): Node[] {
  return askedConditions(architecture).flatMap((condition) => {
    const { left, relation, right } = splitCondition(condition);
    if (relation !== ">" && relation !== "<") return [];
    try {
      const [a, b] = [left, right].map((side) => readExpression(architecture, side)) as [Node, Node];
      return [relation === ">" ? architecture.algebra.subtract(a, b) : architecture.algebra.subtract(b, a)];
    } catch (error) {
      if (error instanceof DescentError) return [];
      throw error;
    }
  });
}
