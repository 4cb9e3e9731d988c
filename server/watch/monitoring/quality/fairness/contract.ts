import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { FairnessOfTag } from "../detail/contract.ts";

const maxWeeks = 12;

export const GetFairnessWeeks = z.object({
  endpointId: z.uuid(),
  /** Number of complete weeks (Mondays, UTC), the last of which may be in progress. */
  weeks: z.number().int().min(1).max(maxWeeks).default(8),
  to: Instant.optional(),
});
export type GetFairnessWeeks = z.input<typeof GetFairnessWeeks>;

/** Gap between groups, week by week. Excludes predictions whose labels are not complete. */
export const FairnessWeeks = z.object({
  metric: z.enum(["accuracy", "selectionRate", "truePositiveRate", "falsePositiveRate"]),
  maxDifference: z.number(),
  tags: z.array(
    z.object({
      groupBy: z.string(),
      /** Oldest first; a week without two groups of 30 rows has no difference. */
      weeks: z.array(
        FairnessOfTag.pick({ difference: true, differenceInterval: true, pair: true, isUnfair: true }).extend({
          start: z.date(),
          /** Groups that were compared, with their labelled rows, and those that were too small. */
          groups: z.array(z.object({ name: z.string(), rows: z.number(), value: z.number() })),
          small: z.number().int(),
        }),
      ),
    }),
  ),
});
export type FairnessWeeks = z.infer<typeof FairnessWeeks>;
