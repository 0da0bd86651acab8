/**
 * Numbers as unevaluated sums of two doubles, |lo| at most half a unit in the last place of hi (Dekker 1971). Exponents
 * are carried in them: n·s of a hundred thousand data would lose five digits of the phase in a double. Operations that
 * overflow give what the double operation gives, without a low part.
 */
import { type Rational, rational, subtract, toNumber } from "../../exact/rational.ts";

export interface Double2 {
  readonly hi: number;
  readonly lo: number;
}

export interface Complex2 {
  readonly re: Double2;
  readonly im: Double2;
}

export const D_ZERO: Double2 = { hi: 0, lo: 0 };
export const D_ONE: Double2 = { hi: 1, lo: 0 };
/** π to 107 binary digits. */
export const D_PI: Double2 = { hi: Math.PI, lo: 1.2246467991473532e-16 };
export const C_ZERO: Complex2 = { re: D_ZERO, im: D_ZERO };

export const toDouble2 = (x: number): Double2 => ({ hi: x, lo: 0 });
export const realPart = (re: Double2): Complex2 => ({ re, im: D_ZERO });

const finite = (hi: number, lo: number): Double2 => ({ hi, lo: Number.isFinite(lo) ? lo : 0 });

/** a + b without error (Knuth). */
export function twoSum(a: number, b: number): Double2 {
  const s = a + b;
  const v = s - a;
  return finite(s, a - (s - v) + (b - v));
}

/** a + b without error where |a| ≥ |b|. */
function quickSum(a: number, b: number): Double2 {
  const s = a + b;
  return finite(s, b - (s - a));
}

const SPLIT = 134217729;

/** a·b without error, as long as nothing over- or underflows (Veltkamp, Dekker). */
export function twoProduct(a: number, b: number): Double2 {
  const p = a * b;
  const [u, v] = [SPLIT * a, SPLIT * b];
  const [ah, bh] = [u - (u - a), v - (v - b)];
  const [al, bl] = [a - ah, b - bh];
  return finite(p, al * bl - (p - ah * bh - al * bh - ah * bl));
}

export function add2(a: Double2, b: Double2): Double2 {
  const s = twoSum(a.hi, b.hi);
  const t = twoSum(a.lo, b.lo);
  const u = quickSum(s.hi, s.lo + t.hi);
  return quickSum(u.hi, u.lo + t.lo);
}

export const negate2 = (a: Double2): Double2 => ({ hi: -a.hi, lo: -a.lo });

export function multiply2(a: Double2, b: Double2): Double2 {
  const p = twoProduct(a.hi, b.hi);
  return quickSum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

/** n·a for a double n. */
export function scale2(n: number, a: Double2): Double2 {
  const p = twoProduct(n, a.hi);
  return quickSum(p.hi, p.lo + n * a.lo);
}

export function divide2(a: Double2, b: Double2): Double2 {
  const q = a.hi / b.hi;
  const rest = add2(a, negate2(scale2(q, b)));
  return quickSum(q, rest.hi / b.hi);
}

/** The nearest sum of two doubles, nearly; exact for dyadic numbers that fit. */
export function rational2(q: Rational): Double2 {
  const hi = toNumber(q);
  return Number.isFinite(hi) ? { hi, lo: toNumber(subtract(q, exactly(hi))) } : { hi, lo: 0 };
}

/** A double as a fraction. */
function exactly(x: number): Rational {
  let [value, power] = [x, 0];
  while (!Number.isInteger(value)) {
    value *= 2;
    power++;
  }
  return rational(BigInt(value), 1n << BigInt(power));
}

export const addC = (a: Complex2, b: Complex2): Complex2 => ({ re: add2(a.re, b.re), im: add2(a.im, b.im) });

const isReal = (a: Complex2): boolean => a.im.hi === 0 && a.im.lo === 0;

export function multiplyC(a: Complex2, b: Complex2): Complex2 {
  if (isReal(a)) {
    if (isReal(b)) return realPart(multiply2(a.re, b.re));
    return { re: multiply2(a.re, b.re), im: multiply2(a.re, b.im) };
  }
  if (isReal(b)) return multiplyC(b, a);
  return {
    re: add2(multiply2(a.re, b.re), negate2(multiply2(a.im, b.im))),
    im: add2(multiply2(a.re, b.im), multiply2(a.im, b.re)),
  };
}

/** 1/a. */
export function invertC(a: Complex2): Complex2 {
  if (isReal(a)) return realPart(divide2(D_ONE, a.re));
  const norm = add2(multiply2(a.re, a.re), multiply2(a.im, a.im));
  return { re: divide2(a.re, norm), im: divide2(negate2(a.im), norm) };
}

export const conjugateC = (a: Complex2): Complex2 => ({ re: a.re, im: negate2(a.im) });

export const scaleC = (n: number, a: Complex2): Complex2 => ({
  re: scale2(n, a.re),
  im: isReal(a) ? D_ZERO : scale2(n, a.im),
});

export const timesC = (a: Double2, b: Complex2): Complex2 => multiplyC(realPart(a), b);

/** A complex number in doubles. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** e^a, correct to a few units in the last place however large the angle is. */
export function exponential(a: Complex2): Complex {
  const size = Math.exp(a.re.hi) * (1 + a.re.lo);
  if (isReal(a)) return { re: size, im: 0 };
  const [c, s] = [Math.cos(a.im.hi), Math.sin(a.im.hi)];
  return { re: size * (c - a.im.lo * s), im: size * (s + a.im.lo * c) };
}
