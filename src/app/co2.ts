/** The Mauna Loa CO2 record inside vega-datasets, and the model that is fitted to it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readText } from "./files.ts";

/** Time in years since this date, so that no exponent is large. */
export const ORIGIN = 1990;

/** Level, growth, and two waves: nine parameters, all free. */
export const MODEL = "c + a*exp(k*t) + b1*cos(w1*t + p1) + b2*cos(w2*t + p2)";

/** A level, a growth of 2 % a year, and a yearly and half-yearly wave. */
export const START: Record<string, number> = {
  c: 260,
  a: 95,
  k: 0.02,
  b1: 2.5,
  w1: 2 * Math.PI,
  p1: 0,
  b2: 0.5,
  w2: 4 * Math.PI,
  p2: 0,
};

/** The record inside vega-datasets: month and mean mole fraction in ppm; months without a value are left out. */
export function readRecord(): { t: Float64Array; y: Float64Array } {
  const main = createRequire(import.meta.url).resolve("vega-datasets");
  let folder = dirname(main);
  while (!folder.endsWith("vega-datasets")) folder = dirname(folder);
  const lines = readText(join(folder, "data", "co2-concentration.csv"))
    .trim()
    .split(/\r?\n/)
    .slice(1);
  const rows = lines.flatMap((line) => {
    const match = /^(\d{4})-(\d{2})-\d{2},(\d+(?:\.\d+)?)(?:,|$)/.exec(line);
    if (match === null) return [];
    const year = Number(match[1]) + (Number(match[2]) - 0.5) / 12;
    return [[year - ORIGIN, Number(match[3])] as const];
  });
  return { t: Float64Array.from(rows, (r) => r[0]), y: Float64Array.from(rows, (r) => r[1]) };
}
