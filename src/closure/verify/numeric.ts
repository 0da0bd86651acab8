/**
 * A second opinion on a certificate by numbers: every identity of the exact check again, with values in high precision at
 * generic points, and what the exact check cannot see, that a claimed tier is not too high. Formulas are evaluated as
 * they are read; nothing is shared with the exact check but the reader.
 *
 * A derivative is the central difference with the step h = 2^(−bits/4). Its error is below h²·max|b'''|/6 by Taylor's
 * formula, of the size of 2^(−bits/2), and is measured by the difference with the step 2h; rounding adds 2^(−3·bits/4)·|b|.
 */
import { readFormula } from "../../architecture/formula.ts";
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import type { Budget } from "../../errors.ts";
import { negate, ONE, type Rational, rational, rationalText } from "../../exact/rational.ts";
import type { Precise, Reals } from "../../precise/mpfr.ts";
import { above, add, type Ball, fromRational, multiply, negative, sumOfPowers } from "./ball.ts";
import { insideOf } from "./domain.ts";
import { createEvaluator, type Evaluator, type Fault, type Numbers, type Place } from "./evaluate.ts";
import { hash, moved, POINTS, type Point, placeOf, sizesOf } from "./points.ts";
import type { Atom, Document, TreeNode } from "./read.ts";
import { claimAtFault } from "./tiers.ts";
import { total, weigh } from "./weigh.ts";

/** An index that stands for any value in its range. */
interface Binder {
  readonly name: string;
  readonly lo: Syntax;
  readonly hi: Syntax;
}

/** Terms whose sum is zero wherever they have values. */
interface Identity {
  readonly entry: string;
  readonly binders: readonly Binder[];
  readonly terms: (r: Reals, place: Place) => readonly Ball[] | undefined;
  /** What an error in a single entry would be a multiple of. */
  readonly suspects: readonly { readonly entry: string; readonly factor: Syntax }[];
}

/**
 * The first entry that the numbers contradict. An identity that has a value at no point is one too: nothing was
 * checked, so nothing is accepted.
 *
 * @param isSpelledAlike whether the exact check found the architecture's model to be that of the certificate
 */
