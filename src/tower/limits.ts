/** What a tower is not made of: orders out of range, sizes left open, kinks. */
import { type Architecture, isInstance } from "../architecture/architecture.ts";
import type { Loss } from "../architecture/losses.ts";
import { DescentError, quoted } from "../errors.ts";
import { HAS, type Node, postorder } from "../expression/node.ts";

/** The highest order that is computed. */
export const ORDER_LIMIT = 20;

/** @throws DescentError `input` for an order that is no whole number from 0 to the limit */
export function requireOrder(order: number): void {
  if (Number.isInteger(order) && order >= 0 && order <= ORDER_LIMIT) return;
  throw new DescentError("input", `the order ${order} is out of range`, {
    accepted: `a whole number from 0 to ${ORDER_LIMIT}`,
  });
}

/** @throws DescentError `input` where sizes are open */
export function requireInstance(architecture: Architecture): void {
  if (isInstance(architecture)) return;
  const { name, open } = architecture;
  throw new DescentError("input", `the sizes ${open.join(", ")} are open`, {
    place: { source: name },
    accepted: `numbers for them: --sizes ${open.map((s) => `${s}=2`).join(",")}`,
  });
}

/** Where the losses that are not smooth have their kinks. */
const LOSS_KINKS: Partial<Record<Loss, string>> = {
  absolute: "f = y",
  huber: "abs(f - y) = 1",
  hinge: "y*f = 1",
};

/** @throws DescentError `unsupported` for a loss with a kink: its optimality condition has no derivative there */
export function requireSmoothLoss({ loss }: Architecture): void {
  const at = LOSS_KINKS[loss];
  if (at === undefined) return;
  throw new DescentError(
    "unsupported",
    `the loss ${quoted(loss)} has a kink at ${at}: its optimality condition has no tower`,
    {
      accepted: "a smooth loss: squared, poisson, poisson-log, logistic, softmax-cross-entropy, gaussian-nll",
    },
  );
}

/** @throws DescentError `unsupported` for a function with a kink, of an argument with parameters */
export function requireSmooth({ algebra, model }: Architecture): void {
  for (const node of postorder(model)) {
    if (node.kind !== "call" || !node.args.some(holdsParameter)) continue;
    const analytic = algebra.primitives.get(node.name)?.analytic;
    if (analytic?.kind !== "kink") continue;
    throw new DescentError(
      "unsupported",
      `${quoted(node.name)} of a parameter is not analytic at ${analytic.at}: there is no tower`,
      { accepted: "functions that are analytic in the parameters" },
    );
  }
}

const holdsParameter = (node: Node): boolean => (node.has & HAS.parameter) !== 0;
