/** Characters and modes: what a lattice form is written in. */
import type { Polynomial } from "../../exact/polynomial.ts";
import type { Node } from "../../expression/node.ts";

/** z = exp(s h) along one input; a complex one stands for its conjugate too. */
export interface Character {
  /** s, a polynomial in the parameters or in functions of them. */
  readonly exponent: Polynomial;
  readonly rate: Node;
  readonly real: boolean;
}

/** A character of an input, or its conjugate. */
export interface Reference {
  readonly character: number;
  readonly bar: boolean;
}

export interface Mode {
  /** L, the part of the exponent that is free of the inputs. */
  readonly exponent: Polynomial;
  readonly constant: Node;
  /** One character for each input: s_i is its rate, or the conjugate. The last complex one is not barred. */
  readonly characters: readonly Reference[];
  /** s_i as they stand in this mode. */
  readonly rates: readonly Node[];
}

/** C·x^k in a mode; C is complex. */
export interface ModeTerm {
  readonly mode: number;
  readonly powers: readonly number[];
  readonly coefficient: Node;
}
