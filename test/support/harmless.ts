/**
 * Which changes of a document leave it true. A document is a conjunction of statements, and only what makes one of them false
 * has to be rejected. The first row of the table whose path, kind of change and condition fit gives the reason.
 */
import { at, type Mutation, mutated, pathText } from "./mutations.ts";

type Json = Readonly<Record<string, unknown>>;

interface Change extends Mutation {
  readonly document: Json;
  readonly from: unknown;
  /** Whether the verdict rests on conditions that were declared. */
  readonly declared: boolean;
}

interface Row {
  readonly at: RegExp;
  readonly how?: RegExp;
  readonly when?: (change: Change) => boolean;
  readonly because: string;
}

/** All tiers that hold a tier. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  polynomial: [
    "exponential-polynomial",
    "addition-theorem",
    "cascade",
    "holonomic",
    "differentially-algebraic",
  ],
  "exponential-polynomial": ["addition-theorem", "cascade", "holonomic", "differentially-algebraic"],
  "addition-theorem": ["cascade", "differentially-algebraic"],
  cascade: ["differentially-algebraic"],
  holonomic: ["differentially-algebraic"],
  "differentially-algebraic": [],
  outside: [],
};
const isIn = (own: string, tier: unknown): boolean =>
  own === tier || WITHIN[own]?.includes(tier as string) === true;

const familyOf = (name: string): string => name.replace(/\[.*$/, "");

/** The tier of the model, or of one family, as the unchanged document has it. */
function tierOf(document: Json, family: unknown): string {
  const list = document.parameters as { name: string; tier: string }[];
  const own = list.find(({ name }) => familyOf(name) === family);
  return family === undefined ? (document.tier as string) : (own?.tier ?? "polynomial");
}

const proofAt = ({ document, path }: Change): Json =>
  at(document, path.slice(0, path.indexOf("proofs") + 2)) as Json;

/** Whether a proof that is changed says of a family that it is not in a tier that it is in. */
function isTrueProof(change: Change): boolean {
  const own = proofAt({ ...change, document: mutated(change.document, change) as Json });
  const families = (change.document.parameters as { name: string }[]).map(({ name }) => familyOf(name));
  const { family, against } = own;
  if (family !== undefined && !families.includes(family as string)) return false;
  if (WITHIN[against as string] === undefined || against === "outside") return false;
  return !isIn(tierOf(change.document, family), against);
}

/** Whether generators stay defined by earlier ones. */
function areOrdered(change: Change): boolean {
  const list = at(mutated(change.document, change), change.path.slice(0, -1)) as {
    name: string;
    arguments: string[];
  }[];
  return list.every(({ arguments: own }, k) =>
    list.slice(k).every(({ name }) => !own.some((text) => new RegExp(`\\b${name}\\b`).test(text))),
  );
}

const number = (value: unknown): number => Number(value);

/** Whether the bounds of a number still are on either side of it. */
function areBounds(change: Change): boolean {
  const list = change.path.slice(0, -1);
  const [lo, hi] = (at(change.document, list) as string[]).map(Number) as [number, number];
  const changed = at(mutated(change.document, change), list) as string[];
  const [low, high] = changed.map(Number) as [number, number];
  return changed.length === 2 && low <= lo && hi <= high;
}

const TEXT =
  /^architecture\.name$|^separable\.reason$|^separable\.witness\.theorem$|^obstruction\.(reason|theorem)$|\.law$|\.proofs\[\]\.theorem$|witnesses\[\]\.function$|\.hankel\.statement$/;
const ASIDE =
  /^(architecture\.(name|sizes|openSizes|output)|separable|analytic|closedIn|sufficientStatistics|direct|terminates|obstruction|certificate\.(hankel|restriction|basis|matrices|coordinates)|analytic\.(holds|radius|domain)|separable\.witness\.(sizes|ones))$/;
const SET =
  /^(architecture\.(inputs|parameters|openSizes)|certificate\.parameters|parameters|closedIn|exceptions|analytic\.domain|certificate\.rules|obstruction\.witnesses)\[\]$|\.lower\.proofs\[\]$|(restriction|\.ones)\[\]$/;

