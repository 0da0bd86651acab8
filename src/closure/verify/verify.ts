/**
 * Re-checks a certificate of linear closure, or a whole verdict, without the search: every identity by the checker's own
 * zero test, then all of it once more by numbers. What it accepts is true; it names the entry at fault of what it rejects.
 */
import { readFormula } from "../../architecture/formula.ts";
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Budget, DescentError } from "../../errors.ts";
import type { Precise } from "../../precise/mpfr.ts";
import { affineText, createForms, type Form, type Forms, type Names } from "./form.ts";
import { numericFault } from "./numeric.ts";
import { type Atom, type Document, readDocument, type TreeNode, type VerdictDocument } from "./read.ts";

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
 * @param precise evaluates formulas for the second opinion by numbers
 * @throws DescentError `input` where it is no such document or of another format version
 */
export function verify(text: string, source: string, precise: Precise, budget: Budget): Verification {
  const document = readDocument(text, source);
  try {
    const checked = checkDocument(document, budget);
    const fault = numericFault(document, precise, budget);
    return fault === undefined ? { accepted: true, checked } : { accepted: false, ...fault };
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
  count: number;
}

/** What a node of the tree is, computed anew. */
interface Facts {
  /** Total degree in the parameters, an expression in the open sizes; it counts where no exponential is. */
  readonly degree: string;
  readonly exponential: ReadonlyMap<string, boolean>;
  readonly parameters: ReadonlySet<string>;
}

function checkDocument({ certificate, verdict, path }: Document, budget: Budget): number {
  const bare = new Set(certificate.parameters.map((name) => name.replace(/\[.*$/, "")));
  const context: Context = {
    forms: createForms((name) => bare.has(name), budget),
    plain: createForms(() => false, budget),
    count: 0,
  };
  const model = read(context, certificate.model, `${path}.model`);
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
  if (verdict !== undefined) checkVerdict(context, verdict, model, facts);
  return context.count;
}

function read(context: Context, formula: string, entry: string): Syntax {
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
  const seen = new Set<string>();
  children.forEach((child, k) => {
    for (const parameter of child.parameters) {
      const family = parameter.replace(/\[.*$/, "");
      // A member at an open index may be any member of its family.
      const shared = [...seen].find((other) =>
        isOpen(parameter) || isOpen(other) ? other.replace(/\[.*$/, "") === family : other === parameter,
      );
      if (shared !== undefined) {
        throw new Rejection(`${path}.children[${k}]`, `it shares ${parameter} with another child`);
      }
    }
    for (const parameter of child.parameters) seen.add(parameter);
  });
  const dimensions = node.children.map((child) => `(${child.dimension})`);
  checkDimension(context, node.dimension, dimensions.join(node.node === "sum" ? " + " : "*"), path);
  return mergeFacts(children, node.node);
}

const isOpen = (parameter: string): boolean => /\[.*#.*\]/.test(parameter);

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
  const { plain } = context;
  const entry = `${path}.children[0].formula`;
  const body = formOf(plain, formula.body, new Map(names).set(formula.index, mark), `${path}.formula`);
  const own = formOf(plain, read(context, child.formula, entry), inner, entry);
  if (plain.subtract(body, own).size > 0) throw new Rejection(entry, "it is not the body of the formula");
  for (const parameter of facts.parameters) {
    const positions = [...facts.parameters]
      .filter((p) => p.replace(/\[.*$/, "") === parameter.replace(/\[.*$/, ""))
      .map((p) => indicesOf(p).indexOf(mark));
    if (positions.some((at) => at < 0 || at !== positions[0])) {
      throw new Rejection(`${path}.index.name`, `${parameter} may be shared by several terms`);
    }
  }
  const length = `(${index.hi} - (${index.lo}) + 1)`;
  const whole = op === "sum" ? `${length}*(${child.dimension})` : `(${child.dimension})^${length}`;
  checkDimension(context, node.dimension, whole, path);
  return op === "sum" ? facts : { ...facts, degree: `${length}*(${facts.degree})` };
}

const indicesOf = (parameter: string): string[] => /\[(.*)\]$/.exec(parameter)?.[1]?.split(",") ?? [];

function checkDimension(context: Context, claimed: number | string, computed: string, path: string): void {
  checkSize(context, claimed, computed, `${path}.dimension`);
}

/** The tier at the sizes of each exception, all other open sizes being 2. */
function checkExceptions(context: Context, verdict: VerdictDocument, model: Syntax): void {
  const open = openSizes(model);
  (verdict.exceptions ?? []).forEach(({ sizes, tier }, k) => {
    const entry = `exceptions[${k}]`;
    const stray = Object.keys(sizes).find((name) => !open.has(name));
    if (stray !== undefined) throw new Rejection(`${entry}.sizes`, `${stray} is no open size`);
    const values = new Map([...open].map((name) => [name, `${sizes[name] ?? 2}`]));
    const { forms } = context;
    const form = formOf(forms, model, values, entry);
    const facts = factsOf(forms, form, forms.parametersIn(form));
    const wanted = [...facts.exponential.values()].some(Boolean) ? "exponential-polynomial" : "polynomial";
    if (tier !== wanted) throw new Rejection(`${entry}.tier`, `it is ${wanted}`);
  });
}

/** Names in bounds that are no index. */
function openSizes(model: Syntax): Set<string> {
  const folds = postorder(model).flatMap((node) => (node.kind === "fold" ? [node] : []));
  const indices = new Set(folds.map((fold) => fold.index));
  const bounds = folds.flatMap((fold) => [fold.lo, fold.hi].flatMap((bound) => [...postorder(bound)]));
  return new Set(
    bounds.flatMap((node) => (node.kind === "name" && !indices.has(node.name) ? [node.name] : [])),
  );
}

/** A polynomial's tower ends at its degree, that of its optimality condition at twice the degree less one. */
function checkOrders(context: Context, claimed: VerdictDocument["terminates"], degree: string | null): void {
  for (const which of ["model", "optimality"] as const) {
    const own = claimed[which];
    const entry = `terminates.${which}`;
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

function mergeFacts(parts: readonly Facts[], op: "sum" | "product"): Facts {
  const degrees = [...new Set(parts.map((part) => part.degree))];
  const numbers = degrees.filter((d) => /^\d+$/.test(d)).map(Number);
  const open = degrees.filter((d) => !/^\d+$/.test(d));
  const least =
    numbers.length === 0 ? [] : [`${Math.max(...numbers)}`].filter((d) => d !== "0" || open.length === 0);
  const greatest = [...open, ...least];
  const exponential = new Map<string, boolean>();
  const parameters = new Set<string>();
  for (const part of parts) {
    for (const [family, value] of part.exponential) {
      exponential.set(family, value || exponential.get(family) === true);
    }
    for (const parameter of part.parameters) parameters.add(parameter);
  }
  const sum = parts.map((part) => `(${part.degree})`).join(" + ");
  const degree =
    op === "product" ? sum : greatest.length === 1 ? greatest[0]! : `max(${greatest.join(", ")})`;
  return { degree, exponential, parameters };
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
  const at = (formula: string, entry: string): Form =>
    formOf(forms, read(context, formula, entry), names, entry);
  const constant = (formula: string, entry: string): Form => {
    const form = at(formula, entry);
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
  const matrices = new Map<string, Form[][]>();
  for (const [name, rows] of Object.entries(atom.matrices)) {
    const entry = `${path}.matrices.${name}`;
    const [own] = [...forms.parametersIn(at(name, entry))];
    if (own === undefined) throw new Rejection(entry, "it is no parameter");
    if (rows.length !== n || rows.some((row) => row.length !== n)) {
      throw new Rejection(entry, `it is not ${n} by ${n}`);
    }
    const matrix = rows.map((row, i) => row.map((c, j) => constant(c, `${entry}[${i}][${j}]`)));
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
  return factsOf(forms, formula, parameters);
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

function factsOf(forms: Forms, formula: Form, parameters: ReadonlySet<string>): Facts {
  const exponential = new Map<string, boolean>();
  for (const parameter of parameters) {
    const family = parameter.replace(/\[.*$/, "");
    const inExponent = [...formula.values()].some(({ exponent }) =>
      forms.parametersIn(new Map([["", { exponent, coefficient: exponent }]])).has(parameter),
    );
    exponential.set(family, inExponent || exponential.get(family) === true);
  }
  return { degree: `${forms.degree(formula)}`, exponential, parameters };
}

function checkVerdict(context: Context, verdict: VerdictDocument, model: Syntax, facts: Facts): void {
  const entry = "architecture.model";
  same(context, read(context, verdict.architecture.model, entry), model, new Map(), entry);
  const tier = [...facts.exponential.values()].some(Boolean) ? "exponential-polynomial" : "polynomial";
  if (verdict.tier !== tier) throw new Rejection("tier", `the certificate is one of ${tier}`);
  if (verdict.membership !== "strict") throw new Rejection("membership", `${tier} is strict`);
  checkExceptions(context, verdict, model);
  checkOrders(context, verdict.terminates, tier === "polynomial" ? facts.degree : null);
  verdict.parameters.forEach((own, k) => {
    const exponential = facts.exponential.get(own.name.replace(/\[.*$/, "")) === true;
    const wanted = exponential ? "exponential-polynomial" : "polynomial";
    // What is left undecided claims nothing.
    if (own.tier !== wanted && own.tier !== "undecided")
      throw new Rejection(`parameters[${k}].tier`, `it is ${wanted}`);
  });
}
