/**
 * Decides whether a model with given sizes is a polynomial or an exponential polynomial in its parameters, and finds the
 * linear closure that proves it. What lies beyond is not decided here.
 */
import {
  type Architecture,
  familyName,
  flatNames,
  isInstance,
  modelText,
} from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import type { Algebra } from "../expression/node.ts";
import { HAS, type Node, postorder, type SymbolNode, symbols } from "../expression/node.ts";
import { createNormaliser, type ExpPolynomial, isObstacle } from "../expression/normal.ts";
import { print } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import { type Certificate, type ClosureNode, FORMAT } from "./certificate.ts";
import { type Group, groupTerms, monomialDegree } from "./groups.ts";
import { closureDimension, linearClosure } from "./linear.ts";
import { provesNonzero, type ZeroJudge } from "./nonzero.ts";
import { separability } from "./separability.ts";
import { membershipOf, type Tier, type Verdict } from "./verdict.ts";

/** A product of at most this many elements is one atom; a larger one is split into its factors. */
const ATOM_LIMIT = 8;
/** An atom that cannot be split may have this many elements. */
const LEAF_LIMIT = 128;
/** The whole closure is written out up to this many elements. */
const WRITTEN_LIMIT = 32;

/** What is known of a model, or of a part of it. */
interface Finding {
  readonly tier: "polynomial" | "exponential-polynomial";
  /** Total degree in the parameters; of interest for polynomials. */
  readonly degree: number;
  readonly families: ReadonlyMap<string, Tier>;
  readonly tree: ClosureNode;
  /** Whether it is proved not to be the zero function. */
  readonly nonzero: boolean;
}

interface Undecided {
  readonly reason: string;
}

const isUndecided = (found: Finding | Undecided): found is Undecided => "reason" in found;

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

interface Search {
  find(node: Node): Finding | Undecided;
  /** Tiers of single families, all other parameters being constants. */
  partial(model: Node, architecture: Architecture): Map<string, Tier>;
  /** A largest set of those families in which the model is closed jointly. */
  closedFamilies(model: Node, tiers: ReadonlyMap<string, Tier>): string[];
  /** What the model is as a function of its inputs: lattice form, and the order of its recurrence in one input. */
  inData(model: Node): { lattice: boolean; order: number | null };
  /** The closure of the whole, in at most `WRITTEN_LIMIT` elements. */
  written(model: Node): (ClosureNode & { node: "atom" }) | undefined;
}

