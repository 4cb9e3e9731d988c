import { z } from "zod";

/** A sum of one effect a feature on the loss of a row (LossModel of server/stats/estimation), by the feature's name; those without effect are left out. */
const StoredLoss = z.object({
  base: z.number(),
  deviation: z.number(),
  /** By bin: those of a numeric state and then what is missing, or levels, rare ones, unseen ones and then what is missing. */
  effects: z.record(z.string(), z.array(z.number())),
});
export type StoredLoss = z.infer<typeof StoredLoss>;

/** How far off answers that are numbers are expected to be, learnt from the labelled rows of a reference (docs/spec/drift.md section 11.5). */
export const ReferenceLosses = z.object({
  rows: z.number().int(),
  /** Of |error|, in the unit of the answer. */
  absolute: StoredLoss,
  /** Of error², in its square. */
  squared: StoredLoss,
});
export type ReferenceLosses = z.infer<typeof ReferenceLosses>;
