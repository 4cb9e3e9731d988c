import { z } from "zod";

/** A sum of one effect a feature on the loss of a row (LossModel of server/stats/estimation), by the feature's name; those without effect are left out. */
const StoredLoss = z.object({
  base: z.number(),
  deviation: z.number(),
  /** By bin: those of a numeric state, then missing values; or levels, rare ones, unseen ones, then missing values. */
  effects: z.record(z.string(), z.array(z.number())),
});
export type StoredLoss = z.infer<typeof StoredLoss>;

/** Expected errors of numeric predictions, learnt from the labelled rows of a reference (docs/spec/drift.md section 11.5). */
export const ReferenceLosses = z.object({
  rows: z.number().int(),
  /** Loss in |error|, in the unit of the prediction. */
  absolute: StoredLoss,
  /** Loss in error², in the squared unit of the prediction. */
  squared: StoredLoss,
});
export type ReferenceLosses = z.infer<typeof ReferenceLosses>;
