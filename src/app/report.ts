/** Verdicts, fits and tables for people. */
import { styleText } from "node:util";
import type { Probe } from "../closure/probe.ts";
import type { Verdict } from "../closure/verdict.ts";
import type { Solution } from "../solve/solve.ts";

const bold = (text: string): string => styleText("bold", text);
const dim = (text: string): string => styleText("dim", text);

/** Rows as columns, padded; the last column is not. */
export function columns(rows: readonly (readonly string[])[], gap = "  "): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [k, cell] of row.entries()) widths[k] = Math.max(widths[k] ?? 0, cell.length);
  return rows
    .map((row) => row.map((cell, k) => (k === row.length - 1 ? cell : cell.padEnd(widths[k]!))).join(gap))
    .join("\n");
}

const MEMBERSHIP: Record<Verdict["membership"], string> = {
  strict: "a strict member of the Infinity Class",
  extended: "an extended member of the Infinity Class",
  partial: "a partial member of the Infinity Class",
  outside: "outside the Infinity Class",
  undecided: "not decided",
};

/** The lines under a verdict that say what the probe has measured. */
export function probeText(measured: Probe | undefined): string {
  if (measured === undefined)
    return `  ${dim("probe      ")} the model has no jet, open sizes, several outputs or another loss\n`;
  const line = (what: string, { statement }: Probe["linear"]): string =>
    `  ${dim(what.padEnd(11))} ${statement}\n`;
  return line("probe", measured.linear) + line("", measured.rational);
}

const TOWERS: Readonly<Partial<Record<Verdict["membership"], string>>> = {
  strict: "infinite, resummed in closed form",
  extended: "infinite, resummed node by node",
  partial: "infinite, without a finite law in all parameters",
};

