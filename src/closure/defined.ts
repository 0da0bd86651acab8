/** Whether a formula has values at all: of what is defined nowhere nothing is claimed. */
import { rational } from "../exact/rational.ts";
import { enclose } from "../expression/enclose.ts";
import { HAS, type Node, postorder } from "../expression/node.ts";
import { intervals } from "../precise/interval.ts";
import type { Precise } from "../precise/mpfr.ts";

export const NOWHERE = "no point is found at which the model has a value";

const PLACES = 60;
/** Of the symbols, before a factor around 1; negative in every third place and for half of the symbols. */
const SIZES = [1, 1, 4, 30, 1000, 1 / 32, 1e6, 1e9].map((size) =>
  size < 1 ? rational(1, Math.round(1 / size)) : rational(size),
);

/** Whether a real formula is found to have a finite value somewhere; a function that cannot be enclosed may have any. */
export function isDefined(model: Node, precise: Precise): boolean {
  if (
    (model.has & (HAS.complex | HAS.fold)) !== 0 ||
    postorder(model).some((node) => node.kind === "integer")
  )
    return true;
  return precise.scope(64, (reals) => {
    const i = intervals(reals);
    for (let point = 0; point < PLACES; point++) {
      const { lo, hi } = enclose(model, i, (s) => {
        const mixed = (s.id * 7919 + point * 104_729 + s.id * point * 31) % 9973;
        const size = SIZES[point % SIZES.length]!;
        const value = rational(BigInt(mixed + 101) * size.num, 4999n * size.den);
        return (mixed >> 3) % 2 === 0 || point % 3 === 0 ? value : rational(-value.num, value.den);
      });
      if (reals.isFinite(lo) && reals.isFinite(hi)) return true;
    }
    const samples = [rational(1, 2), rational(2), rational(1)].map((c) => i.rational(c));
    return postorder(model).some((node) => {
      if (node.kind !== "call") return false;
      const values = samples.map((c) => i.call(node.name, ...node.args.map(() => c)));
      return values.every((value) => value === undefined || !i.isFinite(value));
    });
  });
}
