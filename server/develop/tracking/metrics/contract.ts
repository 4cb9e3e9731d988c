import { z } from "zod";

/** NaN has no place in JSON, so it travels as a word. Absent is a missing key, never 0. */
export const MetricValue = z.union([z.number(), z.literal("NaN")]);
export type MetricValue = z.infer<typeof MetricValue>;

export const LatestMetric = z.object({
  key: z.string(),
  value: MetricValue,
  timestamp: z.number(),
  step: z.number(),
});
export type LatestMetric = z.infer<typeof LatestMetric>;

/** Whether more of a metric is better, as far as its name tells. */
export type Direction = "higher" | "lower" | "unknown";

export const CurvePoint = z.object({
  step: z.number(),
  timestamp: z.number(),
  /** null where the metric was NaN: a gap in the line. The mean, where the point stands for several. */
  value: z.number().nullable(),
  /** Lowest and highest of the values the point stands for; absent when it stands for one. */
  low: z.number().optional(),
  high: z.number().optional(),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

export const MetricCurve = z.object({
  runId: z.string(),
  key: z.string(),
  /** Points that were logged, in the range asked for; fewer are in `points` when there were too many to draw. */
  totalPoints: z.number(),
  points: z.array(CurvePoint),
});
export type MetricCurve = z.infer<typeof MetricCurve>;
