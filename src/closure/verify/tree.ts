/** The tree of a certificate: every node is the sum or product of its children, every atom is closed. */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { DescentError } from "../../errors.ts";
import { affineText, difference, leastOf, type Names } from "./affine.ts";
import { type Context, checkSize, formOf, Rejection, read } from "./context.ts";
import {
  type Facts,
  factsOf,
  familyOf,
  isExact,
  isOpen,
  mergeFacts,
  sharedParameter,
  varies,
} from "./facts.ts";
import type { Form } from "./forms.ts";
import type { Atom, TreeNode } from "./read.ts";

/** The facts of a node, an obstacle being a rejection at it. */
export function checkNode(context: Context, node: TreeNode, path: string, names: Names): Facts {
  try {
    return factsAt(context, node, path, names);
  } catch (error) {
    if (error instanceof DescentError && error.code === "unsupported") throw new Rejection(path, error.fault);
    throw error;
  }
}

function factsAt(context: Context, node: TreeNode, path: string, names: Names): Facts {
  if (node.node === "atom") return checkAtom(context, node, path, names);
  const formula = read(context, node.formula, `${path}.formula`);
  if (node.index !== undefined) return checkIndexed(context, node, formula, path, names);
  const children = node.children.map((child, k) =>
    checkNode(context, child, `${path}.children[${k}]`, names),
  );
  const { plain } = context;
  const parts = node.children.map((child, k) => {
    const entry = `${path}.children[${k}].formula`;
    return formOf(plain, read(context, child.formula, entry), names, entry);
  });
  const total = parts.reduce((a, b) => (node.node === "sum" ? plain.add(a, b) : plain.multiply(a, b)));
  if (plain.subtract(formOf(plain, formula, names, `${path}.formula`), total).size > 0) {
    throw new Rejection(`${path}.formula`, `it is not the ${node.node} of its children`);
  }
  const dimensions = node.children.map((child) => `(${child.dimension})`);
  checkDimension(context, node.dimension, dimensions.join(node.node === "sum" ? " + " : "*"), path);
  const seen = new Set<string>();
  let apart = true;
  for (const { parameters } of children) {
    apart &&= sharedParameter(seen, parameters) === undefined;
    for (const parameter of parameters) seen.add(parameter);
  }
  const merged = mergeFacts(children, node.node, apart);
  return apart || isExact(merged) ? merged : (wholeFacts(context, formula, merged, names) ?? merged);
}

/** The facts of an expression that can be multiplied out: exact, whatever its parts share. */
function wholeFacts(
  { forms, sizes }: Context,
  formula: Syntax,
  { parameters }: Facts,
  names: Names,
): Facts | undefined {
  try {
    const form = forms.of(formula, names);
    return forms.hasSums(form) || [...parameters].some(isOpen)
      ? undefined
      : factsOf(forms, form, parameters, sizes);
  } catch (error) {
    if (error instanceof DescentError && error.code === "unsupported") return undefined;
    throw error;
  }
}

