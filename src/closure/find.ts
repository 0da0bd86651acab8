/**
 * Decides whether a model with given sizes is a polynomial or an exponential polynomial in its parameters, and finds the
 * linear closure that proves it. What lies beyond is not decided here.
 */
import type { Architecture } from "../architecture/architecture.ts";
import type { Budget } from "../errors.ts";
import * as P from "../exact/polynomial.ts";
import { compare, G_ONE, toNumber } from "../exact/rational.ts";
import {
  addAffine,
  affineText,
  boundIndex,
  isLiteral,
  literal,
  sameAffine,
  sizeSymbol,
} from "../expression/affine.ts";
import type { Algebra } from "../expression/node.ts";
import {
  children,
  type FoldNode,
  HAS,
  type Node,
  postorder,
  type SymbolNode,
  symbols,
} from "../expression/node.ts";
import { createNormaliser, type ExpPolynomial, isObstacle } from "../expression/normal.ts";
import { fresh, print } from "../expression/print.ts";
import { extent } from "../expression/substitute.ts";
import type { ClosureNode } from "./certificate.ts";
import { type Group, groupTerms, monomialDegree } from "./groups.ts";
import { closureDimension, linearClosure } from "./linear.ts";
import { type PointJudge, provesNonzero } from "./nonzero.ts";
import type { Tier } from "./verdict.ts";

/** A product of at most this many elements is one atom; a larger one is split into its factors. */
const ATOM_LIMIT = 8;
/** An atom that cannot be split may have this many elements. */
const LEAF_LIMIT = 128;
/** The whole closure is written out up to this many elements. */
export const WRITTEN_LIMIT = 32;

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
}

export interface Undecided {
  readonly reason: string;
}

export const isUndecided = (found: Finding | Undecided): found is Undecided => "reason" in found;

/** Searches for closures in the expressions of one algebra. */
export interface Search {
  /** `scope` names the free bound indices, innermost first. */
  find(node: Node, scope?: readonly string[]): Finding | Undecided;
  /** Tiers of single families, all other parameters being constants. */
  partial(model: Node, architecture: Architecture): Map<string, Tier>;
  /** A largest set of those families in which the model is closed jointly. */
  closedFamilies(model: Node, tiers: ReadonlyMap<string, Tier>): string[];
  /** What the model is as a function of its inputs: lattice form, and the order of its recurrence in one input. */
  inData(model: Node): { lattice: boolean; order: number | null };
  /** The closure of the whole, in at most `WRITTEN_LIMIT` elements. */
  written(model: Node): (ClosureNode & { node: "atom" }) | undefined;
}

