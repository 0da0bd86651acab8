/** Which functions of the data a lattice form is made of: the sums over data that its loss, F and H need. */
import type { Mode, ModeTerm, Reference } from "./modes.ts";

/** b(x) = Π_i x_i^k e^{s_i x_i}, without constant factor; a complex one stands for its conjugate too. */
export interface BasisFunction {
  readonly characters: readonly Reference[];
  readonly powers: readonly number[];
}

/** coefficient · e^{L + s·r} of a mode, in front of a basis function. */
export interface Entry {
  readonly element: number;
  readonly term: ModeTerm;
}

/** A step of the contraction: along an input, the characters with their powers, and below each what comes next. */
export interface Contraction {
  readonly reference: Reference;
  /** By the power of the input: the basis function at the first input, else the steps along the input before. */
  readonly powers: readonly {
    readonly power: number;
    readonly element?: number;
    readonly next: readonly Contraction[];
  }[];
}

export interface Layout {
  readonly basis: readonly BasisFunction[];
  readonly model: readonly Entry[];
  readonly slopes: readonly (readonly Entry[])[];
  readonly curvature: readonly {
    readonly a: number;
    readonly b: number;
    readonly entries: readonly Entry[];
  }[];
  /** The elements that occur in slopes. */
  readonly sloping: readonly number[];
  /** The highest power of each input in a product of two of them. */
  readonly degrees: readonly number[];
  /** Along the last input first. */
  readonly contractions: readonly Contraction[];
}

export function createLayout(
  inputs: number,
  modes: readonly Mode[],
  model: readonly ModeTerm[],
  slopes: readonly (readonly ModeTerm[])[],
  curvature: readonly { readonly a: number; readonly b: number; readonly terms: readonly ModeTerm[] }[],
): Layout {
  const basis: BasisFunction[] = [];
  const known = new Map<string, number>();
  const entry = (term: ModeTerm): Entry => {
    const { characters } = modes[term.mode]!;
    const key = characters.map((c, i) => `${c.character}${c.bar ? "*" : ""}^${term.powers[i]}`).join(" ");
    let element = known.get(key);
    if (element === undefined) {
      element = basis.length;
      known.set(key, element);
      basis.push({ characters, powers: term.powers });
    }
    return { element, term };
  };
  const own = model.map(entry);
  const first = slopes.map((terms) => terms.map(entry));
  const second = curvature.map(({ a, b, terms }) => ({ a, b, entries: terms.map(entry) }));
  const highest = (list: readonly Entry[], i: number): number =>
    list.reduce((k, { term }) => Math.max(k, term.powers[i]!), 0);
  const degrees = Array.from({ length: inputs }, (_, i) => {
    const all = basis.reduce((k, b) => Math.max(k, b.powers[i]!), 0);
    return Math.max(2 * highest(first.flat(), i), all + highest(own, i));
  });
  return {
    basis,
    model: own,
    slopes: first,
    curvature: second,
    sloping: [...new Set(first.flat().map((e) => e.element))],
    degrees,
    contractions: contractions(
      basis,
      basis.map((_, k) => k),
      inputs - 1,
    ),
  };
}

function contractions(
  basis: readonly BasisFunction[],
  elements: readonly number[],
  i: number,
): Contraction[] {
  if (i < 0) return [];
  const groups = groupBy(elements, (k) => {
    const { character, bar } = basis[k]!.characters[i]!;
    return `${character} ${bar}`;
  });
  return groups.map((members) => ({
    reference: basis[members[0]!]!.characters[i]!,
    powers: groupBy(members, (k) => `${basis[k]!.powers[i]}`).map((same) => ({
      power: basis[same[0]!]!.powers[i]!,
      ...(i === 0 ? { element: same[0]! } : {}),
      next: contractions(basis, same, i - 1),
    })),
  }));
}

function groupBy(items: readonly number[], key: (item: number) => string): number[][] {
  const groups = new Map<string, number[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
