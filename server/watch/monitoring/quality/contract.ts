import { z } from "zod";
import { dayMs } from "#server/base/durations.ts";
import { QualityMetric, qualityStates, TaskKind } from "./metrics/contract.ts";

/** A metric with its interval of 95%: where labels would put it again, or where they will put it. Null where there is no formula for it. */
export const Measured = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** What it stands on. */
  rows: z.number(),
});
export type Measured = z.infer<typeof Measured>;

export type Metrics = Partial<Record<QualityMetric, Measured>>;

const endpointId = z.uuid();

/** What is asked of an endpoint's quality. Without a version, all that served. */
export const GetQuality = z
  .object({
    endpointId,
    from: z.coerce.date(),
    to: z.coerce.date(),
    metric: QualityMetric.optional(),
    versionId: z.uuid().optional(),
    /** "" for all rows, else "carrier=UA". */
    segment: z.string().max(300).default(""),
  })
  .refine(({ from, to }) => from < to, { error: "The start must be before the end.", path: ["to"] })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= 400 * dayMs, {
    error: "The range can be at most 400 days.",
    path: ["from"],
  });
export type GetQuality = z.input<typeof GetQuality>;

/** How labels come: by it, what is pending is told from what is missing. */
export const Maturity = z.object({
  /** Age at which labels count as complete, in milliseconds; null while none came. */
  horizonMs: z.number().nullable(),
  /** Set by somebody rather than estimated. */
  isFixed: z.boolean(),
  /** Predictions up to then are as old as the horizon. */
  matureUntil: z.date().nullable(),
  /** Share of the labels that will ever come which came by an age. */
  curve: z.array(z.object({ ageMs: z.number(), share: z.number(), completeness: z.number() })),
  labels: z.number(),
});
export type Maturity = z.infer<typeof Maturity>;

/** What the endpoint's SLO on quality promises. */
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
  /** Of predictions that are as old as the horizon; null where none of them has a label. */
  realised: Measured.nullable(),
  /** Of all predictions in the range; null without a reference, see `noEstimateReason`. */
  estimated: Measured.nullable(),
  /** The estimate for the very rows that are realised: what the band was before their labels came. */
  expected: Measured.nullable(),
  noEstimateReason: z.string().nullable(),
  /** Predictions in the log's sample; of them with a label; without one and too young to miss it; without one and old enough. */
  predictions: z.number(),
  labelled: z.number(),
  pending: z.number(),
  expired: z.number(),
  /** Of the labels that will come for the range, the share that has come. Null while nothing is known of how labels come. */
  completeness: z.number().nullable(),
  maturity: Maturity.omit({ curve: true }),
  /** The metric on the reference. */
  reference: z.number().nullable(),
  objective: QualityObjective.nullable(),
  /** How many of the last mature windows ended inside of their band. */
  coverage: z.object({ inside: z.number().int(), windows: z.number().int() }).nullable(),
  /** Goes up when a label took the place of another. */
  revision: z.number().int(),
  state: z.enum(qualityStates),
  /** What there is to know, in sentences of docs/spec/drift.md section 14. */
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
  /** Of the labels that will come, the share that has come; null while nothing is known of how labels come. */
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

export const ListQuality = z.object({ from: z.coerce.date(), to: z.coerce.date() });
export type ListQuality = z.input<typeof ListQuality>;
