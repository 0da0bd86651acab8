/**
 * The loss of one datum and its optimality condition, for any loss and any number of outputs:
 * ∂L/∂θ_a = Σ_c φ_c ∂f_c/∂θ_a with φ_c = ∂l/∂f_c in closed form, so that no logarithm appears where it cancels.
 *
 * Softmax cross-entropy of a one-hot target does not change when all outputs change alike, so it is also written in the
 * logits z_c = f_c − f_C, c < C: log(1 + Σ e^{z_c}) − Σ y_c z_c. What is common to all outputs is gone there.
 */
import { type Budget, DescentError } from "../errors.ts";
import { type Affine, addAffine, boundIndex, isLiteral, literal } from "../expression/affine.ts";
import { differentiate, type Range, type Variable } from "../expression/differentiate.ts";
import { type Algebra, HAS, type Node, type SymbolNode } from "../expression/node.ts";
import { expand, isShort, rebuild, substituteIndex } from "../expression/substitute.ts";
import { type Architecture, isInstance, outputs, type Unknown, unknowns } from "./architecture.ts";
import { type Loss, NOISE, noiseSlope, POINTWISE } from "./losses.ts";

/** The optimality condition of one parameter, or with open sizes of a family with its indices free. */
export interface Equation extends Unknown {
  /** Name of the parameter's family. */
  readonly family: string;
  /** ∂L/∂θ_a of one datum; a kink of the loss has its value on both sides. */
  readonly node: Node;
}

/** What the tier of the optimality condition is read off. No index is free in any of the nodes. */
export interface TierNodes {
  /**
   * Not analytic together exactly where the optimality condition is not: the loss, or the outputs for the squared loss.
   * The gradient cannot stand for them: it has left out the points where it is infinite (that of ∛θ at 0).
   */
  readonly analytic: readonly Node[];
  /**
   * Where those are analytic, the joint tier of these is that of the optimality condition; undefined where a function has
   * no derivative rule.
   */
  readonly optimality: readonly Node[] | undefined;
}

/**
 * The loss of one datum in the model's symbols and the targets `y`, or `y[c]`: symbols of the role `target`. For softmax
 * cross-entropy they are one-hot, y[c] = 1 for the class c. Sums keep their indices.
 *
 * @throws DescentError `input` where the loss does not fit the number of outputs
 * @example
 * const given = architecture({ model: "a*x" }, { loss: "poisson-log" });
 * modelText({ ...given, model: lossNode(given) }); // "exp(a*x) - a*y*x"
 */
export function lossNode(architecture: Architecture): Node {
  requireOutputs(architecture);
  const { algebra, loss, model } = architecture;
  if (loss !== "softmax-cross-entropy") {
    const { y, noise } = symbolsOf(architecture);
    return summed(whole(architecture), algebra, POINTWISE[loss].loss(algebra, model, y, noise));
  }
  return crossEntropy(algebra, whole(architecture));
}

/**
 * ∂L/∂θ_a for every parameter, in their order: sums and products unrolled where sizes are numbers, else one equation for
 * each family, its indices free. A ridge would add λθ_a and change no tier.
 *
 * @throws DescentError `unsupported` where a function of the model has no derivative rule, `input` where the loss does not
 * fit the number of outputs
 * @example
 * const given = architecture({ model: "a*x" }, { loss: "logistic" });
 * const [a] = optimality(given, createBudget());
 * modelText({ ...given, model: a.node }); // "x*(-y + sigmoid(a*x))"
 */
export function optimality(architecture: Architecture, budget: Budget): Equation[] {
  requireOutputs(architecture);
  const chain = createChain(architecture, whole(architecture), budget);
  return unknowns(architecture).map((unknown) => ({
    ...unknown,
    family: unknown.variable.name,
    node: isNoise(architecture, unknown.variable)
      ? noiseEquation(architecture, budget)
      : chain((paired) => differentiate(architecture.algebra, paired, unknown.variable, budget)),
  }));
}

/**
 * What the tier search needs for the architecture's loss.
 *
 * Squared loss, and gaussian-nll of a given σ: the outputs themselves (theory §8: the tier of g is that of f), with an open
 * number of them Σ_c y_c f_c, whose tier is their joint one, the targets being indeterminates. Other losses: the equations of `optimality`, and with
 * open sizes for each family Σ_a Δ_a ∂L/∂θ_a, the steps Δ being indeterminates too. Softmax cross-entropy in its logits.
 *
 * @throws DescentError `input` where the loss does not fit the number of outputs
 */
