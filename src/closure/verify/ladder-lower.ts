/** The lower bound of a certificate: what its restriction leaves is the value of its tower, and its proofs hold. */
import type { Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import { type Rational, ZERO } from "../../exact/rational.ts";
import { divide } from "./ball.ts";
import { Rejection } from "./context.ts";
import type { Numbers, Place } from "./evaluate.ts";
import { familyOf } from "./facts.ts";
import { bitsFor, difference, placesFor, type Valuer, widePlaces } from "./ladder-equal.ts";
import { checkProof } from "./ladder-proof.ts";
import type { LowerDocument } from "./ladder-read.ts";
import { readTower } from "./ladder-tower.ts";
import { polynomialAt, valuesAt } from "./ladder-values.ts";
import { cellKey } from "./restriction.ts";

/**
 * @param model what the lower bound is about
 * @param taken the names that no generator may have
 */
export function checkLower(
  numbers: Numbers,
  lower: LowerDocument,
  path: string,
  model: { readonly formula: Syntax; readonly value: Valuer },
  taken: ReadonlySet<string>,
  read: (formula: string, entry: string) => Syntax,
  budget: Budget,
): void {
  const { evaluator, precise, open, isParameter, inside } = numbers;
  const own = read(lower.model, `${path}.model`);
  const restricted = restriction(numbers, lower, path, read);
  const tower = readTower(lower, path, taken, read, budget);
  const texts = [
    own,
    ...lower.generators.flatMap((g, k) =>
      g.arguments.map((argument, j) => read(argument, `${path}.generators[${k}].arguments[${j}]`)),
    ),
    read(lower.numerator, `${path}.numerator`),
    read(lower.denominator, `${path}.denominator`),
  ];
  const rest: Valuer = (r, place) => (inside(r, place) ? evaluator.value(r, own, place) : undefined);
  const compare = (left: Valuer, right: Valuer, all: readonly Syntax[]): string | undefined =>
    difference(precise, left, right, widePlaces(open, all), bitsFor(all), placesFor(all));
  /** Values lie inside of the domain; of the cells of a restriction that is seen by what is left. */
  const at: Valuer = (r, place) =>
    lower.values === undefined || inside(r, place) ? model.value(r, place) : undefined;
  const left = (data: boolean): string | undefined =>
    compare((r, place) => at(r, restricted(place, data)), rest, [model.formula, own]);
  const isWhole = lower.restriction === undefined && lower.values === undefined;
  const plain = isWhole && model.formula === own ? undefined : left(false);
  const lessFault =
    plain !== undefined && lower.restriction !== undefined && left(true) === undefined ? undefined : plain;
  const towerFault = compare(
    (r, place) => {
      const values = unlessFar(() => valuesAt(r, tower, place));
      if (values === undefined) return undefined;
      return divide(r, polynomialAt(r, tower.numerator, values), polynomialAt(r, tower.denominator, values));
    },
    rest,
    texts,
  );
  if (lessFault !== undefined) {
    const blamed = towerFault !== undefined || isWhole ? "model" : lower.values ? "values" : "restriction";
    throw new Rejection(`${path}.${blamed}`, `it is not what is left of the model: ${lessFault}`);
  }
  if (towerFault !== undefined) {
    throw new Rejection(
      `${path}.numerator`,
      `over the denominator, in these generators, it is not ${path}.model: ${towerFault}`,
    );
  }
  const ladder = { precise, budget, tower, path, isParameter, dependences: new Map() };
  lower.proofs.forEach((proof, k) => {
    checkProof(ladder, proof, `${path}.proofs[${k}]`);
  });
}

/** Out of the judge's reach there is no value. */
function unlessFar<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DescentError && error.code === "input") return undefined;
    throw error;
  }
}

/**
 * Places at which all members with an index ≥ 2 have the values of the restriction, else 0. With `data` so do those of inputs:
 * what is in a tier for generic data is in it for all at which it is defined.
 */
function restriction(
  { isParameter }: Numbers,
  lower: LowerDocument,
  path: string,
  read: (formula: string, entry: string) => Syntax,
): (place: Place, data: boolean) => Place {
  if (lower.values !== undefined) return valued(isParameter, lower.values, path, lower.restriction, read);
  if (lower.restriction === undefined) return (place) => place;
  const values = new Map<string, Rational>();
  lower.restriction.forEach(({ family, indices, value }, k) => {
    const entry = `${path}.restriction[${k}]`;
    const key = cellKey(family, indices);
    if (!isParameter(family)) throw new Rejection(`${entry}.family`, "it is no parameter");
    if (values.has(key)) throw new Rejection(entry, "there is one for these members already");
    if (indices.every((index) => index === "1"))
      throw new Rejection(`${entry}.indices`, "the member at index 1 keeps its name");
    values.set(key, numberOf(read(value, `${entry}.value`), `${entry}.value`));
  });
  return (place, data) => ({
    ...place,
    symbol(name, text) {
      const pattern = /\[(.*)\]$/
        .exec(text)?.[1]
        ?.split(",")
        .map((k) => (k === "1" ? "1" : ">=2"));
      if ((!isParameter(name) && !data) || pattern === undefined || pattern.every((k) => k === "1"))
        return place.symbol(name, text);
      return values.get(cellKey(name, pattern)) ?? ZERO;
    },
  });
}

/** Places at which the parameters named have the values given. */
function valued(
  isParameter: (name: string) => boolean,
  given: Readonly<Record<string, string>>,
  path: string,
  cells: LowerDocument["restriction"],
  read: (formula: string, entry: string) => Syntax,
): (place: Place) => Place {
  if (cells !== undefined) throw new Rejection(`${path}.values`, "there is a restriction beside them");
  const values = new Map<string, Rational>();
  for (const [name, value] of Object.entries(given)) {
    const entry = `${path}.values.${name}`;
    if (!isParameter(familyOf(name))) throw new Rejection(entry, "it is no parameter");
    values.set(name, numberOf(read(value, entry), entry));
  }
  return (place) => ({ ...place, symbol: (name, text) => values.get(text) ?? place.symbol(name, text) });
}

function numberOf(syntax: Syntax, entry: string): Rational {
  const number = syntax.kind === "negate" ? syntax.arg : syntax;
  if (number.kind !== "number") throw new Rejection(entry, "it is no number");
  const { num, den } = number.value;
  return { num: syntax === number ? num : -num, den };
}
