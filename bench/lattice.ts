/**
 * `npx tsx bench/lattice.ts`: loss, F and H over N data by the lattice form and by the compiled loop over the data, for
 * AION with one input and four atoms (16 parameters). Times are processor time of all threads: medians of rounds in turn,
 * each of as many calls as small N need to be measured.
 */

import * as api from "../src/app/api.ts";
import { columns } from "../src/app/report.ts";
import { flatNames } from "../src/architecture/architecture.ts";
import { compilePrograms } from "../src/emit/module.ts";
import { createBudget } from "../src/errors.ts";
import { evaluateLattice } from "../src/resummation/lattice/evaluate.ts";
import { latticeForm } from "../src/resummation/lattice/form.ts";
import { seededRandom } from "../src/solve/start.ts";
import { medians } from "./measure.ts";

const given = api.builtinArchitecture("aion", { sizes: { r: 1, d: 1, P: 4 } });
const form = latticeForm(given, createBudget());
if ("absent" in form) throw new Error(form.absent);
const programs = compilePrograms(given, createBudget());
const m = flatNames(given.parameters).length;
const random = seededRandom(1);
const draw = (): number => 2 * random() - 1;
const theta = Float64Array.from({ length: m }, draw);
const delta = Float64Array.from({ length: m }, () => 0.01 * draw());

const rows: string[][] = [];
for (let power = 10; power <= 20; power += 2) {
  const count = 2 ** power;
  const step = 2 / count;
  const y = Float64Array.from({ length: count }, draw);
  const x = Float64Array.from({ length: count }, (_, n) => -1 + n * step);
  const lattice = { start: [-1], step: [step], count: [count] };
  const zeros = (length: number): Float64Array => new Float64Array(length);
  const [gradient, hessian, gauss, noise, loss] = [zeros(m), zeros(m * m), zeros(m * m), zeros(m), zeros(1)];
  const data = { inputs: [x], y, w: null, rows: count };
  const summed = (): void => void evaluateLattice(form, { theta, delta, lattice, y });
  const looped = (): void =>
    void programs.evaluate(theta, delta, gradient, hessian, gauss, noise, loss, data);
  const repeats = Math.max(1, Math.round(2 ** 15 / count));
  const many = (work: () => void, times: number) => (): void => {
    for (let k = 0; k < times; k++) work();
  };
  for (let k = 0; k < 10; k++) summed();
  const [fast, slow] = medians([many(summed, 16 * repeats), many(looped, repeats)]) as [number, number];
  const [own, other] = [fast / (16 * repeats), slow / repeats];
  rows.push([
    `2^${power}`,
    own.toFixed(3),
    other.toFixed(2),
    ((1e6 * own) / count).toFixed(1),
    ((1e6 * other) / count).toFixed(0),
    `×${(other / own).toFixed(1)}`,
  ]);
}
console.log(columns([["N", "lattice ms", "loop ms", "lattice ns/datum", "loop ns/datum", "ratio"], ...rows]));
