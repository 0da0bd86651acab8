/**
 * Theorems that a germ g(s, t) is no finite sum of products a(s)·b(t). Sums with finite ones and products with functions of
 * one input that do not vanish change nothing, nor do derivatives lead out of finite sums.
 *
 * Additive arguments: u = a(s) + b(t) with a' and b' nonzero makes a and b coordinates, and h(a + b) is finite exactly
 * where h is an exponential polynomial (T. Levi-Civita 1913; for continuous h, M. H. Stone; L. Székelyhidi 1991).
 *
 * Slices: in a finite sum the functions of s are combinations of finitely many slices g(·, t_j), so that all slices continue
 * wherever these do. A singularity that moves with t contradicts that.
 */
import type { CallNode, Node } from "../../expression/node.ts";
import { postorder } from "../../expression/node.ts";
import { mapChildren } from "../../expression/substitute.ts";
import { hasMixedDenominator, isMixedPolynomial, rationalise } from "./fractions.ts";
import { type Germ, isAnalytic, isCoordinate, sideOf, slope, valueAt } from "./germ.ts";
import { separability } from "./structure.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Analytic on no interval as an exponential polynomial: poles, branch points, or order above 1; J_n and Ai decay without one. */
const NEVER = words(
  "tanh sigmoid softplus silu gelu mish log log1p sqrt cbrt tan asin acos atan asinh acosh atanh erf erfc airyai besselj " +
    "gamma lgamma zeta lambertw",
);
/** Their positive powers too: poles stay poles, the order stays, infinite monodromy stays. */
const NOR_POWERS = words(
  "tanh sigmoid softplus silu gelu mish tan log log1p asin acos atan asinh acosh atanh erf erfc gamma zeta lambertw",
);
/** Their negative powers: a zero becomes a pole, infinite monodromy stays. */
const NOR_INVERSES = words("tanh tan silu gelu erf sin cos sinh cosh log log1p softplus atan asinh lambertw");
/** Meromorphic with infinitely many poles; the derivative of softplus is. */
const MANY_POLES = words("tanh sigmoid silu tan softplus");
const MEROMORPHIC = words("tanh sigmoid silu tan");
/** Entire, transcendental, of positive order. */
const ENTIRE = words("exp sin cos sinh cosh erf erfc gelu airyai");
const WAVES = words("exp sin cos sinh cosh");
/** Strictly increasing and analytic on the real line. */
const INCREASING = words("exp tanh sigmoid softplus erf sinh atan asinh");

const isSeparable = (germ: Germ, node: Node): boolean => separability(germ.algebra, node).holds === true;

/** Whether `node` is a(s) + b(t) with slopes that are proved nonzero. */
function isAdditive(germ: Germ, node: Node): boolean {
  if (node.kind === "product") {
    const mixed = node.factors.filter(([base]) => sideOf(germ, base) !== "none");
    return (
      mixed.length === 1 && mixed[0]![1] === 1 && isAdditive(germ, mixed[0]![0]) && isCoordinate(germ, node)
    );
  }
  if (node.kind !== "sum" || sideOf(germ, node) !== "both") return false;
  return (
    node.terms.every(([, term]) => sideOf(germ, term) !== "both" || isAdditive(germ, term)) &&
    isCoordinate(germ, node)
  );
}

/** The theorem by which the germ has no finite rank; undefined where none of these applies. */
export function infiniteRank(germ: Germ, g: Node): string | undefined {
  return isAnalytic(germ, g) ? (ofGerm(germ, g) ?? ofDerivatives(germ, g)) : undefined;
}

function ofDerivatives(germ: Germ, g: Node): string | undefined {
  for (const path of [["s"], ["s", "t"]] as const) {
    let node: Node | undefined = g;
    for (const by of path) node = node === undefined ? undefined : slope(germ, node, by);
    const found = node === undefined || node.depth > 40 ? undefined : denominator(germ, node);
    if (found !== undefined) return `of a derivative: ${found}`;
  }
  return undefined;
}

function ofGerm(germ: Germ, g: Node): string | undefined {
  germ.budget.spend(16);
  const terms = g.kind === "sum" ? g.terms : [[undefined, g] as const];
  const mixed = terms.map(([, term]) => term).filter((term) => !isSeparable(germ, term));
  if (mixed.length === 0) return undefined;
  const [only] = mixed;
  const own = mixed.length === 1 ? ofProduct(germ, only!, g) : undefined;
  return own ?? denominator(germ, g);
}

function ofProduct(germ: Germ, node: Node, whole: Node): string | undefined {
  const factors = node.kind === "product" ? node.factors : [[node, 1] as const];
  const single = factors.filter(([base]) => sideOf(germ, base) !== "both");
  if (!single.every(([base]) => germ.i.excludesZero(valueAt(germ, base)))) return undefined;
  const mixed = factors.filter(([base]) => sideOf(germ, base) === "both");
  if (mixed.length !== 1) return undefined;
  const [base, k] = mixed[0]!;
  if (k === 1) {
    if (base.kind === "call") return ofCall(germ, base);
    return base === whole || base === node ? undefined : ofGerm(germ, base);
  }
  if (base.kind === "sum") {
    return k < 0 && isAdditive(germ, base)
      ? "the inverse of a sum of functions of one input each has a pole that moves"
      : undefined;
  }
  if (base.kind !== "call" || base.args.length !== 1 || !isAdditive(germ, base.args[0]!)) return undefined;
  return (k > 0 ? NOR_POWERS : NOR_INVERSES).has(base.name) ? leviCivita(`${base.name}^${k}`) : undefined;
}

