/**
 * A second opinion on derivatives and low floors: nerdamer computes them again by other ways, and its answers are
 * compared with ours. It is never trusted: where the two differ, differences of numbers decide which is wrong.
 */
import { type Architecture, memberName, parameterVariables } from "../architecture/architecture.ts";
import { type Budget, createBudget, DescentError } from "../errors.ts";
import type { Rational } from "../exact/rational.ts";
import { differentiate, type Variable } from "../expression/differentiate.ts";
import { type Algebra, type Node, postorder, type SymbolNode } from "../expression/node.ts";
import { createNormaliser, isObstacle } from "../expression/normal.ts";
import { symbolName } from "../expression/print.ts";
import { expand } from "../expression/substitute.ts";
import type { Precise } from "../precise/mpfr.ts";
import { tower } from "../tower/tower.ts";
import {
  type Ask,
  createTranslation,
  EXPAND_LIMIT,
  expandedTerms,
  isRefusal,
  nerdamerText,
  openNerdamer,
  readAnswer,
  type Translation,
} from "./nerdamer.ts";
import { centralDifference, compareByNumbers, type Differences, type Field, fieldOf } from "./numbers.ts";

export type Outcome = "agrees" | "nerdamer-wrong" | "ours-wrong" | "not-asked";

export interface Opinion {
  /** `∂_k of f`, `T_0 of k`, `T_1 of k by A`. */
  readonly what: string;
  readonly outcome: Outcome;
  /** One line: how it was compared, or why it was not. */
  readonly detail: string;
}

export interface SecondOpinion {
  /** Asks for ∂f/∂by and compares with `ours`; all are nodes of `algebra`. Throws nothing of nerdamer's. */
  derivative(algebra: Algebra, f: Node, by: SymbolNode, ours: Node): Opinion;
  /**
   * Slopes ∂_a f, T_0 = (f − y)·∂_a f, and the coefficients ∂_b((f − y)·∂_a f) of T_1, for at most
   * `parameters` scalar parameters, a member of every family before a second one; what is left out is told last.
   *
   * @throws DescentError as `tower` does: open sizes, another loss, a function without derivative rule, the budget
   */
  floors(architecture: Architecture, budget: Budget, parameters?: number): Opinion[];
}

/** Stands for the parameters that were left out. */
export const REMAINDER = "the other parameters";

/** Units of work for one normal form: about half a second. */
const NORMAL_WORK = 200_000;
const PARAMETERS = 5;
/** At how many points a deviation must show before an answer is called wrong. */
const CONFIRMED = 2;

/**
 * Loads nerdamer; `precise` evaluates where normal forms do not settle a comparison.
 *
 * @example
 * const opinion = await openSecondOpinion(await openPrecise());
 * const decay = architecture({ model: "A*exp(-k*x)" });
 * opinion.floors(decay, createBudget()).every((o) => o.outcome === "agrees"); // true
 */
export const openSecondOpinion = async (precise: Precise): Promise<SecondOpinion> =>
  createSecondOpinion(await openNerdamer(), precise);

/** A second opinion by whatever answers `diff(…,v1)` and `expand(…)`. */
export function createSecondOpinion(ask: Ask, precise: Precise): SecondOpinion {
  return {
    derivative(algebra, f, by, ours) {
      const what = `∂_${nameOf(by)} of f`;
      const translation = createTranslation(algebra.primitives);
      const [g, variable, own] = [f, by, ours].map(translation.translate);
      for (const made of [g!, own!]) if (isRefusal(made)) return notAsked(what, made.refusal);
      const v = (variable as SymbolNode).name;
      return examine(ask, precise, translation, {
        what,
        question: (text) => `diff(${text},${v})`,
        subject: g as Node,
        ours: own as Node,
        names: [v],
        truth: (step) => centralDifference(fieldOf(g as Node), v, step),
      }).opinion;
    },
    floors: (architecture, budget, parameters = PARAMETERS) =>
      askFloors(ask, precise, architecture, budget, parameters),
  };
}

