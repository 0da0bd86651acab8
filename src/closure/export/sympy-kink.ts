/** The part of a script that re-checks kinks: one-sided difference quotients of the model at each witness. */
import { DescentError } from "../../errors.ts";
import type { Restriction } from "../certificate.ts";
import type { Verdict, Witness } from "../verdict.ts";
import { type Formulas, pythonList, pythonString } from "./sympy-text.ts";

export const table = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([key, value]) => `${pythonString(key)}: ${value}`).join(", ")}}`;

/** Cells by their pattern, such as `w[1,>=2]`. */
export const cellsText = (formulas: Formulas, restriction: Restriction): string =>
  table(restriction.map((r) => [`${r.family}[${r.indices.join(",")}]`, formulas.of(r.value)]));

/** What the kink is one of, for a datum: of the model itself, or of a loss that has kinks, as a function of model and y. */
const SUBJECTS: Readonly<Record<string, string>> = {
  squared: "u",
  absolute: "f.abs_(u - y)",
  hinge: "f.relu_(f.q(1) - y * u)",
};
const HUBER = "(u - y) * (u - y) / f.q(2) if abs(u - y) <= 1 else abs(u - y) - f.q(1, 2)";

/** @throws DescentError `unsupported` where the kink is one of another loss, or of a sum over outputs */
export function kinkData(
  formulas: Formulas,
  { loss, architecture }: Pick<Verdict, "loss" | "architecture">,
  witnesses: readonly Witness[],
): string[] {
  const subject = loss === "huber" ? HUBER : SUBJECTS[loss];
  const outputs = witnesses.some((w) => Object.keys(w.point).some((name) => name.startsWith("y[")));
  if (subject === undefined || outputs) {
    throw new DescentError(
      "unsupported",
      `no script for kinks under the loss ${loss}${outputs ? " of several outputs" : ""}`,
      {
        accepted: "one output, and the losses squared, absolute, huber, hinge",
      },
    );
  }
  const witness = (w: Witness): string => {
    const [bracket] = Object.entries(w.bracket ?? {});
    const ends =
      bracket === undefined ? "None" : `(${[bracket[0], ...bracket[1]].map(pythonString).join(", ")})`;
    const fields: [string, string][] = [
      ["function", pythonString(w.function)],
      ["text", pythonString(w.argument)],
      ["argument", formulas.of(w.argument)],
      ["point", table(Object.entries(w.point).map(([key, value]) => [key, pythonString(value)]))],
      ["bracket", ends],
      ["direction", table(Object.entries(w.direction).map(([key, value]) => [key, `${value}`]))],
      ["order", `${w.order}`],
      ["left", pythonString(w.left)],
      ["right", pythonString(w.right)],
      ["cells", w.restriction === undefined ? "None" : cellsText(formulas, w.restriction)],
    ];
    return table(fields);
  };
  const needsTarget = loss !== "squared";
  return [
    `WITNESSES = ${pythonList(witnesses.map(witness))}`,
    "",
    "",
    "def subject(f):",
    `    u = ${formulas.of(architecture.model)}(f)`,
    ...(needsTarget ? ['    y = f.v("y")'] : []),
    `    return ${subject}`,
    "",
    "",
  ];
}

export const KINK = `
NEAR = 2.0 ** -32
# Offsets as powers of 1/2: of derivatives, and the two between which quotients that diverge have to grow.
STEP, NEARER, FARTHER, GROWTH = 256, 512, 384, 20


def fraction(text):
    num, _, den = text.partition("/")
    return int(num), int(den or "1")


def cell_of(key):
    indices = key[:-1].partition("[")[2].split(",")
    return family_of(key) + "[" + ",".join("1" if k == "1" else ">=2" for k in indices) + "]"


def is_further(key):
    return "[" in key and any(k != "1" for k in key[:-1].partition("[")[2].split(","))


def point_of(witness, located):
    """The point, moved along the direction by offset (numerator, denominator)."""
    def moved(offset):
        def value(key):
            if witness["cells"] is not None and is_further(key):
                if family_of(key) in PARAMETERS:
                    cell = witness["cells"].get(cell_of(key))
                    return (0, 1) if cell is None else cell(Numeric(lambda k: (0, 1)))
                return (2000 + draw(1, key) % 7000, 4999)
            if key in located:
                base = located[key]
            elif key in witness["point"]:
                base = fraction(witness["point"][key])
            else:
                raise KeyError(key)
            speed = witness["direction"].get(key, 0)
            return (base[0] * offset[1] + speed * offset[0] * base[1], base[1] * offset[1])
        return value
    return moved


