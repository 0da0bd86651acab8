/** How `check`, and `verify` of what it prints, grow with the depth, the width and the rank of an architecture. */
import * as api from "../src/app/api.ts";
import { medians } from "./measure.ts";

export type Axis = "depth" | "width" | "rank";

interface Series {
  readonly label: string;
  readonly builtin: string;
  readonly axis: Axis;
  /** The size that grows. */
  readonly size: string;
  readonly values: readonly number[];
  /** The sizes that stay. */
  readonly fixed: Readonly<Record<string, number>>;
}

const DEPTHS = [1, 2, 3, 4, 5, 6];
const WIDTHS = [1, 2, 3, 4, 6, 8, 12, 16];
const deep = (label: string, builtin: string): Series => ({
  label,
  builtin,
  axis: "depth",
  size: "depth",
  values: DEPTHS,
  fixed: { h: 3, d: 2 },
});

export const SERIES: readonly Series[] = [
  deep("MLP tanh", "mlp-tanh"),
  deep("MLP softplus", "mlp-softplus"),
  deep("MLP ReLU", "mlp-relu"),
  {
    label: "MLP tanh",
    builtin: "mlp-tanh",
    axis: "width",
    size: "h",
    values: WIDTHS,
    fixed: { depth: 1, d: 2 },
  },
  { label: "RBF", builtin: "rbf", axis: "width", size: "K", values: WIDTHS, fixed: { d: 2 } },
  { label: "AION", builtin: "aion", axis: "rank", size: "r", values: DEPTHS, fixed: { d: 2, P: 2 } },
  { label: "CP tensor", builtin: "cp-tensor", axis: "rank", size: "r", values: WIDTHS, fixed: { d: 3 } },
];

export interface Point {
  /** The number of the growing size; null where it is left open. */
  readonly at: number | null;
  readonly outcome: string;
  /** Milliseconds from the formula's text to the verdict; null where it fails. */
  readonly check: number | null;
  /** Milliseconds from the verdict's text to its acceptance; null where it is not accepted. */
  readonly verify: number | null;
  /** Why not. */
  readonly refusal: string | null;
  /** Of the verdict's text. */
  readonly kib: number | null;
}

export interface Grown extends Series {
  readonly points: readonly Point[];
}

/** All sizes of a series, then, where it has an open form, that one. */
export function measureGrowth(series: Series, judge: api.ZeroJudge, precise: api.Precise): Grown {
  const positions = series.size === "depth" ? series.values : [...series.values, null];
  const make = (at: number | null): api.Architecture =>
    api.builtinArchitecture(series.builtin, {
      sizes: { ...series.fixed, ...(at === null ? {} : { [series.size]: at }) },
    });
  const first = positions.map((at) => verdictAt(() => make(at), judge, precise));
  const checks = medians(
    positions.filter((_, k) => first[k]!.text !== null).map((at) => () => void api.check(make(at), judge)),
    5,
  );
  const verified = first.flatMap(({ text, refusal }) => (text === null || refusal !== null ? [] : [text]));
  const verifies = medians(
    verified.map((text) => () => void api.verify(text, series.builtin, precise)),
    3,
  );
  const points = positions.map((at, k): Point => {
    const { outcome, text, refusal } = first[k]!;
    return {
      at,
      outcome,
      check: text === null ? null : checks.shift()!,
      verify: text === null || refusal !== null ? null : verifies.shift()!,
      refusal,
      kib: text === null ? null : Buffer.byteLength(text) / 1024,
    };
  });
  return { ...series, points };
}

interface First {
  readonly outcome: string;
  /** What `check --json` prints; null where it fails. */
  readonly text: string | null;
  readonly refusal: string | null;
}

function verdictAt(make: () => api.Architecture, judge: api.ZeroJudge, precise: api.Precise): First {
  let text: string;
  let outcome: string;
  let reason: string | null;
  try {
    const verdict = api.check(make(), judge);
    outcome = verdict.tier;
    reason = verdict.obstruction?.reason ?? null;
    text = JSON.stringify(verdict);
  } catch (error) {
    return { outcome: messageOf(error), text: null, refusal: null };
  }
  if (outcome === "undecided") return { outcome, text, refusal: reason ?? "undecided" };
  try {
    const { accepted } = api.verify(text, "verdict", precise);
    return { outcome, text, refusal: accepted ? null : "rejected" };
  } catch (error) {
    return { outcome, text, refusal: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A series' own points: numbers for the size, decided, and with a time. */
export const curve = (
  { points }: Grown,
  work: "check" | "verify",
): { readonly at: number; readonly time: number }[] =>
  points.flatMap(({ at, outcome, [work]: time }) =>
    at === null || time === null || outcome === "undecided" ? [] : [{ at, time }],
  );

/** Whether the curve lacks none of the series' numbers; a slope through what is left would flatter. */
export const isWhole = (own: Grown, work: "check" | "verify"): boolean =>
  curve(own, work).length === own.values.length;

/** The slope of the line of least squares through (log size, log time); null for less than three points. */
export function exponent(points: readonly { readonly at: number; readonly time: number }[]): number | null {
  if (points.length < 3) return null;
  const x = points.map(({ at }) => Math.log(at));
  const y = points.map(({ time }) => Math.log(time));
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const cross = x.reduce((sum, xk, k) => sum + (xk - mx) * (y[k]! - my), 0);
  return cross / x.reduce((sum, xk) => sum + (xk - mx) ** 2, 0);
}
