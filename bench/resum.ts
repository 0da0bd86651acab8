/** Resummation: one atom, 64 parameters, and the growth with the number of atoms. */
import * as api from "../src/app/api.ts";
import { columns } from "../src/app/report.ts";
import { programJson } from "../src/resummation/json.ts";
import { median, peakMemory } from "./measure.ts";

const time = (work: () => void, times = 51): number => {
  for (let k = 0; k < times; k++) work();
  return median(work, times);
};
const atoms = (P: number): api.Architecture => api.builtinArchitecture("aion", { sizes: { r: 1, d: 1, P } });
const program = (P: number): string => JSON.stringify(programJson(api.resum(atoms(P))));

/** Milliseconds, warm, on one core. */
const HELD = { atom: 5, program: 30 } as const;
/** The same work as published: gradient, Hessian and shared program of 16 atoms with 64 parameters. */
const PUBLISHED = "CasADi 50 to 63 ms, giac 54 (no code), SymPy 4050";

/** Prints the figures; false where one is beyond what it is held to. */
export function benchResum(): boolean {
  const atom = time(() => {
    api.resum(api.architecture({ model: "A*exp(a*x)*cos(w*x + p)" })).optimality;
  });
  const rows = [4, 8, 16, 32, 64].map((P) => ({
    P,
    milliseconds: time(() => void program(P), P > 16 ? 11 : 51),
    length: program(P).length,
  }));
  console.log(`\nresummation of one atom: ${atom.toFixed(2)} ms, held to ${HELD.atom}`);
  console.log(
    columns([
      ["atoms", "parameters", "slopes, curvature, shared program", "characters", "times the row above"],
      ...rows.map(({ P, milliseconds, length }, k) => [
        `${P}`,
        `${4 * P}`,
        `${milliseconds.toFixed(1)} ms`,
        `${length}`,
        k === 0 ? "" : (milliseconds / rows[k - 1]!.milliseconds).toFixed(2),
      ]),
    ]),
  );
  console.log(`held to ${HELD.program} ms at 64 parameters; published: ${PUBLISHED}`);
  console.log(`the most memory of this process so far: ${peakMemory().toFixed(0)} MiB`);
  const whole = rows.find(({ P }) => P === 16)!.milliseconds;
  return atom <= HELD.atom && whole <= HELD.program;
}