export function tierNodes(architecture: Architecture, budget: Budget): TierNodes {
  requireOutputs(architecture);
  const { algebra, loss, output } = architecture;
  const unrolled = (node: Node): Node =>
    isInstance(architecture) && isShort(node) ? expand(algebra, node, budget) : node;
  if (loss === "squared" || (loss === "gaussian-nll" && architecture.noise?.kind === "number")) {
    const several = output !== undefined && !isLiteral(output.range.hi);
    const nodes = several
      ? [scores(algebra, { ...whole(architecture), f: architecture.model })]
      : outputs(architecture, budget).map(unrolled);
    return { analytic: nodes, optimality: nodes };
  }
  const readout = loss === "softmax-cross-entropy" ? logits(architecture) : whole(architecture);
  const analytic = loss === "softmax-cross-entropy" ? crossEntropy(algebra, readout) : lossNode(architecture);
  return { analytic: [unrolled(analytic)], optimality: gradient(architecture, readout, budget) };
}

function gradient(architecture: Architecture, readout: Readout, budget: Budget): Node[] | undefined {
  const { algebra, parameters } = architecture;
  const chain = createChain(architecture, readout, budget);
  try {
    if (!isInstance(architecture)) {
      return parameters.map((family) =>
        isNoise(architecture, family)
          ? noiseEquation(architecture, budget)
          : chain((paired) => along(algebra, paired, family.name, budget)),
      );
    }
    return unknowns(architecture).map(({ variable }) =>
      isNoise(architecture, variable)
        ? noiseEquation(architecture, budget)
        : chain((paired) => differentiate(algebra, paired, variable, budget)),
    );
  } catch (error) {
    if (error instanceof DescentError && error.code === "unsupported") return undefined;
    throw error;
  }
}

/**
 * Throws `input` where the loss cannot be asked of so many outputs: none at all, or softmax cross-entropy of fewer than two.
 *
 * @param source what the architecture is called in errors
 */
export function requireOutputs(architecture: Architecture, source = architecture.name): void {
  const { loss, output } = architecture;
  const count = output?.range.hi;
  const known = count !== undefined && isLiteral(count) ? count.constant : undefined;
  if (known !== undefined && known < 1) {
    throw new DescentError("input", `the model has ${known} outputs`, {
      place: { source, path: "output.size" },
      accepted: "1 or more",
    });
  }
  if (loss !== "softmax-cross-entropy" || (output !== undefined && known !== 1)) return;
  throw new DescentError("input", "softmax-cross-entropy of a single output", {
    place: { source, path: "loss" },
    accepted:
      'two outputs or more, "output": {"index": "c", "size": "C"} in the architecture file, or logistic',
  });
}

/** Outputs to sum a loss over: f with index 0 free over a range, or one f. */
interface Readout {
  readonly f: Node;
  readonly range: Range | undefined;
  readonly index: string;
  /** Whether one output more, which is 0, stands beside those of the range. */
  readonly reference: boolean;
}

const whole = ({ model, output }: Architecture): Readout => ({
  f: model,
  range: output?.range,
  index: output?.index ?? "",
  reference: false,
});

/** z_c = f_c − f_C for c < C. */
function logits({ algebra, model, output }: Architecture): Readout {
  const { range, index } = output!;
  const last = substituteIndex(algebra, model, range.hi);
  return {
    f: algebra.subtract(model, last),
    range: { lo: range.lo, hi: addAffine(range.hi, literal(-1)) },
    index,
    reference: true,
  };
}

const summed = (readout: Pick<Readout, "range" | "index">, algebra: Algebra, body: Node): Node =>
  readout.range === undefined
    ? body
    : algebra.fold({ op: "sum", ...readout.range, except: [], body, hint: readout.index });

/** Σ_c e^{f_c} */
function partition(algebra: Algebra, readout: Readout): Node {
  const sum = summed(readout, algebra, algebra.call("exp", [readout.f]));
  return readout.reference ? algebra.add(algebra.one, sum) : sum;
}

/** log Σ_c e^{f_c} − Σ_c y_c f_c */
const crossEntropy = (algebra: Algebra, readout: Readout): Node =>
  algebra.subtract(algebra.call("log", [partition(algebra, readout)]), scores(algebra, readout));

