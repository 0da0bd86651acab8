/** The part of a script that re-checks the proofs of a lower bound, each by the theorem that it rests on. */
export const PROOFS = `
def somewhere(test):
    """Whether a value in the tower is certainly not 0 at some place."""
    tries = 0
    for seed in range(40):
        at = place(seed)
        value = value_of(lambda: test(tower_at(at)))
        if is_certain(value):
            return True
        tries += value is not None
        if tries == 8:
            break
    return False


def evaluated(e, f):
    """A rational expression in the names of the tower as a number."""
    if e.is_Symbol:
        return f.variable(e.name, e.name)
    if e.is_Rational:
        return f.q(int(e.p), int(e.q))
    if e == sp.I:
        return mp.mpc(0, 1)
    if e == sp.pi:
        return +mp.pi
    parts = [evaluated(a, f) for a in e.args]
    needs(e.is_Add or e.is_Mul or (e.is_Pow and e.exp.is_Integer))
    if e.is_Pow:
        return parts[0] ** int(e.exp)
    value = parts[0]
    for part in parts[1:]:
        value = value + part if e.is_Add else value * part
    return value


def dependence(activity):
    """Why the generators in question are not shown to be algebraically independent."""
    moving = activity.moving
    elementary = [g for g in moving if is_elementary(g)]
    if not independent(elementary, activity, 1):
        return "the exponentials and logarithms are not shown to be independent"
    jacobi = [g for g in moving if is_jacobi(g)]
    heads = [g for k, g in enumerate(jacobi) if not any(same_arguments(g, h) for h in jacobi[:k])]
    if not independent(heads, activity, 1):
        return "the arguments of Jacobi functions are not shown to be independent"
    for g in jacobi:
        if any(activity.active(s.name) for s in g["exact"][1].free_symbols):
            return "the modulus of %s varies" % g["name"]
        if not somewhere(lambda f: f.arguments[g["name"]][1] * (f.arguments[g["name"]][1] - 1)):
            return "%s is elementary at the moduli 0 and 1" % g["name"]
        if any(h is not g and h["function"] == g["function"] and same_arguments(g, h) for h in jacobi):
            return "there is another one like %s" % g["name"]
    for kind in (is_erf, is_second_order):
        own = [g for g in moving if kind(g)]
        for k, g in enumerate(own):
            for h in own[:k]:
                if not is_apart(g, h, activity, kind is is_erf):
                    return "%s is not shown to be independent of %s" % (g["name"], h["name"])
    for g in moving:
        if g["function"] == "besselj" and (order_of(g) is None or order_of(g).q == 2):
            return "the order of %s is no number, or half an odd one" % g["name"]
        if not (is_elementary(g) or is_jacobi(g) or is_erf(g) or is_second_order(g) or g["function"] == "root"):
            return "there is no rule for generators of " + g["function"]
    return ""


def slopes(g):
    """d/dt of everything that is algebraic over t: roots, and Jacobi functions of the same argument."""
    t = symbol(g["name"])
    speed = {t: sp.S.One}

    def along(e):
        return sp.Add(*[sp.diff(e, s) * v for s, v in speed.items()])

    for h in GENERATORS:
        own = symbol(h["name"])
        if h is g:
            continue
        if h["function"] == "root":
            inner = along(h["exact"][0])
            if inner != 0:
                speed[own] = own * inner / (h["order"] * h["exact"][0])
        elif is_jacobi(g) and is_jacobi(h) and same_arguments(g, h):
            speed[own] = symbol("#slope " + h["name"]) / symbol("#slope " + g["name"])
    return along


class WithSlopes:
    """Values of the tower, and d sn = cn dn, d cn = -sn dn, d dn = -m sn cn."""

    def __init__(self, f):
        self.f = f

    def q(self, num, den=1):
        return self.f.q(num, den)

    def variable(self, name, key):
        if not key.startswith("#slope "):
            return self.f.variable(name, key)
        g = BY_NAME[key[7:]]
        u, m = self.f.arguments[g["name"]]
        sn, cn, dn = self.f.sn_(u, m), self.f.cn_(u, m), self.f.dn_(u, m)
        return {"sn": cn * dn, "cn": -sn * dn, "dn": -m * sn * cn}[g["function"]]


def depends_fault(g, activity):
    """Why the model is not shown to depend on a generator."""
    t = symbol(g["name"])
    if g["function"] == "root":
        if t in DEN.free_symbols:
            return "it stands in the denominator"
        if any(h is not g and g["name"] in h["inside"] for h in activity.moving):
            return "another generator is over it"
        powers = sp.Poly(NUM, t).all_terms()
        if max(k for (k,), _ in powers) >= g["order"]:
            return "the numerator is not reduced"
        holds = any(somewhere(lambda f: evaluated(c, f)) for (k,), c in powers if k > 0 and c != 0)
    else:
        along = slopes(g)
        wronskian = along(NUM) * DEN - NUM * along(DEN)
        holds = wronskian != 0 and somewhere(lambda f: evaluated(wronskian, WithSlopes(f)))
    return "" if holds else "the model is not shown to depend on it"


def pole_fault(variable, activity, against):
    g = BY_NAME.get(variable)
    if against == "holonomic":
        if g is None or g["function"] == "root":
            return "poles of algebraic functions are holonomic"
        for h in activity.moving:
            if h["inside"] & activity.transcendental or not (
                    h["function"] in ("exp", "root") or h["function"] in LOGARITHMIC or is_erf(h) or is_second_order(h)):
                return h["name"] + " is not holonomic of an algebraic argument"
    elif against in ("polynomial", "exponential-polynomial"):
        if any(h["function"] != "exp" or not activity.is_affine(h) for h in activity.moving):
            return "a generator is no exponential of an affine argument"
    else:
        return "a pole is nothing against " + against
    over = {variable}
    for h in activity.moving:
        if h["function"] == "root" and h["inside"] & over:
            return "a root depends on it"
    is_unit = g is not None and g["function"] == "exp"
    x = symbol(variable)
    fixed = sorted({s.name for s in NUM.free_symbols | DEN.free_symbols} - {variable})
    number = NUM.atoms(sp.NumberSymbol) | DEN.atoms(sp.NumberSymbol)
    if not number and all(name not in BY_NAME or name in activity.transcendental for name in fixed):
        for seed in range(8):
            at = {symbol(name): sp.Rational(1000 + draw(seed, name) % 9000, 4999) for name in fixed}
            p, q = [sp.Poly(e.subs(at), x, domain="QQ<I>") for e in (NUM, DEN)]
            if p.is_zero or q.is_zero:
                continue
            rest = q.quo(p.gcd(q))
            while is_unit and rest.degree() > 0 and rest.eval(0) == 0:
                rest = rest.quo(sp.Poly(x, x, domain="QQ<I>"))
            if rest.degree() > 0:
                return ""
        return "the denominator is not shown to have a zero that is none of the numerator's"
    for seed in range(20):
        try:
            with mp.workdps(DIGITS):
                instead = {n: mp.mpf(1000 + draw(seed, n) % 9000) / 4999 for n in activity.transcendental}
                instead[variable] = mp.mpf(1)
                f = tower_at(place(seed), instead)
                top, bottom = [[evaluated(c, f) for c in sp.Poly(e, x).all_coeffs()] for e in (NUM, DEN)]
                scale = sum(abs(c) for c in top)
                for r in mp.polyroots(bottom, maxsteps=500, extraprec=400) if len(bottom) > 1 and bottom[0] != 0 else []:
                    if (abs(r) > mp.mpf(10) ** -20 or not is_unit) and abs(mp.polyval(top, r)) > scale * mp.mpf(10) ** -15:
                        return ""
        except FAULTS:
            continue
    return "the denominator is not shown to have a zero that is none of the numerator's"


def degree_fault(root, activity):
    """Why a root of order n is not shown to have degree n over all else (Kummer)."""
    roots = [g for g in activity.moving if g["function"] == "root"]
    if any(g["inside"] & {h["name"] for h in roots} for g in roots):
        return "roots stand in roots"

    def factors(g):
        top, bottom = sp.fraction(sp.cancel(sp.together(g["exact"][0])))
        return sp.factor_list(top)[1] + sp.factor_list(bottom)[1]

    others = [p for g in roots if g is not root for p, _ in factors(g)]
    common = root["order"]
    for p, multiplicity in factors(root):
        names = {s.name for s in p.free_symbols}
        own = [n for n in names if activity.active(n)]
        unit = len(names) == 1 and p.is_Symbol and p.name in BY_NAME
        known = all(n not in BY_NAME or n in activity.transcendental for n in names) and not p.atoms(sp.NumberSymbol)
        if own and not unit and known and not any(sp.cancel(p / o).is_number for o in others):
            common = sp.gcd(common, multiplicity)
    return "" if common == 1 else "its argument is not shown to be no power"


def nonaffine_fault(g, activity):
    """Independence modulo affine functions, by second differences."""
    affine = lambda h: (h["function"] == "exp" or is_jacobi(h)) and activity.is_affine(h)
    if affine(g):
        return "its argument is affine"
    alike = [h for h in activity.moving if (is_jacobi(h) if is_jacobi(g) else is_elementary(h)) and not affine(h)]
    columns = [h for k, h in enumerate(alike) if not is_jacobi(h) or not any(same_arguments(h, o) for o in alike[:k])]
    return "" if independent(columns, activity, 2) else "it is not shown to be independent modulo affine functions"


def cascade_fault(g, activity):
    is_base = lambda h: is_erf(h) or is_second_order(h) or h["function"] == "lambertw"
    direct = depends_fault(g, activity)
    if is_base(g) and not direct:
        return ""
    for base in [h for h in activity.moving if is_base(h)]:
        reached, over = {base["name"]}, [base] if base["function"] == "lambertw" else []
        for h in GENERATORS:
            if h["inside"] & reached:
                reached.add(h["name"])
                over.append(h)
        met = any(h is not base and (g is base or g is h) and not depends_fault(h, activity) for h in over)
        if met and all(is_elementary(h) for h in over) and independent_over(over, base):
            check(True, "%s: independent modulo what is free of %s" % (", ".join(h["name"] for h in over), base["name"]))
            return ""
    return direct if is_base(g) and direct else "nothing says that %s is no cascade here" % g["function"]


def holonomic_fault(g, activity):
    deep = g["inside"] & activity.transcendental
    if g["function"] == "lambertw":
        return ""
    if g["function"] == "exp":
        for name in deep:
            u = BY_NAME[name]
            if u["function"] == "root":
                continue
            slope = sp.cancel(sp.diff(g["exact"][0], symbol(name)))
            if u["function"] not in LOGARITHMIC or any(activity.active(s.name) for s in slope.free_symbols) or u["inside"] & activity.transcendental:
                return ""
    elif deep:
        known = g["function"] in LOGARITHMIC or is_erf(g) or is_second_order(g)
        return "" if known else "no theorem says that %s is not holonomic" % g["function"]
    return pole_fault(g["name"], activity, "holonomic")


def generator_fault(g, activity, against):
    if against in ("polynomial", "exponential-polynomial", "addition-theorem"):
        if g["function"] == "root":
            return "roots are algebraic" if against == "addition-theorem" else degree_fault(g, activity)
        if against == "polynomial" or is_erf(g) or is_second_order(g):
            return ""
        if is_elementary(g):
            return nonaffine_fault(g, activity)
        if is_jacobi(g):
            return "" if against == "exponential-polynomial" else nonaffine_fault(g, activity)
    if against == "holonomic":
        return holonomic_fault(g, activity)
    return "no theorem says that %s is none of %s" % (g["function"], against)


GAMMA = ("gamma", "lgamma", "zeta")
ACTIVITIES = {}


def proof_fault(proof):
    """Why a proof does not hold; empty where it does."""
    family, against, variable = proof["family"], proof["against"], proof["variable"]
    if family is not None and family not in PARAMETERS:
        return family + " is no parameter"
    if family not in ACTIVITIES:
        activity = Activity(family)
        ACTIVITIES[family] = (activity, None if any(g["function"] in GAMMA for g in activity.moving) else dependence(activity))
    activity, dependent = ACTIVITIES[family]
    if not activity.active(variable):
        return variable + " does not depend on the parameters in question"
    g = BY_NAME.get(variable)
    if against == "differentially-algebraic":
        if proof["kind"] != "generator" or g is None or g["function"] not in GAMMA:
            return "no theorem says that it is hypertranscendental"
        if sum(h["function"] in GAMMA for h in activity.moving) > 1:
            return "there is another such function: they may be related"
        if any(variable in h["inside"] for h in activity.moving):
            return "another generator is over it"
        return depends_fault(g, activity)
    if dependent is None:
        return "there is no rule for the gamma function"
    if dependent:
        return dependent
    if proof["kind"] == "pole":
        return pole_fault(variable, activity, against)
    if g is None:
        return "it is no generator"
    if against == "cascade":
        return cascade_fault(g, activity)
    return depends_fault(g, activity) or generator_fault(g, activity, against)
`;
