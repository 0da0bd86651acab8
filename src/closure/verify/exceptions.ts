/** Sizes for which a verdict of a linear closure is another one. */
import type { Syntax } from "../../architecture/syntax.ts";
import { DescentError } from "../../errors.ts";
import { type Context, formOf, Rejection, read } from "./context.ts";
import { type Facts, factsOf, familyOf, isExact, isExponential } from "./facts.ts";
import type { VerdictDocument } from "./read.ts";

type Sizes = Readonly<Record<string, number>>;

/**
 * The tier at the sizes of each exception, all other open sizes being 2. Where the formula multiplied out tells tier, families
 * and degree for certain, what differs at a size of 0 or 1 has to be listed, and what does not must not be.
 */
export function checkExceptions(context: Context, verdict: VerdictDocument, model: Syntax): void {
  const open = context.sizes;
  const { forms } = context;
  const factsAt = (sizes: Sizes, entry: string): Facts => {
    const values = new Map([...open].map((name) => [name, `${sizes[name] ?? 2}`]));
    const form = formOf(forms, model, values, entry);
    return factsOf(forms, form, forms.parametersIn(form), new Set());
  };
  const tierOf = (facts: Facts): string => (isExponential(facts) ? "exponential-polynomial" : "polynomial");
  const listed = verdict.exceptions ?? [];
  listed.forEach(({ sizes, tier }, k) => {
    const entry = `exceptions[${k}]`;
    const stray = Object.keys(sizes).find((name) => !open.has(name));
    if (stray !== undefined) throw new Rejection(`${entry}.sizes`, `${stray} is no open size`);
    if (tier === "undecided") return;
    const facts = factsAt(sizes, entry);
    const wanted = tierOf(facts);
    if (tier !== wanted) throw new Rejection(`${entry}.tier`, `it is ${wanted}`);
    if (isExact(facts) && !differs(context, verdict, sizes, facts))
      throw new Rejection(entry, "at these sizes the verdict is that of all others");
  });
  for (const size of verdict.architecture.openSizes ?? []) {
    for (const value of [0, 1]) {
      const sizes = { [size]: value };
      const isListed = listed.some(
        (each) => each.sizes[size] === value && Object.keys(each.sizes).length === 1,
      );
      if (isListed || !open.has(size)) continue;
      const facts = unlessUndefined(() => factsAt(sizes, "exceptions"));
      if (facts !== undefined && isExact(facts) && differs(context, verdict, sizes, facts))
        throw new Rejection("exceptions", `there is none for ${size} = ${value}, where the verdict differs`);
    }
  }

  /** Tier, the tier of a family, or the degree at which a tower ends. */
  function differs(
    { plain }: Context,
    { tier, parameters, terminates, certificate }: VerdictDocument,
    sizes: Sizes,
    facts: Facts,
  ): boolean {
    if (tierOf(facts) !== tier) return true;
    const other = parameters.some(({ name, tier: own }) => {
      const exponential = facts.exponential.get(familyOf(name)) === true;
      return own !== "undecided" && exponential !== (own === "exponential-polynomial");
    });
    const order = certificate.of === "optimality" ? terminates.optimality : terminates.model;
    if (other || order === null) return other;
    const values = new Map([...open].map((name) => [name, `${sizes[name] ?? 2}`]));
    const [a, b] = [`${order}`, facts.degree].map((text) =>
      formOf(plain, read(context, text, "terminates"), values, "terminates"),
    );
    return plain.subtract(a!, b!).size > 0;
  }
}

/** Formulas may not be defined at all sizes. */
function unlessUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Rejection) return undefined;
    if (error instanceof DescentError && error.code !== "budget") return undefined;
    throw error;
  }
}