function checkIndexed(
  context: Context,
  node: Exclude<TreeNode, Atom>,
  formula: Syntax,
  path: string,
  names: Names,
): Facts {
  const { index } = node;
  const [child] = node.children;
  if (index === undefined || child === undefined || node.children.length !== 1) {
    throw new Rejection(`${path}.children`, "a node with an index has one child");
  }
  const mark = `#${names.size}`;
  const inner = new Map(names).set(index.name, mark);
  if (names.has(index.name)) throw new Rejection(`${path}.index.name`, "the index is bound already");
  const facts = checkNode(context, child, `${path}.children[0]`, inner);
  const op = node.node === "sum" ? "sum" : "prod";
  if (formula.kind !== "fold" || formula.op !== op || formula.except !== undefined) {
    throw new Rejection(`${path}.formula`, `it is no ${op} over an index`);
  }
  const bound = (which: "lo" | "hi"): void => {
    const claimed = read(context, index[which], `${path}.index.${which}`);
    if (affineText(claimed, names) !== affineText(formula[which], names)) {
      throw new Rejection(`${path}.index.${which}`, "it is not the bound in the formula");
    }
  };
  bound("lo");
  bound("hi");
  const length1 = difference(formula.hi, formula.lo, names);
  if (affineText(formula.lo, names) !== "1" || leastOf(length1) < 0 || [...length1.keys()].some(isMark)) {
    throw new Rejection(`${path}.index`, "it does not run from 1 to a size");
  }
  const { plain } = context;
  const entry = `${path}.children[0].formula`;
  const body = formOf(plain, formula.body, new Map(names).set(formula.index, mark), `${path}.formula`);
  const stated = formOf(plain, read(context, child.formula, entry), inner, entry);
  if (plain.subtract(body, stated).size > 0) throw new Rejection(entry, "it is not the body of the formula");
  const shared = new Set(
    [...facts.parameters].flatMap((parameter) => {
      const positions = [...facts.parameters]
        .filter((p) => familyOf(p) === familyOf(parameter))
        .map((p) => indicesOf(p).indexOf(mark));
      return positions.some((at) => at < 0 || at !== positions[0]) ? [familyOf(parameter)] : [];
    }),
  );
  const length = `(${index.hi} - (${index.lo}) + 1)`;
  const whole = op === "sum" ? `${length}*(${child.dimension})` : `(${child.dimension})^${length}`;
  checkDimension(context, node.dimension, whole, path);
  const product = op === "prod";
  const units = !product || facts.nonzero;
  return {
    ...facts,
    degree: product && facts.degree !== "0" ? `${length}*(${facts.degree})` : facts.degree,
    proved: new Set([...facts.proved].filter((family) => units && !shared.has(family))),
    degreeCertain:
      facts.degree === "0" || (facts.degreeCertain && (product ? facts.nonzero : shared.size === 0)),
    nonzero: product ? facts.nonzero : shared.size === 0 && varies(facts),
  };
}

