/** Kinks in random company: inert ones are never witnessed, and what is witnessed the checker accepts. */
import { beforeAll, expect, test } from "vitest";
import type { Architecture } from "../../src/architecture/architecture.ts";
import { findVerdict } from "../../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../../src/closure/nonzero.ts";
import { verify } from "../../src/closure/verify/verify.ts";
import { createBudget } from "../../src/errors.ts";
import { seededRandom } from "../../src/solve/start.ts";
import { model } from "../support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

const budget = () => createBudget({ milliseconds: 60_000 });
const check = (formula: string) => findVerdict(model(formula), judge, budget());
const run = (document: unknown) => verify(JSON.stringify(document), "verdict", judge.precise, budget());

test("kinks that cancel, in random company", () => {
  const random = seededRandom(5);
  const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)]!;
  const argument = (): string =>
    pick([
      "w*x + b",
      "a*x - c",
      "b - 2*x",
      "a*b + x",
      "c*x^2 - a",
      "2*w*x + 2*b",
      "-w*x - b",
      "x*(a - c) + 1",
    ]);
  const inert = (): string => {
    const [u, v] = [argument(), argument()];
    return pick([
      `(relu(abs(${u}) + ${v}) - relu(-abs(${u}) - (${v})) - abs(${u}))`,
      `(max(tanh(${u}), ${v}) + min(tanh(${u}), ${v}))`,
      `(abs(max(${u}, ${v}))*sign(max(${u}, ${v})) - max(${u}, ${v}))`,
      `sqrt((${u})^2 + (${v})^2)^2`,
      `cbrt(${u})^3`,
      `(max(${u}, ${v}) + min(${u}, ${v}))`,
      `(relu(${u}) - relu(-(${u})))`,
      `abs(${u})*sign(${u})`,
      `relu(${u})*relu(-(${u}))`,
      `max(${u}, ${v})*min(${u}, ${v})`,
      `(abs((${u})*(${v})) - abs(${u})*abs(${v}))`,
      `(leaky_relu(${u}, 1/2)*2 - relu(${u}) - (${u}))`,
      `(floor(${u}) + ceil(-(${u})))`,
      `(floor(${u} + 1) - floor(${u}))`,
      `abs(1 + (${u})^2)`,
    ]);
  };
  const smooth = (): string => pick(["exp(k*x)", "a", "(b + 1)", "cos(w*x)", "x", "tanh(a*x)"]);
  for (let k = 0; k < 100; k++) {
    const formula = `${smooth()}*${inert()} + ${smooth()}*${inert()}`;
    expect({ formula, tier: check(formula).tier }).not.toMatchObject({ tier: "outside" });
  }
});

test("what is found in random company is accepted by the checker", () => {
  const random = seededRandom(11);
  const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)]!;
  const draw = (depth: number): string => {
    if (depth <= 0) return pick(["w", "a", "x", "w*x + b", "a*x", "w^2", "2", "1/3", "w - a"]);
    const outer = pick(
      (
        "relu abs sign floor ceil round cbrt sqrt leaky_relu elu asin acosh exp sin cos tanh log atan erf " +
        "max min * * + -"
      ).split(" "),
    );
    const inner = draw(depth - 1);
    if (/^[*+-]$/.test(outer)) return `(${inner})${outer}(${draw(depth - 2)})`;
    return /^(max|min)$/.test(outer) ? `${outer}(${inner}, ${draw(depth - 2)})` : `${outer}(${inner})`;
  };
  let outside = 0;
  for (let k = 0; k < 120; k++) {
    const formula = draw(2 + (k % 3));
    let architecture: Architecture;
    try {
      architecture = model(formula);
    } catch {
      // Such as the logarithm of a negative number.
      continue;
    }
    const verdict = findVerdict(architecture, judge, budget());
    if (verdict.tier !== "outside") continue;
    outside++;
    expect({ formula, found: run(verdict) }).toMatchObject({ formula, found: { accepted: true } });
  }
  expect(outside).toBeGreaterThan(30);
});
