/** Tiers and degrees as the checker finds them: upper bounds, and whether they are proved to be no lower. */
import * as P from "../../exact/polynomial.ts";
import type { Form, Forms } from "./forms.ts";

/** What a node of the tree is, computed anew. */
export interface Facts {
  /** Total degree in the parameters, an expression in the open sizes; it counts where no exponential is. */
  readonly degree: string;
  /** Whether a family may stand in an exponent. */
  readonly exponential: ReadonlyMap<string, boolean>;
  readonly parameters: ReadonlySet<string>;
  /** Families that are proved to stand in an exponent. */
  readonly proved: ReadonlySet<string>;
  readonly degreeCertain: boolean;
  readonly nonzero: boolean;
}

export const familyOf = (parameter: string): string => parameter.replace(/\[.*$/, "");
export const isExponential = ({ exponential }: Pick<Facts, "exponential">): boolean =>
  [...exponential.values()].some(Boolean);
/** Whether a member is at an open index: it may be any member of its family. */
export const isOpen = (parameter: string): boolean => /\[.*[#~].*\]/.test(parameter);

/** Whether two sets of parameters, at open indices perhaps, may have one in common; the one of `b`, if there is. */
export function sharedParameter(a: ReadonlySet<string>, b: ReadonlySet<string>): string | undefined {
  const open = new Set([...a].filter(isOpen).map(familyOf));
  const families = new Set([...a].map(familyOf));
  return [...b].find((p) => a.has(p) || open.has(familyOf(p)) || (isOpen(p) && families.has(familyOf(p))));
}

/** Generators that count: open sizes and indices, all of them positive. Sums, products and deltas may vanish. */
const COUNT = /^(#\d+|!\d+!)$/;
const DOUBTFUL = /^(sum|prod|delta)\(/;

/**
 * The facts of a form. Sizes and indices that stand as numbers have special values: a polynomial with some in it is taken
 * for nonzero only where a monomial in everything else has one term for its coefficient. Other generators are independent.
 */
export function factsOf(
  forms: Forms,
  formula: Form,
  parameters: ReadonlySet<string>,
  sizes: ReadonlySet<string>,
): Facts {
  const counts = (v: number): boolean => sizes.has(forms.textOf(v)) || COUNT.test(forms.textOf(v));
  const special = (v: number): boolean => counts(v) || DOUBTFUL.test(forms.textOf(v));
  const degreeOf = (m: P.Monomial): number =>
    m.reduce((total, [v, k]) => total + (forms.parametersOf(v).size > 0 ? k : 0), 0);
  /** Whether the terms that are kept are nonzero together, for all values of what is special. */
  const surely = (p: P.Polynomial, keep: (m: P.Monomial) => boolean = () => true): boolean => {
    const parts = new Map<string, P.Monomial[]>();
    for (const { monomial } of p.values()) {
      if (!keep(monomial)) continue;
      const at = P.monomialKey(monomial.filter(([v]) => !special(v)));
      parts.set(at, [...(parts.get(at) ?? []), monomial.filter(([v]) => special(v))]);
    }
    return [...parts.values()].some(
      ([first, ...more]) => more.length === 0 && first!.every(([v]) => counts(v)),
    );
  };
  const hasSums = forms.hasSums(formula) || mayCoincide(forms, formula);
  const terms = [...formula.values()];
  const open = terms.some(({ exponent, coefficient }) =>
    [exponent, coefficient].some((p) =>
      [...p.values()].some(({ monomial }) => monomial.some(([v]) => special(v))),
    ),
  );
  /** Whether no other exponent may equal this one. */
  const apart = (term: (typeof terms)[number]): boolean =>
    !open || terms.every((other) => other === term || surely(P.subtract(other.exponent, term.exponent)));
  const exponential = new Map([...parameters].map((parameter) => [familyOf(parameter), false]));
  const proved = new Set<string>();
  for (const term of terms) {
    const inside = [...term.exponent.values()].flatMap(({ monomial }) =>
      monomial.flatMap(([v]) => [...forms.parametersOf(v)].map(familyOf)),
    );
    for (const family of new Set(inside)) {
      exponential.set(family, true);
      if (proved.has(family)) continue;
      const own = (m: P.Monomial): boolean =>
        m.some(([v]) => [...forms.parametersOf(v)].some((p) => familyOf(p) === family));
      if (surely(term.exponent, own) && surely(term.coefficient) && apart(term)) proved.add(family);
    }
  }
  const degree = forms.degree(formula);
  const leading = (m: P.Monomial): boolean => degreeOf(m) === degree;
  return {
    degree: `${degree}`,
    exponential,
    parameters,
    proved: hasSums ? new Set() : proved,
    degreeCertain:
      degree === 0 || (!hasSums && terms.some((t) => apart(t) && surely(t.coefficient, leading))),
    nonzero: !hasSums && terms.some((t) => apart(t) && surely(t.coefficient)),
  };
}

/** Whether members of one family at different open indices stand in a form: where the indices meet, terms may cancel. */
function mayCoincide(forms: Forms, formula: Form): boolean {
  const members = new Set<string>();
  for (const { exponent, coefficient } of formula.values()) {
    for (const p of [exponent, coefficient]) {
      for (const { monomial } of p.values()) {
        for (const [v] of monomial)
          for (const own of forms.textOf(v).match(/[\p{L}_][\p{L}\p{N}_]*\[[^\]]*\]/gu) ?? [])
            members.add(own);
      }
    }
  }
  const list = [...members];
  const indices = (member: string): string[] => member.slice(0, -1).replace(/^.*\[/, "").split(",");
  // Index expressions end with their number: equal up to it, they are never equal with it.
  const base = (index: string): string => index.replace(/(^|\+)-?\d+$/, "");
  const apart = (a: string, b: string): boolean =>
    indices(a).some((index, k) => {
      const other = indices(b)[k] ?? "";
      return base(index) === base(other) && index !== other;
    });
  return list.some(
    (a, k) => isMarked(a) && list.some((b, l) => l !== k && familyOf(a) === familyOf(b) && !apart(a, b)),
  );
}

const isMarked = (member: string): boolean => /\[.*[#~!].*\]/.test(member);

/**
 * The facts of a sum or product by the closure lemma. A family that is exponential in one part is so in the whole where
 * it is polynomial in all others: at generic values of the other parameters exponential polynomials form a domain, so a
 * product of parts that are not zero keeps it, and their degrees add up. What parts share may cancel in a sum.
 */
export function mergeFacts(parts: readonly Facts[], op: "sum" | "product", apart: boolean): Facts {
  const degrees = [...new Set(parts.map((part) => part.degree))];
  const numbers = degrees.filter(isNumeral).map(Number);
  const open = degrees.filter((d) => !isNumeral(d));
  const least =
    numbers.length === 0 ? [] : [`${Math.max(...numbers)}`].filter((d) => d !== "0" || open.length === 0);
  const greatest = [...open, ...least];
  const exponential = new Map<string, boolean>();
  const parameters = new Set<string>();
  for (const part of parts) {
    for (const [family, value] of part.exponential)
      exponential.set(family, value || exponential.get(family) === true);
    for (const parameter of part.parameters) parameters.add(parameter);
  }
  const plain = `${parts.reduce((n, { degree }) => n + (isNumeral(degree) ? Number(degree) : 0), 0)}`;
  const factors = parts.flatMap(({ degree }) => (isNumeral(degree) ? [] : [`(${degree})`]));
  const sum = factors.length === 0 ? plain : [...factors, plain].join(" + ");
  const highest = greatest.length === 1 ? greatest[0]! : `max(${greatest.join(", ")})`;
  const leading = parts.filter((part) => part.degree === highest);
  const units = parts.every((part) => part.nonzero);
  const degreesCertain = parts.every((part) => part.degreeCertain);
  const product = op === "product";
  const proved = (family: string): boolean => {
    const own = parts.filter((part) => part.exponential.get(family) === true);
    return (apart || own.length === 1) && (!product || units) && own.some((part) => part.proved.has(family));
  };
  return {
    degree: product ? sum : highest,
    exponential,
    parameters,
    proved: new Set([...exponential.keys()].filter(proved)),
    degreeCertain: product
      ? units && degreesCertain
      : apart
        ? degreesCertain
        : highest === "0" || (isNumeral(highest) && leading.length === 1 && leading[0]!.degreeCertain),
    nonzero: product ? units : apart && parts.some(varies),
  };
}

export const isNumeral = (degree: string): boolean => /^\d+$/.test(degree);

/** Whether all that may be exponential is proved to be so. */
export const isExact = ({ exponential, proved, degreeCertain }: Facts): boolean =>
  isExponential({ exponential })
    ? [...exponential].every(([family, value]) => !value || proved.has(family))
    : degreeCertain;

/** Whether a part is proved to depend on its parameters. */
export const varies = (part: Facts): boolean =>
  isExponential(part) ? part.proved.size > 0 : part.degreeCertain && part.degree !== "0";
