/** Where an element is analytic: conditions on its domain, and whether its tower converges everywhere. */
import type { Budget } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import { type Algebra, HAS, type Node, postorder } from "../../expression/node.ts";
import { print } from "../../expression/print.ts";
import type { Climbed } from "../ladder.ts";
import { elementNode } from "./form.ts";
import { type Element, variablesOf } from "./generator.ts";
import { closureOf } from "./proofs.ts";

/** A condition that is longer than this is not printed. */
const LONGEST = 120;

/**
 * The radius is infinite where the structure of the form has no singularity: entire functions of entire ones, no division by
 * parameters. It is finite where a singularity is proved: a quotient of polynomials, or in exponentials, in lowest terms
 * with a denominator that is no unit; a logarithm, or a root beside polynomials, that remains. Else it is not decided:
 * `sin(w)/w` and `cos(sqrt(w))` are entire.
 */
export function domainOf(
  algebra: Algebra,
  climbed: Climbed,
  budget: Budget,
): { readonly radius: "infinite" | "finite" | null; readonly domain: readonly string[] } {
  const entire = isEntire(algebra, climbed.form);
  const radius = entire ? "infinite" : isSingular(climbed) ? "finite" : null;
  return { radius, domain: conditions(algebra, climbed, budget) };
}

/** Functions without singularities. */
const ENTIRE: ReadonlySet<string> = new Set([
  "exp",
  "sin",
  "cos",
  "sinh",
  "cosh",
  "erf",
  "erfc",
  "gelu",
  "airyai",
]);

function isEntire(algebra: Algebra, form: Node): boolean {
  return postorder(form).every((node) => {
    if ((node.has & HAS.parameter) === 0) return true;
    if (node.kind === "product")
      return node.factors.every(
        ([base, k]) => k > 0 || (base.has & HAS.parameter) === 0 || isExponential(base),
      );
    if (node.kind !== "call") return true;
    if (node.name !== "besselj") return ENTIRE.has(node.name) && algebra.primitives.has(node.name);
    const order = node.args[0]!;
    return order.kind === "number" && order.value.re.den === 1n;
  });
}

const isExponential = (node: Node): boolean => node.kind === "call" && node.name === "exp";

function isSingular({ tower, element, proofs }: Climbed): boolean {
  const isRational = (a: Element): boolean =>
    [...variablesOf(a)].every((v) => !tower.hasParameter(v) || tower.generators[v]!.kind === "symbol");
  const active = closureOf(tower, [element]).filter((v) => tower.hasParameter(v));
  const kinds = new Set(active.map((v) => tower.generators[v]!.kind));
  const direct = [...variablesOf(element)]
    .filter((v) => tower.hasParameter(v))
    .map((v) => tower.generators[v]!);
  // A logarithm that is independent of all others has its monodromy in the element.
  if (direct.some((g) => g.kind === "log" && g.name !== "lgamma")) return true;
  // An exponential of a quotient has an essential singularity where the denominator vanishes.
  const essential = direct.some(
    (g) => g.kind === "exp" && below(tower, g.argument).length > 0 && isRational(g.argument),
  );
  if (essential) return true;
  const algebraic = [...kinds].every((kind) => kind === "symbol" || kind === "root");
  if (algebraic) return direct.some((g) => g.kind === "root") || below(tower, element).length > 0;
  const pole = proofs.find((p) => p.kind === "pole");
  if (pole === undefined || tower.generators[pole.variable]!.kind !== "exp") return false;
  // Zeros of a denominator in exponentials are infinitely many: a numerator does not vanish at all of them by chance.
  return below(tower, element).every((v) => tower.generators[v]!.kind === "exp") && !kinds.has("root");
}

const below = (tower: Climbed["tower"], a: Element): number[] =>
  [...variablesOf({ ...a, numerator: P.zero })].filter((v) => tower.hasParameter(v));

function conditions(
  algebra: Algebra,
  { tower, element, restricted, sided }: Climbed,
  budget: Budget,
): string[] {
  if (restricted !== undefined || sided) return [];
  return closureOf(tower, [element]).flatMap((v) => {
    const g = tower.generators[v]!;
    if (!tower.hasParameter(v) || (g.kind !== "log" && g.kind !== "root")) return [];
    // A root of odd order is known not to reach 0, on whichever side.
    if (g.kind === "root" && g.relation.order % 2 === 1) return [];
    if ((g.kind === "log" && g.name !== "log") || tower.signOf(g.argument) === 1) return [];
    const node = elementNode(algebra, tower, g.argument, budget);
    const text = node === undefined ? "" : `${print(node)} > 0`;
    return text !== "" && text.length <= LONGEST ? [text] : [];
  });
}
