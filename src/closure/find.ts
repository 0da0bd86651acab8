/**
 * Decides whether a model is a polynomial or an exponential polynomial in its parameters, and finds the linear closure
 * that proves it. What lies beyond is not decided here.
 */
import type { Architecture } from "../architecture/architecture.ts";
import { type Budget, DescentError, shareOf } from "../errors.ts";
import { bitLength, G_ONE } from "../exact/rational.ts";
import { affineText, isLiteral, leastValue, literal, sameAffine } from "../expression/affine.ts";
import type { Algebra } from "../expression/node.ts";
import { type FoldNode, HAS, type Node, postorder, type SymbolNode, symbols } from "../expression/node.ts";
import { createNormaliser, type ExpPolynomial, isObstacle } from "../expression/normal.ts";
import { fresh, print, takenNames } from "../expression/print.ts";
import { extent } from "../expression/substitute.ts";
import type { ClosureNode, Restriction } from "./certificate.ts";
import { type Group, groupTerms } from "./groups.ts";
import { closureDimension, linearClosure } from "./linear.ts";
import type { PointJudge } from "./nonzero.ts";
import {
  createTermCount,
  largest,
  mayCoincide,
  pieces,
  sharedFamilies,
  sizeValue,
  splitDisjoint,
} from "./parts.ts";
import { findRestriction } from "./restriction.ts";
import { createTierProofs, isUndecided, type ProvenTier, UNCERTAIN, type Undecided } from "./tiers.ts";
import { closureVariables } from "./variables.ts";
import type { Tier } from "./verdict.ts";

/** A product of at most this many elements is one atom; a larger one is split into its factors. */
const ATOM_LIMIT = 8;
/** A sum of terms that share parameters is split beyond this: its matrices are sparse, and their number grows too. */
const SUM_LIMIT = 48;
/** An atom that cannot be split may have this many elements. */
const LEAF_LIMIT = 128;
/** The whole closure is written out up to this many elements. */
export const WRITTEN_LIMIT = 32;
/** A normal form with more terms than this is not multiplied out for tiers alone. */
const FORM_LIMIT = 5_000;

/** What is spent on the tiers of single families of a model that is not decided, and again on those that are closed. */
const ASIDE = { fraction: 0.15, work: 1_000_000 };

/** What is known of a model, or of a part of it. */
export interface Finding {
  readonly tier: "polynomial" | "exponential-polynomial";
  /** Total degree in the parameters, a number or an expression in sizes; of interest for polynomials. */
  readonly degree: Node;
  /** Of the closure, like the degree. */
  readonly dimension: Node;
  readonly families: ReadonlyMap<string, Tier>;
  readonly tree: ClosureNode;
  /** Whether it is proved not to be the zero function. */
  readonly nonzero: boolean;
  /** Whether tiers are proved to be no lower than stated. */
  readonly certain: boolean;
  /** The same of the degree. */
  readonly degreeCertain: boolean;
}

/** A finding about a whole model. */
export interface Decision extends Omit<Finding, "degree" | "certain" | "degreeCertain"> {
  /** null where only an upper bound is known. */
  readonly degree: Node | null;
  readonly restriction?: Restriction;
}

/** Searches for closures in the expressions of one algebra. */
export interface Search {
  /** What a model is: `model` has no folds where its sizes are numbers, and is `folded` otherwise. */
  decide(model: Node, folded: Node): Decision | Undecided;
  /** Tiers of single families, all other parameters being constants. */
  partial(model: Node, architecture: Architecture): Map<string, Tier>;
  /** A largest set of those families in which the model is closed jointly. */
  closedFamilies(model: Node, tiers: ReadonlyMap<string, Tier>): string[];
  /** The closure of the whole, in at most `WRITTEN_LIMIT` elements. */
  written(model: Node): (ClosureNode & { node: "atom" }) | undefined;
}

