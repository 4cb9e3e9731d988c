import { z } from "zod";
import { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";

const outcomeVerdicts = ["helped", "harmed", "no-difference", "not-known"] as const;

/**
 * Whether the candidate of an adopted cycle was better than its champion would have been. Values are in the unit of the metric, a share from 0 to 1;
 * a positive difference is better, also of a metric of which less is better.
 */
export const RetrainingOutcome = z.object({
  /** Better or worse where the interval excludes zero; "not-known" where too few labels came. */
  verdict: z.enum(outcomeVerdicts),
  /** "accuracy"; null where it is not known. */
  metric: QualityMetric.nullable(),
  /** What the champion would have had: by the arms of the rollout, or by its own last week before it. */
  compared: z.enum(["rollout", "before"]).nullable(),
  champion: z.number().nullable(),
  candidate: z.number().nullable(),
  difference: z.number().nullable(),
  /** 95% interval of the difference. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Labelled predictions of the candidate. */
  rows: z.number(),
  /** What the training job of the cycle cost; null without a price. */
  cost: z.number().nullable(),
  currency: z.string().nullable(),
  /** Days from the end of the training data to the adoption; null where it is not known. */
  dataAgeDays: z.number().nullable(),
  /** One sentence with these numbers. */
  words: z.string(),
  /** ISO time. */
  at: z.string(),
});
export type RetrainingOutcome = z.infer<typeof RetrainingOutcome>;

/** What a cycle started from: the trigger of its first evidence, or a person. */
export const triggerKinds = ["drift", "quality", "slo", "labels", "dataset", "schedule", "person"] as const;
export type TriggerKind = (typeof triggerKinds)[number];

const GainsPart = z.object({
  /** Ended cycles, and those of them whose candidate was adopted. */
  cycles: z.int(),
  adopted: z.int(),
  /** Adopted ones by their outcomes; those without one wait for labels. */
  helped: z.int(),
  harmed: z.int(),
  noDifference: z.int(),
  notKnown: z.int(),
  /**
   * Differences of all measured outcomes, those that harmed or made no difference too: their sum, and the mean of one adoption. In the unit of the
   * metric, a share from 0 to 1. Null without a measured one.
   */
  gained: z.object({ sum: z.number(), mean: z.number() }).nullable(),
  /** What their training jobs cost, adopted or not; null where one has no price, or prices are in several currencies. */
  cost: z.number().nullable(),
  currency: z.string().nullable(),
});
export type GainsPart = z.infer<typeof GainsPart>;

/** What the ended cycles of a policy came to, the newest 500. */
export const PolicyGains = GainsPart.extend({
  /** Metric of the newest measured outcome; outcomes of other metrics are not added to it. Null without one. */
  metric: QualityMetric.nullable(),
  /** Cost of one percentage point, of a metric that is no share of one unit; null unless something was gained in sum. */
  costPerPoint: z.number().nullable(),
  byTrigger: z.array(GainsPart.extend({ trigger: z.enum(triggerKinds) })),
  /** One or two sentences: what it came to, and which condition would help. */
  words: z.string(),
});
export type PolicyGains = z.infer<typeof PolicyGains>;
