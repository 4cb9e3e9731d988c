import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { maxPerStep } from "./constants.ts";

/** Some runs of one experiment: those named, or all that a filter finds. */
export const ChosenRuns = z.object({
  experimentId: z.number(),
  runIds: z.array(z.string().max(limits.nameLength)).min(1).max(maxPerStep).optional(),
  /** In the filter language; "" is all. Instead of ids. */
  filter: z.string().max(limits.textLength).optional(),
  /** `next` of the step before. */
  after: z.string().max(limits.textLength).optional(),
});
export type ChosenRuns = z.infer<typeof ChosenRuns>;

export const TagRuns = ChosenRuns.extend({
  key: z.string().max(limits.nameLength).min(1),
  value: z.string().max(5_000),
});
export type TagRuns = z.infer<typeof TagRuns>;

const Reason = z.string().trim().min(1, "Enter a short reason.").max(2_000);

export const DeleteRuns = ChosenRuns.extend({ reason: Reason });
export type DeleteRuns = z.infer<typeof DeleteRuns>;

export const BulkStep = z.object({
  /** Ids of the runs that this step changed. */
  changed: z.array(z.string()),
  /** Runs that are left for the next steps. */
  left: z.number(),
  /** To be sent as `after` of the next step; absent when all is done. */
  next: z.string().optional(),
});
export type BulkStep = z.infer<typeof BulkStep>;