export function createSearch(algebra: Algebra, judge: PointJudge, budget: Budget): Search {
  const isParameter = (node: SymbolNode): boolean => node.role === "parameter";
  const joint = createNormaliser(algebra, isParameter, budget);
  const { nonzero, proven, upper, active } = createTierProofs(algebra, judge, budget);
  const isActive = active(isParameter);
  const termCount = createTermCount(algebra);

  /** `scope` names the free bound indices, innermost first. */
  function find(node: Node, scope: readonly string[] = []): Finding | Undecided {
    budget.spend();
    if (node.kind === "fold") return findFold(node, scope);
    const parts = node.kind === "sum" || node.kind === "product" ? splitDisjoint(algebra, node) : [node];
    if (parts.length === 1) return findJoint(node, scope);
    if (node.kind === "product" && (node.has & HAS.fold) === 0 && termCount(node) <= 4 * ATOM_LIMIT) {
      const whole = leaf(node, scope, ATOM_LIMIT);
      if (!isUndecided(whole) || whole !== TOO_LARGE) return whole;
    }
    return combine(node, parts, scope);
  }

  /** One atom, or the sum or product of pieces that share parameters. */
  function findJoint(node: Node, scope: readonly string[]): Finding | Undecided {
    const split = pieces(algebra, node);
    const large = split.length > 1 && (node.has & HAS.fold) === 0 && termCount(node) > FORM_LIMIT;
    const limit = node.kind === "sum" && split.length > 1 ? SUM_LIMIT : LEAF_LIMIT;
    const whole = large ? TOO_LARGE : leaf(node, scope, limit);
    if (!isUndecided(whole) || whole === UNCERTAIN || split.length === 1) return whole;
    const found = combine(node, split, scope);
    if (isUndecided(found) && whole === TOO_LARGE && !large) return leaf(node, scope);
    if (isUndecided(found) || large || (node.has & HAS.fold) !== 0) return found;
    if (found.certain && found.degreeCertain) return found;
    // Without folds the normal form of the whole is exact, whatever the pieces share.
    const exact = facts(node);
    if (isUndecided(exact)) return exact;
    return { ...found, ...exact, degree: algebra.number(exact.degree), certain: true, degreeCertain: true };
  }

  /**
   * The closure lemma: b and b' closed under M and M' make (b; b') closed under M⊕M' and b⊗b' closed under M⊗1 + 1⊗M'.
   *
   * A family that is exponential in one part only is so in their sum; in their product too where no part is zero, because
   * for fixed data exponential polynomials form a domain. Degrees add in it; those of a sum are the largest where no two
   * parts share a parameter or one part alone has it.
   */
  function combine(node: Node, parts: readonly Node[], scope: readonly string[]): Finding | Undecided {
    const scaled = node.kind === "sum" && node.terms.length === 1;
    const kind = node.kind === "sum" && !scaled ? "sum" : "product";
    const all = parts.map((part) => find(part, scope));
    const stop = all.find(isUndecided);
    if (stop !== undefined) return stop;
    const found = all as Finding[];
    const exact = found.every((f) => f.certain && f.degreeCertain);
    const units = found.every((f) => f.nonzero);
    if (kind === "product" && exact && !units) return UNCERTAIN;
    const families = new Map<string, Tier>();
    let once = true;
    for (const [name, tier] of found.flatMap((f) => [...f.families])) {
      const old = families.get(name);
      if (old !== undefined && old !== "polynomial" && tier !== "polynomial") once = false;
      // The exponential wins, and what is undecided hides what else there is.
      if (old === undefined || tier === "exponential-polynomial" || old === "polynomial")
        families.set(name, tier);
    }
    const disjoint = found.reduce((n, f) => n + f.families.size, 0) === families.size;
    const polynomial = found.every((f) => f.tier === "polynomial");
    const degrees = found.map((f) => f.degree);
    const degree =
      kind === "sum"
        ? degrees.reduce((a, b) => largest(algebra, a, b))
        : algebra.combine(degrees.map((d) => [G_ONE, d]));
    const leading = found.filter((f) => f.degree === degree);
    const dimensions = found.map((f) => f.dimension);
    const dimension =
      kind === "sum"
        ? algebra.combine(dimensions.map((d) => [G_ONE, d]))
        : algebra.product(dimensions.map((d) => [d, 1]));
    if (isHuge(dimension)) return TOO_LARGE;
    const apart = disjoint || scaled || splitDisjoint(algebra, node as SumOrProduct).length === parts.length;
    return {
      tier: polynomial ? "polynomial" : "exponential-polynomial",
      degree,
      dimension,
      families,
      tree: {
        node: kind,
        formula: print(node, scope),
        dimension: sizeValue(dimension),
        children: found.map((f) => f.tree),
      },
      nonzero: kind === "product" ? units : apart && found.some(varies),
      certain: polynomial || (found.every((f) => f.certain) && (once || apart) && (kind === "sum" || units)),
      degreeCertain:
        kind === "product"
          ? units && found.every((f) => f.degreeCertain)
          : apart
            ? found.every((f) => f.degreeCertain)
            : degree === algebra.zero ||
              (degree.kind === "number" && leading.length === 1 && leading[0]!.degreeCertain),
    };
  }

  /**
   * A sum or product of open length: the closure lemma for its terms. A family of which each term has members of its own
   * is exponential in the whole where it is in the body; the degree of a product is that of its body times the length.
   */
  function findFold(node: FoldNode, scope: readonly string[]): Finding | Undecided {
    const name = fresh(node.hint, scope, takenNames(node));
    const body = find(node.body, [name, ...scope]);
    if (isUndecided(body)) return body;
    const count = extent(node.lo, node.hi);
    const counted = count.bound.length === 0 && count.constant >= 0 && leastValue(count) >= 1;
    if (node.except.length > 0) return { reason: `the ${node.op} over ${name} leaves indices out` };
    if (!sameAffine(node.lo, literal(1)) || !counted) {
      return { reason: `${name} does not run from 1 to an open size` };
    }
    const shared = sharedFamilies(node.body);
    const own = [...body.families].every(([f, tier]) => tier === "polynomial" || !shared.has(f));
    const product = node.op === "prod";
    if (product && body.certain && body.degreeCertain && !body.nonzero) return UNCERTAIN;
    const length = algebra.integer(count);
    const dimension = product
      ? algebra.power(body.dimension, length)
      : algebra.multiply(length, body.dimension);
    if (isHuge(dimension)) return TOO_LARGE;
    const index = (a: FoldNode["lo"]): string => affineText(a, (k) => scope[k] ?? `index_${k}`);
    return {
      tier: body.tier,
      degree: product ? algebra.multiply(length, body.degree) : body.degree,
      dimension,
      families: body.families,
      tree: {
        node: product ? "product" : "sum",
        formula: print(node, scope),
        dimension: sizeValue(dimension),
        index: { name, lo: index(node.lo), hi: index(node.hi) },
        children: [body.tree],
      },
      nonzero: product ? body.nonzero : shared.size === 0 && varies(body),
      certain: body.tier === "polynomial" || (body.certain && own && (!product || body.nonzero)),
      degreeCertain:
        (body.degreeCertain && (product ? body.nonzero : shared.size === 0)) || body.degree === algebra.zero,
    };
  }

  const varies = (f: Finding): boolean =>
    f.tier === "exponential-polynomial" ? f.certain : f.degreeCertain && f.degree !== algebra.zero;

  /** Tier and degree of the whole and the tiers of its families, all of them proved. */
  function facts(node: Node): Undecided | (Pick<Finding, "families" | "nonzero"> & ProvenTier) {
    const form = joint.normal(node);
    if (isObstacle(form)) return { reason: form.obstacle };
    const tier = proven(groupTerms(form, isActive, budget), isActive);
    if (isUndecided(tier)) return tier;
    return { ...tier, families: familyTiers(node, form, proven), nonzero: isNonzero(tier, form) };
  }

  const isNonzero = ({ tier, degree }: ProvenTier, form: ExpPolynomial): boolean =>
    tier === "exponential-polynomial" || degree > 0 || nonzero(form);

  function familyTiers(node: Node, form: ExpPolynomial, tierOf: typeof proven): Map<string, Tier> {
    const families = new Map<string, Tier>();
    for (const name of new Set(symbols(node, "parameter").map((p) => p.name))) {
      const own = active((s) => s.role === "parameter" && s.name === name);
      const tier = tierOf(groupTerms(form, own, budget), own);
      families.set(name, isUndecided(tier) ? "undecided" : tier.tier);
    }
    return families;
  }

  /** An atom. With a sum over an open index for a generator it bounds tier and degree from above only. */
  function leaf(node: Node, scope: readonly string[], limit = LEAF_LIMIT): Finding | Undecided {
    const form = joint.normal(node);
    if (isObstacle(form)) return { reason: form.obstacle };
    const groups = groupTerms(form, isActive, budget);
    const generators = activeGenerators(groups);
    const independent = generators.every((g) => g.kind === "symbol");
    const bound = independent ? proven(groups, isActive) : upper(groups, isActive);
    // An index as a number, as in (k − 2)·a[k], may make a coefficient vanish here and there.
    const exact = independent && !(bound === UNCERTAIN && hasIndexAsNumber(node));
    const tier = exact ? bound : upper(groups, isActive);
    if (isUndecided(tier)) return tier;
    const dimension = closureDimension(form, groups, limit, budget);
    if (dimension === undefined) return TOO_LARGE;
    const doubtful = mayCoincide(symbols(node, "input"));
    if (doubtful !== undefined) return coincide(doubtful);
    // What has cancelled is listed too, with a matrix of zeros; but for members under sums, which have no single name.
    const variables = closureVariables(algebra, outsideFolds(node), generators, isActive);
    if (typeof variables === "string") return coincide(variables);
    const closure = linearClosure(algebra, form, groups, variables, limit, scope, takenNames(node), budget);
    if (closure === undefined) return TOO_LARGE;
    return {
      tier: tier.tier,
      degree: algebra.number(tier.degree),
      dimension: algebra.number(dimension),
      families: familyTiers(node, form, exact ? proven : upper),
      tree: { node: "atom", formula: print(node, scope), dimension, ...closure },
      nonzero: exact ? isNonzero(tier, form) : nonzero(form),
      certain: exact || tier.tier === "polynomial",
      degreeCertain: exact || tier.degree === 0,
    };
  }

  function activeGenerators(groups: readonly Group[]): Node[] {
    const found = new Set<number>();
    for (const group of groups) {
      for (const { monomial } of group.exponent.values())
        for (const [v] of monomial) if (isActive(v)) found.add(v);
      for (const { monomial } of group.terms.values()) for (const [v] of monomial) found.add(v);
    }
    return [...found].map((v) => algebra.node(v));
  }

  /** The lower bound that the tree lacks, by a restriction of the folded model. */
  function decide(model: Node, folded: Node): Decision | Undecided {
    const found = find(model);
    if (isUndecided(found)) return found;
    const { certain, degreeCertain, ...rest } = found;
    if (certain && (degreeCertain || found.tier !== "polynomial")) return rest;
    const restricted = findRestriction(algebra, folded, budget);
    const lower = restricted === undefined ? undefined : facts(restricted.node);
    const known = lower === undefined || isUndecided(lower) ? undefined : lower;
    const restriction = restricted?.ones.map((cell) => ({ ...cell, value: "1" })) ?? [];
    if (found.tier === "polynomial") {
      const same = known !== undefined && algebra.number(known.degree) === found.degree;
      return same ? { ...rest, restriction } : { ...rest, degree: null };
    }
    if (known?.tier !== found.tier) return lower === UNCERTAIN ? UNCERTAIN : CANCELLATION;
    const tierOfBound = (tier: Tier): Tier => (tier === "polynomial" ? tier : "exponential-polynomial");
    const families = new Map(
      [...found.families].map(([name, tier]) => [
        name,
        tier === "polynomial" || known.families.get(name) === "exponential-polynomial"
          ? tierOfBound(tier)
          : ("undecided" as const),
      ]),
    );
    return { ...rest, families, restriction };
  }

  function partial(model: Node, architecture: Architecture): Map<string, Tier> {
    const tiers = new Map<string, Tier>();
    const own = shareOf(budget, ASIDE);
    for (const { name } of architecture.parameters) {
      const tier = within(() => tierIn(model, new Set([name]), own));
      tiers.set(name, tier ?? "undecided");
    }
    return tiers;
  }

  /** Undefined where the share of the budget is spent. */
  function within(work: () => Tier | undefined): Tier | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof DescentError && error.code === "budget") return undefined;
      throw error;
    }
  }

  function tierIn(model: Node, families: ReadonlySet<string>, budget: Budget): Tier | undefined {
    const wanted = (s: SymbolNode): boolean => s.role === "parameter" && families.has(s.name);
    if (!symbols(model, "parameter").some(wanted)) return "polynomial";
    // Members at open indices are not independent generators.
    if (symbols(model, "parameter").some((s) => wanted(s) && !s.indices.every(isLiteral))) return undefined;
    const form = createNormaliser(algebra, wanted, budget).normal(model);
    if (isObstacle(form)) return undefined;
    const proofs = createTierProofs(algebra, judge, budget);
    const tier = proofs.proven(groupTerms(form, active(wanted), budget), active(wanted));
    return isUndecided(tier) ? undefined : tier.tier;
  }

  function closedFamilies(model: Node, tiers: ReadonlyMap<string, Tier>): string[] {
    const closed: string[] = [];
    const own = shareOf(budget, ASIDE);
    for (const [name, tier] of tiers) {
      const more = new Set([...closed, name]);
      if (tier !== "undecided" && within(() => tierIn(model, more, own)) !== undefined) closed.push(name);
    }
    return closed;
  }

  function written(model: Node): (ClosureNode & { node: "atom" }) | undefined {
    const found = leaf(model, [], WRITTEN_LIMIT);
    return !isUndecided(found) && found.tree.node === "atom" ? found.tree : undefined;
  }

  return { decide, partial, closedFamilies, written };
}

