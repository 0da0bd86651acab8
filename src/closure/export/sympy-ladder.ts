/** The part of a script that re-checks a tier above linear closure: its form, its classes, its tower. */
import type { Lower, Rule } from "../certificate.ts";
import { cellsText, table } from "./sympy-kink.ts";
import { type Formulas, pythonList, pythonString } from "./sympy-text.ts";

export interface LadderSource {
  readonly kind: string;
  readonly model: string;
  readonly form: string;
  readonly rules: readonly Rule[];
  readonly lower: Lower;
}

export function ladderData(formulas: Formulas, { kind, model, form, rules, lower }: LadderSource): string[] {
  const generators = lower.generators.map(
    (g) =>
      `{"name": ${pythonString(g.name)}, "function": ${pythonString(g.function)}, ` +
      `"arguments": ${pythonList(g.arguments.map((argument) => formulas.of(argument)))}, "order": ${g.order ?? 1}}`,
  );
  const proofs = lower.proofs.map(
    (p) =>
      `{"family": ${p.family === undefined ? "None" : pythonString(p.family)}, "against": ${pythonString(p.against)}, ` +
      `"kind": ${pythonString(p.kind)}, "variable": ${pythonString(p.variable)}, "theorem": ${pythonString(p.theorem)}}`,
  );
  const laws = rules.map(
    (r) => `(${pythonString(r.formula)}, ${pythonString(r.tier)}, ${pythonString(r.law)})`,
  );
  return [
    `KIND = ${pythonString(kind)}`,
    `MODEL = ${formulas.of(model)}`,
    `FORM = ${formulas.of(form)}`,
    `RULES = ${pythonList(laws)}`,
    `CELLS = ${lower.restriction === undefined ? "None" : cellsText(formulas, lower.restriction)}`,
    `VALUES = ${table(Object.entries(lower.values ?? {}).map(([name, value]) => [name, formulas.of(value)]))}`,
    `LOWER = ${formulas.of(lower.model)}`,
    `GENERATORS = ${pythonList(generators)}`,
    `NUMERATOR = ${formulas.of(lower.numerator)}`,
    `DENOMINATOR = ${formulas.of(lower.denominator)}`,
    `LOWER_PROOFS = ${pythonList(proofs)}`,
  ];
}

