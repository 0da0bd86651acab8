/** Models that have, together, every kind of certificate, witness and obstruction that `check` writes. */
import { buildArchitecture, type ReadOptions } from "../../src/architecture/read.ts";
import { findVerdict } from "../../src/closure/check.ts";
import type { ZeroJudge } from "../../src/closure/nonzero.ts";
import { createBudget } from "../../src/errors.ts";
import { primitives } from "../../src/primitives/index.ts";

type File = Parameters<typeof buildArchitecture>[1];

const two = { index: "c", size: 2 } as const;
export const MODELS: readonly (readonly [File, ReadOptions?])[] = [
  [{ model: "A*exp(-k*x)" }],
  [{ model: "a + b*x + c*b^2" }],
  [{ model: "A*exp(a*x)*cos(w*x + p)" }],
  [{ model: "A[1]*exp(a[1]*x) + A[2]*exp(a[2]*x)" }],
  [{ model: "sum(B[k]*exp(-a*(x - k)), k, 1, T)" }],
  [{ model: "sum(v[k]*sin(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)" }, { inputs: ["x[i]"] }],
  [{ model: "(sum(w[i]*x[i], i, 1, d) + b)^3" }, { inputs: ["x[i]"] }],
  [{ model: "prod(a[j]*x + b, j, 1, n)*exp(c)" }],
  [{ model: "sum(prod(a[i]*x + c[j], i, 1, d), j, 1, r)" }],
  [{ model: "(w*x + b)^2 + exp(-s)*(w*x + b)" }],
  [{ model: "sum(A[j]*x[j], j, 1, d)" }, { inputs: ["x[j]"], sizes: { d: 2 } }],
  [{ model: "sum(A[j]*x[j]^2, j, 1, d)*prod(x[i], i, 1, d)" }, { inputs: ["x[j]"], sizes: { d: 3 } }],
  [{ model: "v*tanh(w*x + b)" }],
  [{ model: "a/(b + x)" }],
  [{ model: "sqrt(a^2 + 1 + x^2)*b" }],
  [{ model: "a*sn(w*x, 1/3)" }],
  [{ model: "A*exp(-(x - m)^2/(2*s^2))" }],
  [{ model: "sum(v[k]*log(1 + exp(w[k]*x)), k, 1, h)" }],
  [{ model: "sum(v[k]/(1 + exp(w[k]*x)), k, 1, h)*exp(-x*c)" }],
  [{ model: "a*erf(b*x)" }],
  [{ model: "a*besselj(0, w*x)" }],
  [{ model: "a*exp(erf(b*x)) + c" }],
  [{ model: "a*lambertw(exp(w*x)) + b" }],
  [{ model: "a*relu(w*x + b) + c" }],
  [{ model: "a*floor(w*x)" }],
  [{ model: "a*relu(w*x)^2 + b" }],
  [{ model: "a*cbrt(w^3 - w*x - 2)" }],
  [{ model: "a*relu(w^3 - w - 2)*x" }],
  [{ model: "abs(exp(w) - 2)*x" }],
  [{ model: "sum(v[k]*abs(w[k]*x + b[k]), k, 1, h)" }],
  [{ model: "a*gamma(w*x) + b" }],
  [{ model: "w1*x1*x2 + tanh(a*x1 + b*x2)" }, { inputs: ["x1", "x2"] }],
  [{ model: "a*tanh(b*x1)*exp(c*x2) + d*x1" }, { inputs: ["x1", "x2"] }],
  [{ model: "sum(v[k]*tanh(sum(w[k,i]*x[i], i, 1, d)), k, 1, h)" }, { inputs: ["x[i]"] }],
  [{ model: "a*x + b" }, { loss: "poisson" }],
  [{ model: "a*x + b" }, { loss: "poisson-log" }],
  [{ model: "a*x + b" }, { loss: "logistic" }],
  [{ model: "a*x + b" }, { loss: "gaussian-nll" }],
  [{ model: "a*x + b" }, { loss: "huber" }],
  [{ model: "w[c]*x + b[c]", output: two }],
  [{ model: "a[c]*exp(k*x)", output: { index: "c", size: "C" } }],
  [{ model: "w[c]*x", output: two }, { loss: "softmax-cross-entropy" }],
  [{ model: "abs(s)*x + exp(s*x)", domains: { s: "s > 0" } }],
  [{ model: "a*sqrt(s*x) + b", domains: { s: "s > 0" } }],
  [{ model: "x^q + a*exp(q*x)", constants: { q: 0.5 } }],
];

/** Whether what is declared of the domain, and not the formula alone, makes the verdict true. */
export const restsOnDomain = ([file]: (typeof MODELS)[number]): boolean =>
  file.domains !== undefined && file.model.startsWith("abs(");

export type Document = Readonly<Record<string, unknown>>;

export const nameOf = ([file, options]: (typeof MODELS)[number]): string =>
  [file.model, options?.loss, file.output && `outputs ${file.output.size}`].filter(Boolean).join(", ");

export function documentOf([file, options]: (typeof MODELS)[number], judge: ZeroJudge): Document {
  const verdict = findVerdict(
    buildArchitecture(primitives, file, options ?? {}),
    judge,
    createBudget({ milliseconds: 60_000 }),
  );
  return JSON.parse(JSON.stringify(verdict));
}
