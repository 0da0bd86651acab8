/** The classes of an expression by its structure, folds included: upper bounds, valid for every size. */
import { gIsReal } from "../../exact/rational.ts";
import { instantiateTerm } from "../../expression/differentiate.ts";
import { type Algebra, type Node, postorder, type SymbolNode } from "../../expression/node.ts";
import { type Classes, CONSTANT, HOLONOMIC, JACOBI, NONE } from "./classes.ts";

/**
 * The classes in the active symbols, all others being constants.
 *
 * @param note is called for every function of active symbols, with its classes
 */
export function upperClasses(
  algebra: Algebra,
  root: Node,
  isActive: (symbol: SymbolNode) => boolean,
  note: (node: Node, classes: Classes) => void = () => {},
): Classes {
  const known = new Map<Node, Classes>();

  function of(root: Node, written = false): Classes {
    for (const node of postorder(root)) {
      if (known.has(node)) continue;
      const made = compute(node);
      known.set(node, made);
      if (written && node.kind === "call" && made !== CONSTANT) note(node, made);
    }
    return known.get(root)!;
  }
  const at = (node: Node): Classes => known.get(node)!;

  function compute(node: Node): Classes {
    switch (node.kind) {
      case "symbol":
        return isActive(node) ? { ...CONSTANT, degree: 1 } : CONSTANT;
      case "sum":
        return node.terms.map(([, term]) => at(term)).reduce(both, CONSTANT);
      case "product":
        return node.factors.map(([base, k]) => power(base, k)).reduce(product, CONSTANT);
      case "fold": {
        const body = at(node.body);
        return node.op === "sum" || body.degree === 0 ? body : { ...body, degree: Number.POSITIVE_INFINITY };
      }
      case "call":
        return node.args.every((arg) => isConstant(at(arg))) ? CONSTANT : call(node);
      default:
        return CONSTANT;
    }
  }

  const isConstant = (c: Classes): boolean => c.degree === 0;

  function power(base: Node, k: number): Classes {
    const c = at(base);
    if (k > 0) return { ...c, degree: c.degree * k };
    if (isConstant(c)) return c;
    const exponential = isExponential(base);
    return {
      ...c,
      degree: Number.POSITIVE_INFINITY,
      exponentialPolynomial: exponential && c.exponentialPolynomial,
      holonomic: c.algebraic || (exponential && c.holonomic),
    };
  }

  /** A unit of the exponential polynomials, constants and parameters-free factors aside. */
  const isExponential = (node: Node): boolean =>
    (node.kind === "call" && node.name === "exp") ||
    (node.kind === "fold" && node.op === "prod" && isExponential(node.body));

  const rootOf = (u: Classes): Classes => ({
    ...NONE,
    addition: u.addition,
    cascade: u.cascade,
    algebraic: u.algebraic,
    holonomic: u.algebraic,
    differential: u.differential,
  });

  /** Whether it is c·log(u) for a constant c and an algebraic u. */
  function isPower(node: Node): boolean {
    const factors =
      node.kind === "product"
        ? node.factors
        : node.kind === "sum" && node.terms.length === 1
          ? ([[node.terms[0]![1], 1]] as const)
          : [];
    const flat = factors.flatMap(([base, k]) =>
      base.kind === "product" ? base.factors : ([[base, k]] as const),
    );
    const active = flat.filter(([base]) => !isConstant(at(base)));
    const [only] = active;
    return (
      active.length === 1 &&
      only![1] === 1 &&
      only![0].kind === "call" &&
      only![0].name === "log" &&
      at(only![0].args[0]!).algebraic
    );
  }

  /** u of q·log(u) for a rational q: e^{q·log u} is a power of u. */
  function rationalRoot(node: Node): Node | undefined {
    const inner =
      node.kind === "sum" && node.terms.length === 1 && gIsReal(node.terms[0]![0]) ? node.terms[0]![1] : node;
    return inner.kind === "call" && inner.name === "log" ? inner.args[0] : undefined;
  }

  function call(node: Node & { kind: "call" }): Classes {
    const { name, args } = node;
    const row = algebra.primitives.get(name)!;
    const [u, v] = args.map(at) as [Classes, Classes];
    const radicand = name === "exp" ? rationalRoot(args[0]!) : undefined;
    if (radicand !== undefined) return rootOf(at(radicand));
    if (row.exponentials !== undefined) {
      const affine = u.degree <= 1;
      return {
        ...NONE,
        exponentialPolynomial: affine,
        addition: affine,
        cascade: u.cascade,
        holonomic: u.algebraic || (name === "exp" && isPower(args[0]!)),
        differential: u.differential,
      };
    }
    if (row.root !== undefined && row.root % 2 === 0) return rootOf(u);
    if (name === "log" || name === "atan")
      return { ...NONE, cascade: u.cascade, holonomic: u.algebraic, differential: u.differential };
    if (name === "pow")
      return isConstant(v) ? { ...u, degree: u.degree === 0 ? 0 : Number.POSITIVE_INFINITY } : NONE;
    if (JACOBI.has(name)) {
      const fixed = isConstant(v);
      return {
        ...NONE,
        addition: fixed && u.degree <= 1,
        cascade: fixed && u.cascade,
        differential: fixed && u.differential,
      };
    }
    if (name === "besselj")
      return isConstant(u) ? { ...NONE, holonomic: v.algebraic, differential: v.differential } : NONE;
    if (HOLONOMIC.has(name)) return { ...NONE, holonomic: u.algebraic, differential: u.differential };
    if (name === "lambertw") return { ...NONE, differential: u.differential };
    if (row.analytic.kind === "kink" || row.elementary === undefined) return NONE;
    return of(
      instantiateTerm(algebra, row.elementary, {
        u: args[0]!,
        ...(args[1] === undefined ? {} : { v: args[1] }),
      }),
    );
  }

  return of(root, true);
}

const both = (a: Classes, b: Classes): Classes => ({
  degree: Math.max(a.degree, b.degree),
  ...joined(a, b),
});

const product = (a: Classes, b: Classes): Classes => ({
  degree: a.degree + b.degree,
  ...joined(a, b),
});

const joined = (a: Classes, b: Classes): Omit<Classes, "degree"> => ({
  exponentialPolynomial: a.exponentialPolynomial && b.exponentialPolynomial,
  addition: a.addition && b.addition,
  cascade: a.cascade && b.cascade,
  algebraic: a.algebraic && b.algebraic,
  holonomic: a.holonomic && b.holonomic,
  differential: a.differential && b.differential,
});
