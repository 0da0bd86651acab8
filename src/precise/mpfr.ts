/** The only file that knows gmp-wasm: correctly rounded reals (MPFR) to any precision, with a rounding direction. */
import { type GMPFunctions, init } from "gmp-wasm";
import type { Rational } from "../exact/rational.ts";

export type Rounding = "nearest" | "down" | "up";

/** A number held by the scope that made it; invalid after the scope ends. */
export type Real = number & { readonly brand: "MPFR" };

/** Functions of one argument by MPFR's own names. */
export const UNARY = [
  "abs",
  "neg",
  "sqrt",
  "cbrt",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tan",
  "sinh",
  "cosh",
  "tanh",
  "asin",
  "acos",
  "atan",
  "asinh",
  "acosh",
  "atanh",
  "erf",
  "erfc",
  "gamma",
  "zeta",
  "ai",
] as const;
export type Unary = (typeof UNARY)[number];
export type Binary = "add" | "sub" | "mul" | "div" | "pow" | "atan2" | "min" | "max";

/** Arithmetic on the numbers of one scope. */
export interface Reals {
  readonly bits: number;
  rational(value: Rational, rounding?: Rounding): Real;
  /** Exact where the double's 53 bits fit the precision. */
  number(value: number): Real;
  pi(rounding?: Rounding): Real;
  unary(name: Unary, a: Real, rounding?: Rounding): Real;
  binary(name: Binary, a: Real, b: Real, rounding?: Rounding): Real;
  power(a: Real, exponent: number, rounding?: Rounding): Real;
  /** The sign of a − b; 0 where one of them is not a number. */
  compare(a: Real, b: Real): number;
  sign(a: Real): number;
  isFinite(a: Real): boolean;
  toNumber(a: Real): number;
  toText(a: Real): string;
}

export interface Precise {
  /** Runs `work` with numbers of `bits` bits; all of them are freed when it ends. */
  scope<T>(bits: number, work: (reals: Reals) => T): T;
}

const MODES: Readonly<Record<Rounding, number>> = { nearest: 0, up: 2, down: 3 };

/**
 * Loads the library; each call gives an instance of its own.
 *
 * @example
 * const precise = await openPrecise();
 * precise.scope(200, (r) => r.toNumber(r.unary("exp", r.number(1)))); // 2.718281828459045
 */
export async function openPrecise(): Promise<Precise> {
  const { binding } = await init();
  return {
    scope(bits, work) {
      const made: number[] = [];
      try {
        return work(arithmetic(binding, bits, made));
      } finally {
        for (const pointer of made) {
          binding.mpfr_clear(pointer);
          binding.mpfr_t_free(pointer);
        }
      }
    },
  };
}

function arithmetic(binding: GMPFunctions, bits: number, made: number[]): Reals {
  type Op = (rop: number, ...rest: number[]) => number;
  const raw = binding as unknown as Readonly<Record<string, Op>>;
  const fresh = (): number => {
    const pointer = binding.mpfr_t();
    binding.mpfr_init2(pointer, bits);
    made.push(pointer);
    return pointer;
  };
  const apply = (name: string, rounding: Rounding | undefined, ...args: number[]): Real => {
    const result = fresh();
    raw[`mpfr_${name}`]!(result, ...args, MODES[rounding ?? "nearest"]);
    return result as Real;
  };
  return {
    bits,
    rational(value, rounding) {
      const q = binding.mpq_t();
      binding.mpq_init(q);
      binding.mpq_set_string(q, `${value.num}/${value.den}`, 10);
      const result = apply("set_q", rounding, q);
      binding.mpq_clear(q);
      binding.mpq_t_free(q);
      return result;
    },
    number: (value) => apply("set_d", "nearest", value),
    pi: (rounding) => apply("const_pi", rounding),
    unary: (name, a, rounding) => apply(name, rounding, a),
    binary: (name, a, b, rounding) => apply(name, rounding, a, b),
    power: (a, exponent, rounding) => apply("pow_si", rounding, a, exponent),
    compare: (a, b) => binding.mpfr_cmp(a, b),
    sign: (a) => binding.mpfr_sgn(a),
    isFinite: (a) => binding.mpfr_number_p(a) !== 0,
    toNumber: (a) => binding.mpfr_get_d(a, 0),
    toText: (a) => binding.mpfr_to_string(a, 10, 0),
  };
}
