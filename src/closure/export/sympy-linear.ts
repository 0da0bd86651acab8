/** The part of a script that re-checks a linear closure. */
import type { Certificate, Closure, ClosureNode } from "../certificate.ts";
import { type Formulas, namesOf, pythonList, pythonString, pythonTuple } from "./sympy-text.ts";

/** The tree and the whole closure as Python data; entries of matrices that are not 0 by row and column. */
export function linearData(formulas: Formulas, certificate: Certificate): string[] {
  const { basis, matrices, coordinates } = certificate;
  const whole =
    basis === undefined || matrices === undefined || coordinates === undefined
      ? "None"
      : atomText(formulas, {
          formula: certificate.model,
          dimension: basis.length,
          basis,
          matrices,
          coordinates,
        });
  return [
    `MODEL = ${formulas.of(certificate.model)}`,
    `TREE = ${nodeText(formulas, certificate.tree)}`,
    `WHOLE = ${whole}`,
    `DIMENSION = ${formulas.of(`${certificate.dimension}`)}`,
  ];
}

function nodeText(formulas: Formulas, node: ClosureNode): string {
  if (node.node === "atom") return atomText(formulas, node);
  const { index } = node;
  const range =
    index === undefined
      ? "None"
      : pythonTuple([pythonString(index.name), formulas.of(index.lo), formulas.of(index.hi)]);
  const children = node.children.map((child) => nodeText(formulas, child));
  return (
    `{"node": "${node.node}", "formula": ${formulas.of(node.formula)}, "dimension": ${formulas.of(`${node.dimension}`)}, ` +
    `"index": ${range}, "text": ${pythonString(node.formula)}, "children": ${pythonList(children)}}`
  );
}

function atomText(
  formulas: Formulas,
  atom: Closure & { readonly formula: string; readonly dimension: number },
): string {
  const matrices = Object.entries(atom.matrices).map(([name, rows]) => {
    const used = namesOf(name);
    const own = (atom.indices ?? []).filter((index) => used.has(index.name));
    const ranges = own.map((index) =>
      pythonTuple([pythonString(index.name), formulas.of(index.lo), formulas.of(index.hi)]),
    );
    const entries = rows.flatMap((row, i) =>
      row.flatMap((entry, j) => (entry === "0" ? [] : [`(${i}, ${j}): ${formulas.of(entry)}`])),
    );
    const shape = pythonList(rows.map((row) => `${row.length}`));
    return `{"parameter": ${formulas.of(name)}, "ranges": ${pythonList(ranges)}, "shape": ${shape}, "entries": {${entries.join(", ")}}}`;
  });
  const all = (texts: readonly string[]): string => pythonList(texts.map((text) => formulas.of(text)));
  return (
    `{"node": "atom", "formula": ${formulas.of(atom.formula)}, "dimension": ${formulas.of(`${atom.dimension}`)}, ` +
    `"text": ${pythonString(atom.formula)}, "basis": ${all(atom.basis)}, "coordinates": ${all(atom.coordinates)}, ` +
    `"matrices": ${pythonList(matrices)}}`
  );
}

