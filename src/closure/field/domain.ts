/** Where an element is analytic: conditions on its domain, and whether its tower converges everywhere. */
import type { Budget } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import type { Algebra } from "../../expression/node.ts";
import { print } from "../../expression/print.ts";
import type { Climbed } from "../ladder.ts";
import { elementNode } from "./form.ts";
import { type Element, variablesOf } from "./generator.ts";
import { closureOf } from "./proofs.ts";

/** A condition that is longer than this is not printed. */
const LONGEST = 120;

/**
 * The radius is infinite where only entire functions of entire ones occur, over a denominator without zeros; it is finite
 * where a proof of the tier rests on a pole or a branch point.
 */
export function domainOf(
  algebra: Algebra,
  { tower, element, restricted }: Climbed,
  budget: Budget,
): { readonly radius: "infinite" | "finite" | null; readonly domain: readonly string[] } {
  const isActive = (v: number): boolean =>
    [...tower.symbolsIn(one(v))].some((s) => {
      const g = tower.generators[s]!;
      return g.kind === "symbol" && g.symbol.role === "parameter";
    });
  const active = closureOf(tower, [element]).filter(isActive);
  const conditions: string[] = [];
  let [entire, singular] = [true, false];
  const unit = ({ denominator }: Element): boolean =>
    [...variablesOf({ numerator: P.zero, denominator })].every(
      (v) => !isActive(v) || tower.generators[v]!.kind === "exp",
    ) && P.terms(denominator).length === 1;
  const elements = [element];
  for (const v of active) {
    const g = tower.generators[v]!;
    if (g.kind === "exp") elements.push(g.argument);
    if (g.kind === "special") {
      elements.push(...g.args);
      if (!ENTIRE.has(g.name)) entire = false;
    }
    if (g.kind !== "log" && g.kind !== "root") continue;
    [entire, singular] = [false, true];
    if (g.kind === "log" && g.name !== "log") continue;
    if (restricted !== undefined || tower.signOf(g.argument) === 1) continue;
    const node = elementNode(algebra, tower, g.argument, budget);
    const text = node === undefined ? "" : `${print(node)} > 0`;
    if (text !== "" && text.length <= LONGEST) conditions.push(text);
  }
  for (const a of elements) if (!unit(a)) [entire, singular] = [false, singular || a === element];
  return { radius: entire ? "infinite" : singular ? "finite" : null, domain: conditions };
}

const one = (v: number): Element => ({ numerator: P.variable(v), denominator: P.one });

/** Functions without singularities. */
const ENTIRE: ReadonlySet<string> = new Set(["erf", "airyai", "besselj"]);
