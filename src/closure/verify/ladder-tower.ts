/**
 * The tower of a lower bound, read exactly: every argument a fraction, numerator and denominator polynomials over Q(i), in
 * variables for symbols, pi and generators.
 */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import * as F from "../../exact/fraction.ts";
import * as P from "../../exact/polynomial.ts";
import { G_I, gaussian } from "../../exact/rational.ts";
import { EVALUATED } from "../../precise/judge.ts";
import { Rejection } from "./context.ts";
import { familyOf } from "./facts.ts";
import type { LowerDocument } from "./ladder-read.ts";

export interface TowerGenerator {
  readonly name: string;
  readonly variable: number;
  readonly function: string;
  readonly arguments: readonly F.Fraction[];
  /** Of a root. */
  readonly order: number;
  /** Its path in the document. */
  readonly entry: string;
}

export interface Tower {
  /** The text of every variable, such as `w[1,1]`, `pi`, `t1`. */
  readonly names: readonly string[];
  /** By variable; absent for symbols and pi. */
  readonly generator: ReadonlyMap<number, TowerGenerator>;
  readonly generators: readonly TowerGenerator[];
  readonly numerator: P.Polynomial;
  readonly denominator: P.Polynomial;
  readonly budget: Budget;
}

/** Powers beyond this are slips; of a name alone they cost nothing. */
const MOST_POWER = 10_000;
const MOST_POWER_OF_NAME = 100_000_000;

/** Functions of one argument but for these. */
const ARITY: Readonly<Record<string, number>> = { besselj: 2, sn: 2, cn: 2, dn: 2 };
/** Kinked functions of the data, of any number of arguments. */
const VARIADIC = new Set(["max", "min", "leaky_relu"]);

export function variablesIn(f: F.Fraction | P.Polynomial): Set<number> {
  const parts = "numerator" in f ? [f.numerator, f.denominator] : [f];
  return new Set(parts.flatMap((p) => [...p.values()].flatMap((t) => t.monomial.map(([v]) => v))));
}

/**
 * @param taken names that no generator may have
 * @param read reads a formula, a fault being a rejection at its entry
 */
export function readTower(
  lower: LowerDocument,
  path: string,
  taken: ReadonlySet<string>,
  read: (formula: string, entry: string) => Syntax,
  budget: Budget,
): Tower {
  const names: string[] = [];
  const variables = new Map<string, number>();
  const own = new Map<string, TowerGenerator>();
  const later = new Set(lower.generators.map((g) => g.name));
  const variableOf = (name: string): number => {
    const known = variables.get(name);
    if (known !== undefined) return known;
    variables.set(name, names.length);
    return names.push(name) - 1;
  };
  const convert = (formula: string, entry: string): F.Fraction => {
    try {
      return fractionOf(
        read(formula, entry),
        (name) => {
          if (later.has(name) && !own.has(name))
            throw new Rejection(entry, `${name} is no earlier generator`);
          return variableOf(name);
        },
        entry,
        budget,
      );
    } catch (error) {
      if (error instanceof DescentError && error.code === "input") throw new Rejection(entry, error.fault);
      throw error;
    }
  };
  lower.generators.forEach((generator, k) => {
    const entry = `${path}.generators[${k}]`;
    const { name, order } = generator;
    if (!/^[\p{L}_][\p{L}_0-9]*$/u.test(name) || /^(pi|e)$/.test(name) || taken.has(name))
      throw new Rejection(`${entry}.name`, "it is a name of the model, or none");
    if (own.has(name)) throw new Rejection(`${entry}.name`, "there is one of this name already");
    if (generator.function !== "root" && !EVALUATED.includes(generator.function))
      throw new Rejection(`${entry}.function`, "it is no function with values");
    if ((order !== undefined) !== (generator.function === "root"))
      throw new Rejection(`${entry}.order`, "roots have an order, and nothing else has");
    const wanted = ARITY[generator.function] ?? 1;
    if (generator.arguments.length !== wanted && !VARIADIC.has(generator.function))
      throw new Rejection(`${entry}.arguments`, `${generator.function} has ${wanted}`);
    const args = generator.arguments.map((argument, j) => convert(argument, `${entry}.arguments[${j}]`));
    const variable = variableOf(name);
    const made = { name, variable, function: generator.function, arguments: args, order: order ?? 1, entry };
    own.set(name, made);
  });
  const polynomial = (which: "numerator" | "denominator"): P.Polynomial => {
    const entry = `${path}.${which}`;
    const found = convert(lower[which], entry);
    if (!F.isPolynomial(found)) throw new Rejection(entry, "it is no polynomial");
    return found.numerator;
  };
  const [numerator, denominator] = [polynomial("numerator"), polynomial("denominator")];
  if (P.isZero(denominator)) throw new Rejection(`${path}.denominator`, "it is zero");
  const generators = [...own.values()];
  return {
    names,
    generators,
    generator: new Map(generators.map((g) => [g.variable, g])),
    numerator,
    denominator,
    budget,
  };
}