interface Case {
  readonly what: string;
  readonly question: (text: string) => string;
  /** What nerdamer gets, ours, both in the private algebra. */
  readonly subject: Node;
  readonly ours: Node;
  /** Symbols the truth needs values of, whether or not they occur. */
  readonly names: readonly string[];
  readonly truth: Differences;
}

interface Examined {
  readonly opinion: Opinion;
  /** nerdamer's answer, where it agrees with ours. */
  readonly answer?: Node;
}

function examine(ask: Ask, precise: Precise, { algebra }: Translation, given: Case): Examined {
  const { what, subject, ours } = given;
  const made = nerdamerText(subject);
  if (isRefusal(made)) return { opinion: notAsked(what, made.refusal) };
  let answer: Node;
  try {
    answer = readAnswer(algebra, ask(given.question(made.text)), namesIn(subject));
  } catch (error) {
    return { opinion: { what, outcome: "nerdamer-wrong", detail: `no answer: ${oneLine(error)}` } };
  }
  if (sameForm(algebra, ours, answer)) {
    return { answer, opinion: { what, outcome: "agrees", detail: "the normal forms are equal" } };
  }
  return { answer, opinion: { what, ...byNumbers(precise, given, answer) } };
}

/** Whether the difference's normal form is empty; false also where it takes too long to find. */
function sameForm(algebra: Algebra, a: Node, b: Node): boolean {
  if (a === b) return true;
  const budget = createBudget({ milliseconds: Number.POSITIVE_INFINITY, work: NORMAL_WORK });
  try {
    // Nothing is active, so that every part without a form of its own is a generator: an empty form proves equality.
    const form = createNormaliser(algebra, () => false, budget).normal(algebra.subtract(a, b));
    return !isObstacle(form) && form.size === 0;
  } catch (error) {
    if (error instanceof DescentError) return false;
    throw error;
  }
}

function byNumbers(precise: Precise, given: Case, answer: Node): Pick<Opinion, "outcome" | "detail"> {
  const { subject, ours, truth } = given;
  const names = new Set([...given.names, ...[subject, ours, answer].flatMap((n) => [...namesIn(n)])]);
  const found = compareByNumbers(precise, [...names], ours, answer, truth);
  if (found.kind === "unknown") return { outcome: "not-asked", detail: `undecided: ${found.reason}` };
  if (found.kind === "equal") {
    return { outcome: "agrees", detail: `numerically, to 50 digits at ${found.points} points` };
  }
  const { oursWrong, theirsWrong, different, error } = found;
  const count = (n: number): string => `at ${n} of ${different} points where they differ`;
  const how = `from central differences with an error below ${error}`;
  if (oursWrong >= CONFIRMED) {
    const both = theirsWrong > 0 ? ` nerdamer's deviates ${count(theirsWrong)} too` : "";
    return { outcome: "ours-wrong", detail: `deviates ${count(oursWrong)} ${how}${both}` };
  }
  if (oursWrong === 0 && theirsWrong >= CONFIRMED) {
    return { outcome: "nerdamer-wrong", detail: `deviates ${count(theirsWrong)} ${how}` };
  }
  return {
    outcome: "not-asked",
    detail: "undecided: the answers differ, and numbers do not tell which is wrong",
  };
}