export function createSearch(algebra: Algebra, judge: PointJudge, budget: Budget): Search {
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

  function find(node: Node, scope: readonly string[] = []): Finding | Undecided {
    budget.spend();
    if (node.kind === "fold") return findFold(node, scope);
    const parts = (node.kind === "sum" || node.kind === "product") && splitDisjoint(algebra, node);
    if (!parts || parts.length === 1) return leaf(node, scope);
    if (node.kind === "product" && (node.has & HAS.fold) === 0 && termCount(node) <= 4 * ATOM_LIMIT) {
      const whole = leaf(node, scope, ATOM_LIMIT);
      if (!isUndecided(whole) || whole.reason !== TOO_LARGE) return whole;
    }
    const found = parts.map((part) => find(part, scope));
    const stop = found.find(isUndecided);
    if (stop !== undefined) return stop;
    return combine(node, found as Finding[], scope);
  }

  /** The closure lemma for parts in disjoint parameters. */
  function combine(node: Node, found: readonly Finding[], scope: readonly string[]): Finding | Undecided {
    const kind = node.kind === "sum" ? "sum" : "product";
    if (kind === "product" && !found.every((f) => f.nonzero)) return UNCERTAIN;
    const families = new Map<string, Tier>();
    for (const [name, tier] of found.flatMap((f) => [...f.families])) {
      const old = families.get(name);
      // The exponential wins, and what is undecided hides what else there is.
      if (old === undefined || tier === "exponential-polynomial" || old === "polynomial")
        families.set(name, tier);
    }
    const degrees = found.map((f) => f.degree);
    const dimensions = found.map((f) => f.dimension);
    const dimension =
      kind === "sum"
        ? algebra.combine(dimensions.map((d) => [G_ONE, d]))
        : algebra.product(dimensions.map((d) => [d, 1]));
    return {
      tier: found.some((f) => f.tier === "exponential-polynomial") ? "exponential-polynomial" : "polynomial",
      degree:
        kind === "sum"
          ? degrees.reduce((a, b) => largest(algebra, a, b))
          : algebra.combine(degrees.map((d) => [G_ONE, d])),
      dimension,
      families,
      tree: {
        node: kind,
        formula: print(node, scope),
        dimension: sizeValue(dimension),
        children: found.map((f) => f.tree),
      },
      nonzero: kind === "product" || found.some(varies),
    };
  }

  /** A sum or product whose length is open, its terms in disjoint parameters: each carries the bound index in one place. */
  function findFold(node: FoldNode, scope: readonly string[]): Finding | Undecided {
    const name = fresh(node.hint, scope, new Set(symbols(node, "parameter").map((s) => s.name)));
    const body = find(node.body, [name, ...scope]);
    if (isUndecided(body)) return body;
    const shared = sharedFamily(node.body);
    const count = extent(node.lo, node.hi);
    if (shared !== undefined)
      return { reason: `${shared} is shared by the terms of a ${node.op} of open length` };
    const plain =
      sameAffine(node.lo, literal(1)) &&
      node.hi.sizes.length === 1 &&
      sameAffine(node.hi, sizeSymbol(node.hi.sizes[0]![0]));
    if (node.except.length > 0 || !plain) {
      return { reason: `${name} does not run from 1 to an open size` };
    }
    if (node.op === "prod" && !body.nonzero) return UNCERTAIN;
    const length = algebra.integer(count);
    const dimension =
      node.op === "sum" ? algebra.multiply(length, body.dimension) : algebra.power(body.dimension, length);
    const index = (a: FoldNode["lo"]): string => affineText(a, (k) => scope[k] ?? `index_${k}`);
    return {
      tier: body.tier,
      degree: node.op === "sum" ? body.degree : algebra.multiply(length, body.degree),
      dimension,
      families: body.families,
      tree: {
        node: node.op === "sum" ? "sum" : "product",
        formula: print(node, scope),
        dimension: sizeValue(dimension),
        index: { name, lo: index(node.lo), hi: index(node.hi) },
        children: [body.tree],
      },
      nonzero: node.op === "prod" || varies(body),
    };
  }

  const varies = (f: Finding): boolean => f.tier === "exponential-polynomial" || f.degree !== algebra.zero;

  function leaf(node: Node, scope: readonly string[], limit = LEAF_LIMIT): Finding | Undecided {
    const form = joint.normal(node);
    if (isObstacle(form)) return { reason: form.obstacle };
    const isActive = active(isParameter);
    const groups = groupTerms(form, isActive, budget);
    const proven = provenTier(groups, isActive);
    if ("reason" in proven) return proven;
    const dimension = closureDimension(groups, limit, budget);
    if (dimension === undefined) return { reason: TOO_LARGE };
    const parameters = parametersOf(node);
    const doubtful = mayCoincide(parameters) ?? mayCoincide(symbols(node, "input"));
    if (doubtful !== undefined) return { reason: `members of ${doubtful} at different indices may coincide` };
    const closure = linearClosure(algebra, groups, parameters, limit, scope, budget);
    if (closure === undefined) return { reason: TOO_LARGE };
    const families = new Map<string, Tier>();
    for (const name of new Set(parameters.map((p) => p.name))) {
      const own = active((s) => s.role === "parameter" && s.name === name);
      const tier = provenTier(groupTerms(form, own, budget), own);
      families.set(name, "reason" in tier ? "undecided" : tier.tier);
    }
    return {
      tier: proven.tier,
      degree: algebra.number(proven.degree),
      dimension: algebra.number(dimension),
      families,
      tree: { node: "atom", formula: print(node, scope), dimension, ...closure },
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
    if ((model.has & HAS.fold) !== 0) return { lattice: onLattice(model), order: null };
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
    // The order is minimal where no two exponents may be equal and no leading coefficient may vanish.
    const certain = (): boolean =>
      groups.every(
        (g, k) =>
          distinct(g, groups) &&
          [...g.terms.values()].some(
            (t) => monomialDegree(t.monomial) === degrees[k] && nonzero(t.coefficient),
          ),
      );
    const one = inputs.length === 1 && certain() ? degrees.reduce((a, b) => a + b + 1, 0) : null;
    return { lattice: true, order: one };
  }

  /** Sums and products of lattice forms are lattice forms. */
  function onLattice(node: Node): boolean {
    if ((node.has & HAS.fold) === 0) return inData(node).lattice;
    if (node.kind === "sum") return node.terms.every(([, term]) => onLattice(term));
    if (node.kind === "product") return node.factors.every(([base, k]) => k > 0 && onLattice(base));
    return node.kind === "fold" && onLattice(node.body);
  }

  function written(model: Node): (ClosureNode & { node: "atom" }) | undefined {
    const found = leaf(model, [], WRITTEN_LIMIT);
    return !isUndecided(found) && found.tree.node === "atom" ? found.tree : undefined;
  }

  return { find, partial, closedFamilies, inData, written };
}

export const UNCERTAIN = { reason: "a coefficient could not be proved to be nonzero" };
const TOO_LARGE = `the linear closure has more than ${LEAF_LIMIT} elements and does not split into parts`;

/** A family of which some member may stand in several terms of a fold with this body, if there is one. */
function sharedFamily(body: Node): string | undefined {
  const positions = new Map<string, number>();
  const seen = new Set<string>();
  const stack = [{ node: body, depth: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, depth } = top;
    if (seen.has(`${node.id}:${depth}`)) continue;
    seen.add(`${node.id}:${depth}`);
    if (node.kind === "symbol" && node.role === "parameter") {
      // The fold's own index is number `depth` inside of `depth` further folds.
      const at = node.indices.findIndex((a) => sameAffine(a, boundIndex(depth)));
      if (at < 0 || (positions.get(node.name) ?? at) !== at) return node.name;
      positions.set(node.name, at);
    }
    const inner = node.kind === "fold" ? depth + 1 : depth;
    for (const child of children(node)) stack.push({ node: child, depth: inner });
  }
  return undefined;
}

/** A family with two members whose open indices do not keep them apart. */
function mayCoincide(members: readonly SymbolNode[]): string | undefined {
  const apart = (a: SymbolNode, b: SymbolNode): boolean =>
    a.name !== b.name ||
    a.indices.some((index, k) => {
      const difference = addAffine(index, b.indices[k]!, -1);
      return isLiteral(difference) && difference.constant !== 0;
    });
  const open = members.filter((s) => !s.indices.every(isLiteral));
  return open.find((a) => members.some((b) => a !== b && !apart(a, b)))?.name;
}

/** The larger of two degrees; `max` of them where they cannot be compared. */
function largest(algebra: Algebra, a: Node, b: Node): Node {
  if (a === b) return a;
  if (a.kind === "number" && b.kind === "number") return compare(a.value.re, b.value.re) < 0 ? b : a;
  if (a === algebra.zero) return b;
  return b === algebra.zero ? a : algebra.call("max", [a, b]);
}

/** A number, or the text of an expression in sizes. */
export const sizeValue = (node: Node): number | string =>
  node.kind === "number" ? toNumber(node.value.re) : print(node);

/** Groups the parts of a sum or product by shared parameters. */
function splitDisjoint(algebra: Algebra, node: Node & { kind: "sum" | "product" }): Node[] {
  // Members at open indices may be any member of their family.
  const open = new Set(
    symbols(node, "parameter").flatMap((s) => (s.indices.every(isLiteral) ? [] : [s.name])),
  );
  const keys = (part: Node): string[] =>
    (part.has & HAS.parameter) === 0
      ? []
      : symbols(part, "parameter").map((s) => (open.has(s.name) ? s.name : print(s)));
  const items =
    node.kind === "sum"
      ? node.terms.map(([c, term]) => ({ part: algebra.scale(c, term), names: keys(term) }))
      : node.factors.map(([base, k]) => ({ part: algebra.product([[base, k]]), names: keys(base) }));
  // Union-find over the items, joined wherever a key meets again.
  const parents = items.map((_, k) => k);
  const rootOf = (k: number): number => {
    let at = k;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  const first = new Map<string, number>();
  items.forEach(({ names }, k) => {
    for (const name of names) {
      const known = first.get(name);
      if (known === undefined) first.set(name, k);
      else parents[Math.max(rootOf(known), rootOf(k))] = Math.min(rootOf(known), rootOf(k));
    }
  });
  const groups = new Map<number, Node[]>();
  // Parts without parameters join the first group, but for a factor before a sum that itself may split.
  const home = items.findIndex(({ names }) => names.length > 0);
  const inner = items[home]?.part;
  const apart =
    node.kind === "product" &&
    items.filter(({ names }) => names.length > 0).length === 1 &&
    (inner?.kind === "sum" || inner?.kind === "fold");
  items.forEach(({ part, names }, k) => {
    const at = names.length > 0 ? rootOf(k) : apart ? -1 : rootOf(Math.max(home, 0));
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [part]);
    else group.push(part);
  });
  return [...groups.values()].map((parts) =>
    node.kind === "sum"
      ? algebra.combine(parts.map((part) => [G_ONE, part]))
      : algebra.product(parts.map((part) => [part, 1])),
  );
}