const target = (algebra: Algebra, readout: Pick<Readout, "range">): Node =>
  algebra.symbol("y", "target", readout.range === undefined ? [] : [boundIndex(0)]);

/** Σ_c y_c f_c */
const scores = (algebra: Algebra, readout: Readout): Node =>
  summed(readout, algebra, algebra.multiply(target(algebra, readout), readout.f));

const symbolsOf = (architecture: Architecture): { y: Node; noise: Node } => ({
  y: target(architecture.algebra, whole(architecture)),
  noise: architecture.noise ?? architecture.algebra.one,
});

/** φ_c = ∂l/∂f_c, or ∂l/∂z_c, its index 0 being c. */
function slopeOf(architecture: Architecture, readout: Readout): Node {
  const { algebra, loss } = architecture;
  if (loss !== "softmax-cross-entropy") {
    const { y, noise } = symbolsOf(architecture);
    return POINTWISE[loss].slope(algebra, readout.f, y, noise);
  }
  const share = algebra.product([
    [algebra.call("exp", [readout.f]), 1],
    [partition(algebra, readout), -1],
  ]);
  return algebra.subtract(share, target(algebra, readout));
}

/** Name of the symbols that stand for φ while the outputs are differentiated; no formula can hold it. */
const HELD = "#slope";

/** Differentiates Σ_c φ_c f_c with φ held constant, then puts φ in; unrolled where sizes are numbers. */
function createChain(
  architecture: Architecture,
  readout: Readout,
  budget: Budget,
): (derive: (paired: Node) => Node) => Node {
  const { algebra } = architecture;
  const unrolled = (node: Node): Node => (isInstance(architecture) ? expand(algebra, node, budget) : node);
  const several = readout.range !== undefined;
  const held = algebra.symbol(HELD, "target", several ? [boundIndex(0)] : []);
  const paired = unrolled(summed(readout, algebra, algebra.multiply(held, readout.f)));
  const slope = slopeOf(architecture, readout);
  const known = new Map<string, Node>();
  const slopeAt = (index: Affine | undefined): Node => {
    const key = index?.key ?? "";
    const old = known.get(key);
    if (old !== undefined) return old;
    const made = unrolled(index === undefined ? slope : substituteIndex(algebra, slope, index));
    known.set(key, made);
    return made;
  };
  const symbol = (node: SymbolNode): Node | undefined =>
    node.name === HELD ? slopeAt(node.indices[0]) : undefined;
  return (derive) => rebuild(algebra, derive(paired), { symbol });
}

/** Σ_a Δ_a ∂u/∂θ_a over the members of one family: the derivative of u(θ + tΔ) by t at t = 0. */
function along(algebra: Algebra, node: Node, family: string, budget: Budget): Node {
  if ((node.has & HAS.parameter) === 0) return algebra.zero;
  const t = algebra.symbol("#t", "step");
  const moved = rebuild(algebra, node, {
    symbol: (s) =>
      s.role === "parameter" && s.name === family
        ? algebra.add(s, algebra.multiply(t, algebra.symbol(family, "step", s.indices)))
        : undefined,
  });
  const by: Variable = { name: "#t", role: "step", indices: [], ranges: [] };
  const slope = differentiate(algebra, moved, by, budget);
  return rebuild(algebra, slope, { symbol: (s) => (s === t ? algebra.zero : undefined) });
}

const isNoise = ({ noise }: Architecture, { name }: { readonly name: string }): boolean =>
  noise?.kind === "symbol" && name === NOISE;

function noiseEquation(architecture: Architecture, budget: Budget): Node {
  const { algebra, model } = architecture;
  const { y, noise } = symbolsOf(architecture);
  const node = summed(whole(architecture), algebra, noiseSlope(algebra, model, y, noise));
  return isInstance(architecture) ? expand(algebra, node, budget) : node;
}

/** What the loss needs to be positive: a mean, a standard deviation. */
export function lossDomain(loss: Loss, algebra: Algebra, model: Node, noise: Node | undefined): Node[] {
  if (loss === "gaussian-nll") return noise?.kind === "symbol" ? [noise] : [];
  const certain = model.kind === "call" && algebra.primitives.get(model.name)?.sign === "positive";
  return loss !== "poisson" || certain || (model.has & (HAS.parameter | HAS.input)) === 0 ? [] : [model];
}