function askFloors(
  ask: Ask,
  precise: Precise,
  architecture: Architecture,
  budget: Budget,
  most: number,
): Opinion[] {
  const floors = tower(architecture, 1, budget);
  const { algebra } = architecture;
  const model = expand(algebra, architecture.model, budget);
  const translation = createTranslation(algebra.primitives);
  const inner = translation.algebra;
  const f = translation.translate(model);
  if (isRefusal(f)) return [notAsked("the floors", f.refusal)];
  const residual = inner.subtract(f, own(algebra.symbol("y", "target")));
  const all = parameterVariables(architecture);
  const chosen = spread(all).slice(0, most);
  const opinions: Opinion[] = [];
  let asked = 0;
  for (; asked < chosen.length && !budget.isOver(); asked++) opinions.push(...component(chosen[asked]!));
  if (asked === all.length) return opinions;
  return [...opinions, notAsked(REMAINDER, `${asked} of ${all.length} were taken`)];

  /** An expression of ours; what has no place there was refused with the model already. */
  function own(node: Node): Node {
    const made = translation.translate(node);
    if (isRefusal(made)) throw new DescentError("internal", `a floor with ${made.refusal}`);
    return made;
  }

  function component(a: Scalar): Opinion[] {
    const at = nameIn(a);
    const slope = (step: Rational): Field => centralDifference(fieldOf(f as Node), at, step);
    const gradient =
      (step: Rational): Field =>
      (i, point) =>
        i.multiply(fieldOf(residual)(i, point), slope(step)(i, point));
    const { opinion, answer } = examine(ask, precise, translation, {
      what: `∂_${a.name} of f`,
      question: (text) => `diff(${text},${at})`,
      subject: f as Node,
      ours: own(differentiate(algebra, model, a.variable, budget)),
      names: [at],
      truth: slope,
    });
    const terms = floors.components.find((c) => c.parameter === a.name)?.terms ?? [];
    const coefficient = (...steps: string[]): Node => {
      const term = terms.find(
        ({ monomial }) =>
          Object.keys(monomial).join() === steps.join() && steps.every((s) => monomial[s] === 1),
      );
      return own(term?.coefficient ?? algebra.zero);
    };
    const whats = [`T_0 of ${a.name}`, ...chosen.map((b) => `T_1 of ${a.name} by ${b.name}`)];
    if (opinion.outcome !== "agrees" || answer === undefined) {
      return [opinion, ...whats.map((what) => notAsked(what, "the slope itself is not agreed on"))];
    }
    // What nerdamer gets is its own slope, so that it repeats nothing of ours.
    const subject = inner.multiply(residual, answer);
    const short = expandedTerms(subject) <= EXPAND_LIMIT;
    const floor = (what: string, question: Case["question"], ours: Node, truth: Differences): Opinion =>
      examine(ask, precise, translation, { what, question, subject, ours, names: [at], truth }).opinion;
    return [
      opinion,
      short
        ? floor(whats[0]!, (text) => `expand(${text})`, coefficient(), gradient)
        : notAsked(whats[0]!, `more than ${EXPAND_LIMIT} terms when multiplied out`),
      ...chosen.map((b, k) => {
        const by = nameIn(b);
        const truth = (step: Rational): Field => centralDifference(gradient(step), by, step);
        const question = (text: string): string =>
          short ? `expand(diff(${text},${by}))` : `diff(${text},${by})`;
        return floor(whats[k + 1]!, question, coefficient(b.name), truth);
      }),
    ];
  }

  function nameIn({ variable }: Scalar): string {
    return (own(algebra.symbol(variable.name, variable.role, variable.indices)) as SymbolNode).name;
  }
}

interface Scalar {
  readonly name: string;
  readonly variable: Variable;
}

/** The first member of every family, then the second ones, and so on. */
function spread(all: readonly Scalar[]): readonly Scalar[] {
  const met = new Map<string, number>();
  const ranked = all.map((scalar) => {
    const rank = met.get(scalar.variable.name) ?? 0;
    met.set(scalar.variable.name, rank + 1);
    return { scalar, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ scalar }) => scalar);
}

const notAsked = (what: string, detail: string): Opinion => ({ what, outcome: "not-asked", detail });

const nameOf = (node: SymbolNode): string =>
  memberName(
    symbolName(node),
    node.indices.map((index) => index.constant),
  );

/** The names of the symbols other than constants. */
const namesIn = (node: Node): ReadonlySet<string> =>
  new Set(postorder(node).flatMap((n) => (n.kind === "symbol" && n.role !== "constant" ? [n.name] : [])));

/** An error's message, cut to one line. */
function oneLine(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split(/[\r\n]/, 1)[0]!;
  return text.length <= 160 ? text : `${text.slice(0, 157)}...`;
}