export function numericFault(
  document: Document,
  precise: Precise,
  budget: Budget,
  isSpelledAlike = true,
): Fault | undefined {
  const formulas = new Map<string, Syntax>();
  const read = (formula: string): Syntax => {
    const known = formulas.get(formula) ?? readFormula(formula);
    formulas.set(formula, known);
    return known;
  };
  const bare = new Set(document.certificate.parameters.map((name) => name.replace(/\[.*$/, "")));
  const evaluator = createEvaluator(precise, budget);
  const numbers: Numbers = {
    precise,
    evaluator,
    read,
    isParameter: (name) => bare.has(name),
    open: openSizes(read(document.certificate.model)),
    inside: document.verdict === undefined ? () => true : insideOf(document.verdict, evaluator, read),
  };
  const identities = identitiesOf(numbers, document, isSpelledAlike);
  const wanted = Math.max(1, Math.min(3, Math.floor(MOST_WEIGHTS / identities.length)));
  for (const identity of identities) {
    const reason = faultOf(numbers, identity, wanted);
    if (reason !== undefined) return reason;
  }
  return document.verdict === undefined
    ? undefined
    : claimAtFault(numbers, document.verdict, document.certificate);
}

/** Identities times points, so that large certificates take seconds; each is weighed at one point at least. */
const MOST_WEIGHTS = 1500;

/** Names in bounds that are no index. */
function openSizes(model: Syntax): Set<string> {
  const folds = postorder(model).flatMap((node) => (node.kind === "fold" ? [node] : []));
  const indices = new Set(folds.map((fold) => fold.index));
  const names = folds
    .flatMap((fold) => [...postorder(fold.lo), ...postorder(fold.hi)])
    .flatMap((node) => (node.kind === "name" && !indices.has(node.name) ? [node.name] : []));
  return new Set(names);
}

function identitiesOf(
  numbers: Numbers,
  { certificate, verdict, path }: Document,
  isSpelledAlike: boolean,
): Identity[] {
  const { model, tree, basis, matrices, coordinates } = certificate;
  const found: Identity[] = [equality(numbers, `${path}.tree.formula`, model, tree.formula)];
  if (verdict !== undefined && isSpelledAlike) {
    found.push(equality(numbers, "architecture.model", verdict.architecture.model, model));
  }
  ofNode(numbers, tree, `${path}.tree`, [], found);
  if (basis !== undefined && matrices !== undefined && coordinates !== undefined) {
    const whole = { node: "atom" as const, formula: model, dimension: basis.length };
    ofAtom(numbers, { ...whole, basis, matrices, coordinates }, path, [], found);
  }
  return found;
}

/** What a formula must equal, as terms. */
function equality(numbers: Numbers, entry: string, left: string, right: string): Identity {
  const sides = [left, right].map(numbers.read);
  return {
    entry,
    binders: [],
    suspects: [],
    terms: (r, place) => gap(numbers, r, sides[0]!, sides[1]!, place),
  };
}

function gap(numbers: Numbers, r: Reals, left: Syntax, right: Syntax, place: Place): Ball[] | undefined {
  const [a, b] = [left, right].map((side) => numbers.evaluator.value(r, side, place));
  return a === undefined || b === undefined ? undefined : [a, negative(r, b)];
}

function ofNode(
  numbers: Numbers,
  node: TreeNode,
  path: string,
  binders: readonly Binder[],
  found: Identity[],
): void {
  if (node.node === "atom") {
    ofAtom(numbers, node, path, binders, found);
    return;
  }
  const { read, evaluator } = numbers;
  const formula = read(node.formula);
  const { index } = node;
  const inside = index === undefined ? [] : [{ name: index.name, lo: read(index.lo), hi: read(index.hi) }];
  const parts = node.children.map((child) => read(child.formula));
  found.push({
    entry: `${path}.formula`,
    binders,
    suspects: [],
    terms(r, place) {
      const whole = evaluator.value(r, formula, place);
      const places = inside[0] === undefined ? [place] : placesIn(evaluator, inside[0], place);
      const values = places?.flatMap((at) => parts.map((part) => evaluator.value(r, part, at)));
      if (whole === undefined || values === undefined || values.includes(undefined)) return undefined;
      const known = values as Ball[];
      return node.node === "sum"
        ? [whole, ...known.map((term) => negative(r, term))]
        : [
            whole,
            negative(
              r,
              known.reduce((a, b) => multiply(r, a, b), fromRational(r, ONE)),
            ),
          ];
    },
  });
  node.children.forEach((child, k) => {
    ofNode(numbers, child, `${path}.children[${k}]`, [...binders, ...inside], found);
  });
}

const placesIn = (evaluator: Evaluator, { name, lo, hi }: Binder, place: Place): Place[] | undefined =>
  evaluator
    .range(lo, hi, place.indices)
    ?.map((at) => ({ ...place, indices: new Map(place.indices).set(name, at) }));

function ofAtom(
  numbers: Numbers,
  atom: Atom,
  path: string,
  binders: readonly Binder[],
  found: Identity[],
): void {
  const { read, evaluator } = numbers;
  const basis = atom.basis.map(read);
  /** −Σ row·basis, and the whole row under suspicion. */
  const combination = (row: readonly string[], entry: string) => {
    const entries = row.map(read);
    return {
      suspects: basis.map((factor, k) => ({ entry: `${entry}[${k}]`, factor })),
      terms(r: Reals, place: Place): Ball[] | undefined {
        const made: Ball[] = [];
        for (const [k, coefficient] of entries.entries()) {
          if (coefficient.kind === "number" && coefficient.value.num === 0n) continue;
          const c = evaluator.value(r, coefficient, place);
          const b = evaluator.value(r, basis[k]!, place);
          if (b === undefined || c === undefined) return undefined;
          made.push(negative(r, multiply(r, c, b)));
        }
        return made;
      },
    };
  };
  const formula = read(atom.formula);
  const combined = combination(atom.coordinates, `${path}.coordinates`);
  found.push({
    entry: `${path}.coordinates`,
    binders,
    suspects: combined.suspects,
    terms(r, place) {
      const [value, rest] = [evaluator.value(r, formula, place), combined.terms(r, place)];
      return value === undefined || rest === undefined ? undefined : [value, ...rest];
    },
  });
  const names = basis.map((b) => new Set(postorder(b).map((node) => ("name" in node ? node.name : ""))));
  const own = (atom.indices ?? []).map(({ name, lo, hi }): Binder => ({ name, lo: read(lo), hi: read(hi) }));
  for (const [name, rows] of Object.entries(atom.matrices)) {
    const parameter = read(name);
    // A member inside of a sum has an index of its own, which the matrix names.
    const named = new Set([...postorder(parameter)].map((node) => ("name" in node ? node.name : "")));
    const inside = own.filter((index) => named.has(index.name));
    const bare = name.replace(/\[.*$/, "");
    rows.forEach((row, i) => {
      if (!names[i]!.has(bare) && row.every((entry) => entry === "0")) return;
      const entry = `${path}.matrices.${name}[${i}]`;
      const image = combination(row, entry);
      found.push({
        entry,
        binders: [...binders, ...inside],
        suspects: image.suspects,
        terms(r, place) {
          const [slope, rest] = [derivative(numbers, r, basis[i]!, parameter, place), image.terms(r, place)];
          return slope === undefined || rest === undefined ? undefined : [slope, ...rest];
        },
      });
    });
  }
}

/** The central difference; its distance to that of twice the step is three times its error, and bounds it. */
function derivative(
  { evaluator }: Numbers,
  r: Reals,
  formula: Syntax,
  parameter: Syntax,
  place: Place,
): Ball | undefined {
  const own =
    parameter.kind === "name"
      ? parameter.name
      : parameter.kind === "indexed"
        ? evaluator.textOf(parameter, place.indices)
        : undefined;
  if (own === undefined) return undefined;
  const slope = (step: Rational): Ball | undefined => {
    const [plus, less] = [step, negate(step)].map((by) =>
      evaluator.value(
        r,
        formula,
        moved(place, (_, text) => (text === own ? by : undefined)),
      ),
    );
    if (plus === undefined || less === undefined) return undefined;
    const scale = fromRational(r, rational(step.den, 2n * step.num));
    return multiply(r, scale, add(r, plus, negative(r, less)));
  };
  const power = 1n << BigInt(Math.floor(r.bits / 4));
  const [fine, rough] = [slope(rational(1n, power)), slope(rational(2n, power))];
  if (fine === undefined || rough === undefined) return undefined;
  const between = add(r, rough, negative(r, fine));
  return { ...fine, error: sumOfPowers(fine.error, above(r, between), between.error) };
}

/** Why an identity is not accepted, after `wanted` points at which it holds. */
function faultOf(numbers: Numbers, identity: Identity, wanted: number): Fault | undefined {
  let held = 0;
  let reason = "its two sides have values at none of the points tried";
  for (const point of POINTS) {
    const used = new Map<string, Rational>();
    const place = placeAt(numbers, identity.binders, point, used);
    if (place === undefined) continue;
    const weight = weigh(numbers.precise, (r) => identity.terms(r, place));
    if (weight === "nonzero") return violation(numbers, identity, point, place, used);
    if (weight === "zero") held++;
    if (weight === "unclear")
      reason = "too few digits remain to compare its two sides at any of the points tried";
    if (held >= wanted) return undefined;
  }
  if (held > 0) return undefined;
  return { entry: identity.entry, reason };
}

/** The place of a point, each open index at one value of its range; absent where a range is empty. */
function placeAt(
  { open, isParameter, evaluator }: Numbers,
  binders: readonly Binder[],
  point: Point,
  used?: Map<string, Rational>,
  variant = 0,
): Place | undefined {
  const indices = sizesOf(point, open, 1);
  for (const { name, lo, hi } of binders) {
    const range = evaluator.range(lo, hi, indices);
    if (range === undefined || range.length === 0) return undefined;
    indices.set(name, range[hash(`${point.seed}@${name}`) % range.length]!);
  }
  return placeOf(point, indices, isParameter, used, variant);
}

function violation(
  numbers: Numbers,
  identity: Identity,
  point: Point,
  place: Place,
  used: ReadonlyMap<string, Rational>,
): Fault {
  const size = numbers.precise.scope(512, (r) => {
    const { re, im } = total(r, identity.terms(r, place)!);
    return r.toText(im === undefined ? r.abs(re) : r.sqrt(r.add(r.mul(re, re), r.mul(im, im))), 3);
  });
  const values = [...used].slice(0, 6).map(([text, value]) => `${text} = ${rationalText(value)}`);
  const where = values.length === 0 ? "" : `at ${values.join(", ")} `;
  return {
    entry: culprit(numbers, identity, point, place) ?? identity.entry,
    reason: `${where}the two sides differ by ${size}`,
  };
}

/** The entry whose error explains the difference: difference/factor stays when the parameters change. */
function culprit(numbers: Numbers, identity: Identity, point: Point, place: Place): string | undefined {
  const other = placeAt(numbers, identity.binders, point, undefined, 1)!;
  const { evaluator, precise } = numbers;
  return identity.suspects.find(({ factor }) => {
    const weight = weigh(precise, (r) => {
      const gaps = [place, other].map((at) => identity.terms(r, at));
      const factors = [place, other].map((at) => evaluator.value(r, factor, at));
      if (gaps.includes(undefined) || factors.includes(undefined)) return undefined;
      const [a, b] = gaps.map((terms) => total(r, terms!));
      return [multiply(r, a!, factors[1]!), negative(r, multiply(r, b!, factors[0]!))];
    });
    return weight === "zero";
  })?.entry;
}
