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

/** Points that a run logged between two moments, of steps above one, which it did again later. Moments are milliseconds since 1970. */
export interface RedoneSpan {
  from: number;
  to: number;
  above: number;
}

const maxSpans = 100;

/** Spans as a parameter of an address: "from_to_above", separated by commas. */
export const RedoneSpans = z
  .string()
  .regex(/^(\d{1,15}_\d{1,15}_-?\d{1,15}(,|$))*$/, "Write from_to_above, separated by commas.")
  .transform((text) => text.split(",").filter(Boolean))
  .refine((spans) => spans.length <= maxSpans, `At most ${maxSpans} spans.`)
  .transform((spans) =>
    spans.map((span): RedoneSpan => {
      const [from = 0, to = 0, above = 0] = span.split("_").map(Number);
      return { from, to, above };
    }),
  );
