import { z } from "zod";
import { Measured } from "../contract.ts";
import { QualityMetric } from "../metrics/contract.ts";

/** What a window probably cost: a metric's estimate on the reference's rows less that on the window's (docs/spec/drift.md section 13). */
export const EstimatedImpact = z.object({
  metric: QualityMetric,
  reference: Measured,
  estimated: Measured,
  /** How much worse than the reference, in the metric's unit; below 0 it is better. Its band holds 95 of 100. */
  loss: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  /** lower, higher, or same where the band holds both. */
  verdict: z.enum(["worse", "better", "same"]),
  /** "accuracy is probably 0.4 to 1.1 points lower than in the reference" */
  words: z.string(),
  /** When labels of the window are complete; null while nothing is known of how labels come. */
  labelsDueAt: z.date().nullable(),
  /** Which labels can confirm it and when, in a sentence. */
  labelWords: z.string(),
});
export type EstimatedImpact = z.infer<typeof EstimatedImpact>;
