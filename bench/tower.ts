/**
 * All partial derivatives of a damped wave, and the tower of its optimality condition, beside other algebra systems: those that
 * are installed are measured in the same run, all have the figures that were published for them.
 */
import { spawnSync } from "node:child_process";
import { all, create, type MathNode } from "mathjs";
import * as api from "../src/app/api.ts";
import { columns } from "../src/app/report.ts";
import { openNerdamer } from "../src/derivation/nerdamer.ts";
import { print } from "../src/expression/print.ts";
import { mathjsEvaluate } from "../src/precise/mathjs.ts";
import { median } from "./measure.ts";

const FORMULA = "A*exp(a*x)*cos(w*x + p)";
const NAMES = ["A", "a", "w", "p"];
const POINT = { A: 1.3, a: -0.4, w: 2.1, p: 0.7, x: 0.9 };
/** The sums of all partial derivatives at the point, to total orders 4 and 6. */
const SUMS = { 4: -0.262692374401, 6: -5.86172868387 } as const;
type Order = keyof typeof SUMS;
const ORDERS: readonly Order[] = [4, 6];

/** Milliseconds, warm, on one core. */
const HELD = { 4: 1.0, 6: 1.8, tower: 8 } as const;

/** Milliseconds as published for the same work: to order 4, to order 6, the tower. */
const PUBLISHED: readonly (readonly [string, string, string, string])[] = [
  ["GiNaC", "1.0", "1.8", "8"],
  ["CasADi", "2.8", "5.8", ""],
  ["SymPy", "36", "58", "500"],
  ["nerdamer", "290", "450", ""],
  ["mathjs", "560", "850", ""],
];

interface Measured {
  readonly 4: number;
  readonly 6: number;
  readonly tower: number | undefined;
}

/** Every multi-index of total order up to K once, each from one of an order less by one differentiation. */
function repeatedly<T>(model: T, order: number, derive: (node: T, name: string) => T): T[] {
  const found: T[] = [];
  const visit = (node: T, from: number, left: number): void => {
    found.push(node);
    if (left === 0) return;
    for (let at = from; at < NAMES.length; at++) visit(derive(node, NAMES[at]!), at, left - 1);
  };
  visit(model, 0, order);
  return found;
}

function confirm(who: string, order: Order, sum: number): void {
  if (Math.abs(sum - SUMS[order]) > 1e-9) throw new Error(`${who}: the derivatives sum up to ${sum}`);
}

const sumOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + mathjsEvaluate(text, POINT), 0);

function own(): Measured {
  const wave = () => api.architecture({ model: FORMULA });
  for (const order of ORDERS) {
    const found = api.partials(wave(), order).map(({ derivative }) => print(derivative));
    confirm("infinite-descent", order, sumOf(found));
  }
  const time = (work: () => void): number => {
    for (let k = 0; k < 100; k++) work();
    return median(work, 101);
  };
  return {
    4: time(() => api.partials(wave(), 4)),
    6: time(() => api.partials(wave(), 6)),
    tower: time(() => api.tower(wave(), 6)),
  };
}

/** Its answers have `e^` for the exponential. */
async function nerdamer(): Promise<Measured> {
  const ask = await openNerdamer();
  const derive = (text: string, name: string): string => ask(`diff(${text},${name})`);
  for (const order of ORDERS) {
    const found = repeatedly(FORMULA, order, derive).map((text) => text.replaceAll("e^", "exp(1)^"));
    confirm("nerdamer", order, sumOf(found));
  }
  const time = (order: Order): number => median(() => void repeatedly(FORMULA, order, derive), 3);
  return { 4: time(4), 6: time(6), tower: undefined };
}

function mathjs(): Measured {
  const math = create(all!);
  const derive = (node: MathNode, name: string): MathNode => math.derivative(node, name);
  const model = math.parse(FORMULA);
  for (const order of ORDERS) {
    const values = repeatedly(model, order, derive).map((node) => node.evaluate({ ...POINT }) as number);
    confirm(
      "mathjs",
      order,
      values.reduce((a, b) => a + b, 0),
    );
  }
  const time = (order: Order): number => median(() => void repeatedly(model, order, derive), 3);
  return { 4: time(4), 6: time(6), tower: undefined };
}

const SYMPY = `
import sys, time, statistics
import sympy as s
from sympy.core.cache import clear_cache
A, a, w, p, x, y = s.symbols("A a w p x y")
names = [A, a, w, p]
f = A*s.exp(a*x)*s.cos(w*x + p)
def partials(g, order):
    found = []
    def visit(node, at, left):
        found.append(node)
        if left:
            for k in range(at, 4): visit(node.diff(names[k]), k, left - 1)
    visit(g, 0, order)
    return found
def timed(work):
    times = []
    for k in range(6):
        clear_cache()
        begun = time.perf_counter()
        work()
        times.append(1000*(time.perf_counter() - begun))
    return statistics.median(times[1:])
point = {A: 1.3, a: -0.4, w: 2.1, p: 0.7, x: 0.9}
def total(order): return sum(float(d.subs(point)) for d in partials(f, order))
def tower(): return [partials((f - y)*f.diff(v), 6) for v in names]
print(timed(lambda: partials(f, 4)), timed(lambda: partials(f, 6)), timed(tower), total(4), total(6))
`;

/** Undefined where python3 has no SymPy. */
function sympy(): Measured | undefined {
  const { status, stdout } = spawnSync("python3", ["-c", SYMPY], { encoding: "utf8", timeout: 120_000 });
  if (status !== 0) return undefined;
  const [four, six, tower, sumFour, sumSix] = stdout.trim().split(" ").map(Number);
  confirm("SymPy", 4, sumFour!);
  confirm("SymPy", 6, sumSix!);
  return { 4: four!, 6: six!, tower };
}

/**
 * Measures and prints.
 *
 * @returns whether the toolkit's times keep their bounds
 */
export async function benchTower(): Promise<boolean> {
  const ours = own();
  const measured: Readonly<Record<string, Measured | undefined>> = {
    SymPy: sympy(),
    nerdamer: await nerdamer(),
    mathjs: mathjs(),
  };
  const ms = (time: number | undefined): string =>
    time === undefined ? "" : `${time.toFixed(time < 10 ? 2 : 0)} ms`;
  const row = (name: string, times: Measured): string[] => [
    name,
    ms(times[4]),
    ms(times[6]),
    ms(times.tower),
  ];
  const held: Measured = HELD;
  console.log(
    `\nall partial derivatives of ${FORMULA}, and the tower of its optimality condition to order 6\n${columns(
      [
        ["", "70, to order 4", "210, to order 6", "840 coefficients"],
        row("infinite-descent", ours),
        row("  held to", held),
        ...PUBLISHED.flatMap(([name, four, six, tower]) => {
          const here = measured[name];
          const published = [four, six, tower].map((time) => (time === "" ? "" : `${time} ms`));
          if (!(name in measured)) return [[`${name}, published`, ...published]];
          return [
            here === undefined ? [`${name}, here`, "absent", "absent", "absent"] : row(`${name}, here`, here),
            ["  published", ...published],
          ];
        }),
      ],
    )}`,
  );
  return ORDERS.every((order) => ours[order] <= HELD[order]) && ours.tower! <= HELD.tower;
}
