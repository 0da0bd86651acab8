import { expect, test } from "vitest";
import { readArchitectureFile } from "../src/architecture/file.ts";

test.each([
  ["{}", 'a.json: the model is missing; accepted: "model": a formula such as "a*exp(-k*x)"'],
  ["[]", "a.json: not an object; accepted: an object with a model"],
  [
    '{"model": "x", "sizes": {"r": -1}}',
    "a.json:sizes.r: cannot be used; accepted: whole numbers from 0 to 1000000",
  ],
  [
    '{"model": "x", "inputs": "x"}',
    'a.json:inputs: cannot be used; accepted: a list of names such as ["x1", "x2"]',
  ],
  [
    '{"model": "x", "domains": {"k": 3}}',
    'a.json:domains.k: cannot be used; accepted: conditions such as "k > 0", or lists of them',
  ],
])("an architecture file that does not fit: %s", (text, message) => {
  expect(() => readArchitectureFile(text, "a.json")).toThrow(message);
});
