import { z } from "zod";
import { Measured } from "../contract.ts";
import { QualityMetric } from "../metrics/contract.ts";

/**
 * Impact of a window on quality: a metric on the reference's rows minus that on the window's (docs/spec/drift.md section 13). Realised where
 * labels are complete, else estimated from scores.
 */
export const EstimatedImpact = z.object({
  metric: QualityMetric,
  reference: Measured,
  estimated: Measured,
  /** The metric of the labelled predictions of the window, if enough labels are complete: loss, verdict and words are then by it. */
  realised: Measured.nullable(),
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