function createSearch(algebra: Algebra, judge: ZeroJudge, budget: Budget): Search {
  const isParameter = (node: SymbolNode): boolean => node.role === "parameter";
  const joint = createNormaliser(algebra, isParameter, budget);
  const sizes = new Map<Node, number>();

  const parametersOf = (node: Node): SymbolNode[] => symbols(node, "parameter");
  const active =
    (wanted: (s: SymbolNode) => boolean) =>
    (variable: number): boolean => {
      const node = algebra.node(variable);
      return node.kind === "symbol" && wanted(node);
    };
  const nonzero = (form: ExpPolynomial): boolean => provesNonzero(algebra, form, judge, budget);

  /** An upper bound of the number of terms of the normal form. */
  function termCount(root: Node): number {
    for (const node of postorder(root)) {
      if (sizes.has(node)) continue;
      let count = 1;
      if (node.kind === "sum") count = node.terms.reduce((n, [, t]) => n + sizes.get(t)!, 0);
      if (node.kind === "product")
        count = node.factors.reduce((n, [b, k]) => n * sizes.get(b)! ** Math.max(1, k), 1);
      if (node.kind === "call") count = algebra.primitives.get(node.name)?.exponentials?.length ?? 1;
      sizes.set(node, Math.min(count, 1e12));
    }
    return sizes.get(root)!;
  }

  function find(node: Node): Finding | Undecided {
    budget.spend();
    const parts = (node.kind === "sum" || node.kind === "product") && splitDisjoint(algebra, node);
    if (!parts || parts.length === 1) return leaf(node);
    if (node.kind === "product" && termCount(node) <= 4 * ATOM_LIMIT) {
      const whole = leaf(node, ATOM_LIMIT);
      if (!isUndecided(whole) || whole.reason !== TOO_LARGE) return whole;
    }
    const found = parts.map(find);
    const stop = found.find(isUndecided);
    if (stop !== undefined) return stop;
    return combine(node, found as Finding[]);
  }

  /** The closure lemma for parts in disjoint parameters. */
  function combine(node: Node, found: readonly Finding[]): Finding | Undecided {
    const kind = node.kind === "sum" ? "sum" : "product";
    if (kind === "product" && !found.every((f) => f.nonzero)) return UNCERTAIN;
    const families = new Map<string, Tier>();
    for (const [name, tier] of found.flatMap((f) => [...f.families])) {
      if (families.get(name) !== "exponential-polynomial") families.set(name, tier);
    }
    const degrees = found.map((f) => f.degree);
    const dimensions = found.map((f) => f.tree.dimension);
    return {
      tier: found.some((f) => f.tier === "exponential-polynomial") ? "exponential-polynomial" : "polynomial",
      degree: kind === "sum" ? Math.max(...degrees) : degrees.reduce((a, b) => a + b, 0),
      families,
      tree: {
        node: kind,
        formula: print(node),
        dimension:
          kind === "sum" ? dimensions.reduce((a, b) => a + b, 0) : dimensions.reduce((a, b) => a * b, 1),
        children: found.map((f) => f.tree),
      },
      nonzero: kind === "product" || found.some((f) => f.tier === "exponential-polynomial" || f.degree > 0),
    };
  }

  function leaf(node: Node, limit = LEAF_LIMIT): Finding | Undecided {
    const form = joint.normal(node);
    if (isObstacle(form)) return { reason: form.obstacle };
    const isActive = active(isParameter);
    const groups = groupTerms(form, isActive, budget);
    const proven = provenTier(groups, isActive);
    if ("reason" in proven) return proven;
    const dimension = closureDimension(groups, limit, budget);
    if (dimension === undefined) return { reason: TOO_LARGE };
    const parameters = parametersOf(node);
    const closure = linearClosure(algebra, groups, parameters, limit, budget);
    if (closure === undefined) return { reason: TOO_LARGE };
    const families = new Map<string, Tier>();
    for (const name of new Set(parameters.map((p) => p.name))) {
      const own = active((s) => s.role === "parameter" && s.name === name);
      const tier = provenTier(groupTerms(form, own, budget), own);
      families.set(name, "reason" in tier ? "undecided" : tier.tier);
    }
    return {
      ...proven,
      families,
      tree: { node: "atom", formula: print(node), dimension, ...closure },
      nonzero: proven.tier === "exponential-polynomial" || proven.degree > 0 || nonzero(form),
    };
  }

  /** The tier the groups have, where every fact it rests on is proved. */
  function provenTier(
    groups: readonly Group[],
    isActive: (variable: number) => boolean,
  ): Undecided | { tier: Finding["tier"]; degree: number } {
    const exponential = groups.filter((g) => !P.isZero(g.exponent));
    for (const group of exponential) {
      for (const { monomial } of P.terms(group.exponent)) {
        const degree = monomialDegree(monomial.filter(([v]) => isActive(v)));
        if (degree !== 1)
          return { reason: "an exponent is not affine in the parameters: beyond the tiers decided yet" };
      }
    }
    if (exponential.length > 0) {
      const certain = exponential.some(
        (g) =>
          exponentNonzero(g) &&
          distinct(g, groups) &&
          [...g.terms.values()].some((t) => nonzero(t.coefficient)),
      );
      return certain ? { tier: "exponential-polynomial", degree: 0 } : UNCERTAIN;
    }
    const terms = groups.flatMap((g) => [...g.terms.values()]);
    const degree = Math.max(0, ...terms.map((t) => monomialDegree(t.monomial)));
    const top = terms.filter((t) => monomialDegree(t.monomial) === degree);
    if (degree > 0 && !top.some((t) => nonzero(t.coefficient))) return UNCERTAIN;
    return { tier: "polynomial", degree };
  }

  const asForm = (p: P.Polynomial): ExpPolynomial =>
    P.isZero(p) ? new Map() : new Map([[P.key(P.zero), { exponent: P.zero, coefficient: p }]]);
  /** Whether λ is proved to be no constant: generators of the data alone may be related to each other. */
  const exponentNonzero = (group: Group): boolean => nonzero(asForm(group.exponent));
  const distinct = (group: Group, groups: readonly Group[]): boolean =>
    groups.every((g) => g === group || nonzero(asForm(P.subtract(g.exponent, group.exponent))));

  function partial(model: Node, architecture: Architecture): Map<string, Tier> {
    const tiers = new Map<string, Tier>();
    for (const { name } of architecture.parameters) {
      const tier = tierIn(model, new Set([name]));
      tiers.set(name, tier ?? "undecided");
    }
    return tiers;
  }

  function tierIn(model: Node, families: ReadonlySet<string>): Tier | undefined {
    const wanted = (s: SymbolNode): boolean => s.role === "parameter" && families.has(s.name);
    if (!symbols(model, "parameter").some(wanted)) return "polynomial";
    const form = createNormaliser(algebra, wanted, budget).normal(model);
    if (isObstacle(form)) return undefined;
    const proven = provenTier(groupTerms(form, active(wanted), budget), active(wanted));
    return "reason" in proven ? undefined : proven.tier;
  }

  function closedFamilies(model: Node, tiers: ReadonlyMap<string, Tier>): string[] {
    const closed: string[] = [];
    for (const [name, tier] of tiers) {
      if (tier !== "undecided" && tierIn(model, new Set([...closed, name])) !== undefined) closed.push(name);
    }
    return closed;
  }

  function inData(model: Node): { lattice: boolean; order: number | null } {
    const wanted = (s: SymbolNode): boolean => s.role === "input";
    if (termCount(model) > 5_000) return { lattice: false, order: null };
    const form = createNormaliser(algebra, wanted, budget).normal(model);
    if (isObstacle(form)) return { lattice: false, order: null };
    const groups = groupTerms(form, active(wanted), budget);
    const affine = groups.every((g) =>
      [...P.terms(g.exponent)].every(
        ({ monomial }) => monomialDegree(monomial.filter(([v]) => active(wanted)(v))) === 1,
      ),
    );
    const inputs = symbols(model, "input");
    const power = groups.flatMap((g) => [...g.terms.values()]).some((t) => t.monomial.some(([, k]) => k < 0));
    if (!affine || power) return { lattice: false, order: null };
    const degrees = groups.map((g) =>
      Math.max(...[...g.terms.values()].map((t) => monomialDegree(t.monomial))),
    );
    const one = inputs.length === 1 ? degrees.reduce((a, b) => a + b + 1, 0) : null;
    return { lattice: true, order: one };
  }

  function written(model: Node): (ClosureNode & { node: "atom" }) | undefined {
    const found = leaf(model, WRITTEN_LIMIT);
    return !isUndecided(found) && found.tree.node === "atom" ? found.tree : undefined;
  }

  return { find, partial, closedFamilies, inData, written };
}

