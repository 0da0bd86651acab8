/** Certificates of tiers above linear closure, made by hand. */
import type { LadderCertificate, Lower, Proof } from "../../src/closure/certificate.ts";

type Generators = readonly (readonly [name: string, call: string, ...args: string[]])[];
/** `[against, variable, family?]`; `pole` where the against is written `pole:…`. */
type Proofs = readonly (readonly [against: string, variable: string, family?: string])[];

const KIND: Readonly<Record<string, LadderCertificate["kind"]>> = {
  "addition-theorem": "addition-theorem",
  cascade: "cascade",
  holonomic: "holonomic",
  "differentially-algebraic": "differential-ring",
};
const MEMBERSHIP: Readonly<Record<string, string>> = {
  "addition-theorem": "strict",
  cascade: "extended",
  holonomic: "partial",
  "differentially-algebraic": "partial",
  outside: "outside",
};

export interface Sample {
  readonly model: string;
  /** As it was written, where the model is a rewriting of that. */
  readonly written?: string;
  readonly form?: string;
  readonly inputs?: readonly string[];
  readonly sizes?: readonly string[];
  readonly tier: string;
  /** Tiers by name; `w[k,i]` for families with indices. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly rules?: readonly (readonly [formula: string, tier: string])[];
  readonly restriction?: Lower["restriction"];
  readonly lower?: string;
  /** `root3` is the cube root. */
  readonly generators: Generators;
  readonly fraction: readonly [numerator: string, denominator: string];
  readonly proofs: Proofs;
  readonly exceptions?: readonly { readonly sizes: Record<string, number>; readonly tier: string }[];
}

export const lowerOf = (sample: Sample): Lower => ({
  ...(sample.restriction === undefined ? {} : { restriction: sample.restriction }),
  model: sample.lower ?? sample.model,
  generators: sample.generators.map(([name, call, ...args]) => {
    const order = /^root(\d+)$/.exec(call)?.[1];
    return order === undefined
      ? { name, function: call, arguments: args }
      : { name, function: "root", arguments: args, order: Number(order) };
  }),
  numerator: sample.fraction[0],
  denominator: sample.fraction[1],
  proofs: sample.proofs.map(
    ([against, variable, family]): Proof => ({
      ...(family === undefined ? {} : { family }),
      against: against.replace("pole:", ""),
      kind: against.startsWith("pole:") ? "pole" : "generator",
      variable,
      theorem: "Ax 1971",
    }),
  ),
});

/** The verdict that `check --json` would write. */
export function verdictOf(sample: Sample): Record<string, unknown> {
  const names = Object.keys(sample.parameters);
  const lower = lowerOf(sample);
  const outside = sample.tier === "outside";
  return {
    architecture: {
      name: "sample",
      model: sample.written ?? sample.model,
      inputs: sample.inputs ?? ["x"],
      parameters: names,
      sizes: {},
      openSizes: sample.sizes ?? [],
    },
    loss: "squared",
    tier: sample.tier,
    membership: MEMBERSHIP[sample.tier],
    parameters: Object.entries(sample.parameters).map(([name, tier]) => ({ name, tier })),
    ...(sample.exceptions === undefined ? {} : { exceptions: sample.exceptions }),
    terminates: { model: null, optimality: null },
    certificate: outside
      ? null
      : {
          format: 1,
          kind: KIND[sample.tier],
          model: sample.model,
          parameters: names,
          form: sample.form ?? sample.model,
          rules: (sample.rules ?? []).map(([formula, tier]) => ({ formula, tier, law: "a law" })),
          lower,
        },
    obstruction: outside
      ? { kind: "hypertranscendental", reason: "gamma", theorem: "Hölder 1887", lower }
      : null,
  };
}

const AT = "addition-theorem";
const EP = "exponential-polynomial";
const DA = "differentially-algebraic";

