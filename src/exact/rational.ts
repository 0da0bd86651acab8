/**
 * Exact rationals over BigInt, and Gaussian rationals `re + im·i`. Floats are refused at the door: the only way in
 * is text or integers.
 */
import { DescentError, quoted } from "../errors.ts";

/** A rational in lowest terms; `den > 0`. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export const ZERO: Rational = { num: 0n, den: 1n };
export const ONE: Rational = { num: 1n, den: 1n };
export const MINUS_ONE: Rational = { num: -1n, den: 1n };
export const HALF: Rational = { num: 1n, den: 2n };

/** The largest decimal exponent and the most digits a literal may have. */
export const LITERAL_LIMIT = 4000;

export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** `num/den` in lowest terms. Throws on a zero denominator or on a number that is not a safe integer. */
export function rational(num: bigint | number, den: bigint | number = 1n): Rational {
  const [n, d] = [integer(num), integer(den)];
  if (d === 0n) throw new DescentError("input", "division by zero");
  if (d === 1n) return { num: n, den: 1n };
  const g = gcd(n, d) * (d < 0n ? -1n : 1n);
  return { num: n / g, den: d / g };
}

function integer(value: bigint | number): bigint {
  if (typeof value === "bigint") return value;
  if (!Number.isSafeInteger(value)) throw new DescentError("internal", `${value} is not an exact integer`);
  return BigInt(value);
}

/**
 * A decimal literal as the rational it names.
 *
 * @example
 * parseRational("0.1"); // { num: 1n, den: 10n }
 */
export function parseRational(text: string): Rational {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null || (match[2] === "" && (match[3] ?? "") === "")) {
    throw new DescentError("input", `${quoted(text)} is not a number`, {
      accepted: "digits such as 12, 0.5, 1e-3",
    });
  }
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const power = Number(exponent) - fraction.length;
  if (whole.length + fraction.length > LITERAL_LIMIT || Math.abs(power) > LITERAL_LIMIT) {
    throw new DescentError("input", `the number ${quoted(text)} is too long`, {
      accepted: `at most ${LITERAL_LIMIT} digits and decimal exponents up to ${LITERAL_LIMIT}`,
    });
  }
  const digits = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  return power >= 0 ? rational(digits * 10n ** BigInt(power)) : rational(digits, 10n ** BigInt(-power));
}

export const isZero = (a: Rational): boolean => a.num === 0n;
export const isOne = (a: Rational): boolean => a.num === 1n && a.den === 1n;
export const isInteger = (a: Rational): boolean => a.den === 1n;
export const equal = (a: Rational, b: Rational): boolean => a.num === b.num && a.den === b.den;
export const negate = (a: Rational): Rational => ({ num: -a.num, den: a.den });
export const sign = (a: Rational): -1 | 0 | 1 => (a.num > 0n ? 1 : a.num < 0n ? -1 : 0);

export function add(a: Rational, b: Rational): Rational {
  if (a.den === 1n && b.den === 1n) return { num: a.num + b.num, den: 1n };
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

export const subtract = (a: Rational, b: Rational): Rational => add(a, negate(b));

export function multiply(a: Rational, b: Rational): Rational {
  if (a.den === 1n && b.den === 1n) return { num: a.num * b.num, den: 1n };
  return rational(a.num * b.num, a.den * b.den);
}

/** Throws on division by zero. */
export const divide = (a: Rational, b: Rational): Rational => rational(a.num * b.den, a.den * b.num);

export const compare = (a: Rational, b: Rational): -1 | 0 | 1 => sign(subtract(a, b));

/** `a^n` for an integer n; throws for 0 to a negative power, and for an n that is not a safe integer. */
export function power(a: Rational, n: number): Rational {
  const k = integer(n);
  if (k >= 0n) return { num: a.num ** k, den: a.den ** k };
  return rational(a.den ** -k, a.num ** -k);
}

/**
 * The double nearest to `a`, ties to even: subnormal where `a` is tiny, an infinity from 2^1024 − 2^970 on, a signed
 * zero up to 2^−1075.
 *
 * @example
 * toNumber(rational(1, 3)); // 1 / 3
 */
export function toNumber(a: Rational): number {
  // One division of two integers that are doubles rounds once; the quotient is far from the subnormals.
  if (a.den <= EXACT && a.num <= EXACT && a.num >= -EXACT) return Number(a.num) / Number(a.den);
  const magnitude = a.num < 0n ? -a.num : a.num;
  const binade = floorLog2(magnitude, a.den);
  if (binade > 1023) return a.num < 0n ? -Infinity : Infinity;
  if (binade < -1075) return a.num < 0n ? -0 : 0;
  const unit = Math.max(binade - 52, -1074);
  const num = unit < 0 ? magnitude << BigInt(-unit) : magnitude;
  const den = unit > 0 ? a.den << BigInt(unit) : a.den;
  const below = num / den;
  const twice = (num - below * den) * 2n;
  const significand = twice > den || (twice === den && (below & 1n) === 1n) ? below + 1n : below;
  // At most 2^53 units, so that this product is exact, or overflows where it should.
  const value = Number(significand) * 2 ** unit;
  return a.num < 0n ? -value : value;
}

/** 2^53: integers up to it are doubles. */
const EXACT = 9007199254740992n;

/** ⌊log₂(num/den)⌋ for positive integers. */
function floorLog2(num: bigint, den: bigint): number {
  const shift = bitLength(num) - bitLength(den);
  const reaches = shift >= 0 ? num >= den << BigInt(shift) : num << BigInt(-shift) >= den;
  return reaches ? shift : shift - 1;
}

/** The number of binary digits of |n|; 0 for 0. */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = (n < 0n ? -n : n).toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}

