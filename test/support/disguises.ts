/**
 * Other spellings of the same function: a part of a formula is replaced by one that is equal to it wherever both have
 * values. `cuts` says what the spelling takes off the domain: nothing; a `thin` set, on which a parameter of its own
 * lies, so that no kink lies in it whole; an `open` set, for single parameters of functions that have values everywhere.
 */
import type { Member } from "./members.ts";
import {
  call,
  type Dice,
  fixed,
  isPositive,
  minus,
  negative,
  nodes,
  num,
  one,
  onePlusSquare,
  over,
  parameter,
  parametersOf,
  power,
  replace,
  sum,
  type Term,
  times,
} from "./terms.ts";

interface Around {
  readonly dice: Dice;
  /** An affine form: in a new parameter, or in one that the formula has. */
  readonly u: Term;
  /** One in a new parameter. */
  readonly fresh: Term;
}

export interface Disguise {
  readonly name: string;
  readonly cuts: "nothing" | "thin" | "open";
  /** Undefined where it does not apply. */
  readonly apply: (t: Term, around: Around) => Term | undefined;
}

const half = num("1/2");
const two = num(2);
const isCall = (t: Term, name: string): t is Term & { kind: "call" } => t.kind === "call" && t.name === name;

/** For any t. */
const ANYWHERE: Readonly<Record<string, (t: Term, around: Around) => Term>> = {
  "log exp": (t) => call("log", call("exp", t)),
  "asinh sinh": (t) => call("asinh", call("sinh", t)),
  "sinh asinh": (t) => call("sinh", call("asinh", t)),
  "tan atan": (t) => call("tan", call("atan", t)),
  "atanh tanh": (t) => call("atanh", call("tanh", t)),
  "cube of the cube root": (t) => power(call("cbrt", t), 3),
  "sin² + cos²": (t, { u }) => times(t, sum(power(call("sin", u), 2), power(call("cos", u), 2))),
  "cosh² − sinh²": (t, { u }) => times(t, minus(power(call("cosh", u), 2), power(call("sinh", u), 2))),
  "e^u e^−u": (t, { u }) => times(call("exp", u), t, call("exp", negative(u))),
  "erf + erfc": (t, { u }) => times(t, sum(call("erf", u), call("erfc", u))),
  "σ(u) + σ(−u)": (t, { u }) => times(sum(call("sigmoid", u), call("sigmoid", negative(u))), t),
  "sign of a positive": (t, { u }) => times(t, call("sign", onePlusSquare(u))),
  "over and times 1 + u²": (t, { u }) => times(over(t, onePlusSquare(u)), onePlusSquare(u)),
  "plus and minus u": (t, { u }) => minus(sum(t, u), u),
  "relu(t) − relu(−t)": (t) => minus(call("relu", t), call("relu", negative(t))),
  "softplus(t) − softplus(−t)": (t) => minus(call("softplus", t), call("softplus", negative(t))),
  "gelu(t) − gelu(−t)": (t) => minus(call("gelu", t), call("gelu", negative(t))),
  "silu(t) − silu(−t)": (t) => minus(call("silu", t), call("silu", negative(t))),
  "max + min": (t, { u }) => minus(sum(call("max", t, u), call("min", t, u)), u),
  "|t| sign t": (t) => times(call("abs", t), call("sign", t)),
  "leaky relu": (t) =>
    over(
      minus(call("leaky_relu", t, fixed("1/4")), call("leaky_relu", negative(t), fixed("1/4"))),
      num("5/4"),
    ),
};

