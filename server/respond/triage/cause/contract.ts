import { z } from "zod";
import { Change } from "#server/respond/changes/contract.ts";

const evidenceLevels = ["strong", "some", "none"] as const;

/** What most likely began it, with what speaks for it. Never sure: a change that came just before is not proof. */
export const LikelyCause = z.object({
  change: Change.nullable(),
  evidence: z.enum(evidenceLevels),
  /** "Most likely a deployment". */
  title: z.string(),
  /** From the change to the rise, in milliseconds; null without a change. */
  beforeMs: z.number().nullable(),
  /** What speaks for it and against it. */
  words: z.string(),
});
export type LikelyCause = z.infer<typeof LikelyCause>;
