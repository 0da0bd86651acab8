import fc from "fast-check";
import { expect, test } from "vitest";
import { parameterVariables } from "../src/architecture/architecture.ts";
import { createBudget } from "../src/errors.ts";
import { differentiate, gradient } from "../src/expression/differentiate.ts";
import { expPolynomialFormula, model } from "./support/architectures.ts";

const budget = createBudget({ milliseconds: 60_000 });

test("the gradient is each derivative by itself", () => {
  fc.assert(
    fc.property(expPolynomialFormula, fc.constantFrom("", "tanh", "sigmoid", "atan"), (formula, outer) => {
      const given = model(outer === "" ? `1/(2 + (${formula})^2)` : `${outer}(${formula})`);
      const { algebra } = given;
      const found = gradient(algebra, given.model, "parameter", budget);
      for (const { variable } of parameterVariables(given)) {
        const symbol = algebra.symbol(variable.name, "parameter", variable.indices);
        const alone = differentiate(algebra, given.model, variable, budget);
        expect(found.get(symbol) ?? algebra.zero).toBe(alone);
      }
    }),
    { numRuns: 200, seed: 4 },
  );
});

test("nothing depends on no parameter", () => {
  const { algebra, model: root } = model("2 + x^2");
  expect(gradient(algebra, root, "parameter", budget).size).toBe(0);
});
