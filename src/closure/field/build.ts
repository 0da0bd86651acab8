/** Expressions without sums and products over indices as elements of a tower. */
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import * as P from "../../exact/polynomial.ts";
import type { Affine } from "../../expression/affine.ts";
import { instantiateTerm } from "../../expression/differentiate.ts";
import { type Algebra, children, type Node, type SymbolNode } from "../../expression/node.ts";
import type { Precise } from "../../precise/mpfr.ts";
import type { Element } from "./generator.ts";
import { Finer, type Hints, type Tower } from "./interface.ts";
import { createSigns, type Oracle } from "./signs.ts";
import { rationalOf, specialElement } from "./special.ts";
import { createTower } from "./tower.ts";

/** A kink or a jump at the zeros of an argument, or where it is an integer. */
export interface Kink {
  readonly argument: Element;
  readonly key: string;
}

/** The elements of several expressions in one tower. */
export interface Built {
  readonly tower: Tower;
  readonly elements: readonly Element[];
  /** Kinks of parameters that cancel. */
  readonly inert: readonly Kink[];
  /** Kinks on whose side the elements depend: then the elements are those of one side. */
  readonly kinks: readonly Kink[];
  /** The elements on the other side, where there is just one kink. */
  readonly others: readonly Element[] | undefined;
}

const MOST_KINKS = 6;
const MOST_BUILDS = 40;

/**
 * Builds the elements anew until no generator is too coarse.
 *
 * @param positive expressions that are positive on the declared domain
 * @param datum fixes |u| and ⌊u⌋ of the data as they are around a datum; without it they are generators
 * @throws DescentError `unsupported` where an expression has no place in a tower, `input` where it is defined nowhere
 */
export function build(
  algebra: Algebra,
  nodes: readonly Node[],
  positive: readonly Node[],
  precise: Precise,
  budget: Budget,
  datum?: number,
): Built {
  const hints: Hints = { divisors: new Map(), units: new Map(), positive: new Set(), logarithms: new Set() };
  for (let round = 0; round < MOST_BUILDS; round++) {
    budget.spend(16);
    const facts = hints.positive.size;
    try {
      const built = attempt(algebra, nodes, positive, hints, datum, precise, budget);
      const open = built.kinks.length + built.inert.length > 0;
      const roots = built.tower.generators.some((g) => g.kind === "root");
      if ((open || roots) && hints.positive.size > facts) continue;
      return built;
    } catch (error) {
      if (!(error instanceof Finer)) throw error;
    }
  }
  throw new DescentError("budget", "exponents and roots have too many different denominators");
}

