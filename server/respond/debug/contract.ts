import { z } from "zod";
import { Instant } from "#server/base/instant.ts";

const endpointId = z.uuid();
const span = { endpointId, from: Instant, to: Instant };

export const GetLatencyHeatMap = z
  .object({ ...span, versionId: z.uuid().optional() })
  .refine(({ from, to }) => from < to, "The start must be before the end.");
export type GetLatencyHeatMap = z.input<typeof GetLatencyHeatMap>;

/** Requests by time step and latency band. A step without stored rows is absent: a gap, not zero. */
export const LatencyHeatMap = z.object({
  stepSeconds: z.number().int(),
  /** Ascending; a band holds latencies from its start on and below its end, within 1%. */
  bands: z.array(z.object({ fromMs: z.number(), toMs: z.number() })),
  /** Counts by band, in the order of the bands. */
  steps: z.array(z.object({ at: z.date(), counts: z.array(z.number().int()) })),
  requests: z.number().int(),
  latencyMsP50: z.number().nullable(),
  latencyMsP95: z.number().nullable(),
  latencyMsP99: z.number().nullable(),
});
export type LatencyHeatMap = z.infer<typeof LatencyHeatMap>;

/** Metrics by which two segments are compared. */
export const segmentMetrics = ["failed", "right", "p95", "confidence"] as const;
export const SegmentMetric = z.enum(segmentMetrics);
export type SegmentMetric = z.infer<typeof SegmentMetric>;

export const CompareSegments = z.object({
  ...span,
  /** Two parts, in the query language of the prediction log: input.carrier = UA. Empty is all of it. */
  a: z.string().max(2000).default(""),
  b: z.string().max(2000).default(""),
});
export type CompareSegments = z.input<typeof CompareSegments>;

/** A metric of one part, with its 95% interval; null where too few requests tell. */
const Measured = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Number of requests behind the value. */
  count: z.number().int(),
});
export type Measured = z.infer<typeof Measured>;

const SegmentSide = z.object({
  query: z.string(),
  /** Problem with the query; null when it could be parsed. */
  problem: z.string().nullable(),
  requests: z.number().int(),
  metrics: z.record(SegmentMetric, Measured),
});
export type SegmentSide = z.infer<typeof SegmentSide>;

export const SegmentComparison = z.object({
  a: SegmentSide,
  b: SegmentSide,
  /** Number of sampled requests evaluated; only the newest ones if there are more. */
  differing: z.array(SegmentMetric),
  /** Number of sampled requests that were evaluated; the newest ones, where there are more. */
  looked: z.number().int(),
  isCut: z.boolean(),
});
export type SegmentComparison = z.infer<typeof SegmentComparison>;

/** Minimum number of requests for a metric (docs/spec/boards.md section 4). */
export const minSegmentRows = 30;

export const GetBatching = z.object(span);
export type GetBatching = z.input<typeof GetBatching>;

/** Batching of requests, by step, from the log. */
export const Batching = z.object({
  stepSeconds: z.number().int(),
  steps: z.array(
    z.object({
      at: z.date(),
      /** Rows that ran together, as a mean over requests. */
      batchRowsMean: z.number().nullable(),
      /** Milliseconds, by part of the request. */
      beforeMs: z.number().nullable(),
      queueMs: z.number().nullable(),
      computeMs: z.number().nullable(),
      afterMs: z.number().nullable(),
    }),
  ),
});
export type Batching = z.infer<typeof Batching>;

/** Rule that monitors the endpoint, and why it does or does not notify anyone now. */
export const WatchingRule = z.object({
  kind: z.enum(["slo", "rule", "finding"]),
  name: z.string(),
  severity: z.enum(["page", "ticket", "note"]),
  state: z.enum(["firing", "pending", "quiet", "paused", "unknown"]),
  /** Reason, in one sentence with its numbers. */
  why: z.string(),
  href: z.string(),
  since: z.date().nullable(),
});
export type WatchingRule = z.infer<typeof WatchingRule>;
