/** Times of `check` on the cases and the built-ins, its growth, and the memory of it all, beside what they are held to. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type * as api from "../src/app/api.ts";
import { columns, shorten } from "../src/app/report.ts";
import { builtinCases, type MeasuredCase, measureCases, sharedCases } from "./cases.ts";
import { curve, exponent, type Grown, isWhole, measureGrowth, type Point, SERIES } from "./growth.ts";
import { middle, peakMemory } from "./measure.ts";

/** Milliseconds, warm, on one core; MiB. */
const HELD = { worst: 1000, median: 50, memory: 1024 };

interface MeasuredSet {
  readonly name: string;
  readonly cases: readonly MeasuredCase[];
}

/**
 * Measures, prints, and writes the growth as a picture.
 *
 * @param picture the path of the SVG
 * @returns whether all that is held to a bound keeps it
 */
export async function benchVerdicts(
  judge: api.ZeroJudge,
  precise: api.Precise,
  picture: string,
): Promise<boolean> {
  const shared = sharedCases();
  if (shared === null) console.log("the shared cases are skipped: there is no ../shared/cases/verdicts.json");
  const builtins = builtinCases();
  const sets: MeasuredSet[] = [
    ...(shared === null
      ? []
      : [
          { name: "shared cases", cases: measureCases(shared.open, judge) },
          { name: "shared cases, sizes 2", cases: measureCases(shared.sized, judge) },
        ]),
    { name: "built-ins, sizes open", cases: measureCases(builtins.open, judge) },
    { name: "built-ins, sizes 2", cases: measureCases(builtins.sized, judge) },
  ];
  console.log(`\ncheck, from the formula to the verdict, processor time\n${setTable(sets)}`);
  const failures = sets.flatMap(({ cases }) => cases.filter(({ failed }) => failed));
  for (const { name, outcome } of failures) console.log(`failed: ${name}: ${outcome}`);

  console.log(`peak memory so far ${peakMemory().toFixed(0)} MiB`);

  const grown = SERIES.map((series) => {
    const own = measureGrowth(series, judge, precise);
    console.log(`\n${seriesTable(own)}\n  peak memory so far ${peakMemory().toFixed(0)} MiB`);
    return own;
  });

  const over = grown.flatMap(({ label, size, points }) =>
    points
      .filter(({ check }) => check !== null && check > HELD.worst)
      .map(({ at, check, outcome }) => `${label} ${size}=${at ?? "open"} ${ms(check!)} ${outcome}`),
  );
  console.log(`\ngrowth over ${ms(HELD.worst)} in check, not held to it: ${over.join(", ") || "none"}`);

  // Read before the drawing library is loaded, which is no part of what is measured.
  const memory = peakMemory();
  console.log(`peak memory ${memory.toFixed(0)} MiB, held to ${HELD.memory} MiB`);
  const { growthPicture } = await import("./picture.ts");
  mkdirSync(dirname(picture), { recursive: true });
  writeFileSync(picture, await growthPicture(grown, HELD.worst));
  console.log(`growth drawn in ${picture}`);
  return failures.length === 0 && memory <= HELD.memory && sets.every(({ cases }) => keeps(cases));
}

const timesOf = (cases: readonly MeasuredCase[]): number[] =>
  cases.flatMap(({ time }) => (time === null ? [] : [time]));

const keeps = (cases: readonly MeasuredCase[]): boolean => {
  const times = timesOf(cases);
  return middle(times) <= HELD.median && Math.max(...times) <= HELD.worst;
};

const ms = (time: number): string => `${time.toFixed(1)} ms`;

function setTable(sets: readonly MeasuredSet[]): string {
  const rows = sets.map(({ name, cases }) => {
    const times = timesOf(cases);
    const slowest = [...cases].sort((a, b) => (b.time ?? 0) - (a.time ?? 0)).slice(0, 3);
    return [
      name,
      `${cases.length}`,
      `${cases.filter(({ outcome }) => outcome === "undecided").length}`,
      ms(middle(times)),
      ms(Math.max(...times)),
      `${times.filter((time) => time > HELD.worst).length}`,
      slowest
        .map((own) => `${own.name.replace(/, sizes \d+$/, "")} ${(own.time ?? 0).toFixed(0)}`)
        .join(", "),
    ];
  });
  const head = ["set", "cases", "undecided", "median", "worst", `over ${HELD.worst} ms`, "slowest (ms)"];
  return columns([head, ["held to", "", "", ms(HELD.median), ms(HELD.worst), "0", ""], ...rows]);
}

function seriesTable(own: Grown): string {
  const fixed = Object.entries(own.fixed).map(([name, value]) => `${name}=${value}`);
  const title = `${own.label}, ${own.size} growing, ${fixed.join(" ")}`;
  const first = own.points[0]!;
  const ratio = (work: "check" | "verify", point: Point): string => {
    const [time, base] = [point[work], first[work]];
    return time === null ? "" : `${ms(time)}${base === null ? "" : `  ×${(time / base).toFixed(1)}`}`;
  };
  const rows = own.points.map((point) => [
    point.at === null ? `${own.size} open` : `${own.size}=${point.at}`,
    shorten(point.outcome, 40),
    ratio("check", point),
    ratio("verify", point),
    point.kib === null ? "" : `${point.kib.toFixed(0)} KiB`,
    point.refusal === null ? "" : shorten(`not verified: ${point.refusal}`, 70),
  ]);
  const slope = (work: "check" | "verify"): string => {
    const fitted = exponent(curve(own, work));
    const left = isWhole(own, work) ? "" : " without the gaps";
    return fitted === null ? "" : `~ ${own.size}^${fitted.toFixed(1)}${left}`;
  };
  return columns([
    [title, "verdict", "check", "verify", "its text", ""],
    ...rows,
    ["  fitted", "", slope("check"), slope("verify"), "", ""],
  ]);
}
