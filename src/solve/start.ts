/** Where training starts: values the user gives, or seeded draws. */
import type { Architecture } from "../architecture/architecture.ts";
import { flatNames, members } from "../architecture/architecture.ts";
import { DescentError, quoted } from "../errors.ts";
import type { Data } from "./data.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32, T. Ettinger). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A standard normal deviate (Box and Muller). */
export const normalDeviate = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/**
 * The start in the order of the parameters.
 *
 * @param values by parameter name; every parameter needs one
 * @throws DescentError `input` for a missing or unknown name or a value that is not finite
 */
export function startVector(
  architecture: Architecture,
  values: Readonly<Record<string, number>>,
): Float64Array {
  const names = flatNames(architecture.parameters);
  const place = { source: "start" };
  const given = new Map(Object.entries(values).map(([name, value]) => [name.replace(/\s+/g, ""), value]));
  for (const [name, value] of given) {
    if (!names.includes(name)) {
      throw new DescentError("input", `no parameter ${quoted(name)}`, { place, accepted: listed(names) });
    }
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new DescentError("input", `the value of ${name} is not a finite number`, {
        place,
        accepted: "numbers",
      });
    }
  }
  const missing = names.filter((name) => !given.has(name));
  if (missing.length > 0) {
    throw new DescentError("input", `no value for ${listed(missing)}`, {
      place,
      accepted: "name=value for every parameter, or no start at all",
    });
  }
  return Float64Array.from(names, (name) => given.get(name)!);
}

/**
 * Reads `name=value,…`; names may be indexed: `A[1,1,2]=0.5`.
 *
 * @example
 * parseStart("b1=500, A[1,2]=1e-4"); // { b1: 500, "A[1,2]": 0.0001 }
 */
export function parseStart(text: string): Record<string, number> {
  const values: Record<string, number> = Object.create(null);
  for (const item of text.split(/,(?![^[\]]*\])/)) {
    const match = /^\s*([^=]+?)\s*=\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*$/.exec(item);
    if (match === null) {
      throw new DescentError("input", `cannot read ${quoted(item.trim())}`, {
        place: { source: "start" },
        accepted: "name=value pairs such as b1=500,A[1,2]=1e-4, or a JSON file",
      });
    }
    const name = match[1]!.replace(/\s+/g, "");
    if (name in values) {
      throw new DescentError("input", `${quoted(name)} is given twice`, {
        place: { source: "start" },
        accepted: "each parameter once",
      });
    }
    values[name] = Number(match[2]);
  }
  return values;
}

/**
 * Seeded starts: parameters scaled to the data. A polynomial parameter is drawn on the scale of y, any other on the
 * inverse scale of the inputs.
 */
export function drawStarts(
  architecture: Architecture,
  data: Data,
  linear: ReadonlySet<string>,
  count: number,
  seed: number,
): Float64Array[] {
  const random = seededRandom(seed);
  const height = spread(data.y);
  const width = Math.max(...data.inputs.map(spread), 0) || 1;
  const families = architecture.parameters.flatMap((f) => members(f).map(() => f.name));
  return Array.from({ length: count }, () =>
    Float64Array.from(families, (name) => {
      if (linear.has(name)) return normalDeviate(random) * height;
      return (normalDeviate(random) / width) * 4 ** (3 * random());
    }),
  );
}

function spread(column: Float64Array): number {
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of column) {
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
  }
  return Math.max(hi - lo, Math.abs(hi) / 10, Number.MIN_VALUE) || 1;
}

const listed = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(", ") : `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`;
