/**
 * The only file that knows gmp-wasm: correctly rounded reals (MPFR) to any precision, with a rounding direction.
 *
 * Memory is explicit, since the collector does not see the library's heap. A number belongs to the `Reals` whose
 * operation made it, and all numbers of a scope are freed when it ends. What has to outlive an inner scope is made by
 * an operation of the outer one, `outer.copy(x)` in the simplest case. No number is ever changed, and using one whose
 * scope has ended is an error.
 */
import { type GMPFunctions, init } from "gmp-wasm";
import { DescentError } from "../errors.ts";
import type { Rational } from "../exact/rational.ts";

export type Rounding = "nearest" | "down" | "up";

declare const heldByMpfr: unique symbol;

/** A number held by the scope that made it. */
export interface Real {
  readonly [heldByMpfr]: true;
}

/** What a `Real` is here: where it lies in the library's heap, 0 once it is freed. */
interface Handle {
  pointer: number;
}

/** Functions of one argument, and what MPFR calls them. `round` takes halves away from zero. */
const UNARY = {
  abs: "abs",
  neg: "neg",
  sqrt: "sqrt",
  cbrt: "cbrt",
  exp: "exp",
  expm1: "expm1",
  log: "log",
  log1p: "log1p",
  sin: "sin",
  cos: "cos",
  tan: "tan",
  sinh: "sinh",
  cosh: "cosh",
  tanh: "tanh",
  asin: "asin",
  acos: "acos",
  atan: "atan",
  asinh: "asinh",
  acosh: "acosh",
  atanh: "atanh",
  erf: "erf",
  erfc: "erfc",
  gamma: "gamma",
  /** log |Γ| */
  lgamma: "lgamma",
  zeta: "zeta",
  airyai: "ai",
  floor: "rint_floor",
  ceil: "rint_ceil",
  round: "rint_round",
  /** The number itself, rounded to the precision asked for. */
  copy: "set",
} as const;

/** `atan2(y, x)`; `min` and `max` take the other argument where one is not a number. */
const BINARY = ["add", "sub", "mul", "div", "pow", "atan2", "min", "max"] as const;

export type Unary = keyof typeof UNARY;
const UNARY_NAMES = Object.keys(UNARY) as Unary[];
export type Binary = (typeof BINARY)[number];

type UnaryOperations = { readonly [N in Unary]: (a: Real, rounding?: Rounding) => Real };
type BinaryOperations = { readonly [N in Binary]: (a: Real, b: Real, rounding?: Rounding) => Real };

/** Arithmetic on the numbers of one scope; every result is rounded once, to `bits` bits, to nearest unless told. */
export type Reals = Core & UnaryOperations & BinaryOperations;

interface Core {
  readonly bits: number;
  /** The same scope with another precision. */
  at(bits: number): Reals;
  rational(value: Rational, rounding?: Rounding): Real;
  /** The double itself: held in 53 bits where `bits` is less. */
  number(value: number): Real;
  pi(rounding?: Rounding): Real;
  e(rounding?: Rounding): Real;
  unary(name: Unary, a: Real, rounding?: Rounding): Real;
  binary(name: Binary, a: Real, b: Real, rounding?: Rounding): Real;
  /** a^exponent; throws where the exponent is not a safe integer. */
  power(a: Real, exponent: number, rounding?: Rounding): Real;
  /** The Bessel function J of an integer order below 2^31 in absolute value; throws for others. */
  jn(order: number, a: Real, rounding?: Rounding): Real;
  /** The sign of a − b; NaN where one of them is not a number. */
  compare(a: Real, b: Real): number;
  /** NaN where `a` is not a number. */
  sign(a: Real): number;
  isFinite(a: Real): boolean;
  isNaN(a: Real): boolean;
  isInteger(a: Real): boolean;
  /** The bits of its significand. */
  precision(a: Real): number;
  /** The k with 2^(k−1) ≤ |a| < 2^k; −∞ for 0, ∞ for what is not finite. */
  exponent(a: Real): number;
  /** The nearest double, ties to even. */
  toNumber(a: Real): number;
  /** `digits` significant decimal digits, rounded to nearest; without them, as many as tell numbers of its precision apart. */
  toText(a: Real, digits?: number): string;
}

