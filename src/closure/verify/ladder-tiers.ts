/** What the tiers above linear closure say of each other. */
import type { LadderCertificateDocument } from "./ladder-read.ts";

export const KINDS: Readonly<Record<LadderCertificateDocument["kind"], string>> = {
  polynomial: "polynomial",
  "exponential-polynomial": "exponential-polynomial",
  "addition-theorem": "addition-theorem",
  cascade: "cascade",
  holonomic: "holonomic",
  "differential-ring": "differentially-algebraic",
};
export const MEMBERSHIPS: Readonly<Record<string, string>> = {
  polynomial: "strict",
  "exponential-polynomial": "strict",
  "addition-theorem": "strict",
  cascade: "extended",
  holonomic: "partial",
  "differentially-algebraic": "partial",
  outside: "outside",
};
/** What a tier's lower bound must refute: no other tier holds all lower ones. */
export const REFUTED: Readonly<Record<string, readonly string[]>> = {
  polynomial: [],
  "exponential-polynomial": ["polynomial"],
  "addition-theorem": ["exponential-polynomial"],
  cascade: ["addition-theorem"],
  holonomic: ["cascade"],
  "differentially-algebraic": ["cascade", "holonomic"],
  outside: ["differentially-algebraic"],
};
/** Tiers that hold all functions of a tier. */
export const WITHIN: Readonly<Record<string, readonly string[]>> = {
  polynomial: [
    "exponential-polynomial",
    "addition-theorem",
    "cascade",
    "holonomic",
    "differentially-algebraic",
  ],
  "exponential-polynomial": ["addition-theorem", "cascade", "holonomic", "differentially-algebraic"],
  "addition-theorem": ["cascade", "differentially-algebraic"],
  cascade: ["differentially-algebraic"],
  holonomic: ["differentially-algebraic"],
};