/** A rational expression: + − * / and integer powers of names, members, numbers and complex literals. */
function fractionOf(
  root: Syntax,
  variableOf: (name: string) => number,
  entry: string,
  budget: Budget,
): F.Fraction {
  const fail = (what: string): never => {
    throw new Rejection(entry, `${what} stands where only + - * / and integer powers may`);
  };
  const i = F.fromPolynomial(P.constant(G_I));
  const stack: F.Fraction[] = [];
  const exponents = new Set<Syntax>();
  const nodes = rationalOrder(root);
  for (const node of nodes) {
    budget.spend();
    if (exponents.has(node)) continue;
    switch (node.kind) {
      case "number":
        stack.push(F.fromPolynomial(P.constant(gaussian(node.value))));
        break;
      case "name":
        if (node.name === "e") return fail("the number e");
        stack.push(F.fromPolynomial(P.variable(variableOf(node.name))));
        break;
      case "indexed":
        stack.push(F.fromPolynomial(P.variable(variableOf(memberText(node, entry)))));
        break;
      case "negate":
        stack.push(F.negate(stack.pop()!));
        break;
      case "call": {
        if (node.name !== "complex" || node.args.length !== 2) return fail(`the function ${node.name}`);
        const [re, im] = stack.splice(stack.length - 2);
        stack.push(F.add(re!, F.multiply(i, im!, budget), budget));
        break;
      }
      case "binary": {
        if (node.op === "^") {
          const n = integerOf(node.right);
          const most = node.left.kind === "name" ? MOST_POWER_OF_NAME : MOST_POWER;
          if (n === undefined || Math.abs(n) > most) return fail("another power");
          stack.push(F.power(stack.pop()!, n, budget));
          break;
        }
        const [a, b] = stack.splice(stack.length - 2) as [F.Fraction, F.Fraction];
        const join = { "+": F.add, "-": F.subtract, "*": F.multiply, "/": F.divide }[node.op];
        stack.push(join(a, b, budget));
        break;
      }
      default:
        return fail(`a ${node.kind}`);
    }
  }
  return stack[0]!;
}

/** Parts before wholes; exponents and indices are no parts. */
function rationalOrder(root: Syntax): Syntax[] {
  const order: Syntax[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    order.push(node);
    if (node.kind === "call") pending.push(...node.args);
    else if (node.kind === "negate") pending.push(node.arg);
    else if (node.kind === "binary") pending.push(node.left, ...(node.op === "^" ? [] : [node.right]));
  }
  return order.reverse();
}

export function integerOf(node: Syntax): number | undefined {
  if (node.kind === "negate") {
    const inner = integerOf(node.arg);
    return inner === undefined ? undefined : -inner;
  }
  return node.kind === "number" && node.value.den === 1n ? Number(node.value.num) : undefined;
}

function memberText(node: Syntax & { kind: "indexed" }, entry: string): string {
  const indices = node.indices.map(integerOf);
  if (indices.includes(undefined)) throw new Rejection(entry, `a member of ${node.name} has an open index`);
  return `${node.name}[${indices.join(",")}]`;
}

/** What depends on the active symbols, the others being constants. */
export interface Activity {
  readonly active: (variable: number) => boolean;
  /** Active, and not algebraic over the active symbols: a generator other than a root of those. */
  readonly transcendental: (variable: number) => boolean;
}

export function activityOf(tower: Tower, isActive: (family: string) => boolean): Activity {
  const active = new Set<number>();
  const transcendental = new Set<number>();
  tower.names.forEach((name, v) => {
    if (!tower.generator.has(v) && name !== "pi" && isActive(familyOf(name))) active.add(v);
  });
  for (const g of tower.generators) {
    const inside = g.arguments.flatMap((argument) => [...variablesIn(argument)]);
    if (!inside.some((v) => active.has(v))) continue;
    active.add(g.variable);
    if (g.function !== "root" || inside.some((v) => transcendental.has(v))) transcendental.add(g.variable);
  }
  return { active: (v) => active.has(v), transcendental: (v) => transcendental.has(v) };
}

/** Names that occur in a formula, bare. */
export const namesIn = (root: Syntax): Set<string> =>
  new Set(postorder(root).flatMap((n) => (n.kind === "name" || n.kind === "indexed" ? [n.name] : [])));
