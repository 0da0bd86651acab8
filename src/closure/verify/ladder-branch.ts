/**
 * Branch points that an interior point of the domain reaches, where a formula is not analytic: the square root of what
 * touches 0 and never crosses it, a cube root of what crosses it. They are sought by descent from several places; what is
 * affine in the parameters crosses zero.
 */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import type { Budget } from "../../errors.ts";
import { type Rational, rational } from "../../exact/rational.ts";
import type { Reals } from "../../precise/mpfr.ts";
import { add, type Ball, exponential, fromRational, multiply, negative } from "./ball.ts";
import type { Numbers, Place } from "./evaluate.ts";
import type { Class } from "./ladder-class.ts";
import { isEvenIn, quotientAt, withoutPowers } from "./ladder-parity.ts";
import { hash, POINTS, placeOf } from "./points.ts";

const BITS = 192;
const STARTS = 8;
const ROUNDS = 160;
/** Steps of the descent are of at least 2^−FINEST, and its minima below the square of that. */
const FINEST = 36;
const TOUCHED = 2 ** -64;
/** Farther out, what comes near zero may only tend to it. */
const FAR = 1e4;

/** Where a minimum is told from a tail, and by how much the guard has to have grown there. */
const BESIDE = 1 / 8;
const RISEN = 2 ** -40;

/** What must not touch 0 from above; for a cube root, reach it at all. */
type Guard = (r: Reals, u: Ball) => Ball | undefined;
const one = (r: Reals): Ball => fromRational(r, rational(1));
const GUARDS: Readonly<Record<string, Guard>> = {
  sqrt: (_, u) => u,
  cbrt: (_, u) => u,
  asin: (r, u) => add(r, one(r), negative(r, multiply(r, u, u))),
  acos: (r, u) => add(r, one(r), negative(r, multiply(r, u, u))),
  acosh: (r, u) => add(r, u, negative(r, one(r))),
  lambertw(r, u) {
    const least = exponential(r, negative(r, one(r)));
    return least && add(r, u, least);
  },
};

/** A function of the form that is not analytic at an interior point of its domain, as far as descent finds one. */
export function branchFault(
  numbers: Numbers,
  form: Syntax,
  classes: ReadonlyMap<Syntax, Class>,
  budget: Budget,
): string | undefined {
  for (const node of classes.keys()) {
    if (node.kind !== "call") continue;
    const guard = GUARDS[node.name];
    const [argument] = node.args;
    if (guard === undefined || argument === undefined) continue;
    const degree = classes.get(argument)!.degree;
    if (degree === 0) continue;
    if (degree === 1 && /^(sqrt|acosh|lambertw)$/.test(node.name)) continue;
    const reached = (value: Argument): boolean =>
      isReached(numbers, form, value, guard, node.name === "cbrt");
    const isAnalytic = (): boolean => {
      if (node.name !== "sqrt" && node.name !== "cbrt") return false;
      if (node.name === "sqrt" && isEvenIn(form, node)) return true;
      const rest = withoutPowers(argument, node.name, budget);
      const part = (r: Reals, place: Place) => (inner: Syntax) => numbers.evaluator.value(r, inner, place);
      return rest !== undefined && !reached((r, place) => quotientAt(r, rest, part(r, place)));
    };
    if (reached((r, place) => numbers.evaluator.value(r, argument, place)) && !isAnalytic())
      return `${node.name} meets its branch point inside of the domain`;
  }
  return undefined;
}

/** The value of what must not touch a branch point. */
type Argument = (r: Reals, place: Place) => Ball | undefined;

function isReached(
  numbers: Numbers,
  form: Syntax,
  argument: Argument,
  guard: Guard,
  crossing: boolean,
): boolean {
  for (const point of POINTS.slice(0, STARTS)) {
    const found = descend(numbers, form, argument, guard, point, crossing);
    if (found === "touched" || (crossing && found === "crossed")) return true;
  }
  return false;
}

/** Coordinate descent of the guard in the parameters that it depends on. */
function descend(
  { precise, isParameter, open }: Numbers,
  form: Syntax,
  argument: Argument,
  guard: Guard,
  point: (typeof POINTS)[number],
  crossing: boolean,
): "touched" | "crossed" | undefined {
  const values = new Map<string, number>();
  const coordinates: string[] = [];
  // Free indices of sums around the argument stand at 1, open sizes at 2.
  const start = placeOf(point, new Map(), () => true);
  const indices = new Map([...open].map((name) => [name, 2]));
  for (const name of indicesOf(form)) indices.set(name, 1);
  const place: Place = {
    indices,
    symbol(name, text): Rational {
      if (!isParameter(name)) return start.symbol(name, text);
      if (!values.has(text)) {
        const { num, den } = start.symbol(name, text);
        const flip = hash(`${point.seed} side ${text}`) % 2 === 0 ? 1 : -1;
        values.set(text, (flip * Number(num)) / Number(den));
        coordinates.push(text);
      }
      return rational(BigInt(Math.round(values.get(text)! * 2 ** 44)), 1n << 44n);
    },
  };
  const sized = (): number | undefined =>
    precise.scope(BITS, (r) => {
      const u = argument(r, place);
      const g = u?.im === undefined && u !== undefined ? guard(r, u) : undefined;
      return g === undefined ? undefined : r.toNumber(g.re);
    });
  let best = sized();
  if (best === undefined) return undefined;
  const side = crossing && best < 0 ? -1 : 1;
  best *= side;
  let step = 0.25;
  for (let round = 0; round < ROUNDS && step > 2 ** -FINEST; round++) {
    if (best < 0) return "crossed";
    let improved = false;
    for (const name of coordinates) {
      const at = values.get(name)!;
      for (const by of [step, -step]) {
        values.set(name, at + by);
        const found = sized();
        if (found !== undefined && found * side < best) {
          best = found * side;
          improved = true;
          break;
        }
        values.set(name, at);
      }
    }
    step *= improved ? 1.5 : 0.5;
  }
  if (best < 0) return "crossed";
  const isNear = coordinates.every((name) => Math.abs(values.get(name)!) < FAR);
  return best <= TOUCHED && isNear && coordinates.some(rises) ? "touched" : undefined;

  /** Whether the guard grows on both sides: what tends to zero does not. */
  function rises(name: string): boolean {
    const at = values.get(name)!;
    const ends = [BESIDE, -BESIDE].map((by) => {
      values.set(name, at + by);
      return sized();
    });
    values.set(name, at);
    return ends.every((value) => value !== undefined && value * side > RISEN);
  }
}

const indicesOf = (form: Syntax): string[] =>
  postorder(form).flatMap((node) => (node.kind === "fold" ? [node.index] : []));
