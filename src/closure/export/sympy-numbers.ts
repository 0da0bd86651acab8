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
MAGNITUDES = [0, 0, -2, 3, 0, -3, 6, 1, -10, 2] + FAR_OUT


def place(seed):
    """A fixed rational (numerator, denominator) for every symbol."""
    magnitude = MAGNITUDES[seed % len(MAGNITUDES)]
    sign = SIGNS[(seed + seed // len(MAGNITUDES)) % 4]

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


PLACES = 4 * len(MAGNITUDES)
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
