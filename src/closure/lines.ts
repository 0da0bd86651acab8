/**
 * Lines through parameter space along which a model is probed: fixed generic dyadic rationals, drawn from the names, of
 * several signs and sizes, so that functions with narrow domains have values on some of them.
 */
import { type Rational, rational, rationalText } from "../exact/rational.ts";
import { type Node, postorder, type SymbolNode } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import type { Line } from "./jets.ts";

interface Kind {
  readonly parameters: "positive" | "mixed";
  readonly inputs: "positive" | "mixed" | "negative";
  /** Binary exponents. */
  readonly sizes: readonly [parameters: number, inputs: number];
}

const kind = (parameters: Kind["parameters"], inputs: Kind["inputs"], ...sizes: [number, number]): Kind => ({
  parameters,
  inputs,
  sizes,
});

const KINDS: readonly Kind[] = [
  kind("positive", "positive", 0, 0),
  kind("mixed", "mixed", 0, 0),
  kind("positive", "positive", -1, 2),
  kind("positive", "positive", -2, -2),
  kind("positive", "positive", 2, 0),
  kind("positive", "negative", 0, 0),
  kind("positive", "positive", 0, 3),
  kind("positive", "negative", 0, 3),
  kind("mixed", "mixed", -2, -3),
  kind("positive", "positive", 3, 3),
  kind("mixed", "positive", 0, 0),
  kind("positive", "positive", -5, -5),
  kind("positive", "positive", 0, 6),
  kind("positive", "negative", 0, 6),
];
export const LINES = KINDS.length;

/** FNV-1a of a text, and a final mix of its bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) value = Math.imul(value ^ text.charCodeAt(k), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}

/** An odd number of 1024ths between 1/2 and 3/2, times ±2^exponent. */
function draw(seed: string, sign: "positive" | "mixed" | "negative", exponent: number): Rational {
  const drawn = hash(seed);
  const odd = BigInt(513 + 2 * (drawn % 511));
  const minus = sign === "negative" || (sign === "mixed" && (drawn >>> 16) % 2 === 1);
  const value = rational(minus ? -odd : odd, 1024n);
  return exponent < 0
    ? rational(value.num, value.den << BigInt(-exponent))
    : rational(value.num << BigInt(exponent), value.den);
}

/**
 * The line with this number, below `LINES`.
 *
 * @param step the binary exponent of the speed relative to the point
 */
export function lineOf(number: number, step: number): Line {
  const { parameters, inputs, sizes } = KINDS[number]!;
  return {
    point: (symbol) =>
      symbol.role === "parameter"
        ? draw(`${number}:${print(symbol)}`, parameters, sizes[0])
        : draw(`${number}:${print(symbol)}`, inputs, sizes[1]),
    direction: (symbol) => draw(`${number}>${print(symbol)}`, parameters, sizes[0] + step),
  };
}

/** The line by names: what a reader needs to walk it. */
export interface LineText {
  /** `{"a": "p/q"}`: every parameter and input of the model. */
  readonly point: Readonly<Record<string, string>>;
  readonly direction: Readonly<Record<string, string>>;
}

export function lineText(model: Node, line: Line): LineText {
  const own = postorder(model).filter(
    (node): node is SymbolNode => node.kind === "symbol" && node.role !== "constant",
  );
  const table = (list: readonly SymbolNode[], value: (symbol: SymbolNode) => Rational) =>
    Object.fromEntries(list.map((symbol) => [print(symbol), rationalText(value(symbol))]));
  return {
    point: table(own, line.point),
    direction: table(
      own.filter(({ role }) => role === "parameter"),
      line.direction,
    ),
  };
}
