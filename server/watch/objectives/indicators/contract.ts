import { z } from "zod";
import { dayMs } from "#server/base/durations.ts";

const endpointId = z.uuid();
/** How old a prediction must be before it counts: until then its label is awaited. */
const maturityMs = z
  .number()
  .int()
  .min(0)
  .max(180 * dayMs);

/**
 * What is counted of an endpoint or posted from outside: a pair (good, total) a minute, whatever the kind (docs/spec/slo.md sections 1 and 6).
 * It is told as a sentence by `indicatorWords`.
 */
export const Indicator = z.discriminatedUnion("kind", [
  /** Answered without a fault of the server, of valid requests. */
  z.object({ kind: z.literal("availability"), endpointId }),
  /** Answered within a time. Time-outs are slow; other failures are left to availability unless `countsFailures`. */
  z.object({
    kind: z.literal("latency"),
    endpointId,
    withinMs: z.number().min(0.1).max(600_000),
    countsFailures: z.boolean().default(false),
  }),
  /** Features that came with a request were at most so old, by the header or parameter that says when they were made. */
  z.object({ kind: z.literal("freshness"), endpointId, maxAgeMs: z.number().min(1000) }),
  /** The label agrees with the answer; predictions younger than the maturity are pending. */
  z.object({
    kind: z.literal("realised-quality"),
    endpointId,
    maturityMs,
    /** Of answers that are numbers: how far off is still right. Null asks for the same class. */
    tolerance: z.number().min(0).nullable().default(null),
  }),
  /** A label arrived before the prediction was so old. */
  z.object({ kind: z.literal("label-timeliness"), endpointId, maturityMs }),
  /** Answered by the version that should, not by a later step of a cascade or a fallback. */
  z.object({ kind: z.literal("primary-answered"), endpointId }),
  /** Hours whose cost per 1,000 predictions is at most so much; use with time slices. */
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
  /** Of an OpenSLO file whose source Leeway does not read: kept, shown as not evaluated. */
  z.object({ kind: z.literal("foreign"), spec: z.record(z.string(), z.unknown()) }),
]);
export type Indicator = z.infer<typeof Indicator>;
export type IndicatorKind = Indicator["kind"];

/**
 * Kinds whose alerts are tickets whatever burns, since they are estimates, shares of data or money (docs/spec/slo.md section 6,
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
  /** Milliseconds since 1970, a whole minute. */
  start: number;
  good: Float64Array;
  total: Float64Array;
}