const leviCivita = (what: string): string =>
  `${what} of a sum of functions of one input each is a finite sum of products only if ${what} is an exponential ` +
  "polynomial (Levi-Civita 1913), which it is not";

function ofCall(germ: Germ, node: CallNode): string | undefined {
  const { name } = node;
  const u = node.args.at(-1)!;
  const others = name === "besselj" ? node.args.slice(0, -1) : node.args.slice(1);
  if (name === "besselj" ? others.some((arg) => arg.kind !== "number") : others.length > 0) return undefined;
  if (isAdditive(germ, u)) return NEVER.has(name) ? leviCivita(name) : undefined;
  return realPower(germ, node) ?? ofComposite(germ, node) ?? ofPolynomial(germ, name, u);
}

/** u^c = exp(c·log u) for a rational c that is no natural number: 0 is a pole or branch point. */
function realPower(germ: Germ, { name, args }: CallNode): string | undefined {
  const [u] = args as [Node];
  if (name !== "exp" || u.kind !== "sum" || u.terms.length !== 1) return undefined;
  const [c, log] = u.terms[0]!;
  const natural = c.re.den === 1n && c.re.num >= 0n;
  if (log.kind !== "call" || log.name !== "log" || natural || c.im.num !== 0n) return undefined;
  return isAdditive(germ, log.args[0]!) ? leviCivita("a power that is no natural number") : undefined;
}

/** h(a + b·f(v)) for an additive v, affine in it. */
function ofComposite(germ: Germ, { name, args }: CallNode): string | undefined {
  const inner = affineOf(args[0]!);
  if (inner.kind !== "call" || inner.args.length !== 1 || !isAdditive(germ, inner.args[0]!)) return undefined;
  const [outer, f] = [name, inner.name];
  const what = `${outer} of ${f}`;
  if (f === "sqrt" && INCREASING.has(outer))
    return `${leviCivita(what)}: around 0 the root changes its sign, and the value changes`;
  const poles = MEROMORPHIC.has(f);
  if (!poles && !ENTIRE.has(f)) return undefined;
  if (MANY_POLES.has(outer)) return `${leviCivita(what)}: it has a singularity (Picard)`;
  if (!ENTIRE.has(outer)) return undefined;
  return `${leviCivita(what)}: ${poles ? "it has an essential singularity" : "its order is infinite (Pólya 1926)"}`;
}

/** c in a + b·c with numbers a, b. */
function affineOf(node: Node): Node {
  if (node.kind !== "sum") return node;
  const terms = node.terms.filter(([, term]) => term.kind !== "number");
  return terms.length === 1 ? terms[0]![1] : node;
}

/** h(m) for a polynomial m of one coordinate of each input that is not additive. */
function ofPolynomial(germ: Germ, name: string, m: Node): string | undefined {
  if (!MANY_POLES.has(name) && !WAVES.has(name) && name !== "erf" && name !== "erfc") return undefined;
  if (!isMixedPolynomial(germ, m)) return undefined;
  return MANY_POLES.has(name)
    ? `${name} of a polynomial that mixes inputs has poles that move from slice to slice`
    : `slices of ${name} of a polynomial that mixes inputs are exponentials with different exponents, which are independent`;
}

function denominator(germ: Germ, g: Node): string | undefined {
  const found = rationalise(germ, g);
  return found !== undefined && hasMixedDenominator(found.value, germ.budget)
    ? "the denominator in lowest terms has a factor that mixes inputs, and its poles move from slice to slice"
    : undefined;
}

/** Where a kink lies on a line q·s + r·t + c = 0 through the point, q and r nonzero. */
export interface Crossing {
  readonly kink: CallNode;
  /** The function on either side, analytic continuations included. */
  readonly sides: readonly [Node, Node];
}

/**
 * A kink on a line that moves with t: the branches on both sides, analytic at the point, differ there in value or slope. Every
 * slice has the singularity, each in another place.
 */
export function movingKink(germ: Germ, { kink, sides: [above, below] }: Crossing): string | undefined {
  if (!isAnalytic(germ, above) || !isAnalytic(germ, below)) return undefined;
  let difference: Node | undefined = germ.algebra.subtract(above, below);
  for (let order = 0; order <= 2 && difference !== undefined; order++) {
    if (germ.i.excludesZero(valueAt(germ, difference))) {
      return `the kink of ${kink.name} lies on a line across the inputs, so that it moves from slice to slice`;
    }
    difference = slope(germ, difference, "s");
  }
  return undefined;
}

/** The kinks in an expression. */
export const kinksOf = (root: Node): CallNode[] =>
  postorder(root).filter(
    (node): node is CallNode =>
      node.kind === "call" && ["relu", "abs", "leaky_relu", "elu", "max", "min"].includes(node.name),
  );

/** `node` with another one in place of a part. */
export function replacePart(germ: Pick<Germ, "algebra">, node: Node, part: Node, by: Node): Node {
  const made = new Map<Node, Node>();
  for (const own of postorder(node)) {
    made.set(own, own === part ? by : mapChildren(germ.algebra, own, (child) => made.get(child)!));
  }
  return made.get(node)!;
}