function attempt(
  algebra: Algebra,
  nodes: readonly Node[],
  positive: readonly Node[],
  hints: Hints,
  datum: number | undefined,
  precise: Precise,
  budget: Budget,
): Built {
  /** Arguments of sign functions; with `middle` these have the value at 0. */
  const jumps: Element[] = [];
  let middle = false;
  const chosen = new Map<string, { argument: Element; side: 1 | -1 }>();
  const oracle: Oracle = (argument, key) => {
    const known = chosen.get(key) ?? chosen.get(F.key(F.negate(argument)));
    if (known !== undefined) return chosen.has(key) ? known.side : (-known.side as 1 | -1);
    if (chosen.size >= MOST_KINKS) throw new DescentError("budget", "there are too many kinks");
    chosen.set(key, { argument, side: 1 });
    return 1;
  };
  const pi = algebra.symbol("pi", "constant") as SymbolNode;
  const tower = createTower(
    pi,
    hints,
    (own) => createSigns(own, hints, oracle, datum, precise, budget),
    budget,
  );
  tower.pi();
  for (const node of positive) {
    const known = elementOf(node, new Map());
    // A condition with a kink of its own says nothing about one side.
    if (chosen.size === 0) hints.positive.add(F.key(known));
    chosen.clear();
  }
  let facts: ReadonlySet<string> | undefined;
  const whole = (): Element[] => {
    const memo = new Map<Node, Element>();
    hints.logarithms.clear();
    const made = nodes.map((node) => elementOf(node, memo));
    const own = hints.logarithms;
    facts = new Set(facts === undefined ? own : [...facts].filter((key) => own.has(key)));
    return made;
  };
  const elements = whole();
  const zeros = [...jumps];
  const isolated = zeros.length > 0 && !agreesAtZero();
  const first = elements.map(F.key).join(" ");
  const kinks = new Set<string>();
  let others: readonly Element[] | undefined;
  // All sides of all kinks, those that only some sides meet among them.
  for (let sides = 1; sides < 2 ** chosen.size; sides++) {
    [...chosen.values()].forEach((kink, k) => {
      kink.side = (sides >> k) & 1 ? -1 : 1;
    });
    let same = false;
    try {
      const made = whole();
      same = made.map(F.key).join(" ") === first;
      if (chosen.size === 1) others = made;
    } catch (error) {
      if (!(error instanceof DescentError) || error.code !== "input") throw error;
    }
    if (!same) for (const [key, { side }] of chosen) if (side < 0) kinks.add(key);
  }
  // What every side needs to be positive is so on the domain.
  for (const key of facts ?? []) hints.positive.add(key);
  const list = [...chosen].map(([key, { argument }]) => ({ key, argument }));
  // A value at the zeros of u that is not the one beside them is a jump, even where both sides agree.
  if (isolated) for (const u of zeros) list.push({ key: `sign ${F.key(u)}`, argument: u });
  if (isolated) for (const u of zeros) kinks.add(`sign ${F.key(u)}`);
  return {
    tower,
    elements,
    inert: list.filter(({ key }) => !kinks.has(key)),
    kinks: list.filter(({ key }) => kinks.has(key)),
    others,
  };

  /** Whether the elements with sign(u) = 0 are those with sign(u) = ±1 wherever u = 0: u divides the difference. */
  function agreesAtZero(): boolean {
    try {
      middle = true;
      const between = whole();
      return between.every((a, k) => {
        const gap = tower.subtract(a, elements[k]!);
        return zeros.every(
          (u) => F.isZero(gap) || P.divideExact(gap.numerator, u.numerator, budget) !== undefined,
        );
      });
    } catch (error) {
      if (error instanceof DescentError && error.code === "input") return false;
      throw error;
    } finally {
      middle = false;
    }
  }

  function elementOf(root: Node, memo: Map<Node, Element>): Element {
    const stack: Node[] = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const waiting = memo.has(node) ? [] : partsOf(node).filter((part) => !memo.has(part));
      if (waiting.length > 0) {
        stack.push(...waiting.reverse());
        continue;
      }
      stack.pop();
      if (memo.has(node)) continue;
      budget.spend();
      memo.set(
        node,
        compute(node, (part) => memo.get(part)!),
      );
    }
    return memo.get(root)!;
  }

  /** What a node is computed from: its children, or the expression that its row gives for it. */
  function partsOf(node: Node): readonly Node[] {
    const image = imageOf(node);
    return image === undefined ? children(node) : [image];
  }

  function imageOf(node: Node): Node | undefined {
    if (node.kind !== "call") return undefined;
    const { name, args } = node;
    const row = algebra.primitives.get(name)!;
    if (name === "max" || name === "min") {
      return args.reduce((a, b) => {
        const distance = algebra.call("abs", [algebra.subtract(a, b)]);
        return algebra.scale(
          { num: 1n, den: 2n },
          algebra.add(a, b, algebra.scale(name === "max" ? 1 : -1, distance)),
        );
      });
    }
    if (
      row.root !== undefined ||
      row.exponentials !== undefined ||
      NATIVE.has(name) ||
      row.elementary === undefined
    )
      return undefined;
    const [u, v] = args;
    return instantiateTerm(algebra, row.elementary, { u: u!, ...(v === undefined ? {} : { v }) });
  }

  function compute(node: Node, part: (node: Node) => Element): Element {
    switch (node.kind) {
      case "number":
        return tower.number(node.value);
      case "symbol":
        return tower.symbol(node);
      case "integer":
        return integer(node.value);
      case "sum":
        return node.terms.reduce(
          (total, [c, term]) => tower.add(total, tower.multiply(tower.number(c), part(term))),
          tower.number(0),
        );
      case "product":
        return node.factors.reduce(
          (total, [base, k]) => tower.multiply(total, tower.power(part(base), k)),
          tower.number(1),
        );
      case "call": {
        const image = imageOf(node);
        return image === undefined ? call(node.name, node.args.map(part)) : part(image);
      }
      default:
        throw unsupported("a sum or product over an open index");
    }
  }

  function requireReal(a: Element, name: string): void {
    const bar = tower.conjugate(a);
    if (bar === undefined || !F.equal(bar, a)) throw unsupported(`${name} of a complex argument`);
  }

  /** Whole numbers come out; what stays is a jump where parameters move it. */
  function floor(u: Element): Element {
    const constant = rationalOf(tower.subtract(u, withoutNumber(u)));
    const whole = constant === undefined ? 0n : floorOf(constant);
    const rest = tower.subtract(u, tower.number({ num: whole, den: 1n }));
    const shifted = tower.number({ num: whole, den: 1n });
    if (F.isZero(rest)) return shifted;
    if (rationalOf(rest) !== undefined) return shifted;
    const moving = [...tower.symbolsIn(rest)].some((v) => {
      const g = tower.generators[v]!;
      return g.kind === "symbol" && g.symbol.role === "parameter";
    });
    if (moving) return tower.add(shifted, tower.special("floor", [rest]));
    if (datum === undefined) return tower.add(shifted, tower.cell("floor", rest));
    const { lo, hi } = tower.valueAt(rest, datum);
    if (Math.floor(lo) !== Math.floor(hi)) throw unsupported("a jump at the datum");
    return tower.add(shifted, tower.number(Math.floor(lo)));
  }

  /** u less its term without variables, where u is a polynomial. */
  function withoutNumber(u: Element): Element {
    if (!F.isPolynomial(u)) return u;
    return F.fromPolynomial(new Map([...u.numerator].filter(([, t]) => t.monomial.length > 0)));
  }

  /** Open sizes are indeterminates: what holds then holds for all sizes but finitely many. */
  function integer(value: Affine): Element {
    if (value.bound.length > 0) throw unsupported("an open index");
    return value.sizes.reduce((total, [name, c]) => {
      const symbol = algebra.symbol(name, "input") as SymbolNode;
      const size = tower.variable(`symbol ${symbol.id}`, () => ({ kind: "symbol", symbol, size: true }));
      return tower.add(total, tower.multiply(tower.number(c), size));
    }, tower.number(value.constant));
  }

  function call(name: string, args: readonly Element[]): Element {
    const [u] = args as [Element];
    const row = algebra.primitives.get(name)!;
    if (row.root !== undefined) {
      requireReal(u, name);
      if (row.root % 2 === 0 && tower.signOf(u) === -1)
        throw new DescentError("input", `${name} of what is negative everywhere`);
      return tower.root(u, row.root);
    }
    if (row.exponentials !== undefined) {
      return row.exponentials.reduce((total, { coefficient, multiplier }) => {
        const wave = tower.exp(tower.multiply(tower.number(multiplier), u));
        return tower.add(total, tower.multiply(tower.number(coefficient), wave));
      }, tower.number(0));
    }
    switch (name) {
      case "log":
        return tower.log(u);
      case "atan":
        return tower.atan(u);
      case "abs":
        requireReal(u, name);
        return tower.absolute(u);
      case "sign": {
        requireReal(u, name);
        if (F.isZero(u)) return u;
        const size = tower.absolute(u);
        if (tower.signOf(u) === undefined && [...tower.symbolsIn(u)].some((v) => tower.hasParameter(v)))
          jumps.push(u);
        return middle ? tower.number(0) : tower.divide(size, u);
      }
      case "floor":
        requireReal(u, name);
        return floor(u);
      case "pow":
      case "atan2":
      case "delta":
        throw unsupported(name);
      default:
        for (const arg of args) requireReal(arg, name);
        return specialElement(tower, row, args);
    }
  }
}

/** Computed by the tower itself, whatever their rows say. */
const NATIVE: ReadonlySet<string> = new Set(["log", "atan", "abs", "sign", "floor"]);

const unsupported = (what: string): DescentError =>
  new DescentError("unsupported", `${what} has no place in a tower`);

const floorOf = ({ num, den }: { num: bigint; den: bigint }): bigint =>
  (num - (((num % den) + den) % den)) / den;
