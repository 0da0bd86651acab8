/**
 * Re-checks a certificate of linear closure, or a whole verdict, without the search: every identity by the checker's own
 * zero test. What it accepts is true; it names the entry at fault of what it rejects.
 */
import { readFormula } from "../../architecture/formula.ts";
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import { affineText, difference, leastOf, type Names } from "./affine.ts";
import {
  type Facts,
  factsOf,
  familyOf,
  isExact,
  isExponential,
  isNumeral,
  isOpen,
  mergeFacts,
  sharedParameter,
  varies,
} from "./facts.ts";
import { createForms, type Form, type Forms } from "./form.ts";
import {
  type Atom,
  type CertificateDocument,
  type Document,
  readDocument,
  type TreeNode,
  type VerdictDocument,
} from "./read.ts";
import { cellKey, restrictedForms } from "./restriction.ts";

export type Verification =
  | { readonly accepted: true; readonly checked: number }
  /** `entry` is the path of the entry at fault, such as `certificate.tree.matrices.k[0][1]`. */
  | { readonly accepted: false; readonly entry: string; readonly reason: string };

/** Thrown inside of the checker only. */
class Rejection extends Error {
  readonly entry: string;
  constructor(entry: string, reason: string) {
    super(reason);
    this.entry = entry;
  }
}

/**
 * Checks a document that `check --json` wrote, or its certificate alone.
 *
 * @param text the JSON
 * @param source what it is called in errors
 * @throws DescentError `input` where it is no such document or of another format version
 */
export function verify(text: string, source: string, budget: Budget): Verification {
  const document = readDocument(text, source);
  try {
    return { accepted: true, checked: checkDocument(document, budget) };
  } catch (error) {
    if (error instanceof Rejection) return { accepted: false, entry: error.entry, reason: error.message };
    throw error;
  }
}

interface Context {
  /** Parameters as such, for closures and tiers. */
  readonly forms: Forms;
  /** All names alike, for comparing formulas. */
  readonly plain: Forms;
  readonly isParameter: (name: string) => boolean;
  /** Sizes that are open. */
  readonly sizes: ReadonlySet<string>;
  readonly budget: Budget;
  count: number;
}

function checkDocument({ certificate, verdict, path }: Document, budget: Budget): number {
  const bare = new Set(certificate.parameters.map(familyOf));
  const inputs = new Set(verdict?.architecture.inputs.map(familyOf));
  const isParameter = (name: string): boolean => bare.has(name);
  const start = {
    forms: createForms(isParameter, budget),
    plain: createForms(() => false, budget),
    count: 0,
  };
  const model = read(start, certificate.model, `${path}.model`);
  const context: Context = { ...start, isParameter, sizes: openSizes(model, bare, inputs), budget };
  const facts = checkNode(context, certificate.tree, `${path}.tree`, new Map());
  same(
    context,
    model,
    read(context, certificate.tree.formula, `${path}.tree.formula`),
    new Map(),
    `${path}.tree.formula`,
  );
  if (certificate.dimension !== certificate.tree.dimension) {
    throw new Rejection(`${path}.dimension`, `it is ${certificate.tree.dimension} in the tree`);
  }
  const { basis, matrices, coordinates } = certificate;
  if (basis !== undefined && matrices !== undefined && coordinates !== undefined) {
    const whole = {
      node: "atom" as const,
      formula: certificate.model,
      dimension: basis.length,
      basis,
      matrices,
      coordinates,
    };
    checkAtom(context, whole, path, new Map(), certificate.parameters);
  }
  const lower = certificate.restriction && checkRestriction(context, certificate.restriction, model, path);
  if (verdict !== undefined) checkVerdict(context, verdict, model, facts, lower);
  return context.count;
}

function read(context: Pick<Context, "count">, formula: string, entry: string): Syntax {
  context.count++;
  try {
    return readFormula(formula, { source: entry });
  } catch (error) {
    if (error instanceof DescentError) throw new Rejection(entry, error.fault);
    throw error;
  }
}

/** A form, an obstacle being a rejection at `entry`. */
function formOf(forms: Forms, syntax: Syntax, names: Names, entry: string): Form {
  try {
    return forms.of(syntax, names);
  } catch (error) {
    if (error instanceof DescentError && error.code !== "budget") throw new Rejection(entry, error.fault);
    throw error;
  }
}

function same(context: Context, a: Syntax, b: Syntax, names: Names, entry: string): void {
  const { plain } = context;
  const difference = plain.subtract(formOf(plain, a, names, entry), formOf(plain, b, names, entry));
  if (difference.size > 0) throw new Rejection(entry, "it is not the formula of what it stands for");
}

