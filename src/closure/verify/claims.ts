/** What a verdict claims beyond its certificate: tiers, degrees, exceptions; and the restriction that proves some of it. */
import { postorder, type Syntax } from "../../architecture/syntax.ts";
import { type Context, checkSize, formOf, Rejection, read } from "./context.ts";
import { checkExceptions } from "./exceptions.ts";
import { type Facts, factsOf, familyOf, isExponential, isNumeral } from "./facts.ts";
import type { CertificateDocument, VerdictDocument } from "./read.ts";
import { cellKey, restrictedForms } from "./restriction.ts";
import { checkScope } from "./scope.ts";

export function checkVerdict(
  context: Context,
  verdict: VerdictDocument,
  model: Syntax,
  upper: Facts,
  lower: Facts | undefined,
  data: readonly string[],
): void {
  checkNames(verdict, model, data);
  checkRoles(verdict.architecture, read(context, verdict.architecture.model, "architecture.model"));
  const tier = isExponential(upper) ? "exponential-polynomial" : "polynomial";
  const proved = (family: string): boolean => upper.proved.has(family) || lower?.proved.has(family) === true;
  if (verdict.tier !== tier) throw new Rejection("tier", `the certificate is one of ${tier}`);
  if (tier !== "polynomial" && ![...upper.exponential].some(([family, value]) => value && proved(family))) {
    throw new Rejection("tier", "nothing proves that it is no lower: what parts share may cancel");
  }
  if (verdict.membership !== "strict") throw new Rejection("membership", `${tier} is strict`);
  checkExceptions(context, verdict, model);
  checkScope(verdict.scope, [model], new Set(context.sizes));
  const equal = lower !== undefined && isNumeral(upper.degree) && lower.degree === upper.degree;
  const known = upper.degreeCertain || (equal && lower.degreeCertain);
  const degree = tier === "polynomial" ? upper.degree : null;
  checkOrders(context, verdict.terminates, verdict.certificate.of, degree, known);
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

/**
 * The parameters of the architecture are those of the certificate; families without members do not occur in it.
 *
 * @param data names of data in the certificate's model beside the inputs
 */
export function checkNames(
  {
    architecture,
    certificate,
    parameters,
  }: Pick<VerdictDocument, "architecture" | "parameters"> & {
    readonly certificate: { readonly parameters: readonly string[] };
  },
  model: Syntax,
  data: readonly string[],
): void {
  const occurring = new Set(
    postorder(model).flatMap((node) => (node.kind === "name" || node.kind === "indexed" ? [node.name] : [])),
  );
  const own = new Set(certificate.parameters.map(familyOf));
  const lists = [
    ["architecture.parameters", architecture.parameters],
    ["parameters", parameters.map((p) => p.name)],
  ] as const;
  for (const [entry, names] of lists) {
    const families = new Set(names.map(familyOf));
    const stray = [...families].some((name) => !own.has(name) && occurring.has(name));
    if (stray || [...own].some((name) => !families.has(name)))
      throw new Rejection(entry, "they are not those of the certificate");
  }
  const written = new Set(certificate.parameters);
  if (
    written.size !== new Set(architecture.parameters).size ||
    architecture.parameters.some((p) => !written.has(p))
  )
    throw new Rejection("architecture.parameters", "they are not those of the certificate");
  checkRoles(architecture, model, data);
  const input = architecture.inputs.map(familyOf).find((name) => own.has(name));
  if (input !== undefined) throw new Rejection("architecture.inputs", `${input} is a parameter`);
}

/** Every symbol of the model is a parameter, an input, an index or a size, which is what stands in bounds. */
export function checkRoles(
  { inputs, parameters, openSizes: open, output }: VerdictDocument["architecture"],
  model: Syntax,
  further: readonly string[] = [],
): void {
  const nodes = postorder(model);
  const folds = nodes.flatMap((node) => (node.kind === "fold" ? [node] : []));
  const indices = new Set(folds.map((fold) => fold.index));
  const bounds = folds.flatMap((fold) => [fold.lo, fold.hi].flatMap(postorder));
  const counts = new Set([
    ...(open ?? []),
    ...(output === undefined ? [] : [output.index, `${output.size}`]),
    ...bounds.flatMap((node) => (node.kind === "name" ? [node.name] : [])),
    ...indices,
    "pi",
    "e",
  ]);
  const data = new Set([...inputs.map(familyOf), ...further]);
  const stated = new Set([...(open ?? []), `${output?.size}`]);
  const size = bounds.find((n) => n.kind === "name" && !indices.has(n.name) && !stated.has(n.name));
  if (open !== undefined && size?.kind === "name")
    throw new Rejection("architecture.openSizes", `${size.name} is a size too`);
  const outputs = `${output?.size}`;
  if (
    open !== undefined &&
    typeof output?.size === "string" &&
    /^\w+$/.test(outputs) &&
    !open.includes(outputs)
  )
    throw new Rejection("architecture.openSizes", `${outputs} is a size too`);
  const twice = open?.findIndex((name) => data.has(name) || parameters.map(familyOf).includes(name)) ?? -1;
  if (twice >= 0) throw new Rejection(`architecture.openSizes[${twice}]`, "it is no size");
  const members = [
    ["architecture.parameters", parameters],
    ["architecture.inputs", inputs],
  ] as const;
  for (const [entry, list] of members) {
    const missing = missingMember(nodes, list);
    if (missing !== undefined) throw new Rejection(entry, `${missing} is a member of its family`);
  }
  const arity = new Map(parameters.map((name) => [familyOf(name), arityOf(name)]));
  for (const node of nodes) {
    if (node.kind !== "name" && node.kind !== "indexed") continue;
    const { name } = node;
    const own = arity.get(name);
    if (own !== undefined) {
      const found = node.kind === "indexed" ? node.indices.length : 0;
      if (found !== own) throw new Rejection("architecture.parameters", `${name} has ${found} indices`);
      if (indices.has(name)) throw new Rejection("architecture.parameters", `${name} is an index`);
    } else if (!data.has(name) && !(node.kind === "name" && counts.has(name))) {
      throw new Rejection("architecture.inputs", `${name} is neither a parameter nor an input`);
    }
  }
}

/** A member with numbers for indices that is not in a list of members, where the list has others of its family. */
function missingMember(nodes: readonly Syntax[], list: readonly string[]): string | undefined {
  const known = new Set(list);
  const numbered = new Set(list.filter((name) => /\[[\d,]+\]$/.test(name)).map(familyOf));
  for (const node of nodes) {
    if (node.kind !== "indexed" || !numbered.has(node.name)) continue;
    const indices = node.indices.map((index) => (index.kind === "number" ? `${index.value.num}` : "?"));
    const text = `${node.name}[${indices.join(",")}]`;
    if (!indices.includes("?") && !known.has(text)) return text;
  }
  return undefined;
}

/** How many indices a name has. */
export const arityOf = (name: string): number => /\[(.*)\]$/.exec(name)?.[1]?.split(",").length ?? 0;

/** The facts of the restricted model: true of the model as lower bounds. */
export function checkRestriction(
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
/** The names that are no parameter, input, index or constant. */
export function openSizes(
  model: Syntax,
  parameters: ReadonlySet<string>,
  inputs: ReadonlySet<string>,
): Set<string> {
  const nodes = postorder(model);
  const indices = new Set(nodes.flatMap((node) => (node.kind === "fold" ? [node.index] : [])));
  const bounds = nodes.flatMap((node) => (node.kind === "fold" ? [node.lo, node.hi].flatMap(postorder) : []));
  const counts = new Set(bounds.flatMap((node) => (node.kind === "name" ? [node.name] : [])));
  const known = (name: string): boolean =>
    parameters.has(name) ||
    (inputs.has(name) && !counts.has(name)) ||
    indices.has(name) ||
    name === "pi" ||
    name === "e";
  return new Set(nodes.flatMap((node) => (node.kind === "name" && !known(node.name) ? [node.name] : [])));
}

/**
 * A polynomial's tower ends at its degree, that of its optimality condition at twice the degree less one. Nothing is
 * claimed where only an upper bound of the degree is known.
 */
function checkOrders(
  context: Context,
  claimed: VerdictDocument["terminates"],
  of: VerdictDocument["certificate"]["of"],
  degree: string | null,
  known: boolean,
): void {
  for (const which of ["model", "optimality"] as const) {
    const own = claimed[which];
    const entry = `terminates.${which}`;
    if (of === "optimality" && which === "model") {
      if (own !== null) throw new Rejection(entry, "the certificate is of the optimality condition");
      continue;
    }
    if (degree !== null && !known) {
      if (own !== null) throw new Rejection(entry, "the degree is not proved to be no lower");
      continue;
    }
    if ((own === null) !== (degree === null)) {
      throw new Rejection(entry, degree === null ? "the tower is infinite" : "the tower ends");
    }
    if (own === null || degree === null) continue;
    const whole = which === "model" || of === "optimality" || degree === "0";
    const wanted = whole ? degree : `2*(${degree}) - 1`;
    checkSize(context, own, wanted, entry);
  }
}
