/** Resummation of what a verdict admits, whatever its spelling: where the formula as written stops, its normal form is resummed. */
import type { Architecture } from "../architecture/architecture.ts";
import { buildArchitecture } from "../architecture/read.ts";
import { findVerdict } from "../closure/check.ts";
import type { ZeroJudge } from "../closure/nonzero.ts";
import type { Verdict } from "../closure/verdict.ts";
import { type Budget, DescentError } from "../errors.ts";
import type { CarrierOptions } from "./carrier.ts";
import type { CascadeStep } from "./cascade.ts";
import { type Resummed, resum } from "./optimality.ts";

/**
 * What `attempt` makes of an architecture as written, or else of the normal form of its verdict: `max(u, v) + min(u, v)` has no
 * kink, and `erf(u) + erfc(u)` is 1.
 *
 * @throws DescentError `unsupported` with the obstruction where the architecture is outside of the class, or as `attempt` does
 */
export function asDecided<T>(
  architecture: Architecture,
  judge: ZeroJudge,
  budget: Budget,
  attempt: (given: Architecture, isNormal: boolean) => T,
): T {
  try {
    return attempt(architecture, false);
  } catch (error) {
    if (!(error instanceof DescentError) || error.code !== "unsupported") throw error;
    const verdict = findVerdict(architecture, judge, budget);
    if (verdict.tier === "outside") {
      throw new DescentError("unsupported", `there is no tower: ${verdict.obstruction?.reason}`, {
        accepted: "an architecture in the class; check shows the witness",
      });
    }
    const normal = normalForm(architecture, verdict);
    if (normal === undefined) throw error;
    try {
      return attempt(normal, true);
    } catch (again) {
      // The formula as written is what the user knows.
      throw again instanceof DescentError && again.code === "unsupported" ? error : again;
    }
  }
}

/**
 * Resums an architecture as written, or else in the normal form of its verdict.
 *
 * @throws DescentError `unsupported` with the obstruction where the architecture is outside of the class, or where the cascade
 * stops and no order is given
 */
export const resumDecided = (
  architecture: Architecture,
  judge: ZeroJudge,
  budget: Budget,
  options: CarrierOptions = {},
): Resummed =>
  asDecided(architecture, judge, budget, (given, isNormal) => {
    if (!isNormal) return resum(given, budget, options);
    const made = resum(given, budget, { ...options, analytic: true });
    return { ...made, steps: [formStep(architecture, given), ...made.steps] };
  });

/** The architecture in the normal form of its verdict; undefined where there is none. */
function normalForm(architecture: Architecture, { certificate }: Verdict): Architecture | undefined {
  const { loss, output, inputs, algebra, name } = architecture;
  if (loss !== "squared" || output !== undefined || certificate === null) return undefined;
  const formula = "form" in certificate ? certificate.form : certificate.model;
  const names = inputs.map((family) =>
    family.indexNames.length === 0 ? family.name : `${family.name}[${family.indexNames.join(",")}]`,
  );
  return buildArchitecture(algebra.primitives, { name, model: formula }, { inputs: names });
}

const formStep = (before: Architecture, { algebra, model }: Architecture): CascadeStep => ({
  rule: "normal form",
  justification: "the function of the verdict's certificate, on its domain",
  before: before.model,
  after: model,
  increment: algebra.zero,
  scope: [],
  ranges: [],
});
