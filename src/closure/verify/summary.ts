/** What a verdict says in its summary, as far as it follows from its tier, its parameters and its witnesses. */
import { TIERS } from "../verdict.ts";
import type { Fault } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import type { KinkDocument } from "./read.ts";

type Summary = Pick<KinkDocument, "tier" | "parameters" | "closedIn" | "analytic">;

const CLOSED: ReadonlySet<string> = new Set(TIERS.slice(0, 4));
/** Entire functions of the parameters, wherever the formula has a value. */
const ENTIRE: ReadonlySet<string> = new Set(TIERS.slice(0, 2));

export function summaryFault(
  { tier, parameters, closedIn, analytic }: Summary,
  witnesses: KinkDocument["obstruction"]["witnesses"] = [],
): Fault | undefined {
  const isKink = witnesses.length > 0;
  if (analytic?.holds !== undefined && analytic.holds !== !isKink)
    return { entry: "analytic.holds", reason: isKink ? "there is a kink" : "it is analytic in that tier" };
  const radius = analytic?.radius;
  if (radius !== undefined && ENTIRE.has(tier) && radius !== "infinite")
    return { entry: "analytic.radius", reason: `it is infinite for ${tier}` };
  if (radius !== undefined && tier === "outside" && radius !== null)
    return { entry: "analytic.radius", reason: "there is none outside" };
  if (radius === "infinite" && tier === "addition-theorem")
    return { entry: "analytic.radius", reason: "the formula is not seen to be entire" };
  const moved = new Set(
    witnesses.flatMap(({ direction }) => {
      const families = new Set(Object.keys(direction).map(familyOf));
      return families.size === 1 ? [...families] : [];
    }),
  );
  const lower = parameters.findIndex((p) => p.tier !== "outside" && moved.has(familyOf(p.name)));
  if (lower >= 0) return { entry: `parameters[${lower}].tier`, reason: "a witness that moves it is outside" };
  return closedIn && closedFault(closedIn, tier, parameters);
}

function closedFault(
  closedIn: readonly string[],
  tier: string,
  parameters: Summary["parameters"],
): Fault | undefined {
  const own = new Map(parameters.map((p) => [p.name, p.tier]));
  for (const [k, name] of closedIn.entries()) {
    const entry = `closedIn[${k}]`;
    const tierOf = own.get(name);
    if (tierOf === undefined) return { entry, reason: `${name} is no parameter` };
    if (closedIn.indexOf(name) < k) return { entry, reason: `${name} is there twice` };
    if (!CLOSED.has(tierOf) && tierOf !== "undecided") return { entry, reason: `it is ${tierOf}` };
  }
  const open = parameters.find(({ name }) => !closedIn.includes(name));
  if (CLOSED.has(tier) && open !== undefined)
    return { entry: "closedIn", reason: `the model is closed in ${open.name} too` };
  return undefined;
}
