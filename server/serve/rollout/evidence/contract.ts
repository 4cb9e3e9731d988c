import { z } from "zod";
import { GuardrailMetric } from "../plan/contract.ts";

const rolloutArms = ["stable", "canary", "pair"] as const;
export type RolloutArm = (typeof rolloutArms)[number];

/** A row of rollout_counts, summed over its sources. */
export const RolloutCount = z.object({
  metric: GuardrailMetric,
  bin: z.number(),
  step: z.number(),
  arm: z.enum(rolloutArms),
  weight: z.number(),
  units: z.number(),
  events: z.number(),
  misses: z.number(),
  /** Sum of values, such as costs; of pairs, the number in which the version before was good. */
  sum: z.number(),
  sumSquares: z.number(),
});
export type RolloutCount = z.infer<typeof RolloutCount>;

const ArmCount = z.object({ units: z.number(), events: z.number(), mean: z.number().nullable() });
export type ArmCount = z.infer<typeof ArmCount>;

/** How bursts of the serving version's bad units widen the comparison, as measured before and during the rollout. */
const ComparisonUnit = z.object({
  /** requests: they count one by one; minutes: they come in bursts or groups, and the evidence is widened by it. */
  unit: z.enum(["requests", "minutes"]),
  /** Correlation within a minute, measured; and the mean size of groups of bad units, 1 without groups. */
  rho: z.number(),
  groupSize: z.number(),
  /** Pairs of minutes that were compared. */
  minutes: z.number(),
  /** Factor by which the rates of gateways differ by chance, which the new version may have too; 1 where they do not. */
  gatewayFactor: z.number(),
  /** Seconds in which a fourfold rate is found at this weight, and in which it would be without bursts; null if unknown. */
  secondsToFind: z.number().nullable(),
  secondsWithoutBursts: z.number().nullable(),
});
export type ComparisonUnit = z.infer<typeof ComparisonUnit>;
/** "no-worse" and "close" are decided: close is no worse, but nearer to the limit than to the other version. */
const guardrailVerdicts = ["no-worse", "close", "inconclusive", "regression", "no-data"] as const;
export type GuardrailVerdict = (typeof guardrailVerdicts)[number];

const FactArm = z.object({
  /** Share of units that are bad, or have the event; mean for "cost"; null without units or for distributions. */
  value: z.number().nullable(),
  units: z.number(),
  events: z.number(),
});

/**
 * What is known of one guardrail, from the same requests and the same window: the only source of its numbers, verdict and sentence on
 * pages, in REST, in the decision log and in notifications.
 */
export const GuardrailFact = z.object({
  verdict: z.enum(guardrailVerdicts),
  /** Compared requests: both arms of a split, inputs that ran on both versions, or live traffic with the record of the version before. */
  basis: z.enum(["split", "pairs", "record"]),
  /** First step of the window, which ends now. For a regression, the one whose start shows it best. */
  fromStep: z.number().int(),
  /** For a window of several steps, the value is weighted like the requests of the canary, so that equal rates give equal values. */
  stable: FactArm,
  canary: FactArm,
  /** Canary to stable as a ratio, or the value of the canary itself ("share"), with its anytime-valid interval; null is no bound. */
  scale: z.enum(["ratio", "share"]),
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /**
   * Value on this scale that the verdict is about: of a regression the one that is exceeded, else the one that it has to be shown below
   * (above, for business events); null if there is none, as for distributions.
   */
  limit: z.number().nullable(),
  /** The fact in one phrase for the middle of a sentence: "errors rose 4.1×, from 0.43% to 1.7%". */
  words: z.string(),
});
export type GuardrailFact = z.infer<typeof GuardrailFact>;

/** E-values as natural logarithms; null represents minus infinity and values that do not exist. */
export const GuardrailEvidence = z.object({
  metric: GuardrailMetric,
  /** Counts of the complete rollout. */
  stable: ArmCount,
  canary: ArmCount,
  pairs: z.object({ units: z.number(), onlyCanary: z.number(), onlyStable: z.number() }),
  /** Counts of this step. */
  stepUnits: z.object({ stable: z.number(), canary: z.number(), pairs: z.number() }),
  /** Evidence of harm, and the highest it ever was. */
  logEWorse: z.number().nullable(),
  maxLogEWorse: z.number().nullable(),
  /** From which this guardrail alone is named: ln(1 / (alpha × share)). */
  logThreshold: z.number(),
  /** Evidence that it is safe in this step, at its highest, and what it needs; null where nothing can be proved. */
  maxLogESafe: z.number().nullable(),
  logSafeThreshold: z.number(),
  /** Estimate and interval of the rate ratio of canary to stable, or of the difference of means for "cost"; null is no bound. */
  ratio: z.object({ estimate: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() }),
  /** Highest evidence that an arm is beyond its floor; null without one. */
  floor: z
    .object({
      canary: z.number().nullable(),
      stable: z.number().nullable(),
      logThreshold: z.number(),
      /** Whether concurrent evidence attributes a breach to the canary; absent in evidence of earlier releases. */
      isOwn: z.boolean().optional(),
    })
    .nullable(),
  /** Unit by which the versions are compared; absent where events are taken as independent. */
  bursts: ComparisonUnit.optional(),
  /** Of "slow": the p95 of both versions in this step in milliseconds, and the interval of its difference; null is no bound. */
  p95: z
    .object({ stable: z.number(), canary: z.number(), low: z.number().nullable(), high: z.number().nullable() })
    .optional(),
  verdict: z.enum(["safe", "collecting", "harmful"]),
  /** Absent in evidence of earlier releases. */
  fact: GuardrailFact.optional(),
});
export type GuardrailEvidence = z.infer<typeof GuardrailEvidence>;

export const Evidence = z.object({
  guardrails: z.array(GuardrailEvidence),
  /** Evidence of all guardrails together, and its highest value so far. */
  combinedLogE: z.number(),
  maxCombinedLogE: z.number(),
  logThreshold: z.number(),
  /** Evidence of a sample ratio mismatch: a ratio other than the configured one. */
  srm: z.object({
    logE: z.number(),
    maxLogE: z.number(),
    logThreshold: z.number(),
    stable: z.number(),
    canary: z.number(),
  }),
});
export type Evidence = z.infer<typeof Evidence>;

/** Values that one point in time adds to the curves. */
export const EvidencePoint = z.object({
  combined: z.number(),
  srm: z.number(),
  guardrails: z.array(
    z.object({
      metric: GuardrailMetric,
      worse: z.number().nullable(),
      safe: z.number().nullable(),
      estimate: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  units: z.object({ stable: z.number(), canary: z.number() }),
});
export type EvidencePoint = z.infer<typeof EvidencePoint>;

/** A point of the curves, and when it was. */
export const RolloutPoint = EvidencePoint.extend({ at: z.date(), step: z.number().int() });
export type RolloutPoint = z.infer<typeof RolloutPoint>;
