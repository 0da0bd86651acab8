/** The contract's JSON of a tower. */
import type { Node } from "../expression/node.ts";
import { print } from "../expression/print.ts";
import { type GeneralTerm, isAbsent } from "./general.ts";
import type { Recurrences } from "./recurrence.ts";
import type { Tower } from "./tower.ts";

export const isRecurrence = (term: Tower["generalTerm"]): term is Recurrences =>
  "kind" in term && term.kind === "recurrence";

/**
 * A general term of kind `closed` has `orders`, the names of the orders by parameter, and formulas in them; of kind
 * `recurrence` it has sequences, each with its first entries and the formula of all others in the index and in entries such
 * as `s1[k - 1]`, counted from 0.
 */
export const towerJson = ({ order, loss, components, generalTerm: general }: Tower) => ({
  order,
  components: components.map(({ parameter, scope, terms }) => ({
    parameter,
    terms: terms.map((term) => ({
      order: term.order,
      monomial: term.monomial,
      coefficient: print(term.coefficient, scope),
    })),
  })),
  generalTerm: isAbsent(general)
    ? null
    : isRecurrence(general)
      ? recurrenceJson(general)
      : closedJson(general, loss === "squared"),
});

const closedJson = ({ orders, derivative }: GeneralTerm, squared: boolean) => ({
  kind: "closed" as const,
  orders: Object.fromEntries(orders.map(({ parameter, order }) => [parameter, order])),
  model: print(derivative),
  optimality: squared ? LEIBNIZ : null,
});

const recurrenceJson = ({ index, sequences, model, optimality, nonzero }: Recurrences) => ({
  kind: "recurrence" as const,
  index,
  sequences: sequences.map(({ name, initial, recurrence }) => ({
    name,
    initial: initial.map((node: Node) => print(node)),
    recurrence: print(recurrence),
  })),
  ...(model === undefined ? {} : { model: print(model) }),
  optimality: Object.fromEntries(optimality.map(({ parameter, node }) => [parameter, print(node)])),
  nonzero: nonzero.map((node) => print(node)),
});

const LEIBNIZ =
  "d^n g_a = sum over 0 <= m <= n of binomial(n, m) * d^m(f - y) * d^(n - m + e_a) f, with d^n f as in model; T_k = sum over |n| = k of Delta^n/n! * d^n g_a";
