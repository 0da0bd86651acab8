/**
 * Discs in the complex plane, in doubles: each result holds all values of the operation on its operands. A disc of infinite
 * radius says only that the value is analytic. Midpoint-radius arithmetic (Petković and Petković, Complex Interval Arithmetic,
 * 1998, ch. 1), every radius enlarged beyond the rounding errors.
 */
export interface Disc {
  readonly re: number;
  readonly im: number;
  readonly radius: number;
}

/** Of the sizes of the numbers that enter an operation; a few roundings each. */
const SLACK = 2 ** -46;

const hypot = (re: number, im: number): number => Math.hypot(re, im);
export const size = ({ re, im }: Disc): number => hypot(re, im);

/** What is analytic, with values that are not known. */
export const ANALYTIC: Disc = { re: 0, im: 0, radius: Number.POSITIVE_INFINITY };

function disc(re: number, im: number, radius: number, error: number): Disc {
  const total = (radius + error * SLACK) * (1 + SLACK);
  return Number.isFinite(re) && Number.isFinite(im) && Number.isFinite(total)
    ? { re, im, radius: total }
    : ANALYTIC;
}

export const point = (re: number, im = 0): Disc => ({ re, im, radius: 0 });

/** A number that was rounded to doubles. */
export const rounded = (re: number, im = 0): Disc => disc(re, im, 0, hypot(re, im));

export const add = (a: Disc, b: Disc): Disc =>
  disc(a.re + b.re, a.im + b.im, a.radius + b.radius, size(a) + size(b));

export const multiply = (a: Disc, b: Disc): Disc =>
  disc(
    a.re * b.re - a.im * b.im,
    a.re * b.im + a.im * b.re,
    size(a) * b.radius + size(b) * a.radius + a.radius * b.radius,
    size(a) * size(b),
  );

/** 1/z; undefined where 0 may be a value. */
export function inverse({ re, im, radius }: Disc): Disc | undefined {
  const modulus = hypot(re, im);
  if (!(modulus * (1 - SLACK) > radius)) return undefined;
  // The exact image of a disc: its centre is conj(c)/(|c|² − r²).
  const below = (modulus - radius) * (modulus + radius);
  return disc(re / below, -im / below, radius / below, modulus / below);
}

export function exponential({ re, im, radius }: Disc): Disc {
  const modulus = Math.exp(re);
  // An argument's rounding error shows in the phase.
  const error = modulus * (1 + Math.abs(re) + Math.abs(im));
  return disc(modulus * Math.cos(im), modulus * Math.sin(im), modulus * Math.expm1(radius), error);
}

/** A branch that is analytic on the disc; undefined where 0 may be a value. */
export function logarithm({ re, im, radius }: Disc): Disc | undefined {
  const modulus = hypot(re, im);
  if (!(modulus * (1 - SLACK) > radius)) return undefined;
  const value = Math.log(modulus);
  return disc(value, Math.atan2(im, re), -Math.log1p(-radius / modulus), Math.abs(value) + 4);
}