/** What it makes itself, outside of scopes, lives until `close`. */
export type Precise = Reals & Library;

interface Library {
  /** Runs `work` with a `Reals` whose numbers are freed when `work` returns or throws; `work` must not be async. */
  scope<T>(work: (reals: Reals) => T): T;
  scope<T>(bits: number, work: (reals: Reals) => T): T;
  close(): void;
  /** The size of the library's heap, which is one for the whole process. */
  readonly heapBytes: number;
}

/** Precisions beyond this are slips. */
export const MOST_BITS = 1_000_000;

const MODES: Readonly<Record<Rounding, number>> = { nearest: 0, up: 2, down: 3 };

/**
 * Loads the library. `bits` is the precision of what is made outside of scopes, and of scopes that name none.
 *
 * @throws DescentError `input` for a precision that is not an integer from 2 to a million
 * @example
 * const precise = await openPrecise(200);
 * precise.scope((r) => r.toText(r.exp(r.number(1)), 50)); // "2.7182818284590452353602874713526624977572470937"
 */
export async function openPrecise(bits = 128): Promise<Precise> {
  const { binding } = await init();
  const counter = binding.malloc(8);
  const root: Arena = { made: [], open: true };
  return {
    ...arithmetic(binding, counter, root, bits),
    scope<T>(first: number | ((reals: Reals) => T), second?: (reals: Reals) => T): T {
      const [width, work] = typeof first === "number" ? [first, second!] : [bits, first];
      const arena: Arena = { made: [], open: true };
      try {
        const result = work(arithmetic(binding, counter, arena, width));
        if (result instanceof Promise) throw new DescentError("internal", "a scope was given async work");
        return result;
      } finally {
        free(binding, arena);
      }
    },
    close: () => free(binding, root),
    get heapBytes() {
      return binding.mem.length;
    },
  };
}

interface Arena {
  made: Handle[];
  open: boolean;
}

function free(binding: GMPFunctions, arena: Arena): void {
  for (const handle of arena.made) {
    binding.mpfr_clear(handle.pointer);
    binding.mpfr_t_free(handle.pointer);
    handle.pointer = 0;
  }
  arena.made = [];
  arena.open = false;
}

