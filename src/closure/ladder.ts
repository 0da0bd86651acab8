/**
 * Tiers above linear closure, and models that only their spelling keeps from it. The model becomes an element of a tower of
 * independent generators, whose tier is read off; where sums and products have open lengths or many terms, the structure
 * bounds the tier from above and a restriction to the index 1 from below.
 */
import type { Architecture } from "../architecture/architecture.ts";
import { type Budget, DescentError, shareOf } from "../errors.ts";
import { rational } from "../exact/rational.ts";
import { type Algebra, HAS, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { Precise } from "../precise/mpfr.ts";
import { isDefined, NOWHERE } from "./defined.ts";
import { branchInside } from "./field/branch.ts";
import { type Built, build } from "./field/build.ts";
import { activity, type Classes, createClasses } from "./field/classes.ts";
import { elementNode } from "./field/form.ts";
import type { Element } from "./field/generator.ts";
import { closureOf } from "./field/proofs.ts";
import { createReader, type LowerProof, type Reading, tierOf } from "./field/reading.ts";
import { upperClasses } from "./field/upper.ts";
import { findRestriction, type Restricted } from "./restriction.ts";
import { findValues } from "./values.ts";
import { TIERS, type Tier } from "./verdict.ts";

/** What the tower of a model, or of a restriction of it, shows. */
export interface Climbed {
  readonly tier: Tier;
  readonly degree: number;
  /** Whether a polynomial is of this degree, at all sizes. */
  readonly attained: () => boolean;
  readonly families: ReadonlyMap<string, Tier>;
  /** Equal to the model; the tiers are bounded from above by its structure. */
  readonly form: Node;
  /** The element as an expression, where it is that of the whole model. */
  readonly reduced: Node | undefined;
  readonly tower: Built["tower"];
  readonly element: Element;
  readonly proofs: readonly (LowerProof & { readonly family?: string })[];
  /** What `element` stands for. */
  readonly lower: Node;
  readonly restricted: Restricted | undefined;
  /** Whether a kink was met that cancels: then what roots and logarithms need is known on one of its sides only. */
  readonly sided: boolean;
}

export type Climb =
  | ({ readonly kind: "tier" } & Climbed)
  /** A kink on which the model depends. */
  | { readonly kind: "kink"; readonly arguments: readonly Node[]; readonly reduced?: Node | undefined }
  | {
      readonly kind: "undecided";
      readonly reason: string;
      readonly families: ReadonlyMap<string, Tier>;
      /** A simpler expression of the model, in which a kink may be found. */
      readonly reduced?: Node | undefined;
    };

/** A tower with more symbols or nodes than this is not tried for the whole. */
const MOST_NODES = 600;
const FEW_NODES = 100;
/** An element of more terms makes a certificate that takes long to check: a bound from a part of the model is shorter. */
const FEW_TERMS = 200;
/** What is spent on the whole; a restriction can be tried after it. */
const WHOLE = { fraction: 0.6, milliseconds: 4000, work: 4_000_000 };
const MOST_SYMBOLS = 60;

/**
 * @param model without folds where its sizes are numbers
 * @param folded the model as written
 * @param positive expressions that are positive on the domain
 * @param quick whether a restriction will do for small models too
 */
export function climb(
  architecture: Architecture,
  model: Node,
  folded: Node,
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
  quick = false,
): Climb {
  const { algebra } = architecture;
  const families = architecture.parameters.map((f) => f.name);
  const nodes = postorder(model);
  const count = nodes.filter((n) => n.kind === "symbol" && n.role === "parameter").length;
  const small = nodes.length <= MOST_NODES && count <= MOST_SYMBOLS && (model.has & HAS.fold) === 0;
  const folds = (folded.has & HAS.fold) !== 0;
  // A restriction of what is large is faster, and its certificate shorter; the whole tells more of what is small.
  const early =
    folds && (quick || !(small && nodes.length <= FEW_NODES))
      ? climbPart(architecture, folded, families, positive, precise, budget)
      : undefined;
  if (early?.kind === "tier") return early;
  const whole = small
    ? attempt(() => climbWhole(algebra, model, families, positive, precise, shareOf(budget, WHOLE)), families)
    : undefined;
  if (whole !== undefined && whole.kind !== "undecided" && !isLong(whole)) return whole;
  const fits = (found: Climb | undefined): found is Climb =>
    found?.kind === "tier" && (whole?.kind !== "tier" || found.tier === whole.tier);
  const part =
    early ?? (folds ? climbPart(architecture, folded, families, positive, precise, budget) : undefined);
  if (fits(part)) return part;
  if ((model.has & HAS.fold) === 0) {
    const valued = attempt(
      () => climbValued(architecture, model, families, positive, precise, budget),
      families,
    );
    if (fits(valued)) return valued;
  }
  return whole ?? part ?? undecided("the model is too large");
}

/** Whether its certificate would be long. */
const isLong = (found: Climb): boolean => found.kind === "tier" && termsOf(found.element) > FEW_TERMS;
const termsOf = ({ numerator, denominator }: Element): number => numerator.size + denominator.size;

/** Between a restriction and the structure of the whole. */
function climbPart(
  { algebra }: Architecture,
  folded: Node,
  families: readonly string[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
): Climb {
  const restricted =
    findRestriction(algebra, folded, budget) ?? findRestriction(algebra, folded, budget, true);
  if (restricted === undefined) return undecided("there is no rule for sums and products of this kind");
  return attempt(
    () => climbRestricted(algebra, folded, restricted, families, positive, precise, budget),
    families,
  );
}

/** Between what is left where some parameters have values and the structure of the whole. */
function climbValued(
  { algebra }: Architecture,
  model: Node,
  families: readonly string[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
): Climb {
  const found = findValues(algebra, model, positive, (node) => rank(jointTier(algebra, node)), budget);
  if (found === undefined) return undecided("no values of the parameters make it small");
  if (!isDefined(model, precise) || !isDefined(found.node, precise)) return undecided(NOWHERE);
  const values = Object.fromEntries(
    [...found.values].map(([symbol, value]) => [print(symbol), print(value)]),
  );
  const restricted = { node: found.node, ones: [], values };
  return climbRestricted(algebra, model, restricted, families, positive, precise, budget);
}

const undecided = (reason: string, families: ReadonlyMap<string, Tier> = new Map()): Climb => ({
  kind: "undecided",
  reason,
  families,
});

function attempt(work: () => Climb, families: readonly string[]): Climb {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DescentError) || error.code === "internal") throw error;
    return undecided(error.fault, new Map(families.map((f) => [f, "undecided"])));
  }
}

