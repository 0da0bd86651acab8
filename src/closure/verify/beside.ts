/**
 * What a verdict says beside its tier and its certificate: where the model is analytic, in which parameters it is closed, what
 * it is on a lattice of its input. What cannot be re-checked is listed.
 */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import type * as P from "../../exact/polynomial.ts";
import {
  add as addRationals,
  multiply as byRational,
  type Rational,
  rational,
} from "../../exact/rational.ts";
import { type Ball, isNonzero } from "./ball.ts";
import { stated } from "./domain.ts";
import type { Fault, Numbers, Unchecked } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { createForms } from "./form.ts";
import { branchFault } from "./ladder-branch.ts";
import { classesOf, fits, wholeOf } from "./ladder-class.ts";
import { literalSizes } from "./ladder-equal.ts";
import type { Shared } from "./ladder-read.ts";
import { POINTS, placeOf } from "./points.ts";
import { determinantOf } from "./separable.ts";

export interface Besides {
  readonly numbers: Numbers;
  readonly verdict: Shared;
  /** Equal to what the tier is of. */
  readonly form: Syntax;
  readonly budget: Budget;
}

/**
 * Of documents with a certificate.
 *
 * @param proof what the certificate shows beside the tier: a linear closure, whose functions are entire, or a quotient in lowest
 *   terms with a pole
 */
export function besideCertificate(
  at: Besides,
  proof: "linear" | "pole" | undefined,
  unchecked: Unchecked,
): Fault | undefined {
  const { holds, radius } = at.verdict.analytic ?? {};
  if (holds === false) return { entry: "analytic.holds", reason: "what has a certificate is analytic" };
  if (radius !== undefined && radius !== null) {
    const entry = "analytic.radius";
    const entire = proof === "linear" || (proof === undefined && isEntire(at));
    if (entire && radius === "finite") return { entry, reason: "the model has no singularity" };
    if (!entire && radius === "infinite")
      return { entry, reason: "it is not seen that the model has no singularity" };
    if (!entire && proof !== "pole") unchecked.push(entry);
  }
  listConditions(at, unchecked);
  return closedFault(at, unchecked) ?? dataFault(at, unchecked);
}

/** Of documents with an obstruction. */
export function besideObstruction(
  at: Besides,
  kind: "kink" | "hypertranscendental",
  unchecked: Unchecked,
): Fault | undefined {
  const { holds, radius } = at.verdict.analytic ?? {};
  if (kind === "kink" && holds === true) return { entry: "analytic.holds", reason: "it has a kink" };
  if (kind === "hypertranscendental") {
    if (holds === false) return { entry: "analytic.holds", reason: "there is no witness of a kink" };
    if (holds === true) unchecked.push("analytic.holds");
  }
  if (radius !== undefined && radius !== null)
    return { entry: "analytic.radius", reason: "nothing says where the series converges" };
  listConditions(at, unchecked);
  return closedFault(at, unchecked) ?? dataFault(at, unchecked);
}

const ENTIRE: ReadonlySet<string> = new Set(
  "exp sin cos sinh cosh erf erfc gelu airyai complex re".split(" "),
);
const ENTIRE_AT_WHOLE_ORDERS = "besselj";

/** Whether entire functions of entire ones are all there is, and no division by what depends on a parameter. */
function isEntire({ numbers, form }: Besides): boolean {
  const { isParameter } = numbers;
  const varies = (node: Syntax): boolean => postorder(node).some((n) => "name" in n && isParameter(n.name));
  return postorder(form).every((node) => {
    if (node.kind === "call" && varies(node)) {
      const [order] = node.args;
      if (node.name === ENTIRE_AT_WHOLE_ORDERS) return order?.kind === "number" && order.value.den === 1n;
      return ENTIRE.has(node.name);
    }
    if (node.kind !== "binary") return true;
    if (node.op === "/") return !varies(node.right) || isUnit(node.right);
    if (node.op !== "^" || !varies(node)) return true;
    if (varies(node.right)) return !varies(node.left);
    const { right } = node;
    if (right.kind === "number" && right.value.den === 1n) return true;
    return right.kind === "negate" ? isUnit(node.left) : isCount(right);
  });
}

/** An exponential has no zero. */
const isUnit = (node: Syntax): boolean => node.kind === "call" && node.name === "exp";
/** Exponents of open size are bounds and indices. */
const isCount = (node: Syntax): boolean =>
  node.kind === "name" || (node.kind === "binary" && /^[-+*]$/.test(node.op));

/** Whether the form, in these families alone, is seen to be in the tiers up to `cascade`. */
function isClosed(
  { numbers, form, budget }: Besides,
  families: ReadonlySet<string>,
  branches: boolean,
): boolean {
  const own: Numbers = { ...numbers, isParameter: (name) => families.has(name) };
  const classes = classesOf(form, own.isParameter, numbers.open, budget);
  return (
    fits(wholeOf(classes), "cascade") && !(branches && branchFault(own, form, classes, budget) !== undefined)
  );
}

const CLOSED = new Set(["polynomial", "exponential-polynomial", "addition-theorem", "cascade"]);

