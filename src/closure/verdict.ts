/** What a verdict carries. The shape is the JSON of `check --json`. */
import type { Certificate, LadderCertificate, Lower } from "./certificate.ts";
import type { SeparabilityWitness } from "./separability.ts";

export const TIERS = [
  "polynomial",
  "exponential-polynomial",
  "addition-theorem",
  "cascade",
  "holonomic",
  "differentially-algebraic",
  "outside",
  "undecided",
] as const;

export type Tier = (typeof TIERS)[number];
export type Membership = "strict" | "extended" | "partial" | "outside" | "undecided";

export interface Exception {
  /** The other open sizes are 2 or more. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly tier: Tier;
  /** A spelling of the model at these sizes, the other ones being 2, that shows the tier; above linear closure. */
  readonly form?: string;
}

export interface Verdict {
  readonly architecture: {
    readonly name: string;
    readonly model: string;
    readonly inputs: readonly string[];
    readonly parameters: readonly string[];
    readonly sizes: Readonly<Record<string, number>>;
    /** The sizes that are open. */
    readonly openSizes: readonly string[];
    /** The index of several outputs, which is free in the model, and their number. */
    readonly output?: { readonly index: string; readonly size: number | string };
  };
  readonly loss: string;
  /** Of the optimality condition for the stated loss. */
  readonly tier: Tier;
  readonly membership: Membership;
  readonly separable: {
    readonly holds: boolean | null;
    readonly rank: number | string | null;
    readonly reason: string;
    /** A minor that is not zero, where it does not hold. */
    readonly witness?: SeparabilityWitness;
  };
  readonly analytic: {
    readonly holds: boolean | null;
    readonly radius: "infinite" | "finite" | null;
    /** Conditions on parameters and inputs under which the verdict holds. */
    readonly domain: readonly string[];
  };
  readonly parameters: readonly { readonly name: string; readonly tier: Tier }[];
  readonly closedIn: readonly string[];
  /** Degrees at which the towers of f and of its optimality condition end; null where they do not. */
  readonly terminates: {
    readonly model: number | string | null;
    readonly optimality: number | string | null;
  };
  readonly sufficientStatistics: "moments" | "lattice" | "none";
  /** Linear recurrence of the model's outputs on a lattice of the one input. */
  readonly direct: { readonly holds: boolean | null; readonly recurrenceOrder: number | string | null };
  /** Sizes for which a verdict with open sizes differs. */
  readonly exceptions?: readonly Exception[];
  /**
   * Whether it holds for all other sizes, or for generic ones: where a size occurs as a value, as in (n − 3)·exp(w), it may fail
   * for finitely many numbers, or for pairs such as n = m, beyond those that were tried.
   */
  readonly scope?: "all" | "generic";
  readonly certificate: Certificate | LadderCertificate | null;
  readonly obstruction: Obstruction | null;
}

export type Obstruction =
  | { readonly kind: "undecided"; readonly reason: string }
  /** The model depends on a function that satisfies no algebraic differential equation. */
  | {
      readonly kind: "hypertranscendental";
      readonly reason: string;
      readonly theorem: string;
      readonly lower: Lower;
    }
  /** The model is not analytic at these points: one for each family of parameters that meets a kink. */
  | { readonly kind: "kink"; readonly reason: string; readonly witnesses: readonly Witness[] };

/** One-sided derivatives of the model along a direction that differ. */
export interface Witness {
  readonly function: string;
  readonly argument: string;
  /** Parameters and inputs, as rationals `p/q`. */
  readonly point: Readonly<Record<string, string>>;
  /** A coordinate that the point lacks: the one zero of `argument` between two rationals. */
  readonly bracket?: Readonly<Record<string, readonly [string, string]>>;
  readonly direction: Readonly<Record<string, number>>;
  /** All lower orders agree. */
  readonly order: number;
  /** In decimals; `inf` or `-inf` where the difference quotients diverge. */
  readonly left: string;
  readonly right: string;
  /** With open sizes: values of members with an index ≥ 2, all others of them being 0; the point holds those at index 1. */
  readonly restriction?: readonly {
    readonly family: string;
    readonly indices: readonly ("1" | ">=2")[];
    readonly value: string;
  }[];
}

export function membershipOf(tier: Tier): Membership {
  switch (tier) {
    case "polynomial":
    case "exponential-polynomial":
    case "addition-theorem":
      return "strict";
    case "cascade":
      return "extended";
    case "holonomic":
    case "differentially-algebraic":
      return "partial";
    default:
      return tier;
  }
}