export const LINEAR = `
def integer(formula, bound):
    return int(formula(Symbolic(bound)))


def assignments(ranges, bound):
    """All values of some indices beside those that are bound."""
    found = [dict(bound)]
    for name, lo, hi in ranges:
        found = [{**b, name: k} for b in found for k in range(integer(lo, b), integer(hi, b) + 1)]
    return found


def same(left, right):
    """Whether two expressions are equal: by algebra where it shows, else by values at many places."""
    gap = left - right
    if is_zero(gap):
        return True
    UNSEEN.append(1)
    def at_place(at):
        number = sp.N(gap.subs({s: sp.Rational(*at(s.name)) for s in gap.free_symbols}), mp.mp.dps)
        needs(number.is_number and number.is_finite)
        return mp.mpmathify(number)

    return difference(at_place, lambda at: mp.mpf(0)) is None


UNSEEN = []


def is_parameter(s):
    return family_of(s.name) in PARAMETERS


def times(a, b):
    product = {}
    for (i, k), x in a.items():
        for (l, j), y in b.items():
            if k == l:
                product[i, j] = product.get((i, j), 0) + x * y
    return product


def is_nilpotent(pattern, n):
    """Whether no product of n entries goes on: then the matrix is nilpotent."""
    reached = {i: {j for (k, j) in pattern if k == i} for i in range(n)}
    alive = set(range(n))
    for _ in range(n):
        alive = {i for i in alive if reached[i] & alive}
    return not alive


def check_atom(atom, bound, where):
    """db/da = M b for every parameter, commuting matrices, formula = coordinates b. Returns what is known of it."""
    f = Symbolic(bound)
    basis = [b(f) for b in atom["basis"]]
    n = len(basis)
    coordinates = [c(f) for c in atom["coordinates"]]
    formula = atom["formula"](f)
    faults = []
    if integer(atom["dimension"], bound) != n or len(coordinates) != n:
        faults.append("the basis has %d elements" % n)
    if any(is_parameter(s) for c in coordinates for s in c.free_symbols):
        faults.append("a parameter stands in the coordinates")
    if not same(formula, sp.Add(*[c * b for c, b in zip(coordinates, basis)])):
        faults.append("it is not this combination of the basis")
    matrices = {}
    for matrix in atom["matrices"]:
        for inner in assignments(matrix["ranges"], bound):
            g = Symbolic(inner)
            a = matrix["parameter"](g)
            if not isinstance(a, sp.Symbol) or not is_parameter(a):
                faults.append("a matrix belongs to no parameter")
                continue
            if matrix["shape"] != [n] * n:
                faults.append("the matrix of %s is not square" % a.name)
                continue
            rows = {at: entry(g) for at, entry in matrix["entries"].items()}
            rows = {at: entry for at, entry in rows.items() if entry != 0}
            if any(is_parameter(s) for entry in rows.values() for s in entry.free_symbols):
                faults.append("a parameter stands in the matrix of %s" % a.name)
            for i in range(n):
                row = sp.Add(*[entry * basis[j] for (k, j), entry in rows.items() if k == i])
                if not same(sp.diff(basis[i], a), row):
                    faults.append("row %d of the matrix of %s" % (i + 1, a.name))
            matrices[a] = rows
    for s in {s for e in basis + [formula] for s in e.free_symbols if is_parameter(s)} - set(matrices):
        faults.append("there is no matrix of %s" % s.name)
    known = list(matrices.items())
    for p, (a, left) in enumerate(known):
        for b, right in known[:p]:
            one, other = times(left, right), times(right, left)
            if not all(same(one.get(at, sp.S.Zero), other.get(at, sp.S.Zero)) for at in set(one) | set(other)):
                faults.append("the matrices of %s and %s do not commute" % (a.name, b.name))
    check(not faults, where + ": closed under all derivatives, %d matrices of size %d" % (len(matrices), n), "; ".join(faults))
    nilpotent = {a: is_nilpotent(rows, n) for a, rows in matrices.items()}
    return {"dimension": n, "along": {a: n for a in matrices}, "nilpotent": nilpotent}


def check_node(node, bound, where):
    """The closure lemma: sums and products of what is closed are closed. Returns bounds of dimensions."""
    if node["node"] == "atom":
        return check_atom(node, bound, where)
    f = Symbolic(bound)
    if node["index"] is None:
        parts = [(child, bound) for child in node["children"]]
    else:
        parts = [(node["children"][0], inner) for inner in assignments([node["index"]], bound)]
    values = [child["formula"](Symbolic(inner)) for child, inner in parts]
    is_sum = node["node"] == "sum"
    whole = sp.Add(*values) if is_sum else sp.Mul(*values)
    holds = same(node["formula"](f), whole)
    check(holds, "%s: the %s of its %d parts" % (where, node["node"], len(parts)), "it is not")
    found = [check_node(child, inner, "%s.%d" % (where, k + 1)) for k, (child, inner) in enumerate(parts)]
    dimension = 0 if is_sum else 1
    for part in found:
        dimension = dimension + part["dimension"] if is_sum else dimension * part["dimension"]
    if found:
        check(integer(node["dimension"], bound) == dimension, where + ": its dimension is %d" % dimension, "another is stated")
    along, nilpotent = {}, {}
    for a in {a for part in found for a in part["along"]}:
        own = [part["along"][a] for part in found if a in part["along"]]
        rest = 1 if is_sum and len(own) < len(found) else 0
        along[a] = sum(own) + rest if is_sum else sp.prod(own)
        nilpotent[a] = all(part["nilpotent"].get(a, True) for part in found)
    return {"dimension": dimension, "along": along, "nilpotent": nilpotent}


def nth_difference(n, moves):
    """The difference of order n of the model when the parameters of the table move."""
    def at_place(at):
        total = mp.mpf(0)
        for j in range(n + 1):
            def moved(key):
                num, den = at(key)
                return (num * 7 + j * moves.get(key, 0) * den, den * 7)
            total += (-1) ** (n - j) * mp.binomial(n, j) * MODEL(Numeric(moved))
        return total
    return at_place


def is_moving(n, moves):
    """Whether that difference is certainly not 0 somewhere: then the model is no polynomial of degree < n."""
    with_value = [v for v in (value_of(lambda: nth_difference(n, moves)(place(seed))) for seed in range(8)) if v]
    return any(is_certain(v) for v in with_value)


def check_tier(claimed, known, parameters, what):
    own = [a for a in known["along"] if family_of(a.name) in parameters]
    polynomial = all(known["nilpotent"][a] for a in own)
    if claimed == "polynomial":
        if not polynomial:
            try:
                polynomial = bool(expanded(MODEL(Symbolic())).is_polynomial(*own))
            except FAULTS:
                polynomial = False
        check(polynomial, what + " is polynomial: its matrices are nilpotent, or it expands to a polynomial", "it does not show")
    elif claimed == "exponential-polynomial":
        # Were it polynomial in one of them, its degree were below the dimension along it.
        own = sorted((a for a in own if not known["nilpotent"][a] and known["along"][a] <= 200), key=lambda a: (known["along"][a], a.name))
        holds = any(is_moving(int(known["along"][a]), {a.name: 1}) for a in own[:4])
        check(holds, what + " is exponential-polynomial and not polynomial: a difference of the order of its dimension is not 0", "it does not show")
    elif claimed != "undecided":
        check(False, what + " is " + claimed, "a linear closure shows no such tier")


def check_linear():
    if ARCHITECTURE is not None:
        check_equal("the model of the certificate is that of the architecture", numeric(ARCHITECTURE), numeric(MODEL))
    known = check_node(TREE, dict(SIZES), "tree")
    f = Symbolic()
    check(same(MODEL(f), TREE["formula"](f)), "the tree is that of the model", "it is of another formula")
    dimension = integer(DIMENSION, SIZES)
    check(dimension == integer(TREE["dimension"], SIZES), "the dimension is that of the tree", "another is stated")
    if WHOLE is not None:
        written = check_atom(WHOLE, dict(SIZES), "whole closure")
        nilpotent = {**known["nilpotent"], **{a: known["nilpotent"].get(a, False) or v for a, v in written["nilpotent"].items()}}
        # What is written out is often smaller.
        along = {a: min(n, written["dimension"]) for a, n in known["along"].items()}
        known = {**known, "nilpotent": {a: nilpotent[a] for a in along}, "along": along}
    if UNSEEN:
        print("note: SymPy left %d identities open; they hold by values of %d digits" % (len(UNSEEN), DIGITS))
    if TIER is not None:
        check_tier(TIER, known, PARAMETERS, "the model")
        for family, tier in CLAIMS:
            check_tier(tier, known, [family], "the model as a function of " + family)
    for sizes, tier, _ in EXCEPTIONS:
        if tier in ("polynomial", "exponential-polynomial"):
            other = expanded(MODEL(Symbolic({**SIZES, **sizes})))
            own = [s for s in other.free_symbols if is_parameter(s)]
            where = ", ".join("%s = %d" % item for item in sizes.items())
            check(bool(other.is_polynomial(*own)) == (tier == "polynomial"), "for %s it is %s" % (where, tier), "it is not")
    if DEGREE is not None:
        degree = int(DEGREE(Symbolic()))
        moves = {a.name: 1 + draw(7, a.name) % 5 for a in known["along"]}
        ends = all(v is None or not is_certain(v) for v in (value_of(lambda: nth_difference(degree + 1, moves)(place(s))) for s in range(6)))
        check(ends and is_moving(degree, moves), "its degree is %d, by differences along a line" % degree, "it is another")
    show("proves", "the span of all derivatives of the model by its parameters has dimension at most %d" % dimension)
    show("rests on", "closure lemma: sums and products of linearly closed functions are linearly closed")
    show("rests on", "a finite-dimensional span of derivatives or translates is the same as an exponential polynomial (Levi-Civita 1913; Stone; Szekelyhidi 1991)")


run(check_linear)
`;
