import { z } from "zod";

const count = z.number().min(0).max(1e12);

const PostedMinute = z
  .object({
    /** When it happened; seconds are cut off. */
    minute: z.coerce.date(),
    good: count,
    total: count,
    /** Of which version, where that is known: both or none. */
    model: z.string().min(1).max(256).optional(),
    version: z.number().int().min(1).optional(),
  })
  .refine(({ good, total }) => good <= total, { error: "good cannot be greater than total.", path: ["good"] })
  .refine(({ model, version }) => (model === undefined) === (version === undefined), {
    error: "Specify both model and version, or neither.",
    path: ["version"],
  });

/** Counts that something else made: all that one call says of a minute takes the place of what was said of that minute before. */
export const PostCounts = z.object({
  /** What the indicator of an SLO names. */
  source: z.string().trim().min(1).max(200),
  counts: z.array(PostedMinute).min(1).max(5000),
});
export type PostCounts = z.input<typeof PostCounts>;

export const PostedCounts = z.object({
  /** Different minutes in the call. */
  minutes: z.number().int(),
  /** Whether an SLO uses them yet. */
  isUsed: z.boolean(),
});
export type PostedCounts = z.infer<typeof PostedCounts>;
