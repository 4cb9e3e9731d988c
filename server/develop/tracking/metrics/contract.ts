import { z } from "zod";

/** Value of a metric. JSON has no NaN, which is therefore sent as a string. A missing value is a missing key, never 0. */
export const MetricValue = z.union([z.number(), z.literal("NaN")]);
export type MetricValue = z.infer<typeof MetricValue>;

export const LatestMetric = z.object({
  key: z.string(),
  value: MetricValue,
  timestamp: z.number(),
  step: z.number(),
});
export type LatestMetric = z.infer<typeof LatestMetric>;

/** Whether higher values of a metric are better, inferred from its name. */
export type Direction = "higher" | "lower" | "unknown";

export const CurvePoint = z.object({
  step: z.number(),
  timestamp: z.number(),
  /** Value of the metric, or the mean where the point represents several; null where it was NaN: a gap in the line. */
  value: z.number().nullable(),
  /** Lowest and highest of the values that the point represents; absent for a single value. */
  low: z.number().optional(),
  high: z.number().optional(),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

export const MetricCurve = z.object({
  runId: z.string(),
  key: z.string(),
  /** Number of points logged in the requested range; `points` has fewer when there were too many to draw. */
  totalPoints: z.number(),
  points: z.array(CurvePoint),
});
export type MetricCurve = z.infer<typeof MetricCurve>;
