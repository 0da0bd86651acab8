/** Values of rational expressions as rationals, where a bound of the error cannot tell the side of a jump. */
import type { Syntax } from "../../architecture/syntax.ts";
import {
  add,
  bitLength,
  compare,
  divide,
  isZero,
  multiply,
  negate,
  power,
  type Rational,
  rational,
  sign,
  subtract,
} from "../../exact/rational.ts";
import { withOperands } from "./program.ts";

/** Functions with jumps. */
export const JUMPS: ReadonlySet<string> = new Set("floor ceil round sign delta".split(" "));

const MOST_BITS = 4000;
const MOST_POWER = 64;
const HALF = rational(1, 2);

function floor({ num, den }: Rational): Rational {
  const quotient = num / den;
  return rational(num < 0n && quotient * den !== num ? quotient - 1n : quotient);
}

const absolute = (u: Rational): Rational => (sign(u) < 0 ? negate(u) : u);
const largest = (args: readonly Rational[]): Rational => args.reduce((a, b) => (compare(a, b) < 0 ? b : a));

function call(name: string, args: readonly Rational[]): Rational | undefined {
  const [u, v] = args as [Rational, Rational];
  switch (name) {
    case "floor":
      return floor(u);
    case "ceil":
      return negate(floor(negate(u)));
    case "round":
      return multiply(rational(sign(u)), floor(add(absolute(u), HALF)));
    case "sign":
      return rational(sign(u));
    case "abs":
      return absolute(u);
    case "relu":
      return largest([u, rational(0)]);
    case "max":
      return largest(args);
    case "min":
      return negate(largest(args.map(negate)));
    case "delta":
      return rational(compare(u, v) === 0 ? 1 : 0);
    default:
      return undefined;
  }
}

function binary(op: string, a: Rational, b: Rational): Rational | undefined {
  switch (op) {
    case "+":
      return add(a, b);
    case "-":
      return subtract(a, b);
    case "*":
      return multiply(a, b);
    case "/":
      return isZero(b) ? undefined : divide(a, b);
    default: {
      const n = Number(b.num);
      const isWhole = b.den === 1n && Math.abs(n) <= MOST_POWER && !(n <= 0 && isZero(a));
      return isWhole ? power(a, n) : undefined;
    }
  }
}

/** Undefined for what is no rational expression, or has too many digits. */
export function exactValue(
  root: Syntax,
  symbol: (node: Syntax & { kind: "name" | "indexed" }) => Rational | undefined,
): Rational | undefined {
  const known = new Map<Syntax, Rational>();
  for (const node of withOperands(root)) {
    let value: Rational | undefined;
    if (node.kind === "number") value = node.value;
    else if (node.kind === "name" || node.kind === "indexed") value = symbol(node);
    else if (node.kind === "negate") value = negate(known.get(node.arg)!);
    else if (node.kind === "binary") value = binary(node.op, known.get(node.left)!, known.get(node.right)!);
    else if (node.kind === "call")
      value = call(
        node.name,
        node.args.map((arg) => known.get(arg)!),
      );
    if (value === undefined || bitLength(value.num) + bitLength(value.den) > MOST_BITS) return undefined;
    known.set(node, value);
  }
  return known.get(root);
}
