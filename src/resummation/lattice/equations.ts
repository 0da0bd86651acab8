/**
 * The resummed optimality condition over a lattice as formulas: F_a(Δ) and H_ab(Δ) are sums of products of amplitudes at
 * θ + Δ, units e^{L + s·x_0}, sums S of products of two characters, and data moments Y of one; so they are polynomial in
 * the amplitudes' steps and Laurent polynomials in the characters.
 */
import { createBudget, DescentError } from "../../errors.ts";
import * as P from "../../exact/polynomial.ts";
import { literal } from "../../expression/affine.ts";
import type { Algebra, Node, SymbolNode } from "../../expression/node.ts";
import { polynomialNode, realAndImaginary } from "../../expression/normal.ts";
import { fresh, print, takenNames } from "../../expression/print.ts";
import { rebuild } from "../../expression/substitute.ts";
import { createCascade } from "../cascade.ts";
import type { LatticeForm } from "./form.ts";
import type { Mode, ModeTerm, Reference } from "./modes.ts";
import { closedSums } from "./sums.ts";

/** weight · Re(left · right*) summed over the data: right is a term of f or ∂_b f, or the data. */
export interface LatticeProduct {
  readonly weight: 1 | -1 | "half";
  readonly left: ModeTerm;
  readonly right: ModeTerm | "y";
  /** Whether the right side is conjugated. */
  readonly conjugate: boolean;
}

/** F_a as products, for each parameter. */
export const latticeEquations = (form: LatticeForm): LatticeProduct[][] =>
  form.slopes.map((slope) => againstResidual(form, slope));

/** H_ab as products, for b ≤ a. */
export function latticeHessian(form: LatticeForm): LatticeProduct[][][] {
  const second = new Map(form.curvature.map(({ a, b, terms }) => [`${a} ${b}`, terms]));
  return form.slopes.map((slope, a) =>
    form.slopes
      .slice(0, a + 1)
      .map((other, b) => [
        ...against(form, slope, other),
        ...againstResidual(form, second.get(`${a} ${b}`) ?? []),
      ]),
  );
}

/** How many products the equations and the Hessian would have, at most. */
function productCounts({ model, slopes, curvature }: LatticeForm): { equations: number; hessian: number } {
  const each = 2 * model.length + 1;
  const all = slopes.reduce((n, s) => n + s.length, 0);
  const second = curvature.reduce((n, c) => n + c.terms.length, 0);
  return { equations: all * each, hessian: all * all + all + second * each };
}

const againstResidual = (form: LatticeForm, terms: readonly ModeTerm[]): LatticeProduct[] => [
  ...against(form, terms, form.model),
  ...terms.map((left): LatticeProduct => ({ weight: -1, left, right: "y", conjugate: false })),
];

/** Re u · Re v = ½ Re(u v + u v̄); once where v is real. */
const against = (
  form: LatticeForm,
  lefts: readonly ModeTerm[],
  rights: readonly ModeTerm[],
): LatticeProduct[] =>
  lefts.flatMap((left) =>
    rights.flatMap((right): LatticeProduct[] =>
      isReal(form, form.modes[right.mode]!)
        ? [{ weight: 1, left, right, conjugate: false }]
        : [false, true].map((conjugate) => ({ weight: "half", left, right, conjugate })),
    ),
  );

/** Whether a mode has a real exponent; its coefficients are real then. */
const isReal = (form: LatticeForm, mode: Mode): boolean =>
  P.isZero(realAndImaginary(mode.exponent).im) &&
  mode.characters.every((c, i) => form.characters[i]![c.character]!.real);

/** An expression at θ + Δ: by the addition laws where it has them, else with the sum in place of each parameter. */
export function shiftedNode(algebra: Algebra): (node: Node) => Node {
  const cascade = createCascade(algebra, createBudget());
  const step = (s: SymbolNode): Node | undefined =>
    s.role === "parameter" ? algebra.add(s, algebra.symbol(s.name, "step", s.indices)) : undefined;
  return (node) => {
    try {
      return cascade.shifted(node);
    } catch (error) {
      if (error instanceof DescentError && error.code === "unsupported")
        return rebuild(algebra, node, { symbol: step });
      throw error;
    }
  };
}

/** p(θ + Δ) − p(θ). */
export function polynomialStep(algebra: Algebra, p: P.Polynomial): P.Polynomial {
  const shifted = shiftedNode(algebra);
  let moved = p;
  const generators = new Set(P.terms(p).flatMap(({ monomial }) => monomial.map(([v]) => v)));
  for (const v of generators) {
    const node = algebra.node(v);
    const image =
      node.kind === "symbol" && node.role === "parameter"
        ? P.add(P.variable(v), P.variable(algebra.symbol(node.name, "step", node.indices).id))
        : P.variable(shifted(node).id);
    moved = P.substitute(moved, v, image, createBudget());
  }
  return P.subtract(moved, p);
}

/** Products of two terms that are printed one by one. */
const MOST_PRODUCTS = 10_000;