/** `3`, `-1/2`. */
export const rationalText = (a: Rational): string => (a.den === 1n ? `${a.num}` : `${a.num}/${a.den}`);

/** A Gaussian rational. */
export interface Gaussian {
  readonly re: Rational;
  readonly im: Rational;
}

export const G_ZERO: Gaussian = { re: ZERO, im: ZERO };
export const G_ONE: Gaussian = { re: ONE, im: ZERO };
export const G_I: Gaussian = { re: ZERO, im: ONE };

export const gaussian = (re: Rational, im: Rational = ZERO): Gaussian => ({ re, im });
export const gIsZero = (a: Gaussian): boolean => isZero(a.re) && isZero(a.im);
export const gIsOne = (a: Gaussian): boolean => isOne(a.re) && isZero(a.im);
export const gIsReal = (a: Gaussian): boolean => isZero(a.im);
export const gEqual = (a: Gaussian, b: Gaussian): boolean => equal(a.re, b.re) && equal(a.im, b.im);
export const gNegate = (a: Gaussian): Gaussian => ({ re: negate(a.re), im: negate(a.im) });
export const gConjugate = (a: Gaussian): Gaussian => ({ re: a.re, im: negate(a.im) });

export function gAdd(a: Gaussian, b: Gaussian): Gaussian {
  if (gIsReal(a) && gIsReal(b)) return { re: add(a.re, b.re), im: ZERO };
  return { re: add(a.re, b.re), im: add(a.im, b.im) };
}

export function gMultiply(a: Gaussian, b: Gaussian): Gaussian {
  if (gIsReal(a) && gIsReal(b)) return { re: multiply(a.re, b.re), im: ZERO };
  return {
    re: subtract(multiply(a.re, b.re), multiply(a.im, b.im)),
    im: add(multiply(a.re, b.im), multiply(a.im, b.re)),
  };
}

/** c·a for a rational c. */
export const gScaled = (a: Gaussian, c: Rational): Gaussian => ({
  re: multiply(a.re, c),
  im: multiply(a.im, c),
});

/** Throws on division by zero. */
export function gInverse(a: Gaussian): Gaussian {
  if (gIsReal(a)) return { re: divide(ONE, a.re), im: ZERO };
  const norm = add(multiply(a.re, a.re), multiply(a.im, a.im));
  return { re: divide(a.re, norm), im: negate(divide(a.im, norm)) };
}

/** `a^n` for an integer n; throws for 0 to a negative power, and for an n that is not a safe integer. */
export function gPower(a: Gaussian, n: number): Gaussian {
  if (gIsReal(a)) return { re: power(a.re, n), im: ZERO };
  let k = integer(n);
  let base = k < 0n ? gInverse(a) : a;
  if (k < 0n) k = -k;
  let result = G_ONE;
  for (; k > 0n; k >>= 1n) {
    if ((k & 1n) === 1n) result = gMultiply(result, base);
    if (k > 1n) base = gMultiply(base, base);
  }
  return result;
}

/**
 * The greatest common divisor of two Gaussian rationals: the generator of `a·Z[i] + b·Z[i]` with re > 0 and im ≥ 0, or
 * zero where both are zero. For reals it is the positive rational gcd.
 *
 * @example
 * gKey(gGcd(gaussian(rational(3, 2)), gaussian(rational(5, 4)))); // "1/4"
 */
export function gGcd(a: Gaussian, b: Gaussian): Gaussian {
  if (gIsReal(a) && gIsReal(b)) {
    const num = gcd(a.re.num * b.re.den, b.re.num * a.re.den);
    return { re: rational(num, a.re.den * b.re.den), im: ZERO };
  }
  let [x, y] = [a, b];
  // Euclid with the quotient rounded in Z[i]: the norm of the rest is at most half the norm of the divisor.
  while (!gIsZero(y)) {
    const quotient = gMultiply(x, gInverse(y));
    const rounded = gaussian({ num: nearest(quotient.re), den: 1n }, { num: nearest(quotient.im), den: 1n });
    [x, y] = [y, gAdd(x, gNegate(gMultiply(rounded, y)))];
  }
  return gMultiply(x, gUnit(x));
}

/** The power of i that turns `a` into the quadrant re > 0, im ≥ 0; 1 for zero. */
export function gUnit(a: Gaussian): Gaussian {
  let unit = G_ONE;
  for (let turned = a; !gIsZero(a) && !(turned.re.num > 0n && turned.im.num >= 0n); ) {
    unit = gMultiply(unit, G_I);
    turned = gMultiply(turned, G_I);
  }
  return unit;
}

/** ⌊a + 1/2⌋ */
function nearest(a: Rational): bigint {
  const [num, den] = [2n * a.num + a.den, 2n * a.den];
  const below = num / den;
  return num < 0n && below * den !== num ? below - 1n : below;
}

/** A key that is equal exactly for equal values. */
export const gKey = (a: Gaussian): string =>
  isZero(a.im) ? rationalText(a.re) : `${rationalText(a.re)}+${rationalText(a.im)}i`;
