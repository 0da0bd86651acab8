import { beforeAll, describe, expect, test } from "vitest";
import { readFormula } from "../src/architecture/formula.ts";
import { postorder, type Syntax } from "../src/architecture/syntax.ts";
import { findVerdict } from "../src/closure/check.ts";
import { createZeroJudge, type ZeroJudge } from "../src/closure/nonzero.ts";
import { exactValue } from "../src/closure/verify/exact-value.ts";
import { isEvenIn, withoutPowers } from "../src/closure/verify/ladder-parity.ts";
import { verify } from "../src/closure/verify/verify.ts";
import { createBudget } from "../src/errors.ts";
import { rationalText } from "../src/exact/rational.ts";
import { model } from "./support/architectures.ts";

let judge: ZeroJudge;
beforeAll(async () => {
  judge = await createZeroJudge();
});

const budget = () => createBudget({ milliseconds: 60_000, work: 1e9 });
const many = (count: number, term: (k: number) => string): string =>
  Array.from({ length: count }, (_, k) => term(k)).join(" + ");

describe("what is decided is accepted", () => {
  test.each([
    ["besselj(0, sqrt(w^2))"],
    ["cos(sqrt(w^2))*x"],
    ["sqrt(w^4 + w^6)"],
    ["sqrt(w^4*(1 + w^2))"],
    ["log(a)", "logistic"],
    ["log(a*b)", "logistic"],
    ["log(a/(1 - a))", "logistic"],
    ["exp(w*1e-300)"],
    ["exp(w*1e-3000)"],
    ["exp(w*x*1e300)"],
    ["exp(w*(round(5/2) - 3))"],
    ["exp(w*round(7/2))"],
    ["sinh((a - 13/6)^4)"],
    ["sum(exp(w[i]), i, 1, n)^x"],
    ["(5/4*u*x)^p"],
    ["(6*w)^p + 10^q*x"],
    ["exp(s*x^2*log(1 + (t*cos(x)/3)^2)) + cos(t*x)"],
    [many(100, (k) => `a${k}*exp(b${k}*x)`)],
    [many(8, (k) => `sn(a${k}*x + b${k}, 1/2)`)],
  ] as const)(
    "%s %s",
    (formula, loss?: "logistic") => {
      const options = { inputs: ["x"], ...(loss === undefined ? {} : { loss }) };
      const verdict = findVerdict(model(formula, options), judge, budget());
      expect(verdict.tier).not.toBe("undecided");
      const found = verify(JSON.stringify(verdict), "verdict", judge.precise, budget());
      expect(found).toMatchObject({ accepted: true });
    },
    60_000,
  );
});

const rootOf = (form: Syntax): Syntax & { kind: "call" } =>
  postorder(form).find(
    (node): node is Syntax & { kind: "call" } => node.kind === "call" && node.name === "sqrt",
  )!;

test.each([
  ["cos(sqrt(w))", true],
  ["sin(sqrt(w))/sqrt(w)", true],
  ["besselj(2, 3*sqrt(w))", true],
  ["sqrt(w)*besselj(1, sqrt(w)) + w", true],
  ["besselj(1, sqrt(w))", false],
  ["exp(sqrt(w))", false],
  ["cos(sqrt(w)) + sqrt(w)", false],
  ["abs(sqrt(w))", false],
  ["cos(1 + sqrt(w))", false],
])("%s is even in the root: %s", (formula, isEven) => {
  const form = readFormula(formula);
  expect(isEvenIn(form, rootOf(form))).toBe(isEven);
});

test.each([
  ["sqrt(w^4 + w^6)", true],
  ["sqrt((w + x)^4*exp(v)/(1 + w^2))", true],
  ["sqrt(w^2)", false],
  ["sqrt(w^4 + v^4)", false],
])("%s has powers whose root is a polynomial: %s", (formula, isSmaller) => {
  const [argument] = rootOf(readFormula(formula)).args;
  expect(withoutPowers(argument!, "sqrt", budget()) !== undefined).toBe(isSmaller);
});

test.each([
  ["round(5/2)", "3"],
  ["round(-5/2)", "-3"],
  ["floor(-7/2) + ceil(-7/2)", "-7"],
  ["sign(1/2 - 1/2)", "0"],
  ["max(1/2, 2/3)*min(3, -1/4)", "-1/6"],
  ["delta(1/2, 2/4)", "1"],
  ["2^(-2)", "1/4"],
  ["1/0", "none"],
  ["exp(0)", "none"],
])("the exact value of %s is %s", (formula, value) => {
  const found = exactValue(readFormula(formula), () => undefined);
  expect(found === undefined ? "none" : rationalText(found)).toBe(value);
});