function climbWhole(
  algebra: Algebra,
  model: Node,
  families: readonly string[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
): Climb {
  if (!isDefined(model, precise)) return undecided(NOWHERE);
  const built = build(algebra, [model], positive, precise, budget);
  const stop = obstacle(algebra, built, budget);
  if (stop !== undefined) return stop;
  const { tower } = built;
  const element = built.elements[0]!;
  const reduced = elementNode(algebra, tower, element, budget);
  const form = bestForm(algebra, model, reduced);
  const formal = readings(built, families, precise, budget);
  const own = settled(formal, built, algebra, model, families, positive, precise, budget);
  const { joint } = own;
  if (joint.tier === "undecided") return undecided(joint.reason, own.families);
  // What is outside has no classes; its proof is enough.
  if (joint.tier !== "outside" && rank(jointTier(algebra, form)) !== rank(joint.tier))
    return undecided("the reduced model has no formula that shows its tier", own.families);
  const known = new Map(
    [...own.families].map(([name, tier]) => [name, familyTier(algebra, form, name, tier)]),
  );
  return {
    kind: "tier",
    tier: joint.tier,
    degree: joint.degree,
    attained: () => jointClasses(algebra, form).degree === joint.degree && joint.attained(),
    families: known,
    form,
    reduced,
    tower,
    element,
    proofs: own.proofs.filter((p) => p.family === undefined || known.get(p.family) !== "undecided"),
    lower: model,
    restricted: undefined,
    sided: built.inert.length > 0,
  };
}

function climbRestricted(
  algebra: Algebra,
  folded: Node,
  restricted: Restricted,
  families: readonly string[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
): Climb {
  if ((restricted.node.has & HAS.fold) !== 0) return undecided("the restriction keeps a sum or product");
  if (opensDomain(algebra, folded)) return undecided("a branch point may be reached inside of the domain");
  const upper = jointTier(algebra, folded);
  const plain = positive.filter((node) => (node.has & HAS.fold) === 0 && node.free.length === 0);
  const built = build(algebra, [restricted.node], plain, precise, budget);
  const stop = obstacle(algebra, built, budget);
  if (stop !== undefined) return stop;
  const formal = readings(built, families, precise, budget);
  const own = settled(formal, built, algebra, restricted.node, families, plain, precise, budget);
  const known = new Map(
    [...own.families].map(([name, tier]) => [name, familyTier(algebra, folded, name, tier)]),
  );
  const { joint } = own;
  if (joint.tier === "undecided") return undecided(joint.reason, known);
  if (joint.tier !== upper) {
    return undecided(
      `between ${joint.tier}, which a part of it has, and ${upper}, which its structure allows`,
      known,
    );
  }
  return {
    kind: "tier",
    tier: upper,
    degree: joint.degree,
    attained: () => jointClasses(algebra, folded).degree === joint.degree && joint.attained(),
    families: known,
    form: folded,
    reduced: undefined,
    tower: built.tower,
    element: built.elements[0]!,
    proofs: own.proofs.filter((p) => p.family === undefined || known.get(p.family) !== "undecided"),
    lower: restricted.node,
    restricted,
    sided: built.inert.length > 0,
  };
}

function obstacle(algebra: Algebra, built: Built, budget: Budget): Climb | undefined {
  if (built.kinks.length > 0) {
    const list = built.kinks.map(({ argument }) => elementNode(algebra, built.tower, argument, budget));
    return {
      kind: "kink",
      arguments: list.filter((node) => node !== undefined),
      reduced: acrossKink(algebra, built, budget),
    };
  }
  const jumps = closureOf(built.tower, built.elements).flatMap((v) => {
    const g = built.tower.generators[v]!;
    return g.kind === "special" && g.name === "floor"
      ? [elementNode(algebra, built.tower, g.args[0]!, budget)]
      : [];
  });
  if (jumps.length > 0) {
    const reduced = elementNode(algebra, built.tower, built.elements[0]!, budget);
    return { kind: "kink", arguments: jumps.filter((node) => node !== undefined), reduced };
  }
  for (const element of built.elements) {
    const reason = branchInside(built.tower, element, budget);
    if (reason !== undefined) {
      const reduced = elementNode(algebra, built.tower, element, budget);
      return { kind: "undecided", reason, families: new Map(), reduced };
    }
  }
  return undefined;
}

/** (f₊ + f₋)/2 + |u|/u·(f₊ − f₋)/2 for the one kink |u| of a model that is f₊ and f₋ on its sides. */
function acrossKink(algebra: Algebra, built: Built, budget: Budget): Node | undefined {
  const [kink, ...more] = built.kinks;
  if (kink === undefined || more.length > 0 || built.others === undefined) return undefined;
  const { tower } = built;
  const [plus, minus] = [built.elements[0]!, built.others[0]!];
  const half = tower.number(rational(1, 2));
  const even = elementNode(algebra, tower, tower.multiply(half, tower.add(plus, minus)), budget);
  const slope = tower.divide(tower.multiply(half, tower.subtract(plus, minus)), kink.argument);
  const odd = elementNode(algebra, tower, slope, budget);
  const argument = elementNode(algebra, tower, kink.argument, budget);
  if (even === undefined || odd === undefined || argument === undefined) return undefined;
  return algebra.add(even, algebra.multiply(odd, algebra.call("abs", [argument])));
}

interface Readings {
  readonly joint: Reading;
  readonly families: ReadonlyMap<string, Tier>;
  readonly proofs: Climbed["proofs"];
}

/** The first cells of the data in which bounds from below are sought. */
const CELLS = 6;

/**
 * Where |u| or ⌊u⌋ of the data occur, as generators they may be related: so the tiers must be found in one cell of the data
 * too, in which they are ±u and a number.
 */
function settled(
  own: Readings,
  built: Built,
  algebra: Algebra,
  node: Node,
  families: readonly string[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
): Readings {
  if (!built.tower.generators.some((g) => g.kind === "cell") || own.joint.tier === "undecided") return own;
  const agreed = new Set<string>();
  for (let datum = 0; datum < CELLS; datum++) {
    let inside: Readings;
    try {
      inside = readings(build(algebra, [node], positive, precise, budget, datum), families, precise, budget);
    } catch (error) {
      if (!(error instanceof DescentError) || (error.code !== "unsupported" && error.code !== "input"))
        throw error;
      continue;
    }
    if (inside.joint.tier !== own.joint.tier) continue;
    for (const [family, tier] of inside.families) if (tier === own.families.get(family)) agreed.add(family);
    const degree = Math.min(own.joint.degree, inside.joint.degree);
    const tiers = new Map(
      [...own.families].map(([name, tier]): [string, Tier] => [
        name,
        tier === "polynomial" || agreed.has(name) ? tier : "undecided",
      ]),
    );
    return { ...own, joint: { ...own.joint, degree }, families: tiers };
  }
  const reason = "functions of the data may be related";
  return { joint: { ...own.joint, tier: "undecided", reason }, families: new Map(), proofs: [] };
}

function readings(
  { tower, elements }: Built,
  families: readonly string[],
  precise: Precise,
  budget: Budget,
): Readings {
  const read = createReader(tower, precise, budget);
  const element = elements[0]!;
  const joint = read(element, ({ symbol }) => symbol.role === "parameter");
  const proofs: (LowerProof & { family?: string })[] = [...joint.proofs];
  const tiers = new Map<string, Tier>();
  for (const family of families) {
    const own = read(element, ({ symbol }) => symbol.role === "parameter" && symbol.name === family);
    tiers.set(family, own.tier);
    proofs.push(...own.proofs.map((proof) => ({ ...proof, family })));
  }
  // What is proved of one family bounds the whole from below.
  const upper = tierOf(
    createClasses(
      tower,
      activity(tower, ({ symbol }) => symbol.role === "parameter"),
    )(element),
  );
  const shown = [...tiers.values()].includes(upper) && upper !== "undecided";
  const whole = joint.tier === "undecided" && shown ? { ...joint, tier: upper } : joint;
  return { joint: whole, families: tiers, proofs };
}

/** The model itself where its structure shows the tier, else the reduced element. */
function bestForm(algebra: Algebra, model: Node, reduced: Node | undefined): Node {
  if (reduced === undefined) return model;
  return rank(jointTier(algebra, model)) <= rank(jointTier(algebra, reduced)) ? model : reduced;
}

const parameters = (symbol: SymbolNode): boolean => symbol.role === "parameter";
const jointClasses = (algebra: Algebra, node: Node): Classes => upperClasses(algebra, node, parameters);
const jointTier = (algebra: Algebra, node: Node): Tier => tierOf(jointClasses(algebra, node));

function familyTier(algebra: Algebra, form: Node, family: string, tier: Tier): Tier {
  if (tier === "undecided" || tier === "outside") return tier;
  const upper = tierOf(upperClasses(algebra, form, (s) => parameters(s) && s.name === family));
  return upper === tier ? tier : "undecided";
}

/** Tiers from strict to outside; what is undecided stands above all. */
export const rank = (tier: Tier): number => TIERS.indexOf(tier);

/**
 * Whether a root, or another function with a branch point at a finite value, may reach it inside of its domain: its argument
 * is not affine in the parameters, so that it may touch the end of the domain without leaving it.
 */
export function opensDomain(algebra: Algebra, root: Node): boolean {
  return postorder(root).some((node) => {
    if (node.kind !== "call" || (node.has & HAS.parameter) === 0) return false;
    if (!BRANCHED.has(node.name)) return false;
    return upperClasses(algebra, node.args[0]!, parameters).degree > 1;
  });
}

const BRANCHED: ReadonlySet<string> = new Set(["sqrt", "cbrt", "asin", "acos", "acosh", "lambertw"]);