export const SAMPLES: Readonly<Record<string, Sample>> = {
  "tanh neuron": {
    model: "v*tanh(w*x + b)",
    tier: AT,
    parameters: { v: "polynomial", w: AT, b: AT },
    rules: [["tanh(w*x + b)", AT]],
    generators: [
      ["t1", "exp", "w*x"],
      ["t2", "exp", "b"],
    ],
    fraction: ["v*(t1^2*t2^2 - 1)", "t1^2*t2^2 + 1"],
    proofs: [
      ["pole:exponential-polynomial", "t1"],
      ["pole:exponential-polynomial", "t1", "w"],
      ["pole:exponential-polynomial", "t2", "b"],
    ],
  },
  "Michaelis and Menten": {
    model: "V*x/(K + x)",
    tier: AT,
    parameters: { V: "polynomial", K: AT },
    generators: [],
    fraction: ["V*x", "K + x"],
    proofs: [
      ["pole:exponential-polynomial", "K"],
      ["pole:exponential-polynomial", "K", "K"],
    ],
  },
  "square root": {
    model: "sqrt(a + b*x)",
    tier: AT,
    parameters: { a: AT, b: AT },
    rules: [["sqrt(a + b*x)", AT]],
    generators: [["t1", "root2", "a + b*x"]],
    fraction: ["t1", "1"],
    proofs: [
      [EP, "t1"],
      [EP, "t1", "a"],
      [EP, "t1", "b"],
    ],
  },
  Gaussian: {
    model: "A*exp(-(x - c)^2/(2*s^2))",
    tier: "cascade",
    parameters: { A: "polynomial", c: "cascade", s: "cascade" },
    rules: [["exp(-(x - c)^2/(2*s^2))", "cascade"]],
    generators: [["t1", "exp", "-(x - c)^2/(2*s^2)"]],
    fraction: ["A*t1", "1"],
    proofs: [
      [AT, "t1"],
      [AT, "t1", "c"],
      [AT, "t1", "s"],
    ],
  },
  logarithm: {
    model: "log(a + b*x^2)",
    tier: "cascade",
    parameters: { a: "cascade", b: "cascade" },
    generators: [["t1", "log", "a + b*x^2"]],
    fraction: ["t1", "1"],
    proofs: [
      [AT, "t1"],
      [AT, "t1", "a"],
      [AT, "t1", "b"],
    ],
  },
  "sine of sine": {
    model: "v*sin(w*sin(u*x))",
    tier: "cascade",
    parameters: { v: "polynomial", w: EP, u: "cascade" },
    rules: [
      ["sin(u*x)", EP],
      ["sin(w*sin(u*x))", "cascade"],
    ],
    generators: [
      ["t1", "exp", "complex(0, 1)*u*x"],
      ["t2", "exp", "complex(0, 1)*w*(t1^2 - 1)/(2*complex(0, 1)*t1)"],
    ],
    fraction: ["v*(t2^2 - 1)", "2*complex(0, 1)*t2"],
    proofs: [
      [AT, "t2"],
      ["polynomial", "t2", "w"],
      [AT, "t2", "u"],
    ],
  },
  Gompertz: {
    model: "a*exp(-b*exp(-c*x))",
    tier: "cascade",
    parameters: { a: "polynomial", b: EP, c: "cascade" },
    generators: [
      ["t1", "exp", "-c*x"],
      ["t2", "exp", "-b*t1"],
    ],
    fraction: ["a*t2", "1"],
    proofs: [
      [AT, "t2"],
      ["polynomial", "t2", "b"],
      [AT, "t2", "c"],
    ],
  },
  softplus: {
    model: "v*softplus(w*x)",
    tier: "cascade",
    parameters: { v: "polynomial", w: "cascade" },
    rules: [["softplus(w*x)", "cascade"]],
    generators: [
      ["t1", "exp", "w*x"],
      ["t2", "log", "1 + t1"],
    ],
    fraction: ["v*t2", "1"],
    proofs: [
      [AT, "t2"],
      [AT, "t2", "w"],
    ],
  },
  erf: {
    model: "v*erf(w*x + b)",
    tier: "holonomic",
    parameters: { v: "polynomial", w: "holonomic", b: "holonomic" },
    rules: [["erf(w*x + b)", "holonomic"]],
    generators: [["t1", "erf", "w*x + b"]],
    fraction: ["v*t1", "1"],
    proofs: [
      ["cascade", "t1"],
      ["cascade", "t1", "w"],
      ["cascade", "t1", "b"],
    ],
  },
  gelu: {
    model: "v*gelu(w*x)",
    tier: "holonomic",
    parameters: { v: "polynomial", w: "holonomic" },
    generators: [
      ["t1", "root2", "2"],
      ["t2", "erf", "w*x*t1/2"],
    ],
    fraction: ["v*w*x*(1 + t2)", "2"],
    proofs: [
      ["cascade", "t2"],
      ["cascade", "t2", "w"],
    ],
  },
  "exp of erf": {
    model: "exp(a*erf(w*x))",
    tier: DA,
    parameters: { a: EP, w: DA },
    rules: [
      ["erf(w*x)", "holonomic"],
      ["exp(a*erf(w*x))", DA],
    ],
    generators: [
      ["t1", "erf", "w*x"],
      ["t2", "exp", "a*t1"],
    ],
    fraction: ["t2", "1"],
    proofs: [
      ["cascade", "t1"],
      ["holonomic", "t2"],
      ["cascade", "t2", "w"],
      ["holonomic", "t2", "w"],
      ["polynomial", "t2", "a"],
    ],
  },
  Bessel: {
    model: "v*besselj(0, w*x)",
    tier: "holonomic",
    parameters: { v: "polynomial", w: "holonomic" },
    generators: [["t1", "besselj", "0", "w*x"]],
    fraction: ["v*t1", "1"],
    proofs: [
      ["cascade", "t1"],
      ["cascade", "t1", "w"],
    ],
  },
  "Lambert W": {
    model: "v*lambertw(w*x)",
    tier: DA,
    parameters: { v: "polynomial", w: DA },
    generators: [["t1", "lambertw", "w*x"]],
    fraction: ["v*t1", "1"],
    proofs: [
      ["cascade", "t1"],
      ["holonomic", "t1"],
      ["cascade", "t1", "w"],
      ["holonomic", "t1", "w"],
    ],
  },
  Jacobi: {
    model: "v*sn(w*x, 1/3)",
    tier: AT,
    parameters: { v: "polynomial", w: AT },
    rules: [["sn(w*x, 1/3)", AT]],
    generators: [["t1", "sn", "w*x", "1/3"]],
    fraction: ["v*t1", "1"],
    proofs: [
      [EP, "t1"],
      [EP, "t1", "w"],
    ],
  },
  "tanh and erf": {
    model: "a*tanh(u*x) + b*erf(w*x)",
    tier: DA,
    parameters: { a: "polynomial", u: AT, b: "polynomial", w: "holonomic" },
    generators: [
      ["t1", "exp", "u*x"],
      ["t2", "erf", "w*x"],
    ],
    fraction: ["a*(t1^2 - 1) + b*t2*(t1^2 + 1)", "t1^2 + 1"],
    proofs: [
      ["cascade", "t2"],
      ["holonomic", "t1"],
      ["pole:exponential-polynomial", "t1", "u"],
      ["cascade", "t2", "w"],
    ],
  },
  perceptron: {
    model: "sum(v[k]*tanh(sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)",
    inputs: ["x[i]"],
    sizes: ["d", "h"],
    tier: AT,
    parameters: { "v[k]": "polynomial", "w[k,i]": AT, "b[k]": AT },
    rules: [["tanh(sum(w[k,i]*x[i], i, 1, d) + b[k])", AT]],
    restriction: [{ family: "v", indices: [">=2"], value: "0" }],
    lower: "v[1]*tanh(w[1,1]*x[1] + b[1])",
    generators: [
      ["t1", "exp", "w[1,1]*x[1]"],
      ["t2", "exp", "b[1]"],
    ],
    fraction: ["v[1]*(t1^2*t2^2 - 1)", "t1^2*t2^2 + 1"],
    proofs: [
      ["pole:exponential-polynomial", "t1"],
      ["pole:exponential-polynomial", "t1", "w"],
      ["pole:exponential-polynomial", "t2", "b"],
    ],
    exceptions: [{ sizes: { h: 0 }, tier: "polynomial" }],
  },
  "Gaussian in d dimensions": {
    model: "v*exp(-sum((x[i] - c[i])^2, i, 1, d)/(2*s^2))",
    inputs: ["x[i]"],
    sizes: ["d"],
    tier: "cascade",
    parameters: { v: "polynomial", "c[i]": "cascade", s: "cascade" },
    restriction: [],
    lower: "v*exp(-(x[1] - c[1])^2/(2*s^2))",
    generators: [["t1", "exp", "-(x[1] - c[1])^2/(2*s^2)"]],
    fraction: ["v*t1", "1"],
    proofs: [
      [AT, "t1"],
      [AT, "t1", "c"],
      [AT, "t1", "s"],
    ],
    exceptions: [{ sizes: { d: 0 }, tier: "polynomial" }],
  },
  "waves of waves": {
    model: "sum(v[k]*sin(w0*sum(w[k,i]*x[i], i, 1, d) + b[k]), k, 1, h)",
    inputs: ["x[i]"],
    sizes: ["d", "h"],
    tier: "cascade",
    parameters: { "v[k]": "polynomial", w0: EP, "w[k,i]": EP, "b[k]": EP },
    restriction: [],
    lower: "v[1]*sin(w0*w[1,1]*x[1] + b[1])",
    generators: [
      ["t1", "exp", "complex(0, 1)*b[1]"],
      ["t2", "exp", "complex(0, 1)*w0*w[1,1]*x[1]"],
    ],
    fraction: ["v[1]*(t1^2*t2^2 - 1)", "2*complex(0, 1)*t1*t2"],
    proofs: [
      [AT, "t2"],
      ["polynomial", "t2", "w0"],
      ["polynomial", "t2", "w"],
      ["polynomial", "t1", "b"],
    ],
    exceptions: [
      { sizes: { h: 0 }, tier: "polynomial" },
      { sizes: { d: 0 }, tier: EP },
    ],
  },
  "a rewritten model": {
    written: "relu(1 + w^2)/(K + x) + log(exp(a*x))",
    model: "(1 + w^2)/(K + x) + a*x",
    tier: AT,
    parameters: { w: "polynomial", K: AT, a: "polynomial" },
    generators: [],
    fraction: ["1 + w^2 + a*x*(K + x)", "K + x"],
    proofs: [
      ["pole:exponential-polynomial", "K"],
      ["pole:exponential-polynomial", "K", "K"],
    ],
  },
  gamma: {
    model: "v*gamma(w*x) + b",
    tier: "outside",
    parameters: { v: "polynomial", w: "outside", b: "polynomial" },
    generators: [["t1", "gamma", "w*x"]],
    fraction: ["v*t1 + b", "1"],
    proofs: [
      [DA, "t1"],
      [DA, "t1", "w"],
    ],
  },
};