def locate(witness):
    """The zero of the argument between two rationals, to 2^-640: its sign changes there."""
    name, lo, hi = witness["bracket"]
    def sign_at(t):
        with mp.workdps(280):
            value = real(witness["argument"](Numeric(point_of(witness, {name: t})((0, 1)))))
            return 0 if abs(value) < mp.mpf(10) ** -250 else (1 if value > 0 else -1)
    (a, b), (c, d) = fraction(lo), fraction(hi)
    least, most, scale = a * 2 ** 640 // b + 1, c * 2 ** 640 // d - 1, 2 ** 640
    below = sign_at((least, scale))
    needs(most > least and below * sign_at((most, scale)) < 0)
    while most - least > 1:
        middle = (least + most) // 2
        side = sign_at((middle, scale))
        if side == 0:
            return {name: (middle, scale)}
        if side == below:
            least = middle
        else:
            most = middle
    return {name: (least, scale)}


def quotient(at, order, side, shift):
    total = mp.mpf(0)
    for j in range(order + 1):
        value = real(subject(Numeric(at((side * (j + 1), 2 ** shift)))))
        total += (-1) ** (order - j) * mp.binomial(order, j) * value
    return total * side ** order * mp.mpf(2) ** (shift * order)


def fault_of(witness):
    if any(family_of(name) not in PARAMETERS for name in witness["direction"]):
        return "the direction moves what is no parameter"
    at = point_of(witness, locate(witness) if witness["bracket"] else {})
    order = witness["order"]
    stated = {-1: witness["left"], 1: witness["right"]}
    diverges = any(text.endswith("inf") for text in stated.values())
    shift = FARTHER if diverges else STEP
    with mp.workdps(int((NEARER if diverges else STEP) * (order + 2) * 0.302) + 160):
        for m in range(order):
            left, right = quotient(at, m, -1, shift), quotient(at, m, 1, shift)
            if abs(left - right) > NEAR * (1 + abs(left) + abs(right)):
                return "the derivatives of order %d differ already" % m
        found = {side: quotient(at, order, side, shift) for side in (-1, 1)}
        scale = 1 + sum(abs(q) for q in found.values())
        for side, text in stated.items():
            if text.endswith("inf"):
                near, wanted = quotient(at, order, side, NEARER), (-1 if text[0] == "-" else 1)
                grows = found[side] * wanted > 0 and near * wanted > 0 and abs(near) > abs(found[side]) * 2 ** GROWTH
                if not grows:
                    return "the difference quotients do not diverge"
            elif abs(found[side] - mp.mpf(text)) > NEAR * (1 + abs(found[side]) if diverges else scale):
                return "from one side it is " + mp.nstr(found[side], 12) + ", not " + text
        if not diverges and abs(found[-1] - found[1]) <= 2 * NEAR * scale:
            return "the one-sided derivatives agree"
    return ""


def check_kinks():
    moved = set()
    for witness in WITNESSES:
        what = "%s of %s: derivatives of order %d along %s are %s and %s" % (
            witness["function"], witness["text"], witness["order"],
            "+".join("%d*%s" % (k, name) for name, k in witness["direction"].items()), witness["left"], witness["right"])
        for size in (1, 2, 3):
            for name in SIZES:
                SIZES[name] = size
            try:
                reason = fault_of(witness)
            except KeyError as error:
                reason = "there is no value of %s" % error
            except FAULTS:
                reason = "the model has no value beside the point"
            check(not reason, what + (" at open sizes %d" % size if SIZES else ""), reason)
            if not SIZES or witness["cells"] is None:
                break
        moved |= {family_of(name) for name in witness["direction"]}
    check(TIER == "outside", "the tier is outside", "another is stated")
    for family, tier in CLAIMS:
        if tier == "outside" or family in moved:
            check(family in moved and tier == "outside", "a witness moves " + family + ", in which it is outside", "it does not show")
        elif tier != "undecided":
            print(ascii("note: not checked here: as a function of " + family + " it is " + tier)[1:-1])
    show("proves", "the one-sided derivatives of the model differ at these points, as far as difference quotients of 2^-%d show" % STEP)
    show("rests on", "an analytic function has all derivatives; those from either side agree")


run(check_kinks)
`;