/** Functions that vanish. */
const ZEROS: Readonly<Record<string, (u: Term) => Term>> = {
  "sin 2u": (u) => minus(call("sin", times(two, u)), times(two, call("sin", u), call("cos", u))),
  "erf + erfc − 1": (u) => sum(call("erf", u), call("erfc", u), num(-1)),
  "log e^u − u": (u) => minus(call("log", call("exp", u)), u),
  "|u|² − u²": (u) => minus(power(call("abs", u), 2), power(u, 2)),
  "√u⁴ − u²": (u) => minus(call("sqrt", power(u, 4)), power(u, 2)),
  "tanh 2u": (u) =>
    minus(call("tanh", times(two, u)), over(times(two, call("tanh", u)), onePlusSquare(call("tanh", u)))),
  "atan u + atan −u": (u) => sum(call("atan", u), call("atan", negative(u))),
  "softplus − log(1 + e^u)": (u) => minus(call("softplus", u), call("log", sum(one, call("exp", u)))),
  "elu − relu": (u) =>
    sum(call("elu", u), negative(call("relu", u)), negative(call("exp", call("min", u, num(0)))), one),
  "floor u + ceil −u": (u) => sum(call("floor", u), call("ceil", negative(u))),
  "J contiguity": (u) =>
    minus(
      times(u, sum(call("besselj", fixed(0), u), call("besselj", fixed(2), u))),
      times(two, call("besselj", fixed(1), u)),
    ),
  "sn² + cn² − 1": (u) =>
    sum(power(call("sn", u, fixed("1/3")), 2), power(call("cn", u, fixed("1/3")), 2), num(-1)),
  "dn² + m sn² − 1": (u) =>
    sum(power(call("dn", u, fixed("1/4")), 2), over(power(call("sn", u, fixed("1/4")), 2), num(4)), num(-1)),
  "W e^W": (u) => {
    const w = call("lambertw", onePlusSquare(u));
    return minus(times(w, call("exp", w)), onePlusSquare(u));
  },
  "Γ at a positive": (u) => {
    const z = onePlusSquare(u);
    return minus(call("gamma", sum(z, one)), times(z, call("gamma", z)));
  },
  "lgamma − log Γ": (u) =>
    minus(call("lgamma", onePlusSquare(u)), call("log", call("gamma", onePlusSquare(u)))),
  "logs of a product": (u) =>
    sum(call("log", onePlusSquare(u)), u, negative(call("log", times(onePlusSquare(u), call("exp", u))))),
  "atan + atan of the inverse": (u) =>
    sum(
      call("atan", call("exp", u)),
      call("atan", call("exp", negative(u))),
      over({ kind: "data", text: "pi" }, num(-2)),
    ),
  "atan of a tanh": (u) =>
    // gd u = 2 atan tanh(u/2) = atan sinh u.
    minus(times(two, call("atan", call("tanh", over(u, two)))), call("atan", call("sinh", u))),
};

const unary =
  (name: string, f: (u: Term, around: Around) => Term): Disguise["apply"] =>
  (t, around) =>
    isCall(t, name) && t.parts.length === 1 ? f(t.parts[0]!, around) : undefined;
const binary =
  (name: string, f: (u: Term, v: Term) => Term): Disguise["apply"] =>
  (t) =>
    isCall(t, name) && t.parts.length === 2 ? f(t.parts[0]!, t.parts[1]!) : undefined;

