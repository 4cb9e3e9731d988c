import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { dayMs } from "#server/base/durations.ts";
import { limits } from "#server/base/limits.ts";

const endpointId = z.uuid();
/** Minimum age of a prediction before it counts: until then its label is pending. */
const maturityMs = z
  .number()
  .int()
  .min(0)
  .max(180 * dayMs);

/** Age that features may have, in milliseconds: at most ten years. */
const atMostMs = z
  .number()
  .int()
  .min(1)
  .max(3650 * dayMs);

/**
 * SLI of an endpoint or a feature view, or one posted from outside: a pair (good, total) per minute for every kind (docs/spec/slo.md sections 1 and 6).
 * `indicatorWords` formats it as a sentence.
 */
export const Indicator = z.discriminatedUnion("kind", [
  /** Valid requests that got a response without a server error. */
  z.object({ kind: z.literal("availability"), endpointId }),
  /** Requests that got a response within a time. Time-outs are slow; other failures are left to availability unless `countsFailures`. */
  z.object({
    kind: z.literal("latency"),
    endpointId,
    withinMs: z.number().min(0.1).max(600_000),
    countsFailures: z.boolean().default(false),
  }),
  /** Requests whose features were at most this old, according to the header or parameter with their creation time. */
  z.object({ kind: z.literal("freshness"), endpointId, maxAgeMs: z.number().min(1000) }),
  /**
   * Look-ups of the feature store whose row was at most so old: of a view, by an endpoint, or of a view by an endpoint. Keys without a row are
   * in neither count unless `countsMissing`, which makes them bad.
   */
  z.object({
    kind: z.literal("feature-freshness"),
    viewId: z.uuid().nullable().default(null),
    endpointId: z.uuid().nullable().default(null),
    atMostMs,
    countsMissing: z.boolean().default(false),
  }),
  /** Minutes at whose end the newest event of a view was at most so old. With an endpoint, its budget is one of the endpoint's. */
  z.object({
    kind: z.literal("view-lag"),
    viewId: z.uuid(),
    endpointId: z.uuid().nullable().default(null),
    atMostMs,
  }),
  /** Predictions that agree with their label; predictions younger than the maturity are pending. */
  z.object({
    kind: z.literal("realised-quality"),
    endpointId,
    maturityMs,
    /** For numeric predictions: largest error that counts as correct. Null requires the same class. */
    tolerance: z.number().min(0).nullable().default(null),
  }),
  /**
   * A label arrived before the prediction was so old. "audit" counts only predictions that label projects drew at random, from the moment
   * of the draw: of the others, nobody asked for a label.
   */
  z.object({
    kind: z.literal("label-timeliness"),
    endpointId,
    maturityMs,
    of: z.enum(["sampled", "audit"]).default("sampled"),
  }),
  /** Requests served by the primary version, not by a later step of a cascade or a fallback. */
  z.object({ kind: z.literal("primary-answered"), endpointId }),
  /** Hours with a cost per 1,000 predictions of at most this amount; use with time slices. */
  z.object({ kind: z.literal("cost"), endpointId, maxCostPer1000: z.number().positive() }),
  /** Sum of the calibrated probability that a prediction is right. Counted by monitoring. */
  z.object({ kind: z.literal("estimated-quality"), endpointId }),
  /** Feature-hours inside their calibrated line. Counted by monitoring. */
  z.object({ kind: z.literal("drift-budget"), endpointId }),
  /** Sampled rows that keep the rules, limits and contracts of the endpoint's data. Counted by monitoring. */
  z.object({ kind: z.literal("data-quality"), endpointId }),
  /** Counts that others post: POST /api/v1/sli-counts. */
  z.object({
    kind: z.literal("posted"),
    source: z.string().trim().min(1).max(200),
    endpointId: z.uuid().nullable().default(null),
  }),
  /** From an OpenSLO file whose source Leeway does not read: stored, displayed as not evaluated. */
  z.object({ kind: z.literal("foreign"), spec: boundedRecord(z.string().max(limits.nameLength), z.unknown()) }),
]);
export type Indicator = z.infer<typeof Indicator>;
export type IndicatorKind = Indicator["kind"];

/**
 * Kinds whose alerts are tickets at any burn rate because they are estimates, shares of data or money (docs/spec/slo.md section 6,
 * docs/spec/alerting.md section 17).
 */
export const ticketOnly: readonly IndicatorKind[] = [
  "estimated-quality",
  "drift-budget",
  "data-quality",
  "label-timeliness",
  "cost",
];

/** Counts of consecutive minutes from `start` on. Good may be fractional; bad = total − good. */
export interface MinuteCounts {
  /** Start of the first minute, in milliseconds since 1970. */
  start: number;
  good: Float64Array;
  total: Float64Array;
}
