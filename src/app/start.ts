/**
 * `npm start`: the main job, end to end, on the Mauna Loa CO2 record. An architecture goes in; its verdict, its
 * resummed optimality condition, its derivation, the emitted update function and a trained model come out.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as api from "./api.ts";
import { MODEL, ORIGIN, readRecord, START } from "./co2.ts";
import { makeFolder, writeFiles } from "./files.ts";
import { fitPicture } from "./picture.ts";
import { columns, verdictText, withError } from "./report.ts";

interface Module {
  readonly parameters: string[];
  update(
    theta: Float64Array,
    data: { inputs: Float64Array[]; y: Float64Array },
  ): {
    theta: Float64Array;
    status: string;
    innerIterations: number;
    evaluations: number;
    residualSumOfSquares: number;
  };
  residual(theta: Float64Array, data: { inputs: Float64Array[]; y: Float64Array }): Float64Array;
}

const out = (text = ""): void => void process.stdout.write(`${text}\n`);

const given = api.architecture({ name: "co2", model: MODEL }, { inputs: ["t"] });
const judges = await api.openJudges();
const verdict = api.check(given, judges.judge);
out(verdictText(verdict));

const resummed = api.resum(given);
const tower = api.tower(given, 2);
const coefficients = tower.components.reduce((count, c) => count + c.terms.length, 0);
out(
  `\ntower to order 2: ${coefficients} coefficients; resummed condition: ${resummed.optimality.length} equations, ` +
    `${resummed.steps.length} cascade steps`,
);

const folder = resolve("out");
const code = api.emitJs(given, verdict.tier);
makeFolder(folder);
writeFiles([
  { path: join(folder, "co2.mjs"), content: code.code },
  { path: join(folder, "co2.d.mts"), content: code.types },
  { path: join(folder, "co2.json"), content: `${JSON.stringify(verdict, null, 2)}\n` },
]);

const checked = api.verify(JSON.stringify(verdict), "co2.json", judges.precise);
out(
  checked.accepted
    ? `certificate accepted: ${checked.checked} formulas re-checked`
    : `certificate rejected: ${checked.entry}`,
);

const derived = api.derive(given, judges);
writeFiles(
  api.FORMATS.map((format) => ({
    path: join(folder, `co2.${format}`),
    content: api.writeDocument(derived.document, format),
  })),
);
const outcomes = derived.evidence.opinions.map(({ opinion }) => opinion.outcome);
const agreed = outcomes.filter((outcome) => outcome === "agrees").length;
const asked = outcomes.filter((outcome) => outcome !== "not-asked").length;
out(
  `derivation written: ${derived.evidence.replay.exact} steps and terms replayed exactly, ` +
    `nerdamer agrees on ${agreed} of ${asked} derivatives`,
);

const { t, y } = readRecord();
const data: api.Data = { inputs: [t], y, rows: y.length };
const module = (await import(pathToFileURL(join(folder, "co2.mjs")).href)) as Module;
const theta = Float64Array.from(module.parameters, (name) => START[name]!);
const begun = performance.now();
const fit = module.update(theta, { inputs: [t], y });
const elapsed = performance.now() - begun;
const found = Object.fromEntries(module.parameters.map((name, k) => [name, fit.theta[k]!]));
const statistics = api.solve(given, data, { start: found });

const months = `${y.length} months, t in years since ${ORIGIN}`;
out(`\nfit of the Mauna Loa CO2 record (${months}), by the emitted module`);
const units: Record<string, string> = { c: "ppm", a: "ppm", k: "1/year", w1: "1/year", w2: "1/year" };
out(
  columns(
    module.parameters.map((name) => [
      `  ${name}`,
      withError(found[name]!, statistics.standardErrors[name] ?? null),
      units[name] ?? (name.startsWith("b") ? "ppm" : "rad"),
    ]),
  ),
);
out(`  residual standard deviation ${statistics.residualStandardDeviation!.toFixed(4)} ppm`);

const baselines = (["steepest", "newton-cg"] as const).map((method) =>
  api.solve(given, data, { method, start: START, maxInner: 2000 }),
);
out("\nfrom the same start");
out(
  columns([
    ["  method", "status", "outer", "inner", "evaluations", "sum of squares"],
    [
      "  infinite descent",
      fit.status,
      "1",
      `${fit.innerIterations}`,
      `${fit.evaluations}`,
      fit.residualSumOfSquares.toFixed(4),
    ],
    ...baselines.map((b) => [
      `  ${b.method}`,
      b.status,
      `${b.outerSteps}`,
      `${b.innerIterations}`,
      `${b.evaluations}`,
      b.residualSumOfSquares.toFixed(4),
    ]),
  ]),
);

const residual = module.residual(fit.theta, { inputs: [t], y });
writeFiles([
  {
    path: join(folder, "co2.svg"),
    content: fitPicture({
      title: "Mauna Loa CO2: one Infinite Descent step",
      x: t.map((v) => v + ORIGIN),
      y,
      residual,
      xLabel: "year",
      yLabel: "CO2 (ppm)",
      residualLabel: "data \u2212 model (ppm)",
    }),
  },
]);
out(`\nstep time ${elapsed.toFixed(1)} ms`);
for (const file of ["co2.mjs", "co2.d.mts", "co2.json", "co2.svg", ...api.FORMATS.map((f) => `co2.${f}`)])
  out(`wrote out/${file}`);