/** For calls of one function. */
const CALLS: readonly [name: string, Disguise["apply"]][] = [
  ["σ by tanh", unary("sigmoid", (u) => over(sum(one, call("tanh", over(u, two))), two))],
  ["σ by exp", unary("sigmoid", (u) => over(one, sum(one, call("exp", negative(u)))))],
  [
    "tanh by exp",
    unary("tanh", (u) => {
      const q = call("exp", times(num(-2), u));
      return over(minus(one, q), sum(one, q));
    }),
  ],
  ["tanh by sinh and cosh", unary("tanh", (u) => over(call("sinh", u), call("cosh", u)))],
  ["tanh by σ", unary("tanh", (u) => minus(times(two, call("sigmoid", times(two, u))), one))],
  ["tan by sin and cos", unary("tan", (u) => over(call("sin", u), call("cos", u)))],
  [
    "half angle of sin",
    unary("sin", (u) => times(two, call("sin", over(u, two)), call("cos", over(u, two)))),
  ],
  ["half angle of cos", unary("cos", (u) => minus(one, times(two, power(call("sin", over(u, two)), 2))))],
  [
    "sine of a sum",
    unary("sin", (u, { u: v }) =>
      sum(times(call("sin", minus(u, v)), call("cos", v)), times(call("cos", minus(u, v)), call("sin", v))),
    ),
  ],
  ["cos as a shifted sine", unary("cos", (u) => call("sin", sum(u, { kind: "data", text: "pi/2" })))],
  ["exp by cosh and sinh", unary("exp", (u) => sum(call("cosh", u), call("sinh", u)))],
  ["square of exp", unary("exp", (u) => power(call("exp", over(u, two)), 2))],
  ["root of exp", unary("exp", (u) => call("sqrt", call("exp", times(two, u))))],
  ["exp of a sum", unary("exp", (u, { u: v }) => times(call("exp", minus(u, v)), call("exp", v)))],
  [
    "exp of each term",
    unary("exp", (u) =>
      u.kind === "sum" ? times(...u.parts.map((p) => call("exp", p))) : over(one, call("exp", negative(u))),
    ),
  ],
  ["cosh by exp", unary("cosh", (u) => over(sum(call("exp", u), call("exp", negative(u))), two))],
  ["sinh by exp", unary("sinh", (u) => over(minus(call("exp", u), call("exp", negative(u))), two))],
  ["softplus by log", unary("softplus", (u) => call("log", sum(one, call("exp", u))))],
  ["softplus of −u", unary("softplus", (u) => sum(u, call("softplus", negative(u))))],
  ["silu by σ", unary("silu", (u) => times(u, call("sigmoid", u)))],
  ["mish by softplus", unary("mish", (u) => times(u, call("tanh", call("softplus", u))))],
  ["erf by erfc", unary("erf", (u) => minus(one, call("erfc", u)))],
  ["erf is odd", unary("erf", (u) => negative(call("erf", negative(u))))],
  ["erfc by erf", unary("erfc", (u) => minus(one, call("erf", u)))],
  [
    "gelu by erf",
    unary("gelu", (u) => over(times(u, sum(one, call("erf", over(u, call("sqrt", two))))), two)),
  ],
  [
    "gelu by erfc",
    unary("gelu", (u) => over(times(u, call("erfc", over(negative(u), call("sqrt", two)))), two)),
  ],
  ["Γ recurrence", unary("gamma", (u) => over(call("gamma", sum(u, one)), u))],
  ["relu by abs", unary("relu", (u) => over(sum(u, call("abs", u)), two))],
  ["relu by max", unary("relu", (u) => call("max", u, num(0)))],
  ["relu by min", unary("relu", (u) => minus(u, call("min", u, num(0))))],
  ["abs by max", unary("abs", (u) => call("max", u, negative(u)))],
  ["abs by a root", unary("abs", (u) => call("sqrt", power(u, 2)))],
  ["abs by relu", unary("abs", (u) => sum(call("relu", u), call("relu", negative(u))))],
  ["floor by ceil", unary("floor", (u) => negative(call("ceil", negative(u))))],
  ["ceil by floor", unary("ceil", (u) => negative(call("floor", negative(u))))],
  ["max by relu", binary("max", (u, v) => sum(u, call("relu", minus(v, u))))],
  ["min by abs", binary("min", (u, v) => over(minus(sum(u, v), call("abs", minus(u, v))), two))],
  ["atan by asin", unary("atan", (u) => call("asin", over(u, call("sqrt", onePlusSquare(u)))))],
  [
    "half angle of atan",
    unary("atan", (u) => times(two, call("atan", over(u, sum(one, call("sqrt", onePlusSquare(u))))))),
  ],
  ["asinh by log", unary("asinh", (u) => call("log", sum(u, call("sqrt", onePlusSquare(u)))))],
  ["acosh by log", unary("acosh", (u) => call("log", sum(u, call("sqrt", minus(power(u, 2), one)))))],
  ["sn is odd", binary("sn", (u, m) => negative(call("sn", negative(u), m)))],
  [
    "J is odd or even",
    binary("besselj", (order, u) => {
      const turned = call("besselj", order, negative(u));
      return order.kind === "fixed" && Number(order.text) % 2 !== 0 ? negative(turned) : turned;
    }),
  ],
  [
    "J contiguity",
    (t) => {
      const [order, u] = isCall(t, "besselj") ? t.parts : [];
      const n = order?.kind === "fixed" ? Number(order.text) : 0;
      if (u === undefined || n < 1) return undefined;
      const beside = sum(call("besselj", fixed(n - 1), u), call("besselj", fixed(n + 1), u));
      return times(u, num(`1/${2 * n}`), beside);
    },
  ],
];

/** For products, powers, roots and what is surely positive. */
const SHAPES: readonly [name: string, Disguise["apply"]][] = [
  [
    "product by squares",
    (t) => {
      if (t.kind !== "product" || t.parts.length !== 2) return undefined;
      const [a, b] = t.parts as [Term, Term];
      return over(minus(power(sum(a, b), 2), power(minus(a, b), 2)), num(4));
    },
  ],
  [
    "distributed",
    (t) => {
      const of = t.kind === "product" ? t.parts.findIndex((p) => p.kind === "sum") : -1;
      const found = t.kind === "product" ? t.parts[of] : undefined;
      if (t.kind !== "product" || found?.kind !== "sum") return undefined;
      return sum(...found.parts.map((p) => times(...t.parts.map((q, k) => (k === of ? p : q)))));
    },
  ],
  [
    "reversed",
    (t) => (t.kind === "sum" || t.kind === "product" ? { ...t, parts: [...t.parts].reverse() } : undefined),
  ],
  [
    "expanded fraction",
    (t, { u }) =>
      t.kind === "quotient"
        ? over(times(t.parts[0], onePlusSquare(u)), times(onePlusSquare(u), t.parts[1]))
        : undefined,
  ],
  [
    "power as a product",
    (t) =>
      t.kind === "power" && /^[23]$/.test(t.exponent)
        ? times(...Array.from({ length: Number(t.exponent) }, () => t.parts[0]))
        : undefined,
  ],
  ["exp log", (t) => (isPositive(t) ? call("exp", call("log", t)) : undefined)],
  ["root of the square", (t) => (isPositive(t) ? call("sqrt", power(t, 2)) : undefined)],
  ["square of the root", (t) => (isPositive(t) ? power(call("sqrt", t), 2) : undefined)],
  ["relu of a positive", (t) => (isPositive(t) ? call("relu", t) : undefined)],
  ["abs of a positive", (t) => (isPositive(t) ? call("abs", t) : undefined)],
  [
    "max of a positive",
    (t, { u }) => (isPositive(t) ? call("max", t, negative(onePlusSquare(u))) : undefined),
  ],
  [
    "root by exp and log",
    (t) =>
      isCall(t, "sqrt") && isPositive(t.parts[0]!)
        ? call("exp", times(half, call("log", t.parts[0]!)))
        : undefined,
  ],
  [
    "real power by exp and log",
    (t) => (t.kind === "real power" ? call("exp", times(t.parts[1], call("log", t.parts[0]))) : undefined),
  ],
];

