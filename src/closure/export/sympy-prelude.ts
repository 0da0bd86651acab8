/** What every script begins with, in Python: its report, and formulas as SymPy expressions. */
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


def run(work):
    """What cannot be computed is not shown."""
    try:
        work()
    except Exception as error:
        check(False, "all of it can be checked", "%s: %s" % (type(error).__name__, error))
    finish()


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
