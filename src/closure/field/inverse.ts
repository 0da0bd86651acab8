/**
 * W(u) beside exponentials and logarithms. With W the pair y = W, e^y = u/W joins the pairs a, e^a and log b, b. Were W
 * algebraic over the tower below it, so would be e^W, and W would be a rational combination of the a and log b and a function
 * free of the active symbols (Ax 1971): as it is for u = v·e^v. It is none where differences of all of them, at true values,
 * have a determinant that is not 0. At generic values of W this would not be seen: they presuppose what is to be proved.
 */
import type { Budget } from "../../errors.ts";
import { type Rational, rational } from "../../exact/rational.ts";
import type { SymbolNode } from "../../expression/node.ts";
import { type Interval, intervals } from "../../precise/interval.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { determinantOf } from "../separability/minor.ts";
import { encloseElement } from "./enclose.ts";
import type { Element } from "./generator.ts";
import type { Tower } from "./interface.ts";

const BITS = 512;
const PLACES = 12;
const MOST_ITEMS = 7;
/** The points of a place lie so close together that no branch of a logarithm is likely to end between them. */
const NEAR = 64n;

/** Whether real elements are proved to be linearly independent modulo what is free of the active symbols. */
export function areApart(
  tower: Tower,
  items: readonly Element[],
  isActive: (symbol: SymbolNode) => boolean,
  precise: Precise,
  budget: Budget,
): boolean {
  if (items.length > MOST_ITEMS) return false;
  for (let place = 0; place < PLACES; place++) {
    budget.spend(items.length ** 2);
    const found = precise.scope(BITS, (reals): boolean => {
      const i = intervals(reals);
      const at = (point: number): Interval[] | undefined => {
        const value = encloseElement(tower.generators, i, (s) => drawn(s, place, isActive(s) ? point : 0));
        const row = items.map((item) => value(item));
        const real = row.every((c) => c !== undefined && i.isFinite(c.re) && !i.excludesZero(c.im));
        return real ? row.map((c) => c!.re) : undefined;
      };
      const base = at(0);
      const rows = items.map((_, k) => at(k + 1));
      if (base === undefined || rows.includes(undefined)) return false;
      const matrix = rows.map((row) => row!.map((entry, k) => i.subtract(entry, base[k]!)));
      return i.excludesZero(determinantOf(i, matrix));
    });
    if (found) return true;
  }
  return false;
}

/** The value of a symbol at the points of a place, positive at every other. */
function drawn({ id }: SymbolNode, place: number, point: number): Rational {
  const start = ((id * 7919 + place * 104_729 + id * place * 31) % 997) + 101;
  const step = BigInt(((id * 31 + point * 7919) % 97) + point);
  const size = rational(BigInt(start) * NEAR * 97n + (point === 0 ? 0n : step), 499n * NEAR * 97n);
  return place % 2 === 0 || (id + place) % 3 === 0 ? size : rational(-size.num, size.den);
}