function arithmetic(binding: GMPFunctions, counter: number, arena: Arena, bits: number): Reals {
  if (!Number.isInteger(bits) || bits < 2 || bits > MOST_BITS) {
    throw new DescentError("input", `${bits} is not a precision`, { accepted: `2 to ${MOST_BITS} bits` });
  }
  type Operation = (result: number, ...rest: number[]) => number;
  const raw = binding as unknown as Readonly<Record<`mpfr_${string}`, Operation>>;
  const address = (a: Real): number => {
    const { pointer } = a as unknown as Handle;
    if (!pointer) throw new DescentError("internal", "a number was used after its scope had ended");
    return pointer;
  };
  const fresh = (width = bits): Handle => {
    if (!arena.open) throw new DescentError("internal", "a number was made in a scope that has ended");
    const pointer = binding.mpfr_t();
    binding.mpfr_init2(pointer, width);
    const handle: Handle = { pointer };
    arena.made.push(handle);
    return handle;
  };
  const apply = (name: string, rounding: Rounding | undefined, ...args: number[]): Real => {
    const result = fresh();
    raw[`mpfr_${name}`]!(result.pointer, ...args, MODES[rounding ?? "nearest"]);
    return result as unknown as Real;
  };
  const number = (value: number): Real => {
    const result = fresh(Math.max(bits, 53));
    binding.mpfr_set_d(result.pointer, value, 0);
    return result as unknown as Real;
  };
  const unary = (name: Unary, a: Real, rounding?: Rounding): Real =>
    name === "lgamma"
      ? apply("lgamma", rounding, counter, address(a))
      : apply(UNARY[name], rounding, address(a));
  const binary = (name: Binary, a: Real, b: Real, rounding?: Rounding): Real =>
    apply(name, rounding, address(a), address(b));
  const undefinedAt = (a: Real): boolean => binding.mpfr_nan_p(address(a)) !== 0;
  // The library's `long` has 32 bits and wraps around in silence.
  const fits = (n: number): boolean => Number.isInteger(n) && Math.abs(n) < 2 ** 31;

  const core: Core = {
    bits,
    at: (width) => arithmetic(binding, counter, arena, width),
    rational(value, rounding) {
      const [num, den] = [Number(value.num), Number(value.den)];
      // A quotient of exact numbers is rounded once.
      if (Number.isSafeInteger(num) && Number.isSafeInteger(den)) {
        return den === 1 && bits >= 53 ? number(num) : binary("div", number(num), number(den), rounding);
      }
      const q = binding.mpq_t();
      binding.mpq_init(q);
      binding.mpq_set_string(q, `${value.num}/${value.den}`, 10);
      const result = apply("set_q", rounding, q);
      binding.mpq_clear(q);
      binding.mpq_t_free(q);
      return result;
    },
    number,
    pi: (rounding) => apply("const_pi", rounding),
    e: (rounding) => unary("exp", number(1), rounding),
    unary,
    binary,
    power(a, exponent, rounding) {
      if (!Number.isSafeInteger(exponent)) {
        throw new DescentError("internal", `the exponent ${exponent} is not an exact integer`);
      }
      return fits(exponent)
        ? apply("pow_si", rounding, address(a), exponent)
        : binary("pow", a, number(exponent), rounding);
    },
    jn(order, a, rounding) {
      if (!fits(order)) throw new DescentError("internal", `${order} is not an order of jn`);
      return apply("jn", rounding, order, address(a));
    },
    compare: (a, b) =>
      undefinedAt(a) || undefinedAt(b) ? Number.NaN : Math.sign(binding.mpfr_cmp(address(a), address(b))),
    sign: (a) => (undefinedAt(a) ? Number.NaN : Math.sign(binding.mpfr_sgn(address(a)))),
    isFinite: (a) => binding.mpfr_number_p(address(a)) !== 0,
    isNaN: undefinedAt,
    isInteger: (a) => binding.mpfr_integer_p(address(a)) !== 0,
    precision: (a) => binding.mpfr_get_prec(address(a)),
    exponent(a) {
      if (binding.mpfr_regular_p(address(a)) !== 0) return binding.mpfr_get_exp(address(a));
      return binding.mpfr_zero_p(address(a)) !== 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    },
    toNumber: (a) => binding.mpfr_get_d(address(a), 0),
    toText: (a, digits) => decimal(binding, counter, address(a), digits),
  };
  return Object.assign(core, named(unary, binary));
}

/** Every operation under its own name. */
function named(unary: Core["unary"], binary: Core["binary"]): UnaryOperations & BinaryOperations {
  const operations: Record<string, unknown> = {};
  for (const name of UNARY_NAMES)
    operations[name] = (a: Real, rounding?: Rounding) => unary(name, a, rounding);
  for (const name of BINARY) {
    operations[name] = (a: Real, b: Real, rounding?: Rounding) => binary(name, a, b, rounding);
  }
  return operations as unknown as UnaryOperations & BinaryOperations;
}

/** As JavaScript writes numbers: positional for decimal exponents from −6 to 20, without trailing zeros. */
function decimal(binding: GMPFunctions, counter: number, pointer: number, digits?: number): string {
  if (binding.mpfr_number_p(pointer) === 0) return `${binding.mpfr_get_d(pointer, 0)}`;
  if (binding.mpfr_zero_p(pointer) !== 0) return "0";
  const text = binding.mpfr_get_str(0, counter, 10, digits ?? 0, pointer, 0);
  const written = new TextDecoder().decode(binding.mem.subarray(text, binding.mem.indexOf(0, text)));
  binding.mpfr_free_str(text);
  const point = binding.memView.getInt32(counter, true);
  const sign = written.startsWith("-") ? "-" : "";
  const significant = written.slice(sign.length).replace(/0+$/, "");
  if (point > 21 || point < -5) {
    const fraction = significant.slice(1);
    return `${sign}${significant.charAt(0)}${fraction === "" ? "" : `.${fraction}`}e${point - 1}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${significant}`;
  const whole = significant.slice(0, point).padEnd(point, "0");
  return `${sign}${whole}${significant.length > point ? `.${significant.slice(point)}` : ""}`;
}
