/** Calls of primitives: the code of their rows, and the cascade through them. */
import { DescentError, quoted } from "../errors.ts";
import { toNumber } from "../exact/rational.ts";
import { instantiateTerm } from "../expression/differentiate.ts";
import { type Algebra, type CallNode, HAS, type Node, postorder } from "../expression/node.ts";
import type { Cascade, Target } from "../primitives/primitive.ts";
import type { Term } from "../primitives/term.ts";
import { hasSlot, sharedParts } from "./parts.ts";
import { addValue, multiplyValue, numberValue, operation, subtractValue, type Value } from "./program.ts";
import type { Bound } from "./scopes.ts";

export type Mode = "base" | "shifted" | "increment";

export interface Calls {
  /** A call in one of its three values. */
  callValue(node: CallNode, mode: Mode, env: readonly Bound[]): Value;
  /** A function of values by the target's code. */
  code(name: string, args: readonly Value[]): Value;
  /** A row's code as a value; what stands in it several times is computed once. */
  term(whole: Term, slot: (name: string) => Value): Value;
}

/** Whether the code of a row follows its second argument. */
const movesSecond = (cascade: Cascade): boolean =>
  "by" in cascade ? hasSlot(cascade.by, "v") : hasSlot(cascade.increment, "dv");

const holdsCall = (node: Node): boolean =>
  postorder(node).some((part) => part.kind === "call" && (part.has & HAS.parameter) !== 0);

/** `value` gives the arguments' values, `local` names one. */
export function createCalls(
  algebra: Algebra,
  target: Target,
  local: (value: Value) => Value,
  value: (node: Node, mode: Mode, env: readonly Bound[]) => Value,
): Calls {
  /**
   * Where a saturated argument falls below half of its value, the rounding of that value would be all of s + e: the
   * shifted value itself is nearer.
   */
  function nearer(before: Value, after: Value, s: Value, e: Value): readonly [Value, Value] {
    const abs = (x: Value): Value => ({ kind: "call", name: "abs", args: [x] });
    const left = local(multiplyValue(numberValue(2), abs(after)));
    const choose = (yes: Value, no: Value): Value =>
      local({ kind: "less", left, right: abs(before), yes, no });
    return [choose(after, s), choose(numberValue(0), e)];
  }

  function callValue(node: CallNode, mode: Mode, env: readonly Bound[]): Value {
    const row = algebra.primitives.get(node.name)!;
    if (mode === "base")
      return code(
        node.name,
        node.args.map((arg) => value(arg, "base", env)),
      );
    const { cascade } = row;
    const [first, second] = node.args;
    const moves = second !== undefined && (second.has & HAS.parameter) !== 0;
    if (cascade === undefined || (moves && !movesSecond(cascade))) {
      throw new DescentError("unsupported", `${quoted(node.name)} of a parameter cannot be emitted yet`);
    }
    if ("by" in cascade) {
      const slots = { u: first!, ...(second === undefined ? {} : { v: second }) };
      return value(instantiateTerm(algebra, cascade.by, slots), mode, env);
    }
    const twoSum = (arg: Node, half: boolean): readonly [Value, Value] => {
      const a = value(arg, "base", env);
      const full = value(arg, "increment", env);
      const b = half ? local(multiplyValue(numberValue(0.5), full)) : full;
      const s = local(addValue(a, b));
      const t = local(subtractValue(s, a));
      const e = local(addValue(subtractValue(a, subtractValue(s, t)), subtractValue(b, t)));
      return half || !holdsCall(arg) ? [s, e] : nearer(a, value(arg, "shifted", env), s, e);
    };
    const sums: Readonly<Record<string, readonly [names: readonly [string, string], arg: Node | undefined]>> =
      {
        s: [["s", "e"], first],
        h: [["hs", "he"], first],
        t: [["t", "f"], second],
      };
    const made = new Map<string, Value>();
    const slot = (name: string): Value => {
      const known = made.get(name);
      if (known !== undefined) return known;
      const sum = Object.entries(sums).find(([, [names]]) => names.includes(name));
      if (sum !== undefined) {
        const [kind, [names, arg]] = sum;
        twoSum(arg!, kind === "h").forEach((part, k) => void made.set(names[k]!, part));
        return made.get(name)!;
      }
      if (name === "u") return value(first!, "base", env);
      if (name === "v") return value(second!, "base", env);
      if (name === "du") return value(first!, "increment", env);
      if (name === "dv") return value(second!, "increment", env);
      return value(node, name as Mode, env);
    };
    return term(mode === "shifted" ? cascade.shifted : cascade.increment, slot);
  }

  /** A row's code as a value; what stands in it several times is computed once. */
  function term(whole: Term, slot: (name: string) => Value): Value {
    const shared = new Map<Term, Value | undefined>([...sharedParts(whole)].map((part) => [part, undefined]));
    const visit = (part: Term): Value => {
      if (!shared.has(part)) return termPart(part, slot, visit);
      const made = shared.get(part) ?? local(termPart(part, slot, visit));
      shared.set(part, made);
      return made;
    };
    return visit(whole);
  }

  function termPart(part: Term, slot: (name: string) => Value, term: (part: Term) => Value): Value {
    switch (part.kind) {
      case "number":
        return numberValue(toNumber(part.value));
      case "slot":
        return slot(part.name);
      case "constant":
        if (part.name === "pi") return numberValue(Math.PI);
        throw new DescentError("internal", "a complex constant in a row's code");
      case "operation":
        return operation(part.op, term(part.args[0]), term(part.args[1]));
      case "call":
        return code(part.name, part.args.map(term));
      case "less":
        return {
          kind: "less",
          left: local(term(part.left)),
          right: term(part.right),
          yes: term(part.yes),
          no: term(part.no),
        };
    }
  }

  function code(name: string, args: readonly Value[]): Value {
    const rule = algebra.primitives.get(name)!.code[target];
    if (rule === null) throw new DescentError("unsupported", `${quoted(name)} has no ${target} code yet`);
    if ("native" in rule) return { kind: "call", name, args };
    const slots = new Map([
      ["u", local(args[0]!)],
      ...(args[1] === undefined ? [] : [["v", local(args[1])] as const]),
    ]);
    return term(rule.lower, (slot) => slots.get(slot)!);
  }

  return { callValue, code, term };
}