const isMark = (name: string): boolean => /^[#~]/.test(name);

const indicesOf = (parameter: string): string[] => /\[(.*)\]$/.exec(parameter)?.[1]?.split(",") ?? [];

function checkDimension(context: Context, claimed: number | string, computed: string, path: string): void {
  checkSize(context, claimed, computed, `${path}.dimension`);
}

/** ∂_a b = M_a b, M_a M_b = M_b M_a, formula = coordinates·b, matrices and coordinates free of parameters. */
export function checkAtom(
  context: Context,
  atom: Atom,
  path: string,
  names: Names,
  expected?: readonly string[],
): Facts {
  const { forms } = context;
  const at = (formula: string, entry: string, scope = names): Form =>
    formOf(forms, read(context, formula, entry), scope, entry);
  const constant = (formula: string, entry: string, scope = names): Form => {
    const form = at(formula, entry, scope);
    if (forms.parametersIn(form).size > 0) throw new Rejection(entry, "it holds a parameter");
    return form;
  };
  const n = atom.basis.length;
  if (atom.dimension !== n) throw new Rejection(`${path}.dimension`, `the basis has ${n} elements`);
  if (atom.coordinates.length !== n)
    throw new Rejection(`${path}.coordinates`, `the basis has ${n} elements`);
  const basis = atom.basis.map((b, k) => at(b, `${path}.basis[${k}]`));
  const formula = at(atom.formula, `${path}.formula`);
  const combine = (row: readonly Form[]): Form =>
    row.reduce((total, c, k) => forms.add(total, forms.multiply(c, basis[k]!)), new Map() as Form);
  const coordinates = atom.coordinates.map((c, k) => constant(c, `${path}.coordinates[${k}]`));
  const gap = forms.subtract(formula, combine(coordinates));
  if (gap.size > 0) {
    throw new Rejection(
      culprit(context, gap, basis, `${path}.coordinates`),
      "the formula is not this combination of the basis",
    );
  }
  const parameters = new Set(forms.parametersIn(formula));
  for (const b of basis) for (const p of forms.parametersIn(b)) parameters.add(p);
  apart(parameters, path);
  const matrices = new Map<string, Form[][]>();
  for (const [name, rows] of Object.entries(atom.matrices)) {
    const entry = `${path}.matrices.${name}`;
    const inner = withIndices(context, atom, read(context, name, entry), path, names);
    const [own] = [...forms.parametersIn(formOf(forms, read(context, name, entry), inner, entry))];
    if (own === undefined) throw new Rejection(entry, "it is no parameter");
    if (rows.length !== n || rows.some((row) => row.length !== n)) {
      throw new Rejection(entry, `it is not ${n} by ${n}`);
    }
    const matrix = rows.map((row, i) => row.map((c, j) => constant(c, `${entry}[${i}][${j}]`, inner)));
    matrix.forEach((row, i) => {
      const error = forms.subtract(forms.derivative(basis[i]!, own), combine(row));
      if (error.size > 0) {
        throw new Rejection(
          culprit(context, error, basis, `${entry}[${i}]`),
          `it is not in ∂_${name} of element ${i + 1}`,
        );
      }
    });
    matrices.set(own, matrix);
  }
  for (const p of parameters) {
    if (!matrices.has(p)) throw new Rejection(`${path}.matrices`, `there is none for ${p}`);
  }
  if (expected?.some((name) => !Object.hasOwn(atom.matrices, name))) {
    throw new Rejection(`${path}.matrices`, "there is not one for every parameter");
  }
  commute(context, [...matrices], path);
  return factsOf(forms, formula, parameters, context.sizes);
}

/**
 * The scope of a matrix: those of the atom's indices that stand in the name of its parameter, marked as the sums over
 * them are in forms, outermost first.
 */
function withIndices(context: Context, atom: Atom, name: Syntax, path: string, names: Names): Names {
  const used = new Set(postorder(name).flatMap((part) => (part.kind === "name" ? [part.name] : [])));
  const inner = new Map(names);
  let depth = 0;
  (atom.indices ?? []).forEach((index, k) => {
    if (!used.has(index.name)) return;
    const entry = `${path}.indices[${k}]`;
    if (inner.has(index.name)) throw new Rejection(`${entry}.name`, "the index is bound already");
    const [lo, hi] = (["lo", "hi"] as const).map((which) =>
      affineText(read(context, index[which], `${entry}.${which}`), inner),
    );
    inner.set(index.name, context.forms.sumIndex(depth++, lo!, hi!));
  });
  return inner;
}

/**
 * Members of a family under a sum over an index are told apart by that index, and there are no others of the family in
 * the atom: the derivative by one of them is then that of the one term in which it stands.
 */
function apart(parameters: ReadonlySet<string>, path: string): void {
  for (const parameter of parameters) {
    const marks = indicesOf(parameter).filter((index) => index.includes("~"));
    if (marks.length === 0) continue;
    const plain = marks.every((index, k) => /^~\d+\.\d+~$/.test(index) && marks.indexOf(index) === k);
    const alone = [...parameters].every((p) => p === parameter || familyOf(p) !== familyOf(parameter));
    if (!plain || !alone)
      throw new Rejection(`${path}.formula`, `members of ${familyOf(parameter)} may coincide`);
  }
}

/** The entry of a row that a difference points at: the basis element it is a multiple of. */
function culprit(context: Context, gap: Form, basis: readonly Form[], path: string): string {
  const at = basis.findIndex((b) => context.forms.proportional(gap, b));
  return at < 0 ? path : `${path}[${at}]`;
}

function commute(context: Context, matrices: readonly (readonly [string, Form[][]])[], path: string): void {
  const { forms } = context;
  const product = (a: Form[][], b: Form[][], i: number, j: number): Form =>
    a[i]!.reduce(
      (total, entry, k) =>
        entry.size === 0 || b[k]![j]!.size === 0 ? total : forms.add(total, forms.multiply(entry, b[k]![j]!)),
      new Map() as Form,
    );
  matrices.forEach(([name, a], p) => {
    for (const [other, b] of matrices.slice(0, p)) {
      for (let i = 0; i < a.length; i++) {
        for (let j = 0; j < a.length; j++) {
          if (forms.subtract(product(a, b, i, j), product(b, a, i, j)).size > 0) {
            throw new Rejection(`${path}.matrices`, `those of ${name} and ${other} do not commute`);
          }
        }
      }
    }
  });
}
