/** Remarks on how the names of a model were read, where someone may have meant otherwise. */
import { names } from "../expression/node.ts";
import type { Architecture } from "./api.ts";

/** What a formula calls its input where it is not x, the likeliest first. */
const LIKELY = ["t", "z", "u", "s", "n", "time", "X"];

/**
 * The remarks on an architecture, none as a rule.
 *
 * @example
 * notes(architecture({ model: "A*exp(-k*t)" })).length; // 1
 */
export function notes(given: Architecture): string[] {
  const inputs = given.inputs.map(({ name }) => name);
  const parameters = given.parameters.map(({ name }) => name);
  const occurring = names(given.model, "input");
  const found: string[] = [];
  if (inputs.length === 0 && parameters.length > 0) {
    const likely = LIKELY.find((name) => parameters.includes(name));
    const remedy =
      likely === undefined
        ? "--inputs NAME would make one an input"
        : `--inputs ${likely} would make ${likely} an input`;
    const are = parameters.length === 1 ? "is a parameter" : "are parameters";
    found.push(`no name is an input: ${parameters.join(", ")} ${are}; ${remedy}`);
  }
  for (const name of inputs)
    if (!occurring.has(name)) found.push(`the model does not depend on the input ${name}`);
  for (const name of parameters) {
    if (inputs.length > 0 && /^x([1-9]\d*)?$/.test(name)) {
      found.push(
        `${name} is a parameter: ${inputs.length === 1 ? "the input is" : "the inputs are"} ${inputs.join(", ")}`,
      );
    }
  }
  for (const { name, ranges } of given.parameters) {
    if ((name === "i" || name === "I") && ranges.length === 0)
      found.push(`${name} is a parameter; the imaginary unit is complex(0, 1)`);
  }
  return found;
}