const UNCERTAIN = { reason: "a coefficient could not be proved to be nonzero" };
const TOO_LARGE = `the linear closure has more than ${LEAF_LIMIT} elements and does not split into parts`;

/** Groups the parts of a sum or product by shared parameters; parts without parameters join the first group. */
function splitDisjoint(algebra: Algebra, node: Node & { kind: "sum" | "product" }): Node[] {
  const items =
    node.kind === "sum"
      ? node.terms.map(([c, term]) => ({ part: algebra.scale(c, term), names: keys(term) }))
      : node.factors.map(([base, k]) => ({ part: algebra.product([[base, k]]), names: keys(base) }));
  const groups: { parts: Node[]; names: Set<string> }[] = [];
  for (const { part, names } of items) {
    const touching = groups.filter((g) => names.some((name) => g.names.has(name)));
    const merged = { parts: [...touching.flatMap((g) => g.parts), part], names: new Set(names) };
    for (const group of touching) {
      for (const name of group.names) merged.names.add(name);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(merged);
  }
  const bare = groups.filter((g) => g.names.size === 0);
  const rest = groups.filter((g) => g.names.size > 0);
  if (rest.length > 0) rest[0]!.parts.unshift(...bare.flatMap((g) => g.parts));
  const whole = rest.length > 0 ? rest : bare;
  return whole.map((g) => (node.kind === "sum" ? algebra.add(...g.parts) : algebra.multiply(...g.parts)));
}

const keys = (node: Node): string[] =>
  (node.has & HAS.parameter) === 0 ? [] : symbols(node, "parameter").map((s) => print(s));