function closedFault(at: Besides, unchecked: Unchecked): Fault | undefined {
  const { closedIn, parameters, tier, loss } = at.verdict;
  if (closedIn === undefined) return undefined;
  const entry = "closedIn";
  const names = new Set(parameters.map(({ name }) => name));
  const stray = closedIn.findIndex((name) => !names.has(name));
  if (stray >= 0) return { entry: `${entry}[${stray}]`, reason: "it is no parameter" };
  const missing = [...names].filter((name) => !closedIn.includes(name));
  if (CLOSED.has(tier))
    return missing.length === 0 ? undefined : { entry, reason: `it is closed in ${missing[0]} too` };
  const own = new Set(closedIn.map(familyOf));
  const outside = parameters.find(({ name, tier }) => closedIn.includes(name) && tier === "outside");
  if (outside !== undefined) return { entry, reason: `in ${outside.name} it is outside` };
  const kinked = at.verdict.analytic?.holds === false;
  if (closedIn.length > 0 && loss !== "squared" && kinked) {
    unchecked.push(entry);
    return undefined;
  }
  if (closedIn.length > 0 && !isClosed(at, own, kinked))
    return { entry, reason: "it is not seen to be closed in them" };
  const more = kinked
    ? undefined
    : missing.find((name) => isClosed(at, new Set([...own, familyOf(name)]), false));
  if (more !== undefined) return { entry, reason: `it is closed in ${more} too` };
  unchecked.push(`${entry}: that there is no larger set`);
  return undefined;
}

const LARGEST_ORDER = 24;
const BITS = 1024;
const TRIED = 3;
const MOST_SIZES = 4;
const STEP = rational(7, 19);

function dataFault(at: Besides, unchecked: Unchecked): Fault | undefined {
  const { sufficientStatistics: statistics, direct, tier } = at.verdict;
  if (statistics !== undefined && (statistics === "moments") !== (tier === "polynomial"))
    return { entry: "sufficientStatistics", reason: "data moments suffice exactly for polynomials" };
  if (statistics === "lattice" && !isLattice(at)) unchecked.push("sufficientStatistics");
  if (statistics === "none" && tier === "exponential-polynomial")
    unchecked.push("sufficientStatistics: that lattice sums do not suffice");
  if (direct === undefined) return undefined;
  const { holds, recurrenceOrder: order } = direct;
  if (holds === false) return { entry: "direct.holds", reason: "nothing says that there is no recurrence" };
  const entry = "direct.recurrenceOrder";
  if ((holds === null) !== (order === null)) return { entry, reason: "there is one exactly where it holds" };
  if (order === null) return undefined;
  const [input, ...more] = occurring(at);
  if (more.length > 0) return { entry: "direct.holds", reason: "it is of one input" };
  if (typeof order === "string" || order > LARGEST_ORDER) {
    unchecked.push(entry);
    return undefined;
  }
  return recurrenceFault(at, input, order);
}

/** Texts of the inputs that occur. */
function occurring({ verdict, form }: Besides): string[] {
  const inputs = new Set(verdict.architecture.inputs.map(familyOf));
  const texts = postorder(form).flatMap((node) => {
    if (node.kind === "name" && inputs.has(node.name)) return [node.name];
    if (node.kind !== "indexed" || !inputs.has(node.name)) return [];
    const indices = node.indices.map((index) => (index.kind === "number" ? `${index.value.num}` : "?"));
    return [`${node.name}[${indices.join(",")}]`];
  });
  return [...new Set(texts)];
}

/** An exponential polynomial of the inputs. */
function isLattice({ verdict, form, budget }: Besides): boolean {
  const inputs = new Set(verdict.architecture.inputs.map(familyOf));
  try {
    const forms = createForms((name) => inputs.has(name), budget);
    const degree = (monomial: P.Monomial): number =>
      monomial.reduce((total, [v, k]) => total + (forms.parametersOf(v).size > 0 ? k : 0), 0);
    return [...forms.of(form).values()].every(({ exponent }) =>
      [...exponent.values()].every(({ monomial }) => degree(monomial) <= 1),
    );
  } catch (error) {
    if (error instanceof DescentError && error.code !== "budget") return false;
    throw error;
  }
}

/** The order is the rank of the Hankel matrices of values on a lattice: one minor is not zero, the next one is. */
function recurrenceFault(
  { numbers, form }: Besides,
  input: string | undefined,
  order: number,
): Fault | undefined {
  const { precise, evaluator, isParameter } = numbers;
  const entry = "direct.recurrenceOrder";
  let isReached = order === 0;
  // The input is of the size of 1, or of what cancels a literal.
  const sizes = [0, ...literalSizes([form])].slice(0, MOST_SIZES);
  for (const [point, size] of POINTS.slice(0, TRIED).flatMap((at) => sizes.map((s) => [at, s] as const))) {
    const power = 1n << BigInt(Math.abs(size));
    const scale = size < 0 ? rational(power) : rational(1n, power);
    const fault = precise.scope(BITS, (r): string | undefined => {
      const place = placeOf(point, new Map(), isParameter);
      const values: (Ball | undefined)[] = Array.from({ length: 2 * order + 1 }, (_, k) =>
        evaluator.value(r, form, {
          ...place,
          symbol(name, text): Rational {
            const start = place.symbol(name, text);
            return text === input
              ? byRational(scale, addRationals(start, byRational(STEP, rational(k))))
              : start;
          },
        }),
      );
      if (values.includes(undefined)) return undefined;
      const minor = (size: number): boolean => {
        const rows = Array.from({ length: size }, (_, k) => values.slice(k, k + size) as Ball[]);
        const found = determinantOf(r, rows);
        return found !== undefined && isNonzero(r, found);
      };
      if (minor(order + 1)) return `a Hankel minor of order ${order + 1} is not zero`;
      isReached ||= minor(order);
      return undefined;
    });
    if (fault !== undefined) return { entry, reason: fault };
  }
  return isReached ? undefined : { entry, reason: `no Hankel minor of order ${order} is seen to be nonzero` };
}

/** Conditions that are no relation of two formulas are texts. */
function listConditions({ numbers, verdict }: Besides, unchecked: Unchecked): void {
  (verdict.analytic?.domain ?? []).forEach((condition, k) => {
    if (stated(condition, numbers.read) === undefined) unchecked.push(`analytic.domain[${k}]`);
  });
}
