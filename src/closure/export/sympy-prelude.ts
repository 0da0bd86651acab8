/** What every script begins with, in Python: its report, and the two languages in which formulas have a meaning. */

/** The report, and formulas as SymPy expressions. */
export const PRELUDE = `
sys.setrecursionlimit(100000)
COUNT = {"ok": 0, "FAIL": 0}


def show(kind, text):
    print((kind + ": " + text).encode("ascii", "backslashreplace").decode("ascii"))


def check(holds, text, reason=""):
    kind = "ok" if holds else "FAIL"
    COUNT[kind] += 1
    show(kind, text + (": " + reason if reason and not holds else ""))
    return holds


def finish():
    print("%d checks hold, %d fail" % (COUNT["ok"], COUNT["FAIL"]))
    sys.exit(1 if COUNT["FAIL"] else 0)


SYMBOLS = {}


def key_of(name, indices):
    return name + ("[" + ",".join(str(k) for k in indices) + "]" if indices else "")


def family_of(key):
    return key.split("[")[0]


def symbol(key):
    """Every name of the model is a key of this table, whatever it means in Python or SymPy."""
    if key not in SYMBOLS:
        SYMBOLS[key] = sp.Symbol(key, real=True)
    return SYMBOLS[key]


class NoValue(Exception):
    pass


def needs(holds):
    if not holds:
        raise NoValue("there is no value")


FAULTS = (NoValue, ZeroDivisionError, ValueError, OverflowError, ArithmeticError, NotImplementedError, mp.mp.NoConvergence)


class Language:
    """What is common: integers for sizes and indices, sums and products over a range."""

    def __init__(self, bound=None):
        self.bound = dict(SIZES if bound is None else bound)

    def n(self, name):
        if name not in self.bound:
            raise NoValue("no size or index " + name)
        return self.bound[name]

    def v(self, name, *indices):
        if not indices and name in self.bound:
            return self.q(self.bound[name])
        return self.variable(name, key_of(name, indices))

    def terms(self, body, lo, hi):
        if hi - lo > 5000:
            raise NoValue("the range is too long")
        values = (body(k) for k in range(lo, hi + 1))
        return [value for value in values if value is not None]

    def total(self, body, lo, hi):
        terms = self.terms(body, lo, hi)
        return self.join(terms) if terms else self.q(0)

    def join(self, terms):
        result = terms[0]
        for term in terms[1:]:
            result = result + term
        return result

    def product(self, body, lo, hi):
        result = self.q(1)
        for term in self.terms(body, lo, hi):
            result = result * term
        return result


class Symbolic(Language):
    """SymPy expressions; waves are written in exponentials, so that expanding shows what cancels."""

    def __init__(self, bound=None, values=None):
        super().__init__(bound)
        self.values = values or {}

    def q(self, num, den=1):
        return sp.Rational(num, den)

    def join(self, terms):
        return sp.Add(*terms)

    def constant(self, name):
        return self.values.get(name, sp.pi if name == "pi" else sp.E)

    def variable(self, name, key):
        return self.values[key] if key in self.values else symbol(key)

    def power(self, a, b):
        return sp.Pow(a, b)

    def exp_(self, u): return sp.exp(u)
    def log_(self, u): return sp.log(u)
    def sqrt_(self, u): return sp.sqrt(u)
    def cbrt_(self, u): return sp.real_root(u, 3)
    def sin_(self, u): return (sp.exp(sp.I * u) - sp.exp(-sp.I * u)) / (2 * sp.I)
    def cos_(self, u): return (sp.exp(sp.I * u) + sp.exp(-sp.I * u)) / 2
    def tan_(self, u): return self.sin_(u) / self.cos_(u)
    def sinh_(self, u): return (sp.exp(u) - sp.exp(-u)) / 2
    def cosh_(self, u): return (sp.exp(u) + sp.exp(-u)) / 2
    def tanh_(self, u): return 1 - 2 / (sp.exp(2 * u) + 1)
    def asin_(self, u): return sp.asin(u)
    def acos_(self, u): return sp.acos(u)
    def atan_(self, u): return sp.atan(u)
    def asinh_(self, u): return sp.asinh(u)
    def acosh_(self, u): return sp.acosh(u)
    def atanh_(self, u): return sp.atanh(u)
    def sigmoid_(self, u): return 1 - 1 / (sp.exp(u) + 1)
    def softplus_(self, u): return sp.log(1 + sp.exp(u))
    def silu_(self, u): return u * self.sigmoid_(u)
    def gelu_(self, u): return u * (1 + sp.erf(u / sp.sqrt(2))) / 2
    def mish_(self, u): return u * (1 - 2 / (sp.exp(2 * u) + 2 * sp.exp(u) + 2))
    def relu_(self, u): return sp.Max(u, 0)
    def elu_(self, u): return sp.Piecewise((u, u > 0), (sp.exp(u) - 1, True))
    def leaky_relu_(self, u, s=sp.Rational(1, 100)): return sp.Piecewise((u, u > 0), (s * u, True))
    def abs_(self, u): return sp.Abs(u)
    def sign_(self, u): return sp.sign(u)
    def floor_(self, u): return sp.floor(u)
    def ceil_(self, u): return sp.ceiling(u)
    def round_(self, u): return sp.sign(u) * sp.floor(sp.Abs(u) + sp.Rational(1, 2))
    def max_(self, *u): return sp.Max(*u)
    def min_(self, *u): return sp.Min(*u)
    def erf_(self, u): return sp.erf(u)
    def erfc_(self, u): return 1 - sp.erf(u)
    def airyai_(self, u): return sp.airyai(u)
    def gamma_(self, u): return sp.gamma(u)
    def lgamma_(self, u): return sp.log(sp.Abs(sp.gamma(u)))
    def zeta_(self, u): return sp.zeta(u)
    def lambertw_(self, u): return sp.LambertW(u)
    def besselj_(self, n, u): return sp.besselj(n, u)
    def sn_(self, u, m): return sp.Function("sn")(u, m)
    def cn_(self, u, m): return sp.Function("cn")(u, m)
    def dn_(self, u, m): return sp.Function("dn")(u, m)
    def delta_(self, a, b): return sp.KroneckerDelta(a, b)
    def complex_(self, a, b): return a + sp.I * b
    def conj_(self, u): return sp.conjugate(u)
    def re_(self, u): return (u + sp.conjugate(u)) / 2
    def im_(self, u): return (u - sp.conjugate(u)) / (2 * sp.I)
    def expm1_(self, u): return sp.exp(u) - 1
    def log1p_(self, u): return sp.log(1 + u)
    def atan2_(self, a, b): return sp.atan2(a, b)


LARGEST = 4000


def terms_of(e):
    """About how many terms expanding gives; too many are not tried."""
    if e.is_Add:
        found = sum(terms_of(a) for a in e.args)
    elif e.is_Mul:
        found = 1
        for a in e.args:
            found *= terms_of(a)
    elif e.is_Pow and e.exp.is_Integer and e.exp > 0:
        found = terms_of(e.base) ** min(int(e.exp), 1000)
    else:
        for a in e.args:
            if isinstance(a, sp.Expr):
                terms_of(a)
        found = 1
    needs(found <= LARGEST)
    return found


def expanded(expression):
    needs(expression.count_ops() <= 4 * LARGEST)
    terms_of(expression)
    return sp.expand(expression)


def is_zero(expression):
    """Whether SymPy expands it to 0; None where that does not show, or would take long."""
    if expression == 0:
        return True
    try:
        for _ in range(3):
            next_one = expanded(expression)
            if next_one == 0:
                return True
            if next_one == expression:
                break
            expression = next_one
        bottoms = {p for p in expression.atoms(sp.Pow) if p.exp.is_negative and not p.base.is_Atom}
        if len(bottoms) > 8 or expression.count_ops() > 300:
            return None
        return True if expanded(sp.numer(sp.together(expression))) == 0 else None
    except FAULTS:
        return None
`;