/**
 * The form as plain data: characters and units with their factors in the step, amplitudes at θ + Δ, and for each parameter
 * the equation in them. The equations, and the Hessian row by row up to the diagonal, are null where they would have
 * more than 10000 products.
 *
 * @throws DescentError `budget` where a limit is passed
 * @example
 * const { equations } = latticeJson(latticeForm(architecture({ model: "A*exp(-k*x)" }), createBudget()));
 * equations.A; // "u1*(c1*u1*S(0, z1^2) - Y(0, z1))"
 */
export function latticeJson(form: LatticeForm) {
  const { algebra } = form.architecture;
  const write = createWriter(form);
  const { names } = write;
  const counts = productCounts(form);
  const shifted = shiftedNode(algebra);
  return {
    points: form.inputs.map((x, i) => {
      const [start, step, count] = write.lattice(i).map((s) => print(s));
      return { input: x, start, step, count, formula: `${x} = ${start} + n*${step}, n = 0..${count} - 1` };
    }),
    characters: form.characters.flatMap((list, i) =>
      list.flatMap((c, k) => {
        const name = names.character(i, k);
        if (name === undefined) return [];
        const [, step] = write.lattice(i);
        return [
          {
            name,
            input: form.inputs[i]!,
            base: print(algebra.call("exp", [algebra.multiply(c.rate, step)])),
            shift: print(
              algebra.call("exp", [
                algebra.multiply(polynomialNode(algebra, polynomialStep(algebra, c.exponent)), step),
              ]),
            ),
            real: c.real,
          },
        ];
      }),
    ),
    units: form.modes.flatMap((mode, m) => {
      const name = names.unit(m);
      return name === undefined
        ? []
        : [{ name, ...write.unit(mode), characters: write.characters(mode), real: isReal(form, mode) }];
    }),
    terms: form.model.map((term, k) => ({
      name: names.term(k),
      unit: names.unit(term.mode) ?? "1",
      characters: write.characters(form.modes[term.mode]!),
      monomial: print(write.monomial(term)),
      amplitude: print(shifted(term.coefficient)),
    })),
    sums: write.definitions(),
    equations:
      counts.equations > MOST_PRODUCTS
        ? null
        : byName(form.parameters, latticeEquations(form).map(write.equation)),
    hessian:
      counts.hessian > MOST_PRODUCTS
        ? null
        : byName(
            form.parameters,
            latticeHessian(form).map((row) =>
              byName(form.parameters.slice(0, row.length), row.map(write.equation)),
            ),
          ),
  };
}

function byName<T>(names: readonly string[], values: readonly T[]): Record<string, T> {
  const record: Record<string, T> = Object.create(null);
  names.forEach((name, k) => {
    record[name] = values[k]!;
  });
  return record;
}

