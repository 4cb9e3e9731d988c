import { z } from "zod";
import { Instant } from "#server/base/instant.ts";

const count = z.number().min(0).max(1e12);

const PostedMinute = z
  .object({
    /** Minute of the events; seconds are truncated. */
    minute: Instant,
    good: count,
    total: count,
    /** Model and version, if known: both or none. */
    model: z.string().min(1).max(256).optional(),
    version: z.number().int().min(1).optional(),
  })
  .refine(({ good, total }) => good <= total, { error: "good cannot be greater than total.", path: ["good"] })
  .refine(({ model, version }) => (model === undefined) === (version === undefined), {
    error: "Specify both model and version, or neither.",
    path: ["version"],
  });

/** Counts from an external source: a request replaces all earlier counts for the minutes that it contains. */
export const PostCounts = z.object({
  /** Source named by the indicator of an SLO. */
  source: z.string().trim().min(1).max(200),
  counts: z.array(PostedMinute).min(1).max(5000),
});
export type PostCounts = z.input<typeof PostCounts>;

export const PostedCounts = z.object({
  /** Different minutes in the call. */
  minutes: z.number().int(),
  /** Whether an SLO uses the counts already. */
  isUsed: z.boolean(),
});
export type PostedCounts = z.infer<typeof PostedCounts>;
