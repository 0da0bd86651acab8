/** The certificate of a tier above linear closure, from what the tower of a model shows. */
import type { Architecture } from "../architecture/architecture.ts";
import { flatNames } from "../architecture/architecture.ts";
import { type Budget, DescentError } from "../errors.ts";
import type { Polynomial } from "../exact/polynomial.ts";
import * as P from "../exact/polynomial.ts";
import { type Gaussian, gIsReal, gNegate, isZero, rationalText, sign } from "../exact/rational.ts";
import { instantiateTerm } from "../expression/differentiate.ts";
import { type Algebra, children, HAS, type Node, postorder } from "../expression/node.ts";
import { fresh, print, takenNames } from "../expression/print.ts";
import type { Precise } from "../precise/mpfr.ts";
import { FORMAT, type LadderCertificate, type Lower, type Restriction, type Rule } from "./certificate.ts";
import { argumentsOf, type Element, type Generator } from "./field/generator.ts";
import { closureOf } from "./field/proofs.ts";
import { tierOf } from "./field/reading.ts";
import { upperClasses } from "./field/upper.ts";
import type { Climbed } from "./ladder.ts";
import { hankelWitness } from "./probe.ts";
import type { Restricted } from "./restriction.ts";
import type { Subject } from "./subject.ts";
import type { Tier } from "./verdict.ts";

const KINDS: Readonly<Partial<Record<string, LadderCertificate["kind"]>>> = {
  polynomial: "polynomial",
  "exponential-polynomial": "exponential-polynomial",
  "addition-theorem": "addition-theorem",
  cascade: "cascade",
  holonomic: "holonomic",
  "differentially-algebraic": "differential-ring",
};

/** The order of the Hankel determinant of a certificate. */
const HANKEL_ORDER = 4;

export function certify(
  architecture: Architecture,
  { of, folded, node }: Subject,
  climbed: Climbed,
  precise: Precise,
  budget: Budget,
): LadderCertificate {
  const kind = KINDS[climbed.tier];
  const { lower } = climbed;
  const linear = kind === "polynomial" || kind === "exponential-polynomial";
  const plain = (lower.has & (HAS.complex | HAS.target | HAS.step)) === 0;
  const sized = postorder(lower).some((own) => own.kind === "integer");
  const hankel =
    linear || sized || !plain
      ? undefined
      : hankelWitness(architecture.algebra, lower, HANKEL_ORDER, precise, budget);
  if (kind === undefined) throw new DescentError("internal", `no certificate of ${climbed.tier}`);
  return {
    format: FORMAT,
    kind,
    ...(of === "model" ? {} : { of }),
    model: print(architecture.open.length === 0 ? node : folded),
    parameters: flatNames(architecture.parameters),
    form: print(climbed.form),
    rules: rules(architecture, climbed.form),
    lower: lowerBound(climbed),
    ...(hankel === undefined ? {} : { hankel }),
  };
}

/** Every function of parameters in the form, inner ones first, under the names of its indices. */
function rules({ algebra }: Architecture, form: Node): Rule[] {
  const bounds = new Map<Node, Tier>();
  upperClasses(
    algebra,
    form,
    (s) => s.role === "parameter",
    (node, classes) => bounds.set(node, tierOf(classes)),
  );
  const found = new Map<string, Rule>();
  const visit = (node: Node, scope: readonly string[]): void => {
    const inner = node.kind === "fold" ? [fresh(node.hint, scope, takenNames(node)), ...scope] : scope;
    for (const child of children(node)) visit(child, inner);
    const tier = bounds.get(node);
    if (node.kind !== "call" || tier === undefined) return;
    const formula = print(node, scope);
    if (!found.has(formula)) found.set(formula, { formula, tier, law: lawOf(algebra, node.name, tier) });
  };
  visit(form, []);
  return [...found.values()];
}