/** Tiers read off a formula by closure properties. */
export const CLASSES = `
YES = dict(degree=0, exponential=True, addition=True, cascade=True, algebraic=True, holonomic=True,
           differential=True, unit=True, monomial=True)
FLAGS = ["exponential", "addition", "cascade", "algebraic", "holonomic", "differential"]
NEVER = {**{k: False for k in YES}, "degree": float("inf")}


class Class:
    """The tiers that a function is seen to be in, and its value where it is a rational number."""

    def __init__(self, flags, value=None):
        self.flags, self.value = flags, value

    def __getattr__(self, name):
        return self.flags[name]

    def constant(self):
        return self.degree == 0

    def __add__(self, other):
        value = None if self.value is None or other.value is None else self.value + other.value
        joint = {k: self.flags[k] and other.flags[k] for k in FLAGS}
        degree = max(self.degree, other.degree)
        return Class({**joint, "degree": degree, "unit": degree == 0, "monomial": joint["algebraic"]}, value)

    def __neg__(self):
        return Class(self.flags, None if self.value is None else -self.value)

    def __sub__(self, other):
        return self + (-other)

    def __mul__(self, other):
        if self.value == 0 or other.value == 0:
            return Class(YES, sp.S.Zero)
        value = None if self.value is None or other.value is None else self.value * other.value
        return Class({**{k: self.flags[k] and other.flags[k] for k in FLAGS + ["unit", "monomial"]},
                      "degree": self.degree + other.degree}, value)

    def inverse(self):
        if self.constant():
            return Class(YES, None if not self.value else 1 / self.value)
        return Class({**self.flags, "degree": float("inf"), "exponential": self.unit, "holonomic": self.monomial})

    def __truediv__(self, other):
        return self * other.inverse()


def exponential_of(u, single):
    if u.constant():
        return Class(YES)
    affine = u.degree <= 1
    return Class({**NEVER, "exponential": affine, "addition": affine, "cascade": u.cascade, "holonomic": u.algebraic,
                  "differential": u.differential, "unit": single and affine, "monomial": single and u.algebraic})


class Classes(Language):
    """Closure properties of the tiers, function by function."""

    def __init__(self, parameters, bound=None):
        super().__init__(bound)
        self.parameters = parameters

    def q(self, num, den=1):
        return Class(YES, sp.Rational(num, den))

    def constant(self, name):
        return Class(YES)

    def variable(self, name, key):
        return Class({**YES, "degree": 1, "unit": False} if name in self.parameters else YES)

    def power(self, a, b):
        if a.constant() and b.constant():
            return Class(YES)
        if not b.constant():
            if a.constant():
                return exponential_of(b, True)
            return Class({**NEVER, "cascade": a.cascade and b.cascade, "differential": a.differential and b.differential})
        if b.value is not None:
            if b.value.q != 1 or b.value < 0:
                return a.inverse()
            return Class(YES) if b.value == 0 else Class({**(a if b.value == 1 else a * a).flags, "degree": a.degree * b.value})
        return Class({**NEVER, "exponential": a.unit, "addition": a.unit, "cascade": a.cascade, "holonomic": a.monomial,
                      "differential": a.differential, "unit": a.unit, "monomial": a.monomial})

    def __getattr__(self, name):
        if not name.endswith("_"):
            raise AttributeError(name)
        return lambda *args: self.call(name[:-1], *args)

    def call(self, name, *args):
        u, v = args[0], args[-1]
        if all(a.constant() for a in args):
            return Class(YES)
        if name == "complex":
            return u + v
        if name in ("re", "im", "conj"):
            return u + u
        if name == "exp":
            return exponential_of(u, True)
        if name in "sin cos sinh cosh expm1".split():
            return exponential_of(u, False)
        composed = {**NEVER, "cascade": u.cascade, "differential": u.differential}
        if name in "tan tanh sigmoid silu mish".split():
            return Class({**composed, "addition": u.degree <= 1})
        if name == "softplus":
            return Class(composed)
        if name in "log log1p atan asin acos asinh acosh atanh".split():
            return Class({**composed, "holonomic": u.algebraic})
        if name in ("sqrt", "cbrt"):
            return u.inverse()
        if name in "erf erfc gelu airyai".split():
            return Class({**NEVER, "holonomic": u.algebraic, "differential": u.differential})
        if name == "besselj" and u.constant():
            return Class({**NEVER, "holonomic": v.algebraic, "differential": v.differential})
        if name == "lambertw":
            return Class({**NEVER, "differential": u.differential})
        if name in ("sn", "cn", "dn"):
            if not v.constant():
                return Class({**NEVER, "differential": u.differential and v.differential})
            return Class({**composed, "addition": u.degree <= 1})
        return Class(NEVER)


def fits(c, tier):
    return {"polynomial": c.degree < float("inf"), "exponential-polynomial": c.exponential, "addition-theorem": c.addition,
            "cascade": c.cascade, "holonomic": c.cascade or c.holonomic, "differentially-algebraic": c.differential}.get(tier, False)
`;