const THIN: Readonly<Record<string, (t: Term, fresh: Term) => Term>> = {
  "difference of squares": (t, q) => minus(over(minus(power(t, 2), power(q, 2)), minus(t, q)), q),
  "difference of cubes": (t, q) =>
    sum(over(minus(power(t, 3), power(q, 3)), sum(power(t, 2), times(t, q), power(q, 2))), q),
  "over and times q": (t, q) => over(times(t, q), q),
  "plus Γ recurrence": (t, q) => sum(t, call("gamma", sum(q, one)), negative(times(q, call("gamma", q)))),
  "over sinh": (t, q) =>
    over(times(t, call("sinh", times(two, q))), times(two, call("sinh", q), call("cosh", q))),
};

const OPEN: Readonly<Record<string, (t: Term) => Term>> = {
  "tanh atanh": (t) => call("tanh", call("atanh", t)),
  "sin asin": (t) => call("sin", call("asin", t)),
  "exp log": (t) => call("exp", call("log", t)),
  "square of the root": (t) => power(call("sqrt", t), 2),
  "cosh acosh": (t) => call("cosh", call("acosh", t)),
};

const harmless = ([name, apply]: readonly [string, Disguise["apply"]]): Disguise => ({
  name,
  cuts: "nothing",
  apply,
});

/** By where they fit. */
const GROUPS: readonly (readonly Disguise[])[] = [
  CALLS.map(harmless),
  SHAPES.map(harmless),
  [
    ...Object.entries(ANYWHERE).map(harmless),
    ...Object.entries(ZEROS).map(([name, zero]) => harmless([`plus ${name}`, (t, { u }) => sum(t, zero(u))])),
    ...Object.entries(THIN).map(
      ([name, apply]): Disguise => ({ name, cuts: "thin", apply: (t, { fresh }) => apply(t, fresh) }),
    ),
    ...Object.entries(OPEN).map(([name, apply]): Disguise => ({ name, cuts: "open", apply })),
  ],
];

export const DISGUISES: readonly Disguise[] = GROUPS.flat();

/** Of parameters that only a disguise has: the function does not depend on them. */
export const FRESH = ["q1", "q2", "q3"] as const;

export interface Disguised {
  readonly term: Term;
  readonly used: readonly string[];
}

/** The member in another spelling: `count` of its parts replaced, one after the other, at most one with an open cut. */
export function disguise(member: Member, count: number, dice: Dice): Disguised {
  let { term } = member;
  const used: string[] = [];
  let open = member.cuts === "open";
  for (const name of FRESH.slice(0, count)) {
    const fresh = freshForm(dice, name, member.inputs[0]!);
    const known = [...parametersOf(member.term)];
    const u = dice.chance(0.5) ? fresh : sum(parameter(dice.pick(known)), dice.pick([one, half, num(-2)]));
    const places = nodes(term).filter(({ node }) => node.kind !== "number");
    // Few functions and shapes occur in one formula: a group is asked that has something for some place.
    const groups = dice.shuffle([...GROUPS, GROUPS[2]!]).map((group) =>
      group
        .filter(({ cuts }) => open || cuts !== "open")
        .map((d) => {
          const fits = places.flatMap(({ node, path }) => {
            if (d.cuts === "open" && node.kind !== "parameter") return [];
            const made = d.apply(node, { dice, u, fresh });
            return made === undefined ? [] : [{ made, path }];
          });
          return { ...d, fits };
        })
        .filter(({ fits }) => fits.length > 0),
    );
    const chosen = dice.pick(groups.find((group) => group.length > 0)!);
    const { made, path } = dice.pick(chosen.fits);
    term = replace(term, path, made);
    used.push(chosen.name);
    if (chosen.cuts === "open") open = false;
  }
  return { term, used };
}

const freshForm = (dice: Dice, name: string, input: string): Term =>
  dice.pick([
    parameter(name),
    times(parameter(name), { kind: "data", text: input }),
    sum(parameter(name), one),
  ]);