export const HARMLESS: readonly Row[] = [
  { at: TEXT, how: /change|drop/, because: "a text for people, which names no formula" },
  {
    at: /^scope$|^exceptions\[\]\.form$/,
    how: /drop/,
    because: "what is left out says nothing, and the tier is seen without it",
  },
  {
    at: SET,
    how: /swap|repeat/,
    because: "a list that is a set: neither order nor repetition says anything",
  },
  {
    at: /^certificate\.rules\[\]$|\.lower\.proofs\[\]$|^obstruction\.witnesses\[\]$|^analytic\.domain\[\]$/,
    how: /drop/,
    when: ({ pattern, declared }) => pattern !== "analytic.domain[]" || !declared,
    because:
      "one of several statements is left out; what rests on it alone is not accepted, but true all the same",
  },
  {
    at: ASIDE,
    how: /drop/,
    when: ({ path, document }) =>
      !/^(architecture\.output|separable\.witness\.ones)$/.test(path.join(".")) ||
      JSON.stringify(at(document, path)) === "[]",
    because: "a statement that need not be made is left out",
  },
  {
    at: /^exceptions$/,
    how: /drop/,
    when: ({ from }) => JSON.stringify(from) === "[]",
    because: "no list is an empty one",
  },
  {
    at: /witnesses\[\]\.argument$/,
    how: /drop/,
    when: ({ document, path }) => !Object.hasOwn(at(document, path.slice(0, -1)) as Json, "bracket"),
    because: "the point says where the argument vanishes: it is named for people",
  },
  {
    at: /\.bracket\.\{\}\[\]$/,
    when: ({ from, to, path }) => {
      const [a, b] = [from, to].map((text) => {
        const [num, den = "1"] = `${text}`.split("/");
        return number(num) / number(den);
      }) as [number, number];
      return Number.isFinite(b) && (path.at(-1) === 0 ? b < a : b > a);
    },
    because: "a wider bracket holds the zero too",
  },
  {
    at: /^architecture\.model$/,
    when: ({ document, from, to }) => {
      const { kind, witnesses } = (document.obstruction ?? {}) as { kind?: string; witnesses?: Json[] };
      if (kind !== "kink" || document.loss !== "squared") return false;
      const isShifted = to === `(${from}) + 1` || to === `(${from}) - 1/10^30`;
      const isScaled = to === `2*(${from})`;
      return witnesses!.every(
        ({ order, left, right }) =>
          (isShifted && (number(order) > 0 || `${to}`.endsWith("10^30"))) ||
          (isScaled && `${left}`.endsWith("inf") && `${right}`.endsWith("inf")),
      );
    },
    because: "the kink is that of this model too, in the digits that are stated",
  },
  {
    at: /^architecture\.model$/,
    when: ({ document, from, to }) =>
      document.loss === "softmax-cross-entropy" && (to === `(${from}) + 1` || to === `(${from}) - 1/10^30`),
    because: "a shift of all scores leaves softmax cross-entropy what it is",
  },
  {
    at: /^sufficientStatistics$/,
    when: ({ document, to }) => {
      const { model } = document.architecture as { model: string };
      const isFactor = /(^|\*)x(\*|$)/.test(model) && model.match(/\bx\b/g)!.length === 1;
      return to === "lattice" && (isFactor || !/\w\(|\^/.test(model));
    },
    because: "the model is linear in its input, and so a lattice form",
  },
  {
    at: /witnesses\[\]\.argument$/,
    when: ({ from, to }) => to === `2*(${from})`,
    because: "it vanishes at the same point",
  },
  {
    at: /witnesses\[\]\.restriction\[\]$/,
    how: /drop/,
    when: ({ document, from }) =>
      `${(document.architecture as Json).model}`.startsWith(
        `sum(${(from as { family: string }).family}[k]*abs(`,
      ),
    because: "the terms of further members vanish at any amplitude",
  },
  {
    at: /witnesses\[\]\.restriction\[\]\.value$/,
    when: ({ to }) => to === "0" || to === "2*(1)" || /^\(1\)/.test(`${to}`),
    because: "the terms of further members vanish at any amplitude; what is no number is not accepted",
  },
  {
    at: /witnesses\[\]\.point\.\{\}$/,
    when: ({ document, path }) => `${(document.architecture as Json).model}`.endsWith(` + ${path.at(-1)}`),
    because: "a constant that is added has no derivative",
  },
  {
    at: /witnesses\[\]\.(point|direction)\.\{\}$/,
    when: ({ document, path, to }) => {
      const { left, right, direction } = at(document, path.slice(0, -2)) as Json & { direction: Json };
      const isAmplitude = path.at(-1) === "a" && !Object.hasOwn(direction, "a") && !`${to}`.startsWith("-");
      return (
        left === "inf" && right === "inf" && (path.at(-2) === "direction" ? number(to) > 0 : isAmplitude)
      );
    },
    because: "what diverges does so at any scale",
  },
  {
    at: /^separable\.witness\.point\.\{\}$/,
    when: ({ document, path }) => {
      const point = at(document, path.slice(0, -1)) as Json;
      const [, index] = /^v\[(\d+)\]$/.exec(`${path.at(-1)}`) ?? [];
      const inside = Object.entries(point).filter(([name]) => name.startsWith(`w[${index},`));
      return inside.length > 0 && inside.every(([, value]) => value === "0");
    },
    because: "the amplitude of a term that is 0",
  },
  {
    at: /^separable\.witness\.point\.\{\}$/,
    when: ({ document, path }) => {
      const point = at(document, path.slice(0, -1)) as Json;
      const [, index] = /^w\[(\d+),\d+\]$/.exec(`${path.at(-1)}`) ?? [];
      return (
        index !== undefined &&
        point[`v[${index}]`] === "0" &&
        `${(document.architecture as Json).model}`.startsWith("sum(v[k]*")
      );
    },
    because: "a member of a term that is multiplied by 0",
  },
  {
    at: /^obstruction$/,
    how: /change/,
    when: ({ document }) => document.certificate !== null,
    because: "what has a certificate has no obstruction: nothing reads the entry",
  },
  {
    at: /^architecture\.sizes\.\{\}$/,
    because: "a record of what was asked: the model stands there with the numbers put in",
  },
  {
    at: /^loss$/,
    when: ({ document, from, to }) => {
      const { parameters } = document.architecture as { parameters: string[] };
      const given = (loss: unknown): boolean =>
        loss === "squared" || (loss === "gaussian-nll" && !parameters.includes("sigma"));
      return given(from) && given(to);
    },
    because: "with a given deviation the loss is the squared one times a constant",
  },
  {
    at: /^parameters\[\]\.tier$|^exceptions\[\]\.tier$/,
    when: ({ to }) => to === "undecided",
    because: "what is undecided claims nothing",
  },
  {
    at: /^separable\.holds$|^analytic\.(holds|radius)$/,
    when: ({ to }) => to === null,
    because: "what is not decided claims nothing",
  },
  {
    at: /^separable\.rank$/,
    when: ({ from, to }) =>
      typeof from === "number" && to !== null && Number.isInteger(number(to)) && number(to) > from,
    because: "the rank is the number of products written, an upper bound",
  },
  {
    at: /^separable\.rank$/,
    when: ({ from, to }) => typeof from === "string" && `${to}` === `2*(${from})`,
    because: "the rank is the number of products written, an upper bound",
  },
  {
    at: /^separable\.rank$/,
    when: ({ from, to }) => typeof from === "string" && `${to}` === `(${from}) + 1`,
    because: "the rank is the number of products written, an upper bound",
  },
  {
    at: /^sufficientStatistics$/,
    when: ({ from, to }) => from === "lattice" && to === "none",
    because: "`none` says that none is known",
  },
  {
    at: /\.rules\[\]\.tier$/,
    when: ({ from, to }) => WITHIN[from as string]!.includes(to as string),
    because: "an upper bound: a higher tier holds the function too",
  },
  {
    at: /\.rules\[\]\.tier$/,
    when: ({ document, path, to }) => {
      const { formula } = at(document, path.slice(0, -1)) as { formula: string };
      return (
        to === "holonomic" && /^(exp|log|sqrt)\(/.test(formula) && formula.match(/[a-z]\(/g)!.length === 1
      );
    },
    because: "exponentials, logarithms and roots of rational functions are holonomic",
  },
  {
    at: /\.proofs\[\]\.(against|family)$/,
    when: isTrueProof,
    because: "the tier is one that the model, or the family, is not in",
  },
  {
    at: /\.proofs\[\]\.kind$/,
    when: ({ to }) => to === "pole" || to === "generator",
    because: "another argument for the same statement: accepted where it is a proof",
  },
  {
    at: /\.children\[\]$/,
    how: /swap/,
    because: "sums and products do not depend on the order of their parts",
  },
  {
    at: /\.generators\[\]$/,
    how: /swap/,
    when: areOrdered,
    because: "generators of which none stands in the other",
  },
  {
    at: /determinant\[\]$/,
    when: areBounds,
    because: "wider bounds hold too",
  },
  {
    at: /\.direction\.\{\}$/,
    when: ({ document, path, to }) => {
      const witness = at(document, path.slice(0, -2)) as Json;
      return witness.order === 0 && number(to) > 0;
    },
    because: "the sides of a jump are the same at any speed",
  },
  {
    at: /^analytic\.domain\[\]$/,
    how: /change/,
    because:
      "another condition is a verdict on another domain; where it is declared, the formulas have to agree on it",
    when: ({ declared }) => !declared,
  },
];

/** Whether the checker says that it knows nothing of an entry, or nothing of what is left out of a list. */
export const isUnchecked = (unchecked: readonly string[], { path, how }: Mutation): boolean =>
  unchecked.some((text) => {
    const [entry, part] = text.split(":") as [string, string?];
    return pathText(path).startsWith(entry) && (part === undefined || how === "drop");
  });

/** Why a change leaves the document true, if it is known to. */
export function harmless(document: Json, mutation: Mutation, declared: boolean): string | undefined {
  const change: Change = { ...mutation, document, from: at(document, mutation.path), declared };
  return HARMLESS.find(
    (row) =>
      row.at.test(mutation.pattern) &&
      (row.how === undefined || row.how.test(mutation.how)) &&
      (row.when === undefined || row.when(change)),
  )?.because;
}
