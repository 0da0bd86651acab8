/** Whether the model of a certificate is what its verdict is about: the architecture's model, its outputs, or its loss. */
import type { Syntax } from "../../architecture/syntax.ts";
import type { Ball } from "./ball.ts";
import type { Fault, Numbers } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { bitsFor, difference, placesFor, type Valuer, widePlaces } from "./ladder-equal.ts";
import type { Shared } from "./ladder-read.ts";
import { namesIn } from "./ladder-tower.ts";
import {
  addedData,
  ambiguousName,
  lastTarget,
  lossOf,
  type Of,
  scores,
  slopeOf,
  subjectOf,
} from "./objective.ts";

/** Losses whose kinks hide at some places only. */
const KINKED = new Set(["absolute", "huber", "hinge"]);

/** The names that stand for data in the certificate, beside the inputs; a fault where it is of something else. */
export function dataOf({ architecture, loss }: Shared, of: Of): readonly string[] | Fault {
  const wanted = subjectOf(architecture, loss);
  if (of !== wanted) return { entry: "certificate.of", reason: `it is of ${wanted ?? "the model"}` };
  const twice = ambiguousName(architecture, of);
  if (twice !== undefined) return { entry: "architecture", reason: `${twice} is a target or a step` };
  return addedData(architecture, of);
}

/** Why the certificate's model is not shown to have the values of what the verdict is about. */
export function subjectFault(
  numbers: Numbers,
  { architecture, loss }: Shared,
  own: Syntax,
  certified: Syntax,
): string | undefined {
  const { evaluator, precise, open, inside } = numbers;
  const of = subjectOf(architecture, loss);
  const names = namesIn(certified);
  const [alone] = architecture.parameters.length === 1 ? architecture.parameters : ["sigma"];
  // Where one equation is taken with the step 1, the others with indeterminate ones, none of them cancels.
  const stepless = names.has(`Delta_${familyOf(alone!)}`) ? undefined : alone;
  const bare = architecture.output?.size === 1 && !names.has("y");
  const left =
    of === "optimality"
      ? slopeOf(lossOf(evaluator, architecture, own, loss), numbers.isParameter, stepless)
      : scores(evaluator, architecture, own, bare);
  let held: string | undefined;
  const right: Valuer = (r, place): Ball | undefined => {
    const last = loss === "softmax-cross-entropy" ? lastTarget(architecture, place) : undefined;
    return evaluator.value(r, certified, {
      ...place,
      symbol(name, text) {
        if (text === last) held = text;
        return place.symbol(name, text);
      },
    });
  };
  const both = [own, certified];
  const reason = difference(
    precise,
    (r, place) => (inside(r, place) ? left(r, place) : undefined),
    right,
    widePlaces(open, both),
    bitsFor(both),
    KINKED.has(loss) ? Number.POSITIVE_INFINITY : placesFor(both),
  );
  return held === undefined ? reason : `${held} is 1 less the other targets`;
}
