/** The part of a script that evaluates a tower of generators and proves that they are independent, in Python. */
export const TOWER = `
NAMES = [g["name"] for g in GENERATORS]
LOGARITHMIC = set("log log1p atan atanh asin acos asinh acosh".split())
AFAR, FINE, TINY = 160, 320, 64


def is_elementary(g): return g["function"] in ("exp", "lambertw") or g["function"] in LOGARITHMIC
def is_erf(g): return g["function"] in ("erf", "erfc")
def is_second_order(g): return g["function"] in ("besselj", "airyai")
def is_jacobi(g): return g["function"] in ("sn", "cn", "dn")


for g in GENERATORS:
    g["exact"] = [argument(Symbolic()) for argument in g["arguments"]]
    g["inside"] = {s.name for e in g["exact"] for s in e.free_symbols}
BY_NAME = {g["name"]: g for g in GENERATORS}
NUM, DEN = sp.expand(NUMERATOR(Symbolic())), sp.expand(DENOMINATOR(Symbolic()))
check(len(BY_NAME) == len(NAMES)
      and all(later not in g["inside"] for k, g in enumerate(GENERATORS) for later in NAMES[k:])
      and not {s.name for s in LOWER(Symbolic()).free_symbols} & set(NAMES),
      "generators have names of their own, and arguments in earlier ones", "they have not")
check(DEN != 0 and NUM != 0, "numerator and denominator are not zero", "one is")


def apply(f, g, args):
    if g["function"] != "root":
        return getattr(f, g["function"] + "_")(*args)
    base, order = real(args[0]), g["order"]
    needs(base > 0 or order % 2 == 1)
    return mp.root(base, order) if base >= 0 else -mp.root(-base, order)


def tower_at(at, instead=None):
    """The language in which generators have their values at a place; some names may have others."""
    values = dict(instead or {})
    f = Numeric(lambda key: values[key] if key in values else at(key))
    f.arguments = {}
    for g in GENERATORS:
        f.arguments[g["name"]] = args = [argument(f) for argument in g["arguments"]]
        if g["name"] not in values:
            values[g["name"]] = apply(f, g, args)
    return f


def tower_value(at):
    f = tower_at(at)
    return NUMERATOR(f) / DENOMINATOR(f)


def substituted(formula):
    """The formula with functions for generators, as an expression."""
    values = {}
    f = Symbolic(values=values)
    for g in GENERATORS:
        args = [argument(f) for argument in g["arguments"]]
        if g["function"] == "root":
            values[g["name"]] = sp.Pow(args[0], sp.Rational(1, g["order"])) if g["order"] % 2 == 0 else sp.real_root(args[0], g["order"])
        else:
            values[g["name"]] = getattr(f, g["function"] + "_")(*args)
    return formula(f)


class Activity:
    """What depends on the parameters in question, the others being constants."""

    def __init__(self, family):
        self.families = PARAMETERS if family is None else [family]
        self.moving, self.transcendental = [], set()
        for g in GENERATORS:
            if any(self.active(name) for name in g["inside"]):
                self.moving.append(g)
                if g["function"] != "root" or g["inside"] & self.transcendental:
                    self.transcendental.add(g["name"])

    def active(self, name):
        if name in BY_NAME:
            return any(g["name"] == name for g in self.moving)
        return family_of(name) in self.families

    def is_affine(self, g):
        top, bottom = sp.fraction(sp.together(g["exact"][0]))
        own = [symbol(n) for n in sorted(g["inside"]) if self.active(n)]
        if any(s.name in BY_NAME for s in own) or any(s in bottom.free_symbols for s in own):
            return False
        return not own or sp.Poly(sp.expand(top), *own).total_degree() <= 1


def sum_of(a, b):
    return (a[0] * b[1] + b[0] * a[1], a[1] * b[1])


def moved(at, moves, seed, bits):
    """The place with generic steps of about 2^-bits."""
    def value(key):
        if not moves(family_of(key)):
            return at(key)
        return sum_of(at(key), (1 + draw(seed, key) % 997, 997 * 2 ** bits))
    return value


def logarithm_of(g, f):
    """y of the pair y, e^y of a generator, up to a rational factor; the argument of a Jacobi function."""
    if g["function"] == "exp" or is_jacobi(g):
        return f.arguments[g["name"]][0]
    own = f.variable(g["name"], g["name"])
    return own * mp.mpc(0, 1) if g["function"] in ("atan", "asin", "acos") else own


def rank(rows):
    """A lower bound: pivots that are far above all errors."""
    rows = [list(row) for row in rows]
    columns, found = set(range(len(rows[0]))), 0
    largest = max([abs(x) for row in rows for x in row] + [mp.mpf(0)])
    while found < len(rows) and columns:
        size, i, j = max((abs(rows[i][j]), i, j) for i in range(found, len(rows)) for j in columns)
        if size <= largest * mp.mpf(10) ** -60 or size < mp.mpf(10) ** -90:
            break
        rows[found], rows[i] = rows[i], rows[found]
        columns.discard(j)
        for k in range(found + 1, len(rows)):
            factor = rows[k][j] / rows[found][j]
            for c in columns:
                rows[k][c] -= factor * rows[found][c]
        found += 1
    return found


def has_full_rank(columns, corners, power):
    """Whether rows of differences near one place have full rank: corners are (place, other values, sign)."""
    tries = 0
    for seed in range(40):
        try:
            with mp.workdps(FINE):
                rows = []
                for n in range(len(columns) + 3):
                    base = moved(place(seed), lambda family: True, "near%d" % n, 6)
                    sums = [mp.mpc(0) for _ in columns]
                    for at, instead, sign in corners(base, n):
                        f = tower_at(at, instead)
                        for k, g in enumerate(columns):
                            sums[k] += sign * logarithm_of(g, f) * mp.mpf(2) ** (power * TINY)
                    rows += [[mp.re(s) for s in sums], [mp.im(s) for s in sums]]
                if rank(rows) == len(columns):
                    return True
        except FAULTS:
            continue
        tries += 1
        if tries == 5:
            break
    return False


def by_values(columns, activity, order):
    moves = lambda family: family in activity.families

    def corners(base, n):
        once = moved(base, moves, "h%d" % n, TINY)
        first = [(base, None, -1), (once, None, 1)]
        if order == 1:
            return first
        return first + [(moved(at, moves, "k%d" % n, TINY), None, -sign) for at, _, sign in first]

    return has_full_rank(columns, corners, order)


def exactly(columns, activity, order):
    """The same by rational numbers, where all generators in question are exponentials: lower ones are free variables."""
    if any(g["function"] != "exp" for g in activity.moving):
        return False
    names = sorted({name for g in columns for name in g["inside"]})
    if any(name in BY_NAME and not activity.active(name) for name in names):
        return False
    exponents = [g["exact"][0] for g in columns]
    if any(e.atoms(sp.NumberSymbol) for e in exponents):
        return False
    drawn = lambda name, n: sp.Rational(1000 + draw(n, name) % 9000, 4999)
    rows = []

    def add(corners):
        sums = [sp.S.Zero for _ in columns]
        for values, sign in corners:
            at = {symbol(name): values(name) for name in names}
            sums = [s + sign * e.subs(at) for s, e in zip(sums, exponents)]
        if any(s.has(sp.zoo, sp.nan) for s in sums):
            return
        parts = [sp.expand(s).as_real_imag() for s in sums]
        rows.extend([[p[0] for p in parts], [p[1] for p in parts]])

    for n in range(len(columns) + 2):
        base = lambda name, n=n: drawn(name, "b%d" % n)

        def other(which, steps, n=n, base=base):
            def value(name):
                if not which(name):
                    return base(name)
                return base(name) + sum(drawn(name, "%s%d" % (s, n)) for s in steps)
            return value

        function = lambda name: activity.active(name) and name in BY_NAME
        own = lambda name: activity.active(name) and name not in BY_NAME
        if order == 1:
            add([(other(activity.active, "h"), 1), (base, -1)])
        else:
            add([(other(function, "h"), 1), (base, -1)])
            add([(other(own, "hk"), 1), (other(own, "h"), -1), (other(own, "k"), -1), (base, 1)])
    return bool(rows) and sp.Matrix(rows).rank() == len(columns)


HOW = {}


def independent(columns, activity, order):
    """
    Whether the y of these generators are linearly independent over Q modulo what is free of the parameters in question,
    or modulo affine functions of them: differences of order 1 or 2 have full rank.
    """
    if not columns:
        return True
    key = (tuple(g["name"] for g in columns), tuple(activity.families), order)
    if key not in HOW:
        HOW[key] = "exactly" if exactly(columns, activity, order) else "by values" if by_values(columns, activity, order) else ""
        if HOW[key]:
            kind = "modulo constants" if order == 1 else "modulo affine functions"
            where = ", as functions of " + ", ".join(activity.families) if len(activity.families) < len(PARAMETERS) else ""
            check(True, "logarithms of %s are linearly independent %s%s: a minor is not 0, %s" % (", ".join(key[0]), kind, where, HOW[key] if HOW[key] == "exactly" else "by values of %d digits" % FINE))
    return HOW[key] != ""


def independent_over(columns, base):
    """Modulo all functions that are free of an independent generator below them."""
    def corners(at, n):
        start = (401 + n, 997)
        end = ((401 + n) * 2 ** TINY + 1, 997 * 2 ** TINY)
        return [(at, {base["name"]: mp.mpf(value[0]) / value[1]}, sign) for value, sign in ((start, -1), (end, 1))]
    return has_full_rank(columns, corners, 1)


def same_arguments(a, b):
    return len(a["exact"]) == len(b["exact"]) and all(sp.cancel(x - y) == 0 for x, y in zip(a["exact"], b["exact"]))


def order_of(g):
    return g["exact"][0] if g["exact"][0].is_Rational else None


def is_apart(a, b, activity, modulo_constants):
    """Squares of arguments differ: for error functions by no constant."""
    if not modulo_constants and a["function"] != b["function"]:
        return all(g["function"] == "airyai" or (order_of(g) is not None and order_of(g).q == 1) for g in (a, b))
    if a["function"] == "besselj":
        if any(order_of(g) is None or order_of(g).q != 1 for g in (a, b)):
            return False
        if sp.cancel(a["exact"][1] - b["exact"][1]) == 0:
            return abs(order_of(a) - order_of(b)) == 1

    def gap(at):
        f = tower_at(at)
        return f.arguments[a["name"]][-1] ** 2 - f.arguments[b["name"]][-1] ** 2

    for seed in range(20):
        at = place(seed)
        near = moved(at, lambda family: family in activity.families, "apart", 3)
        if is_certain(value_of((lambda: gap(at) - gap(near)) if modulo_constants else (lambda: gap(at)))):
            return True
    return False
`;