/** The claims, and all checks in their order. */
export const LADDER = `
# What a tier's lower bound must refute, and the tiers that hold all functions of a tier.
REFUTED = {"polynomial": [], "exponential-polynomial": ["polynomial"], "addition-theorem": ["exponential-polynomial"],
           "cascade": ["addition-theorem"], "holonomic": ["cascade"], "differentially-algebraic": ["cascade", "holonomic"],
           "outside": ["differentially-algebraic"]}
ABOVE = {"polynomial": ["exponential-polynomial", "addition-theorem", "cascade", "holonomic", "differentially-algebraic"],
         "exponential-polynomial": ["addition-theorem", "cascade", "holonomic", "differentially-algebraic"],
         "addition-theorem": ["cascade", "differentially-algebraic"], "cascade": ["differentially-algebraic"],
         "holonomic": ["differentially-algebraic"]}
TIER_OF = {"addition-theorem": "addition-theorem", "cascade": "cascade", "holonomic": "holonomic",
           "differential-ring": "differentially-algebraic", "hypertranscendental": "outside"}


def check_claim(tier, family, shown):
    if tier == "undecided":
        return
    what = "the model" + ("" if family is None else " as a function of " + family)
    if tier != "outside":
        c = FORM(Classes(PARAMETERS if family is None else [family]))
        check(fits(c, tier), what + " is at most " + tier + ", by closure rules of its form", "they do not show it")
    for target in REFUTED.get(tier, ["any"]):
        own = [p for p in shown if family is None or p["family"] == family]
        holds = any(p["against"] == target or p["against"] in ABOVE.get(target, []) for p in own)
        check(holds, what + " is not " + target + ", by the proofs above", "none of them shows it")


def check_exceptions():
    """At some sizes the form is seen to be in the stated tier, and in no lower one."""
    for sizes, tier, own in EXCEPTIONS:
        if tier == "undecided":
            continue
        bound = {**SIZES, **sizes}
        c = (FORM if own is None else own)(Classes(PARAMETERS, bound))
        lower = [t for t, above in ABOVE.items() if tier in above and fits(c, t)]
        where = ", ".join("%s = %d" % item for item in sizes.items())
        if own is not None:
            check_equal("for %s its spelling is equal to the form" % where, numeric(FORM, bound), numeric(own, bound))
        check(set(sizes) <= set(SIZES) and fits(c, tier) and not lower, "for %s the form is in the tier %s" % (where, tier), "it is not seen to be, or in a lower one")


def restricted(at, data):
    """All members of families with an index of at least 2 have the values of the restriction, else 0; or those of VALUES."""
    if CELLS is None:
        return lambda key: VALUES[key](Numeric(at)) if key in VALUES else at(key)

    def value(key):
        indices = key[:-1].partition("[")[2].split(",") if "[" in key else []
        if all(k == "1" for k in indices) or (family_of(key) not in PARAMETERS and not data):
            return at(key)
        cell = CELLS.get(family_of(key) + "[" + ",".join("1" if k == "1" else ">=2" for k in indices) + "]")
        return (0, 1) if cell is None else cell(Numeric(at))

    return value


def check_ladder():
    if ARCHITECTURE is not None:
        check_equal("the model of the certificate is that of the architecture", numeric(ARCHITECTURE), numeric(MODEL))
    check_equal("form = model", numeric(FORM), numeric(MODEL), lambda: FORM(Symbolic()) - MODEL(Symbolic()))
    part = lambda data: lambda at: MODEL(Numeric(restricted(at, data)))
    data = CELLS is not None and difference(part(False), numeric(LOWER)) is not None
    check_equal("what the restriction leaves of the model is lower.model" if CELLS is not None or VALUES else "model = lower.model",
                part(data), numeric(LOWER), None if CELLS is not None or VALUES else lambda: MODEL(Symbolic()) - LOWER(Symbolic()))
    check_equal("lower.model = numerator/denominator in the generators", tower_value, numeric(LOWER),
                lambda: substituted(NUMERATOR) / substituted(DENOMINATOR) - LOWER(Symbolic()))
    shown = []
    for proof in LOWER_PROOFS:
        reason = proof_fault(proof)
        who = "the model" if proof["family"] is None else "as a function of " + proof["family"] + " it"
        if check(not reason, "%s is not %s: %s of %s" % (who, proof["against"], proof["kind"], proof["variable"]), reason):
            shown.append(proof)
    check(TIER_OF.get(KIND) == TIER, "the kind of the certificate is that of the tier", "it is not")
    check_claim(TIER, None, shown)
    for family, tier in CLAIMS:
        check_claim(tier, family, shown)
    if TIER != "outside":
        check_exceptions()
        check_branches()
    show("proves", "identities and inequalities above; numbers are of %d digits and more" % DIGITS)
    for theorem in sorted({p["theorem"] for p in shown}):
        show("rests on", theorem)
    for formula, tier, law in RULES:
        show("rests on", "%s (%s): %s" % (formula, tier, law))


run(check_ladder)
`;