const OVER_GENERATOR = /lower\.generators\[\d\]/;
const OVER_PROOF = /lower\.proofs\[\d\]\.variable$/;

/** Certificates of what is not so, with the entries that may be named. */
export const FALSE: Readonly<Record<string, readonly [Sample, RegExp]>> = {
  "a wave of twice the rate as a generator of its own": [
    {
      model: "exp(w*x)",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [
        ["t1", "exp", "w*x"],
        ["t2", "exp", "2*w*x"],
      ],
      fraction: ["t1*(t2 + 1)", "t1^2 + 1"],
      proofs: [["pole:exponential-polynomial", "t1"]],
    },
    OVER_GENERATOR,
  ],
  "a removable pole": [
    {
      model: "(w^2 - 1)/(w - 1)",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [],
      fraction: ["w^2 - 1", "w - 1"],
      proofs: [["pole:exponential-polynomial", "w"]],
    },
    OVER_PROOF,
  ],
  "a unit in the denominator": [
    {
      model: "x/exp(w*x)",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [["t1", "exp", "w*x"]],
      fraction: ["x", "t1"],
      proofs: [["pole:exponential-polynomial", "t1"]],
    },
    OVER_PROOF,
  ],
  "the root of a square": [
    {
      model: "sqrt(w^2)",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [["t1", "root2", "w^2"]],
      fraction: ["t1", "1"],
      proofs: [[EP, "t1"]],
    },
    OVER_PROOF,
  ],
  "the root of an exponential": [
    {
      model: "sqrt(exp(w*x))",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [
        ["t1", "exp", "w*x"],
        ["t2", "root2", "t1"],
      ],
      fraction: ["t2", "1"],
      proofs: [[EP, "t2"]],
    },
    OVER_PROOF,
  ],
  "roots that cancel": [
    {
      model: "sqrt(a)*sqrt(b) - sqrt(a*b) + a",
      tier: AT,
      parameters: { a: "undecided", b: "undecided" },
      generators: [
        ["t1", "root2", "a"],
        ["t2", "root2", "b"],
        ["t3", "root2", "a*b"],
      ],
      fraction: ["t1*t2 - t3 + a", "1"],
      proofs: [[EP, "t3"]],
    },
    OVER_PROOF,
  ],
  "the distance from the origin, a kink": [
    {
      model: "sqrt(u^2 + v^2)",
      tier: AT,
      parameters: { u: "undecided", v: "undecided" },
      generators: [["t1", "root2", "u^2 + v^2"]],
      fraction: ["t1", "1"],
      proofs: [[EP, "t1"]],
    },
    /^tier$/,
  ],
  "a cube root that crosses zero": [
    {
      model: "cbrt(w*x + b)",
      tier: AT,
      parameters: { w: "undecided", b: "undecided" },
      generators: [["t1", "root3", "w*x + b"]],
      fraction: ["t1", "1"],
      proofs: [[EP, "t1"]],
    },
    /^certificate\.lower\.numerator$|^tier$/,
  ],
  "the logarithm of an exponential": [
    {
      model: "log(exp(w*x))",
      tier: "cascade",
      parameters: { w: "undecided" },
      generators: [
        ["t1", "exp", "w*x"],
        ["t2", "log", "t1"],
      ],
      fraction: ["t2", "1"],
      proofs: [[AT, "t2"]],
    },
    OVER_GENERATOR,
  ],
  "angles that add to a constant": [
    {
      model: "atan(w) + atan(1/w)",
      tier: "cascade",
      parameters: { w: "undecided" },
      generators: [
        ["t1", "atan", "w"],
        ["t2", "atan", "1/w"],
      ],
      fraction: ["t1 + t2", "1"],
      proofs: [[AT, "t1"]],
    },
    OVER_GENERATOR,
  ],
  "an exponent that is affine after all": [
    {
      model: "exp((w + 1)^2 - w^2)",
      tier: "cascade",
      parameters: { w: "undecided" },
      generators: [["t1", "exp", "(w + 1)^2 - w^2"]],
      fraction: ["t1", "1"],
      proofs: [[AT, "t1"]],
    },
    OVER_PROOF,
  ],
  "quadratic exponents that cancel": [
    {
      model: "exp(w^2)*exp(w*x - w^2)",
      tier: "cascade",
      parameters: { w: "undecided" },
      generators: [
        ["t1", "exp", "w^2"],
        ["t2", "exp", "w*x - w^2"],
      ],
      fraction: ["t1*t2", "1"],
      proofs: [[AT, "t1"]],
    },
    OVER_PROOF,
  ],
  "an elliptic function of modulus 1": [
    {
      model: "sn(w*x, 1)",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [["t1", "sn", "w*x", "1"]],
      fraction: ["t1", "1"],
      proofs: [[EP, "t1"]],
    },
    OVER_GENERATOR,
  ],
  "squares of sn and cn": [
    {
      model: "sn(w*x, 1/3)^2 + cn(w*x, 1/3)^2 + w",
      tier: AT,
      parameters: { w: "undecided" },
      generators: [
        ["t1", "sn", "w*x", "1/3"],
        ["t2", "cn", "w*x", "1/3"],
      ],
      fraction: ["t1^2 + t2^2 + w", "1"],
      proofs: [[EP, "t1"]],
    },
    OVER_PROOF,
  ],
  "erf and erfc": [
    {
      model: "erf(w*x) + erfc(w*x) + w",
      tier: "holonomic",
      parameters: { w: "undecided" },
      generators: [
        ["t1", "erf", "w*x"],
        ["t2", "erfc", "w*x"],
      ],
      fraction: ["t1 + t2 + w", "1"],
      proofs: [["cascade", "t1"]],
    },
    OVER_GENERATOR,
  ],
  "a recurrence of Bessel functions": [
    {
      model: "w*besselj(0, w) + w*besselj(2, w) - 2*besselj(1, w) + w",
      tier: "holonomic",
      parameters: { w: "undecided" },
      generators: [
        ["t1", "besselj", "0", "w"],
        ["t2", "besselj", "1", "w"],
        ["t3", "besselj", "2", "w"],
      ],
      fraction: ["w*t1 + w*t3 - 2*t2 + w", "1"],
      proofs: [["cascade", "t1"]],
    },
    OVER_GENERATOR,
  ],
  "the inverse of w e^w at it": [
    {
      model: "lambertw(w*exp(w))",
      tier: DA,
      parameters: { w: "undecided" },
      generators: [
        ["t1", "exp", "w"],
        ["t2", "lambertw", "w*t1"],
      ],
      fraction: ["t2", "1"],
      proofs: [
        ["cascade", "t2"],
        ["holonomic", "t2"],
      ],
    },
    OVER_GENERATOR,
  ],
  "a power with a constant exponent, which is holonomic": [
    {
      model: "w^x + erf(w)",
      tier: DA,
      parameters: { w: "undecided" },
      generators: [
        ["t1", "log", "w"],
        ["t2", "exp", "x*t1"],
        ["t3", "erf", "w"],
      ],
      fraction: ["t2 + t3", "1"],
      proofs: [
        ["cascade", "t3"],
        ["holonomic", "t2"],
      ],
    },
    OVER_PROOF,
  ],
  "exponentials of erf that cancel": [
    {
      model: "exp(erf(w))*exp(w*x - erf(w))",
      tier: DA,
      parameters: { w: "undecided" },
      generators: [
        ["t1", "erf", "w"],
        ["t2", "exp", "t1"],
        ["t3", "exp", "w*x - t1"],
      ],
      fraction: ["t2*t3", "1"],
      proofs: [
        ["cascade", "t1"],
        ["holonomic", "t2"],
      ],
    },
    OVER_PROOF,
  ],
  "a quotient of gammas": [
    {
      model: "gamma(w + 1)/gamma(w)",
      tier: "outside",
      parameters: { w: "undecided" },
      generators: [
        ["t1", "gamma", "w + 1"],
        ["t2", "gamma", "w"],
      ],
      fraction: ["t1", "t2"],
      proofs: [[DA, "t1"]],
    },
    OVER_PROOF,
  ],
  "gamma of the data": [
    {
      model: "w*gamma(x)",
      tier: "outside",
      parameters: { w: "undecided" },
      generators: [["t1", "gamma", "x"]],
      fraction: ["w*t1", "1"],
      proofs: [[DA, "t1"]],
    },
    OVER_PROOF,
  ],
  "a restriction to other values": [
    {
      ...SAMPLES.perceptron!,
      restriction: [
        { family: "v", indices: [">=2"], value: "1" },
        { family: "b", indices: [">=2"], value: "1" },
      ],
    },
    /lower\.restriction$/,
  ],
  "an exception that is none": [
    { ...SAMPLES.perceptron!, exceptions: [{ sizes: { d: 0 }, tier: "polynomial" }] },
    /^exceptions\[0\]\.tier$/,
  ],
  "an exception that is too high": [
    { ...SAMPLES["waves of waves"]!, exceptions: [{ sizes: { h: 0 }, tier: EP }] },
    /^exceptions\[0\]\.tier$/,
  ],
  "widths of 0, at which there is no value": [
    {
      model: "sum(v[k]*exp(-(x - c[k])^2/s[k]), k, 1, h)",
      sizes: ["h"],
      tier: "cascade",
      parameters: { "v[k]": "polynomial", "c[k]": "undecided", "s[k]": "undecided" },
      restriction: [],
      lower: "v[1]*exp(-(x - c[1])^2/s[1])",
      generators: [["t1", "exp", "-(x - c[1])^2/s[1]"]],
      fraction: ["v[1]*t1", "1"],
      proofs: [[AT, "t1"]],
    },
    /lower\.restriction$/,
  ],
  "a kink far out": [
    { ...SAMPLES["Michaelis and Menten"]!, written: "relu(V + 10^9)*x/(K + x) - 10^9*x/(K + x)" },
    /^architecture\.model$/,
  ],
};