/** Its addition law, its equation, or what it is in terms of others. */
function lawOf(algebra: Algebra, name: string, tier: Tier): string {
  const row = algebra.primitives.get(name)!;
  const law = row.addition?.law ?? row.law;
  if (law !== undefined) return law;
  if (row.elementary === undefined) return `composition: ${tier}`;
  const [u, v] = ["u", "v"].map((slot) => algebra.symbol(slot, "input")) as [Node, Node];
  return `${name}(${row.arity[1] > 1 ? "u, v" : "u"}) = ${print(instantiateTerm(algebra, row.elementary, { u, v }))}`;
}

/** The tower and the proofs, in formulas. */
export function lowerBound({ tower, element, proofs, lower, restricted }: Climbed): Lower {
  const used = closureOf(tower, [element, ...proofs.map((p) => variable(p.variable))]);
  const taken = takenNames(lower);
  const names = new Map<number, string>();
  let next = 1;
  for (const v of used) {
    const g = tower.generators[v]!;
    if (g.kind === "symbol") names.set(v, print(g.symbol));
    else {
      while (taken.has(`t${next}`)) next++;
      names.set(v, `t${next++}`);
    }
  }
  const text = (p: Polynomial): string => polynomialText(p, (v) => names.get(v)!);
  return {
    ...(restricted === undefined ? {} : restrictionOf(restricted)),
    model: print(lower),
    generators: used.flatMap((v) => {
      const g = tower.generators[v]!;
      return g.kind === "symbol" ? [] : [generatorText(names.get(v)!, g, text)];
    }),
    numerator: text(element.numerator),
    denominator: text(element.denominator),
    proofs: proofs.map(({ family, against, kind, variable: v, theorem }) => ({
      ...(family === undefined ? {} : { family }),
      against,
      kind,
      variable: names.get(v)!,
      theorem,
    })),
  };
}

const restrictionOf = (restricted: Restricted): Pick<Lower, "restriction" | "values"> =>
  restricted.values === undefined
    ? { restriction: restrictionList(restricted) }
    : { values: restricted.values };

const variable = (v: number): Element => ({ numerator: P.variable(v), denominator: P.one });

/** The cells of value 1; all other members with an index ≥ 2 are 0. */
const restrictionList = ({ ones }: Restricted): Restriction =>
  ones.map(({ family, indices }) => ({ family, indices, value: "1" }));

function generatorText(
  name: string,
  g: Exclude<Generator, { kind: "symbol" }>,
  text: (p: Polynomial) => string,
): Lower["generators"][number] {
  const element = ({ numerator, denominator }: Element): string =>
    P.equal(denominator, P.one) ? text(numerator) : `(${text(numerator)})/(${text(denominator)})`;
  const args = argumentsOf(g).map(element);
  switch (g.kind) {
    case "exp":
      return { name, function: "exp", arguments: args };
    case "root":
      return { name, function: "root", arguments: args, order: g.relation.order };
    case "constant":
    case "slope":
      throw new DescentError("internal", "a number that is not known has no formula");
    default:
      return { name, function: g.name, arguments: args };
  }
}

/** `2*a^2*t1 - complex(0, 1)*b` */
function polynomialText(p: Polynomial, name: (variable: number) => string): string {
  let text = "";
  for (const { monomial, coefficient } of P.terms(p)) {
    const negative = gIsReal(coefficient) && sign(coefficient.re) < 0;
    const factors = monomial.map(([v, k]) => (k === 1 ? name(v) : `${name(v)}^${k}`));
    const own = numberText(negative ? gNegate(coefficient) : coefficient);
    const term = factors.length === 0 ? own : [...(own === "1" ? [] : [own]), ...factors].join("*");
    text += text === "" ? (negative ? `-${term}` : term) : negative ? ` - ${term}` : ` + ${term}`;
  }
  return text === "" ? "0" : text;
}

const numberText = (c: Gaussian): string =>
  isZero(c.im) ? rationalText(c.re) : `complex(${rationalText(c.re)}, ${rationalText(c.im)})`;
