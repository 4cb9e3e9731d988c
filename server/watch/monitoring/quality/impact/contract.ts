import { z } from "zod";
import { Measured } from "../contract.ts";
import { QualityMetric } from "../metrics/contract.ts";

/** Estimated impact of a window: a metric's estimate on the reference's rows minus that on the window's (docs/spec/drift.md section 13). */
export const EstimatedImpact = z.object({
  metric: QualityMetric,
  reference: Measured,
  estimated: Measured,
  /** Loss relative to the reference, in the metric's unit; below 0 it is better. With a 95% interval. */
  loss: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  /** lower, higher, or same where the band holds both. */
  verdict: z.enum(["worse", "better", "same"]),
  /** "accuracy is probably 0.4 to 1.1 points lower than in the reference" */
  words: z.string(),
  /** Time at which the window's labels are complete; null while the label delay is unknown. */
  labelsDueAt: z.date().nullable(),
  /** Labels that can confirm it and when, as a sentence. */
  labelWords: z.string(),
});
export type EstimatedImpact = z.infer<typeof EstimatedImpact>;
