/**
 * `npm run bench [-- PICTURE.svg]`: warm medians in one process, beside what they are held to. Times depend on the
 * machine; ratios taken in one run are what to compare.
 */
import * as api from "../src/app/api.ts";
import { MODEL, readRecord, START } from "../src/app/co2.ts";
import { columns } from "../src/app/report.ts";
import { median } from "./measure.ts";
import { benchResum } from "./resum.ts";
import { benchTower } from "./tower.ts";
import { benchVerdicts } from "./verdicts.ts";

const judge = await api.openJudge();
const { t, y } = readRecord();
const data: api.Data = { inputs: [t], y, rows: y.length };
const co2 = () => api.architecture({ name: "co2", model: MODEL }, { inputs: ["t"] });
const solve = (method: "infinite" | "newton-cg" | "steepest") => (): void => {
  api.solve(co2(), data, { start: START, method, ...(method === "steepest" ? { maxInner: 200 } : {}) });
};

const precise = await api.openPrecise();
const generic = JSON.stringify(api.check(api.builtinArchitecture("aion"), judge));

const rows: [string, number, number | null][] = [
  ["check aion, all sizes open", median(() => void api.check(api.builtinArchitecture("aion"), judge)), 300],
  ["  verify its certificate", median(() => void api.verify(generic, "aion.json", precise), 7), null],
  [
    "  tower aion to order 1, all sizes open",
    median(() => void api.tower(api.builtinArchitecture("aion"), 1), 7),
    null,
  ],
  ["  resum aion, all sizes open", median(() => void api.resum(api.builtinArchitecture("aion")), 7), null],
  [
    "check aion r=2 d=2 P=2",
    median(() => void api.check(api.builtinArchitecture("aion", { sizes: { r: 2, d: 2, P: 2 } }), judge)),
    300,
  ],
  [
    "check aion r=3 d=3 P=3",
    median(() => void api.check(api.builtinArchitecture("aion", { sizes: { r: 3, d: 3, P: 3 } }), judge), 7),
    null,
  ],
  ["emit aion r=2 d=4 P=2 (64 parameters)", median(() => void emit(), 7), null],
  ["solve CO2, 9 parameters, 741 months, compiling included", median(solve("infinite"), 7), 1000],
  ["  the same by newton-cg", median(solve("newton-cg"), 7), null],
  ["  200 steps of steepest descent", median(solve("steepest"), 5), null],
];

function emit(): api.ModuleText {
  return api.emitJs(
    api.builtinArchitecture("aion", { sizes: { r: 2, d: 4, P: 2 } }),
    "exponential-polynomial",
  );
}

/** What the indented rows below a row are measured against. */
const above = (k: number): number => (rows[k]![0].startsWith("  ") ? above(k - 1) : rows[k]![1]);
console.log(
  columns([
    ["work", "median", "held to", "share of it", "times the row above"],
    ...rows.map(([name, time, bound], k) => [
      name,
      `${time.toFixed(1)} ms`,
      bound === null ? "" : `${bound} ms`,
      bound === null ? "" : (time / bound).toFixed(3),
      name.startsWith("  ") ? (time / above(k)).toFixed(2) : "",
    ]),
  ]),
);
console.log(`\nsize of the 64-parameter module: ${(emit().code.length / 1024).toFixed(1)} KiB`);
if (rows.some(([, time, bound]) => bound !== null && time > bound)) process.exitCode = 1;
const { 2: picture = "bench/out/verdicts.svg" } = process.argv;
if (!(await benchVerdicts(judge, precise, picture))) process.exitCode = 1;
if (!(await benchTower())) process.exitCode = 1;
if (!benchResum()) process.exitCode = 1;
