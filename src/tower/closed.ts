/**
 * Closed forms of c_k = D^k u / k! along the step, for powers and exponentials of what has degree 1 or 2 along it: binomial and
 * Gegenbauer polynomials (DLMF 18.12.4) and Hermite polynomials (DLMF 18.12.15), by their generating functions. With
 * u(θ + tΔ) = u_0 + u_1 t + u_2 t²:
 *   u^−m:  Σ_{i + 2j = k} (−1)^{i+j} (m)_{i+j}/(i! j!) u_1^i u_2^j u_0^{−m−i−j}
 *   e^u:   e^{u_0} Σ_{i + 2j = k} u_1^i u_2^j/(i! j!)
 */
import { type Affine, addAffine, boundIndex, literal, shiftAffine } from "../expression/affine.ts";
import type { Algebra, Node } from "../expression/node.ts";
import { shift } from "../expression/substitute.ts";

/** c_k of base^−m, m ≥ 1, from the coefficients of base along the step; undefined beyond degree 2. */
export function closedPower(
  algebra: Algebra,
  [u0, u1, u2, ...more]: readonly Node[],
  m: number,
  k: Affine,
): Node | undefined {
  if (u0 === undefined || u1 === undefined || more.length > 0) return undefined;
  const head = algebra.product([[u0, -m]]);
  const ratio = (u: Node): Node => algebra.scale(-1, algebra.multiply(u, algebra.product([[u0, -1]])));
  if (u2 === undefined) {
    // C(m + k − 1, k) as a polynomial in k.
    const choices = Array.from({ length: m - 1 }, (_, i) =>
      algebra.scale({ num: 1n, den: BigInt(i + 1) }, algebra.integer(addAffine(k, literal(i + 1)))),
    );
    return algebra.multiply(...choices, head, power(algebra, ratio(u1), k));
  }
  const rising = (i: Affine, j: Affine): Node =>
    algebra.multiply(
      gamma(algebra, addAffine(addAffine(i, j), literal(m))),
      algebra.product([[gamma(algebra, literal(m)), -1]]),
    );
  return algebra.multiply(head, overPairs(algebra, ratio(u1), ratio(u2), k, rising));
}

/** c_k of e^u; undefined beyond degree 2. */
export function closedExponential(
  algebra: Algebra,
  [u0, u1, u2, ...more]: readonly Node[],
  k: Affine,
): Node | undefined {
  if (u0 === undefined || u1 === undefined || more.length > 0) return undefined;
  const head = algebra.call("exp", [u0]);
  const terms =
    u2 === undefined
      ? algebra.multiply(power(algebra, u1, k), algebra.product([[factorial(algebra, k), -1]]))
      : overPairs(algebra, u1, u2, k, () => algebra.one);
  return algebra.multiply(head, terms);
}

/** Σ_{i + 2j = k} weight a^i b^j/(i! j!) */
function overPairs(
  algebra: Algebra,
  a: Node,
  b: Node,
  k: Affine,
  weight: (i: Affine, j: Affine) => Node,
): Node {
  const [i, j] = [boundIndex(0), boundIndex(1)];
  const inner = (node: Node): Node => shift(algebra, node, 2);
  const below = algebra.multiply(factorial(algebra, i), factorial(algebra, j));
  const body = algebra.multiply(
    algebra.test("equal", addAffine(addAffine(i, j, 2), shiftAffine(k, 2), -1)),
    weight(i, j),
    power(algebra, inner(a), i),
    power(algebra, inner(b), j),
    algebra.product([[below, -1]]),
  );
  const sum = (node: Node, hint: string, hi: Affine): Node =>
    algebra.fold({ op: "sum", lo: literal(0), hi, except: [], body: node, hint });
  return sum(sum(body, "i", shiftAffine(k, 1)), "j", k);
}

const power = (algebra: Algebra, base: Node, n: Affine): Node =>
  algebra.call("pow", [base, algebra.integer(n)]);
const gamma = (algebra: Algebra, n: Affine): Node => algebra.call("gamma", [algebra.integer(n)]);
const factorial = (algebra: Algebra, n: Affine): Node => gamma(algebra, addAffine(n, literal(1)));
