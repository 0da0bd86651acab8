/** The stand-alone script that re-checks a verdict with Python and SymPy alone. */
import { DescentError } from "../../errors.ts";
import type { Verdict } from "../verdict.ts";
import { BRANCHES } from "./sympy-branch.ts";
import { KINK, kinkData } from "./sympy-kink.ts";
import { CLASSES, LADDER, ladderData } from "./sympy-ladder.ts";
import { LINEAR, linearData } from "./sympy-linear.ts";
import { NUMBERS } from "./sympy-numbers.ts";
import { PRELUDE } from "./sympy-prelude.ts";
import { PROOFS } from "./sympy-proofs.ts";
import { createFormulas, type Formulas, pythonList, pythonString } from "./sympy-text.ts";
import { TOWER } from "./sympy-tower.ts";

/** Of numbers, beside what the literals of the formulas take. */
const DIGITS = 60;
const MOST_DIGITS = 2000;

const familyOf = (name: string): string => name.replace(/\[.*$/, "");

/**
 * The text of a Python script that needs SymPy and nothing else, and re-checks the certificate or obstruction of a verdict: it
 * prints a line for each fact, `ok: …` or `FAIL: …`, then what is proved and the theorems that this rests on, and exits with
 * 0 where all facts hold, else 1. The same verdict gives the same text. Undefined for what is undecided.
 *
 * @throws DescentError `unsupported` where a formula is nested too deeply for Python, or an obstruction is one of a loss
 * @example
 * const judge = await openJudge();
 * sympyScript(check(architecture({ model: "A*exp(-k*x)" }), judge))?.split("\n")[0]; // "#!/usr/bin/env python3"
 */
export function sympyScript(verdict: Verdict): string | undefined {
  const { architecture, certificate, obstruction, tier } = verdict;
  const formulas = createFormulas();
  const part = partOf(verdict, formulas);
  if (part === undefined) return undefined;
  const of = certificate?.of;
  const families = [...new Set(architecture.parameters.map(familyOf))];
  const degree = certificate?.kind === "linear-closure" ? verdict.terminates.model : null;
  const model = formulas.of(architecture.model);
  const data = [
    `SIZES = {${architecture.openSizes.map((size) => `${pythonString(size)}: 2`).join(", ")}}`,
    `PARAMETERS = ${pythonList(families.map(pythonString))}`,
    `TIER = ${pythonString(tier)}`,
    `CLAIMS = ${pythonList(verdict.parameters.map((p) => `(${pythonString(familyOf(p.name))}, "${p.tier}")`))}`,
    `EXCEPTIONS = ${pythonList(
      (verdict.exceptions ?? []).map(
        (e) =>
          `({${Object.entries(e.sizes)
            .map(([size, n]) => `${pythonString(size)}: ${n}`)
            .join(", ")}}, "${e.tier}", ${e.form === undefined ? "None" : formulas.of(e.form)})`,
      ),
    )}`,
    `DEGREE = ${degree === null ? "None" : formulas.of(`${degree}`)}`,
    `ARCHITECTURE = ${of === undefined ? model : "None"}`,
    ...part.data,
    `DIGITS = ${Math.min(DIGITS + 2 * formulas.digits(), MOST_DIGITS)}`,
    `FAR_OUT = ${pythonList(farOut(formulas).map(String))}`,
    `BRANCHED = ${/\b(relu|leaky_relu|elu|abs|sign|max|min|floor|ceil|round|sqrt|cbrt|lgamma)_\(/.test(formulas.lines.join("\n")) ? "True" : "False"}`,
  ];
  const about = [
    `print("about: " + ${pythonString(pythonString(architecture.model))})`,
    `print("claim: " + ${pythonString(`${tier}, for the loss ${verdict.loss}`)})`,
    ...(architecture.openSizes.length === 0
      ? []
      : [
          `print("note: open sizes are small numbers here: " + ", ".join(sorted(ascii(size) for size in SIZES)))`,
        ]),
    `print("note: separability, radius, statistics and recurrences of the verdict are not checked here")`,
    ...(of === undefined
      ? []
      : [
          `print("note: the certificate is of ${of === "outputs" ? "the sum of y[c]*f[c] over the outputs" : "the optimality condition along a step"}; that it belongs to the architecture is not checked here")`,
        ]),
  ];
  const kind = certificate?.kind ?? obstruction?.kind ?? "";
  return [
    "#!/usr/bin/env python3",
    `"""Re-checks a verdict (${kind}) with Python 3 and SymPy alone; exit code 0 where all of it holds, else 1.`,
    "",
    "Formulas are functions of a language f: SymPy expressions, numbers of mpmath, or classes of functions.",
    "Sums and products over open sizes are written out, each size being a small number.",
    '"""',
    "import hashlib",
    "import sys",
    "",
    "import mpmath as mp",
    "import sympy as sp",
    "",
    "",
    ...formulas.lines,
    ...data,
    ...about,
    PRELUDE,
    NUMBERS,
    ...part.checks,
  ]
    .join("\n")
    .replace(/\n{4,}/g, "\n\n\n");
}

/** Places of these sizes show what is hidden behind large and small numbers. */
const farOut = (formulas: Formulas): number[] =>
  [...new Set(formulas.exponents().flatMap((e) => [e + 3, -e - 3]))]
    .filter((e) => Math.abs(e) < 4000)
    .slice(0, 16);

/** The data and the checks of a kind. */
function partOf(
  { certificate, obstruction, architecture, loss }: Verdict,
  formulas: Formulas,
): { readonly data: string[]; readonly checks: readonly string[] } | undefined {
  if (certificate !== null) {
    if (certificate.kind === "linear-closure")
      return { data: linearData(formulas, certificate), checks: [LINEAR] };
    return { data: ladderData(formulas, certificate), checks: [TOWER, PROOFS, CLASSES, BRANCHES, LADDER] };
  }
  if (obstruction?.kind === "kink")
    return { data: kinkData(formulas, { loss, architecture }, obstruction.witnesses), checks: [KINK] };
  if (obstruction?.kind === "hypertranscendental") {
    const { lower } = obstruction;
    const { model } = architecture;
    if (loss !== "squared")
      throw new DescentError("unsupported", `no script for this obstruction under the loss ${loss}`, {
        accepted: "the loss squared",
      });
    return {
      data: ladderData(formulas, { kind: "hypertranscendental", model, form: model, rules: [], lower }),
      checks: [TOWER, PROOFS, CLASSES, BRANCHES, LADDER],
    };
  }
  return undefined;
}