function checkNode(context: Context, node: TreeNode, path: string, names: Names): Facts {
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

/** The tier at the sizes of each exception, all other open sizes being 2. */
function checkExceptions(context: Context, verdict: VerdictDocument, model: Syntax): void {
  const open = context.sizes;
  (verdict.exceptions ?? []).forEach(({ sizes, tier }, k) => {
    const entry = `exceptions[${k}]`;
    const stray = Object.keys(sizes).find((name) => !open.has(name));
    if (stray !== undefined) throw new Rejection(`${entry}.sizes`, `${stray} is no open size`);
    if (tier === "undecided") return;
    const values = new Map([...open].map((name) => [name, `${sizes[name] ?? 2}`]));
    const { forms } = context;
    const form = formOf(forms, model, values, entry);
    const facts = factsOf(forms, form, forms.parametersIn(form), new Set());
    const wanted = isExponential(facts) ? "exponential-polynomial" : "polynomial";
    if (tier !== wanted) throw new Rejection(`${entry}.tier`, `it is ${wanted}`);
  });
}

/** The names that are no parameter, input, index or constant. */
function openSizes(model: Syntax, parameters: ReadonlySet<string>, inputs: ReadonlySet<string>): Set<string> {
  const nodes = postorder(model);
  const indices = new Set(nodes.flatMap((node) => (node.kind === "fold" ? [node.index] : [])));
  const known = (name: string): boolean =>
    parameters.has(name) || inputs.has(name) || indices.has(name) || name === "pi" || name === "e";
  return new Set(nodes.flatMap((node) => (node.kind === "name" && !known(node.name) ? [node.name] : [])));
}

/**
 * A polynomial's tower ends at its degree, that of its optimality condition at twice the degree less one. Nothing is
 * claimed where only an upper bound of the degree is known.
 */
function checkOrders(
  context: Context,
  claimed: VerdictDocument["terminates"],
  degree: string | null,
  known: boolean,
): void {
  for (const which of ["model", "optimality"] as const) {
    const own = claimed[which];
    const entry = `terminates.${which}`;
    if (degree !== null && !known) {
      if (own !== null) throw new Rejection(entry, "the degree is not proved to be no lower");
      continue;
    }
    if ((own === null) !== (degree === null)) {
      throw new Rejection(entry, degree === null ? "the tower is infinite" : "the tower ends");
    }
    if (own === null || degree === null) continue;
    const wanted = which === "model" || degree === "0" ? degree : `2*(${degree}) - 1`;
    checkSize(context, own, wanted, entry);
  }
}

/** Compares two expressions in open sizes. */
function checkSize(context: Context, claimed: number | string, computed: string, entry: string): void {
  const [a, b] = [`${claimed}`, computed].map((text) =>
    formOf(context.plain, read(context, text, entry), new Map(), entry),
  );
  if (context.plain.subtract(a!, b!).size > 0) throw new Rejection(entry, `it is ${computed}`);
}

/** ∂_a b = M_a b, M_a M_b = M_b M_a, formula = coordinates·b, matrices and coordinates free of parameters. */
function checkAtom(
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

function checkVerdict(
  context: Context,
  verdict: VerdictDocument,
  model: Syntax,
  upper: Facts,
  lower: Facts | undefined,
): void {
  const entry = "architecture.model";
  same(context, read(context, verdict.architecture.model, entry), model, new Map(), entry);
  const tier = isExponential(upper) ? "exponential-polynomial" : "polynomial";
  const proved = (family: string): boolean => upper.proved.has(family) || lower?.proved.has(family) === true;
  if (verdict.tier !== tier) throw new Rejection("tier", `the certificate is one of ${tier}`);
  if (tier !== "polynomial" && ![...upper.exponential].some(([family, value]) => value && proved(family))) {
    throw new Rejection("tier", "nothing proves that it is no lower: what parts share may cancel");
  }
  if (verdict.membership !== "strict") throw new Rejection("membership", `${tier} is strict`);
  checkExceptions(context, verdict, model);
  const equal = lower !== undefined && isNumeral(upper.degree) && lower.degree === upper.degree;
  const known = upper.degreeCertain || (equal && lower.degreeCertain);
  checkOrders(context, verdict.terminates, tier === "polynomial" ? upper.degree : null, known);
  verdict.parameters.forEach((own, k) => {
    const family = familyOf(own.name);
    const exponential = upper.exponential.get(family) === true;
    const wanted = exponential ? "exponential-polynomial" : "polynomial";
    // What is left undecided claims nothing.
    if (own.tier === "undecided") return;
    if (own.tier !== wanted) throw new Rejection(`parameters[${k}].tier`, `it is ${wanted}`);
    if (exponential && !proved(family))
      throw new Rejection(`parameters[${k}].tier`, "nothing proves that it is no lower");
  });
}

/** The facts of the restricted model: true of the model as lower bounds. */
function checkRestriction(
  context: Context,
  cells: NonNullable<CertificateDocument["restriction"]>,
  model: Syntax,
  path: string,
): Facts {
  const { isParameter, sizes, budget } = context;
  const values = new Map<string, Syntax>();
  cells.forEach(({ family, indices, value }, k) => {
    const entry = `${path}.restriction[${k}]`;
    const key = cellKey(family, indices);
    if (!isParameter(family)) throw new Rejection(`${entry}.family`, "it is no parameter");
    if (values.has(key)) throw new Rejection(entry, "there is one for these members already");
    if (indices.every((index) => index === "1"))
      throw new Rejection(`${entry}.indices`, "the member at index 1 keeps its name");
    values.set(key, read(context, value, `${entry}.value`));
    if (values.get(key)!.kind !== "number") throw new Rejection(`${entry}.value`, "it is no number");
  });
  const forms = restrictedForms(isParameter, values, budget);
  const form = formOf(forms, model, new Map(), `${path}.restriction`);
  return factsOf(forms, form, forms.parametersIn(form), sizes);
}