/** @param notes remarks on how the model was read */
export function verdictText(verdict: Verdict, notes: readonly string[] = []): string {
  const { architecture, certificate } = verdict;
  const sizes = Object.entries(architecture.sizes).map(([name, value]) => `${name}=${value}`);
  const lines: string[] = [
    `${bold(architecture.name)}${sizes.length === 0 ? "" : dim(`  ${sizes.join(", ")}`)}`,
    `  ${shorten(architecture.model, 100)}`,
    "",
  ];
  const rows: [string, string][] = [];
  rows.push(["verdict", `${verdict.tier}: ${MEMBERSHIP[verdict.membership]}`]);
  if (verdict.obstruction !== null) rows.push(["because", verdict.obstruction.reason]);
  const { separable, analytic, terminates, direct } = verdict;
  rows.push(["loss", verdict.loss]);
  const width = Math.max(0, ...verdict.parameters.map((p) => p.name.length));
  verdict.parameters.forEach((p, k) => {
    rows.push([k === 0 ? "parameters" : "", `${p.name.padEnd(width)}  ${p.tier}`]);
  });
  const all = verdict.closedIn.length === verdict.parameters.length;
  rows.push(["closed in", all ? "all parameters jointly" : verdict.closedIn.join(", ") || "none found"]);
  rows.push([
    "separable",
    separable.holds === true
      ? `yes, rank ${separable.rank === 1 ? "" : "at most "}${separable.rank}`
      : `${separable.holds === false ? "no: " : ""}${separable.reason}`,
  ]);
  const domain = analytic.domain.length === 0 ? "" : `, where ${analytic.domain.join(", ")}`;
  rows.push([
    "analytic",
    analytic.holds === null
      ? `not decided${domain}`
      : analytic.holds === false
        ? `no${domain}`
        : analytic.radius === null
          ? `yes, radius not decided${domain}`
          : `radius of convergence ${analytic.radius}${domain}`,
  ]);
  if (verdict.obstruction?.kind === "kink") {
    const count = verdict.obstruction.witnesses.length;
    rows.push([
      "witness",
      `${count} ${count === 1 ? "point" : "points"} with one-sided derivatives that differ (--json)`,
    ]);
  }
  if (verdict.obstruction === null) {
    rows.push([
      "tower",
      terminates.optimality === null
        ? verdict.tier === "polynomial"
          ? "ends, at an order that is not decided"
          : (TOWERS[verdict.membership] ?? "infinite")
        : `ends: order ${terminates.model} for f, ${terminates.optimality} for the optimality condition`,
    ]);
    rows.push(["statistics", verdict.sufficientStatistics]);
    if (direct.holds === true && direct.recurrenceOrder !== null) {
      rows.push([
        "direct",
        `recurrence of order ${direct.recurrenceOrder} in ${architecture.inputs[0] ?? "x"}`,
      ]);
    }
  }
  if (verdict.scope === "generic")
    rows.push(["sizes", "generic: a size that occurs as a value may have finitely many more exceptions"]);
  const exceptions = verdict.exceptions ?? [];
  if (exceptions.length > 0) {
    const list = exceptions.map(({ sizes, tier }) => {
      const text = Object.entries(sizes).map(([name, value]) => `${name}=${value}`);
      return tier === verdict.tier ? text.join(", ") : `${text.join(", ")} (${tier})`;
    });
    rows.push(["except for", list.join(", ")]);
  }
  if (certificate !== null && certificate.kind !== "linear-closure") {
    const { generators, proofs } = certificate.lower;
    rows.push([
      "certificate",
      `${counted(certificate.rules.length, "rule")} from above, ${counted(generators.length, "generator")} ` +
        `and ${counted(proofs.length, "proof")} from below (--json)`,
    ]);
    const proof = proofs.find((p) => p.family === undefined) ?? proofs[0];
    if (proof !== undefined) rows.push(["no lower", proof.theorem]);
  } else if (certificate !== null) {
    const written = certificate.basis === undefined ? "as a tree" : "written out";
    rows.push(["certificate", `linear closure of dimension ${certificate.dimension}, ${written} (--json)`]);
  }
  for (const note of notes) rows.push(["note", note]);
  lines.push(
    columns(
      rows.map(([name, text]) => [`  ${dim(name.padEnd(11))}`, text]),
      " ",
    ),
  );
  return lines.join("\n");
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

export const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 3)}...`;

/** `value ± standard error`, rounded to two digits of the error. */
export function withError(value: number, error: number | null): string {
  if (error === null || !Number.isFinite(error) || error === 0) {
    return `${Number(value.toPrecision(12))} ± ${error === 0 ? "0" : "not determined"}`;
  }
  const digits = Math.max(0, 1 - Math.floor(Math.log10(error)));
  if (digits > 15 || Math.abs(value) >= 1e15) return `${value.toPrecision(12)} ± ${error.toPrecision(2)}`;
  const small = Math.abs(value) < 1e-4 && value !== 0;
  if (!small) return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;
  const power = Math.floor(Math.log10(Math.abs(value)));
  const scaled = Math.max(0, digits + power);
  return `(${(value / 10 ** power).toFixed(scaled)} ± ${(error / 10 ** power).toFixed(scaled)})e${power}`;
}

const METHOD_NAMES: Readonly<Partial<Record<Solution["method"], string>>> = {
  infinite: "Infinite Descent",
  steepest: "steepest descent",
  "newton-cg": "Newton-CG",
};

/** Of the truncated towers the method's own name tells the order. */
const methodName = (method: Solution["method"]): string => METHOD_NAMES[method] ?? `truncated ${method}`;

export function solutionText(solution: Solution): string {
  const rows = Object.entries(solution.parameters).map(([name, value]) => [
    `  ${name}`,
    withError(value, solution.standardErrors[name] ?? null),
  ]);
  const facts: [string, string][] = [
    ["status", `${solution.status}${solution.reason === "" ? "" : `: ${solution.reason}`}`],
    ["stationary point", solution.stationaryPoint],
    ["residual sum of squares", solution.residualSumOfSquares.toPrecision(11)],
    [
      "residual standard deviation",
      solution.residualStandardDeviation === null
        ? "not determined: as many parameters as data"
        : solution.residualStandardDeviation.toPrecision(10),
    ],
    ["outer steps", `${solution.outerSteps}`],
    ["inner iterations", `${solution.innerIterations}`],
    ["evaluations", `${solution.evaluations}`],
    ["scaled gradient", solution.gradientNorm.toExponential(1)],
  ];
  return [
    bold(methodName(solution.method)),
    columns(rows),
    "",
    columns(
      facts.map(([name, text]) => [`  ${dim(name.padEnd(27))}`, text]),
      " ",
    ),
  ].join("\n");
}
