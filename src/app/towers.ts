/** The commands of towers and their resummation. */
import { indexName, latex, latexName } from "../derivation/latex.ts";
import { DescentError, quoted } from "../errors.ts";
import type { Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import * as api from "./api.ts";
import { type CheckFlags, limits, printJson, readGiven, readValues, whole } from "./given.ts";
import type { Io } from "./io.ts";

export interface ResumFlags extends CheckFlags {
  readonly latex: boolean;
  readonly order?: string;
  readonly lattice: boolean;
  readonly at?: string;
  readonly step?: string;
}

export interface TowerFlags extends CheckFlags {
  readonly latex: boolean;
  readonly order: string;
}

export async function tower(io: Io, name: string | undefined, flags: TowerFlags): Promise<number> {
  const given = readGiven(name, flags);
  const made = api.tower(given, whole(flags.order, "order"), limits(flags), await api.openJudge());
  if (flags.json) {
    printJson(io, api.towerJson(made));
    return 0;
  }
  const show = (node: Node, scope: readonly string[] = []): string =>
    flags.latex ? latex(given.algebra, node, scope) : print(node, scope);
  const comment = flags.latex ? "% " : "";
  // All of it is made before any of it is written.
  const lines: string[] = [];
  for (const { parameter, scope, terms } of made.components) {
    lines.push(`${comment}component ${parameter}\n`);
    for (const { order, monomial, coefficient } of terms) {
      const step = monomialText(monomial, flags.latex);
      const text = show(coefficient, scope);
      lines.push(
        flags.latex
          ? `T_{${order}} \\ni ${step === "" ? text : `${step} \\left(${text}\\right)`}\n`
          : `  T_${order}  ${step === "" ? text : `${step} * (${text})`}\n`,
      );
    }
  }
  for (const line of lines) io.out(line);
  const general = made.generalTerm;
  if ("absent" in general) io.out(`${comment}no general term: ${general.absent}\n`);
  else if ("sequences" in general) {
    const { index, sequences, model, optimality } = general;
    const line = (left: string, node: Node): void => io.out(`  ${left} = ${show(node)}\n`);
    const entry = (name: string, at: string): string =>
      flags.latex ? latexName(name, [at]) : `${name}[${at}]`;
    io.out(`${comment}general term in ${index}\n`);
    for (const { name, initial, recurrence, closed } of sequences) {
      if (closed !== undefined) {
        line(entry(name, index), closed);
        continue;
      }
      for (const [j, node] of initial.entries()) line(entry(name, `${j}`), node);
      line(entry(name, index), recurrence);
    }
    if (model !== undefined) line(flags.latex ? `D^{${index}} f/${index}!` : `D^${index} f/${index}!`, model);
    for (const { parameter, node } of optimality) {
      if (flags.latex) io.out(`% component ${parameter}\n`);
      line(flags.latex ? `T_{${index}}` : `T_${index} of ${parameter}`, node);
    }
  } else {
    const orders = general.orders.map((o) => o.order).join(", ");
    io.out(`${comment}general term d^n f, of orders ${orders}\n  ${show(general.derivative)}\n`);
  }
  return 0;
}

const monomialText = (monomial: Readonly<Record<string, number>>, inLatex: boolean): string =>
  Object.entries(monomial)
    .map(([p, k]) =>
      inLatex
        ? `${latexParameter(`Delta_${p}`)}${k === 1 ? "" : `^{${k}}`}`
        : `Delta_${p}${k === 1 ? "" : `^${k}`}`,
    )
    .join(inLatex ? " " : "*");

export async function resum(io: Io, name: string | undefined, flags: ResumFlags): Promise<number> {
  const given = readGiven(name, flags);
  const options = flags.order === undefined ? {} : { order: whole(flags.order, "order") };
  const found = radius(given, flags);
  const made = api.resum(given, limits(flags), options, await api.openJudge());
  const lattice = flags.lattice ? api.lattice(given, limits(flags)) : undefined;
  if (flags.json) {
    const form = lattice === undefined || "absent" in lattice ? lattice : api.latticeJson(lattice);
    printJson(io, {
      ...api.resumJson(made),
      ...(form === undefined ? {} : { lattice: form }),
      ...(found === undefined ? {} : { radius: found }),
    });
    return 0;
  }
  const show = (node: Node, scope: readonly string[] = []): string =>
    flags.latex ? latex(made.algebra, node, scope) : print(node, scope);
  const arrow = flags.latex ? "\\;\\mapsto\\;" : "->";
  io.out(`${flags.latex ? "% " : ""}cascade\n`);
  for (const { rule, before, after, scope } of made.steps) {
    io.out(flags.latex ? `% ${rule}\n` : `  ${rule}\n  `);
    io.out(`  ${show(before, scope)}  ${arrow}  ${show(after, scope)}\n`);
  }
  if (made.truncation !== undefined) {
    const { order, exact, truncated } = made.truncation;
    const rest = exact.length === 0 ? "" : `; resummed exactly: ${exact.join(", ")}`;
    const what = `tower of order ${order} in ${truncated.join(", ")}, up to O(h^${order + 1})${rest}`;
    io.out(`\n${flags.latex ? "% " : ""}${what}\n`);
  }
  io.out(
    `\n${flags.latex ? "% " : ""}resummed model f(theta + Delta)\n  ${show(made.model.node, made.model.scope)}\n`,
  );
  io.out(`\n${flags.latex ? "% " : ""}resummed optimality condition F(Delta) for one datum\n`);
  made.parameters.forEach((parameter, k) => {
    const left = flags.latex ? `F_{${latexParameter(parameter)}}` : `F_${parameter}`;
    const { node, scope } = made.optimality[k]!;
    io.out(`  ${left} = ${show(node, scope)}\n`);
  });
  io.out(`\n${flags.latex ? "% " : ""}Jacobian H(Delta), lower triangle\n`);
  made.parameters.forEach((row, a) => {
    made.parameters.slice(0, a + 1).forEach((column, b) => {
      const { node, scope } = made.hessian[a]![b]!;
      const other = withIndices(column, scope);
      const left = flags.latex ? `H_{${latexParameter(row)},${latexParameter(other)}}` : `H_${row},${other}`;
      io.out(`  ${left} = ${show(node, scope)}\n`);
    });
  });
  const comment = flags.latex ? "% " : "";
  if (found !== undefined) io.out(`\n${comment}${radiusText(found)}\n`);
  if (lattice !== undefined) for (const line of latticeLines(lattice)) io.out(`${comment}${line}\n`);
  return 0;
}

/** A family's name with the names that its indices have in a scope, innermost first. */
function withIndices(family: string, scope: readonly string[]): string {
  const [, head, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(family)!;
  if (indices === undefined || scope.length === 0) return family;
  return `${head}[${scope.slice(0, indices.split(",").length).reverse().join(",")}]`;
}

const latexParameter = (name: string): string => {
  const [, head, indices] = /^([^[]*)(?:\[(.*)\])?$/.exec(name)!;
  return latexName(head!, indices === undefined ? [] : indices.split(",").map(indexName));
};

/** Of the values that are given: all parameters and inputs, and a step that leaves out those that do not move. */
function radius(given: api.Architecture, { at, step, budget }: ResumFlags): api.Radius | undefined {
  if (at === undefined && step === undefined) return undefined;
  const names = [...api.flatNames(given.parameters), ...api.flatNames(given.inputs)];
  const known = (source: string, text: string | undefined): Record<string, number> => {
    const values = text === undefined ? {} : readValues(text);
    const stray = Object.keys(values).find((value) => !names.includes(value));
    if (stray === undefined && text !== undefined) return values;
    throw new DescentError("input", stray === undefined ? "no values" : `no ${quoted(stray)} in the model`, {
      place: { source },
      accepted: names.map((value) => `${value}=0.5`).join(","),
    });
  };
  const [values, delta] = [known("at", at), known("step", step)];
  const limited = budget === undefined ? {} : limits({ budget });
  return api.radius(given, { theta: values, delta, inputs: values }, limited);
}

function radiusText({ kind, atLeast, singularity }: api.Radius): string {
  if (kind === "infinite") return "the tower converges for every step in this direction";
  const bound = `the tower converges for steps shorter than ${Number(atLeast.toPrecision(6))} times this one`;
  if (singularity === undefined) return `${bound}, at least`;
  const { re, im, of } = singularity;
  const point = [re, im].map((x) => `${Number(x.toPrecision(6))}`);
  return `${bound}: singular at ${point[0]} ${im < 0 ? "-" : "+"} ${point[1]!.replace("-", "")}i times it, in ${of}`;
}

function* latticeLines(form: api.LatticeForm | api.NoLatticeForm): Generator<string> {
  yield "";
  if ("absent" in form) {
    yield `no lattice form: ${form.absent}`;
    return;
  }
  const { points, characters, units, terms, sums, equations } = api.latticeJson(form);
  yield "resummed over data on a lattice";
  for (const { formula } of points) yield `  ${formula}`;
  for (const { name, base, shift } of [...characters, ...units]) yield `  ${name} = ${base} * ${shift}`;
  for (const { name, amplitude } of terms) yield `  ${name} = ${amplitude}`;
  yield `  ${sums.S}`;
  yield `  ${sums.Y}`;
  if (equations === null) yield "  the equations have too many products to be printed";
  else for (const [name, equation] of Object.entries(equations)) yield `  F_${name} = ${equation}`;
}