function createWriter(form: LatticeForm) {
  const { algebra, model } = form.architecture;
  const { inputs, modes } = form;
  const shifted = shiftedNode(algebra);
  const taken = takenNames(model);
  for (const name of inputs) taken.add(name);
  /** A name that no symbol has, nor with a number behind it. */
  const stem = (name: string): string => {
    let made = name;
    while ([...taken].some((t) => t.startsWith(made) && /^\d*$/.test(t.slice(made.length)))) made += name;
    return made;
  };
  const [z, u, c, sum, data] = ["z", "u", "c", "S", "Y"].map(stem) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [start, step, count] = ["x0", "h", "N"].map((name) => fresh(name, [], taken)) as [
    string,
    string,
    string,
  ];
  const many = inputs.length > 1;

  const lattice = (i: number): [Node, Node, Node] => {
    const symbol = (name: string): Node => algebra.symbol(name, "input", many ? [literal(i + 1)] : []);
    return [symbol(start), symbol(step), symbol(count)];
  };

  const characterNames = new Map<string, string>();
  form.characters.forEach((list, i) => {
    list.forEach(({ exponent }, k) => {
      if (!P.isZero(exponent)) characterNames.set(`${i} ${k}`, `${z}${characterNames.size + 1}`);
    });
  });
  const isUnit = (mode: Mode): boolean =>
    P.isZero(mode.exponent) &&
    mode.characters.every((r, i) => P.isZero(form.characters[i]![r.character]!.exponent));
  const unitNames = new Map<number, string>();
  modes.forEach((mode, m) => {
    if (!isUnit(mode)) unitNames.set(m, `${u}${unitNames.size + 1}`);
  });
  const names = {
    character: (i: number, k: number) => characterNames.get(`${i} ${k}`),
    unit: (m: number) => unitNames.get(m),
    term: (k: number) => `${c}${k + 1}`,
  };
  const termNames = new Map(form.model.map((term, k) => [term, names.term(k)]));

  /** A character to the power 1, conjugated once more where asked; undefined for 1. */
  function factor(i: number, { character, bar }: Reference, conjugate = false): string | undefined {
    const name = names.character(i, character);
    const barred = bar !== conjugate && !form.characters[i]![character]!.real;
    return name === undefined || !barred ? name : `conj(${name})`;
  }

  const characters = (mode: Mode): string[] =>
    mode.characters.map((reference, i) => factor(i, reference) ?? "1");

  function times(...factors: (string | undefined)[]): string {
    const kept = factors.filter((f): f is string => f !== undefined && f !== "1");
    if (kept.length === 2 && kept[0] === kept[1]) return `${kept[0]}^2`;
    return kept.length === 0 ? "1" : kept.join("*");
  }

  /** e^{L + s·x_0} at θ, and what the step multiplies it by. */
  function unit(mode: Mode): { base: string; shift: string } {
    const whole = (constant: Node, rate: (i: number) => Node): string =>
      print(
        algebra.call("exp", [
          algebra.add(constant, ...inputs.map((_, i) => algebra.multiply(rate(i), lattice(i)[0]))),
        ]),
      );
    const moved = (p: P.Polynomial): Node => polynomialNode(algebra, polynomialStep(algebra, p));
    return {
      base: whole(mode.constant, (i) => mode.rates[i]!),
      shift: whole(moved(mode.exponent), (i) => {
        const { character, bar } = mode.characters[i]!;
        const { exponent } = form.characters[i]![character]!;
        return moved(bar ? P.conjugate(exponent) : exponent);
      }),
    };
  }

  /** The sum over the data of a product of two terms, or of one and y, without coefficients and units. */
  function sumText({ left, right, conjugate }: LatticeProduct): string {
    const own = modes[left.mode]!.characters;
    if (right === "y") {
      const args = own.flatMap((r, i) => [`${left.powers[i]}`, factor(i, r) ?? "1"]);
      return `${data}(${args.join(", ")})`;
    }
    const other = modes[right.mode]!.characters;
    return own
      .map((r, i) => {
        const product = times(factor(i, r), factor(i, other[i]!, conjugate));
        return `${sum}${many ? i + 1 : ""}(${left.powers[i]! + right.powers[i]!}, ${product})`;
      })
      .join("*");
  }

  const bracket = (text: string): string =>
    / [+-] /.test(text) || text.startsWith("-") ? `(${text})` : text;

  /** Coefficient and unit of a term at θ + Δ; terms of the model by their name. */
  const coefficientText = (term: ModeTerm): string =>
    times(termNames.get(term) ?? bracket(print(shifted(term.coefficient))), unitNames.get(term.mode));

  /** Products of one left side stand in one bracket. */
  function equation(products: readonly LatticeProduct[]): string {
    const groups = new Map<ModeTerm, LatticeProduct[]>();
    for (const product of products) {
      const group = groups.get(product.left);
      if (group === undefined) groups.set(product.left, [product]);
      else group.push(product);
    }
    const parts = [...groups].map(([left, group]) => {
      const inner = group.map((product, k): string => {
        const value = product.right === "y" ? "1" : coefficientText(product.right);
        const text = times(product.conjugate ? `conj(${value})` : value, sumText(product));
        const sign = product.weight === -1 ? "-" : "+";
        return `${k === 0 ? (sign === "-" ? "-" : "") : ` ${sign} `}${text}${product.weight === "half" ? "/2" : ""}`;
      });
      const own = coefficientText(left);
      const bare = inner.length === 1 || own === "1";
      const whole = times(own, bare ? inner.join("") : `(${inner.join("")})`);
      return isReal(form, modes[left.mode]!) && group.every((p) => p.weight !== "half")
        ? whole
        : `re(${whole})`;
    });
    return parts.length === 0 ? "0" : parts.join(" + ");
  }

  const monomial = ({ powers }: ModeTerm): Node =>
    algebra.product(
      powers.map((k, i) => {
        const [name, ...rest] = inputs[i]!.split(/[[\],]/).filter((part) => part !== "");
        return [
          algebra.symbol(
            name!,
            "input",
            rest.map((n) => literal(Number(n))),
          ),
          k,
        ];
      }),
    );

  /** What S and Y stand for, and how S is computed. */
  function definitions() {
    const most = Math.max(...form.layout.degrees);
    const [x, n] = [many ? "x_i" : inputs[0]!, print(algebra.symbol(count, "input"))];
    const base = `sum of ${x}^k*z^n over n = 0..${n} - 1`;
    const args = inputs.map((_, i) => (many ? `k${i + 1}, z${i + 1}` : "k, z")).join(", ");
    const own = inputs.map((name, i) => (many ? `${name}^k${i + 1}*z${i + 1}^n${i + 1}` : `${name}^k*z^n`));
    return {
      values: "a character or unit in an equation stands for base*shift, its value at theta + Delta",
      S: `${sum}${many ? "i" : ""}(k, z) = ${base} = sum of binomial(k, j)*${start}^(k - j)*${step}^j*sj(z) over j = 0..k`,
      Y: `${data}(${args}) = sum of y*${own.join("*")} over the data`,
      closed: closedSums("z", n, most).map((text, k) => `s${k} = ${text}`),
      doubling: "sk(2*M) = sk(M) + z^M*sum of binomial(k, j)*M^(k - j)*sj(M) over j = 0..k",
      odd: "sk(M + 1) = sk(M) + M^k*z^M",
    };
  }

  return { names, lattice, characters, unit, monomial, equation, definitions };
}
