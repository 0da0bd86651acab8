/** Every change of one entry of a document: of each leaf by what it says, and of each list and each object. */

export type Path = readonly (string | number)[];

export interface Mutation {
  readonly path: Path;
  /** The path with `[]` for each place in a list and `{}` for each key that is a name of the document. */
  readonly pattern: string;
  readonly how: "change" | "drop" | "repeat" | "swap";
  /** What stands there afterwards, where a leaf is changed. */
  readonly to?: unknown;
}

/** Objects whose keys are names of the model. */
const RECORD = /(^|\.)(matrices|point|direction|sizes|bracket)$/;

export function patternOf(path: Path): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += "[]";
    else text += RECORD.test(text) ? ".{}" : `${text === "" ? "" : "."}${key}`;
  }
  return text;
}

export const at = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], document);

/** The document after the change. */
export function mutated(document: unknown, { path, how, to }: Mutation): unknown {
  const copy = structuredClone(document);
  const key = path.at(-1)!;
  const parent = at(copy, path.slice(0, -1)) as Record<string | number, unknown> & unknown[];
  if (how === "change") parent[key] = to;
  else if (!Array.isArray(parent)) delete (parent as Record<string | number, unknown>)[key];
  else if (how === "drop") parent.splice(key as number, 1);
  else if (how === "repeat") parent.splice(key as number, 0, structuredClone(parent[key as number]));
  else parent.splice(key as number, 2, parent[(key as number) + 1], parent[key as number]);
  return copy;
}

const TIERS = [
  "polynomial",
  "exponential-polynomial",
  "addition-theorem",
  "cascade",
  "holonomic",
  "differentially-algebraic",
  "outside",
  "undecided",
];
const LOSSES = "squared poisson poisson-log logistic softmax-cross-entropy gaussian-nll absolute huber hinge";
const KINDS = ["linear-closure", ...TIERS.slice(0, 5), "differential-ring", "kink", "hypertranscendental"];

type Leaf = string | number | boolean | null;

const numeral = (value: number): unknown[] => [
  value + 1,
  value - 1,
  -value - 1,
  value + 0.5,
  1e9,
  `${value + 1}`,
];
const formula = (text: string): string[] => [
  `(${text}) + 1`,
  `(${text}) - 1/10^30`,
  ...(text === "0" ? [] : [`2*(${text})`]),
  `(${text}) + other`,
  `${text} +`,
  "",
];
const size = (value: Leaf): unknown[] =>
  typeof value === "number"
    ? [...numeral(value), null]
    : value === null
      ? [0, 1, 2, "n"]
      : [...formula(`${value}`), null, 1];
const fraction = (text: string): unknown[] => {
  const [num, den = "1"] = text.split("/") as [string, string?];
  return [
    `${7n * BigInt(num) + BigInt(den)}/${7n * BigInt(den)}`,
    `${BigInt(num) - BigInt(den)}/${den}`,
    "1/0",
    "x",
    1,
  ];
};
const decimal = (text: string): unknown[] =>
  text.endsWith("inf")
    ? [text.startsWith("-") ? "inf" : "-inf", "0", "1e6", "nan"]
    : [`${Number(text) + 1}`, `${2 * Number(text) - 1e-6}`, "inf", "-inf", "nan", ""];
const text = (value: string): string[] => [`${value} `, "other", ""];
const others =
  (list: readonly string[]) =>
  (value: Leaf): unknown[] => [...list.filter((each) => each !== value), "other", ""];

/** What a leaf is changed to, by its path: the first row that fits. */
const LEAVES: readonly (readonly [RegExp, (value: never) => readonly unknown[]])[] = [
  [/(^|\.)tier$|\.against$/, others(TIERS)],
  [/^membership$/, others(["strict", "extended", "partial", "outside", "undecided"])],
  [/^loss$/, others(LOSSES.split(" "))],
  [/\.proofs\[\]\.kind$/, others(["pole", "generator"])],
  [/\.kind$/, others(KINDS)],
  [/\.of$/, others(["outputs", "optimality"])],
  [/\.node$/, others(["atom", "sum", "product"])],
  [/^sufficientStatistics$/, others(["moments", "lattice", "none"])],
  [
    /^analytic\.radius$/,
    (value: Leaf) => ["infinite", "finite", null, "other"].filter((each) => each !== value),
  ],
  [/\.holds$/, (value: Leaf) => [true, false, null, 1].filter((each) => each !== value)],
  [/\.format$/, numeral],
  [/\.function$/, others(["exp", "log", "tan", "erf", "root", "gamma", "abs"])],
  [
    /(\.name|parameters\[\]|inputs\[\]|openSizes\[\]|closedIn\[\]|\.family|\.variable|\.input|output\.index)$/,
    text,
  ],
  [/\.(reason|law|theorem|statement)$/, text],
  [/\.indices\[\]$/, others(["1", ">=2"])],
  [
    /determinant\[\]$/,
    (value: string) => [`${-Number(value)}`, "0", `${1000 * Number(value)}`, `${Number(value) / 1000}`, "x"],
  ],
  [/hankel\.(point|direction)\.\{\}$|\.(point|bracket)\.\{\}(\[\])?$|\.values\[\]$/, fraction],
  [/\.direction\.\{\}$/, numeral],
  [/\.(left|right)$/, decimal],
  [/\.sizes\.\{\}$|\.order$/, numeral],
  [/dimension$|terminates\.\w+$|\.rank$|recurrenceOrder$|output\.size$/, size],
  [/\.generators\[\]\.order$/, numeral],
  [
    /^analytic\.domain\[\]$/,
    (value: string) => [value.replace(/!=|[<>]=?/, (r) => (r === ">" ? "<" : ">")), "other > 0", "", "("],
  ],
  [/^(certificate|obstruction)$/, () => [{}, [], "", 1]],
  [/./, formula],
];

const falsehoods = (pattern: string, value: Leaf): readonly unknown[] =>
  LEAVES.find(([own]) => own.test(pattern))![1](value as never);

/** All changes of a document, in the order of its entries. */
export function mutationsOf(document: unknown): Mutation[] {
  const found: Mutation[] = [];
  const walk = (value: unknown, path: Path): void => {
    const pattern = patternOf(path);
    if (typeof value !== "object" || value === null) {
      for (const to of falsehoods(pattern, value as Leaf)) found.push({ path, pattern, how: "change", to });
      return;
    }
    const isList = Array.isArray(value);
    for (const key of Object.keys(value).map((each) => (isList ? Number(each) : each))) {
      const own = [...path, key];
      const entry = patternOf(own);
      const put = (how: Mutation["how"]): void => void found.push({ path: own, pattern: entry, how });
      put("drop");
      if (isList) {
        put("repeat");
        const [one, next] = [value[key as number], value[(key as number) + 1]];
        if (next !== undefined && JSON.stringify(one) !== JSON.stringify(next)) put("swap");
      }
      walk(at(value, [key]), own);
    }
  };
  walk(document, []);
  return found;
}

export const pathText = (path: Path): string =>
  path.map((key, k) => (typeof key === "number" ? `[${key}]` : k === 0 ? key : `.${key}`)).join("");

export const describeMutation = ({ path, how, to }: Mutation): string =>
  `${how} ${pathText(path)}${how === "change" ? ` to ${JSON.stringify(to)}` : ""}`;