/** Formulas as numbers of many digits, at places that are fixed rationals. */
export const NUMBERS = `
def real(u):
    if isinstance(u, mp.mpc):
        if u.imag != 0:
            raise NoValue("it is not real")
        return u.real
    return u


class Numeric(Language):
    """Numbers of mpmath; NoValue where the real function has none."""

    def __init__(self, values, bound=None):
        super().__init__(bound)
        self.values = values

    def q(self, num, den=1):
        return mp.mpf(num) / den

    def constant(self, name):
        return +mp.pi if name == "pi" else mp.exp(1)

    def variable(self, name, key):
        value = self.values(key)
        return mp.mpf(value[0]) / value[1] if isinstance(value, tuple) else value

    def power(self, a, b):
        b = real(b)
        if b == mp.floor(b) and abs(b) < 100000:
            needs(a != 0 or b >= 0)
            return a ** int(b)
        a = real(a)
        needs(a > 0)
        return self.exp_(b * mp.log(a))

    def exp_(self, u):
        needs(mp.re(u) < 10 ** 7 and abs(mp.im(u)) < 10 ** 30)
        return mp.exp(u)

    def positive(self, u):
        u = real(u)
        needs(u > 0)
        return u

    def log_(self, u): return mp.log(self.positive(u))

    def sqrt_(self, u):
        u = real(u)
        needs(u >= 0)
        return mp.sqrt(u)

    def cbrt_(self, u):
        u = real(u)
        return mp.cbrt(u) if u >= 0 else -mp.cbrt(-u)

    def sin_(self, u): return mp.sin(u)
    def cos_(self, u): return mp.cos(u)
    def tan_(self, u): return mp.tan(real(u))
    def sinh_(self, u): return (self.exp_(u) - self.exp_(-u)) / 2
    def cosh_(self, u): return (self.exp_(u) + self.exp_(-u)) / 2
    def tanh_(self, u): return mp.tanh(real(u))

    def asin_(self, u):
        u = real(u)
        needs(abs(u) <= 1)
        return mp.asin(u)

    def acos_(self, u):
        u = real(u)
        needs(abs(u) <= 1)
        return mp.acos(u)

    def atan_(self, u): return mp.atan(real(u))
    def asinh_(self, u): return mp.asinh(real(u))

    def acosh_(self, u):
        u = real(u)
        needs(u >= 1)
        return mp.acosh(u)

    def atanh_(self, u):
        u = real(u)
        needs(abs(u) < 1)
        return mp.atanh(u)

    def sigmoid_(self, u):
        u = real(u)
        return 1 / (1 + self.exp_(-u)) if u >= 0 else self.exp_(u) / (1 + self.exp_(u))

    def softplus_(self, u):
        u = real(u)
        return max(u, 0) + mp.log1p(self.exp_(-abs(u)))

    def silu_(self, u): return u * self.sigmoid_(u)
    def gelu_(self, u): return real(u) * mp.erfc(-real(u) / mp.sqrt(2)) / 2
    def mish_(self, u): return u * mp.tanh(self.softplus_(u))
    def relu_(self, u): return max(real(u), mp.mpf(0))
    def elu_(self, u): return real(u) if real(u) > 0 else mp.expm1(real(u))

    def leaky_relu_(self, u, s=None):
        s = self.q(1, 100) if s is None else s
        return real(u) if real(u) > 0 else s * u

    def abs_(self, u): return abs(real(u))
    def sign_(self, u): return mp.mpf((real(u) > 0) - (real(u) < 0))
    def floor_(self, u): return mp.floor(real(u))
    def ceil_(self, u): return mp.ceil(real(u))
    def round_(self, u): return self.sign_(u) * mp.floor(abs(real(u)) + mp.mpf(1) / 2)
    def max_(self, *u): return max(real(a) for a in u)
    def min_(self, *u): return min(real(a) for a in u)
    def erf_(self, u): return mp.erf(real(u))
    def erfc_(self, u): return mp.erfc(real(u))
    def airyai_(self, u): return mp.re(mp.airyai(real(u)))
    def gamma_(self, u): return mp.gamma(real(u))
    def lgamma_(self, u): return mp.log(abs(mp.gamma(real(u))))
    def zeta_(self, u): return mp.zeta(real(u))

    def lambertw_(self, u):
        u = real(u)
        needs(u > -mp.exp(-1))
        return mp.re(mp.lambertw(u))

    def besselj_(self, n, u):
        n, u = real(n), real(u)
        needs(u > 0 or n == mp.floor(n))
        return mp.re(mp.besselj(n, u))

    def jacobi(self, kind, u, m):
        needs(abs(real(u)) < 1000)
        return mp.re(mp.ellipfun(kind, real(u), m=real(m)))

    def sn_(self, u, m): return self.jacobi("sn", u, m)
    def cn_(self, u, m): return self.jacobi("cn", u, m)
    def dn_(self, u, m): return self.jacobi("dn", u, m)
    def delta_(self, a, b): return mp.mpf(1 if a == b else 0)
    def complex_(self, a, b): return a + mp.mpc(0, 1) * b
    def conj_(self, u): return mp.conj(u)
    def re_(self, u): return mp.re(u)
    def im_(self, u): return mp.im(u)
    def expm1_(self, u): return mp.expm1(real(u))
    def log1p_(self, u): return self.log_(1 + u)
    def atan2_(self, a, b): return mp.atan2(real(a), real(b))


def draw(seed, key):
    return int(hashlib.sha256((str(seed) + ":" + key).encode("utf-8")).hexdigest()[:12], 16)


SIGNS = ["positive", "mixed", "negative", "mixed"]
MAGNITUDES = [0, 0, -2, 3, 0, -3, 6, 1, -10, 2]


def place(seed):
    """A fixed rational (numerator, denominator) for every symbol."""
    sign, magnitude = SIGNS[seed % 4], MAGNITUDES[seed % 10]

    def value(key):
        drawn = draw(seed, key)
        size = 2000 + drawn % 19000
        positive = sign == "positive" or (sign == "mixed" and (drawn >> 20) % 2 == 0)
        exponent = magnitude if (drawn >> 24) % 3 else 0
        num = (size if positive else -size) * 2 ** max(exponent, 0)
        return (num, 9973 * 2 ** max(-exponent, 0))

    return value


def at_digits(digits, compute):
    with mp.workdps(digits):
        value = compute()
        if not mp.isfinite(mp.mpmathify(value)):
            raise NoValue("it is not finite")
        return mp.mpmathify(value)


def value_of(compute):
    """A value and a bound of its error, seen by doubling the digits; None where there is no value."""
    try:
        rough, fine = at_digits(DIGITS, compute), at_digits(2 * DIGITS, compute)
    except FAULTS:
        return None
    with mp.workdps(2 * DIGITS):
        return fine, abs(fine - rough)


def is_certain(value):
    """Whether a value is none that rounding makes of 0."""
    return value is not None and abs(value[0]) > 1000 * value[1] + mp.mpf(10) ** (-DIGITS)


PLACES = 40
WANTED = 6


def difference(left, right):
    """Why two functions of a place are not shown to be equal; None where they agree at all places that are tried."""
    held = 0
    for seed in range(PLACES):
        at = place(seed)
        a, b = value_of(lambda: left(at)), value_of(lambda: right(at))
        if a is None or b is None:
            continue
        with mp.workdps(2 * DIGITS):
            scale = max(abs(a[0]), abs(b[0]))
            error = 10 * (a[1] + b[1]) + scale * mp.mpf(10) ** (-DIGITS)
            if abs(a[0] - b[0]) > error:
                return "they are %s and %s at place %d" % (mp.nstr(a[0], 8), mp.nstr(b[0], 8), seed)
            if error <= max(scale, mp.mpf(10) ** (-DIGITS // 3)) * mp.mpf(10) ** (-DIGITS // 3):
                held += 1
        if held >= WANTED and not BRANCHED:
            return None
    return None if held >= 3 else "both have a value at %d places only" % held


def numeric(formula, bound=None):
    return lambda at: formula(Numeric(at, bound))


def check_equal(text, left, right, symbolic=None):
    """By values at places; where SymPy can, also by algebra."""
    reason = difference(left, right)
    if reason is not None:
        return check(False, text, reason)
    shown = None
    if symbolic is not None:
        try:
            shown = is_zero(symbolic())
        except FAULTS + (TypeError, AttributeError, RecursionError):
            shown = None
    return check(True, text + (", by algebra" if shown else "") + ", by values of %d digits" % DIGITS)
`;
