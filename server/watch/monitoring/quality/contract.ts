import { z } from "zod";
import { dayMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { qualityStates } from "./metrics/constants.ts";
import { QualityMetric, TaskKind } from "./metrics/contract.ts";

/**
 * Metric with its 95% interval: the range that labels would give again, or that pending labels will give. The limits are null for metrics
 * without a formula.
 */
export const Measured = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Number of rows that the value is based on. */
  rows: z.number(),
});
export type Measured = z.infer<typeof Measured>;

export type Metrics = Partial<Record<QualityMetric, Measured>>;

const endpointId = z.uuid();

/** Range of at most 400 days, which is read in that many steps. */
export const ListQuality = z
  .object({ from: Instant, to: Instant })
  .refine(({ from, to }) => from < to, { error: "The start must be before the end.", path: ["to"] })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= 400 * dayMs, {
    error: "The range can be at most 400 days.",
    path: ["from"],
  });
export type ListQuality = z.input<typeof ListQuality>;

/** Query for an endpoint's quality. Without a version, all versions that served. */
export const GetQuality = ListQuality.safeExtend({
  endpointId,
  metric: QualityMetric.optional(),
  versionId: z.uuid().optional(),
  /** "" for all rows, else "carrier=UA". */
  segment: z.string().max(300).default(""),
});
export type GetQuality = z.input<typeof GetQuality>;

/** Label delay, which distinguishes pending from missing labels. */
export const Maturity = z.object({
  /** Age at which labels count as complete, in milliseconds; null while no label has arrived. */
  horizonMs: z.number().nullable(),
  /** Whether the horizon was set manually rather than estimated. */
  isFixed: z.boolean(),
  /** Predictions up to then are as old as the horizon. */
  matureUntil: z.date().nullable(),
  /** Share of all expected labels that had arrived by each age. */
  curve: z.array(z.object({ ageMs: z.number(), share: z.number(), completeness: z.number() })),
  labels: z.number(),
});
export type Maturity = z.infer<typeof Maturity>;

/** Objective of the endpoint's quality SLO. */
export const QualityObjective = z.object({
  value: z.number(),
  /** The SLO's name. */
  slo: z.string(),
});
export type QualityObjective = z.infer<typeof QualityObjective>;

export const QualitySummary = z.object({
  endpointId,
  endpoint: z.string(),
  taskKind: TaskKind,
  metric: QualityMetric,
  from: z.date(),
  to: z.date(),
  /** Metric of predictions as old as the horizon; null when none of them has a label. */
  realised: Measured.nullable(),
  /** Estimate for all predictions in the range; null without a reference, see `noEstimateReason`. */
  estimated: Measured.nullable(),
  /** Estimate for exactly the realised rows: the band before their labels arrived. */
  expected: Measured.nullable(),
  noEstimateReason: z.string().nullable(),
  /** Predictions in the log's sample; of them with a label; without one and too young to miss it; without one and old enough. */
  predictions: z.number(),
  labelled: z.number(),
  pending: z.number(),
  expired: z.number(),
  /** Share of the expected labels for the range that have arrived. Null while the label delay is unknown. */
  completeness: z.number().nullable(),
  maturity: Maturity.omit({ curve: true }),
  /** The metric on the reference. */
  reference: z.number().nullable(),
  objective: QualityObjective.nullable(),
  /** Number of the last mature windows whose realised value was inside their interval. */
  coverage: z.object({ inside: z.number().int(), windows: z.number().int() }).nullable(),
  /** Increases when a label replaces another. */
  revision: z.number().int(),
  state: z.enum(qualityStates),
  /** Summary in sentences from docs/spec/drift.md section 14. */
  words: z.array(z.string()),
});
export type QualitySummary = z.infer<typeof QualitySummary>;

export const QualityPoint = z.object({
  at: z.date(),
  until: z.date(),
  /** Shown also while labels are still coming; only what `isMature` counts. */
  realised: Measured.nullable(),
  estimated: Measured.nullable(),
  predictions: z.number(),
  labelled: z.number(),
  /** Share of the expected labels that have arrived; null while the label delay is unknown. */
  completeness: z.number().nullable(),
  isMature: z.boolean(),
});
export type QualityPoint = z.infer<typeof QualityPoint>;

export const QualityHistory = z.object({
  metric: QualityMetric,
  stepMs: z.number(),
  points: z.array(QualityPoint),
});
export type QualityHistory = z.infer<typeof QualityHistory>;
