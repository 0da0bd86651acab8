/**
 * The part of a script that seeks branch points inside of the domain, where a formula is not analytic: what must stay
 * positive, or away from 0 for cube roots, is made small by coordinate descent in the parameters from several places.
 */
export const BRANCHES = `
STARTS, ROUNDS = 8, 160
TOUCHED, FAR = mp.mpf(2) ** -64, 10 ** 4
GUARDS = {
    "sqrt": lambda u: u,
    "cbrt": lambda u: u,
    "asin": lambda u: 1 - u * u,
    "acos": lambda u: 1 - u * u,
    "acosh": lambda u: u - 1,
    "lambertw": lambda u: u + mp.exp(-1),
}


class Watched(Numeric):
    """Numbers that go on where a root has no value; the guards of all roots are kept, in order."""

    def __init__(self, values):
        super().__init__(values)
        self.guards = []

    def watch(self, name, u):
        u = real(u)
        self.guards.append(GUARDS[name](u))
        return u

    def sqrt_(self, u): return mp.sqrt(abs(self.watch("sqrt", u)))
    def cbrt_(self, u): return super().cbrt_(self.watch("cbrt", u))
    def asin_(self, u): return mp.re(mp.asin(self.watch("asin", u)))
    def acos_(self, u): return mp.re(mp.acos(self.watch("acos", u)))
    def acosh_(self, u): return mp.re(mp.acosh(self.watch("acosh", u)))
    def lambertw_(self, u): return mp.re(mp.lambertw(self.watch("lambertw", u)))


class Roots(Classes):
    """The names of all roots and the degrees of their arguments, in the same order."""

    def __init__(self):
        super().__init__(PARAMETERS)
        self.found = []

    def call(self, name, *args):
        if name in GUARDS:
            self.found.append((name, args[0].degree))
        return super().call(name, *args)


def guard_at(k, values, at):
    f = Watched(lambda key: values[key] if key in values else at(key))
    try:
        FORM(f)
    except FAULTS:
        pass
    return f.guards[k] if k < len(f.guards) else None


def is_reached(k, name, seed, coordinates):
    """Whether the guard touches 0 at a point nearby; a cube root may not cross it either."""
    at = place(seed)
    values = {}
    for key in coordinates:
        num, den = at(key)
        values[key] = mp.mpf(num if draw(seed, "side" + key) % 2 else -num) / den
    best = guard_at(k, values, at)
    if best is None:
        return False
    side = -1 if name == "cbrt" and best < 0 else 1
    best, step = best * side, mp.mpf(1) / 4
    for _ in range(ROUNDS):
        if best < 0:
            return name == "cbrt"
        if step <= mp.mpf(2) ** -36:
            break
        improved = False
        for key in coordinates:
            own = values[key]
            for by in (step, -step):
                values[key] = own + by
                found = guard_at(k, values, at)
                if found is not None and found * side < best:
                    best, improved = found * side, True
                    break
                values[key] = own
        step = step * (mp.mpf(3) / 2 if improved else mp.mpf(1) / 2)
    if best < 0:
        return name == "cbrt"
    return best <= TOUCHED and all(abs(v) < FAR for v in values.values())


def check_branches():
    roots = Roots()
    FORM(roots)
    coordinates = sorted(s.name for s in FORM(Symbolic()).free_symbols if family_of(s.name) in PARAMETERS)
    met = set()
    with mp.workdps(60):
        for k, (name, degree) in enumerate(roots.found):
            # What is affine in the parameters crosses 0, where the domain ends; that of a cube root goes on.
            if degree == 0 or (degree == 1 and name in ("sqrt", "acosh", "lambertw")):
                continue
            if any(is_reached(k, name, seed, coordinates) for seed in range(STARTS)):
                met.add(name)
    if roots.found:
        check(not met, "no branch point is found inside of the domain", ", ".join(sorted(met)) + " meets one")
`;
