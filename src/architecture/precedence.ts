/**
 * Operator precedence, which is mathjs's: its parser gets a run of values and operators with the values named t0, t1, ….
 */
import { create, parseDependencies } from "mathjs/number";
import { DescentError } from "../errors.ts";
import type { BinaryOperator, Span, Syntax } from "./syntax.ts";

const math = create({ ...parseDependencies });

/** A value in a run, with the tokens it extends over, its brackets included. */
export interface Piece {
  readonly syntax: Syntax;
  readonly first: number;
  readonly last: number;
}

export interface Sign {
  readonly sign: string;
}

/** What is looked at of mathjs's nodes. */
interface Parsed {
  readonly type: string;
  readonly name?: string;
  readonly op?: string;
  readonly args?: readonly Parsed[];
}

/** The tree of a run of values and operators, by mathjs's precedence. */
export function arrange(
  run: readonly (Piece | Sign)[],
  spanOf: (first: number, last: number) => Span,
): Piece {
  const [only] = run;
  if (run.length === 1 && only !== undefined && "syntax" in only) return only;
  const text = run.map((item, k) => ("sign" in item ? item.sign : `t${k}`)).join(" ");
  const order: Parsed[] = [];
  const pending: Parsed[] = [math.parse(text) as Parsed];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    order.push(node);
    if (node.args !== undefined) pending.push(...node.args);
  }
  const done: Piece[] = [];
  for (const node of order.reverse()) {
    const [right, left] = [
      node.type === "OperatorNode" ? done.pop() : undefined,
      node.args?.length === 2 ? done.pop() : undefined,
    ];
    done.push(wrap(node, left, right));
  }
  return done[0]!;

  function wrap(node: Parsed, left: Piece | undefined, right: Piece | undefined): Piece {
    const item = node.type === "SymbolNode" ? run[Number(node.name?.slice(1))] : undefined;
    if (item !== undefined && "syntax" in item) return item;
    const op = node.op;
    if (right === undefined || op === undefined)
      throw new DescentError("internal", `mathjs made a ${node.type}`);
    const first = left?.first ?? right.first - 1;
    const piece = { first, last: right.last };
    if (left === undefined && op === "+") return { ...piece, syntax: right.syntax };
    const span = spanOf(first, right.last);
    if (left === undefined && op === "-")
      return { ...piece, syntax: { kind: "negate", arg: right.syntax, span } };
    if (left === undefined || !isBinary(op))
      throw new DescentError("internal", `mathjs made the operator ${op}`);
    return { ...piece, syntax: { kind: "binary", op, left: left.syntax, right: right.syntax, span } };
  }
}

const isBinary = (op: string): op is BinaryOperator => /^[-+*/^]$/.test(op);