/** A number too long to be written into a certificate. */
const isHuge = (node: Node): boolean => node.kind === "number" && bitLength(node.value.re.num) > 8_000;

type SumOrProduct = Node & { kind: "sum" | "product" };

const TOO_LARGE: Undecided = {
  reason: `the linear closure has more than ${LEAF_LIMIT} elements and does not split into parts`,
};
const CANCELLATION: Undecided = {
  reason: "terms that share parameters may cancel: the tree of closures is an upper bound only",
};
const coincide = (name: string): Undecided => ({
  reason: `members of ${name} at different indices may coincide`,
});

const hasIndexAsNumber = (root: Node): boolean =>
  postorder(root).some((node) => node.kind === "integer" || node.kind === "test");

/** The parameters of an expression that do not stand under a fold; those are in its own scope. */
function outsideFolds(root: Node): SymbolNode[] {
  const seen = new Set<Node>();
  const visit = (node: Node): SymbolNode[] => {
    if (seen.has(node)) return [];
    seen.add(node);
    if (node.kind === "symbol") return node.role === "parameter" ? [node] : [];
    if (node.kind === "sum") return node.terms.flatMap(([, term]) => visit(term));
    if (node.kind === "product") return node.factors.flatMap(([base]) => visit(base));
    return node.kind === "call" ? node.args.flatMap(visit) : [];
  };
  return visit(root);
}
